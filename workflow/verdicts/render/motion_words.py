"""Every sentence about a campaign in motion, in both languages: rules that change, clocks, rolls, branches and batches."""

from __future__ import annotations

from workflow.texts import Text

# -- rules -------------------------------------------------------------------------------------------------------------
RULES = {
    "rule.running": Text.of("The {branch} is neither suspended nor ended", "该{branch}未暂停、未终止"),
    "rule.started": Text.of("The batch is changed before the start, or with a fresh start", "批次在启动之前调整，已启动的须重新开始"),
    "rule.cases": Text.of("Every open case has a {branch} that takes it over", "未办结事项均有{branch}承接"),
    "rule.members": Text.of("Every {member} has a {branch} to go to", "每名{member}均有去处"),
    "rule.share": Text.of("Enough of the batch has finished", "批次完成比例达到要求"),
    "rule.stragglers": Text.of("Whoever has not finished is named, each with a reason", "未完成者逐一列明并说明理由"),
    "rule.late": Text.of("It is entered in the attempt in which it happened", "在发生的轮次内录入"),
    "rule.behind": Text.of("Nobody comes from a {branch} that is further back", "转入{member}的原{branch}进度不落后"),
    "rule.closed": Text.of("The batch is still open", "该批次尚未收尾"),
}
SUSPENDED = Text.of(
    "the {branch} is suspended since {day} ({days}); it goes on once it is resumed", "该{branch}自 {day} 起暂停（{days}），恢复后方可办理"
)
DISSOLVED = Text.of("the {branch} was dissolved on {day}; nothing is done for it any more", "该{branch}已于 {day} 撤销，不再办理")
TAKEN_OVER = Text.of("the {branch} ended on {day}; {into} has taken over from it", "该{branch}已于 {day} 终止，由{into}承接")
STARTED = Text.of(
    "the {branch} stands at {state} since {day}: its batch changes only if it starts again from the beginning",
    "该{branch}自 {day} 起处于{state}：须从头重新开始，方可调整批次",
)
CASES = Text.of("taken over by nobody ({n}): {listed}", "无人承接（{n} 项）：{listed}")
MEMBERS = Text.of("with nowhere to go ({n}): {listed}", "尚无去处（{n} 名）：{listed}")
SHARE = Text.of(
    "finished: {finished} of {total} {noun} of batch {batch}; required: at least {least} ({share}): short by {short}",
    "批次 {batch} 共 {total} 个{noun}，已完成 {finished} 个，要求不少于 {least} 个（{share}），差 {short} 个",
)
PERCENT = Text.of("{n} %", "{n}%")
PERCENT_OF = Text.of("{percent}, {name}", "{name} {percent}")
UNNAMED = Text.of("not finished and not named ({n}): {listed}", "未完成而未列明（{n} 个）：{listed}")
NEEDLESS = Text.of("named although finished ({n}): {listed}", "已完成而被列入（{n} 个）：{listed}")
LATE = Text.of(
    "it happened on {day}, before {attempt} of this stage began ({began}): it counts in this attempt, and what was decided before stays",
    "发生于 {day}，早于本阶段{attempt}开始之日（{began}）：计入本轮次，此前的决定不变",
)
BEHIND = Text.of(
    "their {branch} has yet to finish {stages}, which the new one has left behind ({n}): {listed}",
    "原{branch}尚未完成{stages}，而新{branch}已过该阶段（{n} 名）：{listed}",
)
CLOSED = Text.of("batch {batch} was closed on {day}", "批次 {batch} 已于 {day} 收尾")
ELSEWHERE = Text.of("{branch}: {text}", "{branch}：{text}")
NO_AUTHORITY = Text.of(
    "the definition gives nobody the authority to {power} (`authority: {key}`)", "方案未授予任何人{power}的职权（`authority: {key}`）"
)

# -- verdicts ----------------------------------------------------------------------------------------------------------
DONE = {
    "extend": Text.of("{branch} is given {days} more for {stage}.", "{branch}的{stage}延期 {days}。"),
    "suspend": Text.of(
        "{branch} is suspended from {day} on: it makes no moves and its clocks stand still until it is resumed.",
        "{branch}自 {day} 起暂停：恢复之前不办理动作，期限停止计算。",
    ),
    "resume": Text.of(
        "{branch} goes on from {day}: every clock has as many days left as when it stopped.",
        "{branch}自 {day} 起恢复：各项期限按暂停时所余天数续计。",
    ),
    "enrol": Text.of("{member} joins the roll of {branch}.", "{member} 已列入{branch}名册。"),
    "transfer": Text.of("{member} is transferred from {branch} to {into}.", "{member} 已由{branch}转接至{into}。"),
    "change": Text.of("The entry of {member} on the roll of {branch} is changed.", "{branch}名册中 {member} 的登记已变更。"),
    "remove": Text.of(
        "{member} leaves the roll of {branch}; what is on file stays readable.", "{member} 已从{branch}除册；已有记录仍可查阅。"
    ),
    "reassign": Text.of("{branch} now belongs to {place}.", "{branch}现属{place}。"),
    "merge": Text.of("{branch} is merged into {into}.", "{branch}已并入{into}。"),
    "split": Text.of("{into} is split off from {branch}.", "已从{branch}分设{into}。"),
    "dissolve": Text.of("{branch} is dissolved.", "{branch}已撤销。"),
    "close_batch": Text.of(
        "Batch {batch} is closed; finished: {finished} of {total} {noun}.", "批次 {batch} 已收尾：{total} 个{noun}中已完成 {finished} 个。"
    ),
    "enact": Text.of("Version {version} of the rules holds from {day} on, {scope}.", "方案版本 {version} 自 {day} 起施行，{scope}。"),
    "appoint": Text.of("{member} is appointed to the role “{role}” for {target}.", "已任命 {member} 担任“{role}”，范围：{target}。"),
    "relieve": Text.of("{member} no longer holds the role “{role}” for {target}.", "已免去 {member} 的“{role}”职务，范围：{target}。"),
}
REFUSED = {
    "extend": Text.of("{branch} is not given more time: {standing}.", "{branch}未予延期：{standing}。"),
    "suspend": Text.of("{branch} is not suspended: {standing}.", "{branch}未予暂停：{standing}。"),
    "resume": Text.of("{branch} is not resumed: {standing}.", "{branch}未予恢复：{standing}。"),
    "enrol": Text.of("{member} does not join the roll of {branch}: {standing}.", "{member} 未列入{branch}名册：{standing}。"),
    "transfer": Text.of("{member} is not transferred from {branch}: {standing}.", "{member} 未由{branch}转出：{standing}。"),
    "change": Text.of(
        "The entry of {member} on the roll of {branch} is not changed: {standing}.", "{branch}名册中 {member} 的登记未变更：{standing}。"
    ),
    "remove": Text.of("{member} stays on the roll of {branch}: {standing}.", "{member} 未从{branch}除册：{standing}。"),
    "reassign": Text.of("{branch} keeps its batch and group: {standing}.", "{branch}的批次与督导组未调整：{standing}。"),
    "merge": Text.of("{branch} is not merged: {standing}.", "{branch}未予合并：{standing}。"),
    "split": Text.of("{branch} is not split: {standing}.", "{branch}未予分设：{standing}。"),
    "dissolve": Text.of("{branch} is not dissolved: {standing}.", "{branch}未予撤销：{standing}。"),
    "close_batch": Text.of("Batch {batch} is not closed: {standing}.", "批次 {batch} 未收尾：{standing}。"),
    "enact": Text.of("The version is not enacted: {standing}.", "该版本未予施行：{standing}。"),
    "appoint": Text.of("{member} is not appointed: {standing}.", "{member} 未获任命：{standing}。"),
    "relieve": Text.of("{member} is not relieved: {standing}.", "{member} 未予免去：{standing}。"),
}
SCOPES = {
    "running": Text.of("also for attempts that are running", "正在进行的轮次一并适用"),
    "new": Text.of("for attempts that begin from then on", "仅适用于此后开始的轮次"),
}
BATCH, NO_BATCH = Text.of("batch {name}", "批次 {name}"), Text.of("no batch", "未分批次")
GROUP, NO_GROUP = Text.of("supervision group {name}", "督导组 {name}"), Text.of("no supervision group", "未设督导组")
AND = Text.of("{first} and {second}", "{first}、{second}")

# -- particulars -------------------------------------------------------------------------------------------------------
END_MOVES = Text.of("planned end: {was} → {end}", "计划结束日：{was} → {end}")
STILL_PAST = Text.of("the new end is past, too", "新的结束日也已过")
ENTRY_BEFORE = Text.of("before: {listed}", "原登记：{listed}")
ENTRY = Text.of("on the roll as: {listed}", "名册登记：{listed}")
DOSSIER = Text.of("with the dossier: records: {records}, cases: {cases}", "随转档案：记录 {records} 份，事项 {cases} 项")
ROLES_ENDED = Text.of("roles that end with it: {roles}", "随之终止的职务：{roles}")
ROLES_GIVEN = Text.of("roles in the new {branch}: {roles}", "在新{branch}的职务：{roles}")
DEPARTURE = Text.of("left on {day}: {why}", "{day} 离册：{why}")
LEFT_ON = Text.of("left on {day}", "{day} 离册")
CASES_GONE = Text.of("cases that leave the roll too ({n}): {listed}", "一并离册的事项（{n} 项）：{listed}")
CASES_MOVED = Text.of("open cases taken over ({n}): {listed}", "承接的未办结事项（{n} 项）：{listed}")
BECOMES = Text.of("{old} → {new}", "{old} → {new}")
WAS = Text.of("before: {place}", "原属：{place}")
RESTART = Text.of("begins again at {state}, {attempt}", "重新开始：{state}，{attempt}")
COME_OVER = Text.of("{noun} who go over to {into}: {n}", "转入{into}的{noun}：{n} 名")
SPLIT_OFF = Text.of("{noun} who go with it ({n}): {listed}", "随同分设的{noun}（{n} 名）：{listed}")
STRAGGLER = Text.of("not finished: {branch}: {reason}", "未完成：{branch}：{reason}")
STATES = Text.of("states renamed: {listed}", "状态对应：{listed}")
HASH = Text.of("definition: {hash}", "方案：{hash}")

# -- outlooks ----------------------------------------------------------------------------------------------------------
IS_SUSPENDED = Text.of(
    "{branch} is suspended since {day} and stands at {state}: it makes no moves until it is resumed.",
    "{branch}自 {day} 起暂停，处于{state}：恢复之前不办理动作。",
)
WAS_DISSOLVED = Text.of("{branch} was dissolved on {day}, at {state}.", "{branch}已于 {day} 撤销，撤销时处于{state}。")
WAS_TAKEN_OVER = Text.of(
    "{branch} ended on {day}, at {state}; {into} has taken over from it.", "{branch}已于 {day} 终止，终止时处于{state}，由{into}承接。"
)
STOOD_SINCE = Text.of("It had stood there since {day} ({days}), {attempt}.", "自 {day} 起处于该状态（{days}），{attempt}。")
NOT_SUSPENDED = Text.of("{days}, not counting {paused} suspended", "{days}，暂停的 {paused}不计")
STILL_IN_THE_WAY = Text.of("Once it is resumed, this stands in the way:", "恢复后仍须解决：")
COULD_COME_THEN = Text.of("What could come next, once it is resumed:", "恢复后可以办理：")
