"""The checks that come with the program: they need only what the engine itself knows."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from workflow.audit.checks.decisions import begun_again, own_branch, withdrawn_since
from workflow.audit.checks.ground import Ground
from workflow.audit.checks.late import back_dated, papered_later
from workflow.audit.checks.model import Check, Found, Row
from workflow.audit.checks.rolls import accepted_gaps, sheets_beyond_the_roll
from workflow.texts import Text

Answer = tuple[list[Row], int]  # the rows, and how many things were looked at


@frozen(kw_only=True)
class Shipped:
    """A check and the function that makes it; `of` is what it looks at."""

    check: Check
    of: Text
    run: Callable[[Ground], Answer | tuple[list[Row], int, tuple[Text, ...]]]

    def found(self, ground: Ground) -> Found:
        rows, looked_at, *notes = self.run(ground)
        return Found(check=self.check, rows=tuple(rows), looked_at=looked_at, of=self.of, notes=notes[0] if notes else ())


def _check(ident: str, title: Text, looks_for: Text, basis: Text, *, lists: bool = False) -> Check:
    return Check(id=ident, title=title, looks_for=looks_for, basis=basis, source="program", lists=lists)


_ON_FILE = Text.of("What is decided rests on what is on file when it is decided.", "决定须以作出时已在案的材料为依据。")
_TWO_TIMES = Text.of("Every record keeps both when it was so and when it was entered.", "每份记录同时保留发生日期和录入时间。")
_NOT_ONE_S_OWN = Text.of("Nobody from outside decides about their own branch.", "从外部作决定的人不得决定本人所在支部的事。")
_NO_MORE = Text.of("Nobody attends who is not on the roll.", "不在名册上的不能参加。")
_KEPT = Text.of("What was entered in an earlier attempt is kept as it was.", "此前轮次录入的内容原样保留。")
_DISCLOSED = Text.of("A gap that is accepted stays visible for ever.", "经批准的缺口永久可见。")
_DECISIONS, _RECORDS = Text.of("decisions", "项决定"), Text.of("documents", "份记录")

SHIPPED: tuple[Shipped, ...] = (
    Shipped(
        check=_check(
            "papered_later",
            Text.of("Moved first, papered later", "先作决定、后补材料"),
            Text.of(
                "Looks for records a move rests on in kind, of a day before it, that were entered only after it.",
                "查找属于动作依据种类、发生在动作之前、却在动作之后才录入的记录。",
            ),
            _ON_FILE,
        ),
        of=_DECISIONS,
        run=papered_later,
    ),
    Shipped(
        check=_check(
            "back_dated",
            Text.of("Back-dated records", "事后补录的记录"),
            Text.of("Looks for records entered more than --days days after they happened.", "查找发生后超过 --days 天才录入的记录。"),
            _TWO_TIMES,
        ),
        of=_RECORDS,
        run=back_dated,
    ),
    Shipped(
        check=_check(
            "own_branch",
            Text.of("Deciding about one's own branch", "决定本人所在支部的事"),
            Text.of(
                "Looks for moves, moves of cases and accepted gaps by a role from outside whose holder was on the branch's roll then.",
                "查找由外部角色作出、而其当时就在该支部名册上的动作、事项办理和缺口认可。",
            ),
            _NOT_ONE_S_OWN,
        ),
        of=_DECISIONS,
        run=own_branch,
    ),
    Shipped(
        check=_check(
            "withdrawn_since",
            Text.of("Decided on evidence withdrawn since", "决定所依据的材料后来被撤回"),
            Text.of("Looks for moves that name a record or a gap as evidence that was withdrawn later.", "查找所列依据后来被撤回的动作。"),
            _ON_FILE,
        ),
        of=_DECISIONS,
        run=withdrawn_since,
    ),
    Shipped(
        check=_check(
            "beyond_the_roll",
            Text.of("More on the sheet than on the roll", "签到人数超过名册人数"),
            Text.of(
                "Looks for sheets with more lines than there were members on the roll that day.", "查找明细行数超过当日名册人数的记录。"
            ),
            _NO_MORE,
        ),
        of=Text.of("sheets", "份名单"),
        run=sheets_beyond_the_roll,
    ),
    Shipped(
        check=_check(
            "begun_again",
            Text.of("Stages begun again", "重新开始的阶段"),
            Text.of(
                "Lists every attempt after the first in a stage, with what is kept of the one before.",
                "列出某一阶段第一轮次之后的各轮次，以及此前轮次保留的记录。",
            ),
            _KEPT,
            lists=True,
        ),
        of=Text.of("attempts", "个轮次"),
        run=begun_again,
    ),
    Shipped(
        check=_check(
            "accepted_gaps",
            Text.of("Gaps accepted, by age and authority", "经批准的缺口（按时间和批准人）"),
            Text.of("Lists every gap that was accepted, the oldest first.", "列出全部经批准的缺口，最早的在前。"),
            _DISCLOSED,
            lists=True,
        ),
        of=Text.of("gaps", "项缺口"),
        run=accepted_gaps,
    ),
)
