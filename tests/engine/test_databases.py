"""Where a campaign lives: a file of its own, a host's database and transaction, several threads."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

import peewee
import pytest

from tests.engine.ground import OFFICE_MOVE, TRIAL_SITES, offices, sound
from tests.story import loaded
from workflow.engine.campaign import Campaign
from workflow.errors import DatabaseFault, InputFault, Misuse, NotFound
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
