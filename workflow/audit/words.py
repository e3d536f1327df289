"""What is said of then and now, and of stored verdicts."""

from __future__ import annotations

from workflow.texts import Text

# -- where an answer stands ------------------------------------------------------------------------------------------------
POSITION = Text.of(
    "as of ledger event #{position} ({where} #{seq}, {day}), under version {number} ({hash}) in force from {since}",
    "截至台账总第 {position} 号事件（{where}第 {seq} 号，{day}），依据第 {number} 版方案（{hash}），自 {since} 起施行",
)
CAMPAIGN = Text.of("campaign", "活动台账")
IN_VERSION = Text.of("version {number} ({hash})", "第 {number} 版方案（{hash}）")

# -- then and now ----------------------------------------------------------------------------------------------------------
BY_THEN = Text.of("On {at}, by what had been recorded until then:", "{at} 的情况，依据截至当时已录入的内容：")
BY_LATER = Text.of("On {at}, by what had been recorded until {known}:", "{at} 的情况，依据截至 {known} 已录入的内容：")
LATE = Text.of(
    "Entered only after {at}, about that day or before ({n}); it counts here unless withdrawn:",
    "{at} 之后才录入、涉及该日或此前的记录（{n} 份），除已撤回的外此处均计入：",
)
DECIDED = Text.of("Asked for last by then, with the verdict as stored: {line}", "截至当时最后一次申请及所存结论：{line}")
WITHDRAWN = Text.of("Counted on {at}, withdrawn since and not counted here ({n}):", "{at} 时计入、此后撤回的记录，此处不再计入（{n} 份）：")

# -- documents -------------------------------------------------------------------------------------------------------------
DOCUMENT = Text.of(
    "{place}: {kind}, of {happened}, entered {recorded} by {by}", "{place}：{kind}，发生于 {happened}，{recorded} 由 {by} 录入"
)
JOINED = Text.of("{place}: what a member brought along, {recorded}, entered by {by}", "{place}：党员随转档案，{recorded} 由 {by} 录入")
TAKEN_BACK = Text.of("; withdrawn {day} by {by}: {reason}", "；{day} 由 {by} 撤回：{reason}")
PLACE_IN = Text.of("{where} {numbers}", "{where} {numbers}")
NONE = Text.of("none", "无")

# -- stored verdicts -------------------------------------------------------------------------------------------------------
ATTEMPT = Text.of(
    "{branch}, {stage}, {attempt} (no. {ordinal} in all): began {began}", "{branch}{stage}{attempt}（总第 {ordinal} 轮次）：{began} 开始"
)
ENDED = Text.of(", ended {ended} by “{move}”.", "，{ended} 以“{move}”结束。")
RUNNING = Text.of(", still running.", "，仍在进行。")
NOTHING_ASKED = Text.of("No move was asked for in it.", "其间没有申请任何动作。")
AS_STORED = Text.of(
    "The last decision in it, as stored on {day} (#{seq}); nothing is computed again:",
    "其间最后的决定，按 {day} 第 {seq} 号所存原样列出，未重新计算：",
)
MOVES_ASKED = Text.of("All moves asked for in it ({n}), with the verdicts stored:", "其间申请的全部动作（{n} 次）及所存结论：")
MADE = Text.of("✓ #{seq}  {day}  {move}", "✓ 第 {seq} 号  {day}  {move}")
NOT_MADE = Text.of("✗ #{seq}  {day}  {move}: {standing} [{codes}]", "✗ 第 {seq} 号  {day}  {move}：{standing} [{codes}]")

# -- two verdicts compared -------------------------------------------------------------------------------------------------
COMPARED = Text.of("“{move}” of {branch}, from {before} to {after}: {said}.", "{branch}“{move}”，由{before}到{after}：{said}。")
SIDE = Text.of("{attempt} (#{seq}, {day}, {answer})", "{attempt}（第 {seq} 号，{day}，{answer}）")
ALLOWED, REFUSED = Text.of("allowed", "通过"), Text.of("refused", "不予通过")
COUNTS = {
    "met": Text.of("{n} no longer unmet", "不再欠缺 {n} 项"),
    "unmet": Text.of("{n} newly unmet", "新出现欠缺 {n} 项"),
    "new": Text.of("{n} new", "新增 {n} 项"),
    "gone": Text.of("{n} not asked any more", "不再核查 {n} 项"),
    "still": Text.of("{n} unmet in both", "两次均欠缺 {n} 项"),
    "rule": Text.of("{n} under a changed rule", "规则有变 {n} 项"),
}
SAME = Text.of("{n} as they were", "未变 {n} 项")
STORED = Text.of("Both as stored, nothing is computed again:", "两次结论均按所存原样比较，未重新计算：")
BEFORE, AFTER = Text.of("before: {text}", "此前：{text}"), Text.of("after: {text}", "此后：{text}")
STILL = Text.of("Unmet in both, and in the way of neither (--full tells them in full):", "两次均欠缺，但均不影响通过（加 --full 详列）：")
WHO = Text.of("{names}: {text}", "{names}：{text}")
NOT_ASKED = Text.of("not asked", "未核查")
NOT_IN_VERSION = Text.of("not asked: {version} has no such requirement", "未核查：{version}中没有此项条件")
IN_ORDER = Text.of("met", "满足")
ASIDE = Text.of("does not apply", "不适用")
CHANGED_RULE = Text.of("the rule itself changed: {what}: {was} → {now}", "规则本身有变：{what}：{was} → {now}")
NEW_EVIDENCE = Text.of("new evidence ({n}):", "新的证据（{n} 份）：")
OLD_EVIDENCE = Text.of("rested before, not any more, on ({n}):", "此前依据、现不再依据的证据（{n} 份）：")
SAME_EVIDENCE = Text.of("on the same evidence", "证据相同")
