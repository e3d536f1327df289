"""The whole campaign at a glance: where every branch stands, and what holds up how many."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from workflow.definition.model import FINISHED, Definition
from workflow.engine.desk import Desk
from workflow.store.facts import Facts
from workflow.verdicts.judge import Judge, needs_of_moves
from workflow.verdicts.outlook import Outlook, edges_ahead, edges_now, outlook

_STATES = "SELECT DISTINCT state FROM workflow_branch"


@frozen(kw_only=True)
class Cell:
    """How many branches of a batch stand in a state; in a stage that repeats, in each `attempt` of it."""

    batch: str | None
    state: str
    branches: tuple[str, ...]
    attempt: int | None = None


@frozen(kw_only=True)
class Hold:
    """What holds up these branches: a requirement in the way, or a move that waits for somebody to make it."""

    code: str
    kind: str  # "requirement" | "move"
    roles: tuple[str, ...]
    branches: tuple[str, ...]
    longest: int  # days the longest has stood in its phase


@frozen(kw_only=True)
class Board:
    """`cells` and `holds` each count every branch once; branches in a final state are in `cells` and in `done`, not in `holds`."""

    day: str
    total: int
    members: int
    cells: tuple[Cell, ...]
    holds: tuple[Hold, ...]
    done: tuple[str, ...]
    definition: str


def why(desk: Desk, branch: str) -> Outlook:
    """What stands between a branch and its next stage, the moves after the next one included."""
    with desk.store.read():
        row = desk.store.row("SELECT state FROM workflow_branch WHERE id = ?", (branch,))
        if row is None:
            raise desk.unknown_branch(branch)
        with desk.hearing(branch, needs_of_moves(desk.definition, edges_ahead(desk.definition, row[0]))) as hearing:
            return outlook(desk.definition, hearing.judge, hearing.branch, ahead=True)


def outlooks(desk: Desk) -> dict[str, Outlook]:
    """The outlook of every branch: a handful of queries, however many branches there are."""
    with desk.store.read():
        states = [row[0] for row in desk.store.rows(_STATES)]
        edges = [edge for state in states for edge in edges_now(desk.definition, state)]
        now = desk.now()
        facts = Facts.load(desk.store, desk.definition, needs_of_moves(desk.definition, edges), now)
    judge = Judge(desk.definition, facts, now)
    return {branch.id: outlook(desk.definition, judge, branch, ahead=False) for branch in facts.branches.values()}


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
        done=tuple(o.branch for o in found.values() if o.final),
        definition=desk.definition.hash,
    )


def _cells(definition: Definition, outlooks: Iterable[Outlook]) -> list[Cell]:
    order = {state: n for n, state in enumerate([*definition.states, FINISHED])}
    found: dict[tuple[str | None, str, int | None], list[str]] = {}
    for each in outlooks:
        stage = definition.stage_of(each.state)
        repeats = stage is not None and stage.cycle is not None
        found.setdefault((each.batch, each.state, each.attempt if repeats else None), []).append(each.branch)
    keys = sorted(found, key=lambda key: (key[0] or "", order.get(key[1], len(order)), key[2] or 0))
    return [Cell(batch=b, state=state, branches=tuple(found[b, state, n]), attempt=n) for b, state, n in keys]


def _holds(outlooks: Iterable[Outlook]) -> list[Hold]:
    found: dict[tuple[str, str], list[Outlook]] = {}
    for each in outlooks:
        key = ("requirement", each.blocker) if each.blocker else ("move", each.waiting_for or "")
        found.setdefault(key, []).append(each)
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
