"""Commands of the planner: what a campaign will come to."""
