"""Random numbers by counter: Threefry-2x32 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).

A number depends on its key (seed, replication) and its counter (unit, number of the draw) and on nothing drawn before: results do not
depend on the order of events or on who computes them, and two plans compared meet the same luck. 13 rounds are the fewest the authors
found to pass all of BigCrush. Only sums, shifts and masks: the same bits in Python and compiled.
"""

from __future__ import annotations

from array import array
from functools import cache
from struct import pack, unpack

from workflow.simulation.kernel.jit import jitable

ROUNDS = 13
_MASK = 0xFFFFFFFF
_PARITY = 0x1BD11BDA
_ROTATIONS = (13, 15, 26, 6, 17, 29, 16, 24)
_STEP = 2.0**-53
_LANES = 512  # numbers of a column made at once: big enough to pay, small enough for the cache of a core


@jitable
def threefry(key0: int, key1: int, count0: int, count1: int, rounds: int) -> tuple[int, int]:
    """Two words of 32 bits from a key and a counter of two words each."""
    keys = (key0, key1, _PARITY ^ key0 ^ key1)
    word0, word1 = (count0 + key0) & _MASK, (count1 + key1) & _MASK
    for done in range(rounds):
        turn = _ROTATIONS[done & 7]
        word0 = (word0 + word1) & _MASK
        word1 = (((word1 << turn) | (word1 >> (32 - turn))) & _MASK) ^ word0
        if done & 3 == 3:
            round_key = (done + 1) >> 2
            word0 = (word0 + keys[round_key % 3]) & _MASK
            word1 = (word1 + keys[(round_key + 1) % 3] + round_key) & _MASK
    return word0, word1


@jitable
def fraction(word0: int, word1: int) -> float:
    """53 bits of two words as a number of [0, 1)."""
    return ((word0 >> 5) * 67108864 + (word1 >> 6)) * _STEP


@jitable
def one(seed: int, replication: int, unit: int, number: int) -> float:
    """The draw `number` of a unit, uniform on [0, 1)."""
    word0, word1 = threefry(seed, replication, unit, number, ROUNDS)
    return fraction(word0, word1)


def column(seed: int, replication: int, units: int, number: int) -> array[float]:
    """The draw `number` of all units 0 to `units` - 1: the same bits as `one` gives, twenty times as fast.

    Python computes with whole numbers of any length as fast as C: every unit has a lane of 64 bits in one long number.
    """
    drawn = array("d")
    for first in range(0, units, _LANES):
        lanes = min(_LANES, units - first)
        words = _lanes(seed, replication, first, number, lanes).to_bytes(8 * lanes, "little")
        drawn.extend([word * _STEP for word in unpack(f"<{lanes}Q", words)])
    return drawn


def _lanes(seed: int, replication: int, first: int, number: int, lanes: int) -> int:
    """53 bits for each of `lanes` units from `first` on. A lane is masked late: what a round carries over stays below 2**64."""
    ones, units = _pattern(lanes)
    mask, keys = ones * _MASK, (seed, replication, _PARITY ^ seed ^ replication)
    word0 = (units + ones * ((first + seed) & _MASK)) & mask
    word1 = ones * ((number + replication) & _MASK)
    for done in range(ROUNDS):
        turn = _ROTATIONS[done & 7]
        word0 += word1
        word1 = (((word1 << turn) | (word1 >> (32 - turn))) ^ word0) & mask
        if done & 3 == 3:
            round_key = (done + 1) >> 2
            word0 += ones * keys[round_key % 3]
            word1 = (word1 + ones * (keys[(round_key + 1) % 3] + round_key)) & mask
    high = ((word0 & mask) >> 5) & (ones * (_MASK >> 5))
    return (high << 26) | ((word1 >> 6) & (ones * (_MASK >> 6)))


@cache
def _pattern(lanes: int) -> tuple[int, int]:
    """A one in every lane; and in every lane its own number."""
    ones = pack(f"<{lanes}Q", *[1] * lanes)
    return int.from_bytes(ones, "little"), int.from_bytes(pack(f"<{lanes}Q", *range(lanes)), "little")
