"""The command line: one command for each method of `Campaign`, and a few for files."""

from workflow.cli.app import main

__all__ = ["main"]
