"""What the figures were taken on: without it they mean nothing."""

from __future__ import annotations

import os
import platform
import sqlite3
import tempfile
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from rich.table import Table

_PACKAGES = ("transitions", "peewee", "attrs", "python-statemachine", "SpiffWorkflow")


def surroundings(where: Path, seconds: float = 1.0) -> Table:
    """Cores, versions, and how many small writes a second the disk under `where` makes durable."""
    table = Table(title="machine", title_justify="left", show_header=False)
    table.add_row(
        "cores", f"{os.cpu_count()}, load {os.getloadavg()[0]:.1f} ({platform.machine()}, {platform.system()} {platform.release()})"
    )
    table.add_row("Python", f"{platform.python_implementation()} {platform.python_version()}")
    table.add_row("SQLite", sqlite3.sqlite_version)
    table.add_row("packages", ", ".join(f"{name} {version(name)}" for name in _PACKAGES))
    table.add_row("fsync", f"{fsync_rate(where, seconds):,.0f}/s of 4,096 bytes appended in {where}")
    return table


def fsync_rate(where: Path, seconds: float) -> float:
    """Appends of one page, each made durable, per second."""
    page, count = b"\0" * 4096, 0
    with tempfile.NamedTemporaryFile(dir=where) as file:
        began = perf_counter()
        while perf_counter() - began < seconds:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
            count += 1
        return count / (perf_counter() - began)
