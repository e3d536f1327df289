"""A clerk applies for a transfer on a page, is refused with reasons, makes up what is missing, and somebody else approves."""

import csv
import os
import secrets
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask, abort, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from workflow import Campaign, DatabaseFault, Misuse, NotFound, Verdict, WorkflowError

RULES = Path(__file__).parent.parent  # transfer.yaml, and roster.csv: who is who
with (RULES / "roster.csv").open(encoding="utf-8") as file:
    PEOPLE = {row["person"]: row for row in csv.DictReader(file)}  # stands for the users you have


def opened(db: str) -> Campaign:
    """The campaign, created if there is none yet: of several processes that begin at once, one creates it."""
    try:
        found = Campaign.create(db, RULES / "transfer.yaml")
    except Misuse as misuse:
        if misuse.code != "campaign-exists":
            raise
        found = Campaign.open(db)
    found.import_roster(RULES / "roster.csv")  # writes only what is new
    return found


app = Flask(__name__)
app.secret_key = os.environ.get("SECRET_KEY") or secrets.token_hex()  # several processes need the same one
campaign = opened("transfer.db")  # one for the process: each thread gets a connection of its own


@app.before_request
def check() -> None:
    g.lang = request.accept_languages.best_match(("en", "zh")) or "en"
    token = session.setdefault("token", secrets.token_urlsafe())
    if request.method == "POST" and not secrets.compare_digest(request.form.get("token", "").encode(), token.encode()):
        abort(400)  # not from a form of ours
    if request.endpoint not in ("index", "login") and session.get("person") not in PEOPLE:
        abort(403)


@app.context_processor
def common() -> dict[str, object]:
    """For every page: texts in the reader's language, who reads it, and a new key for each form."""
    return {"say": lambda en, zh: zh if g.lang == "zh" else en, "people": PEOPLE, "me": session.get("person"), "new_key": uuid4}


@app.get("/")
def index() -> str:
    return render_template("index.html", branches=campaign.branches())


@app.post("/login")
def login() -> Response:
    """Stands for your own: whoever comes through it acts under the id they have on the roster."""
    session["person"] = request.form["person"]
    return redirect(url_for("index"))


def shown(answer: Verdict) -> dict[str, Any]:
    """The answer in the reader's language, and of its findings those that stand in the way."""
    said, standing = campaign.as_json(answer, g.lang), {finding.code for finding in answer.standing}
    return said | {"reasons": [finding for finding in said["findings"] if finding["code"] in standing]}


@app.get("/branches/<branch>")
def page(branch: str, answer: Verdict | None = None) -> str:
    outlook = campaign.why(branch)
    return render_template(
        "branch.html",
        answer=None if answer is None else shown(answer),  # not `if answer`: a refusal is false
        outlook=campaign.as_json(outlook, g.lang),
        missing={short.id for point in outlook.now for finding in point.verdict.findings for short in finding.short},
        members=[person for person in PEOPLE.values() if person["branch"] == branch],
        definition=campaign.definition,
    )


@app.post("/branches/<branch>/session")
def enter_session(branch: str) -> str:
    fields, present = {"hours": request.form.get("hours", type=float)}, request.form.getlist("present")
    answer = campaign.record(branch, "session", by=session["person"], fields=fields, lines=present, key=request.form["key"])
    return page(branch, answer)


@app.post("/branches/<branch>/summary")
def enter_summary(branch: str) -> str:
    fields = {"subject": request.form["subject"]}
    return page(branch, campaign.record(branch, "summary", by=session["person"], fields=fields, key=request.form["key"]))


@app.post("/branches/<branch>/moves/<move>")
def make_move(branch: str, move: str) -> str:
    """Sent twice (a double click, a reload) it has the same key: done once, with the first answer."""
    return page(branch, campaign.move(branch, move, by=session["person"], key=request.form["key"]))


@app.errorhandler(WorkflowError)
def wrong(error: WorkflowError) -> tuple[str, int]:
    """What makes no sense, such as an unknown branch. A refusal is none of these: it is an answer."""
    status = 404 if isinstance(error, NotFound) else 503 if isinstance(error, DatabaseFault) else 400
    return render_template("wrong.html", text=error.say(g.lang), code=error.code), status
