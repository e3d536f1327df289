"""What each command answers, in words and in JSON, and how it says what went wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import OFFICE, PLANT, TRIAL, Desk
from tests.conftest import Snapshot
from tests.story import DEFINITION

PLANTS = """branch,title,batch,group,person,name,roles
north,North plant,1,east,fay,Fay,foreman
south,South plant,2,east,gus,Gus,foreman
,,,east,sam,Sam,safety
,,,,hana,Hana,head
"""
SITES = """branch,title,person,name,status,roles
s1,Site 1,ann,Ann,investigator,
s1,Site 1,ben,Ben,nurse,
s1,Site 1,cho,Cho,coordinator,coordinator
,,spo,Spo,,sponsor
"""


@pytest.fixture
def plants(desk: Desk) -> Desk:
    desk.run("new", PLANT, "--rehearsal", "--now", "2026-03-02")
    desk.run("import", desk.write("roster.csv", PLANTS))
    return desk


@pytest.fixture
def sites(desk: Desk) -> Desk:
    desk.run("new", TRIAL, "--rehearsal", "--now", "2026-03-02")
    desk.run("import", desk.write("roster.csv", SITES))
    return desk


# -- files -------------------------------------------------------------------------------------------------------------


def test_check_knows_the_definitions_that_come_with_the_program(desk: Desk) -> None:
    assert "(advanced-nature-2005, version 1) is in order" in desk.run("check", "advanced-nature-2005").stdout
    assert desk.json("check", str(DEFINITION))["requirements"] > 90


def test_check_lists_every_fault_and_exits_2(desk: Desk) -> None:
    text = Path(OFFICE).read_text(encoding="utf-8").replace("by: team}\nreq", "by: teem}\nreq").replace("<= ceiling", "<= ceilling")
    path = desk.write("faulty.yaml", text)
    result = desk.run("check", path, code=2)
    assert result.stdout == ""
    assert "did you mean ceiling?" in result.stderr
    assert "teem" in result.stderr
    assert f"{path}:" in result.stderr
    assert "2 faults" in result.stderr
    answer = json.loads(desk.run("check", path, "--json", code=2).stderr)
    assert (answer["code"], len(answer["faults"])) == ("definition", 2)
    assert "共 2 处错误" in desk.run("--lang", "zh", "check", path, code=2, global_options=False).stderr


def test_check_finds_what_loads_but_is_wrong(desk: Desk) -> None:
    text = Path(OFFICE).read_text(encoding="utf-8").replace("phases: [working, applied]", "phases: [working, applied, nowhere]")
    stderr = desk.run("check", desk.write("trap.yaml", text), code=2).stderr
    assert "gates.approval.phases.nowhere" in stderr
    assert "trap.yaml:19:" in stderr
    desk.run("new", str(desk.folder / "trap.yaml"), code=2)


def test_draw_to_the_screen_and_to_files(desk: Desk) -> None:
    assert desk.run("draw", OFFICE).stdout.startswith("stateDiagram-v2")
    assert desk.json("draw", OFFICE)["text"].startswith("stateDiagram-v2")
    for name, form, start in (("a.svg", "svg", "<svg"), ("a.html", "html", "<!doctype html"), ("a.mmd", "mermaid", "stateDiagram-v2")):
        path = desk.folder / name
        assert desk.run("draw", OFFICE, "-o", str(path)).stdout.strip() == f"written: {path}"
        assert desk.json("draw", OFFICE, "-o", str(path)) == {"written": str(path), "format": form, "text": f"written: {path}"}
        assert path.read_text(encoding="utf-8").lower().lstrip().startswith(start.lower())
    assert "name it .svg, .html or .mmd" in desk.run("draw", OFFICE, "-o", str(desk.folder / "a.png"), code=2).stderr
    assert desk.run("draw", PLANT, "--format", "svg").stdout.startswith("<svg")
    two = desk.run("draw", PLANT, "--format", "svg", "-o", str(desk.folder / "z.html"), code=2).stderr
    assert "z.html is html, --format says svg: leave one out" in two
    assert not (desk.folder / "z.html").exists()


def test_new_twice_on_one_database(desk: Desk) -> None:
    desk.run("new", OFFICE)
    assert "holds a campaign already" in desk.run("new", OFFICE, code=2).stderr


def test_only_a_rehearsal_chooses_its_time(desk: Desk) -> None:
    assert "only a rehearsal may choose its time" in desk.run("new", OFFICE, "--now", "2026-01-01", code=2).stderr
    desk.run("new", OFFICE)
    assert "only a rehearsal may choose its time" in desk.run("board", "--now", "2026-01-01", code=2).stderr


def test_a_rehearsal_does_not_go_back_behind_its_last_event(desk: Desk) -> None:
    desk.run("new", OFFICE, "--rehearsal", "--now", "2026-03-02T09:00")
    refused = desk.run("board", "--now", "2026-03-02T08:59", code=2).stderr
    assert refused == "error: the campaign stands at 2026-03-02T09:00; it cannot go back to 2026-03-02T08:59 (UTC)\n"
    desk.run("board", "--now", "2026-03-02T09:00")
    desk.run("board", "--now", "2026-03-02")  # the day it stands in
    assert "cannot go back to 2026-03-01T00:00" in desk.run("board", "--now", "2026-03-01", code=2).stderr


def test_example_writes_what_can_be_imported(desk: Desk) -> None:
    out = desk.folder / "example"
    assert "bureau (seed 7)" in desk.run("example", "bureau", "-o", str(out), "--seed", "7").stdout
    assert (out / "roster.csv").exists()
    assert "--lang" in desk.run("--help", global_options=False).stdout
    assert "--out" in desk.run("example", "bureau", code=2).stderr


# -- facts -------------------------------------------------------------------------------------------------------------


def test_import_tells_rosters_from_records(sites: Desk) -> None:
    lines = [
        {"branch": "s1", "record": "training", "by": "cho", "fields": {"form": "course", "hours": 6}, "lines": ["ben", "cho"]},
        {"branch": "s1", "record": "training", "by": "ann", "fields": {"form": "course", "hours": 6}, "lines": ["ann"]},
    ]
    text = "\n".join(map(json.dumps, lines))
    result = sites.run("import", sites.write("records.jsonl", text), code=1)
    assert "1 document with 2 lines, 0 moves and cases, 1 refused" in result.stdout
    assert "✗ records.jsonl:2: “training” is not entered for Site 1: 1 rule stands in the way. [rule.role]" in result.stdout
    answer = sites.json("import", sites.write("no-suffix", text.replace('"hours": 6', '"hours": 7')), code=1)
    assert [report["documents"] for report in answer] == [1]
    assert answer[0]["refused"][0]["where"] == "no-suffix:2"
    assert sites.json("import", sites.write("roster", SITES))[0]["members"] == 3


def test_import_says_every_fault_and_writes_nothing(sites: Desk) -> None:
    text = '{"branch": "s1", "record": "nothing", "by": "cho"}\n{"branch": "s9", "record": "training", "by": "cho", "lines": ["ben"]}\nx'
    stderr = sites.run("import", sites.write("records.jsonl", text), code=2).stderr
    assert [f"records.jsonl:{n}" in stderr for n in (1, 2, 3)] == [True, True, True]
    assert "3 faults" in stderr
    assert len(sites.run("timeline", "s1").stdout.splitlines()) == 1
    assert "is empty" in sites.run("import", sites.write("empty", ""), code=2).stderr
    assert "No such file" in sites.run("import", str(sites.folder / "missing.thing"), code=2).stderr


def test_warnings_of_a_roster_are_cut_aloud(desk: Desk) -> None:
    desk.run("new", TRIAL)
    rows = "".join(f"s1,Site 1,p{n},Person {n},unheard-of,\n" for n in range(30))
    path = desk.write("roster.csv", SITES.splitlines()[0] + "\n" + rows)
    stderr = desk.run("import", path).stderr
    assert stderr.count("! ") == 20
    assert "and 10 more warnings; --full shows them all" in stderr
    assert desk.run("import", path, "--full").stderr.count("! ") == 30


def test_record_with_lines_given_in_three_ways(sites: Desk) -> None:
    sheet = ("record", "s1", "training", "--by", "cho", "--set", "form=course")
    sites.run(*sheet, "--set", "hours=6", "--line", "ben", "--line", "cho:hours=7", "--happened", "2026-03-01")
    sites.run(*sheet, "--lines", sites.write("lines.csv", "member,hours\nann,12\nben,\n"), "--set", "hours=6")
    sites.run(*sheet, "--lines", sites.write("lines.json", '["ann", {"member": "ben", "hours": 2}]'), "--set", "hours=6")
    timeline = sites.run("timeline", "s1").stdout
    assert timeline.count(", 2 lines") == 3
    payloads = [event["payload"] for event in sites.json("timeline", "s1") if event["kind"] == "record"]
    assert payloads[0]["lines"] == [{"member": "ben"}, {"member": "cho", "hours": 7}]
    assert payloads[1]["lines"] == [{"member": "ann", "hours": 12}, {"member": "ben"}]


def test_what_is_wrong_with_a_record(sites: Desk) -> None:
    stderr = sites.run("record", "s1", "training", "--by", "cho", "--set", "hours=many", "--line", "nobody", code=2).stderr
    assert "form: “form” is missing; expected one of course" in stderr
    assert "'many' is not a number" in stderr
    assert "'nobody' is not on the roll" in stderr
    assert "is not of the form name=value" in sites.run("record", "s1", "visit", "--by", "cho", "--set", "passed", code=2).stderr
    sheet = ("record", "s1", "training", "--by", "cho", "--lines")
    assert "has no column `member`" in sites.run(*sheet, sites.write("a.csv", "who\nann\n"), code=2).stderr
    assert "is not JSON" in sites.run(*sheet, sites.write("a.json", "["), code=2).stderr
    assert "expected a list" in sites.run(*sheet, sites.write("b.json", "{}"), code=2).stderr


def test_withdraw_and_waive(sites: Desk) -> None:
    sites.run("record", "s1", "training", "--by", "cho", "--set", "form=course", "--set", "hours=6", "--line", "ben")
    assert "#2 of Site 1 (training) is withdrawn" in sites.run("withdraw", "s1", "2", "--by", "cho", "--reason", "wrong list").stdout
    assert "was withdrawn already" in sites.run("withdraw", "s1", "2", "--by", "cho", "--reason", "again", code=2).stderr
    waive = ("waive", "s1", "trained", "--reason", "on leave", "--member", "ann", "--member", "ben")
    assert "is not accepted for Site 1" in sites.run(*waive, "--by", "cho", code=1).stdout
    accepted = sites.run(*waive, "--by", "spo", "--until", "2026-12-31").stdout
    assert "is accepted for Site 1" in accepted
    assert "    for: 2 of 3 staff members: Ann, Ben\n    until: 2026-12-31\n    reason: on leave\n" in accepted
    assert "withdrawn: #2 (training): wrong list" in sites.run("timeline", "s1").stdout
    assert "3 staff members" in sites.run("why", "s1").stdout
    assert "waived by Spo (sponsor): on leave, until 2026-12-31" in sites.run("why", "s1", "--full").stdout


def test_a_repeated_key_writes_nothing(plants: Desk) -> None:
    command = ("move", "north", "start_trial", "--by", "fay", "--key", "k1")
    first, second = plants.run(*command).stdout, plants.run(*command).stdout
    assert second.splitlines()[1] == f"{first.splitlines()[1]} · the answer given before: nothing was written again"
    assert first.splitlines()[::2] == second.splitlines()[::2]
    assert len(plants.run("timeline", "north").stdout.splitlines()) == 2
    assert "was used before for another command" in plants.run("move", "north", "stop", "--by", "sam", "--key", "k1", code=2).stderr


# -- cases -------------------------------------------------------------------------------------------------------------


def test_cases(plants: Desk) -> None:
    opened = plants.run("case", "open", "north", "hazard", "--by", "fay", "--set", "place=boiler room", "--set", "grave=yes").stdout
    assert opened.startswith("hazard-1 is opened for North plant: hazard.")
    assert "1 of 1" not in plants.run("move", "north", "start_trial", "--by", "fay", code=1).stdout.splitlines()[0]
    plants.run("case", "ask", "north", "hazard-1", "accept", "--by", "sam", code=1)
    plants.run("case", "move", "north", "hazard-1", "remove", "--by", "fay")
    plants.run("case", "move", "north", "hazard-1", "accept", "--by", "fay", code=1)
    plants.run("case", "move", "north", "hazard-1", "accept", "--by", "sam")
    listed = plants.run("case", "list", "north").stdout
    assert "cases: 1, still open: 0" in listed
    assert "boiler room" in listed
    assert plants.json("case", "list", "north", "--kind", "hazard")[0]["state"] == "closed"
    assert plants.run("case", "list", "south").stdout.strip() == "There are no cases."
    assert plants.run("case", "list", "north", "--open").stdout.strip() == "No case is open."
    assert "there is no case kind hazards" in plants.run("case", "list", "north", "--kind", "hazards", code=2).stderr
    assert "north has no case hazard-7" in plants.run("case", "ask", "north", "hazard-7", "accept", code=2).stderr


# -- questions ---------------------------------------------------------------------------------------------------------


def test_board_counts_every_branch_once(plants: Desk, snapshot: Snapshot) -> None:
    plants.run("case", "open", "north", "hazard", "--by", "fay", "--set", "place=boiler room", "--set", "grave=yes")
    said = [plants.run("board", "--now", "2026-03-09", "--lang", lang).stdout for lang in ("en", "zh")]
    said += [plants.run("board", "--batch", "2").stdout, plants.run("board", "--list", "no_grave_hazard").stdout]
    text = "\n".join(line.rstrip() for part in said for line in [*part.splitlines(), ""])
    snapshot("board", text)
    board = plants.json("board")
    assert board["total"] == 2
    assert sum(len(hold["branches"]) for hold in board["holds"]) == 2
    assert [each["branch"] for each in plants.json("board", "--list", "boiler.work")] == ["north", "south"]
    assert [each["branch"] for each in plants.json("board", "--list", "boiler", "--batch", "1")] == ["north"]
    assert plants.run("board", "--list", "no_grave_hazard", "--all").stdout == plants.run("board", "--list", "no_grave_hazard").stdout
    assert plants.run("board", "--list", "stop").stdout == "waits for: stop [stop]: no plant is here, or held up by it.\n"
    assert "--all goes with --list CODE" in plants.run("board", "--all", code=2).stderr
    assert "did you mean boiler.work?" in plants.run("board", "--list", "boiler.wrok", code=2).stderr
    assert "there is no batch 9" in plants.run("board", "--batch", "9", code=2).stderr


def test_timeline_in_words(plants: Desk, snapshot: Snapshot) -> None:
    plants.run("case", "open", "north", "hazard", "--by", "fay", "--set", "place=boiler room", "--set", "grave=yes")
    plants.run("move", "north", "start_trial", "--by", "fay", code=1)
    plants.run("case", "move", "north", "hazard-1", "remove", "--by", "fay", "--now", "2026-03-03T09:00")
    plants.run("case", "move", "north", "hazard-1", "accept", "--by", "sam")
    plants.run("move", "north", "start_trial", "--by", "fay", "--now", "2026-03-04T08:30")
    plants.run("waive", "north", "tried", "--by", "hana", "--reason", "same type as before", "--until", "2026-12-31")
    plants.run("move", "north", "stop", "--by", "sam")
    plants.run("move", "north", "resume", "--by", "hana")
    said = [plants.run("timeline", "north", "--lang", lang).stdout for lang in ("en", "zh")]
    said += [plants.run("timeline", "--campaign").stdout, plants.run("timeline", "north", "--attempts").stdout]
    snapshot("timeline", "\n".join(line.rstrip() for part in said for line in [*part.splitlines(), ""]))
    events = plants.json("timeline", "north")
    assert [event["seq"] for event in events] == list(range(1, 10))
    assert all(event["text"] for event in events)
    assert [attempt["number"] for attempt in plants.json("timeline", "north", "--attempts")] == [1, 2]
    assert "name a branch, or give --campaign" in plants.run("timeline", code=2).stderr
    assert "either north or --campaign, not both" in plants.run("timeline", "north", "--campaign", code=2).stderr


def test_why_in_words_and_in_json(plants: Desk) -> None:
    assert plants.run("why", "south").stdout.startswith("South plant at boiler · work waits for: start the trial run, by Gus (foreman).")
    assert plants.json("why", "south")["waiting_for"] == "start_trial"
    for meant in ("souht", "SOUTH", "South Plant", "south pl"):
        assert "did you mean south (South plant)?" in plants.run("why", meant, code=2).stderr


# -- every command -----------------------------------------------------------------------------------------------------


def test_globals_stand_before_or_after_the_command(plants: Desk) -> None:
    before = plants.run("--db", plants.db, "--lang", "zh", "--json", "why", "north", global_options=False).stdout
    after = plants.run("why", "north", "--json", "--lang", "zh", "--db", plants.db, global_options=False).stdout
    assert before == after
    assert json.loads(after)["text"].startswith("North plant")


def test_misuse_is_said_in_the_readers_language(desk: Desk) -> None:
    cases = {
        ("why",): ("BRANCH is missing", "缺少 BRANCH"),
        ("why", "a", "b"): ("too much on the command line: b", "多余的参数：b"),
        ("why", "a", "--nothing"): ("there is no option --nothing", "没有选项 --nothing"),
        ("move", "a", "b"): ("--by is missing", "缺少 --by"),
        ("withdraw", "a", "x", "--by", "b", "--reason", "c"): ("seq: expected a whole number", "SEQ：应为整数"),
        ("wy", "a"): ("did you mean why?", "是否指 why？"),
        ("why", "a", "--now", "soon"): ("'soon' is not a time", "'soon' 不是形如"),
        ("why", "a", "--db"): ("--db needs a value", "--db 须带一个值"),
        ("case", "why"): ("there is no command why", "没有命令 why"),
    }
    for args, (en, zh) in cases.items():
        said = [desk.run("--lang", lang, *args, code=2, global_options=False).stderr for lang in ("en", "zh")]
        assert en.lower() in said[0].lower(), said
        assert zh in said[1], said


def test_faults_in_json_are_json(desk: Desk) -> None:
    result = desk.run("why", "a", "--json", "--lang", "zh", code=2, global_options=False)
    assert result.stdout == ""
    assert json.loads(result.stderr) == {"code": "no-database", "message": "哪个数据库？请给出 --db 路径，或设置 WORKFLOW_DB", "faults": []}
    assert json.loads(desk.run("why", "--json", code=2).stderr)["code"] == "usage"


def test_a_file_that_is_no_database(desk: Desk) -> None:
    desk.write("test.db", "not a database at all, not at all" * 40)
    assert "cannot be used as a database" in desk.run("board", code=2).stderr
    Path(desk.db).unlink()
    assert "create one with `workflow new`" in desk.run("board", code=2).stderr


def test_what_is_exported_is_a_workbook_or_a_folder(sites: Desk, tmp_path: Path) -> None:
    said = sites.run("export", str(tmp_path / "all.pdf"), code=2).stderr
    assert "what is written is a workbook (FILE.xlsx), or CSV files into a folder (a name without .pdf)" in said
    assert not (tmp_path / "all.pdf").exists()
    said = sites.run("export", str(tmp_path / "nowhere" / "all.xlsx"), code=2).stderr
    assert said == f"error: {tmp_path / 'nowhere' / 'all.xlsx'}: No such file or directory\n"
