"""A host with a budget: a function for checks, a validator of invoices, working days of a plant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from workflow import Campaign, Definition, Extensions, HostCalendar, HostFunction, HostValidator, Text, VirtualClock, load_text

TEXT = """\
definition: purchases
title: {en: Purchases, zh: 采购}
languages: [en, zh]
units: {CNY: {en: yuan, zh: 元}}
extensions: {within_budget: "1", spread: "1", invoice_in_order: "1", plant_days: "1"}
calendar: {source: plant_days, zone: Asia/Shanghai}
parameters: {budget: {value: 1000, unit: CNY}, most: {value: 3}}
roles: {clerk: {scope: branch, title: {en: clerk, zh: 联络员}}, office: {scope: all, title: {en: office, zh: 办公室}}}
authority: {enact: office}
members: {status: {staff: {en: member, zh: 党员}}, fields: {limit: {type: number, unit: CNY, optional: true, title: {en: limit, zh: 限额}}}}
records:
  invoice:
    title: {en: invoice, zh: 发票}
    of: branch
    by: clerk
    fields:
      amount: {type: number, unit: CNY, title: {en: amount, zh: 金额}}
      issued: {type: date, title: {en: issued, zh: 开票日}}
    validate: invoice_in_order
  expense:
    title: {en: expense, zh: 支出}
    of: member
    by: clerk
    fields: {amount: {type: number, unit: CNY, title: {en: amount, zh: 金额}}}
requirements:
  budget:
    title: {en: "What is spent is within the budget of {budget}", zh: "支出不超过预算 {budget}"}
    check: host.within_budget(sum(i.amount for i in branch.invoice), budget)
    owner: clerk
    remedy: {en: send invoices back, zh: 退回发票}
    basis: "plan:1"
  even:
    title: {en: The invoices are of one size, zh: 发票金额相近}
    check: host.spread(i.amount for i in branch.invoice) <= most and len(branch.invoice) >= 2
    owner: clerk
    remedy: {en: split the large ones, zh: 拆分大额发票}
    basis: "plan:2"
    level: warn
  limits:
    title: {en: Nobody spends more than they may, zh: 任何人不超过其限额}
    each: member
    check: host.within_budget(sum(e.amount for e in member.expense), member.limit)
    owner: clerk
    remedy: {en: ask for a higher limit, zh: 申请提高限额}
    basis: "plan:3"
    due: closing
gates:
  purchase:
    title: {en: purchase, zh: 采购}
    phases: {open: {en: open, zh: 进行中}, closed: {en: closed, zh: 已结束, final: true}}
    moves:
      close: {title: {en: close, zh: 结束}, from: open, to: closed, by: clerk, requires: [budget, even, limits]}
stages:
  buying: {title: {en: buying, zh: 采购}, gate: purchase}
deadlines:
  closing:
    title: {en: All is bought, zh: 采购完毕}
    due: {after: buying, working_days: 2}
    until: branch.phase == "closed"
    owner: clerk
    ladder: [0d]
""".replace(
    "phases: {open: {en: open, zh: 进行中}, closed: {en: closed, zh: 已结束, final: true}}",
    "phases: {open: {title: {en: open, zh: 进行中}}, closed: {title: {en: closed, zh: 已结束}, final: true}}",
)

START = datetime(2026, 3, 2, 1, tzinfo=UTC)  # a Monday
WITHIN_BUDGET = {
    "name": "within_budget",
    "title": Text.of("within the budget", "在预算之内"),
    "explanation": Text.of("{spent} spent of {budget}", "预算{budget}，已支出{spent}"),
    "takes": {"spent": "number (CNY)", "budget": "number (CNY)"},
    "gives": "boolean",
}


def within_budget(run: Any = lambda spent, budget: spent <= budget, version: str = "1") -> HostFunction:
    return HostFunction(**WITHIN_BUDGET, version=version, run=run)


def _spread(amounts: list[float]) -> float | None:
    return max(amounts) / min(amounts) if amounts else None


SPREAD = HostFunction(
    name="spread",
    title=Text.of("the largest by the smallest", "最大与最小之比"),
    explanation=Text.of("of {amounts}", "各为{amounts}"),
    takes={"amounts": "list of number (CNY)"},
    gives="number",
    run=_spread,
)


def _in_order(record: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    if record["amount"] <= 0:
        yield "amount", Text.of("an invoice over nothing", "金额须大于零")
    if record["issued"] > record["happened"]:
        yield "issued", Text.of(f"issued after it came in on {record['happened']}", f"开票日晚于收到之日 {record['happened']}")


def in_order(run: Any = _in_order) -> HostValidator:
    return HostValidator(name="invoice_in_order", title=Text.of("invoices are in order", "发票合规"), run=run)


class PlantDays:
    """The plant works on weekends only."""

    def is_working_day(self, day: date) -> bool:
        return day.weekday() >= 5

    def is_confirmed(self, year: int) -> bool:
        return year <= 2026


def plant_days(days: Any = None) -> HostCalendar:
    return HostCalendar(name="plant_days", title=Text.of("the plant's shifts", "工厂班次"), days=days or PlantDays())


KIT = Extensions(within_budget(), SPREAD, in_order(), plant_days())


def kit(*instead: Any) -> Extensions:
    """The host's extensions, some of them replaced by others of the same name."""
    names = {each.name for each in instead}
    return Extensions(*instead, *(each for each in KIT if each.name not in names))


def rules(text: str = TEXT, extensions: Extensions = KIT) -> Definition:
    return load_text(text, "purchases.yaml", extensions=extensions)


def opened(extensions: Extensions = KIT, db: Any = ":memory:", text: str = TEXT) -> Campaign:
    """Two branches with a clerk, the first of them with a limit of 50 yuan."""
    made = Campaign.create(db, rules(text, extensions), clock=VirtualClock(START), rehearsal=True, extensions=extensions)
    people = [("b1", "li", "50"), ("b2", "he", "")]
    made.import_roster(
        [
            *({"branch": branch, "title": branch.upper()} for branch, _, _ in people),
            *(
                {"branch": branch, "person": who, "name": who.title(), "status": "staff", "roles": "clerk", "limit": limit}
                for branch, who, limit in people
            ),
            {"person": "wang", "name": "Wang", "roles": "office"},
        ]
    )
    return made


def invoice(campaign: Campaign, branch: str, amount: float, by: str = "li", issued: str = "2026-03-01") -> None:
    assert campaign.record(branch, "invoice", by=by, happened="2026-03-02", fields={"amount": amount, "issued": issued})
