"""What answers about the past have in common when they are told: where they stand, the documents they name, stored verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from attrs import asdict, evolve

from workflow.audit import words
from workflow.audit.attempts import Stored
from workflow.audit.bearings import AsOf, Document, InForce
from workflow.engine.campaign import Campaign
from workflow.engine.naming import Names
from workflow.ledger import CAMPAIGN, branch_stream
from workflow.verdicts.render import words as common
from workflow.verdicts.render.findings import numbers
from workflow.verdicts.render.verdicts import standing_text
from workflow.verdicts.render.voice import MOST, Voice

INDENT = "    "
_HASH = 8  # digits of a hash that are shown


def voice_of(campaign: Campaign, definition: str, lang: str, *, full: bool = False) -> Voice:
    """Speaks the words of one version."""
    return Voice(campaign.version(definition), lang, full, Names(campaign.store))


def position_text(voice: Voice, position: AsOf, version: InForce) -> str:
    """`as of ledger event #123 (b1 #17, 2005-03-18), under version 2 (1c394f8a) in force from 2005-03-10`"""
    return voice.say(
        words.POSITION,
        position=position.position,
        where=_where(voice, position.stream),
        seq=position.seq,
        day=position.day,
        number=version.number,
        hash=version.definition[:_HASH],
        since=version.since,
    )


def version_text(voice: Voice, version: InForce) -> str:
    return voice.say(words.IN_VERSION, number=version.number, hash=version.definition[:_HASH])


def bearings_json(voice: Voice, position: AsOf, version: InForce) -> dict[str, Any]:
    said = position_text(voice, position, version)
    return {"position": asdict(position), "in_force": asdict(version), "as_of": said}


def document_lines(voice: Voice, documents: Sequence[Document], home: str) -> list[str]:
    """A line for each document, indented, alike ones in one line; those in another stream than `home` with where they stand."""
    alike = [list(group) for _, group in groupby(documents, lambda each: evolve(each, seq=0))]
    shown = alike if voice.full else alike[:MOST]
    lines = [INDENT + document_text(voice, group, home) for group in shown]
    left = sum(map(len, alike[len(shown) :]))
    return [*lines, *([INDENT + voice.say(common.AND_MORE, n=left)] if left else [])]


def document_text(voice: Voice, documents: Sequence[Document], home: str = "") -> str:
    """Of one document, or of several that differ in their numbers only."""
    one, seqs = documents[0], numbers(voice, [each.seq for each in documents])
    kind = voice.definition.records.get(one.record)
    said = voice.say(
        words.JOINED if one.record == "joined" else words.DOCUMENT,
        place=seqs if one.stream == home else voice.say(words.PLACE_IN, where=_where(voice, one.stream), numbers=seqs),
        kind=one.record if kind is None else voice.say(kind.title),
        happened=one.happened,
        recorded=one.recorded,
        by=voice.name(one.by),
    )
    if one.withdrawn is None:
        return said
    return said + voice.say(words.TAKEN_BACK, day=one.withdrawn, by=voice.name(one.withdrawn_by or ""), reason=one.reason)


def document_json(voice: Voice, document: Document) -> dict[str, Any]:
    return {**asdict(document), "text": document_text(voice, [document], document.stream)}


def _where(voice: Voice, stream: str) -> str:
    """A branch by its id, as it stands in the ledger."""
    return voice.say(words.CAMPAIGN) if stream == CAMPAIGN else voice.called(stream.removeprefix(branch_stream("")))


def stored_line(voice: Voice, stored: Stored) -> str:
    """A stored verdict in one line."""
    verdict = stored.verdict
    return voice.say(
        words.MADE if verdict.allowed else words.NOT_MADE,
        seq=stored.position.seq,
        day=stored.day,
        move=voice.move(stored.move, verdict.source),
        standing=standing_text(voice, verdict.standing),
        codes=voice.listed(f.code for f in verdict.standing),
    )


def stored_json(campaign: Campaign, stored: Stored, lang: str) -> dict[str, Any]:
    voice = voice_of(campaign, stored.verdict.definition, lang)
    standing = [f.code for f in stored.verdict.standing]
    about = {"attempt": stored.attempt, "move": stored.move, "allowed": stored.verdict.allowed, "day": stored.day, "standing": standing}
    return {**about, **bearings_json(voice, stored.position, stored.in_force), "text": stored_line(voice, stored)}
