"""The engine: commands and questions over one campaign."""

from workflow.engine.board import Board, Cell, Hold
from workflow.engine.campaign import Campaign
from workflow.engine.imports import ImportReport
from workflow.engine.tables.roster import RosterReport

__all__ = ["Board", "Campaign", "Cell", "Hold", "ImportReport", "RosterReport"]
