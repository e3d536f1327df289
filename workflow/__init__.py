"""Staged, gated campaigns over many organisational units, and always the reason why a unit was held back.

    from workflow import Campaign

    campaign = Campaign.create("campaign.db", "definitions/advanced-nature-2005.yaml")
    campaign.import_roster("roster.csv")
    verdict = campaign.move("labour-bureau", "apply", by="li-ming")
    if not verdict:
        print(campaign.explain(verdict, "en"))

What stands here is the whole public surface.
"""

from workflow.calendars import WorkingDays
from workflow.clock import Clock, SystemClock, VirtualClock
from workflow.definition import Definition, load_document, load_file, load_text
from workflow.definition.expressions import Figure
from workflow.definition.extensions import Extensions, HostCalendar, HostFunction, HostValidator
from workflow.definition.lint import LintFinding, lint
from workflow.engine import Board, Campaign, ImportReport, RosterReport
from workflow.engine.motion.impact import Change, Impact
from workflow.engine.roll import MemberRow, PersonRow, RoleRow
from workflow.errors import DatabaseFault, DefinitionFault, Fault, InputFault, KeyReused, Misuse, NotFound, WorkflowError
from workflow.ledger import Event, verify_chain
from workflow.texts import Text
from workflow.verdicts import Finding, Outlook, Person, Position, Shortfall, Verdict, Waived, Waypoint, schema

__all__ = [
    "Board",
    "Campaign",
    "Change",
    "Clock",
    "DatabaseFault",
    "Definition",
    "DefinitionFault",
    "Event",
    "Extensions",
    "Fault",
    "Figure",
    "Finding",
    "HostCalendar",
    "HostFunction",
    "HostValidator",
    "Impact",
    "ImportReport",
    "InputFault",
    "KeyReused",
    "LintFinding",
    "MemberRow",
    "Misuse",
    "NotFound",
    "Outlook",
    "Person",
    "PersonRow",
    "Position",
    "RoleRow",
    "RosterReport",
    "Shortfall",
    "SystemClock",
    "Text",
    "Verdict",
    "VirtualClock",
    "Waived",
    "Waypoint",
    "WorkflowError",
    "WorkingDays",
    "lint",
    "load_document",
    "load_file",
    "load_text",
    "schema",
    "verify_chain",
]
