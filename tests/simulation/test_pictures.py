"""The pictures of a simulation, held against its answers; and the option that draws them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from xml.etree import ElementTree

import matplotlib
import pytest

from tests.cli.conftest import Desk
from tests.simulation.drawings import HEAD, NAMES, NOBODY, SVG, Drawing, Drawn, drawn, found
from tests.simulation.forecasts import BY_CHANCE, FIXED, collected, compiled
from tests.simulation.small_plan import RULES
from tests.simulation.test_simulate import FEW, desk, simulate
from workflow.simulation.answers.sensitivity import Swing
from workflow.simulation.compiling import Branch
from workflow.simulation.pictures import draw
from workflow.simulation.pictures.colours import BLUE, GRID, ORANGE, RED

__all__ = ["desk", "drawn"]


def scale(root: ElementTree.Element, name: str, panel: int, axis: str) -> Callable[[float], float]:
    """From a figure along an axis to points, as its ticks are labelled."""
    (axes,) = [group for group in root.iter(f"{SVG}g") if group.get("id") == f"{name}-axes_{panel}"]
    marks = []
    for tick in axes.iter(f"{SVG}g"):
        if tick.get("id", "").startswith(f"{name}-{axis}tick_"):
            said = "".join(next(tick.iter(f"{SVG}text")).itertext())
            value = float(date.fromisoformat(said if len(said) > 7 else f"{said}-01").toordinal()) if "-" in said[1:] else float(said)
            marks.append((value, float(next(tick.iter(f"{SVG}use")).get(axis, ""))))
    (a, start), (b, end) = marks[0], marks[-1]
    return lambda value: start + (value - a) * (end - start) / (b - a)


# -- figures -------------------------------------------------------------------------------------------------------------


def test_the_fan_has_the_median_and_the_target_where_the_answers_have_them(drawn: Drawing) -> None:
    answers, _ = found(FIXED, 3, 2, replications=1)
    picture = drawn(FIXED, 3, 2, replications=1)
    root = picture.root("fan")
    lines = picture.shapes("fan", RED, "stroke")
    targets = [target for target in answers.targets if target.share == answers.share]
    assert [(target.batch, target.needed) for target in targets] == [("1", 3), ("2", 2)]
    for panel, target in enumerate(targets, 1):
        across, down = scale(root, "fan", panel, "x"), scale(root, "fan", panel, "y")
        corner = (across(target.by.toordinal() + 1), down(target.needed))  # at the end of the day
        (line,) = [each for each in lines if each[1:2] == [pytest.approx(corner, abs=0.01)]]
        assert line[2] == pytest.approx((corner[0], down(0)), abs=0.01)
        said = f"target {target.needed} of {target.branches} by {target.by}: chance {100 * target.chance.value:.0f}%"
        assert said in picture.texts("fan")
    whole = next(each for each in answers.progress if each.batch is None)
    across, down = scale(root, "fan", 3, "x"), scale(root, "fan", 3, "y")
    median = picture.shapes("fan", BLUE, "stroke")[-1]
    for week, count in zip(answers.weeks, whole.bands[0.5], strict=True):
        end = (across(week.toordinal() + 7), down(count))
        assert any(place == pytest.approx(end, abs=0.01) for place in median) or not 0 < count < whole.branches
    assert "all batches: finished, of 5 branches" in picture.texts("fan")


def test_the_bands_are_the_percentiles(drawn: Drawing) -> None:
    answers, _ = found(BY_CHANCE, 20)
    (progress,) = [each for each in answers.progress if each.batch == "1"]
    for outer, inner in pairwise(sorted(progress.bands)):  # at a greater level never fewer
        assert all(low <= high for low, high in zip(progress.bands[outer], progress.bands[inner], strict=True))
    picture = drawn(BY_CHANCE, 20)
    across, down = (scale(picture.root("fan"), "fan", 1, axis) for axis in "xy")
    bands = picture.shapes("fan", BLUE)
    assert len(bands) == 2
    for band, levels in zip(bands, ((0.1, 0.9), (0.25, 0.75)), strict=True):
        assert any(0 < count < 20 for level in levels for count in progress.bands[level])
        for level in levels:
            for week, count in zip(answers.weeks, progress.bands[level], strict=True):
                assert any(place == pytest.approx((across(week.toordinal() + 7), down(count)), abs=0.01) for place in band)
    assert len(picture.shapes("fan", BLUE, "stroke")) == 1  # one batch: none for all


def test_the_flow_ends_with_all_that_have_finished(drawn: Drawing) -> None:
    answers, _ = found(FIXED, 3, 2)
    picture = drawn(FIXED, 3, 2)
    down = scale(picture.root("flow"), "flow", 1, "y")
    (finished,) = picture.shapes("flow", GRID)
    assert min(y for _, y in finished) == pytest.approx(down(answers.branches), abs=0.01)
    layers = ["learning", "analysis", "finished"]
    assert [text for text in picture.texts("flow") if text in layers] == layers


def test_the_load_has_a_cell_for_every_week_with_work(drawn: Drawing) -> None:
    answers, _ = found(FIXED, 3, 2)
    (office,) = answers.servers
    weeks = [week for week in office.weeks if week.mean >= 0.005]
    picture = drawn(FIXED, 3, 2)
    colours = matplotlib.colormaps["cividis"].resampled(20)
    for week in weeks:
        colour = matplotlib.colors.to_hex(colours(week.mean))
        same = [each for each in weeks if colours(each.mean) == colours(week.mean)]
        assert len(_cells(picture, colour)) == len(same)
    assert [week.mean for week in weeks] == [0.4, 0.2, 0.4]
    assert {"office (1 at a time)", "2005-W09", "2005-02-28", "0%", "100%"} <= set(picture.texts("load"))


def _cells(picture: Drawn, colour: str) -> list[ElementTree.Element]:
    (mesh,) = [group for group in picture.root("load").iter(f"{SVG}g") if group.get("id") == "load-QuadMesh_1"]
    return [each for each in mesh.iter() if f"fill: {colour}" in each.get("style", "")]


def test_the_gantt_has_a_bar_for_every_batch_and_every_stage(drawn: Drawing) -> None:
    answers, _ = found(FIXED, 3, 2)
    picture = drawn(FIXED, 3, 2)
    across = scale(picture.root("gantt"), "gantt", 1, "x")
    bars, stages = (picture.shapes("gantt", colour) for colour in (BLUE, ORANGE))
    assert (len(bars), len(stages)) == (2, 4)
    for bar, batch in zip(bars, answers.batches, strict=True):
        end = answers.finish(batch.batch, None, answers.share).at(0.5).day
        assert min(x for x, _ in bar) == pytest.approx(across(batch.starts.toordinal()), abs=0.01)
        assert max(x for x, _ in bar) == pytest.approx(across(end.toordinal() + 1), abs=0.01)
        assert {str(end), str(batch.by)} <= set(picture.texts("gantt"))
    for before, after in (stages[:2], stages[2:]):  # one begins where the other ends
        assert min(x for x, _ in after) == pytest.approx(max(x for x, _ in before), abs=0.01)


@pytest.mark.parametrize("batch", [None, "2"])
def test_the_tornado_has_both_sides_of_every_swing(drawn: Drawing, batch: str | None) -> None:
    _, swings = found(FIXED, 3, 2)
    moving = [swing for swing in swings if swing.moves(batch)]
    picture = drawn(FIXED, 3, 2, batch=batch)
    across = scale(picture.root("drivers"), "drivers", 1, "x")
    for colour, side in ((BLUE, "low"), (ORANGE, "high")):
        its = [made.of(batch).p80 for swing in moving if (made := getattr(swing, side)) is not None]
        bars = picture.shapes("drivers", colour)
        lengths = [max(x for x, _ in bar) - min(x for x, _ in bar) for bar in bars]
        assert sorted(lengths) == pytest.approx(sorted(across(abs(days)) - across(0) for days in its), abs=0.01)
    assert {"people: office (1)", "2", "-20%", "+20%"} <= set(picture.texts("drivers"))
    left_out = [text for text in picture.texts("drivers") if text.startswith("without any effect on it")]
    assert bool(left_out) == (len(moving) < len(swings))


def test_nothing_to_show_is_said(drawn: Drawing) -> None:
    for lang, said in (("en", "Nothing to show"), ("zh", "没有可显示的内容")):
        picture = drawn(NOBODY, 2, lang=lang, replications=2)
        assert any(said in text for text in picture.texts("load"))
    answers, _ = found(NOBODY, 2, replications=2)
    for swings, said in (
        ((), "no figure of the plan, a little lower or higher, moves the end of all batches."),
        (None, "this is worked out"),
    ):
        draw(picture.folder, RULES, answers, swings, head=HEAD, lang="en")
        assert any(text.startswith(f"Nothing to show: {said}") for text in picture.texts("drivers"))


def test_a_batch_nobody_is_in(drawn: Drawing) -> None:
    for lang, said in (("en", "Nothing to show: there are no branches in batch 2."), ("zh", "没有可显示的内容：第 2 批没有支部。")):
        assert said in drawn(FIXED, 3, lang=lang, batch="2").texts("drivers")


def test_what_is_left_out_of_the_tornado_is_said_and_how_to_see_it(drawn: Drawing) -> None:
    answers, swings = found(BY_CHANCE, 20)
    moving = [swing for swing in swings if swing.moves(None)]
    fixed = Swing(what="start", subject="1", names=("1",), now="2005-01-17", low=None, high=None)
    picture = drawn(BY_CHANCE, 20)
    for lang, more, neither in (
        (
            "en",
            f"and {3 * len(moving) - 15} that move it less (--view sensitivity --top {3 * len(moving)} shows them)",
            "could be set neither",
        ),
        ("zh", f"另有 {3 * len(moving) - 15} 项影响更小（加 --view sensitivity --top {3 * len(moving)} 可列出）", "不能调低也不能调高"),
    ):
        draw(picture.folder, RULES, answers, [*moving, *moving, *moving, fixed], head=HEAD, lang=lang)
        said = "".join(picture.texts("drivers"))
        assert more in said
        assert neither in said


def test_of_too_many_the_busiest_are_shown(drawn: Drawing) -> None:
    """The more branches a group has, the more work."""
    text = FIXED.replace("{office: {people: 1}}", "{office: {each: group, people: 1}}")
    units = [
        Branch(id=f"g{group}-{n}", title="", batch="1", group=f"g{group:02}", size=1)
        for group in range(1, 46)
        for n in range(1 + group % 5)
    ]
    answers = collected(compiled(text, units), replications=2).answers(1)
    share = {use.group: sum(week.busy for week in use.weeks) / sum(week.open for week in use.weeks) for use in answers.servers}
    picture = drawn(NOBODY, 1, replications=2)
    draw(picture.folder, RULES, answers, None, head=HEAD, lang="en")
    shown = {text.split()[1] for text in picture.texts("load") if text.startswith("office g")}
    assert len(shown) == 40
    assert min(share[group] for group in shown) >= max(share[group] for group in share.keys() - shown)
    assert min(share.values()) < max(share.values())
    assert any(text.endswith("; the 40 busiest of 45; --json lists them all") for text in picture.texts("load"))


# -- the command ---------------------------------------------------------------------------------------------------------


def test_a_folder_or_a_page_alone(desk: Desk) -> None:
    folder, page = desk.folder / "out" / "pictures", desk.folder / "page.html"
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    said = simulate(desk, *FEW, "--pictures", str(folder))
    assert said.endswith(f"\n\nwritten: {', '.join(str(folder / name) for name in ('index.html', *(f'{name}.svg' for name in NAMES)))}\n")
    assert sorted(path.name for path in folder.iterdir()) == sorted(["notes.txt", "index.html", *(f"{name}.svg" for name in NAMES)])
    simulate(desk, *FEW, "--pictures", str(page))
    assert page.read_bytes() == (folder / "index.html").read_bytes()
    assert [line for line in said.splitlines()[:2] if f"<p>{line}</p>" not in page.read_text(encoding="utf-8")] == []
    assert "已写入：" in simulate(desk, *FEW, "--pictures", str(page), lang="zh")
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_json_names_the_files(desk: Desk) -> None:
    page = desk.folder / "page.html"
    words = (
        "simulate",
        str(desk.folder / "chance.yaml"),
        "--roster",
        str(desk.folder / "roster.csv"),
        *FEW,
        "--pictures",
        str(page),
        "--json",
    )
    answer = desk.run(*words, global_options=False)
    assert f'"pictures": [\n    "{page}"\n  ]' in answer.stdout


def test_where_no_pictures_can_go(desk: Desk) -> None:
    assert "pictures go to a folder, or to a page named .html" in simulate(desk, "--pictures", "fan.png", code=2)
    assert "图表应写入文件夹" in simulate(desk, "--pictures", "fan.png", code=2, lang="zh")
    taken = desk.write("taken", "a file")
    said = simulate(desk, *FEW, "--pictures", taken, code=2)
    assert taken in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("where", "english", "chinese"),
    [
        ("nowhere/p.html", "there is no folder nowhere that can be written to", "没有可写入的文件夹 nowhere"),
        ("taken", "taken is there already", "taken 已存在"),
        ("taken/pictures", "there is no folder taken that can be written to", "没有可写入的文件夹 taken"),
        ("d.html/", "d.html is there already", "d.html 已存在"),
        ("full", "full/index.html is there already", "full/index.html 已存在"),
    ],
)
def test_where_no_pictures_can_go_is_said_before_anything_is_simulated(
    desk: Desk, where: str, english: str, chinese: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan need only be checked for it."""
    monkeypatch.chdir(desk.folder)
    desk.write("taken", "a file")
    (desk.folder / "d.html").mkdir()
    (desk.folder / "full" / "index.html").mkdir(parents=True)
    said = simulate(desk, "--check", "--pictures", where, code=2)
    assert (english in said, said.count("\n")) == (True, 1)
    assert chinese in simulate(desk, "--check", "--pictures", where, code=2, lang="zh")
    assert not (desk.folder / "nowhere").exists()


def test_a_folder_of_pictures_is_made(desk: Desk) -> None:
    assert simulate(desk, "--check", "--pictures", str(desk.folder / "new" / "pictures"))
    simulate(desk, *FEW, "--pictures", str(desk.folder / "new" / "pictures"))
    assert (desk.folder / "new" / "pictures" / "index.html").is_file()


def test_without_matplotlib_it_says_what_to_install(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    said = simulate(desk, "--pictures", str(desk.folder / "out"), code=2)
    assert said == "error: matplotlib is not installed: pip install 'campaign-workflow[pictures]'\n"
    assert "未安装 matplotlib" in simulate(desk, "--pictures", str(desk.folder / "out"), code=2, lang="zh")
    assert not (desk.folder / "out").exists()
    assert simulate(desk, *FEW, "--view", "sensitivity")


def test_no_command_waits_for_matplotlib_but_the_one_that_draws() -> None:
    """Nor does drawing load what keeps pictures for a whole process."""
    ask = "import sys, workflow.cli.app, workflow.simulation.pictures; print('matplotlib' in sys.modules)"
    drawing = "import sys, workflow.simulation.pictures.gallery; print('matplotlib.pyplot' in sys.modules)"
    for code in (ask, drawing):
        assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
