"""Answers about then and now, in words and as JSON."""

from __future__ import annotations

from typing import Any

from workflow.audit import words
from workflow.audit.telling import bearings_json, document_json, document_lines, position_text, stored_json, stored_line, voice_of
from workflow.audit.then import Then
from workflow.engine.campaign import Campaign
from workflow.ledger import branch_stream


def explain_then(campaign: Campaign, answer: Then, lang: str = "en", *, full: bool = False) -> str:
    """The answer in words: the outlook of that day, what was learnt of it later, and where in the ledger all this stands."""
    voice, at = voice_of(campaign, answer.outlook.definition, lang, full=full), answer.at
    text = words.BY_THEN if answer.at == answer.known_at else words.BY_LATER
    lines = [voice.say(text, at=at, known=answer.known_at), campaign.explain(answer.outlook, lang, full=full)]
    for heading, found in ((words.LATE, answer.late), (words.WITHDRAWN, answer.withdrawn)):
        if found:
            home = branch_stream(answer.outlook.branch)
            lines += ["", voice.say(heading, at=at, n=len(found)), *document_lines(voice, found, home)]
    if answer.decided is not None:
        told = stored_line(voice_of(campaign, answer.decided.verdict.definition, lang), answer.decided)
        lines += ["", voice.say(words.DECIDED, line=told)]
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
        "decided": None if answer.decided is None else stored_json(campaign, answer.decided, lang),
        "outlook": campaign.as_json(answer.outlook, lang),
    }
