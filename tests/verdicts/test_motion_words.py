"""Branches that are suspended or have ended, and every command that changes the plan or the rolls: what is found, and how it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.conftest import Snapshot
from tests.story import Story
from tests.verdicts.motion import DEFINITION, HASH, NAMES, START, ahead, answered, campaign, edge, hearing
from workflow.engine.campaign import Campaign
from workflow.store.facts import BranchFact, Facts
from workflow.verdicts import rules
from workflow.verdicts.codec import to_plain, verdict_of
from workflow.verdicts.due import DueDay, deadline_day
from workflow.verdicts.findings import Finding, Verdict
from workflow.verdicts.render import motion_words, outlook_json, render_outlook, render_verdict, verdict_json
from workflow.verdicts.schemas import schema

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])

SUSPENDED: dict[str, Any] = {"pauses": (("2026-03-05", "2026-03-09"), ("2026-03-18", None))}
MERGED: dict[str, Any] = {"ended": "2026-03-18", "successor": "b2"}
DISSOLVED: dict[str, Any] = {"ended": "2026-03-18"}

MEMBER = {"id": "bob", "name": "Bob", "status": "retired", "flags": ["away"], "fields": {"hours": 12, "langs": ["en", "zh"]}}

# Every command with the answers it may give: what its event keeps.
DONE: dict[str, tuple[str, dict[str, Any]]] = {
    "extend": ("b1", {"days": 10, "reason": "the flood", "planned_end": "2026-04-11", "was": "2026-04-01"}),
    "suspend": ("b1", {"on": "2026-03-20", "reason": "the flood"}),
    "resume": ("b1", {"on": "2026-03-20", "reason": "the water has gone"}),
    "enrol:bob": ("b1", {"member": MEMBER, "reason": "moved here", "carried": {"records": 1_200, "cases": 1}}),
    "enrol:dan": ("b1", {"member": {**MEMBER, "id": "dan", "name": "", "flags": [], "fields": {}}, "reason": "new"}),
    "transfer:bob": ("b1", {"to": "b2", "carried": {"records": 12, "cases": 0}, "ended_roles": ["clerk"], "reason": "moved"}),
    "change:bob": ("b1", {"member": MEMBER, "was": {**MEMBER, "status": "active", "flags": []}, "reason": "cannot be reached"}),
    "remove:bob": (
        "b1",
        {"departure": "died", "on": "2026-03-20", "cases": {"leave-1": "left"}, "ended_roles": ["clerk"], "reason": "illness"},
    ),
    "remove:cho": ("b1", {"on": "2026-03-20", "cases": {}, "reason": "left for good"}),
    "reassign": (
        "b1",
        {
            "batch": "2",
            "group": None,
            "was": {"batch": None, "group": "g1"},
            "reason": "too late for the first",
            "restart": {"from": "cleaning.seen", "to": "cleaning.working", "attempt": {"stage": "cleaning", "number": 2}},
        },
    ),
    "merge": ("b1", {"how": "merged", "into": "b2", "members": 2, "cases": {"defect-1": "b2/defect-3"}, "reason": "too small"}),
    "split": ("b1", {"into": "b9", "title": "West", "members": ["ann", "bob"], "reason": "too large"}),
    "dissolve": (
        "b1",
        {"how": "dissolved", "into": None, "members": 2, "homes": {"b2": 1, "b3": 1}, "cases": {}, "reason": "nobody is left"},
    ),
    "close_batch:1": ("", {"stragglers": {"b2": "in hospital"}, "finished": 2, "total": 3, "reason": "it is time"}),
    "enact": (
        "",
        {
            "hash": HASH,
            "version": "3",
            "starts": "2026-04-01",
            "scope": "running",
            "states": {"cleaning.viewed": "cleaning.seen"},
            "reason": "a new order",
        },
    ),
    "appoint:cho": ("", {"person": "cho", "role": "group", "target": "group:g1", "reason": "agreed"}),
    "appoint:olga": ("", {"person": "olga", "role": "office", "target": "*", "reason": "agreed"}),
    "relieve:ann": ("", {"person": "ann", "role": "clerk", "target": "b1", "reason": "asked for it"}),
}


@pytest.fixture(scope="module")
def yards() -> Iterator[Campaign]:
    with campaign() as made:
        yield made


def told(verdict: Verdict, lang: str, *, full: bool = False) -> str:
    return render_verdict(DEFINITION, verdict, lang, names=NAMES, full=full)


def refusing(finding: Finding, subject: str, branch: str = "b1") -> Verdict:
    return answered(subject, {}, branch=branch, findings=[finding])


# -- who is suspended or has ended makes no moves ----------------------------------------------------------------------


def test_a_branch_that_runs_has_no_finding_of_it(yards: Campaign) -> None:
    judge, branch = hearing(yards, "2026-03-20")
    assert rules.running(branch) is None
    assert [f.code for f in judge.move(branch, edge("see"), "gus").findings] == ["rule.phase", "rule.role", "counted"]


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        (SUSPENDED, {"state": "suspended", "since": "2026-03-18"}),
        (MERGED, {"state": "merged", "on": "2026-03-18", "into": "b2"}),
        (DISSOLVED, {"state": "dissolved", "on": "2026-03-18", "into": None}),
        ({**SUSPENDED, **MERGED}, {"state": "merged", "on": "2026-03-18", "into": "b2"}),
    ],
    ids=["suspended", "merged", "dissolved", "suspended-then-merged"],
)
def test_who_is_suspended_or_has_ended_moves_neither_itself_nor_a_case(
    yards: Campaign, changed: dict[str, Any], detail: dict[str, Any]
) -> None:
    judge, branch = hearing(yards, "2026-03-20", **changed)
    kind = DEFINITION.cases["defect"]
    case = judge.facts.cases("defect", branch)[0]
    for verdict in (judge.move(branch, edge("see"), "gus"), judge.case_move(branch, kind, case, kind.moves["mend"], "ann")):
        first = verdict.standing[0]
        assert (first.code, first.detail) == ("rule.running", detail)
        assert not verdict.allowed
    asked = {"counted"} if branch.ended is None else set()  # what a move asks is asked all the same, but of a branch that has ended
    assert {f.code for f in judge.move(branch, edge("see"), "gus").findings if not f.is_rule} == asked


def test_a_pause_that_is_over_stops_nothing(yards: Campaign) -> None:
    judge, branch = hearing(yards, "2026-03-20", pauses=(("2026-03-05", "2026-03-09"),))
    assert "rule.running" not in {f.code for f in judge.move(branch, edge("see"), "gus").findings}


@LANGUAGES
def test_what_a_halted_branch_is_told(yards: Campaign, snapshot: Snapshot, lang: str) -> None:
    said = []
    for changed in (SUSPENDED, MERGED, DISSOLVED):
        judge, branch = hearing(yards, "2026-03-20", **changed)
        verdict = judge.move(branch, edge("see"), "gus", command="ask")
        said.append(told(evolve(verdict, findings=tuple(f for f in verdict.findings if f.is_rule)), lang))
    snapshot(f"motion-running.{lang}", "\n\n".join(said))


# -- powers ------------------------------------------------------------------------------------------------------------


def test_a_power_is_held_by_the_roles_it_is_granted_to(yards: Campaign) -> None:
    judge, branch = hearing(yards, "2026-03-20")
    more = rules.closed("1", None)
    allowed = judge.power(branch, "extend", "extend", "extend", "olga", also=[more])
    assert allowed.allowed
    assert (allowed.role, allowed.command, allowed.source, allowed.target) == ("office", "extend", "cleaning.working", "cleaning.working")
    assert allowed.findings[1] is more
    refused = judge.power(branch, "extend", "extend", "extend", "ann")
    assert [f.code for f in refused.standing] == ["rule.role"]
    assert (refused.standing[0].detail["wanted"], refused.standing[0].detail["power"]) == (["office"], "extend")
    assert not judge.power(branch, "extend", "extend", "extend", "olga", also=[rules.closed("1", "2026-03-01")]).allowed


def test_a_power_nobody_was_given_is_nobodys(yards: Campaign) -> None:
    judge, branch = hearing(yards, "2026-03-20")
    for person in ("olga", "ann", "gus"):
        assert not judge.power(branch, "reassign", "reassign", "reassign", person).allowed


@LANGUAGES
def test_who_lacks_a_power_is_told_who_has_it(yards: Campaign, snapshot: Snapshot, lang: str) -> None:
    judge, branch = hearing(yards, "2026-03-20")
    asked = [judge.power(branch, "extend", "extend", "extend", "ann"), judge.power(branch, "transfer:bob", "transfer", "transfer", "olga")]
    snapshot(f"motion-power.{lang}", "\n\n".join(told(verdict, lang) for verdict in asked))


# -- the other rules ---------------------------------------------------------------------------------------------------


def unmet(branch: BranchFact) -> list[Verdict]:
    """A refusal for each rule, or in a warning's case an answer that comes with it."""
    people, two = [("bob", "Bob"), ("cho", "Cho")], [("b2", "South"), ("b3", "b3")]
    ended = evolve(branch, id="b2", ended="2026-03-18")
    return [
        refusing(rules.started(branch, begun=True), "reassign"),
        refusing(rules.cases([("defect-1", ""), ("defect-2", "loose tiles")]), "dissolve"),
        refusing(rules.members(people), "dissolve"),
        refusing(rules.share("1", 5, 7, 0.9, "mostly"), "close_batch:1", ""),
        refusing(rules.share("1", 0, 1, 2 / 3, None), "close_batch:1", ""),
        refusing(rules.stragglers(two, [("b1", "North")]), "close_batch:1", ""),
        refusing(rules.closed("1", "2026-03-18"), "close_batch:1", ""),
        *(refusing(evolve(found, detail={**found.detail, "of": "b2"}), "transfer:bob") for found in rules.lasting(ended)),
        answered("transfer:bob", DONE["transfer:bob"][1], findings=[rules.behind(people, ["cleaning"])]),
    ]


@LANGUAGES
def test_rules_of_a_campaign_in_motion(yards: Campaign, snapshot: Snapshot, lang: str) -> None:
    _, branch = hearing(yards, "2026-03-20")
    snapshot(f"motion-rules.{lang}", "\n\n".join(told(verdict, lang) for verdict in unmet(branch)))


def test_rules_that_are_met_say_nothing_and_stand_in_nobodys_way(yards: Campaign) -> None:
    _, branch = hearing(yards, "2026-03-20")
    met = [
        rules.started(branch, begun=False),
        rules.cases([]),
        rules.members([]),
        rules.share("1", 9, 10, 0.9, "mostly"),
        rules.stragglers([], []),
        rules.behind([], ["cleaning"]),
        rules.closed("1", None),
    ]
    assert {f.code for f in met} | {"rule.running", "rule.late"} == set(
        motion_words.RULES
    )  # these two are not there at all where they are met
    assert all(f.status == "met" and f.detail == {} and not f.blocks for f in met)
    for lang in ("en", "zh"):
        for line in told(answered("suspend", DONE["suspend"][1], findings=met), lang, full=True).splitlines():
            assert "{" not in line


def test_somebody_who_comes_late_is_a_warning() -> None:
    finding = rules.behind([("bob", "Bob")], ["cleaning"])
    assert (finding.status, finding.level, finding.blocks) == ("unmet", "warn", False)


def test_a_paper_that_comes_late_is_a_warning(yards: Campaign) -> None:
    _, branch = hearing(yards, "2026-03-20")
    assert rules.late(branch, "2026-01-01") == []  # in the first attempt of all nothing can come late
    branch.ordinal, branch.entered = 2, "2026-03-10"
    assert rules.late(branch, "2026-03-10") == []
    (finding,) = rules.late(branch, "2026-03-09")
    assert (finding.status, finding.level, finding.blocks) == ("unmet", "warn", False)


@pytest.mark.parametrize(
    ("least", "total", "enough"),
    [(0.9, 10, 9), (0.9, 7, 7), (0.7, 10, 7), (0.29, 100, 29), (2 / 3, 3, 2), (1, 5, 5), (0, 5, 0), (0.5, 0, 0), (0.5, 1, 1)],
)
def test_a_share_is_a_number_of_branches(least: float, total: int, enough: int) -> None:
    assert rules.enough(least, total) == enough
    assert rules.share("1", enough, total, least, None).status == "met"
    if enough:
        assert rules.share("1", enough - 1, total, least, None).status == "unmet"


# -- what commands answer ----------------------------------------------------------------------------------------------


def answers() -> list[Verdict]:
    return [answered(subject, detail, branch=branch) for subject, (branch, detail) in DONE.items()]


@LANGUAGES
def test_what_commands_have_done(snapshot: Snapshot, lang: str) -> None:
    assert {verdict.command for verdict in answers()} == set(motion_words.DONE) == set(motion_words.REFUSED)
    snapshot(f"motion-done.{lang}", "\n\n".join(told(verdict, lang) for verdict in answers()))


@LANGUAGES
def test_what_commands_have_not_done(yards: Campaign, snapshot: Snapshot, lang: str) -> None:
    judge, branch = hearing(yards, "2026-03-20")
    lacking = judge.power(branch, "x", "x", "extend", "ann").findings[0]
    refused = [evolve(refusing(lacking, verdict.subject, verdict.branch), actor="ann", role=None) for verdict in answers()]
    snapshot(f"motion-refused.{lang}", "\n".join(told(verdict, lang).splitlines()[0] for verdict in refused))


def test_a_definition_without_members_has_no_rows_to_show() -> None:
    bare = evolve(DEFINITION, members=None)
    lines = render_verdict(bare, answered("enrol:bob", DONE["enrol:bob"][1]), "en").splitlines()
    assert [line.strip() for line in lines[2:]] == ["with the dossier: records: 1,200, cases: 1", "reason: moved here"]


def test_a_move_called_like_a_command_is_still_a_move() -> None:
    verdict = evolve(answered("extend", {}), command="ask", event=None)
    assert verdict.about == ("move", "extend")
    assert told(verdict, "en").startswith("North may make the move “extend” now")


def test_answers_come_back_from_the_ledger_as_they_were() -> None:
    for verdict in answers():
        again = verdict_of(json.loads(json.dumps(to_plain(evolve(verdict, event=None)))), verdict.event)
        assert again == verdict
        assert told(again, "zh") == told(verdict, "zh")


# -- due days ----------------------------------------------------------------------------------------------------------


def due(made: Campaign, deadline: str, on: str, *pauses: tuple[str, str | None], **changed: Any) -> str | None:
    judge, branch = hearing(made, on, pauses=pauses, **changed)
    found = deadline_day(DEFINITION, DEFINITION.deadlines[deadline], judge.facts, branch)
    return None if found is None else found.day


# The stage began on Monday 2026-03-02; the yards were counted on the 4th, the order came on the 5th.
@pytest.mark.parametrize(
    ("deadline", "free", "paused"),
    [
        ("stage_end", "2026-04-01", "2026-04-05"),
        ("soon", "2026-03-09", "2026-03-11"),  # Thursday and Friday lost; the weekend was none of the five anyway
        ("phase_end", "2026-03-12", "2026-03-16"),
        ("recount", "2026-03-14", "2026-03-18"),
        ("carried_out", "2026-03-15", "2026-03-19"),
        ("fixed", "2026-04-01", "2026-04-01"),
    ],
)
def test_due_days_move_with_a_pause_unless_they_are_fixed(counted: Campaign, deadline: str, free: str, paused: str) -> None:
    assert due(counted, deadline, "2026-03-20") == free
    assert due(counted, deadline, "2026-03-20", ("2026-03-05", "2026-03-09")) == paused


def test_a_pause_that_lasts_moves_them_day_by_day(counted: Campaign) -> None:
    open_now = ("2026-03-05", None)
    assert [due(counted, "stage_end", f"2026-03-{day:02}", open_now) for day in (5, 6, 20)] == ["2026-04-01", "2026-04-02", "2026-04-16"]
    assert [due(counted, "soon", f"2026-03-{day:02}", open_now) for day in (5, 6, 7, 9, 10)] == [
        "2026-03-09",
        "2026-03-10",
        "2026-03-11",
        "2026-03-11",
        "2026-03-12",
    ]


def test_a_pause_before_the_beginning_or_after_the_due_day_moves_nothing(counted: Campaign) -> None:
    before, after = ("2026-02-02", "2026-02-20"), ("2026-04-02", "2026-04-09")
    for name in DEFINITION.deadlines:
        assert due(counted, name, "2026-05-01", before, after) == due(counted, name, "2026-05-01")


def test_extensions_and_pauses_add_up(counted: Campaign) -> None:
    late = ("2026-04-05", "2026-04-07")  # only within the time that was added
    assert due(counted, "stage_end", "2026-05-01", late, extended=10) == "2026-04-13"
    assert due(counted, "stage_end", "2026-05-01", late) == "2026-04-01"
    assert due(counted, "soon", "2026-05-01", ("2026-03-05", "2026-03-09"), extended=7) == "2026-03-20"
    assert due(counted, "phase_end", "2026-05-01", extended=10) == "2026-03-12"


@pytest.fixture(scope="module")
def counted() -> Iterator[Campaign]:
    with campaign() as made:
        made._desk.clock.set(START + timedelta(days=4))  # type: ignore[attr-defined]
        assert made.record("b1", "count", by="ann", fields={"yards": 3}, happened="2026-03-04").allowed
        assert made.record(None, "order", by="olga", fields={"number": 1}, happened="2026-03-05").allowed
        yield made


_DAYS = st.integers(0, 80).map(lambda n: date(2026, 2, 15) + timedelta(days=n))


@given(st.lists(_DAYS, max_size=7, unique=True), _DAYS)
def test_a_clock_runs_on_every_day_that_is_not_suspended(days: list[date], today: date) -> None:
    """Due days against a walk from day to day."""
    days = sorted(day for day in days if day <= today)
    ends: list[date | None] = [*days[1::2]]
    pauses = list(zip(days[::2], [*ends, None] if len(days) % 2 else ends, strict=True))

    def halted(day: date) -> bool:
        return any(first <= day < (last or today) for first, last in pauses)

    day, left = START.date(), 10
    while left or halted(day):
        left -= not halted(day)
        day += timedelta(days=1)
    branch = _standing(tuple((first.isoformat(), last and last.isoformat()) for first, last in pauses))
    facts = Facts(today.isoformat(), {}, {})
    assert deadline_day(DEFINITION, DEFINITION.deadlines["phase_end"], facts, branch) == DueDay(day.isoformat())


def _standing(pauses: tuple[tuple[str, str | None], ...]) -> BranchFact:
    began = "2026-03-02"
    return BranchFact(
        id="b1", title="North", batch=None, group=None, parent=None, fields={}, state="cleaning.working", ordinal=1, attempt=1,
        entered_at="", since_at="", extended=0, closed=frozenset(), done={}, entered=began, since=began, planned_end=None, pauses=pauses,
    )  # fmt: skip


# -- outlooks ----------------------------------------------------------------------------------------------------------


def test_a_suspended_branch_is_in_the_hands_of_whoever_may_resume_it(yards: Campaign) -> None:
    found = ahead(yards, "2026-03-20", **SUSPENDED)
    assert (found.blocker, found.waiting_for, found.roles) == ("rule.running", None, ("office",))
    assert [person.id for person in found.hands] == ["olga"]
    assert (found.suspended, found.ended, found.successor, found.final) == ("2026-03-18", None, None, False)
    assert [f.code for f in found.now[0].standing] == ["counted"]  # what stands in the way is said all the same
    assert [point.move for point in found.later] == ["pass"]


def test_days_of_a_pause_are_no_days_in_the_phase(yards: Campaign) -> None:
    assert ahead(yards, "2026-03-20").days == 18
    assert ahead(yards, "2026-03-20", pauses=(("2026-03-05", "2026-03-09"),)).days == 14
    assert ahead(yards, "2026-03-20", **SUSPENDED).days == 12
    assert ahead(yards, "2026-03-25", **SUSPENDED).days == 12
    assert ahead(yards, "2026-03-20", pauses=(("2026-02-25", "2026-03-04"),)).days == 16
    assert ahead(yards, "2026-03-20", **MERGED).days == 16


@pytest.mark.parametrize("changed", [MERGED, DISSOLVED, {**SUSPENDED, **MERGED}])
def test_nothing_is_ahead_of_a_branch_that_ended(yards: Campaign, changed: dict[str, Any]) -> None:
    found = ahead(yards, "2026-03-20", **changed)
    assert (found.now, found.later, found.ending, found.hands, found.roles) == ((), (), (), (), ())
    assert (found.blocker, found.waiting_for, found.suspended, found.final) == (None, None, None, True)
    assert (found.ended, found.successor) == ("2026-03-18", changed.get("successor"))


def test_a_branch_nobody_may_resume_says_so(yards: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DEFINITION, "authority", {})
    found = ahead(yards, "2026-03-20", **SUSPENDED)
    assert (found.blocker, found.roles, found.hands) == ("rule.running", (), ())
    assert "To act now" not in render_outlook(DEFINITION, found, "en")


@LANGUAGES
def test_outlooks_of_branches_that_do_not_run(yards: Campaign, counted: Campaign, snapshot: Snapshot, lang: str) -> None:
    found = [
        ahead(yards, "2026-03-20", **SUSPENDED, planned_end="2026-04-07"),
        ahead(counted, "2026-03-20", **SUSPENDED, planned_end="2026-04-07"),
        ahead(yards, "2026-03-20", pauses=(("2026-03-05", "2026-03-09"),), planned_end="2026-04-05"),
        ahead(yards, "2026-03-20", **MERGED),
        ahead(yards, "2026-03-20", **DISSOLVED),
    ]
    snapshot(f"motion-outlook.{lang}", "\n\n\n".join(render_outlook(DEFINITION, each, lang, names=NAMES) for each in found))


# -- JSON --------------------------------------------------------------------------------------------------------------


def valid(name: str, value: Any) -> None:
    Draft202012Validator(schema(name)).validate(json.loads(json.dumps(value)))


@LANGUAGES
def test_json_of_commands_and_their_rules(yards: Campaign, lang: str) -> None:
    judge, branch = hearing(yards, "2026-03-20", **SUSPENDED)
    asked = [judge.move(branch, edge("see"), "gus"), judge.power(branch, "reassign", "reassign", "reassign", "olga")]
    for verdict in (*answers(), *unmet(branch), *asked, evolve(answers()[0], repeated=True)):
        plain = verdict_json(DEFINITION, verdict, lang, names=NAMES)
        valid("verdict", plain)
        assert plain["text"]
        assert all(finding["text"] for finding in plain["findings"] if finding["status"] == "unmet")


def test_json_of_a_gap_accepted_tells_what_was_accepted() -> None:
    with Story().campaign as made:
        verdict = made.waive("b1", "test_sat", by="office-wang", reason="in hospital", members=["lin"])
        plain = verdict_json(made.definition, verdict, "en")
    valid("verdict", plain)
    assert plain["detail"]["reason"] == "in hospital"


@LANGUAGES
def test_json_of_outlooks_of_branches_that_do_not_run(yards: Campaign, lang: str) -> None:
    for changed, keys in ((SUSPENDED, {"suspended"}), (MERGED, {"ended", "successor"}), (DISSOLVED, {"ended"}), ({}, set())):
        plain = outlook_json(DEFINITION, ahead(yards, "2026-03-20", **changed), lang)
        valid("outlook", plain)
        assert {"suspended", "ended", "successor"} & plain.keys() == keys
        assert plain["text"]


def test_schemas_refuse_commands_there_are_not() -> None:
    plain = verdict_json(DEFINITION, answers()[0], "en")
    for spoilt in ({**plain, "command": "abolish"}, {**plain, "detail": "none"}, {**plain, "detail": {}}):
        assert not Draft202012Validator(schema("verdict")).is_valid(spoilt)
