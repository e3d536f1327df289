"""Scripted people bring a branch of any definition to its end, for real: what they cannot do they say, and the ledger keeps it all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.engine.ground import OFFICE_MOVE, START, TRIAL_SITES, Row, offices, sites, sound
from tests.story import DEFINITION, EXAMPLES, ROOT, STAFF, Story, loaded
from workflow.audit.scripted_people import ScriptedPeople
from workflow.audit.unblock import unblock
from workflow.clock import VirtualClock, as_utc
from workflow.definition import Definition, load_text
from workflow.definition.model import FINISHED
from workflow.engine.campaign import Campaign
from workflow.errors import InputFault, NotFound
from workflow.ledger import Event, events
from workflow.verdicts.findings import Verdict

SAFETY = EXAMPLES / "plant-safety.yaml"
FIRST_AID = EXAMPLES / "first-aid.yaml"
STRIVING = ROOT / "definitions" / "striving-for-excellence-2010.yaml"


def nobody(_kind: str, _member: str) -> bool:
    return False


class Company:
    """A campaign with its scripted people, a day later after every move."""

    def __init__(self, definition: Definition | Path, roster: Sequence[Row], start: datetime = START) -> None:
        self.clock = VirtualClock(start)
        found = loaded(definition) if isinstance(definition, Path) else definition
        self.campaign = Campaign.create(":memory:", found, clock=self.clock, rehearsal=True)
        self.campaign.import_roster(roster)
        self.people = ScriptedPeople(self.campaign, self.clock)
        self.waited: list[date] = []

    def state(self, branch: str) -> str:
        row = self.campaign.store.row("SELECT state FROM workflow_branch WHERE id = ?", (branch,))
        assert row is not None
        return str(row[0])

    def make(self, branch: str, move: str, *, ready: bool = False, **takes: Any) -> Verdict:
        """A move, waiting as often as time is missing."""
        for _ in range(9):
            if ready:
                self.people.prepare(branch, move, nobody)
            done = self.people.act(branch, move, takes)
            if isinstance(done, Verdict):
                self.clock.advance(days=1)
                return done
            assert done > date.fromisoformat(self.campaign.today)
            self.waited.append(done)
            self.wait(done)
        raise AssertionError("time is missing again and again")

    def wait(self, day: date) -> None:
        zone = ZoneInfo(self.campaign.definition.calendar.zone)
        self.clock.set(as_utc(datetime.combine(day, time(12), zone)))

    def through(self, branch: str, *moves: str, ready: bool = False) -> None:
        for move in moves:
            verdict = self.make(branch, move, ready=ready)
            assert verdict.allowed, (move, [(f.code, f.status, f.detail) for f in verdict.standing])

    def events(self, *kinds: str) -> list[Event]:
        return [event for event in events(self.campaign.store) if event.kind in kinds]

    def whole(self) -> None:
        assert self.campaign.verify().whole
        sound(self.campaign.store, self.campaign.definition)


# -- whole lives ---------------------------------------------------------------------------------------------------------

GATE = ("open_look_back", "close_look_back", "apply", "start_inspection")
TWICE = ("require_make_up", "request_reinspection") * 2
LIFE = (
    *("assign_batch", "start_preparation", "hold_mobilisation"),
    *(*GATE, *TWICE, "extend", "resume_work", *GATE, "redo", *GATE, "approve") * 3,
    *("conclude", "consolidate", "open_revisit", "archive"),
)


def cadres(members: int = 20) -> list[Row]:
    """One branch of the 2005 campaign: 20 members, a fifth of them leading cadres."""
    ids = [f"m{n:02}" for n in range(members)]
    flags = {ids[n]: "leading_cadre" for n in range(0, members, 5)} | {
        ids[6]: "cannot_write;infirm",
        ids[7]: "mobile",
        ids[8]: "lost_contact",
    }
    roles = {ids[0]: "chief", ids[1]: "secretary", ids[2]: "clerk"}
    branch = {"branch": "b1", "title": "Labour Bureau", "batch": "1", "group": "g1", "sector": "organ"}
    roll = [
        {"branch": "b1", "person": m, "name": m.title(), "status": "in_post", "flags": flags.get(m, ""), "roles": roles.get(m, "")}
        for m in ids
    ]
    return [branch, *roll, *STAFF]


def cadre_company() -> Company:
    return Company(DEFINITION, cadres(), datetime(2005, 1, 18, 1, tzinfo=UTC))


@pytest.mark.parametrize("ready", [False, True])
def test_a_branch_of_2005_from_its_batch_to_the_archive(ready: bool) -> None:
    """In each of the three stages make-up twice, an extension, and all of it once more from the beginning."""
    company = cadre_company()
    for move in LIFE:
        verdict = company.make("b1", move, ready=ready, **({"days": 9} if move == "extend" else {}))
        assert verdict.allowed, (move, [(f.code, f.status, f.detail) for f in verdict.standing])
        if move == "conclude":
            assert company.state("b1") == "conclusion.concluded"
    assert company.state("b1") == "conclusion.archived"
    made = [event.payload["move"] for event in company.events("moved") if not event.payload["move"].startswith("close_")]
    assert made == [move for move in LIFE if not move.startswith("close_")]
    assert {event.payload["extend"] for event in company.events("moved") if "extend" in event.payload} == {9}
    assert [event.subject for event in company.events("refused")] == (["conclude"] if ready else [])  # who was ready tried it too early
    assert company.events("waived", "withdrawn", "suspended") == []
    company.whole()


def test_time_alone_keeps_a_branch_from_its_end() -> None:
    """Ninety days after its mobilisation meeting."""
    company = cadre_company()
    company.through("b1", "assign_batch", "start_preparation", "hold_mobilisation")
    met = date.fromisoformat(company.events("moved")[-1].recorded_at[:10])
    company.through("b1", *(*GATE, "approve") * 3)
    before = len(list(events(company.campaign.store)))
    today = company.campaign.today
    assert company.people.act("b1", "conclude", {}) == date.fromordinal(met.toordinal() + 90)
    assert company.campaign.today == today
    kinds = [event.subject for event in list(events(company.campaign.store))[before:]]
    assert kinds == ["record:summary_meeting", "record:final_report"]  # done at once, not when the day has come
    assert company.people.act("b1", "conclude", {}) == date.fromordinal(met.toordinal() + 90)
    assert len(list(events(company.campaign.store))) == before + 2
    company.through("b1", "conclude")
    assert company.waited == [date.fromordinal(met.toordinal() + 90)]
    company.whole()


def test_offices_move() -> None:
    company = Company(OFFICE_MOVE, offices(2))
    company.through("office-000", "apply", "approve", "apply", "approve")
    company.through("office-001", "apply")
    assert (company.state("office-000"), company.state("office-001")) == (FINISHED, "plan.applied")
    assert [event.actor for event in company.events("moved")] == ["ann", "bea", "ann", "bea", "ann"]
    company.whole()


@pytest.mark.parametrize("ready", [False, True])
def test_trial_sites(ready: bool) -> None:
    company = Company(TRIAL_SITES, sites(2))
    company.through("site-000", "invite", "back", "invite", "activate", "close", ready=ready)
    assert company.state("site-000") == "recruitment.closed"
    training = [event for event in company.events("record") if event.subject == "record:course"]
    assert [line["hours"] for line in training[0].payload["lines"]] == [12, 6, 6]
    assert len(training) == 1  # still good in the second attempt
    assert len([event for event in company.events("record") if event.subject == "record:visit"]) == 1
    company.whole()


def test_plant_safety() -> None:
    plant: list[Row] = [
        {"branch": "p1", "title": "Plant 1", "group": "g"},
        {"branch": "p1", "person": "fu", "name": "Fu", "roles": "foreman"},
    ]
    staff: list[Row] = [{"person": "sa", "name": "Sa", "group": "g", "roles": "safety"}, {"person": "he", "name": "He", "roles": "head"}]
    company = Company(SAFETY, [*plant, *staff])
    company.campaign.open_case("p1", "hazard", by="fu", fields={"place": "roof", "grave": True})
    company.campaign.open_case("p1", "hazard", by="fu", fields={"place": "yard", "grave": False})
    company.through("p1", "start_trial", "stop", "resume", "start_trial", "release", "start_trial", "release")
    assert company.state("p1") == FINISHED
    assert [case.state for case in company.campaign.cases("p1")] == ["closed", "found"]  # the one that nobody asked about stays
    assert len(company.waited) == 2  # two trial runs of fourteen days that counted
    company.whole()


def test_first_aid_with_a_lesson_missed() -> None:
    company = Company(FIRST_AID, [dict(row) for row in _rows(EXAMPLES / "first-aid.csv")])
    branch, roll = "north", {"nell", "pia", "ravi"}
    company.through(branch, "apply")
    company.people.prepare(branch, "approve", lambda kind, member: (kind, member) == ("attendance", "pia"))
    taught = company.events("record")
    assert [{line["member"] for line in event.payload["lines"]} for event in taught] == [roll - {"pia"}]
    company.through(branch, "approve")
    assert company.state(branch) == "drill.working"
    assert [{line["member"] for line in event.payload["lines"]} for event in company.events("record")] == [roll - {"pia"}, {"pia"}]
    company.whole()


def _rows(path: Path) -> list[dict[str, str]]:
    head, *lines = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    return [dict(zip(head, line, strict=True)) for line in lines]


def test_striving_for_excellence_quarter_after_quarter() -> None:
    roll: list[Row] = [
        {"branch": "b1", "person": f"m{n}", "name": f"M {n}", "roles": {0: "secretary", 1: "clerk"}.get(n, "")} for n in range(6)
    ]
    staff: list[Row] = [{"person": "of", "name": "Of", "roles": "office"}, {"person": "le", "name": "Le", "group": "g", "roles": "leader"}]
    company = Company(STRIVING, [{"branch": "b1", "title": "Bureau", "group": "g"}, *roll, *staff], datetime(2010, 5, 20, 1, tzinfo=UTC))
    company.through("b1", "report", "next_quarter", "report", "send_back", "report", "next_quarter", "report", "conclude")
    assert company.state("b1") == FINISHED
    assert len(company.waited) == 2  # each quarter to its planned end
    open_still = [case for case in company.campaign.cases("b1") if case.open]
    assert open_still == []
    company.whole()


# -- absence -------------------------------------------------------------------------------------------------------------


def mobilised() -> Company:
    company = cadre_company()
    company.through("b1", "assign_batch", "start_preparation", "hold_mobilisation")
    return company


def test_who_was_absent_is_named_in_a_refusal_and_made_up_for() -> None:
    company = mobilised()
    away = {"m03", "m07"}
    company.people.prepare("b1", "open_look_back", lambda kind, member: kind == "attendance" and member in away)
    sheets = [event for event in company.events("record") if event.subject == "record:session"]
    assert all(not away & {line["member"] for line in event.payload["lines"]} for event in sheets)
    assert company.state("b1") == "learning.working"
    assert company.events("refused") == []
    verdict = company.people.act("b1", "open_look_back", {})
    assert isinstance(verdict, Verdict)
    assert verdict.allowed
    (refused,) = company.events("refused")
    findings = {f["code"]: f for f in refused.payload["verdict"]["findings"]}
    for code in ("study_hours", "collective_hours", "topics_covered"):
        assert {short["id"] for short in findings[code]["short"]} == away
    made_up = [event for event in company.events("record") if event.subject == "record:session"][len(sheets) :]
    assert made_up
    assert all({line["member"] for line in event.payload["lines"]} == away for event in made_up)
    company.whole()


def test_absence_is_asked_for_each_line_of_each_sheet_and_nobody_is_gone_after() -> None:
    company = mobilised()
    asked: Counter[tuple[str, str]] = Counter()

    def absent(kind: str, member: str) -> bool:
        asked[(kind, member)] += 1
        return kind == "attendance" and member == "m05" and asked[(kind, member)] == 2  # of the sheets of one round

    company.people.prepare("b1", "open_look_back", absent)
    sheets = [event for event in company.events("record") if event.subject == "record:session"]
    there = ["m05" in {line["member"] for line in event.payload["lines"]} for event in sheets]
    assert there.count(False) == 1
    assert asked[("attendance", "m04")] == len(sheets) > 1
    assert ("essay", "m04") in asked


def test_nobody_comes_at_all() -> None:
    company = mobilised()
    company.people.prepare("b1", "open_look_back", lambda _kind, _member: True)
    assert not any(event.payload.get("lines") for event in company.events("record"))
    assert company.events("refused") == []
    assert company.make("b1", "open_look_back").allowed
    company.whole()


# -- what cannot be done -------------------------------------------------------------------------------------------------


def test_a_move_nobody_can_make_is_refused() -> None:
    """There is no board; then its only member is the one who applied."""
    company = Company(OFFICE_MOVE, [row for row in offices(1) if row.get("person") != "bea"])
    company.through("office-000", "apply")
    company.people.prepare("office-000", "approve", nobody)
    verdict = company.make("office-000", "approve")
    assert [f.code for f in verdict.standing] == ["rule.role", "rule.separation"]
    assert "nobody" in company.campaign.explain(verdict, "en")
    assert (verdict.event, company.events("refused")) == (None, [])  # nobody tried
    same = Company(OFFICE_MOVE, [*offices(1)[:2], {"person": "ann", "name": "Ann", "roles": "board"}])
    same.through("office-000", "apply")
    verdict = same.make("office-000", "approve")
    assert [f.code for f in verdict.standing] == ["rule.separation", "within_budget"]
    assert (verdict.event, same.events("refused")) == (None, [])


def test_what_nobody_can_put_right_is_refused_on_record() -> None:
    """Two are on leave: that is for the roster to say."""
    roster = [row | {"flags": "on_leave"} if row.get("person") in ("m0-0", "m0-1") else row for row in sites(1)]
    company = Company(TRIAL_SITES, roster)
    company.people.prepare("site-000", "invite", nobody)
    verdict = company.make("site-000", "invite")
    assert not verdict.allowed
    assert [f.code for f in verdict.standing] == ["steps_closed"]
    assert [s.id for s in verdict.standing[0].short] == ["people"]  # the other one was closed
    assert [event.subject for event in company.events("refused")] == ["invite"]
    company.whole()


def test_a_move_out_of_turn_and_one_there_is_not() -> None:
    company = Company(TRIAL_SITES, sites(1))
    verdict = company.make("site-000", "activate")
    assert "rule.phase" in [f.code for f in verdict.standing]
    for call in (lambda: company.people.act("site-000", "fly", {}), lambda: company.people.prepare("site-000", "fly", nobody)):
        with pytest.raises(NotFound):
            call()
    with pytest.raises(NotFound):
        company.people.act("nowhere", "invite", {})


def test_values_the_caller_has_are_taken_as_they_are() -> None:
    company = mobilised()
    company.through("b1", *GATE)
    verdict = company.make("b1", "extend", days=30)
    assert [f.code for f in verdict.standing] == ["within_office_extension"]  # no gap is accepted for it
    with pytest.raises(InputFault):
        company.people.act("b1", "extend", {"days": "many"})
    verdict = company.make("b1", "extend_long", days=30, reason="floods")
    assert verdict.allowed
    assert company.events("moved")[-1].payload["takes"] == {"days": 30, "reason": "floods"}


def test_whoever_is_suspended_stays_so() -> None:
    company = mobilised()
    company.campaign.suspend(branches=["b1"], by="lead-zhao", reason="floods")
    company.people.prepare("b1", "open_look_back", nobody)
    verdict = company.make("b1", "open_look_back")
    assert "rule.running" in [f.code for f in verdict.standing]
    assert company.events("resumed") == []


# -- beliefs -------------------------------------------------------------------------------------------------------------


def test_who_prepared_in_another_stay_does_not_believe_to_be_ready() -> None:
    company = mobilised()
    company.people.prepare("b1", "open_look_back", lambda kind, _member: kind == "essay")
    company.through("b1", "prolong")  # the stay is another one now
    company.through("b1", "open_look_back")
    assert company.events("refused") == []


def test_a_refusal_is_kept_once() -> None:
    """On the second day they know."""
    company = Company(SAFETY, [{"branch": "p", "title": "P", "group": "g"}, {"branch": "p", "person": "f", "name": "F", "roles": "foreman"},
        {"person": "h", "name": "H", "roles": "head"}])  # fmt: skip
    company.through("p", "start_trial")
    company.people.prepare("p", "release", nobody)
    day = company.people.act("p", "release", {})
    assert isinstance(day, date)
    assert [event.subject for event in company.events("refused")] == ["release"]
    assert company.people.act("p", "release", {}) == day
    assert len(company.events("refused")) == 1


def test_the_same_calls_give_the_same_ledger() -> None:
    def lived() -> list[str]:
        company = mobilised()
        count: Counter[str] = Counter()

        def absent(kind: str, _member: str) -> bool:
            count[kind] += 1
            return kind == "attendance" and count[kind] % 7 == 0

        company.people.prepare("b1", "open_look_back", absent)
        company.through("b1", *GATE, *TWICE, "approve")
        return [event.hash for event in events(company.campaign.store)]

    assert lived() == lived()


# -- foresight -----------------------------------------------------------------------------------------------------------

ASKED = load_text(
    """
definition: asked
title: Asked
roles: {owner: {scope: branch}, judge: {scope: all}}
instruments: {act: {title: The act, issuer: parliament, issued: 2025-01-01}}
parameters: {reading: {value: strict, basis: act}}
cases:
  poll:
    title: Poll
    of: branch
    by: judge
    fields:
      asked: {type: integer, min: 0}
      open_air: boolean
      counter: person
      kind: [loud, secret]
    states: {planned: planned, held: held, valid: {title: valid, final: true}}
    moves:
      hold: {from: planned, to: held, by: judge, requires: [large, indoors], takes: {returned: {type: integer, min: 0}}}
      confirm: {from: held, to: valid, by: [judge, owner], not_by: [hold, counter], requires: [back, secrecy]}
requirements:
  large: {title: Many are asked, each: poll, check: poll.asked > 10 if reading == "strict" else poll.asked > 0, owner: judge, remedy: ask more, basis: act}
  indoors: {title: Inside, each: poll, check: not poll.open_air, owner: judge, remedy: go in, basis: act}
  back: {title: Some came back, each: poll, check: poll.returned >= 5, owner: judge, remedy: ask again, basis: act}
  secrecy: {title: Secret, each: poll, check: poll.kind == "secret", owner: judge, remedy: ask again, basis: act}
  polled: {title: A poll is valid, check: any(p.state == "valid" for p in branch.poll), owner: judge, remedy: hold one, basis: act}
  long: {title: At least five days, check: move.days * 2 >= 10 and move.days != 6, owner: owner, remedy: more, basis: act}
gates:
  gate:
    phases: [working]
    moves:
      pass: {from: working, to: next_stage, by: owner, requires: [polled, long], takes: {days: {type: integer, min: 0}, why: text}}
stages: {only: {gate: gate}}
""",
    "asked.yaml",
)


def test_a_case_is_opened_so_that_its_later_moves_are_allowed() -> None:
    staff: list[Row] = [{"branch": "b", "person": "o", "name": "O", "roles": "owner"}, {"person": "j", "name": "J", "roles": "judge"}]
    company = Company(ASKED, [{"branch": "b", "title": "B"}, *staff])
    company.through("b", "pass")
    (case,) = company.campaign.cases("b")
    assert (case.fields["asked"], case.fields["open_air"], case.fields["returned"], case.fields["kind"]) == (11, False, 5, "secret")
    # Either could confirm; whoever holds the poll or counts may not: so it is held and counted by one person, confirmed by the other.
    assert (case.done["hold"], case.fields["counter"], case.done["confirm"]) == (["j"], "j", ["o"])
    assert company.events("moved")[-1].payload["takes"]["days"] == 5
    company.whole()


def test_unblock_finds_the_way_through_a_survey_from_scratch() -> None:
    story = Story().mobilised()
    campaign = story.campaign
    company = Company.__new__(Company)
    company.campaign, company.clock, company.people, company.waited = campaign, story.clock, ScriptedPeople(campaign, story.clock), []
    company.through("b1", *(*GATE, "approve") * 2)
    for step in ("plan", "rectify", "publish"):
        company.through("b1", f"close_{step}")
    answer = unblock(campaign, "b1", "close_survey", most=1)
    assert [f.code for f in answer.verdict.standing] == ["survey_passed"]
    assert answer.hopeless == ()
    actions = answer.sets[0].actions
    assert [action.subject.rpartition(":")[2] for action in actions] == ["survey", "brief", "open_poll", "close_poll", "tally", "pass"]
    fields = actions[0].fields
    assert (fields["representatives"] > 0, fields["sampled"] > 0, fields["anonymous"]) == (True, True, True)


# -- time on the way -----------------------------------------------------------------------------------------------------

TIMED = load_text(
    """
definition: timed
title: Timed
roles: {owner: {scope: branch}}
instruments: {act: {title: The act, issuer: parliament, issued: 2025-01-01}}
parameters: {first: {value: 3, unit: d, basis: act}, second: {value: 5, unit: d, basis: act}, third: {value: 9, unit: d, basis: act}}
cases:
  notice:
    title: Notice
    of: branch
    by: owner
    fields: {place: text}
    states: {hung: hung, down: {title: down, final: true}}
    moves: {take_down: {from: hung, to: down, by: owner, requires: aged}}
records: {look: {of: branch, fields: {at: text}, by: owner}}
requirements:
  aged: {title: It has hung, each: notice, check: today - notice.opened >= first, owner: owner, remedy: wait, basis: act}
  noticed: {title: A notice has hung, check: any(n.state == "down" for n in branch.notice), owner: owner, remedy: hang one, basis: act}
  waited: {title: Time has passed, check: today - branch.since >= second, owner: owner, remedy: wait, basis: act}
  looked: {title: Somebody looked, check: today - branch.since >= third and len(branch.look) > 0, owner: owner, remedy: look, basis: act}
gates:
  gate:
    phases: [open, shut]
    moves:
      pass: {from: open, to: shut, by: owner, requires: [noticed, waited]}
      leave: {from: shut, to: next_stage, by: owner, requires: [waited, looked]}
stages: {only: {gate: gate}}
""",
    "timed.yaml",
)


def timed() -> Company:
    return Company(TIMED, [{"branch": "b", "title": "B"}, {"branch": "b", "person": "o", "name": "O", "roles": "owner"}])


def test_what_has_begun_is_waited_for_and_not_begun_again() -> None:
    company = timed()
    company.through("b", "pass")
    assert company.waited == [date(2026, 3, 5), date(2026, 3, 7)]  # first what lets people go on, then what is left
    assert [case.state for case in company.campaign.cases("b")] == ["down"]
    assert [event.recorded_at[:10] for event in company.events("case_opened", "case_moved", "moved")] == [
        "2026-03-02",
        "2026-03-05",
        "2026-03-07",
    ]


def test_where_only_days_are_missing_it_is_the_last_of_them() -> None:
    company = timed()
    company.through("b", "pass")
    company.waited.clear()
    company.through("b", "leave")
    assert company.waited == [date(2026, 3, 16)]
    assert company.events("record")[0].recorded_at[:10] == "2026-03-08"  # what can be done is done at once
    company.whole()
