"""Events in words, one line each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.definition.model import CaseKind
from workflow.ledger import Event
from workflow.texts import Text
from workflow.verdicts.codec import verdict_of
from workflow.verdicts.render.event_motion import motion_text
from workflow.verdicts.render.verdicts import conclusion, stood
from workflow.verdicts.render.voice import Voice

_CREATED = Text.of("campaign {name} created under definition {definition}", "创建活动 {name}，方案 {definition}")
_ROSTER = Text.of("on the roster: {title}", "列入名册：{title}")
_MEMBERS = Text.of(", {n} {members}", "，{members} {n} 名")
_RECORD = Text.of("entered: {kind}, of {happened}", "录入：{kind}，发生于 {happened}")
_LINES = Text.of(", {n} lines", "，明细 {n} 行")
_WITHDRAWN = Text.of("withdrawn: #{of}{what}: {reason}", "撤回：第 {of} 号{what}：{reason}")
_MOVED = Text.of("moved: {move}: {source} → {target}", "动作：{move}：{source} → {target}")
_STAYED = Text.of("moved: {move}, still at {source}", "动作：{move}，仍处于{source}")
_ATTEMPT = Text.of(" ({attempt} begins)", "（{attempt}开始）")
_EXTENDED = Text.of(" (planned end moves by {days})", "（计划结束日顺延 {days}）")
_WAIVED = Text.of("gap accepted: {requirement}{members}: {reason}", "经批准的缺口：{requirement}{members}：{reason}")
_OPENED = Text.of("case opened: {case}: {about}", "事项立项：{case}：{about}")
_CASE = Text.of("case {case}: {move}: {source} → {target}", "事项 {case}：{move}：{source} → {target}")
_IN_BRACKETS = Text.of(" ({text})", "（{text}）")
_REFUSED = Text.of("✗ refused: {text} [{codes}]", "✗ 不予通过：{text} [{codes}]")


def event_words(voice: Voice, event: Event) -> str:
    """What happened, in words."""
    said = event.payload
    match event.kind:
        case "created":
            return voice.say(_CREATED, name=said["name"], definition=event.subject)
        case "roster":
            return voice.say(_ROSTER, title=said["title"]) + _members(voice, len(said.get("members", ())))
        case "record":
            lines = voice.say(_LINES, n=len(said["lines"])) if said.get("lines") else ""
            return voice.say(_RECORD, kind=voice.say(voice.definition.records[said["record"]].title), happened=said["happened"]) + lines
        case "withdrawn":
            return voice.say(_WITHDRAWN, of=said["of"], what=stood(voice, said), reason=said["reason"])
        case "moved":
            return _moved(voice, said)
        case "refused":
            return _refused(voice, said)
        case _:
            return motion_text(voice, event.kind, said) or _beside(voice, event.kind, said)


def _members(voice: Voice, n: int) -> str:
    label = voice.say(voice.definition.member_label)
    return voice.say(_MEMBERS, n=f"{n:,}", members=label if n == 1 else voice.plural(label)) if n else ""


def _moved(voice: Voice, said: Mapping[str, Any]) -> str:
    move, source, target = voice.move(said["move"], said["from"]), voice.state(said["from"]), voice.state(said["to"])
    text = voice.say(_STAYED, move=move, source=source) if source == target else voice.say(_MOVED, move=move, source=source, target=target)
    if said.get("attempt"):
        text += voice.say(_ATTEMPT, attempt=voice.attempt(said["attempt"]["number"], said["attempt"]["stage"]))
    return text + (voice.say(_EXTENDED, days=voice.days(said["extend"])) if said.get("extend") else "")


def _refused(voice: Voice, said: Mapping[str, Any]) -> str:
    verdict = verdict_of(said["verdict"])
    return voice.say(_REFUSED, text=conclusion(voice, verdict), codes=voice.listed(f.code for f in verdict.standing))


def _beside(voice: Voice, kind: str, said: Mapping[str, Any]) -> str:
    """Gaps and cases."""
    if kind == "waived":
        named = voice.cut([voice.name(member) for member in said.get("members", ())])
        members = voice.say(_IN_BRACKETS, text=named) if named else ""
        return voice.say(_WAIVED, requirement=voice.requirement(said["requirement"]), members=members, reason=said["reason"])
    if kind == "case_opened":
        case = voice.definition.cases[said["kind"]]
        parts = filter(None, (voice.say(case.title), voice.name(said.get("member", "")), _gist(voice, case, said)))
        about = ("，" if voice.lang == "zh" else ", ").join(parts)
        return voice.say(_OPENED, case=said["case"], about=about)
    if kind == "case_moved":
        case = said["case"]
        source, target = voice.case_state(case, said["from"]), voice.case_state(case, said["to"])
        return voice.say(_CASE, case=case, move=voice.case_move(case, said["move"]), source=source, target=target)
    return kind


def _gist(voice: Voice, case: CaseKind, said: Mapping[str, Any]) -> str:
    """The first text a case was opened with; without one, its first option by title."""
    given = {name: value for name in case.fields if isinstance(value := said.get("fields", {}).get(name), str)}
    texts = [value for name, value in given.items() if case.fields[name].type == "text"]
    options = [voice.say(case.fields[name].options[value]) for name, value in given.items() if value in case.fields[name].options]
    return next(iter([*texts, *options]), "")
