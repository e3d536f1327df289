"""What a process mining tool makes of the exports. It is a check from outside only: the package never imports it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.audit.exports_ground import KEY, PAIRS, SKIPPED, pairs, study, table
from workflow.audit import Mask, export
from workflow.definition.model import FINISHED

pytestmark = pytest.mark.filterwarnings("ignore")  # of the tool's own: not ours to mend


@pytest.fixture
def pm4py() -> Any:
    return pytest.importorskip("pm4py", reason="pm4py is not installed; it comes with: pip install -e '.[test,test-mining]'")


@pytest.mark.parametrize("masked", [False, True], ids=["named", "masked"])
def test_it_reads_ocel_and_finds_every_relational_constraint_kept(pm4py: Any, tmp_path: Path, masked: bool) -> None:
    from pm4py.objects.ocel.validation import ocel20_rel_validation

    campaign = study()
    mask = Mask.of(campaign.store, KEY, branches=True) if masked else None
    for form, name in (("ocel-sqlite", "o.sqlite"), ("ocel-json", "o.json")):
        export(campaign, tmp_path / name, form, mask=mask)  # type: ignore[arg-type]
    kept, broken = ocel20_rel_validation.apply(str(tmp_path / "o.sqlite"))
    assert (len(kept), broken) == (24, [])
    counts = [table(tmp_path / "o.sqlite", f"SELECT COUNT(*) FROM {name}")[0][0] for name in ("event", "object", "object_object")]
    for log in (pm4py.read_ocel2_sqlite(str(tmp_path / "o.sqlite")), pm4py.read_ocel2_json(str(tmp_path / "o.json"))):
        assert [len(log.events), len(log.objects), len(log.o2o)] == counts
        assert set(log.objects["ocel:type"]) == {"campaign", "branch", "member", "person", "case", "document"}
        assert log.events["ocel:timestamp"].is_monotonic_increasing
        assert str(log.events["ocel:timestamp"].dt.tz) == "UTC"
        assert pm4py.ocel_get_object_types(log)
    flat = pm4py.ocel_flattening(log, "branch")
    assert flat["case:concept:name"].nunique() == 5


def test_it_finds_the_branch_that_left_out_a_step_by_what_the_others_did(pm4py: Any, tmp_path: Path) -> None:
    """The net is discovered from the log itself, without what hardly anybody does."""
    log = _xes(pm4py, tmp_path)
    net = pm4py.discover_petri_net_inductive(log, noise_threshold=0.2)
    _only_the_one(pm4py, log, net)


def test_it_finds_the_branch_that_left_out_a_step_by_the_definition(pm4py: Any, tmp_path: Path) -> None:
    """The net is made from the definition's machine, as it was meant: every step closed before the stage is left."""
    _only_the_one(pm4py, _xes(pm4py, tmp_path), _net())


def _xes(pm4py: Any, folder: Path) -> Any:
    with pairs() as campaign:
        export(campaign, folder / "o.xes", "xes")
    log = pm4py.read_xes(str(folder / "o.xes"))
    assert len(log) == 39
    assert set(log["org:role"]) == {"clerk", "board"}
    return log


def _only_the_one(pm4py: Any, log: Any, net: tuple[Any, Any, Any]) -> None:
    branches = list(dict.fromkeys(log["case:concept:name"]))
    aligned = pm4py.conformance_diagnostics_alignments(log, *net)
    assert [b for b, each in zip(branches, aligned, strict=True) if each["fitness"] < 1] == [SKIPPED]
    missing = next(each["alignment"] for each in aligned if each["fitness"] < 1)
    assert [model for done, model in missing if done == ">>" and model is not None] == ["close_study"]
    replayed = pm4py.conformance_diagnostics_token_based_replay(log, *net)
    assert [b for b, each in zip(branches, replayed, strict=True) if not each["trace_is_fit"]] == [SKIPPED]


def _net() -> tuple[Any, Any, Any]:
    """A place for each state, and for each step before and after it is closed; leaving the first phase takes all of the latter."""
    from pm4py.objects.petri_net.obj import Marking, PetriNet
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    net, (stage,) = PetriNet("pairs"), PAIRS.stages.values()
    steps = [f"{kind}:{step}" for step in stage.steps for kind in ("open", "closed")]
    places = {name: PetriNet.Place(name) for name in (*PAIRS.states, *steps)}
    net.places.update(places.values())
    for edge in PAIRS.edges:
        transition = PetriNet.Transition(f"{edge.source}/{edge.move.id}", edge.move.id)
        net.transitions.add(transition)
        takes, gives = [edge.source], [edge.target or edge.source]
        if edge.move.step is not None:
            after = [f"closed:{step}" for step in stage.steps[edge.move.step].after]
            takes += [f"open:{edge.move.step}", *after]
            gives += [f"closed:{edge.move.step}", *after]
        elif edge.source == PAIRS.initial:
            takes += [f"closed:{step}" for step in stage.steps]
        for name in takes:
            add_arc_from_to(places[name], transition, net)
        for name in gives:
            add_arc_from_to(transition, places[name], net)
    start = Marking(dict.fromkeys([places[PAIRS.initial], *(places[f"open:{step}"] for step in stage.steps)], 1))
    return net, start, Marking({places[FINISHED]: 1})
