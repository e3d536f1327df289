"""Calls of functions a host has registered: `host.within_budget(branch.amount, budget)`."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from workflow.definition.expressions.base import Base
from workflow.definition.expressions.parts import FAILED, Typed, shown
from workflow.definition.expressions.runtime import Env, Run
from workflow.definition.expressions.types import ANY_UNIT, Type
from workflow.errors import did_you_mean
from workflow.texts import Text

if TYPE_CHECKING:
    from workflow.definition.extensions import HostFunction

HOST = "host"  # what stands before the name of a host's function, so that it is never mistaken for one of the language's


class Hosted(Base):
    """Compiles calls of a host's functions: types are held against what was registered, nothing is called before facts are there."""

    def hosted(self, node: ast.Call, name: str) -> Typed:
        function = self.world.functions.get(name)
        if function is None:
            hint = did_you_mean(name, sorted(self.world.functions))
            en, zh = f"no function {HOST}.{name} is declared here; {hint.say('en')}", f"此处未声明函数 {HOST}.{name}；{hint.say('zh')}"
            return self.problem(node, Text.of(en, zh), "extension")
        if node.keywords or len(node.args) != len(function.parameters) or any(isinstance(each, ast.Starred) for each in node.args):
            listed = ", ".join(f"{parameter} ({kind})" for parameter, kind in function.parameters.items())
            en = f"{HOST}.{name} takes {len(function.parameters)}, in this order: {listed}"
            return self.problem(node, Text.of(en, f"{HOST}.{name} 依次接受 {len(function.parameters)} 个值：{listed}"), "call")
        parts = [self._argument(each) for each in node.args]
        fitting = [self._fits(name, *each) for each in zip(node.args, parts, function.parameters.items(), strict=True)]
        if not all(fitting):
            return FAILED
        runs = [part.run for part in parts]
        return Typed(
            function.result,
            lambda env: function.call([run(env) for run in runs]),
            constant=all(part.constant for part in parts),
            of=f"{HOST}:{name}",
            host=partial(_given, function, runs),
        )

    def _argument(self, node: ast.expr) -> Typed:
        return self.generator(node, aggregate="").collection if isinstance(node, ast.GeneratorExp) else self.typed(node)

    def _fits(self, name: str, node: ast.expr, part: Typed, parameter: tuple[str, Type]) -> bool:
        wanted = parameter[1]
        if part.type.kind == "error":
            return False
        if _fit(wanted, part.type) or (part.known == [] and wanted.kind == "list"):
            return True
        en = f"{HOST}.{name} takes {parameter[0]} as {wanted}, found {part.type}"
        self.problem(node, Text.of(en, f"{HOST}.{name} 的 {parameter[0]} 应为{wanted.zh}，实为{part.type.zh}"), "type")
        return False


def _fit(wanted: Type, found: Type) -> bool:
    if wanted.item is not None:
        return wanted.kind == found.kind and found.item is not None and _fit(wanted.item, found.item)
    if wanted.kind == "number":
        return found.kind == "number" and (found.unit == ANY_UNIT or (found.unit or "") == (wanted.unit or ""))
    return wanted.kind == found.kind or (wanted.kind, found.kind) == ("text", "choice")


def _given(function: HostFunction, runs: list[Run], env: Env) -> Mapping[str, Any]:
    """What the function was called with, for whoever asks why."""
    return {"function": function.name, "given": {name: shown(run(env)) for name, run in zip(function.parameters, runs, strict=True)}}
