"""CSV: a row for each event, in the order of the ledger, with the event in words."""

from __future__ import annotations

import csv
from pathlib import Path
from zoneinfo import ZoneInfo

from workflow.audit.exports.log import activity, standing
from workflow.audit.exports.reading import Reading
from workflow.clock import read_stamp
from workflow.ledger import Event
from workflow.texts import Text
from workflow.verdicts.render.events import event_words

_COLUMNS = {
    "position": Text.of("position", "台账位置"),
    "branch": Text.of("branch", "支部"),
    "title": Text.of("title", "名称"),
    "seq": Text.of("no.", "序号"),
    "recorded_at": Text.of("recorded (UTC)", "记入时间（UTC）"),
    "local": Text.of("recorded (local)", "记入时间（当地）"),
    "actor": Text.of("person", "人员"),
    "name": Text.of("name", "姓名"),
    "role": Text.of("role", "角色"),
    "activity": Text.of("activity", "事件"),
    "happened": Text.of("happened", "发生日期"),
    "from": Text.of("from", "由"),
    "to": Text.of("to", "至"),
    "refused": Text.of("stood in the way", "未满足的条件"),
    "words": Text.of("in words", "说明"),
    "definition": Text.of("definition", "方案"),
    "hash": Text.of("hash", "哈希"),
}


def write_csv(reading: Reading, out: Path) -> int:
    """Gives the number of events."""
    n = 0
    with out.open("w", encoding="utf-8-sig", newline="") as file:  # the mark tells spreadsheet programs that it is UTF-8
        writer = csv.writer(file)
        writer.writerow([reading.say(title) for title in _COLUMNS.values()])
        for event in reading.whole():
            n += 1
            said = _row(reading, event)
            writer.writerow([_safe(said[column]) for column in _COLUMNS])
    return n


def _row(reading: Reading, event: Event) -> dict[str, str]:
    said, voice = event.payload, reading.voice(event)
    moved = event.kind in ("moved", "case_moved")
    zone = ZoneInfo(voice.definition.calendar.zone)
    return {
        "position": str(event.position),
        "branch": event.branch,
        "title": reading.names.get(event.branch, "") if event.branch else "",
        "seq": str(event.seq),
        "recorded_at": event.recorded_at,
        "local": read_stamp(event.recorded_at).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
        "actor": event.actor,
        "name": voice.name(event.actor),
        "role": voice.role(event.role) if event.role else "",
        "activity": activity(event),
        "happened": said.get("happened", ""),
        "from": said["from"] if moved else "",
        "to": said["to"] if moved else "",
        "refused": ";".join(standing(event)),
        "words": event_words(voice, event),
        "definition": event.definition,
        "hash": event.hash,
    }


def _safe(cell: str) -> str:
    """A text somebody entered must not become a formula where the table is opened."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
