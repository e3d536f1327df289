"""Dask on loopback, in processes of their own; and processes that believe numba is not installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from attrs import define, field

from tests.story import ROOT

DEAF = "import sys\nsys.modules['numba'] = None\n"


def deaf(folder: Path) -> Path:
    """Where PYTHONPATH begins with this folder, there is no numba."""
    (folder / "deaf").mkdir(exist_ok=True)
    (folder / "deaf" / "sitecustomize.py").write_text(DEAF)
    return folder / "deaf"


def until(seen: Callable[[], object]) -> None:
    for _ in range(600):
        if seen():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come to pass within a minute")


@define
class Cluster:
    """A scheduler on loopback and its workers."""

    folder: Path
    address: str = ""
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(factory=list)

    def start(self) -> None:
        told = self.folder / "scheduler.json"
        words = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told)]
        self.scheduler = self._run(words)
        until(lambda: told.exists() and told.read_text().strip().endswith("}"))
        self.address = json.loads(told.read_text())["address"]

    def worker(self, *paths: Path, numba: bool = True) -> subprocess.Popen[bytes]:
        """One more, which finds `paths` before all others."""
        if not numba:
            paths = (*paths, deaf(self.folder))
        place = ["--local-directory", str(self.folder), "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
        before = self.count()
        self.workers.append(self._run(["worker", self.address, *place], *paths))
        until(lambda: self.count() > before)
        return self.workers[-1]

    def count(self) -> int:
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            return len(client.nthreads())

    def _run(self, words: list[str], *paths: Path) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*paths, ROOT)))}
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen([sys.executable, "-m", "dask", *words], env=environment, cwd=self.folder, **silent)  # type: ignore[call-overload, no-any-return]

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            if process is not None:
                process.kill()
                process.wait()
