"""What the definition of the day says of each kind of act: whether it could be done as things stood, by whom, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from workflow.definition.loading import document_hash
from workflow.definition.model import FINISHED, MEMBERS, CaseKind, Definition, Edge, Move
from workflow.engine.versions import Version
from workflow.ledger import Event
from workflow.store import Store
from workflow.store.facts import group_target
from workflow.texts import Text
from workflow.verdicts.people import separation_finding

_GRANT = "SELECT 1 FROM workflow_grant WHERE person = ? AND role = ? AND target IN (?, ?, '*')"
_ROLL = "SELECT id FROM workflow_member WHERE branch = ?"
_LAST_ATTEMPT = "SELECT COALESCE(MAX(number), 0) FROM workflow_attempt WHERE branch = ? AND stage = ?"
_CASE = "SELECT kind, state, gone, fields, done FROM workflow_case WHERE branch = ? AND id = ?"
_DOCUMENT = "SELECT kind, live FROM workflow_document WHERE branch = ? AND seq = ?"
_WAIVER = "SELECT requirement, MAX(live) FROM workflow_waiver WHERE branch = ? AND seq = ? GROUP BY requirement"
_PAUSES = "SELECT pauses, ended FROM workflow_branch WHERE id = ?"

# The power an act on the plan or the rolls takes, by the kind of its event.
POWERS = {
    "enacted": "enact", "extended": "extend", "suspended": "suspend", "resumed": "suspend", "joined": "roll", "member_changed": "roll",
    "reassigned": "reassign", "split": "restructure", "dissolved": "restructure", "batch_closed": "close_batch",
}  # fmt: skip
# Who is appointed to what branch is judged there; what is withdrawn may be by a requirement that is gone.
ROLELESS = frozenset({"refused", "people", "withdrawn"})


@frozen
class Decision:
    """A decision, and how things stood just before it: `state` as it is called in the definition of the day, `done` as JSON."""

    event: Event
    verdict: Mapping[str, Any]
    version: Version
    past: Store
    state: str = ""
    attempt: int = 0
    group: str | None = None
    done: str = "{}"

    @property
    def definition(self) -> Definition:
        return self.version.definition

    @property
    def of_case(self) -> bool:
        """Is it about the move of a case?"""
        name = self.event.subject.partition(":")[0]
        return self.verdict["command"] in ("case", "ask") and ":" in self.event.subject and name != "open"


Check = Callable[[Decision], Iterator[Text]]


# -- who -------------------------------------------------------------------------------------------------------------------


def may_act(decision: Decision) -> Iterator[Text]:
    """Does the definition give this to the role the actor is said to have acted in, and did they hold it?"""
    entitled, role, actor = _entitled(decision), decision.event.role, decision.event.actor
    if entitled is None:
        return
    if role not in entitled:
        listed = ", ".join(entitled) or "nobody"
        yield Text.of(
            f"{actor} did it as {role or 'nobody'}; the rules of the day give it to {listed}",
            f"{actor} 以 {role or '无'} 身份办理；当日方案规定由 {'、'.join(entitled) or '无人'} 办理",
        )
        return
    group = None if decision.group is None else group_target(decision.group)
    if decision.past.row(_GRANT, (actor, role, decision.event.branch, group)) is None:
        yield Text.of(f"{actor} was not {role} for it at that time", f"{actor} 当时并不担任 {role}")


def _entitled(decision: Decision) -> Sequence[str] | None:
    """The roles that may; None where what was done is not in the definition at all, which the check of its kind says."""
    said, definition, kind = decision.event.payload, decision.definition, decision.event.kind
    if kind == "moved":
        edge = _edge(decision)
        return None if edge is None else edge.move.by
    if kind == "case_moved":
        found = _case_move(decision)
        return None if found is None else found[1].by
    if kind == "left":
        return definition.authority.get("transfer" if said["how"] == "transferred" else "roll", ())
    if kind in POWERS:
        return definition.authority.get(POWERS[kind], ())
    named: Mapping[str, Any] = {"record": definition.records, "case_opened": definition.cases, "waived": definition.requirements}.get(
        kind, {}
    )
    found = named.get(said.get({"record": "record", "case_opened": "kind", "waived": "requirement"}.get(kind, ""), ""))
    return None if found is None else found.waivable_by if kind == "waived" else found.by


def _apart(decision: Decision, move: Move, done: str, fields: Mapping[str, Any], kind: CaseKind | None) -> Iterator[Text]:
    """Separation of duties, by who had done what until decision."""
    roll = [row[0] for row in decision.past.rows(_ROLL, (decision.event.branch,))] if MEMBERS in move.not_by else ()
    declared = {} if kind is None else kind.all_fields
    finding = separation_finding(move, json.loads(done), roll, fields, declared, decision.event.actor)
    if finding is not None and finding.status != "met":
        clashes = finding.detail["clashes"]
        yield Text.of(
            f"{decision.event.actor} made it in spite of {', '.join(clashes)}: the rules keep the two apart",
            f"{decision.event.actor} 与 {'、'.join(clashes)} 有关，方案规定不得由其办理",
        )


# -- moves of branches -----------------------------------------------------------------------------------------------------


def _moved(decision: Decision) -> Iterator[Text]:
    said, edge = decision.event.payload, _edge(decision)
    if edge is None or edge.source != decision.state:
        yield _impossible(said["move"], decision.state)
        return
    begun = _attempt(decision, edge)
    made = {"from": edge.source, "to": edge.target, "step": edge.move.step, "attempt": begun}
    yield from _differs({name: (said.get(name), value) for name, value in made.items()})
    if decision.verdict["target"] != edge.target or decision.verdict["subject"] != said["move"]:
        yield Text.of("its verdict is one on another move", "所附结论针对的是另一动作")
    asked = {finding["code"] for finding in decision.verdict["findings"]}
    missing = [name for name in edge.requires if name not in asked]
    if missing:
        yield Text.of(f"its verdict does not say whether {', '.join(missing)} was met", f"结论未说明是否满足 {'、'.join(missing)}")
    if said.get("extend") and not any(effect.kind == "extend" for effect in edge.move.effects):
        yield Text.of(
            f"it extends the stage by {said['extend']} days, which {edge.move.id} does not do",
            f"延长阶段 {said['extend']} 天，而 {edge.move.id} 并无此效果",
        )
    yield from _apart(decision, edge.move, decision.done, {}, None)
    yield from _halted(decision)


def _halted(decision: Decision) -> Iterator[Text]:
    pauses, ended = decision.past.rows(_PAUSES, (decision.event.branch,))[0]
    if ended is not None:
        yield Text.of(f"the branch had ended ({ended[:10]})", f"支部已终止（{ended[:10]}）")
    elif any(until is None for _, until in json.loads(pauses)):
        yield Text.of("the branch was suspended", "支部当时处于暂停状态")


def _edge(decision: Decision) -> Edge | None:
    return decision.definition.edge_of(decision.state, decision.event.payload["move"])


def _attempt(decision: Decision, edge: Edge) -> dict[str, Any] | None:
    """The attempt that begins with the move, as its event should say."""
    stage = edge.target.partition(".")[0]
    if edge.target == FINISHED or (stage == decision.state.partition(".")[0] and not edge.begins_attempt):
        return None
    return _next_attempt(decision, stage)


def _next_attempt(decision: Decision, stage: str) -> dict[str, Any]:
    return {"stage": stage, "number": decision.past.rows(_LAST_ATTEMPT, (decision.event.branch, stage))[0][0] + 1}


def _refused(decision: Decision) -> Iterator[Text]:
    """A refusal: was what it says of the place of the branch so?"""
    verdict = decision.verdict
    if verdict["command"] != "move":
        return
    edge = decision.definition.edge_of(decision.state, verdict["subject"])
    if edge is None:
        yield Text.of(f"the rules of the day know no move {verdict['subject']}", f"当日方案中没有动作 {verdict['subject']}")
        return
    possible = edge.source == decision.state
    said = next((f["status"] for f in verdict["findings"] if f["code"] == "rule.phase"), None)
    if (said == "met") != possible or verdict["target"] != (edge.target if possible else None):
        en, zh = ("possible", "可以") if said == "met" else ("not possible", "不能")
        yield Text.of(
            f"its verdict says that {edge.move.id} was {en} from {decision.state}; that is not so",
            f"结论称在 {decision.state} {zh}进行 {edge.move.id}，与方案不符",
        )


def _reassigned(decision: Decision) -> Iterator[Text]:
    restart = decision.event.payload.get("restart")
    if restart is not None:
        stage = restart["to"].partition(".")[0]
        yield from _differs({"from": (restart["from"], decision.state), "attempt": (restart["attempt"], _next_attempt(decision, stage))})


# -- cases -----------------------------------------------------------------------------------------------------------------


def _case_opened(decision: Decision) -> Iterator[Text]:
    said, kind = decision.event.payload, decision.definition.cases.get(decision.event.payload["kind"])
    if kind is None:
        yield Text.of(f"the rules of the day know no case {said['kind']}", f"当日方案中没有事项 {said['kind']}")
        return
    first = kind.states[kind.first]
    yield from _differs({"state": (said["state"], first.id), "open": (said["open"], not first.final)})


def _case_moved(decision: Decision) -> Iterator[Text]:
    said, found = decision.event.payload, _case_move(decision)
    row = decision.past.row(_CASE, (decision.event.branch, said["case"]))
    if row is None or row[2]:
        yield Text.of(f"there was no case {said['case']} in the branch", f"支部当时没有事项 {said['case']}")
        return
    if found is None or row[1] not in found[1].sources:
        yield _impossible(said["move"], row[1])
        return
    kind, move = found
    target = move.to or row[1]
    made = {"from": row[1], "to": target, "open": not kind.states[target].final}
    yield from _differs({name: (said.get(name), value) for name, value in made.items()})
    asked = {finding["code"] for finding in decision.verdict["findings"]}
    missing = [name for name in move.requires if name not in asked]
    if missing:
        yield Text.of(f"its verdict does not say whether {', '.join(missing)} was met", f"结论未说明是否满足 {'、'.join(missing)}")
    yield from _apart(decision, move, row[4], json.loads(row[3]), kind)


def _case_move(decision: Decision) -> tuple[CaseKind, Move] | None:
    said = decision.event.payload
    row = decision.past.row(_CASE, (decision.event.branch, said["case"]))
    kind = None if row is None else decision.definition.cases.get(row[0])
    move = None if kind is None else kind.moves.get(said["move"])
    return None if kind is None or move is None else (kind, move)


# -- facts and gaps --------------------------------------------------------------------------------------------------------


def _record(decision: Decision) -> Iterator[Text]:
    kind = decision.event.payload["record"]
    if kind not in decision.definition.records:
        yield Text.of(f"the rules of the day know no record {kind}", f"当日方案中没有记录种类 {kind}")


def _waived(decision: Decision) -> Iterator[Text]:
    requirement = decision.event.payload["requirement"]
    if requirement not in decision.definition.requirements:
        yield Text.of(f"the rules of the day know no requirement {requirement}", f"当日方案中没有条件 {requirement}")


def _withdrawn(decision: Decision) -> Iterator[Text]:
    place = decision.event.branch, decision.event.payload["of"]
    found = decision.past.row(_DOCUMENT, place) or decision.past.row(_WAIVER, place)
    if found is None or found[1] != 1:
        yield Text.of(f"it withdraws #{place[1]}, which did not stand then", f"所撤回的第 {place[1]} 号当时并不有效")


# -- rules -----------------------------------------------------------------------------------------------------------------


def _enacted(decision: Decision) -> Iterator[Text]:
    said = decision.event.payload
    if document_hash(json.loads(said["document"])) != said["hash"]:
        yield Text.of("the text of the version is not the one its hash was taken of", "版本文本与其哈希不符")
    if said["starts"] < decision.verdict["day"]:
        yield Text.of(f"it holds from {said['starts']}, before it was enacted", f"自 {said['starts']} 起施行，早于施行决定之日")


def _impossible(move: str, state: str) -> Text:
    return Text.of(f"{move} could not be made from {state}, where things stood", f"当时处于 {state}，不能进行 {move}")


def _differs(pairs: Mapping[str, tuple[Any, Any]]) -> Iterator[Text]:
    """What an event says against what the definition makes of it."""
    for name, (said, made) in pairs.items():
        if said != made:
            yield Text.of(f"{name} is {said!r}; by the rules of the day it is {made!r}", f"{name} 为 {said!r}；按当日方案应为 {made!r}")


CHECKS: Mapping[str, Check] = {
    "moved": _moved,
    "refused": _refused,
    "reassigned": _reassigned,
    "case_opened": _case_opened,
    "case_moved": _case_moved,
    "record": _record,
    "waived": _waived,
    "withdrawn": _withdrawn,
    "enacted": _enacted,
}
