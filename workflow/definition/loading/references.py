"""Names that refer to something: each must have been declared, and be of the right kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import frozen

from workflow.definition.loading.draft import Draft
from workflow.definition.loading.faults import Path
from workflow.definition.model import EACH_STAGE, FINISHED, MEMBERS, NEXT_STAGE, OPEN
from workflow.definition.moments import PLANNED_END
from workflow.errors import did_you_mean

Known = list[str] | None  # None: what is declared cannot be known, so nothing is refused


@frozen
class Reference:
    """Where names stand (`*` is any key or item), what they should name, and the names that are known there."""

    at: tuple[str, ...]
    en: str
    zh: str
    known: Callable[[Draft, Path], Known]


def check_references(draft: Draft) -> None:
    """Report every name that refers to nothing."""
    for reference in _REFERENCES:
        for path, name in matches(draft, reference.at):
            known = reference.known(draft, path)
            if known is not None and name not in known:
                hint = did_you_mean(name, known)
                draft.fault(
                    path,
                    f"there is no {reference.en} {name}, {hint.say('en')}",
                    f"没有{reference.zh} {name}，{hint.say('zh')}",
                    "reference",
                )


def matches(draft: Draft, at: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """Every name at a pattern of paths, with its own path."""
    paths: list[Path] = [()]
    for part in at:
        paths = [entry for path in paths for entry in (_below(draft, path) if part == "*" else [(*path, part)])]
    for path in paths:
        yield from ((where, name) for where, name in draft.listed(path) if isinstance(name, str))


def _below(draft: Draft, path: Path) -> Iterator[Path]:
    found = draft.get(path)
    keys = found if isinstance(found, dict) else range(len(found)) if isinstance(found, list) else ()
    yield from ((*path, key) for key in keys)


def _top(section: str) -> Callable[[Draft, Path], Known]:
    return lambda draft, _: draft.declared((section,))


def _either(*choices: Known, words: tuple[str, ...] = ()) -> Known:
    """All names of several sorts; None if one of them cannot be known."""
    found = list(words)
    for choice in choices:
        if choice is None:
            return None
        found += choice
    return found


def _basis(draft: Draft, path: Path) -> Known:
    name = draft.get(path)
    return None if ":" in name else draft.declared(("instruments",))


def _each(draft: Draft, _: Path) -> Known:
    members = ("member",) if draft.has_members else ()
    return _either(draft.declared(("cases",)), words=("step", "child", *members))


def _each_due(draft: Draft, _: Path) -> Known:
    return _either(draft.declared(("cases",)), words=("member",) if draft.has_members else ())


def _phases(draft: Draft, path: Path) -> Known:
    return draft.declared((*path[:2], "phases" if path[0] == "gates" else "states"))


def _states(draft: Draft, stage: str) -> Known:
    """STAGE.PHASE of one stage."""
    gate = draft.get(("stages", stage, "gate"))
    known = draft.declared(("gates", gate, "phases")) if gate in (draft.declared(("gates",)) or ()) else None
    return None if known is None else [f"{stage}.{phase}" for phase in known]


def _places(draft: Draft, path: Path, *more: Known, words: tuple[str, ...] = ()) -> Known:
    """Stages and states; the states of other stages are left out of what is suggested."""
    stages, name = draft.declared(("stages",)), str(draft.get(path))
    stage, dot, _ = name.partition(".")
    if stages is None or (dot and stage in stages):
        return None if stages is None else _states(draft, stage)
    return _either(stages, *more, words=words)


def _target(draft: Draft, path: Path) -> Known:
    return _places(draft, path) if "." in draft.get(path) else _either(_phases(draft, path), words=(NEXT_STAGE,))


def _not_by_gate(draft: Draft, path: Path) -> Known:
    return _either(draft.declared(path[:3]), words=(MEMBERS,))


def _not_by_case(draft: Draft, path: Path) -> Known:
    case = path[:2]
    persons = [name for at in _field_places(draft, case) for name in _persons(draft, at)]
    return _either(draft.declared((*case, "moves")), persons, words=(OPEN, MEMBERS))


def _field_places(draft: Draft, case: Path) -> Iterator[Path]:
    yield (*case, "fields")
    for move, _, _ in draft.entries((*case, "moves")):
        yield (*move, "takes")


def _persons(draft: Draft, path: Path) -> Iterator[str]:
    for at, name, value in draft.entries(path):
        kind = value.get("type") if isinstance(value, dict) else value
        if kind in ("person", "any") or (*at, "type") in draft.shape.gone:
            yield name


def _lines(draft: Draft, _: Path) -> Known:
    known = draft.declared(("records",))
    return None if known is None else [name for name in known if draft.get(("records", name, "of")) not in ("branch", "campaign")]


def _events(draft: Draft, path: Path) -> Known:
    """What a due time may be reckoned from; of what has a dot, what its owner has to offer."""
    stages, records, cases = (draft.declared((section,)) for section in ("stages", "records", "cases"))
    owner, dot, _ = str(draft.get(path)).partition(".")
    if dot and owner in (stages or ()):
        return _either(_states(draft, owner), words=(f"{owner}.{PLANNED_END}",))
    if dot and owner in (records or ()):
        return list(_dates(draft, owner, ("records", owner, "fields")))
    if dot and owner in (cases or ()):
        states = draft.declared(("cases", owner, "states"))
        return _either(_dotted(owner, states), [name for at in _field_places(draft, ("cases", owner)) for name in _dates(draft, owner, at)])
    return _either(stages, records, cases)


def _dates(draft: Draft, owner: str, path: Path) -> Iterator[str]:
    """The date fields at a path, and what may be meant as one."""
    for at, name, value in draft.entries(path):
        kind = value.get("type") if isinstance(value, dict) else value
        if kind in ("date", "any") or (*at, "type") in draft.shape.gone:
            yield f"{owner}.{name}"


def _moves(draft: Draft, _: Path) -> Known:
    gates, stages = draft.declared(("gates",)), draft.declared(("stages",))
    steps = [draft.declared(("stages", stage, "steps")) for stage in stages or ()]
    closing = [None if known is None else [f"close_{step}" for step in known] for known in steps]
    return None if gates is None else _either(*(draft.declared(("gates", gate, "moves")) for gate in gates), *closing)


def _acts(draft: Draft, path: Path) -> Known:
    """What somebody does: a move of the branch, the entry of a record, what is done to a case."""
    cases = draft.declared(("cases",))
    of_cases = [_dotted(case, draft.declared(("cases", case, "moves")), OPEN) for case in cases or ()]
    return None if cases is None else _either(_moves(draft, path), draft.declared(("records",)), *of_cases)


def _dotted(owner: str, names: Known, *words: str) -> Known:
    return None if names is None else [f"{owner}.{name}" for name in (*words, *names)]


def _acts_and_persons(draft: Draft, path: Path) -> Known:
    """The same, and whoever is named in a field, or has a record."""
    named = [f"branch.{name}" for name in _persons(draft, ("branches", "fields"))]
    for record, name, value in draft.entries(("records",)):
        named += [f"{name}.member"] if value.get("of") == "member" else []
        named += [f"{name}.{field}" for field in _persons(draft, (*record, "fields"))]
    for case, name, _ in draft.entries(("cases",)):
        named += [f"{name}.{field}" for at in _field_places(draft, case) for field in _persons(draft, at)]
    return _either(_acts(draft, path), named)


def _from_place(draft: Draft, path: Path) -> Known:
    return _places(draft, path, words=(EACH_STAGE,))


def _to_place(draft: Draft, path: Path) -> Known:
    return _places(draft, path, words=(NEXT_STAGE, FINISHED))


def _steps(draft: Draft, path: Path) -> Known:
    return draft.declared(path[:3])


def _statuses(draft: Draft, _: Path) -> Known:
    return draft.declared(("members", "status"))


def _at(place: str, en: str, zh: str, known: Callable[[Draft, Path], Known]) -> Reference:
    return Reference(tuple(place.split(".")), en, zh, known)


_REFERENCES = (
    _at("instruments.*.parent", "instrument", "文件依据", _top("instruments")),
    *(
        _at(f"{section}.*.basis", "instrument", "文件依据", _basis)
        for section in ("parameters", "requirements", "deadlines", "invariants", "reports", "reports.*.lines", "audits")
    ),
    *(
        _at(place, "role", "角色", _top("roles"))
        for place in (
            "records.*.by",
            "requirements.*.owner",
            "requirements.*.waivable_by",
            "gates.*.moves.*.by",
            "stages.*.steps.*.by",
            "cases.*.by",
            "cases.*.moves.*.by",
            "deadlines.*.owner",
            "deadlines.*.ladder.*.*",
            "authority.*",
            "invariants.*.passes.by",
        )
    ),
    *(
        _at(place, "requirement", "条件", _top("requirements"))
        for place in (
            "gates.*.moves.*.requires",
            "stages.*.steps.*.requires",
            "stages.*.requires",
            "stages.*.requires.*",
            "cases.*.moves.*.requires",
            "invariants.*.passes.requires",
            "batches.finished",
        )
    ),
    _at("batches.share", "parameter", "参数", _top("parameters")),
    _at("members.default", "status", "身份状态", _statuses),
    _at("records.*.lines", "record kind of a member", "党员记录种类", _lines),
    _at("requirements.*.each", "member, step, child or case kind", "member、step、child 或事项种类", _each),
    _at("reports.*.lines.*.each", "member, step, child or case kind", "member、step、child 或事项种类", _each),
    _at("audits.*.each", "member, step, child or case kind", "member、step、child 或事项种类", _each),
    _at("audits.*.act", "act", "行为", _acts),
    _at("audits.*.not_by", "act or person", "行为或人员", _acts_and_persons),
    _at("reports.*.compares", "record kind", "记录种类", _top("records")),
    _at("requirements.*.due", "deadline", "期限", _top("deadlines")),
    _at("gates.*.steps_in", "phase", "关口状态", _phases),
    _at("gates.*.moves.*.from", "phase", "关口状态", _phases),
    _at("gates.*.moves.*.to", "phase", "关口状态", _target),
    _at("gates.*.moves.*.not_by", "move of this gate", "本关口的动作", _not_by_gate),
    _at("stages.*.gate", "gate", "关口", _top("gates")),
    _at("stages.*.steps.*.after", "step of this stage", "本阶段的环节", _steps),
    _at("cases.*.moves.*.from", "state", "状态", _phases),
    _at("cases.*.moves.*.to", "state", "状态", _phases),
    _at("cases.*.moves.*.not_by", "move or person of this case", "本事项的动作或人员字段", _not_by_case),
    _at("deadlines.*.each", "member or case kind", "member 或事项种类", _each_due),
    *(
        _at(f"deadlines.*.due.{key}", "stage, state, record kind or case kind", "阶段、状态、记录种类或事项种类", _events)
        for key in ("on", "after", "before")
    ),
    _at("invariants.*.every_way.from", "stage or state", "阶段或状态", _from_place),
    _at("invariants.*.every_way.to", "stage or state", "阶段或状态", _to_place),
    _at("invariants.*.passes.move", "move", "动作", _moves),
)
