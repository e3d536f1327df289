"""What a well-formed definition may still get wrong: places nobody reaches or leaves, moves nobody may make, rules nobody answers for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Any, Literal

from attrs import evolve, fields, frozen, has

from workflow.definition import model, reporting, terms
from workflow.definition.circles import circles
from workflow.definition.graph import Way, case_edges, co_reachable, prove, reachable, stops, vacuous
from workflow.definition.model import MEMBERS, CaseKind, Definition, Edge, Gate, Invariant, Move, Requirement
from workflow.texts import Text

Path = tuple[str, ...]


@frozen
class LintFinding:
    """One thing to put right. `path` are the keys that lead to it in the file; an "error" keeps a campaign from starting.

    `along` are the paths of the moves that go round what was meant to be passed.
    """

    level: Literal["error", "warning"]
    path: Path
    code: str
    text: Text
    along: tuple[Path, ...] = ()


def lint(definition: Definition) -> tuple[LintFinding, ...]:
    """Everything wrong with a definition that loads, in a fixed order; empty if nothing is."""
    return tuple(finding for check in _CHECKS for finding in check(definition))


def _error(path: Path, code: str, en: str, zh: str) -> LintFinding:
    return LintFinding("error", path, f"lint.{code}", Text.of(en, zh))


def _warning(path: Path, code: str, en: str, zh: str) -> LintFinding:
    return LintFinding("warning", path, f"lint.{code}", Text.of(en, zh))


# --- states -------------------------------------------------------------------------------------------------------------


def _branch_states(definition: Definition) -> Iterator[LintFinding]:
    final = [state for state, phase in definition.states.items() if phase.final]
    found = reachable(definition.edges, definition.initial)
    ends = co_reachable(definition.edges, final)
    for gate in definition.gates.values():
        stages = [stage.id for stage in definition.stages.values() if stage.gate == gate.id]
        if not stages:
            yield _warning(
                ("gates", gate.id),
                "unused-gate",
                f"no stage has the gate {gate.id}; name it in a stage or remove it",
                f"没有阶段使用关口 {gate.id}；请在某阶段中引用或将其删除",
            )
        for phase in gate.phases:
            path = ("gates", gate.id, "phases", phase)
            states = [f"{stage}.{phase}" for stage in stages]
            yield from _state_faults(path, [s for s in states if s not in found], [s for s in states if s in found - ends])


def _case_states(definition: Definition) -> Iterator[LintFinding]:
    for kind in definition.cases.values():
        edges = case_edges(kind)
        found = reachable(edges, kind.first)
        ends = co_reachable(edges, [state.id for state in kind.states.values() if state.final])
        for state in kind.states:
            path = ("cases", kind.id, "states", state)
            yield from _state_faults(path, [] if state in found else [state], [state] if state in found - ends else [])


def _state_faults(path: Path, unreachable: list[str], traps: list[str]) -> Iterator[LintFinding]:
    if unreachable:
        names = ", ".join(unreachable)
        yield _error(
            path,
            "unreachable",
            f"no way leads to {names}; add a move to it or remove it",
            f"没有任何途径到达 {names}；请增加通往该状态的动作，或将其删除",
        )
    if traps:
        names = ", ".join(traps)
        yield _error(
            path,
            "trap",
            f"no way leads on from {names} to an end; add a move out of it or mark an end with final: true",
            f"从 {names} 出发无法到达终点；请增加离开的动作，或以 final: true 标明终点",
        )


# --- who may ------------------------------------------------------------------------------------------------------------


def _nobody(definition: Definition) -> Iterator[LintFinding]:
    for path, by, what_en, what_zh in _doings(definition):
        if not by:
            yield _error(
                (*path, "by"),
                "nobody",
                f"nobody may {what_en}; name at least one role in by:",
                f"没有人可以{what_zh}；请在 by: 中至少写明一个角色",
            )
    for path, move in _moves(definition):
        scopes = [definition.roles[role].scope for role in move.by if role in definition.roles]
        if MEMBERS in move.not_by and scopes and set(scopes) == {"branch"}:
            yield _warning(
                (*path, "not_by"),
                "nobody",
                f"{', '.join(move.by)} usually stand on the branch's own roll, and not_by: members excludes them; add a role from outside",
                f"{'、'.join(move.by)} 通常就在本支部名册上，而 not_by: members 将其排除；请增加支部以外的角色",
            )


def _doings(definition: Definition) -> Iterator[tuple[Path, tuple[str, ...], str, str]]:
    for path, move in _moves(definition):
        yield path, move.by, f"make the move {move.id}", f"作出动作 {move.id}"
    for stage in definition.stages.values():
        for step in stage.steps.values():
            yield ("stages", stage.id, "steps", step.id), step.by, f"close the step {step.id}", f"办结环节 {step.id}"
    for kind in definition.cases.values():
        yield ("cases", kind.id), kind.by, f"open a case {kind.id}", f"立项 {kind.id}"
    for record in definition.records.values():
        yield ("records", record.id), record.by, f"enter a record {record.id}", f"录入记录 {record.id}"


def _moves(definition: Definition) -> Iterator[tuple[Path, Move]]:
    homes: list[tuple[str, Gate | CaseKind]] = [("gates", gate) for gate in definition.gates.values()]
    homes += [("cases", kind) for kind in definition.cases.values()]
    for section, home in homes:
        for move in home.moves.values():
            yield (section, home.id, "moves", move.id), move


def _authority(definition: Definition) -> Iterator[LintFinding]:
    if definition.batches is not None and "close_batch" not in definition.authority:
        yield _warning(
            ("batches",),
            "nobody",
            "it says when a batch may be closed, but nobody may close one; name a role in authority: {close_batch: ...}",
            "规定了批次何时可以收尾，却没有人可以收尾；请在 authority: {close_batch: ...} 中写明角色",
        )
    members = definition.members
    if members is not None and members.departures and "roll" not in definition.authority:
        yield _warning(
            ("members", "departures"),
            "nobody",
            "it says why members leave the roll, but nobody may take one off it; name a role in authority: {roll: ...}",
            "规定了除册的缘由，却没有人可以除册；请在 authority: {roll: ...} 中写明角色",
        )
    for power in ("roll", "transfer"):
        if members is None and power in definition.authority:
            yield _warning(
                ("authority", power),
                "no-members",
                f"{power} is about members, and the definition declares none; declare members: or remove it",
                f"{power} 针对党员，而方案未声明 members；请声明 members: 或将其删除",
            )


# --- requirements, deadlines, instruments -------------------------------------------------------------------------------


def _requirements(definition: Definition) -> Iterator[LintFinding]:
    used = {name for edge in definition.edges for name in edge.requires}
    used |= {name for kind in definition.cases.values() for move in kind.moves.values() for name in move.requires}
    if definition.batches is not None:
        used.add(definition.batches.finished)
    for requirement in definition.requirements.values():
        path = ("requirements", requirement.id)
        yield from _unanswered(requirement)
        if requirement.id not in used:
            yield _warning(
                path,
                "unused",
                f"no move, step or case requires {requirement.id}; name it in a requires: or remove it",
                f"没有动作、环节或事项引用条件 {requirement.id}；请在 requires: 中引用或将其删除",
            )


def _unanswered(requirement: Requirement) -> Iterator[LintFinding]:
    path = ("requirements", requirement.id)
    if not requirement.owner:
        yield _error((*path, "owner"), "no-owner", "nobody has to act when it is unmet; name a role", "未满足时无人负责；请写明角色")
    if not any(said.strip() for said in requirement.remedy.by_language.values()):
        yield _error((*path, "remedy"), "no-remedy", "it does not say what to do when it is unmet", "未说明不满足时应如何补救；请写明")
    if not requirement.basis:
        yield _error(
            (*path, "basis"),
            "no-basis",
            "it does not say where the rule comes from; name an instrument or an outside reference",
            "未说明规定的来源；请写明文件依据或外部出处",
        )


def _deadlines(definition: Definition) -> Iterator[LintFinding]:
    for deadline in definition.deadlines.values():
        path = ("deadlines", deadline.id)
        if deadline.due.working_days is not None and definition.calendar.country is None and definition.calendar.source is None:
            yield _error(
                (*path, "due"),
                "no-calendar",
                "working days need a calendar; give calendar: {country: ...} or count in days",
                "按工作日计算需要日历；请写明 calendar: {country: ...}，或改用 days",
            )
        for role in dict.fromkeys((deadline.owner, *(rung.to for rung in deadline.ladder))):
            if role not in definition.roles:
                yield _error(path, "unknown-role", f"there is no role {role}; declare it in roles:", f"没有角色 {role}；请在 roles: 中声明")
        if not deadline.ladder:
            yield _warning(
                (*path, "ladder"),
                "silent",
                "nobody is ever reminded; give it a ladder: of offsets",
                "从不提醒任何人；请以 ladder: 写明提醒的日子",
            )


def _instruments(definition: Definition) -> Iterator[LintFinding]:
    for instrument in definition.instruments.values():
        path = ("instruments", instrument.id, "parent")
        if instrument.parent is not None and instrument.parent not in definition.instruments:
            yield _error(
                path,
                "unknown-instrument",
                f"there is no instrument {instrument.parent}; declare it in instruments:",
                f"没有文件依据 {instrument.parent}；请在 instruments: 中声明",
            )
    parents: dict[str, Set[str]] = {
        name: {instrument.parent} & set(definition.instruments) for name, instrument in definition.instruments.items() if instrument.parent
    }
    for circle in circles(parents):
        names = " -> ".join(circle)
        yield _error(
            ("instruments", circle[0], "parent"),
            "cycle",
            f"the document descends from itself: {names}; remove one parent:",
            f"上位文件成环：{names}；请去掉其中一个 parent:",
        )


def _audits(definition: Definition) -> Iterator[LintFinding]:
    for audit in definition.audits.values():
        if not audit.basis:
            yield _error(
                ("audits", audit.id, "basis"),
                "no-basis",
                "it does not say where the rule comes from; name an instrument or an outside reference",
                "未说明规定的来源；请写明文件依据或外部出处",
            )


# --- texts --------------------------------------------------------------------------------------------------------------

_KEYS: Mapping[str, Path] = {
    "branch_label": ("labels", "branch"),
    "member_label": ("labels", "member"),
    "branch_fields": ("branches", "fields"),
}


_MODULES = frozenset(module.__name__ for module in (model, reporting, terms))


def _texts(definition: Definition) -> Iterator[LintFinding]:
    for path, text in _said(definition, ()):
        missing = [lang for lang in definition.languages if not _speaks(text, lang, alone=len(definition.languages) == 1)]
        if missing:
            names = ", ".join(missing)
            yield _error(path, "untranslated", f"the text is missing in: {names}; add it", f"文字缺少以下语言：{names}；请补上")


def _speaks(text: Text, lang: str, *, alone: bool) -> bool:
    said = text.by_language.get(lang, text.by_language.get("", "") if alone else "")
    return bool(said.strip())


def _said(value: Any, path: Path) -> Iterator[tuple[Path, Text]]:
    """Every text in a value of the model, however deep, with the keys that lead to it."""
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _said(inner, (*path, str(key)))
    elif has(type(value)) and type(value).__module__ in _MODULES:
        for attribute in fields(type(value)):
            if attribute.name != "document":
                yield from _said(getattr(value, attribute.name), (*path, *_KEYS.get(attribute.name, (attribute.name,))))


# --- invariants ---------------------------------------------------------------------------------------------------------


def _invariants(definition: Definition) -> Iterator[LintFinding]:
    for invariant in definition.invariants.values():
        path = ("invariants", invariant.id)
        if vacuous(definition, invariant):
            yield _error(
                path,
                "vacuous",
                f"no way leads from {invariant.start} to {invariant.goal}, so it proves nothing; correct every_way:",
                f"从 {invariant.start} 到 {invariant.goal} 没有任何途径，此条形同虚设；请改正 every_way:",
            )
        elif (way := prove(definition, invariant)) is not None:
            yield evolve(_bypass(definition, path, invariant, way), along=tuple(_place(definition, edge) for edge in way))


def _bypass(definition: Definition, path: Path, invariant: Invariant, way: Way) -> LintFinding:
    shown, (asked_en, asked_zh) = way_text(way), _asked(definition, invariant)
    return _error(
        path,
        "bypass",
        f"can be bypassed: {shown}; no move on this way is {asked_en}",
        f"可以被绕过：{shown}；此途径上没有任何动作符合 {asked_zh}",
    )


def _place(definition: Definition, edge: Edge) -> Path:
    """Where the move of an edge is declared."""
    stage = edge.source.partition(".")[0]
    if edge.move.step is not None:
        return ("stages", stage, "steps", edge.move.step)
    return ("gates", definition.stages[stage].gate, "moves", edge.move.id)


def way_text(way: Iterable[Edge]) -> str:
    """`learning.working --apply(secretary)--> learning.applied --...--> ...`"""
    shown = ""
    for edge in way:
        shown = shown or edge.source
        shown += f" --{edge.move.id}({', '.join(edge.move.by)})--> {edge.target}"
    return shown


def _asked(definition: Definition, invariant: Invariant) -> tuple[str, str]:
    parts = [
        f"move: {invariant.move}" if invariant.move else "",
        f"by: [{', '.join(invariant.by)}]" if invariant.by else "",
        f"requires: {invariant.requires}" if invariant.requires else "",
    ]
    asked = "{" + ", ".join(part for part in parts if part) + "}"
    if invariant.requires is None or stops(definition, invariant.requires):
        return asked, asked
    level = definition.requirements[invariant.requires].level
    return (
        f"{asked} ({invariant.requires} has level: {level} and stops nothing)",
        f"{asked}（{invariant.requires} 为 level: {level}，不阻止任何动作）",
    )


_CHECKS: tuple[Callable[[Definition], Iterator[LintFinding]], ...] = (
    _branch_states,
    _case_states,
    _nobody,
    _authority,
    _requirements,
    _deadlines,
    _instruments,
    _audits,
    _texts,
    _invariants,
)
