"""Who is there and what they are called; an answer reads the names that stand in it, however many there are."""

from __future__ import annotations

import json

import pytest

from tests.engine.ground import OFFICE_MOVE, TRIAL_SITES, Row, offices, sites, trial
from tests.story import loaded
from workflow import Campaign, MemberRow, NotFound, PersonRow, RoleRow
from workflow.engine.naming import Names
from workflow.verdicts.render import outlook_json, render_outlook, render_verdict, verdict_json

LANGUAGES = ("en", "zh")
DEFINITION = loaded(OFFICE_MOVE)


def moving(strangers: int) -> Campaign:
    """Two offices, and so many people who have nothing to do with them."""
    campaign = Campaign.create(":memory:", DEFINITION)
    others: list[Row] = [{"person": f"stranger-{n:05}", "name": f"Stranger {n}"} for n in range(strangers)]
    campaign.import_roster([*offices(2), *others])
    return campaign


def work(campaign: Campaign) -> int:
    """What SQLite does while a refusal and an outlook are told: its steps, which grow with what is read."""
    refused, outlook = campaign.ask("office-000", "approve", by="ann"), campaign.why("office-000")
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection = campaign.store.connection()
    connection.set_progress_handler(step, 1)
    for lang in LANGUAGES:
        for answer in (refused, outlook):
            campaign.explain(answer, lang, full=True)
            campaign.as_json(answer, lang)
    connection.set_progress_handler(None, 0)
    return steps


def test_to_tell_an_answer_costs_the_same_among_ten_people_and_among_ten_thousand() -> None:
    with moving(10) as small, moving(10_000) as large:
        assert 0 < work(small) == work(large)


def test_what_is_told_is_the_same_as_with_all_names_at_hand() -> None:
    with moving(3) as campaign:
        verdict, outlook, names = campaign.ask("office-000", "approve", by="ann"), campaign.why("office-001"), campaign.names()
        for lang in LANGUAGES:
            assert campaign.explain(verdict, lang) == render_verdict(DEFINITION, verdict, lang, names=names)
            assert campaign.explain(outlook, lang) == render_outlook(DEFINITION, outlook, lang, names=names)
            assert campaign.as_json(verdict, lang) == verdict_json(DEFINITION, verdict, lang, names=names)
            assert campaign.as_json(outlook, lang) == outlook_json(DEFINITION, outlook, lang, names=names)
        assert campaign.explain(verdict).startswith("Office 0 may not")


def test_names_are_a_mapping_that_reads_each_name_once() -> None:
    with moving(2) as campaign:
        names = Names(campaign.store)
        said: list[str] = []
        campaign.store.connection().set_trace_callback(said.append)
        names.read(["ann", "office-001", "nobody", "ann"])
        assert [names.get("ann"), names["office-001"], names.get("nobody"), "nobody" in names] == ["Ann", "Office 1", None, False]
        assert len(said) == 1
        with pytest.raises(KeyError, match="nobody"):
            names["nobody"]
        assert (dict(names), len(names)) == (campaign.names(), 6)


def test_the_members_of_a_branch() -> None:
    campaign, _ = trial(2, 2)
    with campaign:
        campaign.change("m1-1", by="m1-0", reason="leave", flag="on_leave")
        assert campaign.members("site-001") == (
            MemberRow(id="m1-0", name="M 1 0", branch="site-001", status="investigator"),
            MemberRow(id="m1-1", name="M 1 1", branch="site-001", status="nurse", flags=("on_leave",)),
        )
        with pytest.raises(NotFound, match="there is no branch site-010; did you mean site-0") as caught:
            campaign.members("site-010")
        assert caught.value.code == "branch"


def test_everybody_with_the_roles_they_hold() -> None:
    with Campaign.create(":memory:", loaded(TRIAL_SITES)) as campaign:
        campaign.import_roster([*sites(1, 2), {"person": "mona", "roles": "sponsor"}])
        assert campaign.people() == (
            PersonRow(id="m0-0", name="M 0 0", branch="site-000", roles=(RoleRow(role="coordinator", target="site-000"),)),
            PersonRow(id="m0-1", name="M 0 1", branch="site-000"),
            PersonRow(id="mona", name="Mona", roles=(RoleRow(role="monitor", target="group:north"), RoleRow(role="sponsor", target="*"))),
            PersonRow(id="spencer", name="Spencer", roles=(RoleRow(role="sponsor", target="*"),)),
        )


def test_a_verdict_is_read_back_as_it_was_given() -> None:
    with moving(0) as campaign:
        given = [
            campaign.record("office-000", "offer", by="ann", fields={"amount": "23500"}),  # as a form sends it
            campaign.move("office-000", "apply", by="ann"),
            campaign.move("office-000", "approve", by="ann"),
        ]
        assert [verdict.allowed for verdict in given] == [True, True, False]
        for verdict in given:
            assert verdict.event is not None
            assert campaign.verdict("office-000", verdict.event.seq) == verdict
            assert campaign.explain(campaign.verdict("office-000", verdict.event.seq), "zh") == campaign.explain(verdict, "zh")
        [event] = [each for each in campaign.timeline("office-000") if each.kind == "record"]
        assert event.payload["fields"] == {"amount": 23500}
        assert json.loads(json.dumps(campaign.as_json(campaign.verdict("office-000", 4))))["event"]["seq"] == 4


@pytest.mark.parametrize("seq", [-1, 0, 1, 2, 2**64])
def test_where_nothing_was_answered_there_is_no_verdict(seq: int) -> None:
    with moving(0) as campaign:
        with pytest.raises(NotFound) as caught:
            campaign.verdict("office-000", seq)  # 1 is the roster
        assert (caught.value.code, caught.value.say("zh")) == ("verdict", f"office-000没有第 {seq} 号结论")
        with pytest.raises(NotFound, match=f"the campaign has no verdict #{seq}"):
            campaign.verdict(None, seq)
        with pytest.raises(NotFound, match="there is no branch nowhere"):
            campaign.verdict("nowhere", 1)


def test_a_verdict_about_the_campaign_as_a_whole_is_read_back_too() -> None:
    campaign, _ = trial(1)
    with campaign:
        given = campaign.appoint("m0-1", "sponsor", by="m0-0", reason="to try")
        assert given.event is not None
        assert (given.branch, given.allowed) == ("", False)
        assert campaign.verdict(None, given.event.seq) == given
