"""The rules of a campaign in motion in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workflow.definition.model import number_text
from workflow.verdicts.findings import Finding, Verdict
from workflow.verdicts.render import motion_words as words
from workflow.verdicts.render.voice import Voice
from workflow.verdicts.render.words import IN_BRACKETS
from workflow.verdicts.rules import enough


def motion_lines(voice: Voice, verdict: Verdict, finding: Finding) -> list[str]:
    """What a rule asks, and how things are."""
    detail = finding.detail
    match finding.code:
        case "rule.running":
            return [_running(voice, detail, verdict.day)]
        case "rule.started":
            return [voice.say(words.STARTED, branch=voice.branch, state=voice.state(detail["state"]), day=detail["since"])]
        case "rule.cases":
            return [voice.say(words.CASES, n=len(detail["cases"]), listed=voice.cut([_case(voice, case) for case in detail["cases"]]))]
        case "rule.members":
            return [voice.say(words.MEMBERS, n=len(detail["members"]), listed=voice.cut(_named(voice, detail["members"])))]
        case "rule.share":
            return [_share(voice, detail)]
        case "rule.stragglers":
            parts = ((words.UNNAMED, detail["unnamed"]), (words.NEEDLESS, detail["finished"]))
            return [voice.say(text, n=len(found), listed=voice.cut(_named(voice, found))) for text, found in parts if found]
        case "rule.behind":
            return [_behind(voice, detail)]
        case "rule.late":
            attempt = voice.attempt(verdict.attempt, verdict.source)
            return [voice.say(words.LATE, day=detail["happened"], began=detail["began"], attempt=attempt)]
        case _:
            return [voice.say(words.CLOSED, batch=detail["batch"], day=detail["day"])]


def _running(voice: Voice, detail: Mapping[str, Any], day: str) -> str:
    if detail["state"] == "suspended":
        since = detail["since"]
        return voice.say(words.SUSPENDED, branch=voice.branch, day=since, days=voice.days_between(since, day))
    if detail["into"] is None:
        return voice.say(words.DISSOLVED, branch=voice.branch, day=detail["on"])
    return voice.say(words.TAKEN_OVER, branch=voice.branch, day=detail["on"], into=voice.name(detail["into"]))


def _share(voice: Voice, detail: Mapping[str, Any]) -> str:
    total, finished = detail["total"], detail["finished"]
    least = enough(detail["share"], total)
    share = voice.say(words.PERCENT, n=number_text(100 * detail["share"]))
    parameter = voice.definition.parameters.get(detail["share_name"] or "")
    if parameter is not None:
        share = voice.say(words.PERCENT_OF, percent=share, name=parameter.title or parameter.id)
    return voice.say(
        words.SHARE,
        batch=detail["batch"],
        finished=f"{finished:,}",
        total=f"{total:,}",
        noun=voice.branch if total == 1 else voice.plural(voice.branch),
        least=f"{least:,}",
        share=share,
        short=f"{least - finished:,}",
    )


def _behind(voice: Voice, detail: Mapping[str, Any]) -> str:
    known = voice.definition.stages
    stages = voice.listed(voice.say(known[stage].title) if stage in known else stage for stage in detail["stages"])
    n, listed = len(detail["members"]), voice.cut(_named(voice, detail["members"]))
    return voice.say(words.BEHIND, branch=voice.branch, stages=stages, n=n, listed=listed)


def _case(voice: Voice, case: Mapping[str, str]) -> str:
    kind = voice.case_kind(case["id"])
    return _called(voice, case["title"] or (voice.say(kind.title) if kind else ""), case["id"])


def _named(voice: Voice, found: Iterable[Mapping[str, str]]) -> list[str]:
    return [_called(voice, each.get("name") or each.get("title") or "", each["id"]) for each in found]


def _called(voice: Voice, name: str, ident: str) -> str:
    """What people call it, with its id where that is something else."""
    return voice.say(IN_BRACKETS, text=name, more=ident) if name and name != ident else ident
