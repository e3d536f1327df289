"""Spreadsheets in and out: a round trip loses nothing, and dirt is named by row and column while the rest goes in."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.engine.ground import sound
from tests.story import DEFINITION, ROOT, Story, loaded
from workflow.cli.examples import write_example
from workflow.clock import VirtualClock
from workflow.definition.model import Field
from workflow.engine.campaign import Campaign
from workflow.engine.tables.cells import read_cell
from workflow.engine.tables.workbooks import Sheet, write_workbook
from workflow.errors import InputFault
from workflow.texts import Text

_FIELDS = ", ".join(f"f{n}" for n in range(1, 25))
TABLES = {
    "branch": "SELECT id, title, batch, grp, parent, fields FROM workflow_branch ORDER BY id",
    "member": "SELECT id, branch, name, status, flags, fields FROM workflow_member ORDER BY id",
    "person": "SELECT id, name FROM workflow_person ORDER BY id",
    "grant": "SELECT person, role, target FROM workflow_grant ORDER BY 1, 2, 3",
    "document": 'SELECT branch, kind, happened, "by" FROM workflow_document WHERE live = 1 ORDER BY branch, seq',
    "line": f"""SELECT kind, branch, member, line, happened, "by", {_FIELDS} FROM workflow_line
        WHERE live = 1 ORDER BY kind, branch, member, seq, line""",
}


def facts(campaign: Campaign) -> dict[str, list[tuple[Any, ...]]]:
    """Everything a roster and records say; numbers and times of events left aside."""
    return {name: campaign.store.rows(sql) for name, sql in TABLES.items()}


def fresh(day: str) -> Campaign:
    clock = VirtualClock(datetime.fromisoformat(f"{day}T20:00:00+00:00"))
    return Campaign.create(":memory:", loaded(DEFINITION), clock=clock, rehearsal=True)


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    folder = tmp_path_factory.mktemp("bureau")
    write_example("bureau", folder, seed=2005, progress=None)
    campaign = Campaign.create(":memory:", loaded(DEFINITION), clock=VirtualClock(datetime(2005, 1, 3, tzinfo=UTC)), rehearsal=True)
    campaign.import_roster(folder / "roster.csv")
    campaign.import_records(folder / "records.jsonl")
    with campaign:
        yield campaign


class TestRoundTrip:
    @pytest.mark.parametrize("lang", ["en", "zh"])
    @pytest.mark.parametrize("out", ["all.xlsx", "folder"])
    def test_nothing_is_lost(self, bureau: Campaign, tmp_path: Path, out: str, lang: str) -> None:
        written = bureau.export(tmp_path / out, lang=lang)
        with fresh("2005-03-12") as other:
            for path in written:
                report = other.import_tables(path)
                warnings = [w for each in (*report.rosters, *([report.records] if report.records else [])) for w in each.warnings]
                assert (warnings, report.warnings, report.records and report.records.left_out) in (([], (), ()), ([], (), None))
            assert facts(other) == facts(bureau)
            sound(other.store, other.definition)
            again = other.import_tables(written[-1]).records
            assert again is not None
            assert (again.documents, again.repeated) == (0, 70)

    def test_what_spreadsheets_like_to_spoil(self, tmp_path: Path) -> None:
        story = Story()
        story.record("good_deed", what='=SUM(A1:A3)\r\n\x0b_x000D_ “;”、"', beneficiary="public", count=1, money=1234567.5)
        story.record("session", lines=[{"member": "li", "hours": 0.1 + 0.2}, "he"], form="film", topic="topic_1", hours=2.25, mode="collective",
                     others=0, methods=["media", "on_site"], subject="007")  # fmt: skip
        path = tmp_path / "all.xlsx"
        story.campaign.export(path, lang="zh")
        with fresh("2005-01-18") as other:
            other.import_tables(path)
            assert facts(other) == facts(story.campaign)
        page = openpyxl.load_workbook(path)["集中学习及签到"]
        row = dict(zip((cell.value for cell in page[1]), page[2], strict=True))
        assert (row["发生日期"].value, row["学时"].value, row["主题"].value) == (datetime(2005, 1, 18), 2.25, "007")
        assert row["发生日期"].number_format == "yyyy-mm-dd"

    def test_the_board_is_a_table(self, bureau: Campaign, tmp_path: Path) -> None:
        (path,) = bureau.export(tmp_path, what=["board"], lang="en")
        rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
        assert rows[0][:5] == ["branch", "title", "batch", "group", "state"]
        assert rows[1][4:7] == [bureau.definition.state_title("learning.working", "en"), "51", "Every missed lesson was made up"]


HEADER = [
    "记录种类",
    "支部",
    "日期",
    "经办人",
    "单号",
    "党员",
    "学时",
    "学习方式",
    "专题",
    "形式",
    "非党员人数",
    "成绩",
    "参加测试",
    "鞋码",
    "学时",
    "",
]
GOOD = ["集中学习及签到", "b1", "2005/1/10", "li", 1, None, "２．５小时", "集中学习", "综合", "电教片", 0]
LINE = [None, None, None, None, 1, "he"]
DIRT: list[tuple[list[Any], str, str, str]] = [  # a row, its column, and what is said of it in both languages
    (["签到", *GOOD[1:4], 10, *GOOD[5:]], "记录种类", "there is no record kind 签到; known: ", "没有记录种类 签到；"),
    ([None, *GOOD[1:4], 11, *GOOD[5:]], "记录种类", "is missing: which record is this?", "缺少：请写明是哪种记录"),
    ([GOOD[0], "b2", *GOOD[2:4], 12, *GOOD[5:]], "支部", "there is no branch b2; known: b1", "没有支部 b2；已有：b1"),
    ([*GOOD[:2], "31/1/2005", "li", 13, *GOOD[5:]], "日期", "'31/1/2005' is not a date such as 2005-01-31", "'31/1/2005' 不是形如"),
    ([*GOOD[:2], "2005-02-30", "li", 14, *GOOD[5:]], "日期", "'2005-02-30' is not a date", "'2005-02-30' 不是形如"),
    (
        [*GOOD[:2], date(2005, 5, 1), "li", 15, *GOOD[5:]],
        "日期",
        "2005-05-01 has not come yet (today is 2005-01-18)",
        "2005-05-01 尚未到来",
    ),
    ([*GOOD[:3], None, 16, *GOOD[5:]], "经办人", "is missing: say who entered it (or give --by)", "缺少：请写明由谁录入"),
    ([*GOOD[:4], 17, None, "many", *GOOD[7:]], "学时", "'many' is not a number", "'many' 不是数字"),
    ([*GOOD[:4], 18, None, 25, *GOOD[7:]], "学时", "25 h is above 24 h", "25 h 高于 24 h"),
    ([*GOOD[:4], 19, None, None, *GOOD[7:]], "学时", "“hours” is missing; expected a number (h)", "缺少“学时”"),
    ([*GOOD[:4], 20, None, 2, "远程", *GOOD[8:]], "学习方式", "'远程' is not one of the options", "'远程' 不在选项之中"),
    ([*GOOD[:4], 21, None, "#REF!", *GOOD[7:]], "学时", "#REF! is an error of the spreadsheet", "#REF! 是电子表格的错误值"),
    ([*GOOD[:4], 22, None, "=A1*2", *GOOD[7:]], "学时", "the formula =A1*2 has no stored value", "公式 =A1*2 没有存储计算结果"),
    ([*GOOD[:4], 23, "hu", 2, *GOOD[7:]], "党员", "hu is not on the roll of b1; known: chen, he", "hu 不在 b1 名册上；已有：chen、he"),
    ([*GOOD[:4], None, "he", 2, *GOOD[7:]], "单号", "which sheet? rows of one sheet have the same number", "属于哪一份表？"),
    (["好事", *GOOD[1:4], 24, *GOOD[5:]], "记录种类", "there is no record kind 好事", "没有记录种类 好事"),
    (["测试", *GOOD[1:4], 25, "he", None, None, None, None, None, 30001, "是"], "成绩", "300.01 is above 100", "300.01 高于 100"),
    (
        ["百题测试", *GOOD[1:4], 26, "he", None, None, None, None, None, 90, "也许"],
        "参加测试",
        "'也许' is neither yes nor no",
        "'也许' 既非",
    ),
    (
        ["百题测试", *GOOD[1:4], 27, None, None, None, None, None, None, 90, "是"],
        "党员",
        "test is a record of members: say whose",
        "test 是党员的记录",
    ),
]


def dirty(path: Path) -> None:
    """A workbook as clerks send it: the roster last, and every kind of dirt around what is sound."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "登记"
    page.append(["某局学习登记表"])
    page.append([])
    page.append(HEADER)
    page.append([*GOOD, None, None, 42, 3, "?"])  # row 4
    page.append(LINE)
    page.append([*LINE[:5], "Lin", 1])  # by name, an hour only
    page.append([*GOOD[:2], 38362, "li", 2, *GOOD[5:]])  # row 7: a count of days
    page.append([*GOOD[:4], 3, *GOOD[5:]])
    page.append([*LINE[:4], 3, "he"])
    page.append([*LINE[:4], 3, "he"])  # row 10: twice
    page.append([*LINE[:4], 3, "xu", None, None, None, "形势报告"])  # row 11: contradicts the sheet
    for row, *_ in DIRT:  # from row 12
        page.append([value.replace("测试", "百题测试") if value == "测试" else value for value in row])
    last = page.max_row
    page.append(["百题测试", "b1", "2005年1月12日", "li", 30, "he", None, None, None, None, None, 0.9, "√"])
    page.cell(last + 1, 12).number_format = "0%"
    page.append(["合计", None, None, None, None, None, 99])
    page.merge_cells("A4:A6")
    page.column_dimensions["M"].hidden = True
    notes = book.create_sheet("说明")
    notes.append(["填表须知", "请勿修改"])
    roster = book.create_sheet("名册")
    roster.append(["支部", "人员编号", "姓名", "状态"])
    roster.append(["b1", "new-1", "新人", "在岗"])
    book.save(path)


class TestDirt:
    @pytest.fixture
    def story(self) -> Story:
        return Story()

    @pytest.fixture
    def said(self, story: Story, tmp_path: Path) -> dict[str, list[str]]:
        """What is said of the workbook, by language; the sound part of it is in the campaign."""
        dirty(tmp_path / "d.xlsx")
        report = story.campaign.import_tables(tmp_path / "d.xlsx")
        assert report.records is not None
        found = (*report.records.warnings, *report.warnings, *(w for r in report.rosters for w in r.warnings))
        assert report.rosters[0].added["members"] == 1
        assert (report.records.documents, len(report.records.left_out)) == (3, 1 + len(DIRT))
        left = [text.say("en") for text in report.records.left_out]
        assert "d.xlsx [登记]: document 3 (study session with its sign-in list; rows 8, 9, 10, 11) is left out" in left
        assert report.records.text.say("zh").endswith("未导入 20 份")
        return {lang: [fault.say(lang) for fault in found] for lang in ("en", "zh")}

    @pytest.mark.parametrize("n", range(len(DIRT)))
    def test_each_unsound_cell_is_named(self, said: dict[str, list[str]], n: int) -> None:
        _, column, en, zh = DIRT[n]
        row = 12 + n
        assert [line for line in said["en"] if line.startswith(f"d.xlsx [登记]: row {row}, column {column}: {en}")]
        assert [line for line in said["zh"] if line.startswith(f"d.xlsx [登记] 第 {row} 行，“{column}”列：{zh}")]

    @pytest.mark.parametrize(
        ("where", "en", "zh"),
        [
            ("row 1", "above the heading, and not read: 某局学习登记表", "位于表头之上，未读取：某局学习登记表"),
            ("row 3, column 鞋码", "nobody asked for this column; it is ignored", "未知列，已忽略"),
            ("row 3, column 学时", "a second column for", "列重复，已忽略"),
            ("row 4, column 16", "a column without a heading; it is ignored", "该列没有表头，已忽略"),
            ("row 4, column A", "merged (A4:A6); 集中学习及签到 is taken to hold for each of its rows", "合并单元格（A4:A6）"),
            ("row 1, column M", "column M is hidden; it is read all the same", "M 列被隐藏，仍照常读取"),
            (
                "row 7, column 日期",
                "38362 is a spreadsheet's count of days; read as 2005-01-10",
                "38362 是电子表格的日期序号，按 2005-01-10 读取",
            ),
            ("row 10, column 党员", "he stands on this sheet twice", "he 在本表中出现两次"),
            ("row 11, column 形式", "形势报告 contradicts film, given before in document 3", "形势报告 与单号 3 此前的 film 不一致"),
            (
                "row 29, column 成绩",
                "no percent sign, as other cells of the column have; taken as 90%",
                "该列其他单元格有百分号，此处没有；按 90% 处理",
            ),
            ("row 32", "a row of totals; it is left out", "合计行，未导入"),
        ],
    )
    def test_what_is_put_right_or_passed_over_is_said(self, said: dict[str, list[str]], where: str, en: str, zh: str) -> None:
        found = [n for n, line in enumerate(said["en"]) if line.startswith(f"d.xlsx [登记]: {where}: {en}")]
        assert found, [line for line in said["en"] if where in line]
        assert zh in said["zh"][found[0]]

    def test_a_worksheet_that_is_no_table_is_named(self, said: dict[str, list[str]]) -> None:
        assert any(line.startswith("d.xlsx [说明]: neither a roster") for line in said["en"])
        assert any(line.startswith("d.xlsx [说明]: 既不是名册") for line in said["zh"])

    def test_what_is_sound_went_in(self, story: Story, said: dict[str, list[str]]) -> None:
        rows = story.campaign.store.rows("SELECT kind, member, happened, f1, f2 FROM workflow_line ORDER BY seq, line")
        assert said["en"]
        assert rows == [
            ("session", "", "2005-01-10", "film", "general"),
            ("attendance", "he", "2005-01-10", 2.5, "collective"),
            ("attendance", "lin", "2005-01-10", 1, "collective"),
            ("session", "", "2005-01-10", "film", "general"),
            ("test", "he", "2005-01-12", 1, 0.9),
        ]
        sound(story.campaign.store, story.campaign.definition)

    def test_entering_the_corrected_file_enters_only_what_is_new(self, story: Story, tmp_path: Path) -> None:
        rows = [HEADER[:11], GOOD, LINE, [*GOOD[:4], 2, None, "many", *GOOD[7:]]]
        path = tmp_path / "t.csv"
        for hours, expected in (("many", (1, 0, 1)), ("3", (1, 1, 0)), ("3", (0, 2, 0))):
            rows[3][6] = hours
            with path.open("w", encoding="gb18030", newline="") as file:
                csv.writer(file).writerows(rows)
            found = story.campaign.import_tables(path).records
            assert found is not None
            assert (found.documents, found.repeated, len(found.left_out)) == expected

    def test_a_role_that_may_not_enter_it_is_refused_and_kept(self, story: Story, tmp_path: Path) -> None:
        write_workbook(tmp_path / "t.xlsx", [Sheet("session", HEADER[1:11], [["b1", date(2005, 1, 10), "he", 1, None, 2, *GOOD[7:]]])])
        found = story.campaign.import_tables(tmp_path / "t.xlsx").records
        assert found is not None
        assert [[f.code for f in refusal.verdict.standing] for refusal in found.refused] == [["rule.role"]]
        assert found.refused[0].where == "t.xlsx [session]: row 2"


NUMBER, PERCENT = Field(id="n", title=Text.same("n"), type="number", unit="h"), Field(id="p", title=Text.same("p"), type="number", unit="%")
DAY, MANY = Field(id="d", title=Text.same("d"), type="date"), Field(
    id="m", title=Text.same("m"), type="choice", many=True, options={"a": Text.of("First", "甲"), "b": Text.of("Second", "乙")}
)  # fmt: skip


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        (NUMBER, "１，２００．５", 1200.5),
        (NUMBER, "40 小时", 40),
        (NUMBER, "85%", 0.85),
        (PERCENT, "85％", 85),
        (DAY, "2005年1月31日", "2005-01-31"),
        (DAY, "2005.1.31", "2005-01-31"),
        (DAY, "20050131", "2005-01-31"),
        (DAY, "２００５/１/３１", "2005-01-31"),
        (DAY, "2005-01-31 00:00:00", "2005-01-31"),
        (MANY, "乙；FIRST", ["a", "b"]),
    ],
)
def test_a_cell_means_what_people_mean(field: Field, raw: str, value: object) -> None:
    found = read_cell(loaded(DEFINITION), field, raw)
    assert (found.value, found.fault, found.note) == (value, None, None)


def test_without_openpyxl_one_line_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "r.xlsx").write_bytes(b"PK\x03\x04")
    program = "import sys; sys.modules['openpyxl'] = None; from workflow.cli import main; main()"
    new = ["new", str(ROOT / "examples" / "office-move.yaml"), "--db", str(tmp_path / "m.db")]
    for args, code in ((new, 0), (["import", str(tmp_path / "r.xlsx"), "--db", str(tmp_path / "m.db"), "--lang", "en"], 2)):
        done = subprocess.run([sys.executable, "-c", program, *args], capture_output=True, text=True, check=False, cwd=ROOT)
        assert done.returncode == code, done.stderr
    assert done.stderr == "error: workbooks need openpyxl: pip install 'campaign-workflow[xlsx]'\n"


def test_a_file_with_no_table_of_ours(tmp_path: Path) -> None:
    write_workbook(tmp_path / "x.xlsx", [Sheet("a", ["colour"], [["red"]]), Sheet("b", ["shape"], [["round"]])])
    with pytest.raises(InputFault) as caught:
        Story().campaign.import_tables(tmp_path / "x.xlsx")
    assert [fault.where for fault in caught.value.faults] == ["x.xlsx [a]", "x.xlsx [b]"]
