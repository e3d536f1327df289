"""The live tables are only a cache of the ledger."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from store_sample import HASH, Sample, definition

from workflow.definition.model import Definition
from workflow.store import Store, compare, rebuild


def definition_of(hashed: str) -> Definition:
    assert hashed == HASH
    return definition()


def busy(sample: Sample) -> None:
    sample.event("people", "campaign", {"people": [{"id": "li", "name": "李"}], "grants": [{"person": "li", "role": "x", "target": "*"}]})
    for branch in ("b1", "b2"):
        sample.roster(branch)
        sample.session(branch)
    sample.branch("waived", {"requirement": "q", "members": [], "reason": "r"})
    sample.branch("case_opened", {"case": "r1", "kind": "r", "state": "raised", "open": True, "fields": {}})
    sample.move("redo", "learning.working", attempt={"stage": "learning", "number": 2})


def test_a_live_database_equals_its_ledger(sample: Sample) -> None:
    busy(sample)
    assert compare(sample.store, definition_of) == ()


def test_every_altered_table_is_named_with_its_first_row(sample: Sample) -> None:
    busy(sample)
    store = sample.store
    store.execute("UPDATE workflow_branch SET state = 'analysis.working' WHERE id = 'b2'")
    store.execute("DELETE FROM workflow_member WHERE branch = 'b1'")
    store.execute("INSERT INTO workflow_grant VALUES ('li', 'office', '*')")
    store.execute("UPDATE workflow_line SET f1 = 40 WHERE kind = 'attendance' AND branch = 'b2'")
    store.execute("UPDATE workflow_meta SET value = '1' WHERE name = 'rehearsal'")
    found = {(d.table, *d.row): (d.text.say("en"), d.text.say("zh"), d.others) for d in compare(store, definition_of)}
    assert found == {
        ("workflow_meta", "rehearsal"): ("value is '1', the ledger says '0'", "value 为 '1'，台账为 '0'", 0),
        ("workflow_grant", "*", "office", "li"): ("in the tables, the ledger knows nothing of it", "表中有此行，台账中没有", 0),
        ("workflow_branch", "b2"): (
            "state is 'analysis.working', the ledger says 'learning.working'",
            "state 为 'analysis.working'，台账为 'learning.working'",
            0,
        ),
        ("workflow_member", "b1", "b1-m1"): ("missing from the tables, the ledger has it", "表中缺少此行，台账中有", 1),
        ("workflow_line", "attendance", "b2", "b2-m1", "2", "1"): ("f1 is 40, the ledger says 2", "f1 为 40，台账为 2", 1),
    }
    rebuild(store, definition_of)
    assert compare(store, definition_of) == ()
    assert store.row("SELECT value FROM workflow_meta WHERE name = 'schema'") == ("1",)


def test_a_definition_is_asked_for_once_and_after_it_is_known(sample: Sample) -> None:
    busy(sample)
    asked = []

    def look_up(hashed: str) -> Definition:
        asked.append(sample.store.row("SELECT hash FROM workflow_definition"))
        return definition_of(hashed)

    rebuild(sample.store, look_up)
    assert asked == [(HASH,)]


moves: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"move": st.sampled_from(["apply", "back", "redo"]), "to": st.sampled_from(["learning.working", "learning.applied", "learning.ended"])},
    optional={
        "step": st.sampled_from(["study", "talk"]),
        "extend": st.integers(1, 9),
        "attempt": st.fixed_dictionaries({"stage": st.sampled_from(["learning", "analysis"]), "number": st.integers(1, 3)}),
    },
)
hours = st.one_of(st.integers(0, 24), st.floats(0, 24))
ACTIONS = st.one_of(
    st.tuples(st.just("moved"), moves),
    st.tuples(st.just("session"), hours),
    st.tuples(st.just("withdrawn"), st.integers(0, 9)),
    st.tuples(st.just("waived"), st.lists(st.sampled_from(["b1-m1", "b1-m2"]), unique=True)),
    st.tuples(st.just("roster"), st.text(st.characters(codec="utf-8"), max_size=5)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["b1", "b2"]), ACTIONS), max_size=12))
def test_any_run_of_events_replays_to_the_same_tables(actions: list[tuple[str, tuple[str, Any]]]) -> None:
    store = Store.create(":memory:")
    sample = Sample(store)
    sample.created()
    entered: dict[str, list[int]] = {"b1": [], "b2": []}
    for branch in entered:
        sample.roster(branch)
    for branch, (kind, said) in actions:
        if kind == "moved":
            sample.branch("moved", {"from": "?", "takes": {}, **said}, branch=branch)
        elif kind == "session":
            entered[branch].append(sample.session(branch, said).seq)
        elif kind == "waived":
            event = sample.branch("waived", {"requirement": "q", "members": said, "reason": "r"}, branch=branch)
            entered[branch].append(event.seq)
        elif kind == "roster":
            sample.branch("roster", {"title": said, "members": []}, branch=branch)
        elif entered[branch]:
            seq = entered[branch][said % len(entered[branch])]
            sample.branch("withdrawn", {"of": seq, "reason": "r"}, branch=branch)
    assert compare(store, definition_of) == ()
    rebuild(store, definition_of)
    assert compare(store, definition_of) == ()
    store.close()
