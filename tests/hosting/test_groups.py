"""Many callers, one commit: each is answered after it, and none is harmed by another."""

from __future__ import annotations

import asyncio
import inspect
import threading
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import wraps
from pathlib import Path
from typing import Any

import peewee
import pytest

from tests.engine.ground import OFFICE_MOVE, START, offices, sound
from tests.story import loaded
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.errors import DatabaseFault, InputFault, KeyReused, Misuse, NotFound
from workflow.hosting import AsyncCampaign, group
from workflow.ledger import Event, by_key
from workflow.store import Store
from workflow.verdicts import Verdict

CALLERS = 256
ROUNDS = 3
HUGE = 1_000_000  # more than the pages that are left

Command = Callable[[Campaign], Any]


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that is a coroutine."""

    @wraps(test)
    def run(**given: Any) -> None:
        asyncio.run(test(**given))

    return run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Campaign.create(tmp_path / "campaign.db", loaded(OFFICE_MOVE)) as campaign:
        campaign.import_roster(offices(CALLERS))
    return tmp_path / "campaign.db"


def offer(branch: int, key: str | None = None, amount: Any = 9000) -> Command:
    return lambda campaign: campaign.record(f"office-{branch:03}", "offer", by="ann", fields={"amount": amount}, key=key)


def raises(problem: BaseException, first: Command = lambda _: None) -> Command:
    """A command that does something and then fails."""

    def command(campaign: Campaign) -> None:
        first(campaign)
        raise problem

    return command


def watch(campaign: Campaign) -> list[str]:
    """How transactions end on this thread's connection, from now on."""
    seen: list[str] = []
    campaign.store.connection().set_trace_callback(lambda said: seen.append(said) if said.startswith(("COMMIT", "ROLLBACK;")) else None)
    return seen


def keys(store: Store) -> list[str]:
    return [key for (key,) in store.rows('SELECT "key" FROM workflow_event WHERE "key" IS NOT NULL ORDER BY id')]


# -- hooks on the loop -------------------------------------------------------------------------------------------------


@in_loop
async def test_a_hook_is_called_on_the_loop_before_the_callers_go_on(path: Path) -> None:
    told: list[tuple[str, int]] = []
    here = threading.get_ident()

    def hook(events: tuple[Event, ...]) -> None:
        assert threading.get_ident() == here
        told.append(("told", len(events)))

    async def caller(number: int) -> None:
        await host.command(offer(number))
        told.append(("answered", 1))

    async with AsyncCampaign(path) as host:
        remove = await host.after_commit(hook)
        await asyncio.gather(*(caller(number) for number in range(3)))
        assert told == [("told", 3), *[("answered", 1)] * 3]  # one commit
        assert (await outcome(host.command(raises(ValueError("of the host"), offer(3))))).args == ("of the host",)
        remove()
        await host.command(offer(4))
        assert len(told) == 4
    assert (await outcome(host.after_commit(hook))).code == "closed"


@in_loop
async def test_a_hook_leaves_the_campaign_with_its_host(path: Path) -> None:
    told: list[int] = []
    with Campaign.open(path) as campaign:
        async with AsyncCampaign(campaign) as host:
            await host.after_commit(lambda events: told.append(len(events)))
            await host.command(offer(0))
        campaign.record("office-001", "offer", by="ann", fields={"amount": 1})
    await asyncio.sleep(0)
    assert told == [1]


@in_loop
async def test_what_a_hook_raises_goes_to_the_loop_and_the_command_stands(path: Path) -> None:
    seen: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: seen.append(context["exception"]))

    def hook(_events: tuple[Event, ...]) -> None:
        raise ValueError("of the hook")

    async with AsyncCampaign(path) as host:
        await host.after_commit(hook)
        assert (await host.command(offer(0))).allowed
    assert [str(problem) for problem in seen] == ["of the hook"]


# -- the kernel --------------------------------------------------------------------------------------------------------


def test_a_group_is_one_transaction_and_answers_in_order(path: Path) -> None:
    with Campaign.open(path) as campaign:
        ends = watch(campaign)
        commands = [
            offer(0, "a"),
            lambda c: c.move("office-000", "apply", by="bea", key="b"),  # not hers to make
            lambda c: c.move("nowhere", "apply", by="ann", key="c"),
            offer(1, "d", amount="dear"),
            raises(ValueError("the host's own"), offer(1, "e")),
            lambda c: c.move("office-000", "apply", by="ann", key="f"),
            offer(0, "a"),
            offer(1, "a"),
        ]
        entered, refused, unknown, malformed, failed, moved, again, reused = group(campaign, commands)
        assert ends == ["COMMIT"]
        assert (entered.allowed, refused.allowed, moved.allowed) == (True, False, True)
        assert [finding.code for finding in refused.standing] == ["rule.role"]
        assert [type(each) for each in (unknown, malformed, failed, reused)] == [NotFound, InputFault, ValueError, KeyReused]
        assert again.repeated
        assert again.event == entered.event
        assert keys(campaign.store) == ["a", "b", "f"]
        assert (entered.event.seq, refused.event.seq, moved.event.seq) == (2, 3, 4)
        sound(campaign.store, campaign.definition)


def test_a_command_of_several_parts_stands_as_a_whole_or_not_at_all(path: Path) -> None:
    with Campaign.open(path) as campaign:
        both = lambda c: (offer(0, "a")(c), c.move("office-000", "apply", by="ann", key="b"))  # noqa: E731
        half = lambda c: (offer(1, "c")(c), c.move("office-001", "aply", by="ann", key="d"))  # noqa: E731
        answers = group(campaign, [both, half])
        assert [verdict.allowed for verdict in answers[0]] == [True, True]
        assert str(answers[1]) == "there is no move aply; did you mean apply?"
        assert keys(campaign.store) == ["a", "b"]


def test_when_the_whole_cannot_be_written_nothing_of_it_is(path: Path) -> None:
    with Campaign.open(path) as campaign, Campaign.open(path) as other:
        campaign.store.execute(f"PRAGMA max_page_count = {campaign.store.row('PRAGMA page_count')[0] + 20}")
        told: list[Verdict] = []
        with pytest.raises(DatabaseFault, match="database or disk is full"):
            group(campaign, [lambda c: told.append(offer(0, "a")(c)), offer(1, "b" * HUGE), offer(2, "c")])
        assert [verdict.allowed for verdict in told] == [True]  # it was carried out, and taken back with the rest
        assert keys(other.store) == []
        assert [verdict.allowed for verdict in group(campaign, [offer(0, "a")])] == [True]
        assert keys(other.store) == ["a"]


def test_what_ends_the_program_ends_the_group(path: Path) -> None:
    with Campaign.open(path) as campaign:
        for end in (KeyboardInterrupt, SystemExit):
            with pytest.raises(end):
                group(campaign, [offer(0, "a"), raises(end())])
        assert keys(campaign.store) == []


def test_inside_the_hosts_transaction_a_group_is_the_hosts_to_commit(path: Path) -> None:
    with closing(peewee.SqliteDatabase(path)) as db:
        campaign = Campaign.open(db)
        with db.atomic("IMMEDIATE") as transaction:
            assert [verdict.allowed for verdict in group(campaign, [offer(0, "a"), offer(1, "b")])] == [True, True]
            transaction.rollback()
        assert keys(campaign.store) == []


# -- callers -----------------------------------------------------------------------------------------------------------


async def outcome(awaited: Awaitable[Any]) -> Any:
    """What came of it: the verdict, or the error."""
    try:
        return await awaited
    except Exception as problem:
        return problem


async def caller(host: AsyncCampaign, number: int, second: Store) -> list[Any]:
    """One of many, who commands again and again and looks, on another connection, whether what was acknowledged is there."""
    branch, found = f"office-{number:03}", []
    for turn in range(ROUNDS):
        key = f"{number}-{turn}"
        match number % 4:
            case 0:
                commanded = host.record(branch, "offer", by="ann", fields={"amount": 9000 + turn}, key=key)
            case 1:
                commanded = host.move(branch, "approve", by="ann", key=key)
            case 2:
                commanded = host.move(branch, "aprove", by="ann", key=key)
            case _:
                commanded = host.command(raises(ValueError(key), offer(number, key)))
        found.append(await outcome(commanded))
        event = by_key(second, key)
        answered = found[-1].event if isinstance(found[-1], Verdict) else None
        assert (event and (event.stream, event.seq, event.hash)) == (answered and (answered.stream, answered.seq, answered.hash))
    return found


@in_loop
async def test_callers_are_committed_together_and_answered_afterwards(path: Path) -> None:
    second = Store.open(path)
    async with AsyncCampaign(path) as host:
        ends = await host.ask(watch)
        answers = await asyncio.gather(*(caller(host, number, second) for number in range(CALLERS)))
        assert ends == ["COMMIT"] * ROUNDS
    for number, found in enumerate(answers):
        match number % 4:
            case 0:
                assert [verdict.allowed for verdict in found] == [True] * ROUNDS
            case 1:
                assert [[f.code for f in verdict.standing] for verdict in found] == [["rule.phase", "rule.role", "within_budget"]] * ROUNDS
            case 2:
                assert {str(problem) for problem in found} == {"there is no move aprove; did you mean approve?"}
            case _:
                assert [str(problem) for problem in found] == [f"{number}-{turn}" for turn in range(ROUNDS)]
    assert len(keys(second)) == CALLERS / 2 * ROUNDS
    sound(second, loaded(OFFICE_MOVE))
    second.close()


@in_loop
async def test_a_group_is_never_larger_than_asked_for(path: Path) -> None:
    async with AsyncCampaign(path, at_most=100) as host:
        ends = await host.ask(watch)
        await asyncio.gather(*(host.command(offer(number)) for number in range(CALLERS)))
        assert len(ends) == 3
    async with AsyncCampaign(path, waiting=64) as host:
        ends = await host.ask(watch)
        answers = await asyncio.gather(*(host.command(offer(number)) for number in range(CALLERS)))
        assert len(ends) >= 4  # 64 at a time stand in the queue, and the others come after them, in order
        assert [verdict.event.seq for verdict in answers] == [3] * CALLERS


@in_loop
async def test_if_it_cannot_be_committed_everybody_in_the_group_is_told_so(path: Path) -> None:
    async with AsyncCampaign(path) as host:
        await host.ask(lambda c: c.store.execute(f"PRAGMA max_page_count = {c.store.row('PRAGMA page_count')[0] + 20}").fetchall())
        commands = [offer(0, "a"), offer(1, "b" * HUGE), offer(2, "c")]
        found = await asyncio.gather(*(outcome(host.command(command)) for command in commands))
        assert [(type(each), each.code) for each in found] == [(DatabaseFault, "database-busy")] * 3
        assert len({id(each) for each in found}) == 3  # an error for each: its traceback is the caller's
        assert await host.ask(lambda c: keys(c.store)) == []
        assert (await host.command(offer(0, "a"))).allowed


@in_loop
async def test_an_error_says_where_it_came_from(path: Path) -> None:
    async with AsyncCampaign(path) as host:
        with pytest.raises(ValueError, match="of the host") as caught:
            await host.command(raises(ValueError("of the host")))
        frames = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
        assert frames[0] == "test_an_error_says_where_it_came_from"
        assert frames[-1] == "command"


@pytest.mark.parametrize("problem", [SystemExit(3), KeyboardInterrupt(), asyncio.CancelledError(), GeneratorExit()])
@in_loop
async def test_what_would_end_the_program_fails_one_command_only(path: Path, problem: BaseException) -> None:
    async with AsyncCampaign(path) as host:
        commands = [offer(0, "a"), raises(problem, offer(1, "b")), offer(2, "c")]
        first, bad, last = await asyncio.gather(*(outcome(host.command(command)) for command in commands))
        assert (first.allowed, bad.code, last.allowed) == (True, "escaped", True)
        assert bad.__cause__ is problem
        assert (await outcome(host.ask(raises(problem)))).code == "escaped"
        assert await host.ask(lambda c: keys(c.store)) == ["a", "c"]


@in_loop
async def test_stop_iteration_does_not_stop_the_queue(path: Path) -> None:
    async with AsyncCampaign(path) as host:
        with pytest.raises(RuntimeError, match="StopIteration"):
            await host.command(lambda _: next(iter(())))
        assert (await host.command(offer(0))).allowed


@in_loop
async def test_questions_are_answered_between_transactions(path: Path) -> None:
    async with AsyncCampaign(path) as host:
        asked = host.ask(lambda c: (c.store.in_transaction, keys(c.store), c.why("office-000").state))
        _, told = await asyncio.gather(host.command(offer(0, "a")), asked)
        assert told == (False, ["a"], "plan.working")
        assert (await outcome(host.ask(lambda c: c.why("office-999999")))).code == "branch"
        assert (await outcome(host.ask(lambda c: c.timeline("office-000")))).code == "unread"
        assert [event.kind for event in await host.ask(lambda c: list(c.timeline("office-000")))] == ["roster", "record"]


# -- those who go away, and the end ------------------------------------------------------------------------------------


async def held(host: AsyncCampaign) -> tuple[asyncio.Task[None], threading.Event]:
    """A command that is being carried out until the event is set."""
    begun, release = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def command(_: Campaign) -> None:
        loop.call_soon_threadsafe(begun.set)
        release.wait()

    task = asyncio.create_task(host.command(command))
    await begun.wait()
    return task, release


@in_loop
async def test_who_goes_away_takes_along_what_has_not_begun(path: Path) -> None:
    async with AsyncCampaign(path) as host:
        begun, release = await held(host)
        waiting = [asyncio.create_task(host.command(offer(number, f"{number}"))) for number in range(3)]
        await asyncio.sleep(0)
        begun.cancel()  # it is carried out all the same
        waiting[1].cancel()
        release.set()
        answers = await asyncio.gather(*waiting, begun, return_exceptions=True)
        assert [type(each) for each in answers] == [Verdict, asyncio.CancelledError, Verdict, asyncio.CancelledError]
        assert await host.ask(lambda c: keys(c.store)) == ["0", "2"]


@in_loop
async def test_at_the_end_what_stands_in_the_queue_is_carried_out_and_nothing_more_is_taken(path: Path) -> None:
    async with AsyncCampaign(path, waiting=3) as host:
        begun, release = await held(host)
        waiting = [asyncio.create_task(outcome(host.command(offer(number, f"{number}")))) for number in range(4)]
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(0.01, release.set)
    await begun
    *carried_out, first_out, last_out = await asyncio.gather(*waiting)
    assert [verdict.allowed for verdict in carried_out] == [True, True]
    assert (first_out.code, last_out.code) == ("closed", "closed")  # they stood before the queue, not in it
    with pytest.raises(Misuse, match="inside `async with`"):
        await host.command(offer(4))
    with Campaign.open(path) as campaign:
        assert keys(campaign.store) == ["0", "1"]
    async with host:  # once more
        assert (await host.command(offer(4))).allowed


def test_a_loop_that_ends_early_leaves_nobody_waiting(path: Path) -> None:
    async def forgets_to_close() -> asyncio.Task[Any]:
        host = await AsyncCampaign(path).__aenter__()
        return asyncio.create_task(host.command(offer(0)))

    assert asyncio.run(forgets_to_close()).cancelled()  # and the thread was given back, or this would not have returned


@in_loop
async def test_a_close_that_is_cancelled_leaves_nobody_waiting(path: Path) -> None:
    host = await AsyncCampaign(path).__aenter__()
    _, release = await held(host)
    waiting = asyncio.create_task(host.command(offer(0)))
    await asyncio.sleep(0)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(host.__aexit__(), 0.01)
    assert isinstance((await asyncio.gather(waiting, return_exceptions=True))[0], asyncio.CancelledError)
    release.set()


# -- what it runs on ---------------------------------------------------------------------------------------------------


@in_loop
async def test_no_thread_is_started_and_one_is_lent(path: Path) -> None:
    with ThreadPoolExecutor(4) as executor:
        every = threading.Barrier(4)
        await asyncio.gather(*(asyncio.get_running_loop().run_in_executor(executor, every.wait) for _ in range(4)))
        before = set(threading.enumerate())
        async with AsyncCampaign(path, executor=executor) as host:
            threads = {await host.ask(lambda _: threading.current_thread()) for _ in range(20)}
            threads |= {await host.command(lambda _: threading.current_thread())}
            assert len(threads) == 1
            assert threads <= before
            assert set(threading.enumerate()) == before


@in_loop
async def test_a_campaign_of_the_hosts_stays_open(path: Path) -> None:
    with Campaign.open(path) as campaign:
        connection = campaign.store.connection()
        async with AsyncCampaign(campaign) as host:
            assert (await host.command(offer(0, "a"))).allowed
            assert await host.ask(lambda c: c.store.connection() is not connection)
        assert campaign.store.connection() is connection
        assert keys(campaign.store) == ["a"]
    with closing(peewee.SqliteDatabase(path)) as db:
        async with AsyncCampaign(db) as host:
            assert (await host.command(offer(1, "b"))).allowed
        assert db.is_closed()


@in_loop
async def test_a_function_opens_what_lives_on_one_thread(path: Path) -> None:
    def rehearsal() -> Campaign:
        campaign = Campaign.create(":memory:", loaded(OFFICE_MOVE), clock=VirtualClock(START), rehearsal=True)
        campaign.import_roster(offices(1))
        return campaign

    async with AsyncCampaign(rehearsal) as host:
        assert (await host.command(offer(0))).day == "2026-03-02"
    with Campaign.create(":memory:", loaded(OFFICE_MOVE)) as campaign:
        with pytest.raises(Misuse, match="in memory"):
            await AsyncCampaign(campaign).__aenter__()
        with pytest.raises(Misuse, match="its clock already"):
            AsyncCampaign(campaign, clock=VirtualClock(START))
    with pytest.raises(NotFound, match="there is no database"):
        await AsyncCampaign(path.with_name("none.db")).__aenter__()
    with pytest.raises(Misuse, match="at least 1"):
        AsyncCampaign(path, at_most=0)


@in_loop
async def test_the_clock_is_the_hosts(tmp_path: Path) -> None:
    clock = VirtualClock(START)
    with Campaign.create(tmp_path / "rehearsal.db", loaded(OFFICE_MOVE), clock=clock, rehearsal=True) as campaign:
        campaign.import_roster(offices(1))
    clock.advance(days=2)
    async with AsyncCampaign(tmp_path / "rehearsal.db", clock=clock) as host:
        assert (await host.command(offer(0))).day == "2026-03-04"


def test_every_command_is_there_with_the_same_signature() -> None:
    written = {
        name: method
        for name, method in inspect.getmembers(Campaign, inspect.isfunction)
        if {"by", "key"} & set(inspect.signature(method).parameters) and name not in ("ask", "ask_case") and not name.startswith("_")
    }
    assert len(written) >= 24
    for name, method in written.items():
        assert inspect.iscoroutinefunction(getattr(AsyncCampaign, name)), name
        assert inspect.signature(getattr(AsyncCampaign, name)) == inspect.signature(method)
        assert getattr(AsyncCampaign, name).__doc__ == method.__doc__
