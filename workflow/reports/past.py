"""The tables a report is taken from: as they are, or as they stood when an earlier attempt ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from attrs import frozen

from workflow.clock import read_stamp
from workflow.engine.campaign import Campaign
from workflow.engine.proof import definitions
from workflow.errors import NotFound, did_you_mean
from workflow.store import Store, branch_stream
from workflow.store.replay import as_of
from workflow.texts import Text

_BEGINNINGS = """SELECT id, recorded_at FROM workflow_event
    WHERE stream = ? AND kind <> 'refused' AND COALESCE(json_extract(payload, '$.attempt'), json_extract(payload, '$.restart')) IS NOT NULL
    ORDER BY seq"""
_STAMP = "SELECT recorded_at FROM workflow_event WHERE id <= ? ORDER BY id DESC LIMIT 1"


@frozen
class Stand:
    """Tables, the instant they stand at, and which attempt of which stage it is (of a report on one branch)."""

    store: Store
    now: datetime
    stage: str | None = None
    attempt: int | None = None


@contextmanager
def standing(campaign: Campaign, branch: str | None, stage: str | None, attempt: int | None) -> Iterator[Stand]:
    """The tables to report on. `attempt` counts within the stage; without one, the last. Raises `NotFound`."""
    if branch is None:
        yield Stand(campaign.store, campaign.now)
        return
    attempts = campaign.attempts(branch)
    if not attempts:
        hint = did_you_mean(branch, [ident for ident, _ in campaign.branches()])
        raise NotFound(Text.of(f"there is no branch {branch}; {hint.say('en')}", f"没有支部 {branch}；{hint.say('zh')}"), "branch")
    chosen = _chosen(branch, attempts, stage, attempt)
    if chosen is attempts[-1]:
        yield Stand(campaign.store, campaign.now, chosen["stage"], chosen["number"])
        return
    store = campaign.store
    beginning = store.rows(_BEGINNINGS, (branch_stream(branch),))[chosen["ordinal"] - 1][0]
    row = store.row(_STAMP, (beginning - 1,))
    past = as_of(store, definitions(store, campaign.extensions), beginning - 1)
    try:
        yield Stand(past, read_stamp(row[0] if row else ""), chosen["stage"], chosen["number"])
    finally:
        past.close()


def _chosen(branch: str, attempts: list[dict[str, Any]], stage: str | None, attempt: int | None) -> dict[str, Any]:
    wanted = attempts[-1]["stage"] if stage is None else stage
    found = [each for each in attempts if each["stage"] == wanted and attempt in (None, each["number"])]
    if found:
        return found[-1]
    known = list(dict.fromkeys(f"{each['stage']} {each['number']}" for each in attempts))
    hint = did_you_mean(f"{wanted} {attempt or 1}", known)
    number_en, number_zh = (f", attempt {attempt}", f"第 {attempt} 轮次") if attempt else ("", "")
    raise NotFound(
        Text.of(
            f"{branch} has not been in {wanted}{number_en}; {hint.say('en')}", f"{branch} 未经历 {wanted}{number_zh}；{hint.say('zh')}"
        ),
        "attempt",
    )
