"""What can be recorded, moved and required; tables on any terminal; the proof that nobody rewrote anything."""

from __future__ import annotations

import sqlite3

import pytest

from tests.cli.conftest import OFFICE, PLANT, Desk
from tests.cli.test_commands import PLANTS
from workflow.cli.catalogue import TOPICS
from workflow.cli.sheets import Sheet, wrapped
from workflow.verdicts.render.voice import width

MODEL = "advanced-nature-2005"


@pytest.fixture
def plants(desk: Desk) -> Desk:
    desk.run("new", PLANT, "--rehearsal", "--now", "2026-03-02")
    desk.run("import", desk.write("roster.csv", PLANTS))
    return desk


# -- show --------------------------------------------------------------------------------------------------------------


def test_check_sums_up_in_a_table(desk: Desk) -> None:
    lines = desk.run("check", OFFICE).stdout.splitlines()
    assert lines[0] == "Moving twelve offices (office-move, version 1) is in order."
    assert [line.split()[-1] for line in lines[1:11]] == ["2", "5", "2", "1", "1", "0", "2", "1", "0", "0"]
    assert lines[-1] == f"What it holds in full: `workflow show {OFFICE}`"


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_topic_in_words_and_in_json(desk: Desk, topic: str, lang: str) -> None:
    listed = desk.json("show", MODEL, topic, "--lang", lang)
    said = desk.run("show", MODEL, topic, "--lang", lang).stdout
    assert len(listed) > 4
    for plain in (listed[0], listed[-1]):
        assert plain["id"] in said
        assert f"[{plain['id']}]" in desk.run("show", MODEL, topic, plain["id"], "--lang", lang).stdout
    assert not any(line.endswith(" ") for line in said.splitlines())


def test_one_item_in_full(desk: Desk) -> None:
    said = desk.run("show", MODEL, "records", "inspection", "--lang", "zh").stdout
    assert "有权者：" in said
    assert "合格（pass）" in said
    said = desk.run("show", MODEL, "requirements", "study_hours").stdout
    assert "check: sum(a.hours for a in member.attendance) >= study_hours" in said
    assert "remedy: hold make-up lessons" in said


def test_a_deadline_says_how_and_at_what_time_it_is_announced(desk: Desk) -> None:
    said = desk.run("show", PLANT, "deadlines", "grave_hazard").stdout
    assert "due: 3 d after hazard" in said
    assert "announced: -1 d foreman, 0 d foreman, +1 d safety officer, +2 d head office" in said
    assert "on closed days too: yes" in said
    assert "letters at: foreman 07:30, safety officer 07:30, head office 09:00" in said
    said = desk.run("show", MODEL, "deadlines", "next_visit", "--lang", "zh").stdout
    assert "发出时刻：督导组 08:30、教育活动办公室 16:00" in said
    assert "休息日" not in said


def test_the_campaigns_own_definition_and_its_roster(plants: Desk) -> None:
    assert "hazard" in plants.run("show", "cases").stdout
    assert [branch["id"] for branch in plants.json("show", "branches")] == ["north", "south"]
    said = plants.run("show", "people", "--lang", "zh").stdout
    assert "fay   Fay" in said
    assert "车间主任（north）" in said
    assert "boiler · work" in plants.run("show", "branches", "north").stdout


def test_show_says_what_there_is(desk: Desk) -> None:
    assert "did you mean records?" in desk.run("show", MODEL, "recrods", code=2).stderr
    assert "did you mean session (" in desk.run("show", MODEL, "records", "sesion", code=2).stderr
    assert "too much on the command line: more" in desk.run("show", MODEL, "records", "session", "more", code=2).stderr
    assert f"({MODEL}, " in desk.run("show", global_options=False, code=2).stderr
    for command in ("new", "check", "show"):
        said = desk.run(command, "advanced-nature-205", code=2).stderr
        assert f"did you mean {MODEL}?" in said
        assert "comes with the program" in said


def test_a_list_that_is_cut_says_how_to_see_the_rest(desk: Desk) -> None:
    desk.run("new", MODEL)
    desk.run("import", desk.write("roster.csv", "branch,person,name,roles\nb1,ann,Ann,clerk\n"))
    said = desk.run("record", "b1", "qqqq", "--by", "ann", code=2).stderr
    assert "more (`workflow show records` lists them all)" in said
    assert "用 `workflow show records` 全部列出" in desk.run("record", "b1", "qqqq", "--by", "ann", "--lang", "zh", code=2).stderr


def test_what_is_missing_is_named_with_its_options(desk: Desk) -> None:
    desk.run("new", MODEL)
    desk.run("import", desk.write("roster.csv", "branch,person,name,roles\nb1,ann,Ann,office\n"))
    said = desk.run("record", "b1", "inspection", "--by", "ann", "--lang", "zh", code=2).stderr
    assert "缺少“结论”：应为 合格（pass）、" in said


# -- tables ------------------------------------------------------------------------------------------------------------


def sheet() -> Sheet:
    made = Sheet("What holds up how many", ("in the way, or waiting", "total", "code"), frozenset({"total"}))
    made.add_row("Every member has at least 26.67 h of collective study", "12", "collective_hours")
    made.add_row("每名党员集中学习不少于26.67小时，缺课均已补课", "3", "make_ups_done", style="bold")
    return made


@pytest.mark.parametrize("space", [200, 100, 60, 45, 30, 24])
def test_no_word_or_code_is_ever_broken(space: int) -> None:
    lines = [line.cells[0] for line in sheet().lines(space)]
    assert max(map(width, lines)) <= space
    assert not any(line.endswith(" ") for line in lines)
    text = " ".join(lines)
    assert all(word in text for word in ("collective_hours", "make_ups_done", "collective", "26.67小时" if space > 100 else "每名"))


def test_a_narrow_table_becomes_a_block_for_each_row() -> None:
    lines = [line.cells[0] for line in sheet().lines(24)]
    assert "    total  12" in lines
    assert "    code  make_ups_done" in lines


def test_long_lines_go_on_below_their_indent() -> None:
    line = "        found 0, required at least 1 (29): Ann (ann), Ben (ben), Cho (cho)"
    assert wrapped(line, 40) == ["        found 0, required at least 1", "          (29): Ann (ann), Ben (ben),", "          Cho (cho)"]
    assert wrapped(line, 100) == [line]


# -- cases -------------------------------------------------------------------------------------------------------------


def test_cases_come_open_first_and_in_natural_order(plants: Desk) -> None:
    for n in range(11):
        plants.run("case", "open", "north", "hazard", "--by", "fay", "--set", f"place=room {n}", "--set", "grave=no")
    plants.run("case", "move", "north", "hazard-2", "remove", "--by", "fay")
    plants.run("case", "move", "north", "hazard-2", "accept", "--by", "sam")
    listed = [case["id"] for case in plants.json("case", "list", "north")]
    assert listed == [f"hazard-{n}" for n in (1, *range(3, 12), 2)]
    assert "事项共 10 项，其中尚未办结 10 项" in plants.run("case", "list", "north", "--open", "--lang", "zh").stdout
    refused = plants.run("case", "move", "north", "hazard-2", "accept", "--by", "sam", code=1).stdout
    assert "“accept” may not be made for hazard-2 of North plant at closed:" in refused


# -- verify ------------------------------------------------------------------------------------------------------------


def test_a_whole_ledger_is_verified(plants: Desk) -> None:
    assert plants.run("verify").stdout.startswith("✓ The ledger is whole: 4 events in 3 streams")
    assert "各表与台账一致" in plants.run("verify", "--lang", "zh").stdout
    assert plants.json("verify")["whole"] is True


def test_a_table_that_was_changed_is_found(plants: Desk) -> None:
    with sqlite3.connect(plants.db) as db:
        db.execute("UPDATE workflow_branch SET state = 'boiler.trial' WHERE id = 'north'")
    db.close()
    said = plants.run("verify", code=1).stdout
    assert "✗ table workflow_branch, row north: state is 'boiler.trial', the ledger says 'boiler.work'" in said


def test_an_event_that_was_changed_is_found(plants: Desk) -> None:
    with sqlite3.connect(plants.db) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE workflow_event SET actor = 'somebody' WHERE kind = 'roster'")
    db.close()
    found = plants.json("verify", code=1)
    assert [(each["stream"], each["seq"]) for each in found["breaks"]] == [("branch:north", 1), ("branch:south", 1)]
    assert found["compared"] is False
    assert "? The tables were not compared" in found["text"]
