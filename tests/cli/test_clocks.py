"""Time given and stopped from the command line, for one branch or for many."""

from __future__ import annotations

import pytest

from tests.cli.conftest import TRIAL, Desk

SITES = """branch,title,batch,group,person,name,status,roles
s1,Site 1,1,north,ann,Ann,investigator,coordinator
s2,Site 2,1,north,ben,Ben,nurse,
s3,Site 3,1,south,cho,Cho,nurse,
s4,Site 4,2,south,cai,Cai,nurse,
s5,Site 5,2,south,cei,Cei,nurse,
s6,Site 6,2,south,cui,Cui,nurse,
,,,north,mona,Mona,,monitor
,,,,spo,Spo,,sponsor
"""
BY = ("--by", "spo", "--reason", "snow")


@pytest.fixture
def sites(desk: Desk) -> Desk:
    desk.run("new", TRIAL, "--rehearsal", "--now", "2026-03-02")
    desk.run("import", desk.write("roster.csv", SITES))
    return desk


def test_one_branch_is_answered_in_full(sites: Desk) -> None:
    said = sites.run("extend", "s1", "--days", "10", *BY).stdout
    assert said.startswith(
        "Site 1 is given 10 days more for preparation.\n2026-03-02 · by Spo (sponsor) · attempt 1 · kept in the ledger as #2\n"
    )
    assert "planned end: 2026-05-01 → 2026-05-11" in said
    assert "reason: snow" in said


def test_many_are_summed_up(sites: Desk) -> None:
    sites.run("extend", "s1", "--days", "10", *BY)
    assert sites.run("extend", "--all", "--days", "5", *BY, "--key", "k").stdout == (
        "6 sites extended by 5 days:\n"
        "planned end before  planned end now  sites\n"
        "2026-05-01          2026-05-06           5\n"
        "2026-05-11          2026-05-16           1\n"
        "\n"
        "reason: snow\n"
    )
    again = sites.run("extend", "--all", "--days", "5", *BY, "--key", "k", "--lang", "zh").stdout
    assert again.startswith("6 个 site 延期 5 天：\n原计划结束日  现计划结束日  site\n2026-05-01    2026-05-06       5\n")
    assert again.endswith("理由：snow\n此为首次答复，本次未作登记\n")
    assert sites.json("why", "s1")["planned_end"] == "2026-05-16"


def test_a_batch_stands_still_and_goes_on(sites: Desk) -> None:
    said = sites.run("suspend", "--batch", "1", "--stage", "preparation", *BY, "--now", "2026-03-10").stdout
    assert said == "3 sites suspended from 2026-03-10 on: s1, s2, s3\nreason: snow\n"
    outlook = sites.json("why", "s1")
    assert (outlook["suspended"], outlook["days"], outlook["planned_end"]) == ("2026-03-10", 8, "2026-05-01")
    assert "Site 1 is suspended since 2026-03-10" in sites.run("why", "s1").stdout
    said = sites.run("resume", "--all", *BY, "--now", "2026-03-14", "--lang", "zh").stdout
    assert said == "3 个 site 自 2026-03-14 起恢复：s1、s2、s3\n理由：snow\n"
    assert [sites.json("why", site)["planned_end"] for site in ("s1", "s4")] == ["2026-05-05", "2026-05-01"]
    assert sites.run("resume", "s1", *BY, code=2).stderr == "error: nothing to resume (s1: not suspended)\n"


def test_refusals_in_full_for_the_first_three_the_others_by_name(sites: Desk) -> None:
    by = ("--by", "mona", "--reason", "snow")
    said = sites.run("extend", "--all", "--days", "5", *by, code=1).stdout
    assert said.startswith("Refused for 4 sites, and nothing was done for the others either.\n\nSite 3 is not given more time: 1 rule")
    assert [f"Site {n} is not given more time" in said for n in (3, 4, 5, 6)] == [True, True, True, False]
    assert said.endswith("\nRefused as well, 1 more: s6 (--json says why)\n")
    one = sites.run("extend", "s1", "s3", "--days", "5", *by, code=1).stdout
    assert one.startswith("Refused for 1 site, and nothing was done for the others either.\n\nSite 3 is not given more time")
    alone = sites.run("extend", "s3", "--days", "5", *by, "--lang", "zh", code=1).stdout
    assert alone.startswith("Site 3 未予延期：")
    assert sites.json("why", "s1")["planned_end"] == "2026-05-01"


def test_json_is_a_list_of_all_verdicts(sites: Desk) -> None:
    assert [v["detail"] for v in sites.json("extend", "s1", "--days", "1", *BY)] == [
        {"days": 1, "reason": "snow", "planned_end": "2026-05-02", "was": "2026-05-01"}
    ]
    found = sites.json("suspend", "--batch", "2", *BY)
    assert [(v["branch"], v["allowed"], v["command"], v["detail"]) for v in found] == [
        (site, True, "suspend", {"on": "2026-03-02", "reason": "snow"}) for site in ("s4", "s5", "s6")
    ]
    refused = sites.json("extend", "--all", "--days", "1", "--by", "mona", "--reason", "snow", code=1)
    assert [v["branch"] for v in refused] == ["s3", "s4", "s5", "s6"]


def test_a_trial_run(sites: Desk) -> None:
    said = sites.run("suspend", "--batch", "1", *BY, "--dry-run").stdout
    assert "nothing was written" in said
    assert "s1" in said
    assert "suspended" not in sites.json("why", "s1")
    assert sites.run("extend", "--all", "--days", "3", "--by", "mona", "--reason", "snow", "--dry-run", code=1).stdout


@pytest.mark.parametrize(
    ("given", "en", "zh"),
    [
        (("--days", "1"), "no branch was chosen", "未选定支部"),
        (("s1", "--all", "--days", "1"), "more than one way to choose branches was given", "选定支部的方式不止一种"),
        (("--all", "--days", "0"), "a stage is extended by 1 to 3,650 whole days, found 0", "阶段延期须为 1 至 3,650 的整天数，实为 0"),
        (("--batch", "3", "--days", "1"), "there is no batch 3; known: 1, 2", "没有批次 3；已有：1、2"),
        (("s9", "--days", "1"), "there is no branch s9", "没有支部 s9"),
        (("--all", "--stage", "preparatoin", "--days", "1"), "did you mean preparation?", "是否指 preparation？"),
    ],
)
def test_misuse_in_words(sites: Desk, given: tuple[str, ...], en: str, zh: str) -> None:
    assert en in sites.run("extend", *given, *BY, code=2).stderr
    assert zh in sites.run("extend", *given, *BY, "--lang", "zh", code=2).stderr


def test_of_very_many_only_the_first_are_named(desk: Desk) -> None:
    desk.run("new", TRIAL, "--rehearsal", "--now", "2026-03-02")
    rows = "".join(f"s{n:02},Site {n},1,north,p{n:02},P{n},nurse,\n" for n in range(1, 24))
    desk.run("import", desk.write("roster.csv", SITES.partition("\n")[0] + "\n" + rows + ",,,,spo,Spo,,sponsor\n"))
    said = desk.run("suspend", "--all", *BY).stdout
    assert "23 sites suspended from 2026-03-02 on: s01, s02, " in said
    assert "s20 and 3 more (--json names them all)\n" in said
    assert "s20，另有 3 个未列出（--json 列出全部）\n" in desk.run("resume", "--all", *BY, "--lang", "zh").stdout
    assert "did you mean s03 (Site 3)?" in desk.run("suspend", "s3", *BY, code=2).stderr
