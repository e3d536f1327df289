"""Records, cases and steps a check goes through: what to enter, to withdraw, to open or to move."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterable, Sequence
from math import ceil, floor
from typing import Any

from attrs import define, evolve, frozen

from workflow.audit.remedies.drafts import NEW, Bounds, Draft, Plan, case_move
from workflow.audit.remedies.foresight import foreseen
from workflow.audit.remedies.fresh import STATE, Fresh, Wanted
from workflow.audit.remedies.ground import Ground, Library
from workflow.audit.remedies.values import Bound, Circumstances, pick
from workflow.definition.expressions.runtime import COMPARE, COMPARE_NUMBERS, HAPPENED, MISSING, SEQ
from workflow.definition.model import CLOSE, CaseKind, RecordKind
from workflow.store.facts import BranchFact, CaseFact, MemberFact

_PATHS = 3  # ways through a case that are looked at
_DOCUMENTS = 12  # records of one kind proposed at once


@frozen
class Loop:
    """`for name in source if conditions`. Without a name it is the collection itself."""

    name: str
    source: ast.expr
    conditions: tuple[Wanted, ...]
    entity: str  # "record:attendance", "case:promise", "member", ...

    @classmethod
    def of(cls, ground: Ground, generator: ast.GeneratorExp) -> Loop:
        inner = generator.generators[0]
        assert isinstance(inner.target, ast.Name)
        return cls(inner.target.id, inner.iter, tuple((test, True) for test in inner.ifs), _entity(ground, inner.iter))

    @classmethod
    def over(cls, ground: Ground, source: ast.expr) -> Loop:
        return cls("", source, (), _entity(ground, source))

    @property
    def of_records(self) -> bool:
        return self.entity.startswith("record:")

    @property
    def kind(self) -> str:
        return self.entity.partition(":")[2]


def _entity(ground: Ground, source: ast.expr) -> str:
    item = ground.type(source).item
    return "" if item is None else item.entity


@define
class Contents:
    """The plans that give a collection of the branch other contents."""

    ground: Ground
    library: Library

    # -- more --------------------------------------------------------------------------------------------------------

    def new(self, loop: Loop, wanted: Sequence[Wanted]) -> list[Plan]:
        """Plans after which the collection has one more element for which all that is wanted holds."""
        return [plan for bounds in self._fresh(loop).ways(wanted) for plan in self._entered(loop, bounds)]

    def summed(self, loop: Loop, element: ast.expr, current: Any, op: str, bound: Any) -> list[Plan]:
        """Plans after which a sum compares as it should."""
        if not loop.of_records:
            return []
        if bound is MISSING or current is MISSING:
            return self.new(loop, loop.conditions)
        if op in ("<=", "<") or (op == "==" and current > bound):
            return self._lighter(loop, element, current, op, bound)
        fresh = self._fresh(loop)
        found = []
        for conditions in fresh.ways(loop.conditions):
            for amount in self._amounts(loop, element, fresh, op, bound - current):
                found += self._sheets(loop, [(*conditions, *bounds) for bounds in amount])
        return found

    def _amounts(self, loop: Loop, element: ast.expr, fresh: Fresh, op: str, short: float) -> list[list[Bounds]]:
        """The bounds of each of the records that make up what is short: one, or several where a field holds no more."""
        most = None
        if isinstance(element, ast.Attribute):
            most = self.ground.definition.records[loop.kind].fields[element.attr].max
        if not most or short <= most:
            return [[bounds] for bounds in fresh.compared(element, op, short)]
        number = ceil(short / most)
        rest = short - (number - 1) * most
        parts = [*([most] * (number - 1)), rest] if number <= _DOCUMENTS else []
        return [[(Bound(element.attr, ">=", part),) for part in parts]] if parts and isinstance(element, ast.Attribute) else []

    def distinct(self, loop: Loop, element: ast.expr, present: Any, op: str, bound: Any) -> list[Plan]:
        """Plans after which there are so many different values."""
        if not loop.of_records or not isinstance(element, ast.Attribute) or op not in (">=", ">", "==") or MISSING in (present, bound):
            return []
        number = (floor(bound) + 1 if op == ">" else ceil(bound)) - len(present)
        field = self.ground.definition.records[loop.kind].fields.get(element.attr)
        if field is None or not 0 < number <= _DOCUMENTS:
            return []
        found = []
        for conditions in self._fresh(loop).ways(loop.conditions):
            own = [b for b in conditions if b.field == field.id]
            taken, sheets = list(present), []
            for _ in range(number):
                value = pick(field, [*own, Bound(field.id, "not in", tuple(taken))], Circumstances(today=self.ground.facts.today))
                taken.append(value)
                sheets.append((*(b for b in conditions if b.field != field.id), Bound(field.id, "==", value)))
            found += self._sheets(loop, sheets) if None not in taken else []
        return found

    def _fresh(self, loop: Loop) -> Fresh:
        definition = self.ground.definition
        if loop.of_records:
            return Fresh(self.ground, loop.name, definition.records[loop.kind].fields, {})
        if loop.entity.startswith("case:"):
            kind = definition.cases[loop.kind]
            return Fresh(self.ground, loop.name, kind.all_fields, {state.id: state.final for state in kind.states.values()})
        return Fresh(self.ground, loop.name, {}, {})

    def _entered(self, loop: Loop, bounds: Bounds) -> list[Plan]:
        if loop.of_records:
            return self._sheets(loop, [bounds])
        return self._opened(loop, bounds) if loop.entity.startswith("case:") else []

    def _sheets(self, loop: Loop, sheets: Sequence[Bounds]) -> list[Plan]:
        """One record for each of these."""
        owner = self._owner(loop)
        if owner is None:
            return []
        whole = self.ground.definition.records[loop.kind].of == "campaign"
        return [tuple(Draft("record", loop.kind, ((owner, bounds),), whole=whole) for bounds in sheets)]

    def _owner(self, loop: Loop) -> str | None:
        """Whose it would be: a member's id, "" for the branch or the campaign; None for what is not in this branch's hands."""
        if not isinstance(loop.source, ast.Attribute):
            return None
        owner = self.ground.value(loop.source.value)
        if isinstance(owner, MemberFact):
            return owner.id if owner.branch == self.ground.branch.id else None
        if isinstance(owner, BranchFact):
            return "" if owner.id == self.ground.branch.id else None
        return None if owner is MISSING else ""

    def _opened(self, loop: Loop, bounds: Bounds) -> list[Plan]:
        """A case opened, and moved to where it should be."""
        owner = self._owner(loop)
        if owner is None:
            return []
        kind = self.ground.definition.cases[loop.kind]
        goals = [set(b.value) for b in bounds if b.field == STATE]
        goal = set.intersection(*goals) if goals else set(kind.states)
        found: list[Plan] = []
        for moves in moves_to(kind, f"{kind.id}{NEW}{owner}", kind.first, goal):
            for every in self._foreseen(kind, moves, bounds):
                opening = Draft("open", kind.id, ((owner, tuple(b for b in every if b.field in kind.fields)),))
                found.append((opening, *_taking(kind, moves, every)))
        return found

    # -- fewer -------------------------------------------------------------------------------------------------------

    def fewer(self, loop: Loop, number: int | None, unwanted: Sequence[Wanted] | None = None) -> list[Plan]:
        """Plans by which so many records (None: all) of which all this holds no longer count."""
        rows = self._rows(loop, loop.conditions if unwanted is None else unwanted)
        return [self._withdrawn(loop, rows[-number:] if number is not None else rows)] if rows and number != 0 else []

    def _lighter(self, loop: Loop, element: ast.expr, current: float, op: str, bound: float) -> list[Plan]:
        """The heaviest records go first, until the sum is light enough."""
        with self.ground.each(loop.name, loop.source) as bind:
            weights = []
            for row in self._rows(loop, loop.conditions):
                bind(row)
                weights.append((self.ground.value(element), row))
        gone, left = [], current
        for weight, row in sorted(weights, key=lambda pair: -pair[0]):
            if COMPARE_NUMBERS[op](left, bound):
                break
            gone.append(row)
            left -= weight
        return [self._withdrawn(loop, gone)] if gone and COMPARE_NUMBERS[op](left, bound) else []

    def _rows(self, loop: Loop, conditions: Sequence[Wanted]) -> list[tuple[Any, ...]]:
        """The rows all conditions hold for, the oldest first."""
        rows = self.ground.value(loop.source)
        if rows is MISSING:
            return []
        rows = sorted(rows, key=lambda row: (row[HAPPENED], row[SEQ]))
        if not loop.name:
            return rows
        found = []
        with self.ground.each(loop.name, loop.source) as bind:
            for row in rows:
                bind(row)
                if all(self.ground.holds(node, want) for node, want in conditions):
                    found.append(row)
        return found

    def _withdrawn(self, loop: Loop, rows: Iterable[tuple[Any, ...]]) -> Plan:
        whole = self.ground.definition.records[loop.kind].of == "campaign"
        return tuple(Draft("withdraw", str(seq), whole=whole) for seq in dict.fromkeys(row[SEQ] for row in rows))

    # -- attributes --------------------------------------------------------------------------------------------------

    def attribute(self, node: ast.Attribute, op: str, bound: Any) -> list[Plan]:
        """Plans after which an attribute compares as it should: of the first or last record, of a case, of a step."""
        match node.value:
            case ast.Call(func=ast.Name(id="first" | "last" as which), args=[source]):
                return self._outermost(which, source, node.attr, op, bound)
            case inner:
                return self._of_thing(self.ground.value(inner), self.ground.type(inner).entity, node.attr, op, bound)

    def _of_thing(self, thing: Any, entity: str, name: str, op: str, bound: Any) -> list[Plan]:
        if entity == "step" and thing is not MISSING:
            return [(Draft("move", CLOSE + thing.id),)] if (name, op, bound) == ("closed", "==", True) else []
        if isinstance(thing, CaseFact) and thing.branch == self.ground.branch.id and bound is not MISSING:
            return self._moved(self.ground.definition.cases[thing.kind], thing, name, op, bound)
        return []

    def _moved(self, kind: CaseKind, case: CaseFact, name: str, op: str, bound: Any) -> list[Plan]:
        if name == STATE:
            return self._ways(kind, case, {state for state in kind.states if COMPARE[op](state, bound)})
        if name == "open":
            wanted = bound if op == "==" else not bound
            return self._ways(kind, case, {state.id for state in kind.states.values() if state.final is not wanted})
        found = []
        for move in (move for move in kind.moves.values() if name in move.takes):
            taking = Draft("case", f"{case.id}:{move.id}", (("", (Bound(name, op, bound),)),))
            found += [(*way, taking) for way in moves_to(kind, case.id, case.state, set(move.sources))]
        return found

    def _ways(self, kind: CaseKind, case: CaseFact, goals: set[str]) -> list[Plan]:
        """The moves that bring a case there, each with what later ones ask of the fields it takes."""
        ways = moves_to(kind, case.id, case.state, goals)
        return list(dict.fromkeys(_taking(kind, moves, bounds) for moves in ways for bounds in self._foreseen(kind, moves, ())))

    def _foreseen(self, kind: CaseKind, moves: Plan, bounds: Bounds) -> list[Bounds]:
        return foreseen(self.library, self.ground, kind, bounds, [case_move(self.library.definition, draft.subject) for draft in moves])

    def _outermost(self, which: str, source: ast.expr, name: str, op: str, bound: Any) -> list[Plan]:
        """The first or last record is another: one that is entered now, or one that stood before those withdrawn."""
        generator = source if isinstance(source, ast.GeneratorExp) else None
        loop = Loop.over(self.ground, source) if generator is None else Loop.of(self.ground, generator)
        if not loop.of_records:
            return []
        rows = self._rows(loop, loop.conditions)
        found = self._now(loop, name, op, bound, anew=not rows) if which == "last" or not rows else []
        if bound is MISSING or not rows:
            return found
        nearest = rows if which == "first" else rows[::-1]
        fits = [self._fits(loop.kind, name, row, op, bound) for row in nearest]
        if any(fits):
            return [*found, self._withdrawn(loop, nearest[: fits.index(True)])]
        return found

    def _now(self, loop: Loop, name: str, op: str, bound: Any, *, anew: bool) -> list[Plan]:
        """A record entered today. Where there is none at all it is worth entering although time must pass as well."""
        kind: RecordKind = self.ground.definition.records[loop.kind]
        own: list[Bounds] = [()]
        if name in kind.fields and bound is not MISSING:
            own = [(Bound(name, op, tuple(bound) if isinstance(bound, (list, frozenset)) else bound),)]
        elif name == "happened" and bound is not MISSING and not COMPARE[op](self.ground.facts.today, bound) and not anew:
            return []
        return [
            plan for bounds in self._fresh(loop).ways(loop.conditions) for more in own for plan in self._entered(loop, (*bounds, *more))
        ]

    def _fits(self, kind: str, name: str, row: tuple[Any, ...], op: str, bound: Any) -> bool:
        return Bound(name, op, bound).holds(self.ground.column(kind, name, row))


def _taking(kind: CaseKind, moves: Plan, bounds: Bounds) -> Plan:
    """The moves, each with the bounds of what it takes."""
    takes = [kind.moves[draft.subject.rpartition(":")[2]].takes for draft in moves]
    own = [tuple(b for b in bounds if b.field in taken) for taken in takes]
    return tuple(evolve(draft, lines=(("", found),) if found else ()) for draft, found in zip(moves, own, strict=True))


def moves_to(kind: CaseKind, case: str, start: str, goals: set[str]) -> list[Plan]:
    """The shortest ways of a case into one of these states, each as its moves; an empty one where it is there already."""
    found: list[Plan] = []
    queue: deque[tuple[str, tuple[str, ...], tuple[str, ...]]] = deque([(start, (start,), ())])
    while queue and len(found) < _PATHS:
        state, passed, way = queue.popleft()
        if state in goals:
            found.append(tuple(Draft("case", f"{case}:{move}") for move in way))
            continue
        for move in kind.moves.values():
            if state in move.sources and move.to is not None and move.to not in passed:
                queue.append((move.to, (*passed, move.to), (*way, move.id)))
    return found
