"""Whatever is fed to the loader of plans, it answers with a plan or with faults, and so do changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulation.small_plan import PLAN, RULES
from workflow.definition.loading.faults import Faults
from workflow.definition.loading.yaml import read_bytes
from workflow.errors import DefinitionFault
from workflow.simulation.plan import Plan, changed, load_document, load_text
from workflow.simulation.plan.load import from_source

SMALL = load_text(PLAN, RULES)
TOKENS = [
    *"{}[]:,&*!|>%@`'\"#-?\t\n \\",
    *(
        "!!python/object:os.system ",
        "&a ",
        "*a",
        "<<: ",
        "~",
        "null",
        "1e999",
        "-1",
        "1e-9",
        ".nan",
        "---\n",
        "\\ud800",
        "\x00",
        "2005-13-01",
    ),
    *("planned_end", "takes", "until", "then", "working", "learning.", "finished", "approve", "[]", "{}", "0.5", "[0.1, 0.9]", "9" * 30),
]


def _settle(found: Callable[[], Plan]) -> None:
    """A plan must be usable; a fault must say something in both languages."""
    try:
        answer: Plan | DefinitionFault = found()
    except DefinitionFault as fault:
        answer = fault
    if isinstance(answer, DefinitionFault):
        assert answer.faults
        assert all(one.text.say("en") and one.text.say("zh") for one in answer.faults)
    else:
        _sound(answer)


def _sound(plan: Plan) -> None:
    assert RULES.initial in plan.steps or RULES.initial in plan.goals
    for state, step in plan.steps.items():
        assert step.outcomes
        assert len({len(way.shares) for way in step.outcomes}) == 1
        assert all(abs(sum(at) - 1) < 1e-9 for at in zip(*(way.shares for way in step.outcomes), strict=True))
        assert {
            RULES.edges_by_state[state][way.move].target for way in step.outcomes if max(way.shares) > 0
        } <= plan.steps.keys() | plan.goals
        assert step.takes.least >= 0
    assert load_document(plan.document, RULES) == plan


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from _paths(item, (*path, key))


PATHS = list(_paths(SMALL.document))
WORDS = sorted({str(part) for path in PATHS for part in path} | set(RULES.states) | set(RULES.moves))
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(WORDS), st.sampled_from(TOKENS), st.text(max_size=5)
)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
MANY = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def mutated_bytes(draw: st.DrawFn) -> bytes:
    content = PLAN.encode()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        put = draw(st.sampled_from([token.encode() for token in TOKENS]) | st.binary(max_size=3))
        content = content[:at] + put + content[at + draw(st.sampled_from([0, 0, 1, 5, 40])) :]
    return content


@st.composite
def swapped_words(draw: st.DrawFn) -> str:
    words = PLAN.split(" ")
    for _ in range(draw(st.integers(1, 4))):
        one, other = draw(st.integers(0, len(words) - 1)), draw(st.integers(0, len(words) - 1))
        words[one], words[other] = words[other], words[one]
    return " ".join(words)


@st.composite
def mutated_documents(draw: st.DrawFn) -> Any:
    document = json.loads(json.dumps(SMALL.document))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(list(_paths(document)) or [("plan",)]))
        holder = document
        for part in path[:-1]:
            holder = holder[part]
        match draw(st.sampled_from(["delete", "replace", "rename"])):
            case "replace":
                holder[path[-1]] = draw(DATA)
            case "rename" if isinstance(holder, dict) and path[-1] in holder:
                holder[draw(st.sampled_from(WORDS))] = holder.pop(path[-1])
            case _ if isinstance(holder, list) or path[-1] in holder:
                del holder[path[-1]]
    return document


@MANY
@given(mutated_bytes())
def test_mutated_bytes(content: bytes) -> None:
    _settle(lambda: from_source(read_bytes(content, Faults("f")), RULES))


@MANY
@given(swapped_words())
def test_swapped_words(text: str) -> None:
    _settle(lambda: load_text(text, RULES))


@MANY
@given(mutated_documents())
def test_mutated_documents(document: Any) -> None:
    _settle(lambda: load_document(document, RULES))
    _settle(lambda: load_text(json.dumps(document, ensure_ascii=False), RULES))


NAMES = st.lists(st.sampled_from([*WORDS, "capacity", "constant", "uniform"]) | st.text(max_size=3), max_size=5).map(
    ".".join
) | st.sampled_from([".".join(map(str, path)) for path in PATHS])
VALUES = (
    st.sampled_from([*TOKENS, *WORDS, "0", "3", "{uniform: [1, 2]}"])
    | st.text(max_size=6)
    | DATA.map(lambda data: json.dumps(data, ensure_ascii=False))
)


@MANY
@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_any_changes(changes: dict[str, str]) -> None:
    _settle(lambda: changed(SMALL, changes, RULES))


def test_nothing_was_run(tmp_path: Path) -> None:
    text = PLAN.replace("plan: small-plan", f"plan: !!python/object/apply:os.system ['touch {tmp_path}/pwned']")
    _settle(lambda: load_text(text, RULES))
    assert list(tmp_path.iterdir()) == []
