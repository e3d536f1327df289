"""What an auditor looks for, as a definition declares it: what is right, and every wrong use."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from workflow.definition import load_document, load_file, load_text
from workflow.definition.differences import differences
from workflow.definition.lint import lint
from workflow.definition.loading import shipped
from workflow.errors import DefinitionFault

TEXT = """\
definition: audits
title: {en: Audits, zh: 核查}
languages: [en, zh]
roles: {clerk: {scope: branch, title: {en: clerk, zh: 录入员}}, office: {scope: all, title: {en: office, zh: 办公室}}}
instruments: {rule: {title: {en: The rule, zh: 规定}}}
branches: {fields: {patron: {type: person, optional: true, title: {en: patron, zh: 联系人}}}}
members: {status: {full: {en: full, zh: 正式}}}
records:
  note:
    {title: {en: note, zh: 记录}, of: member, fields: {hours: {type: number, title: {en: hours, zh: 学时}}}, by: clerk}
  visit:
    {title: {en: visit, zh: 走访}, of: branch, fields: {visitor: {type: person, title: {en: visitor, zh: 走访人}}}, by: clerk}
cases:
  item:
    title: {en: item, zh: 事项}
    of: branch
    by: clerk
    fields: {owner: {type: person, title: {en: owner, zh: 责任人}}, subject: {type: text, title: {en: subject, zh: 内容}}}
    states: {open: {en: open, zh: 未结}, closed: {title: {en: closed, zh: 已结}, final: true}}
    moves: {accept: {title: {en: accept, zh: 验收}, from: open, to: closed, by: [clerk, office]}}
gates:
  gate:
    title: {en: gate, zh: 关口}
    phases: {working: {en: working, zh: 进行}}
    moves: {approve: {title: {en: approve, zh: 同意}, from: working, to: next_stage, by: office}}
stages: {stage: {title: {en: stage, zh: 阶段}, gate: gate}}
audits:
  patron_approves: {title: {en: The patron approves, zh: 联系人审批}, act: approve, not_by: [branch.patron, visit.visitor, note.member], basis: rule}
  own_item: {title: {en: Own item, zh: 验收本人事项}, act: item.accept, not_by: [item.owner, item.open], basis: rule}
  visited: {title: {en: Visited, zh: 走访}, act: [visit, item.open], basis: "register:1"}
  hours: {title: {en: Hours, zh: 学时}, each: member, when: len(member.note) > 0, check: sum(n.hours for n in member.note) < 25, basis: rule}
"""


def faults(old: str, new: str, lang: str = "en") -> list[str]:
    """What is said of the text with `new` in it, the first fault at the mark » in it."""
    assert TEXT.count(old) == 1, old
    marked = TEXT.replace(old, new)
    before = marked.partition("»")[0]
    with pytest.raises(DefinitionFault) as caught:
        load_text(marked.replace("»", ""))
    assert caught.value.faults[0].where == f"<text>:{before.count(chr(10)) + 1}:{len(before.rpartition(chr(10))[2]) + 1}"
    return [f"{fault.path}: {fault.text.say(lang)}" for fault in caught.value.faults]


def test_what_is_right() -> None:
    definition = load_text(TEXT)
    assert lint(definition) == ()
    own = definition.audits["own_item"]
    assert (own.act, own.not_by, own.check, own.basis) == (("item.accept",), ("item.owner", "item.open"), None, ("rule",))
    hours = definition.audits["hours"]
    assert hours.check is not None
    assert hours.when is not None
    assert (hours.each, hours.check.text, hours.act) == ("member", "sum(n.hours for n in member.note) < 25", ())
    again = load_document(json.loads(json.dumps(definition.document)), validated=True)
    assert (again.hash, list(again.audits)) == (definition.hash, ["patron_approves", "own_item", "visited", "hours"])


def test_none_are_needed() -> None:
    assert load_text(TEXT.partition("audits:\n")[0]).audits == {}


def test_one_without_a_basis_keeps_a_campaign_from_starting() -> None:
    found = lint(load_text(TEXT.replace(', basis: "register:1"', "")))
    assert [(each.level, each.path, each.code) for each in found] == [("error", ("audits", "visited", "basis"), "lint.no-basis")]


def test_the_2005_campaign_declares_them_with_their_basis() -> None:
    audits = load_file(shipped()["advanced-nature-2005"]).audits
    assert {"keeper_verifies_make_up", "owner_accepts_item", "left_without_consent", "approver_at_contact_point"} <= set(audits)
    assert all(each.basis and (each.check is None) == bool(each.act) for each in audits.values())


def test_a_later_version_says_what_changes_in_them() -> None:
    old, new = load_text(TEXT), load_text(TEXT.replace("< 25", "< 30").replace("not_by: [item.owner, item.open]", "not_by: item.owner"))
    said = {each.path: (str(each.was), str(each.now)) for each in differences(old, new)}
    assert said == {
        "audits.own_item.not_by": ("item.owner, item.open", "item.owner"),
        "audits.hours.check": ("sum(n.hours for n in member.note) < 25", "sum(n.hours for n in member.note) < 30"),
    }


@pytest.mark.parametrize(
    ("old", "new", "en", "zh"),
    [
        (
            "act: approve,",
            "act: »aprove,",
            "audits.patron_approves.act: there is no act aprove, did you mean approve?",
            "audits.patron_approves.act: 没有行为 aprove，是否指 approve？",
        ),
        (
            "act: item.accept",
            "act: »item.acept",
            "audits.own_item.act: there is no act item.acept, did you mean item.accept?",
            "audits.own_item.act: 没有行为 item.acept，是否指 item.accept？",
        ),
        (
            "act: item.accept",
            "act: »item.owner",
            "audits.own_item.act: there is no act item.owner, did you mean item.open?",
            "audits.own_item.act: 没有行为 item.owner，是否指 item.open？",
        ),
        (
            "not_by: [item.owner, item.open]",
            "not_by: [item.owner, »item.subject]",
            "audits.own_item.not_by[1]: there is no act or person item.subject",
            "audits.own_item.not_by[1]: 没有行为或人员 item.subject",
        ),
        (
            "branch.patron,",
            "»branch.patrn,",
            "audits.patron_approves.not_by[0]: there is no act or person branch.patrn, did you mean branch.patron?",
            "audits.patron_approves.not_by[0]: 没有行为或人员 branch.patrn，是否指 branch.patron？",
        ),
        (
            "  visited: {title: {en: Visited, zh: 走访}, act: [visit, item.open],",
            "  »visited: {title: {en: Visited, zh: 走访},",
            "audits.visited: visited has neither, one of the two was expected: a check that ought to hold, or an act",
            "audits.visited: visited 两者皆无，应有其一：应当成立的 check，或不应发生的 act",
        ),
        (
            "  hours: {title",
            "  »hours: {act: visit, title",
            "audits.hours: hours has both, one of the two was expected: a check that ought to hold, or an act",
            "audits.hours: hours 两者都有，应有其一：应当成立的 check，或不应发生的 act",
        ),
        (
            "each: member, when",
            "»not_by: visit, each: member, when",
            "audits.hours.not_by: not_by goes with act",
            "audits.hours.not_by: not_by 只与 act 同用",
        ),
        (
            "act: [visit, item.open],",
            "»each: item, act: [visit, item.open],",
            "audits.visited.each: each goes with check",
            "audits.visited.each: each 只与 check 同用",
        ),
        (
            "sum(n.hours for n in member.note) < 25",
            "sum(»n.hour for n in member.note) < 25",
            "audits.hours.check: note has no hour; did you mean hours?",
            "audits.hours.check: note 没有 hour；是否指 hours？",
        ),
        (
            "each: member, when",
            "each: »membr, when",
            "audits.hours.each: there is no member, step, child or case kind membr, did you mean member?",
            "audits.hours.each: 没有member、step、child 或事项种类 membr，是否指 member？",
        ),
        (
            'basis: "register:1"',
            "basis: »ruel",
            "audits.visited.basis: there is no instrument ruel, did you mean rule?",
            "audits.visited.basis: 没有文件依据 ruel，是否指 rule？",
        ),
        (
            "  visit:\n    {title",
            "  approve:\n    {title",
            "audits.patron_approves.act: approve is a record and a move, another name was expected",
            "audits.patron_approves.act: approve 既是记录又是动作，应另取名",
        ),
    ],
)
def test_wrong_uses(old: str, new: str, en: str, zh: str) -> None:
    text = TEXT.replace(old, new.replace("»", ""))
    with pytest.raises(DefinitionFault) as caught:
        load_text(text)
    for lang, wanted in (("en", en), ("zh", zh)):
        said = [f"{fault.path}: {fault.text.say(lang)}" for fault in caught.value.faults]
        assert any(line.startswith(wanted) for line in said), said
    if "»" in new:
        faults(old, new)


OVER = """\
definition: below
level: district
title: {en: Below, zh: 下级}
extends: above
"""


def laid(tmp_path: Path, text: str) -> Callable[[], object]:
    (tmp_path / "above.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "below.yaml").write_text(OVER + text, encoding="utf-8")
    return lambda: load_file(tmp_path / "below.yaml")


def test_a_lower_level_may_add_audits_and_acts(tmp_path: Path) -> None:
    more = "audits: {own_item: {not_by: visit}, noted: {title: {en: Noted, zh: 已记}, act: note, basis: rule}}\n"
    definition = laid(tmp_path, more)()
    audits = definition.audits  # type: ignore[attr-defined]
    assert audits["own_item"].not_by == ("item.owner", "item.open", "visit")
    assert audits["noted"].origin == "district"


@pytest.mark.parametrize(
    "text",
    ["audits: {own_item: ~}\n", "audits: {hours: {check: len(member.note) < 9}}\n", "audits: {own_item: {title: {en: Mine, zh: 我}}}\n"],
)
def test_it_may_not_take_them_away_or_state_them_otherwise(tmp_path: Path, text: str) -> None:
    with pytest.raises(DefinitionFault):
        laid(tmp_path, text)()
