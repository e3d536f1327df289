"""What happened to a campaign in motion, in words: rules enacted, clocks stopped, members and branches moved, batches closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workflow.store.facts import GROUP
from workflow.texts import Text
from workflow.verdicts.render.motion_words import SCOPES
from workflow.verdicts.render.voice import Voice

Said = Mapping[str, Any]

_WHY = Text.of("{text}: {reason}", "{text}：{reason}")
_ENACTED = Text.of("version {version} enacted, in force from {day} on, {scope}", "施行版本 {version}，自 {day} 起，{scope}")
_BATCH_CLOSED = Text.of(
    "batch {batch} closed: {finished} of {total} finished, {n} named as not finished",
    "批次 {batch} 收尾：{total} 个中已完成 {finished} 个，列明未完成 {n} 个",
)
_PEOPLE = Text.of("{people} people, {grants} roles granted", "人员 {people} 名，授予角色 {grants} 项")
_CALLED = Text.of("known from now on: {who}", "登记人员：{who}")
_REVOKED = Text.of(", {n} taken back", "，收回角色 {n} 项")
_GIVEN = Text.of("role given: {who}, {role}{of}", "授予角色：{who}，{role}{of}")
_TAKEN = Text.of("role taken back: {who}, {role}{of}", "收回角色：{who}，{role}{of}")
_OF = Text.of(" ({target})", "（{target}）")
_EXTENDED = Text.of("extended by {days}", "延期 {days}")
_SUSPENDED = Text.of("suspended from {day} on", "自 {day} 起暂停")
_RESUMED = Text.of("goes on from {day}", "自 {day} 起恢复")
_JOINED = {
    "enrolled": Text.of("on the roll: {who}", "入册：{who}"),
    "transferred": Text.of("on the roll: {who}, transferred from {branch}", "转入：{who}，由{branch}转来"),
    "merged": Text.of("on the roll: {who}, {branch} having been merged", "转入：{who}，因{branch}并入"),
    "split": Text.of("on the roll: {who}, split off from {branch}", "转入：{who}，由{branch}分设"),
    "dissolved": Text.of("on the roll: {who}, {branch} having been dissolved", "转入：{who}，因{branch}撤销"),
}
_LEFT = {
    "transferred": Text.of("off the roll: {who}, transferred to {branch}", "转出：{who}，转往{branch}"),
    "merged": Text.of("off the roll: {who}, merged into {branch}", "转出：{who}，并入{branch}"),
    "split": Text.of("off the roll: {who}, split off to {branch}", "转出：{who}，分设至{branch}"),
    "dissolved": Text.of("off the roll: {who}, now of {branch}", "转出：{who}，现属{branch}"),
    "removed": Text.of("off the roll for good: {who}", "除册：{who}"),
}
_DEPARTED = Text.of("{text} ({why})", "{text}（{why}）")
_DOSSIER = Text.of(", with records: {records}, cases: {cases}", "，随转记录 {records} 份、事项 {cases} 项")
_CHANGED = Text.of("entry on the roll changed: {who}", "名册登记变更：{who}")
_REASSIGNED = Text.of("now {now} (before: {was})", "现属{now}（原属{was}）")
_RESTART = Text.of(", begins again at {state}", "，自{state}重新开始")
_BATCH, _NO_BATCH = Text.of("batch {name}", "批次 {name}"), Text.of("no batch", "未分批次")
_GROUP, _NO_GROUP = Text.of("group {name}", "督导组 {name}"), Text.of("no group", "未设督导组")
_FOUNDED = Text.of("founded: split off from {branch}, at {state}", "设立：由{branch}分设，处于{state}")
_SPLIT = Text.of("split: {n} {members} go to {branch}", "分设：{members} {n} 名转至{branch}")
_ENDED = {
    "merged": Text.of("ended: merged into {branch}", "终止：并入{branch}"),
    "dissolved": Text.of("ended: dissolved", "终止：撤销"),
}
_CASES = Text.of(", open cases taken over: {n}", "，移交未办结事项 {n} 项")
_TAKEN_OVER = Text.of("open cases taken over from {branch} ({n}): {cases}", "承接{branch}未办结事项（{n} 项）：{cases}")
_RECALLED = Text.of("no longer counts: what came from {branch} #{seq} was withdrawn there", "不再计入：{branch}第 {seq} 号已在原处撤回")


def motion_text(voice: Voice, kind: str, said: Said) -> str | None:
    """What happened, and why; None for events of another kind."""
    say = _WAYS.get(kind)
    if say is None:
        return None
    text = say(voice, said)
    return voice.say(_WHY, text=text, reason=said["reason"]) if said.get("reason") else text


def _enacted(voice: Voice, said: Said) -> str:
    return voice.say(_ENACTED, version=said.get("version") or said["hash"][:8], day=said["starts"], scope=SCOPES[said["scope"]])


def _batch_closed(voice: Voice, said: Said) -> str:
    counted = {name: f"{said[name]:,}" for name in ("finished", "total")}
    return voice.say(_BATCH_CLOSED, batch=said["batch"], n=f"{len(said['stragglers']):,}", **counted)


def _people(voice: Voice, said: Said) -> str:
    """Counts; a single person, or a single role given or taken back, by name."""
    people, grants, revoked = (said.get(name, ()) for name in ("people", "grants", "revoked"))
    if len(grants) + len(revoked) == 1 and len(people) <= 1:
        grant = (*grants, *revoked)[0]
        target = "" if grant["target"] == "*" else voice.say(_OF, target=voice.name(grant["target"].removeprefix(GROUP)))
        return voice.say(_GIVEN if grants else _TAKEN, who=voice.name(grant["person"]), role=voice.role(grant["role"]), of=target)
    if len(people) == 1 and not grants and not revoked:
        return voice.say(_CALLED, who=_who(voice, people[0]))
    text = voice.say(_PEOPLE, people=len(people), grants=len(grants))
    return text + voice.say(_REVOKED, n=len(revoked)) if revoked else text


def _joined(voice: Voice, said: Said) -> str:
    branch = voice.name(said["from"]["branch"]) if said.get("from") else ""
    text = voice.say(_JOINED[said["how"]], who=_who(voice, said["member"]), branch=branch)
    records, cases = len(said.get("records", ())), len(said.get("cases", ()))
    return text + voice.say(_DOSSIER, records=f"{records:,}", cases=f"{cases:,}") if records or cases else text


def _left(voice: Voice, said: Said) -> str:
    text = voice.say(_LEFT[said["how"]], who=voice.name(said["member"]), branch=voice.name(said.get("to") or ""))
    known = voice.definition.members
    why = known.departures.get(said.get("departure") or "") if known else None
    return text if why is None else voice.say(_DEPARTED, text=text, why=why)


def _who(voice: Voice, member: Said) -> str:
    return str(member["name"]) or voice.name(member["id"])


def _reassigned(voice: Voice, said: Said) -> str:
    text = voice.say(_REASSIGNED, now=_place(voice, said), was=_place(voice, said["was"]))
    again = said.get("restart")
    return text + voice.say(_RESTART, state=voice.state(again["to"])) if again else text


def _place(voice: Voice, place: Said) -> str:
    batch = voice.say(_NO_BATCH) if place["batch"] is None else voice.say(_BATCH, name=place["batch"])
    group = voice.say(_NO_GROUP) if place["group"] is None else voice.say(_GROUP, name=place["group"])
    return voice.listed((batch, group))


def _split(voice: Voice, said: Said) -> str:
    n, label = len(said["members"]), voice.say(voice.definition.member_label)
    return voice.say(_SPLIT, n=n, members=label if n == 1 else voice.plural(label), branch=voice.name(said["into"]))


def _dissolved(voice: Voice, said: Said) -> str:
    text = voice.say(_ENDED[said["how"]], branch=voice.name(said["into"] or ""))
    return text + voice.say(_CASES, n=len(said["cases"])) if said["cases"] else text


def _taken_over(voice: Voice, said: Said) -> str:
    cases: Sequence[str] = [case["id"] for case in said["cases"]]
    return voice.say(_TAKEN_OVER, n=len(cases), branch=voice.name(said["from"]["branch"]), cases=voice.cut(cases))


_WAYS: dict[str, Callable[[Voice, Said], str]] = {
    "enacted": _enacted,
    "batch_closed": _batch_closed,
    "people": _people,
    "extended": lambda voice, said: voice.say(_EXTENDED, days=voice.days(said["days"])),
    "suspended": lambda voice, said: voice.say(_SUSPENDED, day=said["on"]),
    "resumed": lambda voice, said: voice.say(_RESUMED, day=said["on"]),
    "joined": _joined,
    "left": _left,
    "member_changed": lambda voice, said: voice.say(_CHANGED, who=_who(voice, said["member"])),
    "reassigned": _reassigned,
    "founded": lambda voice, said: voice.say(_FOUNDED, branch=voice.name(said["from"]["branch"]), state=voice.state(said["state"])),
    "split": _split,
    "dissolved": _dissolved,
    "taken_over": _taken_over,
    "recalled": lambda voice, said: voice.say(_RECALLED, branch=voice.name(said["of"]["branch"]), seq=said["of"]["seq"]),
}
