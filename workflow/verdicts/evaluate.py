"""From a requirement and facts to a finding. The only place where guards are evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from workflow.definition.expressions import Expression, Figure
from workflow.definition.expressions.runtime import MISSING, SUBJECT, Env
from workflow.definition.model import Definition, Requirement
from workflow.store.facts import BranchFact, CaseFact, Facts, WaiverFact
from workflow.verdicts.due import due_day
from workflow.verdicts.findings import Finding, Person, Shortfall, Status, Waived
from workflow.verdicts.people import holders

Asked = tuple[Status, tuple[Figure, ...], str | None]  # status, figures, what broke


def evaluate(
    definition: Definition,
    requirement: Requirement,
    facts: Facts,
    branch: BranchFact,
    *,
    takes: Mapping[str, Any] | None = None,
    case: CaseFact | None = None,
) -> Finding:
    """The finding of one requirement for one branch; with `case`, of that one case only. Never raises: a check that breaks is a finding."""
    env = requirement.check.env(facts, facts.today, branch, None, takes)
    gate = None if requirement.when is None else requirement.when.env(facts, facts.today, branch, None, takes)
    waivers = [w for w in facts.waivers.get(branch.id, ()) if w.requirement == requirement.id and not _ended(w, facts.today)]
    if requirement.each is None:
        finding = _one(requirement, env, gate, waivers)
    else:
        finding = _each(definition, requirement, facts, branch, env, gate, waivers, case)
    if finding.status in ("met", "not_applicable"):
        return finding
    return evolve(
        finding,
        owner=requirement.owner,
        holders=tuple(Person(id=g.person, name=g.name) for g in holders(definition, facts, requirement.owner, branch)),
        since=finding.since or branch.since,
        due=due_day(definition, requirement, branch),
    )


def _one(requirement: Requirement, env: Env, gate: Env | None, waivers: list[WaiverFact]) -> Finding:
    status, figures, error = _ask(requirement, env, gate)
    waived = _waived(waivers, "") if status in ("unmet", "unknown", "error") else None
    return Finding(
        code=requirement.id,
        status="waived" if waived else status,
        level=requirement.level,
        met=int(status == "met"),
        not_applicable=int(status == "not_applicable"),
        figures=figures,
        error=error,
        waived=waived,
    )


def _each(
    definition: Definition,
    requirement: Requirement,
    facts: Facts,
    branch: BranchFact,
    env: Env,
    gate: Env | None,
    waivers: list[WaiverFact],
    case: CaseFact | None,
) -> Finding:
    met = aside = total = 0
    short: list[Shortfall] = []
    run = requirement.check.run
    for ident, name, subject in (
        [(case.id, case_name(definition, case), case)] if case else _subjects(definition, requirement, facts, branch)
    ):
        total += 1
        env[SUBJECT] = subject
        if gate is not None:
            gate[SUBJECT] = subject
        elif _quick(run, env):
            met += 1
            continue
        status, figures, error = _ask(requirement, env, gate)
        if status == "met":
            met += 1
        elif status == "not_applicable":
            aside += 1
        else:
            waived = _waived(waivers, ident)
            since = subject.since if isinstance(subject, CaseFact) else None
            status = "waived" if waived else status
            short.append(Shortfall(id=ident, name=name, status=status, figures=figures, since=since, waived=waived, error=error))
    return Finding(
        code=requirement.id,
        status=_overall(short, total, aside),
        level=requirement.level,
        each=requirement.each,
        total=total,
        met=met,
        not_applicable=aside,
        short=tuple(short),
        since=min((s.since for s in short if s.since and s.status != "waived"), default=None),
    )


def _quick(run: Any, env: Env) -> bool:
    try:
        return run(env) is True
    except ArithmeticError:
        return False  # _ask says what broke


def _ask(requirement: Requirement, env: Env, gate: Env | None) -> Asked:
    try:
        if gate is not None and requirement.when is not None:
            applies = requirement.when.run(gate)
            if applies is False:
                return "not_applicable", (), None
            if applies is MISSING:
                return "unknown", _figures(requirement.when, gate), None
        value = requirement.check.run(env)
        status: Status = "met" if value is True else "unmet" if value is False else "unknown"
        return status, _figures(requirement.check, env), None
    except ArithmeticError as error:
        return "error", (), f"{type(error).__name__}: {error}"


def _figures(expression: Expression, env: Env) -> tuple[Figure, ...]:
    """The figures of a check. A single one speaks for the whole requirement and need not repeat its text."""
    found = expression.figures(env)
    return (evolve(found[0], expression=""),) if len(found) == 1 else tuple(found)


def _overall(short: list[Shortfall], total: int, aside: int) -> Status:
    statuses = {s.status for s in short}
    for status in ("unmet", "unknown", "error", "waived"):
        if status in statuses:
            return status
    return "not_applicable" if aside == total else "met"


def _subjects(definition: Definition, requirement: Requirement, facts: Facts, branch: BranchFact) -> Iterator[tuple[str, str, Any]]:
    match requirement.each:
        case "member":
            for member in facts.members(branch):
                yield member.id, member.name, member
        case "step":
            for step in facts.steps(branch):
                yield step.id, "", step
        case "child":
            for child in facts.children(branch):
                yield child.id, child.title, child
        case kind:
            if definition.cases[str(kind)].of == "branch":
                found = list(facts.cases(str(kind), branch))
            else:
                found = facts.cases_of(str(kind), branch)
            for case in found:
                yield case.id, case_name(definition, case), case


def case_name(definition: Definition, case: CaseFact) -> str:
    """What a case is called beside its id: the first text it was opened with."""
    texts = (field.id for field in definition.cases[case.kind].fields.values() if field.type == "text")
    return next((str(case.fields[name]) for name in texts if name in case.fields), "")


def _ended(waiver: WaiverFact, today: str) -> bool:
    return waiver.until is not None and waiver.until < today


def _waived(waivers: list[WaiverFact], ident: str) -> Waived | None:
    """The waiver that covers `ident`: one for it by name, or one for the whole requirement."""
    for waiver in waivers:
        if waiver.member in ("", ident):
            return Waived(seq=waiver.seq, by=waiver.by, role=waiver.role, reason=waiver.reason, until=waiver.until)
    return None
