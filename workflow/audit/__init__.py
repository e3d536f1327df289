"""What an auditor asks of a campaign: what was so, who decided it on what grounds, and proof that nobody rewrote it."""

from workflow.audit.attempts import Attempt, Comparison, Stored, Turn, attempt, attempts, compare
from workflow.audit.attempts_text import attempt_json, comparison_json, explain_attempt, explain_comparison
from workflow.audit.bearings import AsOf, Document, InForce
from workflow.audit.blocked import Blocked, Hold, Sort, blocked
from workflow.audit.checkpoint import Checkpoint, Inclusion, Signature, checkpoint, consistency, inclusion, parse
from workflow.audit.checks import Check, Checked, check, checklist
from workflow.audit.exports import Format, Mask, export, key_in
from workflow.audit.flaws import Flaw, Part
from workflow.audit.signing import Verifier, create_key, sign, verifier_of
from workflow.audit.then import Then, then
from workflow.audit.then_text import explain_then, then_json
from workflow.audit.verification import Verification, rebuild, verify

__all__ = [
    "AsOf",
    "Attempt",
    "Blocked",
    "Check",
    "Checked",
    "Checkpoint",
    "Comparison",
    "Document",
    "Flaw",
    "Format",
    "Hold",
    "InForce",
    "Inclusion",
    "Mask",
    "Part",
    "Signature",
    "Sort",
    "Stored",
    "Then",
    "Turn",
    "Verification",
    "Verifier",
    "attempt",
    "attempt_json",
    "attempts",
    "blocked",
    "check",
    "checklist",
    "checkpoint",
    "compare",
    "comparison_json",
    "consistency",
    "create_key",
    "explain_attempt",
    "explain_comparison",
    "explain_then",
    "export",
    "inclusion",
    "key_in",
    "parse",
    "rebuild",
    "sign",
    "then",
    "then_json",
    "verifier_of",
    "verify",
]
