"""The commands about reminders: addresses, what is not delivered, sending it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import OFFICE, Desk
from tests.cli.test_tutorial import ROSTER
from tests.reminders.ground import HERE, Hook, Letterbox, free_port, http, notice, smtp
from workflow.engine.campaign import Campaign
from workflow.reminders import post


@pytest.fixture
def office(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("NO_PROXY", HERE)
    desk.run("new", OFFICE)
    desk.run("import", desk.write("roster.csv", ROSTER))
    return desk


def put(desk: Desk, *idents: str, person: str = "anna") -> None:
    with Campaign.open(desk.db) as campaign, campaign.store.write():
        post(campaign.store, [notice(ident, person) for ident in idents], campaign.now)


def test_addresses_are_set_shown_and_deleted(office: Desk) -> None:
    assert office.run("remind", "address", "anna").stdout == "There is no address.\n"
    assert office.json("remind", "address", "anna", "--mail", "anna@example.org", "--webhook", "u-17", "--lang", "zh") == [
        {"person": "anna", "channel": "mail", "address": "anna@example.org", "lang": "zh"},
        {"person": "anna", "channel": "webhook", "address": "u-17", "lang": "zh"},
    ]
    said = office.run("remind", "address", "anna").stdout
    assert said.startswith("addresses: 2\n")
    assert "anna@example.org" in said
    assert office.run("remind", "address", "anna", "--forget", "--lang", "zh").stdout == "已删除地址：2\n"
    assert office.json("remind", "address", "anna") == []


def test_a_wrong_address_changes_nothing(office: Desk) -> None:
    office.run("remind", "address", "anna", "--webhook", "u-17")
    wrong = office.run("remind", "address", "anna", "--forget", "--webhook", "u-18", "--mail", "anna", code=2)
    assert wrong.stderr == "error: 'anna' is no address for mail; expected one such as li@example.org\n"
    assert [each["address"] for each in office.json("remind", "address", "anna")] == ["u-17"]
    assert "没有人员 ana" in office.run("remind", "address", "ana", "--mail", "a@b.c", "--lang", "zh", code=2).stderr


def test_who_is_not_known_has_no_addresses(office: Desk) -> None:
    for args in ((), ("--forget",), ("--mail", "a@b.c")):
        wrong = office.run("remind", "address", "ana", *args, code=2).stderr
        assert wrong == "error: there is no person ana; did you mean anna (Anna Weber)?\n"


def test_a_channel_there_is_not_is_no_way_to_reach_anybody(office: Desk) -> None:
    wrong = office.run("remind", "address", "anna", "--webhook", "u-17", "--channel", "pigeon", "north loft", code=2).stderr
    assert wrong == "error: there is no channel pigeon; known: console, file, mail, webhook, notify\n"
    meant = office.run("remind", "address", "anna", "--channel", "male", "x", "--lang", "zh", code=2).stderr
    assert "没有通道 male；是否指 mail？" in meant
    assert office.json("remind", "address", "anna", "--channel", "console", "anna") == [
        {"person": "anna", "channel": "console", "address": "anna", "lang": "en"}
    ]


def test_from_the_command_line_to_the_letterbox(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    office.run("remind", "address", "anna", "--mail", "anna@example.org", "--webhook", "u-17", "--lang", "zh")
    put(office, "one", "two")
    put(office, "three", person="bo")
    said = office.run("remind", "send").stdout
    assert said == (
        "sent: 0, to be tried again: 0, given up: 0, waiting: 4, people with no address: 1\n"
        "! mail: it is not set up here; set WORKFLOW_SMTP_HOST\n"
        "! webhook: it is not set up here; set WORKFLOW_WEBHOOK_URL\n"
    )
    box, hook, port = Letterbox(), Hook(status=422), free_port()
    for name, value in {"HOST": HERE, "PORT": str(port), "TLS": "none", "FROM": "office@example.org"}.items():
        monkeypatch.setenv(f"WORKFLOW_SMTP_{name}", value)
    with http(hook) as url:
        monkeypatch.setenv("WORKFLOW_WEBHOOK_URL", url)
        done = office.json("remind", "send", code=1)
        assert (done["sent"], done["failed"], done["dead"], done["waiting"], done["not_set_up"]) == (0, 1, 2, 2, [])
        assert done["without_address"] == 1
        assert done["faults"] == {
            "mail": f"{HERE}:{port}: it refuses connections; is it running?",
            "webhook": f"{url[7:]} answered 422 Unprocessable Entity",
        }
        assert [(each["state"], each["person"], each["channel"], each["notices"]) for each in office.json("remind", "outbox")] == [
            ("dead", "anna", "webhook", 2),
            ("unaddressed", "bo", "", 1),
            ("waiting", "anna", "mail", 1),  # not tried: the server was not there
            ("waiting", "anna", "mail", 1),
        ]
        shown = office.run("remind", "outbox", "--lang", "zh").stdout
        assert shown.startswith("未送达：5（已放弃 2，没有地址 1，等待 2）\n")
        assert "答复 422 Unprocessable Entity" in shown
        hook.status = 200
        assert office.run("remind", "outbox", "--again").stdout.startswith("to be tried again at the next sending: 4\n")
        with smtp(box, port):
            sent = office.run("remind", "send").stdout
            assert sent == "sent: 4, to be tried again: 0, given up: 0, waiting: 0, people with no address: 1\n"
    assert [recipient for recipient, _ in box.taken] == ["anna@example.org"] * 2
    office.run("remind", "address", "bo", "--console", "bo")
    assert "Reminder: three reports are late" in office.run("remind", "send").stdout
    assert office.run("remind", "outbox").stdout == "All is delivered.\n"


def test_a_rehearsal_writes_to_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    desk.run("new", OFFICE, "--rehearsal", "--now", "2026-03-02T09:00")
    desk.run("import", desk.write("roster.csv", ROSTER))
    desk.run("remind", "address", "anna", "--mail", "anna@example.org", "--file", "anna")
    put(desk, "one")
    hook = Letterbox()
    with smtp(hook) as port:
        for name, value in {"HOST": HERE, "PORT": str(port), "TLS": "none", "FROM": "office@example.org"}.items():
            monkeypatch.setenv(f"WORKFLOW_SMTP_{name}", value)
        monkeypatch.setenv("WORKFLOW_NOTICES_FILE", str(tmp_path / "out.jsonl"))
        said = desk.run("remind", "send", "--now", "2026-03-03T09:00").stdout
    assert said.endswith("! mail: a rehearsal writes to nobody; it has the channels console and file\n")
    assert hook.offered == 0
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 1
