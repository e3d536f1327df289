"""What tests have seen of a definition: which requirements met and unmet, which moves allowed and refused, which rules refusing."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, cast

from attrs import define, field, frozen

from workflow.definition.model import Definition
from workflow.texts import LANGUAGES, Text
from workflow.verdicts.findings import Finding, Verdict
from workflow.verdicts.render.voice import Voice

Kind = Literal["requirement", "move", "case", "rule"]
Way = Literal["met", "unmet", "unknown", "waived", "allowed", "refused"]


@frozen(order=True)
class Goal:
    """One answer a definition can give: a requirement `met`, `unmet` or `waived`, a move `allowed` or `refused`, a rule `unmet`.

    `code` is the requirement, the move, `CASE_KIND.MOVE` or the rule. That something was `unknown` is counted too, but is no goal.
    """

    kind: Kind
    code: str
    way: Way


@define
class Sheet:
    """What was seen of one definition: its goals with what they are called, and how often each was reached."""

    definition: str
    version: str
    hash: str
    goals: Mapping[Goal, Text]
    seen: Counter[Goal] = field(factory=Counter)
    verdicts: int = 0

    @classmethod
    def of(cls, definition: Definition) -> Sheet:
        voices = {lang: Voice(definition, lang) for lang in LANGUAGES}
        goals = {goal: Text({lang: _title(voice, goal) for lang, voice in voices.items()}) for goal in _goals(definition)}
        return cls(definition.id, definition.version, definition.hash, goals)

    @property
    def missing(self) -> tuple[Goal, ...]:
        """What was never seen, in the order of the definition."""
        return tuple(goal for goal in self.goals if not self.seen[goal])

    @property
    def reached(self) -> int:
        return len(self.goals) - len(self.missing)

    def note(self, verdict: Verdict) -> None:
        self.verdicts += 1
        for finding in verdict.findings:
            self.note_finding(finding)
        kind, name = verdict.about
        if kind == "move":
            self.seen[Goal("move", name, _outcome(verdict))] += 1
        elif verdict.command in ("case", "ask") and kind != "open":
            self.seen[Goal("case", f"{kind.rpartition('-')[0]}.{name}", _outcome(verdict))] += 1
        elif kind == "waive" and verdict.allowed:
            self.seen[Goal("requirement", name, "waived")] += 1

    def note_finding(self, finding: Finding) -> None:
        kind: Kind = "rule" if finding.is_rule else "requirement"
        if finding.status in ("met", "unmet", "unknown"):
            self.seen[Goal(kind, finding.code, cast(Way, finding.status))] += 1
        if finding.status == "waived" or any(each.waived for each in finding.short):
            self.seen[Goal(kind, finding.code, "waived")] += 1

    def plain(self) -> dict[str, Any]:
        """Plain values, to be sent from one process to another."""
        goals = [[goal.kind, goal.code, goal.way, dict(title.by_language)] for goal, title in self.goals.items()]
        seen = [[goal.kind, goal.code, goal.way, n] for goal, n in self.seen.items()]
        about = {"definition": self.definition, "version": self.version, "hash": self.hash, "verdicts": self.verdicts}
        return {**about, "goals": goals, "seen": seen}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Sheet:
        goals = {Goal(kind, code, way): Text(title) for kind, code, way, title in plain["goals"]}
        seen = Counter({Goal(kind, code, way): n for kind, code, way, n in plain["seen"]})
        return cls(plain["definition"], plain["version"], plain["hash"], goals, seen, plain["verdicts"])


@define
class Coverage:
    """What was seen of every definition in use, by hash. Campaigns of `workflow.testing` add to it while it is `watching`."""

    sheets: dict[str, Sheet] = field(factory=dict)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, eq=False, repr=False)

    def add(self, definition: Definition, *answers: Verdict | Finding) -> None:
        """Count what was answered under a definition; without an answer, that it is in use."""
        with self._lock:
            sheet = self.sheets.get(definition.hash)
            if sheet is None:
                sheet = self.sheets[definition.hash] = Sheet.of(definition)
            for answer in answers:
                if isinstance(answer, Verdict):
                    sheet.note(answer)
                else:
                    sheet.note_finding(answer)

    def merge(self, plain: list[dict[str, Any]]) -> None:
        """Add what was seen in another process."""
        with self._lock:
            for sheet in map(Sheet.from_plain, plain):
                known = self.sheets.setdefault(sheet.hash, Sheet(sheet.definition, sheet.version, sheet.hash, sheet.goals))
                known.seen.update(sheet.seen)
                known.verdicts += sheet.verdicts

    def plain(self) -> list[dict[str, Any]]:
        return [sheet.plain() for sheet in self.sheets.values()]

    @property
    def total(self) -> int:
        return sum(len(sheet.goals) for sheet in self.sheets.values())

    @property
    def reached(self) -> int:
        return sum(sheet.reached for sheet in self.sheets.values())

    @property
    def percent(self) -> float:
        """How much was seen, 0 to 100; 0 where no definition was in use."""
        return 100 * self.reached / self.total if self.total else 0.0


_WATCHING: list[Coverage] = []


@contextmanager
def watching(coverage: Coverage) -> Iterator[Coverage]:
    """Campaigns of `workflow.testing` that are made meanwhile add to the coverage what they answer, also later on."""
    _WATCHING.append(coverage)
    try:
        yield coverage
    finally:
        _WATCHING[:] = [each for each in _WATCHING if each is not coverage]


def watchers() -> tuple[Coverage, ...]:
    return tuple(_WATCHING)


# -- what a definition can answer --------------------------------------------------------------------------------------


def _goals(definition: Definition) -> Iterator[Goal]:
    """Every answer worth seeing: of the requirements some move asks for, of the moves, and of the rules that can refuse one."""
    case_moves = [(kind, move) for kind in definition.cases.values() for move in kind.moves.values()]
    asked = {name for edge in definition.edges for name in edge.requires} | {name for _, move in case_moves for name in move.requires}
    for name, requirement in definition.requirements.items():
        if name in asked:
            yield from _ways("requirement", name, "met", "unmet", *(("waived",) if requirement.waivable_by else ()))
    for name in dict.fromkeys(edge.move.id for edge in definition.edges):
        yield from _ways("move", name, "allowed", "refused")
    for kind, move in case_moves:
        yield from _ways("case", f"{kind.id}.{move.id}", "allowed", "refused")
    for code in _rules(definition):
        yield Goal("rule", code, "unmet")


def _ways(kind: Kind, code: str, *ways: Way) -> Iterator[Goal]:
    return (Goal(kind, code, way) for way in ways)


def _title(voice: Voice, goal: Goal) -> str:
    match goal.kind:
        case "move":
            return voice.move(goal.code)
        case "case":
            kind, _, move = goal.code.partition(".")
            found = voice.definition.cases[kind]
            return f"{voice.say(found.title)} · {voice.say(found.moves[move].title)}"
        case _:
            return voice.title(goal.code)


def _rules(definition: Definition) -> Iterator[str]:
    """The rules that can stand in the way under a definition."""
    powers = definition.authority
    moves = [*definition.moves.values(), *(move for kind in definition.cases.values() for move in kind.moves.values())]
    there = {
        "rule.phase": True,
        "rule.role": True,
        "rule.separation": any(move.not_by for move in moves),
        "rule.step": any(stage.steps for stage in definition.stages.values()),
        "rule.running": "suspend" in powers or "restructure" in powers,
        "rule.started": "reassign" in powers,
        "rule.cases": "restructure" in powers and bool(definition.cases),
        "rule.members": "restructure" in powers and definition.members is not None,
        "rule.share": "close_batch" in powers,
        "rule.stragglers": "close_batch" in powers,
        "rule.closed": "close_batch" in powers,
    }
    return (code for code, is_there in there.items() if is_there)


def _outcome(verdict: Verdict) -> Way:
    return "allowed" if verdict.allowed else "refused"
