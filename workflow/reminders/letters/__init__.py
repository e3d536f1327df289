"""What people are reminded of, as letters."""

from workflow.reminders.letters.points import Occasion, Point
from workflow.reminders.letters.writing import compose

__all__ = ["Occasion", "Point", "compose"]
