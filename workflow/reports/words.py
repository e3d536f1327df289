"""Every sentence a report is made of, in both languages."""

from __future__ import annotations

from workflow.texts import Text

OF_BRANCH = Text.of("{title}: {branch}", "{title}：{branch}")
OF_BATCH = Text.of("{title}: batch {batch}", "{title}：第 {batch} 批")
OF_STAGE = Text.of("{stage}, {attempt}", "{stage}，{attempt}")
AS_OF = Text.of("as of {day}", "截至 {day}")
PERIOD = Text.of("{first} to {last}", "{first} 至 {last}")
BRANCHES = Text.of("{n} {noun}", "{n} 个{noun}")
NOT_KNOWN = Text.of("{n} not known", "{n} 项未知")
YES, NO = Text.of("yes", "是"), Text.of("no", "否")
NO_SHARE = Text.of("share not known", "占比未知")
NO_CHANGE = Text.of("change not known", "增减未知")
VALUE_UNKNOWN = Text.of("not known", "未知")
COUNT = Text.of("{value} of {whole}", "{value}/{whole}")
SHARE = Text.of("{text} ({share})", "{text}（{share}）")
MORE = Text.of("{change} more than {before} before", "较此前的 {before} 增长 {change}")
LESS = Text.of("{change} less than {before} before", "较此前的 {before} 下降 {change}")
SAME = Text.of("as before", "与此前持平")
EVIDENCE = Text.of("{n} {documents}", "{n} 份记录")
NUMBERED = Text.of("{n} {documents} {numbers}", "{n} 份记录 {numbers}")
AND_MORE = Text.of("and {n} more; --full shows all", "另有 {n} 项未列出；加 --full 全部列出")
LINE, FIGURE, RESTS_ON = Text.of("figure", "指标"), Text.of("value", "数值"), Text.of("evidence", "证据")
PARTS = {"branch": Text.of("branch", "支部"), "batch": Text.of("batch", "批次"), "group": Text.of("supervision group", "督导组")}
NONE_OF = {
    "branch": Text.of("(none)", "（无）"),
    "batch": Text.of("(no batch)", "（未列批次）"),
    "group": Text.of("(no group)", "（未列督导组）"),
}
TOTAL = Text.of("total", "合计")
COUNTED = Text.of("Counted: {title}", "所计：{title}")
BASIS = Text.of("Basis: {text}", "依据：{text}")
AGREES = Text.of("What was filed (“{kind}”) agrees with the ledger.", "所报“{kind}”与台账一致。")
ALL_AGREE = Text.of(
    "What was filed (“{kind}”) agrees with the ledger: {n} of {total} filed.", "所报“{kind}”与台账一致：{total} 个中已报 {n} 个。"
)
NOT_FILED = Text.of("Nothing was filed yet (“{kind}”).", "尚未报送“{kind}”。")
DIFFERS = Text.of("What was filed (“{kind}”) differs from the ledger:", "所报“{kind}”与台账不一致：")
DIFFERENCE = Text.of(
    "{line}: filed {filed}, in the ledger {counted} (#{document})", "{line}：所报 {filed}，台账 {counted}（第 {document} 号）"
)
DIFFERENCE_OF = Text.of(
    "{branch}, {line}: filed {filed}, in the ledger {counted} (#{document})",
    "{branch}，{line}：所报 {filed}，台账 {counted}（第 {document} 号）",
)
MISSING = Text.of("Not filed by {n} of {total}: {listed}", "{total} 个中 {n} 个未报：{listed}")
REPORTS = Text.of("Reports of {title}", "{title}的报表")
CODE, TITLE, OF, EACH, SPAN = (
    Text.of("name", "名称"),
    Text.of("title", "标题"),
    Text.of("of", "范围"),
    Text.of("for each", "分项"),
    Text.of("period", "统计期"),
)
SPANS = {"month": Text.of("month", "月"), "quarter": Text.of("quarter", "季度"), "year": Text.of("year", "年")}
SCOPES = {"branch": Text.of("branch", "支部"), "campaign": Text.of("campaign", "整个活动")}

HEADER = {  # of the table a report is exported as
    "part": Text.of("part", "分项"), "branches": Text.of("branches", "支部数"), "line": Text.of("code", "代码"),
    "title": Text.of("figure", "指标"),
    "value": Text.of("value", "数值"), "unit": Text.of("unit", "单位"), "of": Text.of("out of", "总数"),
    "unknown": Text.of("not known", "未知"),
    "base": Text.of("base", "基数"), "share": Text.of("share", "占比"), "before": Text.of("before", "此前"),
    "change": Text.of("change", "增减"),
    "documents": Text.of("documents", "记录份数"), "evidence": Text.of("evidence", "证据编号"), "named": Text.of("who", "名单"),
}  # fmt: skip
