"""Every sentence that says what would unblock a branch."""

from __future__ import annotations

from workflow.texts import Text

# -- the conclusion ----------------------------------------------------------------------------------------------------------
ALLOWED = Text.of("{branch} may make the move “{move}” already: nothing stands in the way.", "{branch}已可作出动作“{move}”：没有障碍。")
SETS = Text.of(
    "{branch} may not make the move “{move}” yet: {standing}. {actions} would unblock it; {ways}.",
    "{branch}尚不能作出动作“{move}”：{standing}。最少 {actions}即可解除；{ways}。",
)
ONE_WAY, WAYS = Text.of("this was tried", "已经试过"), Text.of("{n} ways were tried", "以下 {n} 种办法均已试过")
HOPELESS = Text.of(
    "{branch} may not make the move “{move}”: {standing}. No remedy could be worked out for {n} of these.",
    "{branch}不能作出动作“{move}”：{standing}。其中 {n} 项推算不出补救办法。",
)
NONE = Text.of(
    "{branch} may not make the move “{move}”: {standing}. No set of remedies that was tried unblocks it.",
    "{branch}不能作出动作“{move}”：{standing}。试过的补救办法都不能解除。",
)
TRIED = Text.of("{day} · only tried: nothing was written", "{day} · 仅试行，未作登记")

# -- one set -----------------------------------------------------------------------------------------------------------------
SET = Text.of("{n}. {actions}, {people}, {day}", "{n}. {actions}，{people}，{day}")
ACTION, ACTIONS = Text.of("1 action", "1 项办理"), Text.of("{n} actions", "{n} 项办理")
NOBODY, PERSON, PEOPLE = Text.of("nobody need act", "无须有人办理"), Text.of("1 person", "1 人"), Text.of("{n} people", "{n} 人")
TODAY, ON = Text.of("possible today", "今天即可"), Text.of("possible on {day}", "{day} 可以办理")
THEN = Text.of("then “{move}” can be made by {who}", "此后可由{who}作出“{move}”")
THEN_NOBODY = Text.of(
    "then nothing stands in the way of “{move}”, but nobody who may make it is left: somebody must be appointed",
    "此后“{move}”已无障碍，但无人可以经办：须另行任命",
)
EACH = Text.of(
    "each action was left out in turn, and is needed; not all of the smaller sets were tried, they are too many",
    "逐项去掉试过，缺一不可；更小的组合过多，未逐一试验",
)

# -- one action --------------------------------------------------------------------------------------------------------------
BY = Text.of(" (by {name}, {role})", "（经办：{name}，{role}）")
RECORD = Text.of("enter {kind}", "录入{kind}")
RECORD_FOR = Text.of("enter {kind} for {members}", "为{members}录入{kind}")
RECORD_WHOLE = Text.of("enter {kind} for the campaign", "为整个活动录入{kind}")
WITHDRAW = Text.of("withdraw #{seq} ({kind})", "撤回第 {seq} 号（{kind}）")
WITHDRAW_WHOLE = Text.of("withdraw #{seq} of the campaign ({kind})", "撤回活动台账第 {seq} 号（{kind}）")
WAIVE = Text.of("accept the gap in “{requirement}”", "批准“{requirement}”的缺口")
WAIVE_FOR = Text.of("accept the gap in “{requirement}” for {members}", "批准{members}在“{requirement}”上的缺口")
OPEN = Text.of("open a case: {kind}", "立项：{kind}")
OPEN_FOR = Text.of("open a case for {members}: {kind}", "为{members}立项：{kind}")
CASE = Text.of("{case}: make the move “{move}”", "{case}：作出“{move}”")
MOVE = Text.of("{move}", "{move}")
APPOINT = Text.of("appoint {person} as {role}", "任命{person}为{role}")
RESUME = Text.of("resume the {branch}", "恢复该{branch}")
WAIT = Text.of("wait until {day}", "等到 {day}")
FIELD = Text.of("{title} {value}", "{title}“{value}”")
FIGURE = Text.of("{title} {value}", "{title} {value}")
ANY = Text.of("{title} (any)", "{title}（不限）")
FREE = Text.of("for example {listed}", "例如{listed}")

# -- what is left ------------------------------------------------------------------------------------------------------------
NO_HOLDER = Text.of("nobody is there who may put it right ({roles}): somebody must be appointed", "目前无人可以办理（{roles}）：须先任命")
OTHERS = Text.of("somebody else must make the move: {who}", "须由他人作出该动作：{who}")
OTHERS_NOBODY = Text.of("somebody else must make the move, and nobody is there who may", "须由他人作出该动作，而目前无人可以经办")
NOT_ITS_TURN = Text.of("it is not its turn; what comes next: {moves}", "未到其时；接下来可以办理：{moves}")
UNKNOWN_SHAPE = Text.of("no remedy could be worked out; the definition says: {remedy}", "推算不出补救办法；方案写明：{remedy}")
UNTRIED = Text.of("{n} further combinations of remedies were not looked at.", "另有 {n} 种补救组合未予试验。")
UNTRIED_ONE = Text.of("1 further combination of remedies was not looked at.", "另有 1 种补救组合未予试验。")
MORE = Text.of(" --most N shows more.", "加 --most N 可看更多。")

# -- what if -----------------------------------------------------------------------------------------------------------------
IF = Text.of("If this were so (only tried: nothing was written):", "假设如下（仅试行，未作登记）：")
