"""Many commands in one transaction, none of which can harm another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from workflow.engine import Campaign

T = TypeVar("T")


def group(campaign: Campaign, commands: Iterable[Callable[[Campaign], T]]) -> list[T | Exception]:
    """Carry out commands one after the other and commit them together: what each of them returned or raised, in order.

        group(campaign, [lambda c: c.move("b1", "apply", by="li"), lambda c: c.move("b2", "apply", by="wu")])

    The answers stand once this has returned, not before. Each command has a savepoint of its own: one that raises leaves nothing
    behind, one that is refused its refusal, and the others do not notice. Inside a transaction of the host's all of it is the
    host's to commit. Raises `DatabaseFault` if the whole cannot be written (another writer does not finish in time, the disk is
    full): then none of them has happened. What is no `Exception` (`KeyboardInterrupt`, `SystemExit`) ends the group in the same way.
    """
    store = campaign.store
    answers: list[T | Exception] = []
    with store.write():
        for command in commands:
            try:
                with store.write():
                    answer = command(campaign)
            except Exception as problem:
                if not store.in_transaction:  # on a full disk SQLite rolls back everything, what was answered before included
                    raise
                answers.append(problem)
            else:
                answers.append(answer)
    return answers
