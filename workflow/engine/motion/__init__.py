"""What changes while branches run: the rules, the clocks, the rolls, the branches themselves."""
