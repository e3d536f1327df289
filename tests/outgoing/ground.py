"""A real receiver on the loopback, a ledger with something in it, and the two brought together."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from attrs import define, field
from cloudevents.core.bindings.http import HTTPMessage, from_http
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks.webhooks import Webhook as Oracle

from tests.reminders.ground import HERE
from workflow.clock import SystemClock
from workflow.ledger import CAMPAIGN, append, branch_stream
from workflow.outgoing import Sent, Subscription, Target, send, subscribe, verify_signature
from workflow.store import Store

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the specification's own example
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


@define
class Shifted:
    """The machine's time and what was waited for by decree: signatures must be of today, and no test waits."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead

    def wait(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@define
class Arrival:
    """A request as it came."""

    headers: dict[str, str]
    body: bytes
    status: int

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def place(self) -> tuple[str, int]:
        return self.event["data"]["stream"], self.event["data"]["seq"]


@define
class Receiver:
    """Keeps what comes, and answers as `answer` says; while `hold` is clear it does not answer at all."""

    answer: Callable[[dict[str, Any]], int] = lambda _: 204
    arrivals: list[Arrival] = field(factory=list)
    hold: threading.Event = field(factory=threading.Event)

    def __attrs_post_init__(self) -> None:
        self.hold.set()

    @property
    def taken(self) -> list[Arrival]:
        return [each for each in self.arrivals if 200 <= each.status < 300]

    @property
    def places(self) -> list[tuple[str, int]]:
        return [each.place for each in self.taken]

    def by_stream(self) -> dict[str, list[int]]:
        """The numbers of what was taken, as they came first, stream by stream."""
        found: dict[str, list[int]] = defaultdict(list)
        for stream, seq in dict.fromkeys(self.places):
            found[stream].append(seq)
        return dict(found)


@contextmanager
def receiving(receiver: Receiver, port: int = 0) -> Iterator[str]:
    """The address of a running server."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver.answer(json.loads(body))
            receiver.arrivals.append(Arrival(dict(self.headers.items()), body, status))
            receiver.hold.wait()
            try:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()
            except ConnectionError:
                """Whoever asked did not wait."""

        def log_message(self, *_: object) -> None:
            """The test reads the receiver."""

    with ThreadingHTTPServer((HERE, port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://{HERE}:{server.server_address[1]}/hook"
        finally:
            receiver.hold.set()
            server.shutdown()
            thread.join()


def ledger(path: Path, clock: Shifted) -> Store:
    """A database whose campaign has begun: event 1."""
    store = Store.create(path)
    write(store, clock, "", kind="created", rehearsal=False, name="Campaign", document="...")
    return store


def write(store: Store, clock: Shifted, *branches: str, kind: str = "record", **payload: Any) -> None:
    """One event for each of the branches; of the campaign for an empty one."""
    with store.write():
        for branch in branches:
            said = payload or {"record": "minutes", "happened": "2026-03-02", "fields": {"text": "机密"}}
            append(
                store,
                stream=branch_stream(branch) if branch else CAMPAIGN,
                kind=kind,
                subject="minutes",
                payload=said,
                actor="li",
                role="clerk",
                at=clock.now(),
                definition="d" * 64,
            )


def follow(store: Store, clock: Shifted, *kinds: str, name: str = "portal", from_start: bool = True, whole: bool = False) -> None:
    subscribe(store, Subscription(name, kinds, from_start=from_start, whole=whole), clock.now())


def deliver(store: Store, clock: Shifted, url: str, *secrets: str, patience: float = 30.0) -> Sent:
    """One run for the subscription `portal`."""
    return send(store, clock.now, {"portal": Target(url, secrets or (SECRET,), patience)})


def proved(arrival: Arrival, secret: str = SECRET) -> CloudEvent:
    """The event, if our check, that of the scheme's own library, and that of CloudEvents' are all content."""
    assert verify_signature(secret, arrival.headers, arrival.body)
    assert not verify_signature(secret, arrival.headers, arrival.body + b" ")
    Oracle(secret).verify(arrival.body, arrival.headers)
    return from_http(HTTPMessage(headers=arrival.headers, body=arrival.body), JSONFormat(), CloudEvent)


def orders(store: Store) -> dict[str, list[int]]:
    """All events there are, stream by stream."""
    found: dict[str, list[int]] = defaultdict(list)
    for stream, seq in store.rows("SELECT stream, seq FROM workflow_event ORDER BY id"):
        found[stream].append(seq)
    return dict(found)
