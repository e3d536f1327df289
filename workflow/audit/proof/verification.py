"""Proof that nobody rewrote what was said, and that what was decided was decided by the rules of its day.

Five parts, each of which names the first thing that is wrong in it: the file (SQLite's own check, and the guards against changes),
the chain of every stream, the checkpoints kept elsewhere, every decision against the definition then in force, and the tables
against a replay. Decisions and tables need a ledger that is whole: where the chain is broken they are not checked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from attrs import define, field, frozen

from workflow.audit.proof.checkpoint import Checkpoint, leaf_of, origin_of
from workflow.audit.proof.file import check_file
from workflow.audit.proof.flaws import Flaw, Part, difference_flaw, event_flaw
from workflow.audit.proof.merkle import EMPTY, Frontier
from workflow.audit.proof.readable import readable
from workflow.audit.proof.scrutiny import Scrutiny
from workflow.audit.proof.signing import Verifier
from workflow.definition.extensions import NONE, Extensions
from workflow.engine.proof import definitions, require
from workflow.errors import DatabaseFault, WorkflowError
from workflow.ledger import Event, verify_chain
from workflow.progress import Progress, silent
from workflow.store import Store
from workflow.store import rebuild as replay_anew
from workflow.store.replay import Difference, compare, differences, replaying
from workflow.store.tables import PROJECTED
from workflow.texts import Text

_COUNT = "SELECT COUNT(*), COUNT(DISTINCT stream), COALESCE(MAX(id), 0) FROM workflow_event"
_STEP = 1000  # events between two signs of progress
# What an event that has not the form the program writes may come to when it is read. (Whoever can make its hash fit can write anything.)
_MALFORMED = (WorkflowError, LookupError, TypeError, ValueError, AttributeError, sqlite3.IntegrityError)


@frozen
class Verification:
    """`signed` says whether signatures were checked."""

    events: int
    streams: int
    parts: tuple[Part, ...]
    signed: bool

    @property
    def clean(self) -> bool:
        return all(part.sound for part in self.parts)


def verify(
    store: Store,
    checkpoints: Sequence[Checkpoint] = (),
    key: Verifier | None = None,
    progress: Progress | None = None,
    extensions: Extensions = NONE,
) -> Verification:
    """Check a ledger in all its parts. It takes a store, not a campaign: where the tables were altered, that might not open.

    `checkpoints` are those kept elsewhere, `key` what their signatures are checked with. `progress(done, total)` counts events, each
    twice. Memory does not grow with the ledger. `extensions` must hold what the campaign's definitions call on. Raises `DatabaseFault`
    where the file cannot be read to its end, `Misuse` (code "extension-missing") where an extension is not there.
    """
    with readable(store), store.read():
        events, streams, _ = store.rows(_COUNT)[0]
        ticker = _Ticker(progress or silent, 2 * events)
        file = check_file(store)
        walk = _Walk(ticker, sorted({each.size for each in checkpoints}))
        breaks = verify_chain(store, seen=walk.see)
        walk.require_some()
        chain = Part("chain", events, (*(event_flaw(b.stream, b.seq, b.position, b.text) for b in breaks), *walk.flaws))
        parts = [file, chain]
        if checkpoints:
            parts.append(_checkpoints(store, checkpoints, key, walk))
        if chain.sound:
            require(store, extensions)
            parts += _replayed(store, ticker, extensions)
        else:
            parts += [Part("decisions", 0, skipped=True), Part("tables", 0, skipped=True)]
        ticker.done()
    return Verification(events, streams, tuple(parts), key is not None)


def rebuild(store: Store, progress: Progress | None = None, extensions: Extensions = NONE) -> tuple[Difference, ...]:
    """Make the tables anew from the ledger, once its chain was verified; what differed before.

    Raises `DatabaseFault`, and leaves everything as it is, where the chain is broken or an event does not fit.
    """
    with readable(store):
        ticker = _Ticker(progress or silent, 3)
        breaks = verify_chain(store)
        if breaks:
            first = min(breaks, key=lambda each: each.position)
            en = f"the ledger is broken ({first.stream} #{first.seq}: {first.text.say('en')}); tables cannot be made from it"
            zh = f"台账已不完整（{first.stream} 第 {first.seq} 号：{first.text.say('zh')}），无法由其重建各表"
            raise DatabaseFault(Text.of(f"{en}: run `workflow audit verify`", f"{zh}：请运行 `workflow audit verify`"), "ledger-broken")
        ticker.at(1)
        definition_of = definitions(store, extensions)
        found = compare(store, definition_of)
        ticker.at(2)
        if found:
            replay_anew(store, definition_of)
        ticker.at(3)
    return found


# -- the ledger as a whole -------------------------------------------------------------------------------------------------


@define
class _Walk:
    """Goes along with the check of the chain: counts rows, and takes the root at every size wanted."""

    ticker: _Ticker
    sizes: list[int]
    roots: dict[int, bytes] = field(factory=lambda: {0: EMPTY})
    flaws: list[Flaw] = field(factory=list)
    count: int = 0
    last: Event | None = None
    _tree: Frontier = field(factory=Frontier)

    def require_some(self) -> None:
        if not self.count:
            self.flaws.append(
                Flaw(
                    Text.of("the ledger", "台账"),
                    Text.of("it is empty: every campaign begins with an event", "为空：任何活动都以一个事件开始"),
                )
            )

    def see(self, position: int, hashed: object) -> None:
        self.count += 1
        self.ticker.tick()
        if position != self.count and not self.flaws:
            text = Text.of(
                f"row {position} of the ledger stands where row {self.count} should", f"台账第 {position} 行位于第 {self.count} 行应在之处"
            )
            self.flaws.append(Flaw(Text.of(f"row {position}", f"第 {position} 行"), text, position=position))
        if self.sizes and self.count <= self.sizes[-1]:
            self._tree.add(leaf_of(hashed))
            if self.count in self.sizes:
                self.roots[self.count] = self._tree.root


def _checkpoints(store: Store, given: Sequence[Checkpoint], key: Verifier | None, walk: _Walk) -> Part:
    flaws: list[Flaw] = []
    try:
        origin: str | None = origin_of(store)
    except DatabaseFault:
        origin = None  # the first event is broken, as the chain says
    agreed = 0
    for each in sorted(given, key=lambda checkpoint: checkpoint.size):
        place = Text.of(f"checkpoint of {each.size:,} events", f"{each.size:,} 个事件的检查点")
        wrong = [text for text in (None if key is None else key.verify(each), _foreign(each, origin), _past(each, walk, agreed)) if text]
        flaws += [Flaw(place, text) for text in wrong]
        if not wrong:
            agreed = each.size
    return Part("checkpoints", len(given), tuple(flaws))


def _foreign(checkpoint: Checkpoint, origin: str | None) -> Text | None:
    if origin is None or checkpoint.origin == origin:
        return None
    return Text.of(
        f"it is of {checkpoint.origin}, this ledger is {origin}: another campaign, or its first event was replaced",
        f"它属于 {checkpoint.origin}，本台账为 {origin}：不是同一活动，或首个事件已被替换",
    )


def _past(checkpoint: Checkpoint, walk: _Walk, agreed: int) -> Text | None:
    """Is what the checkpoint saw still there? `agreed` is the size of the last one that fits."""
    if checkpoint.size > walk.count:
        missing = checkpoint.size - walk.count
        return Text.of(
            f"the ledger ends after event {walk.count:,}: at least {missing:,} of the events the checkpoint saw were cut off",
            f"台账止于第 {walk.count:,} 个事件：检查点所见事件至少有 {missing:,} 个被截去",
        )
    if walk.roots[checkpoint.size] == checkpoint.root:
        return None
    since = (f"; the first {agreed:,} are as they were", f"；前 {agreed:,} 个未变") if agreed else ("", "")
    return Text.of(
        f"the root is another: one of events {agreed + 1:,} to {checkpoint.size:,} was changed, put in or taken out{since[0]}",
        f"根哈希不符：第 {agreed + 1:,} 至 {checkpoint.size:,} 个事件中有被改动、插入或删除者{since[1]}",
    )


# -- decisions and tables --------------------------------------------------------------------------------------------------


def _replayed(store: Store, ticker: _Ticker, extensions: Extensions) -> list[Part]:
    """One replay serves both: each event is held against the tables before it, the tables in the end against the live ones."""
    past = Store.temporary()
    try:
        decisions, whole = _decisions(store, past, ticker, extensions)
        if not whole:
            return [decisions, Part("tables", 0, skipped=True)]
        found = differences(store, past)
    finally:
        past.close()
    return [decisions, Part("tables", len(PROJECTED), tuple(map(difference_flaw, found)))]


def _decisions(store: Store, past: Store, ticker: _Ticker, extensions: Extensions) -> tuple[Part, bool]:
    """What is wrong with decisions, and whether the replay came to its end."""
    scrutiny, decided = Scrutiny(store, past, extensions), 0
    flaws: list[Flaw] = []
    event: Event | None = None
    try:
        with past.write():
            for event in replaying(store, past, definitions(store, extensions)):
                ticker.tick()
                decided += "verdict" in event.payload
                text = scrutiny.wrong(event)
                if text is not None:
                    flaws.append(event_flaw(event.stream, event.seq, event.position, text))
    except _MALFORMED as problem:
        return Part("decisions", decided, (*flaws, _unreadable(event, problem))), False
    return Part("decisions", decided, tuple(flaws)), True


def _unreadable(event: Event | None, problem: Exception) -> Flaw:
    said = problem.text if isinstance(problem, WorkflowError) else Text.same(f"{type(problem).__name__}: {problem}")
    text = Text.of(
        f"it, or the next event, is not what the program writes: {said.say('en')}", f"本事件或其后一事件并非程序所写：{said.say('zh')}"
    )
    if event is None:
        return Flaw(Text.of("the first event", "首个事件"), text)
    return event_flaw(event.stream, event.seq, event.position, text)


# -- progress --------------------------------------------------------------------------------------------------------------


@define
class _Ticker:
    tell: Progress
    total: int
    count: int = 0

    def __attrs_post_init__(self) -> None:
        self.tell(0, self.total)

    def tick(self) -> None:
        self.count += 1
        if self.count % _STEP == 0:
            self.tell(self.count, self.total)

    def at(self, done: int) -> None:
        self.tell(done, self.total)

    def done(self) -> None:
        self.tell(self.total, self.total)
