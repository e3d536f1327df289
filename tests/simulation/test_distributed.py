"""The same replications over Dask, with a real scheduler and workers in processes of their own."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Desk
from tests.simulation.clusters import Cluster, until
from tests.simulation.forecasts import BY_CHANCE
from tests.simulation.networks import days, district
from tests.simulation.small_plan import DEFINITION
from tests.story import ROOT
from workflow.errors import Misuse
from workflow.simulation.kernel import END, Astray, Network, Node, Run, Traveller, Way, replicate

pytestmark = pytest.mark.slow
COUNT, SEED = 120, 2005


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers, one with numba and one without. No test may change it."""
    made = Cluster(tmp_path_factory.mktemp("dask"))
    try:
        made.start()
        made.worker()
        made.worker(numba=False)
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def alone() -> list[Run]:
    return list(replicate(district(), seed=SEED, replications=COUNT, workers=1, compiled=False))


def same(some: list[Run], others: list[Run]) -> bool:
    return all(one.same(other) for one, other in zip(some, others, strict=True))


@pytest.mark.parametrize("compiled", [None, False], ids=["numba on one of them", "plain"])
def test_the_same_as_on_one_machine(two: Cluster, alone: list[Run], compiled: bool | None) -> None:
    told: list[tuple[int, int]] = []
    runs = replicate(
        district(), seed=SEED, replications=COUNT, scheduler=two.address, compiled=compiled, progress=lambda *so_far: told.append(so_far)
    )
    assert same(list(runs), alone)
    assert told == [(done, COUNT) for done in range(1, COUNT + 1)]


def test_nothing_is_left_behind(two: Cluster) -> None:
    from distributed import Client

    with Client(two.address, set_as_default=False) as client:
        runs = replicate(district(20), seed=1, replications=COUNT, scheduler=two.address)
        next(runs)
        assert any(client.has_what().values())
        list(runs)
        until(lambda: not any(client.has_what().values()))


def test_one_may_stop_early(two: Cluster) -> None:
    runs = replicate(district(20), seed=1, replications=2_000, scheduler=two.address)
    assert [next(runs).replication for _ in range(3)] == [0, 1, 2]
    before = threading.active_count()
    runs.close()
    assert threading.active_count() < before


def test_who_goes_in_a_circle_is_named(two: Cluster) -> None:
    nodes = [Node(takes=days(1), ways=(Way(to=1),)), Node(takes=days(1), ways=(Way(to=END, shares=(0.0,)), Way(to=0, shares=(1.0,))))]
    with pytest.raises(Astray, match="unit 0 was at node 0 4,096 times"):
        list(replicate(Network(nodes=nodes, units=[Traveller(node=0)]), seed=1, replications=3, scheduler=two.address))


@pytest.mark.parametrize("survivors", [1, 0], ids=["one is left", "another comes"])
def test_a_worker_that_is_killed_changes_nothing(cluster: Cluster, alone: list[Run], survivors: int) -> None:
    killed = cluster.worker(numba=False)
    for _ in range(survivors):
        cluster.worker(numba=False)
    runs = replicate(district(), seed=SEED, replications=COUNT, scheduler=cluster.address, compiled=False)
    found = [next(runs)]
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    if not survivors:
        threading.Timer(1, cluster.worker).start()
    assert same([*found, *runs], alone)


def test_a_worker_that_comes_later_takes_part(cluster: Cluster, alone: list[Run]) -> None:
    first = cluster.worker(numba=False)
    runs = replicate(district(), seed=SEED, replications=COUNT, scheduler=cluster.address, compiled=False)
    found = [next(runs)]
    cluster.worker(numba=False)
    first.send_signal(signal.SIGTERM)
    assert same([*found, *runs], alone)


# -- what goes wrong -----------------------------------------------------------------------------------------------------


def fault(scheduler: str, lang: str = "en", **more: int) -> str:
    with pytest.raises(Misuse) as found:
        list(replicate(district(5), seed=1, replications=40, scheduler=scheduler, **more))
    return found.value.say(lang)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def test_nobody_at_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.simulation.kernel.distributed._PATIENCE", 1.0)
    address = f"tcp://127.0.0.1:{free_port()}"
    assert fault(address) == f"no scheduler answers at {address}; start one there: dask scheduler"
    assert fault(address, "zh") == f"{address} 没有调度器应答；请在该处启动：dask scheduler"
    assert fault("tcp://127.0.0.1:99999").startswith("no scheduler answers at tcp://127.0.0.1:99999")
    assert fault("abc://127.0.0.1:8786").startswith("no scheduler answers at abc://127.0.0.1:8786")


@pytest.mark.parametrize("said", ["", "here", "tcp://", "tcp://host", "8786", "/tmp/scheduler.json"])
def test_what_is_no_address(said: str) -> None:
    assert fault(said) == f"{said} is not the address of a scheduler, such as tcp://host:8786"


def test_workers_here_or_a_scheduler() -> None:
    assert fault("tcp://127.0.0.1:8786", workers=2) == "either workers here or a scheduler, not both"


def test_a_scheduler_without_workers(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.simulation.kernel.distributed._PATIENCE", 1.0)
    assert fault(cluster.address) == f"the scheduler at {cluster.address} has no workers; start one: dask worker {cluster.address}"


def test_the_scheduler_goes_away(cluster: Cluster) -> None:
    cluster.worker(numba=False)
    runs = replicate(district(), seed=SEED, replications=2_000, scheduler=cluster.address, compiled=False)
    next(runs)
    assert cluster.scheduler is not None
    cluster.scheduler.kill()
    with pytest.raises(Misuse) as found:
        list(runs)
    assert found.value.say("en") == f"the scheduler at {cluster.address} has gone away; start it and simulate again"


def another(folder: Path, file: str = "kernel/loop.py") -> Path:
    """A folder with this package, but for a comment in the kernel."""
    shutil.copytree(ROOT / "workflow", folder / "other" / "workflow", ignore=shutil.ignore_patterns("__pycache__"))
    changed = folder / "other" / "workflow" / "simulation" / file
    changed.write_text(changed.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    return folder / "other"


def test_a_worker_with_another_kernel(cluster: Cluster) -> None:
    cluster.worker(numba=False)
    cluster.worker(another(cluster.folder), numba=False)
    said = fault(cluster.address)
    assert said.startswith("worker tcp://127.0.0.1:")
    assert "has another version of this program (" in said
    assert said.endswith("install the same there, and start it anew")
    assert "的程序版本不同（" in fault(cluster.address, "zh")


def test_a_worker_with_another_kernel_that_comes_later(cluster: Cluster) -> None:
    first = cluster.worker(numba=False)
    runs = replicate(district(), seed=SEED, replications=5_000, scheduler=cluster.address, compiled=False)
    next(runs)
    cluster.worker(another(cluster.folder), numba=False)
    first.kill()
    with pytest.raises(Misuse, match=r"worker tcp://127\.0\.0\.1:\d+ has another version of this program"):
        list(runs)


def test_a_worker_without_this_program(cluster: Cluster) -> None:
    (cluster.folder / "bare" / "workflow").mkdir(parents=True)
    (cluster.folder / "bare" / "workflow" / "__init__.py").touch()
    cluster.worker(cluster.folder / "bare")
    said = fault(cluster.address)
    assert " cannot simulate (" in said
    assert "No module named" in said
    assert said.endswith("install this version of campaign-workflow there, and start it anew")


def test_a_worker_without_this_program_that_comes_later(cluster: Cluster) -> None:
    first = cluster.worker(numba=False)
    runs = replicate(district(), seed=SEED, replications=5_000, scheduler=cluster.address, compiled=False)
    next(runs)
    (cluster.folder / "bare" / "workflow").mkdir(parents=True)
    (cluster.folder / "bare" / "workflow" / "__init__.py").touch()
    cluster.worker(cluster.folder / "bare")
    first.kill()
    with pytest.raises(Misuse, match=r"worker tcp://127\.0\.0\.1:\d+ cannot simulate \("):
        list(runs)


def test_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.simulation.kernel.distributed.find_spec", lambda _: None)
    assert fault("tcp://127.0.0.1:8786") == "Dask is not installed: pip install 'campaign-workflow[distributed]'"
    assert fault("tcp://127.0.0.1:8786", "zh") == "未安装 Dask：pip install 'campaign-workflow[distributed]'"


# -- the command ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_command_says_the_same(two: Cluster, desk: Desk) -> None:
    words = planned(desk)
    here = desk.run(*words, "--workers", "2", global_options=False).stdout
    assert desk.run(*words, "--scheduler", two.address, global_options=False).stdout == here
    assert desk.run(*words, "--workers", "1", global_options=False).stdout == here


@pytest.mark.parametrize(
    ("args", "en", "zh"),
    [
        (("--workers", "2", "--scheduler", "tcp://127.0.0.1:1"), "either workers here or a scheduler, not both", "只能指定其一"),
        (("--scheduler", "here"), "here is not the address of a scheduler", "here 不是调度器地址"),
        (("--scheduler", "tcp://127.0.0.1:1"), "no scheduler answers at tcp://127.0.0.1:1", "没有调度器应答"),
    ],
)
def test_one_line_and_exit_code_2(desk: Desk, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], en: str, zh: str) -> None:
    monkeypatch.setattr("workflow.simulation.kernel.distributed._PATIENCE", 1.0)
    for lang, said in (("en", en), ("zh", zh)):
        found = desk.run(*planned(desk), *args, "--lang", lang, code=2, global_options=False).stderr
        assert said in found
        assert len(found.splitlines()) == 1


def test_the_command_when_the_scheduler_goes_away(cluster: Cluster, desk: Desk) -> None:
    from distributed import Client

    cluster.worker(numba=False)
    assert cluster.scheduler is not None
    words = [sys.executable, "-m", "workflow", *planned(desk, "50000000"), "--scheduler", cluster.address]
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True) as program:
        with Client(cluster.address, set_as_default=False) as client:
            until(lambda: any("piece_there" in key for keys in client.processing().values() for key in keys))
        cluster.scheduler.kill()
        said = program.communicate(timeout=60)[1]
    assert program.returncode == 2
    assert said.splitlines() == [f"error: the scheduler at {cluster.address} has gone away; start it and simulate again"]


def planned(desk: Desk, replications: str = "100") -> list[str]:
    desk.write("small.yaml", DEFINITION)
    roster = desk.write("roster.csv", "branch,title,batch,group\n" + "".join(f"b{n},Branch {n},1,east\n" for n in range(20)))
    return ["simulate", desk.write("plan.yaml", BY_CHANCE), "--roster", roster, "--replications", replications]
