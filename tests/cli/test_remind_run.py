"""`remind tick` from the command line, and `remind run` as a process of its own, ended by signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Desk
from tests.reminders.bells import bells
from tests.reminders.ground import Hook, http
from tests.story import ROOT
from workflow.clock import SystemClock, VirtualClock
from workflow.engine.campaign import Campaign

MORNING = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)  # a Monday, half past eight in Shanghai
NOTHING = "sent: 0, to be tried again: 0, given up: 0, waiting: 0"


@pytest.fixture
def rehearsed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Two branches in which something is to be said on two days, and a file to say it in."""
    bells(VirtualClock(MORNING), date(2026, 3, 4), "-2d, 0d: office", db=desk.db, channel="file").close()
    monkeypatch.setenv("WORKFLOW_NOTICES_FILE", str(desk.folder / "said.jsonl"))
    return desk


def said(desk: Desk) -> list[dict[str, object]]:
    return [json.loads(line) for line in (desk.folder / "said.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_tick_from_the_command_line(rehearsed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKFLOW_LINK", "https://office/branches/{branch}")
    first = rehearsed.run("remind", "tick").stdout
    assert first == "2026-03-02: new digests: 2; sent: 2, to be tried again: 0, given up: 0, waiting: 0\n"
    assert rehearsed.run("remind", "tick", "--lang", "zh").stdout == "2026-03-02：新汇总 0；已发送 0，待重试 0，放弃 0，等待 0\n"
    assert rehearsed.run("remind", "tick", "--now", "2026-03-03T09:00").stdout == f"2026-03-03: new digests: 0; {NOTHING}\n"
    done = rehearsed.json("remind", "tick", "--now", "2026-03-04T07:59")
    assert (done["announced"], done["digests"]) == (2, 0)
    assert rehearsed.json("remind", "tick", "--now", "2026-03-04T08:00") == {
        "day": "2026-03-04",
        "looked_at": 0,
        "announced": 0,
        "digests": 1,
        "unheard": [],
        "delivered": {"sent": 1, "failed": 0, "dead": 0, "waiting": 0, "faults": {}},
        "not_set_up": [],
        "without_address": 0,
    }
    assert [each["id"] for each in said(rehearsed)] == ["digest:c0:2026-03-02", "digest:c1:2026-03-02", "digest:olga:2026-03-04"]
    assert "https://office/branches/b1" in str(said(rehearsed)[1]["text"])


def test_what_does_not_get_through_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    bells(
        SystemClock(), SystemClock().now().date(), "-1d, 0d, +1d", db=desk.db, branches=1, channel="webhook", reminders="at: '00:00'"
    ).close()
    tick = desk.run("remind", "tick").stdout.splitlines()
    assert tick[0].endswith(": new digests: 1; sent: 0, to be tried again: 0, given up: 0, waiting: 1")
    assert tick[1:] == ["! webhook: it is not set up here; set WORKFLOW_WEBHOOK_URL"]
    with http(Hook(status=422)) as url:
        monkeypatch.setenv("WORKFLOW_WEBHOOK_URL", url)
        tick = desk.run("remind", "tick", code=1).stdout.splitlines()
    assert tick[0].endswith("given up: 1, waiting: 0")
    assert tick[1].endswith("answered 422 Unprocessable Entity")


@pytest.mark.parametrize(("lang", "line"), [
    ("en", "! nobody heard what is due in Branch 7, Branch 8: nobody is clerk there, nor anything above on the ladder"),
    ("zh", "! 有到期事项无人得知：Branch 7、Branch 8；无人任 clerk，其上各级亦无人"),
])  # fmt: skip
def test_what_nobody_hears_is_said(desk: Desk, lang: str, line: str) -> None:
    with bells(VirtualClock(MORNING), date(2026, 3, 4), "-2d", db=desk.db, branches=1) as campaign:
        campaign.import_roster([{"branch": f"b{n}", "title": f"Branch {n}"} for n in (7, 8)])
    assert desk.run("remind", "tick", "--lang", lang).stdout.splitlines()[1:2] == [line]


@pytest.mark.parametrize(("lang", "tail"), [("en", ", people with no address: 1"), ("zh", "，没有地址的人员 1")])
def test_whom_no_letter_can_reach_is_counted(rehearsed: Desk, lang: str, tail: str) -> None:
    rehearsed.run("remind", "address", "c1", "--forget")
    assert rehearsed.run("remind", "tick", "--lang", lang).stdout.endswith(f"{tail}\n")
    assert rehearsed.json("remind", "tick")["without_address"] == 1


@pytest.mark.parametrize(
    "link",
    ["office/{branch}", "ftp://office/{branch}", "https:///{branch}", "https://office/{id}", "https://office/{branch", "https://a b"],
)
def test_a_link_that_leads_nowhere(rehearsed: Desk, monkeypatch: pytest.MonkeyPatch, link: str) -> None:
    monkeypatch.setenv("WORKFLOW_LINK", link)
    for command in ("tick", "run"):
        assert rehearsed.run("remind", command, code=2).stderr == (
            "error: WORKFLOW_LINK: expected an address that begins with http:// or https:// and has no placeholder but {branch},"
            " such as https://host/branches/{branch}\n"
        )
        assert "占位符只能是 {branch}" in rehearsed.run("remind", command, "--lang", "zh", code=2).stderr
    monkeypatch.setenv("WORKFLOW_LINK", "")
    assert rehearsed.json("remind", "tick")["digests"] == 2  # nothing had been done before


@pytest.mark.parametrize("every", ["0s", "60", "25h", "1d", "-5s", "soon"])
def test_what_is_no_interval(desk: Desk, every: str) -> None:
    wrong = desk.run("remind", "run", "--every", every, code=2).stderr
    assert f"'{every}' is no interval from 1s to 24h, such as 90s, 5m or 1h" in wrong
    assert "间隔" in desk.run("remind", "run", "--every", every, "--lang", "zh", code=2).stderr


def test_run_has_no_time_of_its_own(rehearsed: Desk) -> None:
    wrong = rehearsed.run("remind", "run", "--now", "2026-03-04T08:00", code=2).stderr
    assert wrong == "error: run keeps the campaign's own time: leave --now out; in a rehearsal `workflow remind tick` takes it\n"
    assert "请去掉 --now" in rehearsed.run("remind", "run", "--now", "2026-03-04", "--lang", "zh", code=2).stderr


# -- run ---------------------------------------------------------------------------------------------------------------


@contextmanager
def running(desk: Desk, *args: str) -> Iterator[subprocess.Popen[str]]:
    """`workflow remind run`, ticking every second."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "workflow", "remind", "run", "--every", "1s", "--db", desk.db, *args]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_runs_until_it_is_told_to_stop(rehearsed: Desk, number: signal.Signals) -> None:
    with running(rehearsed) as process:
        assert line(process) == "2026-03-02: new digests: 2; sent: 2, to be tried again: 0, given up: 0, waiting: 0\n"
        process.send_signal(number)
        assert process.communicate() == ("", "")
        assert process.returncode == 0
    with Campaign.open(rehearsed.db) as campaign:
        assert campaign.store.rows("SELECT state, claimed_by FROM workflow_delivery") == [("sent", None)] * 2


def test_it_follows_a_rehearsal_and_says_what_goes_wrong(rehearsed: Desk) -> None:
    with running(rehearsed, "--lang", "zh") as process:
        assert line(process).startswith("2026-03-02：新汇总 2")
        (rehearsed.folder / "said.jsonl").unlink()
        (rehearsed.folder / "said.jsonl").mkdir()
        rehearsed.run("record", "b0", "report", "--by", "c0", "--set", "good=yes", "--now", "2026-03-04T09:00")
        assert line(process) == "2026-03-04：新汇总 1；已发送 0，待重试 1，放弃 0，等待 1\n"
        process.terminate()
        assert process.communicate() == ("", f"! file：{rehearsed.folder}/said.jsonl 无法写入：这是文件夹，不是文件\n")
        assert process.returncode == 0


@pytest.mark.parametrize(
    ("harm", "complaint"),
    [(Path.unlink, "there is no database"), (lambda path: path.write_text("else " * 999), "cannot be used as a database")],
    ids=["deleted", "replaced"],
)
def test_a_database_that_is_gone_ends_it(rehearsed: Desk, harm: Callable[[Path], object], complaint: str) -> None:
    with running(rehearsed) as process:
        line(process)
        for suffix in ("-wal", "-shm"):
            Path(rehearsed.db + suffix).unlink(missing_ok=True)
        harm(Path(rehearsed.db))
        assert complaint in process.communicate()[1]
        assert process.returncode == 2


def test_where_there_is_no_database_it_does_not_begin(desk: Desk) -> None:
    assert "there is no database" in desk.run("remind", "run", code=2).stderr
