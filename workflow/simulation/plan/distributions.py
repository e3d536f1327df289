"""Lengths of time in a plan: a number, or a distribution with figures that make sense."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, cast

from workflow.definition.loading.draft import Draft
from workflow.definition.loading.faults import Path
from workflow.simulation.plan.model import NO_TIME, Distribution, Kind

_ORDERED: dict[str, tuple[tuple[str, ...], str, str]] = {
    "uniform": (("low", "high"), "two", "两"),
    "triangular": (("low", "mode", "high"), "three", "三"),
}
_NAMED = {"lognormal": ("median", "p90"), "weibull": ("shape", "scale")}


def distribution(draft: Draft, path: Path, instead: Distribution = NO_TIME, *, below_zero: bool = False) -> Distribution:
    """The distribution at a path; `instead` where there is none, or none that is sound.

    Nothing below 0 is taken unless `below_zero` says that a day before will do.
    """
    found = draft.get(path)
    if found is None or draft.touched(path):
        return instead
    kind, value = next(iter(found.items())) if isinstance(found, dict) else ("constant", found)
    at, figures = (*path, kind) if isinstance(found, dict) else path, _figures(kind, value)
    if not _READ.get(kind, _anything)(draft, at, kind, figures):
        return instead
    read = Distribution(cast(Kind, kind), figures)
    if read.least < 0 and not below_zero:
        shown = _shown(read.least)
        en = f"{shown} lies below 0, a length of time of 0 or more was expected"
        draft.fault(at, en, f"{shown} 小于 0，时长应不小于 0", "negative")
        return instead
    return read


def _figures(kind: str, value: Any) -> tuple[float, ...]:
    if isinstance(value, dict):
        return tuple(float(value[name]) for name in _NAMED[kind])
    return tuple(float(each) for each in value) if isinstance(value, list) else (float(value),)


def _anything(_draft: Draft, _path: Path, _kind: str, _figures: Sequence[float]) -> bool:
    return True


def _in_order(draft: Draft, path: Path, kind: str, figures: Sequence[float]) -> bool:
    """As many figures as it takes, none below the one before."""
    names, count, zh_count = _ORDERED[kind]
    listed = ", ".join(names)
    if len(figures) != len(names):
        en = f"{len(figures)} stand here, {count} numbers were expected: [{listed}]"
        draft.fault(path, en, f"此处有 {len(figures)} 个数字，应有{zh_count}个：[{listed}]", "figures")
        return False
    for index, (before, after) in enumerate(pairwise(figures)):
        if after < before:
            one, two = names[index], names[index + 1]
            en = f"{two} ({_shown(after)}) lies below {one} ({_shown(before)}), [{listed}] in this order was expected"
            zh = f"{two}（{_shown(after)}）小于 {one}（{_shown(before)}），应依次为 [{listed}]"
            draft.fault((*path, index + 1), en, zh, "figures")
            return False
    return True


def _above_zero(draft: Draft, path: Path, kind: str, figures: Sequence[float]) -> bool:
    """Figures that only make sense above 0; a ninth decile not below the median."""
    names = _NAMED.get(kind)
    places = [path] if names is None else [(*path, name) for name in names]
    low = [(place, figure) for place, figure in zip(places, figures, strict=True) if figure <= 0]
    for place, figure in low:
        draft.fault(place, f"{_shown(figure)} was found, more than 0 was expected", f"此处为 {_shown(figure)}，应大于 0", "figures")
    if kind == "lognormal" and not low and figures[1] < figures[0]:
        median, p90 = (_shown(figure) for figure in figures)
        en = f"p90 ({p90}) lies below the median ({median}), at least the median was expected"
        draft.fault(places[1], en, f"p90（{p90}）小于中位数 median（{median}），应不小于中位数", "figures")
        return False
    return not low


_READ: dict[str, Callable[[Draft, Path, str, Sequence[float]], bool]] = {
    "uniform": _in_order,
    "triangular": _in_order,
    "exponential": _above_zero,
    "lognormal": _above_zero,
    "weibull": _above_zero,
}


def _shown(figure: float) -> str:
    return f"{figure:g}"
