"""Old notices can be deleted: what was sent or given up, never what waits; and the board says what does not get through."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator

import workflow
from tests.cli.conftest import OFFICE, Desk
from tests.cli.test_tutorial import ROSTER
from tests.reminders.ground import notice
from tests.reminders.test_delivery import Recorder
from tests.visits import on, opened
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse
from workflow.reminders import Address, ChannelFault, Purged, Unreached, deliver, forget, outbox, post, purge, set_address, unreached
from workflow.texts import Text

REFUSED = ChannelFault(Text.of("no such user", "没有此用户"), final=True)
BUSY = ChannelFault(Text.of("busy", "正忙"))


@pytest.fixture
def visits() -> Iterator[Campaign]:
    """On 17 March: notices of four days, sent, given up, waiting for an attempt, waiting for an address."""
    with opened() as made:
        for person, channel in (("ann", "mail"), ("bob", "mail"), ("bob", "webhook"), ("cho", "mail")):
            set_address(made.store, Address(person, channel, f"{person}@example.org", "en"), made.now)
        for day, fault in (("2026-03-09", None), ("2026-03-10", REFUSED), ("2026-03-11", BUSY), ("2026-03-12", None)):
            put(made, day, "ann", "bob", "gus")
            deliver(made.store, lambda: made.now, [Recorder("mail", fault=fault), Recorder("webhook")])
        yield on(made, "2026-03-17")


def put(made: Campaign, day: str, *people: str) -> None:
    with made.store.write():
        post(made.store, [notice(f"{person}:{day}", person, day) for person in people], made.now)


def left(made: Campaign) -> list[str]:
    return [ident for (ident,) in made.store.rows("SELECT id FROM workflow_notice ORDER BY day, person")]


def test_sent_and_given_up_go_and_what_waits_stays(visits: Campaign) -> None:
    assert purge(visits, "2026-03-12") == Purged(sent=2, given_up=2, kept=5)
    waits = ["gus:2026-03-09", "gus:2026-03-10", "ann:2026-03-11", "bob:2026-03-11", "gus:2026-03-11"]
    assert left(visits) == [*waits, "ann:2026-03-12", "bob:2026-03-12", "gus:2026-03-12"]
    kept = {f"{n} {channel} {state}" for n, channel, state in visits.store.rows("SELECT notice, channel, state FROM workflow_delivery")}
    assert kept == {
        "ann:2026-03-11 mail waiting",
        "bob:2026-03-11 mail waiting",
        "bob:2026-03-11 webhook sent",
        "ann:2026-03-12 mail sent",
        "bob:2026-03-12 mail sent",
        "bob:2026-03-12 webhook sent",
    }
    assert [(each.person, each.state, each.notices) for each in outbox(visits.store)] == [
        ("gus", "unaddressed", 4),
        ("ann", "waiting", 1),
        ("bob", "waiting", 1),
    ]
    assert purge(visits, "2026-03-12") == Purged(sent=0, given_up=0, kept=5)


def test_what_waited_is_still_delivered(visits: Campaign) -> None:
    purge(visits, "2026-03-17")
    channel = Recorder("mail")
    assert deliver(visits.store, lambda: visits.now, [channel]).sent == 2
    assert channel.ids == ["ann:2026-03-11", "bob:2026-03-11"]
    assert purge(visits, "2026-03-17") == Purged(sent=2, given_up=0, kept=4)


def test_not_what_is_yet_to_come(visits: Campaign) -> None:
    with pytest.raises(Misuse) as caught:
        purge(visits, "2026-03-18")
    assert caught.value.say("en") == "2026-03-18 is yet to come: today at the latest"
    assert caught.value.say("zh") == "2026-03-18 尚未到来：最晚为今天"
    with pytest.raises(Misuse):
        purge(visits, "last week")
    assert len(left(visits)) == 12


def test_the_ledger_stays_as_it_is(visits: Campaign) -> None:
    before = [event.hash for event in visits.timeline()]
    purge(visits, "2026-03-17")
    assert [event.hash for event in visits.timeline()] == before
    assert visits.verify().whole


# -- on the board ------------------------------------------------------------------------------------------------------


def test_what_does_not_get_through_is_counted(visits: Campaign) -> None:
    assert unreached(visits.store) == Unreached(given_up=2, without_address=1)
    put(visits, "2026-03-17", "olga", "gus")
    assert unreached(visits.store) == Unreached(given_up=2, without_address=2)
    set_address(visits.store, Address("gus", "mail", "gus@example.org", "en"), visits.now)
    assert unreached(visits.store) == Unreached(given_up=2, without_address=1)  # what is out of date troubles nobody
    purge(visits, "2026-03-17")
    assert unreached(visits.store) == Unreached(given_up=0, without_address=1)
    forget(visits.store, "ann")
    assert unreached(visits.store).without_address == 2


def test_it_is_one_query(visits: Campaign) -> None:
    asked: list[str] = []
    connection = visits.store.db.connection()
    connection.set_trace_callback(asked.append)
    unreached(visits.store)
    connection.set_trace_callback(None)
    assert len(asked) == 1


@pytest.fixture
def office(desk: Desk) -> Desk:
    desk.run("new", OFFICE, "--rehearsal", "--now", "2026-03-02")
    desk.run("import", desk.write("roster.csv", ROSTER))
    return desk


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


def test_the_board_ends_with_what_does_not_get_through(office: Desk) -> None:
    quiet = office.run("board").stdout
    assert "not delivered" not in quiet
    assert office.json("board")["undelivered"] == {"given_up": 0, "without_address": 0}
    with Campaign.open(office.db) as campaign:
        put(campaign, "2026-03-02", "bo")
    assert office.run("board").stdout == quiet + "! not delivered: 1 person without an address; see `workflow remind outbox`\n"
    office.run("remind", "address", "anna", "--mail", "anna@example.org")
    with Campaign.open(office.db) as campaign:
        put(campaign, "2026-03-02", "anna")
        deliver(campaign.store, lambda: campaign.now, [Recorder("mail", fault=REFUSED)])
    said = office.run("board").stdout.splitlines()[-1]
    assert said == "! not delivered: 1 message given up, 1 person without an address; see `workflow remind outbox`"
    assert office.run("board", "--lang", "zh").stdout.endswith(
        "! 未送达：已放弃 1 份通知，1 人没有联系地址；查看：`workflow remind outbox`\n"
    )
    board = office.json("board")
    assert board["undelivered"] == {"given_up": 1, "without_address": 1}
    Draft202012Validator(workflow.schema("board")).validate(board)


def test_purging_on_the_command_line(office: Desk) -> None:
    office.run("remind", "address", "anna", "--console", "anna")
    with Campaign.open(office.db) as campaign:
        put(campaign, "2026-03-02", "anna", "bo")
    office.run("remind", "send")
    assert office.run("remind", "purge", "--before", "2026-03-03", "--now", "2026-03-03").stdout == (
        "Deleted of before 2026-03-03: 1 sent, 0 given up. Waiting, and kept: 1.\n"
    )
    assert office.json("remind", "purge", "--before", "2026-03-02") == {"before": "2026-03-02", "sent": 0, "given_up": 0, "kept": 0}
    assert office.run("remind", "purge", "--before", "2026-03-03", "--now", "2026-03-04", "--lang", "zh").stdout == (
        "已删除 2026-03-03 之前的通知：已发送 0，已放弃 0。仍在等待而保留：1。\n"
    )
    assert "尚未到来" in office.run("remind", "purge", "--before", "2026-04-01", "--lang", "zh", code=2).stderr
    assert "--before" in office.run("remind", "purge", code=2).stderr
