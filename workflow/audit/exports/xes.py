"""XES (IEEE 1849-2016): a trace for each branch, an event for each of its moves, with the extensions concept, lifecycle, time and org."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

from workflow.audit.exports.log import attributes, standing
from workflow.audit.exports.objects import Scalar
from workflow.audit.exports.reading import Reading
from workflow.ledger import Event

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
  <global scope="trace">
    <string key="concept:name" value=""/>
  </global>
  <global scope="event">
    <string key="concept:name" value=""/>
    <string key="lifecycle:transition" value="complete"/>
    <date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>
  </global>
  <classifier name="Activity" keys="concept:name"/>
  <classifier name="Activity and state" keys="concept:name from"/>
"""
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # XML 1.0 cannot say these
REFUSED = "refused:"  # before the name of a move that was refused: it is no step of the process


def write_xes(reading: Reading, out: Path, *, refusals: bool = False) -> int:
    """Gives the number of events. With `refusals` also the moves that were refused, marked `refused` and named so."""
    n = 0
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEAD + _line(2, "concept:name", _NO_XML.sub("�", reading.name)))
        for branch, title, batch, group in reading.branches:
            file.write("  <trace>\n" + _line(4, "concept:name", reading.shown(branch)) + _line(4, "title", title))
            file.writelines(_line(4, name, value) for name, value in (("batch", batch), ("group", group)) if value)
            for event in _moves(reading, branch, refusals=refusals):
                n += 1
                said = "".join(_line(6, name, value) for name, value in _said(reading, event).items())
                file.write(f"    <event>\n{said}    </event>\n")
            file.write("  </trace>\n")
        file.write("</log>\n")
    return n


def _moves(reading: Reading, branch: str, *, refusals: bool) -> Iterator[Event]:
    for event in reading.stream(branch, ("moved", "refused") if refusals else ("moved",)):
        if event.kind == "moved" or event.payload["verdict"]["command"] == "move":
            yield event


def _said(reading: Reading, event: Event) -> dict[str, Scalar]:
    """The attributes of an event: those of the standard first."""
    refused = event.kind == "refused"
    move = event.subject if refused else event.payload["move"]
    source = event.payload["verdict"]["source"] if refused else event.payload["from"]
    said: dict[str, Scalar] = {
        "concept:name": REFUSED + move if refused else move,
        "lifecycle:transition": "complete",
        "time:timestamp": event.recorded_at,
        "org:resource": event.actor,
        "org:role": event.role,
        "title": reading.voice(event).move(move, source),
        "from": source,
    }
    if refused:
        return said | {"refused": True, "codes": ";".join(standing(event))}
    more = attributes(reading.definition(event), event)
    return said | {name: value for name, value in more.items() if name not in ("move", "role", "definition")}


def _line(indent: int, name: str, value: Scalar) -> str:
    """One attribute."""
    if isinstance(value, bool):
        kind, text = "boolean", "true" if value else "false"
    elif isinstance(value, (int, float)):
        kind, text = "int" if isinstance(value, int) else "float", str(value)
    else:
        kind, text = "date" if name == "time:timestamp" else "string", _NO_XML.sub("�", value)
    return f"{' ' * indent}<{kind} key={quoteattr(name)} value={quoteattr(text)}/>\n"
