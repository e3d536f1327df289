"""From the ledger to a receiver over HTTP: every event, in the order of its branch, whatever becomes of the receiver."""

from __future__ import annotations

import itertools
import logging
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.outgoing.ground import OTHER, SECRET, Receiver, Shifted, deliver, follow, orders, proved, receiving, write
from tests.reminders.ground import HERE, free_port
from workflow.clock import read_stamp
from workflow.errors import Misuse, NotFound
from workflow.outgoing import Standing, Target, dead, replay, send, subscriptions, unsubscribe
from workflow.outgoing.courier import ATTEMPTS, FIRST, LONGEST, delay
from workflow.outgoing.course import LEASE, Course
from workflow.store import Store


def standing(store: Store, name: str = "portal") -> Standing:
    return next(each for each in subscriptions(store) if each.name == name)


def pause(store: Store, clock: Shifted) -> timedelta:
    """How long the receiver is left alone; then that time has passed."""
    wait = read_stamp(standing(store).next_at) - clock.now()
    clock.wait(seconds=wait.total_seconds())
    return timedelta(seconds=round(wait.total_seconds()))


# -- the receiver ------------------------------------------------------------------------------------------------------


def test_a_receiver_is_down_then_slow_then_broken_then_well(store: Store, clock: Shifted) -> None:
    follow(store, clock)
    branches = ("mill", "dock", "farm")
    write(store, clock, *branches, *branches)
    port, receiver = free_port(), Receiver()
    url = f"http://{HERE}:{port}/hook"
    done = deliver(store, clock, url)
    assert (done.sent, done.failed, done.waiting) == (0, 1, 7)
    assert done.faults["portal"].say("en") == f"{HERE}:{port}: it refuses connections; is it running?"
    assert deliver(store, clock, url).failed == 0  # it is left alone
    assert pause(store, clock) == FIRST

    receiver.hold.clear()
    with receiving(receiver, port) as url:
        done = deliver(store, clock, url, patience=0.2)
        assert (done.sent, done.failed, done.faults["portal"].say("zh")) == (0, 1, f"{HERE}:{port}：未在限时内答复")
        receiver.hold.set()
        assert pause(store, clock) == 4 * FIRST

        write(store, clock, *branches)
        receiver.answer = lambda _: 500
        done = deliver(store, clock, url)
        assert (done.sent, done.failed) == (0, 1)
        assert done.faults["portal"].say("en").endswith("answered 500 Internal Server Error")
        assert pause(store, clock) == 16 * FIRST

        receiver.answer = lambda _: 200
        done = deliver(store, clock, url)
        assert (done.sent, done.failed, done.dead, done.waiting) == (10, 0, 0, 0)
        write(store, clock, *branches)
        assert deliver(store, clock, url).sent == 3
    assert receiver.by_stream() == orders(store)
    events = [proved(arrival) for arrival in receiver.arrivals]
    assert {found.get_id() for found in events} == {hashed for (hashed,) in store.rows("SELECT hash FROM workflow_event")}
    assert (standing(store).failures, standing(store).error, standing(store).stuck) == (0, None, ())


@pytest.mark.parametrize("status", [302, 401, 404, 410, 429, 503])
def test_what_says_nothing_about_the_event_stops_all(store: Store, clock: Shifted, status: int) -> None:
    follow(store, clock)
    write(store, clock, "mill", "dock")
    receiver = Receiver(lambda _: status)
    with receiving(receiver) as url:
        done = deliver(store, clock, url)
        assert (done.sent, done.failed, done.dead, done.waiting, len(receiver.arrivals)) == (0, 1, 0, 3, 1)
        for _ in range(2 * ATTEMPTS):  # and is never held against an event
            pause(store, clock)
            assert deliver(store, clock, url).failed == 1
        assert standing(store).stuck == ()
        assert pause(store, clock) == timedelta(hours=1)
        receiver.answer = lambda _: 202
        assert deliver(store, clock, url).sent == 3


def test_what_is_no_http_is_no_answer(store: Store, clock: Shifted) -> None:
    follow(store, clock)
    assert deliver(store, clock, "http://host.invalid/hook").failed == 1
    error = standing(store).error
    assert error is not None
    assert error.say("en").startswith("host.invalid: ")


# -- the order of a stream ---------------------------------------------------------------------------------------------


def test_a_stream_that_is_stuck_stops_no_other(store: Store, clock: Shifted) -> None:
    follow(store, clock)
    write(store, clock, "mill", "dock", "mill", "dock")
    sick = {"branch:mill"}
    receiver = Receiver(lambda event: 400 if event["data"]["stream"] in sick else 200)
    with receiving(receiver) as url:
        done = deliver(store, clock, url)
        assert (done.sent, done.failed, done.waiting) == (3, 1, 2)
        [stuck] = standing(store).stuck
        assert (stuck.branch, stuck.seq, stuck.attempts) == ("mill", 1, 1)
        write(store, clock, "mill", "dock")
        assert deliver(store, clock, url).sent == 1  # mill is left alone, dock goes on
        assert [place for place in receiver.places if place[0] == "branch:mill"] == []
        clock.wait(seconds=5)
        assert deliver(store, clock, url).failed == 1
        sick.clear()
        clock.wait(seconds=20)
        assert deliver(store, clock, url).sent == 3
        write(store, clock, "mill")
        assert deliver(store, clock, url).sent == 1
    assert receiver.by_stream() == orders(store)
    assert len(receiver.arrivals) == len(receiver.taken) + 2
    assert (standing(store).waiting, standing(store).stuck) == (0, ())


def test_one_event_that_breaks_the_receiver_holds_up_the_others_for_moments_only(store: Store, clock: Shifted) -> None:
    follow(store, clock)
    write(store, clock, "mill", "dock", "mill", "farm")
    receiver = Receiver(lambda event: 500 if event.get("subject") == "mill" else 200)
    with receiving(receiver) as url:
        assert (deliver(store, clock, url).sent, pause(store, clock)) == (1, FIRST)
        done = deliver(store, clock, url)  # another goes first, and is taken: the receiver is well
        assert (done.sent, done.failed, pause(store, clock)) == (1, 1, FIRST)
        write(store, clock, "dock")
        assert deliver(store, clock, url).sent == 2
        for _ in range(2 * ATTEMPTS):
            clock.wait(hours=12)
            deliver(store, clock, url)
    assert [(each.branch, each.seq) for each in dead(store)] == [("mill", 1), ("mill", 2)]
    assert receiver.by_stream() == {stream: seqs for stream, seqs in orders(store).items() if stream != "branch:mill"}


def test_what_is_refused_again_and_again_is_given_up_and_can_be_sent_anew(store: Store, clock: Shifted) -> None:
    follow(store, clock)
    write(store, clock, "mill", "dock", "mill", "mill")
    receiver = Receiver(lambda event: 422 if event["data"]["stream"] == "branch:mill" and event["data"]["seq"] < 3 else 200)
    waited = timedelta(0)
    with receiving(receiver) as url:
        for attempt in range(1, ATTEMPTS + 1):
            done = deliver(store, clock, url)
            assert (done.failed, done.dead) == ((1, 0) if attempt < ATTEMPTS else (2, 1))
            assert ("branch:mill", 3) not in receiver.places
            clock.wait(seconds=delay(attempt, LONGEST).total_seconds())
            waited += delay(attempt, LONGEST) if attempt < ATTEMPTS else timedelta(0)
        assert waited == timedelta(hours=31, minutes=35, seconds=5)
        for _ in range(ATTEMPTS):
            clock.wait(hours=12)
            deliver(store, clock, url)
        letters = dead(store)
        assert [(each.branch, each.seq, each.attempts, each.again) for each in letters] == [("mill", 1, 10, False), ("mill", 2, 10, False)]
        assert letters[0].error is not None
        assert " answered 422 " in letters[0].error.say("en")
        assert receiver.places[-1] == ("branch:mill", 3)  # the stream has gone on
        assert (standing(store).waiting, standing(store).dead, standing(store).stuck) == (0, 2, ())

        assert replay(store, clock.now(), "portal", stream="branch:mill", seq=2) == 1
        assert standing(store).waiting == 1
        assert (deliver(store, clock, url).dead, len(dead(store))) == (1, 2)  # it is dead again
        receiver.answer = lambda _: 200
        assert replay(store, clock.now()) == 2
        done = deliver(store, clock, url)
        assert (done.sent, done.waiting, dead(store)) == (2, 0, [])
    assert receiver.places[-2:] == [("branch:mill", 1), ("branch:mill", 2)]
    assert len({each.event["id"] for each in receiver.taken}) == len(receiver.taken) == 5
    with pytest.raises(NotFound, match="there is no subscription partal; did you mean portal"):
        replay(store, clock.now(), "partal")


def test_a_replay_waits_for_a_receiver_that_is_down(store: Store, clock: Shifted) -> None:
    follow(store, clock)
    receiver = Receiver(lambda _: 422)
    with receiving(receiver) as url:
        for _ in range(ATTEMPTS):
            deliver(store, clock, url)
            clock.wait(hours=12)
        replay(store, clock.now())
        receiver.answer = lambda _: 503
        assert deliver(store, clock, url).failed == 1
        assert [each.again for each in dead(store)] == [True]
        receiver.answer = lambda _: 200
        assert deliver(store, clock, url).sent == 0
        replay(store, clock.now())  # asked once more, it does not wait
        assert deliver(store, clock, url).sent == 1


# -- what is sent ------------------------------------------------------------------------------------------------------


def test_from_the_start_or_from_now_on(store: Store, clock: Shifted) -> None:
    write(store, clock, "mill")
    follow(store, clock, name="all")
    follow(store, clock, name="new", from_start=False)
    write(store, clock, "mill")
    receivers = {name: Receiver() for name in ("all", "new")}
    with receiving(receivers["all"]) as everything, receiving(receivers["new"]) as new:
        targets = {"all": Target(everything, (SECRET,)), "new": Target(new, (SECRET,))}
        assert send(store, clock.now, targets).sent == 4
    assert receivers["all"].places == [("campaign", 1), ("branch:mill", 1), ("branch:mill", 2)]
    assert receivers["new"].places == [("branch:mill", 2)]


def test_kinds_that_were_not_asked_for_are_passed_over(store: Store, clock: Shifted) -> None:
    follow(store, clock, "moved", "refused")
    receiver = Receiver()
    with receiving(receiver) as url:
        for _ in range(3):
            write(store, clock, "mill", "dock")
            write(store, clock, "mill", kind="moved", move="apply", **{"from": "a.b", "to": "a.c"})
        assert standing(store).waiting == 3
        assert deliver(store, clock, url).sent == 3
        assert receiver.by_stream() == {"branch:mill": [2, 4, 6]}
        write(store, clock, "dock")
        assert (deliver(store, clock, url).sent, standing(store).waiting) == (0, 0)
        assert standing(store).position == store.row("SELECT MAX(id) FROM workflow_event")[0]  # not read again


def test_a_stuck_stream_keeps_to_the_kinds_asked_for(store: Store, clock: Shifted) -> None:
    follow(store, clock, "moved")
    receiver = Receiver(lambda _: 400)
    with receiving(receiver) as url:
        write(store, clock, "mill", kind="moved", move="apply")
        deliver(store, clock, url)
        write(store, clock, "mill")
        write(store, clock, "mill", kind="moved", move="approve")
        deliver(store, clock, url)
        assert (standing(store).waiting, len(receiver.arrivals)) == (2, 1)
        receiver.answer = lambda _: 200
        clock.wait(seconds=5)
        assert deliver(store, clock, url).sent == 2
    assert receiver.by_stream() == {"branch:mill": [1, 3]}


def test_two_subscriptions_know_nothing_of_each_other(store: Store, clock: Shifted) -> None:
    follow(store, clock)
    follow(store, clock, name="other")
    receiver = Receiver()
    with receiving(receiver) as url:
        targets = {"portal": Target(f"http://{HERE}:{free_port()}", (SECRET,)), "other": Target(url, (SECRET,))}
        done = send(store, clock.now, targets)
        assert (done.sent, done.failed, set(done.faults)) == (1, 1, {"portal"})
        assert send(store, clock.now, {"other": targets["other"]}).not_set_up == ("portal",)


# -- signatures and secrets --------------------------------------------------------------------------------------------


def test_while_a_secret_is_replaced_either_will_do(store: Store, clock: Shifted) -> None:
    follow(store, clock)
    receiver = Receiver()
    with receiving(receiver) as url:
        deliver(store, clock, url, OTHER, SECRET)
        write(store, clock, "mill")
        deliver(store, clock, url, OTHER)
    both, new = receiver.arrivals
    proved(both, SECRET)
    proved(both, OTHER)
    proved(new, OTHER)
    with pytest.raises(AssertionError):
        proved(new, SECRET)


def test_neither_the_database_nor_a_log_holds_what_is_secret(
    store: Store, clock: Shifted, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    follow(store, clock)
    write(store, clock, "mill", "dock")
    token, receiver = "tOkEn-17", Receiver(lambda event: 400 if "subject" in event else 200)
    with caplog.at_level(logging.DEBUG), receiving(receiver) as url:
        target = Target(f"{url}/{token}?key={token}", (SECRET,))
        done = send(store, clock.now, {"portal": target})
        assert (done.sent, done.failed) == (1, 2)
        nowhere = Target(f"http://{HERE}:{free_port()}/{token}", (SECRET,))
        clock.wait(seconds=5)
        said = [send(store, clock.now, {"portal": nowhere}), done, target, subscriptions(store), dead(store)]
    said += [each.faults["portal"].say(lang) for each in (done, said[0]) for lang in ("en", "zh")]
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir()).decode(errors="replace")
    for secret in (token, SECRET, SECRET.removeprefix("whsec_"), "/hook"):
        assert secret not in kept + repr(said) + caplog.text, secret
    assert HERE in kept


# -- who sends ---------------------------------------------------------------------------------------------------------


def test_nothing_is_sent_that_may_yet_be_taken_back(store: Store, clock: Shifted) -> None:
    with store.write(), pytest.raises(Misuse, match="outside of transactions"):
        send(store, clock.now, {})


def test_a_rehearsal_tells_nobody(store: Store, clock: Shifted) -> None:
    follow(store, clock)
    store.execute("INSERT INTO workflow_meta VALUES ('rehearsal', '1')")
    with pytest.raises(Misuse) as caught:
        deliver(store, clock, f"http://{HERE}:{free_port()}")
    assert (caught.value.code, caught.value.say("zh")) == ("rehearsal", "演练不向其他系统发送事件")


def test_who_finds_another_at_work_leaves_it(store: Store, clock: Shifted) -> None:
    follow(store, clock)
    write(store, clock, "mill")
    receiver = Receiver()
    receiver.hold.clear()
    with receiving(receiver) as url:
        busy = threading.Thread(target=lambda: (deliver(store, clock, url), store.close()))
        busy.start()
        while not receiver.arrivals:
            """The other has begun, and waits for an answer."""
        clock.wait(seconds=10 * LEASE.total_seconds())  # it is known to be alive: its lease does not matter
        done = deliver(store, clock, url)
        assert (done.sent, done.busy) == (0, ("portal",))
        receiver.hold.set()
        busy.join()
    assert receiver.by_stream() == orders(store)


def test_a_lease_left_behind_runs_out(store: Store, clock: Shifted) -> None:
    follow(store, clock)
    course = Course(store, "portal", "elsewhere:1::2")
    assert course.claim(clock.now(), LONGEST) == "ours"
    receiver = Receiver()
    with receiving(receiver) as url:
        assert deliver(store, clock, url).busy == ("portal",)
        clock.wait(seconds=LEASE.total_seconds())
        assert deliver(store, clock, url).sent == 1
        with store.write():
            assert not course.renew(clock.now())  # what the late one says does not count any more


def test_a_clock_set_back_keeps_nothing_waiting(store: Store, clock: Shifted) -> None:
    follow(store, clock)
    write(store, clock, "mill")
    receiver = Receiver(lambda event: 400 if "subject" in event else 200)
    with receiving(receiver) as url:
        clock.wait(days=400)
        deliver(store, clock, url)
        assert deliver(store, clock, f"http://{HERE}:{free_port()}").failed == 0
        clock.wait(seconds=5)
        assert deliver(store, clock, f"http://{HERE}:{free_port()}").failed == 1
        clock.wait(days=-400)
        receiver.answer = lambda _: 200
        assert deliver(store, clock, url).sent == 1


def test_who_is_interrupted_lets_others_go_on_at_once(store: Store, clock: Shifted) -> None:
    follow(store, clock)
    write(store, clock, "mill")
    receiver, ticks = Receiver(), itertools.count()

    def now() -> object:
        if next(ticks) == 4:
            raise KeyboardInterrupt
        return clock.now()

    with receiving(receiver) as url:
        with pytest.raises(KeyboardInterrupt):
            send(store, now, {"portal": Target(url, (SECRET,))})  # type: ignore[arg-type]
        assert deliver(store, clock, url).busy == ()
    assert receiver.by_stream() == orders(store)


def test_a_subscription_that_is_removed_under_way_leaves_nothing(store: Store, clock: Shifted) -> None:
    follow(store, clock)
    write(store, clock, "mill", "dock")
    receiver = Receiver()

    def answer(event: dict[str, object]) -> int:
        if event.get("subject") == "mill":
            with closing(Store.open(store.db.database)) as other:
                unsubscribe(other, "portal")
        return 400

    receiver.answer = answer  # type: ignore[assignment]
    with receiving(receiver) as url:
        done = deliver(store, clock, url)
    assert (done.sent, subscriptions(store)) == (0, [])
    assert len(receiver.arrivals) == 2
    assert store.rows("SELECT * FROM workflow_stuck") == store.rows("SELECT * FROM workflow_dead_letter") == []
