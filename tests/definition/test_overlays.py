"""A lower level adds and tightens; what a higher level prescribes cannot be removed, restated or loosened."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import define
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.conftest import Snapshot
from tests.story import ROOT
from workflow.definition import Definition, load_document, load_file, load_text
from workflow.definition.effective import effective_yaml
from workflow.definition.lint import lint
from workflow.definition.loading import from_source, read_file, shipped
from workflow.definition.loading.faults import Faults
from workflow.definition.loading.schema import schema
from workflow.definition.loading.yaml import read_text
from workflow.definition.model import Tightening
from workflow.errors import DefinitionFault

CENTRAL = """\
definition: central-plan
level: central
title: Central plan
labels: {branch: site}
instruments: {rule-1: {title: Rule 1}}
parameters:
  hours: {value: 40, unit: h, stricter: higher, basis: rule-1}
  more: {derive: hours * 2}
  wait: {value: 15, stricter: lower}
  start_by: {value: 2005-03-31, stricter: lower}
  ratio: {value: 0.5}
roles: {clerk: {scope: branch}, head: {scope: branch}, office: {scope: all}}
branches: {fields: {sector: [organ, firm]}}
members: {status: [in_post, retired], flags: {infirm: infirm}, departures: [died]}
records:
  study: {of: member, fields: {hours: {type: number, unit: h}, mode: {options: [hall, home]}, what: text}, by: [clerk, head]}
  note: {of: branch, fields: {text: text}, by: clerk}
requirements:
  studied:
    title: Everybody has {hours}
    each: member
    check: sum(s.hours for s in member.study) >= hours
    owner: clerk
    remedy: study
    basis: rule-1
    waivable_by: [office, head]
  noted: {title: A note, check: len(branch.note) > 0, owner: clerk, remedy: note, basis: [rule-1], level: observe}
  seen: {title: Seen, check: len(branch.note) > 1, owner: clerk, remedy: see, basis: rule-1}
  settled: {title: Settled, each: item, check: not item.open, owner: clerk, remedy: settle, basis: rule-1}
gates:
  gate:
    phases: [working, applied]
    moves:
      apply: {from: working, to: applied, by: [clerk, head], requires: studied}
      approve: {from: applied, to: next_stage, by: office, not_by: apply, requires: [seen]}
stages:
  first:
    gate: gate
    lasts: 45d
    steps: {read: {by: [clerk, head], requires: noted}}
    requires: [settled]
  second: {gate: gate, requires: {apply: noted}}
cases:
  item:
    of: branch
    by: clerk
    fields: {what: text}
    states: {open: open, closed: {title: closed, final: true}}
    moves: {close: {from: open, to: closed, by: [clerk, office]}}
deadlines:
  begin: {title: Begin, due: 2005-01-31, owner: clerk, ladder: [-7d, 0d]}
  end: {title: End, due: {after: first, days: 45}, owner: clerk, ladder: [0d]}
invariants:
  consent: {title: By consent, every_way: {from: first, to: second}, passes: {move: approve, by: office}, basis: rule-1}
authority: {extend: [office, head], roll: office, close_batch: office}
batches: {finished: seen, share: 0.9}
"""
HEAD = "definition: district-plan\nlevel: district\ntitle: District plan\nextends: central\n"


@define
class House:
    """A folder with a central plan and what is laid over it."""

    folder: Path

    def write(self, name: str, text: str) -> Path:
        path = self.folder / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def load(self, overlay: str, central: str = CENTRAL) -> Definition:
        self.write("central", central)
        return load_file(self.write("district", HEAD + overlay))

    def faults(self, overlay: str, central: str = CENTRAL, lang: str = "en") -> str:
        with pytest.raises(DefinitionFault) as caught:
            self.load(overlay, central)
        return caught.value.say(lang).replace(f"{self.folder}/", "")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def line(text: str, holding: str) -> int:
    """The number of the first line that holds this."""
    return 1 + next(n for n, one in enumerate(text.splitlines()) if holding in one)


# -- what may be added and tightened -------------------------------------------------------------------------------------

ALLOWED: list[tuple[str, Callable[[Definition], object], object]] = [
    ("instruments: {plan-9: {title: Plan 9, parent: rule-1}}", lambda d: list(d.instruments), ["rule-1", "plan-9"]),
    ("parameters: {size: {value: 3}}", lambda d: (d.parameters["size"].value, d.parameters["size"].origin), (3, "district")),
    ("parameters: {hours: {value: 48}}", lambda d: (d.parameters["hours"].value, d.parameters["more"].value), (48, 96)),
    ("parameters: {hours: {value: 48}}", lambda d: d.parameters["hours"].tightened, (Tightening(level="district", value=48, was=40),)),
    ("parameters: {hours: {value: 48}}", lambda d: (d.parameters["hours"].origin, d.parameters["hours"].unit), ("central", "h")),
    ("parameters: {wait: {value: 10}}", lambda d: d.parameters["wait"].value, 10),
    ("parameters: {start_by: {value: 2005-03-01}}", lambda d: str(d.parameters["start_by"].value), "2005-03-01"),
    ("parameters: {hours: {basis: [rule-1, 'register:7']}}", lambda d: d.parameters["hours"].basis, ("rule-1", "register:7")),
    ("parameters: {ratio: {basis: rule-1}}", lambda d: d.parameters["ratio"].basis, ("rule-1",)),
    ("roles: {group: {scope: assigned}}", lambda d: list(d.roles)[-1], "group"),
    ("units: {h: hours}", lambda d: d.texts["hours"].say("en"), "40 hours"),
    ("labels: {branch: plant, member: worker}", lambda d: (d.branch_label.say("en"), d.member_label.say("en")), ("plant", "worker")),
    ("branches: {fields: {town: {type: text, optional: true}}}", lambda d: list(d.branch_fields), ["sector", "town"]),
    ("branches: {fields: {sector: [village]}}", lambda d: list(d.branch_fields["sector"].options), ["organ", "firm", "village"]),
    ("members: {status: [farming]}", lambda d: list(d.members.status), ["in_post", "retired", "farming"]),  # type: ignore[union-attr]
    ("members: {status: {farming: at the farm}}", lambda d: [t.say("en") for t in d.members.status.values()], ["in post", "retired", "at the farm"]),  # type: ignore[union-attr]
    ("members: {flags: [far_away]}", lambda d: {k: t.say("en") for k, t in d.members.flags.items()}, {"infirm": "infirm", "far_away": "far away"}),  # type: ignore[union-attr]
    ("members: {fields: {rank: {type: text, optional: true}}}", lambda d: list(d.members.fields), ["rank"]),  # type: ignore[union-attr]
    ("records: {visit: {of: branch, fields: {}, by: office}}", lambda d: d.records["visit"].origin, "district"),
    ("records: {study: {by: head}}", lambda d: d.records["study"].by, ("head",)),
    ("records: {study: {fields: {place: {type: text, optional: true}}}}", lambda d: list(d.records["study"].fields), ["hours", "mode", "what", "place"]),
    ("records: {study: {fields: {mode: [bus]}}}", lambda d: list(d.records["study"].fields["mode"].options), ["hall", "home", "bus"]),
    ("records: {study: {fields: {mode: {options: {bus: on a bus}}}}}", lambda d: d.records["study"].fields["mode"].options["bus"].say("en"), "on a bus"),
    ("branches: {fields: {sector: {options: {village: a village}}}}", lambda d: list(d.branch_fields["sector"].options), ["organ", "firm", "village"]),
    ("requirements: {own: {title: Own, check: 'True', owner: clerk, remedy: do, basis: rule-1}}", lambda d: d.requirements["own"].origin, "district"),
    ("requirements: {noted: {level: warn}}", lambda d: (d.requirements["noted"].level, d.requirements["noted"].origin), ("warn", "central")),
    ("requirements: {noted: {level: block}}", lambda d: d.tightened, {"requirements.noted.level": (Tightening(level="district", value="block", was="observe"),)}),
    ("requirements: {noted: {basis: 'register:7'}}", lambda d: d.requirements["noted"].basis, ("rule-1", "register:7")),
    ("requirements: {studied: {waivable_by: office}}", lambda d: d.requirements["studied"].waivable_by, ("office",)),
    ("requirements: {studied: {waivable_by: []}}", lambda d: d.requirements["studied"].waivable_by, ()),
    ("gates: {gate: {moves: {apply: {requires: noted, not_by: approve}}}}", lambda d: (d.gates["gate"].moves["apply"].requires, d.gates["gate"].moves["apply"].not_by), (("studied", "noted"), ("approve",))),
    ("gates: {gate: {moves: {apply: {by: head}}}}", lambda d: d.gates["gate"].moves["apply"].by, ("head",)),
    ("gates: {gate: {moves: {back: {from: applied, to: working, by: office}}}}", lambda d: d.gates["gate"].moves["back"].origin, "district"),
    ("gates: {gate: {moves: {also: {from: applied, to: next_stage, by: office}}}}", lambda d: d.stages["first"].requires["also"], ("settled",)),
    ("stages: {first: {steps: {talk: {by: clerk, after: read}}}}", lambda d: (d.stages["first"].steps["talk"].origin, d.stages["first"].steps["read"].origin), ("district", "central")),
    ("stages: {first: {steps: {read: {by: head, requires: seen}}}}", lambda d: (d.stages["first"].steps["read"].by, d.stages["first"].steps["read"].requires), (("head",), ("noted", "seen"))),
    ("stages: {second: {steps: {talk: {by: clerk}}}}", lambda d: list(d.stages["second"].steps), ["talk"]),
    ("stages: {first: {requires: noted}}", lambda d: d.stages["first"].requires, {"approve": ("settled", "noted")}),
    ("stages: {first: {requires: {apply: noted}}}", lambda d: d.stages["first"].requires, {"approve": ("settled",), "apply": ("noted",)}),
    ("stages: {second: {requires: {apply: seen, approve: noted}}}", lambda d: d.stages["second"].requires, {"apply": ("noted", "seen"), "approve": ("noted",)}),
    ("stages: {second: {requires: seen}}", lambda d: d.stages["second"].requires, {"apply": ("noted",), "approve": ("seen",)}),
    ("cases: {item: {fields: {where: {type: text, optional: true}}, moves: {close: {by: office, requires: settled, not_by: open}}}}", lambda d: (list(d.cases["item"].fields), d.cases["item"].moves["close"].by, d.cases["item"].moves["close"].requires), (["what", "where"], ("office",), ("settled",))),
    ("cases: {gap: {of: branch, by: clerk, states: {a: a, b: {final: true}}, moves: {go: {from: a, to: b, by: clerk}}}}", lambda d: d.cases["gap"].moves["go"].origin, "district"),
    ("deadlines: {begin: {due: 2005-01-28}}", lambda d: str(d.deadlines["begin"].due.on), "2005-01-28"),
    ("deadlines: {begin: {ladder: [+3d: office]}}", lambda d: [(r.days, r.to) for r in d.deadlines["begin"].ladder], [(-7, "clerk"), (0, "clerk"), (3, "office")]),
    ("deadlines: {own: {title: Own, due: 2005-02-01, owner: clerk, ladder: [0d]}}", lambda d: d.deadlines["own"].origin, "district"),
    ("invariants: {twice: {title: T, every_way: {from: first, to: second}, passes: {move: apply}}}", lambda d: list(d.invariants), ["consent", "twice"]),
    ("members: {departures: [moved_away]}", lambda d: {k: t.say("en") for k, t in d.members.departures.items()}, {"died": "died", "moved_away": "moved away"}),  # type: ignore[union-attr]
    ("members: {departures: {moved: moved away}}", lambda d: list(d.members.departures), ["died", "moved"]),  # type: ignore[union-attr]
    ("authority: {suspend: head}", lambda d: (d.authority["suspend"], d.authority["roll"], d.document["origins"]), (("head",), ("office",), {"authority.suspend": "district"})),
    ("authority: {extend: head}", lambda d: (d.authority["extend"], d.tightened), (("head",), {"authority.extend": (Tightening(level="district", value=["head"], was=["office", "head"]),)})),
    ("authority: {extend: [head, office], roll: [office]}", lambda d: (d.authority["extend"], d.tightened), (("office", "head"), {})),
    ("batches: {share: 0.95}", lambda d: (d.batches.share, d.batches.finished, d.tightened["batches.share"]), (0.95, "seen", (Tightening(level="district", value=0.95, was=0.9),))),  # type: ignore[union-attr]
    ("batches: {finished: seen, share: 0.9}", lambda d: d.tightened, {}),
    ("parameters: {hours: {value: 40.0, unit: h, basis: [rule-1]}, ratio: {value: 0.5}}", lambda d: (d.tightened, "origins" in d.document), ({}, False)),
    ("records: {note: {of: branch, by: [clerk], fields: {text: text}}}", lambda d: d.tightened, {}),
]  # fmt: skip


@pytest.mark.parametrize(("overlay", "shown", "expected"), ALLOWED, ids=[overlay for overlay, _, _ in ALLOWED])
def test_what_a_lower_level_may_do(house: House, overlay: str, shown: Callable[[Definition], object], expected: object) -> None:
    definition = house.load(overlay)
    assert shown(definition) == expected
    assert (definition.id, definition.version, definition.title.say("en")) == ("district-plan", "1", "District plan")
    assert [layer.level for layer in definition.layers] == ["central", "district"]
    assert definition.requirements["seen"].origin == "central"
    again = load_document(json.loads(json.dumps(definition.document)))
    assert (again.hash, again.layers, again.tightened) == (definition.hash, definition.layers, definition.tightened)


# -- what is refused -----------------------------------------------------------------------------------------------------

# overlay, where the fault is, a line of the central plan that must be named, and the words between
REFUSED = [
    ("requirements: {studied: ~}", "requirements.studied", "  studied:", "cannot be removed"),
    ("requirements: ~", "requirements", "requirements:", "cannot be removed"),
    ("deadlines:\n  begin:\n", "deadlines.begin", "  begin:", "cannot be removed"),
    ("gates: {gate: {moves: {apply: {requires: ~}}}}", "gates.gate.moves.apply.requires", "apply: {from", "cannot be removed"),
    ("records: {study: {fields: {what: ~}}}", "records.study.fields.what", "  study:", "cannot be removed"),
    ("requirements: {studied: {title: Else}}", "requirements.studied.title", "    title: Everybody", "cannot be restated here as Else"),
    ("requirements: {studied: {check: 'True'}}", "requirements.studied.check", "    check: sum", "cannot be restated"),
    ("requirements: {studied: {each: step}}", "requirements.studied.each", "    each: member", "cannot be restated"),
    ("requirements: {seen: {due: begin}}", "requirements.seen.due", "  seen:", "cannot be given due here"),
    ("requirements: {seen: {when: 'True'}}", "requirements.seen.when", "  seen:", "cannot be given when here"),
    ("requirements: {seen: {level: warn}}", "requirements.seen.level", "  seen:", "with level block; warn would loosen it"),
    ("requirements: {seen: {waivable_by: office}}", "requirements.seen.waivable_by", "  seen:", "would loosen it"),
    ("requirements: {studied: {waivable_by: [office, clerk]}}", "requirements.studied.waivable_by", "    waivable_by", "only some of these were expected: office, head"),
    ("parameters: {hours: {value: 30}}", "parameters.hours.value", "  hours:", "as 40 at central.yaml:7:11 (central), 30 would loosen it; at least 40 was expected"),
    ("parameters: {wait: {value: 20}}", "parameters.wait.value", "  wait:", "at most 15 was expected"),
    ("parameters: {start_by: {value: 2005-04-01}}", "parameters.start_by.value", "  start_by:", "would loosen it"),
    ("parameters: {hours: {value: many}}", "parameters.hours.value", "  hours:", "cannot be restated here as many"),
    ("parameters: {ratio: {value: 0.6}}", "parameters.ratio.value", "  ratio:", "it is fixed for lower levels"),
    ("parameters: {ratio: {stricter: higher}}", "parameters.ratio.stricter", "  ratio:", "cannot be given stricter"),
    ("parameters: {more: {derive: hours}}", "parameters.more.derive", "  more:", "cannot be restated"),
    ("parameters: {hours: {unit: d}}", "parameters.hours.unit", "  hours:", "cannot be restated"),
    ("roles: {clerk: {scope: all}}", "roles.clerk.scope", "roles:", "cannot be restated"),
    ("labels: ~", "labels", "labels:", "cannot be removed"),
    ("time_policy: schedule-first", "time_policy", "definition: central", "cannot be given time_policy here"),
    ("calendar: {country: CN}", "calendar", "definition: central", "cannot be given calendar here"),
    ("members: {status: {retired: old}}", "members.status.retired", "members:", "cannot be restated here as old"),
    ("members: {default: retired}", "members.default", "members:", "cannot be given default"),
    ("branches: {fields: {town: text}}", "branches.fields.town", "branches:", "may be left out, {town: {..., optional: true}} was expected"),
    ("records: {study: {fields: {place: {type: text}}}}", "records.study.fields.place", "  study:", "may be left out"),
    ("records: {study: {fields: {hours: {max: 8}}}}", "records.study.fields.hours.max", "  study:", "cannot be given max"),
    ("records: {study: {fields: {what: number}}}", "records.study.fields.what", "  study:", "cannot be restated here as number"),
    ("records: {study: {by: office}}", "records.study.by", "  study:", "only some of these were expected: clerk, head"),
    ("records: {study: {by: []}}", "records.study.by", "  study:", "would loosen it"),
    ("records: {study: {of: branch}}", "records.study.of", "  study:", "cannot be restated"),
    ("records: {note: {span: attempt}}", "records.note.span", "  note:", "cannot be given span"),
    ("gates: {other: {phases: [a], moves: {go: {from: a, to: next_stage, by: clerk}}}}", "gates.other", "gates:", "cannot be given other"),
    ("gates: {gate: {phases: [working, applied, done]}}", "gates.gate.phases", "    phases:", "cannot be restated"),
    ("gates: {gate: {moves: {approve: {by: clerk}}}}", "gates.gate.moves.approve.by", "approve: {from", "would loosen it"),
    ("gates: {gate: {moves: {approve: {to: working}}}}", "gates.gate.moves.approve.to", "approve: {from", "cannot be restated"),
    ("gates: {gate: {moves: {approve: {effects: new_attempt}}}}", "gates.gate.moves.approve.effects", "approve: {from", "cannot be given effects"),
    ("stages: {third: {gate: gate}}", "stages.third", "stages:", "cannot be given third"),
    ("stages: {first: {lasts: 30d}}", "stages.first.lasts", "    lasts:", "as 45d at"),
    ("stages: {first: {steps: {read: {after: read}}}}", "stages.first.steps.read.after", "    steps:", "cannot be given after"),
    ("cases: {item: {moves: {skip: {from: open, to: closed, by: clerk}}}}", "cases.item.moves.skip", "    moves: {close", "cannot be given skip"),
    ("cases: {item: {by: office}}", "cases.item.by", "    by: clerk", "cannot be restated"),
    ("deadlines: {begin: {due: 2005-02-01}}", "deadlines.begin.due", "  begin:", "2005-02-01 would loosen it"),
    ("deadlines: {begin: {due: {after: first, days: 1}}}", "deadlines.begin.due", "  begin:", "cannot be restated"),
    ("deadlines: {end: {due: {days: 30}}}", "deadlines.end.due", "  end:", "cannot be restated"),
    ("deadlines: {begin: {owner: office}}", "deadlines.begin.owner", "  begin:", "cannot be restated"),
    ("members: {departures: ~}", "members.departures", "members:", "cannot be removed"),
    ("members: {departures: {died: gone}}", "members.departures.died", "members:", "cannot be restated here as gone"),
    ("authority: {extend: [head, clerk]}", "authority.extend", "authority:", "only some of these were expected: office, head"),
    ("authority: {extend: []}", "authority.extend", "authority:", "would loosen it"),
    ("authority: {roll: ~}", "authority.roll", "authority:", "cannot be removed"),
    ("authority: ~", "authority", "authority:", "cannot be removed"),
    ("batches: {share: 0.8}", "batches.share", "batches:", "as 0.9 at central.yaml:56:27 (central), 0.8 would loosen it; at least 0.9 was expected"),
    ("batches: {share: ratio}", "batches.share", "batches:", "cannot be restated here as ratio"),
    ("batches: {finished: noted}", "batches.finished", "batches:", "cannot be restated here as noted"),
    ("batches: ~", "batches", "batches:", "cannot be removed"),
    ("invariants: {consent: {passes: {by: clerk}}}", "invariants.consent.passes.by", "  consent:", "cannot be restated"),
]  # fmt: skip


@pytest.mark.parametrize(("overlay", "path", "prescribed", "words"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_refused_names_both_places(house: House, overlay: str, path: str, prescribed: str, words: str) -> None:
    said = house.faults(overlay)
    assert said.count("\n") == 0, said
    where, _, text = said.partition(f": {path}: ")
    assert where.startswith("district.yaml:"), said
    assert int(where.split(":")[1]) >= 5
    assert f" central.yaml:{line(CENTRAL, prescribed)}:" in text
    assert "(central)" in text
    assert words in text
    assert "central.yaml:" in house.faults(overlay, lang="zh")


def test_a_refusal_in_words(house: House) -> None:
    overlay = "parameters:\n  hours: {value: 30}\nrequirements:\n  seen: ~\n"
    assert house.faults(overlay).splitlines() == [
        "district.yaml:6:18: parameters.hours.value: prescribed as 40 at central.yaml:7:11 (central), 30 would loosen it; at least 40 was expected",
        "district.yaml:8:3: requirements.seen: prescribed at central.yaml:28:3 (central), it cannot be removed here",
    ]
    assert house.faults(overlay, lang="zh").splitlines() == [
        "district.yaml:6:18: parameters.hours.value: central.yaml:7:11（central）已规定为 40，改为 30 即放宽；应不低于 40",
        "district.yaml:8:3: requirements.seen: central.yaml:28:3（central）已规定，此处不得删除",
    ]


def test_refusals_of_powers_and_shares_in_words(house: House) -> None:
    overlay = "authority:\n  extend: [clerk]\n  roll: ~\nbatches:\n  share: 0.5\n"
    place = f"central.yaml:{line(CENTRAL, 'authority:')}"
    assert house.faults(overlay).splitlines() == [
        f'district.yaml:6:11: authority.extend: prescribed as ["office", "head"] at {place}:13 (central), this would loosen it; only some of these were expected: office, head',
        f"district.yaml:7:3: authority.roll: prescribed as office at {place}:37 (central), it cannot be removed here",
        f"district.yaml:9:10: batches.share: prescribed as 0.9 at central.yaml:{line(CENTRAL, 'batches:')}:27 (central), 0.5 would loosen it; at least 0.9 was expected",
    ]
    assert house.faults(overlay, lang="zh").splitlines() == [
        f'district.yaml:6:11: authority.extend: {place}:13（central）已规定为 ["office", "head"]，此处放宽了规定；只能取其中一部分：office, head',
        f"district.yaml:7:3: authority.roll: {place}:37（central）已规定为 office，此处不得删除",
        f"district.yaml:9:10: batches.share: central.yaml:{line(CENTRAL, 'batches:')}:27（central）已规定为 0.9，改为 0.5 即放宽；应不低于 0.9",
    ]


def test_a_share_taken_from_a_parameter_is_raised_there(house: House) -> None:
    central = CENTRAL.replace("share: 0.9", "share: most").replace("  ratio:", "  most: {value: 0.9, stricter: higher}\n  ratio:")
    batches = house.load("parameters: {most: {value: 0.95}}\n", central).batches
    assert batches is not None
    assert (batches.share, batches.share_name) == (0.95, "most")
    assert "0.8 would loosen it; at least 0.9 was expected" in house.faults("parameters: {most: {value: 0.8}}\n", central)
    assert "prescribed as most at" in house.faults("batches: {share: 0.99}\n", central)
    said = house.faults("parameters: {most: {value: 2}}\n", central)
    assert f"central.yaml:{line(central, 'batches:')}:34: batches.share: most is 2, a number from 0 to 1 was expected" in said


def test_powers_and_batches_may_be_given_where_there_were_none(house: House) -> None:
    central = "".join(row for row in CENTRAL.splitlines(keepends=True) if not row.startswith(("authority:", "batches:")))
    definition = house.load("authority: {enact: office, close_batch: office}\nbatches: {finished: seen, share: ratio}\n", central)
    assert definition.authority == {"enact": ("office",), "close_batch": ("office",)}
    assert definition.batches is not None
    assert (definition.batches.share, definition.batches.share_name) == (0.5, "ratio")
    shown = effective_yaml(definition, "en")
    assert "authority:  # district\n  enact: office  # district\n" in shown
    assert "batches: {finished: seen, share: ratio}  # district\n" in shown
    assert "authority.enakt: the key enakt is unknown here, did you mean enact?" in house.faults("authority: {enakt: office}\n", central)


def test_a_subset_of_states_that_is_the_same_changes_nothing(house: House) -> None:
    assert list(house.load("cases: {item: {states: {open: open}}}").cases["item"].states) == ["open", "closed"]


def test_faults_of_both_files_are_said_at_once_each_in_its_own(house: House) -> None:
    central = CENTRAL.replace("basis: [rule-1], level: observe", "basis: [rule-7], level: observe").replace(
        "by: [clerk, office]}}", "by: [clerk, ofice]}}"
    )
    overlay = "parameters: {hours: {value: 30}}\nrequirements: {own: {title: Own, check: 'hour > 1', owner: clark, remedy: do, basis: rule-1}}\nunts: {}\n"
    said = [(row.split(":")[0], int(row.split(":")[1]), row.split(": ")[1]) for row in house.faults(overlay, central).splitlines()]
    assert said == [
        ("central.yaml", line(CENTRAL, "  noted:"), "requirements.noted.basis[0]"),
        ("central.yaml", line(CENTRAL, "moves: {close"), "cases.item.moves.close.by[1]"),
        ("district.yaml", 5, "parameters.hours.value"),
        ("district.yaml", 6, "requirements.own.check"),
        ("district.yaml", 6, "requirements.own.owner"),
        ("district.yaml", 7, "unts"),
    ]
    assert "did you mean units?" in house.faults(overlay, central)


def test_an_addition_of_the_wrong_shape_is_reported_where_it_stands(house: House) -> None:
    said = house.faults("stages: {first: {requires: {apply: [7]}}}\nrecords: {study: {by: 3}, visit: {of: branch}}\n")
    assert "district.yaml:5:37: stages.first.requires.apply[0]: a number stands here (7)" in said
    assert "district.yaml:6:23: records.study.by: prescribed as" in said
    assert "district.yaml:6:27: records.visit: fields is missing" in said


def test_a_bypass_by_an_added_move_names_the_invariant_and_the_move(house: House) -> None:
    house.write("central", CENTRAL)
    path = house.write("district", HEAD + "gates:\n  gate:\n    moves:\n      jump: {from: working, to: next_stage, by: head}\n")
    source = read_file(path)
    found = [finding for finding in lint(from_source(source)) if finding.code == "lint.bypass"]
    assert [".".join(finding.path) for finding in found] == ["invariants.consent"]
    assert "first.working --jump(head)--> second.working" in found[0].text.say("en")
    assert [str(source.place(at, key=True)).rpartition("/")[2] for at in (found[0].path, *found[0].along)] == [
        f"central.yaml:{line(CENTRAL, '  consent:')}:3",
        "district.yaml:8:7",
    ]


# -- chains --------------------------------------------------------------------------------------------------------------


def test_a_chain_of_four_levels_tightens_step_by_step(house: House) -> None:
    house.write("central", CENTRAL)
    above = "central"
    for level, hours in (("province", 44), ("city", 48), ("unit", 52)):
        own = f"definition: {level}-plan\nlevel: {level}\ntitle: T\nextends: {above}.yaml\nparameters: {{hours: {{value: {hours}}}, of_{level}: {{value: 1}}}}\n"
        path, above = house.write(level, own), level
    definition = load_file(path)
    assert [layer.level for layer in definition.layers] == ["central", "province", "city", "unit"]
    assert [(t.level, t.was, t.value) for t in definition.parameters["hours"].tightened] == [
        ("province", 40, 44),
        ("city", 44, 48),
        ("unit", 48, 52),
    ]
    assert [definition.parameters[f"of_{level}"].origin for level in ("province", "city", "unit")] == ["province", "city", "unit"]
    house.write("unit", "definition: u\ntitle: T\nextends: city\nparameters: {hours: {value: 45}, of_province: {value: 2}}\n")
    with pytest.raises(DefinitionFault) as caught:
        load_file(path)
    said = caught.value.say("en").replace(f"{house.folder}/", "").splitlines()
    assert "prescribed as 48 at city.yaml:5:22 (city), 45 would loosen it" in said[0]
    assert "prescribed as 1 at province.yaml:5:48 (province); it is fixed" in said[1]


def test_a_circle(house: House) -> None:
    house.write("central", CENTRAL + "extends: district\n")
    path = house.write("district", HEAD)
    with pytest.raises(DefinitionFault) as caught:
        load_file(path)
    assert caught.value.say("en").endswith(
        f"central.yaml:{CENTRAL.count(chr(10)) + 1}:10: extends: extended in a circle: district.yaml -> central.yaml -> district.yaml"
    )
    with pytest.raises(DefinitionFault, match=r"in a circle: self\.yaml -> self\.yaml"):
        load_file(house.write("self", HEAD.replace("central", "self")))


def test_too_long_a_chain(house: House) -> None:
    for n in range(20):
        house.write(f"p{n}", f"definition: p{n}\ntitle: T\nextends: p{n + 1}\n")
    with pytest.raises(DefinitionFault, match=r"p15\.yaml:3:10: extends: more than 16 layers"):
        load_file(house.folder / "p0.yaml")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("centrl", "there is no file centrl or centrl.yaml beside this one, and no definition of that name comes with the program"),
        ("advanced-nature-205", "did you mean advanced-nature-2005?"),
        ("[central]", "the name of a definition was expected"),
        ("~", "the name of a definition was expected"),
        (".", "there is no file"),
        ("x" * 300, "cannot be read"),
    ],
)
def test_a_chain_that_leads_nowhere(house: House, name: str, words: str) -> None:
    house.write("central", CENTRAL)
    with pytest.raises(DefinitionFault) as caught:
        load_file(house.write("district", HEAD.replace("central", name)))
    assert ":4:" in caught.value.say("en")
    assert words in caught.value.say("en")
    assert caught.value.say("zh") != caught.value.say("en")


def test_the_same_level_twice_is_refused(house: House) -> None:
    house.write("central", CENTRAL)
    with pytest.raises(DefinitionFault, match=r":2:1: level: central is the level of central-plan already|:2:8: level: central is"):
        load_file(house.write("district", HEAD.replace("level: district", "level: central")))


def test_what_comes_with_the_program_may_be_extended_from_anywhere(house: House) -> None:
    path = house.write("own", "definition: own\ntitle: {en: Own, zh: 自有}\nextends: advanced-nature-2005\n")
    assert [layer.level for layer in load_file(path).layers] == ["central", "own"]
    assert {"advanced-nature-2005", "district-ten-groups-2005", "district-three-groups-2005"} <= set(shipped())


def test_plain_data_stands_alone() -> None:
    with pytest.raises(DefinitionFault, match="plain data stands alone"):
        load_document({"definition": "a", "title": "A", "extends": "central"})


# -- what the effective definition remembers -----------------------------------------------------------------------------


def test_the_hash_depends_on_what_is_said_and_on_nothing_else(house: House, tmp_path_factory: pytest.TempPathFactory) -> None:
    first = house.load("parameters: {hours: {value: 48}}\n")
    other = House(tmp_path_factory.mktemp("elsewhere"))
    same = other.load("# a comment\nparameters:\n  hours: {value: 48}\n", "# another\n" + CENTRAL)
    assert same.hash == first.hash
    assert other.load("parameters: {hours: {value: 49}}\n").hash != first.hash
    assert other.load("parameters: {hours: {value: 48}}\n", CENTRAL.replace("Rule 1", "Rule one")).hash != first.hash
    assert first.layers[0].hash == load_text(CENTRAL).hash
    assert "extends" not in first.document


def test_the_effective_definition_in_print(house: House, snapshot: Snapshot) -> None:
    definition = house.load(
        "parameters: {hours: {value: 48, basis: 'register:7'}, own: {value: 1}}\n"
        "requirements: {noted: {level: warn}}\n"
        "gates: {gate: {moves: {apply: {requires: noted}}}}\n"
        "authority: {extend: head, suspend: head}\n"
        "members: {departures: [moved_away]}\n"
        "batches: {share: 0.95}\n"
    )
    hashes = [layer.hash[:12] for layer in definition.layers]
    for lang in ("en", "zh"):
        text = effective_yaml(definition, lang)
        for found, name in zip(hashes, ("HASH-1", "HASH-2"), strict=True):
            text = text.replace(found, name)
        snapshot(f"effective.{lang}", text.rstrip("\n"))


@pytest.mark.parametrize("name", ["advanced-nature-2005", "district-ten-groups-2005", "district-three-groups-2005"])
def test_what_is_printed_says_the_same_when_read_again(name: str) -> None:
    definition = load_file(shipped()[name])
    own = {key: value for key, value in definition.document.items() if key not in ("layers", "origins", "tightened")}
    printed = effective_yaml(definition, "en")
    assert load_text(printed).document == own
    assert ("# central" in printed) is bool(definition.layers)


# -- the schema for editors ----------------------------------------------------------------------------------------------


def relaxed(value: Any) -> Any:
    """A schema without what it requires: a lower level writes only what it adds or tightens."""
    if isinstance(value, list):
        return [relaxed(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: item if key == "if" else relaxed(item) for key, item in value.items() if key != "required" or not isinstance(item, list)}


def test_the_schema_of_overlays_is_that_of_definitions_without_what_is_required(request: pytest.FixtureRequest) -> None:
    wanted = {**relaxed(schema()), "title": "Overlay of a definition", "required": ["definition", "title", "extends"]}
    waivable = wanted["$defs"]["requirement"]["properties"]["waivable_by"]
    waivable["$ref"] = "#/$defs/ids"  # nobody may waive it any more
    for key in ("layers", "origins", "tightened"):
        del wanted["properties"][key]
    path = ROOT / "workflow" / "definition" / "overlay.schema.json"
    if request.config.getoption("--update-snapshots"):
        path.write_text(json.dumps(wanted, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert json.loads(path.read_text("utf-8")) == wanted, "run pytest --update-snapshots"
    validator = Draft202012Validator(wanted)
    for name in ("district-ten-groups-2005", "district-three-groups-2005"):
        data = read_text(shipped()[name].read_text("utf-8"), Faults(name)).data
        assert [error.message for error in validator.iter_errors(data)] == []


# -- additions never loosen ----------------------------------------------------------------------------------------------

REQUIREMENTS = ("studied", "noted", "seen", "settled", "extra_1", "extra_2")
NAMES = st.lists(st.sampled_from(REQUIREMENTS[:3] + REQUIREMENTS[4:]), max_size=3, unique=True)
MOVE = st.fixed_dictionaries(
    {
        "from": st.sampled_from(["working", "applied"]),
        "to": st.sampled_from(["working", "applied", "next_stage"]),
        "by": st.sampled_from(["clerk", "office"]),
        "requires": NAMES,
    }
)
STEP = st.fixed_dictionaries({"by": st.just("clerk"), "requires": NAMES})
EXTRA = {name: {"title": "T", "check": "True", "owner": "clerk", "remedy": "r", "basis": "rule-1"} for name in REQUIREMENTS[4:]}


@st.composite
def additions(draw: st.DrawFn) -> dict[str, Any]:
    """An overlay that only adds."""
    moves = draw(st.dictionaries(st.sampled_from(["jump", "back", "again"]), MOVE, max_size=3))
    for move in draw(st.lists(st.sampled_from(["apply", "approve"]), unique=True)):
        moves[move] = {"requires": draw(NAMES), "not_by": draw(st.sampled_from(["apply", ["apply", "members"], []]))}
    stages: dict[str, Any] = {}
    for stage in ("first", "second"):
        asked = draw(st.one_of(st.none(), NAMES, st.dictionaries(st.sampled_from(["apply", "approve"]), NAMES, max_size=2)))
        steps = draw(st.dictionaries(st.sampled_from(["talk", "visit"]), STEP, max_size=2))
        if stage == "first" and draw(st.booleans()):
            steps["read"] = {"requires": draw(NAMES)}
        stages[stage] = ({} if asked is None else {"requires": asked}) | ({"steps": steps} if steps else {})
    return {"requirements": EXTRA, "gates": {"gate": {"moves": moves}}, "stages": stages, "roles": {"group": {"scope": "assigned"}}}


def asked(definition: Definition) -> Iterator[tuple[str, str, str]]:
    for edge in definition.edges:
        for requirement in edge.requires:
            yield edge.source, edge.move.id, requirement
    for case in definition.cases.values():
        for move in case.moves.values():
            for requirement in move.requires:
                yield case.id, move.id, requirement


@settings(max_examples=150, deadline=None)
@given(overlay=additions())
def test_whatever_is_added_every_requirement_stays_where_it_was_required(
    tmp_path_factory: pytest.TempPathFactory, overlay: dict[str, Any]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "additions"
    folder.mkdir(exist_ok=True)
    definition = House(folder).load(as_yaml(overlay))
    base = load_text(CENTRAL)
    assert set(asked(base)) <= set(asked(definition))
    for edge in base.edges:
        kept = definition.edges_by_state[edge.source][edge.move.id]
        assert set(kept.move.by) <= set(edge.move.by)
        assert set(edge.move.not_by) <= set(kept.move.not_by)
        assert kept.target == edge.target
    assert {name: r.level for name, r in base.requirements.items()}.items() <= {
        name: r.level for name, r in definition.requirements.items()
    }.items()


def as_yaml(overlay: dict[str, Any]) -> str:
    """Each section as JSON, which is YAML."""
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in overlay.items())
