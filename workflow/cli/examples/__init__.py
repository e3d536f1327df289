"""Example campaigns made on the spot: invented people, figures as the sources report them, the same files for the same seed."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

from attrs import frozen

from workflow.cli.examples import bureau, district
from workflow.cli.examples.readme import README
from workflow.cli.examples.story import Written
from workflow.progress import Progress, silent
from workflow.texts import Text, counted

__all__ = ["EXAMPLES", "SEED", "ExampleReport", "write_example"]

Name = Literal["bureau", "district"]

EXAMPLES: tuple[str, ...] = get_args(Name)
SEED = 2005


@frozen(kw_only=True)
class ExampleReport:
    """What was written: the seed it came from, its files, and how many branches, members, documents, lines and other commands."""

    name: str
    seed: int
    files: tuple[Path, ...]
    branches: int
    members: int
    documents: int
    lines: int
    commands: int

    @property
    def text(self) -> Text:
        listed = ", ".join(str(path) for path in self.files)
        return Text.of(
            f"{self.name} (seed {self.seed}): {counted(self.branches, 'branch', 'branches')}, {self.members:,} members,"
            f" {self.documents:,} documents with"
            f" {self.lines:,} lines, {self.commands:,} moves and cases; written: {listed}",
            f"{self.name}（种子 {self.seed}）：支部 {self.branches:,} 个，党员 {self.members:,} 名，"
            f"记录 {self.documents:,} 份（明细 {self.lines:,} 行），动作和事项 {self.commands:,} 项；已写入：{listed}",
        )

    def __str__(self) -> str:
        return self.text.say("en")


def write_example(name: str, out: Path, seed: int = SEED, progress: Progress | None = None) -> ExampleReport:
    """Writes an example's roster, records and README into the folder `out`, which is made if need be.

    `progress(done, total)` is called while stories are told. Raises `ValueError` for a name not in `EXAMPLES`.
    """
    if name not in EXAMPLES:
        raise ValueError(f"{name!r} is not one of {', '.join(EXAMPLES)}")
    out.mkdir(parents=True, exist_ok=True)
    tell = progress or silent
    branches, members, written = bureau.write(out, seed, tell) if name == "bureau" else district.write(out, seed, tell)
    readme = out / "README.txt"
    readme.write_text(README[name].format(seed=seed), encoding="utf-8", newline="\n")
    return ExampleReport(
        name=name,
        seed=seed,
        files=(out / "roster.csv", *(file.path for file in written), readme),
        branches=branches,
        members=members,
        **_totals(written),
    )


def _totals(written: list[Written]) -> dict[str, int]:
    return {what: sum(getattr(file, what) for file in written) for what in ("documents", "lines", "commands")}
