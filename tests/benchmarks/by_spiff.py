"""The process with SpiffWorkflow: BPMN user tasks; the workflow lies in a row as JSON, read and written with each move."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

from tests.benchmarks.process import STAGES, may, plain

_TABLE = "CREATE TABLE process (id TEXT PRIMARY KEY, workflow TEXT NOT NULL, completed INTEGER NOT NULL);"
_AUDIT = "INSERT INTO audit (branch, at, person, move, source, target) VALUES (?, ?, ?, ?, ?, ?)"
_NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def bpmn() -> str:
    """start -> learning_apply -> learning_approve -> analysis_apply -> ... -> end"""
    tasks = [f"{stage}_{move}" for stage in STAGES for move in ("apply", "approve")]
    nodes = ["start", *tasks, "end"]
    flows = [f'<sequenceFlow id="to_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairwise(nodes)]
    parts = ['<startEvent id="start"/>', *(f'<userTask id="{task}" name="{task}"/>' for task in tasks), '<endEvent id="end"/>', *flows]
    body = "\n".join(parts)
    process = f'<process id="transfer" isExecutable="true">{body}</process>'
    return f'<definitions xmlns="{_NAMESPACE}" id="definitions" targetNamespace="bench">{process}</definitions>'


@cache
def begun() -> str:
    """The workflow at its first task."""
    parser = BpmnParser()
    parser.add_bpmn_str(bpmn().encode())
    workflow = BpmnWorkflow(parser.get_spec("transfer"))
    workflow.do_engine_steps()
    text: str = BpmnWorkflowSerializer().serialize_json(workflow)
    return text


class SpiffMover:
    def __init__(self, where: Path) -> None:
        self.serializer = BpmnWorkflowSerializer()
        self.connection = plain(where, _TABLE, "INSERT INTO process VALUES (?, ?, 0)", begun())

    def move(self, branch: str, move: str, person: str) -> bool:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            made = self._move(self.connection, branch, move, person)
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        return made

    def _move(self, connection: sqlite3.Connection, branch: str, move: str, person: str) -> bool:
        (text,) = connection.execute("SELECT workflow FROM process WHERE id = ?", (branch,)).fetchone()
        workflow = self.serializer.deserialize_json(text)
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        source = task.task_spec.name
        if not (source.endswith(f"_{move}") and may(connection, branch, move, person)):
            return False
        task.data["person"] = person
        task.run()
        workflow.do_engine_steps()
        following = workflow.get_next_task(state=TaskState.READY, manual=True)
        target = "finished" if following is None else following.task_spec.name
        row = (self.serializer.serialize_json(workflow), int(workflow.completed), branch)
        connection.execute("UPDATE process SET workflow = ?, completed = ? WHERE id = ?", row)
        connection.execute(_AUDIT, (branch, datetime.now(UTC).isoformat(), person, move, source, target))
        return True

    def finished(self) -> int:
        found: int = self.connection.execute("SELECT count(*) FROM process WHERE completed = 1").fetchone()[0]
        return found

    def close(self) -> None:
        self.connection.close()
