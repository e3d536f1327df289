"""The commands `report`, `export` and `import` of workbooks, as they are typed."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl

from tests.cli.conftest import Desk
from tests.reports.test_reports import TWO, small


class TestCommand:
    def test_on_the_command_line(self, desk: Desk) -> None:
        small(3, db=desk.db).close()
        assert "figures" in desk.run("report").stdout
        assert desk.run("report", "figures", "b1").stdout.splitlines()[0].startswith("Figures: Branch 1 · first, attempt 1")
        assert desk.json("report", "figures", "b1")["total"]["amounts"]["taught"]["of"] == 2
        parts = desk.run("report", "figures", "--each", "branch", "--lang", "zh").stdout
        assert parts.splitlines()[-4].startswith("合计") or any(line.startswith("合计") for line in parts.splitlines())

    def test_into_files(self, desk: Desk) -> None:
        small(3, db=desk.db).close()
        out = {kind: str(desk.folder / f"r.{kind}") for kind in ("csv", "xlsx")}
        desk.run("report", "figures", "--each", "batch", "--csv", out["csv"], "--xlsx", out["xlsx"])
        rows = list(csv.reader(Path(out["csv"]).read_text("utf-8-sig").splitlines()))
        assert rows[1][:5] == ["0", "2", "hours", "hours", "12.6"]
        page = openpyxl.load_workbook(out["xlsx"]).active
        assert [cell.value for cell in page[2]][:6] == ["0", 2, "hours", "hours", 12.6, "h"]
        assert page.max_row == len(rows) == 1 + 3 * 5
        assert "must end in .csv" in desk.run("report", "figures", "--csv", "r.txt", code=2).stderr


def test_a_workbook_goes_out_and_comes_in(desk: Desk) -> None:
    small(3, db=desk.db).close()
    path = str(desk.folder / "all.xlsx")
    assert desk.run("export", path, "--lang", "zh").stdout == f"已写入：{path}\n"
    assert desk.json("export", str(desk.folder), "--what", "roster", "--what", "board")["files"] == [
        str(desk.folder / name) for name in ("roster.csv", "board.csv")
    ]
    (desk.folder / "test.db").rename(desk.folder / "first.db")
    desk.run("new", desk.write("two.yaml", TWO), "--rehearsal", "--now", "2026-03-02T20:00")
    said = desk.run("import", path).stdout.splitlines()
    assert said[0].startswith("all.xlsx: 3 branches, 9 members, 9 people, 9 roles granted; ")
    assert said[1] == "all.xlsx: 6 documents with 9 lines, 0 moves and cases, 0 refused, 0 known already"
    again = desk.json("import", path)
    assert [(each.get("documents"), each.get("repeated")) for each in again] == [(None, None), (0, 6)]


def test_what_is_left_out_is_named_and_the_exit_code_says_so(desk: Desk) -> None:
    small(1, db=desk.db).close()
    path = desk.write("visit.csv", "branch,by,houses\nb0,p0-0,4\nb0,p0-0,many\n")
    done = desk.run("import", path, code=1)
    assert done.stdout.splitlines() == [
        "visit.csv: 1 document with 0 lines, 0 moves and cases, 0 refused, 0 known already, 1 left out",
        "✗ visit.csv: document (visit; rows 3) is left out",
    ]
    assert done.stderr == "! visit.csv: row 3, column houses: 'many' is not a whole number\n"
