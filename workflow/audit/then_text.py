"""Answers about then and now, in words and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import asdict

from workflow.audit import words
from workflow.audit.bearings import AsOf, Document, InForce
from workflow.audit.then import Then
from workflow.engine.campaign import Campaign
from workflow.ledger import CAMPAIGN, branch_stream
from workflow.verdicts.render import words as common
from workflow.verdicts.render.voice import MOST, Voice

INDENT = "    "
_HASH = 8  # digits of a hash that are shown


def voice_of(campaign: Campaign, definition: str, lang: str, *, full: bool = False) -> Voice:
    """Speaks the words of one version."""
    return Voice(campaign.version(definition), lang, full, campaign.names())


def explain_then(campaign: Campaign, answer: Then, lang: str = "en", *, full: bool = False) -> str:
    """The answer in words: the outlook of that day, what was learnt of it later, and where in the ledger all this stands."""
    voice, at = voice_of(campaign, answer.outlook.definition, lang, full=full), answer.at
    text = words.BY_THEN if answer.at == answer.known_at else words.BY_LATER
    lines = [voice.say(text, at=at, known=answer.known_at), campaign.explain(answer.outlook, lang, full=full)]
    for heading, found in ((words.LATE, answer.late), (words.WITHDRAWN, answer.withdrawn)):
        if found:
            home = branch_stream(answer.outlook.branch)
            lines += ["", voice.say(heading, at=at, n=len(found)), *document_lines(voice, found, home)]
    return "\n".join([*lines, "", position_text(voice, answer.position, answer.in_force)])


def then_json(campaign: Campaign, answer: Then, lang: str = "en") -> dict[str, Any]:
    """The same as values: the outlook as `outlook.schema.json` has it, beside it the two times, the position and the version."""
    voice = voice_of(campaign, answer.outlook.definition, lang)
    return {
        "at": answer.at,
        "known_at": answer.known_at,
        **bearings_json(voice, answer.position, answer.in_force),
        "late": [document_json(voice, each) for each in answer.late],
        "withdrawn": [document_json(voice, each) for each in answer.withdrawn],
        "outlook": campaign.as_json(answer.outlook, lang),
    }


# -- what answers about attempts say too -----------------------------------------------------------------------------------


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
    """A line for each document, indented; those in another stream than `home` with where they stand."""
    shown = documents if voice.full else documents[:MOST]
    lines = [INDENT + document_text(voice, each, home) for each in shown]
    left = len(documents) - len(shown)
    return [*lines, *([INDENT + voice.say(common.AND_MORE, n=left)] if left else [])]


def document_text(voice: Voice, document: Document, home: str = "") -> str:
    own = document.stream == home
    place = voice.say(words.PLACE if own else words.PLACE_IN, where=_where(voice, document.stream), seq=document.seq)
    kind = voice.definition.records.get(document.record)
    said = voice.say(
        words.JOINED if document.record == "joined" else words.DOCUMENT,
        place=place,
        kind=document.record if kind is None else voice.say(kind.title),
        happened=document.happened,
        recorded=document.recorded,
        by=voice.name(document.by),
    )
    if document.withdrawn is None:
        return said
    by = voice.name(document.withdrawn_by or "")
    return said + voice.say(words.TAKEN_BACK, day=document.withdrawn, by=by, reason=document.reason)


def document_json(voice: Voice, document: Document) -> dict[str, Any]:
    return {**asdict(document), "text": document_text(voice, document, document.stream)}


def _where(voice: Voice, stream: str) -> str:
    """A branch by its id, as it stands in the ledger."""
    return voice.say(words.CAMPAIGN) if stream == CAMPAIGN else stream.removeprefix(branch_stream(""))
