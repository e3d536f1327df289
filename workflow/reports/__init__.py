"""Reports: the figures a definition asks for, out of the ledger, each with what it rests on."""

from workflow.reports.model import Amount, Difference, Filed, Named, Part, Report
from workflow.reports.render import plain, sheet, text
from workflow.reports.reporting import find_report, report

__all__ = ["Amount", "Difference", "Filed", "Named", "Part", "Report", "find_report", "plain", "report", "sheet", "text"]
