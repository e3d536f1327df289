"""A small definition in two languages, and a sound plan for it."""

from __future__ import annotations

from workflow.definition import load_text

DEFINITION = """\
definition: small
title: {en: Small, zh: 小}
languages: [en, zh]
roles: {secretary: {scope: branch, title: {en: secretary, zh: 书记}}, office: {scope: all, title: {en: office, zh: 办公室}}}
instruments: {rule-1: {title: {en: Rule, zh: 规定}}}
members: {status: {in_post: {en: in post, zh: 在岗}}, flags: {mobile: {en: mobile, zh: 流动}}}
records:
  attendance: {title: {en: attendance, zh: 出勤}, of: member, fields: {hours: {type: number, title: {en: hours, zh: 学时}}}, by: secretary}
  minutes: {title: {en: minutes, zh: 记录}, of: branch, fields: {what: {type: text, title: {en: what, zh: 内容}}}, by: secretary}
requirements:
  studied:
    title: {en: Studied, zh: 已学习}
    check: len(branch.members) > 0
    owner: secretary
    remedy: {en: study, zh: 学习}
    basis: rule-1
  written:
    title: {en: Written, zh: 有记录}
    check: len(branch.minutes) > 0
    owner: secretary
    remedy: {en: write, zh: 记录}
    basis: rule-1
gates:
  transfer:
    title: {en: transfer, zh: 转段}
    phases: {working: {en: at work, zh: 进行中}, applied: {en: applied, zh: 已申请}, inspection: {en: inspection, zh: 检查}, make_up: {en: make-up, zh: 补课}}
    moves:
      apply: {title: {en: apply, zh: 申请}, from: working, to: applied, by: secretary, requires: written}
      prolong: {title: {en: prolong, zh: 延长}, from: working, to: working, by: office, effects: [{extend: "3"}]}
      start: {title: {en: start, zh: 开始}, from: applied, to: inspection, by: office}
      approve: {title: {en: approve, zh: 同意}, from: inspection, to: next_stage, by: office, requires: studied}
      require_make_up: {title: {en: require make-up, zh: 要求补课}, from: inspection, to: make_up, by: office}
      redo: {title: {en: redo, zh: 重来}, from: inspection, to: working, by: office, effects: [new_attempt]}
      inspect_again: {title: {en: inspect again, zh: 复查}, from: make_up, to: inspection, by: office}
stages:
  learning: {title: {en: learning, zh: 学习}, gate: transfer, lasts: 45d}
  analysis: {title: {en: analysis, zh: 分析}, gate: transfer}
"""
PLAN = """\
plan: small-plan
title: {en: Plan, zh: 计划}
definition: small
starts: 2005-01-17
batches:
  "1": {from: 2005-01-17, plus: {uniform: [0, 3]}, by: 2005-06-30}
  "2": 2005-07-01
stages: {learning: {extend: 10}}
steps:
  learning.working: {until: planned_end, plus: {triangular: [-5, 0, 15]}}
  analysis.working: {takes: {lognormal: {median: 30, p90: 50}}, then: apply}
  inspection:
    served_by: office
    takes: 1
    unit: working_days
    then: {approve: [0.8, 0.9], require_make_up: [0.15, 0.05], redo: 0.05}
    because: {studied: 0.75, other: 0.25}
  make_up: {takes: {weibull: {shape: 2, scale: 9}}}
effects: {extend: {days: {exponential: 9}}}
capacities: {office: {people: 8}, group: {each: group, people: 3}}
policies: {order: {office: smallest}, focus: {share: 0.2, plus: {empirical: [0, 1]}}}
absence: {attendance: {in_post: 0.06, mobile: 0.45}}
"""
RULES = load_text(DEFINITION, "small.yaml")
