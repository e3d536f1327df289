"""The command `show`: what can be recorded, moved and required, and by whom; and who and what is on the roster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
from attrs import asdict

from workflow.cli import show
from workflow.cli.catalogue import TOPICS, Plain, counts
from workflow.cli.files import definition_file
from workflow.cli.program import command
from workflow.cli.settings import Settings
from workflow.cli.sheets import Sheet
from workflow.cli.wording import WORDS, summary
from workflow.definition import Definition, load_file
from workflow.definition.differences import ladder_text
from workflow.definition.loading import shipped
from workflow.definition.model import Rung
from workflow.engine.campaign import Campaign
from workflow.engine.entry import TYPES
from workflow.errors import Misuse, NotFound, did_you_mean
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice
from workflow.verdicts.render.words import IN_BRACKETS

_BRANCHES = "SELECT id, title, batch, grp, state FROM workflow_branch ORDER BY id"
ROSTER = ("branches", "people")
_TITLE = Text.of("{definition}: {n} {topic}", "{definition}：{topic}（{n}）")
_COLUMNS = {
    "stages": ("id", "title", "lasts", "gate", "phases", "steps"),
    "moves": ("id", "title", "from", "to", "by", "fields"),
    "requirements": ("id", "title", "level", "each", "owner", "waivable_by"),
    "records": ("id", "title", "of", "by", "lines", "fields"),
    "cases": ("id", "title", "of", "by", "fields", "moves"),
    "roles": ("id", "title", "scope"),
    "parameters": ("id", "title", "text", "basis"),
    "deadlines": ("id", "title", "day", "each", "owner", "ladder", "urgent"),
    "authority": ("id", "title", "by"),
    "branches": ("id", "title", "batch", "group", "state"),
    "people": ("id", "name", "branch", "roles_held"),
}
_OPTIONAL = Text.of("{field} (optional)", "{field}（可不填）")
_YES = Text.of("yes", "是")
_SEE = Text.of(
    "See `workflow show {words}`, and with an id after it one of them.", "用 `workflow show {words}` 逐类列出，其后再加标识可看其中一项。"
)
_NONE = Text.of("There are none.", "没有。")
_WHICH = Text.of(
    "which definition? give --db PATH, or name a file or one that comes with the program ({shipped})",
    "哪个方案？请给出 --db 路径，或写明文件名或随程序附带的方案名称（{shipped}）",
)


@command(
    "show",
    "Show what a definition holds: its records, moves, requirements, roles, cases, parameters, stages, deadlines or authority; with"
    " an id, one of them in full. Without FILE it is the campaign's own, and then branches and people can be shown too.",
    "显示方案内容：records（记录）、moves（动作）、requirements（条件）、roles（角色）、cases（事项）、parameters（参数）、"
    "stages（阶段）、deadlines（期限）或 authority（职权）；后加标识则详列其中一项。"
    "不写 FILE 即为当前活动的方案，此时还可显示 branches（支部）和 people（人员）。",
    without=("now",),
)
@click.argument("said", nargs=-1, metavar="[FILE] [WHAT] [ID]")
@click.pass_obj
def show_(settings: Settings, said: tuple[str, ...]) -> None:
    file, topic, ident = _read(said)
    if file is None and topic in ROSTER:
        with settings.campaign() as campaign:
            voice = Voice(campaign.definition, settings.lang, names=campaign.names())
            _show(settings, voice, str(topic), _branches(voice, campaign) if topic == "branches" else _people(campaign), ident)
        return
    voice = Voice(_definition(settings, file), settings.lang)
    if topic is None:
        _overview(settings, voice, file)
    else:
        _show(settings, voice, topic, TOPICS[topic](voice), ident)


def _read(said: Sequence[str]) -> tuple[str | None, str | None, str | None]:
    """File, topic and id. Raises `NotFound` for an unknown topic, `Misuse` for too much."""
    words = list(said)
    file = None if not words or words[0] in (*TOPICS, *ROSTER) else words.pop(0)
    topic = words.pop(0) if words else None
    if topic is not None and (topic not in TOPICS and (file is not None or topic not in ROSTER)):
        hint = did_you_mean(topic, [*TOPICS])
        raise NotFound(Text.of(f"a definition has no {topic}; {hint.say('en')}", f"方案中没有 {topic}；{hint.say('zh')}"), "topic")
    if len(words) > 1:
        raise Misuse(Text.of(f"too much on the command line: {' '.join(words[1:])}", f"多余的参数：{' '.join(words[1:])}"), "usage")
    return file, topic, words[0] if words else None


def _definition(settings: Settings, file: str | None) -> Definition:
    if file is not None:
        return load_file(definition_file(file, (*TOPICS, *ROSTER)))
    if settings.db is None:
        text = Text.of(_WHICH.say("en", shipped=", ".join(shipped())), _WHICH.say("zh", shipped="、".join(shipped())))
        raise Misuse(text, "no-database")
    with settings.campaign() as campaign:
        return campaign.definition


def _overview(settings: Settings, voice: Voice, file: str | None) -> None:
    definition = voice.definition
    if settings.json:
        about = {"id": definition.id, "version": definition.version, "title": voice.say(definition.title), "hash": definition.hash}
        show.say_json({**about, **counts(definition)})
        return
    show.draw(summary(voice, f"{voice.say(definition.title)} [{definition.id}]"))
    topics = "|".join((*TOPICS, *(() if file else ROSTER)))
    show.say("\n" + voice.say(_SEE, words=f"{file} {topics}" if file else topics))


# -- one topic ---------------------------------------------------------------------------------------------------------


def _show(settings: Settings, voice: Voice, topic: str, found: list[Plain], ident: str | None) -> None:
    if ident is not None:
        chosen = [plain for plain in found if plain["id"] == ident]
        if not chosen:
            hint = did_you_mean(ident, {plain["id"]: plain.get("title") or plain.get("name", "") for plain in found}, topic)
            en = f"there is nothing called {ident} among the {topic}; {hint.say('en')}"
            raise NotFound(Text.of(en, f"{WORDS[topic].say('zh')}中没有 {ident}；{hint.say('zh')}"), "item")
        found = chosen
    if settings.json:
        show.say_json(found)
    elif ident is not None:
        show.draw(*(part for plain in found for part in _one(voice, plain)))
    else:
        show.draw(_table(voice, topic, found))


def _table(voice: Voice, topic: str, found: Sequence[Plain]) -> Sheet | str:
    title = voice.say(_TITLE, definition=voice.say(voice.definition.title), n=f"{len(found):,}", topic=WORDS[topic])
    return _sheet(voice, topic, title, found) if found else f"{title}\n{voice.say(_NONE)}"


def _sheet(voice: Voice, topic: str, title: str, found: Sequence[Plain]) -> Sheet:
    columns = _COLUMNS[topic]
    table = show.table(title, *(voice.say(WORDS[name]) for name in columns))
    for plain in found:
        table.add_row(*(_cell(voice, name, plain.get(name)) for name in columns))
    return table


def _one(voice: Voice, plain: Plain) -> list[Sheet | str]:
    """One item in full: everything said of it, then its fields and moves in tables of their own."""
    states = plain.get("states", {})
    moves = [
        {**each, "from": [states.get(s, s) for s in each["from"]], "to": [states.get(s, s) for s in each["to"]]}
        for each in plain.get("moves", ())
        if isinstance(each, dict)
    ]
    apart = ("id", "title", "name", "fields", *(["moves"] if moves else []))
    own = [name for name in plain if name in WORDS and name not in apart and _cell(voice, name, plain[name])]
    lines = [f"{voice.say(WORDS[name])}{'：' if voice.lang == 'zh' else ': '}{_full(voice, name, plain[name])}" for name in own]
    head = voice.with_code(plain.get("title") or plain.get("name", ""), plain["id"])
    parts: list[Sheet | str] = [head, *(f"    {line}" for line in lines)]
    if plain.get("fields"):
        table = show.table(voice.say(WORDS["fields"]), *(voice.say(WORDS[name]) for name in ("id", "title", "type", "options")))
        for each in plain["fields"]:
            table.add_row(each["id"], each["title"], _type(voice, each), _cell(voice, "options", each.get("options")))
        parts += ["", table]
    return [*parts, "", _sheet(voice, "moves", voice.say(WORDS["moves"]), moves)] if moves else parts


def _type(voice: Voice, each: Plain) -> str:
    kind = voice.say(TYPES[each["type"]]) + (f" ({each['unit']})" if each.get("unit") else "")
    return voice.say(_OPTIONAL, field=kind) if each.get("optional") else kind


def _full(voice: Voice, name: str, value: Any) -> str:
    """As in a table, but every move of a case is left to its own."""
    if name in ("requires", "waives"):
        return voice.clauses(f"{voice.requirement(code)} [{code}]" for code in value)
    return _cell(voice, name, value)


def _cell(voice: Voice, name: str, value: Any) -> str:
    """A value as people read it; ids that are to be typed stay as they are."""
    if value is None or value is False or value == "" or value == []:
        return ""
    match name:
        case "by" | "waivable_by":
            return voice.roles(value)
        case "ladder" | "at" | "urgent":
            return _announced(voice, name, value)
        case "owner":
            return voice.role(value)
        case "of" | "scope" | "each" | "level":
            return voice.say(WORDS[value]) if value in WORDS else value
        case "fields" | "steps" | "moves":
            return voice.listed(each["id"] if isinstance(each, dict) else each for each in value)
        case "from" | "to":
            return voice.listed(dict.fromkeys(_place(voice, state) for state in value))
        case "options" | "states" | "phases":
            return voice.listed(_beside(voice, title, name) for name, title in value.items())
        case "roles_held":
            return voice.listed(_beside(voice, voice.role(held["role"]), held["target"]) for held in value)
        case "state":
            return voice.state(value)
        case "basis":
            return voice.clauses(source["title"] for source in value if source["id"] in voice.definition.instruments)
        case _:
            return voice.listed(map(str, value)) if isinstance(value, list) else str(value)


def _announced(voice: Voice, name: str, value: Any) -> str:
    """How a deadline is announced: its rungs, at what time of the day by role, and whether on closed days too."""
    if name == "ladder":
        return voice.say(ladder_text(voice.definition, [Rung(**rung) for rung in value]))
    return voice.say(_YES) if name == "urgent" else voice.listed(f"{voice.role(role)} {at}" for role, at in value.items())


def _beside(voice: Voice, title: str, name: str) -> str:
    return title if title == name else voice.say(IN_BRACKETS, text=title, more=name)


def _place(voice: Voice, state: str | None) -> str:
    """A phase by its title, without the stage: most moves are the same in every stage."""
    found = voice.definition.states.get(state or "")
    return voice.say(found.title) if found else str(state or "·")


# -- the roster --------------------------------------------------------------------------------------------------------


def _branches(voice: Voice, campaign: Campaign) -> list[Plain]:
    names = ("id", "title", "batch", "group", "state")
    return [{**dict(zip(names, row, strict=True)), "state_title": voice.state(row[4])} for row in campaign.store.rows(_BRANCHES)]


def _people(campaign: Campaign) -> list[Plain]:
    return [
        {"id": each.id, "name": each.name, "branch": each.branch or "", "roles_held": [asdict(role) for role in each.roles]}
        for each in campaign.people()
    ]
