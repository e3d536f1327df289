"""What chance decides in a visit beside the way on: how long it lasts, what the way does, and why a unit failed."""

from __future__ import annotations

from workflow.simulation.kernel.days import when_worked, worked
from workflow.simulation.kernel.draws import FOCUS, STAY, Draws, uniform
from workflow.simulation.kernel.jit import jitable
from workflow.simulation.kernel.laws import CONSTANT, value
from workflow.simulation.kernel.tables import EXTEND, NodeRow, Tables, Tally, UnitRow, WayRow

_LAST = 1.0 - 2.0**-53  # below 1: no law has a value there


@jitable
def lasting(tables: Tables, tally: Tally, draws: Draws, index: int, unit: UnitRow, row: NodeRow) -> float:
    """How long the unit is to stay. What of a first stay is over does not count, and its luck is that of those who have got so far."""
    law = tables.laws[row.law]
    number = unit.where << 15 | tally.visits[index * len(tables.nodes) + unit.where] << 3
    days = law.a
    if law.kind != CONSTANT:
        u = uniform(draws, index, number | STAY)
        if unit.begun:
            u = min(unit.passed + u * (1.0 - unit.passed), _LAST)
        days = value(law, tables.values, u)
    if unit.begun:
        unit.begun = 0
        days = days - unit.elapsed if row.until_planned_end else max(0.0, days - unit.elapsed)
    if unit.focus and row.focus >= 0:
        days += value(tables.laws[row.focus], tables.values, uniform(draws, index, number | FOCUS))
    return days


@jitable
def affect(tables: Tables, draws: Draws, index: int, unit: UnitRow, way: WayRow, number: int, now: float) -> None:
    """What the way does to the unit's planned end."""
    law = tables.laws[way.law]
    days = law.a if law.kind == CONSTANT else value(law, tables.values, uniform(draws, index, number))
    since = unit.planned_end if way.effect == EXTEND else now
    unit.planned_end = when_worked(tables, worked(tables, since) + days) if way.working else since + days


@jitable
def hold(tables: Tables, tally: Tally, draws: Draws, index: int, unit: UnitRow, row: NodeRow, number: int, now: float) -> None:
    """The unit has failed, for one of the causes of its node: to be counted is the time until this node decides anew."""
    cause = row.first_cause
    u = uniform(draws, index, number)
    while u >= tables.causes[cause].upto:
        cause += 1
    unit.cause = tables.causes[cause].cause
    unit.held = now
    unit.held_at = unit.where
    tally.failed[unit.cause] += 1


@jitable
def get_over(tally: Tally, unit: UnitRow, now: float) -> None:
    """What the unit was held back for is behind it."""
    tally.lost[unit.cause] += now - unit.held
    unit.cause = -1
