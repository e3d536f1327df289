"""The live tables are only a cache of the ledger."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from store_sample import HASH, Sample, case, definition_of, later, person, record

from workflow.definition.model import Definition
from workflow.store import Store, compare, rebuild
from workflow.store.migrations import CURRENT


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
    assert store.row("SELECT value FROM workflow_meta WHERE name = 'schema'") == (str(CURRENT),)


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
        "from": st.just("learning.unheard"),
    },
)
hours = st.one_of(st.integers(0, 24), st.floats(0, 24))
ACTIONS = st.one_of(
    st.tuples(st.just("moved"), moves),
    st.tuples(st.just("session"), hours),
    st.tuples(st.just("withdrawn"), st.integers(0, 9)),
    st.tuples(st.just("waived"), st.lists(st.sampled_from(["b1-m1", "b1-m2"]), unique=True)),
    st.tuples(st.just("roster"), st.text(st.characters(codec="utf-8"), max_size=5)),
    st.tuples(st.just("transfer"), st.tuples(st.sampled_from(["learning", "analysis"]), st.booleans())),
    st.tuples(st.just("recalled"), st.none()),
    st.tuples(st.just("reassigned"), st.booleans()),
    st.tuples(st.just("pause"), st.dates(date(2005, 1, 1), date(2005, 6, 1))),
    st.tuples(st.just("extended"), st.integers(-9, 9)),
    st.tuples(st.just("changed"), st.sampled_from(["retired", "in_post"])),
    st.tuples(st.just("enacted"), st.none()),
    st.tuples(st.just("revoked"), st.none()),
)


STRANGERS = """SELECT l.branch, l.member FROM workflow_line l LEFT JOIN workflow_member m ON m.branch = l.branch AND m.id = l.member
    WHERE l.member <> '' AND l.live IN (0, 1) AND m.id IS NULL"""


class Run:
    """A campaign of two branches under whatever happens; what cannot happen as things stand does not."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.entered: dict[str, list[int]] = {"b1": [], "b2": []}
        for branch in self.entered:
            sample.roster(branch)

    def act(self, branch: str, kind: str, said: Any) -> None:
        getattr(self, kind)(branch, said)

    def moved(self, branch: str, said: dict[str, Any]) -> None:
        self.sample.move(branch=branch, **said)

    def session(self, branch: str, said: float) -> None:
        here = "SELECT COUNT(*) FROM workflow_member WHERE branch = ? AND id IN (?, ?)"
        if self.sample.store.row(here, (branch, f"{branch}-m1", f"{branch}-m2")) == (2,):
            self.entered[branch].append(self.sample.session(branch, said).seq)

    def waived(self, branch: str, said: list[str]) -> None:
        event = self.sample.branch("waived", {"requirement": "q", "members": said, "reason": "r"}, branch=branch)
        self.entered[branch].append(event.seq)

    def withdrawn(self, branch: str, said: int) -> None:
        if entered := self.entered[branch]:
            self.sample.branch("withdrawn", {"of": entered[said % len(entered)], "reason": "r"}, branch=branch)

    def roster(self, branch: str, said: str) -> None:
        self.sample.branch("roster", {"title": said, "members": []}, branch=branch)

    def transfer(self, branch: str, said: tuple[str, bool]) -> None:
        """The first on the roll goes to the other branch, with one record of each span and a case."""
        member, other = self._first(branch), "b2" if branch == "b1" else "b1"
        if member is None:
            return
        (count,) = self.sample.store.row("SELECT COUNT(*) FROM workflow_case") or (0,)
        case_id = f"travel-{count + 1}"
        own = self.sample.store.rows("SELECT id FROM workflow_case WHERE branch = ? AND member = ? AND gone = ''", (branch, member))
        self.sample.left(member, branch, to=other, cases={row[0]: f"{other}/{case_id}" for row in own})
        records = [record("attendance", said[0], passed=said[1], hours=2), record("essay", "", seq=3, read=True)]
        self.sample.joined(member, other, origin=branch, records=records, cases=[case(case_id, member)])

    def recalled(self, branch: str, _said: None) -> None:
        if self.sample.store.row("SELECT 1 FROM workflow_carried WHERE branch = ? AND origin = 'b2' AND origin_seq = 3", (branch,)):
            self.sample.branch("recalled", {"of": {"branch": "b2", "seq": 3}, "reason": "r"}, branch=branch)

    def reassigned(self, branch: str, said: bool) -> None:
        attempt = {"stage": "learning", "number": 2}
        again = {"restart": {"from": "learning.applied", "to": "learning.working", "attempt": attempt}} if said else {}
        self.sample.branch("reassigned", {"batch": "2", "group": None, "was": {}, "reason": "r", **again}, branch=branch)

    def pause(self, branch: str, said: date) -> None:
        (text,) = self.sample.store.row("SELECT pauses FROM workflow_branch WHERE id = ?", (branch,)) or ("",)
        kind = "resumed" if text.endswith("null]]") else "suspended"
        self.sample.branch(kind, {"on": said.isoformat(), "reason": "r"}, branch=branch)

    def extended(self, branch: str, said: int) -> None:
        self.sample.branch("extended", {"days": said, "reason": "r"}, branch=branch)

    def changed(self, branch: str, said: str) -> None:
        if member := self._first(branch):
            self.sample.branch("member_changed", {"member": person(member, status=said), "reason": "r"}, branch=branch)

    def enacted(self, _branch: str, _said: None) -> None:
        said = {"hash": later().hash, "document": "{}", "starts": "2005-01-21", "scope": "new", "states": {}, "reason": "r"}
        self.sample.event("enacted", "campaign", said)
        self.sample.under(later())

    def revoked(self, branch: str, _said: None) -> None:
        grant = {"person": "li", "role": "clerk", "target": branch}
        known = self.sample.store.row("SELECT 1 FROM workflow_grant WHERE target = ?", (branch,))
        self.sample.event("people", "campaign", {"people": [], "revoked" if known else "grants": [grant]})

    def _first(self, branch: str) -> str | None:
        found = self.sample.store.row("SELECT MIN(id) FROM workflow_member WHERE branch = ?", (branch,))
        return found[0] if found else None


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["b1", "b2"]), ACTIONS), max_size=14))
def test_any_run_of_events_replays_to_the_same_tables(actions: list[tuple[str, tuple[str, Any]]]) -> None:
    store = Store.create(":memory:")
    sample = Sample(store)
    sample.created()
    run = Run(sample)
    for branch, (kind, said) in actions:
        run.act(branch, kind, said)
    assert compare(store, definition_of) == ()
    rebuild(store, definition_of)
    assert compare(store, definition_of) == ()
    members = store.rows("SELECT branch, id FROM workflow_member ORDER BY 1, 2")
    assert store.rows('SELECT branch, member FROM workflow_stay WHERE "left" IS NULL ORDER BY 1, 2') == members
    assert store.rows(STRANGERS) == []
    store.close()
