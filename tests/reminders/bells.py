"""A small campaign whose deadlines ring, in any zone and at any time of the day; and what was said in one of the visits."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import define, field

from tests.visits import TEXT
from workflow.clock import Clock, VirtualClock
from workflow.definition import load_text
from workflow.engine.campaign import Campaign
from workflow.reminders import Address, ChannelFault, Message, Ticked, set_address, tick
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


# -- on the visits -----------------------------------------------------------------------------------------------------

ZONE = ZoneInfo("Asia/Shanghai")
HEAD, DEADLINES = TEXT.replace("due: year_end", "").replace("enact: office,", "enact: office, appoint: office,").split("deadlines:\n")


def only(name: str, ladder: str = "[0d]") -> str:
    """The visits with one of their deadlines, and another ladder.

    In 2026 the seven working days of `stage` end on Friday 13 March, the 9th and 10th being closed; `end` is Wednesday 1 April.
    """
    (line,) = [line for line in DEADLINES.splitlines() if line.split(":")[0].strip() == name]
    return f"{HEAD}deadlines:\n{line[: line.index('ladder:')]}ladder: {ladder}}}\n"


def at(c: Campaign, stamp: str) -> Campaign:
    """Local time, such as "03-13 08:00"."""
    c._desk.clock.set(datetime.fromisoformat(f"2026-{stamp}").replace(tzinfo=ZONE))  # type: ignore[attr-defined]
    return c


def run(c: Campaign, *stamps: str) -> Ticked:
    """Ticks at each of these times; returns what came of the last."""
    for stamp in stamps:
        done = tick(at(c, stamp))
    return done


def letters(c: Campaign, since: str = "") -> list[str]:
    """What was said on which day, to whom, as whom, of which branch, with the day it is due and how many days late that was said."""
    found = []
    for day, person, body in c.store.rows("SELECT day, person, body FROM workflow_notice WHERE day >= ? ORDER BY day, person", (since,)):
        written = json.loads(body)
        late = False
        for item in written["items"]:
            days = (date.fromisoformat(day) - date.fromisoformat(item["meant"])).days
            late |= days > 0
            moved = f" was {item['moved'][5:]}" if item["moved"] else ""
            due = item["day"][5:] if item["day"] else "none"
            found.append(f"{day[5:]} {person} {item['role']} {item['branch']} due {due}{moved}{f' late {days}' if days else ''}")
        assert ("written" in written["letters"]["en"]["text"].partition("\n")[0]) == late
    return found


def texts(c: Campaign, person: str) -> list[str]:
    rows = c.store.rows("SELECT body FROM workflow_notice WHERE person = ? ORDER BY day", (person,))
    return [json.loads(body)["letters"]["en"]["text"] for (body,) in rows]


def of(person: str, said: list[str]) -> list[str]:
    return [line for line in said if line.split()[1] == person]
