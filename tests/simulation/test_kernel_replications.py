"""Many replications: the same to the last bit for every number of workers and both kernels; what goes wrong is said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.networks import days, district, either_kernel
from workflow.errors import Misuse
from workflow.simulation.kernel import END, Astray, Network, Node, Run, Traveller, Way, jit, kernel, replicate

COUNT = 30


def ran(workers: int, compiled: bool, seed: int = 2005) -> list[Run]:
    return list(replicate(district(), seed=seed, replications=COUNT, workers=workers, compiled=compiled))


@either_kernel
def test_the_number_of_workers_changes_nothing(compiled: bool) -> None:
    alone = ran(1, compiled)
    assert [run.replication for run in alone] == list(range(COUNT))
    for workers in (2, 4):
        assert all(one.same(other) for one, other in zip(alone, ran(workers, compiled), strict=True))


@pytest.mark.skipif(not jit.installed(), reason="numba is not installed")
def test_numba_and_python_give_the_same() -> None:
    assert all(one.same(other) for one, other in zip(ran(1, True), ran(1, False), strict=True))


@either_kernel
def test_a_seed_decides_all_and_another_is_another(compiled: bool) -> None:
    first, again, other = ran(1, compiled), ran(1, compiled), ran(1, compiled, seed=2006)
    assert all(one.same(two) for one, two in zip(first, again, strict=True))
    assert not any(one.finished == two.finished for one, two in zip(first, other, strict=True))
    assert len({run.finished.tobytes() for run in first}) == COUNT


def test_a_result_is_pinned() -> None:
    """From version to version and from machine to machine."""
    run = kernel(district(), compiled=False).run(2005, 0)
    assert (run.finished[0].hex(), run.finished[59].hex()) == PINNED


PINNED = ("0x1.3d6e5956b3606p+7", "0x1.039e48a0b7d38p+7")


@either_kernel
def test_progress_is_told_after_each(compiled: bool) -> None:
    told: list[tuple[int, int]] = []
    runs = replicate(
        district(5), seed=1, replications=7, workers=2, compiled=compiled, progress=lambda done, total: told.append((done, total))
    )
    assert len(list(runs)) == 7
    assert told == [(done, 7) for done in range(1, 8)]


@either_kernel
def test_one_may_stop_early(compiled: bool) -> None:
    runs = replicate(district(5), seed=1, replications=400, workers=2, compiled=compiled)
    assert next(runs).replication == 0
    runs.close()  # type: ignore[attr-defined]


@either_kernel
@pytest.mark.parametrize("workers", [1, 2])
def test_who_goes_in_a_circle_is_named(compiled: bool, workers: int) -> None:
    nodes = [Node(takes=days(1), ways=(Way(to=1),)), Node(takes=days(1), ways=(Way(to=END, shares=(0.0,)), Way(to=0, shares=(1.0,))))]
    network = Network(nodes=nodes, units=[Traveller(node=0)])
    with pytest.raises(Astray) as found:
        list(replicate(network, seed=1, replications=3, workers=workers, compiled=compiled))
    assert (found.value.unit, found.value.node) == (0, 0)
    assert found.value.say("en") == "unit 0 was at node 0 4,096 times and found no end; make it likelier that one goes on from there"
    assert found.value.say("zh") == "第 0 个单位到节点 0 已 4,096 次仍未结束；请提高从该处继续前进的比例"


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_has_32_bits(seed: int) -> None:
    with pytest.raises(Misuse, match="a seed is a whole number from 0 to 4,294,967,295"):
        list(replicate(district(5), seed=seed, replications=1))


@pytest.mark.skipif(not jit.installed(), reason="numba is not installed")
@pytest.mark.slow
def test_machine_code_is_kept_for_the_next_process(tmp_path: Path) -> None:
    program = (
        "from tests.simulation.networks import district\n"
        "from workflow.simulation.kernel import kernel\n"
        "ready = kernel(district(5))\n"
        "ready.run(1, 0)\n"
        "print(sum(ready.machine.stats.cache_hits.values()))\n"
    )

    def hits(cache: Path) -> int:
        environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
        done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
        return int(done.stdout)

    assert [hits(tmp_path), hits(tmp_path)] == [0, 1]
    blocked = tmp_path / "file"
    blocked.touch()
    assert hits(blocked) == 0  # compiled all the same
