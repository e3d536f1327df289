"""The commands about events to other systems: subscriptions, sending, what was given up."""

from __future__ import annotations

import pytest

from tests.cli.conftest import OFFICE, Desk
from tests.cli.test_tutorial import ROSTER
from tests.outgoing.ground import SECRET, Receiver, proved, receiving
from tests.reminders.ground import HERE, free_port
from workflow.outgoing.courier import ATTEMPTS
from workflow.store import Store

NAMES = {"portal": "WORKFLOW_OUTGOING_PORTAL", "oa-2": "WORKFLOW_OUTGOING_OA_2"}


@pytest.fixture
def office(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("NO_PROXY", HERE)
    desk.run("new", OFFICE)
    return desk


def aim(monkeypatch: pytest.MonkeyPatch, url: str, name: str = "portal") -> None:
    monkeypatch.setenv(f"{NAMES[name]}_URL", url)
    monkeypatch.setenv(f"{NAMES[name]}_SECRET", SECRET)


def hurry(desk: Desk) -> None:
    """All that waits for its time is due."""
    store = Store.open(desk.db)
    store.execute("UPDATE workflow_stuck SET next_at = ''")
    store.execute("UPDATE workflow_subscription SET next_at = ''")
    store.close()


def test_from_the_command_line_to_the_other_system(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert office.run("outgoing", "list").stdout == "There is no subscription.\n"
    said = office.run("outgoing", "subscribe", "portal", "--from-start").stdout
    assert (
        said == "Subscribed: portal. Set WORKFLOW_OUTGOING_PORTAL_URL and WORKFLOW_OUTGOING_PORTAL_SECRET, then: workflow outgoing send\n"
    )
    assert office.json("outgoing", "subscribe", "oa-2", "--kind", "moved", "--kind", "refused", "--whole") == {
        "name": "oa-2",
        "kinds": ["moved", "refused"],
        "from_start": False,
        "whole": True,
        "variables": ["WORKFLOW_OUTGOING_OA_2_URL", "WORKFLOW_OUTGOING_OA_2_SECRET"],
    }
    office.run("import", office.write("roster.csv", ROSTER))
    assert office.run("outgoing", "send").stdout == (
        "sent: 0, failed: 0, given up: 0, waiting: 3\n"
        "! oa-2: it is not set up here; set WORKFLOW_OUTGOING_OA_2_URL and WORKFLOW_OUTGOING_OA_2_SECRET\n"
        "! portal: it is not set up here; set WORKFLOW_OUTGOING_PORTAL_URL and WORKFLOW_OUTGOING_PORTAL_SECRET\n"
    )
    receiver, port = Receiver(), free_port()
    aim(monkeypatch, f"http://{HERE}:{port}/hook")
    done = office.json("outgoing", "send")
    assert (done["failed"], done["waiting"], done["not_set_up"]) == (1, 3, ["oa-2"])
    assert done["faults"] == {"portal": f"{HERE}:{port}: it refuses connections; is it running?"}
    listed = office.run("outgoing", "list", "--lang", "zh").stdout
    assert listed.startswith("订阅：2\n")
    assert "拒绝连接" in listed
    hurry(office)
    with receiving(receiver, port):
        assert office.run("outgoing", "send").stdout.startswith("sent: 3, failed: 0, given up: 0, waiting: 0\n")
    assert {proved(each).get_type() for each in receiver.taken} == {
        f"org.campaign-workflow.{kind}" for kind in ("created", "people", "roster")
    }
    [_, portal] = office.json("outgoing", "list")
    assert (portal["waiting"], portal["failures"], portal["error"], portal["stuck"]) == (0, 0, None, [])


def test_what_is_stuck_and_what_was_given_up(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    office.run("import", office.write("roster.csv", ROSTER))
    office.run("outgoing", "subscribe", "portal", "--from-start", "--kind", "roster")
    receiver = Receiver(lambda _: 400)
    with receiving(receiver) as url:
        aim(monkeypatch, url)
        assert office.run("outgoing", "send").stdout.startswith("sent: 0, failed: 1, given up: 0, waiting: 1\n! portal: 127.0.0.1:")
        listed = office.run("outgoing", "list").stdout
        assert "! portal: Berlin office is stuck at event 1, attempts: 1, next at " in listed
        assert listed.rstrip().endswith("answered 400 Bad Request")
        assert office.run("outgoing", "dead").stdout == "Nothing was given up.\n"
        for _ in range(ATTEMPTS - 2):
            hurry(office)
            office.run("outgoing", "send")
        hurry(office)
        assert office.json("outgoing", "send", code=1)["dead"] == 1
        assert office.run("outgoing", "dead", "--lang", "zh").stdout.startswith("已放弃：1\n")
        [letter] = office.json("outgoing", "dead", "portal")
        assert (letter["stream"], letter["seq"], letter["kind"], letter["attempts"]) == ("branch:berlin", 1, "roster", ATTEMPTS)
        assert office.run("outgoing", "replay", "--campaign").stdout == "to be sent again at the next sending: 0\n"
        assert (
            office.run("outgoing", "replay", "portal", "--branch", "berlin", "--event", "1", "--lang", "zh").stdout == "下次发送时重发：1\n"
        )
        receiver.answer = lambda _: 200
        assert office.run("outgoing", "send").stdout == "sent: 1, failed: 0, given up: 0, waiting: 0\n"
    assert office.run("outgoing", "dead").stdout == "Nothing was given up.\n"


def test_mistakes(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "is no name for a subscription" in office.run("outgoing", "subscribe", "Portal", code=2).stderr
    assert "did you mean moved" in office.run("outgoing", "subscribe", "portal", "--kind", "move", code=2).stderr
    office.run("outgoing", "subscribe", "portal")
    assert "已有订阅 portal" in office.run("outgoing", "subscribe", "portal", "--lang", "zh", code=2).stderr
    assert "did you mean portal" in office.run("outgoing", "dead", "partal", code=2).stderr
    aim(monkeypatch, "https://hunter2@oa.example")
    said = office.run("outgoing", "send", code=2).stderr
    assert said == "error: WORKFLOW_OUTGOING_PORTAL_URL: expected http:// or https://, a host and no password\n"
    assert office.run("outgoing", "remove", "portal").stdout == "Removed: portal\n"
    assert "there is no subscription portal" in office.run("outgoing", "remove", "portal", code=2).stderr


def test_a_rehearsal_tells_nobody(desk: Desk) -> None:
    desk.run("new", OFFICE, "--rehearsal", "--now", "2026-03-02T09:00")
    desk.run("outgoing", "subscribe", "portal")
    assert desk.run("outgoing", "send", code=2).stderr == "error: a rehearsal tells no other system\n"
