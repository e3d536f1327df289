"""A renderer of a host's own: everything it needs stands in `as_json`."""

from __future__ import annotations

import runpy
from html.parser import HTMLParser

import pytest
from jsonschema import Draft202012Validator

import workflow
from tests.conftest import Snapshot
from tests.hosting.extensions_ground import TEXT, invoice, opened
from tests.story import ROOT

page = runpy.run_path(str(ROOT / "examples" / "embed" / "page.py"))["page"]


class Texts(HTMLParser):
    """What a reader sees, by item."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[str] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag == "li":
            self.items.append("")

    def handle_data(self, data: str) -> None:
        if self.items:
            self.items[-1] += data


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_verdict_and_an_outlook_as_a_list(lang: str, snapshot: Snapshot) -> None:
    with opened() as campaign:
        invoice(campaign, "b1", 1200)
        assert campaign.record("b1", "expense", by="li", fields={"amount": 70}, lines=["li"])
        verdict = campaign.ask("b1", "close")
        snapshot(f"host-page.{lang}", page(campaign, verdict, lang))
        read = Texts()
        read.feed(page(campaign, campaign.why("b1"), lang))
        plain = campaign.as_json(verdict, lang)
        assert [item.splitlines()[0] for item in read.items] == [f["title"] for f in plain["findings"] if f["status"] == "unmet"]
        Draft202012Validator(workflow.schema("verdict")).validate(plain)
        assert [f.get("who") for f in plain["findings"]][-1] == ("Li (clerk)" if lang == "en" else "Li（联络员）")


def test_what_people_wrote_is_escaped() -> None:
    text = TEXT.replace("Nobody spends more than they may", "Nobody <b>spends</b> & asks")
    with opened(text=text) as campaign:
        written = page(campaign, campaign.ask("b2", "close"))
        assert "Nobody &lt;b&gt;spends&lt;/b&gt; &amp; asks" in written
