"""One run of one subscription: what is due goes out, and what came of it is put down, event by event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Literal

from attrs import define

from workflow.canonical import canonical
from workflow.outgoing.cloudevents import MEDIA_TYPE, cloud_event
from workflow.outgoing.course import Course, Due
from workflow.outgoing.signature import signed
from workflow.outgoing.targets import Target
from workflow.texts import Text
from workflow.web import Answer, post

ATTEMPTS = 10  # after which an event is given up: with the delays below, after 31 hours
FIRST = timedelta(seconds=5)
LONGEST = timedelta(hours=12)  # between two attempts at one event
LONGEST_DOWN = timedelta(hours=1)  # between two attempts at a receiver that is down

Outcome = Literal["taken", "refused", "failed", "down"]

# What says nothing about the event: any other would fare no better now.
_DOWN = {
    HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED, HTTPStatus.GONE, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT,
}  # fmt: skip


def delay(attempts: int, longest: timedelta) -> timedelta:
    """How long to wait after so many attempts: 5 s, 20 s, 80 s ..., each four times the last, up to `longest`."""
    return min(FIRST * (1 << 2 * min(attempts - 1, 16)), longest)


def outcome(answer: Answer) -> Outcome:
    """What an answer means: of the event (refused), of the receiver (down), or it cannot be told of which (failed).

    A receiver that breaks, or is slow, may do so because of this one event: that is held against both.
    """
    if answer.taken:
        return "taken"
    if answer.status is None:
        return "failed" if answer.heard else "down"
    if answer.status < 400 or answer.status in _DOWN:
        return "down"
    return "failed" if answer.status >= 500 else "refused"


@define
class Courier:
    """Sends what is due of a subscription, as long as it is ours to send and the receiver is there."""

    course: Course
    source: str
    now: Callable[[], datetime]
    target: Target
    done: Callable[[], None]
    sent: int = 0
    failed: int = 0
    dead: int = 0
    fault: Text | None = None
    busy: bool = False

    def go(self) -> None:
        """One event after the other, each put down before the next; interrupted, it leaves the rest to others at once."""
        claim = self.course.claim(self.now(), LONGEST_DOWN)
        self.busy = claim == "busy"
        if claim != "ours":
            return
        try:
            while (due := self.course.next(self.now(), LONGEST)) is not None:
                go_on = self._settle(due, self._send(due))
                self.done()
                if not go_on:
                    break
        finally:
            self.course.release()

    def _send(self, due: Due) -> Answer:
        body = canonical(cloud_event(self.source, due.event, whole=self.course.whole)).encode()
        headers = signed(self.target.secrets, due.event.hash, self.now(), body)
        named = {"Content-Type": MEDIA_TYPE, "User-Agent": "campaign-workflow"}
        return post(self.target.url, body, {**named, **headers}, self.target.patience)

    def _settle(self, due: Due, answer: Answer) -> bool:
        """Put down what came of an event. False where there is nothing more to do for now, or others do it."""
        found, at, tried = outcome(answer), self.now(), due.attempts + 1
        with self.course.store.write():
            if not self.course.renew(at):
                return False
            if found == "taken":
                self.course.taken(due, at)
                self.sent += 1
                return True
            self.failed += 1
            self.fault = answer.text
            error = canonical(dict(answer.text.by_language))
            if found != "refused":
                self.course.down(error, lambda failures: at + delay(failures, LONGEST_DOWN))
            if found != "down":
                self._held_against(due, tried, at, error)
        return found == "refused"

    def _held_against(self, due: Due, tried: int, at: datetime, error: str) -> None:
        if tried >= ATTEMPTS or due.way == "again":
            self.course.bury(due, tried, at, error)
            self.dead += 1
        else:
            self.course.stick(due, tried, at + delay(tried, LONGEST), error)
