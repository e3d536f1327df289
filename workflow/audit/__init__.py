"""What an auditor asks of a campaign: what was so, who decided it on what grounds, and proof that nobody rewrote it."""

from workflow.audit.attempts import Attempt, Comparison, Stored, Turn, attempt, attempts, compare
from workflow.audit.attempts_text import attempt_json, comparison_json, explain_attempt, explain_comparison
from workflow.audit.bearings import AsOf, Document, InForce
from workflow.audit.blocked import Blocked, Hold, Sort, blocked
from workflow.audit.checks import Check, Checked, check, checklist
from workflow.audit.editions import Edition, editions
from workflow.audit.entries import Entry, entries
from workflow.audit.exports import Format, Mask, export, key_in
from workflow.audit.proof.checkpoint import Checkpoint, Inclusion, Signature, checkpoint, consistency, inclusion, parse
from workflow.audit.proof.flaws import Flaw, Part
from workflow.audit.proof.signing import Verifier, create_key, sign, verifier_of
from workflow.audit.proof.verification import Verification, rebuild, verify
from workflow.audit.remedies import Action, Remedies, carry_out
from workflow.audit.then import Then, then
from workflow.audit.then_text import explain_then, then_json
from workflow.audit.unblock import Hopeless, Unblocking, unblock
from workflow.audit.unblock_text import explain_supposed, explain_unblocking, supposed_json, unblocking_json
from workflow.audit.what_if import Change, Supposed, suppose, what_if

__all__ = [
    "Action",
    "AsOf",
    "Attempt",
    "Blocked",
    "Change",
    "Check",
    "Checked",
    "Checkpoint",
    "Comparison",
    "Document",
    "Edition",
    "Entry",
    "Flaw",
    "Format",
    "Hold",
    "Hopeless",
    "InForce",
    "Inclusion",
    "Mask",
    "Part",
    "Remedies",
    "Signature",
    "Sort",
    "Stored",
    "Supposed",
    "Then",
    "Turn",
    "Unblocking",
    "Verification",
    "Verifier",
    "attempt",
    "attempt_json",
    "attempts",
    "blocked",
    "carry_out",
    "check",
    "checklist",
    "checkpoint",
    "compare",
    "comparison_json",
    "consistency",
    "create_key",
    "editions",
    "entries",
    "explain_attempt",
    "explain_comparison",
    "explain_supposed",
    "explain_then",
    "explain_unblocking",
    "export",
    "inclusion",
    "key_in",
    "parse",
    "rebuild",
    "sign",
    "suppose",
    "supposed_json",
    "then",
    "then_json",
    "unblock",
    "unblocking_json",
    "verifier_of",
    "verify",
    "what_if",
]
