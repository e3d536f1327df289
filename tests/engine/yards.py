"""A small campaign in which everything may change in motion: rules, clocks, rolls, branches."""

from __future__ import annotations

from tests.engine.ground import Row
from workflow.definition import Definition, load_text

TEXT = """
definition: yards
version: "{hours}"
title: Licences for yards
instruments: {{act: {{title: The act, issuer: parliament, issued: 2025-01-01}}}}
parameters: {{hours: {{value: {hours}, unit: h, basis: act}}, enough: {{value: 0.5, basis: act}}}}
roles: {{keeper: {{scope: branch}}, group: {{scope: assigned}}, office: {{scope: all}}}}
authority:
  enact: office
  extend: [office, group]
  suspend: office
  roll: office
  transfer: office
  reassign: office
  restructure: office
  appoint: office
  close_batch: office
batches: {{finished: learnt, share: enough}}
members: {{status: [hand, guest], flags: [away], default: hand, departures: {{died: died, left: left}}}}
records:
  study: {{of: member, fields: {{hours: {{type: number, unit: h, min: 0}}}}, by: [keeper, office], span: attempt}}
  lesson: {{of: branch, fields: {{topic: text}}, lines: study, by: [keeper, office], span: attempt}}
  badge: {{of: member, fields: {{points: {{type: integer, min: 0}}}}, by: [keeper, office]}}
requirements:
  studied:
    title: Everybody has studied {{hours}}
    each: member
    check: sum(s.hours for s in member.study) >= hours
    owner: keeper
    remedy: hold a lesson
    basis: act
    waivable_by: office
  made_up: {{title: Nobody has anything to make up, each: make_up, check: not make_up.open, owner: keeper, remedy: make it up, basis: act}}
  mended: {{title: Every defect is mended, each: defect, check: not defect.open, owner: keeper, remedy: mend it, basis: act}}
  learnt: {{title: The first stage is over, check: branch.stage != "first", owner: keeper, remedy: go on, basis: act}}
gates:
  licence:
    phases: [working, applied, make_up]
    moves:
      apply: {{from: working, to: applied, by: keeper, requires: studied}}
      send_back: {{from: applied, to: make_up, by: [group, office]}}
      apply_again: {{from: make_up, to: applied, by: keeper, requires: made_up}}
      approve: {{from: applied, to: next_stage, by: office, not_by: [apply, members], requires: [studied, made_up, mended]}}
      redo: {{from: [applied, make_up], to: working, by: office, effects: [new_attempt]}}
stages:
  first: {{gate: licence, lasts: {days}d}}
  second: {{gate: licence, lasts: 20d}}
  third: {{gate: licence}}
cases:
  make_up:
    of: member
    by: [keeper, office]
    fields: {{what: text}}
    states: {{open: open, done: {{title: done, final: true}}}}
    moves: {{finish: {{from: open, to: done, by: [keeper, office]}}}}
  defect:
    of: branch
    by: [keeper, office]
    fields: {{what: text}}
    states: {{found: found, gone: {{title: gone, final: true}}}}
    moves: {{mend: {{from: found, to: gone, by: keeper}}}}
"""


def yards(hours: int = 4, days: int = 30) -> Definition:
    """The definition, asking so many hours of everybody, its first stage lasting so many days."""
    return load_text(TEXT.format(hours=hours, days=days), "yards")


def roster(count: int = 3, hands: int = 3) -> list[Row]:
    """Yards `y0`, `y1`, ... of as many `hands` each, in batches 1 and 2 and groups g1 and g2 in turn. `kay` keeps all of them, `bo` is the
    office, `gus` and `gil` are the groups; gil is also a hand of `y0`, which the other group supervises."""
    rows: list[Row] = []
    for n in range(count):
        yard = f"y{n}"
        rows.append({"branch": yard, "title": f"Yard {n}", "batch": str(n % 2 + 1), "group": f"g{n % 2 + 1}"})
        rows += [{"branch": yard, "person": f"h{n}-{k}", "name": f"Hand {n}-{k}", "status": "hand"} for k in range(hands)]
        rows.append({"branch": yard, "person": "kay", "name": "Kay", "roles": "keeper"})
    rows.append({"branch": "y0", "person": "gil", "name": "Gil", "status": "hand"})
    rows += [
        {"person": "gus", "name": "Gus", "group": "g1", "roles": "group"},
        {"person": "gil", "name": "Gil", "group": "g2", "roles": "group"},
    ]
    return [*rows, {"person": "bo", "name": "Bo", "roles": "office"}]
