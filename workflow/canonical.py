"""One value, one text: the JSON that is stored, hashed and compared."""

from __future__ import annotations

from json import JSONEncoder
from typing import Any

from workflow.errors import Misuse
from workflow.texts import Text

_encode = JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


_encode_in_order = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def in_order(value: Any) -> str:
    """`value` as JSON without blanks that keeps the order of mappings: for definitions, whose order has a meaning."""
    return _encode_in_order(value)


def canonical(value: Any) -> str:
    """`value` as canonical JSON: sorted keys, no blanks, Chinese as itself, floats as Python's shortest `repr`.

    Raises `Misuse` for what JSON cannot say (NaN, infinities, dates, sets) and for texts that are not valid Unicode.
    """
    try:
        text = _encode(value)
        if not text.isascii():
            text.encode()
    except (TypeError, ValueError) as problem:
        raise Misuse(
            Text.of(
                f"a value cannot be written to the ledger: {problem}; give numbers, texts, booleans, lists and mappings only",
                f"数值无法写入台账：{problem}；只能是数字、文本、布尔值、列表或映射",
            ),
            code="not-json",
        ) from problem
    return text
