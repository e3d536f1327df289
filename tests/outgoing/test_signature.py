"""Signatures, as senders make and receivers check them, held against the library of the scheme."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook as Oracle

from tests.outgoing.ground import OTHER, SECRET
from workflow.clock import SystemClock
from workflow.errors import Misuse
from workflow.outgoing import Target, from_environment, verify_signature
from workflow.outgoing.signature import TOLERANCE, key_of, signed

BODY = '{"说":"好"}'.encode()
NOW = datetime(2026, 11, 21, 9, 30, 15, 999_999, tzinfo=UTC)


def test_the_example_of_the_specification() -> None:
    headers = signed([SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", datetime(2021, 2, 25, 6, 58, 52, tzinfo=UTC), b'{"test": 2432232314}')
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614236332",
        "webhook-signature": headers["webhook-signature"],
    }
    assert headers["webhook-signature"] == Oracle(SECRET).sign(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", datetime(2021, 2, 25, 6, 58, 52, tzinfo=UTC), '{"test": 2432232314}'
    )


def test_what_the_library_signs_is_believed_and_the_other_way_round() -> None:
    now = SystemClock().now()
    ours = signed([OTHER, SECRET], "id-1", now, BODY)
    for secret in (SECRET, OTHER):
        Oracle(secret).verify(BODY, ours, json_parse=False)
    theirs = {
        "Webhook-Id": "id-1",
        "WEBHOOK-TIMESTAMP": str(int(now.timestamp())),
        "webhook-signature": Oracle(SECRET).sign("id-1", now, BODY.decode()),
    }
    assert verify_signature(SECRET, theirs, BODY)
    assert verify_signature([OTHER, SECRET], theirs, BODY.decode())
    assert not verify_signature(OTHER, theirs, BODY)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "id-2"},
        {"webhook-id": ""},
        {"webhook-timestamp": "1795253416"},
        {"webhook-timestamp": "１７９５２５３４１５"},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "-1"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1a,AAAA v2,签"},
    ],
)
def test_what_is_not_as_it_was_signed_is_not_believed(change: dict[str, str]) -> None:
    headers = signed([SECRET], "id-1", NOW, BODY)
    assert headers["webhook-timestamp"] == "1795253415"
    assert verify_signature(SECRET, headers, BODY, now=NOW)
    assert not verify_signature(SECRET, {**headers, **change}, BODY, now=NOW)
    assert not verify_signature(SECRET, {name: value for name, value in headers.items() if name not in change}, BODY, now=NOW)


def test_what_is_old_is_not_believed() -> None:
    headers = signed([SECRET], "id-1", NOW, BODY)
    for late in (TOLERANCE - timedelta(seconds=2), timedelta(seconds=2) - TOLERANCE):
        assert verify_signature(SECRET, headers, BODY, now=NOW + late)
        assert not verify_signature(SECRET, headers, BODY, now=NOW + 2 * late)
    assert verify_signature(SECRET, headers, BODY, now=NOW + timedelta(days=1), tolerance=timedelta(days=2))


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "hunter2", "whsec_" + b64encode(b"short").decode(), "whsec_" + b64encode(b"x" * 65).decode(), "whsec_密"]
)
def test_what_is_no_secret_is_not_repeated(secret: str) -> None:
    for attempt in (lambda: key_of(secret), lambda: Target("http://x.example/", [secret]), lambda: verify_signature(secret, {}, b"")):
        with pytest.raises(Misuse) as caught:
            attempt()
        assert caught.value.code == "webhook-secret"
        assert caught.value.say("en").startswith("secret: expected whsec_ and 24 to 64 random bytes in base64")
        plain = secret.removeprefix("whsec_")
        assert not plain or plain not in caught.value.say("en") + caught.value.say("zh")


@pytest.mark.parametrize(
    "url", ["", "ftp://x.example", "http://", "https://me:hunter2@x.example", "http://x.example/a b", "http://x.example:0"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Misuse) as caught:
        Target(url, SECRET)
    assert caught.value.code == "webhook-url"
    assert "hunter2" not in caught.value.say("zh")


def test_targets_come_from_the_environment() -> None:
    env = {
        "WORKFLOW_OUTGOING_OA_PORTAL_URL": "https://oa.example/in?key=17",
        "WORKFLOW_OUTGOING_OA_PORTAL_SECRET": f"{OTHER}  {SECRET}",
        "WORKFLOW_OUTGOING_HR_URL": "https://hr.example/",
    }
    found = from_environment(env, ["oa-portal", "none"])
    assert found == {"oa-portal": Target("https://oa.example/in?key=17", (OTHER, SECRET))}
    assert "17" not in repr(found)
    assert SECRET not in repr(found)
    with pytest.raises(Misuse, match=r"^WORKFLOW_OUTGOING_HR_SECRET: expected whsec_"):
        from_environment(env, ["hr"])
    with pytest.raises(Misuse, match=r"^WORKFLOW_OUTGOING_HR_URL: expected http"):
        from_environment({"WORKFLOW_OUTGOING_HR_URL": "hr"}, ["hr"])
    with pytest.raises(Misuse):
        Target("https://hr.example/", ())
