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
from workflow.store.tables import Line, Member

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
    answers = ours(campaign), one_aggregate(connection), query_per_branch(connection), why_by_why(campaign), query_per_member(campaign)
    if any(answer != answers[0] for answer in answers):
        raise RuntimeError("they do not all say the same")
    return [
        Bench(
            title=f"Study hours in {BRANCHES} branches: {sum(answers[0].values()):,} of {MEMBERS:,} fall short (seed {SEED})",
            unit="ms",
            ours=Side("campaign.outlooks", lambda: milliseconds(lambda: ours(campaign))),
            others=(
                Side("one SQL aggregate by hand", lambda: milliseconds(lambda: one_aggregate(connection)), aim=0.5),
                Side("one query a branch, by hand", lambda: milliseconds(lambda: query_per_branch(connection)), aim=50),
                Side("campaign.why, branch by branch", lambda: milliseconds(lambda: why_by_why(campaign))),
                Side("one query a member, peewee models", lambda: milliseconds(lambda: query_per_member(campaign))),
            ),
            rounds=5,
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


def why_by_why(campaign: Campaign) -> Short:
    """The same outlooks, asked for one branch at a time."""
    outlooks = {branch: campaign.why(branch) for branch, _ in campaign.branches()}
    return {b: len(f.short) for b, o in outlooks.items() for w in o.now for f in w.verdict.findings if f.code == "study_hours"}


def query_per_member(campaign: Campaign) -> Short:
    """What is written first with an ORM: for each member, fetch the lines and add them up."""
    found = dict.fromkeys((branch for branch, _ in campaign.branches()), 0)
    with campaign.store.db.bind_ctx([Member, Line]):
        for member in Member.select():
            lines = Line.select().where(Line.kind == "attendance", Line.branch == member.branch, Line.member == member.id, Line.live == 1)
            found[member.branch] += round(sum(line.f1 for line in lines), 9) < HOURS
    return found


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
