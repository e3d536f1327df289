"""What stands beside the files of an example: what is in them, and what to run."""

from __future__ import annotations

README = {
    "bureau": """\
A bureau's branch in the first stage, January to March 2005 (seed {seed}; the people are invented)
某局党支部第一阶段，2005年1月至3月（种子 {seed}；人物均为虚构）

roster.csv     1 branch, 29 members, and those who supervise it
               1 个支部、29 名党员及督导、办公室人员
records.jsonl  12 sessions with 392 attendances (331 by members, 61 by others), 24 essays, 28 of 29 tests, 12 good deeds
               12 场学习，392 人次（党员 331，非党员 61），24 篇心得，29 人中 28 人参加测试，12 件实事
               Wanting: 17 missed lessons, so some are short of hours; 5 essays; 1 test; 1 item to be put right at once
               缺项：17 人次缺课（部分党员学时不足）、5 篇心得、1 人未测试、1 项应立即整改的问题
make-up.jsonl  the 17 lessons, 5 essays and the item; who missed the test still has not sat it
               补课 17 人次、补交心得 5 篇、完成整改；未测试者仍未测试

Run / 运行:
  export WORKFLOW_DB=bureau.db
  workflow new advanced-nature-2005 --rehearsal --now 2005-01-03
  workflow import roster.csv records.jsonl --now 2005-01-03
  workflow why labour-bureau --now 2005-03-11
  workflow import make-up.jsonl --now 2005-03-11
  workflow why labour-bureau --now 2005-03-18
""",
    "district": """\
A district on 28 March 2005 (seed {seed}; the people are invented)
某区，截至2005年3月28日（种子 {seed}；人物均为虚构）

roster.csv     782 branches with 14,972 members in three batches (148, 211, 423), 10 supervision groups of 3, 13 of 2, the office
               782 个支部、14,972 名党员，分三批（148、211、423）；首批 10 个督导组 30 人，其后 13 个组；办公室
records.jsonl  the first batch from preparation to analysis: 86 branches have passed to the second stage, 62 have not, each for a
               reason of its own (hours, tests, essays, looks, the meeting, the addressees, inspection)
               第一批自筹备至分析评议：86 个支部已转段，62 个尚未转段，原因各异（学时、测试、心得、回头看、分析会、报送、检查）

Run / 运行:
  export WORKFLOW_DB=district.db
  workflow new advanced-nature-2005 --rehearsal --now 2005-01-03
  workflow import roster.csv records.jsonl --now 2005-01-03
  workflow board --now 2005-03-28
""",
}
