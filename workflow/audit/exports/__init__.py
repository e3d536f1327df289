"""The ledger for other eyes: logs for process mining (OCEL 2.0, XES), tables (CSV), and pages to print (HTML); with names or without."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, get_args

from workflow.audit.exports.log import Log
from workflow.audit.exports.names import Mask, key_in
from workflow.audit.exports.ocel import write_json, write_sqlite
from workflow.audit.exports.page import write_html
from workflow.audit.exports.reading import Reading
from workflow.audit.exports.table import write_csv
from workflow.audit.exports.xes import write_xes
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse
from workflow.progress import Progress
from workflow.texts import Text

__all__ = ["FORMATS", "Format", "Mask", "export", "key_in"]

Format = Literal["ocel-json", "ocel-sqlite", "xes", "csv", "html"]
FORMATS: tuple[Format, ...] = get_args(Format)

_WRITERS: Mapping[Format, Callable[[Reading, Path], int]] = {
    "ocel-json": lambda reading, out: write_json(Log(reading), out),
    "ocel-sqlite": lambda reading, out: write_sqlite(Log(reading), out),
    "xes": write_xes,
    "csv": write_csv,
    "html": write_html,
}


def export(
    campaign: Campaign,
    out: str | Path,
    form: Format,
    *,
    branches: Sequence[str] = (),
    lang: str = "en",
    mask: Mask | None = None,
    refusals: bool = False,
    progress: Progress | None = None,
) -> int:
    """Writes the ledger of some branches, or (none named) of the whole campaign, to a file; "html" also to a folder.

    A file is written whole or not at all; one that is there is replaced. `mask` puts pseudonyms in the place of people:
    `Mask.of(campaign.store, key)`. `refusals` puts moves that were refused into an XES log, too. Gives the number of events
    written. Raises `NotFound` for a branch there is not, `Misuse` for the campaign's own database, `OSError` for a file that
    cannot be written.
    """
    reading = Reading(campaign, lang, tuple(dict.fromkeys(branches)), mask, *([] if progress is None else [progress]))
    write = _WRITERS[form] if not refusals else lambda reading, out: write_xes(reading, out, refusals=True)
    path = Path(out)
    _require_another(campaign, path)
    with campaign.store.read():
        if form == "html" and path.suffix.lower() != ".html":
            return write(reading, path)
        aside = path.with_name(f".{path.stem}.part{path.suffix}")
        try:
            aside.write_bytes(b"")  # where no file can be written it shows here, whatever writes it
            n = write(reading, aside)
            os.replace(aside, path)
        finally:
            aside.unlink(missing_ok=True)
    return n


def _require_another(campaign: Campaign, out: Path) -> None:
    """Raises `Misuse` for the file the campaign is in: it would be replaced."""
    for _, _, database in campaign.store.rows("PRAGMA database_list"):
        if database and out.exists() and out.samefile(database):
            en = f"{out} is the campaign's own database: name another file"
            raise Misuse(Text.of(en, f"{out} 就是活动的数据库：请另写文件名"), "own-database")
