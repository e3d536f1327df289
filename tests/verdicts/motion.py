"""A small campaign in motion, its branches as facts that a test may suspend or end as it likes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from attrs import evolve

from workflow.clock import VirtualClock
from workflow.definition import load_text
from workflow.definition.model import Edge
from workflow.engine.campaign import Campaign
from workflow.store.facts import BranchFact, Facts
from workflow.verdicts.findings import Finding, Position, Verdict
from workflow.verdicts.judge import Judge, needs_of_moves
from workflow.verdicts.outlook import Outlook, edges_ahead, outlook

DEFINITION = load_text(
    """
definition: clean-yards
version: "2"
title: {en: Clean yards, zh: 清洁庭院}
calendar: {country: CN, zone: Asia/Shanghai}
units: {h: {en: h, zh: 小时}}
roles:
  clerk: {title: {en: clerk, zh: 经办人}, scope: branch}
  group: {title: {en: supervision group, zh: 督导组}, scope: assigned}
  office: {title: {en: office, zh: 办公室}, scope: all}
authority: {extend: [office], suspend: office, roll: office, restructure: office, enact: office}
instruments: {note-1: {title: {en: Note 1, zh: 第一号通知}}}
parameters: {mostly: {title: {en: most of a batch, zh: 基本完成}, value: 0.9, basis: note-1}}
branches: {fields: {yards: {type: integer, title: {en: yards, zh: 庭院数}, optional: true}}}
members:
  status: {full: {en: in post, zh: 在岗}, retired: {en: retired, zh: 退休}}
  flags: {away: {en: away for long, zh: 长期外出}}
  fields:
    hours: {type: number, unit: h, title: {en: hours a week, zh: 每周工时}, optional: true}
    langs: {options: {en: {en: English, zh: 英语}, zh: {en: Chinese, zh: 汉语}}, many: true, title: {en: languages, zh: 语言}, optional: true}
  departures: {died: {en: died, zh: 去世}, left: {en: left the town, zh: 迁出}}
records:
  count: {title: {en: count, zh: 清点}, of: branch, fields: {yards: integer}, by: clerk}
  order: {title: {en: order, zh: 指令}, of: campaign, fields: {number: integer}, by: office}
requirements:
  counted:
    title: {en: The yards are counted, zh: 庭院已清点}
    check: len(branch.count) > 0
    owner: clerk
    remedy: {en: count them, zh: 清点庭院}
    basis: note-1
    due: stage_end
deadlines:
  stage_end: {title: {en: end, zh: 结束}, due: {after: cleaning, days: 30}, owner: clerk, ladder: [0d]}
  soon: {title: {en: soon, zh: 从速}, due: {after: cleaning, working_days: 5}, owner: clerk, ladder: [0d]}
  phase_end: {title: {en: phase, zh: 状态}, due: {after: cleaning.working, days: 10}, owner: clerk, ladder: [0d]}
  recount: {title: {en: recount, zh: 复点}, due: {after: count, days: 10}, owner: clerk, ladder: [0d]}
  carried_out: {title: {en: carried out, zh: 落实}, due: {after: order, days: 10}, owner: office, ladder: [0d]}
  fixed: {title: {en: fixed, zh: 固定}, due: 2026-04-01, owner: clerk, ladder: [0d]}
gates:
  gate:
    phases: {working: {title: {en: working, zh: 进行中}}, seen: {title: {en: seen, zh: 已查看}}}
    moves:
      see: {title: {en: see, zh: 查看}, from: working, to: seen, by: group, requires: [counted]}
      pass: {title: {en: pass, zh: 通过}, from: seen, to: next_stage, by: office}
stages:
  cleaning:
    title: {en: cleaning, zh: 清扫}
    gate: gate
    lasts: 30d
  planting: {title: {en: planting, zh: 种植}, gate: gate}
cases:
  defect:
    title: {en: defect, zh: 缺陷}
    of: branch
    by: clerk
    states: {found: {title: {en: found, zh: 已发现}}, mended: {title: {en: mended, zh: 已修复}, final: true}}
    moves: {mend: {title: {en: mend, zh: 修复}, from: found, to: mended, by: clerk}}
"""
)

START = datetime(2026, 3, 2, 1, tzinfo=UTC)  # a Monday
NAMES = {"b1": "North", "b2": "South", "b3": "East", "ann": "Ann", "bob": "Bob", "cho": "Cho", "olga": "Olga"}
HASH = "0123456789abcdef" * 4


def campaign() -> Campaign:
    """Three branches of batch 1, the first with an open case; `ann` is clerk of `b1`, `gus` of its group, `olga` of the office."""
    made = Campaign.create(":memory:", DEFINITION, clock=VirtualClock(START), rehearsal=True)
    rows = [{"branch": b, "title": NAMES[b], "batch": "1", "group": "g1"} for b in ("b1", "b2", "b3")]
    people = [
        {"branch": "b1", "person": "ann", "name": "Ann", "status": "full", "roles": "clerk"},
        {"branch": "b1", "person": "bob", "name": "Bob", "status": "retired"},
        {"person": "gus", "name": "Gus", "group": "g1", "roles": "group"},
        {"person": "olga", "name": "Olga", "roles": "office"},
    ]
    made.import_roster([*rows, *people])
    made.open_case("b1", "defect", by="ann")
    return made


def hearing(made: Campaign, on: str, **changed: Any) -> tuple[Judge, BranchFact]:
    """A judge on that day, and branch `b1` with what is changed in it."""
    now = datetime.fromisoformat(f"{on}T02:00:00+00:00")
    edges = edges_ahead(DEFINITION, "cleaning.working")
    needs = needs_of_moves(DEFINITION, edges)
    needs.cases.add("defect")
    needs.records |= {"count", "order"}
    facts = Facts.load(made.store, DEFINITION, needs, now, "b1")
    branch = evolve(facts.branches["b1"], **changed)
    facts.branches["b1"] = branch
    return Judge(DEFINITION, facts, now), branch


def edge(move: str, state: str = "cleaning.working") -> Edge:
    found = DEFINITION.edge_of(state, move)
    assert found is not None
    return found


def ahead(made: Campaign, on: str, **changed: Any) -> Outlook:
    judge, branch = hearing(made, on, **changed)
    return outlook(DEFINITION, judge, branch, ahead=True)


def answered(subject: str, detail: Mapping[str, Any], *, branch: str = "b1", findings: Sequence[Finding] = ()) -> Verdict:
    """A verdict on a command, kept in the ledger: refused, and so without any detail, where a finding blocks."""
    refused = any(finding.blocks for finding in findings)
    return Verdict(
        branch=branch,
        subject=subject,
        command=subject.partition(":")[0],
        allowed=not refused,
        findings=(Finding(code="rule.role", status="met", met=1), *findings),
        source="cleaning.working" if branch else "",
        target="cleaning.working" if branch else "",
        attempt=1 if branch else 0,
        actor="olga",
        role="office",
        asked_at="2026-03-20T02:00:00.000000Z",
        day="2026-03-20",
        definition=DEFINITION.hash,
        event=Position(stream=f"branch:{branch}" if branch else "campaign", seq=7, hash=HASH),
        detail={} if refused else detail,
    )
