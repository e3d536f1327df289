"""Two branches under a definition in which things are due in every way that can be said."""

from __future__ import annotations

from datetime import UTC, datetime

from workflow.clock import VirtualClock
from workflow.definition import Definition, load_text
from workflow.engine.campaign import Campaign

TEXT = """
definition: visits
title: {en: Visits, zh: 走访}
languages: [en, zh]
calendar:
  country: CN
  zone: Asia/Shanghai
  closed: [{from: 2026-03-09, to: 2026-03-10, title: {en: congress, zh: 两会}}]
roles:
  clerk: {scope: branch, title: {en: clerk, zh: 经办人}}
  group: {scope: assigned, title: {en: group, zh: 督导组}}
  office: {scope: all, title: {en: office, zh: 办公室}}
authority: {extend: office, suspend: office, enact: office, transfer: office, restructure: office}
members: {status: {in_post: {en: in post, zh: 在岗}}}
instruments: {note-1: {title: {en: Note 1, zh: 第一号通知}}}
records:
  note: {title: {en: note, zh: 笔记}, of: member, fields: {good: &yes {type: boolean, title: {en: good, zh: 合格}}}, by: clerk}
  plan: {title: {en: plan, zh: 方案}, of: branch, fields: {ends: {type: date, title: {en: ends, zh: 结束}, optional: true}}, by: clerk}
  monthly: {title: {en: monthly report, zh: 月报}, of: branch, fields: {done: *yes}, by: clerk}
  congress: {title: {en: congress, zh: 大会}, of: campaign, fields: {held: *yes}, by: office}
requirements:
  noted:
    title: {en: Notes are kept, zh: 有笔记}
    check: len(branch.plan) > 5
    owner: clerk
    remedy: {en: write, zh: 补写}
    basis: note-1
    due: year_end
gates:
  gate:
    title: {en: gate, zh: 关口}
    phases: {working: {title: {en: working, zh: 进行中}}, applied: {title: {en: applied, zh: 已申请}}}
    moves:
      apply: {title: {en: apply, zh: 申请}, from: working, to: applied, by: clerk, requires: noted}
      skip: {title: {en: skip, zh: 跳过}, from: working, to: applied, by: clerk}
      pass: {title: {en: pass, zh: 通过}, from: applied, to: next_stage, by: office}
stages:
  first: {title: {en: first, zh: 第一阶段}, gate: gate, lasts: 30d}
  second: {title: {en: second, zh: 第二阶段}, gate: gate}
cases:
  trip:
    title: {en: trip, zh: 外出}
    of: member
    by: clerk
    fields: {returns: {type: date, title: {en: returns, zh: 返回}}}
    states: {away: {title: {en: away, zh: 外出}}, back: {title: {en: back, zh: 返回}}, closed: {title: {en: closed, zh: 办结}, final: true}}
    moves:
      land: {title: {en: land, zh: 返回}, from: away, to: back, by: clerk}
      close: {title: {en: close, zh: 办结}, from: back, to: closed, by: clerk}
deadlines:
  fixed: {title: {en: fixed, zh: 固定}, due: 2026-03-20, owner: clerk, until: len(branch.plan) > 0, ladder: [-3d, 0d, +1d: group, +3d: office]}
  stage: {title: {en: seven working days, zh: 七个工作日}, due: {after: first, working_days: 7}, owner: clerk, until: len(branch.plan) > 0, ladder: [0d]}
  end: {title: {en: end, zh: 结束}, due: {on: first.planned_end}, owner: clerk, until: branch.stage != "first", ladder: [0d]}
  before_end: {title: {en: before the end, zh: 结束前}, due: {before: first.planned_end, working_days: 3}, owner: clerk, until: branch.stage != "first", ladder: [0d]}
  plan_end: {title: {en: plan ends, zh: 方案到期}, due: {before: plan.ends, days: 3}, owner: clerk, until: branch.phase == "applied", ladder: [0d]}
  congress_day: {title: {en: until the congress, zh: 大会之前}, due: {on: congress}, owner: office, until: branch.stage == "second", ladder: [-1d, 0d]}
  weekly: {title: {en: weekly check, zh: 每周批阅}, due: {every: week, day: friday, after: first}, each: member, owner: clerk, until: 'any(n.happened >= begins and n.happened <= ends for n in member.note)', ladder: [0d, +3d: group]}
  monthly: {title: {en: monthly report, zh: 月报}, due: {every: month, day: 21, after: first}, owner: clerk, until: 'any(m.happened >= begins and m.happened <= ends for m in branch.monthly)', ladder: [-3d, 0d, +1d: group]}
  first_note: {title: {en: second note, zh: 第二篇笔记}, due: {after: note, days: 5}, each: member, owner: clerk, until: len(member.note) > 1, ladder: [0d]}
  made_up: {title: {en: make up, zh: 补课}, due: {after: trip.returns, days: 10}, each: trip, owner: clerk, until: not trip.open, ladder: [0d]}
  closing: {title: {en: close, zh: 办结}, due: {after: trip.back, working_days: 2}, each: trip, owner: clerk, until: not trip.open, ladder: [0d]}
  told: {title: {en: a day announced, zh: 通知日}, due: 2026-03-12, owner: clerk, ladder: [-1d, +2d]}
  year_end: {title: {en: year end, zh: 年末}, due: {after: first, working_days: 230}, owner: clerk, until: branch.stage == "second", ladder: [0d]}
"""
DEFINITION = load_text(TEXT)
START = datetime(2026, 3, 2, 1, tzinfo=UTC)  # a Monday


def opened(start: datetime = START, definition: Definition = DEFINITION) -> Campaign:
    made = Campaign.create(":memory:", definition, clock=VirtualClock(start), rehearsal=True)
    made.import_roster(
        [
            *({"branch": b, "title": b.upper(), "batch": "1", "group": "g1"} for b in ("b1", "b2")),
            {"branch": "b1", "person": "ann", "name": "Ann", "status": "in_post", "roles": "clerk"},
            {"branch": "b1", "person": "bob", "name": "Bob", "status": "in_post"},
            {"branch": "b2", "person": "cho", "name": "Cho", "status": "in_post", "roles": "clerk"},
            {"person": "gus", "name": "Gus", "group": "g1", "roles": "group"},
            {"person": "olga", "name": "Olga", "roles": "office"},
        ]
    )
    return made


def on(made: Campaign, day: str) -> Campaign:
    made._desk.clock.set(datetime.fromisoformat(f"{day}T02:00:00+00:00"))  # type: ignore[attr-defined]
    return made
