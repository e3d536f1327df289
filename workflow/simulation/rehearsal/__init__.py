"""A rollout rehearsed: the clockwork of the forecast, with every move made by the real engine."""

from workflow.simulation.rehearsal.acting import Held, Waited
from workflow.simulation.rehearsal.outcome import BatchOutcome, Outcome, Refusal, outcome
from workflow.simulation.rehearsal.people import Absent, People
from workflow.simulation.rehearsal.rehearsing import Rehearsed, rehearse

__all__ = ["Absent", "BatchOutcome", "Held", "Outcome", "People", "Refusal", "Rehearsed", "Waited", "outcome", "rehearse"]
