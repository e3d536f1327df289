"""Real parts for deliveries: an SMTP server and an HTTP server on the loopback, and a campaign's database with notices in it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from attrs import define, field

from workflow.clock import VirtualClock
from workflow.reminders import Address, Letter, Notice, post, set_address
from workflow.reminders.channels import Mail
from workflow.store import Store

HERE = "127.0.0.1"
START = datetime(2005, 3, 18, 1, tzinfo=UTC)
SENDER = "督导组 <office@example.org>"
SUBJECT = "今日提醒：三个支部的分析评议报告逾期未交，请尽快与支部书记联系补报材料，逾期将报告督导组"
TEXT = "李明同志：\n\n劳动局支部的整改方案明日到期。\n处理：workflow why labour-bureau\n"
HTML = "<p>李明同志：劳动局支部的整改方案<b>明日到期</b>。</p>"

PERSON = "INSERT INTO workflow_person (id, name) VALUES (?, ?)"


def notice(ident: str, person: str = "li-ming", day: str = "2005-03-18") -> Notice:
    letters = {"zh": Letter(SUBJECT, TEXT, HTML), "en": Letter("Reminder: three reports are late", "The plan is due tomorrow.\n")}
    return Notice(ident, person, day, letters, items=[{"branch": "labour-bureau", "due": "2005-03-19", "标题": "整改方案"}])


def store_with(path: Path, *people: str) -> Store:
    store = Store.create(path)
    with store.write():
        store.executemany(PERSON, [(person, person) for person in people])
    return store


def put(store: Store, clock: VirtualClock, *idents: str, person: str = "li-ming", day: str = "2005-03-18") -> int:
    with store.write():
        return post(store, [notice(ident, person, day) for ident in idents], clock.now())


def reach(store: Store, clock: VirtualClock, channel: str, person: str = "li-ming", lang: str = "zh") -> None:
    set_address(store, Address(person, channel, f"{person}@example.org", lang), clock.now())


def states(store: Store) -> dict[tuple[str, str], tuple[str, int]]:
    """{(notice, channel): (state, attempts)}"""
    return {(n, c): (s, a) for n, c, s, a in store.rows("SELECT notice, channel, state, attempts FROM workflow_delivery")}


# -- mail --------------------------------------------------------------------------------------------------------------

Answer = Callable[[Envelope], str]


@define
class Letterbox:
    """What an SMTP server took, as `(recipient, bytes)`; `answers` is asked what to say to a message: "250 ..." takes it."""

    answer: Answer = lambda _: "250 OK"
    taken: list[tuple[str, bytes]] = field(factory=list)
    offered: int = 0
    rcpt: str = "250 OK"
    slow: float = 0

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:  # noqa: N802
        if self.slow:
            await asyncio.sleep(self.slow)
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.offered += 1
        said = self.answer(envelope)
        if said.startswith("250"):
            self.taken.append((envelope.rcpt_tos[0], bytes(envelope.content or b"")))
        return said


@contextmanager
def smtp(box: Letterbox, port: int = 0, **options: Any) -> Iterator[int]:
    """The port of a running server."""
    server = Controller(box, hostname=HERE, port=port or free_port(), ready_timeout=30, **options)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def free_port() -> int:
    with ThreadingHTTPServer((HERE, 0), BaseHTTPRequestHandler) as server:
        return server.server_address[1]


def mail(port: int, **more: Any) -> Mail:
    return Mail(HERE, port, SENDER, security="none", **more)


# -- HTTP --------------------------------------------------------------------------------------------------------------


@define
class Hook:
    """What an HTTP server was sent, as `(path, headers, JSON)`; it answers `status`."""

    status: int = 200
    taken: list[tuple[str, dict[str, str], Any]] = field(factory=list)
    headers: dict[str, str] = field(factory=dict)


@contextmanager
def http(hook: Hook) -> Iterator[str]:
    """The address of a running server."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            hook.taken.append((self.path, dict(self.headers.items()), said))
            self.send_response(hook.status)
            for name, value in hook.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """The test reads the hook."""

    with ThreadingHTTPServer((HERE, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://{HERE}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
