"""Checks of a host's own: explained like the built-in ones, typed at load, refused where they are not registered."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import workflow
from tests.conftest import Snapshot
from tests.hosting.extensions_ground import TEXT, WITHIN_BUDGET, invoice, kit, opened, rules, within_budget
from workflow import Campaign, DefinitionFault, Extensions, HostFunction, Misuse, Text, load_document, load_file, load_text
from workflow.audit import rebuild, then, unblock, verify
from workflow.definition.differences import differences
from workflow.ledger import events


def spent(campaign: Campaign) -> Campaign:
    """The first branch is over its budget, and li over the limit."""
    invoice(campaign, "b1", 100)
    invoice(campaign, "b1", 1100.5)
    assert campaign.record("b1", "expense", by="li", fields={"amount": 70}, lines=["li"])
    return campaign


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_check_of_the_host_is_explained_like_any_other(lang: str, snapshot: Snapshot) -> None:
    with spent(opened()) as campaign:
        refused = campaign.move("b1", "close", by="li")
        unknown = campaign.ask("b2", "close")  # no limit is known of he, and there are no invoices
        told = [campaign.explain(answer, lang, full=True) for answer in (refused, unknown, campaign.why("b1"))]
        snapshot(f"host-extensions.{lang}", "\n\n".join(told))
        for name, answer in (("verdict", refused), ("outlook", campaign.why("b1"))):
            Draft202012Validator(workflow.schema(name)).validate(campaign.as_json(answer, lang))  # type: ignore[arg-type]


def test_what_a_function_was_given_stands_in_the_ledger() -> None:
    with spent(opened()) as campaign:
        finding = next(f for f in campaign.move("b1", "close", by="li").findings if f.code == "budget")
        (figure,) = finding.figures
        assert (figure.of, figure.found, figure.met) == ("host:within_budget", False, False)
        assert figure.host == {"function": "within_budget", "given": {"spent": 1200.5, "budget": 1000}}
        kept = list(events(campaign.store, "branch:b1"))[-1].payload["verdict"]["findings"]
        assert next(f for f in kept if f["code"] == "budget")["figures"][0]["host"] == figure.host


def test_met_waived_and_set_wise_answers_agree() -> None:
    with opened() as campaign:
        invoice(campaign, "b1", 400)
        invoice(campaign, "b1", 600)
        assert campaign.ask("b1", "close").allowed
        one = {branch: campaign.why(branch) for branch in ("b1", "b2")}
        for branch, outlook in campaign.outlooks().items():
            assert outlook.now[0].verdict.findings == one[branch].now[0].verdict.findings
        assert campaign.verify().whole


def test_what_is_not_registered_is_refused_with_its_place() -> None:
    with pytest.raises(DefinitionFault) as refused:
        load_text(TEXT, "purchases.yaml")  # the default: nothing is trusted
    faults = {fault.path: fault for fault in refused.value.faults}
    assert [fault.code for fault in faults.values()] == ["extension"] * 4  # said once each, and not again for every use
    line = TEXT[: TEXT.index("within_budget")].count("\n") + 1
    assert faults["extensions.within_budget"].where == f"purchases.yaml:{line}:14"
    assert faults["extensions.within_budget"].say("en").endswith("there is no extension within_budget 1; none is registered here")
    assert faults["extensions.within_budget"].say("zh").endswith("没有扩展 within_budget 1；此处未登记任何扩展")

    with pytest.raises(DefinitionFault) as refused:
        rules(TEXT.replace('within_budget: "1"', 'within_budget: "2"'))
    assert "there is no extension within_budget 2; registered: within_budget 1, spread 1, invoice_in_order 1, plant_days 1" in str(
        refused.value
    )


@pytest.mark.parametrize("name", ["file", "document"])
def test_every_way_of_loading_asks_for_the_registry(name: str, tmp_path: Path) -> None:
    path = tmp_path / "purchases.yaml"
    path.write_text(TEXT, encoding="utf-8")
    document = rules().document
    with pytest.raises(DefinitionFault, match="within_budget"):
        load_file(path) if name == "file" else load_document(document)
    again = load_file(path, extensions=kit()) if name == "file" else load_document(document, validated=True, extensions=kit())
    assert again.hash == rules().hash


@pytest.mark.parametrize(
    ("check", "en", "zh"),
    [
        (
            "host.within_budget(budget)",
            "host.within_budget takes 2, in this order: spent (number (CNY)), budget (number (CNY))",
            "依次接受 2 个值",
        ),
        (
            "host.within_budget(most, budget)",
            "host.within_budget takes spent as number (CNY), found number",
            "的 spent 应为数字（CNY），实为数字",
        ),
        ("host.within_budget(today, budget)", "takes spent as number (CNY), found date", "实为日期"),
        ("host.within_budget(spent=budget, budget=1)", "host.within_budget takes 2", "依次接受"),
        ("host.spread(branch.invoice) <= 3", "takes amounts as list of number (CNY), found list of invoice", "实为invoice列表"),
        ("host.spread(i.issued for i in branch.invoice) <= 3", "takes amounts as list of number (CNY), found list of date", "实为日期列表"),
        ("host.spread([budget])", "expected true or false, found number", "应为真或假，实为数字"),
        (
            "host.within_budgets(1, budget)",
            "no function host.within_budgets is declared here; did you mean within_budget?",
            "是否指 within_budget",
        ),
        ("host.invoice_in_order(1)", "no function host.invoice_in_order is declared here", "未声明函数"),
        ("within_budget(1, budget)", "only these can be called", "只能调用"),
        ("host.within_budget", "unknown name host", "未知名称 host"),
    ],
)
def test_types_are_checked_at_load(check: str, en: str, zh: str) -> None:
    with pytest.raises(DefinitionFault) as refused:
        rules(TEXT.replace("host.within_budget(sum(i.amount for i in branch.invoice), budget)", check))
    (fault,) = [fault for fault in refused.value.faults if fault.path == "requirements.budget.check"]
    assert re.match(r"purchases.yaml:\d+:\d+$", fault.where)
    assert en in fault.say("en")
    assert zh in fault.say("zh")


def test_a_parameter_is_not_derived_by_a_host() -> None:
    """Nothing of the host's runs while a definition is read."""
    with pytest.raises(DefinitionFault, match=r"no function host.spread is declared here"):
        rules(TEXT.replace("most: {value: 3}", "most: {derive: 'host.spread([budget])'}"))


def raising(*_values: Any) -> bool:
    raise KeyError("tariff <object at 0x7f00>")


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (raising, "HostFault: within_budget: KeyError: 'tariff <object>'"),
        (lambda *_: "yes", "HostFault: within_budget: TypeError: boolean was expected, found 'yes'"),
        (lambda _: True, "HostFault: within_budget: TypeError:"),
    ],
)
def test_a_function_that_breaks_is_a_check_that_breaks(run: Any, said: str) -> None:
    with opened(kit(within_budget(run))) as campaign:
        refused = campaign.move("b1", "close", by="li")
        finding = next(f for f in refused.findings if f.code == "budget")
        assert finding.status == "error"
        assert finding.error is not None
        assert finding.error.startswith(said)
        assert f"the check broke: {said}" in campaign.explain(refused, "en")
        assert f"核查出错：{said}" in campaign.explain(refused, "zh")
        assert next(f for f in refused.findings if f.code == "limits").short[0].status == "error"
        assert campaign.outlooks()["b1"].now[0].verdict.findings == campaign.why("b1").now[0].verdict.findings
        assert verify(campaign.store, extensions=campaign.extensions).clean


def test_none_is_not_known_and_values_are_pythons_own() -> None:
    seen: list[Any] = []

    def run(*values: Any) -> Any:
        seen.append(values)
        values[0].clear()  # a copy
        return None

    function = HostFunction(
        name="within_budget",
        title=Text.of("t", "t"),
        explanation=Text.of("{days}", "{days}"),
        takes={"days": "list of date", "words": "set of text", "name": "text", "day": "date", "on": "boolean"},
        gives="date",
        run=run,
    )
    check = 'host.within_budget([today, today], {"a", "b"}, branch.id, today, 1 < 2) == today'
    text = TEXT.replace("host.within_budget(sum(i.amount for i in branch.invoice), budget)", check)
    text = text.replace("host.within_budget(sum(e.amount for e in member.expense), member.limit)", "1 == 1")
    with opened(kit(function), text=text) as campaign:
        finding = next(f for f in campaign.ask("b1", "close").findings if f.code == "budget")
        assert finding.status == "unknown"
        assert finding.figures[0].host["given"]["days"] == ["2026-03-02", "2026-03-02"]
    assert seen[0][1:] == (frozenset({"a", "b"}), "b1", date(2026, 3, 2), True)


def test_a_campaign_needs_its_extensions(tmp_path: Path) -> None:
    path = tmp_path / "purchases.db"
    spent(opened(db=path)).close()
    with pytest.raises(Misuse) as lacking:
        Campaign.open(path)
    assert lacking.value.code == "extension-missing"
    assert "are not here: within_budget 1, spread 1, invoice_in_order 1, plant_days 1; pass them" in lacking.value.say("en")
    assert "请传入，如 Campaign.open(db, extensions=Extensions(...))；此处未登记任何扩展" in lacking.value.say("zh")
    with pytest.raises(Misuse, match="not here: within_budget 1;"):
        Campaign.open(path, extensions=Extensions(*(each for each in kit() if each.name != "within_budget")))
    with Campaign.open(path, extensions=kit()) as campaign:
        assert not campaign.move("b1", "close", by="li").allowed
        assert campaign.verify().whole


def test_replay_and_rejudging_call_the_extensions_again(tmp_path: Path) -> None:
    with spent(opened(db=tmp_path / "purchases.db")) as campaign:
        assert not campaign.move("b1", "close", by="li").allowed
        with pytest.raises(Misuse) as lacking:
            verify(campaign.store)
        assert lacking.value.code == "extension-missing"
        assert verify(campaign.store, extensions=campaign.extensions).clean
        assert rebuild(campaign.store, extensions=campaign.extensions) == ()
        assert unblock(campaign, "b1", "close").verdict.standing
        assert then(campaign, "b1", at="2026-03-02").outlook.now[0].verdict.standing


def test_another_version_of_a_function_is_another_definition() -> None:
    """Each version of the rules calls the version of the function it was written for."""
    strict = within_budget(lambda spent, budget: spent * 2 <= budget, version="2")
    both = Extensions(*kit(), strict)
    later = rules(TEXT.replace('within_budget: "1"', 'within_budget: "2"'), both)
    assert later.hash != rules().hash
    (difference,) = differences(rules(), later)
    assert (difference.path, str(difference.was), str(difference.now)) == ("extensions.within_budget.version", "1", "2")
    with opened() as campaign, pytest.raises(Misuse, match="within_budget 2"):
        campaign.enact(later, by="wang", reason="half the budget is kept back")
    with opened(both) as campaign:
        invoice(campaign, "b1", 400)
        invoice(campaign, "b1", 400)
        assert campaign.ask("b1", "close").allowed
        assert campaign.enact(later, by="wang", reason="half the budget is kept back")
        assert [f.code for f in campaign.ask("b1", "close").standing] == ["budget"]
        assert verify(campaign.store, extensions=both).clean


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "Within"}, "a name of lower-case words"),
        ({"version": ""}, "and a version in quotes"),
        ({"takes": {"spent": "money"}}, "'money' is no type; one such as number"),
        ({"gives": "list of lists"}, "is no type"),
        ({"explanation": Text.of("{cost}", "{cost}")}, "{cost} in its explanation is no parameter; known: spent, budget"),
    ],
)
def test_what_cannot_be_registered_says_so(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(Misuse) as refused:
        HostFunction(**{**WITHIN_BUDGET, "run": raising, **wrong})
    assert refused.value.code == "extension-unsound"
    assert said in refused.value.say("en")
    with pytest.raises(Misuse, match="two extensions are called within_budget 1"):
        Extensions(within_budget(), within_budget())


def test_texts_must_exist_in_the_languages_of_the_definition() -> None:
    spread = HostFunction(**{**WITHIN_BUDGET, "title": Text({"en": "within the budget"}), "run": raising})
    with pytest.raises(DefinitionFault, match="the texts of within_budget are missing in zh"):
        rules(extensions=kit(spread))


def test_a_lower_level_may_call_on_extensions_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "purchases.yaml").write_text(TEXT, encoding="utf-8")
    own = """\
definition: purchases-north
title: {en: Purchases in the north, zh: 北区采购}
level: district
extends: purchases
extensions: {steady: "1"}
requirements:
  steady:
    title: {en: The invoices are steady, zh: 发票平稳}
    check: host.steady(i.amount for i in branch.invoice) <= 2
    owner: clerk
    remedy: {en: ask for others, zh: 换开发票}
    basis: "north:1"
stages: {buying: {requires: {close: steady}}}
"""
    path = tmp_path / "purchases-north.yaml"
    path.write_text(own, encoding="utf-8")
    steady = HostFunction(
        **{
            **WITHIN_BUDGET,
            "name": "steady",
            "explanation": Text.of("{a}", "{a}"),
            "takes": {"a": "list of number (CNY)"},
            "gives": "number",
        },
        run=len,
    )
    assert set(load_file(path, extensions=kit(steady)).functions) == {"within_budget", "spread", "steady"}
    with pytest.raises(DefinitionFault) as refused:
        load_file(path, extensions=kit())
    (fault,) = refused.value.faults
    assert fault.where.endswith("purchases-north.yaml:5:14")
    path.write_text(own.replace("steady:", "within_budget:").replace('"1"', '"2"'), encoding="utf-8")
    with pytest.raises(DefinitionFault, match="it cannot be restated here as 2"):
        load_file(path, extensions=Extensions(*kit(), within_budget(version="2")))


def test_a_later_version_with_other_fields_keeps_its_extensions() -> None:
    text = TEXT.replace("      amount: {type", "      note: {type: text, optional: true, title: {en: note, zh: 备注}}\n      amount: {type")
    with spent(opened()) as campaign:
        assert campaign.enact(rules(text.replace("{en: Purchases,", "{en: More purchases,")), by="wang", reason="notes")
        assert [f.code for f in campaign.ask("b1", "close").standing] == ["budget", "limits"]
        assert verify(campaign.store, extensions=campaign.extensions).clean
