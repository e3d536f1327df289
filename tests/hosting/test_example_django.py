"""The Django example: the site's row and the ledger's event stand together or not at all."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.hosting.test_example_flask import REFUSED, REFUSED_ZH
from tests.hosting.walking import BRANCH, CHINESE, Server, Walk, copied, environment, kinds, started

ROLL_BACK = """
import django
django.setup()
from django.core.management import call_command
from django.db import transaction
from transfers.campaign import campaign
from transfers.models import Application

call_command("migrate", verbosity=0)
told = []
campaign().after_commit(lambda events: told.extend(event.kind for event in events))


def apply(key):
    answer = campaign().move("labour-bureau", "apply", by="li", key=key)
    Application.objects.create(reference=key, branch="labour-bureau", event=answer.event.seq, allowed=answer.allowed)


def found():
    return Application.objects.count(), len(list(campaign().timeline("labour-bureau"))), told


try:
    with transaction.atomic():
        apply("A-1")
        print("inside", *found())
        raise RuntimeError("the site fails after the command")
except RuntimeError:
    print("rolled back", *found())
with transaction.atomic():
    apply("A-1")
    print("inside", *found())
print("committed", *found())
"""


def test_a_clerk_is_refused_makes_it_up_and_the_office_approves(tmp_path: Path) -> None:
    with started("django_site", tmp_path, "--noreload {port}") as server:
        clerk = Walk(server, "li")
        assert "“session” is entered" in clerk.act("session", hours="8", present=["li", "chen"]).text
        form = clerk.page
        page = clerk.act("moves/apply", reference="A-1")
        for text in (*REFUSED, "Applications this site has received A-1 (#3)"):
            assert text in page.text
        clerk.page = form
        clerk.browser.headers["Accept-Language"] = CHINESE
        page = clerk.act("moves/apply", reference="A-1")
        for text in (*REFUSED_ZH, "本站收到的申请 A-1 (#3)"):
            assert text in page.text
        clerk.browser.headers["Accept-Language"] = "en"

        assert clerk.open().forms[f"/branches/{BRANCH}/session"]["present"] == ["xu"]
        clerk.act("session")
        clerk.act("summary", subject="What we learnt")
        taken(server, clerk)
        page = clerk.act("moves/apply", reference="A-2")
        assert "has made the move “apply for the transfer”" in page.text
        assert "A-1 (#3)A-2 (#6)" in page.text
        office = Walk(server, "wang", CHINESE)
        assert "已作出动作“批准”：学习动员 · 已申请 → 分析评议 · 进行中" in office.act("moves/approve").text
    assert committed(server) == ["#2 record", "#3 refused", "#4 record", "#5 record", "#6 moved", "#7 moved"]
    assert kinds(server.folder / "site.db") == ["roster", "record", "refused", "record", "record", "moved", "moved"]
    assert applications(server) == [("A-1", 3, 0), ("A-2", 6, 1)]


def taken(server: Server, clerk: Walk) -> None:
    """A reference used before: the row cannot be, and with it the event is not, nor does anybody hear of it."""
    before = kinds(server.folder / "site.db")
    page = clerk.act("moves/apply", reference="A-1")
    assert page.status == 409
    assert page.text.endswith("Transfers · Li Ming 李明 A-1 has been used: nothing was entered")
    assert (kinds(server.folder / "site.db"), applications(server), len(committed(server))) == (before, [("A-1", 3, 0)], 4)
    clerk.open()


def applications(server: Server) -> list[tuple[str, int, int]]:
    connection = sqlite3.connect(server.folder / "site.db")
    rows = connection.execute("SELECT reference, event, allowed FROM transfers_application ORDER BY id").fetchall()
    connection.close()
    return rows


def committed(server: Server) -> list[str]:
    """What the site was told after its commits, as it logged it."""
    head = f"committed: {BRANCH} "
    return [line.removeprefix(head) for line in server.log.read_text(encoding="utf-8").splitlines() if line.startswith(head)]


def test_a_failure_after_the_command_takes_both_back_and_the_hook_waits_for_the_commit(tmp_path: Path) -> None:
    folder = copied("django_site", tmp_path)
    command = [sys.executable, "-c", ROLL_BACK]
    given = environment() | {"DJANGO_SETTINGS_MODULE": "settings"}
    done = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["inside 1 2 []", "rolled back 0 1 []", "inside 1 2 []", "committed 1 2 ['refused']"]
    assert kinds(folder / "site.db") == ["roster", "refused"]


def test_whoever_has_not_logged_in_or_comes_from_elsewhere_is_turned_away(tmp_path: Path) -> None:
    with started("django_site", tmp_path, "--noreload {port}") as server:
        browser = server.visitor("en")
        assert browser.get(f"/branches/{BRANCH}").status_code == 403
        assert browser.post("/login", data={"person": "li"}).status_code == 403  # no token
        clerk = Walk(server, "li")
        page = clerk.act("session", hours="eight")
        assert (page.status, "hours: 'eight' is not a number" in page.text) == (400, True)
        assert "there is no branch nowhere" in clerk.browser.get("/branches/nowhere").text
    assert kinds(server.folder / "site.db") == ["roster"]
