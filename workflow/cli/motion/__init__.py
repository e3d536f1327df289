"""Commands that change rules, clocks, rolls and branches in motion, with their dry run."""
