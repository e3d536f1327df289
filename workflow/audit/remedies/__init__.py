"""What can be done about a requirement that is not met: worked out from its expression, tried, and taken back."""

from workflow.audit.remedies.actions import Action, Remedies, carry_out

__all__ = ["Action", "Remedies", "carry_out"]
