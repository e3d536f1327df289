"""Measuring one thing against others in one process, alternately, so that a noisy machine is noisy for all of them."""

from __future__ import annotations

import gc
from collections.abc import Callable
from statistics import median

from attrs import field, frozen
from rich.table import Table


@frozen
class Side:
    """One of those compared. `measure` does the whole work once and gives the figure, in the bench's unit."""

    name: str
    measure: Callable[[], float]
    aim: float | None = None  # how many times better than this one ours should be


@frozen(kw_only=True)
class Bench:
    """What is measured: ours against others. `limit` is the most ours may be where less is better."""

    title: str
    unit: str
    ours: Side
    others: tuple[Side, ...]
    rounds: int = 7
    more_is_better: bool = True
    limit: float | None = None
    warm_up: bool = True

    def run(self) -> Result:
        """A B C, A B C, ...: every side once in each round, after one round that is not counted (unless there is no `warm_up`)."""
        sides = (self.ours, *self.others)
        figures: dict[str, list[float]] = {side.name: [] for side in sides}
        for number in range(0 if self.warm_up else 1, self.rounds + 1):
            for side in sides:
                gc.collect()
                figure = side.measure()
                if number:
                    figures[side.name].append(figure)
        return Result(self, figures)


@frozen
class Result:
    bench: Bench
    figures: dict[str, list[float]] = field(repr=False)

    def ratios(self, other: Side) -> list[float]:
        """How many times better ours was, round by round."""
        pairs = zip(self.figures[self.bench.ours.name], self.figures[other.name], strict=True)
        return [ours / theirs if self.bench.more_is_better else theirs / ours for ours, theirs in pairs]

    def table(self) -> Table:
        bench = self.bench
        table = Table(title=f"{bench.title} ({bench.rounds} round{'s' if bench.rounds > 1 else ''})", title_justify="left")
        table.add_column("side")
        for heading in (f"median {bench.unit}", "min..max", "ours is better", "min..max", "aim", ""):
            table.add_column(heading, justify="right")
        ours = self.figures[bench.ours.name]
        limit = None if bench.limit is None else median(ours) <= bench.limit
        table.add_row(bench.ours.name, *_spread(ours), "", "", "" if bench.limit is None else f"<= {bench.limit:,g}", _judged(limit))
        for side in bench.others:
            ratios = self.ratios(side)
            reached = None if side.aim is None else median(ratios) >= side.aim
            times = (f"{median(ratios):.2f} x", f"{min(ratios):.2f}..{max(ratios):.2f}")
            table.add_row(
                side.name, *_spread(self.figures[side.name]), *times, "" if side.aim is None else f"{side.aim:g} x", _judged(reached)
            )
        return table


def _spread(figures: list[float]) -> tuple[str, str]:
    return f"{median(figures):,.4g}" if median(figures) < 100 else f"{median(figures):,.0f}", f"{min(figures):,.0f}..{max(figures):,.0f}"


def _judged(reached: bool | None) -> str:
    return "" if reached is None else ("reached" if reached else "missed")
