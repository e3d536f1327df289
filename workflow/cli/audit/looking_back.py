"""The answers of `why` about the past: a day, what was known, an attempt, two attempts compared."""

from __future__ import annotations

from attrs import frozen

from workflow.audit.attempts import attempt, compare
from workflow.audit.attempts_text import attempt_json, comparison_json, explain_attempt, explain_comparison
from workflow.audit.then import then
from workflow.audit.then_text import explain_then, then_json
from workflow.cli import show
from workflow.cli.program import Function, option
from workflow.cli.settings import Settings
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse
from workflow.texts import Text

_OPTIONS = (
    option("--at", metavar="DATE", en="what was so on this day, by all that is recorded now", zh="此日的情况，依据现有全部记录"),
    option(
        "--known-at",
        metavar="DATE",
        en="by what had been recorded until this day (or a time such as 2005-03-18T09:00); alone: what was so then",
        zh="只依据截至此日（或如 2005-03-18T09:00 的时刻）已录入的内容；单独使用时，为当时的情况",
    ),
    option(
        "--attempt",
        metavar="N",
        en='the verdicts of this attempt as they were stored; counted over all, or in a stage as "STAGE N"',
        zh='此轮次所存的结论；N 为总轮次，或写作 "阶段 N"',
    ),
    option(
        "--compare",
        metavar="N",
        en="with --attempt: which findings turned from it to this attempt",
        zh="与 --attempt 同用：与此轮次相比，哪些结果变了",
    ),
    option("--move", metavar="MOVE", en="with --attempt: the verdict on this move", zh="与 --attempt 同用：只看此动作的结论"),
)


def past(function: Function) -> Function:
    """Adds the options that ask about the past."""
    for each in reversed(_OPTIONS):
        function = each(function)
    return function


@frozen(kw_only=True)
class Back:
    """What of the past was asked for."""

    at: str | None
    known_at: str | None
    attempt: str | None
    compare: str | None
    move: str | None

    def __bool__(self) -> bool:
        return any((self.at, self.known_at, self.attempt, self.compare, self.move))

    def check(self) -> None:
        """Raises `Misuse` for what does not go together."""
        if self.attempt is None and (self.compare or self.move):
            given = "--compare" if self.compare else "--move"
            raise Misuse(Text.of(f"{given} goes with --attempt N", f"{given} 须与 --attempt N 同用"), "which-attempt")
        if self.attempt is not None and (self.at or self.known_at):
            en = "either a day (--at, --known-at) or an attempt (--attempt), not both"
            raise Misuse(Text.of(en, "日期（--at、--known-at）与轮次（--attempt）只能取其一"), "day-or-attempt")


def look_back(settings: Settings, campaign: Campaign, branch: str, asked: Back, *, full: bool) -> None:
    """Shows what was so, or what was decided."""
    asked.check()
    lang = settings.lang
    if asked.attempt is None:
        answer = then(campaign, branch, at=asked.at, known_at=asked.known_at)
        plain, said = then_json(campaign, answer, lang), explain_then(campaign, answer, lang, full=full)
    elif asked.compare is not None:
        found = compare(campaign, branch, asked.attempt, asked.compare, asked.move)
        plain, said = comparison_json(campaign, found, lang), explain_comparison(campaign, found, lang, full=full)
    else:
        one = attempt(campaign, branch, asked.attempt)
        plain = attempt_json(campaign, one, lang, move=asked.move)
        said = explain_attempt(campaign, one, lang, full=full, move=asked.move)
    if settings.json:
        show.say_json(plain)
    else:
        show.say(said)
