"""Random numbers and distributions: published vectors, the same bits however they are computed, the right shape."""

from __future__ import annotations

import math
from statistics import NormalDist, mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulation.networks import laws
from workflow.simulation.kernel import jit, quantile, share_below
from workflow.simulation.kernel.draws import MOST_VISITS, Draws, uniform
from workflow.simulation.kernel.elementary import exp, log, normal_quantile
from workflow.simulation.kernel.laws import law_row, value
from workflow.simulation.kernel.threefry import ROUNDS, column, fraction, one, threefry
from workflow.simulation.plan.model import Distribution

_PI = (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344)
_ONES = (0xFFFFFFFF,) * 4
_WORDS = st.integers(0, 2**32 - 1)

# Random123, tests/kat_vectors: rounds, counter and key -> words
_KNOWN = [
    (13, (0, 0, 0, 0), (0x9D1C5EC6, 0x8BD50731)),
    (13, _ONES, (0xFD36D048, 0x2D17272C)),
    (13, _PI, (0xBA3E4725, 0xF27D669E)),
    (20, (0, 0, 0, 0), (0x6B200159, 0x99BA4EFE)),
    (20, _ONES, (0x1CB996FC, 0xBB002BE7)),
    (20, _PI, (0xC4923A9C, 0x483DF7A0)),
    (32, (0, 0, 0, 0), (0xCEE3D47E, 0xA23DFD5C)),
    (32, _ONES, (0x6E2FE0D0, 0xB1B76F82)),
    (32, _PI, (0xE2827716, 0xC3C05CDF)),
]


@pytest.mark.parametrize(("rounds", "given_words", "words"), _KNOWN)
def test_threefry_gives_the_published_words(rounds: int, given_words: tuple[int, ...], words: tuple[int, int]) -> None:
    count0, count1, key0, key1 = given_words
    assert threefry(key0, key1, count0, count1, rounds) == words


def test_thirteen_rounds_are_used() -> None:
    assert ROUNDS == 13
    assert one(0x13198A2E, 0x03707344, 0x243F6A88, 0x85A308D3) == fraction(0xBA3E4725, 0xF27D669E)


def test_a_fraction_lies_below_one() -> None:
    assert fraction(0, 0) == 0.0
    assert fraction(0xFFFFFFFF, 0xFFFFFFFF) == 1 - 2.0**-53
    assert fraction(0, 1 << 6) == 2.0**-53


@given(seed=_WORDS, replication=_WORDS, units=st.integers(0, 1100), number=_WORDS)
def test_a_column_has_the_bits_of_one_by_one(seed: int, replication: int, units: int, number: int) -> None:
    made = column(seed, replication, units, number)
    assert len(made) == units
    for unit in {0, 1, 511, 512, 513, units // 2, units - 1} & set(range(units)):
        assert made[unit] == one(seed, replication, unit, number)


def test_rare_visits_are_drawn_one_by_one_and_are_the_same() -> None:
    draws = Draws(7, 3, 40)
    for visit in (0, 1, 2, MOST_VISITS):
        assert uniform(draws, 33, visit << 3) == one(7, 3, 33, visit << 3)


def test_draws_are_spread_evenly_over_units_numbers_and_replications() -> None:
    """Chi-square over 100 cells, 99 degrees of freedom: beyond 149 once in a thousand times, beyond 61 as well."""
    for drawn in (
        list(column(1, 0, 20_000, 5)),
        [one(1, 0, 3, number) for number in range(20_000)],
        [one(1, replication, 3, 5) for replication in range(20_000)],
    ):
        cells = [0] * 100
        for u in drawn:
            cells[int(u * 100)] += 1
        assert 61 < sum((cell - 200) ** 2 / 200 for cell in cells) < 149


@given(st.floats(1e-300, 1e300))
def test_log_is_right_to_the_last_place(x: float) -> None:
    assert abs(log(x) - math.log(x)) <= math.ulp(math.log(x))


@given(st.floats(-700, 700))
def test_exp_is_right_to_the_last_place(x: float) -> None:
    assert abs(exp(x) - math.exp(x)) <= math.ulp(math.exp(x))


def test_exp_of_little_is_nothing() -> None:
    assert exp(-701.0) == 0.0


@given(st.floats(1e-16, 1 - 1e-16))
def test_the_normal_quantile_is_that_of_the_standard_library(p: float) -> None:
    assert normal_quantile(p) == pytest.approx(NormalDist().inv_cdf(p), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("law", "share", "days"),
    [
        (Distribution("constant", (3.0,)), 0.7, 3.0),
        (Distribution("uniform", (2.0, 6.0)), 0.25, 3.0),
        (Distribution("triangular", (0.0, 0.0, 1.0)), 0.75, 0.5),
        (Distribution("triangular", (0.0, 1.0, 1.0)), 0.25, 0.5),
        (Distribution("triangular", (5.0, 9.0, 18.0)), 0.0, 5.0),
        (Distribution("triangular", (5.0, 9.0, 18.0)), 4 / 13, 9.0),
        (Distribution("triangular", (4.0, 4.0, 4.0)), 0.3, 4.0),
        (Distribution("exponential", (2.0,)), 1 - math.exp(-1), 2.0),
        (Distribution("lognormal", (4.0, 10.0)), 0.5, 4.0),
        (Distribution("lognormal", (4.0, 10.0)), 0.9, 10.0),
        (Distribution("lognormal", (4.0, 10.0)), 0.0, 0.0),
        (Distribution("weibull", (2.0, 3.0)), 1 - math.exp(-1), 3.0),
        (Distribution("weibull", (2.0, 3.0)), 0.0, 0.0),
        (Distribution("empirical", (7.0, 1.0, 3.0, 5.0)), 0.49, 3.0),
        (Distribution("empirical", (7.0, 1.0, 3.0, 5.0)), 0.5, 5.0),
        (Distribution("empirical", (7.0, 1.0, 3.0, 5.0)), 1 - 2.0**-53, 7.0),
    ],
)
def test_quantiles_by_hand(law: Distribution, share: float, days: float) -> None:
    assert quantile(law, share) == pytest.approx(days, rel=1e-14)


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        (Distribution("triangular", (5.0, 9.0, 18.0)), 32 / 3),
        (Distribution("exponential", (2.5,)), 2.5),
        (Distribution("weibull", (2.0, 3.0)), 3 * math.gamma(1.5)),
        (Distribution("lognormal", (4.0, 10.0)), 4 * math.exp((math.log(2.5) / NormalDist().inv_cdf(0.9)) ** 2 / 2)),
    ],
)
def test_means(law: Distribution, expected: float) -> None:
    middles = [(n + 0.5) / 20_000 for n in range(20_000)]
    assert mean(quantile(law, u) for u in middles) == pytest.approx(expected, rel=2e-3)


@given(law=laws, share=st.floats(0.001, 0.999))
def test_a_share_below_is_the_inverse_of_a_quantile(law: Distribution, share: float) -> None:
    """At a step of the law there is no inverse: then what lies below is no greater."""
    days = quantile(law, share)
    assert share_below(law, days) <= share + 1e-9
    assert quantile(law, share_below(law, days)) <= days
    if law.kind in ("exponential", "lognormal", "weibull"):
        assert share_below(law, days) == pytest.approx(share, abs=1e-9)


@pytest.mark.skipif(not jit.installed(), reason="numba is not installed")
def test_compiled_laws_have_the_same_bits() -> None:
    arrays = pytest.importorskip("workflow.simulation.kernel.arrays")

    @jit.compiled
    def values(rows, known, us, into):  # type: ignore[no-untyped-def]
        for index in range(len(us)):
            into[index] = value(rows[0], known, us[index])

    us = column(1, 2, 2000, 3)
    us.extend([0.0, 2.0**-53, 0.5, 1 - 2.0**-53])
    for kind, parameters in {
        "uniform": (2.0, 6.0),
        "triangular": (5.0, 9.0, 18.0),
        "exponential": (2.0,),
        "lognormal": (4.0, 10.0),
        "weibull": (1.7, 3.0),
        "empirical": (7.0, 1.0, 3.0),
    }.items():
        known: list[float] = []
        row = law_row(Distribution(kind, parameters), known)  # type: ignore[arg-type]
        into = arrays.np.zeros(len(us))
        values(arrays.records([row], type(row)), arrays.np.array(known or [0.0]), arrays.np.array(us), into)
        assert into.tolist() == [value(row, known, u) for u in us], kind
