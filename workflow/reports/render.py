"""Reports in words, as tables and as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import asdict, define

from workflow.definition.model import Definition, number_text
from workflow.definition.reporting import ReportKind
from workflow.engine.tables.workbooks import Cell, Sheet
from workflow.reports import words
from workflow.reports.model import Amount, Filed, Named, Number, Part, Report
from workflow.texts import Text, counted
from workflow.verdicts.render.voice import Voice, padded, width

MOST = 20  # names or numbers listed before the rest is counted


@define
class Teller:
    """Tells one report in one language. With `full` nothing is left out; `names` says what branches are called."""

    definition: Definition
    report: Report
    lang: str
    names: Mapping[str, str]
    full: bool = False

    @property
    def kind(self) -> ReportKind:
        return self.definition.reports[self.report.name]

    @property
    def voice(self) -> Voice:
        return Voice(self.definition, self.lang, self.full, self.names)

    def say(self, text: Text, /, **values: object) -> str:
        return text.say(self.lang, **values)

    def title(self, line: str) -> str:
        return self.kind.lines[line].title.say(self.lang, **self.definition.texts)

    def head(self) -> str:
        """`Stage summary: Labour Bureau · learning, attempt 1 · as of 2005-03-12`"""
        report, title = self.report, self.kind.title.say(self.lang)
        if report.branch is not None:
            parts = [self.say(words.OF_BRANCH, title=title, branch=self.names.get(report.branch, report.branch))]
        elif report.batch is not None:
            parts = [self.say(words.OF_BATCH, title=title, batch=report.batch)]
        else:
            parts = [title]
        if report.stage is not None and report.attempt is not None:
            stage = self.definition.stages.get(report.stage)
            attempt = self.voice.attempt(report.attempt, report.stage)
            parts.append(self.say(words.OF_STAGE, stage=stage.title.say(self.lang) if stage else report.stage, attempt=attempt))
        if report.period is not None:
            parts.append(self.say(words.PERIOD, first=report.period[0], last=report.period[1]))
        if report.branch is None:
            noun = self.voice.branch if report.total.branches == 1 else self.voice.plural(self.voice.branch)
            parts.append(self.say(words.BRANCHES, n=f"{report.total.branches:,}", noun=noun))
        return " · ".join([*parts, self.say(words.AS_OF, day=report.day)])

    # -- one figure --------------------------------------------------------------------------------------------------

    def amount(self, amount: Amount) -> str:
        """`28 of 29 (96.6%)`, `392`, `40 h, 1 not known`."""
        if amount.value is None:
            said = self.say(words.VALUE_UNKNOWN)
        elif self.report.branch is not None and self.kind.lines[amount.line].each is None and amount.of == 1:
            return self.say(words.YES if amount.value else words.NO)
        else:
            whole = amount.of if amount.base is None else amount.base
            said = self._figure(amount.line, amount.value)
            if whole is not None:
                said = self.say(words.COUNT, value=said, whole=self._figure(amount.line, whole))
            if amount.share is not None:
                said = self.say(words.SHARE, text=said, share=percent(amount.share))
        more = [self._change(amount)] if amount.change is not None else []
        line = self.kind.lines[amount.line]
        more += [self.say(words.NO_SHARE)] if line.base is not None and amount.base is None else []
        more += [self.say(words.NO_CHANGE)] if line.before is not None and amount.before is None else []
        more += [self.say(words.NOT_KNOWN, n=amount.unknown)] if amount.unknown else []
        return ("，" if self.lang == "zh" else ", ").join([said, *more])

    def _figure(self, line: str, value: Number) -> str:
        return self.definition.figure(value, self.kind.lines[line].unit).say(self.lang)

    def _change(self, amount: Amount) -> str:
        change, before = amount.change or 0, self._figure(amount.line, amount.before or 0)
        if percent(abs(change)) == percent(0):
            return self.say(words.SAME)
        return self.say(words.MORE if change > 0 else words.LESS, change=percent(abs(change)), before=before)

    def evidence(self, amount: Amount) -> str:
        if not amount.documents:
            return ""
        documents = counted(amount.documents, "document").partition(" ")[2]
        n = f"{amount.documents:,}"
        if not amount.evidence:
            return self.say(words.EVIDENCE, n=n, documents=documents)
        return self.say(words.NUMBERED, n=n, documents=documents, numbers=self._cut([f"#{seq}" for seq in amount.evidence]))

    def named(self, amount: Amount) -> str:
        return self._cut([self._name(each) for each in amount.named])

    def _name(self, named: Named) -> str:
        shown = named.name if named.id == named.branch or named.name == named.id else f"{named.name} ({named.id})"
        if self.report.branch is not None or named.id == named.branch:
            return shown
        return (
            f"{self.names.get(named.branch, named.branch)}: {shown}"
            if self.lang == "en"
            else f"{self.names.get(named.branch, named.branch)}：{shown}"
        )

    def _cut(self, parts: Sequence[str]) -> str:
        shown = list(parts) if self.full else list(parts[:MOST])
        if len(shown) < len(parts):
            shown.append(self.say(words.AND_MORE, n=len(parts) - len(shown)))
        return self.voice.listed(shown)

    # -- tables ------------------------------------------------------------------------------------------------------

    def lines(self) -> list[tuple[str, str, str]]:
        """Title, figure and evidence of every line of the whole."""
        return [(self.title(a.line), self.amount(a), self.evidence(a)) for a in self.report.total.amounts]

    def parts(self) -> tuple[list[str], list[list[str]]]:
        """A row for each part and the total below them, a column for each line."""
        each = self.report.each or "branch"
        what = self.voice.branch if each == "branch" else words.PARTS[each].say(self.lang)
        header = [what, *(self.title(amount.line) for amount in self.report.total.amounts)]
        rows = [[self.part(part), *map(self.amount, part.amounts)] for part in self.report.parts]
        return header, [*rows, [words.TOTAL.say(self.lang), *map(self.amount, self.report.total.amounts)]]

    def part(self, part: Part) -> str:
        return words.NONE_OF[self.report.each or "branch"].say(self.lang) if part.key is None else part.title or part.key

    def below(self) -> list[str]:
        """Who was counted, what was filed, and where the report is prescribed."""
        said = [f"{self.title(a.line)}：{self.named(a)}" if self.lang == "zh" else f"{self.title(a.line)}: {self.named(a)}"
                for a in self.report.total.amounts if a.named]  # fmt: skip
        if self.report.filed is not None:
            said += self._filed(self.report.filed)
        if self.kind.basis:
            said.append(self.say(words.BASIS, text=self.voice.clauses(self.voice.instrument(name) for name in self.kind.basis)))
        return said

    def _filed(self, filed: Filed) -> list[str]:
        kind = self.definition.records[filed.kind].title.say(self.lang)
        if self.report.branch is not None and filed.missing:
            return [self.say(words.NOT_FILED, kind=kind)]
        said = []
        if filed.differences:
            said.append(self.say(words.DIFFERS, kind=kind))
            shown = filed.differences if self.full else filed.differences[:MOST]
            form = words.DIFFERENCE if self.report.branch else words.DIFFERENCE_OF
            for each in shown:
                figures = {key: words.VALUE_UNKNOWN if value is None else self._figure(each.line, value)
                           for key, value in (("filed", each.filed), ("counted", each.counted))}  # fmt: skip
                branch = self.names.get(each.branch, each.branch)
                said.append("    " + self.say(form, line=self.title(each.line), document=each.document, branch=branch, **figures))
            if len(shown) < len(filed.differences):
                said.append("    " + self.say(words.AND_MORE, n=len(filed.differences) - len(shown)))
        elif self.report.branch is not None:
            said.append(self.say(words.AGREES, kind=kind))
        elif filed.filed:
            said.append(self.say(words.ALL_AGREE, kind=kind, n=f"{filed.filed:,}", total=f"{filed.total:,}"))
        if filed.missing:
            listed = self._cut([self.names.get(branch, branch) for branch in filed.missing])
            said.append(self.say(words.MISSING, n=f"{len(filed.missing):,}", total=f"{filed.total:,}", listed=listed))
        return said


def text(definition: Definition, report: Report, lang: str, *, names: Mapping[str, str], full: bool = False) -> str:
    """The whole report as lines of text."""
    teller = Teller(definition, report, lang, names, full)
    rows = teller.lines()
    widest = [max(width(row[n]) for row in rows) for n in (0, 1)]
    body = ["  ".join([padded(title, widest[0]), padded(figure, widest[1]), evidence]).rstrip() for title, figure, evidence in rows]
    below = teller.below()
    return "\n".join([teller.head(), "", *body, *([""] if below else []), *below])


def plain(definition: Definition, report: Report, lang: str) -> dict[str, Any]:
    """Plain values for JSON; ratios are given beside the figures they are of."""
    kind = definition.reports[report.name]

    def of_part(part: Part) -> dict[str, Any]:
        amounts = {a.line: {**asdict(a), "title": kind.lines[a.line].title.say(lang, **definition.texts), "unit": kind.lines[a.line].unit,
                            "share": a.share, "change": a.change} for a in part.amounts}  # fmt: skip
        return {**asdict(part, recurse=False), "amounts": amounts}

    said = asdict(report, recurse=False)
    filed = None if report.filed is None else asdict(report.filed)
    return {
        **said,
        "title": kind.title.say(lang),
        "total": of_part(report.total),
        "parts": [of_part(p) for p in report.parts],
        "filed": filed,
    }


def sheet(definition: Definition, report: Report, lang: str) -> Sheet:
    """One row for each line of each part, then of the total (its part is empty); figures as numbers."""
    kind = definition.reports[report.name]
    header = [text.say(lang) for text in words.HEADER.values()]
    rows = [row for part in (*report.parts, report.total) for row in _rows(definition, kind, part, part is report.total, lang)]
    return Sheet(kind.title.say(lang), header, rows)


def _rows(definition: Definition, kind: ReportKind, part: Part, whole: bool, lang: str) -> Iterable[list[Cell]]:
    for a in part.amounts:
        line = kind.lines[a.line]
        unit = None if line.unit is None else definition.units.get(line.unit, Text.same(line.unit)).say(lang)
        evidence = " ".join(f"#{seq}" for seq in a.evidence) or None
        named = "; ".join(f"{each.branch}/{each.id} {each.name}" for each in a.named) or None
        key = None if whole else part.key
        yield [
            key, part.branches, a.line, line.title.say(lang, **definition.texts), a.value, unit, a.of, a.unknown,
            a.base, a.share, a.before, a.change, a.documents, evidence, named,
        ]  # fmt: skip


def percent(ratio: float) -> str:
    """`84.4%`, `0.4%`, `100%`: one decimal, none that says nothing."""
    return f"{number_text(round(ratio * 100, 1))}%"
