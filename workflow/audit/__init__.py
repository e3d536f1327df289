"""What an auditor asks of a campaign: what was so, who decided it on what grounds, and proof that nobody rewrote it."""

from workflow.audit.checkpoint import Checkpoint, Inclusion, Signature, checkpoint, consistency, inclusion, parse
from workflow.audit.signing import Verifier, create_key, sign, verifier_of
from workflow.audit.verification import Flaw, Part, Verification, rebuild, verify

__all__ = [
    "Checkpoint",
    "Flaw",
    "Inclusion",
    "Part",
    "Signature",
    "Verification",
    "Verifier",
    "checkpoint",
    "consistency",
    "create_key",
    "inclusion",
    "parse",
    "rebuild",
    "sign",
    "verifier_of",
    "verify",
]
