"""A forecast says how sure it is: of campaigns stopped in their middle, eight of ten end within its P10 to P90."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from tests.simulation.forecasts import branches
from tests.simulation.rehearsals import SHARED, Stage, in_china
from workflow.simulation.compiling import Compiled
from workflow.simulation.live import History, Hit, Tally, forecast, score, seen, standing

CASES, REPLICATIONS = 200, 100
_FIRST, _DAYS = date(2005, 3, 3), 50  # by then both batches are on the roster, and none is over


def one(model: Compiled, case: int) -> tuple[Hit, Hit]:
    """A campaign rehearsed to its end and seen as it stood on some day in its middle; forecast from there, with other luck than its own:
    the day by which its second batch has finished, and one of the branches that had not."""
    rng, stage = Random(case), Stage.of(model)
    stage.play(case)
    with seen(stage.campaign, _FIRST + timedelta(days=rng.randrange(_DAYS))) as then:
        there = standing(model, then.campaign, then.history(model))
        found = forecast(there, seed=1_000_000 + case, replications=REPLICATIONS, workers=1, keep=True)
        hits = score(found, History.of(stage.campaign, model))
    stage.campaign.close()
    (end,) = [hit for hit in hits.by_end if hit.stage is None and hit.batch == "2"]
    return end, rng.choice(hits.by_branch)


@pytest.mark.slow
def test_eight_of_ten_campaigns_end_within_the_band(capsys: pytest.CaptureFixture[str]) -> None:
    """Of 200 cases, independent of each other, the share that lies within has an interval (Wilson's, 95 %) of eleven points; it holds
    80 %. And those that do not lie within lie on both sides."""
    model = in_china(SHARED, branches(8, 5))
    cases = [one(model, case) for case in range(CASES)]
    for what, hits in zip(("second batches", "branches"), zip(*cases, strict=True), strict=True):
        tally = Tally.of(hits, now=0.0)
        assert tally.within is not None
        assert tally.error is not None
        with capsys.disabled():
            within = tally.within
            print(f"\n{what} within P10 to P90: {within.times} of {within.of}, {within.value:.1%} ({within.low:.1%} to {within.high:.1%})")
        assert (tally.within.of, tally.open) == (CASES, 0)
        assert tally.within.low <= 0.8 <= tally.within.high
        early = sum(hit.truth is not None and hit.truth < hit.low for hit in hits)
        assert 8 <= early <= CASES - tally.within.times - 8
