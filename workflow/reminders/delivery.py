"""Delivery: what waits is claimed, sent and marked. At least once, and twice only if a sender dies between sending and marking."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from attrs import define, field, frozen

from workflow.canonical import canonical
from workflow.clock import stamp
from workflow.errors import Misuse
from workflow.leases import at_work, holder
from workflow.progress import Progress
from workflow.reminders.channels.base import Channel
from workflow.reminders.message import ChannelFault, Message
from workflow.reminders.notices import message
from workflow.store import Store
from workflow.texts import Text

Now = Callable[[], datetime]

DELAYS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12))
LEASE = timedelta(minutes=10)  # longer than any channel takes to give up

_WAITING = "state = 'waiting' AND channel = ?"
_RECALL = f"UPDATE workflow_delivery SET next_at = ? WHERE {_WAITING} AND next_at > ?"
_DUE = """SELECT n.id, n.person, n.day, n.created, n.body, a.address, a.lang, d.attempts, d.claimed_by
    FROM workflow_delivery d JOIN workflow_notice n ON n.id = d.notice
    JOIN workflow_address a ON a.person = n.person AND a.channel = d.channel
    WHERE d.state = 'waiting' AND d.channel = ? AND d.next_at <= ? ORDER BY d.next_at"""
_COUNT_DUE = f"SELECT COUNT(*) FROM workflow_delivery WHERE {_WAITING} AND next_at <= ?"
_COUNT = "SELECT COUNT(*) FROM workflow_delivery WHERE state = 'waiting'"
_CLAIM = "UPDATE workflow_delivery SET claimed_by = ?, next_at = ? WHERE notice = ? AND channel = ?"
# Sent is sent, whoever holds the claim by now; anything else is for the holder to say.
_SENT = """UPDATE workflow_delivery SET state = 'sent', attempts = attempts + 1, claimed_by = NULL, receipt = ?, error = NULL
    WHERE notice = ? AND channel = ? AND state <> 'sent'"""
_FAILED = """UPDATE workflow_delivery SET state = ?, attempts = attempts + 1, next_at = ?, claimed_by = NULL, error = ?
    WHERE notice = ? AND channel = ? AND claimed_by = ?"""
_RELEASE = "UPDATE workflow_delivery SET claimed_by = NULL, next_at = ? WHERE notice = ? AND channel = ? AND claimed_by = ?"
_POSTPONE = f"UPDATE workflow_delivery SET next_at = ? WHERE {_WAITING} AND next_at <= ? AND claimed_by IS NULL"


def _always(_at: datetime) -> bool:
    return True


@frozen
class Delivered:
    """What one run came to: messages `sent`, `failed` and to be tried again, given up (`dead`), and all that are `waiting` now.

    `faults` has the last fault of each channel that had one.
    """

    sent: int
    failed: int
    dead: int
    waiting: int
    faults: dict[str, Text]


def deliver(
    store: Store, now: Now, channels: Sequence[Channel], progress: Progress | None = None, *, awake: Callable[[datetime], bool] = _always
) -> Delivered:
    """Send what is due through each of the channels, once; any number of processes may do so at the same time.

    `now` is asked anew for every message: a long run must not outlive its own leases. A message that is not taken is tried again
    after `DELAYS`, then given up; a channel that is down is left alone until then. `progress(done, due)` is called for each message.
    Nothing is sent at an instant at which people are not `awake`.
    Raises `Misuse` inside a transaction: nothing is sent that may yet be taken back.
    """
    if store.in_transaction:
        raise Misuse(Text.of("messages are delivered outside of transactions only", "不能在事务内投递消息"))
    run = _Run(store, now, holder())
    due = sum(run.due(channel.name) for channel in channels)
    for channel in channels:
        while awake(run.now()) and (claim := run.claim(channel.name)) is not None:
            go_on = run.attempt(channel, claim)
            if progress is not None:
                done = run.sent + run.failed + run.dead
                progress(done, max(done, due))
            if not go_on:
                break
    (waiting,) = store.row(_COUNT) or (0,)
    return Delivered(run.sent, run.failed, run.dead, waiting, run.faults)


@frozen
class _Claim:
    """A message that is ours to send, after so many attempts."""

    message: Message
    attempts: int


@define
class _Run:
    store: Store
    now: Now
    me: str
    sent: int = 0
    failed: int = 0
    dead: int = 0
    faults: dict[str, Text] = field(factory=dict)

    def due(self, channel: str) -> int:
        """How many are due. What lies further ahead than any delay was put down before the clock was set back: it is due now."""
        at = self.now()
        with self.store.write():
            self.store.execute(_RECALL, (stamp(at), channel, stamp(at + DELAYS[-1])))
            return int((self.store.row(_COUNT_DUE, (channel, stamp(at))) or (0,))[0])

    def claim(self, channel: str) -> _Claim | None:
        """The next message that is due and that nobody is at work on, under a lease."""
        with self.store.write():
            at = self.now()
            due = self.store.execute(_DUE, (channel, stamp(at)))
            free = next((row for row in due if not at_work(row[-1], self.me)), None)
            if free is None:
                return None
            *notice, attempts, _ = free
            claim = _Claim(message(*notice).at(at), attempts)
            self.store.execute(_CLAIM, (self.me, stamp(at + LEASE), claim.message.id, channel))
        return claim

    def attempt(self, channel: Channel, claim: _Claim) -> bool:
        """Send one message and mark what became of it. False where the channel is to be left alone for now."""
        try:
            receipt = channel.send(claim.message)
        except ChannelFault as fault:
            return self._not_taken(channel.name, claim, fault)
        except Exception as problem:  # a channel may be the host's own: its fault must not stop the others
            return self._not_taken(channel.name, claim, _unforeseen(problem))
        except BaseException:  # we are interrupted: another may go on with it at once
            with self.store.write():
                self.store.execute(_RELEASE, (stamp(self.now()), claim.message.id, channel.name, self.me))
            raise
        with self.store.write():
            self.store.execute(_SENT, (receipt, claim.message.id, channel.name))
        self.sent += 1
        return True

    def _not_taken(self, channel: str, claim: _Claim, fault: ChannelFault) -> bool:
        at = self.now()
        dead = fault.final or claim.attempts >= len(DELAYS)
        again = stamp(at if dead else at + DELAYS[claim.attempts])
        state, error = "dead" if dead else "waiting", canonical(dict(fault.text.by_language))
        with self.store.write():
            self.store.execute(_FAILED, (state, again, error, claim.message.id, channel, self.me))
            if fault.down:
                later = stamp(at + DELAYS[min(claim.attempts, len(DELAYS) - 1)])
                self.store.execute(_POSTPONE, (later, channel, stamp(at)))
        self.dead += dead
        self.failed += not dead
        self.faults[channel] = fault.text
        return not fault.down


def _unforeseen(problem: Exception) -> ChannelFault:
    """What the channel did not foresee: what and where, but not its message, which may hold anything."""
    last = traceback.extract_tb(problem.__traceback__)[-1]
    where = f"{type(problem).__name__} ({Path(last.filename).name}:{last.lineno})"
    return ChannelFault(Text.of(f"the channel broke: {where}", f"通道程序出错：{where}"))
