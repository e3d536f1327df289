"""Pages for a committee: whole in themselves, conclusion first, in words, every decision as it was given."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from attrs import define, field

from tests.audit.exports_ground import KEY, pairs, study
from tests.conftest import Snapshot
from tests.story import Story
from workflow.audit import Mask, export
from workflow.engine.campaign import Campaign
from workflow.verdicts.codec import verdict_of
from workflow.verdicts.findings import Position

_VOID = {"meta", "br", "link", "img"}


@define(slots=False)
class Page(HTMLParser):
    """What is on a page, and whether its tags close."""

    text: list[str] = field(factory=list)
    tags: list[str] = field(factory=list)
    links: list[str] = field(factory=list)
    anchors: list[str] = field(factory=list)
    _open: list[str] = field(factory=list)

    def __attrs_pre_init__(self) -> None:
        super().__init__()

    @classmethod
    def of(cls, path: Path) -> Page:
        page = cls()
        page.feed(path.read_text(encoding="utf-8"))
        page.close()
        assert page._open == []
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags.append(tag)
        self.links += [value for name in ("href", "src") if (value := said.get(name))]
        self.anchors += [said["id"]] if said.get("id") else []
        if tag not in _VOID:
            self._open.append(tag)
        if tag in ("tr", "h1", "h2", "h3", "p", "li", "footer", "pre"):
            self.text.append("\n")
        if tag in ("td", "th"):
            self.text.append(" | ")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("style", "title"):
            self.text.append(data)

    @property
    def read(self) -> str:
        """As somebody reads it, without the hashes."""
        lines = (line.rstrip() for line in "".join(self.text).split("\n"))
        said = "\n".join(line for line in lines if line)
        return re.sub(r"\b[0-9a-f]{64}\b", "HASH", said)


@pytest.fixture(scope="module")
def refused() -> Campaign:
    """One branch, held back at the end of its first stage: He is short of hours, Lin has not sat the test."""
    story = Story().mobilised().day("2005-03-10").learnt(hours={"he": (20.0, 14.0)}, but=["test"])
    assert not story.campaign.move("b1", "open_look_back", by="li").allowed
    return story.campaign


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_reads_as_prose(tmp_path: Path, snapshot: Snapshot, lang: str) -> None:
    export(pairs(), tmp_path / "b0.html", "html", branches=["b0"], lang=lang)
    snapshot(f"page.{lang}", Page.of(tmp_path / "b0.html").read)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_decision_stands_there_word_for_word(refused: Campaign, tmp_path: Path, lang: str) -> None:
    export(refused, tmp_path / "b1.html", "html", branches=["b1"], lang=lang)
    page = Page.of(tmp_path / "b1.html")
    flat = re.sub(r"\s+", "", "".join(page.text))
    decided = 0
    for event in refused.timeline("b1"):
        if "verdict" not in event.payload:
            continue
        kept = verdict_of(event.payload["verdict"], Position(stream=event.stream, seq=event.seq, hash=event.hash))
        if not kept.allowed or any(not finding.is_rule for finding in kept.findings):
            assert re.sub(r"\s+", "", refused.explain(kept, lang, full=True)) in flat
            assert f"branch-b1-{event.seq}" in page.anchors
            decided += 1
    assert decided == 6
    first = refused.explain(refused.why("b1"), lang).splitlines()[0]
    assert page.read.splitlines()[:2] == ["Labour Bureau", first]


def test_a_page_needs_nothing_else(refused: Campaign, tmp_path: Path) -> None:
    export(refused, tmp_path / "all.html", "html")
    page, source = Page.of(tmp_path / "all.html"), (tmp_path / "all.html").read_text(encoding="utf-8")
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert not re.search(r"https?://|@import|url\(", source)
    assert "@media print" in source
    assert "@page" in source
    assert {link.removeprefix("#") for link in page.links} <= set(page.anchors)
    assert len(page.anchors) == len(set(page.anchors))


def test_a_folder_has_a_page_for_each_branch(tmp_path: Path) -> None:
    with pairs() as campaign:
        n = export(campaign, tmp_path / "pages", "html")
        assert n == campaign.store.rows("SELECT COUNT(*) FROM workflow_event")[0][0]
    index = Page.of(tmp_path / "pages" / "index.html")
    assert index.links == [*(f"branch-b{n}.html" for n in range(8)), "campaign.html"]
    assert all((tmp_path / "pages" / link).exists() for link in index.links)
    assert "B0 B0 has reached finished: nothing is left to be done." in index.read


def test_markup_in_what_was_entered_stays_text(tmp_path: Path) -> None:
    with study() as campaign:
        campaign.open_case("south", "visit", by="dan", member="dan", fields={"what": "<script>alert(1)</script> & <b>"})
        export(campaign, tmp_path / "south.html", "html", branches=["south"])
    page = Page.of(tmp_path / "south.html")
    assert "script" not in page.tags
    assert "<script>alert(1)</script> & <b>" in page.read


def test_a_masked_page_names_pseudonyms_and_says_so(refused: Campaign, tmp_path: Path) -> None:
    mask = Mask.of(refused.store, KEY)
    export(refused, tmp_path / "b1.html", "html", branches=["b1"], mask=mask)
    read = Page.of(tmp_path / "b1.html").read
    assert f"{mask.person('he')}" in read
    assert f"{mask.person('li')} (branch secretary)" in read
    assert "the same person has the same pseudonym" in read
    assert not re.search(r"\b(Lin|Chen|Xu|Sun Li|Wang Wei)\b", read)
    assert "HASH" not in read
