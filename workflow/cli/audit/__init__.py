"""Commands of an auditor: then and now, what would unblock, what smells, proof, exports."""
