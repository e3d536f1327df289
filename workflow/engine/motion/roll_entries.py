"""What is said of a member on a roll, read as rosters are: by id or by title, and every fault at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workflow.definition.model import Definition, Members
from workflow.engine.desk import Payload
from workflow.engine.entry import read_fields, refuse_faults
from workflow.engine.tables.roster_words import Vocabulary
from workflow.errors import Fault, Misuse
from workflow.texts import Text


def require_roll(definition: Definition) -> Members:
    """Raises `Misuse` where nobody is on a roll."""
    if definition.members is None:
        raise Misuse(Text.of("this campaign keeps no roll of members", "本活动不设名册"), "no-roll")
    return definition.members


def new_entry(
    definition: Definition, row: Payload, before: Payload, status: str | None, flags: Sequence[str], fields: Mapping[str, Any]
) -> Payload:
    """The row of somebody who joins, of which id and name are given. What nothing is said about stays as it was `before`, for whoever was
    on a roll once; else the status is the definition's default. Raises `InputFault` with everything that is wrong."""
    members = require_roll(definition)
    first: Payload = {"status": members.default or next(iter(members.status)), "flags": [], "fields": {}, **before, **row}
    if flags:
        first["flags"] = []
    return _entry(definition, first, status, flags, (), fields, known=frozenset(first["fields"]))


def changed_entry(
    definition: Definition, row: Payload, status: str | None, flags: Sequence[str], unflag: Sequence[str], fields: Mapping[str, Any]
) -> Payload:
    """Raises `InputFault` with everything that is wrong, `Misuse` where all is said of the member already."""
    members = require_roll(definition)
    found = _entry(definition, row, status, flags, unflag, fields, known=frozenset(members.fields))
    if found == row:
        en = f"nothing changes for {row['id']}: this is what the roll says already; give another status, flag or field"
        raise Misuse(Text.of(en, f"{row['id']} 没有变化：名册已是如此；请给出不同的状态、标记或字段"), "same")
    return found


def _entry(
    definition: Definition,
    row: Payload,
    status: str | None,
    flags: Sequence[str],
    unflag: Sequence[str],
    fields: Mapping[str, Any],
    *,
    known: frozenset[str],
) -> Payload:
    members = require_roll(definition)
    values, faults = read_fields(members.fields, fields, known=known)
    stands = row["status"] if status is None else _read(definition, members.status, "status", status, faults)
    more, fewer = ({_read(definition, members.flags, "flags", word, faults) for word in words} for words in (flags, unflag))
    refuse_faults(faults)
    if more & fewer:
        both = "、".join(sorted(map(str, more & fewer)))
        raise Misuse(Text.of(f"set and taken away at once: {both}", f"同一标记不能既加又去：{both}"), "flags")
    return {**row, "status": stands, "flags": sorted({*row["flags"], *more} - fewer), "fields": {**row["fields"], **values}}


def read_departure(definition: Definition, departure: str | None) -> str | None:
    """Why somebody leaves for good. Raises `InputFault`, or `Misuse` where none is given of those there are."""
    declared = require_roll(definition).departures
    words = Vocabulary.of(declared, definition)
    if departure is None:
        if declared:
            shown = [words.shown(name) for name in declared]
            en = f"say why: departure is one of {', '.join(each.say('en') for each in shown)}"
            raise Misuse(Text.of(en, f"请写明除册缘由：{'、'.join(each.say('zh') for each in shown)}"), "departure")
        return None
    faults: list[Fault] = []
    found = _read(definition, declared, "departure", departure, faults)
    refuse_faults(faults)
    return found


def _read(definition: Definition, items: Mapping[str, Text], path: str, word: str, faults: list[Fault]) -> str | None:
    """The id a word means; what means none is a fault."""
    words = Vocabulary.of(items, definition)
    found = words.find(word) or words.find_part(word)
    if found is None:
        hint = words.hint(word)
        faults.append(Fault("", path, Text.of(f"{word} is unknown; {hint.say('en')}", f"未知 {word}；{hint.say('zh')}"), path))
    return found
