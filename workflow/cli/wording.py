"""What the parts of a definition are called in tables, and how many of each it holds."""

from __future__ import annotations

from workflow.cli.catalogue import counts
from workflow.cli.sheets import Sheet
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

WORDS = {
    "stages": Text.of("stages", "阶段"),
    "phases": Text.of("phases", "关口状态"),
    "moves": Text.of("moves", "动作"),
    "requirements": Text.of("requirements", "条件"),
    "records": Text.of("kinds of record", "记录种类"),
    "cases": Text.of("kinds of case", "事项种类"),
    "roles": Text.of("roles", "角色"),
    "parameters": Text.of("parameters", "参数"),
    "deadlines": Text.of("deadlines", "期限"),
    "invariants": Text.of("invariants, all proven", "不变式（均已证明）"),
    "authority": Text.of("powers", "职权"),
    "branches": Text.of("branches", "支部"),
    "people": Text.of("people", "人员"),
    "id": Text.of("id", "标识"),
    "title": Text.of("title", "名称"),
    "of": Text.of("of", "对象"),
    "by": Text.of("who may", "有权者"),
    "not_by": Text.of("not by who did", "不得由作出下列动作者"),
    "fields": Text.of("fields", "字段"),
    "lines": Text.of("lines", "明细行"),
    "from": Text.of("from", "由"),
    "to": Text.of("to", "至"),
    "requires": Text.of("requires", "条件"),
    "level": Text.of("level", "效力"),
    "each": Text.of("asked of each", "逐一核查"),
    "owner": Text.of("who acts", "责任人"),
    "waivable_by": Text.of("who may accept a gap", "可批准缺口者"),
    "due": Text.of("deadline", "期限"),
    "day": Text.of("due", "到期"),
    "ladder": Text.of("announced", "提醒阶梯"),
    "urgent": Text.of("on closed days too", "休息日也提醒"),
    "until": Text.of("open until", "了结条件"),
    "at": Text.of("letters at", "发出时刻"),
    "when": Text.of("applies when", "适用情形"),
    "check": Text.of("check", "核查式"),
    "remedy": Text.of("remedy", "补救办法"),
    "basis": Text.of("basis", "依据"),
    "scope": Text.of("for", "范围"),
    "waives": Text.of("may accept gaps in", "可批准缺口的条件"),
    "states": Text.of("states", "状态"),
    "text": Text.of("value", "取值"),
    "derive": Text.of("derived from", "由此得出"),
    "number": Text.of("no.", "序号"),
    "lasts": Text.of("days", "天数"),
    "gate": Text.of("gate", "关口"),
    "steps": Text.of("steps", "环节"),
    "type": Text.of("type", "类型"),
    "options": Text.of("options", "选项"),
    "member": Text.of("member", "党员"),
    "branch": Text.of("branch", "支部"),
    "campaign": Text.of("campaign", "活动"),
    "step": Text.of("step", "环节"),
    "child": Text.of("branch below", "下属支部"),
    "assigned": Text.of("what is assigned to them", "所负责的支部"),
    "all": Text.of("all", "全部"),
    "block": Text.of("blocks", "必须满足"),
    "warn": Text.of("warns", "提醒"),
    "observe": Text.of("is observed", "仅观察"),
    "batch": Text.of("batch", "批次"),
    "group": Text.of("group", "督导组"),
    "state": Text.of("state", "状态"),
    "name": Text.of("name", "姓名"),
    "roles_held": Text.of("roles", "角色"),
}


def summary(voice: Voice, title: str) -> Sheet:
    """How many of each a definition holds."""
    sheet = Sheet(title, ("", " "), frozenset({" "}))
    for name, n in counts(voice.definition).items():
        sheet.add_row(voice.say(WORDS[name]), f"{n:,}")
    return sheet
