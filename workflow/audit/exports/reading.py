"""What every export reads: the events of a campaign or of some of its branches, with or without names, and how far it has come."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property

from attrs import define, field

from workflow.audit.exports.names import Mask
from workflow.definition import Definition
from workflow.engine.campaign import Campaign
from workflow.errors import not_found
from workflow.ledger import CAMPAIGN, Event, branch_stream, events
from workflow.progress import Progress, silent
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

_EVERY = 100  # events between two reports of progress
_TITLED = "SELECT id, title, batch, grp FROM workflow_branch ORDER BY id"
_COUNT = "SELECT COUNT(*) FROM workflow_event WHERE ?1 OR stream = ?2"


@define(slots=False)
class Reading:
    """A campaign being exported, in one language. `chosen` are ids of branches; without any it is all of them."""

    campaign: Campaign
    lang: str = "en"
    chosen: Sequence[str] = ()
    mask: Mask | None = None
    progress: Progress = silent
    _done: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        """Raises `NotFound` for a branch there is not."""
        known = dict(self.campaign.branches())
        for branch in self.chosen:
            if branch not in known:
                raise not_found("there is no branch", "没有支部", branch, known, "branch", "branches")

    @cached_property
    def branches(self) -> list[tuple[str, str, str, str]]:
        """Id, title, batch and group of the branches to export; the id as the ledger has it, the title as it may be shown."""
        rows = self.campaign.store.rows(_TITLED)
        chosen = set(self.chosen)
        return [(b, self.names.get(b, b), batch or "", group or "") for b, _, batch, group in rows if not chosen or b in chosen]

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What people and branches are called; of masked events, too."""
        if self.mask is None:
            return self.campaign.names()
        return {shown: name for ident, name in self.mask.names.items() for shown in (ident, self.mask.branch(ident))}

    @property
    def name(self) -> str:
        """What the campaign is called."""
        return self.campaign.name if self.mask is None else self.mask.text(self.campaign.name)

    @cached_property
    def total(self) -> int:
        """How many events there are to read."""
        count = [self.campaign.store.row(_COUNT, (not self.chosen, each)) for each in self._streams]
        return sum(row[0] for row in count if row)

    @property
    def _streams(self) -> list[str]:
        return [CAMPAIGN, *map(branch_stream, self.chosen)] if self.chosen else [""]

    def shown(self, branch: str) -> str:
        """The id of a branch as the export has it."""
        return branch if self.mask is None else self.mask.branch(branch)

    def whole(self) -> Iterator[Event]:
        """Everything, in the order it was written: of the campaign itself, and of the branches to export."""
        streams = set(self._streams)
        found = events(self.campaign.store)
        return self._read(event for event in found if not self.chosen or event.stream in streams)

    def stream(self, branch: str | None, kinds: Collection[str] | None = None) -> Iterator[Event]:
        """What happened to one branch, or (None) to the campaign as a whole."""
        return self._read(events(self.campaign.store, CAMPAIGN if branch is None else branch_stream(branch), kinds=kinds))

    def _read(self, found: Iterator[Event]) -> Iterator[Event]:
        for event in found:
            self._done += 1
            if self._done % _EVERY == 0:
                self.progress(min(self._done, self.total), self.total)
            yield event if self.mask is None else self.mask.event(event)

    def definition(self, event: Event) -> Definition:
        """The version in force when it was written."""
        return self.campaign.version(event.definition)

    def voice(self, event: Event, *, full: bool = False) -> Voice:
        return Voice(self.definition(event), self.lang, full, self.names)

    def say(self, text: Text, **values: object) -> str:
        return text.say(self.lang, **values)
