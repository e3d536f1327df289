"""Pictures can be read anywhere: offline, in the dark, in Chinese, with titles of any length."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import matplotlib
import pytest

from tests.simulation.drawings import HEAD, NAMES, Drawing, Drawn, boxes, drawn
from tests.simulation.forecasts import BY_CHANCE, FIXED, branches, collected
from tests.simulation.small_plan import DEFINITION
from workflow.definition import load_text as load_definition
from workflow.simulation.answers.sensitivity import sensitivities
from workflow.simulation.compiling import Branch, compile_plan
from workflow.simulation.pictures import draw
from workflow.simulation.pictures.colours import BLUE, ORANGE, PAPER, RED
from workflow.simulation.plan import load_text
from workflow.texts import LANGUAGES

__all__ = ["drawn"]


def test_the_same_figures_make_the_same_bytes(drawn: Drawing) -> None:
    """Whatever settings the person has for matplotlib, which are left as they were."""
    once = drawn(BY_CHANCE, 20)
    with matplotlib.rc_context({"font.size": 30, "svg.fonttype": "path", "axes.grid": True, "lines.linewidth": 9}):
        before = dict(matplotlib.rcParams)
        again = drawn(BY_CHANCE, 20)
        assert dict(matplotlib.rcParams) == before
    for name in ("index.html", *(f"{name}.svg" for name in NAMES)):
        assert (once.folder / name).read_bytes() == (again.folder / name).read_bytes()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_fetches_nothing(drawn: Drawing, lang: str) -> None:
    picture = drawn(BY_CHANCE, 20, lang=lang)
    page = picture.text("index.html")
    for text in (page, *(picture.text(f"{name}.svg") for name in NAMES)):
        assert set(re.findall(r"\w+://[^\s\"'<>]*", text)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
        assert all(target.startswith("#") for target in re.findall(r'(?:href|src)="([^"]*)"', text))
        assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", text))
        assert not re.search(r"@import|<script|<link|<image|DOCTYPE svg|metadata", text)
    assert f'<html lang="{lang}">' in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert all(f"<p>{line}</p>" in page for line in ("Plan &lt;by-chance&gt;", HEAD[1]))
    assert page.count("<svg ") == page.count("<figcaption>") == len(NAMES)


def test_no_two_parts_of_the_page_have_one_name(drawn: Drawing) -> None:
    page = drawn(BY_CHANCE, 20).text("index.html")
    names = re.findall(r'\bid="([^"]*)"', page)
    assert len(names) == len(set(names))
    assert {*re.findall(r'href="#([^"]*)"', page), *re.findall(r"url\(#([^)]*)\)", page)} <= set(names)


def test_the_page_has_the_colours_of_its_scheme(drawn: Drawing) -> None:
    """Those that change in the dark are variables; in the files they are plain, for programs that know none."""
    picture = drawn(BY_CHANCE, 20)
    page = picture.text("index.html").split("<body>")[1]
    assert not any(colour in page for colour in (BLUE, ORANGE, RED, PAPER))
    assert "var(--blue)" in page
    assert not any("var(" in picture.text(f"{name}.svg") for name in NAMES)


def test_chinese_is_written_as_text_in_fonts_that_have_it(drawn: Drawing) -> None:
    """Missing glyphs would be warnings, and those are errors here."""
    picture = drawn(BY_CHANCE, 20, lang="zh")
    for name in NAMES:
        family = picture.root(name).get("style", "")
        assert all(font in family for font in ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"))
        assert any("一" <= char <= "鿿" for text in picture.texts(name) for char in text)
    assert "font-family:" not in picture.text("fan.svg").split("</style>")[1]
    assert {"学习", "分析", "结束"} <= set(picture.texts("flow"))
    english = drawn(BY_CHANCE, 20)
    assert not any("一" <= char <= "鿿" for name in NAMES for text in english.texts(name) for char in text)


LONG = "党员先进性教育活动领导小组办公室联合督导检查验收工作组" * 2


@pytest.fixture
def long_titles(tmp_path: Path) -> Callable[[str], Drawn]:
    """A definition and groups with very long titles, and more groups than there is room for."""

    def drawing(lang: str) -> Drawn:
        text = DEFINITION.replace("zh: 办公室", f"zh: {LONG}").replace("en: office", "en: the joint office of all inspectors and its towns")
        text = text.replace("zh: 学习}, gate", f"zh: {LONG}}}, gate").replace("en: learning", "en: learning everything by heart in turns")
        rules = load_definition(text, "small.yaml")
        units = [*branches(9), *(Branch(id=f"x{n}", title="", batch="1", group=f"{LONG}{n}", size=1) for n in range(60))]
        plan = load_text(BY_CHANCE.replace("people: 2", "each: group, people: 2"), rules, "plan.yaml")
        collector = collected(compile_plan(plan, rules, units), replications=5)
        swings = sensitivities(plan, rules, units, seed=1, replications=5, workers=1)
        draw(tmp_path / lang, rules, collector.answers(1), swings, head=HEAD, lang=lang)
        return Drawn(tmp_path / lang)

    return drawing


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_words_are_cut_off_or_stand_on_others(drawn: Drawing, long_titles: Callable[[str], Drawn], lang: str) -> None:
    for picture in (drawn(FIXED, 3, 2, lang=lang), drawn(BY_CHANCE, 20, lang=lang), long_titles(lang)):
        for name in NAMES:
            root = picture.root(name)
            left, top, width, height = map(float, root.get("viewBox", "").split())
            placed = list(boxes(root))
            for box in placed:
                assert left <= box.left, box
                assert box.right <= left + width, box
                assert top <= box.top, box
                assert box.bottom <= top + height, box
            assert [(one, other) for one, other in combinations(placed, 2) if one.meets(other)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_long_names_can_still_be_told_apart(long_titles: Callable[[str], Drawn], lang: str) -> None:
    """What is left out of the name of a server is in its middle; of 62 of them the 40 busiest are drawn."""
    texts = long_titles(lang).texts("load")
    names = [text for text in texts if "…" in text]
    assert len(names) == len(set(names)) > 30
    assert any("40" in text and "62" in text for text in texts)
