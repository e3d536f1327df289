"""From a draft to an action: a value for every field that must be given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from attrs import evolve

from workflow.audit.remedies.actions import Action
from workflow.audit.remedies.drafts import NEW, Bounds, Draft, fields_of
from workflow.audit.remedies.values import Circumstances, pick
from workflow.definition.expressions.runtime import HAPPENED, SEQ
from workflow.definition.model import Field
from workflow.engine.campaign import Campaign
from workflow.engine.desk import Hearing
from workflow.store.facts import FactNeeds
from workflow.verdicts.findings import Person

_DOCUMENT = "SELECT kind FROM workflow_document WHERE branch = ? AND seq = ?"

Values = dict[str, Any]


def settled(campaign: Campaign, branch: str, draft: Draft, person: Person, people: Sequence[str]) -> Action | None:
    """The draft as this person would carry it out today; None where a field has no value that would do.

    `people` are all there are: whoever must be named in a field is one of them.
    """
    with _hearing(campaign, branch, _needs(draft)) as heard:
        action = Action(kind=draft.kind, subject=_subject(campaign, branch, draft), by=person, day=heard.today, whole=draft.whole)
        if draft.kind == "withdraw":
            return evolve(action, of=kind_at(campaign, branch, draft))
        if draft.kind == "waive":
            return evolve(action, members=draft.members)
        if draft.kind == "appoint":
            role, target = draft.members
            return evolve(action, fields={"role": role, "of": target or None})
        fields = fields_of(heard.definition, draft, heard.branch.state)
        before = _before(draft, heard)
        given: list[tuple[str, Values]] = []
        same: dict[Bounds, Values | None] = {}  # of members; most of a sheet's lines say the same
        for member, bounds in draft.lines or (("", ()),):
            if not member or bounds not in same:
                same[bounds] = filled(fields, bounds, {} if member else before, person, people, heard.today)
            values = same[bounds]
            if values is None:
                return None
            given.append((member, values))
    return _with_values(action, draft, given, _free(fields, draft))


def filled(
    fields: Mapping[str, Field], bounds: Bounds, before: Mapping[str, Any], person: Person, people: Sequence[str], today: str
) -> Values | None:
    """A value for every field that must be given, or that is bound; None if one has none."""
    values: Values = {}
    for name, declared in fields.items():
        own = [bound for bound in bounds if bound.field == name]
        if own or not declared.optional:
            values[name] = pick(declared, own, Circumstances(before.get(name), person.id, people, today))
            if values[name] is None:
                return None
    return values


def kind_at(campaign: Campaign, branch: str, draft: Draft) -> str:
    """The kind of the record that would be withdrawn; empty where there is none."""
    row = campaign.store.row(_DOCUMENT, ("" if draft.whole else branch, int(draft.subject)))
    return "" if row is None else str(row[0])


def _with_values(action: Action, draft: Draft, given: Sequence[tuple[str, Values]], free: tuple[str, ...]) -> Action:
    if draft.kind == "record" and any(member for member, _ in given):
        common, lines = _common(given)
        return evolve(action, fields=common, lines=lines, free=free)
    members = tuple(member for member, _ in draft.lines if member) if draft.kind == "open" else ()
    return evolve(action, fields=given[0][1], free=free, members=members)


def _common(given: Sequence[tuple[str, Values]]) -> tuple[Values, tuple[Values, ...]]:
    """What is the same on all lines stands once."""
    first = given[0][1]
    common = {name: value for name, value in first.items() if all(values.get(name) == value for _, values in given)}
    lines = [{"member": member, **{name: v for name, v in values.items() if name not in common}} for member, values in given]
    return common, tuple(lines)


def _free(fields: Mapping[str, Field], draft: Draft) -> tuple[str, ...]:
    """Fields nothing was asked of."""
    bound = {bound.field for _, bounds in draft.lines for bound in bounds}
    return tuple(name for name, declared in fields.items() if name not in bound and not declared.optional)


def _subject(campaign: Campaign, branch: str, draft: Draft) -> str:
    """With the number of the case that was just opened."""
    if draft.kind != "case" or NEW not in draft.subject:
        return draft.subject
    place, _, move = draft.subject.rpartition(":")
    kind, _, owner = place.partition(NEW)
    cases = [case.id for case in campaign.cases(branch, kind) if case.member == owner]
    return f"{max(cases, key=lambda case: (len(case), case))}:{move}"


def _needs(draft: Draft) -> FactNeeds:
    return FactNeeds(records={draft.subject}) if _replaces(draft) else FactNeeds()


def _replaces(draft: Draft) -> bool:
    """Does it take the place of the branch's last record of its kind?"""
    return draft.kind == "record" and not draft.whole and not any(member for member, _ in draft.lines)


def _before(draft: Draft, heard: Hearing) -> Values:
    """What stood in the branch's last record of the kind: a new one keeps what nobody asked to change."""
    rows = heard.facts.records(draft.subject, heard.branch) if _replaces(draft) else ()
    last = max(rows, key=lambda row: (row[HAPPENED], row[SEQ]), default=None)
    if last is None:
        return {}
    fields = heard.definition.records[draft.subject].fields
    found = {name: (declared, value) for (name, declared), value in zip(fields.items(), last[SEQ + 1 :], strict=True)}
    return {name: bool(v) if declared.type == "boolean" else v for name, (declared, v) in found.items() if v is not None}


@contextmanager
def _hearing(campaign: Campaign, branch: str, needs: FactNeeds) -> Iterator[Hearing]:
    with campaign._desk.hearing(branch, lambda _version: needs) as heard:
        yield heard
