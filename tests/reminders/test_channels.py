"""What arrives at the other end: letters in Chinese, read back by the receiver's own means."""

from __future__ import annotations

import io
import json
import ssl
import sys
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.reminders.ground import HERE, HTML, SENDER, START, SUBJECT, TEXT, Hook, Letterbox, free_port, http, mail, notice, smtp
from workflow.errors import Misuse
from workflow.reminders import ChannelFault, Message
from workflow.reminders.channels import Console, File, Mail, Notify, Webhook, configured

SECRET = "hunter2-Geheim"


def message(ident: str = "digest:li-ming:2005-03-18", address: str = "li@example.org", lang: str = "zh") -> Message:
    said = notice(ident)
    return Message(ident, said.person, said.day, address, lang, said.letters[lang], said.items, START)


def read(raw: bytes) -> EmailMessage:
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def body(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


# -- mail --------------------------------------------------------------------------------------------------------------


def test_a_letter_in_chinese_arrives_as_it_was_written() -> None:
    box = Letterbox()
    with smtp(box) as port:
        assert mail(port).send(message()) == "250 OK"
    [(recipient, raw)] = box.taken
    assert recipient == "li@example.org"
    assert raw.isascii()
    assert b"Subject: =?utf-8?b?" in raw  # RFC 2047
    letter = read(raw)
    assert letter["Subject"] == SUBJECT
    assert letter["From"] == SENDER
    assert letter["To"] == "li@example.org"
    assert letter["Date"].datetime == START
    assert letter["Content-Language"] == "zh"
    assert letter["Auto-Submitted"] == "auto-generated"
    plain = letter.get_body(("plain",))
    assert plain is not None
    assert plain.get_content_charset() == "utf-8"
    assert body(letter, "plain") == TEXT
    assert body(letter, "html").strip() == HTML


def test_the_id_of_a_letter_is_the_same_at_every_attempt_and_no_other_letters() -> None:
    box = Letterbox()
    with smtp(box) as port:
        for ident in ("digest:李明:2005-03-18", "digest:李明:2005-03-18", "digest:李明:2005-03-19" + "x" * 200):
            mail(port).send(message(ident).at(START + timedelta(days=len(box.taken))))
    first, again, other = (read(raw) for _, raw in box.taken)
    assert first["Message-ID"] == again["Message-ID"] == f"<{message('digest:李明:2005-03-18').key}@example.org>"
    assert first["X-Idempotency-Key"] == again["X-Idempotency-Key"] == first["Message-ID"][1:33]
    assert other["Message-ID"] != first["Message-ID"]
    assert len(other["X-Idempotency-Key"]) == 32


def test_a_late_letter_says_how_late() -> None:
    assert message().at(START + timedelta(minutes=59)) == message()
    zh = message().at(START + timedelta(hours=47))
    assert zh.letter.text == f"本通知原应于 47 小时前送达，因此前未能投递而迟到。\n\n{TEXT}"
    assert zh.letter.html == f"<p>本通知原应于 47 小时前送达，因此前未能投递而迟到。</p>\n{HTML}"
    en = message(lang="en").at(START + timedelta(days=7, hours=5))
    assert en.letter.text.startswith("This was to reach you 7 days ago: it could not be delivered before.\n\nThe plan")
    assert en.letter.html == ""


@pytest.mark.parametrize(
    ("answer", "final", "down"),
    [("451 try later", False, False), ("552 too big", True, False), ("421 going down", False, True)],
)
def test_what_a_server_answers_decides_what_becomes_of_a_letter(answer: str, final: bool, down: bool) -> None:
    with smtp(Letterbox(lambda _: answer)) as port, pytest.raises(ChannelFault) as caught:
        mail(port).send(message())
    assert (caught.value.final, caught.value.down) == (final, down)
    assert caught.value.say("en") == f"127.0.0.1:{port} answered {answer}"
    assert caught.value.say("zh") == f"127.0.0.1:{port} 答复 {answer}"


def test_an_unknown_mailbox_is_final() -> None:
    box = Letterbox(rcpt="550 5.1.1 no such user")
    with smtp(box) as port, pytest.raises(ChannelFault, match=r"answered 550 5\.1\.1 no such user") as caught:
        mail(port).send(message())
    assert caught.value.final
    assert box.offered == 0


def test_a_server_that_is_not_there_and_one_that_is_slow() -> None:
    with pytest.raises(ChannelFault, match="it refuses connections") as caught:
        mail(free_port()).send(message())
    assert caught.value.down
    assert "拒绝连接" in caught.value.say("zh")
    with smtp(Letterbox(slow=1.0)) as port, pytest.raises(ChannelFault, match="no answer in time") as caught:
        mail(port, patience=0.1).send(message())
    assert caught.value.down


def test_a_server_without_encryption_is_sent_nothing() -> None:
    box = Letterbox()
    with smtp(box) as port, pytest.raises(ChannelFault, match="offers no STARTTLS") as caught:
        Mail(HERE, port, SENDER).send(message())
    assert caught.value.down
    assert box.offered == 0


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate that this machine trusts."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "loopback")])
    begin = datetime.now(UTC) - timedelta(days=1)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), begin, begin + timedelta(days=9))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HERE))]), critical=False)
    signed = made.sign(key, hashes.SHA256())
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "pair.pem").write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "pair.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "pair.pem")
    return context


def _login(_server: object, _session: object, _envelope: object, _mechanism: str, said: LoginPassword) -> AuthResult:
    return AuthResult(success=said.password == SECRET.encode(), handled=False)


def test_with_encryption_and_a_password(certified: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Letterbox()
    settings = {"WORKFLOW_SMTP_HOST": HERE, "WORKFLOW_SMTP_FROM": SENDER, "WORKFLOW_SMTP_USER": "office", "WORKFLOW_SMTP_PASSWORD": SECRET}
    with smtp(box, tls_context=certified, require_starttls=True, authenticator=_login, auth_required=True) as port:
        env = {**settings, "WORKFLOW_SMTP_PORT": str(port)}
        channel = configured(env, io.StringIO())[-1]
        assert channel.send(message()) == "250 OK"
        assert SECRET not in repr(channel)
        wrong = configured({**env, "WORKFLOW_SMTP_PASSWORD": SECRET * 2}, io.StringIO())[-1]
        with pytest.raises(ChannelFault, match="answered 535") as caught:
            wrong.send(message())
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(ChannelFault, match="no secure connection: CERTIFICATE_VERIFY_FAILED"):
            channel.send(message())
    assert (caught.value.down, caught.value.final) == (True, False)
    assert len(box.taken) == 1


def test_a_farewell_that_fails_does_not_send_a_letter_again() -> None:
    class Rude(Letterbox):
        async def handle_QUIT(self, server: object, *_: object) -> str:  # noqa: N802
            server.transport.abort()  # type: ignore[attr-defined]
            return "500 never heard"

    box = Rude()
    with smtp(box) as port:
        assert mail(port).send(message()) == "250 OK"


# -- webhook -----------------------------------------------------------------------------------------------------------


def test_a_webhook_is_sent_the_whole_message() -> None:
    hook = Hook(status=202)
    with http(hook) as url:
        channel = Webhook(f"{url}/in?key={SECRET}", token=SECRET)
        assert channel.send(message()) == "202 Accepted"
    [(path, headers, said)] = hook.taken
    assert path == f"/in?key={SECRET}"
    assert headers["Authorization"] == f"Bearer {SECRET}"
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["X-Idempotency-Key"] == said["key"] == message().key
    assert {name: said[name] for name in ("id", "person", "to", "day", "lang", "subject", "text", "html", "created")} == {
        "id": "digest:li-ming:2005-03-18",
        "person": "li-ming",
        "to": "li@example.org",
        "day": "2005-03-18",
        "lang": "zh",
        "subject": SUBJECT,
        "text": TEXT,
        "html": HTML,
        "created": "2005-03-18T01:00:00.000000Z",
    }
    assert said["items"] == [{"branch": "labour-bureau", "due": "2005-03-19", "标题": "整改方案"}]
    assert SECRET not in repr(channel)


@pytest.mark.parametrize(
    ("status", "final", "down"),
    [(500, False, False), (429, False, False), (422, True, False), (401, False, True), (302, False, False), (599, False, False)],
)
def test_what_a_webhook_answers_decides_too(status: int, final: bool, down: bool) -> None:
    hook = Hook(status=status, headers={"Location": "/elsewhere"})
    with http(hook) as url, pytest.raises(ChannelFault, match=f"answered {status}") as caught:
        Webhook(f"{url}/{SECRET}", token=SECRET).send(message())
    assert (caught.value.final, caught.value.down) == (final, down)
    assert SECRET not in caught.value.say("en") + caught.value.say("zh")
    assert len(hook.taken) == 1  # a redirection is not followed


def test_a_webhook_that_is_not_there() -> None:
    with pytest.raises(ChannelFault, match="it refuses connections") as caught:
        Webhook(f"http://{HERE}:{free_port()}/{SECRET}").send(message())
    assert caught.value.down
    assert SECRET not in caught.value.say("en")
    with smtp(Letterbox()) as port, pytest.raises(ChannelFault, match="did not answer as HTTP servers do"):
        Webhook(f"http://{HERE}:{port}").send(message())


# -- others ------------------------------------------------------------------------------------------------------------


def test_a_file_holds_one_line_for_each_message(tmp_path: Path) -> None:
    path = tmp_path / "notices.jsonl"
    for ident in ("one", "two"):
        File(path).send(message(ident))
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [message(ident).as_json() for ident in ("one", "two")]
    assert SUBJECT in lines[0]
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ChannelFault, match="cannot be written: Is a directory") as caught:
        File(tmp_path).send(message())
    assert caught.value.down
    assert caught.value.say("zh") == f"{tmp_path} 无法写入：这是文件夹，不是文件"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_a_fault() -> None:
    with pytest.raises(ChannelFault, match="No space left on device"):
        File(Path("/dev/full")).send(message())


def test_the_console() -> None:
    stream = io.StringIO()
    assert Console(stream).send(message()) == "shown"
    assert stream.getvalue().endswith(f"2005-03-18  li-ming <li@example.org>  [digest:li-ming:2005-03-18]\n{SUBJECT}\n\n{TEXT}")


@pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")  # one of Apprise's own services
def test_apprise_carries_a_message(caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("apprise")
    hook = Hook()
    with http(hook) as url:
        channel = Notify(f"{url.replace('http', 'json')}/{SECRET}/{{to}}")
        assert channel.send(message(address="李 明")) == "taken"
        hook.status = 500
        with pytest.raises(ChannelFault, match="did not take it") as caught:
            channel.send(message())
        assert (caught.value.down, caught.value.final) == (False, False)
    path, _, said = hook.taken[0]
    assert path.startswith(f"/{SECRET}/%E6%9D%8E")
    assert said["title"] == SUBJECT
    assert said["message"].startswith(TEXT.rstrip())
    assert message().key in said["message"]
    with pytest.raises(ChannelFault, match="no address Apprise knows") as caught:
        Notify(f"nonsense://{SECRET}@x").send(message())
    assert caught.value.down
    assert SECRET not in caplog.text + repr(channel)


def test_without_apprise_its_channel_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ChannelFault) as caught:
        Notify("json://localhost").send(message())
    assert caught.value.down
    assert caught.value.say("en") == "this channel needs Apprise: pip install 'campaign-workflow[notify]'"
    assert caught.value.say("zh") == "此通道需要 Apprise：pip install 'campaign-workflow[notify]'"


# -- settings ----------------------------------------------------------------------------------------------------------

MAIL = {"WORKFLOW_SMTP_HOST": "mail.example.org", "WORKFLOW_SMTP_FROM": SENDER}


def test_channels_are_set_up_in_the_environment() -> None:
    everything = {
        **MAIL,
        "WORKFLOW_NOTICES_FILE": "out.jsonl",
        "WORKFLOW_WEBHOOK_URL": "https://example.org/in",
        "WORKFLOW_NOTIFY_URL": "json://x",
    }
    assert [channel.name for channel in configured({}, io.StringIO())] == ["console"]
    assert [channel.name for channel in configured(everything, io.StringIO())] == ["console", "file", "mail", "webhook", "notify"]
    assert [channel.name for channel in configured(everything, io.StringIO(), rehearsal=True)] == ["console", "file"]
    ports = [configured({**MAIL, "WORKFLOW_SMTP_TLS": tls}, io.StringIO())[-1].port for tls in ("starttls", "tls", "none")]  # type: ignore[attr-defined]
    assert ports == [587, 465, 25]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"WORKFLOW_SMTP_FROM": ""}, "WORKFLOW_SMTP_FROM: expected the sender"),
        ({"WORKFLOW_SMTP_FROM": "a@b.c\nBcc: d@e.f"}, "WORKFLOW_SMTP_FROM: expected the sender"),
        ({"WORKFLOW_SMTP_PORT": "smtp"}, "WORKFLOW_SMTP_PORT: expected a port"),
        ({"WORKFLOW_SMTP_TLS": "yes"}, "WORKFLOW_SMTP_TLS: expected starttls, tls or none"),
        ({"WORKFLOW_SMTP_TLS": "none", "WORKFLOW_SMTP_USER": "x"}, "the password would go in the clear"),
        ({"WORKFLOW_WEBHOOK_URL": f"https://office:{SECRET}@example.org"}, "no password"),
        ({"WORKFLOW_WEBHOOK_URL": f"ftp://example.org/{SECRET}"}, "WORKFLOW_WEBHOOK_URL: expected http"),
        ({"WORKFLOW_WEBHOOK_URL": f"https://example.org:{SECRET}/"}, "WORKFLOW_WEBHOOK_URL: expected http"),
    ],
)
def test_settings_that_make_no_sense(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(Misuse, match=said) as caught:
        configured({**MAIL, **wrong}, io.StringIO())
    assert SECRET not in caught.value.say("en") + caught.value.say("zh")
    assert "：应" in caught.value.say("zh")
