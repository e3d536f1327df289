"""A requirement's expression on the facts of one branch: any part of it can be asked for its value, as things stand or on another day."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from attrs import define, field

from workflow.definition.expressions import subject_of
from workflow.definition.expressions.base import wrapped
from workflow.definition.expressions.compiler import Compiler
from workflow.definition.expressions.parts import Typed
from workflow.definition.expressions.runtime import LOCALS, MISSING, SUBJECT, TODAY, Env, Run
from workflow.definition.expressions.types import Type, World
from workflow.definition.model import Definition, Requirement
from workflow.store.facts import BranchFact, FactNeeds, Facts


def world_of(definition: Definition) -> World:
    """All that expressions may name; every fact is read row by row, so that any part can be asked by itself."""
    return World(
        parameters=definition.parameters,
        branch_fields=definition.branch_fields,
        members=definition.members,
        records=definition.records,
        cases=definition.cases,
        stages=definition.stages,
        gates=definition.gates,
        functions=definition.functions,
        push=False,
    )


@define
class Ground:
    """One check, compiled part by part when it is asked for. Loops bind their variable while one looks inside them."""

    definition: Definition
    world: World
    tree: ast.expr
    facts: Facts
    branch: BranchFact
    _compiler: Compiler
    _env: Env
    _runs: dict[tuple[int, tuple[str, ...]], Typed]  # by the part and the loops it is asked in
    _slots: dict[int, int]  # by the collection gone through: what was compiled inside reads that slot
    _inside: tuple[str, ...] = ()

    @classmethod
    def of(cls, library: Library, requirement: Requirement, facts: Facts, branch: BranchFact, takes: Mapping[str, Any]) -> Ground:
        """The facts must cover what the library says the requirement needs."""
        check = library.check(requirement)
        env: Env = [facts, facts.today, branch, None, takes, *([None] * check.compiler.frame)]
        return cls(library.definition, library.world, check.tree, facts, branch, check.compiler, env, check.runs, check.slots)

    def parsed(self, text: str) -> ast.expr:
        """Another expression, to be asked here."""
        return ast.parse(wrapped(text), mode="eval").body

    def about(self, subject: Any) -> None:
        """From now on the question is about this member, case, step or branch below."""
        self._env[SUBJECT] = subject

    def type(self, node: ast.expr) -> Type:
        return self._typed(node).type

    def value(self, node: ast.expr) -> Any:
        """The value of a part; MISSING where a fact is missing, or it cannot be computed."""
        return self._run(self._typed(node).run)

    def holds(self, node: ast.expr, want: bool) -> bool:
        return self.value(node) is want

    def holds_on(self, node: ast.expr, want: bool, day: str) -> bool:
        """Will it hold on a later day, if nothing else changes?"""
        today = self._env[TODAY]
        self._env[TODAY] = day
        try:
            return self.holds(node, want)
        finally:
            self._env[TODAY] = today

    @contextmanager
    def each(self, name: str, source: ast.expr) -> Iterator[Any]:
        """Goes through a collection with the loop's variable bound: yields a function that binds one element."""
        scope, inside, item = self._compiler.scope, self._inside, self.type(source).item
        if id(source) not in self._slots:
            self._slots[id(source)] = LOCALS + self._compiler.frame
            self._compiler.frame += 1
            self._grow()
        slot = self._slots[id(source)]
        self._compiler.scope = {**scope, name: Typed(item or Type("error"), lambda env: env[slot])}
        self._inside = (*inside, name)
        try:
            yield partial(self._env.__setitem__, slot)
        finally:
            self._compiler.scope, self._inside = scope, inside

    def column(self, kind: str, name: str, row: tuple[Any, ...]) -> Any:
        """An attribute of a record row, as expressions see it; None if it is missing."""
        value = row[self._compiler.column(kind, name)]
        declared = self.world.records[kind].fields.get(name)
        if value is None or declared is None:
            return value
        return bool(value) if declared.type == "boolean" else frozenset(value) if declared.many else value

    def _typed(self, node: ast.expr) -> Typed:
        asked = id(node), self._inside
        if asked not in self._runs:
            self._runs[asked] = self._compiler.typed(node)
        self._grow()
        return self._runs[asked]

    def _run(self, run: Run) -> Any:
        try:
            return run(self._env)
        except ArithmeticError:
            return MISSING

    def _grow(self) -> None:
        """Room for every loop compiled by now, on whatever branch's facts that was."""
        self._env += [None] * (LOCALS + self._compiler.frame - len(self._env))


@define
class Check:
    """A requirement's expression as a tree, whatever of it has been compiled so far, and what has to be read to look into its parts."""

    tree: ast.expr
    compiler: Compiler
    needs: FactNeeds
    runs: dict[tuple[int, tuple[str, ...]], Typed] = field(factory=dict)
    slots: dict[int, int] = field(factory=dict)


@define
class Library:
    """What depends on a definition alone: worked out once, good for every branch."""

    definition: Definition
    world: World
    _checks: dict[str, Check] = field(factory=dict)

    @classmethod
    def of(cls, definition: Definition) -> Library:
        return cls(definition, world_of(definition))

    def check(self, requirement: Requirement) -> Check:
        found = self._checks.get(requirement.id)
        if found is None:
            found = self._checks[requirement.id] = self._compiled(requirement)
        return found

    def needs(self, requirements: Iterable[Requirement]) -> FactNeeds:
        """What has to be read to look into the parts of all of these."""
        found = FactNeeds()
        for needs in (self.check(requirement).needs for requirement in requirements):
            found.records |= needs.records
            found.cases |= needs.cases
            found.measures |= needs.measures
            found.members |= needs.members
            found.arrivals |= needs.arrivals
            found.children |= needs.children
            found.waivers |= needs.waivers
        return found

    def _compiled(self, requirement: Requirement) -> Check:
        compiler, tree = _compiler(self.definition, self.world, requirement)
        needs = FactNeeds.of(self.definition, [requirement])
        needs.records |= compiler.needs.records
        needs.cases |= compiler.needs.cases
        needs.members |= compiler.needs.members
        return Check(tree, compiler, needs)


def _compiler(definition: Definition, world: World, requirement: Requirement) -> tuple[Compiler, ast.expr]:
    text = requirement.check.text
    tree = ast.parse(wrapped(text), mode="eval").body
    takes = {name: taken for move in _moves(definition, requirement.id) for name, taken in move.takes.items()}
    compiler = Compiler(text, tree, world, subject_of(requirement.each, world), takes)
    compiler.clause(tree)
    return compiler, tree


def _moves(definition: Definition, requirement: str) -> Iterator[Any]:
    """The moves of branches and cases that ask for it."""
    yield from (edge.move for edge in definition.edges if requirement in edge.requires)
    yield from (move for kind in definition.cases.values() for move in kind.moves.values() if requirement in move.requires)


def names_in(node: ast.AST) -> frozenset[str]:
    return frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))
