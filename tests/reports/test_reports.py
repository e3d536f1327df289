"""Figures out of the ledger: the bureau's of the sources, sums that reconcile, an earlier attempt, and what was filed by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.story import DEFINITION, Story, loaded
from workflow.cli.examples import write_example
from workflow.clock import VirtualClock
from workflow.definition import Definition, load_text
from workflow.definition.lint import lint
from workflow.engine.campaign import Campaign
from workflow.errors import DefinitionFault, Misuse, NotFound
from workflow.reports import plain, report, text

SUMMARY = {
    "sessions": 12,
    "attendances": 392,
    "by_members": 331,
    "others": 61,
    "essays": 24,
    "talks": 0,
    "deeds": 12,
    "hours": 1150.75,
    "studied": 20,
    "tested": 28,
    "not_tested": 1,
}


def made(folder: Path, name: str) -> Campaign:
    write_example(name, folder, seed=2005, progress=None)
    clock = VirtualClock(datetime(2005, 1, 3, tzinfo=UTC))
    campaign = Campaign.create(folder / f"{name}.db", loaded(DEFINITION), clock=clock, rehearsal=True)
    campaign.import_roster(folder / "roster.csv")
    campaign.import_records(folder / "records.jsonl")
    return campaign


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    with made(tmp_path_factory.mktemp("bureau"), "bureau") as campaign:
        yield campaign


class TestBureau:
    def test_the_figures_of_the_sources(self, bureau: Campaign) -> None:
        found = report(bureau, "stage_summary", "labour-bureau")
        assert {amount.line: amount.value for amount in found.total.amounts} == SUMMARY
        assert (found["by_members"].base, round(found["by_members"].share or 0, 4)) == (392, 0.8444)
        assert (found["tested"].of, found["not_tested"].of, found["sessions"].of) == (29, 29, None)
        assert [named.name for named in found["not_tested"].named] == ["程林庆"]
        kinds = dict(bureau.store.rows("SELECT seq, kind FROM workflow_document WHERE branch = 'labour-bureau'"))
        assert [kinds[seq] for seq in found["sessions"].evidence] == ["session"] * 12
        assert {kinds[seq] for seq in found["hours"].evidence} == {"session", "attendance"}
        assert found["deeds"].documents == len(found["deeds"].evidence) == 4

    def test_in_words(self, bureau: Campaign) -> None:
        found = report(bureau, "stage_summary", "labour-bureau")
        english = text(bureau.definition, found, "en", names=bureau.names()).splitlines()
        assert english[0] == "Stage summary: 劳动局党支部 (Labour Bureau) · learning and mobilisation, attempt 1 · as of 2005-03-11"
        assert [line[:47].rstrip() for line in english[2:8]] == [
            "study sessions              12",
            "attendances                 392",
            "of which by members         331 of 392 (84.4%)",
            "of which by others          61 of 392 (15.6%)",
            "essays accepted             24",
            "heart-to-heart talks        0",
        ]
        assert "good deeds                  12                  4 documents #" in "\n".join(english)
        assert "What was filed (“summary of the stage”) agrees with the ledger." in english
        chinese = text(bureau.definition, found, "zh", names=bureau.names())
        assert "其中党员人次        331/392（84.4%）" in chinese
        assert "所报“阶段小结”与台账一致。" in chinese

    def test_three_classes_of_rectification_add_up(self, bureau: Campaign) -> None:
        found = report(bureau, "rectification_report", "labour-bureau", on="2005-02")
        assert found.period == ("2005-02-01", "2005-02-28")
        figures = {amount.line: (amount.value, amount.of) for amount in found.total.amounts}
        assert figures["raised"] == figures["items"] == (3, 3)
        assert [figures[name] for name in ("done", "partly", "not_started", "handed_over")] == [(1, 3), (1, 3), (1, 3), (0, 3)]
        assert [named.id for named in found["partly"].named] == ["rectification-2"]
        assert report(bureau, "rectification_report", "labour-bureau", on="2005-03-05")["raised"].value == 0
        assert report(bureau, "rectification_report", "labour-bureau", on="2005-01")["items"].value == 0

    def test_ratios_of_figures(self, bureau: Campaign) -> None:
        bureau_progress = report(bureau, "progress")
        assert (bureau_progress["hours_each"].value, bureau_progress["members"].value) == (pytest.approx(1150.75 / 29), 29)
        assert report(bureau, "leaders_lectures", "labour-bureau")["per_leader"].value == 1


def test_every_report_of_the_definition_is_made_for_all_and_in_both_languages(bureau: Campaign) -> None:
    for name, kind in bureau.definition.reports.items():
        assert kind.basis
        for lang in ("en", "zh"):
            assert text(bureau.definition, report(bureau, name), lang, names=bureau.names())
        assert plain(bureau.definition, report(bureau, name), "en")["total"]["amounts"].keys() == kind.lines.keys()


TWO = """
definition: two
title: Reports of a small campaign
roles: {clerk: {scope: branch}}
instruments: {act: {title: The act}}
parameters: {wanted: {value: 4, unit: h, basis: act}}
members: {status: [here, away]}
records:
  course: {of: member, fields: {hours: {type: number, unit: h}, score: {type: number, optional: true}}, by: clerk, span: attempt}
  visit: {of: branch, fields: {houses: integer, of_all: {type: integer, optional: true}, before: {type: integer, optional: true}}, by: clerk}
  filed: {of: branch, fields: {hours: {type: number, unit: h}, houses: integer}, by: clerk, span: attempt}
gates: {gate: {phases: [working], moves: {
  redo: {from: working, to: working, by: clerk, effects: [new_attempt]}, leave: {from: working, to: next_stage, by: clerk}}}}
stages: {first: {gate: gate}, second: {gate: gate}}
reports:
  figures:
    title: Figures
    compares: filed
    basis: act
    lines:
      hours: {value: sum(sum(c.hours for c in m.course) for m in branch.members)}
      taught: {each: member, when: member.status == "here", value: sum(c.hours for c in member.course) >= wanted, names: true}
      scores: {each: member, value: sum(c.score for c in member.course)}
      houses: {value: sum(v.houses for v in branch.visit), base: sum(v.of_all for v in branch.visit), before: sum(v.before for v in branch.visit)}
      each_house: {value: hours / houses}
"""


def small(branches: int = 3, **db: Any) -> Campaign:
    clock = VirtualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    campaign = Campaign.create(db.get("db", ":memory:"), load_text(TWO), clock=clock, rehearsal=True)
    rows = []
    for n in range(branches):
        rows.append({"branch": f"b{n}", "title": f"Branch {n}", "batch": str(n % 2), "group": "" if n == 0 else "north"})
        rows += [{"branch": f"b{n}", "person": f"p{n}-{k}", "status": "away" if k == 2 else "here", "roles": "clerk"} for k in range(3)]
    campaign.import_roster(rows)
    for n in range(branches):
        lines = [{"member": f"p{n}-{k}", "hours": n + k + 0.1, "score": 5} for k in range(3)]
        campaign.record(f"b{n}", "course", by=f"p{n}-0", lines=lines)
        campaign.record(f"b{n}", "visit", by=f"p{n}-0", fields={"houses": n, "of_all": 10, "before": 2})
    return campaign


class TestWhole:
    @pytest.mark.parametrize("each", ["branch", "batch", "group"])
    def test_parts_add_up_to_the_whole(self, each: Any) -> None:
        found = report(small(5), "figures", each=each)
        for line in ("hours", "taught", "scores", "houses"):
            assert sum(part[line].value or 0 for part in found.parts) == pytest.approx(found[line].value)
        assert sum(part["taught"].of or 0 for part in found.parts) == found["taught"].of == 10
        assert sum(part.branches for part in found.parts) == found.total.branches == 5
        assert found["each_house"].value == pytest.approx((found["hours"].value or 0) / (found["houses"].value or 1))
        assert (found["houses"].base, found["houses"].before, found["houses"].change) == (50, 10, 0)

    def test_a_group_nobody_is_in_is_shown_last(self) -> None:
        assert [part.key for part in report(small(), "figures", each="group").parts] == ["north", None]

    def test_the_number_of_queries_does_not_grow(self) -> None:
        def queries(branches: int) -> int:
            with small(branches) as campaign:
                seen: list[str] = []
                campaign.store.connection().set_trace_callback(seen.append)
                report(campaign, "figures", each="branch")
                campaign.store.connection().set_trace_callback(None)
                return len([sql for sql in seen if sql.lstrip().upper().startswith("SELECT")])

        assert queries(2) == queries(40) < 15

    def test_a_batch(self) -> None:
        found = report(small(), "figures", batch="1")
        assert (found.total.branches, found["houses"].value) == (1, 1)
        with pytest.raises(NotFound, match="there is no batch 7; known: 0, 1"):
            report(small(), "figures", batch="7")

    def test_a_missing_fact_is_counted_beside_the_figure_and_no_share_is_made_up(self) -> None:
        campaign = small(2)
        campaign.record("b1", "course", by="p1-0", lines=[{"member": "p1-0", "hours": 1}])
        campaign.record("b1", "visit", by="p1-0", fields={"houses": 3})
        found = report(campaign, "figures")
        assert (found["scores"].value, found["scores"].unknown) == (25, 1)
        assert (found["houses"].value, found["houses"].base, found["houses"].share) == (4, None, None)
        said = text(campaign.definition, found, "en", names={})
        assert "scores      25, 1 not known" in said
        assert "houses      4, share not known, change not known" in said

    def test_division_by_nothing_is_not_known(self) -> None:
        found = report(small(1), "figures")
        assert found["each_house"].value is None
        assert "each house  not known" in text(load_text(TWO), found, "en", names={})


class TestAttempts:
    def test_an_earlier_attempt_is_reported_as_it_stood(self) -> None:
        campaign = small(1)
        before = report(campaign, "figures", "b0")
        campaign.move("b0", "redo", by="p0-0")
        assert report(campaign, "figures", "b0")["hours"].value == 0
        campaign.record("b0", "course", by="p0-1", lines=[{"member": "p0-1", "hours": 9, "score": 1}])
        campaign.move("b0", "leave", by="p0-0")
        campaign.record("b0", "visit", by="p0-1", fields={"houses": 70, "of_all": 100, "before": 1})
        first, second = (report(campaign, "figures", "b0", stage="first", attempt=n) for n in (1, 2))
        assert first.total.amounts == before.total.amounts
        assert (second["hours"].value, second["houses"].value, second.attempt, second.stage) == (9, 0, 2, "first")
        assert report(campaign, "figures", "b0", stage="first").attempt == 2
        assert report(campaign, "figures", "b0").stage == "second"
        with pytest.raises(NotFound, match="b0 has not been in first, attempt 3; did you mean first 2"):
            report(campaign, "figures", "b0", stage="first", attempt=3)


class TestFiled:
    def test_differences_and_who_has_not_filed(self) -> None:
        campaign = small()
        campaign.record("b0", "filed", by="p0-0", fields={"hours": 3.3, "houses": 0})
        campaign.record("b1", "filed", by="p1-0", fields={"hours": 6.3, "houses": 4})
        found = report(campaign, "figures").filed
        assert found is not None
        assert (found.filed, found.total, found.missing) == (2, 3, ("b2",))
        assert [(d.branch, d.line, d.counted, d.filed, d.document) for d in found.differences] == [("b1", "houses", 1, 4, 4)]
        said = text(campaign.definition, report(campaign, "figures", "b1"), "en", names={}).splitlines()
        assert said[-3:-1] == ["What was filed (“filed”) differs from the ledger:", "    houses: filed 4, in the ledger 1 (#4)"]
        assert "尚未报送“filed”。" in text(campaign.definition, report(campaign, "figures", "b2"), "zh", names={})

    def test_the_story_of_the_bureau_told_wrongly(self) -> None:
        story = Story().to_inspection()
        found = report(story.campaign, "stage_summary", "b1").filed
        assert found is not None
        assert {(d.line, d.counted, d.filed) for d in found.differences} == {("deeds", 0, 1)}


class TestMisuse:
    @pytest.mark.parametrize(
        ("given", "says"),
        [
            ({"name": "figure"}, "there is no report figure; did you mean figures?"),
            ({"branch": "b7"}, "there is no branch b7"),
            ({"branch": "b1", "batch": "1"}, "name either a branch, or what to break the whole down by"),
            ({"stage": "first"}, "name the branch whose stage or attempt is meant"),
            ({"on": "2026-03"}, "figures has no period: leave the day out"),
        ],
    )
    def test_is_refused(self, given: dict[str, Any], says: str) -> None:
        with pytest.raises(Misuse) as caught:
            report(small(), **{"name": "figures", **given})
        assert says in caught.value.say("en")
        assert caught.value.say("zh") != caught.value.say("en")


class TestLanguage:
    @pytest.mark.parametrize(
        ("line", "says"),
        [
            ("{value: houses + len(branch.visit)}", "uses both the figures houses and facts of a branch"),
            ("{each: member, value: hours}", "a figure over other lines is a number of the whole, asked of nobody"),
            ("{value: hours > 3}", "a figure over other lines is a number of the whole, asked of nobody"),
            ("{value: later}", "unknown name later"),
            ("{value: branch.title}", "expected a number or a condition, found text"),
            ("{value: len(branch.visit), when: len(branch.visit)}", "expected a condition, found number"),
            ("{value: len(branch.visit), base: len(branch.visit) > 1}", "expected a number, found boolean"),
            ("{each: member, value: member.name != '', base: '4'}", "leave base out"),
            ("{each: person, value: '1'}", "there is no member, step, child or case kind person"),
            ("{value: hours, unit: d}", "the unit is stated as d, but the expression gives h"),
            ("{value: sum(sum(c.hour for c in m.course) for m in branch.members)}", "course has no hour"),
        ],
    )
    def test_what_is_wrong_is_a_fault_at_load(self, line: str, says: str) -> None:
        with pytest.raises(DefinitionFault) as caught:
            load_text(TWO + f"      wrong: {line}\n")
        assert [says in fault.text.say("en") for fault in caught.value.faults] == [True], caught.value
        assert caught.value.faults[0].where.startswith("<text>:26:")
        assert caught.value.faults[0].text.say("zh") != caught.value.faults[0].text.say("en")

    @pytest.mark.parametrize(
        ("old", "new", "says"),
        [
            ("compares: filed", "compares: file", "there is no record kind file"),
            ("compares: filed", "compares: course", "course is a record of the member, one of a branch was expected"),
            ("      taught:", "      wanted:", "wanted means something else in expressions, another name was expected"),
            ("      taught:", "      branch:", "branch means something else in expressions"),
            ("    basis: act\n    lines", "    basis: acts\n    lines", "there is no instrument acts"),
            ("    title: Figures", "    title: Figures\n    each: member", "member is unknown, one of branch, batch, group was expected"),
        ],
    )
    def test_faults_of_a_report(self, old: str, new: str, says: str) -> None:
        with pytest.raises(DefinitionFault) as caught:
            load_text(TWO.replace(old, new))
        assert any(says in fault.text.say("en") for fault in caught.value.faults), caught.value

    def test_texts_are_needed_in_every_language(self) -> None:
        definition: Definition = load_text(TWO)
        assert [finding for finding in lint(definition) if "reports" in finding.path] == []


@pytest.mark.slow
def test_the_totals_of_a_district_reconcile(tmp_path: Path) -> None:
    with made(tmp_path, "district") as district:
        for name, kind in district.definition.reports.items():
            found = report(district, name, each="branch")
            assert found.total.branches == len(found.parts) == 782
            for line in (line for line in kind.lines.values() if line.value.reads_branch(line.each)):
                parts = [part[line.id] for part in found.parts]
                assert sum(amount.value or 0 for amount in parts) == pytest.approx(found[line.id].value or 0), (name, line.id)
                assert sum(amount.of or 0 for amount in parts) == (found[line.id].of or 0)
                assert sum(amount.documents for amount in parts) == found[line.id].documents
