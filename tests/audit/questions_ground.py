"""A page of questions in `examples`: its district, made by the commands that stand there, and the questions asked of it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from attrs import frozen
from click.testing import CliRunner

from tests.story import EXAMPLES
from workflow.cli.app import cli
from workflow.definition.loading import shipped

PAGE = EXAMPLES / "auditors-questions.md"
_SETUP = re.compile(r"```sh\n(.*?)```", re.S)
_QUESTION = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| `workflow (.+?)` \|$", re.M)
_FURTHER = re.compile(r"^\| (\d+: .+?) · .+? \| `workflow (.+?)` \|$", re.M)


@frozen
class Question:
    """One row of the page: its number, and the command that answers."""

    number: int
    command: tuple[str, ...]


def questions(page: Path = PAGE) -> list[Question]:
    return [Question(int(number), tuple(shlex.split(command))) for number, _, _, command in _QUESTION.findall(page.read_text("utf-8"))]


def further(page: Path = PAGE) -> list[tuple[str, ...]]:
    return [tuple(shlex.split(command)) for _, command in _FURTHER.findall(page.read_text("utf-8"))]


def make(folder: Path) -> Path:
    """The auditor's district; its database."""
    _april(folder / "april.yaml")
    return carry_out(PAGE, folder, "auditors-roster.csv", "auditors-district.jsonl")


def carry_out(page: Path, folder: Path, *beside: str) -> Path:
    """Carries out a page's commands in a folder, with the files `beside` the page; the database."""
    for name in beside:
        (folder / name).write_bytes((EXAMPLES / name).read_bytes())
    setup = _SETUP.search(page.read_text("utf-8"))
    assert setup is not None
    files = {each.name for each in folder.iterdir()} | {"roster.csv", "records.jsonl", "district.db", "."}
    for line in setup[1].splitlines():
        words = [str(folder / word) if word in files else word for word in shlex.split(line)[1:]]
        done = CliRunner().invoke(cli, words)
        assert done.exit_code in (0, 1), (line, done.stdout, done.stderr)  # 1: some lines of the story are refused, as they should be
    return folder / "district.db"


def _april(path: Path) -> None:
    text = shipped()["advanced-nature-2005"].read_text("utf-8")
    changes = {'version: "1"': 'version: "2"', "study_class_hours: {value: 40,": "study_class_hours: {value: 44,"}
    for old, new in changes.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def answer(db: Path, command: tuple[str, ...], lang: str) -> tuple[int, str]:
    """Exit code and what is said."""
    done = CliRunner().invoke(cli, [*command, "--db", str(db), "--lang", lang])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.stderr == ""
    return done.exit_code, done.stdout
