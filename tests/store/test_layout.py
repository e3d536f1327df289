"""Where the values of a record lie."""

from datetime import date
from typing import Any

import pytest

from workflow.definition.model import Field, RecordKind
from workflow.errors import Misuse
from workflow.store.layout import decode, encode, slots
from workflow.texts import Text


def kind(fields: int) -> RecordKind:
    names = [f"field_{n}" for n in range(fields)]
    made = {name: Field(id=name, title=Text.same(name), type="text") for name in names}
    return RecordKind(id="wide", title=Text.same("wide"), of="branch", fields=made, by=("clerk",))


def test_slots_follow_the_order_of_declaration() -> None:
    assert slots(kind(3)) == {"field_0": 1, "field_1": 2, "field_2": 3}
    assert len(slots(kind(24))) == 24


def test_too_many_fields_are_refused_in_words() -> None:
    with pytest.raises(Misuse) as caught:
        slots(kind(25))
    assert caught.value.say("en") == "record wide has 25 fields, at most 24 can be kept: split it into two records"
    assert caught.value.say("zh") == "记录 wide 有 25 个字段，最多可存 24 个：请拆成两种记录"


@pytest.mark.parametrize(
    ("about", "value", "cell", "back"),
    [
        ({"type": "number"}, 2.5, 2.5, 2.5),
        ({"type": "integer"}, 3, 3, 3),
        ({"type": "text"}, "党章", "党章", "党章"),
        ({"type": "boolean"}, True, 1, True),
        ({"type": "boolean"}, False, 0, False),
        ({"type": "date"}, "2005-01-31", "2005-01-31", date(2005, 1, 31)),
        ({"type": "date"}, date(2005, 1, 31), "2005-01-31", date(2005, 1, 31)),
        ({"type": "choice"}, "home", "home", "home"),
        ({"type": "choice", "many": True}, ["b", "a"], '["a","b"]', ("a", "b")),
        ({"type": "number"}, None, None, None),
    ],
)
def test_values_go_in_and_come_back(about: dict[str, Any], value: Any, cell: Any, back: Any) -> None:
    field = Field(id="x", title=Text.same("x"), **about)
    found = encode(field, value)
    assert (found, type(found)) == (cell, type(cell))
    assert decode(field, found) == back
    assert type(decode(field, found)) is type(back)
