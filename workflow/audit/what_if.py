"""What if this were so? Records that are only supposed: entered, looked at, and taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen

from workflow.audit.remedies.actions import Action, carry_out
from workflow.audit.remedies.settling import filled
from workflow.audit.remedies.trial import Trial
from workflow.audit.remedies.values import Bound
from workflow.definition.model import Definition, Field, RecordKind
from workflow.engine.campaign import Campaign
from workflow.engine.entry import read_value
from workflow.errors import Misuse, NotFound, did_you_mean
from workflow.store.facts import FactNeeds
from workflow.texts import Text
from workflow.verdicts import Outlook
from workflow.verdicts.findings import Verdict
from workflow.verdicts.render.voice import width

_PARTS = re.compile(r'((?:"[^"]*"|[^,"])*)(,|$)')
_FORM = "KIND[:MEMBER[;MEMBER...]]:FIELD=VALUE,..."


@frozen(kw_only=True)
class Change:
    """A record supposed to be entered: its kind, of whom (nobody: of the branch), and the fields that matter; any others are filled in.

    `places` says where in the text each part was read, for a fault to point there.
    """

    kind: str
    members: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(factory=dict)
    text: str = ""
    places: Mapping[str, int] = field(factory=dict)


@frozen(kw_only=True)
class Supposed:
    """The outlook of a branch if the `actions` were carried out."""

    actions: tuple[Action, ...]
    outlook: Outlook


def what_if(campaign: Campaign, branch: str, changes: Sequence[str | Change]) -> Outlook:
    """Where the branch would stand if these records were entered, in this order; as text `attendance:li-ming:hours=4,mode=make_up`.

    Nothing is written. Raises `NotFound` and `Misuse` for what is no such record, with the place in the text.
    """
    return suppose(campaign, branch, changes).outlook


def suppose(campaign: Campaign, branch: str, changes: Sequence[str | Change]) -> Supposed:
    """The same, with what would be entered: by whom, and with which values where the change leaves them open."""
    read = [parse_change(each) if isinstance(each, str) else each for each in changes]
    trial = Trial.of(campaign, branch, "", None, {})
    actions: list[Action] = []
    with trial.afresh():
        for change in read:
            actions.append(_entered(trial, change, actions))
        outlook = trial.campaign.why(branch)
    return Supposed(actions=tuple(actions), outlook=outlook)


# -- reading -------------------------------------------------------------------------------------------------------------


def parse_change(text: str) -> Change:
    """`KIND[:MEMBER[;MEMBER...]][:FIELD=VALUE,...]` as a change; a value with a comma stands in double quotes. Raises `Misuse`."""
    kind, colon, rest = text.partition(":")
    head, more, tail = rest.partition(":")
    if "=" in head:
        head, tail, start = "", rest, len(kind) + 1
    else:
        start = len(kind) + len(head) + 2
    places = {"kind": 0} | ({"member": len(kind) + 1} if colon else {})
    if not kind.strip() or (colon and not rest) or (more and not tail):
        raise _pointed(text, 0 if not kind.strip() else len(text), Text.of(f"expected {_FORM}", f"应为 {_FORM}"), Misuse, "change")
    fields = {}
    for place, part in _parts(text, tail, start):
        name, sign, value = part.partition("=")
        if not sign or not name.strip():
            raise _pointed(text, place, Text.of("expected FIELD=VALUE", "应为 字段=值"), Misuse, "name-value")
        places |= {name.strip(): place, f"{name.strip()}=": place + len(name) + 1}
        fields[name.strip()] = value.strip().strip('"')
    members = tuple(member.strip() for member in head.split(";") if member.strip())
    return Change(kind=kind.strip(), members=members, fields=fields, text=text, places=places)


def _parts(text: str, tail: str, start: int) -> Iterator[tuple[int, str]]:
    """The parts between commas, each with its place in the text."""
    if tail.count('"') % 2:
        place = start + tail.rindex('"')
        raise _pointed(text, place, Text.of("this quotation mark is not closed", "引号没有闭合"), Misuse, "quote")
    for found in _PARTS.finditer(tail):
        if found.group(1) or found.group(2):
            yield start + found.start(1), found.group(1)


def _pointed(text: str, place: int, said: Text, error: type[Misuse], code: str) -> Misuse:
    """The fault and, below it, the text with a mark under the character."""
    mark = " " * width(text[:place]) + "^"
    below = f"\n  {text}\n  {mark}" if text else ""
    return error(Text({lang: sentence + below for lang, sentence in said.by_language.items()}), code)


def _unknown(change: Change, place: str, en: str, zh: str, name: str, known: Mapping[str, str], code: str = "") -> Misuse:
    hint = did_you_mean(name, known)
    said = Text.of(f"{en} {name}; {hint.say('en')}", f"{zh} {name}；{hint.say('zh')}")
    at = change.places.get(place, 0) + (change.text[change.places.get(place, 0) :].find(name) if place == "member" else 0)
    return _pointed(change.text, at, said, NotFound, code or place)


# -- supposing -----------------------------------------------------------------------------------------------------------


def _entered(trial: Trial, change: Change, before: Sequence[Action]) -> Action:
    """The record as it was entered on trial, by somebody who may."""
    kind = _checked(trial, change)
    refused: Verdict | None = None
    given, lines = _given(kind, change), tuple({"member": member} for member in change.members)
    bounds = tuple(Bound(name, "==", tuple(value) if isinstance(value, list) else value) for name, value in given.items())
    for person in trial.cast(kind.by, before):
        values = filled(kind.fields, bounds, {}, person, trial.people, trial.today) or {}
        free = tuple(name for name in values if name not in given)
        whole = kind.of == "campaign"
        action = Action(
            kind="record", subject=kind.id, by=person, day=trial.today, fields={**values, **given}, lines=lines, free=free, whole=whole
        )
        verdict = carry_out(trial.campaign, trial.branch, action)
        if verdict is not None and verdict.allowed:
            return evolve(action, by=evolve(person, role=verdict.role or person.role))
        refused = verdict
    if refused is not None:
        raise Misuse(Text.of(trial.campaign.explain(refused, "en"), trial.campaign.explain(refused, "zh")), "refused")
    roles = ", ".join(kind.by)
    raise Misuse(Text.of(f"nobody is there who may enter {kind.id} ({roles})", f"目前无人可以录入 {kind.id}（{roles}）"), "nobody")


def _checked(trial: Trial, change: Change) -> RecordKind:
    """The kind of record, once kind, members and fields are known to be there. Raises `NotFound` or `Misuse`."""
    definition: Definition = trial.definition
    kind = definition.records.get(change.kind)
    if kind is None:
        titles = {each.id: str(each.title) for each in definition.records.values()}
        raise _unknown(change, "kind", "there is no record kind", "没有记录种类", change.kind, titles)
    with trial.hearing(FactNeeds(members=True)) as heard:
        roll = {member.id: member.name for member in heard.facts.members(heard.branch)}
    for member in change.members:
        if member not in roll:
            raise _unknown(change, "member", f"on the roll of {trial.branch} there is no", f"{trial.branch} 名册上没有", member, roll)
    if (kind.of == "member" and not change.members) or (change.members and kind.of != "member" and kind.lines is None):
        en, zh = (
            ("say whose it is", "请写明是谁的") if kind.of == "member" else ("it has no lines: name no member", "没有明细行：不要写党员")
        )
        place = change.places.get("member", 0) if change.members else len(change.text)
        raise _pointed(change.text, place, Text.of(f"{kind.id}: {en}", f"{kind.id}：{zh}"), Misuse, "member")
    _given(kind, change)
    return kind


def _given(kind: RecordKind, change: Change) -> dict[str, Any]:
    """The values given, as the ledger keeps them."""
    found = {}
    for name, raw in change.fields.items():
        declared: Field | None = kind.fields.get(name)
        if declared is None:
            titles = {each.id: str(each.title) for each in kind.fields.values()}
            raise _unknown(change, name, f"{kind.id} has no field", f"{kind.id} 没有字段", name, titles, "field")
        value, fault = read_value(declared, raw)
        if fault is not None:
            raise _pointed(
                change.text,
                change.places.get(f"{name}=", 0),
                Text.of(f"{name}: {fault.say('en')}", f"{name}：{fault.say('zh')}"),
                Misuse,
                "value",
            )
        found[name] = value
    return found
