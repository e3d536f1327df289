"""A small campaign whose deadlines ring, in any zone and at any time of the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from attrs import define, field

from workflow.clock import Clock, VirtualClock
from workflow.definition import load_text
from workflow.engine.campaign import Campaign
from workflow.reminders import Address, ChannelFault, Message, set_address
from workflow.texts import Text

_TEXT = """
definition: bells
title: Bells
calendar: {{country: {country}, zone: {zone}}}
roles: {{clerk: {{scope: branch}}, office: {{scope: all}}}}
authority: {{extend: office}}
records: {{report: {{of: branch, fields: {{good: boolean}}, by: clerk}}}}
gates:
  gate:
    phases: [working]
    moves: {{pass: {{from: working, to: next_stage, by: office}}}}
stages: {{first: {{gate: gate, lasts: 100d}}}}
reminders: {{{reminders}}}
deadlines:
  report: {{title: the report, due: {due}, owner: clerk, until: len(branch.report) > 0, urgent: {urgent}, ladder: [{ladder}]}}
"""


def bells(
    at: Clock,
    due: date,
    ladder: str,
    *,
    db: str | Path = ":memory:",
    branches: int = 2,
    channel: str = "mail",
    urgent: bool = True,
    where: tuple[str, str] = ("CN", "Asia/Shanghai"),
    reminders: str = "at: 08:00",
) -> Campaign:
    """Branches b0, b1, ... each with one clerk, c0, c1, ..., and olga of the office; all have an address."""
    country, zone = where
    text = _TEXT.format(country=country, zone=zone, due=due, ladder=ladder, urgent=str(urgent).lower(), reminders=reminders)
    made = Campaign.create(db, load_text(text), clock=at, rehearsal=isinstance(at, VirtualClock))
    places = [{"branch": f"b{n}", "title": f"Branch {n}"} for n in range(branches)]
    clerks = [{"branch": f"b{n}", "person": f"c{n}", "name": f"Clerk {n}", "roles": "clerk"} for n in range(branches)]
    made.import_roster([*places, *clerks, {"person": "olga", "name": "Olga", "roles": "office"}])
    with made.store.write():
        for person in [*(f"c{n}" for n in range(branches)), "olga"]:
            set_address(made.store, Address(person, channel, f"{person}@example.org", "en"), made.now)
    return made


@define
class Inbox:
    """A channel that keeps what it is given, with the instant it came; `tried` has the instants at which it was down."""

    clock: VirtualClock
    down: Callable[[datetime], bool] = lambda _: False
    taken: list[tuple[datetime, Message]] = field(factory=list)
    tried: list[datetime] = field(factory=list)
    name: str = "mail"

    def send(self, message: Message) -> str:
        now = self.clock.now()
        if self.down(now):
            self.tried.append(now)
            raise ChannelFault(Text.same("down"), down=True)
        self.taken.append((now, message))
        return "kept"

    def ids(self, person: str) -> list[str]:
        return [message.id for _, message in self.taken if message.person == person]

    def texts(self, person: str) -> list[str]:
        return [message.letter.text for _, message in self.taken if message.person == person]
