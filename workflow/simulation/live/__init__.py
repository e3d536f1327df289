"""The forecast of a running campaign: where its branches stand, what its ledger says of durations, and what came of earlier forecasts."""

from workflow.simulation.live.fitting import ENOUGH, Fit, Fitted, fit
from workflow.simulation.live.forecasting import Forecast, forecast
from workflow.simulation.live.history import History, Stay
from workflow.simulation.live.past import Seen, seen
from workflow.simulation.live.scoring import Hit, Score, Tally, score
from workflow.simulation.live.standing import Standing, standing

__all__ = [
    "ENOUGH", "Fit", "Fitted", "Forecast", "History", "Hit", "Score", "Seen", "Standing", "Stay", "Tally", "fit", "forecast", "score",
    "seen", "standing",
]  # fmt: skip
