"""How far something has come, told to whoever wants to know."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]  # how many are done, of how many


def silent(_done: int, _total: int) -> None:
    """Nobody asked for progress."""
