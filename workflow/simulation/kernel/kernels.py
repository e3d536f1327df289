"""The kernel for one network: in plain Python, or compiled where numba is installed. The same results to the last bit."""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol

from attrs import frozen

from workflow.errors import Misuse
from workflow.simulation.kernel import building, jit
from workflow.simulation.kernel.agenda import Agenda
from workflow.simulation.kernel.draws import MOST_NODES, MOST_VISITS, Draws
from workflow.simulation.kernel.loop import run
from workflow.simulation.kernel.network import Network
from workflow.simulation.kernel.results import Run, from_rows, result
from workflow.simulation.kernel.tables import Tables
from workflow.texts import Text

_WORD = 2**32


class Astray(Misuse):
    """A unit comes to one node again and again and finds no end. `unit` and `node` are indices."""

    code = "astray"

    def __init__(self, unit: int, node: int) -> None:
        count = MOST_VISITS + 1
        en = f"unit {unit} was at node {node} {count:,} times and found no end; make it likelier that one goes on from there"
        super().__init__(Text.of(en, f"第 {unit} 个单位到节点 {node} 已 {count:,} 次仍未结束；请提高从该处继续前进的比例"))
        self.unit, self.node = unit, node

    def __reduce__(self) -> tuple[type[Astray], tuple[int, int]]:
        return Astray, (self.unit, self.node)  # it comes from other processes


class Kernel(Protocol):
    """A network ready to be run."""

    @property
    def tables(self) -> Tables:
        """The network in rows."""
        ...

    def run(self, seed: int, replication: int) -> Run:
        """One replication. Raises `Astray`."""
        ...


def kernel(network: Network, *, compiled: bool | None = None) -> Kernel:
    """The compiled kernel where numba is installed, unless `compiled` is False; True asks for it. Raises `Misuse` where it is missing."""
    if len(network.nodes) > MOST_NODES:
        raise Misuse(Text.of(f"a network has {MOST_NODES:,} nodes at most", f"网络最多有 {MOST_NODES:,} 个节点"))
    if compiled is None:
        compiled = jit.installed()
    if compiled and not jit.installed():
        raise Misuse(
            Text.of(
                "numba is not installed: pip install 'campaign-workflow[simulate]'",
                "未安装 numba：pip install 'campaign-workflow[simulate]'",
            )
        )
    tables = building.tables(network)
    return _compiled(network, tables) if compiled else PlainKernel(network, tables)


def check_seed(seed: int, replications: int) -> None:
    """Raises `Misuse` where the generator has no such key."""
    if not (0 <= seed < _WORD and 0 <= replications <= _WORD):
        raise Misuse(
            Text.of(
                f"a seed is a whole number from 0 to {_WORD - 1:,}, not {seed:,}",
                f"随机种子应为 0 至 {_WORD - 1:,} 的整数，不能是 {seed:,}",
            )
        )


@frozen
class PlainKernel:
    """In plain Python."""

    network: Network
    tables: Tables

    def run(self, seed: int, replication: int) -> Run:
        tally = building.tally(self.network, self.tables)
        events, astray = run(self.tables, tally, Draws(seed, replication, len(tally.units)), Agenda())
        if astray >= 0:
            raise Astray(astray, tally.units[astray].where)
        return result(replication, events, tally, from_rows)


@frozen
class CompiledKernel:
    """In machine code. `arrays` and `before` are the tables and what a run starts with, as arrays."""

    tables: Tables
    arrays: Any
    before: Any
    machine: Any

    def run(self, seed: int, replication: int) -> Run:
        from workflow.simulation.kernel.arrays import agenda_in_arrays, copied, from_arrays

        tally = copied(self.before)
        events, astray = self.machine(self.arrays, tally, (seed, replication), agenda_in_arrays(tally))
        if astray >= 0:
            raise Astray(astray, int(tally.units["where"][astray]))
        return result(replication, events, tally, from_arrays)


def _compiled(network: Network, tables: Tables) -> CompiledKernel:
    from workflow.simulation.kernel.arrays import tables_in_arrays, tally_in_arrays

    return CompiledKernel(tables, tables_in_arrays(tables), tally_in_arrays(building.tally(network, tables)), _machine())


@cache
def _machine() -> Any:
    return jit.compiled(run)
