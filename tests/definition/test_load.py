"""What loading gives: the model of the examples, hashes, plain data in and out."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from workflow.definition.loading import load_document, load_file, load_text
from workflow.definition.loading.schema import schema
from workflow.definition.model import Due, Effect, Rung
from workflow.errors import DefinitionFault

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path for path in (ROOT / "examples").glob("*.yaml") if not path.stem.endswith("-plan"))
SHIPPED = [*EXAMPLES, ROOT / "definitions" / "advanced-nature-2005.yaml"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_is_shipped_loads_and_loads_again_from_its_document(path: Path) -> None:
    definition = load_file(path)
    again = load_document(json.loads(json.dumps(definition.document, ensure_ascii=False)))
    trusted = load_document(definition.document, validated=True)
    assert definition.id == path.stem
    assert again.hash == trusted.hash == definition.hash
    assert list(again.edges_by_state) == list(definition.edges_by_state)
    assert {name: r.check.text for name, r in trusted.requirements.items()} == {
        name: r.check.text for name, r in definition.requirements.items()
    }


def test_office_move() -> None:
    definition = load_file(ROOT / "examples" / "office-move.yaml")
    assert definition.title.say("en") == "Moving twelve offices"
    assert (definition.version, definition.languages, definition.members) == ("1", ("en",), None)
    assert (definition.calendar.country, definition.calendar.zone, definition.time_policy) == (None, "UTC", "quality-first")
    assert definition.instruments["minutes-12"].issued == date(2026, 1, 15)
    ceiling = definition.parameters["ceiling"]
    assert (ceiling.value, ceiling.unit, ceiling.basis, ceiling.derive) == (20000, "EUR", ("minutes-12",), None)
    offer = definition.records["offer"]
    assert (offer.of, offer.by, offer.span, offer.lines) == ("branch", ("team",), "campaign", None)
    assert (offer.fields["amount"].type, offer.fields["amount"].unit, offer.title.say("en")) == ("number", "EUR", "offer")
    budget = definition.requirements["within_budget"]
    assert (budget.each, budget.level, budget.owner, budget.waivable_by) == (None, "block", "team", ())
    assert budget.title.say("en", **definition.texts) == "The latest removal offer is at most 20,000 EUR"
    assert list(definition.stages) == ["plan", "move"]
    assert [stage.number for stage in definition.stages.values()] == [1, 2]
    assert definition.stages["plan"].requires == {"approve": ("within_budget",)}
    assert definition.gates["approval"].steps_in == ("working",)
    assert definition.gates["approval"].moves["approve"].not_by == ("apply",)
    assert definition.initial == "plan.working"
    assert definition.edges_by_state["plan.applied"]["approve"].target == "move.working"
    assert definition.edges_by_state["move.applied"]["approve"].target == "finished"


def test_plant_safety() -> None:
    definition = load_file(ROOT / "examples" / "plant-safety.yaml")
    assert definition.languages == ("en", "zh")
    assert (definition.branch_label.say("zh"), definition.member_label.say("zh")) == ("工厂", "党员")
    assert definition.requirements["no_grave_hazard"].each == "hazard"
    assert definition.requirements["tried"].title.say("zh", **definition.texts) == "试运行满14天"
    hazard = definition.cases["hazard"]
    assert (hazard.first, hazard.states["closed"].final, hazard.states["found"].final) == ("found", True, False)
    assert hazard.moves["accept"].not_by == ("remove",)
    assert hazard.fields["grave"].title.say("zh") == "重大"
    assert definition.gates["change"].moves["resume"].effects == (Effect(kind="new_attempt"),)
    released = definition.invariants["released"]
    assert (released.start, released.goal, released.move, released.by, released.requires) == (
        "each_stage",
        "next_stage",
        "release",
        ("head",),
        "tried",
    )


def test_trial_sites() -> None:
    definition = load_file(ROOT / "examples" / "trial-sites.yaml")
    assert definition.members is not None
    assert (list(definition.members.status), list(definition.members.flags)) == (["investigator", "nurse", "pharmacist"], ["on_leave"])
    derived = definition.parameters["investigator_hours"]
    assert (derived.value, derived.unit, derived.derive is not None) == (12, "h", True)
    assert definition.records["course"].lines == "training"
    assert definition.records["visit"].span == "attempt"
    assert list(definition.records["training"].fields["form"].options) == ["course", "self"]
    assert definition.records["visit"].fields["remarks"].optional
    assert definition.stages["preparation"].lasts == 60
    assert definition.stages["preparation"].steps["papers"].requires == ("contract_signed",)
    activation = definition.deadlines["activation"]
    assert activation.due == Due(after="preparation", working_days=40)
    assert activation.ladder == (Rung(days=-10, to="coordinator"), Rung(days=0, to="coordinator"), Rung(days=5, to="sponsor"))
    assert activation.until is not None
    assert definition.gates["running"].phases["closed"].final
    assert definition.edges_by_state["preparation.preparing"]["close_people"].requires == ("trained", "present")


MINIMAL = "definition: d\ntitle: T\nroles: {a: {scope: all}}\ngates: {g: {phases: [p], moves: {m: {from: p, to: next_stage, by: a}}}}\n"
MINIMAL += "stages: {s: {gate: g}}\n"


def test_the_hash_is_of_the_content_not_of_the_writing() -> None:
    first = load_text(MINIMAL)
    assert load_text("# a comment\n" + MINIMAL.replace("title: T", 'title: "T"')).hash == first.hash
    assert load_text(MINIMAL.replace("title: T", "title: U")).hash != first.hash
    written = '{"definition":"d","title":"T","roles":{"a":{"scope":"all"}},'
    written += '"gates":{"g":{"phases":["p"],"moves":{"m":{"from":"p","to":"next_stage","by":"a"}}}},"stages":{"s":{"gate":"g"}}}'
    assert first.hash == sha256(written.encode()).hexdigest()


def test_the_order_of_stages_is_part_of_the_content() -> None:
    one, other = (MINIMAL.replace("{s: {gate: g}}", stages) for stages in ("{s: {gate: g}, t: {gate: g}}", "{t: {gate: g}, s: {gate: g}}"))
    assert load_text(one).hash != load_text(other).hash


def test_yaml_1_2_reads_no_as_a_text_and_a_date_as_a_text() -> None:
    extra = (
        "instruments: {no: {title: no, issued: 2005-02-16}}\nparameters: {on: {value: no}, day: {value: 2005-02-16}, long: {value: 3:20}}\n"
    )
    definition = load_text(MINIMAL + extra)
    assert definition.instruments["no"].title.say("en") == "no"
    assert definition.document["instruments"]["no"]["issued"] == "2005-02-16"
    assert definition.parameters["on"].value == "no"
    assert definition.parameters["day"].value == date(2005, 2, 16)
    assert definition.parameters["long"].value == "3:20"


def test_aliases_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    text = MINIMAL.replace("roles: {a: {scope: all}}", "roles: {a: &one {scope: all}, b: *one}")
    definition = load_text("\ufeff" + text.replace("\n", "\r\n"))
    assert definition.roles["b"].scope == "all"


def test_derived_parameters_are_computed_in_the_order_they_need() -> None:
    extra = "parameters: {c: {derive: b + 1}, b: {derive: a * 2, unit: h}, a: {value: 20, unit: h}}\n"
    found = load_text(MINIMAL + extra).parameters
    assert list(found) == ["c", "b", "a"]
    assert (found["c"].value, found["c"].unit, found["b"].value) == (41, "h", 40)


LEAP = """
definition: leap
title: Leap
roles: {clerk: {scope: all}}
instruments: {rule: {title: Rule}}
requirements: {ready: {title: Ready, check: branch.attempt > 5, owner: clerk, remedy: wait, basis: rule}}
gates:
  gate:
    phases: [working]
    moves:
      go: {from: working, to: next_stage, by: clerk}
      leap: {from: working, to: third.working, by: clerk}
      back: {from: working, to: first.working, by: clerk}
      stay: {from: working, to: second.working, by: clerk}
stages: {first: {gate: gate}, second: {gate: gate, requires: [ready]}, third: {gate: gate, requires: [ready]}}
"""


def test_what_a_stage_requires_belongs_to_every_move_into_a_later_one() -> None:
    definition = load_text(LEAP)
    assert {edge.move.id: edge.requires for edge in definition.edges if edge.source == "second.working"} == {
        "go": ("ready",),
        "leap": ("ready",),
        "back": (),
        "stay": (),
    }
    assert list(definition.stages["third"].requires) == ["go"]


def test_an_effect_may_use_what_its_move_takes() -> None:
    text = MINIMAL.replace("m: {", "more: {from: p, by: a, takes: {days: integer}, effects: [{extend: move.days}, new_attempt]}, m: {")
    effects = load_text(text).gates["g"].moves["more"].effects
    assert [effect.kind for effect in effects] == ["extend", "new_attempt"]
    assert effects[0].days is not None
    assert effects[0].days.text == "move.days"


def test_a_file_that_cannot_be_read_is_a_clean_fault(tmp_path: Path) -> None:
    with pytest.raises(DefinitionFault) as caught:
        load_file(tmp_path / "absent.yaml")
    assert caught.value.say("en") == f"{tmp_path}/absent.yaml: the file cannot be read: No such file or directory"


def test_a_document_with_faults_names_them_by_path() -> None:
    document = dict(load_text(MINIMAL).document) | {"stages": {"s": {"gate": "h"}}}
    with pytest.raises(DefinitionFault) as caught:
        load_document(document)
    assert caught.value.say("en") == "stages.s.gate: there is no gate h, known: g"
    assert caught.value.say("zh") == "stages.s.gate: 没有关口 h，已有：g"


def test_a_document_must_be_plain_data() -> None:
    with pytest.raises(DefinitionFault) as caught:
        load_document({"definition": "d", "title": date(2005, 1, 1)})
    assert caught.value.say("en") == "title: date is no plain data, a text or number was expected"


def test_the_schema_describes_every_key_of_the_top_level() -> None:
    found = schema()
    described = [name for name, part in found["properties"].items() if "description" in part or "$ref" in part]
    assert described == list(found["properties"])
    readme = (ROOT / "definitions" / "README.md").read_text("utf-8")
    assert [name for name in found["properties"] if f"| `{name}` |" not in readme] == []
