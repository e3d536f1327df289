"""Versions put in force: which there are, and events of one and the next."""

from datetime import UTC, datetime

import pytest
from store_sample import HASH, LATER, Sample, definition_of, later

from workflow.canonical import in_order
from workflow.definition.model import Definition
from workflow.store import Store, compare, rebuild
from workflow.store.facts import FactNeeds, Facts
from workflow.store.replay import as_of

RENAMED = {"learning.applied": "learning.handed_in", "analysis.applied": "analysis.handed_in"}
NOW = datetime(2005, 1, 25, tzinfo=UTC)


def enact(sample: Sample, scope: str = "running") -> int:
    """The place in the ledger of the event that puts the later version in force."""
    said = {"hash": LATER, "document": in_order(later().document), "starts": "2005-01-21", "scope": scope, "states": RENAMED, "reason": "r"}
    event = sample.event("enacted", "campaign", said)
    sample.under(later())
    return event.position


@pytest.fixture
def renamed(sample: Sample) -> Sample:
    """A branch that stands in a phase with another name since yesterday."""
    sample.roster()
    sample.move()
    enact(sample)
    return sample


def test_a_version_in_force_is_kept_with_its_document(renamed: Sample) -> None:
    at = renamed.store.row("SELECT id FROM workflow_event WHERE kind = 'enacted'") or ()
    states = '{"analysis.applied":"analysis.handed_in","learning.applied":"learning.handed_in"}'
    assert renamed.store.rows("SELECT * FROM workflow_enactment") == [
        (1, HASH, "", "running", "{}", 1),
        (2, LATER, "2005-01-21", "running", states, *at),
    ]
    documents = renamed.store.rows("SELECT hash, document, event FROM workflow_definition ORDER BY event")
    assert documents == [(HASH, '{"definition":"sample","title":"样例"}', 1), (LATER, '{"definition":"sample","title":"样例二"}', *at)]
    assert renamed.store.row("SELECT state FROM workflow_branch") == ("learning.applied",)
    assert compare(renamed.store, definition_of) == ()


def test_a_version_enacted_again_keeps_its_first_document(renamed: Sample) -> None:
    said = {"hash": HASH, "document": "{}", "starts": "2005-02-01", "scope": "new", "states": {}, "reason": "退回"}
    renamed.event("enacted", "campaign", said)
    assert renamed.store.rows("SELECT n, definition, scope FROM workflow_enactment") == [
        (1, HASH, "running"),
        (2, LATER, "running"),
        (3, HASH, "new"),
    ]
    assert renamed.store.row("SELECT document FROM workflow_definition WHERE hash = ?", (HASH,)) == (
        '{"definition":"sample","title":"样例"}',
    )
    assert compare(renamed.store, definition_of) == ()


def test_a_state_is_known_by_its_new_name(renamed: Sample) -> None:
    def stands(states: dict[str, str]) -> tuple[str, str, str | None]:
        found = Facts.load(renamed.store, later(), FactNeeds(), NOW, "b1", states=states).branches["b1"]
        return found.state, found.phase, found.planned_end

    assert stands(RENAMED) == ("learning.handed_in", "handed_in", "2005-03-06")
    assert stands({}) == ("learning.applied", "applied", "2005-03-06")
    assert stands({"learning.applied": "unheard.of"}) == ("unheard.of", "of", None)


def test_a_move_starts_from_the_name_it_says(renamed: Sample) -> None:
    since = renamed.store.row("SELECT since FROM workflow_branch") or ()
    renamed.move("remind", "learning.handed_in", **{"from": "learning.handed_in"})
    assert renamed.store.row("SELECT state, since FROM workflow_branch") == ("learning.handed_in", *since)  # it has not left the phase
    at = renamed.move("back", "learning.working", **{"from": "learning.handed_in"}).recorded_at
    assert renamed.store.row("SELECT state, since FROM workflow_branch") == ("learning.working", at)
    assert compare(renamed.store, definition_of) == ()


def test_a_state_nobody_knows_is_no_final_one(sample: Sample) -> None:
    sample.roster()
    sample.move("stray", "learning.nowhere")
    sample.move("return", "learning.working")
    assert sample.store.row("SELECT ended, outcome FROM workflow_attempt") == (None, None)
    sample.move("stop", "learning.ended")
    sample.move("reopen", "learning.working")
    assert sample.store.row("SELECT ended, outcome FROM workflow_attempt") == (None, None)


def test_two_versions_are_replayed_each_under_its_own(renamed: Sample) -> None:
    renamed.move("remind", "learning.handed_in", **{"from": "learning.handed_in"})
    renamed.session()
    store, asked = renamed.store, []

    def look_up(hashed: str) -> Definition:
        asked.append((hashed, [row[0] for row in store.rows("SELECT hash FROM workflow_definition ORDER BY event")]))
        return definition_of(hashed)

    rebuild(store, look_up)
    assert asked == [(HASH, [HASH]), (LATER, [HASH, LATER])]
    assert compare(store, definition_of) == ()


def test_a_version_may_be_brought_by_an_event_under_itself(sample: Sample) -> None:
    sample.roster()
    sample.under(later())
    enact(sample)

    def look_up(hashed: str) -> Definition:
        assert sample.store.row("SELECT 1 FROM workflow_definition WHERE hash = ?", (hashed,)), "not known yet"
        return definition_of(hashed)

    rebuild(sample.store, look_up)
    assert sample.store.rows("SELECT definition FROM workflow_enactment ORDER BY n") == [(HASH,), (LATER,)]


def test_the_past_knows_only_the_versions_there_were(sample: Sample) -> None:
    sample.roster()
    sample.move()
    at = enact(sample)
    sample.move("remind", "learning.handed_in", **{"from": "learning.handed_in"})

    def known(past: Store) -> tuple[list[str], object]:
        found = [row[0] for row in past.rows("SELECT definition FROM workflow_enactment ORDER BY n")]
        state = past.row("SELECT state FROM workflow_branch")
        past.close()
        return found, state

    assert known(as_of(sample.store, definition_of, at - 1)) == ([HASH], ("learning.applied",))
    assert known(as_of(sample.store, definition_of, at)) == ([HASH, LATER], ("learning.applied",))
    assert known(as_of(sample.store, definition_of, at + 1)) == ([HASH, LATER], ("learning.handed_in",))
