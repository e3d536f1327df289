"""Records a host checks further than the types of their fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.hosting.extensions_ground import TEXT, in_order, invoice, kit, opened, rules
from workflow import DefinitionFault, InputFault, Text, WorkflowError
from workflow.ledger import events

WRONG = {"amount": 0, "issued": "2026-03-05"}


def test_every_fault_names_its_field_and_nothing_is_written() -> None:
    with opened() as campaign:
        before = len(list(events(campaign.store)))
        with pytest.raises(InputFault) as refused:
            campaign.record("b1", "invoice", by="li", fields=WRONG)
        assert [(fault.path, fault.code) for fault in refused.value.faults] == [("amount", "validate"), ("issued", "validate")]
        assert refused.value.say("en") == "amount: an invoice over nothing\nissued: issued after it came in on 2026-03-02"
        assert refused.value.say("zh") == "amount: 金额须大于零\nissued: 开票日晚于收到之日 2026-03-02"
        with pytest.raises(InputFault, match="amount: 'much' is not a number"):  # the host is asked of what is sound only
            campaign.record("b1", "invoice", by="li", fields={**WRONG, "amount": "much"})
        assert len(list(events(campaign.store))) == before
        invoice(campaign, "b1", 5)
        assert campaign.verify().whole


def test_imports_ask_the_host_too(tmp_path: Path) -> None:
    with opened() as campaign:
        line = {"record": "invoice", "branch": "b1", "by": "li", "fields": WRONG}
        with pytest.raises(InputFault) as refused:
            campaign.import_records([line])
        assert [(fault.where, fault.path) for fault in refused.value.faults] == [("line 1", "amount"), ("line 1", "issued")]
        table = tmp_path / "invoices.csv"
        table.write_text(
            "record,branch,by,happened,amount,issued\ninvoice,b1,li,2026-03-02,0,2026-03-01\ninvoice,b1,li,2026-03-02,7,2026-03-01\n"
        )
        report = campaign.import_tables(table)
        assert report.records.kinds == {"invoice": 1}
        (fault,) = report.records.warnings
        assert fault.say("en").endswith("row 2, column amount: an invoice over nothing")


def test_members_records_are_checked_line_by_line() -> None:
    seen: list[Mapping[str, Any]] = []

    def check(record: Mapping[str, Any]) -> list[tuple[str, Text]]:
        seen.append(record)
        return [("amount", Text.of(f"too much for {record['member']}", f"{record['member']} 超限"))] if record["amount"] > 50 else []

    text = TEXT.replace("    validate: invoice_in_order\n", "").replace(
        "fields: {amount: {type: number, unit: CNY, title: {en: amount, zh: 金额}}}\nreq",
        "fields: {amount: {type: number, unit: CNY, title: {en: amount, zh: 金额}}}\n    validate: invoice_in_order\nreq",
    )
    with opened(kit(in_order(check)), text=text) as campaign:
        with pytest.raises(InputFault) as refused:
            campaign.record("b1", "expense", by="li", fields={"amount": 70}, lines=["li"])
        assert str(refused.value) == "line 1: amount: too much for li"
        assert campaign.record("b1", "expense", by="li", fields={"amount": 70}, lines=[{"member": "li", "amount": 20}])
    assert seen[-1] == {"member": "li", "amount": 20, "happened": date(2026, 3, 2)}


def test_a_sheet_and_its_lines_have_validators_of_their_own() -> None:
    asked: list[set[str]] = []

    def check(record: Mapping[str, Any]) -> list[tuple[str, Text]]:
        asked.append(set(record))
        return []

    sheet = "validate: invoice_in_order\n    lines: expense\n"
    with opened(kit(in_order(check)), text=TEXT.replace("validate: invoice_in_order\n", sheet)) as campaign:
        campaign.record("b1", "invoice", by="li", fields={"amount": 7, "issued": "2026-03-01"}, lines=["li"])
    assert asked == [{"amount", "issued", "happened"}]


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (lambda _: 1 / 0, "invoice_in_order: ZeroDivisionError: division by zero"),
        (lambda _: [("price", Text.same("dear"))], "invoice_in_order: TypeError: (field, Text) was expected"),
        (lambda _: ["amount"], "invoice_in_order: ValueError"),
    ],
)
def test_a_validator_that_breaks_is_an_error_with_a_code(run: Any, said: str) -> None:
    with opened(kit(in_order(run))) as campaign, pytest.raises(WorkflowError) as broken:
        invoice(campaign, "b1", 5)
    assert broken.value.code == "extension-broke"
    assert broken.value.say("en").startswith(f"an extension of the host's broke: {said}")
    assert broken.value.say("zh").startswith(f"宿主程序的扩展出错：{said}")


def test_only_a_declared_validator_may_be_named() -> None:
    for name, hint in (("within_budget", "known: invoice_in_order"), ("invoice_in_orders", "did you mean invoice_in_order?")):
        with pytest.raises(DefinitionFault) as refused:
            rules(TEXT.replace("validate: invoice_in_order", f"validate: {name}"))
        (fault,) = refused.value.faults
        assert (fault.path, fault.code) == ("records.invoice.validate", "reference")
        assert fault.say("en").endswith(f"{name} is no validator of records among the extensions; {hint}")
        assert f"扩展中没有记录校验 {name}" in fault.say("zh")
