"""Many commands from one file, JSON Lines, all or none: records, and the moves, cases and waivers that make a whole story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from attrs import define, evolve, field, frozen

from workflow.clock import VirtualClock, stamp
from workflow.engine import cases, moves, records
from workflow.engine.desk import Desk, Hearing, position
from workflow.engine.import_lines import Command, read_commands
from workflow.errors import Fault, InputFault, Misuse
from workflow.ledger import branch_stream
from workflow.progress import Progress
from workflow.store.facts import FactNeeds
from workflow.texts import Text, counted
from workflow.verdicts.codec import to_plain
from workflow.verdicts.findings import Verdict
from workflow.verdicts.rules import lasting

_EVERY = 200  # lines between two reports of progress
_REHEARSAL = "SELECT 1 FROM workflow_meta WHERE name = 'rehearsal' AND value = '1'"


@frozen(kw_only=True)
class Refusal:
    """A line that was refused: where it stands, and the verdict that was kept of it."""

    where: str
    verdict: Verdict


@frozen(kw_only=True)
class ImportReport:
    """What a file of commands came to.

    `documents` were entered, with `lines` of members in them, by kind of record in `kinds`. `commands` counts the other commands that
    were carried out (move, open_case, case, waive); `repeated` those whose key had been answered before. `refused` are in the
    ledger with all their findings, and changed nothing else. Of a table, `left_out` names the documents of which something was
    unsound, and `warnings` has, by row and column, what was wrong with them and all that was put right.
    """

    documents: int
    lines: int
    kinds: Mapping[str, int]
    commands: Mapping[str, int]
    repeated: int
    refused: tuple[Refusal, ...]
    left_out: tuple[Text, ...] = ()
    warnings: tuple[Fault, ...] = ()

    @property
    def text(self) -> Text:
        others = sum(self.commands.values())
        left_en, left_zh = (f", {len(self.left_out):,} left out", f"，未导入 {len(self.left_out):,} 份") if self.left_out else ("", "")
        return Text.of(
            f"{counted(self.documents, 'document')} with {counted(self.lines, 'line')}, {others:,} moves and cases,"
            f" {len(self.refused):,} refused,"
            f" {self.repeated:,} known already{left_en}",
            f"记录 {self.documents:,} 份（明细 {self.lines:,} 行），动作和事项 {others:,} 项，不予通过 {len(self.refused):,} 项，"
            f"此前已录入 {self.repeated:,} 项{left_zh}",
        )


def import_records(desk: Desk, source: str | Path | Iterable[Mapping[str, Any]], by: str, progress: Progress | None) -> ImportReport:
    """Carries out every line of a file, or none. `by` acts where a line names nobody. Raises `InputFault` with every fault by line."""
    desk.versions.refresh()
    whole = [kind.id for kind in desk.definition.records.values() if kind.of == "campaign"]
    commands, faults = read_commands(source, by, whole)
    clock = desk.clock
    stood = clock.now() if isinstance(clock, VirtualClock) else None
    try:
        with desk.store.write():
            return Importer(desk, faults, progress, clock.now()).run(commands)
    except BaseException:
        # Nothing was written, so nothing has happened: the time is what it was.
        if isinstance(clock, VirtualClock) and stood is not None:
            clock.set(stood)
        raise


@define
class _Desk:
    """What one person may enter in one branch, while nothing but records is entered there."""

    hearing: Hearing
    roll: frozenset[str]
    verdicts: dict[tuple[str, str], tuple[Verdict, dict[str, Any]]] = field(factory=dict)  # by kind, and day if late; the second as kept


@define
class Importer:
    """Carries out commands one after the other, inside the caller's transaction, and counts what came of them."""

    desk: Desk
    faults: list[Fault]
    progress: Progress | None
    began: datetime
    _keys: Counter[str] = field(factory=Counter, init=False)
    _places: dict[str, dict[str, _Desk]] = field(factory=dict, init=False)  # branch -> person
    _kinds: Counter[str] = field(factory=Counter, init=False)
    _commands: Counter[str] = field(factory=Counter, init=False)
    _lines: int = field(default=0, init=False)
    _repeated: int = field(default=0, init=False)
    _refused: list[Refusal] = field(factory=list, init=False)
    _timed: bool | None = field(default=None, init=False)  # whether lines may have a time of their own; None: not asked yet

    def run(self, commands: list[Command]) -> ImportReport:
        for done, command in enumerate(commands, 1):
            self._guarded(command)
            if self.progress is not None and (done % _EVERY == 0 or done == len(commands)):
                self.progress(done, len(commands))
        if self.faults:
            raise InputFault(sorted(self.faults, key=lambda fault: _line_of(fault.where)))
        return self.report()

    def report(self) -> ImportReport:
        return ImportReport(
            documents=self._kinds.total(),
            lines=self._lines,
            kinds=dict(self._kinds),
            commands=dict(self._commands),
            repeated=self._repeated,
            refused=tuple(self._refused),
        )

    def _guarded(self, command: Command) -> None:
        """Carries out one line; what is wrong with it is kept as a fault. Once something is wrong all will be undone, and what
        builds on earlier lines is not asked any more."""
        if self.faults and command.verb == "case":
            return
        try:
            self.carry_out(command)
        except InputFault as wrong:
            self.faults += [evolve(fault, where=", ".join(filter(None, (command.where, fault.where)))) for fault in wrong.faults]
        except Misuse as wrong:
            self.faults.append(Fault(command.where, "", wrong.text, wrong.code))

    def _set_clock(self, command: Command) -> None:
        """In a rehearsal a line may say when it is entered: the clock goes there, never back."""
        if command.at is None or self._timed is False:
            return
        clock = self.desk.clock
        if self._timed is None:
            self._timed = isinstance(clock, VirtualClock) and self.desk.store.row(_REHEARSAL) is not None
        if not self._timed or not isinstance(clock, VirtualClock):
            said = Text.of(
                "`at` is for a rehearsal that is given its own time (--now, or a VirtualClock); leave it out",
                "at 仅用于自设时间（--now 或 VirtualClock）的演练；请去掉 at",
            )
            raise Misuse(said, "not-a-rehearsal")
        if command.at < self.began:
            zone = self.desk.definition.calendar.zone
            stands = f"{self.began.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"
            said = Text.of(
                f"`at` is before {stands} ({zone}), where the campaign stands; create a rehearsal of past times with --now",
                f"at 早于活动当前时间 {stands}（{zone}）；演练过去的时间，请在新建时给出 --now",
            )
            raise Misuse(said, "too-early")
        clock.set(max(clock.now(), command.at))

    def carry_out(self, command: Command) -> None:
        """One command. Raises `Misuse` or `InputFault` for what makes no sense, before anything of it is written."""
        if command.key is None:
            own = command.own_key(self.desk.today())
            self._keys[own] += 1  # the same words twice in one file are meant twice
            command = evolve(command, key=f"{own}:{self._keys[own]}")
        if self.desk.repeated(str(command.key), command.branch, command.by, command.asked) is not None:
            self._repeated += 1
            return
        self._set_clock(command)
        if command.verb == "record":
            self._record(command)
            return
        self._places.pop(command.branch, None)
        verdict = _carry_out(self.desk, command)
        if verdict.allowed:
            self._commands[command.verb] += 1
        else:
            self._refused.append(Refusal(where=command.where, verdict=verdict))

    # -- records -----------------------------------------------------------------------------------------------------

    def _record(self, command: Command) -> None:
        """As `records.record`, with roll, roles and verdict looked up once for all of a person's papers in a branch."""
        desk, said = self.desk, command.said
        if not command.branch:
            self._record_of_campaign(command)
            return
        records.require_place(records.find_kind(desk.definition, command.subject), command.branch)
        now = desk.clock.now()
        place, verdict, kept = self._allowed(command, now)
        version = place.hearing.version
        stream, subject = branch_stream(command.branch), verdict.subject
        asked, lines = {"asked": command.asked.fingerprint}, said.get("lines", ())
        values, happened = said.get("fields", {}), said.get("happened")
        payload = records.document(desk, version.definition, command.subject, values, lines, happened, desk.today(), place.roll)
        if not verdict.allowed:
            self.desk.require_known(command.by)
            refused = {"command": verdict.command, "verdict": kept, **asked}
            event = desk.write(stream, "refused", subject, refused, command.by, verdict.role or "", now, command.key, version=version)
            self._refused.append(Refusal(where=command.where, verdict=evolve(verdict, event=position(event))))
            return
        entered = {**payload, "verdict": kept, **asked}
        desk.write(stream, "record", subject, entered, command.by, verdict.role or "", now, command.key, version=version)
        self._kinds[command.subject] += 1
        self._lines += len(lines)

    def _record_of_campaign(self, command: Command) -> None:
        said = command.said
        verdict = records.record(
            self.desk, None, command.subject, command.by, said.get("happened"), said.get("fields", {}), said.get("lines", ()), command.key
        )
        if verdict.allowed:
            self._kinds[command.subject] += 1
        else:
            self._refused.append(Refusal(where=command.where, verdict=verdict))

    def _allowed(self, command: Command, now: datetime) -> tuple[_Desk, Verdict, dict[str, Any]]:
        """Roll, verdict, and the verdict as it is kept."""
        places = self._places.setdefault(command.branch, {})
        day = self.desk.today()
        if command.by not in places or places[command.by].hearing.today != day:  # from another day on, other rules may be in force
            with self.desk.hearing(command.branch, lambda _: FactNeeds(members=True)) as hearing:
                places[command.by] = _Desk(hearing, frozenset(m.id for m in hearing.facts.members(hearing.branch)))
        place = places[command.by]
        kind = records.find_kind(place.hearing.definition, command.subject)
        branch = place.hearing.branch
        late = records.when_entered(branch, kind, command.said.get("happened"))
        like = (kind.id, late[0].detail["happened"] if late else "")
        if like not in place.verdicts:
            found = place.hearing.judge.entry(branch, f"record:{kind.id}", "record", kind.by, command.by, [*lasting(branch), *late])
            place.verdicts[like] = (found, to_plain(found))
        verdict, plain = place.verdicts[like]
        moment = stamp(now)
        return place, evolve(verdict, asked_at=moment, day=day), {**plain, "asked_at": moment, "day": day}


def _carry_out(desk: Desk, command: Command) -> Verdict:
    """Any other command than a record, as the campaign would."""
    branch, subject, by, key, said = command.branch, command.subject, command.by, command.key, command.said
    match command.verb:
        case "move":
            return moves.make(desk, branch, subject, by, said.get("takes", {}), key)
        case "open_case":
            return cases.open_case(desk, branch, subject, by, said.get("member"), said.get("fields", {}), key)
        case "case":
            return cases.make(desk, branch, subject, said["move"], by, said.get("takes", {}), key)
        case _:
            return records.waive(desk, branch, subject, by, said.get("reason", ""), said.get("members", ()), said.get("until"), key)


def _line_of(where: str) -> int:
    number = where.rpartition(":")[2].partition(",")[0]
    return int(number) if number.isdigit() else 0
