"""From a requirement and facts to a finding. The only place where guards are evaluated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from workflow.definition.expressions import Expression, Figure
from workflow.definition.expressions.runtime import MISSING, SUBJECT, Env
from workflow.definition.model import Definition, Requirement
from workflow.store.facts import BranchFact, CaseFact, Facts, WaiverFact
from workflow.verdicts.due import due_day
from workflow.verdicts.findings import Finding, Person, Shortfall, Status, Waived
from workflow.verdicts.people import holders

Answer = tuple[Status, tuple[Figure, ...], str | None]  # status, figures, what broke
FAILING: tuple[Status, ...] = ("unmet", "unknown", "error", "waived")  # from the worst


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
    question = _Question.of(requirement, facts, branch, takes)
    if requirement.each is None:
        found = _about_the_branch(question)
    else:
        subjects = subjects_of(definition, requirement.each, facts, branch) if case is None else [case]
        found = _about_each(definition, facts, question, subjects)
    if found["status"] in FAILING:
        if requirement.owner:
            found["owner"] = requirement.owner
            found["holders"] = tuple(Person(id=g.person, name=g.name) for g in holders(definition, facts, requirement.owner, branch))
        found["since"] = found.get("since") or branch.since
        due = due_day(definition, requirement, facts, branch)
        if due is not None:
            found |= {"due": due.day, "unconfirmed": not due.confirmed}
    return Finding(code=requirement.id, level=requirement.level, each=requirement.each, **found)


@frozen
class _Question:
    """A requirement about to be asked: what its check and its `when` run on, and the gaps already accepted."""

    requirement: Requirement
    env: Env
    gate: Env | None
    waivers: Sequence[WaiverFact]

    @classmethod
    def of(cls, requirement: Requirement, facts: Facts, branch: BranchFact, takes: Mapping[str, Any] | None) -> _Question:
        waivers = [w for w in facts.waivers.get(branch.id, ()) if w.requirement == requirement.id and not _ended(w, facts.today)]
        env = requirement.check.env(facts, facts.today, branch, None, takes)
        gate = None if requirement.when is None else requirement.when.env(facts, facts.today, branch, None, takes)
        return cls(requirement, env, gate, waivers)

    def is_met(self) -> bool:
        """The short way for the many who meet it; `answer` says why the others do not."""
        try:
            return self.gate is None and self.requirement.check.run(self.env) is True
        except ArithmeticError:
            return False

    def answer(self) -> Answer:
        check, when = self.requirement.check, self.requirement.when
        try:
            if self.gate is not None and when is not None:
                applies = when.run(self.gate)
                if applies is False:
                    return "not_applicable", (), None
                if applies is MISSING:
                    return "unknown", _figures(when, self.gate), None
            value = check.run(self.env)
        except ArithmeticError as error:
            return "error", (), f"{type(error).__name__}: {error}"
        return "met" if value is True else "unmet" if value is False else "unknown", _figures(check, self.env), None

    def waived(self, ident: str) -> Waived | None:
        """The gap accepted for `ident`: for it by name, or for the whole requirement."""
        for waiver in self.waivers:
            if waiver.member in ("", ident):
                return Waived(seq=waiver.seq, by=waiver.by, role=waiver.role, reason=waiver.reason, until=waiver.until)
        return None


def _figures(expression: Expression, env: Env) -> tuple[Figure, ...]:
    """The figures of a check that has been answered. A part it never came to (`no visits or sum / visits >= 2`) may break: then none."""
    try:
        return tuple(expression.figures(env))
    except ArithmeticError:
        return ()


def _about_the_branch(question: _Question) -> dict[str, Any]:
    status, figures, error = question.answer()
    waived = question.waived("") if status in FAILING else None
    return {
        "status": "waived" if waived else status,
        "met": int(status == "met"),
        "not_applicable": int(status == "not_applicable"),
        "figures": figures,
        "error": error,
        "waived": waived,
    }


def _about_each(definition: Definition, facts: Facts, question: _Question, subjects: Sequence[Any]) -> dict[str, Any]:
    met = aside = 0
    short: list[Shortfall] = []
    for subject in subjects:
        question.env[SUBJECT] = subject
        if question.is_met():
            met += 1
            continue
        if question.gate is not None:
            question.gate[SUBJECT] = subject
        status, figures, error = question.answer()
        if status == "met":
            met += 1
        elif status == "not_applicable":
            aside += 1
        else:
            short.append(_shortfall(definition, facts, subject, status, figures, error, question.waived(subject.id)))
    statuses = {s.status for s in short}
    if not subjects and question.requirement.each == "member":
        statuses = {"unknown"}  # an empty roll is a fact that is missing, not a rule everybody meets
    return {
        "status": next((s for s in FAILING if s in statuses), "not_applicable" if aside == len(subjects) else "met"),
        "total": len(subjects),
        "met": met,
        "not_applicable": aside,
        "short": tuple(short),
        "since": min((s.since for s in short if s.since and s.status != "waived"), default=None),
    }


def _shortfall(
    definition: Definition,
    facts: Facts,
    subject: Any,
    status: Status,
    figures: tuple[Figure, ...],
    error: str | None,
    waived: Waived | None,
) -> Shortfall:
    is_case = isinstance(subject, CaseFact)
    return Shortfall(
        id=subject.id,
        name=case_name(definition, facts, subject) if is_case else getattr(subject, "name", "") or getattr(subject, "title", ""),
        status="waived" if waived else status,
        figures=figures,
        since=subject.since if is_case else None,
        waived=waived,
        error=error,
    )


def subjects_of(definition: Definition, each: str, facts: Facts, branch: BranchFact) -> Sequence[Any]:
    """Those a question about `each` is asked of: members, steps, child branches or cases, each with an `id`."""
    match each:
        case "member":
            return facts.members(branch)
        case "step":
            return facts.steps(branch)
        case "child":
            return facts.children(branch)
        case kind:
            return facts.cases_of(kind, branch) if definition.cases[kind].of == "member" else facts.cases(kind, branch)


def case_name(definition: Definition, facts: Facts, case: CaseFact) -> str:
    """What a case is called beside its id: whose it is, and the first text it was opened with."""
    texts = (field.id for field in definition.cases[case.kind].fields.values() if field.type == "text")
    said = next((str(case.fields[name]) for name in texts if name in case.fields), "")
    return " · ".join(part for part in (facts.member(case).name if case.member else "", said) if part)


def _ended(waiver: WaiverFact, today: str) -> bool:
    return waiver.until is not None and waiver.until < today
