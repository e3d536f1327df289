"""What commands on a campaign in motion came to, in words: rules enacted, clocks stopped, members and branches moved, batches closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.store.facts import GROUP
from workflow.texts import Text
from workflow.verdicts.findings import Verdict
from workflow.verdicts.render import motion_words as words
from workflow.verdicts.render.figures import value_text
from workflow.verdicts.render.voice import Voice
from workflow.verdicts.render.words import CAMPAIGN, REASON, STATE

Detail = Mapping[str, Any]


def motion_values(voice: Voice, verdict: Verdict) -> dict[str, object]:
    """What the sentence about a command says beside its branch; of one refused only what was asked."""
    kind, name = verdict.about
    if not verdict.allowed:
        return {"member": voice.name(name), "batch": name}
    detail = verdict.detail
    match kind:
        case "extend":
            stage = voice.definition.stage_of(verdict.source)
            return {"days": voice.days(detail["days"]), "stage": stage.title if stage else verdict.source}
        case "suspend" | "resume":
            return {"day": detail["on"]}
        case "enrol" | "change":
            return {"member": detail["member"]["name"] or name}
        case "transfer":
            return {"member": voice.name(name), "into": voice.name(detail["to"])}
        case "reassign":
            return {"place": _place(voice, detail)}
        case "merge" | "dissolve":
            return {"into": voice.name(detail["into"] or "")}
        case "split":
            return {"into": voice.names.get(detail["into"]) or detail.get("title") or detail["into"]}
        case "close_batch":
            finished, total = detail["finished"], detail["total"]
            return {"batch": name, "finished": f"{finished:,}", "total": f"{total:,}", "noun": _branches(voice, total)}
        case "enact":
            return {"version": detail["version"], "day": detail["starts"], "scope": words.SCOPES[detail["scope"]]}
        case "appoint" | "relieve":
            return {"member": voice.name(name), "role": voice.role(detail["role"]), "target": _target(voice, detail["target"])}
        case _:
            return {"member": voice.name(name)}


def motion_lines(voice: Voice, verdict: Verdict) -> list[str]:
    """What else there is to know of it, and why it was done."""
    return [*_about(voice, verdict, verdict.detail), voice.say(REASON, text=verdict.detail["reason"])]


def _about(voice: Voice, verdict: Verdict, detail: Detail) -> list[str]:
    match verdict.command:
        case "extend" if detail.get("planned_end"):
            past = [voice.say(words.STILL_PAST)] if detail["planned_end"] < verdict.day else []
            return [voice.say(words.END_MOVES, was=detail["was"], end=detail["planned_end"]), *past]
        case "enrol":
            return [*_entry(voice, words.ENTRY, detail["member"]), *_dossier(voice, detail)]
        case "change":
            return [*_entry(voice, words.ENTRY_BEFORE, detail["was"]), *_entry(voice, words.ENTRY, detail["member"])]
        case "transfer":
            return [*_dossier(voice, detail), *_roles(voice, detail)]
        case "remove":
            return [*_removed(voice, verdict, detail), *_roles(voice, detail)]
        case "reassign":
            return _reassigned(voice, detail)
        case "merge" | "dissolve":
            return _ended(voice, detail)
        case "split":
            listed = voice.cut([*map(voice.name, detail["members"])])
            return [voice.say(words.SPLIT_OFF, noun=_members(voice), n=len(detail["members"]), listed=listed)]
        case "close_batch":
            return [voice.say(words.STRAGGLER, branch=voice.name(b), reason=reason) for b, reason in detail["stragglers"].items()]
        case "enact":
            pairs = [voice.say(words.BECOMES, old=old, new=new) for old, new in detail["states"].items()]
            states = [voice.say(words.STATES, listed=voice.listed(pairs))] if pairs else []
            return [*states, voice.say(words.HASH, hash=detail["hash"])]
        case _:
            return []


def _entry(voice: Voice, text: Text, member: Detail) -> list[str]:
    """A member's row on the roll: status, flags, and the fields that are filled in."""
    known = voice.definition.members
    if known is None:
        return []
    titles = [known.status.get(member["status"]), *(known.flags.get(flag) for flag in member["flags"])]
    said = [voice.say(title) for title in titles if title]
    for name, value in member["fields"].items():
        field = known.fields.get(name)
        if field is not None:
            said.append(voice.say(STATE, label=field.title, value=value_text(voice, value, field.unit, field.options)))
    return [voice.say(text, listed=voice.listed(said))]


def _dossier(voice: Voice, detail: Detail) -> list[str]:
    carried = detail.get("carried")
    return [voice.say(words.DOSSIER, records=f"{carried['records']:,}", cases=f"{carried['cases']:,}")] if carried else []


def _roles(voice: Voice, detail: Detail) -> list[str]:
    """Those that end, and those that are held for the new branch."""
    parts = ((words.ROLES_ENDED, detail.get("ended_roles")), (words.ROLES_GIVEN, detail.get("given_roles")))
    return [voice.say(text, roles=voice.roles(found), branch=voice.branch) for text, found in parts if found]


def _removed(voice: Voice, verdict: Verdict, detail: Detail) -> list[str]:
    known, day = voice.definition.members, detail.get("on", verdict.day)
    why = known.departures.get(detail.get("departure") or "") if known else None
    left = voice.say(words.LEFT_ON, day=day) if why is None else voice.say(words.DEPARTURE, day=day, why=why)
    return [left, *_cases(voice, words.CASES_GONE, detail)]


def _cases(voice: Voice, text: Text, detail: Detail) -> list[str]:
    found = detail.get("cases")
    return [voice.say(text, n=len(found), listed=voice.cut([*found]))] if found else []


def _reassigned(voice: Voice, detail: Detail) -> list[str]:
    lines = [voice.say(words.WAS, place=_place(voice, detail["was"]))]
    again = detail.get("restart")
    if again:
        state, attempt = again["to"], voice.attempt(again["attempt"]["number"], again["attempt"]["stage"])
        lines.append(voice.say(words.RESTART, state=voice.state(state), attempt=attempt))
    return lines


def _ended(voice: Voice, detail: Detail) -> list[str]:
    """Where its members and its open cases went."""
    lines = []
    if detail["members"]:
        for home, n in detail.get("homes", {detail["into"]: detail["members"]}).items():
            lines.append(voice.say(words.COME_OVER, into=voice.name(home or ""), noun=_members(voice), n=f"{n:,}"))
    pairs = [voice.say(words.BECOMES, old=old, new=new) for old, new in detail["cases"].items()]
    return lines + ([voice.say(words.CASES_MOVED, n=len(pairs), listed=voice.cut(pairs))] if pairs else [])


def _place(voice: Voice, place: Detail) -> str:
    """A batch and a group."""
    batch, group = place["batch"], place["group"]
    first = voice.say(words.NO_BATCH) if batch is None else voice.say(words.BATCH, name=batch)
    second = voice.say(words.NO_GROUP) if group is None else voice.say(words.GROUP, name=group)
    return voice.say(words.AND, first=first, second=second)


def _target(voice: Voice, target: str) -> str:
    """For whom a role is held."""
    if target == "*":
        return voice.say(CAMPAIGN)
    group = target.removeprefix(GROUP)
    return voice.name(target) if group == target else voice.say(words.GROUP, name=group)


def _branches(voice: Voice, n: int) -> str:
    return voice.branch if n == 1 else voice.plural(voice.branch)


def _members(voice: Voice) -> str:
    return voice.plural(voice.say(voice.definition.member_label))
