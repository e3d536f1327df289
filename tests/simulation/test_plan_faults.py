"""What is said of a faulty plan: every fault at once, each at its line and column, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.small_plan import DEFINITION, PLAN, RULES
from workflow.errors import DefinitionFault
from workflow.simulation.plan import load_document, load_plan, load_text, planned_definition

# What is wrong, what is replaced by what (nothing: the whole file), and what is said of it.
FAULTS = [
    (
        "nothing",
        "",
        "plan: a\n",
        (
            "p:1:1: title is missing, it is required here\n"
            "p:1:1: definition is missing, it is required here\n"
            "p:1:1: starts is missing, it is required here\n"
            "p:1:1: batches is missing, it is required here\n"
            "p:1:1: steps is missing, it is required here"
        ),
        (
            "p:1:1: 缺少 title，此处必填\n"
            "p:1:1: 缺少 definition，此处必填\n"
            "p:1:1: 缺少 starts，此处必填\n"
            "p:1:1: 缺少 batches，此处必填\n"
            "p:1:1: 缺少 steps，此处必填"
        ),
    ),
    ("a list", "", "- a\n", "p:1:1: this is no definition, a mapping was expected at the top", "p:1:1: 这不是方案，最外层应为映射"),
    (
        "an unknown key",
        "policies: {order",
        "policy: {order",
        "p:21:1: policy: the key policy is unknown here, did you mean policies?",
        "p:21:1: policy: 此处没有键 policy，是否指 policies？",
    ),
    (
        "a key of a step",
        "served_by: office",
        "servd_by: office",
        "p:13:5: steps.inspection.servd_by: the key servd_by is unknown here, did you mean served_by?",
        "p:13:5: steps.inspection.servd_by: 此处没有键 servd_by，是否指 served_by？",
    ),
    (
        "no id",
        "plan: small-plan",
        "plan: Small Plan",
        "p:1:7: plan: Small Plan does not fit, lower-case words joined by -, such as district-2005 was expected",
        "p:1:7: plan: Small Plan 不合要求，应为以 - 连接的小写单词，如 district-2005",
    ),
    (
        "a title in one language",
        "title: {en: Plan, zh: 计划}",
        "title: Plan",
        "p:2:8: title: one text only, one in en and zh was expected",
        "p:2:8: title: 只有一种文本，应有 en、zh 文本",
    ),
    (
        "a placeholder",
        "en: Plan,",
        'en: "Plan {x}",',
        "p:2:19: title.en: {x} is no parameter, {PARAMETER} was expected; there are none",
        "p:2:19: title.en: {x} 不是参数，应为 {参数}；目前没有",
    ),
    (
        "another definition",
        "definition: small",
        "definition: large",
        "p:3:13: definition: this plan is written for large, it cannot be simulated with small",
        "p:3:13: definition: 此计划是为 large 编写的，不能用于 small",
    ),
    (
        "no date",
        "starts: 2005-01-17",
        "starts: January",
        "p:4:9: starts: January does not fit, a date such as 2005-01-31 was expected",
        "p:4:9: starts: January 不合要求，应为日期，如 2005-01-31",
    ),
    (
        "no such day",
        "starts: 2005-01-17",
        "starts: 2005-02-30",
        "p:4:9: starts: 2005-02-30 does not exist in the calendar, a date such as 2005-01-31 was expected",
        "p:4:9: starts: 历法中没有 2005-02-30，应为日期，如 2005-01-31",
    ),
    (
        "a batch too early",
        '"2": 2005-07-01',
        '"2": 2005-01-01',
        "p:7:8: batches.2: 2005-01-01 lies before 2005-01-17, when the plan starts; a day from then on was expected",
        "p:7:8: batches.2: 2005-01-01 早于计划起始日 2005-01-17，应不早于该日",
    ),
    (
        "a batch over before it begins",
        "by: 2005-06-30",
        "by: 2005-01-16",
        "p:6:56: batches.1.by: 2005-01-16 lies before 2005-01-17, when the batch begins; a day from then on was expected",
        "p:6:56: batches.1.by: 2005-01-16 早于该批起始日 2005-01-17，应不早于该日",
    ),
    (
        "a batch without a day",
        "{from: 2005-01-17, plus",
        "{plus",
        "p:6:3: batches.1: from is missing, a date such as 2005-01-31 was expected here",
        "p:6:3: batches.1: 缺少 from，此处应有 日期，如 2005-01-31",
    ),
    (
        "no batches",
        ('  "1": {from: 2005-01-17, plus: {uniform: [0, 3]}, by: 2005-06-30}\n  "2": 2005-07-01\n'),
        "  {}\n",
        "p:6:3: batches: this is empty, at least one was expected",
        "p:6:3: batches: 此处为空，至少应有一项",
    ),
    (
        "a batch that is a number",
        '"2": 2005-07-01',
        "2: 2005-07-01",
        "p:7:3: batches: a key must be a text, in quotes if it looks like a number",
        "p:7:3: batches: 键必须是文本，形似数字时应加引号",
    ),
    (
        "an unknown stage",
        "stages: {learning",
        "stages: {lerning",
        "p:8:10: stages.lerning: there is no stage lerning; did you mean learning?",
        "p:8:10: stages.lerning: 没有阶段 lerning；是否指 learning？",
    ),
    (
        "a stage without an end",
        "stages: {learning",
        "stages: {analysis",
        "p:8:21: stages.analysis.extend: analysis has no planned end, since the definition does not say how long it lasts",
        "p:8:21: stages.analysis.extend: analysis 没有计划结束日（方案未规定时长）",
    ),
    (
        "until in a stage without an end",
        "takes: {lognormal: {median: 30, p90: 50}}, then: apply",
        "until: planned_end",
        "p:11:29: steps.analysis.working.until: analysis has no planned end, since the definition does not say how long it lasts; `takes` was expected",
        "p:11:29: steps.analysis.working.until: analysis 没有计划结束日（方案未规定时长），应改用 takes",
    ),
    (
        "an unknown state",
        "  learning.working:",
        "  learning.workin:",
        "p:10:3: steps.learning.workin: there is no state learning.workin; did you mean learning.working?",
        "p:10:3: steps.learning.workin: 没有状态 learning.workin；是否指 learning.working？",
    ),
    (
        "an unknown phase",
        "  make_up: {takes",
        "  makeup: {takes",
        "p:18:3: steps.makeup: there is no phase makeup; did you mean make_up?",
        "p:18:3: steps.makeup: 没有关口状态 makeup；是否指 make_up？",
    ),
    (
        "no state at all",
        "  make_up: {takes",
        "  Make-up: {takes",
        "p:18:3: steps.Make-up: Make-up does not fit, a state such as learning.inspection, or a phase such as inspection was expected",
        "p:18:3: steps.Make-up: Make-up 不合要求，应为状态，如 learning.inspection，或关口状态，如 inspection",
    ),
    (
        "a missing state",
        PLAN[PLAN.index("  learning.working:") : PLAN.index("  make_up:")],
        "",
        (
            "p:9:1: steps: nothing is said about learning.inspection: approve, require_make_up and redo lead on from learning.inspection, one of them or their shares were expected\n"
            "p:9:1: steps: nothing is said about analysis.inspection: approve, require_make_up and redo lead on from analysis.inspection, one of them or their shares were expected"
        ),
        (
            "p:9:1: steps: 没有关于 learning.inspection 的内容：approve、require_make_up、redo 均可离开 learning.inspection，应指明其一或各自的比例\n"
            "p:9:1: steps: 没有关于 analysis.inspection 的内容：approve、require_make_up、redo 均可离开 analysis.inspection，应指明其一或各自的比例"
        ),
    ),
    (
        "several ways on",
        ("    then: {approve: [0.8, 0.9], require_make_up: [0.15, 0.05], redo: 0.05}\n    because: {studied: 0.75, other: 0.25}\n"),
        "",
        "p:12:3: steps.inspection: then is missing: approve, require_make_up and redo lead on from learning.inspection, one of them or their shares were expected",
        "p:12:3: steps.inspection: 缺少 then：approve、require_make_up、redo 均可离开 learning.inspection，应指明其一或各自的比例",
    ),
    (
        "an unknown move",
        "{approve: [0.8, 0.9], ",
        "{aprove: [0.8, 0.9], ",
        "p:16:12: steps.inspection.then.aprove: there is no move aprove from learning.inspection; did you mean approve?",
        "p:16:12: steps.inspection.then.aprove: learning.inspection 没有动作 aprove；是否指 approve？",
    ),
    (
        "a move of another state",
        "then: apply",
        "then: approve",
        "p:11:65: steps.analysis.working.then: there is no move approve from analysis.working; known: apply",
        "p:11:65: steps.analysis.working.then: analysis.working 没有动作 approve；已有：apply",
    ),
    (
        "a move that stays",
        "then: apply",
        "then: prolong",
        "p:11:65: steps.analysis.working.then: prolong leaves a branch in analysis.working, a move that leads on was expected; known: apply",
        "p:11:65: steps.analysis.working.then: prolong 不离开 analysis.working，应为离开该状态的动作；已有：apply",
    ),
    (
        "shares",
        "then: {approve: [0.8, 0.9]",
        "then: {approve: 0.7",
        "p:16:11: steps.inspection.then: the shares of attempt 1 make 0.9, 1 was expected",
        "p:16:11: steps.inspection.then: 第 1 次的各项比例之和为 0.9，应为 1",
    ),
    (
        "shares of one attempt",
        "then: {approve: [0.8, 0.9]",
        "then: {approve: [0.8, 0.9, 0.95]",
        "p:16:11: steps.inspection.then: the shares of attempt 3 make 1.05, 1 was expected",
        "p:16:11: steps.inspection.then: 第 3 次的各项比例之和为 1.05，应为 1",
    ),
    (
        "shares without attempts",
        "[0.8, 0.9], require_make_up: [0.15, 0.05], redo: 0.05}",
        "0.8, redo: 0.1}",
        "p:16:11: steps.inspection.then: the shares make 0.9, 1 was expected",
        "p:16:11: steps.inspection.then: 各项比例之和为 0.9，应为 1",
    ),
    (
        "a share too great",
        "redo: 0.05",
        "redo: 5",
        "p:16:70: steps.inspection.then.redo: 5 is too great, at most 1 was expected",
        "p:16:70: steps.inspection.then.redo: 5 过大，应不大于 1",
    ),
    (
        "a share that is a text",
        "redo: 0.05",
        "redo: many",
        "p:16:70: steps.inspection.then.redo: a text stands here (many), a number or a list was expected",
        "p:16:70: steps.inspection.then.redo: 此处是文本（many），应为数字或列表",
    ),
    (
        "an empty list",
        "[0.8, 0.9]",
        "[]",
        "p:16:21: steps.inspection.then.approve: this is empty, at least one was expected",
        "p:16:21: steps.inspection.then.approve: 此处为空，至少应有一项",
    ),
    (
        "no way out",
        "[0.8, 0.9], require_make_up: [0.15, 0.05], redo: 0.05}",
        "[1, 0], require_make_up: [0, 1]}",
        "p:10:3: steps.learning.working: a branch in learning.working never finishes: it only comes to learning.applied, learning.inspection, learning.make_up",
        "p:10:3: steps.learning.working: 支部到 learning.working 后永远不能结束：只能到 learning.applied、learning.inspection、learning.make_up",
    ),
    (
        "an unknown requirement",
        "{studied: 0.75",
        "{studed: 0.75",
        "p:17:15: steps.inspection.because.studed: there is no requirement studed; did you mean studied?",
        "p:17:15: steps.inspection.because.studed: 没有条件 studed；是否指 studied？",
    ),
    (
        "a requirement nobody asks there",
        "{studied: 0.75",
        "{written: 0.75",
        "p:17:15: steps.inspection.because.written: written is asked by no move from learning.inspection; known: studied, other",
        "p:17:15: steps.inspection.because.written: learning.inspection 的动作都不要求 written；已有：studied、other",
    ),
    (
        "shares of reasons",
        "{studied: 0.75",
        "{studied: 0.5",
        "p:17:14: steps.inspection.because: the shares make 0.75, 1 was expected",
        "p:17:14: steps.inspection.because: 各项比例之和为 0.75，应为 1",
    ),
    (
        "reasons without a choice",
        "p90: 50}}, then: apply",
        "p90: 50}}, because: {written: 1}",
        "p:11:65: steps.analysis.working.because: because goes with then, which is missing",
        "p:11:65: steps.analysis.working.because: because 须与 then 同用，此处缺少 then",
    ),
    (
        "an unknown capacity",
        "served_by: office",
        "served_by: ofice",
        "p:13:16: steps.inspection.served_by: there is no capacity ofice; did you mean office?",
        "p:13:16: steps.inspection.served_by: 没有承办力量 ofice；是否指 office？",
    ),
    (
        "two lengths",
        "{until: planned_end, plus",
        "{until: planned_end, takes: 3, plus",
        "p:10:42: steps.learning.working.takes: takes stands beside until, one of them was expected",
        "p:10:42: steps.learning.working.takes: takes 与 until 并列，应只有其一",
    ),
    (
        "more than nothing",
        "{until: planned_end, plus",
        "{plus",
        "p:10:22: steps.learning.working.plus: plus goes with until, which is missing",
        "p:10:22: steps.learning.working.plus: plus 须与 until 同用，此处缺少 until",
    ),
    (
        "a unit of nothing",
        "    takes: 1\n",
        "",
        (
            "p:13:5: steps.inspection.served_by: served_by goes with takes, which is missing\n"
            "p:14:5: steps.inspection.unit: unit goes with takes, which is missing"
        ),
        (
            "p:13:5: steps.inspection.served_by: served_by 须与 takes 同用，此处缺少 takes\n"
            "p:14:5: steps.inspection.unit: unit 须与 takes 同用，此处缺少 takes"
        ),
    ),
    (
        "an unknown unit",
        "unit: working_days",
        "unit: weeks",
        "p:15:11: steps.inspection.unit: weeks is unknown, one of days, working_days was expected",
        "p:15:11: steps.inspection.unit: weeks 不可用，应为 days, working_days 之一",
    ),
    (
        "an unknown distribution",
        "{weibull: {shape: 2, scale: 9}}",
        "{wiebull: {shape: 2, scale: 9}}",
        "p:18:21: steps.make_up.takes.wiebull: the key wiebull is unknown here, did you mean weibull?",
        "p:18:21: steps.make_up.takes.wiebull: 此处没有键 wiebull，是否指 weibull？",
    ),
    (
        "two distributions",
        "{weibull: {shape: 2, scale: 9}}",
        "{constant: 1, exponential: 2}",
        "p:18:20: steps.make_up.takes: too much stands here, one entry was expected",
        "p:18:20: steps.make_up.takes: 内容过多，应只有一项",
    ),
    (
        "no distribution",
        "{weibull: {shape: 2, scale: 9}}",
        "{}",
        "p:18:20: steps.make_up.takes: this is empty, at least one was expected",
        "p:18:20: steps.make_up.takes: 此处为空，至少应有一项",
    ),
    (
        "a distribution that is a list",
        "{weibull: {shape: 2, scale: 9}}",
        "[1, 2]",
        "p:18:20: steps.make_up.takes: a list stands here, a number or a mapping was expected",
        "p:18:20: steps.make_up.takes: 此处是列表，应为数字或映射",
    ),
    (
        "a figure of a distribution",
        "shape: 2,",
        "shape: 0,",
        "p:18:38: steps.make_up.takes.weibull.shape: 0 was found, more than 0 was expected",
        "p:18:38: steps.make_up.takes.weibull.shape: 此处为 0，应大于 0",
    ),
    (
        "a figure that is missing",
        "shape: 2, ",
        "",
        "p:18:21: steps.make_up.takes.weibull: shape is missing, it is required here",
        "p:18:21: steps.make_up.takes.weibull: 缺少 shape，此处必填",
    ),
    (
        "a figure too few",
        "triangular: [-5, 0, 15]",
        "triangular: [-5, 15]",
        "p:10:61: steps.learning.working.plus.triangular: 2 stand here, three numbers were expected: [low, mode, high]",
        "p:10:61: steps.learning.working.plus.triangular: 此处有 2 个数字，应有三个：[low, mode, high]",
    ),
    (
        "figures out of order",
        "triangular: [-5, 0, 15]",
        "triangular: [-5, 16, 15]",
        "p:10:70: steps.learning.working.plus.triangular[2]: high (15) lies below mode (16), [low, mode, high] in this order was expected",
        "p:10:70: steps.learning.working.plus.triangular[2]: high（15）小于 mode（16），应依次为 [low, mode, high]",
    ),
    (
        "a figure that is no number",
        "uniform: [0, 3]",
        "uniform: [0, three]",
        "p:6:47: batches.1.plus.uniform[1]: a text stands here (three), a number was expected",
        "p:6:47: batches.1.plus.uniform[1]: 此处是文本（three），应为数字",
    ),
    (
        "figures of uniform",
        "uniform: [0, 3]",
        "uniform: [3, 0]",
        "p:6:47: batches.1.plus.uniform[1]: high (0) lies below low (3), [low, high] in this order was expected",
        "p:6:47: batches.1.plus.uniform[1]: high（0）小于 low（3），应依次为 [low, high]",
    ),
    (
        "a time that has passed",
        "uniform: [0, 3]",
        "uniform: [-3, 0]",
        "p:6:43: batches.1.plus.uniform: -3 lies below 0, a length of time of 0 or more was expected",
        "p:6:43: batches.1.plus.uniform: -3 小于 0，时长应不小于 0",
    ),
    (
        "a ninth decile below the median",
        "p90: 50",
        "p90: 20",
        "p:11:59: steps.analysis.working.takes.lognormal.p90: p90 (20) lies below the median (30), at least the median was expected",
        "p:11:59: steps.analysis.working.takes.lognormal.p90: p90（20）小于中位数 median（30），应不小于中位数",
    ),
    (
        "a mean of nothing",
        "exponential: 9",
        "exponential: 0",
        "p:19:40: effects.extend.days.exponential: 0 was found, more than 0 was expected",
        "p:19:40: effects.extend.days.exponential: 此处为 0，应大于 0",
    ),
    (
        "nothing seen",
        "empirical: [0, 1]",
        "empirical: []",
        "p:21:77: policies.focus.plus.empirical: this is empty, at least one was expected",
        "p:21:77: policies.focus.plus.empirical: 此处为空，至少应有一项",
    ),
    (
        "a figure beyond all bounds",
        "takes: 1\n",
        "takes: 1e9\n",
        "p:14:12: steps.inspection.takes: 1000000000.0 is too great, at most 100000 was expected",
        "p:14:12: steps.inspection.takes: 1000000000.0 过大，应不大于 100000",
    ),
    (
        "nobody",
        "office: {people: 8}",
        "office: {people: 0}",
        "p:20:31: capacities.office.people: 0 is too small, at least 1 was expected",
        "p:20:31: capacities.office.people: 0 过小，应不小于 1",
    ),
    (
        "half a person",
        "office: {people: 8}",
        "office: {people: 2.5}",
        "p:20:31: capacities.office.people: a number stands here (2.5), a whole number was expected",
        "p:20:31: capacities.office.people: 此处是数字（2.5），应为整数",
    ),
    (
        "of another kind",
        "each: group",
        "each: branch",
        "p:20:49: capacities.group.each: branch is unknown, one of group was expected",
        "p:20:49: capacities.group.each: branch 不可用，应为 group 之一",
    ),
    (
        "an unknown order",
        "office: smallest",
        "office: small",
        "p:21:28: policies.order.office: small is unknown, one of first_come, smallest, largest, earliest_planned_end was expected; did you mean smallest?",
        "p:21:28: policies.order.office: small 不可用，应为 first_come, smallest, largest, earliest_planned_end 之一；是否指 smallest？",
    ),
    (
        "an order of nobody",
        "order: {office:",
        "order: {ofice:",
        "p:21:20: policies.order.ofice: there is no capacity ofice; did you mean office?",
        "p:21:20: policies.order.ofice: 没有承办力量 ofice；是否指 office？",
    ),
    (
        "half a focus",
        "share: 0.2, ",
        "",
        "p:21:39: policies.focus: share is missing, it is required here",
        "p:21:39: policies.focus: 缺少 share，此处必填",
    ),
    (
        "an unknown record",
        "absence: {attendance:",
        "absence: {atendance:",
        "p:22:11: absence.atendance: there is no record of members atendance; did you mean attendance?",
        "p:22:11: absence.atendance: 没有党员记录 atendance；是否指 attendance？",
    ),
    (
        "a record of branches",
        "absence: {attendance:",
        "absence: {minutes:",
        "p:22:11: absence.minutes: there is no record of members minutes; known: attendance",
        "p:22:11: absence.minutes: 没有党员记录 minutes；已有：attendance",
    ),
    (
        "an unknown status",
        "in_post: 0.06",
        "inpost: 0.06",
        "p:22:24: absence.attendance.inpost: there is no status or flag inpost; did you mean in_post?",
        "p:22:24: absence.attendance.inpost: 没有状态或标记 inpost；是否指 in_post？",
    ),
    (
        "a chance too great",
        "mobile: 0.45",
        "mobile: 45",
        "p:22:47: absence.attendance.mobile: 45 is too great, at most 1 was expected",
        "p:22:47: absence.attendance.mobile: 45 过大，应不大于 1",
    ),
    (
        "finished where it begins",
        "stages: {learning",
        "finished: learning.working\nstages: {learning",
        "p:8:11: finished: learning.working is where branches begin, a state they come to was expected",
        "p:8:11: finished: learning.working 是支部的起点，应为支部后来到达的状态",
    ),
    (
        "finished nowhere",
        "stages: {learning",
        "finished: analysis.done\nstages: {learning",
        "p:8:11: finished: there is no state analysis.done; did you mean analysis.working?",
        "p:8:11: finished: 没有状态 analysis.done；是否指 analysis.working？",
    ),
    (
        "a tab",
        "stages: {learning",
        "\tstages: {learning",
        "p:8:1: a tab cannot indent, blanks were expected",
        "p:8:1: 不能用制表符缩进，应使用空格",
    ),
    (
        "twice",
        "stages: {learning",
        "plan: b\nstages: {learning",
        "p:8:1: plan: plan stands here twice, first in line 1",
        "p:8:1: plan: plan 重复出现，首次在第 1 行",
    ),
]


def caught(text: str) -> DefinitionFault:
    with pytest.raises(DefinitionFault) as found:
        load_text(text, RULES, "p")
    return found.value


@pytest.mark.parametrize(("old", "new", "en", "zh"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_fault_is_said_where_it_stands(old: str, new: str, en: str, zh: str) -> None:
    assert PLAN.count(old) == 1 or not old
    fault = caught(PLAN.replace(old, new) if old else new)
    assert (fault.say("en"), fault.say("zh")) == (en, zh)


def test_the_plan_without_a_fault_loads() -> None:
    assert load_text(PLAN, RULES, "p").id == "small-plan"


def test_all_faults_are_said_at_once() -> None:
    text = (
        PLAN.replace("starts: 2005-01-17", "starts: 2005-02-30").replace("[-5, 0, 15]", "[5, 0, 15]").replace("redo: 0.05", "redoo: 0.05")
    )
    text = text.replace("{people: 8}", "{poeple: 8}").replace("order: {office", "order: {offices").replace("mobile: 0.45", "mobil: 0.45")
    assert [fault.where for fault in caught(text).faults] == ["p:4:9", "p:10:65", "p:16:64", "p:20:23", "p:21:20", "p:22:39"]


def test_what_is_misspelt_is_not_held_against_the_author_twice() -> None:
    text = PLAN.replace("until: planned_end", "untill: planned_end").replace("capacities:", "capacitys:").replace("    then:", "    than:")
    assert [fault.path for fault in caught(text).faults] == ["steps.learning.working.untill", "steps.inspection.than", "capacitys"]


def test_plain_data_is_located_by_its_path() -> None:
    document = {**load_text(PLAN, RULES).document, "starts": "2006-01-01"}
    with pytest.raises(DefinitionFault) as found:
        load_document(document, RULES)
    assert [(fault.where, fault.path) for fault in found.value.faults] == [("", "batches.1.from"), ("", "batches.2")]


def test_a_file_that_cannot_be_read_is_a_clean_fault(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    for found in (lambda: load_plan(path, RULES), lambda: planned_definition(path)):
        with pytest.raises(DefinitionFault) as fault:
            found()
        assert fault.value.say("en") == f"{path}: the file cannot be read: No such file or directory"
        assert fault.value.say("zh") == f"{path}: 无法读取文件：没有这个文件或文件夹"
    path.write_bytes("plan: a\ntitle: 计划".encode("gbk"))
    with pytest.raises(DefinitionFault, match="2:8: this byte is not UTF-8"):
        load_plan(path, RULES)


def test_a_plan_finds_its_definition_beside_it_or_in_the_program(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, "utf-8")
    with pytest.raises(DefinitionFault) as fault:
        planned_definition(path)
    assert fault.value.say("en").startswith(
        f"{path}:3:13: definition: there is no definition small.yaml beside this file, and none of that name comes with the program; "
    )
    assert fault.value.say("zh").startswith(f"{path}:3:13: definition: 此文件旁没有方案 small.yaml，程序也未附带同名方案；")
    (tmp_path / "small.yaml").write_text(DEFINITION, "utf-8")
    assert planned_definition(path).hash == RULES.hash
    path.write_text(PLAN.replace("definition: small", "definition: striving-for-excellence-2010"), "utf-8")
    assert planned_definition(path).id == "striving-for-excellence-2010"
    path.write_text(PLAN.replace("definition: small", "definition: [small]"), "utf-8")
    with pytest.raises(DefinitionFault) as fault:
        planned_definition(path)
    assert fault.value.say("en") == f"{path}:3:13: definition: the id of a definition was expected here"
