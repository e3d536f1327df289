"""What the engine adds to a request of a host: a Flask view that writes a row of its own durably, with and without a command."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from flask import Flask, request

from tests.benchmarks.measure import Bench, Side
from tests.benchmarks.moves import prepared
from tests.benchmarks.process import MOVES, PEOPLE, branches, durable, fresh
from workflow import Campaign
from workflow.hosting import borrowed

BRANCHES = 100


class Host:
    """A file with a campaign and a table of the host's; the view writes a row of that table, and nothing else."""

    def __init__(self, where: Path, start: Path) -> None:
        self.path = fresh(where)
        shutil.copy(start, self.path)
        self.connection = durable(self.path)
        self.connection.execute("CREATE TABLE letter (branch TEXT, move TEXT, person TEXT)")

    def answer(self, branch: str, move: str, person: str) -> dict[str, Any]:
        with self.transaction():
            self.write(branch, move, person)
        return {"allowed": True}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        yield
        self.connection.execute("COMMIT")

    def write(self, branch: str, move: str, person: str) -> None:
        self.connection.execute("INSERT INTO letter VALUES (?, ?, ?)", (branch, move, person))

    def close(self) -> None:
        self.connection.close()


class JoinedHost(Host):
    """The command in the host's transaction."""

    def __init__(self, where: Path, start: Path) -> None:
        super().__init__(where, start)
        self.campaign = Campaign.open(borrowed(self.connection))

    def answer(self, branch: str, move: str, person: str) -> dict[str, Any]:
        with self.transaction():
            self.write(branch, move, person)
            verdict = self.campaign.move(branch, move, by=person)
        return {"allowed": verdict.allowed}


class TellingHost(JoinedHost):
    """The same, and the answer with all findings and their texts."""

    def answer(self, branch: str, move: str, person: str) -> dict[str, Any]:
        with self.transaction():
            self.write(branch, move, person)
            verdict = self.campaign.move(branch, move, by=person)
        return self.campaign.as_json(verdict, "en")


class SeparateHost(Host):
    """The campaign in a file of its own: the row and the command each have their commit."""

    def __init__(self, where: Path, start: Path) -> None:
        super().__init__(where, start)
        own = fresh(where)
        shutil.copy(start, own)
        self.campaign = Campaign.open(own)

    def answer(self, branch: str, move: str, person: str) -> dict[str, Any]:
        with self.transaction():
            self.write(branch, move, person)
        return {"allowed": self.campaign.move(branch, move, by=person).allowed}

    def close(self) -> None:
        self.campaign.close()
        super().close()


def benches(where: Path) -> list[Bench]:
    start = prepared(where, BRANCHES)
    return [
        bench("A request to a Flask view that writes a row durably: half of the answers come within", where, start, median),
        bench("The same: 99 of 100 answers come within", where, start, lambda waits: quantiles(waits, n=100)[98]),
    ]


def bench(title: str, where: Path, start: Path, figure: Callable[[list[float]], float]) -> Bench:
    def side(name: str, host: type[Host]) -> Side:
        return Side(name, lambda: figure(waits(host(where, start))) * 1000)

    ours = side("the row, and the command in the same commit", JoinedHost)
    others = (
        side("the row alone, no engine", Host),
        side("both, answered with all findings as JSON", TellingHost),
        side("the row, and the command in a file of its own", SeparateHost),
    )
    return Bench(title=title, unit="ms", ours=ours, others=others, rounds=5, more_is_better=False)


def waits(host: Host) -> list[float]:
    """Seconds from sending to the answer, for every branch through all stages."""
    app = Flask(__name__)

    @app.post("/<branch>/<move>")
    def make(branch: str, move: str) -> dict[str, Any]:
        return host.answer(branch, move, request.form["person"])

    browser, found = app.test_client(), []
    for move in MOVES:
        for branch in branches(BRANCHES):
            began = perf_counter()
            answer = browser.post(f"/{branch}/{move}", data={"person": PEOPLE[move][0]})
            found.append(perf_counter() - began)
            if answer.json is None or not answer.json["allowed"]:
                raise RuntimeError(f"{branch} was refused {move}: {answer.text}")
    host.close()
    return found
