"""Errors. The whole tree:

WorkflowError
├── DefinitionFault     the definition is wrong; carries every fault with its place
├── InputFault          rosters or records are wrong; carries every fault with its place
├── Misuse              a command that makes no sense as given
│   ├── NotFound        ... names something that does not exist
│   └── KeyReused       ... repeats a key that belongs to another command
└── DatabaseFault       the database is not one of ours, is too new, or is damaged

A refusal is none of these: it is an answer, and is returned as a verdict. Every error has a stable `code`, and says what
happened, where, and what to do about it in the reader's language: `error.say("zh")`.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from attrs import frozen

from workflow.texts import Text


@frozen
class Fault:
    """One thing wrong in a file: `where` is `file:line:column` or `file: row 3, column status`; `path` names the item."""

    where: str
    path: str
    text: Text
    code: str = "fault"

    def say(self, lang: str) -> str:
        return ": ".join(part for part in (self.where, self.path, self.text.say(lang)) if part)


class WorkflowError(Exception):
    """Base of every error of this package."""

    code = "workflow"

    def __init__(self, text: Text, code: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        if code is not None:
            self.code = code

    def say(self, lang: str) -> str:
        return self.text.say(lang)

    def __str__(self) -> str:
        return self.say("en")


class _Faults(WorkflowError):
    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(Text.same(f"{len(faults)} faults"))
        self.faults = tuple(faults)

    def say(self, lang: str) -> str:
        return "\n".join(fault.say(lang) for fault in self.faults)


class DefinitionFault(_Faults):
    """The definition is wrong; `faults` has all of them."""

    code = "definition"


class InputFault(_Faults):
    """A roster or a file of records is wrong; `faults` has all of them. Nothing was written."""

    code = "input"


class Misuse(WorkflowError):
    """A command that makes no sense as given. Nothing was written."""

    code = "misuse"


class NotFound(Misuse):
    """A command names something that does not exist."""

    code = "not-found"


class KeyReused(Misuse):
    """An idempotency key was used before, for another command."""

    code = "key-reused"


class DatabaseFault(WorkflowError):
    """The database is not one of ours, is newer than this program, or is damaged."""

    code = "database"


def did_you_mean(name: str, known: Sequence[str]) -> Text:
    """The tail of a not-found message: the nearest known name, or all of them if they are few."""
    near = get_close_matches(name, known, n=1)
    if near:
        return Text.of(f"did you mean {near[0]}?", f"是否指 {near[0]}？")
    if not known:
        return Text.of("there are none", "目前没有")
    if len(known) <= 12:
        listed = ", ".join(known)
        return Text.of(f"known: {listed}", f"已有：{listed}")
    listed = ", ".join(sorted(known)[:12])
    return Text.of(f"known: {listed} and {len(known) - 12} more", f"已有：{listed} 等 {len(known)} 项")
