"""A rollout rehearsed: the clockwork of the forecast, with every move made by the real engine."""

from workflow.simulation.rehearsal.people import Absent, People
from workflow.simulation.rehearsal.rehearsing import Held, Rehearsed, Waited, rehearse

__all__ = ["Absent", "Held", "People", "Rehearsed", "Waited", "rehearse"]
