"""`workflow enact`: what changes in the rules, what would change for every branch, and what came of it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.cli.conftest import Desk
from tests.engine.enact_ground import FIRST, SECOND, Document, Yard, stricter, version
from tests.engine.test_enact import STATES, posted
from workflow.definition import Definition

NOW = ("--now", "2026-03-02T18:00")


def file(desk: Desk, name: str, definition: Definition) -> str:
    out = io.StringIO()
    YAML().dump(_plain(definition.document), out)
    return desk.write(name, out.getvalue())


def _plain(value: Any) -> Any:
    """As a file would have it: mappings and lists of our own."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


@pytest.fixture
def later(desk: Desk) -> str:
    """Three workshops, the last of them at the notice; and the file of a stricter version."""
    yard = Yard(3, db=desk.db)
    yard.to("w2", "notice")
    yard.campaign.close()
    return file(desk, "later.yaml", SECOND)


def enact(path: str, *more: str, by: str = "aut") -> tuple[str, ...]:
    return ("enact", path, "--by", by, "--reason", "the act was amended", *more)


def test_a_dry_run_then_the_command(desk: Desk, later: str) -> None:
    said = desk.run(*enact(later, "--dry-run", *NOW)).stdout
    rules, impact = said.split("\n\n", 1)
    assert rules.splitlines()[0] == f"What changes in the rules (1 [{FIRST.hash[:8]}] → 2 [{SECOND.hash[:8]}]): 8"
    assert "  ~ hours [parameters.hours.value]: 4 h → 6 h" in rules
    assert "  + Another workshop was visited [requirements.travelled]: len(branch.trip) > 0" in rules
    assert "  ~ provisional [stages.provisional.lasts]: 30 d → 40 d" in rules
    assert impact.splitlines()[0] == "3 of 3 branches would change on 2026-03-02; nothing was written."
    assert [event["kind"] for event in desk.json("timeline", "--campaign")] == ["created", "people"]
    said = desk.run(*enact(later, *NOW)).stdout
    assert "Version 2 of the rules holds from 2026-03-02 on, also for attempts that are running." in said
    assert "the act was amended" in said
    line = desk.run("timeline", "--campaign").stdout.splitlines()[-1]
    assert line.endswith("version 2 enacted, in force from 2026-03-02 on, also for attempts that are running: the act was amended")
    zh = desk.run("timeline", "--campaign", "--lang", "zh").stdout.splitlines()[-1]
    assert zh.endswith("施行版本 2，自 2026-03-02 起，正在进行的轮次一并适用：the act was amended")
    assert "Another workshop was visited" in desk.run("why", "w2", *NOW).stdout
    assert desk.run("verify").exit_code == 0


def test_one_branch_in_full(desk: Desk, later: str) -> None:
    said = desk.run(*enact(later, "--dry-run", "--branch", "w2", *NOW)).stdout
    assert "Workshop 2 (w2) on 2026-03-02:\n" in said
    assert "✗ Pat 20  found 5 h, required at least 6 h: short by 1 h" in said
    zh = desk.run(*enact(later, "--dry-run", "--branch", "w2", "--lang", "zh", *NOW)).stdout
    assert "Workshop 2（w2），2026-03-02：\n" in zh
    assert "    此前：不成为阻碍\n" in zh
    there_is_none = desk.run(*enact(later, "--dry-run", "--branch", "w9", *NOW), code=2).stderr
    assert "there is no branch w9" in there_is_none
    same = desk.run(*enact(later, "--dry-run", "--branch", "w2", "--for", "new", "--from", "2026-03-03", *NOW)).stdout
    assert "Workshop 2 (w2) would not change; nothing was written." in same


def test_from_a_later_day(desk: Desk, later: str) -> None:
    said = desk.run(*enact(later, "--from", "2026-03-20", "--dry-run", *NOW)).stdout
    assert "3 of 3 branches would change on 2026-03-20; nothing was written." in said
    assert "is past" in desk.run(*enact(later, "--from", "2026-03-01", "--dry-run", *NOW), code=2).stderr
    assert "is past" in desk.run(*enact(later, "--from", "2026-03-01", *NOW), code=2).stderr
    assert "not-a-day" in desk.run(*enact(later, "--from", "not-a-day", "--dry-run", *NOW), code=2).stderr


def test_in_json(desk: Desk, later: str) -> None:
    plain = desk.json(*enact(later, "--dry-run", *NOW))
    assert plain["dry_run"] is True
    assert {"path": "parameters.hours.value", "kind": "changed", "title": "hours", "was": "4 h", "now": "6 h"} in plain["differences"]
    assert (plain["answer"]["changed"], plain["answer"]["newly_unmet"]) == (3, {"travelled": 3, "taught": 1})
    refused = desk.json(*enact(later, "--dry-run", *NOW, by="p00"), code=1)
    assert (refused["differences"], refused["answer"]["allowed"]) == ([], False)
    done = desk.json(*enact(later, *NOW))
    assert (done["dry_run"], done["answer"]["allowed"], done["answer"]["detail"]["version"]) == (False, True, "2")


def test_refused(desk: Desk, later: str) -> None:
    for more in ((), ("--dry-run",)):
        said = desk.run(*enact(later, *more, *NOW, by="p00"), code=1).stdout
        assert "The version is not enacted: 1 rule stands in the way." in said
        assert "What changes in the rules" not in said


@pytest.mark.usefixtures("later")
def test_a_state_that_goes_away(desk: Desk) -> None:
    path = file(desk, "posted.yaml", version(posted("posted"), number="2"))
    lost = desk.run(*enact(path, "--dry-run", *NOW), code=2).stderr
    assert "states.provisional.notice: the new version has no such state" in lost
    states = [part for old, new in STATES.items() for part in ("--state", f"{old}={new}")]
    said = desk.run(*enact(path, "--dry-run", *states, *NOW)).stdout
    assert "1 of 3 branches would change" in said
    assert "state: provisional · notice → provisional · posted" in said
    desk.run(*enact(path, *states, *NOW))
    assert desk.json("why", "w2", *NOW)["state"] == "provisional.posted"


def test_options_of_a_dry_run_go_with_it(desk: Desk, later: str) -> None:
    for more in (("--full",), ("--branch", "w0")):
        assert f"{more[0]} goes with --dry-run" in desk.run(*enact(later, *more, *NOW), code=2).stderr


def test_the_same_key_again(desk: Desk, later: str) -> None:
    desk.run(*enact(later, "--key", "k", *NOW))
    assert desk.json(*enact(later, "--key", "k", *NOW))["answer"]["event"]["seq"] == 3


@pytest.mark.usefixtures("later")
def test_the_version_in_force_and_one_of_other_words(desk: Desk) -> None:
    def retitled(document: Document) -> None:
        document["stages"]["full"]["title"] = {"en": "unlimited", "zh": "正式"}

    same = desk.run(*enact(file(desk, "same.yaml", FIRST), *NOW), code=2).stderr
    assert "this is the version that was enacted last: nothing would change" in same
    said = desk.run(*enact(file(desk, "words.yaml", version(retitled)), "--dry-run", *NOW)).stdout
    assert "  ~ unlimited [stages.full.title]: full → unlimited" in said
    assert "Nothing would change for any of 3 branches on 2026-03-02; nothing was written." in said


def test_two_versions_of_one_name_are_pointed_out(desk: Desk, later: str) -> None:
    same = file(desk, "same.yaml", version(stricter))
    assert "Both are called version 1: write another `version` in the file" in desk.run(*enact(same, "--dry-run", *NOW)).stdout
    assert "Both are called" not in desk.run(*enact(later, "--dry-run", *NOW)).stdout
