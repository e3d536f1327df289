"""A network as tables, for Python and for compiled code; and what a replication starts with."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import nan

import attrs

from workflow.simulation.kernel.draws import MOST_VISITS
from workflow.simulation.kernel.laws import LawRow, law_row
from workflow.simulation.kernel.network import Network, Node, Server, Traveller
from workflow.simulation.kernel.tables import EFFECTS, ORDERS, CauseRow, NodeRow, NodeTally, ServerRow, Tables, Tally, UnitRow, WayRow
from workflow.simulation.plan.model import Distribution


@attrs.define
class _Laws:
    """Every law once."""

    rows: list[LawRow] = attrs.field(factory=list)
    values: list[float] = attrs.field(factory=list)
    known: dict[Distribution, int] = attrs.field(factory=dict)

    def index(self, law: Distribution) -> int:
        if law not in self.known:
            self.known[law] = len(self.rows)
            self.rows.append(law_row(law, self.values))
        return self.known[law]


def tables(network: Network) -> Tables:
    """The network in rows, as Python reads it."""
    laws, ways, causes = _Laws(), list[WayRow](), list[CauseRow]()
    nodes = [_node(node, laws, ways, causes) for node in network.nodes]
    opened = [float(day) for day in network.open_days]
    worked = list(accumulate(opened, initial=0.0))
    week = list(network.weeks) or [0] * max(len(opened), 1)
    ends = [0.0] * (max(week) + 1)
    for day, its in enumerate(week):
        ends[its] = worked[day + 1] if opened else day + 1.0
    return Tables(
        nodes=nodes,
        ways=ways,
        causes=causes,
        laws=laws.rows,
        values=laws.values or [0.0],
        opened=opened,
        worked=worked,
        open_days=[day for day, is_open in enumerate(opened) if is_open],
        week=week,
        week_ends=ends,
        always_open=int(all(network.open_days)),
        days=len(opened),
        stages=network.stages,
    )


def _node(node: Node, laws: _Laws, ways: list[WayRow], causes: list[CauseRow]) -> NodeRow:
    row = NodeRow(
        law=laws.index(node.takes),
        working=int(node.unit == "working_days" or node.server >= 0),
        until_planned_end=int(node.until_planned_end),
        server=node.server,
        by_group=int(node.each_group),
        focus=-1 if node.focus is None else laws.index(node.focus),
        first=len(ways),
        width=len(node.ways),
        attempts=max(len(way.shares) for way in node.ways),
        first_cause=len(causes),
        causes=len(node.causes),
        stage=node.stage,
    )
    for attempt in range(row.attempts):
        upto = _upto([way.shares[min(attempt, len(way.shares) - 1)] for way in node.ways])
        for way, share in zip(node.ways, upto, strict=True):
            effect, law = EFFECTS[way.effect], laws.index(way.days)
            ways.append(WayRow(share, way.to, effect, law, int(way.unit == "working_days"), int(way.fails)))
    causes.extend(CauseRow(upto, cause) for upto, (cause, _) in zip(_upto([share for _, share in node.causes]), node.causes, strict=True))
    return row


def _upto(shares: Sequence[float]) -> list[float]:
    """Added up and scaled to 1; from the last that is not 0 on, exactly 1, so that every draw finds its way."""
    total = sum(shares)
    return [1.0 if not any(shares[index + 1 :]) else so_far / total for index, so_far in enumerate(accumulate(shares))]


def unit_row(unit: Traveller) -> UnitRow:
    return UnitRow(
        where=unit.node,
        group=unit.group,
        focus=int(unit.focus),
        begun=int(unit.elapsed > 0 or unit.passed > 0),
        planned_end=unit.planned_end,
        start=unit.start,
        size=unit.size,
        elapsed=unit.elapsed,
        passed=unit.passed,
    )


def server_row(server: Server) -> ServerRow:
    return ServerRow(server.places, ORDERS[server.order])


def visits(network: Network) -> list[int]:
    """Unit x node: how often it had been there before the beginning."""
    before = [0] * (len(network.units) * len(network.nodes))
    for index, unit in enumerate(network.units):
        for node, count in unit.attempts:
            before[index * len(network.nodes) + node] = min(count, MOST_VISITS + 1)  # as much as compiled code can hold
    return before


def tally(network: Network, rows: Tables) -> Tally:
    """What a replication starts with, as Python reads it."""
    units = len(network.units)
    return Tally(
        units=[unit_row(unit) for unit in network.units],
        servers=[server_row(server) for server in network.servers],
        nodes=[NodeTally() for _ in network.nodes],
        visits=visits(network),
        entered=[nan] * (units * network.stages),
        busy=[0.0] * (len(network.servers) * len(rows.week_ends)),
        taken=[0] * len(rows.ways),
        failed=[0] * network.causes,
        lost=[0.0] * network.causes,
    )
