"""The tables: a cache of the ledger that can be asked quickly, and the database they lie in."""

from workflow.store.database import Store
from workflow.store.events import CAMPAIGN, Event, branch_stream
from workflow.store.migrations import migrate
from workflow.store.projection import Projector
from workflow.store.replay import Difference, compare, rebuild

__all__ = ["CAMPAIGN", "Difference", "Event", "Projector", "Store", "branch_stream", "compare", "migrate", "rebuild"]
