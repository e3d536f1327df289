"""The command `case show`: one case in full, with everything that was done to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click
from attrs import asdict

from workflow.cli import show
from workflow.cli.events import event_plain, event_text
from workflow.cli.program import command
from workflow.cli.settings import Settings
from workflow.definition.model import Field
from workflow.engine.campaign import Campaign
from workflow.errors import not_found
from workflow.ledger import Event
from workflow.store.facts import CaseFact
from workflow.texts import Text
from workflow.verdicts.render.figures import value_text
from workflow.verdicts.render.voice import Voice
from workflow.verdicts.render.words import IN_BRACKETS, STATE

_STANDS = Text.of("{state} since {since}, opened {opened}", "{state}，自 {since} 起；{opened} 立项")
_OF = Text.of("member: {member}", "党员：{member}")


@command(
    "show",
    "Show one CASE of a branch in full: what is known of it, and who did what to it, when.",
    "详列支部的一项事项：已知内容，以及何人何时作了什么。",
)
@click.argument("branch")
@click.argument("ident", metavar="CASE")
@click.pass_obj
def case_show(settings: Settings, branch: str, ident: str) -> None:
    with settings.campaign() as campaign:
        found = _case(campaign, branch, ident)
        told = [event for event in campaign.timeline(branch) if _is_about(event, ident)]
        names = campaign.names()
        if settings.json:
            events = [event_plain(campaign.version(event.definition), event, settings.lang, names) for event in told]
            show.say_json({**asdict(found), "events": events})
            return
        voice = Voice(campaign.definition, settings.lang, names=names)
        events_told = (event_text(campaign.version(event.definition), event, settings.lang, names) for event in told)
        show.say("\n".join((*_lines(voice, found), *events_told)))


def _case(campaign: Campaign, branch: str, ident: str) -> CaseFact:
    cases = {case.id: case for case in campaign.cases(branch)}
    if ident not in cases:
        raise not_found(f"{branch} has no case", f"{branch} 没有事项", ident, sorted(cases), "case")
    return cases[ident]


def _is_about(event: Event, ident: str) -> bool:
    """Is it an event of the case? Refusals are told too."""
    return event.payload.get("case") == ident or event.subject.partition(":")[0] == ident


def _lines(voice: Voice, case: CaseFact) -> Iterator[str]:
    kind = voice.definition.cases[case.kind]
    yield voice.with_code(voice.say(kind.title), case.id)
    yield f"    {voice.say(_STANDS, state=kind.states[case.state].title, since=case.since, opened=case.opened)}"
    if case.member:
        yield f"    {voice.say(_OF, member=voice.name(case.member))}"
    yield from (f"    {line}" for line in _fields(voice, kind.all_fields, case.fields))


def _fields(voice: Voice, declared: Mapping[str, Field], values: Mapping[str, Any]) -> Iterator[str]:
    for each in declared.values():
        if each.id in values:
            value = values[each.id]
            shown = value_text(voice, value, each.unit, each.options)
            if each.type == "person":
                shown = voice.say(IN_BRACKETS, text=voice.name(value), more=value)
            yield voice.say(STATE, label=each.title, value=shown)
