"""Every sentence an explanation is made of, in both languages."""

from __future__ import annotations

from workflow.texts import Text

MARKS = {"unmet": "✗", "unknown": "?", "error": "!", "waived": "~", "met": "✓", "not_applicable": "·"}

# -- figures -----------------------------------------------------------------------------------------------------------
OPERATORS = {
    ">=": Text.of("at least {value}", "不少于{value}"),
    "<=": Text.of("at most {value}", "不超过{value}"),
    ">": Text.of("more than {value}", "大于{value}"),
    "<": Text.of("less than {value}", "小于{value}"),
    "==": Text.of("exactly {value}", "等于{value}"),
    "!=": Text.of("not {value}", "不等于{value}"),
    "in": Text.of("one of {value}", "为其中之一：{value}"),
    "not in": Text.of("none of {value}", "不为其中任何一项：{value}"),
}
DATE_OPERATORS = {
    ">=": Text.of("on or after {value}", "不早于{value}"),
    "<=": Text.of("on or before {value}", "不晚于{value}"),
    ">": Text.of("after {value}", "晚于{value}"),
    "<": Text.of("before {value}", "早于{value}"),
}
WORD_OPERATORS = {  # yes, no and options
    "==": Text.of("{value}", "为“{value}”"),
    "!=": Text.of("not {value}", "不为“{value}”"),
}
FOUND = Text.of("found {value}", "实为{value}")
FOUND_WORD = Text.of("found {value}", "实为“{value}”")
REQUIRED = Text.of("required {value}", "要求{value}")
MISSING = Text.of("a fact is missing", "缺少事实")
UNKNOWN = Text.of("(not known)", "（未知）")
SHORT_BY = Text.of(": short by {value}", "，差{value}")
OVER_BY = Text.of(": over by {value}", "，超出{value}")
YES, NO = Text.of("yes", "是"), Text.of("no", "否")
NOTHING = Text.of("none", "无")
STATE = Text.of("{label}: {value}", "{label}：{value}")
STATE_REQUIRED = Text.of("{label}: {value} ({required} is required)", "{label}：{value}（须为“{required}”）")
STATES = {  # what every branch, member, case and record is or is not
    "open": {True: Text.of("still open", "尚未办结"), False: Text.of("no longer open", "已办结")},
    "closed": {True: Text.of("closed", "已办结"), False: Text.of("not closed yet", "尚未办结")},
}
ATTRIBUTES = {  # what every branch, member, case and record has
    "id": Text.of("id", "标识"),
    "name": Text.of("name", "姓名"),
    "title": Text.of("title", "名称"),
    "batch": Text.of("batch", "批次"),
    "group": Text.of("supervision group", "督导组"),
    "stage": Text.of("stage", "阶段"),
    "phase": Text.of("phase", "关口状态"),
    "attempt": Text.of("attempt", "轮次"),
    "entered": Text.of("attempt began", "本轮次开始日"),
    "since": Text.of("here since", "进入现状态日"),
    "planned_end": Text.of("planned end", "计划结束日"),
    "status": Text.of("status", "身份类别"),
    "state": Text.of("state", "状态"),
    "open": Text.of("still open", "尚未办结"),
    "opened": Text.of("opened", "立项日"),
    "closed": Text.of("closed", "已办结"),
    "happened": Text.of("happened", "发生日"),
    "recorded": Text.of("recorded", "录入日"),
    "recorded_by": Text.of("entered by", "录入人"),
}
CYCLE_BEGAN = Text.of("{title} began", "本{title}开始日")

# -- counts ------------------------------------------------------------------------------------------------------------
MEET = Text.of("{met} of {total} {noun} meet it", "共 {total} {noun}，符合 {met}")
MEETS = Text.of("{met} of {total} {noun} meets it", "共 {total} {noun}，符合 {met}")
SHORT = Text.of("{n} fall short", "不符合 {n}")
SHORT_ONE = Text.of("{n} falls short", "不符合 {n}")
NOT_KNOWN = Text.of("{n} not known (a fact is missing)", "缺少事实 {n}")
BROKEN = Text.of("the check broke for {n}", "核查出错 {n}")
WAIVED = Text.of("{n} waived", "经批准的缺口 {n}")
ASIDE = Text.of("it does not apply to {n}", "不适用 {n}")
NONE = Text.of("there are none", "目前没有")
MEMBERS = Text.of("{noun}", "名{noun}")
OTHERS = Text.of("{noun}", "个{noun}")
CASES = Text.of("{noun}", "项{noun}")
STEP = Text.of("step", "环节")
CHILD = Text.of("{noun} below", "下属{noun}")
ALIKE = Text.of("{text} ({n}): {names}", "{text}（{n}）：{names}")
AND_MORE = Text.of("and {n} more; --full names them all", "另有 {n} 个未列出；加 --full 全部列出")

# -- one finding -------------------------------------------------------------------------------------------------------
EXPLAINED = Text.of(" · {text}", " · {text}")
NO_FIGURES = Text.of("it is not met", "不符合")
CHECK_BROKE = Text.of("the check broke: {error}; tell whoever keeps the definition", "核查出错：{error}；请告知方案维护人")
WHO_ACTS = Text.of("who acts: {who}", "责任人：{who}")
BY_DAY = Text.of(", by {day}", "，期限 {day}")
UNCONFIRMED = Text.of(" (unconfirmed)", "（未公布，待定）")
BY_DAY_LATE = Text.of(", by {day} ({days} late)", "，期限 {day}（已逾期 {days}）")
OPEN_SINCE = Text.of(" · open since {day} ({days})", " · 自 {day} 起（{days}）")
REMEDY = Text.of("remedy: {text}", "补救办法：{text}")
BASIS = Text.of("basis: {text}", "依据：{text}")
EVIDENCE = Text.of(" · evidence: {n} {documents} {numbers}", " · 证据：{n} 份记录 {numbers}")
DOCUMENT = Text.of("document", "")
OF_CAMPAIGN = Text.of("campaign {numbers}", "活动台账 {numbers}")
PRESCRIBED = Text.of("prescribed at: {level}", "规定层级：{level}")
FIGURE_TIGHTENED = Text.of("figure tightened at: {level} ({was} → {value})", "指标从严：{level}（{was} → {value}）")
TIGHTENED = {
    "level": Text.of("made stricter at: {level} ({was} → {value})", "效力从严：{level}（{was} → {value}）"),
    "waivable_by": Text.of("who may waive it narrowed at: {level} ({was} → {value})", "认可权限收紧：{level}（{was} → {value}）"),
    "by": Text.of("who may do it narrowed at: {level} ({was} → {value})", "办理权限收紧：{level}（{was} → {value}）"),
}
EFFECTS = {"observe": Text.of("observed", "仅作记录"), "warn": Text.of("warns", "提醒"), "block": Text.of("blocks", "不符不得办理")}
LEVELS = {  # those most often met; any other is shown by its id
    "central": Text.of("central", "中央"),
    "province": Text.of("province", "省"),
    "city": Text.of("city", "市"),
    "district": Text.of("district", "区"),
    "unit": Text.of("unit", "单位"),
}
WAIVED_BY = Text.of("waived by {by} ({role}): {reason}", "经批准的缺口：{role} {by} 批准，理由：{reason}")
WAIVED_BY_ANYBODY = Text.of("waived by {by}: {reason}", "经批准的缺口：{by} 批准，理由：{reason}")
WAIVED_UNTIL = Text.of(", until {day}", "，有效至 {day}")
GAP_OF = Text.of("for: {n} of {total}: {listed}", "范围：{total}中 {n} {measure}：{listed}")
GAP_OF_ALL = Text.of("for: all {total}", "范围：全部 {total}")
GAP_OF_BRANCH = Text.of("for: the {branch} as a whole", "范围：整个{branch}")
GAP_UNTIL = Text.of("until: {day}", "有效至：{day}")
GAP_FOR_GOOD = Text.of("until: for good", "有效至：长期")
REASON = Text.of("reason: {text}", "理由：{text}")
NOBODY = Text.of("{role} (nobody holds this role here yet)", "{role}（目前无人担任）")
TODAY = Text.of("today", "今天")
DAY, DAYS = Text.of("{n} day", "{n} 天"), Text.of("{n} days", "{n} 天")
HOLDER = Text.of("{name} ({role})", "{name}（{role}）")
IN_BRACKETS = Text.of("{text} ({more})", "{text}（{more}）")

# -- rules -------------------------------------------------------------------------------------------------------------
RULES = {
    "rule.phase": Text.of("The move belongs where it is to be made", "动作与所处状态相符"),
    "rule.role": Text.of("Whoever acts holds a role that may", "经办人具有相应权限"),
    "rule.separation": Text.of("Nobody decides on what they did themselves", "经办与决定相分离"),
    "rule.step": Text.of("Steps are closed in their order, once", "环节按顺序办结，且只办结一次"),
}
MADE_FROM = Text.of(
    "“{move}” is made from {sources}; the {branch} stands at {state} since {since}",
    "“{move}”须在{sources}时作出；该{branch}自 {since} 起处于{state}",
)
CLOSED_AT = Text.of(
    "“{move}” is possible at {sources}; the {branch} stands at {state} since {since}",
    "“{move}”须在{sources}时办理；该{branch}自 {since} 起处于{state}",
)
CASE_FROM = Text.of("“{move}” is made from {sources}; {case} stands at {state}", "“{move}”须在{sources}时作出；{case} 现处于{state}")
NOWHERE = Text.of("no state of this stage", "本阶段的任何状态之外")
OR = Text.of(" or ", "或")
WHO_MAY = Text.of("who may: {who}; {actor} {holds}", "有权者：{who}；{actor} {holds}")
HOLDS_NOTHING = Text.of("holds no role", "不担任任何角色")
HOLDS_HERE = Text.of("is {roles} here", "在本{branch}担任{roles}")
HOLDS_A_PART = Text.of("holds {roles}, not for the whole campaign", "担任{roles}，不及于整个活动")
HOLDS_ELSEWHERE = Text.of("holds {roles} elsewhere, not for this {branch}", "在他处担任{roles}，不及于本{branch}")
AND_ALSO = Text.of(", and ", "，")
DID_THAT = Text.of(
    "{actor} made “{move}” in this {attempt} and may not make “{that}” too", "{actor} 在本{attempt}已作出“{move}”，不得再作出“{that}”"
)
DID_THAT_CASE = Text.of("{actor} made “{move}” and may not make “{that}” too", "{actor} 已作出“{move}”，不得再作出“{that}”")
ON_ROLL = Text.of("{actor} is on the roll of the {branch} and may not make “{that}”", "{actor} 在本{branch}名册上，不得作出“{that}”")
OPENED_IT = Text.of("{actor} opened it and may not make “{that}” too", "该事项由 {actor} 立项，不得再由其作出“{that}”")
IS_NAMED = Text.of("{actor} is named as “{field}” and may not make “{that}”", "{actor} 是该事项的“{field}”，不得作出“{that}”")
CLOSE_BEFORE = Text.of("to be closed before: {steps}", "须先办结：{steps}")
CLOSED_ALREADY = Text.of("it is closed already", "该环节已办结")
CLOSED_ALREADY_BY = Text.of("it is closed already, by {who}", "该环节已由 {who} 办结")

# -- verdicts ----------------------------------------------------------------------------------------------------------
CAMPAIGN = Text.of("the campaign", "本活动")
ARROW = Text.of("{source} → {target}", "{source} → {target}")
STAYS = Text.of("still at {source}", "仍处于{source}")
DONE = {
    "move": Text.of("{branch} has made the move “{move}”: {way}.", "{branch}已作出动作“{move}”：{way}。"),
    "record": Text.of("“{kind}” is entered for {branch}.", "{branch}已录入“{kind}”。"),
    "withdraw": Text.of(
        "#{seq} of {branch}{what} is withdrawn: it stays readable and no longer counts.",
        "{branch}第 {seq} 号{what}已撤回：仍可查阅，不再计入。",
    ),
    "waive": Text.of("The gap in “{requirement}” is accepted for {branch}.", "{branch}“{requirement}”的缺口已获批准。"),
    "open": Text.of("{created} is opened for {branch}: {kind}.", "{branch}已立项 {created}：{kind}。"),
    "case": Text.of("“{move}” is made for {case} of {branch}: {way}.", "{branch}事项 {case} 已作出“{move}”：{way}。"),
}
MAY = {
    "move": Text.of("{branch} may make the move “{move}” now: {way}.", "{branch}现在可以作出动作“{move}”：{way}。"),
    "case": Text.of("“{move}” may be made now for {case} of {branch}: {way}.", "{branch}事项 {case} 现在可以作出“{move}”：{way}。"),
}
REFUSED = {
    "move": Text.of(
        "{branch} may not make the move “{move}” at {source}: {standing}.", "{branch}处于{source}，不得作出动作“{move}”：{standing}。"
    ),
    "record": Text.of("“{kind}” is not entered for {branch}: {standing}.", "{branch}未录入“{kind}”：{standing}。"),
    "withdraw": Text.of("#{seq} of {branch} is not withdrawn: {standing}.", "{branch}第 {seq} 号未撤回：{standing}。"),
    "waive": Text.of(
        "The gap in “{requirement}” is not accepted for {branch}: {standing}.", "{branch}“{requirement}”的缺口未获批准：{standing}。"
    ),
    "open": Text.of("“{kind}” is not opened for {branch}: {standing}.", "{branch}未立项“{kind}”：{standing}。"),
    "case": Text.of(
        "“{move}” may not be made for {case} of {branch} at {source}: {standing}.",
        "{branch}事项 {case} 处于{source}，不得作出“{move}”：{standing}。",
    ),
}
REQUIREMENT_STANDS = Text.of("1 requirement stands in the way", "1 项条件未满足")
REQUIREMENTS_STAND = Text.of("{n} requirements stand in the way", "{n} 项条件未满足")
RULE_STANDS = Text.of("1 rule stands in the way", "1 项规则不允许")
RULES_STAND = Text.of("{n} rules stand in the way", "{n} 项规则不允许")
BOTH_STAND = Text.of("{rules} and {requirements} stand in the way", "{rules}不允许，{requirements}未满足")
N_RULES, ONE_RULE = Text.of("{n} rules", "{n} 项规则"), Text.of("1 rule", "1 项规则")
N_REQUIREMENTS, ONE_REQUIREMENT = Text.of("{n} requirements", "{n} 项条件"), Text.of("1 requirement", "1 项条件")
ASKED_ONLY = Text.of("only asked: nothing was written", "仅询问，未作登记")
THE_RECORD = Text.of(" ({title})", "（{title}）")
THE_GAP = Text.of(" (the gap in “{title}”)", "（“{title}”经批准的缺口）")
ANSWERED_BEFORE = Text.of("the answer given before: nothing was written again", "此前的答复，未再登记")
KEPT = Text.of("kept in the ledger as #{seq}", "已记入台账第 {seq} 号")
ACTED_BY = Text.of("by {who}", "经办：{who}")
ATTEMPT = Text.of("attempt {n}", "第 {n} 轮次")
CYCLE = Text.of("{title} {n}", "第 {n} 个{title}")  # of a stage that repeats: `quarter 3`
AN_ATTEMPT = Text.of("attempt", "轮次")
IN_ATTEMPT = Text.of("{state}, {attempt}", "{state}，{attempt}")

# -- the rest, in short ------------------------------------------------------------------------------------------------
NOT_IN_THE_WAY = Text.of("Not in the way, but not in order:", "不影响通过，但应改进：")
MET = Text.of("met: {n} of {total}", "已满足：{total} 项中 {n} 项")
ARE_WAIVED = Text.of("waived: {n} of {total}: {listed}", "经批准的缺口：{total} 项中 {n} 项：{listed}")
NOT_APPLICABLE = Text.of("not applicable: {n} of {total}", "不适用：{total} 项中 {n} 项")
WAIVED_OF = Text.of("{title} ({n} of {total}: {listed})", "{title}（共 {total}，其中 {n}：{listed}）")

# -- outlooks ----------------------------------------------------------------------------------------------------------
CANNOT_GO_AROUND = Text.of(
    "{branch} cannot go on from {state} to {attempt}: {standing}.", "{branch}处于{state}，尚不能进入{attempt}：{standing}。"
)
CANNOT_GO_ON = Text.of("{branch} cannot go on from {state}: {standing}.", "{branch}尚不能离开{state}：{standing}。")
WAITS = Text.of("{branch} at {state} waits for: {move}, by {who}.", "{branch}处于{state}，等待：{move}，经办：{who}。")
STUCK = Text.of("{branch} at {state}: no step can be closed yet.", "{branch}处于{state}：目前没有可办结的环节。")
FINAL = Text.of("{branch} has reached {state}: nothing is left to be done.", "{branch}已到达{state}：无待办事项。")
HERE_SINCE = Text.of("Here since {day} ({days}), {attempt}", "自 {day} 起（{days}），{attempt}")
PLANNED_END = Text.of("; planned end {day}", "；计划结束日 {day}")
PLANNED_END_PAST = Text.of("; planned end {day} ({days} ago)", "；计划结束日 {day}（已过 {days}）")
TO_ACT = Text.of(". To act now: {who}.", "。现应由{who}办理。")
STOP = Text.of(".", "。")
COULD_COME = Text.of("What could come next:", "接下来可以办理：")
COULD_COME_AROUND = Text.of("What could come next, on the way to {attempt}:", "接下来可以办理（进入{attempt}之前）：")
TO_THE_END = Text.of("No stage follows this one. What leads to the end:", "本阶段之后没有其他阶段。结束须办理：")
TO_STAGE = Text.of("What leads on to {stage}:", "进入{stage}须办理：")
LATER = Text.of("Later on the way:", "此后还须：")
WAYPOINT = Text.of("{move}, by {who}: {said}", "{move}，经办：{who}；{said}")
READY = Text.of("ready", "可以办理")
AFTER = Text.of("after {steps}", "须在“{steps}”之后")
WAYPOINT_SHORT = Text.of("{n} of {total} unmet: {listed}", "{total} 项条件中 {n} 项未满足：{listed}")
COUNTED = Text.of("{title} ({n} of {total})", "{title}（{n}/{total}）")
NOTHING_REQUIRED = Text.of("nothing is required", "无须满足条件")
