"""What a rehearsal leaves behind is a ledger like any other: it verifies, every command reads it, and a process mining tool finds that
every branch went by the definition."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import Result

from tests.cli.conftest import Desk
from tests.conftest import Snapshot
from tests.story import DEFINITION, loaded
from workflow.cli.examples import SEED
from workflow.cli.examples.district import District
from workflow.clock import read_stamp
from workflow.definition.model import Definition
from workflow.engine.campaign import Campaign

# Of the first batch of the example district: committees, general branches below them, branches below these; of 3 to 70 members.
FAMILIES = {
    "organ-001": ("organ-009", "organ-017"),
    "organ-017": ("organ-023", "organ-037", "organ-065", "organ-093"),
    "organ-003": ("organ-019",),
    "organ-019": ("organ-081",),
    "organ-002": ("organ-010",),
}
BRANCHES = sorted({*FAMILIES, *(child for children in FAMILIES.values() for child in children)})
LUCK = "10"  # with which stages are made up, extended and begun anew
GOAL = "conclusion.concluded"


class Rehearsed(Desk):
    """A folder in which the dozen has been rehearsed to its end, with reminders."""

    def rehearse(self) -> Any:
        rows = [row for row in District.of(SEED).roster() if row.get("branch", "") in {"", *BRANCHES}]
        with (self.folder / "roster.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(column for row in rows for column in row)))
            writer.writeheader()
            writer.writerows(rows)
        roster = str(self.folder / "roster.csv")
        return self.json("rehearse", "district-2005", "--roster", roster, "--seed", LUCK)

    def reads(self, *args: str, code: int = 0) -> Result:
        done = self.run(*args, code=code)
        assert "Traceback" not in done.stderr
        return done


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rehearsed, Any]:
    """The folder, and what the command said."""
    desk = Rehearsed(tmp_path_factory.mktemp("rehearsed"))
    return desk, desk.rehearse()


@pytest.mark.slow
def test_every_command_reads_it(told: tuple[Rehearsed, Any], snapshot: Snapshot) -> None:
    desk, found = told
    assert sorted(found["finished"]) == BRANCHES
    assert (found["held"], found["outcome"]["batches"][0]["finished"]) == ([], 12)
    _waited_for_those_below(found)
    _is_clean(desk, found)
    _keeps_office_hours(desk)
    _is_read(desk, found)
    _smells(desk, snapshot)


def _waited_for_those_below(found: Any) -> None:
    """No branch has concluded before those below it; whoever was ready earlier waited."""
    for branch, children in FAMILIES.items():
        assert found["finished"][branch] >= max(found["finished"][child] for child in children)
    assert {waited["branch"] for waited in found["waited"]} <= set(FAMILIES)
    assert {code for waited in found["waited"] for code in waited["codes"]} == {"children_concluded"}


def _is_clean(desk: Rehearsed, found: Any) -> None:
    events = f"{found['outcome']['events']:,}"
    assert desk.reads("verify").stdout.startswith(f"✓ The ledger is whole: {events} events in {len(BRANCHES) + 1} streams")
    whole = desk.reads("audit", "verify").stdout
    assert whole.startswith("Nothing was tampered with")
    assert f"✓ chain: every hash and every link of {events} events" in whole


def _keeps_office_hours(desk: Rehearsed) -> None:
    """Nobody acts at night, and the office, whose steps take working days, on none that is free."""
    with Campaign.open(desk.db) as campaign:
        calendar, seen = campaign.definition.calendar, Counter[str]()
        for branch in BRANCHES:
            for event in campaign.timeline(branch):
                at = read_stamp(event.recorded_at).astimezone(ZoneInfo(calendar.zone))
                assert time(8) <= at.time() <= time(18), event
                assert event.role != "office" or calendar.is_working_day(at.date()), event
                seen[event.role] += 1
    assert seen["office"] > 100


def _is_read(desk: Rehearsed, found: Any) -> None:
    assert desk.json("board")["total"] == len(BRANCHES)
    assert "waits for: consolidate" in desk.reads("blocked").stdout
    assert {due["branch"] for due in desk.json("due")} <= set(BRANCHES)
    assert "children_concluded" in desk.reads("timeline", "organ-017").stdout
    assert "which count" in desk.reads("records", "organ-017").stdout
    assert f"not delivered: {found['letters']['written']} " in desk.reads("remind", "outbox").stdout
    assert "2005-10-01" in desk.reads("board", "--now", "2005-10-01T09:00").stdout
    assert desk.reads("why", "organ-001", "--now", "2005-10-01").stdout.splitlines()[0].endswith("(branch secretary).")
    forecast = desk.reads("forecast", "district-2005", "--replications", "5").stdout
    assert f"{len(BRANCHES)} finished, 0 under way, 0 not begun" in forecast
    for form in ("xes", "json", "csv", "html"):
        desk.reads("audit", "export", "-o", str(desk.folder / f"all.{form}"))
    desk.reads("export", str(desk.folder / "tables"))
    for args in (
        ("unblock", "organ-001"),
        ("case", "list", "organ-001"),
        ("batch", "show", "1"),
        ("audit", "versions"),
        ("timeline", "--campaign"),
    ):
        assert desk.reads(*args).stdout


def _smells(desk: Rehearsed, snapshot: Snapshot) -> None:
    """Scripted people put on paper what they did as they did it: there is nothing to smell, but for what a redo leaves behind."""
    snapshot("rehearsed-audit.en", desk.reads("audit", "check").stdout.partition("\n\n")[0])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the tool's own: not ours to mend
def test_no_branch_left_the_way_of_the_definition(told: tuple[Rehearsed, Any]) -> None:
    """The net is made from the definition's machine: a place for each state, a transition for each move."""
    pm4py = pytest.importorskip("pm4py", reason="pm4py is not installed; it comes with: pip install -e '.[test,test-mining]'")
    desk, found = told
    desk.reads("audit", "export", "-o", str(desk.folder / "log.xes"))
    log = pm4py.read_xes(str(desk.folder / "log.xes"))
    assert len(log) == found["outcome"]["moves"]
    assert sorted(set(log["case:concept:name"])) == BRANCHES
    assert {"require_make_up", "request_reinspection", "extend", "resume_work", "redo"} <= set(log["concept:name"])
    net = _net(loaded(DEFINITION))
    assert _deviating(pm4py, log, net) == []
    for place in _one_of_each_move(log):
        assert _deviating(pm4py, log.drop(place), net) == [log["case:concept:name"][place]], log["concept:name"][place]


def _one_of_each_move(log: Any) -> list[Any]:
    """Where in the log a branch first goes from one state to another, for every such move; not its last, after which nothing follows."""
    going = log[(log["from"] != log["to"]) & (log["to"] != GOAL)]
    found = list(going.drop_duplicates("concept:name").index)
    assert len(found) == 13, Counter(going["concept:name"])
    return found


def _net(definition: Definition) -> tuple[Any, Any, Any]:
    from pm4py.objects.petri_net.obj import Marking, PetriNet
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    net = PetriNet(definition.id)
    places = {state: PetriNet.Place(state) for state in {*definition.states, *(edge.target or edge.source for edge in definition.edges)}}
    net.places.update(places.values())
    for edge in definition.edges:
        transition = PetriNet.Transition(f"{edge.source}/{edge.move.id}", edge.move.id)
        net.transitions.add(transition)
        add_arc_from_to(places[edge.source], transition, net)
        add_arc_from_to(transition, places[edge.target or edge.source], net)
    return net, Marking({places[definition.initial]: 1}), Marking({places[GOAL]: 1})


def _deviating(pm4py: Any, log: Any, net: tuple[Any, Any, Any]) -> list[str]:
    """The branches that do not fit: token replay and alignments must agree on it."""
    branches = list(dict.fromkeys(log["case:concept:name"]))
    replayed = pm4py.conformance_diagnostics_token_based_replay(log, *net)
    aligned = pm4py.conformance_diagnostics_alignments(log, *net)
    found = [branch for branch, each in zip(branches, replayed, strict=True) if not each["trace_is_fit"] or each["trace_fitness"] < 1]
    assert found == [branch for branch, each in zip(branches, aligned, strict=True) if each["fitness"] < 1]
    return found
