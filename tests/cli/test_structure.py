"""The commands about branches as a whole and about batches, tried out and carried out."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

import workflow
from tests.cli.conftest import PLANT, Desk
from tests.conftest import Snapshot
from tests.engine.structure_ground import TEXT, Circles
from workflow.definition import load_text
from workflow.texts import LANGUAGES

LEO, OLGA = ("--by", "leo", "--reason", "too few are left"), ("--by", "olga", "--reason", "later")


@pytest.fixture
def circles(desk: Desk) -> Desk:
    """`desk`, with the circles in its database: yard has finished its first stage, mill has an open case."""
    ground = Circles(desk.db)
    ground.through("yard")
    ground.case("mill", "defect", "leaking roof")
    ground.campaign.close()
    return desk


def test_a_merger_tried_out_and_done(circles: Desk) -> None:
    tried = circles.run("branch", "merge", "mill", "dock", *LEO, "--dry-run").stdout
    assert "nothing was written" in tried
    assert "ceases to be, taken over by Dock" in tried
    assert "on the roll: 2 → 5" in tried
    done = circles.json("branch", "merge", "mill", "dock", *LEO, "--key", "k")
    assert (done["allowed"], done["detail"]["cases"], done["detail"]["members"]) == (True, {"defect-1": "dock/defect-1"}, 3)
    assert circles.json("branch", "merge", "mill", "dock", *LEO, "--key", "k")["repeated"]
    refused = circles.run("branch", "merge", "mill", "farm", *LEO, code=1).stdout
    assert "the branch ended on" in refused
    assert circles.run("branch", "merge", "mil", "dock", *LEO, code=2).stderr.startswith("error: there is no branch mil; did you mean mill")


def test_a_split(circles: Desk) -> None:
    given = ("farm", "barn", "--title", "Barn", "--member", "guy", "--member", "hal", *LEO)
    assert "Barn is split off from Farm." in circles.run("branch", "split", *given).stdout
    assert "barn is taken" in circles.run("branch", "split", *given, code=2).stderr
    assert "编号 barn 已被占用" in circles.run("branch", "split", *given, "--lang", "zh", code=2).stderr


def test_a_branch_is_dissolved_with_a_home_for_everybody(circles: Desk) -> None:
    refused = circles.json("branch", "dissolve", "mill", "--member", "ann=dock", *LEO, code=1)
    assert [f["code"] for f in refused["findings"] if f["status"] == "unmet"] == ["rule.members", "rule.cases"]
    assert "either --to" in circles.run("branch", "dissolve", "mill", "--to", "dock", "--member", "ann=farm", *LEO, code=2).stderr
    said = circles.run("branch", "dissolve", "mill", "--to", "dock", "--cases", "farm", *LEO).stdout
    assert "open cases taken over (1): defect-1 → farm/defect-1" in said


def test_branches_are_reassigned(circles: Desk) -> None:
    refused = circles.run("branch", "reassign", "yard", "shop", "--batch", "3", *OLGA, code=1).stdout
    assert "its batch changes only if it starts again from the beginning" in refused
    done = circles.run("branch", "reassign", "yard", "shop", "--batch", "3", "--group", "g9", "--restart", *OLGA)
    assert "Yard now belongs to batch 3 and supervision group g9." in done.stdout
    assert "! --group: no branch was in g9 before" in done.stderr
    assert "Shop 现属批次 4、督导组 g9。" in circles.run("branch", "reassign", "shop", "--batch", "4", *OLGA, "--lang", "zh").stdout


@pytest.mark.parametrize("lang", LANGUAGES)
def test_batches_and_the_board(circles: Desk, snapshot: Snapshot, lang: str) -> None:
    """Batch 2 is left with yard alone, which has finished, and is closed; batch 1 has lost mill, and farm is suspended."""
    circles.lang = lang
    circles.run("branch", "merge", "mill", "dock", *LEO, "--now", "2026-03-03T09:00")
    circles.run("branch", "merge", "shop", "farm", *LEO, "--now", "2026-03-03T09:00")
    circles.run("suspend", "farm", *OLGA, "--now", "2026-03-03T09:00")
    tried = circles.run("batch", "close", "1", "--straggler", "dock=flooded", *OLGA, "--now", "2026-03-04T09:00", code=1).stdout
    closed = circles.run("batch", "close", "2", *OLGA, "--now", "2026-03-04T09:00").stdout
    said = [tried, closed, circles.run("batch", "show").stdout, circles.run("batch", "show", "1").stdout, circles.run("board").stdout]
    said += [circles.run("board", "--batch", "2").stdout, circles.run("board", "--list", "ended").stdout]
    said += [circles.run("board", "--list", "rule.running").stdout]
    snapshot(f"structure-cli.{lang}", "\n--\n".join(said))


def test_batches_in_json(circles: Desk) -> None:
    circles.run("batch", "close", "2", "--straggler", "shop=ill", *OLGA, code=1)
    circles.run("branch", "merge", "shop", "farm", *LEO)
    circles.run("batch", "close", "2", *OLGA)
    [one, two] = circles.json("batch", "show")
    assert one == {"batch": "1", "total": 3, "finished": [], "unfinished": ["dock", "farm", "mill"], "ended": [], "closed": None}
    at = {"day": "2026-03-02", "finished": 1, "total": 1, "stragglers": {}}
    assert two == {"batch": "2", "total": 1, "finished": ["yard"], "unfinished": [], "ended": ["shop"], "closed": at}
    assert circles.json("batch", "show", "2") == [two]
    board = circles.json("board")
    assert (board["ended"], board["suspended"], board["closed"]) == (["shop"], [], [{"batch": "2", **at}])
    assert sum(len(cell["branches"]) for cell in board["cells"]) == board["total"] == 5
    assert "there is no batch 3; known: 1, 2" in circles.run("batch", "show", "3", code=2).stderr


@pytest.mark.parametrize("lang", LANGUAGES)
def test_stragglers_are_named_wherever_the_batch_is_shown(desk: Desk, lang: str) -> None:
    half = load_text(TEXT.replace("value: 0.95", "value: 0.5"), "circles")
    ground = Circles(desk.db, definition=half)
    ground.through("yard")
    ground.campaign.close()
    desk.lang = lang
    desk.run("batch", "close", "2", "--straggler", "shop=the roof fell in", *OLGA)
    closed, straggler = {
        "en": ("batch 2 was closed on 2026-03-02: 1 of 2 branches had finished", "  not finished then: {}: the roof fell in"),
        "zh": ("批次 2 已于 2026-03-02 收尾：2 个支部中已完成 1 个", "  收尾时未完成：{}：the roof fell in"),
    }[lang]
    assert desk.run("batch", "show", "2").stdout.splitlines()[-2:] == [closed, straggler.format("Shop")]
    assert desk.run("board").stdout.splitlines()[-2:] == [closed, straggler.format("shop")]
    assert closed not in desk.run("board", "--batch", "1").stdout


def test_where_nothing_is_said_of_batches(desk: Desk) -> None:
    silent = load_text(TEXT.replace("batches: {finished: over, share: enough}\n", ""), "circles")
    Circles(desk.db, definition=silent).campaign.close()
    assert desk.run("batch", "show").stdout.count("not defined") == 2
    assert "no section `batches`" in desk.run("batch", "close", "1", *OLGA, code=2).stderr


def test_where_no_branch_is_in_a_batch(desk: Desk) -> None:
    desk.run("new", PLANT)
    assert desk.run("batch", "show").stdout == "No branch belongs to a batch.\n"


def test_what_is_answered_in_json_is_valid(circles: Desk) -> None:
    answers = [
        circles.json("branch", "merge", "mill", "dock", *LEO),
        circles.json("branch", "dissolve", "dock", *LEO, code=1),
        circles.json("branch", "split", "farm", "barn", "--title", "Barn", "--member", "guy", *LEO),
        *circles.json("branch", "reassign", "yard", "--batch", "3", "--restart", *OLGA),
        circles.json("batch", "close", "2", *OLGA, code=1),
    ]
    circles.run("suspend", "farm", *OLGA)
    for answer in answers:
        Draft202012Validator(workflow.schema("verdict")).validate(answer)
    Draft202012Validator(workflow.schema("board")).validate(circles.json("board"))
    for branch in ("mill", "dock", "farm", "barn", "yard"):
        Draft202012Validator(workflow.schema("timeline")).validate(circles.json("timeline", branch))


def test_what_names_a_branch_and_more_says_its_form(circles: Desk) -> None:
    said = circles.run("batch", "close", "1", "--straggler", "dock", *OLGA, code=2).stderr
    assert said == "error: --straggler: 'dock' is not of the form BRANCH=REASON\n"
    said = circles.run("branch", "dissolve", "mill", "--member", "ann", *LEO, "--lang", "zh", code=2).stderr
    assert said == "错误：--member：'ann' 不是 MEMBER=BRANCH 的形式\n"
