"""Hooks after the commit: told what stands, once, by whoever committed, and no trouble to the caller."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import peewee
import pytest

from tests.engine.ground import OFFICE_MOVE, offices, sound
from tests.story import loaded
from workflow import Campaign, Event, Misuse

Told = list[list[tuple[str, str]]]


def listening(campaign: Campaign) -> tuple[Told, Callable[[], None]]:
    """What the hook is told, one list of (branch, kind) for each call, and what takes it off."""
    told: Told = []

    def hook(events: tuple[Event, ...]) -> None:
        assert not campaign.store.in_transaction
        told.append([(event.branch, event.kind) for event in events])

    return told, campaign.after_commit(hook)


def apply_and_fail(campaign: Campaign) -> None:
    campaign.move("office-000", "apply", by="ann")
    raise ZeroDivisionError


@pytest.fixture
def db(tmp_path: Path) -> Iterator[peewee.SqliteDatabase]:
    db = peewee.SqliteDatabase(str(tmp_path / "host.db"), timeout=30)
    yield db
    db.close()


@pytest.fixture
def campaign(db: peewee.SqliteDatabase) -> Campaign:
    campaign = Campaign.create(db, loaded(OFFICE_MOVE))
    campaign.import_roster(offices(3))
    return campaign


def test_a_hook_is_told_of_every_command_refused_or_not_until_it_is_taken_off(campaign: Campaign) -> None:
    told, off = listening(campaign)
    campaign.record("office-000", "offer", by="ann", fields={"amount": 23500})
    assert campaign.move("office-000", "apply", by="ann", key="k").allowed
    assert campaign.move("office-000", "apply", by="ann", key="k").repeated  # writes nothing
    assert not campaign.move("office-000", "approve", by="bea").allowed
    assert told == [[("office-000", "record")], [("office-000", "moved")], [("office-000", "refused")]]
    off()
    off()
    campaign.record("office-000", "offer", by="ann", fields={"amount": 1})
    assert len(told) == 3


def test_questions_and_previews_tell_nothing(campaign: Campaign) -> None:
    told, _ = listening(campaign)
    campaign.ask("office-000", "apply", by="ann")
    campaign.preview(lambda it: it.move("office-000", "apply", by="ann"))
    campaign.why("office-000")
    assert told == []
    campaign.move("office-001", "apply", by="ann")
    assert told == [[("office-001", "moved")]]


def test_an_import_is_one_call(campaign: Campaign) -> None:
    told, _ = listening(campaign)
    rows = [{"branch": f"office-{n:03}", "record": "offer", "by": "ann", "fields": {"amount": 5}} for n in range(3)]
    campaign.import_records(rows)
    assert told == [[(f"office-{n:03}", "record") for n in range(3)]]


def test_in_the_hosts_transaction_it_waits_for_the_hosts_commit(campaign: Campaign, db: peewee.SqliteDatabase) -> None:
    told, _ = listening(campaign)
    with db.atomic("IMMEDIATE"):
        with db.atomic():
            campaign.move("office-000", "apply", by="ann")
        campaign.move("office-001", "apply", by="ann")
        assert told == []
    assert told == [[("office-000", "moved"), ("office-001", "moved")]]


def test_what_the_host_rolls_back_is_not_told(campaign: Campaign, db: peewee.SqliteDatabase) -> None:
    told, _ = listening(campaign)
    with db.atomic("IMMEDIATE") as transaction:
        campaign.move("office-000", "apply", by="ann")
        transaction.rollback()
    with pytest.raises(ZeroDivisionError), db.atomic("IMMEDIATE"):
        apply_and_fail(campaign)
    assert told == []
    with db.atomic("IMMEDIATE"):
        campaign.move("office-001", "apply", by="ann")
    assert told == [[("office-001", "moved")]]


def test_a_savepoint_that_the_host_rolls_back_is_not_told(campaign: Campaign, db: peewee.SqliteDatabase) -> None:
    told, _ = listening(campaign)
    with db.atomic("IMMEDIATE"):
        with pytest.raises(ZeroDivisionError), db.atomic():
            apply_and_fail(campaign)
        campaign.move("office-001", "apply", by="ann")
        campaign.preview(lambda it: it.move("office-002", "apply", by="ann"))
    assert told == [[("office-001", "moved")]]
    with db.atomic("IMMEDIATE"), pytest.raises(ZeroDivisionError), db.atomic():
        apply_and_fail(campaign)
    assert len(told) == 1
    sound(campaign.store, campaign.definition)


def test_a_hook_that_raises_is_logged_and_the_command_stands(
    campaign: Campaign, db: peewee.SqliteDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: tuple[Event, ...]) -> None:
        raise ZeroDivisionError("the mail server is away")

    campaign.after_commit(broken)
    told, _ = listening(campaign)
    with caplog.at_level(logging.ERROR, "workflow"):
        assert campaign.move("office-000", "apply", by="ann").allowed
        with db.atomic("IMMEDIATE"):
            campaign.move("office-001", "apply", by="ann")
    assert told == [[("office-000", "moved")], [("office-001", "moved")]]
    assert [record.name for record in caplog.records] == ["workflow"] * 2
    assert "a hook failed after the commit; what was committed stands" in caplog.text
    assert "ZeroDivisionError: the mail server is away" in caplog.text
    assert campaign.why("office-000").state == campaign.why("office-001").state == "plan.applied"


def test_what_a_hook_writes_is_told_after_what_it_was_told(campaign: Campaign) -> None:
    first, second = [], []

    def apply_next(events: tuple[Event, ...]) -> None:
        first.append([event.branch for event in events])
        if events[0].branch == "office-000":
            campaign.move("office-001", "apply", by="ann")

    campaign.after_commit(apply_next)
    campaign.after_commit(lambda events: second.append([event.branch for event in events]))
    campaign.move("office-000", "apply", by="ann")
    assert first == second == [["office-000"], ["office-001"]]


def test_the_thread_that_committed_is_the_one_that_is_told(campaign: Campaign, db: peewee.SqliteDatabase) -> None:
    told: list[tuple[str, str]] = []
    campaign.after_commit(lambda events: told.append((threading.current_thread().name, events[0].branch)))
    campaign.move("office-000", "apply", by="ann")

    def elsewhere() -> None:
        campaign.move("office-001", "apply", by="ann")
        db.close()

    thread = threading.Thread(target=elsewhere, name="elsewhere")
    thread.start()
    thread.join()
    assert told == [("MainThread", "office-000"), ("elsewhere", "office-001")]


@pytest.mark.parametrize("begin", ["by hand", "manual_commit"])
def test_a_commit_nobody_would_report_is_refused_at_once_and_nothing_is_written(
    campaign: Campaign, db: peewee.SqliteDatabase, begin: str
) -> None:
    """A transaction begun on the connection itself, behind peewee's back: without a hook it is joined as ever."""

    def attempt() -> None:
        if begin == "by hand":
            db.connection().execute("BEGIN IMMEDIATE")
            try:
                campaign.move("office-000", "apply", by="ann")
            finally:
                db.connection().execute("COMMIT")
        else:
            with db.manual_commit():
                db.begin()
                try:
                    campaign.move("office-000", "apply", by="ann")
                finally:
                    db.commit()

    told, off = listening(campaign)
    with pytest.raises(Misuse) as caught:
        attempt()
    assert caught.value.code == "commit-unheard"
    assert "on_commit" in caught.value.say("zh")
    assert campaign.why("office-000").state == "plan.working"
    off()
    attempt()
    assert campaign.why("office-000").state == "plan.applied"
    assert told == []


def test_an_ordinary_campaign_in_a_file_of_its_own(tmp_path: Path) -> None:
    with Campaign.create(tmp_path / "own.db", loaded(OFFICE_MOVE)) as campaign:
        told, _ = listening(campaign)
        campaign.import_roster(offices(1))
        with pytest.raises(Misuse):
            campaign.move("office-000", "nonsense", by="ann")
        assert [kind for call in told for _, kind in call] == ["people", "roster"]
        seen: list[int] = []
        with sqlite3.connect(tmp_path / "own.db") as other:
            campaign.after_commit(lambda _: seen.append(other.execute("SELECT MAX(id) FROM workflow_event").fetchone()[0]))
            campaign.move("office-000", "apply", by="ann")
        other.close()
        assert seen == [campaign.store.row("SELECT MAX(id) FROM workflow_event")[0]]  # another connection sees it already
