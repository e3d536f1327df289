"""Comparisons turned so that one part stands alone: `(visits + 1) * 7 >= 30` is `visits >= 30 / 7 - 1`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from workflow.audit.remedies.ground import Ground
from workflow.definition.expressions.parts import FLIPPED
from workflow.definition.expressions.runtime import MISSING, add_days, days_between

__all__ = ["FLIPPED", "NEGATED", "isolated"]

NEGATED = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<", "in": "not in", "not in": "in"}
Turned = tuple[ast.expr, str, Any]  # the part, the operator, what it is compared with


def isolated(ground: Ground, node: ast.BinOp, op: str, bound: Any) -> Iterator[Turned]:
    """Both sides of a calculation, each as it must be if the other stays as it is. Nothing for what cannot be turned."""
    if op not in FLIPPED:
        return
    left, right = ground.value(node.left), ground.value(node.right)
    match node.op:
        case ast.Add():
            yield node.left, op, _minus(bound, right)
            yield node.right, op, _minus(bound, left)
        case ast.Sub():
            yield node.left, op, _plus(bound, right)
            yield node.right, FLIPPED[op], _minus(left, bound)
        case ast.Mult():
            yield from _divided(node.left, op, bound, right)
            yield from _divided(node.right, op, bound, left)
        case ast.Div():
            yield from _divided(node.left, op, bound, MISSING if right in (MISSING, 0) else 1 / right)


def _divided(side: ast.expr, op: str, bound: Any, by: Any) -> Iterator[Turned]:
    if by is MISSING or bound is MISSING:
        yield side, op, MISSING
    elif by:
        yield side, op if by > 0 else FLIPPED[op], bound / by


def _plus(a: Any, b: Any) -> Any:
    """Numbers, or a day and a number of days."""
    if a is MISSING or b is MISSING:
        return MISSING
    if isinstance(a, str) or isinstance(b, str):
        day, days = (a, b) if isinstance(a, str) else (b, a)
        return _shifted(day, days)
    return a + b


def _minus(a: Any, b: Any) -> Any:
    if a is MISSING or b is MISSING or (isinstance(b, str) and not isinstance(a, str)):
        return MISSING
    if isinstance(b, str):
        return days_between(a, b)
    return _shifted(a, -b) if isinstance(a, str) else a - b


def _shifted(day: str, days: Any) -> Any:
    try:
        return add_days(day, days)
    except (OverflowError, TypeError):
        return MISSING
