"""`python -m workflow` is the command `workflow`."""

from workflow.cli import main

main()
