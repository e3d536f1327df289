"""A campaign with a little of everything in it, in a file, for those who try to falsify it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.engine.ground import START
from tests.engine.yards import roster, yards
from workflow.canonical import canonical
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.engine.proof import definitions
from workflow.ledger import GENESIS, digest
from workflow.store import Store, rebuild

WHY = "as was decided"
_ROWS = 'SELECT id, stream, seq, recorded_at, actor, role, kind, subject, payload, definition, "key" FROM workflow_event ORDER BY id'


def busy(path: Path) -> None:
    """Two yards: moves, refusals, a waiver, a case, a record withdrawn, a second version of the rules, a suspension."""
    clock = VirtualClock(START)
    with Campaign.create(path, yards(), clock=clock, rehearsal=True) as campaign:
        campaign.import_roster(roster(2, 2))
        campaign.move("y0", "apply", by="kay", key="too-early")
        lesson(campaign, "y0", 4)
        wrong = lesson(campaign, "y0", 1)
        campaign.withdraw("y0", wrong, by="bo", reason=WHY)
        campaign.move("y0", "apply", by="kay", key="in-time")
        campaign.move("y0", "approve", by="kay")
        campaign.move("y0", "approve", by="bo")
        clock.advance(days=3)
        campaign.enact(yards(hours=6), by="bo", reason=WHY)
        clock.advance(days=1)
        lesson(campaign, "y1", 4)
        campaign.move("y1", "apply", by="kay")
        campaign.waive("y1", "studied", by="bo", reason=WHY)
        campaign.move("y1", "apply", by="kay")
        case = campaign.open_case("y1", "defect", by="kay", fields={"what": "a hole"}).created
        campaign.move_case("y1", str(case), "mend", by="kay")
        campaign.suspend(branches=["y1"], by="bo", reason=WHY)


def lesson(campaign: Campaign, branch: str, hours: int) -> int:
    roll = [row[0] for row in campaign.store.rows("SELECT id FROM workflow_member WHERE branch = ? ORDER BY id", (branch,))]
    verdict = campaign.record(branch, "lesson", by="kay", fields={"topic": "care"}, lines=[{"member": m, "hours": hours} for m in roll])
    assert verdict.event is not None
    return verdict.event.seq


def unguarded(store: Store) -> None:
    """The triggers are the first thing a forger takes away."""
    for name in ("update", "delete"):
        store.execute(f"DROP TRIGGER workflow_event_no_{name}")


def guarded(store: Store, triggers: list[tuple[Any, ...]]) -> None:
    """And the last thing they put back."""
    for (sql,) in triggers:
        store.execute(sql)


def forged(store: Store) -> None:
    """Every hash made again, and the tables from them: what a forger comes to who knows all this and reaches the whole file."""
    heads: dict[str, tuple[int, str]] = {}
    for position, stream, _seq, *about, payload, definition, key in store.rows(_ROWS):
        last, prev = heads.get(stream, (0, GENESIS))
        hashed = digest(stream, last + 1, *about, payload, definition, prev, key)
        store.execute("UPDATE workflow_event SET seq = ?, prev = ?, hash = ? WHERE id = ?", (last + 1, prev, hashed, position))
        heads[stream] = (last + 1, hashed)
    rebuild(store, definitions(store))


def edited(payload: dict[str, Any], **changes: Any) -> str:
    return canonical({**payload, **changes})
