"""The command rehearse: a plan played out once, with the real engine, its guards, its ledger and its reminders."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from attrs import define, evolve, field, frozen

from workflow.audit.scripted_people import ScriptedPeople
from workflow.cli import show
from workflow.cli.examples import SEED
from workflow.cli.examples.district import District
from workflow.cli.planning.asking import changing, read_changes, read_day, seeded
from workflow.cli.planning.rehearsal_views import Played, plain, words
from workflow.cli.planning.rolls import Rolls
from workflow.cli.planning.sources import Subject, subject
from workflow.cli.program import command, option
from workflow.cli.settings import Settings
from workflow.clock import VirtualClock, read_stamp
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse, not_found
from workflow.ledger import last_recorded
from workflow.progress import silent
from workflow.reminders import Address, set_address, tick
from workflow.reminders.channels import Channel, File
from workflow.simulation.compiling import Compiled, compile_plan
from workflow.simulation.moments import Moments
from workflow.simulation.plan import changed
from workflow.simulation.rehearsal import Rehearsed, outcome, rehearse
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

_HOLDERS = "SELECT DISTINCT person FROM workflow_grant ORDER BY person"
_POSTED = "SELECT COUNT(*), COUNT(DISTINCT person) FROM workflow_notice"
_PLAYING = Text.of("rehearsing", "演练")
_TAKEN = Text.of("{path} is there already: name another file for the rehearsal", "{path} 已存在：请为演练另取文件名")
_SAME = Text.of("{path} is to hold the rehearsal: name another file for the letters", "{path} 用于存放演练：请为提醒信另取文件名")
_NOWHERE = Text.of("{path}: there is no folder {folder} that can be written to", "{path}：没有可写入的文件夹 {folder}")
_NO_BRANCHES = Text.of("no branch is left to rehearse", "没有可演练的支部")
_TOO_EARLY = Text.of("--until {day} is before the plan starts, on {starts}", "--until {day} 早于计划开始之日 {starts}")
_NO_LETTERS = Text.of("--letters needs reminders: leave --no-reminders out", "--letters 须有提醒：请去掉 --no-reminders")


@frozen(kw_only=True)
class _Asked:
    """The options of one command."""

    plan: str
    roster: str | None
    seed: int
    changes: tuple[str, ...]
    batch: str | None
    until: str | None
    letters: str | None
    reminders: bool


@command(
    "rehearse",
    "Rehearse a PLAN once with the real rules: scripted people do what every move asks for, at the times the plan draws, and a new database"
    " (--db) keeps all of it as if it had happened. Exit code 1 if a branch was held up for good.",
    "按真实规则把计划 PLAN 演练一遍：由脚本人员在计划抽定的时间完成每个动作所要求的事项，全过程存入新数据库（--db），如同真实发生。"
    "有支部始终未能通过时退出码为 1。",
    without=("now",),
)
@click.argument("plan")
@option("--roster", metavar="FILE", en="the branches and people of this roster (CSV)", zh="支部和人员取自此名册（CSV）")
@seeded
@changing
@option("--batch", metavar="BATCH", en="only this batch", zh="只演练此批次")
@option("--until", metavar="DATE", en="stop on the evening of this day", zh="演练到此日傍晚为止")
@option(
    "--letters",
    metavar="FILE",
    en="write every letter of the reminders to this file, one a line (JSON)",
    zh="把每封提醒信写入此文件，每行一封（JSON）",
)
@option("--reminders/--no-reminders", default=True, en="remind every day, as in earnest (default)", zh="每天照常提醒（默认）")
@click.pass_obj
def rehearse_plan(settings: Settings, /, **options: Any) -> int:
    asked, db = _Asked(**options), Path(settings.database())
    letters = Path(asked.letters) if asked.letters else None
    _check_files(asked, db, letters)
    about = subject(evolve(settings, db=None), asked.plan, asked.roster)  # the database is where it is kept, not where branches are from
    compiled = _compiled(about, asked)
    until = _last_day(asked, compiled)
    with _whole(letters) as channels:
        played = _play(settings, asked, about, compiled, until, channels, db)
    if settings.json:
        show.say_json(plain(played))
    else:
        show.draw(*words(Voice(about.definition, settings.lang), played))
    return 1 if played.done.held else 0


# -- before anything is played: a rehearsal of a whole district takes minutes ------------------------------------------


def _check_files(asked: _Asked, db: Path, letters: Path | None) -> None:
    """Both are new files in a folder that is there."""
    if letters is not None and not asked.reminders:
        raise Misuse(_NO_LETTERS, "no-letters")
    if letters is not None and letters.resolve() == db.resolve():
        raise Misuse(_SAME.filled(path=letters), "file-exists")
    for path, code in ((db, "database-exists"), (letters, "file-exists")):
        if path is None:
            continue
        if path.exists() and (path.is_dir() or path.stat().st_size):
            raise Misuse(_TAKEN.filled(path=path), code)
        folder = path.parent
        if not (folder.is_dir() and os.access(folder, os.W_OK)):
            raise Misuse(_NOWHERE.filled(path=path, folder=folder), "no-folder")


def _compiled(about: Subject, asked: _Asked) -> Compiled:
    plan = changed(about.plan, read_changes(asked.changes), about.definition) if asked.changes else about.plan
    if asked.batch is not None and asked.batch not in plan.batches:
        raise not_found("the plan has no batch", "计划中没有批次", asked.batch, list(plan.batches), "batch")
    branches = [branch for branch in about.branches if asked.batch in (None, branch.batch)]
    if not branches:
        raise Misuse(_NO_BRANCHES, "no-branches")
    return compile_plan(plan, about.definition, branches)


def _last_day(asked: _Asked, compiled: Compiled) -> date | None:
    day = read_day(asked.until)
    if day is not None and day < compiled.starts:
        raise Misuse(_TOO_EARLY.filled(day=day, starts=compiled.starts), "day")
    return day


# -- playing -----------------------------------------------------------------------------------------------------------


@contextmanager
def _whole(letters: Path | None) -> Iterator[Sequence[Channel]]:
    """Where letters go: a file that is there when all is over, or not at all."""
    if letters is None:
        yield ()
        return
    half = letters.with_name(f"{letters.name}.{os.getpid()}.part")
    try:
        half.touch(mode=0o600)
        yield (File(half),)
        half.replace(letters)
    finally:
        half.unlink(missing_ok=True)


@contextmanager
def _seldom_swept() -> Iterator[None]:
    """Small objects come and go in millions, hardly one in a cycle: to look for cycles as often as usual takes an eighth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(20_000, 50, 1_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _play(
    settings: Settings, asked: _Asked, about: Subject, compiled: Compiled, until: date | None, channels: Sequence[Channel], db: Path
) -> Played:
    """In memory, and into the file when it is over: there is a whole rehearsal, or none."""
    moments = Moments(compiled.starts, compiled.definition.calendar.zone)
    clock = VirtualClock(moments.instant(0.0))
    rolls = _rolls(about, asked, clock)
    with (
        Campaign.create(":memory:", compiled.definition, name=f"{compiled.plan.id} {asked.seed}", clock=clock, rehearsal=True) as campaign,
        show.progress(_PLAYING.say(settings.lang)) as progress,
        _seldom_swept(),
    ):
        rolls.begin(campaign, compiled)
        post = _Post(campaign, channels, settings.lang)
        done = rehearse(
            campaign,
            clock,
            compiled,
            ScriptedPeople(campaign, clock),
            seed=asked.seed,
            enter=lambda branch: rolls.enter(campaign, branch),
            morning=post.morning if asked.reminders else None,
            until=None if until is None else moments.instant(moments.day(until) + 1.0, evening=True),
            progress=progress or silent,
        )
        played = _told(campaign, about, compiled, asked, done, until, db)
        campaign.store.copy(db)
    return played


def _last(campaign: Campaign) -> datetime:
    """The local time of the last event: where a rehearsal stands that is opened again."""
    return read_stamp(last_recorded(campaign.store) or "").astimezone(ZoneInfo(campaign.definition.calendar.zone))


def _told(campaign: Campaign, about: Subject, compiled: Compiled, asked: _Asked, done: Rehearsed, until: date | None, db: Path) -> Played:
    letters, people = (campaign.store.row(_POSTED) if asked.reminders else None) or (None, None)
    return Played(
        about=about,
        compiled=compiled,
        seed=asked.seed,
        changes=asked.changes,
        done=done,
        outcome=outcome(campaign, compiled, done, seed=asked.seed),
        db=str(db),
        until=until,
        now=_last(campaign).strftime("%Y-%m-%d %H:%M"),
        sent=asked.letters is not None,
        letters=letters,
        people=people,
    )


def _rolls(about: Subject, asked: _Asked, clock: VirtualClock) -> Rolls:
    if asked.roster is not None:
        return Rolls.read(Path(asked.roster), about.definition, clock)
    return Rolls.of(District.of(SEED).roster())


@define
class _Post:
    """The reminders of a rehearsal. With a channel everybody who holds a role is reached by it; without, letters are written and kept."""

    campaign: Campaign
    channels: Sequence[Channel]
    lang: str
    _reached: set[str] = field(factory=set)

    def morning(self) -> None:
        for channel in self.channels:
            store, now = self.campaign.store, self.campaign.now
            for (person,) in store.rows(_HOLDERS):
                if person not in self._reached:
                    self._reached.add(person)
                    set_address(store, Address(person, channel.name, person, self.lang), now)
        tick(self.campaign, self.channels)
