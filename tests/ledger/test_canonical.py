"""One value, one text."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.canonical import canonical
from workflow.errors import Misuse
from workflow.ledger import GENESIS, digest

words = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


def test_keys_are_sorted_blanks_left_out_and_chinese_is_itself() -> None:
    assert (
        canonical({"b": [1, 2.5, True, None], "a": {"支部": "劳动局", "é": "\n"}})
        == '{"a":{"é":"\\n","支部":"劳动局"},"b":[1,2.5,true,null]}'
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, object(), {"x": float("-inf")}, "\ud800"])
def test_what_json_cannot_say_is_refused(value: Any) -> None:
    with pytest.raises(Misuse) as caught:
        canonical(value)
    assert caught.value.code == "not-json"
    assert caught.value.say("en").startswith("a value cannot be written to the ledger")
    assert caught.value.say("zh").startswith("数值无法写入台账")


@given(values)
def test_a_text_reads_back_and_is_its_own_canonical_form(value: Any) -> None:
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@given(words, words, st.integers(1), st.dictionaries(words, values, max_size=3))
def test_the_hash_is_over_the_canonical_json_of_the_whole_row(actor: str, subject: str, seq: int, payload: dict[str, Any]) -> None:
    row = {"stream": "s", "seq": seq, "recorded_at": "t", "actor": actor, "role": "r", "kind": "k", "subject": subject}
    whole = canonical(row | {"payload": payload, "definition": "d", "prev": GENESIS})
    found = digest("s", seq, "t", actor, "r", "k", subject, canonical(payload), "d", GENESIS)
    assert found == hashlib.sha256(whole.encode()).hexdigest()
