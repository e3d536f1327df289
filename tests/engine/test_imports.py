"""Files of commands: all or none, every fault by its line, and the same as entering them one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.engine.ground import START, TRIAL_SITES, sites
from tests.story import loaded
from workflow.clock import SystemClock, VirtualClock
from workflow.engine.campaign import Campaign
from workflow.errors import InputFault
from workflow.ledger import branch_stream, events, verify_chain
from workflow.store import compare

COURSE = {
    "branch": "site-000",
    "record": "course",
    "by": "m0-0",
    "happened": "2026-03-01",
    "fields": {"hours": 6, "form": "course"},
    "lines": ["m0-1", {"member": "m0-2", "hours": 2.5}],
}
TRAINING = {"branch": "site-000", "record": "training", "by": "m0-0", "fields": {"hours": 12, "form": "self"}, "lines": ["m0-0"]}
CONTRACT = {"branch": "site-000", "record": "contract", "by": "spencer", "fields": {"signed": True}}


def opened(path: Path) -> Campaign:
    campaign = Campaign.create(path, loaded(TRIAL_SITES), clock=VirtualClock(START), rehearsal=True)
    campaign.import_roster(sites(2))
    return campaign


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    with opened(tmp_path / "c.db") as made:
        yield made
        assert compare(made.store, lambda _hash: made.definition) == ()
        assert verify_chain(made.store) == ()


def lines(tmp_path: Path, *said: Any) -> Path:
    path = tmp_path / "r.jsonl"
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in said), encoding="utf-8")
    return path


def kept(campaign: Campaign) -> int:
    return sum(1 for _ in events(campaign.store))


def faults(campaign: Campaign, source: Any) -> list[str]:
    before = kept(campaign)
    with pytest.raises(InputFault) as caught:
        campaign.import_records(source)
    assert kept(campaign) == before
    return caught.value.say("en").splitlines()


class TestWhatIsEntered:
    def test_documents_and_lines_are_counted_by_kind(self, campaign: Campaign, tmp_path: Path) -> None:
        report = campaign.import_records(lines(tmp_path, COURSE, "", TRAINING, CONTRACT))
        assert (report.documents, report.lines, report.kinds) == (3, 3, {"course": 1, "training": 1, "contract": 1})
        assert (report.commands, report.repeated, report.refused) == ({}, 0, ())
        rows = campaign.store.rows("SELECT member, happened, f1, f2 FROM workflow_line WHERE kind = 'training' ORDER BY member")
        assert rows == [("m0-0", "2026-03-02", 12, "self"), ("m0-1", "2026-03-01", 6, "course"), ("m0-2", "2026-03-01", 2.5, "course")]
        assert report.text.say("en") == "3 documents with 3 lines, 0 moves and cases, 0 refused, 0 known already"
        assert report.text.say("zh") == "记录 3 份（明细 3 行），动作和事项 0 项，不予通过 0 项，此前已录入 0 项"

    def test_it_is_the_same_as_entering_them_one_by_one(self, campaign: Campaign, tmp_path: Path) -> None:
        refused = {**CONTRACT, "by": "m0-0"}
        commands = [COURSE, {"branch": "site-000", "move": "close_people", "by": "m0-0"}, TRAINING, CONTRACT, refused]
        commands = [{**said, "key": f"k{number}"} for number, said in enumerate(commands)]
        campaign.import_records(commands)
        with opened(tmp_path / "d.db") as other:
            for said in commands:
                if "move" in said:
                    other.move("site-000", "close_people", by="m0-0", key=said["key"])
                else:
                    other.record(
                        "site-000",
                        said["record"],
                        by=said["by"],
                        happened=said.get("happened"),
                        fields=said["fields"],
                        lines=said.get("lines", ()),
                        key=said["key"],
                    )
            mine, theirs = ([(e.kind, e.subject, e.role, e.payload, e.hash) for e in events(c.store)] for c in (campaign, other))
            assert mine == theirs

    def test_a_whole_story_with_moves_cases_and_waivers(self, campaign: Campaign) -> None:
        story: list[dict[str, Any]] = [
            {**COURSE, "lines": ["m0-1"]},
            CONTRACT,
            {"branch": "site-000", "waive": "trained", "members": ["m0-0", "m0-2"], "reason": "trained elsewhere", "by": "spencer"},
            *({"branch": "site-000", "move": move, "by": "m0-0"} for move in ("close_people", "close_papers", "invite")),
            {"branch": "site-000", "record": "visit", "by": "mona", "fields": {"passed": True}},
            {"branch": "site-000", "move": "activate", "by": "spencer"},
        ]
        report = campaign.import_records(story)
        assert (report.documents, report.commands, report.refused) == (3, {"waive": 1, "move": 4}, ())
        assert campaign.store.row("SELECT state FROM workflow_branch WHERE id = 'site-000'") == ("recruitment.recruiting",)

    def test_cases_are_opened_and_moved(self, tmp_path: Path) -> None:
        definition = loaded(TRIAL_SITES.with_name("plant-safety.yaml"))
        with Campaign.create(tmp_path / "p.db", definition, clock=VirtualClock(START), rehearsal=True) as plants:
            plants.import_roster([{"branch": "p1", "person": "a", "roles": "foreman"}, {"branch": "p1", "person": "s", "roles": "safety"}])
            opening = {"branch": "p1", "open_case": "hazard", "by": "a", "fields": {"place": "hall 2", "grave": "yes"}}
            moves = [{"branch": "p1", "case": "hazard-1", "move": move, "by": by} for move, by in (("remove", "a"), ("accept", "s"))]
            report = plants.import_records([opening, *moves])
            assert report.commands == {"open_case": 1, "case": 2}
            assert [(case.id, case.state) for case in plants.cases("p1")] == [("hazard-1", "closed")]

    def test_who_acts_may_be_said_once_for_the_file(self, campaign: Campaign) -> None:
        report = campaign.import_records([{key: value for key, value in TRAINING.items() if key != "by"}], by="m0-0")
        assert [event.actor for event in events(campaign.store, branch_stream("site-000")) if event.kind == "record"] == ["m0-0"]
        assert report.documents == 1

    def test_progress_reaches_the_end(self, campaign: Campaign) -> None:
        seen: list[tuple[int, int]] = []
        campaign.import_records([CONTRACT] * 450, progress=lambda done, total: seen.append((done, total)))
        assert seen == [(200, 450), (400, 450), (450, 450)]


class TestRefusals:
    def test_they_are_kept_and_listed_and_the_rest_goes_on(self, campaign: Campaign, tmp_path: Path) -> None:
        move = {"branch": "site-000", "move": "invite", "by": "m0-0"}
        report = campaign.import_records(lines(tmp_path, {**CONTRACT, "by": "m0-1"}, move, COURSE))
        assert [(r.where, r.verdict.subject, [f.code for f in r.verdict.standing]) for r in report.refused] == [
            ("r.jsonl:1", "record:contract", ["rule.role"]),
            ("r.jsonl:2", "invite", ["steps_closed"]),
        ]
        stream = [(e.kind, e.subject, e.seq) for e in events(campaign.store, branch_stream("site-000"))][1:]
        assert stream == [("refused", "record:contract", 2), ("refused", "invite", 3), ("record", "record:course", 4)]
        assert [r.verdict.event.seq for r in report.refused if r.verdict.event] == [2, 3]
        assert (report.documents, campaign.store.row("SELECT COUNT(*) FROM workflow_line WHERE kind = 'contract'")) == (1, (0,))


class TestKeys:
    def test_the_same_file_twice_is_the_same_as_once(self, campaign: Campaign, tmp_path: Path) -> None:
        keyed = [{**COURSE, "key": "k1"}, {"branch": "site-000", "move": "invite", "by": "m0-0", "key": "k2"}]
        first = campaign.import_records(lines(tmp_path, *keyed))
        before = kept(campaign)
        again = campaign.import_records(lines(tmp_path, *keyed))
        assert (first.documents, len(first.refused), first.repeated) == (1, 1, 0)
        assert (again.documents, len(again.refused), again.repeated, kept(campaign)) == (0, 0, 2, before)

    def test_a_key_of_another_command(self, campaign: Campaign, tmp_path: Path) -> None:
        campaign.import_records([{**COURSE, "key": "k1"}])
        found = faults(campaign, lines(tmp_path, {**CONTRACT, "key": "k1"}))
        assert found == [
            "r.jsonl:1: key k1 was used before for another command, or with other content (site-000 #2); use a new key",
        ]


class TestFaults:
    def test_all_of_them_by_line_and_nothing_is_written(self, campaign: Campaign, tmp_path: Path) -> None:
        found = faults(
            campaign,
            lines(
                tmp_path,
                COURSE,
                "{oops",
                "[1]",
                {"branch": "site-000", "by": "m0-0"},
                {**COURSE, "feilds": {}},
                {**COURSE, "lines": "m0-1"},
                {**COURSE, "lines": [7]},
                {"record": "course"},
                {**COURSE, "branch": "site-00"},
                {**COURSE, "record": "corse"},
                {**COURSE, "lines": ["m0-1", "m1-1", "m0-1"]},
                {**CONTRACT, "fields": {"signed": "maybe"}},
                {**COURSE, "happened": "2027-01-01"},
                {"branch": "site-000", "move": "invit", "by": "m0-0"},
                {"branch": "site-000", "move": "back", "by": "mona"},
                {"branch": "site-000", "case": "hazard-1", "by": "m0-0"},
                {**COURSE, "at": "noon"},
                json.dumps({**COURSE, "key": "\ud800"}),
            ),
        )
        places = ["2", "3", "4", "5", "6", "7", "8", "8", "9", "10", "11,2", "11,3", "12", "13", "14", "15", "16", "17", "18"]
        assert [line.split(": ", 1)[0] for line in found] == [f"r.jsonl:{place.replace(',', ', line ')}" for place in places]
        assert [line.split(": ", 1)[1] for line in found][1:] == [
            "expected a mapping {...}, one command a line",
            "says not what to do: one of record, open_case, case, waive, move",
            "feilds: unknown key; did you mean fields?",
            "lines: expected a list [...]",
            "lines: each line is a member's id, or a mapping with `member`",
            "branch: is missing",
            "by: is missing: say who acts",
            "there is no branch site-00; did you mean site-000 (Site 0)?",
            "there is no record kind corse; did you mean course?",
            "member: 'm1-1' is not on the roll of this branch; did you mean m0-1?",
            "member: m0-1 stands on this sheet twice",
            "signed: 'maybe' is neither yes nor no",
            "2027-01-01 has not come yet (today is 2026-03-02); a record says what was so",
            "there is no move invit; did you mean invite?",
            "reason: “reason” is missing; expected a text",
            "move: is missing",
            "at: 'noon' is not a time such as 2005-01-17T09:00:00+08:00",
            "key: not valid Unicode; enter it again",
        ]

    def test_what_builds_on_a_faulty_line_is_not_blamed(self, tmp_path: Path) -> None:
        definition = loaded(TRIAL_SITES.with_name("plant-safety.yaml"))
        with Campaign.create(tmp_path / "p.db", definition, clock=VirtualClock(START), rehearsal=True) as plants:
            plants.import_roster([{"branch": "p1", "person": "a", "roles": "foreman"}])
            opening = {"branch": "p1", "open_case": "hazard", "by": "a", "fields": {"place": "hall 2"}}
            found = faults(plants, [opening, {"branch": "p1", "case": "hazard-1", "move": "remove", "by": "a"}])
            assert found == ["line 1: grave: “grave” is missing; expected yes or no"]

    @pytest.mark.parametrize(("content", "says"), [(b"", "the file is empty"), (b"\xff\xfe", "not UTF-8")])
    def test_what_is_no_file_of_commands(self, campaign: Campaign, tmp_path: Path, content: bytes, says: str) -> None:
        (tmp_path / "r.jsonl").write_bytes(content)
        assert faults(campaign, tmp_path / "r.jsonl")[0].startswith(f"r.jsonl: {says}")


AT = {**CONTRACT, "at": "2026-03-05T09:00:00+01:00", "happened": "2026-03-05"}


class TestTime:
    def test_a_rehearsal_goes_on_to_the_time_of_each_line(self, campaign: Campaign) -> None:
        campaign.import_records([AT, {**AT, "at": "2026-03-04T09:00:00+01:00"}])
        assert [e.recorded_at for e in events(campaign.store) if e.kind == "record"] == ["2026-03-05T08:00:00.000000Z"] * 2
        assert campaign.today == "2026-03-05"

    def test_nothing_written_means_no_time_has_passed(self, campaign: Campaign, tmp_path: Path) -> None:
        assert faults(campaign, lines(tmp_path, AT, {**CONTRACT, "record": "none"})) != []
        assert campaign.today == "2026-03-02"

    def test_an_ordinary_campaign_keeps_the_machines_time(self, tmp_path: Path) -> None:
        with Campaign.create(tmp_path / "o.db", loaded(TRIAL_SITES), clock=SystemClock()) as ordinary:
            ordinary.import_roster(sites(1))
            assert faults(ordinary, lines(tmp_path, AT, AT)) == [
                "r.jsonl:1: `at` is for a rehearsal that is given its own time (--now, or a VirtualClock); leave it out"
            ]

    def test_a_time_before_the_campaign_stands_is_a_fault(self, campaign: Campaign) -> None:
        clock = VirtualClock(datetime(2026, 4, 1, tzinfo=UTC))
        with Campaign.open(campaign.store.db.database, clock=clock) as later:
            with pytest.raises(InputFault, match=r"before 2026-04-01T02:00 \(Europe/Berlin\), where the campaign stands") as caught:
                later.import_records([AT])
            assert "早于活动当前时间 2026-04-01T02:00（Europe/Berlin）" in caught.value.say("zh")
            assert later.today == "2026-04-01"

    def test_the_same_file_again_is_known_by_its_content(self, campaign: Campaign) -> None:
        first = campaign.import_records([COURSE, COURSE, TRAINING])
        again = campaign.import_records([COURSE, COURSE, TRAINING])
        more = campaign.import_records([TRAINING, COURSE, COURSE, COURSE])
        assert [(r.documents, r.repeated) for r in (first, again, more)] == [(3, 0), (0, 3), (1, 3)]
