"""Pictures: what they say, that nothing in them overlaps, and that they stand alone."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from attrs import evolve
from hand_made import case, gate, invariant, made, move, requirement, stage, step
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.definition.diagram import draw
from workflow.definition.diagram.picture import picture
from workflow.definition.diagram.sheet import Box, Corners, Rail, Sheet, Words, width_of, wrap
from workflow.definition.diagram.words import Voice
from workflow.definition.loading import load_file
from workflow.definition.model import Definition

ROOT = Path(__file__).parents[2]
FILES = ["examples/office-move.yaml", "examples/plant-safety.yaml", "examples/trial-sites.yaml", "definitions/advanced-nature-2005.yaml"]


def loaded(name: str) -> Definition:
    return load_file(ROOT / name)


# --- nothing overlaps ---------------------------------------------------------------------------------------------------


def overlap(one: Corners, other: Corners) -> bool:
    slack = 0.5
    return one[0] + slack < other[2] and other[0] + slack < one[2] and one[1] + slack < other[3] and other[1] + slack < one[3]


def within(inner: Corners, outer: Corners) -> bool:
    return outer[0] <= inner[0] + 0.5 and outer[1] <= inner[1] + 0.5 and inner[2] <= outer[2] + 0.5 and inner[3] <= outer[3] + 0.5


def assert_clear(sheet: Sheet) -> None:
    """No words on words, no line through words, no box half over another or half over words, nothing outside the paper."""
    words = [item.corners for item in sheet.items if isinstance(item, Words)]
    boxes = [item.corners for item in sheet.items if isinstance(item, Box)]
    for one, other in combinations(words, 2):
        assert not overlap(one, other)
    for rail in (item for item in sheet.items if isinstance(item, Rail)):
        for start, end in pairwise(rail.points):
            line = (min(start[0], end[0]), min(start[1], end[1]) - 0.6, max(start[0], end[0]) + 0.6, max(start[1], end[1]) + 0.6)
            assert [word for word in words if overlap(line, word)] == [], rail
    for box, other in combinations(boxes, 2):
        assert not overlap(box, other) or within(box, other) or within(other, box)
    for box in boxes:
        assert [word for word in words if overlap(box, word) and not within(word, box)] == []
    assert all(within(item.corners, (0, 0, sheet.width, sheet.height)) for item in sheet.items)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", FILES)
def test_no_two_labels_overlap(name: str, lang: str) -> None:
    assert_clear(picture(Voice(loaded(name), lang), legend=True))


def test_ways_from_stage_to_stage_have_lanes_of_their_own() -> None:
    hall = gate(
        "hall",
        "working applied",
        move("apply", "working > applied"),
        move("approve", "applied > next_stage", "office group"),
        move("return_to_the_very_beginning", "applied > one.working", "office"),
        move("leap", "working, applied > three.applied", "secretary"),
    )
    assert_clear(picture(Voice(made(hall, stage("one", "hall"), stage("two", "hall"), stage("three", "hall")), "en"), legend=True))


def test_steps_side_by_side_and_with_far_dependencies() -> None:
    steps = [step(name, after=("root",)) for name in ("a", "b_which_has_a_long_name", "c", "d")]
    last = step("last", after=("a", "d", "root"), requires=("filed",))
    definition = made(
        gate("g", "working", move("go", "working > next_stage")), stage("one", "g", step("root"), *steps, last), requirement("filed")
    )
    sheet = picture(Voice(definition, "en"), legend=True)
    assert_clear(sheet)
    assert "after: a, d, root" in " ".join(item.text for item in sheet.items if isinstance(item, Words))


@st.composite
def machines(draw: st.DrawFn) -> Definition:
    names = "draft sent seen closed!"
    ids = names.rstrip("!").split()
    target = st.sampled_from([*ids, "next_stage", "one.seen", "two.draft", ""])
    notes = st.sampled_from(["", "r1", "r1 r2"])
    ways = draw(st.lists(st.tuples(st.sampled_from(ids), target, st.sampled_from(["office", "office group secretary"]), notes), max_size=9))
    word = st.text("ab 中文，-", min_size=1, max_size=40)
    moves = [move(f"{draw(word)}{n}", f"{source} > {to}", by, needs) for n, (source, to, by, needs) in enumerate(ways)]
    kept = [each for each in moves if each.to is None or (each.to in ids)]
    needed = [evolve(requirement("r1"), title=requirement("x" * 90).title), requirement("r2")]
    return made(gate("g", names, *moves), stage("one", "g"), stage("two", "g"), case("item", names, *kept), *needed)


@settings(max_examples=60, deadline=None)
@given(machines())
def test_no_two_labels_overlap_whatever_the_machine(definition: Definition) -> None:
    assert_clear(picture(Voice(definition, "en"), legend=True))


def test_words_break_between_words_and_between_chinese_characters() -> None:
    assert wrap("transfer-analysis meeting", 10, 80) == ["transfer-", "analysis", "meeting"]
    assert wrap("党员学习不少于四十小时，集中学习", 10, 60) == ["党员学习不少", "于四十小时，", "集中学习"]
    assert wrap("于四十小时间，集中", 10, 60) == ["于四十小时", "间，集中"]
    assert wrap("x" * 12, 10, 30) == ["xxxxx", "xxxxx", "xx"]
    assert wrap("", 10, 30) == [""]
    assert width_of("学习", 10) == 20
    assert width_of("ab", 10) == 12


# --- SVG and HTML -------------------------------------------------------------------------------------------------------

SVG = "{http://www.w3.org/2000/svg}"


def said(text: ElementTree.Element) -> str:
    """What a text element shows, without what it says on hover."""
    return (text.text or "") + "".join(child.tail or "" for child in text)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", FILES)
def test_svg_is_well_formed_and_shows_every_title(name: str, lang: str) -> None:
    definition = loaded(name)
    drawn = draw(definition, lang=lang, format="svg")
    root = ElementTree.fromstring(drawn)
    shown = "".join(said(text) for text in root.iter(f"{SVG}text")).replace(" ", "")
    phases = [phase for each in definition.gates.values() for phase in each.phases.values()]
    phases += [state for kind in definition.cases.values() for state in kind.states.values()]
    moves = [move for gate in definition.gates.values() for move in gate.moves.values()]
    steps = [step for stage in definition.stages.values() for step in stage.steps.values()]
    for part in (*phases, *moves, *steps, *definition.stages.values()):
        assert part.title.say(lang).replace(" ", "") in shown
    for guard in definition.requirements.values():
        assert guard.title.say(lang, **definition.texts).replace(" ", "") in shown


def test_arrows_say_on_hover_who_and_what() -> None:
    root = ElementTree.fromstring(draw(loaded("examples/plant-safety.yaml"), lang="en", format="svg"))
    hovers = {title.text for group in root.iter(f"{SVG}g") for title in group.iter(f"{SVG}title")}
    assert "trial --release(head)--> next stage\nR1 No grave hazard is open\nR2 The trial run has lasted 14 days" in hovers
    assert "removed --accept(safety)--> closed\n≠ not by who made “remove”" in hovers


def test_guards_beside_an_arrow() -> None:
    definition = loaded("examples/trial-sites.yaml")
    gate, voice = definition.gates["opening"], Voice(definition, "en")
    notes = [
        f"{note.mark} {note.text}"
        for name in gate.moves
        for note in voice.notes(gate.moves[name], gate.moves[name].requires, gate.moves.values())
    ]
    assert notes == [
        "R4 All steps of the stage are closed",
        "✎ states: reason",
        "↻ starts the next attempt",
        "R5 The initiation visit was passed",
        "≠ not by who made “invite”, anyone on the roll",
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", FILES)
def test_html_stands_alone(name: str, lang: str) -> None:
    page = draw(loaded(name), lang=lang, format="html")
    assert page.startswith("<!doctype html>")
    assert f'<html lang="{lang}">' in page
    for outside in ("src=", "href=", "@import", "url(", "<script"):
        assert outside not in page
    assert page.replace("http://www.w3.org/2000/svg", "").count("http") == 0


def test_html_tables_of_moves_and_requirements() -> None:
    page = draw(loaded("examples/plant-safety.yaml"), lang="zh", format="html")
    assert "<td>试运行</td><td><b>放行</b><br><i>release</i></td><td>下一阶段</td><td>总部</td>" in page
    assert "<li><mark>R2</mark> 试运行满14天 <i>· 安全令第4号</i></li></ul></td></tr>" in page
    assert '<span class="good">✓ 已证明</span></td><td><b>未经试运行和总部放行不得进入下一步</b>' in page


def test_html_marks_an_invariant_that_does_not_hold_and_escapes_names() -> None:
    approve = move("a<b>", "working > next_stage")
    definition = made(gate("g", "working", approve), stage("one", "g"), stage("two", "g"), invariant("kept", "one > two", "other"))
    page = draw(definition, lang="en", format="html")
    assert '<span class="bad">✗ can be bypassed</span>' in page
    assert "a&lt;b&gt;" in page
    assert "a<b>" not in page


# --- Mermaid ------------------------------------------------------------------------------------------------------------

PLANTS_EN = """\
stateDiagram-v2
  direction TB
  [*] --> stage_boiler
  state "1 boiler" as stage_boiler {
    state "work" as boiler__work
    state "trial run" as boiler__trial
    state "stopped" as boiler__stopped
    [*] --> boiler__work
    boiler__work --> boiler__trial: start the trial run [foreman] (No grave hazard is open)
    boiler__trial --> boiler__stopped: stop [safety officer]
    boiler__stopped --> boiler__work: resume [head office]
    boiler__trial --> [*]: release [head office] (No grave hazard is open#59; The trial run has lasted 14 days)
  }
  state "2 production line" as stage_line {
    state "work" as line__work
    state "trial run" as line__trial
    state "stopped" as line__stopped
    [*] --> line__work
    line__work --> line__trial: start the trial run [foreman] (No grave hazard is open)
    line__trial --> line__stopped: stop [safety officer]
    line__stopped --> line__work: resume [head office]
    line__trial --> [*]: release [head office] (No grave hazard is open#59; The trial run has lasted 14 days)
  }
  stage_boiler --> stage_line: release
  stage_line --> [*]: release
  state "case#58; hazard" as case_hazard {
    state "found" as case_hazard__found
    state "removed" as case_hazard__removed
    state "closed" as case_hazard__closed
    [*] --> case_hazard__found
    case_hazard__found --> case_hazard__removed: remove [foreman]
    case_hazard__removed --> case_hazard__found: reject [safety officer]
    case_hazard__removed --> case_hazard__closed: accept [safety officer]
    case_hazard__closed --> [*]
  }
"""

PLANTS_ZH = """\
stateDiagram-v2
  direction TB
  [*] --> stage_boiler
  state "1 锅炉" as stage_boiler {
    state "施工" as boiler__work
    state "试运行" as boiler__trial
    state "停用" as boiler__stopped
    [*] --> boiler__work
    boiler__work --> boiler__trial: 开始试运行 [车间主任] (无未消除的重大隐患)
    boiler__trial --> boiler__stopped: 停用 [安全员]
    boiler__stopped --> boiler__work: 恢复施工 [总部]
    boiler__trial --> [*]: 放行 [总部] (无未消除的重大隐患#59; 试运行满14天)
  }
  state "2 生产线" as stage_line {
    state "施工" as line__work
    state "试运行" as line__trial
    state "停用" as line__stopped
    [*] --> line__work
    line__work --> line__trial: 开始试运行 [车间主任] (无未消除的重大隐患)
    line__trial --> line__stopped: 停用 [安全员]
    line__stopped --> line__work: 恢复施工 [总部]
    line__trial --> [*]: 放行 [总部] (无未消除的重大隐患#59; 试运行满14天)
  }
  stage_boiler --> stage_line: 放行
  stage_line --> [*]: 放行
  state "事项：隐患" as case_hazard {
    state "已发现" as case_hazard__found
    state "已消除" as case_hazard__removed
    state "已销号" as case_hazard__closed
    [*] --> case_hazard__found
    case_hazard__found --> case_hazard__removed: 消除 [车间主任]
    case_hazard__removed --> case_hazard__found: 退回 [安全员]
    case_hazard__removed --> case_hazard__closed: 验收 [安全员]
    case_hazard__closed --> [*]
  }
"""


@pytest.mark.parametrize(("lang", "expected"), [("en", PLANTS_EN), ("zh", PLANTS_ZH)])
def test_mermaid_of_the_plants(lang: str, expected: str) -> None:
    assert draw(loaded("examples/plant-safety.yaml"), lang=lang, format="mermaid") == expected


def test_mermaid_keeps_its_own_signs_out_of_labels_and_names_far_targets() -> None:
    odd = gate("g", "working ready", move("go: on; #1", "working > end.ready", requires="filed"), move("next", "ready > next_stage"))
    definition = made(odd, stage("one", "g"), stage("two", "g"), stage("end", "g"), requirement("filed"))
    lines = draw(definition, lang="en", format="mermaid").splitlines()
    assert "    one__working --> [*]: go#58; on#59; #35;1 [office] (filed)" in lines
    assert "  stage_one --> stage_end: go#58; on#59; #35;1 → end · ready" in lines
    assert "  stage_end --> [*]: next" in lines


def test_steps_are_moves_in_mermaid() -> None:
    lines = draw(loaded("examples/trial-sites.yaml"), lang="en", format="mermaid").splitlines()
    assert "    preparation__preparing --> preparation__preparing: close papers [coordinator] (The site contract is signed)" in lines


def test_requirements_that_do_not_block_say_so() -> None:
    mild = evolve(requirement("filed"), level="warn")
    voice = Voice(made(gate("g", "a"), stage("s", "g"), mild), "zh")
    assert voice.requirement(mild) == "filed（仅警示）"


def test_ids_are_shown_only_where_titles_say_something_else() -> None:
    page = draw(loaded("examples/plant-safety.yaml"), lang="en", format="html")
    assert "<td><b>release</b></td>" in page
    assert "<td><b>start the trial run</b><br><i>start_trial</i></td>" in page


def test_references_to_something_outside_are_folded_away() -> None:
    definition = loaded("definitions/advanced-nature-2005.yaml")
    page = draw(definition, lang="en", format="html")
    before, *folded = page.split("<details>")
    assert "inventory:" not in before
    assert all("inventory:" not in part.partition("</details>")[2] for part in folded)
    outside = {source for each in definition.requirements.values() for source in each.basis if source not in definition.instruments}
    assert all(any(source in part.partition("</details>")[0] for part in folded) for source in outside)


def test_who_may_not_is_called_by_the_title_of_the_field() -> None:
    definition = loaded("definitions/advanced-nature-2005.yaml")
    kind = definition.cases["rectification"]
    fields = [name for move in kind.moves.values() for name in move.not_by if name in kind.all_fields]
    assert fields
    for lang in ("en", "zh"):
        voice = Voice(definition, lang)
        notes = [note.text for move in kind.moves.values() for note in voice.notes(move, (), kind.moves.values(), kind.all_fields)]
        assert any(kind.all_fields[fields[0]].title.say(lang) in note for note in notes)


def test_what_a_stage_requires_stands_at_the_arrow_too() -> None:
    hall = gate("hall", "working ready", move("apply", "working > ready"), move("go", "ready > next_stage"))
    asking = evolve(stage("two", "hall"), requires={"apply": ("filed",), "go": ()})
    sheet = picture(Voice(made(hall, stage("one", "hall"), asking, requirement("filed")), "en"), legend=False)
    assert_clear(sheet)
    words = [item.text for item in sheet.items if isinstance(item, Words)]
    assert words.count("required in this stage as well") == 1
    assert words.count("in 2 two as well") == 1
    assert words.count("R1") == 2


def test_the_numbers_of_many_requirements_keep_clear_of_their_texts() -> None:
    needed = [requirement(f"r{n}") for n in range(1, 121)]
    drawn = picture(Voice(made(gate("g", "a", move("go", "a > next_stage")), stage("s", "g"), *needed), "en"), legend=True)
    assert_clear(drawn)
    chips = {item.text: item.corners[2] for item in drawn.items if isinstance(item, Words) and item.kind == "chip-text"}
    texts = {item.text: item.x for item in drawn.items if isinstance(item, Words) and item.kind == "text"}
    assert min(texts[f"r{n}"] - chips[f"R{n}"] for n in range(100, 104)) > 4
