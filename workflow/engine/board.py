"""The whole campaign at a glance: where every branch stands, and what holds up how many."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from attrs import frozen

from workflow.canonical import canonical
from workflow.clock import read_stamp
from workflow.definition.model import FINISHED, Definition
from workflow.engine.desk import Desk
from workflow.engine.versions import Version
from workflow.store.facts import FactNeeds, Facts
from workflow.texts import Text
from workflow.verdicts.judge import Judge, needs_of_moves
from workflow.verdicts.outlook import Outlook, edges_ahead, edges_now, outlook

ENDED = "ended"  # where branches that were merged or dissolved are counted: no state of a definition
HALTED = "rule.running"  # what holds up a branch that is suspended
TITLES = {ENDED: Text.of("merged or dissolved", "已合并或撤销"), HALTED: Text.of("suspended", "已暂停")}

HoldKind = Literal["requirement", "rule", "move"]

_STATES = "SELECT id, state, entered FROM workflow_branch"
_STATES_OF = f"{_STATES} WHERE id IN (SELECT value FROM json_each(?))"
_CLOSED = "SELECT batch, closed, finished, total, stragglers FROM workflow_batch ORDER BY closed, batch"


@frozen(kw_only=True)
class Cell:
    """How many branches of a batch stand in a state (or have `ENDED`); in a stage that repeats, in each `attempt` of it."""

    batch: str | None
    state: str
    branches: tuple[str, ...]
    attempt: int | None = None


@frozen(kw_only=True)
class Hold:
    """What holds up these branches: a requirement or rule in the way, or a move that waits for somebody to make it."""

    code: str
    kind: HoldKind
    roles: tuple[str, ...]
    branches: tuple[str, ...]
    longest: int  # days the longest has stood in its phase


@frozen(kw_only=True)
class Closed:
    """A batch that was closed on a `day`: so many of its branches had finished, the others were named with the reason why not."""

    batch: str
    day: str
    finished: int
    total: int
    stragglers: Mapping[str, str]  # branch -> reason


@frozen(kw_only=True)
class Board:
    """Where everything stands. Every branch is counted once in `cells`, and once in `holds`, `done` or `ended`.

    `done` are those in a final state, `ended` those that were merged or dissolved, `suspended` those whose clocks stand still: of these
    all that are on the way stand in `holds`, under `HALTED`.
    """

    day: str
    total: int
    members: int
    cells: tuple[Cell, ...]
    holds: tuple[Hold, ...]
    done: tuple[str, ...]
    definition: str
    ended: tuple[str, ...] = ()
    suspended: tuple[str, ...] = ()
    closed: tuple[Closed, ...] = ()


def why(desk: Desk, branch: str) -> Outlook:
    """What stands between a branch and its next stage, the moves after the next one included."""

    def needs(version: Version) -> FactNeeds:
        row = desk.store.row("SELECT state FROM workflow_branch WHERE id = ?", (branch,))
        if row is None:
            raise desk.unknown_branch(branch)
        edges = edges_ahead(version.definition, version.states.get(row[0], row[0]))
        return needs_of_moves(version.definition, edges)

    with desk.store.read(), desk.hearing(branch, needs) as hearing:
        return outlook(hearing.definition, hearing.judge, hearing.branch, ahead=True)


def outlooks(desk: Desk, on: datetime | None = None) -> dict[str, Outlook]:
    """The outlook of every branch, now or as it will be `on` a later day if nothing is entered until then.

    A handful of queries for each version in force, however many branches there are.
    """
    with desk.store.read():
        found = {each.branch: each for each in each_outlook(desk, desk.now() if on is None else on, ahead=False)}
    return dict(sorted(found.items()))


def each_outlook(desk: Desk, now: datetime, *, ahead: bool) -> Iterator[Outlook]:
    """One after the other, in no order: with `ahead` each is large, and whoever looks at all of them need not keep them."""
    for version, states in by_version(desk, now):
        edges = [edge for state in set(states.values()) for edge in (edges_ahead if ahead else edges_now)(version.definition, state)]
        facts = Facts.load(desk.store, version.definition, needs_of_moves(version.definition, edges), now, states=version.states)
        for ident in states:
            judge = Judge(version.definition, facts, now)  # it keeps its findings: one for all would keep those of every branch
            yield outlook(version.definition, judge, facts.branches[ident], ahead=ahead)


def by_version(desk: Desk, now: datetime, branches: Sequence[str] | None = None) -> list[tuple[Version, dict[str, str]]]:
    """Every version in force for some branch (of those named, or of all), with those branches and the states they stand in."""
    desk.versions.refresh()
    today = desk.day(now)
    found: dict[int, tuple[Version, dict[str, str]]] = {}
    days: dict[str, str] = {}
    rows = desk.store.rows(_STATES) if branches is None else desk.store.rows(_STATES_OF, (canonical(list(branches)),))
    for ident, state, entered in rows:
        if entered not in days:
            days[entered] = desk.day(read_stamp(entered))
        version = desk.versions.in_force(days[entered], today)
        found.setdefault(version.enactment.number, (version, {}))[1][ident] = version.states.get(state, state)
    return list(found.values())


def board(desk: Desk) -> Board:
    found = outlooks(desk)
    members = desk.store.row("SELECT COUNT(*) FROM workflow_member")
    running = [o for o in found.values() if not o.final]
    return Board(
        day=next((o.day for o in found.values()), desk.today()),  # the day the branches were judged on
        total=len(found),
        members=members[0] if members else 0,
        cells=tuple(_cells(desk.definition, found.values())),
        holds=tuple(_holds(running)),
        done=tuple(o.branch for o in found.values() if o.final and not o.ended),
        definition=desk.definition.hash,
        ended=tuple(o.branch for o in found.values() if o.ended),
        suspended=tuple(o.branch for o in found.values() if o.suspended),
        closed=closed_batches(desk),
    )


def closed_batches(desk: Desk) -> tuple[Closed, ...]:
    """The batches that were closed, in that order."""
    return tuple(
        Closed(batch=batch, day=desk.day(read_stamp(closed)), finished=finished, total=total, stragglers=json.loads(stragglers))
        for batch, closed, finished, total, stragglers in desk.store.rows(_CLOSED)
    )


def _cells(definition: Definition, outlooks: Iterable[Outlook]) -> list[Cell]:
    order = {state: n for n, state in enumerate([*definition.states, FINISHED])}
    found: dict[tuple[str | None, str, int | None], list[str]] = {}
    for each in outlooks:
        state = ENDED if each.ended else each.state
        stage = definition.stage_of(state)
        repeats = stage is not None and stage.cycle is not None
        found.setdefault((each.batch, state, each.attempt if repeats else None), []).append(each.branch)
    keys = sorted(found, key=lambda key: (key[0] or "", order.get(key[1], len(order)), key[2] or 0))
    return [Cell(batch=b, state=state, branches=tuple(found[b, state, n]), attempt=n) for b, state, n in keys]


def _holds(outlooks: Iterable[Outlook]) -> list[Hold]:
    found: dict[tuple[HoldKind, str], list[Outlook]] = {}
    for each in outlooks:
        found.setdefault(held_by(each), []).append(each)
    holds = [
        Hold(
            code=code,
            kind=kind,
            roles=tuple(dict.fromkeys(role for o in held for role in o.roles)),
            branches=tuple(o.branch for o in held),
            longest=max(o.days for o in held),
        )
        for (kind, code), held in found.items()
    ]
    return sorted(holds, key=lambda hold: (-len(hold.branches), hold.code))


def held_by(outlook: Outlook) -> tuple[HoldKind, str]:
    """The kind and the code of what holds a branch up."""
    if outlook.blocker is None:
        return "move", outlook.waiting_for or ""
    return ("rule" if outlook.blocker.startswith("rule.") else "requirement"), outlook.blocker
