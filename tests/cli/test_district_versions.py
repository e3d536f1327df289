"""The notice of February on the whole district: ten days more, forty hours, a new activity, enacted while branches stand in every phase.

The campaign began under rules that ask for 30 hours; the shipped definition has the 40 of the notice already.
"""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Snapshot
from tests.story import DEFINITION, ROOT
from workflow.cli.examples import write_example
from workflow.definition import load_file
from workflow.engine.campaign import Campaign
from workflow.verdicts import Outlook

HEAD = "shen-hewen"  # of the leading group
SECRETARY = "SELECT person FROM workflow_grant WHERE role = 'secretary' AND target = ?"
# One branch in each phase on 28 March; organ-058 applies on that day, organ-003 has been approved.
PHASES = {
    "organ-025": "learning.working",
    "organ-009": "learning.look_back",
    "organ-037": "learning.analysis_meeting",
    "organ-058": "learning.applied",
    "organ-022": "learning.applied",
    "organ-098": "learning.inspection",
    "organ-034": "learning.make_up",
    "organ-015": "learning.extended",
    "organ-003": "analysis.working",
}
Document = dict[str, Any]


def january(document: Document) -> None:
    document["version"] = "january"
    document["parameters"]["study_class_hours"]["value"] = 30


def february(document: Document) -> None:
    """Beside the 40 hours: ten days more, and a theme day asked for at the approval."""
    document["version"] = "february"
    document["stages"]["learning"]["lasts"] = "55d"
    fields = {"place": {"type": "text", "title": {"en": "place", "zh": "地点"}}}
    document["records"]["theme_day"] = {
        "title": {"en": "theme day", "zh": "主题党日"},
        "of": "branch",
        "fields": fields,
        "by": ["clerk", "secretary"],
        "span": "attempt",
    }
    document["requirements"]["theme_day_held"] = {
        "title": {"en": "A theme day was held", "zh": "已开展主题党日"},
        "check": "len(branch.theme_day) > 0",
        "owner": "secretary",
        "remedy": {"en": "hold one", "zh": "组织一次"},
        "basis": ["notice-leading-group"],
    }
    document["stages"]["learning"]["requires"]["approve"].append("theme_day_held")


class District:
    """The district in a folder of its own, and the program run there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def workflow(self, *arguments: str, lang: str = "en") -> str:
        command = [sys.executable, "-m", "workflow", "--db", "d.db", "--lang", lang, *arguments]
        environment = {"PYTHONPATH": str(ROOT), "COLUMNS": "100", "PATH": ""}
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    def campaign(self, day: str) -> Campaign:
        return Campaign.open(self.folder / "d.db", now=_evening(day))


def _evening(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T20:00:00+08:00")


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    made = District(tmp_path_factory.mktemp("versions"))
    shipped = load_file(DEFINITION).document
    for name, edit in (("january", january), ("february", february)):
        document: Document = deepcopy(dict(shipped))
        edit(document)
        (made.folder / f"{name}.yaml").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    write_example("district", made.folder)
    made.workflow("new", "january.yaml", "--rehearsal", "--now", "2005-01-03")
    made.workflow("import", "roster.csv", "records.jsonl")
    with made.campaign("2005-03-28") as campaign:  # the day before
        secretary = campaign.store.rows(SECRETARY, ("organ-058",))[0][0]
        assert campaign.record("organ-058", "application", by=secretary, fields={"addressee": "group"})
        assert campaign.move("organ-058", "apply", by=secretary)
    return made


ENACT = ("enact", "february.yaml", "--from", "2005-03-29", "--by", HEAD, "--reason", "notice of 16 February")


def test_the_dry_run_tells_what_would_change_and_writes_nothing(district: District, snapshot: Snapshot) -> None:
    with district.campaign("2005-03-28") as campaign:
        position = list(campaign.timeline())[-1].position
    plain = json.loads(district.workflow(*ENACT, "--dry-run", "--json"))
    impact = plain["answer"]
    changes = {change["branch"]: change for change in impact["changes"]}
    assert (impact["total"], len(impact["changes"]) + impact["unchanged"]) == (782, 782)
    moved = {name for name, change in changes.items() if change["before"]["planned_end"] != change["after"]["planned_end"]}
    assert len(moved) == 62  # all in learning, and nobody else
    for lang in ("en", "zh"):
        said = [
            district.workflow(*ENACT, "--dry-run", lang=lang),
            district.workflow(*ENACT, "--dry-run", "--branch", "organ-009", lang=lang),
        ]
        snapshot(f"district-enact.{lang}", "\n".join(said))
    with district.campaign("2005-03-28") as campaign:
        assert list(campaign.timeline())[-1].position == position
        assert campaign.definition.version == "january"


def test_why_before_and_after_in_every_phase(district: District, snapshot: Snapshot) -> None:
    before = _whys(district, "2005-03-28")
    district.workflow(*ENACT)
    assert {ident: codes(each) for ident, each in _whys(district, "2005-03-28").items()} == {b: codes(each) for b, each in before.items()}
    after = _whys(district, "2005-03-29")
    told = []
    for ident, state in PHASES.items():
        was, now = before[ident], after[ident]
        assert (was.state, now.state) == (state, state)  # nothing moves by itself
        told.append(f"{ident} {state}")
        told += [f"    {each.definition_version} until {each.planned_end}: {', '.join(codes(each)) or '-'}" for each in (was, now)]
    snapshot("district-phases", "\n".join(told))
    for ident in ("organ-009", "organ-058", "organ-003"):
        new = set(codes(after[ident])) - set(codes(before[ident]))
        assert ("theme_day_held" in new) == (PHASES[ident].startswith("learning"))
    assert (figure(before["organ-025"]), figure(after["organ-025"])) == (30, 40)
    assert codes(before["organ-003"]) == codes(after["organ-003"])  # approved already: judged by what held then


def test_the_approval_of_before_is_told_by_the_rules_of_before(district: District) -> None:
    with district.campaign("2005-03-29") as campaign:
        approval = next(e for e in campaign.timeline("organ-003") if e.subject == "approve" and e.kind == "moved")
        assert campaign.version(approval.definition).version == "january"
        assert campaign.version(approval.definition).parameters["study_class_hours"].value == 30
        late = campaign.ask("organ-058", "start_inspection")
        assert campaign.version(late.definition).version == "february"
        assert {each.definition for each in campaign.outlooks().values()} == {campaign.definition.hash}
        assert campaign.verify().whole


class Told:
    """An outlook with the version it was made under."""

    def __init__(self, outlook: Outlook, version: str) -> None:
        self.outlook = outlook
        self.definition_version = version
        self.state, self.planned_end = outlook.state, outlook.planned_end


def codes(told: Told) -> list[str]:
    """What stands in the way, now and further on."""
    ways = (*told.outlook.now, *told.outlook.later)
    return list(dict.fromkeys(finding.code for way in ways for finding in way.standing))


def figure(told: Told) -> float:
    """The hours the branch is asked for."""
    ways = (*told.outlook.now, *told.outlook.later)
    found = next(f for way in ways for f in way.verdict.findings if f.code == "study_hours")
    shown = [figure.required for short in found.short for figure in short.figures] or [figure.required for figure in found.figures]
    return float(shown[0])


def _whys(district: District, day: str) -> dict[str, Told]:
    with district.campaign(day) as campaign:
        found = {ident: campaign.why(ident) for ident in PHASES}
        return {ident: Told(each, campaign.version(each.definition).version) for ident, each in found.items()}
