"""The command `rehearse`: what it plays, what it says, and how it fails."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from attrs import evolve
from jsonschema import Draft202012Validator

import workflow
from tests.cli.conftest import Desk
from tests.conftest import Snapshot
from tests.simulation.clusters import until
from tests.simulation.forecasts import FIXED, branches, compiled
from tests.simulation.rehearsals import Stage
from tests.simulation.small_plan import DEFINITION as SMALL
from tests.simulation.small_plan import RULES
from tests.simulation.test_interrupted import INTERRUPTED
from tests.story import ROOT
from workflow.cli import show
from workflow.cli.planning.rehearsal_views import Played, words
from workflow.cli.planning.rehearsing import _Post
from workflow.cli.planning.sources import Subject
from workflow.engine.campaign import Campaign
from workflow.ledger import CAMPAIGN, branch_stream, head
from workflow.reminders import Address, addresses, set_address
from workflow.reminders.channels import File
from workflow.simulation.rehearsal import Waited, outcome
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

# Members may be absent, a branch waits for those below it, deadlines ring; and nobody can help a branch of the second batch.
DEFINITION = """\
definition: teaching
title: {en: Teaching, zh: 教育}
languages: [en, zh]
calendar: {country: CN, zone: Asia/Shanghai}
roles: {secretary: {scope: branch, title: {en: secretary, zh: 书记}}, office: {scope: all, title: {en: office, zh: 办公室}}}
instruments: {rule-1: {title: {en: Rule, zh: 规定}}}
members: {status: {in_post: {en: in post, zh: 在岗}, retired: {en: retired, zh: 离退休}}}
records:
  attendance: {title: {en: attendance, zh: 出勤}, of: member, fields: {hours: {type: number, title: {en: hours, zh: 学时}}}, by: secretary}
  minutes: {title: {en: minutes, zh: 记录}, of: branch, fields: {what: {type: text, title: {en: what, zh: 内容}}}, by: secretary}
requirements:
  studied:
    title: {en: Every member has studied, zh: 每名党员均已学习}
    each: member
    check: sum(a.hours for a in member.attendance) >= 4
    owner: secretary
    remedy: {en: hold make-up lessons, zh: 组织补课}
    basis: rule-1
  below_first:
    title: {en: The branches below have finished, zh: 所属支部均已结束}
    check: len(c for c in branch.children if c.stage != "finished") == 0
    owner: secretary
    remedy: {en: help those that lag, zh: 帮助进度慢的支部}
    basis: rule-1
  licensed:
    title: {en: The branch has a licence, zh: 支部有许可证}
    check: branch.batch == "1"
    owner: office
    remedy: {en: see the authority, zh: 请示上级}
    basis: rule-1
deadlines:
  learning_end:
    title: {en: End of learning, zh: 学习结束}
    due: {on: learning.planned_end}
    owner: secretary
    until: branch.stage != "learning"
    ladder: [-10d, -3d, 0d, +1d: office]
reminders: {at: 08:30}
gates:
  transfer:
    title: {en: transfer, zh: 转段}
    phases: {working: {en: at work, zh: 进行中}, inspection: {en: inspection, zh: 检查}, make_up: {en: make-up, zh: 补课}}
    moves:
      apply: {title: {en: apply, zh: 申请}, from: working, to: inspection, by: secretary, requires: [studied]}
      approve: {title: {en: approve, zh: 同意}, from: inspection, to: next_stage, by: office}
      require_make_up: {title: {en: require make-up, zh: 要求补课}, from: inspection, to: make_up, by: office}
      inspect_again: {title: {en: inspect again, zh: 复查}, from: make_up, to: inspection, by: office}
stages:
  learning: {title: {en: learning, zh: 学习}, gate: transfer, lasts: 45d, requires: {approve: [studied]}}
  analysis: {title: {en: analysis, zh: 分析}, gate: transfer, requires: {approve: [licensed, below_first]}}
"""
PLAN = """\
plan: lessons
title: {en: Lessons, zh: 课程}
definition: teaching
starts: 2005-01-17
batches: {"1": {from: 2005-01-17, by: 2005-03-31}, "2": {from: 2005-01-24, by: 2005-03-31}}
steps:
  learning.working: {until: planned_end, plus: {triangular: [-2, 0, 3]}, then: apply}
  learning.inspection:
    {served_by: office, takes: 1, unit: working_days, then: {approve: [0.7, 0.9], require_make_up: [0.3, 0.1]}, because: {studied: 1}}
  analysis.working: {takes: {uniform: [8, 12]}, then: apply}
  analysis.inspection: {served_by: office, takes: 1, unit: working_days, then: approve}
  make_up: {takes: {uniform: [5, 9]}}
capacities: {office: {people: 1}}
absence: {attendance: {in_post: 0.9, retired: 0.9}}
"""
MEMBERS = "".join(
    f"{branch},,,,,{branch}-{n},{branch} {n},{('in_post', 'retired')[n % 2]},\n" for branch in ("b1", "b2", "b3") for n in (1, 2, 3)
)
HEAD = "branch,title,batch,group,parent,person,name,status,roles\n"
ROSTER = (
    HEAD
    + "b1,Committee,1,east,,,,,\nb1,,,,,ann,Ann,in_post,secretary\n"
    + "b2,Workshop,1,east,b1,,,,\nb2,,,,,ben,Ben,in_post,secretary\n"
    + "b3,Store,2,west,,,,,\nb3,,,,,cy,Cy,in_post,secretary\n"
    + MEMBERS
    + ",,,,,olga,Olga,,office\n"
)
FIRST = ("--batch", "1")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    for name, text in (("teaching.yaml", DEFINITION), ("plan.yaml", PLAN), ("roster.csv", ROSTER)):
        desk.write(name, text)
    return desk


def rehearse(desk: Desk, *args: str, db: str = "r.db", code: int = 0, lang: str = "en") -> str:
    """What is said on standard output, or where it fails on standard error."""
    words = ["rehearse", str(desk.folder / "plan.yaml"), "--roster", str(desk.folder / "roster.csv")]
    done = desk.run(*words, *args, "--db", str(desk.folder / db), "--lang", lang, code=code, global_options=False)
    return done.stderr if code == 2 else done.stdout


def heads(path: Path) -> dict[str, str]:
    """The last hash of every stream of a ledger."""
    with Campaign.open(path) as campaign:
        streams = [CAMPAIGN, *(branch_stream(branch) for branch, _ in campaign.branches())]
        return {stream: str(head(campaign.store, stream)) for stream in streams}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_said_of_a_rehearsal(desk: Desk, snapshot: Snapshot, lang: str) -> None:
    """A refusal, a branch that waits for the one below it, one that nobody can help, letters: and the ledger is there."""
    said = rehearse(desk, "--seed", "5", lang=lang, code=1)
    snapshot(f"rehearse.{lang}", said.replace(f"{desk.folder}{os.sep}", ""))
    proved = desk.run("verify", "--db", str(desk.folder / "r.db"), "--lang", "en", global_options=False).stdout
    assert proved.startswith("✓ The ledger is whole")
    assert sorted(os.listdir(desk.folder)) == ["plan.yaml", "r.db", "roster.csv", "teaching.yaml"]


def test_what_was_said_is_what_the_ledger_has(desk: Desk) -> None:
    found = json.loads(rehearse(desk, "--seed", "5", "--json", code=1))
    with Campaign.open(desk.folder / "r.db") as campaign:
        told = {branch: list(campaign.timeline(branch)) for branch, _ in campaign.branches()}
        letters, people = campaign.store.row("SELECT COUNT(*), COUNT(DISTINCT person) FROM workflow_notice")
        assert campaign.store.row("SELECT COUNT(*) FROM workflow_event") == (found["outcome"]["events"],)
        assert campaign.store.row("SELECT COUNT(*) FROM workflow_address") == (0,)
    kinds = [event.kind for events in told.values() for event in events]
    assert (kinds.count("moved"), kinds.count("refused")) == (found["outcome"]["moves"], found["outcome"]["refused"])
    assert found["letters"] == {"written": letters, "people": people}
    assert letters > 0
    assert set(found["finished"]) == {"b1", "b2"}
    assert [(held["branch"], held["move"], held["codes"]) for held in found["held"]] == [("b3", "approve", ["licensed"])]
    (waited,) = found["waited"]
    assert (waited["branch"], waited["codes"]) == ("b1", ["below_first"])
    assert waited["on"] < waited["until"] == found["finished"]["b1"] >= found["finished"]["b2"]
    assert {refusal["code"] for refusal in found["outcome"]["refusals"]} == {"studied", "below_first", "licensed"}


def test_json_is_as_its_schema_says(desk: Desk) -> None:
    schema = Draft202012Validator(workflow.schema("rehearsal"))
    whole = json.loads(rehearse(desk, "--json", code=1))
    quiet = json.loads(rehearse(desk, *FIRST, "--json", "--no-reminders", "--set", "office.people=2", db="q.db"))
    for found in (whole, quiet):
        schema.validate(found)
    assert not schema.is_valid({**whole, "more": 1})
    assert not schema.is_valid({**whole, "held": [{}]})
    assert (whole["changes"], quiet["changes"]) == ([], ["office.people=2"])
    assert whole["plan_hash"] != quiet["plan_hash"]
    assert quiet["letters"] is None
    assert [each["batch"] for each in quiet["outcome"]["batches"] if each["branches"]] == ["1"]


# -- words ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def played() -> Played:
    """A branch that has been through without a word."""
    model = compiled(FIXED, branches(1))
    stage = Stage.of(model)
    done = stage.play()
    about = Subject(model.plan, RULES, model.branches, Text.same("roster.csv"))
    came = outcome(stage.campaign, model, done, seed=1)
    return Played(
        about=about, compiled=model, seed=1, changes=(), done=done, outcome=came, db="r.db", now="2005-03-22 18:00",
        until=None, sent=False, letters=None, people=None,
    )  # fmt: skip


def told(played: Played, capsys: pytest.CaptureFixture[str], lang: str = "en") -> list[str]:
    show.draw(*words(Voice(played.about.definition, lang), played))
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("n", "english", "chinese"),
    [
        (
            1,
            "1 move was made and 1 command refused; r.db holds the ledger of 1 event, and",
            "共作出 1 个动作，1 项申请不予通过；台账 1 个事件",
        ),
        (
            1_234,
            "1,234 moves were made and 1,234 commands refused; r.db holds the ledger of 1,234 events, and",
            "共作出 1,234 个动作，1,234 项",
        ),
    ],
)
def test_one_is_one(played: Played, capsys: pytest.CaptureFixture[str], n: int, english: str, chinese: str) -> None:
    so_many = evolve(played, outcome=evolve(played.outcome, moves=n, refused=n, events=n))
    assert told(so_many, capsys)[1].startswith(english)
    assert told(so_many, capsys, "zh")[1].startswith(chinese)


@pytest.mark.parametrize(
    ("sent", "n", "english", "chinese"),
    [
        (False, 1, "1 letter was written to 1 person, and kept.", "共写好 1 封提醒信，收信 1 人；信件留存，未发出。"),
        (False, 1_200, "1,200 letters were written to 1,200 people, and kept.", "共写好 1,200 封提醒信，收信 1,200 人；信件留存，未发出。"),
        (True, 1, "1 letter went to 1 person.", "共发出 1 封提醒信，收信 1 人。"),
        (True, 2, "2 letters went to 2 people.", "共发出 2 封提醒信，收信 2 人。"),
    ],
)
def test_letters_go_where_there_is_somewhere_to_go(
    played: Played, capsys: pytest.CaptureFixture[str], sent: bool, n: int, english: str, chinese: str
) -> None:
    some = evolve(played, sent=sent, letters=n, people=n)
    assert told(some, capsys)[2] == english
    assert told(some, capsys, "zh")[2] == chinese


def test_letters_go_to_the_file_that_was_asked_for(desk: Desk) -> None:
    assert "and kept." in rehearse(desk, *FIRST)
    said = rehearse(desk, *FIRST, "--letters", str(desk.folder / "letters.jsonl"), db="s.db")
    assert re.search(r"^\d+ letters went to \d+ people\.$", said, re.MULTILINE)


def test_who_is_waited_for_where_only_he_is_missing(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    day = date(2005, 3, 1)
    waited = Waited(branch="b01", state="learning.inspection", move="approve", codes=(), on=day, until=date(2005, 3, 4))
    some = evolve(played, done=evolve(played.done, waited=(waited, evolve(waited, codes=("studied",)))))
    for lang, nobody, studied in (
        ("en", "nobody who may (office)", "Studied (studied)"),
        ("zh", "无人有权办理（办公室）", "已学习（studied）"),
    ):
        rows = [line for line in told(some, capsys, lang) if line.startswith("b01")]
        assert [nobody in rows[0], studied in rows[1], nobody in rows[1]] == [True, True, False]


def test_branches_are_called_what_the_definition_calls_them(desk: Desk) -> None:
    desk.write("teaching.yaml", DEFINITION.replace("calendar:", "labels: {branch: {en: depot, zh: depot}}\ncalendar:", 1))
    said = rehearse(desk, "--seed", "5", code=1)
    assert said.splitlines()[0].endswith("3 depots from 2005-01-17; depots of roster.csv.")
    assert [line.split()[0] for line in said.splitlines() if line.endswith("in the way") or "in the way  " in line] == ["depot", "depot"]
    chinese = rehearse(desk, "--seed", "5", lang="zh", code=1, db="s.db")
    assert "3 个 depot，自 2005-01-17 起；depot 取自 roster.csv" in chinese
    assert "支部" not in chinese.replace("支部有许可证", "").replace("所属支部均已结束", "").replace("why 支部、timeline 支部", "")


# -- who comes, and who is written to --------------------------------------------------------------------------------------


def test_who_is_above_a_branch_comes_before_it_whenever_his_batch_begins(desk: Desk) -> None:
    """b2 belongs to b1, which is of the batch that begins a week later."""
    desk.write("roster.csv", ROSTER.replace("b1,Committee,1,", "b1,Committee,2,"))
    rehearse(desk, "--until", "2005-01-18")
    with Campaign.open(desk.folder / "r.db") as campaign:
        assert {branch for branch, _ in campaign.branches()} == {"b1", "b2"}
        assert campaign.store.rows("SELECT id, parent FROM workflow_branch WHERE parent IS NOT NULL") == [("b2", "b1")]
        assert next(campaign.timeline("b1")).recorded_at <= next(campaign.timeline("b2")).recorded_at


def test_who_has_an_address_keeps_it(played: Played, tmp_path: Path) -> None:
    """It is set on the first morning somebody holds a role, and never again: what people change meanwhile stays."""
    stage = Stage.of(played.compiled)
    channel = File(tmp_path / "letters.jsonl")
    post = _Post(stage.campaign, (channel,), "en")
    post.morning()
    store = stage.campaign.store
    assert addresses(store, "officer") == [Address("officer", channel.name, "officer", "en")]
    set_address(store, Address("officer", channel.name, "elsewhere", "zh"), stage.campaign.now)
    stage.enter("b01")
    post.morning()
    assert addresses(store, "officer") == [Address("officer", channel.name, "elsewhere", "zh")]
    assert addresses(store, "secretary-b01") == [Address("secretary-b01", channel.name, "secretary-b01", "en")]


def test_only_a_batch_without_reminders(desk: Desk) -> None:
    said = rehearse(desk, *FIRST, "--no-reminders")
    assert "seed 1: 2 branches from 2005-01-17; branches of roster.csv." in said.splitlines()[0]
    assert "letters" not in said
    assert "Held up" not in said
    assert "b3" not in desk.run("board", "--db", str(desk.folder / "r.db"), "--json", global_options=False).stdout


def test_a_change_is_said(desk: Desk) -> None:
    said = rehearse(desk, *FIRST, "--set", "learning.inspection.takes=3", "--set", "office.people=2").splitlines()
    assert said[1] == "Changed: learning.inspection.takes=3, office.people=2."
    assert said[0] != rehearse(desk, *FIRST, db="s.db").splitlines()[0]  # another hash


def test_up_to_a_day_nobody_is_held_for_good(desk: Desk) -> None:
    """On the day on which b3 is refused first, others are still on their way: they may yet move what is in its way."""
    desk.write(
        "plan.yaml",
        PLAN.replace('"1": {from: 2005-01-17', '"1": {from: 2005-01-27').replace('"2": {from: 2005-01-24', '"2": {from: 2005-01-17'),
    )
    whole = json.loads(rehearse(desk, "--json", code=1))
    with Campaign.open(desk.folder / "r.db") as campaign:
        day = next(
            event.recorded_at[:10] for event in campaign.timeline("b3") if event.kind == "refused" and "licensed" in str(event.payload)
        )
    some = json.loads(rehearse(desk, "--until", day, "--json", db="s.db"))
    assert (some["stands_at"][:10], some["until"], some["held"], some["finished"]) == (day, day, [], {})
    assert "licensed" in {refusal["code"] for refusal in some["outcome"]["refusals"]}
    assert [held["branch"] for held in whole["held"]] == ["b3"]
    assert set(whole["finished"]) == {"b1", "b2"}
    with Campaign.open(desk.folder / "r.db") as campaign, Campaign.open(desk.folder / "s.db") as cut:  # the same story, up to its day
        for branch in ("b1", "b2", "b3"):
            told = [event.hash for event in campaign.timeline(branch)]
            assert [event.hash for event in cut.timeline(branch)] == told[: len(list(cut.timeline(branch)))]


def test_by_the_plan_alone_is_the_day_of_the_ledger_where_no_rule_interferes(desk: Desk) -> None:
    """Nothing by chance, and nothing in the way: what the plan says is what happened, be it at the end of a day or at its beginning."""
    desk.write("small.yaml", SMALL)
    for name, last in (("calendar days", "takes: 10"), ("working days", "takes: 10, unit: working_days")):
        desk.write("plan.yaml", FIXED.replace("takes: 10", last))
        found = json.loads(rehearse(desk, *FIRST, "--json", db=f"{name}.db"))
        (batch,) = [each for each in found["outcome"]["batches"] if each["branches"]]
        assert batch["planned"] == batch["most"] == batch["last"] == max(found["finished"].values())
        assert found["waited"] == []


def test_a_day_begins_with_the_office(desk: Desk) -> None:
    """The first day, too, wherever on earth that is."""
    desk.write("teaching.yaml", DEFINITION.replace("country: CN, zone: Asia/Shanghai", "country: US, zone: America/New_York"))
    found = json.loads(rehearse(desk, *FIRST, "--json", "--until", "2005-01-18"))
    with Campaign.open(desk.folder / "r.db") as campaign:
        assert {next(campaign.timeline(branch)).recorded_at[:16] for branch in ("b1", "b2")} == {"2005-01-17T13:00"}
    assert (found["stands_at"], found["until"]) == ("2005-01-17 08:00", "2005-01-18")


def test_every_letter_arrives_in_the_file(desk: Desk) -> None:
    found = json.loads(rehearse(desk, *FIRST, "--letters", str(desk.folder / "letters.jsonl"), "--json"))
    letters = [json.loads(line) for line in (desk.folder / "letters.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(letters) == found["letters"]["written"] > 0
    assert {letter["person"] for letter in letters} == {letter["to"] for letter in letters}
    assert len({letter["person"] for letter in letters}) == found["letters"]["people"]
    assert {letter["lang"] for letter in letters} == {"en"}
    assert (
        desk.run("remind", "outbox", "--db", str(desk.folder / "r.db"), "--lang", "en", global_options=False).stdout
        == "All is delivered.\n"
    )
    assert sorted(os.listdir(desk.folder)) == ["letters.jsonl", "plan.yaml", "r.db", "roster.csv", "teaching.yaml"]


def test_letters_are_in_the_language(desk: Desk) -> None:
    rehearse(desk, *FIRST, "--letters", str(desk.folder / "letters.jsonl"), lang="zh")
    letters = [json.loads(line) for line in (desk.folder / "letters.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {letter["lang"] for letter in letters} == {"zh"}
    assert all("学习结束" in letter["text"] for letter in letters)


def test_a_roster_is_understood_as_import_understands_it(desk: Desk) -> None:
    """Full-width ids, a branch said only once, somebody on two rolls: each branch is as if all had been imported at once."""
    dirty = ROSTER.replace("b2,Workshop", "ｂ２,Workshop").replace("b2,,,,,b2-1,", "ｂ２,,,,,b2-1,") + "b3,,,,,ann,Ann,in_post,\n"
    desk.write("roster.csv", dirty)
    done = desk.run(
        "rehearse", str(desk.folder / "plan.yaml"), "--roster", str(desk.folder / "roster.csv"), "--db", str(desk.folder / "r.db"), code=1, global_options=False
    )  # fmt: skip
    assert "ann is on the roll of b1 (row 3) and stays there; not counted twice" in done.stderr
    with Campaign.open(desk.folder / "r.db") as campaign:
        assert [len(campaign.members(branch)) for branch in ("b1", "b2", "b3")] == [4, 4, 4]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--batch", "9"), "the plan has no batch 9"),
        (("--until", "March"), "March is not a day such as 2005-03-14"),
        (("--until", "2005-01-16"), "--until 2005-01-16 is before the plan starts, on 2005-01-17"),
        (("--seed", "4294967296"), "a seed is a whole number from 0 to 4,294,967,295"),
        (("--seed", "-1"), "a seed is a whole number from 0 to 4,294,967,295"),
        (("--set", "ofice.people=3"), "did you mean office.people?"),
        (("--set", "office.people"), "NAME=VALUE was expected"),
        (("--letters", "letters.jsonl", "--no-reminders"), "--letters needs reminders"),
        (("--letters", "nowhere/letters.jsonl"), "there is no folder nowhere that can be written to"),
    ],
)
def test_what_makes_no_sense_ends_with_2(desk: Desk, args: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    found = rehearse(desk, *args, code=2)
    assert said in found
    assert "Traceback" not in found
    assert sorted(os.listdir(desk.folder)) == ["plan.yaml", "roster.csv", "teaching.yaml"]


def test_a_rehearsal_takes_nobodys_place(desk: Desk) -> None:
    """Neither that of a database nor that of letters; and nothing is played first."""
    taken, letters = desk.write("r.db", "mine"), desk.write("letters.jsonl", "mine")
    assert rehearse(desk, code=2) == f"error: {taken} is there already: name another file for the rehearsal\n"
    assert (
        rehearse(desk, "--letters", letters, db="s.db", code=2)
        == f"error: {letters} is there already: name another file for the rehearsal\n"
    )
    assert "已存在：请为演练另取文件名" in rehearse(desk, code=2, lang="zh")
    both = rehearse(desk, "--letters", str(desk.folder / "s.db"), db="s.db", code=2)
    assert "is to hold the rehearsal: name another file for the letters" in both
    assert "there is no folder" in rehearse(desk, db="nowhere/r.db", code=2)
    assert [Path(path).read_text(encoding="utf-8") for path in (taken, letters)] == ["mine", "mine"]
    assert not (desk.folder / "s.db").exists()


def test_which_plan_and_which_database(desk: Desk) -> None:
    plan, db = str(desk.folder / "plan.yaml"), str(desk.folder / "r.db")
    assert (
        desk.run("rehearse", "--db", db, code=2, global_options=False).stderr == "error: PLAN is missing; see `workflow rehearse --help`\n"
    )
    assert "which database?" in desk.run("rehearse", plan, code=2, global_options=False).stderr
    assert "which branches?" in desk.run("rehearse", plan, "--db", db, code=2, global_options=False).stderr
    missing = desk.run("rehearse", "district-2006", "--db", db, code=2, global_options=False).stderr
    assert "did you mean district-2005?" in missing


def test_a_roster_that_is_none(desk: Desk) -> None:
    desk.write("roster.csv", ROSTER + "b4,Shed,7,east,,dee,Dee,in_post,secretry\nb5,Barn,8,east,,,,,\n")
    said = rehearse(desk, code=2)
    assert "roster.csv: row 18, column roles: secretry" in said
    assert "b4: batch: batch 7 is not in the plan; its batches are 1, 2" in said
    assert "b5: batch: batch 8 is not in the plan; its batches are 1, 2" in said
    desk.write("roster.csv", "town,size\nhere,3\n")
    assert "roster.csv: row 1: no usable heading" in rehearse(desk, code=2)
    desk.write("roster.csv", HEAD)
    assert "roster.csv has no branches to simulate" in rehearse(desk, code=2)
    assert not (desk.folder / "r.db").exists()


@pytest.mark.slow
def test_the_same_seed_is_the_same_ledger_whatever_the_hashes_of_strings(desk: Desk) -> None:
    found = []
    for name, salt in (("a.db", "1"), ("b.db", "2")):
        command = [sys.executable, "-m", "workflow", "rehearse", "plan.yaml", "--roster", "roster.csv", "--seed", "5", "--db", name]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": salt}
        done = subprocess.run(command, cwd=desk.folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
        assert done.returncode == 1, done.stderr
        found.append((done.stdout.replace(name, "r.db"), heads(desk.folder / name)))
    assert found[0] == found[1]
    rehearse(desk, "--seed", "6", db="c.db", code=1)
    assert heads(desk.folder / "c.db").keys() == found[0][1].keys()
    assert heads(desk.folder / "c.db") != found[0][1]


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_ctrl_c_leaves_no_file(desk: Desk, lang: str) -> None:
    """In the middle of a long rehearsal, when the first letters are written already."""
    command = [
        sys.executable,
        "-m",
        "workflow",
        "rehearse",
        "district-2005",
        "--batch",
        "1",
        "--db",
        "r.db",
        "--letters",
        "l.jsonl",
        "--lang",
        lang,
    ]
    process = subprocess.Popen(
        command,
        cwd=desk.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        until(lambda: any(path.stat().st_size for path in desk.folder.glob("l.jsonl.*.part")) or process.poll() is not None)
        process.send_signal(2)
        _, said = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, said.decode()) == (130, f"\n{INTERRUPTED[lang]}\n")
    assert sorted(os.listdir(desk.folder)) == ["plan.yaml", "roster.csv", "teaching.yaml"]


def test_it_needs_no_machine_code(desk: Desk) -> None:
    """One run of the kernel is not worth compiling it: numba stays where it is."""
    code = "import sys; from workflow.cli.app import cli; cli.main(sys.argv[1:], standalone_mode=False); print('numba' in sys.modules)"
    words = ["rehearse", "plan.yaml", "--roster", "roster.csv", "--batch", "1", "--db", "r.db"]
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=desk.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "False"
