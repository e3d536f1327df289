"""Every code an error or a fault of the library may carry, read from its source.

An error or a fault is made by one of the classes, or by a function with a parameter `code` that hands it on to one. A code that is no
literal must be named in `COMPUTED` with what it may come to.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from tests.story import ROOT
from workflow.definition.loading.schema import _MESSAGES

PACKAGE = ROOT / "workflow"
ERRORS = {"WorkflowError": 1, "Misuse": 1, "NotFound": 1, "KeyReused": 1, "DatabaseFault": 1, "ChannelFault": -1}
FAULTS = {"Fault": 3, "Problem": 2}
LINT = {"LintFinding": 2}
HANDED = {("audit/what_if.py", "_pointed"): {4}}  # it is given the class as well
CODE = re.compile(r"([a-z]+(-[a-z]+)*)?")  # none: it is set later

# Where a code is no literal: what it may be, () where it is that of an error or a fault made elsewhere.
COMPUTED: dict[tuple[str, str], tuple[str, ...]] = {
    ("audit/what_if.py", "code or place"): ("kind", "member"),
    ("definition/lint.py", "f'lint.{code}'"): (),
    ("definition/loading/guards.py", "problem.code"): (),
    ("definition/loading/schema.py", "error.validator"): tuple(_MESSAGES),
    ("engine/imports.py", "wrong.code"): (),
    ("engine/motion/enacting.py", "e.code"): (),  # a lint finding's
    ("engine/motion/roll_entries.py", "path"): ("status", "flags", "roles"),
    ("engine/motion/structure.py", "what"): ("batch", "group"),
    ("engine/tables/record_rows.py", "column"): (),  # the id of the column
    ("engine/tables/roster_rows.py", "column"): (),
    ("engine/tables/table_import.py", "fault.code"): (),
    ("engine/tables/table_import.py", "wrong.code"): (),
}


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    """All of the package but its command line, which tells its own mistakes to people, not to programs."""
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if "cli" not in path.relative_to(PACKAGE).parts]
    return tuple((path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def name_of(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""


def functions() -> Iterator[tuple[str, ast.FunctionDef, int]]:
    """Those with a parameter `code`, and at which place a caller gives it; -1: by name only."""
    for module, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("__"):
                names = [arg.arg for arg in node.args.args if arg.arg not in ("self", "cls")]
                if "code" in names + [arg.arg for arg in node.args.kwonlyargs]:
                    yield module, node, names.index("code") if "code" in names else -1


def given(call: ast.Call, places: set[int]) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == "code":
            return keyword.value
    found = [call.args[place] for place in sorted(places) if 0 <= place < len(call.args)]
    literal = [each for each in found if isinstance(each, ast.Constant) and CODE.fullmatch(str(each.value))]
    handed_on = [each for each in found if "code" in ast.unparse(each)]
    return next(iter(literal or handed_on or found), None)


Makers = dict[tuple[str, str], set[int]]


def makers(classes: dict[str, int]) -> Makers:
    """Whoever makes one of the classes, by module (empty: everywhere) and name; a name with a stroke is its module's own."""
    found: Makers = defaultdict(set, {("", name): {place} for name, place in classes.items()})
    found.update(HANDED if classes is ERRORS else {})
    before = -1
    while before != len(found):
        before = len(found)
        for module, function, place in functions():
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and (places := known(found, module, name_of(call))) is not None:
                    code = given(call, places)
                    if code is not None and any(isinstance(part, ast.Name) and part.id == "code" for part in ast.walk(code)):
                        found["" if not function.name.startswith("_") else module, function.name].add(place)
    return found


def known(found: Makers, module: str, name: str) -> set[int] | None:
    return found[module, name] if (module, name) in found else found.get(("", name))


def codes(classes: dict[str, int]) -> dict[str, set[str]]:
    """Every code, and the modules it is made in."""
    every, found = makers(classes), defaultdict(set)
    for module, tree in modules():
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or (places := known(every, module, name_of(call))) is None:
                continue
            code = given(call, places)
            if isinstance(code, ast.Constant) and CODE.fullmatch(str(code.value)):
                found[str(code.value)].add(module)
            elif code is not None and ast.unparse(code) not in ("code", "None") and name_of(call) != "add":
                for each in COMPUTED[module, ast.unparse(code)]:
                    found[each].add(module)
    return {code: where for code, where in found.items() if code}


def declared() -> set[str]:
    """The codes that classes have by themselves."""
    found = set()
    for _, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                for line in node.body:
                    if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant) and ast.unparse(line.targets[0]) == "code":
                        found.add(str(line.value.value))
    return found
