"""Who has studied less than 40 hours, in every branch of a district: the requirement of 782 branches at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from time import perf_counter

from tests.benchmarks.measure import Bench, Side
from tests.benchmarks.process import durable, fresh
from workflow.engine.campaign import Campaign

DEFINITION = Path(__file__).with_name("district.yaml")
BRANCHES, MEMBERS, SESSIONS, HOURS, SEED = 782, 14_972, 20, 40, 2005
INSTANT = "2005-02-16T01:00:00.000000Z"

Short = dict[str, int]  # branch -> how many of its members fall short

# Nobody is left out: who has no line at all has studied no hours. Nine decimals, as everywhere.
_ALL = """
SELECT m.branch, SUM(COALESCE(studied.hours, 0) < ?)
FROM workflow_member m
LEFT JOIN (
  SELECT branch, member, ROUND(SUM(f1), 9) AS hours FROM workflow_line
  WHERE kind = 'attendance' AND live = 1 GROUP BY branch, member
) studied ON studied.branch = m.branch AND studied.member = m.id
GROUP BY m.branch"""
_ONE = """
SELECT COALESCE(SUM(hours < ?), 0) FROM (
  SELECT ROUND(COALESCE(SUM(l.f1), 0), 9) AS hours
  FROM workflow_member m
  LEFT JOIN workflow_line l ON l.kind = 'attendance' AND l.branch = m.branch AND l.member = m.id AND l.live = 1
  WHERE m.branch = ?
  GROUP BY m.id
)"""


def benches(where: Path) -> list[Bench]:
    path = district(where)
    campaign, connection = Campaign.open(path), durable(path)
    answers = ours(campaign), one_aggregate(connection), query_per_branch(connection)
    if not answers[0] == answers[1] == answers[2]:
        raise RuntimeError("the three do not say the same")
    return [
        Bench(
            title=f"Study hours in {BRANCHES} branches: {sum(answers[0].values()):,} of {MEMBERS:,} fall short (seed {SEED})",
            unit="ms",
            ours=Side("campaign.outlooks", lambda: milliseconds(lambda: ours(campaign))),
            others=(
                Side("one SQL aggregate by hand", lambda: milliseconds(lambda: one_aggregate(connection))),
                Side("one query a branch, by hand", lambda: milliseconds(lambda: query_per_branch(connection))),
            ),
            more_is_better=False,
        )
    ]


def milliseconds(answer: Callable[[], Short]) -> float:
    began = perf_counter()
    answer()
    return (perf_counter() - began) * 1000


def ours(campaign: Campaign) -> Short:
    """The finding of every branch, with everything an outlook says besides."""
    waypoints = ((branch, waypoint) for branch, outlook in campaign.outlooks().items() for waypoint in outlook.now)
    return {branch: len(f.short) for branch, waypoint in waypoints for f in waypoint.verdict.findings if f.code == "study_hours"}


def one_aggregate(connection: sqlite3.Connection) -> Short:
    """What a hand-written report would ask: members without attendance count as zero hours."""
    return dict(connection.execute(_ALL, (HOURS,)))


def query_per_branch(connection: sqlite3.Connection) -> Short:
    names = [branch for (branch,) in connection.execute("SELECT id FROM workflow_branch")]
    return {branch: connection.execute(_ONE, (HOURS, branch)).fetchone()[0] for branch in names}


def district(where: Path) -> Path:
    """A campaign whose tables hold a district. Written past the ledger: only reading is measured here."""
    path = fresh(where)
    Campaign.create(path, DEFINITION).close()
    names = [f"branch-{number:03}" for number in range(BRANCHES)]
    members = [(f"member-{number:05}", names[number % BRANCHES]) for number in range(MEMBERS)]
    connection = durable(path)
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO workflow_branch (id, title, fields, state, attempt, number, entered, since, extended, closed, done) "
        "VALUES (?1, ?1, '{}', 'learning.working', 1, 1, ?2, ?2, 0, '[]', '{}')",
        [(name, INSTANT) for name in names],
    )
    connection.executemany("INSERT INTO workflow_member VALUES (?1, ?2, ?1, 'in_post', '[]', '{}')", members)
    connection.executemany(
        'INSERT INTO workflow_line (kind, branch, member, seq, line, happened, recorded, "by", live, f1, f2) '
        "VALUES ('attendance', ?, ?, ?, ?, '2005-02-16', ?, 'li', 1, ?, 'collective')",
        attendance(members),
    )
    connection.execute("COMMIT")
    connection.close()
    return path


def attendance(members: list[tuple[str, str]]) -> Iterator[tuple[str, str, int, int, str, float]]:
    """Nearly everybody at nearly every session of 2.1 hours; one in a hundred at none."""
    random = Random(SEED)
    for line, (member, branch) in enumerate(members):
        present = 0.0 if random.random() < 0.01 else 0.995
        for session in range(SESSIONS):
            if random.random() < present:
                yield branch, member, session + 2, line, INSTANT, 2.1
