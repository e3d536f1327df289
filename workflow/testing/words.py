"""What a failed assertion says beside the explanation, in both languages."""

from workflow.texts import Text

NOT_ALLOWED = Text.of("expected: allowed; found: refused by {codes}", "预期：准予；实为：不准，原因 {codes}")
NOT_REFUSED = Text.of("expected: refused; found: allowed", "预期：不准；实为：准予")
NOT_REFUSED_BY = Text.of("expected: refused by {codes}; found: allowed", "预期：因 {codes} 不准；实为：准予")
OTHER_REASONS = Text.of("refused, but not for the reasons expected", "不准，但原因与预期不符")
AS_EXPECTED = Text.of("    expected and in the way: {listed}", "    预期有，确有：{listed}")
NOT_THERE = Text.of("    expected, but not in the way: {listed}", "    预期有，实无：{listed}")
BESIDE = Text.of("    in the way, but not expected: {listed}", "    预期无，实有：{listed}")
STANDS_AT = Text.of("{listed} (is {status})", "{listed}（{status}）")
NOT_STANDING = Text.of("expected: {code} is {wanted} for {branch}; found: {status}", "预期：{branch} 的 {code} 为{wanted}；实为：{status}")
NOT_ASKED = Text.of(
    "expected: {code} is {wanted} for {branch}; found: no move ahead of it asks for {code}; it asks for: {listed}",
    "预期：{branch} 的 {code} 为{wanted}；实为：此后的动作均不要求 {code}；所要求的是：{listed}",
)
NOTHING = Text.of("nothing", "无")
OTHERS_SHORT = Text.of("{code} is unmet for {branch}, but not by those expected", "{branch} 的 {code} 不满足，但不符合者与预期不同")
SHORT_TOO = Text.of("    expected and fall short: {listed}", "    预期不符合，确不符合：{listed}")
NOT_SHORT = Text.of("    expected, but do not fall short: {listed}", "    预期不符合，实已符合：{listed}")
SHORT_BESIDE = Text.of("    fall short, but not expected: {listed}", "    预期符合，实不符合：{listed}")
NOT_DUE = Text.of("expected: {deadline} is due for {branch}; found: it is not", "预期：{branch} 有期限 {deadline}；实为：没有")
STILL_DUE = Text.of("expected: {deadline} is not due for {branch}; found: it is", "预期：{branch} 没有期限 {deadline}；实为：有")
OTHER_DAYS = Text.of("{deadline} is due for {branch} on {found}, not on {wanted}", "{branch} 的 {deadline} 期限为 {found}，而非 {wanted}")
OTHER_SUBJECTS = Text.of("{deadline} is due for {branch}, but not for those expected", "{branch} 有期限 {deadline}，但对象与预期不同")
DUE_TOO = Text.of("    expected and due: {listed}", "    预期有期限，确有：{listed}")
DUE_NOT = Text.of("    expected, but not due: {listed}", "    预期有期限，实无：{listed}")
DUE_BESIDE = Text.of("    due, but not expected: {listed}", "    预期无期限，实有：{listed}")
OTHER_STATE = Text.of("expected: {branch} at {wanted}; found: at {found}", "预期：{branch} 处于 {wanted}；实为：处于 {found}")
OPEN_ON = Text.of("open for {branch} on {day}:", "{branch} 在 {day} 未了结的期限：")
NOTHING_OPEN = Text.of("nothing is due for {branch} on {day}", "{branch} 在 {day} 没有期限")
STATUS = {
    "met": Text.of("met", "满足"),
    "unmet": Text.of("unmet", "不满足"),
    "unknown": Text.of("unknown (a fact is missing)", "未知（缺少事实）"),
    "error": Text.of("broken (its check fails)", "出错（核查失败）"),
    "waived": Text.of("waived", "经批准"),
    "not_applicable": Text.of("not applicable", "不适用"),
}
