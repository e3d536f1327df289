"""Errors. The whole tree:

WorkflowError
├── DefinitionFault     the definition is wrong; carries every fault with its place
├── InputFault          rosters or records are wrong; carries every fault with its place
├── Misuse              a command that makes no sense as given
│   ├── NotFound        ... names something that does not exist
│   └── KeyReused       ... repeats a key that belongs to another command
├── DatabaseFault       the database is not one of ours, is too new, or is damaged
└── ChannelFault        a channel did not take a message (`workflow.reminders`)

A refusal is none of these: it is an answer, and is returned as a verdict. Every error has a stable `code`, and says what
happened, where, and what to do about it in the reader's language: `error.say("zh")`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from attrs import frozen

from workflow.texts import Text

_MOST = 12  # names listed before the rest is counted
_FEW = 3  # names suggested at once


@frozen
class Fault:
    """One thing wrong in a file: `where` is `file:line:column` or `file: row 3, column status`; `path` names the item.

    `place` says where in words of the reader's language, if that differs by language.
    """

    where: str
    path: str
    text: Text
    code: str = "fault"
    place: Text | None = None

    def say(self, lang: str) -> str:
        where = self.where if self.place is None else self.place.say(lang)
        colon = "：" if lang == "zh" and self.place is not None else ": "
        return colon.join(part for part in (where, self.path, self.text.say(lang)) if part)


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


def did_you_mean(name: str, known: Sequence[str] | Mapping[str, str], topic: str = "") -> Text:
    """The tail of a not-found message: the nearest known name, or all of them if they are few.

    `known` may give each name's title: either is matched, in any case. `topic` is where `workflow show` lists them all;
    without one the list is never cut.
    """
    near = _near(name, known)
    if near:
        return Text.of(f"did you mean {' or '.join(near)}?", f"是否指 {'或 '.join(near)}？")
    if not known:
        return Text.of("there are none", "目前没有")
    if len(known) <= _MOST or not topic:
        return Text.of(f"known: {', '.join(known)}", f"已有：{'、'.join(known)}")
    listed, left = sorted(known)[:_MOST], len(known) - _MOST
    return Text.of(
        f"known: {', '.join(listed)} and {left} more (`workflow show {topic}` lists them all)",
        f"已有：{'、'.join(listed)}，另有 {left} 项（用 `workflow show {topic}` 全部列出）",
    )


def _digits(word: str) -> str:
    """A word without the noughts before its numbers: organ-13 means organ-013."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", word)


def _near(name: str, known: Sequence[str] | Mapping[str, str]) -> list[str]:
    """The one name that is spelt like it or, failing that, the few whose name or title holds it."""
    titles = known if isinstance(known, Mapping) else {}
    words = {title.casefold(): ident for ident, title in titles.items() if title} | {ident.casefold(): ident for ident in known}
    sought = name.strip().casefold()
    close = [words[word] for word in words if _digits(word) == _digits(sought)][:1]
    close = close or [words[word] for word in get_close_matches(sought, words, n=1)]
    within = dict.fromkeys(ident for word, ident in words.items() if len(sought) > 1 and sought in word)
    found = close or (list(within) if len(within) <= _FEW else [])
    return [f"{ident} ({titles[ident]})" if titles.get(ident, ident) != ident else ident for ident in found]


def not_found(en: str, zh: str, name: str, known: Sequence[str] | Mapping[str, str], code: str, topic: str = "") -> NotFound:
    """`there is no move aprove; did you mean approve?`, of `en` "there is no move" and `zh` "没有动作"."""
    hint = did_you_mean(name, known, topic)
    return NotFound(Text.of(f"{en} {name}; {hint.say('en')}", f"{zh} {name}；{hint.say('zh')}"), code)
