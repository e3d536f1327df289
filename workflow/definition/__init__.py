"""Definitions: what they say, how they are read and checked, and how they are drawn."""

from workflow.definition.loading import load_document, load_file, load_text
from workflow.definition.model import Definition

__all__ = ["Definition", "load_document", "load_file", "load_text"]
