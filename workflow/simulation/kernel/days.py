"""Working time: how much of it has passed at a time, and when so much of it has passed. Days outside the calendar are all open."""

from __future__ import annotations

from math import ceil

from workflow.simulation.kernel.jit import jitable
from workflow.simulation.kernel.tables import Tables


@jitable
def worked(tables: Tables, time: float) -> float:
    """Open days from day 0 to a time, parts of days included."""
    if tables.always_open or time < 0.0:
        return time
    day = int(time)
    if day >= tables.days:
        return tables.worked[tables.days] + (time - tables.days)
    return tables.worked[day] + (time - day) * tables.opened[day]


@jitable
def when_worked(tables: Tables, amount: float) -> float:
    """The first time by which so many open days have passed: the evening of the last of them, not the morning after a holiday."""
    if tables.always_open or amount <= 0.0:
        return amount
    nth = ceil(amount) - 1
    if nth >= len(tables.open_days):
        return tables.days + (amount - tables.worked[tables.days])
    return tables.open_days[nth] + (amount - nth)


@jitable
def opening(tables: Tables, time: float) -> float:
    """The time itself on an open day, else the morning of the next."""
    day = int(time)
    if tables.always_open or day >= tables.days or tables.opened[day] > 0.0:
        return time
    nth = int(tables.worked[day])
    return float(tables.open_days[nth] if nth < len(tables.open_days) else tables.days)


@jitable
def occupy(tables: Tables, busy: list[float], server: int, time: float, done: float, last: float) -> None:
    """From a time at which `done` open days had passed the server is busy until `last` have: to each week its part."""
    day, ends = int(time), tables.week_ends
    week = tables.week[day] if day < len(tables.week) else len(ends) - 1
    first = server * len(ends)
    while week + 1 < len(ends) and ends[week] < last:
        busy[first + week] += ends[week] - done
        done = ends[week]
        week += 1
    busy[first + week] += last - done
