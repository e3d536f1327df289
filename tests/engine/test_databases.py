"""Where a campaign lives: a file of its own, a host's database and transaction, several threads."""

from __future__ import annotations

import sqlite3
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import peewee
import pytest

from tests.engine.ground import OFFICE_MOVE, START, TRIAL_SITES, offices, sound
from tests.story import loaded
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.errors import DatabaseFault, DefinitionFault, InputFault, Misuse, NotFound
from workflow.ledger import verify_chain


def test_there_is_nothing_to_open(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as missing:
        Campaign.open(tmp_path / "none.db")
    assert missing.value.code == "database-missing"
    assert missing.value.say("en").startswith(f"there is no database {tmp_path}/none.db")
    foreign, letter = tmp_path / "foreign.db", tmp_path / "letter.db"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE note (text)")
    connection.close()
    letter.write_text("Dear Sir or Madam, " * 100)
    for path, code in ((foreign, "database-foreign"), (letter, "database"), (tmp_path, "database")):
        with pytest.raises(DatabaseFault) as caught:
            Campaign.open(path)
        assert (caught.value.code, str(path) in caught.value.say("zh")) == (code, True)


def test_a_file_holds_one_campaign(tmp_path: Path) -> None:
    Campaign.create(tmp_path / "campaign.db", loaded(OFFICE_MOVE)).close()
    with pytest.raises(Misuse) as caught:
        Campaign.create(tmp_path / "campaign.db", loaded(TRIAL_SITES))
    assert caught.value.code == "campaign-exists"
    with Campaign.open(tmp_path / "campaign.db") as campaign:
        assert (campaign.name, campaign.definition.hash) == ("office-move", loaded(OFFICE_MOVE).hash)


def test_whoever_comes_first_creates_it_and_the_others_open_it_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "campaign.db"
    with Campaign.open_or_create(path, loaded(OFFICE_MOVE), name="moving", by="ann") as campaign:
        assert campaign.name == "moving"
    with Campaign.open_or_create(path, loaded(TRIAL_SITES), name="trial") as campaign:
        assert (campaign.name, campaign.definition.hash) == ("moving", loaded(OFFICE_MOVE).hash)
        assert len(list(campaign.timeline())) == 1
    with pytest.raises(DefinitionFault):
        Campaign.open_or_create(path, tmp_path / "none.yaml")
    with pytest.raises(Misuse) as caught:
        Campaign.open_or_create(path, loaded(OFFICE_MOVE), clock=VirtualClock(START))
    assert caught.value.code == "not-a-rehearsal"


def test_a_rehearsal_goes_on_under_the_clock_it_is_given(tmp_path: Path) -> None:
    for later in (timedelta(), timedelta(days=3)):
        clock = VirtualClock(START + later)
        with Campaign.open_or_create(tmp_path / "trial.db", loaded(TRIAL_SITES), clock=clock, rehearsal=True) as campaign:
            assert (campaign.rehearsal, campaign.now) == (True, START + later)


def test_a_closed_campaign_goes_on_with_a_new_connection(tmp_path: Path) -> None:
    campaign = Campaign.create(tmp_path / "campaign.db", loaded(OFFICE_MOVE))
    campaign.close()
    campaign.import_roster(offices(1))
    assert campaign.branches() == [("office-000", "Office 0")]
    campaign.close()


@pytest.fixture
def host(tmp_path: Path) -> Any:
    db = peewee.SqliteDatabase(str(tmp_path / "host.db"))
    db.execute_sql("CREATE TABLE transfer (branch TEXT)")
    yield db
    db.close()


def test_in_the_hosts_transaction_both_are_written_or_neither(host: peewee.SqliteDatabase) -> None:
    campaign = Campaign.create(host, loaded(OFFICE_MOVE))
    campaign.import_roster(offices(1))

    def found() -> tuple[int, int]:
        rows = (host.execute_sql(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in ("transfer", "workflow_event"))
        return next(rows), next(rows)

    before = found()
    with host.atomic("IMMEDIATE") as transaction:
        host.execute_sql("INSERT INTO transfer VALUES ('office-000')")
        assert campaign.move("office-000", "apply", by="ann", key="k").allowed
        assert found() == (before[0] + 1, before[1] + 1)
        transaction.rollback()
    assert found() == before
    assert campaign.why("office-000").state == "plan.working"
    with host.atomic("IMMEDIATE"):
        host.execute_sql("INSERT INTO transfer VALUES ('office-000')")
        assert campaign.move("office-000", "apply", by="ann", key="k").allowed
    assert found() == (before[0] + 1, before[1] + 1)
    assert campaign.why("office-000").state == "plan.applied"
    sound(campaign.store, campaign.definition)
    campaign.close()
    assert not host.is_closed()


def test_misuse_inside_the_hosts_transaction_leaves_the_hosts_row(host: peewee.SqliteDatabase) -> None:
    campaign = Campaign.create(host, loaded(OFFICE_MOVE))
    campaign.import_roster(offices(1))
    with host.atomic("IMMEDIATE"):
        host.execute_sql("INSERT INTO transfer VALUES ('office-000')")
        with pytest.raises(InputFault):
            campaign.record("office-000", "offer", by="ann", fields={"amount": "dear"})
        assert not campaign.move("office-000", "approve", by="ann").allowed
    assert host.execute_sql("SELECT COUNT(*) FROM transfer").fetchone() == (1,)
    assert [event.kind for event in campaign.timeline("office-000")] == ["roster", "roster", "refused"][-2:]
    assert verify_chain(campaign.store) == ()


def test_a_second_thread_sees_and_writes_the_same_campaign(tmp_path: Path) -> None:
    with Campaign.create(tmp_path / "campaign.db", loaded(OFFICE_MOVE)) as campaign:
        campaign.import_roster(offices(40))
        answers: list[bool] = []

        def apply_everywhere() -> None:
            answers.extend(campaign.move(branch, "apply", by="ann").allowed for branch, _ in campaign.branches())
            campaign.close()

        threads = [threading.Thread(target=apply_everywhere) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [False] * 40 + [True] * 40
        assert {outlook.state for outlook in campaign.outlooks().values()} == {"plan.applied"}
        sound(campaign.store, campaign.definition)
