"""The FastAPI example: the same story in JSON, and many callers at once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx

from tests.hosting.walking import BRANCH, CHINESE, PATIENCE, Server, kinds, started

API = f"/api/branches/{BRANCH}"


class Caller:
    """Somebody's browser, without the page."""

    def __init__(self, server: Server, person: str, language: str = "en") -> None:
        self.browser = server.visitor(language)
        assert self.browser.post("/api/login", json={"person": person}).status_code == 200

    def post(self, path: str, key: str, **body: Any) -> dict[str, Any]:
        answer = self.browser.post(f"{API}/{path}", json=body, headers={"Idempotency-Key": key})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def test_a_clerk_is_refused_makes_it_up_and_the_office_approves(tmp_path: Path) -> None:
    with started("fastapi_app", tmp_path, "--port {port}") as server:
        clerk = Caller(server, "li")
        assert '<script type="module">' in clerk.browser.get("/").text
        assert clerk.post("records/session", "1", fields={"hours": 8}, lines=["li", "chen"])["allowed"]
        refused_in_english(clerk.post("moves/apply", "2"))
        clerk.browser.headers["Accept-Language"] = CHINESE
        refused_in_chinese(clerk.post("moves/apply", "2"))  # sent again: told in the other language, done once
        clerk.post("records/session", "3", fields={"hours": 8}, lines=["xu"])
        clerk.post("records/summary", "4", fields={"subject": "What we learnt"})
        assert clerk.post("moves/apply", "5")["allowed"]
        refused = clerk.post("moves/approve", "6")
        assert [finding["code"] for finding in refused["findings"] if finding["blocks"]] == ["rule.role", "rule.separation"]
        assert clerk.browser.get(API).json()["text"].endswith("处于学习动员 · 已申请，等待：批准，经办：Wang Wei 王伟（办公室）。")
        office = Caller(server, "wang")
        assert "has made the move “approve”: learning · applied → analysis · working." in office.post("moves/approve", "7")["text"]
    log = server.log.read_text(encoding="utf-8")
    assert f"committed: {BRANCH} #8 moved" in log
    assert "Application shutdown complete." in log
    assert kinds(server.folder / "transfer.db") == ["roster", "record", "refused", "record", "record", "moved", "refused", "moved"]


def refused_in_english(answer: dict[str, Any]) -> None:
    studied, summarised = (finding for finding in answer["findings"] if finding["blocks"])
    assert not answer["allowed"]
    assert answer["text"].endswith("at learning · working: 2 requirements stand in the way.")
    assert (studied["title"], studied["text"]) == ("Every member has studied at least 8 hours", "2 of 3 members meet it, 1 falls short")
    assert [(each["id"], each["text"]) for each in studied["short"]] == [("xu", "found 0 hours, required at least 8 hours")]
    assert (studied["who"], studied["owner_title"]) == ("Li Ming 李明 (clerk)", "clerk")
    assert (studied["remedy"], summarised["remedy"]) == ("hold a make-up session", "file the summary")


def refused_in_chinese(answer: dict[str, Any]) -> None:
    studied, summarised = (finding for finding in answer["findings"] if finding["blocks"])
    assert (studied["title"], studied["text"]) == ("每名党员学习不少于8小时", "共 3 名党员，符合 2，不符合 1")
    assert (studied["short"][0]["text"], studied["who"]) == ("实为0小时，要求不少于8小时", "Li Ming 李明（联络员）")
    assert (studied["remedy"], summarised["remedy"]) == ("组织补课", "报送阶段总结")


def test_many_at_once_and_what_makes_no_sense(tmp_path: Path) -> None:
    with started("fastapi_app", tmp_path, "--port {port}") as server:
        assert server.visitor("en").get(API).status_code == 403
        assert server.visitor("en").post(f"{API}/moves/apply", headers={"Idempotency-Key": "1"}).status_code == 403
        clerk = Caller(server, "li")
        statuses = asyncio.run(at_once(server, dict(clerk.browser.cookies)))
        assert statuses == [200] * 20 + [200] * 20 + [400]
        people = {person["id"]: person for person in clerk.browser.get("/api/people").json()["people"]}
        assert people["wang"] == {"id": "wang", "name": "Wang Wei 王伟", "branch": None, "roles": [{"role": "office", "target": "*"}]}
        assert [name for name, person in people.items() if person["branch"] == BRANCH] == ["chen", "li", "xu"]
        answer = clerk.browser.get("/api/branches/nowhere", headers={"Accept-Language": CHINESE})
        assert (answer.status_code, answer.json()["code"]) == (404, "branch")
        assert answer.json()["text"].startswith("没有支部 nowhere")
    assert kinds(server.folder / "transfer.db") == ["roster"] + ["record"] * 21


async def at_once(server: Server, cookies: dict[str, str]) -> list[int]:
    """Twenty forms, one form sent twenty times, and one that makes no sense."""
    async with httpx.AsyncClient(base_url=server.url, cookies=cookies, trust_env=False, timeout=PATIENCE) as browser:

        async def enter(key: str, **fields: Any) -> int:
            answer = await browser.post(f"{API}/records/summary", json={"fields": fields}, headers={"Idempotency-Key": key})
            return int(answer.status_code)

        keys = [f"form-{number}" for number in range(20)] + ["same"] * 20
        return list(await asyncio.gather(*(enter(key, subject="What we learnt") for key in keys), enter("wrong", pages=3)))
