"""Whatever is fed to the loader, it answers with a definition or with faults, and executes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflow.definition.loading import from_source, load_document, load_text
from workflow.definition.loading.faults import Faults
from workflow.definition.loading.yaml import read_bytes
from workflow.definition.model import Definition
from workflow.errors import DefinitionFault

FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = [path.read_text("utf-8") for path in sorted(FOLDER.glob("*.yaml")) if not path.stem.endswith("-plan")]
DOCUMENTS: list[Any] = [load_text(text).document for text in EXAMPLES]
OFFICE_MOVE = (FOLDER / "office-move.yaml").read_text("utf-8")

EVIL = [
    "__import__('os').system('touch pwned')",
    "branch.__class__.__base__.__subclasses__()",
    "eval('1')",
    "(lambda: open('pwned', 'w'))()",
    "[open('pwned', 'w') for x in branch.members]",
    'exec(\'open("pwned", "w")\')',
    "f'{open(chr(112), chr(119))}'",
    "branch.id.format(branch)",
    "(x := open('pwned', 'w'))",
    "2 ** 9 ** 9 ** 9 > 0",
    "'a' * 999999999 == 'b'",
    "(" * 500 + "1" + ")" * 500 + " > 0",
    "not " * 3000 + "True",
    "-" * 3000 + "1 > 0",
    "branch" + ".a" * 900,
]
TOKENS = [
    *"{}[]:,&*!|>%@`'\"#-?\t\n \\",
    *EVIL[:6],
    *("!!python/object:os.system ", "&a ", "*a", "<<: ", "~", "null", "1e999", "0x", "---\n", "...\n", "\\ud800", "\\U00110000", "\x00"),
    *("\u2028", "\ufeff", "%YAML 1.1\n", "branch", "member", " for ", " if ", "2005-13-01", "next_stage", "last(", "))", "lambda: 0"),
    *(".__class__", "{0.__class__}", "{ceiling!r}", "finished", "class", "first.working", "45d", "true", "final: true"),
]


def _settle(found: Any) -> None:
    """A definition must be usable; a fault must say something in both languages."""
    try:
        answer = found()
    except DefinitionFault as fault:
        answer = fault
    if isinstance(answer, DefinitionFault):
        assert answer.faults
        assert all(one.text.say("en") and one.text.say("zh") for one in answer.faults)
    else:
        assert isinstance(answer, Definition)
        assert {edge.target for edge in answer.edges} <= set(answer.states)
        assert load_document(answer.document, validated=True).hash == answer.hash


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)


WORDS = sorted({key for document in DOCUMENTS for key in _keys(document)})
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(WORDS), st.sampled_from(TOKENS), st.text(max_size=5)
)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutated_bytes(draw: st.DrawFn) -> bytes:
    content = draw(st.sampled_from(EXAMPLES)).encode()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        cut = draw(st.sampled_from([0, 0, 1, 5, 40]))
        put = draw(st.sampled_from([token.encode() for token in TOKENS]) | st.binary(max_size=3))
        content = content[:at] + put + content[at + cut :]
    return content


@st.composite
def swapped_words(draw: st.DrawFn) -> str:
    words = draw(st.sampled_from(EXAMPLES)).split(" ")
    for _ in range(draw(st.integers(1, 4))):
        one, other = draw(st.integers(0, len(words) - 1)), draw(st.integers(0, len(words) - 1))
        words[one], words[other] = words[other], words[one]
    return " ".join(words)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from _paths(item, (*path, key))


@st.composite
def mutated_documents(draw: st.DrawFn) -> Any:
    document = json.loads(json.dumps(draw(st.sampled_from(DOCUMENTS))))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(list(_paths(document)) or [("definition",)]))
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


PARTS = [
    "last(branch.offer)",
    ".amount",
    "<=",
    "ceiling",
    "and",
    "not",
    "in",
    "(",
    ")",
    "==",
    "1",
    "0.5",
    "'x'",
    "branch",
    ".",
    "any(",
    "for o in",
]
MANY = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(mutated_bytes())
def test_mutated_bytes(content: bytes) -> None:
    _settle(lambda: from_source(read_bytes(content, Faults("f"))))


@MANY
@given(swapped_words())
def test_swapped_words(text: str) -> None:
    _settle(lambda: load_text(text))


@MANY
@given(mutated_documents())
def test_mutated_documents(document: Any) -> None:
    _settle(lambda: load_document(document))
    _settle(lambda: load_text(json.dumps(document, ensure_ascii=False)))


@MANY
@given(st.lists(st.sampled_from([*TOKENS, *WORDS, *PARTS]) | st.text(max_size=2), max_size=12))
def test_any_expression(parts: list[str]) -> None:
    document = json.loads(json.dumps(load_text(OFFICE_MOVE).document))
    document["requirements"]["within_budget"]["check"] = " ".join(parts)
    _settle(lambda: load_document(document))


@pytest.mark.parametrize("expression", EVIL, ids=lambda text: text[:30])
@pytest.mark.parametrize("key", ["check", "when"])
def test_an_evil_expression_is_a_clean_fault(expression: str, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    document = json.loads(json.dumps(load_text(OFFICE_MOVE).document))
    document["requirements"]["within_budget"][key] = expression
    with pytest.raises(DefinitionFault) as caught:
        load_text(json.dumps(document), "f")
    assert {fault.path for fault in caught.value.faults} == {f"requirements.within_budget.{key}"}
    assert list(tmp_path.iterdir()) == []


def test_an_evil_tag_is_a_clean_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DefinitionFault):
        load_text(OFFICE_MOVE.replace("Moving twelve offices", "!!python/object/apply:os.system ['touch pwned']"))
    assert list(tmp_path.iterdir()) == []
