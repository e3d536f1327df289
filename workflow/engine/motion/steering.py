"""The commands that change the plan and the rolls while branches run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from workflow.definition import Definition
from workflow.engine.desk import Desk
from workflow.engine.entry import several
from workflow.engine.motion import batches, enacting, pauses, rolls, structure
from workflow.engine.motion.batches import BatchStanding
from workflow.engine.motion.member_file import MemberFile, member_file
from workflow.engine.versions import Reach
from workflow.verdicts import Verdict


class Steering:
    """Rules, clocks, rolls and branches that change in motion: part of a `Campaign`.

    Each command asks for the power of that name in the definition's `authority`, needs a reason, and keeps its verdict in the ledger
    like any other. `Campaign.preview` says beforehand what one would change.
    """

    _desk: Desk

    # -- rules and clocks --------------------------------------------------------------------------------------------

    def enact(
        self,
        definition: Definition | str | Path,
        *,
        by: str,
        reason: str,
        starts: date | str | None = None,
        scope: Reach = "running",
        states: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> Verdict:
        """Put a later version of the definition in force from the day `starts` (default today).

        It holds for whatever runs from then on ("running"), or only for attempts that begin from then on ("new"); what was decided before
        stays as it was decided. `states` says where branches stand in it whose state it does not have any more. Raises `DefinitionFault`
        with everything by which it cannot follow the version before.
        """
        return enacting.enact(self._desk, definition, starts, scope, states or {}, by, reason, key)

    def extend(
        self,
        days: int,
        *,
        by: str,
        reason: str,
        branches: str | Sequence[str] = (),
        batch: str | None = None,
        everywhere: bool = False,
        stage: str | None = None,
        key: str | None = None,
    ) -> tuple[Verdict, ...]:
        """Give the running attempt of some branches more days: of those named, of a batch or of all; with `stage`, of those in that stage.

        All of them get it or, if any is refused, none: then the answers are the refusals. Branches without a planned end are passed over.
        """
        return pauses.extend(self._desk, days, pauses.Chosen(several(branches), batch, everywhere, stage), by, reason, key)

    def suspend(
        self,
        *,
        by: str,
        reason: str,
        branches: str | Sequence[str] = (),
        batch: str | None = None,
        everywhere: bool = False,
        stage: str | None = None,
        key: str | None = None,
    ) -> tuple[Verdict, ...]:
        """Stop the clocks of some branches: no moves until they are resumed, and no day counts. Facts may still be entered."""
        return pauses.suspend(self._desk, pauses.Chosen(several(branches), batch, everywhere, stage), by, reason, key)

    def resume(
        self,
        *,
        by: str,
        reason: str,
        branches: str | Sequence[str] = (),
        batch: str | None = None,
        everywhere: bool = False,
        stage: str | None = None,
        key: str | None = None,
    ) -> tuple[Verdict, ...]:
        """Let suspended branches go on: every clock has as many days left as when it stopped."""
        return pauses.resume(self._desk, pauses.Chosen(several(branches), batch, everywhere, stage), by, reason, key)

    # -- members -----------------------------------------------------------------------------------------------------

    def enrol(
        self,
        branch: str,
        member: str,
        *,
        by: str,
        reason: str,
        name: str = "",
        status: str | None = None,
        flags: str | Sequence[str] = (),
        fields: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> Verdict:
        """Somebody joins the roll of a branch. Who was on a roll before brings along what stands on file there. `name` may be left out of
        a person who is known; `status` defaults to the definition's."""
        return rolls.enrol(self._desk, branch, member, name, status, several(flags), fields or {}, by, reason, key)

    def transfer(self, member: str, to: str, *, by: str, reason: str, roles: str | Sequence[str] = (), key: str | None = None) -> Verdict:
        """A member moves to the roll of another branch, records and cases following; the roles held for the old branch end, and `roles`
        are held for the new one."""
        return rolls.transfer(self._desk, member, to, several(roles), by, reason, key)

    def change(
        self,
        member: str,
        *,
        by: str,
        reason: str,
        status: str | None = None,
        flag: str | Sequence[str] = (),
        unflag: str | Sequence[str] = (),
        fields: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> Verdict:
        """A member's status, flags (contact lost, found again) or fields change."""
        return rolls.change(self._desk, member, status, several(flag), several(unflag), fields or {}, by, reason, key)

    def remove(self, member: str, *, by: str, reason: str, departure: str | None = None, key: str | None = None) -> Verdict:
        """A member leaves the campaign for good; `departure` is one of the definition's `departures`, where it has some."""
        return rolls.remove(self._desk, member, departure, by, reason, key)

    def member(self, member: str) -> MemberFile:
        """Where a member is and was, and what came along each time. Nothing is written."""
        return member_file(self._desk, member)

    def appoint(
        self, person: str, role: str, *, by: str, reason: str, of: str | None = None, name: str = "", key: str | None = None
    ) -> Verdict:
        """Somebody is given a role: `of` a branch, of `group:GROUP` or, for a role of the whole campaign, of nothing."""
        return rolls.appoint(self._desk, person, role, of, name, by, reason, key)

    def relieve(self, person: str, role: str, *, by: str, reason: str, of: str | None = None, key: str | None = None) -> Verdict:
        """A role is taken back."""
        return rolls.relieve(self._desk, person, role, of, by, reason, key)

    # -- branches ----------------------------------------------------------------------------------------------------

    def reassign(
        self,
        branches: str | Sequence[str],
        *,
        by: str,
        reason: str,
        batch: str | None = None,
        group: str | None = None,
        restart: bool = False,
        key: str | None = None,
    ) -> tuple[Verdict, ...]:
        """Branches go to another batch or supervision group. One that has started changes its batch only with `restart`: it begins again at
        the first phase, its attempts kept."""
        return structure.reassign(self._desk, several(branches), batch, group, restart, by, reason, key)

    def merge(self, branch: str, into: str, *, by: str, reason: str, key: str | None = None) -> Verdict:
        """A branch ends and becomes part of another: its members join that roll, its open cases are taken over there."""
        return structure.merge(self._desk, branch, into, by, reason, key)

    def split(
        self, branch: str, new: str, *, title: str, members: str | Sequence[str], by: str, reason: str, key: str | None = None
    ) -> Verdict:
        """Some members become a branch of their own, at the beginning of the stage the old one is in."""
        return structure.split(self._desk, branch, new, title, several(members), by, reason, key)

    def dissolve(
        self,
        branch: str,
        *,
        by: str,
        reason: str,
        members: Mapping[str, str] | str | None = None,
        cases: str | None = None,
        key: str | None = None,
    ) -> Verdict:
        """A branch ends. `members` says which branch each of its members joins (or one for all), `cases` which takes over its open cases;
        refused while anybody or anything is left without a home."""
        return structure.dissolve(self._desk, branch, members or {}, cases, by, reason, key)

    def close_batch(
        self, batch: str, *, by: str, reason: str, stragglers: Mapping[str, str] | None = None, key: str | None = None
    ) -> Verdict:
        """A batch is closed: enough of its branches have finished, and every other one is named with the reason why not."""
        return batches.close_batch(self._desk, batch, stragglers or {}, by, reason, key)

    def batches(self) -> tuple[BatchStanding, ...]:
        """Every batch with its branches: which of them have finished, and what was found if it was closed. Nothing is written."""
        return batches.standings(self._desk)
