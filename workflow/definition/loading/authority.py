"""From a draft to the model: who may change the plan and the rolls while branches run, and when a batch may be closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from workflow.definition.loading.draft import Draft
from workflow.definition.loading.faults import Path
from workflow.definition.model import Batches, Parameter, Requirement, Value, figure_text
from workflow.texts import Text

_OF_THE_WHOLE = {"enact": ("a definition is enacted", "施行方案"), "close_batch": ("a batch is closed", "批次收尾")}


def authority(draft: Draft) -> dict[str, tuple[str, ...]]:
    """The roles by power. What concerns more than one group of branches is for roles that act for all of them."""
    found = {}
    for path, power, _ in draft.entries(("authority",)):
        found[power] = draft.names(path)
        for at, role in draft.listed(path):
            scope = draft.get(("roles", role, "scope"))
            if power in _OF_THE_WHOLE and scope in ("branch", "assigned"):
                en, zh = _OF_THE_WHOLE[power]
                draft.fault(
                    at,
                    f"{role} has scope: {scope}, but {en} by roles with scope: all",
                    f"{role} 为 scope: {scope}，而{zh}只能由 scope: all 的角色作出",
                    "reference",
                )
    return found


def batches(draft: Draft, requirements: Mapping[str, Requirement], parameters: Mapping[str, Parameter]) -> Batches | None:
    """When a batch may be closed; None where it is not said, or not soundly."""
    path: Path = ("batches",)
    finished, stated = draft.get((*path, "finished")), draft.get((*path, "share"))
    if finished in requirements:
        _check_finished(draft, (*path, "finished"), requirements[finished])
    share = _share(draft, (*path, "share"), stated, parameters)
    if finished is None or share is None:
        return None
    return Batches(finished=finished, share=share, share_name=stated if isinstance(stated, str) else None)


def _check_finished(draft: Draft, path: Path, requirement: Requirement) -> None:
    """It is one question about the branch, and no move is being made when it is asked."""
    name = requirement.id
    if requirement.each is not None:
        draft.fault(
            path,
            f"{name} is asked of each {requirement.each}, one question about the branch was expected: a requirement without each",
            f"{name} 针对每个 {requirement.each}，此处应为只问支部本身的条件，即不含 each",
            "reference",
        )
    if any("move" in part.names for part in (requirement.check, requirement.when) if part is not None):
        draft.fault(
            path,
            f"{name} uses what a move takes, but no move is made when it is asked here",
            f"{name} 用到动作所填内容，而此处核查时并无动作",
            "reference",
        )


def _share(draft: Draft, path: Path, stated: float | str | None, parameters: Mapping[str, Parameter]) -> float | None:
    """The share itself, of a number or of the parameter of that name."""
    if not isinstance(stated, str):
        return stated
    if stated not in parameters:
        return None
    value = parameters[stated].value
    if _number(value) and 0 <= value <= 1:
        return value
    shown = Text.same(str(value)) if _number(value) else figure_text(value, None)
    draft.fault(
        path,
        f"{stated} is {shown.say('en')}, a number from 0 to 1 was expected",
        f"{stated} 为 {shown.say('zh')}，应为 0 到 1 的数字",
        "type",
    )
    return None


def _number(value: Value) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
