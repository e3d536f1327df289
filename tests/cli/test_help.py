"""Every command and every option has help in both languages, and every method of `Campaign` a command."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click
import pytest

from tests.cli.conftest import Desk
from workflow.cli.app import cli
from workflow.cli.program import Command, Group, Option
from workflow.engine.campaign import Campaign
from workflow.texts import LANGUAGES

COMMANDS_OF = {
    "create": "new",
    "open": "why",
    "open_or_create": "new",
    "close": "why",
    "record": "record",
    "withdraw": "withdraw",
    "ask": "ask",
    "move": "move",
    "waive": "waive",
    "open_case": "case open",
    "ask_case": "case ask",
    "move_case": "case move",
    "cases": "case list",
    "import_roster": "import",
    "import_records": "import",
    "why": "why",
    "explain": "why",
    "as_json": "why",
    "board": "board",
    "outlooks": "board",
    "dues": "due",
    "branches": "board",
    "names": "timeline",
    "members": "show",
    "people": "show",
    "verdict": "timeline",
    "timeline": "timeline",
    "export": "export",
    "import_tables": "import",
    "attempts": "timeline",
    "verify": "verify",
    "reassign": "branch reassign",
    "merge": "branch merge",
    "split": "branch split",
    "dissolve": "branch dissolve",
    "close_batch": "batch close",
    "batches": "batch show",
    "enact": "enact",
    "preview": "enact",
    "version": "timeline",
    "extend": "extend",
    "suspend": "suspend",
    "resume": "resume",
    "enrol": "member enrol",
    "transfer": "member transfer",
    "change": "member change",
    "remove": "member remove",
    "member": "member show",
    "appoint": "appoint",
    "relieve": "relieve",
}


def commands(group: click.Group = cli, above: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{above}{name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{above}{name} ")


ALL = dict(commands())


def test_the_commands() -> None:
    entering = "demo example check draw show new record import withdraw ask move waive case enact extend suspend resume member appoint relieve branch batch"
    looking = "why blocked unblock board due timeline records report export verify audit remind outgoing simulate forecast rehearse"
    assert [name for name in ALL if " " not in name] == f"{entering} {looking}".split()


@pytest.mark.parametrize("name", ALL)
def test_every_command_and_option_has_help_in_both_languages(name: str) -> None:
    command = ALL[name]
    assert isinstance(command, Command | Group)
    said = [command.text, *(parameter.text for parameter in command.params if isinstance(parameter, Option))]
    assert all(isinstance(p, Option | click.Argument) for p in command.params)
    for text in said:
        assert all(text.by_language.get(lang, "").strip() for lang in LANGUAGES), text
        assert any("一" <= char <= "鿿" for char in text.say("zh")), text
        assert not any("一" <= char <= "鿿" for char in text.say("en")), text


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_help_follows_the_language_wherever_it_stands(desk: Desk, name: str, lang: str) -> None:
    before = desk.run("--lang", lang, *name.split(), "--help", global_options=False).stdout
    after = desk.run(*name.split(), "--help", "--lang", lang, global_options=False).stdout
    assert before == after
    assert before.startswith("用法：workflow " if lang == "zh" else "Usage: workflow ")
    command = ALL[name]
    for parameter in command.params:
        if isinstance(parameter, Option) and not parameter.hidden:
            words = parameter.text.say(lang).split()
            assert words[0] in before


def test_every_method_of_a_campaign_has_a_command() -> None:
    methods = {name for name, _ in inspect.getmembers(Campaign, callable) if not name.startswith("_")}
    assert methods - {"after_commit"} == set(COMMANDS_OF)  # a hook is for the program that embeds
    assert set(COMMANDS_OF.values()) <= set(ALL)


def test_help_lists_every_command(desk: Desk) -> None:
    said = desk.run("--help", global_options=False).stdout
    assert all(f"  {name} " in said for name in ALL if " " not in name)


def test_a_command_named_alone_shows_its_help(desk: Desk) -> None:
    alone = desk.run(global_options=False)
    assert alone.stdout == desk.run("--help", global_options=False).stdout == desk.run("-h", global_options=False).stdout
    group = desk.run("case", code=2, global_options=False)
    assert group.stdout == desk.run("case", "-h", global_options=False).stdout
    assert group.stderr == ""


def test_options_without_a_meaning_are_taken_and_not_shown(desk: Desk) -> None:
    for name in ("check", "draw", "example", "demo"):
        said = desk.run(name, "--help", global_options=False).stdout
        assert "--db" not in said
        assert "--now" not in said
        assert "--json" in said
    assert "--db" in desk.run("board", "--help", global_options=False).stdout


def test_an_unknown_command_lists_them_all(desk: Desk) -> None:
    said = desk.run("xyzzy", code=2, global_options=False).stderr
    assert all(name in said for name in ALL if " " not in name)
