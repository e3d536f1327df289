"""From a draft to the model: what an auditor looks for, and no move asks."""

from __future__ import annotations

from functools import partial

from workflow.definition.expressions import World, compile_check
from workflow.definition.loading.draft import Draft
from workflow.definition.loading.faults import Path
from workflow.definition.loading.guards import compiled, known_each
from workflow.definition.model import AuditRule

_OF_CHECKS = ("each", "when")


def audits(draft: Draft, world: World) -> dict[str, AuditRule]:
    found = {}
    for path, name, value in draft.entries(("audits",)):
        title, each = draft.text((*path, "title")), value.get("each")
        _check_shape(draft, path)
        if not known_each(draft, path, world):
            continue
        compiler = partial(compile_check, world=world, each=each)
        check, when = (compiled(draft, (*path, key), compiler) for key in ("check", "when"))
        found[name] = AuditRule(
            id=name,
            title=title,
            basis=draft.names((*path, "basis")),
            check=check,
            each=each,
            when=when,
            act=draft.names((*path, "act")),
            not_by=draft.names((*path, "not_by")),
            origin=draft.origin(path),
        )
        for act in ("act", "not_by"):
            _check_names(draft, (*path, act))
    return found


def _check_shape(draft: Draft, path: Path) -> None:
    """Either what ought to be so, or what ought not to be done."""
    if draft.touched(path):
        return
    stated = draft.get(path)
    if ("check" in stated) == ("act" in stated):
        both = ("both", "两者都有") if "check" in stated else ("neither", "两者皆无")
        draft.fault(
            path,
            f"{path[-1]} has {both[0]}, one of the two was expected: a check that ought to hold, or an act",
            f"{path[-1]} {both[1]}，应有其一：应当成立的 check，或不应发生的 act",
            "audit",
            key=True,
        )
        return
    for key in ("not_by",) if "check" in stated else _OF_CHECKS:
        if key in stated:
            other = "act" if "check" in stated else "check"
            draft.fault((*path, key), f"{key} goes with {other}", f"{key} 只与 {other} 同用", "audit", key=True)


def _check_names(draft: Draft, path: Path) -> None:
    """A record and a move may share a name, but here it would mean both."""
    records = draft.declared(("records",)) or ()
    moves = {move for gate, _, _ in draft.entries(("gates",)) for _, move, _ in draft.entries((*gate, "moves"))}
    for at, name in draft.listed(path):
        if name in records and name in moves:
            draft.fault(at, f"{name} is a record and a move, another name was expected", f"{name} 既是记录又是动作，应另取名", "name")
