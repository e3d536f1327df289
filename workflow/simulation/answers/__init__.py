"""What a simulation answers: collected replication by replication, kept small; printed and drawn by others."""

from workflow.simulation.answers.collecting import Collector, simulate
from workflow.simulation.answers.comparing import Comparison, Difference, Subject, compare
from workflow.simulation.answers.model import Answers

__all__ = ["Answers", "Collector", "Comparison", "Difference", "Subject", "compare", "simulate"]
