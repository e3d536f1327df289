"""Every sentence a letter is made of, in both languages."""

from __future__ import annotations

from workflow.texts import Text

# -- the subject -------------------------------------------------------------------------------------------------------
SUBJECT_ONE = Text.of("Reminder of {day}: {where}, {what}, {when}", "期限提醒（{day}）：{where}，{what}，{when}")
SUBJECT = Text.of(
    "Reminder of {day}: {n} items; first: {where}, {what}, {when}", "期限提醒（{day}）：{n} 项；最紧迫：{where}，{what}，{when}"
)
SUBJECT_OVERDUE = Text.of(
    "Reminder of {day}: {n} items, {overdue} overdue; first: {where}, {what}, {when}",
    "期限提醒（{day}）：{n} 项，其中逾期 {overdue} 项；最紧迫：{where}，{what}，{when}",
)
SUBJECT_ALL_OVERDUE = Text.of(
    "Reminder of {day}: {n} items, all overdue; first: {where}, {what}, {when}",
    "期限提醒（{day}）：{n} 项，均已逾期；最紧迫：{where}，{what}，{when}",
)
IN_SHORT = {
    "overdue": Text.of("{days} overdue", "逾期 {days}"),
    "today": Text.of("due today", "今日到期"),
    "past": Text.of("{days} ago", "已过 {days}"),
    "ahead": Text.of("due in {days}", "还有 {days}到期"),
    "awaited": Text.of("day not known yet", "期限待定"),
}

# -- opening and end ---------------------------------------------------------------------------------------------------
GREETING = Text.of("Dear {name},", "{name}，您好！")
LATE = Text.of("This reminder was to be written on {first}; it was written {days} late.", "本提醒原应于 {first} 编发，现迟 {days}编发。")
LATE_IN_PART = Text.of(
    "{n} of the {total} items below were to be announced earlier, the first on {first}; this reminder was written {days} after that.",
    "以下 {total} 项中，{n} 项原应更早编发，最早的应于 {first} 编发，现已迟 {days}。",
)
ONE = Text.of("As of {day}, this is open and needs your attention:", "截至 {day}，以下事项尚未了结，请您关注：")
SOME = Text.of("As of {day}, {n} items are open and need your attention.", "截至 {day}，以下 {n} 项尚未了结。")
SOME_OVERDUE = Text.of(
    "As of {day}, {n} items are open and need your attention, {overdue} of them overdue.",
    "截至 {day}，以下 {n} 项尚未了结，其中 {overdue} 项已逾期。",
)
ALL_OVERDUE = Text.of(
    "As of {day}, {n} items are open and need your attention, all of them overdue.", "截至 {day}，以下 {n} 项尚未了结，均已逾期。"
)
ALL_OWN = Text.of(" You answer for all of them.", "各项均由您负责，请及时办理。")
NONE_OWN = Text.of(" Others answer for them.", "各项均由他人负责，请予督促。")
MIXED = Text.of(" You answer for {own}, others for {others}.", "由您负责 {own} 项，请及时办理；由他人负责 {others} 项，请予督促。")
NUMBERS = "一二三四五"
SECTIONS = {  # in the order of urgency
    "overdue": Text.of("Overdue ({n})", "{number}、已逾期（{n} 项）"),
    "today": Text.of("Due today ({n})", "{number}、今日到期（{n} 项）"),
    "past": Text.of("Past days ({n})", "{number}、日期已过（{n} 项）"),
    "ahead": Text.of("Ahead ({n})", "{number}、尚未到期（{n} 项）"),
    "awaited": Text.of("Day not known yet ({n})", "{number}、期限待定（{n} 项）"),
}
MORE = Text.of("And {n} more that are not listed here.", "另有 {n} 项未在此列出。")
ONE_MORE = Text.of("And 1 more that is not listed here.", "另有 1 项未在此列出。")
WHOLE = Text.of("The whole list: ", "全部事项：")

# -- one point ---------------------------------------------------------------------------------------------------------
WHERE = Text.of("{where}: {what}", "{where}：{what}")
WHEN = {
    "overdue": Text.of("Due {day}: {days} overdue.", "期限 {day}，已逾期 {days}。"),
    "today": Text.of("Due {day}: today.", "期限 {day}，今日到期。"),
    "past": Text.of("Its day was {day}, {days} ago.", "日期 {day}，已过 {days}。"),
    "ahead": Text.of("Due {day}: {days} left.", "期限 {day}，还有 {days}。"),
    "awaited": Text.of("Due when its event comes: the day is not known yet.", "期限待相关事件发生后确定。"),
}
MOVED = Text.of(" It was moved from {moved} to {day}.", "期限已由 {moved} 调整为 {day}。")
WITHDRAWN = Text.of(" The day it had, {moved}, no longer holds.", "原期限 {moved} 不再适用。")
YOURS = Text.of("You answer for it as {role}.", "由您负责（{role}）。")
YOURS_WITH = Text.of("You answer for it as {role}, together with {names}.", "由您（{role}）与{names}共同负责。")
TOLD = Text.of("You are told of it as {role}.", "按规定告知您（{role}）。")
COME_UP = Text.of(
    "It has come up to you as {role}: it was still open {days} after the due day.", "逾期 {days}仍未了结，按规定上报您（{role}）。"
)
COME_UP_ON_THE_DAY = Text.of(
    "It has come up to you as {role}: it was still open on the due day.", "到期当日仍未了结，按规定上报您（{role}）。"
)
ANSWERS = Text.of("{told} Who answers for it: {who}.", "{told}责任人：{who}。")
REMEDY = Text.of("What to do: {text}.", "办理要求：{text}。")
REMEDIES = Text.of("What to do, as far as it is missing: {text}.", "办理要求（尚缺的请补办）：{text}。")
MORE_NAMES = Text.of("{names} and {n} more", "{names}，另有 {n} 项未列出")
MORE_PEOPLE = Text.of("{names} and {n} more", "{names}，另有 {n} 人")
SEE = Text.of("See what is missing: ", "查看所缺条件：")
OPEN = Text.of("See and act: ", "查看并办理：")
