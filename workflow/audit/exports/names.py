"""Pseudonyms: the same person has the same one in every export made with the same key, and nobody without the key can undo it."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import define, evolve, field, frozen

from workflow.errors import Misuse
from workflow.ledger import Event, branch_stream, events
from workflow.store import Store
from workflow.texts import Text

SHORTEST = 16  # bytes of a key: fewer could be tried one by one

_ACTORS = "SELECT DISTINCT actor FROM workflow_event"
_PEOPLE = "SELECT id, name FROM workflow_person UNION SELECT id, name FROM workflow_member UNION SELECT person, '' FROM workflow_grant"
_BRANCHES = "SELECT id, title FROM workflow_branch"
_NAMING = ("people", "roster", "joined", "member_changed", "founded")  # events in which somebody or something is given a name
_TO_PERSON = ("enrol", "transfer", "change", "remove", "appoint", "relieve")  # subjects that end in the id of a person

# What only ever holds words of the definition, or names of batches and groups: taken as it stands, whatever people are called.
_WORDS = frozenset((
    "record", "move", "from", "to", "kind", "state", "source", "target", "stage", "step", "requirement", "batch", "group", "parent",
    "branch", "into", "successor", "case", "command", "code", "status", "level", "each", "expression", "op", "unit", "of", "owner",
    "role", "wanted", "here", "elsewhere", "clashes", "ended_roles", "flags", "how", "departure", "definition", "scope", "starts",
    "happened", "recorded", "opened", "since", "due", "until", "entered", "on", "day", "asked_at", "stream", "stages", "missing",
))  # fmt: skip
# What may hold anything below it: what was entered, and who did what.
_ENTERED = frozenset(("fields", "takes", "lines", "done", "stragglers", "cases"))
_PLACES = frozenset(("branch", "to", "into", "parent", "successor", "target", "of"))  # of these, what may be the id of a branch
# A hash or a fingerprint over what is masked would let names be guessed and tried; a definition's text is no news.
_LEFT_OUT = frozenset(("hash", "digest", "asked", "document"))


def key_in(path: Path) -> tuple[bytes, bool]:
    """The key in a file, hexadecimal digits; and whether it was made just now, which it is where the file is not there.

    Raises `Misuse` for a file that holds no key, `OSError` where none can be written.
    """
    if not path.exists():
        key = secrets.token_bytes(32)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(key.hex() + "\n")
        return key, True
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) < SHORTEST:
        en = f"{path} holds no key: at least {SHORTEST * 2} hexadecimal digits were expected; name a new file, and a key is made"
        raise Misuse(Text.of(en, f"{path} 中没有密钥：应有至少 {SHORTEST * 2} 位十六进制数字；换一个新文件名即可生成密钥"), "key")
    return key, False


@define
class _Finder:
    """Finds what is known in running text, the longest first: Latin words as wholes, characters wherever they stand."""

    known: Mapping[str, str]  # what is found -> what is put in its place
    ids: frozenset[str]  # those that are ids: a hyphen joins them to what stands beside it
    _lengths: dict[str, list[int]] = field(factory=dict, init=False)  # by first letter, the longest first

    def __attrs_post_init__(self) -> None:
        by_letter: dict[str, set[int]] = {}
        for word in self.known:
            by_letter.setdefault(word[0], set()).add(len(word))
        self._lengths = {letter: sorted(lengths, reverse=True) for letter, lengths in by_letter.items()}

    def masked(self, text: str) -> str:
        if text in self.known:
            return self.known[text]
        parts, done = [], 0
        here = 0
        while here < len(text):
            word = self._at(text, here)
            if word is None:
                here += 1
                continue
            parts += [text[done:here], self.known[word]]
            done = here = here + len(word)
        return "".join((*parts, text[done:])) if parts else text

    def _at(self, text: str, here: int) -> str | None:
        for length in self._lengths.get(text[here], ()):
            word = text[here : here + length]
            if word in self.known and not self._joined(text[here - 1 : here], word, text[here + length : here + length + 1]):
                return word
        return None

    def _joined(self, before: str, word: str, after: str) -> bool:
        """Is it only a part of a longer word?"""
        more = "_-" if word in self.ids else "_"
        return (_latin(word[0], more) and _latin(before, more)) or (_latin(word[-1], more) and _latin(after, more))


def _latin(letter: str, more: str) -> bool:
    return letter.isascii() and (letter.isalnum() or (letter != "" and letter in more))


@frozen
class Mask:
    """Puts pseudonyms in the place of people, on request also of branches, wherever the ledger names them.

    Free texts are searched for every id and every name somebody ever had; a name written in another way cannot be recognised.
    Ids and names of one person have one pseudonym; two people of one name share that of the name, where only the name is written.
    """

    _key: bytes
    names: Mapping[str, str]  # id -> what the person or branch is called now
    _people: _Finder
    _branches: _Finder
    _titles: Mapping[str, str]  # title of a branch -> what is said for it

    @classmethod
    def of(cls, store: Store, key: bytes, *, branches: bool = False) -> Mask:
        called, titled = _named(store)
        ids = frozenset(ident for ident, _ in called)
        people = {name: _pseudonym(key, "P", ident) for ident, name in called if name} | {i: _pseudonym(key, "P", i) for i in ids}
        places = {title: _pseudonym(key, "B", ident) for ident, title in titled if title}
        places |= {ident: _pseudonym(key, "B", ident) for ident, _ in titled}
        titles = {title: places[title] if branches else title for _, title in titled if title}
        names = {ident: (places[ident] if branches else title) for ident, title in store.rows(_BRANCHES)} | {i: people[i] for i in ids}
        finder = _Finder(places if branches else {}, frozenset(ident for ident, _ in titled))
        return cls(key, names, _Finder(people, ids), finder, titles)

    def person(self, ident: str) -> str:
        return _pseudonym(self._key, "P", ident) if ident else ""

    def branch(self, ident: str) -> str:
        return self._branches.known.get(ident, ident)

    def text(self, text: str) -> str:
        """Free text, or an id, or a name."""
        if text in self._titles:
            return self._titles[text]
        return self._branches.masked(self._people.masked(text))

    def event(self, event: Event) -> Event:
        """The event without anything that leads to a person: also without its hashes, which would prove a name that is guessed."""
        stream = branch_stream(self.branch(event.branch)) if event.branch else event.stream
        return evolve(
            event, stream=stream, actor=self.person(event.actor), subject=self._subject(event.subject),
            payload=self.plain(event.payload), prev="", hash="", key=None,
        )  # fmt: skip

    def plain(self, value: Any, name: str = "", *, entered: bool = False) -> Any:
        """A value of a payload; `name` is under what it stands there, `entered`: below what people entered, where any name may be."""
        if isinstance(value, Mapping):
            kept = {key: each for key, each in value.items() if entered or key not in _LEFT_OUT}
            return {self.branch(key): self.plain(each, key, entered=entered or key in _ENTERED) for key, each in kept.items()}
        if isinstance(value, list):
            return [self.plain(each, name, entered=entered) for each in value]
        if not isinstance(value, str):
            return value
        if entered:
            return self.text(value)
        if name == "subject":
            return self._subject(value)
        if name in _WORDS:
            return self.branch(value) if name in _PLACES else value
        return self.text(value)

    def _subject(self, subject: str) -> str:
        command, colon, ident = subject.partition(":")
        return f"{command}:{self.person(ident)}" if colon and command in _TO_PERSON else self.branch(subject)


def _pseudonym(key: bytes, letter: str, ident: str) -> str:
    """48 bits: among a hundred thousand people two share one with a chance of 1 in 56,000."""
    return f"{letter}-{hmac.digest(key, f'{letter}:{ident}'.encode(), hashlib.sha256).hex()[:12]}"


Named = list[tuple[str, str]]


def _named(store: Store) -> tuple[Named, Named]:
    """Every person and every branch there is or was, with every name they ever had: id and name, the newest last."""
    people: dict[tuple[str, str], None] = {}
    branches: dict[tuple[str, str], None] = {}
    for event in events(store, kinds=_NAMING):
        people |= dict.fromkeys(_people_in(event.payload))
        if "title" in event.payload:
            branches[event.branch, event.payload["title"]] = None
    people |= dict.fromkeys((row[0], row[1]) for row in store.rows(_PEOPLE))
    people |= dict.fromkeys((row[0], "") for row in store.rows(_ACTORS) if row[0])
    branches |= dict.fromkeys((row[0], row[1]) for row in store.rows(_BRANCHES))
    return list(people), list(branches)


def _people_in(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    member = said.get("member")
    found: Iterable[Mapping[str, Any]] = (*said.get("people", ()), *said.get("members", ()), *((member,) if member else ()))
    return ((each["id"], each["name"]) for each in found)
