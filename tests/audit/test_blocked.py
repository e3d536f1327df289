"""What holds up how many, in whose hands, since when: every branch on the way is counted, and once."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.audit.questions_ground import answer
from tests.conftest import Snapshot
from tests.engine.rolls_ground import Study
from workflow.audit import Blocked, blocked
from workflow.cli.app import cli
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse, NotFound
from workflow.texts import LANGUAGES


def counts(found: Blocked) -> dict[str, int]:
    return {hold.key: len(hold.branches) for hold in found.holds}


def test_by_reason_group_and_batch_everybody_is_counted_once() -> None:
    study = Study()
    study.study("north", hours=4)
    study.enter("north", "essay", "ada", "bo", "cy", pages=2)
    study.study("south", hours=4)
    study.move("north", "apply")
    found = blocked(study.campaign)
    assert counts(found) == {"studied": 2, "written": 1, "approve": 1}
    assert [(hold.kind, hold.roles) for hold in found.holds] == [
        ("requirement", ("clerk",)),
        ("move", ("guide",)),
        ("requirement", ("clerk",)),
    ]
    assert counts(blocked(study.campaign, "group")) == {"g1": 2, "g2": 2}
    assert counts(blocked(study.campaign, "batch")) == {"1": 1, "2": 1, "3": 1, "4": 1}
    for by in ("reason", "group", "batch"):
        each = blocked(study.campaign, by)
        assert (each.held, each.shorter, each.running, each.total, each.counted) == (4, 0, 4, 4, 4)


def test_by_person_a_branch_stands_with_everybody_who_could_act() -> None:
    study = Study()
    assert study.campaign.appoint("bo", "clerk", of="north", by="olga", reason="help").allowed
    assert study.campaign.relieve("hal", "clerk", of="west", by="olga", reason="ill").allowed
    found = blocked(study.campaign, "person")
    assert counts(found) == {"": 1, "ada": 1, "bo": 1, "dan": 1, "fay": 1}
    assert (found.held, found.counted) == (4, 5)
    assert [each.branch for each in found.hold("").branches] == ["west"]  # nobody's


def test_only_what_has_stood_for_longer() -> None:
    study = Study()
    study.clock.advance(days=8)
    study.move("east", "redo")
    study.campaign.store.connection()
    found = blocked(study.campaign, longer_than=7)
    assert (found.held, found.shorter, found.running, found.counted) == (3, 1, 4, 3)
    assert {hold.longest for hold in found.holds} == {8}
    assert {hold.since for hold in found.holds} == {"2026-03-02"}
    assert blocked(study.campaign, longer_than=8).held == 0


def test_who_has_finished_or_is_gone_is_told_apart() -> None:
    study = Study()
    study.through_learning("north")
    study.enter("north", "plan", "ada", "bo", "cy", text="to do")
    study.move("north", "apply", "approve")
    assert study.campaign.merge("west", "east", by="olga", reason="few").allowed
    found = blocked(study.campaign)
    assert (found.total, found.running, found.done, found.ended) == (4, 2, 1, 1)
    assert found.counted == 2


def test_misuse() -> None:
    study = Study()
    with pytest.raises(Misuse, match="one of reason, group, person, batch"):
        blocked(study.campaign, "colour")  # type: ignore[arg-type]
    with pytest.raises(NotFound, match="nothing is held up by studid; did you mean studied"):
        blocked(study.campaign).hold("studid")


def test_it_is_what_the_board_counts(asked_district: Path) -> None:
    with Campaign.open(asked_district) as campaign:
        board, found = campaign.board(), blocked(campaign)
        assert counts(found) == {hold.code: len(hold.branches) for hold in board.holds}
        statements: list[str] = []
        connection = campaign.store.connection()
        connection.set_trace_callback(statements.append)
        blocked(campaign, "person")
        connection.set_trace_callback(None)
        assert len(statements) < len(campaign.definition.records) + 10
        groups = Counter(outlook.group for outlook in campaign.outlooks().values() if not outlook.final)
        assert counts(blocked(campaign, "group")) == {group or "": n for group, n in groups.items()}


@pytest.mark.parametrize("by", ["reason", "group", "person", "batch"])
def test_on_the_command_line(asked_district: Path, snapshot: Snapshot, by: str) -> None:
    for lang in LANGUAGES:
        code, said = answer(asked_district, ("blocked", "--by", by, "--longer-than", "7d"), lang)
        assert code == 0
        lines = said.splitlines()
        snapshot(f"blocked-{by}.{lang}", "\n".join(lines if len(lines) < 20 else [*lines[:12], "...", *lines[-3:]]))


def test_the_branches_behind_a_count(asked_district: Path, snapshot: Snapshot) -> None:
    for lang in LANGUAGES:
        code, said = answer(asked_district, ("blocked", "looks_answered"), lang)
        assert code == 0
        snapshot(f"blocked-branches.{lang}", said.rstrip("\n"))
    _, said = answer(asked_district, ("blocked", "group-03", "--by", "group", "--json"), "en")
    _, held = answer(asked_district, ("blocked", "--by", "group", "--json"), "en")
    listed = next(hold["branches"] for hold in json.loads(held)["holds"] if hold["key"] == "group-03")
    assert [each["branch"] for each in json.loads(said)] == listed


def test_what_is_typed_wrongly(asked_district: Path) -> None:
    for said, wanted in (("a week", "days such as 7d"), ("-3d", "days such as 7d")):
        done = CliRunner().invoke(cli, ["blocked", "--longer-than", said, "--db", str(asked_district)], standalone_mode=False)
        assert wanted in str(done.exception)
