"""Says the parts of a definition, and the people in it, in one language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from string import Formatter

from attrs import define, field

from workflow.definition.model import CaseKind, Definition, Move
from workflow.texts import Text
from workflow.verdicts.findings import Person
from workflow.verdicts.render import motion_words, words

MOST = 20  # people, cases or numbers named before a list says how many are left out
_MEETING = re.compile(r"[A-Za-z][\u4e00-\u9fff]|[\u4e00-\u9fff][A-Za-z]")  # a Latin letter beside a character
_CODES = 88  # the column where codes end


@define
class Voice:
    """One definition in one language. With `full` nothing is left out; `names` says what branches and people are called, by id."""

    definition: Definition
    lang: str
    full: bool = False
    names: Mapping[str, str] = field(factory=dict)

    def name(self, ident: str) -> str:
        return self.names.get(ident) or ident

    def say(self, text: Text, /, **values: object) -> str:
        """The sentence; Chinese sets a blank where a value in Latin letters meets a character."""
        if self.lang != "zh" or not values:
            return text.say(self.lang, **values)
        said = ""
        for literal, name, _, _ in Formatter().parse(text.say(self.lang)):
            said = _joined(said, literal)
            if name is not None:
                value = values[name]
                said = _joined(said, value.say(self.lang) if isinstance(value, Text) else str(value))
        return said

    def listed(self, parts: Iterable[str]) -> str:
        return ("、" if self.lang == "zh" else ", ").join(parts)

    def clauses(self, parts: Iterable[str]) -> str:
        return ("；" if self.lang == "zh" else "; ").join(parts)

    def plural(self, word: str) -> str:
        if self.lang != "en" or not word:
            return word
        head, of, tail = word.partition(" of ")
        if of:
            return self.plural(head) + of + tail
        if word.endswith(("s", "x", "ch", "sh")):
            return word + "es"
        return word[:-1] + "ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else word + "s"

    def called(self, name: str) -> str:
        """A name at the head of a sentence; Chinese sets a blank after Latin letters."""
        return f"{name} " if self.lang == "zh" and name[-1:].isascii() else name

    def days(self, n: int) -> str:
        return self.say(words.TODAY) if n == 0 else self.say(words.DAY if n == 1 else words.DAYS, n=f"{n:,}")

    def days_between(self, first: str, last: str) -> str:
        return self.days((date.fromisoformat(last) - date.fromisoformat(first)).days)

    # -- what the definition calls things ----------------------------------------------------------------------------

    @property
    def branch(self) -> str:
        return self.say(self.definition.branch_label)

    def state(self, state: str) -> str:
        return self.definition.state_title(state, self.lang)

    def attempt(self, number: int, place: str) -> str:
        """What an attempt in a stage or state is called: `attempt 2`, `quarter 3`."""
        cycle = self.definition.cycle_at(place)
        return self.say(words.ATTEMPT, n=number) if cycle is None else self.say(words.CYCLE, title=cycle, n=number)

    def standing(self, state: str, attempt: int | None) -> str:
        """A state; where it comes again and again with the attempt."""
        if attempt is None:
            return self.state(state)
        return self.say(words.IN_ATTEMPT, state=self.state(state), attempt=self.attempt(attempt, state))

    def requirement(self, code: str) -> str:
        """By its title; one that only another version knows (a gap in it may still be taken back) by its code."""
        found = self.definition.requirements.get(code)
        return self.say(found.title, **self.definition.texts) if found else code

    def remedy(self, code: str) -> str:
        return self.say(self.definition.requirements[code].remedy, **self.definition.texts)

    def title(self, code: str) -> str:
        """Of a requirement or a rule."""
        rule = words.RULES.get(code) or motion_words.RULES.get(code)
        return self.requirement(code) if rule is None else self.say(rule, branch=self.branch, member=self.definition.member_label)

    def move(self, name: str, source: str = "") -> str:
        """A move of the branch; moves of one name may be called differently in different gates."""
        edge = self.definition.edges_by_state.get(source, {}).get(name)
        found: Move | None = edge.move if edge else self.definition.moves.get(name)
        return self.say(found.title) if found else name

    def case_kind(self, case: str) -> CaseKind | None:
        """The kind of a case by its id, `KIND-NUMBER`."""
        return self.definition.cases.get(case.rpartition("-")[0])

    def case_move(self, case: str, name: str) -> str:
        kind = self.case_kind(case)
        return self.say(kind.moves[name].title) if kind and name in kind.moves else name

    def case_state(self, case: str, state: str) -> str:
        kind = self.case_kind(case)
        return self.say(kind.states[state].title) if kind and state in kind.states else state

    def step(self, name: str) -> str:
        found = next((stage.steps[name] for stage in self.definition.stages.values() if name in stage.steps), None)
        return self.say(found.title) if found else name

    def basis(self, code: str) -> str:
        """Instruments by title; in full with issuer, number and date, and with outside references as they stand."""
        names = self.definition.requirements[code].basis
        instruments = [name for name in names if name in self.definition.instruments]
        return self.clauses(self.instrument(name) for name in (names if self.full else instruments or names))

    def instrument(self, name: str) -> str:
        found = self.definition.instruments.get(name)
        if found is None:
            return name
        issued = found.issued.isoformat() if found.issued else None
        known = [self.say(found.issuer) if found.issuer else None, found.number, issued] if self.full else []
        more = self.listed(part for part in known if part)
        return self.say(words.IN_BRACKETS, text=self.say(found.title), more=more) if more else self.say(found.title)

    # -- people ------------------------------------------------------------------------------------------------------

    def role(self, name: str) -> str:
        found = self.definition.roles.get(name)
        return self.say(found.title) if found else name

    def roles(self, names: Iterable[str]) -> str:
        return self.listed(self.role(name) for name in names)

    def who(self, roles: Sequence[str], people: Sequence[Person]) -> str:
        """`Zhang San (branch secretary), Li Si, Wang Wu (campaign office)`; or the role, and that nobody holds it."""
        if not people:
            return self.say(words.NOBODY, role=self.roles(roles))
        if not all(person.role for person in people):
            return self.say(words.HOLDER, name=self.cut([p.name for p in people]), role=self.roles(roles))
        by_role = {role: [p.name for p in people if p.role == role] for role in dict.fromkeys(p.role for p in people)}
        return self.listed(self.say(words.HOLDER, name=self.cut(names), role=self.role(role)) for role, names in by_role.items())

    # -- layout ------------------------------------------------------------------------------------------------------

    def cut(self, parts: Sequence[str]) -> str:
        """A list of at most MOST parts that says what it leaves out."""
        if self.full or len(parts) <= MOST:
            return self.listed(parts)
        more = self.say(words.AND_MORE, n=len(parts) - MOST)
        return self.say(words.IN_BRACKETS, text=self.listed(parts[:MOST]), more=more)

    def with_code(self, line: str, code: str) -> str:
        """The line with its code at the right."""
        shown = f"[{code}]"
        return line + " " * max(2, _CODES - width(line) - len(shown)) + shown


def _joined(said: str, more: str) -> str:
    return f"{said} {more}" if _MEETING.match(said[-1:] + more[:1]) else said + more


def width(text: str) -> int:
    """Columns on a screen: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def padded(text: str, columns: int) -> str:
    return text + " " * max(0, columns - width(text))
