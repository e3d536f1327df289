"""What a diagram says about moves, roles and requirements, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

from attrs import define, frozen

from workflow.definition.model import FINISHED, MEMBERS, NEXT_STAGE, OPEN, Definition, Field, Move, Requirement, Stage
from workflow.texts import Text

GATE = Text.of("gate", "关口")
CASE = Text.of("case", "事项")
STAGES = Text.of("stages", "阶段")
PHASES = Text.of("phases", "关口状态")
STEP = Text.of("step", "环节")
STEPS = Text.of("steps", "环节")
MOVE = Text.of("move", "动作")
FROM = Text.of("from", "自")
TO = Text.of("to", "至")
WHO = Text.of("who", "由谁作出")
AFTER = Text.of("after", "须在其后")
REQUIRED = Text.of("required", "所需条件")
REQUIREMENT = Text.of("requirement", "条件")
REQUIREMENTS = Text.of("requirements", "条件")
INVARIANT = Text.of("invariant", "不变式")
INVARIANTS = Text.of("invariants", "不变式")
AUTHORITY = Text.of("authority", "职权")
POWER = Text.of("what may be done", "可办事项")
SHARE = Text.of("{share}% of the batch", "批次的{share}%")
BASIS = Text.of("basis", "依据")
OWNER = Text.of("owner", "责任人")
REMEDY = Text.of("remedy", "补救办法")
WAIVABLE = Text.of("waivable by", "可批准缺口者")
LEVEL = Text.of("level", "效力")
PROVEN = Text.of("proven", "已证明")
BYPASSED = Text.of("can be bypassed", "可被绕过")
END = Text.of("finished", "已完成")
STAYS = Text.of("stays", "状态不变")
NEXT = Text.of("next stage", "下一阶段")
BESIDE = Text.of("required in this stage as well", "本阶段另需")
BESIDE_IN = Text.of("in {stage} as well", "{stage}另需")
ONE_OUTSIDE = Text.of("1 outside reference", "外部出处 1 处")
OUTSIDE = Text.of("{n} outside references", "外部出处 {n} 处")
OF = Text.of("of a {label}", "属于{label}")
NOT_BY = Text.of("not by {who}", "不得由{who}作出")
MAKER = Text.of("who made “{move}”", "作出“{move}”者")
ON_ROLL = Text.of("anyone on the roll", "本单位在册人员")
OPENER = Text.of("who opened it", "立项者")
NAMED = Text.of("the {field}", "{field}")
GIVES = Text.of("states: {fields}", "须写明：{fields}")
NEW_ATTEMPT = Text.of("starts the next {attempt}", "进入下一{attempt}")
ATTEMPT = Text.of("attempt", "轮次")
EXTENDS = Text.of("moves the planned end", "顺延计划结束日")
DAYS = Text.of("{n} d", "{n}天")
MONTHS, MONTH = Text.of("{n} months", "{n}个月"), Text.of("{n} month", "{n}个月")
LEVELS = {
    "block": Text.of("blocks", "不满足即阻止"),
    "warn": Text.of("only warns", "仅警示"),
    "observe": Text.of("only observes", "仅观察"),
}


@frozen
class Note:
    """A line beside an arrow: `mark` is R3 for a requirement, otherwise a sign."""

    mark: str
    text: str


@define(slots=False)
class Voice:
    """Says the parts of a definition in one language. Requirements are numbered R1, R2, ... in file order."""

    definition: Definition
    lang: str

    def say(self, text: Text, **values: object) -> str:
        return text.say(self.lang, **values)

    def listed(self, words: Iterable[str]) -> str:
        return ("、" if self.lang == "zh" else ", ").join(words)

    def titled(self, word: Text, name: str) -> str:
        """`gate: transfer`"""
        return f"{self.say(word)}{'：' if self.lang == 'zh' else ': '}{name}"

    def roles(self, ids: Iterable[str]) -> str:
        roles = self.definition.roles
        return self.listed(self.say(roles[role].title) if role in roles else role for role in ids)

    @cached_property
    def numbers(self) -> dict[str, str]:
        return {name: f"R{number}" for number, name in enumerate(self.definition.requirements, 1)}

    def requirement(self, requirement: Requirement) -> str:
        """The title with its figures, and the level if it does not block."""
        said = self.say(requirement.title, **self.definition.texts)
        if requirement.level == "block":
            return said
        level = self.say(LEVELS[requirement.level])
        return f"{said}（{level}）" if self.lang == "zh" else f"{said} ({level})"

    def required(self, names: Iterable[str]) -> list[Note]:
        known = self.definition.requirements
        return [Note(self.numbers[name], self.requirement(known[name])) for name in names if name in known]

    def notes(
        self, move: Move, requires: Sequence[str], around: Iterable[Move], fields: Mapping[str, Field] = MappingProxyType({})
    ) -> list[Note]:
        """Everything that holds a move back or follows from it; `around` and `fields` are the moves and fields `not_by` may name."""
        notes = self.required(requires)
        if move.not_by:
            titles = {other.id: other.title for other in around}
            notes.append(Note("≠", self.say(NOT_BY, who=self.listed(self._barred(name, titles, fields) for name in move.not_by))))
        if move.takes:
            notes.append(Note("✎", self.say(GIVES, fields=self.listed(self.say(taken.title) for taken in move.takes.values()))))
        notes += [Note("↻", self._next(move) if effect.kind == "new_attempt" else self.say(EXTENDS)) for effect in move.effects]
        return notes

    def _next(self, move: Move) -> str:
        """What a move begins: the next attempt, or what all the stages call it that have this move in their gate."""
        definition = self.definition
        titles = [stage.cycle for stage in definition.stages.values() if definition.gates[stage.gate].moves.get(move.id) is move]
        one = titles[0] if titles and all(title == titles[0] for title in titles) else None
        return self.say(NEW_ATTEMPT, attempt=one or ATTEMPT)

    def rhythm(self, stage: Stage) -> str:
        """How long a stage lasts, and what its attempts are called where it repeats: `↻ quarter · 3 months`; may be empty."""
        months = None if stage.months is None else self.say(MONTH if stage.months == 1 else MONTHS, n=stage.months)
        lasts = months if stage.lasts is None else self.say(DAYS, n=stage.lasts)
        return " · ".join(part for part in (f"↻ {self.say(stage.cycle)}" if stage.cycle else None, lasts) if part)

    def _barred(self, name: str, titles: Mapping[str, Text], fields: Mapping[str, Field]) -> str:
        if name in (MEMBERS, OPEN):
            return self.say(ON_ROLL if name == MEMBERS else OPENER)
        return self.say(MAKER, move=titles[name]) if name in titles else self.say(NAMED, field=fields[name].title)

    def instruments(self, names: Iterable[str]) -> list[str]:
        """The titles of those that are instruments, each once."""
        known = self.definition.instruments
        return list(dict.fromkeys(self.say(known[name].title) for name in names if name in known))

    def outside(self, names: Iterable[str]) -> list[str]:
        """Those that are no instruments but references to something outside."""
        return list(dict.fromkeys(name for name in names if name not in self.definition.instruments))

    def basis(self, names: Sequence[str]) -> str:
        """Instruments by title, then outside references as they stand."""
        return self.listed((*self.instruments(names), *self.outside(names)))

    def stage(self, stage: Stage) -> str:
        return f"{stage.number} {self.say(stage.title)}"

    def target(self, to: str) -> str:
        """Where a move out of a stage leads: next_stage, finished or `stage.phase`."""
        if to in (NEXT_STAGE, FINISHED):
            return self.say(NEXT if to == NEXT_STAGE and len(self.definition.stages) > 1 else END)
        return self.definition.state_title(to, self.lang)
