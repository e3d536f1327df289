"""Measures as SQL: every aggregate wanted of one kind of record, for all owners, in one pass over its rows.

The text of the query is put together from column numbers and a fixed table of operators only; whatever a definition says
(kinds, options, dates) goes in as parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workflow.definition.expressions.runtime import Condition, Env, Measure

_SQL = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "in": "IN", "not in": "NOT IN"}
_AGGREGATE = {"sum": "SUM", "count": "COUNT", "min": "MIN", "max": "MAX"}


def measure_query(measures: Sequence[Measure], env: Env, only: str) -> tuple[str, list[Any]]:
    """SQL giving the owner and each measure, for measures of one kind; and its parameters so far.

    The owner is a member, the branch, or "" for the campaign. `only` is more SQL for WHERE. The caller adds the kind, and the
    parameters of `only`, at the end.
    """
    params: list[Any] = []
    columns = ", ".join(_column(measure, env, params) for measure in measures)
    owner = "CASE member WHEN '' THEN branch ELSE member END"
    return f"SELECT {owner}, {columns} FROM workflow_line WHERE kind = ?{only} GROUP BY branch, member", params


def _column(measure: Measure, env: Env, params: list[Any]) -> str:
    value = "1" if measure.column is None else _name(measure.column)
    if measure.conditions:
        tests = " AND ".join(_test(condition, env, params) for condition in measure.conditions)
        value = f"CASE WHEN {tests} THEN {value} END"
    return f"{_AGGREGATE[measure.aggregate]}({value})"


def _test(condition: Condition, env: Env, params: list[Any]) -> str:
    value = condition.value(env)
    if condition.op in ("in", "not in"):
        values = sorted(value)
        params.extend(values)
        return f"{_name(condition.column)} {_SQL[condition.op]} ({', '.join('?' * len(values))})"
    params.append(value)
    return f"{_name(condition.column)} {_SQL[condition.op]} ?"


def _name(column: str | int) -> str:
    return "happened" if column == "happened" else f"f{int(column)}"
