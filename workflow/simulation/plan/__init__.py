"""Plans: what a simulation of a definition starts from, how they are read and checked, and how they are changed for a what-if."""

from workflow.simulation.plan.changes import changed
from workflow.simulation.plan.load import load_document, load_plan, load_text, planned_definition, shipped_plans
from workflow.simulation.plan.model import BatchPlan, Capacity, Distribution, Focus, Outcome, Plan, Policy, StepPlan

__all__ = [
    "BatchPlan",
    "Capacity",
    "Distribution",
    "Focus",
    "Outcome",
    "Plan",
    "Policy",
    "StepPlan",
    "changed",
    "load_document",
    "load_plan",
    "load_text",
    "planned_definition",
    "shipped_plans",
]
