"""Units of sums, products and quotients."""

from __future__ import annotations

import ast
from collections import Counter

from workflow.definition.expressions.types import ANY_UNIT

_SHARES = (None, ANY_UNIT, "%")  # what a figure is only scaled by


def unit_of(op: ast.operator, left: str | None, right: str | None) -> str | None:
    """The unit of a result. Two units multiplied or divided make one of their own, `h*h`, `chars/h`; of like by like it is any."""
    if isinstance(op, (ast.Add, ast.Sub)):
        return right if left == ANY_UNIT else left
    divided = isinstance(op, ast.Div)
    if right in _SHARES:
        if divided and left == right == "%":
            return ANY_UNIT
        return right if left == ANY_UNIT and not divided else left
    if left in _SHARES and not divided:
        return right
    return _product("1" if left in _SHARES else str(left), str(right), -1 if divided else 1)


def _product(left: str, right: str, way: int) -> str:
    powers: Counter[str] = Counter()
    for unit, sign in ((left, 1), (right, way)):
        top, _, bottom = unit.partition("/")
        for names, power in ((top, sign), (bottom, -sign)):
            for name in names.split("*"):
                powers[name] += power
    del powers["1"], powers[""]
    above, below = ("*".join(sorted(Counter({n: sign * p for n, p in powers.items()}).elements())) for sign in (1, -1))
    if not above and not below:
        return ANY_UNIT
    return f"{above or '1'}/{below}" if below else above
