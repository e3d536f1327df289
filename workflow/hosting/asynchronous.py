"""A campaign for asynchronous hosts: whoever commands at the same time is committed together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from copy import copy
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import peewee
from attrs import define

from workflow.clock import Clock
from workflow.engine import Campaign
from workflow.engine.campaign import Database
from workflow.errors import Misuse
from workflow.hosting.groups import group
from workflow.hosting.thread import LentThread
from workflow.ledger import Event
from workflow.store.commits import Hook
from workflow.store.migrations import version
from workflow.texts import Text

T = TypeVar("T")
P = ParamSpec("P")

Source = Database | Campaign | Callable[[], Campaign]


@define(eq=False)
class _Caller:
    """Somebody who waits: what they want done, whether it is to write, and where they are told what came of it."""

    wants: Callable[[Campaign], Any]
    commands: bool
    told: asyncio.Future[Any]


def _queued(command: Callable[Concatenate[Campaign, P], T]) -> Callable[Concatenate[AsyncCampaign, P], Coroutine[Any, Any, T]]:
    """A command of `Campaign` as a coroutine with the same signature."""

    @wraps(command)
    async def queued(host: AsyncCampaign, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await host.command(lambda campaign: command(campaign, *args, **kwargs))

    return queued


class AsyncCampaign:
    """A campaign that any number of coroutines of one event loop command and ask.

        async with AsyncCampaign("offices.db") as host:
            verdict = await host.move("berlin", "apply", by="anna", key="request-4711")
            outlook = await host.ask(lambda campaign: campaign.why("berlin"))

    Commands that wait at the same time, up to `at_most`, are carried out in one transaction, in the order they came, each behind a
    savepoint of its own: a refused or failing one does not touch the others (`workflow.hosting.group`). Each is answered after
    that transaction is committed, never before. If it cannot be committed, none of its commands has happened, and each of the
    callers gets the error. Questions are answered between transactions.

    `campaign` is a database, a function that opens a campaign (called on the thread it will live on), or an open `Campaign`, which
    stays open. All work is done on one thread lent by `executor` (default: the loop's own) from the beginning of `async with` to its
    end; no thread is started. At most `waiting` callers stand in the queue; others wait to get into it.

    Who is cancelled while in the queue takes the command along; whose command is being carried out already does not learn what
    came of it, and may ask again with the same `key`. At the end of `async with` the queue is carried out and answered, and nobody
    gets into it any more (`Misuse`, code "closed").
    """

    def __init__(
        self, campaign: Source, *, clock: Clock | None = None, executor: Executor | None = None, at_most: int = 256, waiting: int = 4096
    ) -> None:
        if at_most < 1 or waiting < 1:
            raise Misuse(Text.of("at_most and waiting are at least 1", "at_most 和 waiting 至少为 1"), "at-most")
        if clock is not None and not isinstance(campaign, Database):
            raise Misuse(Text.of("this campaign has its clock already: give it none", "该活动已有时钟：请勿另给"), "clock")
        self._source, self._clock, self._executor = campaign, clock, executor
        self._at_most, self._waiting = at_most, waiting
        self._open = False

    # -- beginning and end -------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        self._thread = LentThread(self._executor)
        try:
            self._campaign, self._leaving = await self._thread.run(self._enter)
        except BaseException:
            self._thread.give_back()
            raise
        self._callers: deque[_Caller] = deque()
        self._room, self._news = asyncio.Semaphore(self._waiting), asyncio.Event()
        self._serving = asyncio.create_task(self._serve())
        self._open = True
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self._open = False
        try:
            for _ in range(self._waiting):  # once every place is ours, nobody is left in the queue
                await self._room.acquire()
        finally:
            self._serving.cancel()
        await asyncio.wait([self._serving])
        await self._thread.give_back()

    def _enter(self) -> tuple[Campaign, ExitStack]:
        """The campaign, on the thread it is used on, and how it is left."""
        source = self._source
        db = source.store.db if isinstance(source, Campaign) else source
        with ExitStack() as leaving:
            if isinstance(db, peewee.SqliteDatabase) and db.is_closed():
                leaving.callback(db.close)  # what is opened on this thread is closed on it; what the host has opened stays open
            if isinstance(source, Campaign):
                campaign = source
            else:
                campaign = Campaign.open(source, clock=self._clock) if isinstance(source, Database) else source()
                leaving.callback(campaign.close)
            _check_usable(campaign)
            return campaign, leaving.pop_all()

    # -- commands and questions --------------------------------------------------------------------------------------

    async def command(self, command: Callable[[Campaign], T]) -> T:
        """What the command returns, after its commit: `await host.command(lambda campaign: campaign.move("b1", "apply", by="li"))`.

        It is called on another thread, and may do several things: all of them stand or, if it raises, none.
        """
        return await self._told(command, commands=True)

    async def ask(self, question: Callable[[Campaign], T]) -> T:
        """What the question finds: `await host.ask(lambda campaign: campaign.why("b1"))`. It is called on another thread.

        What is read on the way has to be collected there: `list(campaign.timeline("b1"))`.
        """
        return await self._told(question, commands=False)

    async def after_commit(self, hook: Hook) -> Callable[[], None]:
        """As `Campaign.after_commit`, but the hook is called on the loop, before the callers of that commit go on; until `async with` ends.

        What it raises goes to the loop's exception handler. It is no coroutine: begin what takes longer as a task.
        """
        self._require_open()
        call = asyncio.get_running_loop().call_soon_threadsafe

        def told(events: tuple[Event, ...]) -> None:
            call(hook, events)

        remove = await self._thread.run(partial(self._campaign.after_commit, told))
        self._leaving.callback(remove)
        return remove

    record = _queued(Campaign.record)
    withdraw = _queued(Campaign.withdraw)
    move = _queued(Campaign.move)
    waive = _queued(Campaign.waive)
    open_case = _queued(Campaign.open_case)
    move_case = _queued(Campaign.move_case)
    import_roster = _queued(Campaign.import_roster)
    import_records = _queued(Campaign.import_records)
    import_tables = _queued(Campaign.import_tables)
    enact = _queued(Campaign.enact)
    extend = _queued(Campaign.extend)
    suspend = _queued(Campaign.suspend)
    resume = _queued(Campaign.resume)
    enrol = _queued(Campaign.enrol)
    transfer = _queued(Campaign.transfer)
    change = _queued(Campaign.change)
    remove = _queued(Campaign.remove)
    appoint = _queued(Campaign.appoint)
    relieve = _queued(Campaign.relieve)
    reassign = _queued(Campaign.reassign)
    merge = _queued(Campaign.merge)
    split = _queued(Campaign.split)
    dissolve = _queued(Campaign.dissolve)
    close_batch = _queued(Campaign.close_batch)

    # -- the queue ---------------------------------------------------------------------------------------------------

    async def _told(self, wants: Callable[[Campaign], T], *, commands: bool) -> T:
        self._require_open()
        async with self._room:
            self._require_open()  # it may have closed while there was no room
            caller = _Caller(partial(_contained, wants), commands, asyncio.get_running_loop().create_future())
            self._callers.append(caller)
            self._news.set()
            answer = await caller.told
        if isinstance(answer, Exception):
            raise answer
        found: T = answer
        return found

    def _require_open(self) -> None:
        if not self._open:
            raise Misuse(Text.of("the host is not open: use it inside `async with`", "未打开或已关闭：请在 async with 内使用"), "closed")

    async def _serve(self) -> None:
        """Answer whoever is in the queue. All who could run when the first of them came have come in when this goes on."""
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                while taken := self._taken():
                    await self._answer(taken)
        finally:
            for caller in self._callers:
                caller.told.cancel()
            self._thread.put(self._leaving.close)
            self._thread.give_back()

    def _taken(self) -> list[_Caller]:
        """The next callers, but for those who went away."""
        taken: list[_Caller] = []
        while self._callers and len(taken) < self._at_most:
            caller = self._callers.popleft()
            if not caller.told.done():
                taken.append(caller)
        return taken

    async def _answer(self, taken: list[_Caller]) -> None:
        commanding = [caller for caller in taken if caller.commands]
        try:
            if commanding:
                _tell(commanding, await self._together([caller.wants for caller in commanding]))
            for caller in taken:
                if not caller.commands:
                    _tell([caller], [await self._asked(caller.wants)])
        finally:
            for caller in taken:
                caller.told.cancel()  # the loop is shutting down: nobody is left to wait for ever

    async def _together(self, commands: Sequence[Callable[[Campaign], Any]]) -> list[Any]:
        try:
            return await self._thread.run(partial(group, self._campaign, commands))
        except Exception as problem:
            return [_one_of_many(problem) for _ in commands]

    async def _asked(self, question: Callable[[Campaign], Any]) -> Any:
        try:
            return await self._thread.run(partial(question, self._campaign))
        except Exception as problem:
            return problem


def _tell(callers: Sequence[_Caller], answers: Sequence[Any]) -> None:
    for caller, answer in zip(callers, answers, strict=True):
        if not caller.told.done():
            caller.told.set_result(answer)  # an exception too: it is raised by the caller, and not missed if there is none any more


def _one_of_many(problem: Exception) -> Exception:
    """The error of a group for one of its callers: a traceback belongs to whoever raises it."""
    one = copy(problem)
    one.__cause__ = problem
    return one


def _contained(wants: Callable[[Campaign], T], campaign: Campaign) -> T:
    """What would end more than the command, or read on after it on another thread, is a mistake of the command's alone."""
    try:
        answer = wants(campaign)
    except Exception:
        raise
    except BaseException as problem:
        name = type(problem).__name__
        text = Text.of(f"a command or question raised {name}: let it raise an Exception", f"命令或提问抛出了 {name}：请改用 Exception")
        raise Misuse(text, "escaped") from problem
    if isinstance(answer, Iterator):
        text = Text.of("this is read only as it goes: collect it with list(...)", "结果尚未读完：请用 list(...) 收集后返回")
        raise Misuse(text, "unread")
    return answer


def _check_usable(campaign: Campaign) -> None:
    """Raises `Misuse` for a database this thread does not see, or one on which a transaction would not end with the commit."""
    store = campaign.store
    if version(store) == 0:
        en = "a database in memory belongs to the thread that opened it: give a function that opens it"
        raise Misuse(Text.of(en, "内存数据库只属于打开它的线程：请给出打开它的函数"), "other-thread")
    began = not store.in_transaction
    with store.write():
        pass
    if store.in_transaction:
        if began:
            store.db.rollback()
        en = "on this connection the host ends transactions: nothing could be acknowledged after its commit; open a path instead"
        raise Misuse(Text.of(en, "此连接的事务由宿主结束，无法在提交后确认：请改用路径打开"), "host-transaction")
