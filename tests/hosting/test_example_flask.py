"""The Flask example, from its two commands to the approval."""

from __future__ import annotations

from pathlib import Path

from tests.hosting.walking import BRANCH, CHINESE, Page, Server, Walk, check_verified, kinds, started

REFUSED = (
    "may not make the move “apply for the transfer” at learning · working: 2 requirements stand in the way.",
    "✗ Every member has studied at least 8 hours",
    "2 of 3 members meet it, 1 falls short",
    "Xu Fang 徐芳: found 0 hours, required at least 8 hours",
    "Who must act: Li Ming 李明 (clerk)",
    "Remedy: hold a make-up session",
    "Basis: Notice no. 3 (the office, 2026-01-15)",
    "✗ The summary of the stage is filed",
)
REFUSED_ZH = (
    "不得作出动作“申请转段”：2 项条件未满足。",
    "✗ 每名党员学习不少于8小时",
    "共 3 名党员，符合 2，不符合 1",
    "Xu Fang 徐芳: 实为0小时，要求不少于8小时",
    "责任人：Li Ming 李明（联络员）",
    "补救办法：组织补课",
    "依据：第3号通知（办公室、2026-01-15）",
    "✗ 已报送阶段总结",
)


def test_a_clerk_is_refused_makes_it_up_and_the_office_approves(tmp_path: Path) -> None:
    with started("flask_app", tmp_path, "--port {port}") as server:
        clerk = Walk(server, "li")
        assert "“session” is entered" in clerk.act("session", hours="8", present=["li", "chen"]).text
        form = clerk.page
        page = clerk.act("moves/apply")
        for text in REFUSED:
            assert text in page.text
        assert Page(clerk.browser.get(f"/branches/{BRANCH}?answer=3")).text == page.text  # loaded again: the answer has an address
        clerk.page = form
        clerk.browser.headers["Accept-Language"] = CHINESE
        page = clerk.act("moves/apply")  # the same form, sent again: told in the other language, done once
        for text in REFUSED_ZH:
            assert text in page.text
        clerk.browser.headers["Accept-Language"] = "en"

        assert clerk.open().forms[f"/branches/{BRANCH}/session"]["present"] == ["xu"]  # the make-up form knows who is missing
        clerk.act("session")
        clerk.act("summary", subject="What we learnt")
        assert "Labour Bureau 劳动局 has made the move “apply for the transfer”" in clerk.act("moves/apply").text
        page = clerk.act("moves/approve")
        assert "✗ Whoever acts holds a role that may who may: Wang Wei 王伟 (office)" in page.text
        assert "✗ Nobody decides on what they did themselves Li Ming 李明 made “apply for the transfer” in this attempt" in page.text
        office = Walk(server, "wang", CHINESE)
        assert "已作出动作“批准”：学习动员 · 已申请 → 分析评议 · 进行中" in office.act("moves/approve").text
    assert kinds(server.folder / "transfer.db") == ["roster", "record", "refused", "record", "record", "moved", "refused", "moved"]
    check_verified(server.folder / "transfer.db", 10)


def test_what_makes_no_sense_is_said_and_writes_nothing(tmp_path: Path) -> None:
    with started("flask_app", tmp_path, "--port {port}") as server:
        nobody_and_strangers(server)
        clerk = Walk(server, "li")
        form = clerk.page
        assert "hours: 'eight' is not a number" in clerk.act("session", hours="eight").text
        clerk.page = form
        clerk.act("summary", subject="One")
        clerk.page = form
        page = clerk.act("summary", subject="Two")
        assert (page.status, "[key-reused]" in page.text) == (400, True)
        for seq in ("1", "99", str(2**64)):  # a roster, and none
            page = Page(clerk.browser.get(f"/branches/{BRANCH}?answer={seq}"))
            assert (page.status, f"{BRANCH} has no verdict #{seq} [verdict]" in page.text) == (404, True)
        page = Page(clerk.browser.get("/branches/nowhere"))
        assert (page.status, "there is no branch nowhere" in page.text) == (404, True)
    assert kinds(server.folder / "transfer.db") == ["roster", "record"]


def nobody_and_strangers(server: Server) -> None:
    browser = server.visitor("en")
    assert browser.get(f"/branches/{BRANCH}").status_code == 403
    assert browser.post("/login", data={"person": "li"}).status_code == 400  # no token: not from a form of ours
