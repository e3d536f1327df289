"""Two districts over one central definition, side by side: the same facts, each judged by its own rules."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.conftest import Snapshot
from tests.story import Story, loaded, unmet
from workflow.definition.loading import shipped
from workflow.engine.campaign import Campaign
from workflow.ledger import verify_chain
from workflow.store import compare

TEN, THREE = (shipped()[f"district-{name}-groups-2005"] for name in ("ten", "three"))


@pytest.fixture(scope="module")
def districts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Story]]:
    """The same branch with the same facts in both districts, in learning on 10 March."""
    folder = tmp_path_factory.mktemp("districts")
    found = {path.stem: Story(folder / f"{path.stem}.db", loaded(path)) for path in (TEN, THREE)}
    for story in found.values():
        story.mobilised().day("2005-03-10").learnt()
    yield found
    for story in found.values():
        story.campaign.close()


def test_the_same_facts_get_different_verdicts(districts: dict[str, Story]) -> None:
    ten, three = (unmet(districts[path.stem].campaign.ask("b1", "open_look_back", by="li")) for path in (TEN, THREE))
    assert list(ten) == ["nine_ones_done", "four_leads_shown"]
    assert list(three) == ["steps_closed", "theme_reported"]
    assert [s.id for s in ten["nine_ones_done"].short] == ["chen"]
    assert [s.id for s in three["steps_closed"].short] == ["theme"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_says_which_level_a_rule_comes_from(districts: dict[str, Story], snapshot: Snapshot, lang: str) -> None:
    said = []
    for path in (TEN, THREE):
        campaign = districts[path.stem].campaign
        said.append(campaign.explain(campaign.ask("b1", "open_look_back", by="li"), lang))
    snapshot(f"districts.{lang}", "\n\n".join(said))


def test_the_levels_in_json(districts: dict[str, Story]) -> None:
    campaign = districts[TEN.stem].campaign
    found = {f["code"]: f for f in campaign.as_json(campaign.ask("b1", "open_look_back", by="li"), "en")["findings"]}
    assert (found["study_hours"]["origin"], "tightened" in found["study_hours"]) == ("central", False)
    assert found["four_leads_shown"]["origin"] == "district"
    changes = [{"path": "requirements.nine_ones_done.level", "level": "district", "value": "block", "was": "observe"}]
    assert (found["nine_ones_done"]["origin"], found["nine_ones_done"]["tightened"]) == ("central", changes)


def test_a_branch_is_put_right_by_its_own_district_and_goes_on() -> None:
    ten = Story(definition=loaded(TEN)).mobilised().day("2005-03-10").learnt()
    for item in range(1, 10):
        ten.record("nine_one", lines=["chen"], item=item)
    for item in range(1, 5):
        ten.record("checklist_answer", list="four_leads", item=item, answer="led")
    ten.looked_back().met(group_present=1).filed()
    finding = unmet(ten.campaign.move("b1", "apply", by="li"))["group_present"]
    assert [(f.required, f.found) for f in finding.figures] == [(2, 1)]
    verdict = ten.campaign.ask("b1", "apply", by="li")
    assert "figure tightened at: district (1 → 2)" in ten.campaign.explain(verdict, "en")
    assert "规定层级：中央；指标从严：区（1 → 2）" in ten.campaign.explain(verdict, "zh")

    three = Story(definition=loaded(THREE)).mobilised().day("2005-03-10").learnt()
    three.record("theme_plan", content="two, three and five")
    three.record("theme_report", addressee="office")
    three.record("theme_report", addressee="group")
    three.move("close_theme")
    three.looked_back().met(group_present=1).filed().move("apply")
    for story in (ten, three):
        assert verify_chain(story.campaign.store) == ()
        assert compare(story.campaign.store, lambda _, story=story: story.campaign.definition) == ()
        story.campaign.close()


def test_a_branch_of_the_seventh_group_belongs_to_one_district_only() -> None:
    answers = {}
    for path in (TEN, THREE):
        story = Story(definition=loaded(path))
        story.campaign.import_roster([{"branch": "b1", "title": "Labour Bureau", "batch": "1", "group": "g7", "sector": "organ"}])
        answers[path.stem] = list(unmet(story.campaign.move("b1", "assign_batch", by="office-wang")))
        story.campaign.close()
    assert answers == {TEN.stem: [], THREE.stem: ["group_of_the_district"]}


def test_the_ledger_holds_the_whole_chain_and_needs_no_file(districts: dict[str, Story]) -> None:
    story = districts[THREE.stem]
    document = story.campaign.store.row("SELECT document FROM workflow_definition")[0]
    assert [layer["level"] for layer in json.loads(document)["layers"]] == ["central", "district"]
    file = str(story.campaign.store.rows("PRAGMA database_list")[0][2])
    with Campaign.open(file) as again:
        assert again.definition.hash == loaded(THREE).hash
        assert again.definition.requirements["theme_planned"].origin == "district"
        assert [f.code for f in again.ask("b1", "open_look_back", by="li").standing] == ["steps_closed", "theme_reported"]
