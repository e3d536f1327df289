"""Staged, gated campaigns over many organisational units, and always the reason why a unit was held back."""
