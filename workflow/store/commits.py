"""What runs after a commit: hooks, told which events stand by it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import peewee

from workflow.errors import Misuse
from workflow.store.events import Event
from workflow.texts import Text

Hook = Callable[[tuple[Event, ...]], None]

_STANDING = "SELECT 1 FROM workflow_event WHERE id = ? AND hash = ?"
_log = logging.getLogger("workflow")


class Commits:
    """The hooks of one store, and for each thread what it wrote and has not reported yet. Without a hook nothing is kept."""

    def __init__(self, db: peewee.SqliteDatabase, row: Callable[[str, tuple[Any, ...]], object]) -> None:
        self._db = db
        self._row = row
        self._hooks: list[Hook] = []
        self._here = threading.local()

    def hook(self, hook: Hook) -> Callable[[], None]:
        """Call `hook` after every commit that leaves events of this store standing; what is returned takes it off again."""
        self._hooks.append(hook)
        hooked = [hook]

        def remove() -> None:
            while hooked:
                self._hooks.remove(hooked.pop())

        return remove

    def note(self, event: Event) -> None:
        """An event was written in the transaction that is open."""
        if self._hooks:
            self._unreported()[event.position] = event

    def expect(self) -> None:
        """At the end of a block of writing, still inside it: ask for word of the commit. Raises `Misuse` if nobody would give it.

        Every block asks anew: a host may forget what was asked inside a savepoint that it rolls back (Django does).
        """
        if not self._hooks or not self._unreported():
            return
        asking = True

        def committed() -> None:
            if asking:  # called at once, in the midst of it: whoever was asked does not know of the transaction
                raise _unheard()
            self._report()

        try:
            self._db.after_commit(committed)
        except ValueError as problem:  # peewee's manual_commit()
            raise _unheard() from problem
        asking = False

    def _unreported(self) -> dict[int, Event]:
        """By position: what is written again after a roll-back takes the place of what it was before."""
        found: dict[int, Event] = self._here.__dict__.setdefault("unreported", {})
        return found

    def _report(self) -> None:
        """Tell every hook. What a hook writes itself is reported after this, not amidst it."""
        if getattr(self._here, "reporting", False):
            return
        self._here.reporting = True
        try:
            while written := self._unreported():
                self._here.unreported = {}
                hooks = tuple(self._hooks)
                self._safely(self._tell, written, hooks)
        finally:
            self._here.reporting = False

    def _tell(self, written: dict[int, Event], hooks: tuple[Hook, ...]) -> None:
        """Of a savepoint that the host rolled back nothing is left in the ledger: it is asked what stands."""
        events = tuple(each for each in written.values() if self._row(_STANDING, (each.position, each.hash)) is not None)
        for hook in hooks if events else ():
            self._safely(hook, events)

    def _safely(self, act: Callable[..., None], *given: object) -> None:
        """The commit is done, and its caller is to learn of that whatever a hook raises: it goes to the log."""
        try:
            act(*given)
        except Exception:
            _log.exception("a hook failed after the commit; what was committed stands")


def _unheard() -> Misuse:
    return Misuse(
        Text.of(
            "there is a hook, and nobody would tell when the open transaction is committed: begin it with peewee's atomic(), "
            "or give borrowed() the host's on_commit",
            "已登记提交后的回调，但当前事务何时提交无从得知：请用 peewee 的 atomic() 开始事务，或在 borrowed() 中给出宿主的 on_commit",
        ),
        "commit-unheard",
    )
