"""A long simulation on a terminal: how fast it goes is said, and Ctrl-C ends it at once, with all its processes."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import define, field

from tests.simulation.clusters import Cluster, deaf, until
from tests.simulation.forecasts import BY_CHANCE
from tests.simulation.small_plan import DEFINITION
from tests.story import ROOT

pytestmark = pytest.mark.slow
ENDLESS = "50000000"


@define
class Terminal:
    """The program, and what it says on its terminal."""

    process: subprocess.Popen[bytes]
    said: bytearray = field(factory=bytearray)

    @classmethod
    def of(cls, folder: Path, *args: str, lang: str = "en", numba: bool = True) -> Terminal:
        (folder / "small.yaml").write_text(DEFINITION, encoding="utf-8")
        (folder / "plan.yaml").write_text(BY_CHANCE, encoding="utf-8")
        (folder / "roster.csv").write_text("branch,title,batch,group\n" + "".join(f"b{n},Branch {n},1,east\n" for n in range(200)))
        paths = [str(ROOT)] if numba else [str(deaf(folder)), str(ROOT)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "TERM": "xterm", "COLUMNS": "120", "PYTHONUTF8": "1"}
        words = ["simulate", "plan.yaml", "--roster", "roster.csv", "--replications", ENDLESS, "--lang", lang, *args]
        ours, its = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "workflow", *words], cwd=folder, env=environment, stdout=its, stderr=its, start_new_session=True
        )
        os.close(its)
        made = cls(process)
        threading.Thread(target=made._listen, args=(ours,), daemon=True).start()
        return made

    def _listen(self, ours: int) -> None:
        with open(ours, "rb", buffering=0) as stream:
            try:
                while heard := stream.read(4096):
                    self.said += heard
            except OSError:
                return  # so Linux says that the other side is closed

    @property
    def text(self) -> str:
        return self.said.decode("utf-8", "replace")

    def interrupt(self) -> int:
        """Ctrl-C, as a terminal sends it: to all processes in the foreground. The exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(20)

    def alone(self) -> bool:
        """Whether none of its processes is left."""
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return True
        return False


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    cluster = Cluster(tmp_path_factory.mktemp("dask"))
    try:
        cluster.start()
        cluster.worker(numba=False)
        yield cluster.address
    finally:
        cluster.stop()


RATES = {"en": "replications/s", "zh": "每秒"}
INTERRUPTED = {"en": "interrupted: what was not yet answered was not done", "zh": "已中断：尚未答复的命令未执行"}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("args", "numba"),
    [((), True), (("--workers", "3"), False), (("--workers", "1"), True), (("--workers", "1"), False), (("--scheduler",), False)],
    ids=["threads", "processes", "one thread", "one process", "scheduler"],
)
def test_ctrl_c_ends_it_at_once(tmp_path: Path, request: pytest.FixtureRequest, args: tuple[str, ...], numba: bool, lang: str) -> None:
    if "--scheduler" in args:
        args = (*args, request.getfixturevalue("address"))
    terminal = Terminal.of(tmp_path, *args, lang=lang, numba=numba)
    try:
        until(lambda: RATES[lang] in terminal.text or terminal.process.poll() is not None)
        assert terminal.interrupt() == 130, terminal.text
        until(terminal.alone)
        until(lambda: INTERRUPTED[lang] in terminal.text)
        assert "Traceback" not in terminal.text
    finally:
        terminal.process.kill()


def test_processes_end_with_one_that_is_killed(tmp_path: Path) -> None:
    terminal = Terminal.of(tmp_path, "--workers", "3", numba=False)
    until(lambda: RATES["en"] in terminal.text)
    terminal.process.kill()
    terminal.process.wait()
    until(terminal.alone)
