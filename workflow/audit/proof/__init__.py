"""Proof that nobody rewrote the ledger, and that what was decided was decided by the rules of its day."""
