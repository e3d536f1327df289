"""Whoever falsifies a campaign is found out, and told where; whatever befalls the file, no clean verdict comes of it."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.audit.yard import busy, edited, forged, unguarded
from tests.cli.conftest import ENVIRONMENT, Desk, desk  # noqa: F401 - a fixture
from tests.conftest import Snapshot
from tests.engine.ground import START
from tests.engine.yards import roster, yards
from workflow import audit
from workflow.audit import Checkpoint, Verification
from workflow.audit.proof import merkle
from workflow.audit.proof.checkpoint import leaves
from workflow.canonical import canonical
from workflow.cli.app import cli
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.errors import DatabaseFault
from workflow.ledger import event
from workflow.store import Store
from workflow.store.tables import TABLES

Forgery = Callable[[Store], None]
EVENTS = 19


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The whole campaign as bytes: made once, falsified often."""
    path = tmp_path_factory.mktemp("yard") / "yard.db"
    busy(path)
    return path.read_bytes()


@pytest.fixture
def store(original: bytes, tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "test.db").write_bytes(original)
    opened = Store.open(tmp_path / "test.db")
    yield opened
    opened.close()


@pytest.fixture
def kept(store: Store) -> Checkpoint:
    """What was kept elsewhere."""
    with Campaign.open(str(store.db.database)) as campaign:
        return audit.checkpoint(campaign)


def flaws(found: Verification, part: str, lang: str = "en") -> list[str]:
    listed = next((each.flaws for each in found.parts if each.name == part), ())
    return [f"{flaw.place.say(lang)}: {flaw.text.say(lang)}" for flaw in listed]


def unsound(found: Verification) -> list[str]:
    return [part.name for part in found.parts if part.flaws]


def test_what_nobody_touched_is_clean(store: Store, kept: Checkpoint) -> None:
    told: list[tuple[int, int]] = []
    found = audit.verify(store, [kept], progress=lambda done, total: told.append((done, total)))
    assert found.clean
    assert {part.name: part.checked for part in found.parts} == {
        "file": len(TABLES),
        "chain": EVENTS,
        "checkpoints": 1,
        "decisions": 15,
        "tables": 15,
    }
    assert told == [(0, 2 * EVENTS), (2 * EVENTS, 2 * EVENTS)]


# -- the ledger ----------------------------------------------------------------------------------------------------------------


def change_a_payload(store: Store) -> None:
    store.execute("UPDATE workflow_event SET payload = replace(payload, '\"hours\":4', '\"hours\":9') WHERE id = 6")


def change_a_key(store: Store) -> None:
    store.execute("UPDATE workflow_event SET \"key\" = 'another' WHERE id = 9")


def swap_two(store: Store) -> None:
    for old, new in ((9, 99), (6, 9), (99, 6)):
        store.execute("UPDATE workflow_event SET id = ? WHERE id = ?", (new, old))


def swap_two_streams(store: Store) -> None:
    for old, new in ((3, 99), (4, 3), (99, 4)):
        store.execute("UPDATE workflow_event SET id = ? WHERE id = ?", (new, old))


def insert_one(store: Store) -> None:
    columns = "stream, seq, recorded_at, actor, role, kind, subject, payload, definition, prev, hash"
    store.execute(f"INSERT INTO workflow_event (id, {columns}) SELECT 99, 'branch:y0', 9, recorded_at, actor, role, kind, subject, payload,"
                  " definition, hash, hash FROM workflow_event WHERE id = 11")  # fmt: skip


def take_one_out(store: Store) -> None:
    store.execute("DELETE FROM workflow_event WHERE id = 8")


@pytest.mark.parametrize(
    ("forgery", "place", "said"),
    [
        (change_a_payload, "branch:y0 #3 (row 6)", "event 3 does not match its hash"),
        (change_a_key, "branch:y0 #6 (row 9)", "event 6 does not match its hash"),
        (swap_two, "branch:y0 #6 (row 6)", "event 6 stands where event 3 should"),
        (insert_one, "branch:y0 #9 (row 99)", "event 9 does not match its hash"),
        (take_one_out, "branch:y0 #6 (row 9)", "event 6 stands where event 5 should"),
    ],
)
def test_whoever_changes_the_ledger_is_found_in_the_place(store: Store, kept: Checkpoint, forgery: Forgery, place: str, said: str) -> None:
    unguarded(store)
    forgery(store)
    found = audit.verify(store, [kept])
    assert flaws(found, "chain")[0].startswith(f"{place}: {said}")
    assert flaws(found, "file")[0] == "trigger workflow_event_no_delete: it is gone: somebody removed it"
    assert [part.name for part in found.parts if part.skipped] == ["decisions", "tables"]


def test_events_of_two_streams_that_changed_places_are_found_by_the_checkpoint(store: Store, kept: Checkpoint) -> None:
    unguarded(store)
    swap_two_streams(store)
    assert flaws(audit.verify(store), "chain") == []
    assert flaws(audit.verify(store, [kept]), "checkpoints") == [
        "checkpoint of 19 events: the root is another: one of events 1 to 19 was changed, put in or taken out"
    ]


def test_a_tail_that_was_cut_off_shows_against_the_checkpoint_alone(store: Store, kept: Checkpoint) -> None:
    unguarded(store)
    store.execute("DELETE FROM workflow_event WHERE id > 16")
    forged(store)  # and the tables with it
    assert unsound(audit.verify(store)) == ["file"]  # the triggers
    found = audit.verify(store, [kept])
    assert flaws(found, "checkpoints") == [
        "checkpoint of 19 events: the ledger ends after event 16: at least 3 of the events the checkpoint saw were cut off"
    ]
    assert flaws(found, "checkpoints", "zh") == ["19 个事件的检查点: 台账止于第 16 个事件：检查点所见事件至少有 3 个被截去"]


def test_a_past_written_anew_is_placed_between_two_checkpoints(store: Store, kept: Checkpoint) -> None:
    with Campaign.open(str(store.db.database)) as campaign:
        earlier = [_earlier(campaign, kept, size) for size in (5, 12)]
    unguarded(store)
    change_a_payload(store)
    forged(store)
    found = audit.verify(store, [kept, *earlier])
    assert flaws(found, "checkpoints") == [
        "checkpoint of 12 events: the root is another: one of events 6 to 12 was changed, put in or taken out; the first 5 are as they were",
        "checkpoint of 19 events: the root is another: one of events 6 to 19 was changed, put in or taken out; the first 5 are as they were",
    ]


def _earlier(campaign: Campaign, kept: Checkpoint, size: int) -> Checkpoint:
    return Checkpoint(kept.origin, size, merkle.root(leaves(campaign.store, 0, size)))


def test_a_checkpoint_of_another_campaign_is_not_taken_for_one(store: Store, kept: Checkpoint) -> None:
    other = Checkpoint("workflow/yards/0123456789abcdef", kept.size, kept.root)
    assert flaws(audit.verify(store, [other]), "checkpoints")[0].startswith(
        f"checkpoint of 19 events: it is of workflow/yards/0123456789abcdef, this ledger is {kept.origin}"
    )


def test_an_empty_ledger_is_no_whole_one(store: Store) -> None:
    unguarded(store)
    store.execute("DELETE FROM workflow_event")
    assert flaws(audit.verify(store), "chain") == ["the ledger: it is empty: every campaign begins with an event"]


# -- decisions: everything made to fit again, hashes and tables too ---------------------------------------------------------------


def falsify(store: Store, position: int, payload: Callable[[dict[str, Any]], dict[str, Any]] | None = None, **columns: str) -> None:
    """Change one event, then make every hash and every table fit again."""
    triggers = store.rows("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
    unguarded(store)
    stream, seq = (store.row("SELECT stream, seq FROM workflow_event WHERE id = ?", (position,)) or ("", 0))[:2]
    if payload is not None:
        said = event(store, stream, seq).payload
        columns["payload"] = edited(said, **payload(said))
    for name, value in columns.items():
        store.execute(f"UPDATE workflow_event SET {name} = ? WHERE id = ?", (value, position))
    forged(store)
    for (sql,) in triggers:
        store.execute(sql)


def verdict(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda said: {"verdict": {**said["verdict"], **changes}}


def also(said: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"verdict": {**said["verdict"], **changes}}


FORGERIES: dict[str, tuple[int, str, Callable[[Store], None]]] = {
    "a refusal taken for an allowed answer": (
        5, "it was refused, and its verdict allows it", lambda s: falsify(s, 5, verdict(allowed=True)),
    ),
    "a finding made to pass": (
        5, "its verdict refuses it although nothing stood in the way",
        lambda s: falsify(s, 5, lambda said: also(said, findings=[{**f, "status": "met"} for f in said["verdict"]["findings"]])),
    ),
    "another target": (9, "to is 'first.make_up'; by the rules of the day it is 'first.applied'", lambda s: falsify(s, 9, lambda _: {"to": "first.make_up"})),
    "another role": (11, "role: the event says 'keeper', its verdict 'office'", lambda s: falsify(s, 11, role="keeper")),
    "a role that may not": (
        11, "bo did it as keeper; the rules of the day give it to office",
        lambda s: falsify(s, 11, verdict(role="keeper"), role="keeper"),
    ),
    "somebody who does not hold the role": (
        9, "gus was not keeper for it at that time", lambda s: falsify(s, 9, verdict(actor="gus"), actor="gus"),
    ),
    "the one who applied approves": (11, "kay was not office for it at that time", lambda s: falsify(s, 11, verdict(actor="kay"), actor="kay")),
    "a requirement left out": (
        9, "its verdict does not say whether studied was met",
        lambda s: falsify(s, 9, lambda said: {**also(said, findings=[f for f in said["verdict"]["findings"] if f["code"] != "studied"]), "evidence": [], "digest": ""}),
    ),
    "evidence changed under a decision": (9, "the evidence it rests on is not what it was: the digest differs", lambda s: falsify(s, 6, lambda _: {"happened": "2026-02-27"})),
    "somebody who is said to have met it": (
        5, "studied was found unmet (1 of 3); judged again on what was on file then, it is unmet (0 of 3)",
        lambda s: falsify(s, 5, lambda said: also(said, findings=[_one_spared(f) for f in said["verdict"]["findings"]])),
    ),
    "evidence left out": (9, "the evidence it lists is not that of its findings", lambda s: falsify(s, 9, lambda _: {"evidence": []})),
    "no verdict": (9, "no verdict is kept with it: nobody decided it", lambda s: falsify(s, 9, lambda _: {"verdict": None})),
    "another day": (14, "its verdict is dated 2026-03-05, it was given on 2026-03-06", lambda s: falsify(s, 14, verdict(day="2026-03-05"))),
    "rules that were not in force": (
        13, "it was decided under version 1 of the rules",
        lambda s: falsify(s, 13, verdict(definition=_first(s)), definition=_first(s)),
    ),
    "rules nobody knows": (13, "it names rules (dddddddddddd…) the campaign was never under", lambda s: _unknown(s)),
    "another attempt": (11, "it speaks of attempt 2, the branch was in 1", lambda s: falsify(s, 11, verdict(attempt=2))),
    "another state": (5, "its verdict says the branch stood in first.applied; it stood in first.working", lambda s: falsify(s, 5, verdict(source="first.applied"))),
    "an attempt that did not begin": (11, "attempt is {'number': 5, 'stage': 'second'}", lambda s: falsify(s, 11, lambda _: {"attempt": {"stage": "second", "number": 5}})),
    "a waiver that was none": (
        16, "it rests on waiver #2 of studied, which did not stand then",
        lambda s: falsify(s, 16, lambda said: json.loads(canonical(said).replace('"seq":4', '"seq":2'))),
    ),
    "a case that moved elsewhere": (18, "to is 'found'; by the rules of the day it is 'gone'", lambda s: falsify(s, 18, lambda _: {"to": "found"})),
    "a case opened in another state": (17, "state is 'gone'; by the rules of the day it is 'found'", lambda s: falsify(s, 17, lambda _: {"state": "gone"})),
    "rules enacted for the past": (12, "it holds from 2026-03-01, before it was enacted", lambda s: falsify(s, 12, lambda _: {"starts": "2026-03-01"})),
    "a withdrawal of what does not stand": (8, "it withdraws #1, which did not stand then", lambda s: _withdraws_nothing(s)),
}  # fmt: skip


def _one_spared(finding: dict[str, Any]) -> dict[str, Any]:
    return {**finding, "met": 1, "short": finding["short"][1:]} if finding["code"] == "studied" else finding


def _first(store: Store) -> str:
    return str(store.rows("SELECT definition FROM workflow_event WHERE id = 1")[0][0])


def _unknown(store: Store) -> None:
    unguarded(store)
    store.execute("UPDATE workflow_event SET definition = ? WHERE id = 13", ("d" * 64,))
    _rechain(store)


def _withdraws_nothing(store: Store) -> None:
    unguarded(store)
    said = event(store, "branch:y0", 5).payload
    store.execute("UPDATE workflow_event SET payload = ? WHERE id = 8", (edited(said, of=1),))
    _rechain(store)


def _rechain(store: Store) -> None:
    """Hashes made to fit where the tables cannot be."""
    with pytest.raises((DatabaseFault, LookupError)):
        forged(store)


@pytest.mark.parametrize("what", FORGERIES)
def test_a_forgery_made_to_fit_is_found_by_what_it_decides(store: Store, kept: Checkpoint, what: str) -> None:
    position, said, forgery = FORGERIES[what]
    forgery(store)
    found = audit.verify(store, [kept])
    assert flaws(found, "chain") == []
    decisions = next(part for part in found.parts if part.name == "decisions")
    assert [(flaw.position, said in flaw.text.say("en")) for flaw in decisions.flaws][:1] == [(position, True)], flaws(found, "decisions")
    assert all(any("一" <= char <= "鿿" for char in flaw.text.say("zh")) for flaw in decisions.flaws)
    assert "checkpoints" in unsound(found)


def test_what_no_program_wrote_is_named_and_is_no_traceback(store: Store) -> None:
    unguarded(store)
    store.execute("UPDATE workflow_event SET payload = '[]' WHERE id = 9")
    with pytest.raises(TypeError):
        forged(store)
    found = audit.verify(store)
    assert flaws(found, "decisions")[0].startswith("branch:y0 #6 (row 9): it, or the next event, is not what the program writes: ")
    assert [part.name for part in found.parts if part.skipped] == ["tables"]


# -- the tables ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE workflow_branch SET state = 'third.working' WHERE id = 'y1'", "table workflow_branch, row y1: state is 'third.working', the ledger says 'first.applied'"),
        ("UPDATE workflow_line SET f1 = 40 WHERE branch = 'y0' AND kind = 'study' AND seq = 3", "table workflow_line, row study y0 gil 3 1: f1 is 40, the ledger says 4; 2 more rows differ"),
        ("DELETE FROM workflow_waiver", "table workflow_waiver, row y1 4 h1-0: missing from the tables, the ledger has it; 1 more row differs"),
        ("INSERT INTO workflow_grant VALUES ('gus', 'office', '*')", "table workflow_grant, row * office gus: in the tables, the ledger knows nothing of it"),
        ("UPDATE workflow_branch SET id = X'7930' WHERE id = 'y0'", "table workflow_branch, row y0: missing from the tables, the ledger has it; 1 more row differs"),
    ],
)  # fmt: skip
def test_whoever_changes_a_table_is_found_and_it_is_made_anew(store: Store, statement: str, said: str) -> None:
    store.execute(statement)
    found = audit.verify(store)
    assert unsound(found) == ["tables"]
    assert flaws(found, "tables") == [said]
    before = audit.rebuild(store)
    assert [str(each.text) in said for each in before] == [True]
    assert audit.verify(store).clean
    assert audit.rebuild(store) == ()


def test_tables_are_not_made_from_a_broken_ledger(store: Store) -> None:
    unguarded(store)
    change_a_payload(store)
    rows = store.rows("SELECT * FROM workflow_line")
    with pytest.raises(DatabaseFault) as caught:
        audit.rebuild(store)
    assert "the ledger is broken (branch:y0 #3: event 3 does not match its hash" in caught.value.say("en")
    assert "台账已不完整" in caught.value.say("zh")
    assert store.rows("SELECT * FROM workflow_line") == rows


# -- on the command line -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_an_auditor_reads(desk: Desk, original: bytes, snapshot: Snapshot, lang: str) -> None:  # noqa: F811
    path = Path(desk.db)
    path.write_bytes(original)
    desk.lang = lang
    kept = str(desk.folder / "kept")
    desk.run("audit", "checkpoint", kept)
    clean = desk.run("audit", "verify").stdout + "\n" + desk.run("audit", "verify", "--checkpoint", kept).stdout
    falsified = Store.open(path)
    falsify(falsified, 9, lambda _: {"to": "first.make_up"})
    falsified.execute("UPDATE workflow_branch SET title = 'x'")
    falsified.close()
    wrong = desk.run("audit", "verify", "--checkpoint", kept, code=1).stdout
    rebuilt = desk.run("audit", "rebuild").stdout
    falsified = Store.open(path)
    unguarded(falsified)
    falsified.execute("UPDATE workflow_event SET actor = 'x' WHERE id IN (6, 13)")
    falsified.close()
    broken = desk.run("audit", "verify", code=1).stdout
    assert desk.json("audit", "verify", code=1)["clean"] is False
    snapshot(f"audit-verify.{lang}", "\n".join((clean, wrong, rebuilt, broken)).rstrip())


# -- one bit -------------------------------------------------------------------------------------------------------------------------


def everything(path: Path) -> dict[str, list[Any]] | None:
    """Every row of every table, texts as bytes; None where SQLite cannot read them."""
    connection = sqlite3.connect(path)
    connection.text_factory = bytes
    try:
        tables = [row[0].decode() for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {table: connection.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables}
    except (sqlite3.Error, UnicodeDecodeError):
        return None
    finally:
        connection.close()


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_a_bit_that_turned_over_never_passes_unless_it_holds_no_data(original: bytes, tmp_path: Path, part: int) -> None:
    chance = random.Random(2005 + part)
    path = tmp_path / "test.db"
    path.write_bytes(original)
    before = everything(path)
    codes: list[int] = []
    for _ in range(50):
        bit = chance.randrange(len(original) * 8)
        path.write_bytes(flipped(original, bit))
        after = everything(path)
        for rest in tmp_path.glob("test.db-*"):
            rest.unlink()
        result = CliRunner(env=ENVIRONMENT).invoke(cli, ["audit", "verify", "--db", str(path)])
        assert isinstance(result.exception, SystemExit | None), (bit, result.exception)
        assert result.exit_code in ((0, 1, 2) if after == before else (1, 2)), (bit, result.stdout)
        assert (result.stderr != "") == (result.exit_code == 2)
        codes.append(result.exit_code)
    assert {0, 1} <= set(codes), codes


# -- what nobody falsified -------------------------------------------------------------------------------------------------------------


def test_an_import_over_the_day_a_version_begins_goes_by_both(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    with Campaign.create(path, yards(), clock=VirtualClock(START), rehearsal=True) as campaign:
        campaign.import_roster(roster(1, 2))
        campaign.enact(yards(hours=6), by="bo", reason="as was decided", starts="2026-03-04")
        badge = {"branch": "y0", "record": "badge", "by": "bo", "lines": ["h0-0"], "fields": {"points": 1}}
        campaign.import_records([{**badge, "at": f"2026-03-0{day}T10:00:00Z"} for day in (3, 5)])
        under = [event.definition for event in campaign.timeline("y0") if event.kind == "record"]
        assert len(set(under)) == 2
        assert audit.verify(campaign.store).clean
