"""What changed and what smells: every check finds what it looks for, where it stands, and nothing else."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.audit.questions_ground import answer
from tests.conftest import Snapshot
from tests.engine.rolls_ground import DEFINITION, rows
from workflow.audit import Checked, check, checklist
from workflow.audit.checks import Found, Place
from workflow.cli.app import cli
from workflow.clock import VirtualClock
from workflow.definition import Definition, load_document
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse, NotFound
from workflow.texts import LANGUAGES

AUDITS: dict[str, Any] = {
    "own_visit": {
        "title": {"en": "Own visit", "zh": "本人走访"},
        "act": "visit.make",
        "not_by": ["visit.open", "visit.promised_by"],
        "basis": "act",
    },
    "patron": {"title": {"en": "Patron approves", "zh": "联系人审批"}, "act": "approve", "not_by": "branch.patron", "basis": "act"},
    "essayist": {"title": {"en": "Essayist applies", "zh": "作者申请"}, "act": "apply", "not_by": ["essay.member", "plan"], "basis": "act"},
    "again": {"title": {"en": "Again", "zh": "重来"}, "act": "redo", "basis": "act"},
    "long": {
        "title": {"en": "Not more than {hours}", "zh": "不超过{hours}"},
        "each": "member",
        "when": "len(member.study) > 0",
        "check": "sum(s.hours for s in member.study) <= hours",
        "basis": "act",
    },
}


def definition(**audits: Any) -> Definition:
    document: dict[str, Any] = deepcopy(dict(DEFINITION.document))
    person = {"type": "person", "optional": True, "title": {"en": "promised by", "zh": "承诺人"}}
    document["cases"]["visit"]["fields"]["promised_by"] = person
    document["cases"]["visit"]["moves"]["hand_on"] = {
        "from": "agreed",
        "to": "agreed",
        "by": "clerk",
        "title": {"en": "hand on", "zh": "移交"},
        "takes": {"promised_by": person},
    }
    document["branches"] = {"fields": {"patron": {"type": "person", "optional": True, "title": {"en": "patron", "zh": "联系人"}}}}
    document["audits"] = {**AUDITS, **audits}
    return load_document(document)


class Ground:
    """Four branches; an hour passes before each command, and nothing is refused."""

    def __init__(self) -> None:
        self.clock = VirtualClock(datetime(2026, 3, 2, 1, tzinfo=UTC))
        self.campaign = Campaign.create(":memory:", definition(), clock=self.clock, rehearsal=True)
        self.campaign.import_roster(rows())

    def record(self, branch: str, kind: str, *members: str, by: str, happened: str | None = None, **fields: Any) -> int:
        self.clock.advance(hours=1)
        verdict = self.campaign.record(branch, kind, by=by, happened=happened, fields=fields, lines=list(members))
        assert verdict.allowed, verdict.standing
        assert verdict.event is not None
        return verdict.event.seq

    def move(self, branch: str, move: str, by: str) -> int:
        self.clock.advance(hours=1)
        verdict = self.campaign.move(branch, move, by=by)
        assert verdict.allowed, verdict.standing
        assert verdict.event is not None
        return verdict.event.seq

    def applied(self, branch: str, *members: str) -> Ground:
        """Studied, written and applied by the clerk, as it should be."""
        self.record(branch, "study", *members, by=members[0], hours=4)
        self.record(branch, "essay", *members, by=members[0], pages=2)
        self.move(branch, "apply", by=members[0])
        return self

    def found(self, name: str, **more: Any) -> Found:
        return check(self.campaign, [name], **more).found[0]


def told(found: Found, lang: str = "en") -> list[str]:
    return [row.what.say(lang) for row in found.rows]


def places(found: Found) -> list[list[int]]:
    return [[place.seq for place in row.events] for row in found.rows]


@pytest.fixture
def ground() -> Ground:
    return Ground()


# -- the checks of the program -----------------------------------------------------------------------------------------


def test_a_campaign_in_order_smells_of_nothing(ground: Ground) -> None:
    ground.applied("north", "ada", "bo", "cy")
    ground.move("north", "approve", by="guide-1")
    found = check(ground.campaign)
    smelling = {each.check.id for each in found.found if each.rows and not each.check.lists}
    assert smelling == {"essayist"}  # she wrote one herself
    assert found.reproaches == 1
    assert {each.check.id: each.looked_at for each in found.found}["papered_later"] == 2


def test_moved_first_papered_later(ground: Ground) -> None:
    ground.applied("north", "ada", "bo", "cy")
    ground.clock.advance(days=3)
    approval = ground.move("north", "approve", by="guide-1")
    ground.clock.advance(days=5)
    late = ground.record("north", "essay", "bo", by="ada", happened="2026-03-01", pages=1)
    ground.record("north", "essay", "cy", by="ada", happened="2026-03-06", pages=1)  # of a day after both
    other = ground.record("north", "plan", "bo", by="ada", happened="2026-03-01", text="to do")  # nothing rested on it yet
    found = ground.found("papered_later")
    assert places(found) == [[4, late]]  # applied on 2 March; the approval asks for no essay
    assert [row.day for row in found.rows] == ["2026-03-02"]
    assert told(found) == ["“apply” was made; essay, of before that day and of a kind it rests on, came in only up to 8 days later"]
    assert found.rows[0].who == ("ada",)
    assert approval < late < other
    assert places(ground.found("back_dated")) == [[late], [other]]
    assert places(ground.found("back_dated", days=9)) == []
    ground.campaign.withdraw("north", late, by="ada", reason="wrong")
    assert ground.found("papered_later").rows == ()
    assert told(ground.found("back_dated", days=8))[0] == "essay of 2026-03-01 was entered 9 days later; withdrawn since"


def test_a_paper_of_the_same_day_was_there(ground: Ground) -> None:
    ground.applied("north", "ada", "bo", "cy")
    ground.record("north", "essay", "bo", by="ada", pages=1)
    assert ground.found("papered_later").rows == ()


def test_decided_on_evidence_withdrawn_since(ground: Ground) -> None:
    ground.applied("north", "ada", "bo", "cy")
    study = 2
    ground.clock.advance(days=1)
    assert ground.campaign.withdraw("north", study, by="ada", reason="it was 3 h").allowed
    found = ground.found("withdrawn_since")
    assert found.rows[0].events == (Place("branch:north", 4), Place("branch:north", 2), Place("branch:north", 5))
    assert told(found) == ["“apply” was made on 1 paper that counts no longer: study #2 (withdrawn 2026-03-03 by Ada: it was 3 h)"]
    assert told(found, "zh") == ["“申请”所依据的材料有 1 份现已不再计入：学习第 2 号（2026-03-03 由 Ada 撤回：it was 3 h）"]
    assert (found.looked_at, found.check.lists) == (1, False)


def test_what_was_withdrawn_before_the_decision_is_no_matter(ground: Ground) -> None:
    wrong = ground.record("north", "study", "ada", by="ada", hours=1)
    assert ground.campaign.withdraw("north", wrong, by="ada", reason="wrong").allowed
    ground.applied("north", "ada", "bo", "cy")
    assert ground.found("withdrawn_since").rows == ()


def test_deciding_about_ones_own_branch(ground: Ground) -> None:
    ground.applied("north", "ada", "bo", "cy")
    assert ground.campaign.appoint("bo", "office", by="olga", reason="seconded").allowed
    ordered = ground.move("north", "redo", by="bo")
    ground.move("south", "redo", by="bo")  # not his own
    found = ground.found("own_branch")
    assert places(found) == [[ordered]]
    assert told(found) == ["“start again” was done by Bo as office, who was on the roll of this branch then"]
    assert found.looked_at == 2  # what the clerks did is done from inside
    assert ground.campaign.transfer("bo", "south", by="olga", reason="moved").allowed
    ground.move("north", "redo", by="bo")  # no longer
    assert places(ground.found("own_branch")) == [[ordered]]


def test_more_on_the_sheet_than_on_the_roll(ground: Ground) -> None:
    ground.record("north", "evening", "ada", "bo", "cy", by="ada", hours=2)
    assert ground.found("beyond_the_roll").rows == ()
    line = "SELECT kind, branch, 'zed', seq, 9, happened, recorded, \"by\", live, f1 FROM workflow_line WHERE member = 'bo'"
    columns = 'kind, branch, member, seq, line, happened, recorded, "by", live, f1'
    ground.campaign.store.execute(f"INSERT INTO workflow_line ({columns}) {line}")  # whoever forges a table
    found = ground.found("beyond_the_roll")
    assert told(found) == ["evening of 2026-03-02 names 4 where 3 were on the roll: 1 too many"]
    assert places(found) == [[2]]


def test_who_joined_later_was_not_on_the_roll(ground: Ground) -> None:
    ground.clock.advance(days=9)
    assert ground.campaign.transfer("dan", "north", by="olga", reason="moved").allowed
    sheet = ground.record("north", "evening", "ada", "bo", "cy", "dan", by="ada", happened="2026-03-05", hours=2)
    ground.record("north", "evening", "ada", "bo", "cy", "dan", by="ada", hours=2)
    assert places(ground.found("beyond_the_roll")) == [[sheet]]


def test_stages_begun_again_are_listed_and_no_reproach(ground: Ground) -> None:
    ground.applied("north", "ada", "bo", "cy")
    ordered = ground.move("north", "redo", by="olga")
    found = ground.found("begun_again")
    assert places(found) == [[ordered]]
    assert told(found) == ["“start again” by Olga: attempt 2 of learning began; the records of attempt 1 are kept: 2"]
    assert check(ground.campaign, ["begun_again"]).reproaches == 0


# -- what the definition declares ----------------------------------------------------------------------------------------


def test_an_act_that_is_never_to_be_done(ground: Ground) -> None:
    assert ground.found("again").rows == ()
    ordered = ground.move("north", "redo", by="olga")
    assert (places(ground.found("again")), told(ground.found("again"))) == ([[ordered]], ["“start again” was done by Olga"])


def test_two_acts_of_one_person_in_one_case(ground: Ground) -> None:
    campaign = ground.campaign
    for member in ("bo", "cy"):
        assert campaign.open_case("north", "visit", by="ada", member=member, fields={"what": "ill"}).allowed
    assert campaign.appoint("bo", "clerk", of="north", by="olga", reason="help").allowed
    assert campaign.move_case("north", "visit-1", "make", by="bo").allowed  # opened by another
    assert ground.found("own_visit").rows == ()
    assert campaign.move_case("north", "visit-2", "make", by="ada").allowed
    found = ground.found("own_visit")
    assert [len(row.events) for row in found.rows] == [2]
    assert told(found) == ["“make” of visit-2 was done by Ada, who opened “visit”"]
    assert told(found, "zh") == ["“完成”（visit-2）由 Ada 作出，而此人提出“走访”"]
    assert (found.looked_at, found.unknown) == (2, 0)


def test_whoever_was_named_last_before_the_act(ground: Ground) -> None:
    campaign = ground.campaign
    assert campaign.appoint("bo", "clerk", of="north", by="olga", reason="help").allowed
    for first, last in (("ada", "bo"), ("bo", "ada")):
        case = campaign.open_case("north", "visit", by="bo", member="cy", fields={"what": "ill", "promised_by": first}).created
        assert campaign.move_case("north", str(case), "hand_on", by="bo", takes={"promised_by": last}).allowed
        assert campaign.move_case("north", str(case), "make", by="ada").allowed
    assert told(ground.found("own_visit")) == ["“make” of visit-2 was done by Ada, who is the “promised by”"]


def test_a_case_stays_the_same_where_it_goes_with_its_member(ground: Ground) -> None:
    campaign = ground.campaign
    assert campaign.open_case("north", "visit", by="ada", member="cy", fields={"what": "ill"}).allowed
    assert campaign.open_case("south", "visit", by="dan", member="eve", fields={"what": "ill"}).allowed
    assert campaign.transfer("cy", "south", by="olga", reason="moved").allowed
    assert campaign.appoint("ada", "clerk", of="south", by="olga", reason="help").allowed
    assert campaign.move_case("south", "visit-1", "make", by="ada").allowed  # dan's
    assert ground.found("own_visit").rows == ()
    assert campaign.move_case("south", "visit-2", "make", by="ada").allowed
    found = ground.found("own_visit")
    assert [{place.stream for place in row.events} for row in found.rows] == [{"branch:south", "branch:north"}]


def test_who_is_named_by_the_roster_or_by_nobody(ground: Ground) -> None:
    ground.applied("north", "ada", "bo", "cy")
    ground.applied("east", "fay", "gus")
    ground.move("north", "approve", by="guide-1")
    ground.move("east", "approve", by="guide-2")
    found = ground.found("patron")
    assert (found.rows, found.looked_at, found.unknown) == ((), 2, 2)
    ground.campaign.import_roster([{"branch": "north", "patron": "guide-1"}])
    found = ground.found("patron")
    assert (told(found), found.unknown) == (["“approve” was done by Guide 1, who is the “patron”"], 1)


def test_records_are_compared_within_the_branch(ground: Ground) -> None:
    ground.applied("north", "ada", "bo", "cy")
    ground.record("south", "plan", "dan", by="dan", text="to do")
    assert told(ground.found("essayist")) == ["“apply” was done by Ada, who is named in “essay”"]


def test_what_ought_to_be_so_is_asked_of_everybody_in_every_attempt(ground: Ground) -> None:
    seq = ground.record("north", "study", "bo", by="ada", hours=5)
    ground.record("north", "study", "cy", by="ada", hours=1)
    assert ground.found("long").looked_at == 2
    ground.move("north", "redo", by="olga")  # what was entered before is frozen, and looked at all the same
    found = ground.found("long")
    assert told(found) == ["Bo: found 5 h, required at most 4 h: over by 1 h"]
    assert told(found, "zh") == ["Bo：实为5 h，要求不超过4 h，超出1 h"]
    assert (places(found), found.rows[0].who, found.looked_at, found.rows[0].day) == ([[seq]], ("bo",), 2, "2026-03-02")
    assert ground.campaign.withdraw("north", ground.record("north", "study", "cy", by="ada", hours=9), by="ada", reason="no").allowed
    assert len(ground.found("long").rows) == 1


def test_each_branch_is_asked_by_the_rules_it_is_under(ground: Ground) -> None:
    ground.record("north", "study", "bo", by="ada", hours=5)
    document: dict[str, Any] = deepcopy(dict(definition().document))
    document["version"], document["parameters"]["hours"]["value"] = "2", 6
    document["authority"]["enact"] = "office"
    first: dict[str, Any] = deepcopy(dict(definition().document))
    first["authority"]["enact"] = "office"
    clock = VirtualClock(datetime(2026, 3, 2, 1, tzinfo=UTC))
    with Campaign.create(":memory:", load_document(first), clock=clock, rehearsal=True) as campaign:
        campaign.import_roster(rows())
        for branch, member in (("north", "ada"), ("south", "dan")):
            assert campaign.record(branch, "study", by=member, fields={"hours": 5}, lines=[member]).allowed
        clock.advance(days=1)
        assert campaign.enact(load_document(document), by="olga", reason="more", scope="new").allowed
        assert campaign.move("south", "redo", by="olga").allowed  # its attempt begins under the new one
        assert [row.branch for row in check(campaign, ["long"]).found[0].rows] == ["north"]


# -- the whole -----------------------------------------------------------------------------------------------------------


def test_only_one_branch(ground: Ground) -> None:
    for branch, members in (("north", ("ada", "bo", "cy")), ("east", ("fay", "gus"))):
        ground.applied(branch, *members)
        ground.move(branch, "redo", by="olga")
    whole, one = check(ground.campaign), check(ground.campaign, branch="east")
    for each, only in zip(whole.found, one.found, strict=True):
        assert only.rows == tuple(row for row in each.rows if row.branch == "east")
        assert only.looked_at <= each.looked_at


def test_unknown_names(ground: Ground) -> None:
    with pytest.raises(NotFound, match="there is no check own_vist; did you mean own_visit"):
        check(ground.campaign, ["own_vist"])
    with pytest.raises(NotFound, match="there is no branch nroth"):
        check(ground.campaign, branch="nroth")
    with pytest.raises(Misuse, match="0 or more"):
        check(ground.campaign, days=-1)


def test_every_check_says_what_it_looks_for_and_by_what(ground: Ground) -> None:
    checks = checklist(ground.campaign)
    assert [each.id for each in checks][-len(AUDITS) :] == list(AUDITS)
    for each in checks:
        for lang in LANGUAGES:
            assert all(text.say(lang).strip() for text in (each.title, each.looks_for, each.basis))
    long = checks[-1]
    assert (long.title.say("en"), long.basis.say("zh"), long.source) == ("Not more than 4 h", "办法", "definition")


def test_the_district_in_a_few_queries(asked_district: Path) -> None:
    with Campaign.open(asked_district) as campaign:
        steps: list[tuple[int, int]] = []
        statements: list[str] = []
        connection = campaign.store.connection()
        connection.set_trace_callback(statements.append)
        found = check(campaign, progress=lambda done, total: steps.append((done, total)))
        connection.set_trace_callback(None)
    assert len(statements) < 60  # none for each of 782 branches
    assert steps[-1][0] == steps[-1][1] == len(steps)
    assert found.reproaches == sum(len(each.rows) for each in found.found if not each.check.lists) == 16
    _rests_on_events(asked_district, found)


def _rests_on_events(db: Path, found: Checked) -> None:
    """Every row names events that are there."""
    with Campaign.open(db) as campaign:
        known = {Place(*row) for row in campaign.store.rows("SELECT stream, seq FROM workflow_event")}
    for each in found.found:
        for row in each.rows:
            assert row.events
            assert set(row.events) <= known


def test_on_the_command_line(asked_district: Path, snapshot: Snapshot) -> None:
    for lang in LANGUAGES:
        code, said = answer(asked_district, ("audit", "check"), lang)
        assert code == 1
        snapshot(f"audit-check.{lang}", "\n".join(said.splitlines()[:20]))
        code, said = answer(asked_district, ("audit", "check", "--list"), lang)
        assert code == 0
        snapshot(f"audit-checks.{lang}", said.rstrip("\n"))


def test_nothing_is_cut_in_silence(asked_district: Path) -> None:
    _, said = answer(asked_district, ("audit", "check", "accepted_gaps"), "en")
    assert "… and 28 more; --full shows them all" in said
    code, whole = answer(asked_district, ("audit", "check", "accepted_gaps", "--full"), "en")
    assert (code, whole.count("accepted by"), "more;" in whole) == (0, 48, False)
    assert "at least 40 h" in whole  # as the requirement was called when the gap was accepted


def test_as_json(asked_district: Path) -> None:
    done = CliRunner().invoke(cli, ["audit", "check", "own_branch", "begun_again", "--json", "--db", str(asked_district)])
    assert done.exit_code == 1
    plain = json.loads(done.stdout)
    assert (plain["found"], [each["found"] for each in plain["checks"]]) == (1, [1, 1])
    row = plain["checks"][0]["rows"][0]
    assert (row["branch"], row["who"], row["events"]) == (
        "organ-022",
        [{"id": "huang-meimei", "name": "黄梅梅"}],
        [{"stream": "branch:organ-022", "seq": 97}],
    )
