"""From the outbox to the receiver: once each, again where it failed, and given up in the open."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import define, field

from tests.reminders.ground import (
    HERE,
    SENDER,
    START,
    Hook,
    Letterbox,
    free_port,
    http,
    mail,
    notice,
    put,
    reach,
    smtp,
    states,
    store_with,
)
from workflow.clock import VirtualClock, read_stamp, stamp
from workflow.errors import Misuse, NotFound
from workflow.leases import at_work, holder
from workflow.reminders import Address, ChannelFault, Message, addresses, again, deliver, delivery, forget, outbox, post, set_address
from workflow.reminders.channels import Mail, Webhook
from workflow.reminders.delivery import DELAYS, LEASE
from workflow.store import Store
from workflow.texts import Text

NEXT = "SELECT next_at FROM workflow_delivery WHERE notice = ? AND channel = ?"


@define
class Recorder:
    """A channel that keeps what it is given, or raises what it is told to."""

    name: str = "mail"
    taken: list[Message] = field(factory=list)
    fault: BaseException | None = None

    def send(self, message: Message) -> str:
        if self.fault is not None:
            raise self.fault
        self.taken.append(message)
        return "kept"

    @property
    def ids(self) -> list[str]:
        return [message.id for message in self.taken]


# -- posting -----------------------------------------------------------------------------------------------------------


def test_a_notice_is_posted_once_and_goes_to_every_address(store: Store, clock: VirtualClock) -> None:
    reach(store, clock, "mail")
    reach(store, clock, "webhook")
    assert put(store, clock, "a", "b") == 2
    assert put(store, clock, "b", "c") == 1
    assert states(store) == {(n, channel): ("waiting", 0) for n in "abc" for channel in ("mail", "webhook")}


def test_what_is_posted_goes_with_the_transaction(store: Store, clock: VirtualClock) -> None:
    def fail() -> None:
        with store.write():
            post(store, [notice("a")], clock.now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert outbox(store) == []
    with pytest.raises(Misuse, match="inside store"):
        post(store, [notice("a")], clock.now())
    with store.write(), pytest.raises(Misuse, match="outside of transactions"):
        deliver(store, clock.now, [])


def test_it_is_sent_in_the_language_of_its_reader(store: Store, clock: VirtualClock) -> None:
    reach(store, clock, "mail")
    reach(store, clock, "mail", "wang-fang", "en")
    put(store, clock, "zh")
    put(store, clock, "en", person="wang-fang")
    channel = Recorder()
    done = deliver(store, clock.now, [channel])
    assert (done.sent, done.failed, done.dead, done.waiting, done.faults) == (2, 0, 0, 0, {})
    said = {m.lang: (m.address, m.letter.subject[:4]) for m in channel.taken}
    assert said == {"zh": ("li-ming@example.org", "今日提醒"), "en": ("wang-fang@example.org", "Remi")}
    assert deliver(store, clock.now, [channel]).sent == 0


# -- again -------------------------------------------------------------------------------------------------------------


def test_a_server_is_down_then_slow_then_busy_then_well(store: Store, clock: VirtualClock) -> None:
    reach(store, clock, "mail")
    put(store, clock, "a")
    port, box = free_port(), Letterbox()
    channel = mail(port, patience=0.2)

    def attempt() -> tuple[int, int, timedelta]:
        """Messages sent, failed, and how long it is to the next attempt; then that time has passed."""
        done = deliver(store, clock.now, [channel])
        (at,) = store.row(NEXT, ("a", "mail")) or ("",)
        wait = read_stamp(at) - clock.now() if done.failed else timedelta(0)
        assert deliver(store, clock.now, [channel]).sent == 0
        clock.set(clock.now() + wait)
        return done.sent, done.failed, wait

    assert attempt() == (0, 1, timedelta(minutes=1))  # nobody there
    box.slow = 2
    with smtp(box, port):
        assert attempt() == (0, 1, timedelta(minutes=5))
    box.slow, box.answer = 0, lambda _: "451 try later"
    with smtp(box, port):
        assert attempt() == (0, 1, timedelta(minutes=30))
        box.answer = lambda _: "250 taken as 4711"
        assert attempt() == (1, 0, timedelta(0))
    assert states(store) == {("a", "mail"): ("sent", 4)}
    assert store.rows("SELECT receipt, error, claimed_by FROM workflow_delivery") == [("250 taken as 4711", None, None)]
    assert len(box.taken) == 1


def test_after_six_attempts_a_message_is_given_up_in_the_open(store: Store, clock: VirtualClock) -> None:
    reach(store, clock, "webhook")
    put(store, clock, "a")
    hook = Hook(status=500)
    with http(hook) as url:
        channel = Webhook(url)
        for delay in DELAYS:
            assert deliver(store, clock.now, [channel]).failed == 1
            clock.advance(seconds=delay.total_seconds() - 1)
            assert deliver(store, clock.now, [channel]).failed == 0  # not before its time
            clock.advance(seconds=1)
        done = deliver(store, clock.now, [channel])
        assert (done.sent, done.failed, done.dead, done.waiting) == (0, 0, 1, 0)
        clock.advance(days=30)
        assert deliver(store, clock.now, [channel]).dead == 0
        assert len(hook.taken) == 6
        [found] = outbox(store)
        assert (found.state, found.person, found.address, found.attempts) == ("dead", "li-ming", "li-ming@example.org", 6)
        assert found.error is not None
        assert found.error.say("zh") == f"{url[7:]} 答复 500 Internal Server Error"
        hook.status = 200
        assert again(store, clock.now()) == 1
        assert deliver(store, clock.now, [channel]).sent == 1
    assert hook.taken[-1][2]["text"].startswith("本通知原应于 30 天前送达")
    assert {said["key"] for _, _, said in hook.taken} == {hook.taken[0][2]["key"]}
    assert outbox(store) == []


def test_what_is_refused_for_good_is_not_tried_again(store: Store, clock: VirtualClock) -> None:
    reach(store, clock, "mail")
    put(store, clock, "a", "b")
    channel = Recorder(fault=ChannelFault(Text.of("no such user", "没有此用户"), final=True))
    assert deliver(store, clock.now, [channel]).dead == 2
    assert states(store) == {("a", "mail"): ("dead", 1), ("b", "mail"): ("dead", 1)}


def test_a_dead_channel_stops_no_other_and_is_asked_once(store: Store, clock: VirtualClock) -> None:
    reach(store, clock, "mail")
    reach(store, clock, "webhook")
    put(store, clock, *"abcde")
    hook = Hook()
    with http(hook) as url:
        done = deliver(store, clock.now, [mail(free_port()), Webhook(url)])
    assert (done.sent, done.failed, done.dead, done.waiting) == (5, 1, 0, 5)
    assert [said["id"] for _, _, said in hook.taken] == [*"abcde"]
    assert list(done.faults) == ["mail"]
    assert sorted(states(store)[n, "mail"] for n in "abcde") == [("waiting", 0)] * 4 + [("waiting", 1)]
    clock.advance(seconds=59)
    assert deliver(store, clock.now, [Recorder()]).sent == 0  # left alone for as long as the first of them
    clock.advance(seconds=1)
    assert deliver(store, clock.now, [Recorder()]).sent == 5


def test_a_channel_that_breaks_stops_no_other_and_tells_no_secret(store: Store, clock: VirtualClock) -> None:
    reach(store, clock, "mail")
    reach(store, clock, "file")
    put(store, clock, "a")
    well = Recorder("file")
    done = deliver(store, clock.now, [Recorder(fault=TypeError("hunter2")), well])
    assert (done.sent, done.failed, well.ids) == (1, 1, ["a"])
    assert done.faults["mail"].say("en").startswith("the channel broke: TypeError (test_delivery.py:")
    assert done.faults["mail"].say("zh").startswith("通道程序出错：TypeError")


def test_who_is_interrupted_lets_another_go_on(store: Store, clock: VirtualClock) -> None:
    reach(store, clock, "mail")
    put(store, clock, "a")
    with pytest.raises(KeyboardInterrupt):
        deliver(store, clock.now, [Recorder(fault=KeyboardInterrupt())])
    assert states(store) == {("a", "mail"): ("waiting", 0)}
    assert deliver(store, clock.now, [Recorder()]).sent == 1


def test_what_waits_for_a_channel_that_is_not_there_waits(store: Store, clock: VirtualClock) -> None:
    reach(store, clock, "mail")
    put(store, clock, "a")
    assert deliver(store, clock.now, []).waiting == 1
    assert states(store) == {("a", "mail"): ("waiting", 0)}


def test_progress_counts_what_is_due(store: Store, clock: VirtualClock) -> None:
    reach(store, clock, "mail")
    put(store, clock, *"abc")
    told: list[tuple[int, int]] = []
    deliver(store, clock.now, [Recorder()], lambda done, due: told.append((done, due)))
    assert told == [(1, 3), (2, 3), (3, 3)]


# -- clocks and leases -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=31), timedelta(days=7), timedelta(days=-400)])
def test_the_clock_jumps_and_nothing_is_lost_or_sent_twice(store: Store, clock: VirtualClock, jump: timedelta) -> None:
    reach(store, clock, "mail")
    channel = Recorder()
    put(store, clock, "sent")
    deliver(store, clock.now, [channel])
    put(store, clock, "failed")
    store.execute("UPDATE workflow_delivery SET attempts = 4 WHERE notice = 'failed'")
    channel.fault = ChannelFault(Text.same("busy"))
    assert deliver(store, clock.now, [channel]).failed == 1  # the next attempt is 12 hours ahead
    channel.fault, channel.taken = None, []
    clock.set(clock.now() + jump)
    put(store, clock, "new")
    for _ in range(14):
        deliver(store, clock.now, [channel])
        clock.advance(hours=1)
    assert sorted(channel.ids) == ["failed", "new"]
    assert {state for state, _ in states(store).values()} == {"sent"}


@pytest.mark.parametrize("jump", [timedelta(0), timedelta(hours=-1), timedelta(days=31), timedelta(days=-31)])
def test_while_a_message_is_being_sent_nobody_else_sends_it_whatever_the_clock_does(tmp_path: Path, jump: timedelta) -> None:
    clock, path = VirtualClock(START), tmp_path / "campaign.db"
    store = store_with(path, "li-ming")
    reach(store, clock, "mail")
    put(store, clock, "a")
    other, at_it, go_on = Recorder(), threading.Event(), threading.Event()

    class Slow(Recorder):
        def send(self, message: Message) -> str:
            at_it.set()
            assert go_on.wait(60)
            return super().send(message)

    first = Slow()

    def sender() -> None:
        mine = Store.open(path)
        deliver(mine, clock.now, [first])
        mine.close()

    thread = threading.Thread(target=sender)
    thread.start()
    assert at_it.wait(60)
    clock.set(START + jump)
    try:
        assert deliver(store, clock.now, [other]).waiting == 1
        clock.set(START + jump + 2 * LEASE)
        assert deliver(store, clock.now, [other]).waiting == 1
    finally:
        go_on.set()
        thread.join()
    assert (first.ids, other.ids) == (["a"], [])
    assert states(store) == {("a", "mail"): ("sent", 1)}
    store.close()


def test_a_lease_whose_holder_is_gone_runs_out(store: Store, clock: VirtualClock) -> None:
    reach(store, clock, "mail")
    put(store, clock, "a")
    gone = holder().replace(f":{holder().split(':')[-2]}:", ":1:")  # a process of our number that began at another time
    assert not at_work(gone, holder())
    store.execute("UPDATE workflow_delivery SET claimed_by = ?, next_at = ?", (gone, stamp(clock.now() + LEASE)))
    channel = Recorder()
    clock.advance(seconds=LEASE.total_seconds() - 1)
    assert deliver(store, clock.now, [channel]).waiting == 1
    clock.advance(seconds=1)
    assert deliver(store, clock.now, [channel]).sent == 1
    assert channel.ids == ["a"]


def test_what_is_due_is_found_by_an_index_and_in_order(store: Store) -> None:
    plan = [row[3] for row in store.rows(f"EXPLAIN QUERY PLAN {delivery._DUE}", ("", ""))]
    assert "workflow_delivery_waiting (channel=? AND next_at<?)" in plan[0]
    assert not any("TEMP B-TREE" in step for step in plan)


# -- addresses ---------------------------------------------------------------------------------------------------------


def test_who_gets_an_address_is_sent_what_is_of_the_latest_day(store: Store, clock: VirtualClock) -> None:
    put(store, clock, "old", day="2005-03-17")
    put(store, clock, "new", "also new")
    assert [(each.state, each.person, each.notices, each.first, each.last) for each in outbox(store)] == [
        ("unaddressed", "li-ming", 3, "2005-03-17", "2005-03-18")
    ]
    reach(store, clock, "mail")
    channel = Recorder()
    deliver(store, clock.now, [channel])
    assert sorted(channel.ids) == ["also new", "new"]
    assert outbox(store) == []  # what was out of date by then is nobody's business any more


def test_what_waits_follows_a_changed_address(store: Store, clock: VirtualClock) -> None:
    reach(store, clock, "mail")
    put(store, clock, "a")
    set_address(store, Address("li-ming", "mail", "li@elsewhere.example", "en"), clock.now())
    channel = Recorder()
    deliver(store, clock.now, [channel])
    assert [(m.address, m.lang) for m in channel.taken] == [("li@elsewhere.example", "en")]


def test_an_address_can_be_deleted_and_leaves_no_trace(store: Store, clock: VirtualClock, tmp_path: Path) -> None:
    reach(store, clock, "mail")
    put(store, clock, "sent")
    with smtp(Letterbox(lambda envelope: f"250 taken for {envelope.rcpt_tos[0]}")) as port:
        deliver(store, clock.now, [mail(port)])
    put(store, clock, "waiting")
    with smtp(Letterbox(rcpt="450 li-ming@example.org is busy")) as port:
        deliver(store, clock.now, [mail(port)])
    assert "li-ming@example.org" in "".join(store.connection().iterdump())
    assert [each.address for each in forget(store, "li-ming")] == ["li-ming@example.org"]
    assert "li-ming@example.org" not in "".join(store.connection().iterdump())
    assert addresses(store) == []
    assert states(store) == {("sent", "mail"): ("sent", 1)}
    assert [(each.state, each.notices) for each in outbox(store)] == [("unaddressed", 1)]
    assert (tmp_path / "campaign.db").exists()


@pytest.mark.parametrize(
    ("person", "channel", "said", "lang", "en"),
    [
        ("li-ming", "mail", "li", "zh", "'li' is no address for mail; expected one such as li@example.org"),
        ("li-ming", "mail", "li@example.org\nBcc: x@y.z", "zh", "is no address for mail"),
        ("li-ming", "mail", "李@example.org", "zh", "is no address for mail"),
        ("li-ming", "console", "  ", "zh", "'  ' is no address for console"),
        ("li-ming", "webhook", "https://user:hunter2@example.org", "zh", "the address for webhook is a URL"),
        ("li-ming", "mail", "li@example.org", "fr", "'fr' is no language: expected one of en, zh"),
        ("li-min", "mail", "li@example.org", "zh", "there is no person li-min; did you mean li-ming"),
    ],
)
def test_what_is_no_address(store: Store, clock: VirtualClock, person: str, channel: str, said: str, lang: str, en: str) -> None:
    with pytest.raises((Misuse, NotFound)) as caught:
        set_address(store, Address(person, channel, said, lang), clock.now())
    assert en in caught.value.say("en")
    assert "hunter2" not in caught.value.say("en") + caught.value.say("zh")
    assert any("一" <= char <= "鿿" for char in caught.value.say("zh"))
    assert addresses(store) == []


# -- secrets -----------------------------------------------------------------------------------------------------------


def test_no_secret_reaches_the_database_or_a_log(
    store: Store, clock: VirtualClock, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(0)
    for channel in ("mail", "webhook"):
        reach(store, clock, channel)
    put(store, clock, "a")
    secret = "hunter2-Geheim"
    hook = Hook(status=403)
    with http(hook) as url, smtp(Letterbox(rcpt=f"550 office may not say {secret} here")) as port:
        letters = Mail(HERE, port, SENDER, password=secret, security="none")
        done = deliver(store, clock.now, [letters, Webhook(f"{url}/{secret}?key={secret}", secret)])
    assert (done.failed, done.dead) == (1, 1)
    assert done.faults["mail"].say("en").endswith("answered 550 office may not say *** here")
    assert hook.taken[0][1]["Authorization"] == f"Bearer {secret}"
    out = capfd.readouterr()
    ours = [record.getMessage() for record in caplog.records if record.name.partition(".")[0] != "mail"]  # that is the server's own log
    told = [*ours, *out, *store.connection().iterdump(), json.dumps([text.say("zh") for text in done.faults.values()]), repr(letters)]
    assert secret not in "\n".join(told)
