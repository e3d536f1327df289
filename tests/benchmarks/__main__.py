"""`python -m tests.benchmarks [NAME...]`: run the named benches, or all of them."""

from __future__ import annotations

import tempfile
from importlib import import_module
from pathlib import Path

import click
from rich.console import Console

from tests.benchmarks.surroundings import surroundings

# Each a module with `benches(where)`.
NAMES = ("triggers", "memory", "moves", "groups", "hosting", "verdicts", "audit", "reminders", "simulation")


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
@click.option("--where", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Folder (disk) for the databases.")
def main(names: tuple[str, ...], where: Path | None) -> None:
    """Compare ours with others on this machine. Nothing is asserted."""
    console = Console(width=140)
    with tempfile.TemporaryDirectory(dir=where) as folder:
        console.print(surroundings(Path(folder)))
        for name in names or NAMES:
            for bench in import_module(f"tests.benchmarks.{name}").benches(Path(folder)):
                console.print(bench.run().table())


if __name__ == "__main__":
    main()
