"""A connection that the host owns: its transactions are joined, and neither it nor they are ever ended by us."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.ground import OFFICE_MOVE, offices, sound
from tests.story import ROOT, loaded
from workflow import Campaign, DatabaseFault, Misuse
from workflow.hosting import borrowed

BY_HOST, BY_SQLITE3 = None, "DEFERRED"  # who begins transactions: the host itself, or sqlite3 before a statement that writes


class Host:
    """An application with a table `transfer` and one open connection, on which a campaign of three offices stands."""

    def __init__(self, path: Path, level: str | None) -> None:
        self.path = path
        self.connection = sqlite3.connect(path, isolation_level=level)  # type: ignore[arg-type]
        self.connection.row_factory = sqlite3.Row
        self.connection.execute("CREATE TABLE transfer (branch TEXT)")
        self.callbacks: list[object] = []
        self.campaign = Campaign.create(borrowed(self.connection), loaded(OFFICE_MOVE))
        self.campaign.import_roster(offices(3))
        self.connection.commit()

    def apply(self, branch: str) -> None:
        self.connection.execute("INSERT INTO transfer VALUES (?)", (branch,))
        assert self.campaign.move(branch, "apply", by="ann").allowed

    def found(self) -> tuple[int, list[str]]:
        """What another connection sees: rows of the host, and the branches of the moves."""
        other = sqlite3.connect(self.path)
        rows = other.execute("SELECT COUNT(*) FROM transfer").fetchone()[0]
        moved = other.execute("SELECT stream FROM workflow_event WHERE kind = 'moved' ORDER BY id").fetchall()
        other.close()
        return rows, [stream.removeprefix("branch:") for (stream,) in moved]


@pytest.fixture(params=[BY_HOST, BY_SQLITE3], ids=["autocommit", "implicit"])
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    host = Host(tmp_path / "host.db", request.param)
    yield host
    assert host.connection.execute("SELECT 1 AS one").fetchone()["one"] == 1  # open, and with the host's own form of rows
    assert host.connection.isolation_level == request.param
    sound(host.campaign.store, host.campaign.definition)
    host.connection.close()


def test_the_hosts_transaction_brings_both_or_neither(host: Host) -> None:
    host.connection.execute("BEGIN IMMEDIATE")
    host.apply("office-000")
    assert host.campaign.why("office-000").state == "plan.applied"
    host.connection.rollback()
    assert host.found() == (0, [])
    assert host.campaign.why("office-000").state == "plan.working"
    host.connection.execute("BEGIN IMMEDIATE")
    host.apply("office-000")
    assert host.found() == (0, [])
    host.connection.commit()
    assert host.found() == (1, ["office-000"])


def test_a_savepoint_of_the_hosts_and_misuse_inside_it(host: Host) -> None:
    host.connection.execute("BEGIN IMMEDIATE")
    host.apply("office-000")
    host.connection.execute("SAVEPOINT inner")
    host.apply("office-001")
    host.connection.execute("ROLLBACK TO inner")
    with pytest.raises(Misuse):
        host.campaign.move("office-002", "nonsense", by="ann")
    host.connection.commit()
    assert host.found() == (1, ["office-000"])


def test_where_the_host_begins_transactions_a_command_outside_of_one_commits(tmp_path: Path) -> None:
    host = Host(tmp_path / "host.db", BY_HOST)
    told: list[int] = []
    host.campaign.after_commit(lambda events: told.append(len(events)))
    host.campaign.move("office-000", "apply", by="ann")
    assert not host.connection.in_transaction
    assert (host.found(), told) == ((0, ["office-000"]), [1])
    host.connection.close()


def test_where_sqlite3_begins_them_a_command_waits_for_the_hosts_commit_even_as_the_first_statement(tmp_path: Path) -> None:
    host = Host(tmp_path / "host.db", BY_SQLITE3)
    host.campaign.move("office-000", "apply", by="ann")
    host.connection.execute("INSERT INTO transfer VALUES ('office-000')")
    host.connection.rollback()
    assert host.found() == (0, [])
    host.campaign.move("office-000", "apply", by="ann")
    assert host.found() == (0, [])
    host.connection.commit()
    assert host.found() == (0, ["office-000"])
    for question in (lambda: host.campaign.why("office-001"), lambda: host.campaign.board(), preview(host), unknown(host)):
        question()
        assert not host.connection.in_transaction  # what writes nothing leaves nothing open
    host.connection.close()


def preview(host: Host) -> object:
    return lambda: host.campaign.preview(lambda it: it.move("office-001", "apply", by="ann"))


def unknown(host: Host) -> object:
    def misuse() -> None:
        with pytest.raises(Misuse):
            host.campaign.move("nowhere", "apply", by="ann")

    return misuse


def test_hooks_wait_for_the_word_of_the_host(tmp_path: Path) -> None:
    """A host that keeps what is to be done after its commit in a list of its own."""
    host = Host(tmp_path / "host.db", BY_HOST)
    later: list[object] = []
    told: list[str] = []
    campaign = Campaign.open(borrowed(lambda: host.connection, on_commit=later.append))
    campaign.after_commit(lambda events: told.extend(event.branch for event in events))
    host.connection.execute("BEGIN IMMEDIATE")
    campaign.move("office-000", "apply", by="ann")
    host.connection.execute("SAVEPOINT inner")
    campaign.move("office-001", "apply", by="ann")
    host.connection.execute("ROLLBACK TO inner")
    host.connection.commit()
    assert told == []
    for act in later:
        act()  # type: ignore[operator]
    assert told == ["office-000"]
    host.connection.close()


def test_a_hook_without_on_commit_is_misuse_inside_the_hosts_transaction(host: Host) -> None:
    host.campaign.after_commit(lambda _: None)
    host.connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(Misuse) as caught:
        host.campaign.move("office-000", "apply", by="ann")
    assert caught.value.code == "commit-unheard"
    host.connection.commit()
    assert host.found() == (0, [])


def test_a_connection_without_a_campaign_says_which_file_it_is(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "empty.db")
    with pytest.raises(DatabaseFault) as caught:
        Campaign.open(borrowed(connection))
    assert caught.value.code == "database-foreign"
    assert str(tmp_path / "empty.db") in caught.value.say("en")
    connection.close()


def test_in_django_transactions_are_djangos(tmp_path: Path) -> None:
    pytest.importorskip("django")
    script = Path(__file__).with_name("django_host.py")
    command = [sys.executable, str(script), str(tmp_path / "django.db"), str(OFFICE_MOVE)]
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "a host roll-back leaves neither",
        "the host's commit brings both, and only then is the hook told",
        "an inner roll-back takes only what is inside",
        "without a transaction of the host's a command commits by itself",
        "sound",
    ]
