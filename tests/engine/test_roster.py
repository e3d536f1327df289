"""Rosters: what a row means, what becomes of a dirty one, and that the same file twice is the same as once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from tests.engine.ground import START, TRIAL_SITES
from tests.story import DEFINITION, ROOT, loaded
from workflow.clock import VirtualClock
from workflow.engine.campaign import Campaign
from workflow.engine.tables.roster import RosterReport
from workflow.engine.tables.roster_words import HEADINGS, known_columns
from workflow.engine.tables.tabular import heading
from workflow.errors import InputFault
from workflow.ledger import CAMPAIGN, events
from workflow.store import compare
from workflow.texts import Text

README = ROOT / "definitions" / "README.md"

HEADER = "branch,title,batch,group,parent,sector,focus,person,name,status,flags,roles,rank\n"
BUREAU = "b1,Bureau,1,g1,,organ,yes,,,,,,\n"


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    with Campaign.create(tmp_path / "c.db", loaded(DEFINITION), clock=VirtualClock(START), rehearsal=True) as made:
        yield made
        assert compare(made.store, lambda _hash: made.definition) == ()


def roster(campaign: Campaign, tmp_path: Path, text: str | bytes) -> RosterReport:
    path = tmp_path / "roster.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return campaign.import_roster(path, by="office")


def said(report: RosterReport, lang: str = "en") -> list[str]:
    return [fault.say(lang) for fault in report.warnings]


def members(campaign: Campaign) -> dict[str, tuple[str, str, str, list[str]]]:
    rows = campaign.store.rows("SELECT id, branch, name, status, flags FROM workflow_member")
    return {row[0]: (row[1], row[2], row[3], json.loads(row[4])) for row in rows}


def grants(campaign: Campaign) -> set[tuple[str, str, str]]:
    return set(campaign.store.rows("SELECT person, role, target FROM workflow_grant"))


def written(campaign: Campaign) -> int:
    return sum(1 for _ in events(campaign.store))


class TestMeaning:
    def test_a_branch_its_members_and_their_roles(self, campaign: Campaign, tmp_path: Path) -> None:
        text = HEADER + BUREAU + "b1,,,,,,,li,Li Ming,in_post,leading_cadre;mobile,secretary;clerk,head\nb1,,,,,,,he,He Ping,retired,,,\n"
        report = roster(campaign, tmp_path, text)
        assert said(report) == []
        assert (report.branches, report.members, report.people, report.grants) == (1, 2, 2, 2)
        assert report.added == {"branches": 1, "members": 2, "people": 2, "grants": 2}
        assert members(campaign) == {
            "li": ("b1", "Li Ming", "in_post", ["leading_cadre", "mobile"]),
            "he": ("b1", "He Ping", "retired", []),
        }
        assert grants(campaign) == {("li", "secretary", "b1"), ("li", "clerk", "b1")}
        row = campaign.store.row("SELECT title, batch, grp, parent, fields, state FROM workflow_branch")
        assert row == ("Bureau", "1", "g1", None, '{"focus":true,"sector":"organ"}', "preparation.unassigned")
        assert campaign.store.row("SELECT fields FROM workflow_member WHERE id = 'li'") == ('{"rank":"head"}',)

    def test_roles_go_where_their_scope_says(self, campaign: Campaign, tmp_path: Path) -> None:
        text = HEADER + BUREAU + ",,,g2,,,,sun,Sun,,,group,\nb1,,,,,,,qin,Qin,,,group,\n,,,,,,,wu,Wu,,,office;cadre authority,\n"
        report = roster(campaign, tmp_path, text.replace("cadre authority", "authority that manages the cadre"))
        assert said(report) == []
        assert grants(campaign) == {
            ("sun", "group", "group:g2"),
            ("qin", "group", "b1"),
            ("wu", "office", "*"),
            ("wu", "cadre_authority", "*"),
        }
        assert members(campaign) == {}

    def test_chinese_headings_and_words_in_any_order(self, campaign: Campaign, tmp_path: Path) -> None:
        text = "姓名,人员编号, 支 部 ,类别,标记,角色,督导组\n李明,li,b1,在岗,流动；年老体弱,支部书记,g1\n孙力,sun,,,,督导组,g1\n"
        report = roster(campaign, tmp_path, text)
        assert said(report) == []
        assert members(campaign) == {"li": ("b1", "李明", "in_post", ["infirm", "mobile"])}
        assert grants(campaign) == {("li", "secretary", "b1"), ("sun", "group", "group:g1")}

    def test_branch_attributes_may_stand_on_members_rows(self, campaign: Campaign, tmp_path: Path) -> None:
        report = roster(
            campaign,
            tmp_path,
            HEADER + "b1,,,,,,,li,Li,in_post,,,\nb1,Bureau,1,g1,,organ,,he,He,in_post,,,\nb1,Office,1,,,,,wu,Wu,in_post,,,\n",
        )
        assert said(report) == ["roster.csv: row 4, column title: b1: Office contradicts Bureau, given before, which stays"]
        assert campaign.branches() == [("b1", "Bureau")]

    def test_a_definition_without_members_keeps_no_roll(self, tmp_path: Path) -> None:
        with Campaign.create(tmp_path / "p.db", loaded(TRIAL_SITES.with_name("plant-safety.yaml"))) as plants:
            report = plants.import_roster([{"branch": "p1", "person": "a", "name": "Ann", "roles": "foreman", "status": "boss"}])
            assert said(report) == ["rows: row 2, column status: this campaign keeps no roll of members; ignored"]
            assert (report.members, grants(plants)) == (0, {("a", "foreman", "p1")})


class TestDirtyRows:
    @pytest.mark.parametrize(
        ("row", "en", "zh"),
        [
            (
                "b1,,,,,,,li,Li,in-pst,,,",
                "row 3, column status: in-pst is unknown; did you mean in_post?; taken as other",
                "第 3 行，“status”列：未知状态 in-pst；是否指 在岗（in_post）？；按 其他（other） 处理",
            ),
            (
                "b1,,,,,,,li,Li,in_post,mobble,,",
                "row 3, column flags: mobble is unknown; did you mean mobile?; left out",
                "第 3 行，“flags”列：未知 mobble；是否指 流动（mobile）？；已略去",
            ),
            (
                "b1,,,,,,,li,Li,in_post,,secretery,",
                "row 3, column roles: secretery is unknown; did you mean branch secretary (secretary)?; left out",
                "第 3 行，“roles”列：未知 secretery；是否指 支部书记（secretary）？；已略去",
            ),
            (
                "b1,,,,b9,,,,,,,,",
                "row 2, column parent: b1: there is no branch b9; there are none; left without a parent",
                "第 2 行，“parent”列：b1：没有支部 b9；目前没有；上级留空",
            ),
            (
                "b2,,,,,50%,,,,,,,",
                "row 3, column sector: '50%' is not one of the options; known: organ, institution, enterprise, rural, community;"
                " left empty",
                "第 3 行，“sector”列：'50%' 不在选项之中；已有：organ、institution、enterprise、rural、community；留空",
            ),
            (
                "b1,,,,,,,li,Li,in_post",
                "row 3: 10 cells where the header has 13; the missing ones are taken as empty",
                "第 3 行：只有 10 格，表头为 13 格；缺少的按空白处理",
            ),
            (
                "b1,,,,,,,li,Li,in_post,,,,x,y",
                "row 3: 15 cells where the header has 13; those beyond it are ignored: x, y",
                "第 3 行：共 15 格，表头为 13 格；多出的已忽略：x、y",
            ),
            (
                ",,,,,,,li,Li,in_post,,,",
                "row 3, column branch: li has no branch and is put on no roll; if it belongs to b1 as the rows above do (merged cells), fill the branch down",
                "第 3 行，“branch”列：li 未写支部，未列入任何名册；若与上方各行同属 b1（合并单元格），请将支部向下填充",
            ),
            (
                ",,,,,,,li,Li,,,secretary,",
                "row 3, column roles: secretary needs a branch in its row; li does not get it",
                "第 3 行，“roles”列：secretary 须在同一行写明支部，未授予 li",
            ),
            (
                "b1,,,,,,,,Li,in_post,,,",
                "row 3, column person: Li has no id; b1-1 was made for it",
                "第 3 行，“person”列：Li 没有人员编号，已编为 b1-1",
            ),
            (
                "b1,,,,,,,li,Li,,mobile,,",
                "row 3, column status: li has no status; taken as other",
                "第 3 行，“status”列：li 未写状态，按 其他（other） 处理",
            ),
            (
                "b1,,,,,,,,,in_post,,,",
                "row 3, column person: nobody is named; status and roles are left out",
                "第 3 行，“person”列：未写明人员，状态和角色未导入",
            ),
            (
                ",Somewhere,,,,,,,,,,,",
                "row 3: neither a branch nor a person; the row is left out",
                "第 3 行：既无支部也无人员编号，该行未导入",
            ),
        ],
    )  # fmt: skip
    def test_each_is_reported_in_both_languages(self, campaign: Campaign, tmp_path: Path, row: str, en: str, zh: str) -> None:
        report = roster(campaign, tmp_path, HEADER + BUREAU + row + "\n")
        assert said(report) == [f"roster.csv: {en}"]
        assert said(report, "zh") == [f"roster.csv {zh}"]

    def test_nobody_is_counted_twice(self, campaign: Campaign, tmp_path: Path) -> None:
        rows = "b1,,,,,,,li,Li,in_post,,,\nb1,,,,,,,li,Li,retired,,,\nb2,,,,,,,li,Li,in_post,,,\n"
        report = roster(campaign, tmp_path, HEADER + rows)
        assert said(report) == [
            "roster.csv: row 3, column person: li stands in row 2 already; this row is ignored",
            "roster.csv: row 4, column person: li is on the roll of b1 (row 2) and stays there; not counted twice",
        ]
        assert members(campaign) == {"li": ("b1", "Li", "in_post", [])}
        again = roster(campaign, tmp_path, HEADER + "b2,,,,,,,li,Li,in_post,,,\n")
        assert said(again) == ["roster.csv: row 2, column person: li is on the roll of b1 and stays there; not counted twice"]

    def test_blanks_and_full_width_spaces_are_trimmed_and_blank_rows_skipped(self, campaign: Campaign, tmp_path: Path) -> None:
        report = roster(campaign, tmp_path, HEADER + "\n,,,,,,,,,,,,\n　b1 ,,,,,,, li　,　Li Ming,in_post ,,,\n")
        assert said(report) == []
        assert members(campaign) == {"li": ("b1", "Li Ming", "in_post", [])}

    def test_columns_nobody_asked_for(self, campaign: Campaign, tmp_path: Path) -> None:
        report = roster(campaign, tmp_path, "branch,shoe size,branch,\nb1,42,b2,?\nb3,43,,\n")
        assert said(report) == [
            "roster.csv: row 1, column shoe size: nobody asked for this column; it is ignored",
            "roster.csv: row 1, column branch: a second column for branch; it is ignored",
            "roster.csv: row 2, column 4: a column without a heading; it is ignored",
        ]
        assert [branch for branch, _ in campaign.branches()] == ["b1", "b3"]

    def test_made_ids_keep_clear_of_given_ones_and_stay_the_same(self, campaign: Campaign, tmp_path: Path) -> None:
        text = HEADER + "b1,,,,,,,,Li,in_post,,,\nb1,,,,,,,b1-2,He,in_post,,,\nb1,,,,,,,,Wu,in_post,,,\n"
        roster(campaign, tmp_path, text)
        assert {ident: row[1] for ident, row in members(campaign).items()} == {"b1-1": "Li", "b1-2": "He", "b1-3": "Wu"}
        assert not roster(campaign, tmp_path, text).changed


class TestWords:
    """Headings and cells in people's own words."""

    @pytest.mark.parametrize(("column", "word"), [(column, word) for column, words in HEADINGS.items() for word in words])
    def test_every_heading_is_known_and_in_the_readme(self, column: str, word: str) -> None:
        assert known_columns(loaded(DEFINITION))[heading(word)] == column
        row = next(line for line in README.read_text("utf-8").partition("## Rosters")[2].splitlines() if line.startswith(f"| `{column}`"))
        assert word in [each.strip(" `") for cell in row.split("|") for each in cell.replace("、", ",").split(",")]

    def test_a_declared_field_goes_before_a_further_word_for_a_column(self) -> None:
        definition = loaded(DEFINITION)
        assert definition.members is not None
        fields = {"post": evolve(definition.members.fields["rank"], id="post", title=Text.of("post", "职务"))}
        found = known_columns(evolve(definition, members=evolve(definition.members, fields=fields)))
        assert (found["职务"], found["角色"]) == ("member.post", "roles")

    def test_the_definitions_own_words_for_branch_and_member(self) -> None:
        found = known_columns(loaded(TRIAL_SITES.with_name("plant-safety.yaml")))
        assert (found["工厂"], found["plant"], found["工厂名称"], found["plantname"]) == ("branch", "branch", "title", "title")

    def test_parts_of_titles_are_taken_and_said(self, campaign: Campaign, tmp_path: Path) -> None:
        text = "支部编号,工号,姓名,状态,标志,职务\nb1,li,李明,退休,领导干部,书记\nb1,he,何平,在岗党员,,\n"
        report = roster(campaign, tmp_path, text)
        assert said(report, "zh") == [
            "roster.csv 第 2 行，“状态”列：退休 按 离退休（retired） 处理",
            "roster.csv 第 2 行，“标志”列：领导干部 按 党员领导干部（leading_cadre） 处理",
            "roster.csv 第 2 行，“职务”列：书记 按 支部书记（secretary） 处理",
        ]
        assert said(report)[1] == "roster.csv: row 2, column 标志: 领导干部 is taken as leading_cadre"
        assert members(campaign) == {"li": ("b1", "李明", "retired", ["leading_cadre"]), "he": ("b1", "何平", "in_post", [])}
        assert grants(campaign) == {("li", "secretary", "b1")}

    @pytest.mark.parametrize("word", ["不在岗", "离", "岗在", "xyz"])
    def test_what_is_no_part_of_one_title_is_not_guessed(self, campaign: Campaign, tmp_path: Path, word: str) -> None:
        report = roster(campaign, tmp_path, f"支部,编号,姓名,状态\nb1,li,李明,{word}\n")
        known = "在岗（in_post）、离退休（retired）、离岗退养（early_leave）、务农（farming）、其他（other）"
        assert said(report, "zh") == [f"roster.csv 第 2 行，“状态”列：未知状态 {word}；已有：{known}；按 其他（other） 处理"]

    def test_headings_over_two_lines(self, campaign: Campaign, tmp_path: Path) -> None:
        report = roster(campaign, tmp_path, '支部,"人员\n编号",姓名,"鞋\n码"\nb1,li,李明,42\n')
        assert said(report, "zh")[0] == "roster.csv 第 1 行，“鞋 码”列：未知列，已忽略"
        assert said(report, "zh")[1] == "roster.csv 第 2 行，“状态”列：li 未写状态，按 其他（other） 处理"
        assert list(members(campaign)) == ["li"]


class TestSpreadsheets:
    """What spreadsheets do to ids, and what people do in them."""

    @pytest.mark.parametrize(
        ("ident", "kept", "says"),
        [
            ("Ａ０１", "A01", []),
            ("1002.0", "1002", ["“人员编号”列：1002.0 被电子表格当作数字，已按 1002 读取"]),
            ("1.00E+05", "1.00E+05", ["“人员编号”列：1.00E+05 被电子表格改成科学计数，位数已丢失；请将该列设为文本后重新填写"]),
            ("a  1", "a 1", ["“人员编号”列：'a 1' 中间有空格；请核对是否为一个编号"]),
        ],
    )  # fmt: skip
    def test_ids(self, campaign: Campaign, tmp_path: Path, ident: str, kept: str, says: list[str]) -> None:
        report = roster(campaign, tmp_path, f"支部,批次,人员编号,姓名,状态\nb1,1.0,{ident},李明,在岗\n")
        assert said(report, "zh") == [f"roster.csv 第 2 行，{each}" for each in says]
        assert list(members(campaign)) == [kept]
        assert campaign.store.row("SELECT batch FROM workflow_branch") == ("1",)

    def test_ids_that_differ_in_case_only_are_kept_apart_and_said_once(self, campaign: Campaign, tmp_path: Path) -> None:
        text = "branch,person,name,status\nA-1,li,Li,in_post\na-1,he,He,in_post\na-1,LI,Lin,in_post\n"
        apart = "they differ in upper and lower case only, and are kept apart"
        assert said(roster(campaign, tmp_path, text)) == [
            f"roster.csv: row 3, column branch: a-1 beside A-1: {apart}",
            f"roster.csv: row 4, column person: LI beside li: {apart}",
        ]
        assert said(roster(campaign, tmp_path, "branch\nB-2\n")) == []
        assert said(roster(campaign, tmp_path, "branch\nb-2\n")) == [f"roster.csv: row 2, column branch: b-2 beside B-2: {apart}"]

    def test_errors_of_formulas_are_taken_as_empty(self, campaign: Campaign, tmp_path: Path) -> None:
        report = roster(campaign, tmp_path, "支部,支部名称,人员编号,姓名,状态\nb1,#REF!,li,李明,#N/A\n")
        assert said(report, "zh") == [
            "roster.csv 第 2 行，“支部名称”列：#REF! 是电子表格的错误值，按空白处理",
            "roster.csv 第 2 行，“状态”列：#N/A 是电子表格的错误值，按空白处理",
            "roster.csv 第 2 行，“状态”列：li 未写状态，按 其他（other） 处理",
        ]
        assert campaign.branches() == [("b1", "b1")]

    @pytest.mark.parametrize(
        "row", ["合计,,782,14972,", ",合 计：,,,", ",,小计,3,", ",,,总计,", ",Total,,,", ",sum,3,,"]
    )  # fmt: skip
    def test_rows_of_totals_become_nobody(self, campaign: Campaign, tmp_path: Path, row: str) -> None:
        report = roster(campaign, tmp_path, f"支部名称,支部,人员编号,姓名,状态\n甲,b1,li,李明,在岗\n{row}\n")
        assert said(report, "zh") == ["roster.csv 第 3 行：合计行，未导入"]
        assert (report.branches, report.people, list(members(campaign))) == (1, 1, ["li"])

    def test_totals_in_a_column_nobody_asked_for_and_a_person_called_sum(self, campaign: Campaign, tmp_path: Path) -> None:
        report = roster(
            campaign,
            tmp_path,
            "name,branch,person,status,no\nSum,b1,li,in_post,1\n",
        )
        assert (said(report)[1:], list(members(campaign))) == ([], ["li"])
        report = roster(campaign, tmp_path, "no,branch,person,status\ntotal,,12,in_post\n")
        assert said(report)[1:] == ["roster.csv: row 2: a row of totals; it is left out"]

    def test_merged_cells_are_not_guessed(self, campaign: Campaign, tmp_path: Path) -> None:
        report = roster(campaign, tmp_path, "支部,编号,姓名\nb1,li,李明\n,he,何平\n,,吴东\n")
        assert said(report, "zh")[1:] == [
            "roster.csv 第 3 行，“支部”列：he 未写支部，未列入任何名册；若与上方各行同属 b1（合并单元格），请将支部向下填充",
            "roster.csv 第 4 行：既无支部也无人员编号，该行未导入；若与上方各行同属 b1（合并单元格），请将支部向下填充",
        ]
        assert list(members(campaign)) == ["li"]

    def test_a_heading_without_rows(self, campaign: Campaign, tmp_path: Path) -> None:
        report = roster(campaign, tmp_path, "支部,编号,姓名\n")
        assert said(report, "zh") == ["roster.csv: 没有数据行：表头之下为空"]
        assert report.text.say("en") == "no rows, nothing was written"


class TestFiles:
    TEXT = "支部,人员编号,姓名,类别\nb1,li,李明,在岗\n"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_encodings_that_name_themselves(self, campaign: Campaign, tmp_path: Path, encoding: str) -> None:
        assert said(roster(campaign, tmp_path, self.TEXT.encode(encoding))) == []
        assert members(campaign)["li"][1] == "李明"

    def test_gb18030_is_guessed_and_said(self, campaign: Campaign, tmp_path: Path) -> None:
        report = roster(campaign, tmp_path, self.TEXT.encode("gb18030"))
        assert said(report, "zh") == ["roster.csv: 不是 UTF-8 编码，已按 GB18030 读取：请核对姓名是否正确"]
        assert members(campaign)["li"][1] == "李明"

    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_delimiters(self, campaign: Campaign, tmp_path: Path, delimiter: str) -> None:
        flags = '"mobile;infirm"' if delimiter == ";" else "mobile;infirm"
        rows = [["branch", "person", "name", "status", "flags"], ["b1", "li", "Li", "in_post", flags]]
        report = roster(campaign, tmp_path, "\r\n".join(delimiter.join(row) for row in rows))
        assert (said(report), members(campaign)["li"]) == ([], ("b1", "Li", "in_post", ["infirm", "mobile"]))

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "roster.csv: the file is empty"),
            (b"\n\n", "roster.csv: the file is empty"),
            (b",,\n,,\n", "roster.csv: the file is empty"),
            (b"name,status\nLi,in_post\n", "roster.csv: row 1: no usable heading: a roster has a column `branch` or `person`"),
            (b"PK\x03\x04\x14\x00", "roster.csv: not a workbook (.xlsx) that can be read: File is not a zip file"),
            (b"branch\x00\x01\x02", "roster.csv: not a table but a binary file; save it as CSV (UTF-8)"),
            (b"branch,name\nb1,\xff\xff\xff\n", "roster.csv: neither UTF-8 nor GB18030; save it as CSV (UTF-8)"),
            (b'branch,name\nb1,"' + b"x" * 200_000, "roster.csv: not a table: field larger than field limit (131072)"),
        ],
    )  # fmt: skip
    def test_what_is_no_roster_writes_nothing(self, campaign: Campaign, tmp_path: Path, content: bytes, says: str) -> None:
        with pytest.raises(InputFault) as caught:
            roster(campaign, tmp_path, content)
        assert caught.value.say("en").startswith(says)
        assert written(campaign) == 1

    def test_a_missing_file(self, campaign: Campaign, tmp_path: Path) -> None:
        with pytest.raises(InputFault) as caught:
            campaign.import_roster(tmp_path / "nowhere.csv")
        assert "nowhere.csv: cannot be read: No such file or directory; check the path" in caught.value.say("en")


class TestAgain:
    TEXT = HEADER + BUREAU + "b1,,,,,,,li,Li,in_post,mobile,secretary,\nb2,Branch,,,b1,,,he,He,retired,,,\n"

    def test_the_same_file_writes_nothing_and_says_so(self, campaign: Campaign, tmp_path: Path) -> None:
        first = roster(campaign, tmp_path, self.TEXT)
        before = written(campaign)
        again = roster(campaign, tmp_path, self.TEXT)
        assert (first.changed, again.changed, written(campaign)) == (True, False, before)
        assert first.text.say("en") == "2 branches, 2 members, 2 people, 1 role granted; 7 added, 0 updated"
        assert again.text.say("en") == "2 branches, 2 members, 2 people, 1 role granted: all known already, nothing was written"
        assert again.text.say("zh") == "支部 2 个，党员 2 名，人员 2 名，授予角色 1 项：均已在册，未写入任何内容"

    def test_what_changed_is_written_and_the_rest_stays(self, campaign: Campaign, tmp_path: Path) -> None:
        roster(campaign, tmp_path, self.TEXT)
        report = roster(campaign, tmp_path, "branch,person,name,status\nb1,li,Li Ming,retired\nb1,wu,Wu,in_post\n")
        assert report.added == {"branches": 0, "members": 1, "people": 1, "grants": 0}
        assert report.updated == {"branches": 0, "members": 1, "people": 1, "grants": 0}
        assert members(campaign)["li"] == ("b1", "Li Ming", "retired", ["mobile"])
        assert campaign.store.row("SELECT title, grp, fields FROM workflow_branch WHERE id = 'b1'") == (
            "Bureau", "g1", '{"focus":true,"sector":"organ"}',
        )  # fmt: skip

    def test_one_event_for_all_people_and_one_for_each_branch_that_changed(self, campaign: Campaign, tmp_path: Path) -> None:
        roster(campaign, tmp_path, self.TEXT)
        people = [event for event in events(campaign.store, CAMPAIGN) if event.kind == "people"]
        rosters = [event for event in events(campaign.store) if event.kind == "roster"]
        assert [len(event.payload["people"]) for event in people] == [2]
        assert [(event.branch, len(event.payload["members"]), event.actor) for event in rosters] == [
            ("b1", 1, "office"),
            ("b2", 1, "office"),
        ]
        roster(campaign, tmp_path, self.TEXT.replace("he,He,retired", "he,He,in_post"))
        assert [event.branch for event in events(campaign.store) if event.kind == "roster"] == ["b1", "b2", "b2"]

    def test_a_branch_that_has_moved_keeps_its_state(self, campaign: Campaign, tmp_path: Path) -> None:
        roster(campaign, tmp_path, self.TEXT + ",,,,,,,wu,Wu,,,office,\n")
        assert campaign.move("b1", "assign_batch", by="wu").allowed
        roster(campaign, tmp_path, HEADER + BUREAU.replace("Bureau", "Labour Bureau"))
        assert campaign.store.row("SELECT title, state FROM workflow_branch WHERE id = 'b1'") == ("Labour Bureau", "preparation.assigned")

    def test_progress_reaches_the_end(self, campaign: Campaign) -> None:
        seen: list[tuple[int, int]] = []
        campaign.import_roster([{"branch": f"b{n}"} for n in range(120)], progress=lambda done, total: seen.append((done, total)))
        assert seen == [(50, 120), (100, 120), (120, 120)]
