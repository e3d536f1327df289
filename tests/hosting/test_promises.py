"""What the contract promises of the engine, looked for in its source: no threads, no globals, no hidden clock."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.hosting.codes import PACKAGE, name_of

STARTS = {
    "Thread", "Timer", "ThreadPoolExecutor", "ProcessPoolExecutor", "Process", "Pool", "start_new_thread", "fork", "Popen", "to_thread",
    "run_in_executor", "create_task", "ensure_future", "BackgroundScheduler", "BlockingScheduler", "create_subprocess_exec",
}  # fmt: skip
# Who starts something, and why that is no hidden thread of the engine's.
STARTED = {
    ("hosting/thread.py", "run_in_executor"),  # on a thread the host's loop or executor lends
    ("hosting/asynchronous.py", "create_task"),  # in the host's loop, from `async with` to its end
    ("reminders/ticker.py", "BackgroundScheduler"),  # in the process whose only job it is to remind
    ("reminders/ticker.py", "ThreadPoolExecutor"),
    ("simulation/kernel/replications.py", "ThreadPoolExecutor"),  # for as long as `replicate` is read
    ("simulation/kernel/replications.py", "Process"),
}
# What is above the engine and its questions.
UPPER = ("hosting/", "outgoing/", "reminders/", "simulation/", "testing/", "cli/", "__main__.py")

MUTABLE = {
    "dict",
    "list",
    "set",
    "defaultdict",
    "OrderedDict",
    "Counter",
    "deque",
    "local",
    "ContextVar",
    "WeakKeyDictionary",
    "WeakValueDictionary",
}
MUTATING = {
    "append",
    "extend",
    "insert",
    "add",
    "update",
    "setdefault",
    "pop",
    "popitem",
    "remove",
    "discard",
    "clear",
    "appendleft",
    "sort",
    "set",
}
# Changed by functions all the same.
STATE = {
    ("simulation/kernel/jit.py", "_TOLD"),  # filled at import, emptied when numba is first loaded
    ("testing/coverage.py", "_WATCHING"),  # what a host's test run counts, from `with watching(...)` to its end: never in production
}

# Kept by `functools`: functions of nothing but their arguments, and of files of the package.
CACHES = {
    ("calendars.py", "_worked"), ("calendars.py", "_known"), ("calendars.py", "_moved"), ("calendars.py", "_kind"),  # holidays of a year
    ("cli/examples/story.py", "_working_days"),
    ("definition/loading/schema.py", "schema"), ("definition/loading/schema.py", "_validator"),
    ("engine/proof.py", "found"),  # inside one call
    ("simulation/answers/statistics.py", "ranks"), ("simulation/answers/statistics.py", "student"),
    ("simulation/kernel/kernels.py", "_machine"), ("simulation/kernel/threefry.py", "_pattern"),  # what was compiled
    ("simulation/plan/shape.py", "schema"), ("simulation/plan/shape.py", "validator"),
    ("store/fact_kinds.py", "_flags"), ("store/fact_kinds.py", "_fields"),  # the same text read again
}  # fmt: skip

TIMES = {"time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime", "sleep", "ctime", "strftime", "process_time"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_nothing_is_started() -> None:
    """No thread, process, task or scheduler: below the upper floor not at all, above it only where it is said."""
    found = {
        (module, name_of(node))
        for module, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and name_of(node) in STARTS
    }
    assert {each for each in found if not each[0].startswith(UPPER)} == set()
    assert found - STARTED == set()


def kept(tree: ast.Module) -> set[str]:
    """Names of a module that hold something changeable: a display, a comprehension, or a call that makes one."""
    found = set()
    for node in tree.body:
        value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
        if isinstance(value, (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp)) or (
            isinstance(value, ast.Call) and name_of(value) in MUTABLE
        ):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def written(function: ast.AST, names: set[str]) -> Iterator[str]:
    """Which of the names a function changes: by an item, an attribute, or a method that changes its object."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATING:
            target: ast.expr = node.func.value
        elif isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, (ast.Store, ast.Del)):
            target = node.value
        else:
            continue
        while isinstance(target, (ast.Subscript, ast.Attribute)):
            target = target.value
        if isinstance(target, ast.Name) and target.id in names:
            yield target.id


def test_no_module_keeps_anything_between_calls() -> None:
    """No `global`, nothing of a module's that its functions change, no attribute set on a class or an imported module."""
    found = []
    for module, tree in modules():
        names = kept(tree) | {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
        names |= {alias.asname or alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
        for node in ast.walk(tree):
            if isinstance(node, ast.Global):
                found.append((module, "global " + ", ".join(node.names)))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                local = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
                found += [(module, name) for name in written(node, names - local)]
    assert set(found) == STATE


def test_the_search_for_state_finds_it() -> None:
    tree = ast.parse("seen = {}\nclass A: pass\ndef f():\n    seen['x'] = 1\ndef g():\n    seen.update(x=1)\ndef h():\n    A.count = 1\n")
    names = kept(tree) | {"A"}
    assert [name for node in tree.body if isinstance(node, ast.FunctionDef) for name in written(node, names)] == ["seen", "seen", "A"]


def test_what_functools_keeps_is_named() -> None:
    found = {
        (module, node.name)
        for module, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if ast.unparse(decorator).partition("(")[0].rpartition(".")[2] in ("cache", "lru_cache")
    }
    assert found == CACHES


def test_time_is_read_from_the_clock_only() -> None:
    """`datetime.now` and its kin stand in clock.py alone, and nothing of the module `time` anywhere."""
    found = set()
    for module, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, (ast.Name, ast.Attribute)):
                whose = ast.unparse(node.value).rpartition(".")[2]
                if (node.attr in ("now", "today", "utcnow") and whose in ("datetime", "date")) or (whose == "time" and node.attr in TIMES):
                    found.add((module, f"{whose}.{node.attr}"))
            if isinstance(node, ast.ImportFrom) and node.module == "time":
                found |= {(module, f"time.{alias.name}") for alias in node.names}
    assert found == {("clock.py", "datetime.now")}
