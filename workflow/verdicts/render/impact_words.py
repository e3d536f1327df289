"""What an impact is told in, in both languages."""

from __future__ import annotations

from workflow.texts import Text
from workflow.verdicts.impact import Sort

CHANGES = Text.of(
    "{n} of {total} {branches} would change on {day}; nothing was written.", "{day}：{total} 个{branches}中 {n} 个将有变化；未作任何登记。"
)
UNCHANGED = Text.of(
    "Nothing would change for any of {total} {branches} on {day}; nothing was written.",
    "{day}：{total} 个{branches}均不会有变化；未作任何登记。",
)
REFUSED = Text.of("It would be refused, and nothing would change; nothing was written.", "将不予办理，不会有任何变化；未作任何登记。")
GOVERNED = Text.of("under other rules than before: {n}", "改按另一版本规则办理：{n}")
COUNTS: dict[Sort, Text] = {
    "founded": Text.of("new: {n}", "新设：{n}"),
    "ended": Text.of("cease to be: {n}", "不再存在：{n}"),
    "moved": Text.of("in another state or attempt: {n}", "状态或轮次改变：{n}"),
    "placed": Text.of("in another batch or group: {n}", "批次或督导组改变：{n}"),
    "suspended": Text.of("suspended: {n}", "暂停：{n}"),
    "resumed": Text.of("go on: {n}", "恢复：{n}"),
    "unmet": Text.of("something newly in the way: {n}", "新出现未满足的条件：{n}"),
    "met": Text.of("something no longer in the way: {n}", "有条件不再成为阻碍：{n}"),
    "weighed": Text.of("other figures of what is in the way already: {n}", "原有未满足条件的数字改变：{n}"),
    "planned_end": Text.of("another planned end: {n}", "计划结束日改变：{n}"),
    "due": Text.of("another deadline of what is in the way: {n}", "未满足条件的期限改变：{n}"),
    "members": Text.of("more or fewer on the roll: {n}", "名册人数改变：{n}"),
    "moves": Text.of("other moves to make: {n}", "待作动作改变：{n}"),
    "hands": Text.of("others must act: {n}", "责任人改变：{n}"),
}
DEMANDED = {
    "unmet": Text.of("newly in the way of {n}: {title}", "新成为 {n} 个{branches}的阻碍：{title}"),
    "met": Text.of("no longer in the way of {n}: {title}", "不再是 {n} 个{branches}的阻碍：{title}"),
}
MORE = Text.of(
    "and {n} more; --full lists them all, --branch ID tells one in full", "另有 {n} 个未列出；加 --full 全部列出，加 --branch 编号 详述其一"
)
TITLE, BATCH, STATE, WHAT = (
    Text.of("title", "名称"), Text.of("batch", "批次"), Text.of("state", "状态"), Text.of("what changes", "变化"),
)  # fmt: skip
FROM_TO = Text.of("{was} → {now}", "{was} → {now}")
NOTHING = Text.of("none", "无")
IS_NEW = Text.of("new", "新设")
ENDS = Text.of("ceases to be", "不再存在")
ENDS_INTO = Text.of("ceases to be, taken over by {into}", "不再存在，由{into}接续")
SUSPENDED = Text.of("suspended since {day}", "自 {day} 起暂停")
RESUMED = Text.of("goes on", "恢复")
FIELDS = {
    "version": Text.of("rules: {change}", "规则：{change}"),
    "state": Text.of("state: {change}", "状态：{change}"),
    "attempt": Text.of("attempt: {change}", "轮次：{change}"),
    "batch": Text.of("batch: {change}", "批次：{change}"),
    "group": Text.of("supervision group: {change}", "督导组：{change}"),
    "planned_end": Text.of("planned end: {change}", "计划结束日：{change}"),
    "members": Text.of("on the roll: {change}", "名册人数：{change}"),
    "hands": Text.of("who must act: {change}", "责任人：{change}"),
    "moves": Text.of("to be made as well: {moves}", "增加的动作：{moves}"),
    "dropped": Text.of("no longer to be made: {moves}", "不再需要的动作：{moves}"),
}
SHORT = Text.of("{what}: {n} short", "{what}：不符合 {n}")
SHORT_AS_BEFORE = Text.of("{what}: {n} short as before, with other figures", "{what}：不符合 {n}（未变），数字有变")
SHORT_NOW = Text.of("{what}: {was} → {n} short", "{what}：不符合 {was} → {n}")
DUE = Text.of("{what}: due {change}", "{what}：期限 {change}")
WAS_NOT = Text.of("before: not in the way", "此前：不成为阻碍")
BEFORE, AFTER = Text.of("before: {text}", "此前：{text}"), Text.of("then: {text}", "此后：{text}")
IS_NOT = Text.of("then: no longer in the way", "此后：不再成为阻碍")
ONE = Text.of("{title} ({branch}) on {day}:", "{title}（{branch}），{day}：")
