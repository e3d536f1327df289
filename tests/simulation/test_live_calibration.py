"""A forecast says how sure it is: of campaigns rehearsed to their middle, eight of ten end within its P10 to P90."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from attrs import frozen

from tests.simulation.forecasts import branches
from tests.simulation.rehearsals import SHARED, Stage, in_china
from workflow.simulation.answers.statistics import chance
from workflow.simulation.live import forecast, standing

CASES, REPLICATIONS = 200, 60
_FIRST, _DAYS = date(2005, 3, 3), 50  # by then all of both batches are on the roster


@frozen
class Case:
    """A campaign stopped on some day: the share of the replications that end before it truly did; of its branches that had not finished,
    how many finished within their own band, and how many there were."""

    share: float
    within: int
    branches: int


def case(seed: int) -> Case:
    """The same rehearsal to its middle and to its end; forecast from the middle with other luck than its own."""
    model, until = in_china(SHARED, branches(8, 5)), _FIRST + timedelta(days=Random(seed).randrange(_DAYS))
    whole, middle = Stage.of(model), Stage.of(model)
    whole.play(seed)
    middle.play(seed, until=until)
    truth, there = whole.finishing_times(), standing(model, middle.campaign)
    found = forecast(there, seed=1_000_000 + seed, replications=REPLICATIONS, workers=1, keep=True)
    bands = {branch: band for branch, band in found.finishes(0.1, 0.9).items() if branch not in there.finished}
    for stage in (whole, middle):
        stage.campaign.close()
    end = max(truth.values())
    return Case(
        share=sum(max(times) < end for times in found.finished) / REPLICATIONS,
        within=sum(low <= truth[branch] <= high for branch, (low, high) in bands.items()),
        branches=len(bands),
    )


@pytest.mark.slow
def test_eight_of_ten_campaigns_end_within_the_band(capsys: pytest.CaptureFixture[str]) -> None:
    cases = [case(seed) for seed in range(CASES)]
    ends = chance(sum(0.1 <= each.share <= 0.9 for each in cases), CASES)
    single = chance(sum(each.within for each in cases), sum(each.branches for each in cases))
    with capsys.disabled():
        print(f"\ncampaigns that ended within P10 to P90: {ends.times} of {ends.of}, {ends.value:.1%} ({ends.low:.1%} to {ends.high:.1%});")
        print(f"branches: {single.times:,} of {single.of:,}, {single.value:.1%}")
    assert ends.low <= 0.8 <= ends.high
    assert 0.75 <= single.value <= 0.85  # not independent of each other: no interval
    early, late = (sum(test(each.share) for each in cases) for test in (lambda share: share < 0.1, lambda share: share > 0.9))
    assert min(early, late) >= CASES * 0.04  # it is not sure of the wrong thing on one side
