"""The example campaigns: their figures are those of the sources, and the engine gives them the verdicts they were made for."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.story import DEFINITION, loaded
from workflow.cli.examples import EXAMPLES, ExampleReport, write_example
from workflow.cli.examples.bureau import BRANCH, Bureau
from workflow.cli.examples.district import TROUBLES, District
from workflow.cli.examples.population import BATCHES, BINS
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.store import compare

JANUARY = datetime(2005, 1, 3, 1, tzinfo=UTC)


def told(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def rehearsal(folder: Path) -> Campaign:
    return Campaign.create(folder / "c.db", loaded(DEFINITION), clock=VirtualClock(JANUARY), rehearsal=True)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> ExampleReport:
    return write_example("bureau", tmp_path_factory.mktemp("bureau"))


@pytest.fixture
def campaign(written: ExampleReport, tmp_path: Path) -> Iterator[Campaign]:
    with rehearsal(tmp_path) as made:
        made.import_roster(written.files[0])
        yield made
        assert compare(made.store, lambda _hash: made.definition) == ()


@pytest.fixture(scope="module")
def district() -> District:
    return District.of(2005)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_same_seed_gives_the_same_files_and_another_gives_others(tmp_path: Path, name: str) -> None:
    reports = [write_example(name, tmp_path / folder, seed=seed) for folder, seed in (("a", 2005), ("b", 2005), ("c", 7))]
    read = [[path.read_bytes() for path in report.files] for report in reports]
    assert read[0] == read[1]
    assert all(mine != theirs for mine, theirs in zip(read[0], read[2], strict=True))
    assert [report.seed for report in reports] == [2005, 2005, 7]
    assert "(seed 7)" in str(reports[2])
    assert "（种子 7）" in reports[2].text.say("zh")


def test_an_example_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'village' is not one of bureau, district"):
        write_example("village", tmp_path)


class TestBureau:
    def test_its_figures_are_those_reported(self, written: ExampleReport) -> None:
        records = [said for said in told(written.files[1]) if "record" in said]
        sessions = [said for said in records if said["record"] == "session"]
        members, others = [len(s["lines"]) for s in sessions], [s["fields"]["others"] for s in sessions]
        assert [m + o for m, o in zip(members, others, strict=True)] == [34, 33, 32, 33, 31, 33, 34, 32, 33, 32, 33, 32]
        assert (len(sessions), sum(members), sum(others), sum(members) + sum(others)) == (12, 331, 61, 392)
        assert Counter(s["fields"]["form"] for s in sessions) == {
            "lecture": 3, "film": 3, "discussion": 2, "exemplar_report": 2, "exchange": 1, "party_day": 1,
        }  # fmt: skip
        assert sum(len(r["lines"]) for r in records if r["record"] == "essay") == 24
        assert sum(len(r["lines"]) for r in records if r["record"] == "test_session") == 28
        assert sum(r["fields"]["count"] for r in records if r["record"] == "good_deed") == 12
        assert len({r["fields"]["place"] for r in records if r["record"] == "contact_visit"}) == 3

    def test_its_roll(self, written: ExampleReport) -> None:
        rows = [row for row in csv.DictReader(written.files[0].read_text(encoding="utf-8").splitlines()) if row["status"]]
        assert len(rows) == written.members == len({row["person"] for row in rows}) == 29
        assert Counter(row["status"] for row in rows) == {"in_post": 23, "retired": 3, "early_leave": 2, "other": 1}
        assert sum("mobile" in row["flags"] for row in rows) == 3

    def test_what_is_wanting_and_that_making_up_settles_all_but_the_test(self, campaign: Campaign, written: ExampleReport) -> None:
        bureau = Bureau.of(2005)
        report = campaign.import_records(written.files[1])
        assert (report.documents, report.lines, report.refused) == (70, 975, ())
        verdict = campaign.ask(BRANCH, "open_look_back", by=bureau.cast.secretary)
        short = {finding.code: (finding.met, finding.total) for finding in verdict.standing}
        hours = short.pop("study_hours")
        assert short == {"make_ups_done": (0, 17), "collective_hours": hours, "essays": (24, 29), "test_sat": (28, 29)}
        assert hours[0] < 29
        assert [f.code for f in verdict.findings if f.level == "warn" and f.status not in ("met", "not_applicable")] == []
        assert campaign.import_records(written.files[2]).refused == ()
        verdict = campaign.ask(BRANCH, "open_look_back", by=bureau.cast.secretary)
        wanting = [(f.code, [s.id for s in f.short]) for f in verdict.findings if f.status not in ("met", "not_applicable")]
        assert wanting == [("test_sat", [bureau.not_tested])]
        campaign.waive(BRANCH, "test_sat", by=bureau.cast.office, reason="lives elsewhere", members=[bureau.not_tested])
        assert campaign.move(BRANCH, "open_look_back", by=bureau.cast.secretary).allowed

    def test_one_item_that_should_be_put_right_at_once_is_open_until_it_is_made_up(
        self, campaign: Campaign, written: ExampleReport
    ) -> None:
        campaign.import_records(written.files[1])
        assert [(item.fields["urgency"], item.state) for item in campaign.cases(BRANCH, "rectification")] == [
            ("immediate", "closed"),
            ("immediate", "in_progress"),
            ("planned", "triaged"),
        ]
        campaign.import_records(written.files[2])
        assert [item.state for item in campaign.cases(BRANCH, "rectification")] == ["closed", "closed", "triaged"]

    @pytest.mark.parametrize("seed", range(20))
    def test_every_seed_keeps_the_figures(self, seed: int) -> None:
        bureau = Bureau.of(seed)
        missed = Counter(ident for absent in bureau.absent for ident in absent)
        assert (missed.total(), max(missed.values()) <= 4) == (17, True)
        assert [len(set(absent)) for absent in bureau.absent] == [1, 1, 2, 1, 3, 1, 0, 2, 1, 2, 1, 2]
        assert len(set(bureau.without_essay)) == 5


class TestDistrict:
    @pytest.mark.parametrize("seed", [2005, 1, 2])
    def test_its_totals_are_exact(self, seed: int) -> None:
        branches = District.of(seed).branches
        sizes = [len(branch.members) for branch in branches]
        assert (len(sizes), sum(sizes), min(sizes) >= 3, max(sizes) <= 110) == (782, 14_972, True, True)
        assert Counter(branch.batch for branch in branches) == {"1": 148, "2": 211, "3": 423}
        for low, high, count, members in BINS:
            inside = [size for size in sizes if low <= size <= high]
            assert (len(inside), sum(inside)) == (count, members)
        assert Counter(branch.kind for branch in branches) == {"committee": 34, "general_branch": 68, "branch": 680}

    def test_every_batch_has_its_members_statuses_and_flags(self, district: District) -> None:
        ids = [member.id for branch in district.branches for member in branch.members]
        assert len(set(ids)) == 14_972
        for batch, total in zip(BATCHES, (2_986, 3_840, 8_146), strict=True):
            members = [member for branch in district.branches if branch.batch == batch.id for member in branch.members]
            assert len(members) == total
            assert Counter(member.status for member in members) == batch.status
            assert Counter(flag for member in members for flag in member.flags) == batch.flags

    def test_who_supervises(self, district: District) -> None:
        groups = Counter(Counter(branch.group for branch in district.branches if branch.batch == "1").values())
        assert groups == {15: 8, 14: 2}
        assert sum(len(people) for group, people in district.officials.groups.items() if group.startswith("group")) == 30
        assert len(district.officials.office) == 8
        focus = Counter(branch.group for branch in district.branches if branch.focus)
        assert set(focus.values()) <= {2, 3}
        assert len(focus) == 10
        by_id = {branch.id: branch for branch in district.branches}
        above = {"general_branch": "committee", "branch": "general_branch"}
        assert all(by_id[b.parent].kind == above[b.kind] for b in district.branches if b.parent)

    def test_days_are_in_order_and_working_days_only(self, district: District) -> None:
        inspected: Counter[str] = Counter()
        for story in district.stories(lambda _done, _total: None):
            told = sorted(story.told, key=lambda said: said["at"])
            order = [said["move"] for said in told if said.get("move") in ("open_look_back", "apply", "start_inspection")]
            assert order == ["open_look_back", "apply", "start_inspection"][: len(order)]
            inspected.update(said["at"][:10] for said in told if said.get("record") == "inspection" and said["fields"]["result"] == "pass")
            assert told[-1]["at"] <= "2005-03-28T17:00:00+08:00"
        assert all(datetime.fromisoformat(day).weekday() < 5 for day in inspected)
        assert all(earlier < later for earlier, later in pairwise(sorted(inspected)))

    def test_the_engine_holds_every_branch_where_its_trouble_says(self, district: District, tmp_path: Path) -> None:
        written = write_example("district", tmp_path)
        assert (written.branches, written.members) == (782, 14_972)
        with rehearsal(tmp_path) as campaign:
            roster = campaign.import_roster(tmp_path / "roster.csv")
            assert (roster.branches, roster.members, roster.warnings) == (782, 14_972, ())
            assert not campaign.import_roster(tmp_path / "roster.csv").changed
            report = campaign.import_records(tmp_path / "records.jsonl")
            assert (report.documents, report.lines) == (written.documents, written.lines)
            refused = Counter(
                (district.plans[r.verdict.branch][0], r.verdict.subject, *(f.code for f in r.verdict.standing)) for r in report.refused
            )
            assert refused == {
                ("hours", "open_look_back", "study_hours", "collective_hours"): 9,
                ("test", "open_look_back", "test_sat"): 6,
                ("essays", "open_look_back", "essays"): 4,
                ("make_up_open", "open_look_back", "make_ups_done"): 3,
                ("looks", "close_look_back", "looks_answered"): 5,
                ("immediate", "close_look_back", "no_open_immediate"): 4,
                ("no_group", "apply", "group_present"): 5,
                ("one_addressee", "apply", "both_addressees"): 4,
                ("receipt", "start_inspection", "receipts"): 3,
                ("summary", "approve", "summary_filed"): 1,
            }
            states = dict(campaign.store.rows("SELECT state, COUNT(*) FROM workflow_branch GROUP BY state"))
            assert states == {
                "analysis.working": TROUBLES["none"] + TROUBLES["again"],
                "learning.working": 31,
                "learning.look_back": 9,
                "learning.analysis_meeting": 9,
                "learning.applied": 6,
                "learning.inspection": 4,
                "learning.make_up": 2,
                "learning.extended": 1,
                "preparation.unassigned": 211 + 423,
            }
            assert campaign.store.row("SELECT COUNT(*) FROM workflow_branch WHERE number = 2") == (1,)
