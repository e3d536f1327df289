"""How long a stay has lasted so far, in the unit of its step."""

from __future__ import annotations

from attrs import frozen

from workflow.simulation.compiling import Compiled
from workflow.simulation.kernel import share_below
from workflow.simulation.kernel.building import tables
from workflow.simulation.kernel.days import worked
from workflow.simulation.kernel.network import Node
from workflow.simulation.kernel.tables import Tables
from workflow.simulation.live.history import Stay
from workflow.simulation.plan.model import Distribution, StepPlan

_PLACES = 9  # decimals of a day
_ALL = 1 - 2**-40


@frozen
class Measure:
    """Days, or working days, of a plan's calendar."""

    tables: Tables

    @classmethod
    def of(cls, compiled: Compiled) -> Measure:
        return cls(tables(compiled.network))

    def lasted(self, node: Node, stay: Stay, since: float, until: float) -> float:
        """From `since` to `until`, but for the times in which the branch was suspended: then its clocks stood still."""
        working = node.unit == "working_days" or node.server >= 0
        paused = sum(self._span(max(first, since), min(last, until), working) for first, last in stay.pauses)
        return round(self._span(since, until, working) - paused, _PLACES)

    def _span(self, since: float, until: float, working: bool) -> float:
        if until <= since:
            return 0.0
        return worked(self.tables, until) - worked(self.tables, since) if working else until - since


def passed(law: Distribution, x: float) -> float:
    """The share of a law that lies below `x`; 0 where all of it does, for then nothing is to come, whatever is drawn."""
    return 0.0 if is_over(law, x) else share_below(law, x)


def is_over(law: Distribution, x: float) -> bool:
    """Whether all of a law lies below `x`."""
    return share_below(law, x) >= _ALL


def timeless(step: StepPlan) -> bool:
    """Whether a branch never stays there."""
    return step.until is None and step.served_by is None and step.takes.kind == "constant" and step.takes.parameters[0] == 0
