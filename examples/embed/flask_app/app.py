"""A clerk applies for a transfer on a page, is refused with reasons, makes up what is missing, and somebody else approves."""

import os
import secrets
from pathlib import Path
from uuid import uuid4

from flask import Flask, abort, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from workflow import Campaign, DatabaseFault, NotFound, Verdict, WorkflowError

RULES = Path(__file__).parent.parent  # transfer.yaml, and roster.csv: who is who

app = Flask(__name__)
app.secret_key = os.environ.get("SECRET_KEY") or secrets.token_hex()  # several processes need the same one
campaign = Campaign.open_or_create("transfer.db", RULES / "transfer.yaml")  # one for the process and all its threads
campaign.import_roster(RULES / "roster.csv")  # writes only what is new
people = {person.id: person for person in campaign.people()}  # stands for the users you have


@app.before_request
def check() -> None:
    g.lang = request.accept_languages.best_match(("en", "zh")) or "en"
    token = session.setdefault("token", secrets.token_urlsafe())
    if request.method == "POST" and not secrets.compare_digest(request.form.get("token", "").encode(), token.encode()):
        abort(400)  # not from a form of ours
    if request.endpoint not in ("index", "login") and session.get("person") not in people:
        abort(403)


@app.context_processor
def common() -> dict[str, object]:
    """For every page: texts in the reader's language, who reads it, and a new key for each form."""
    return {"say": lambda en, zh: zh if g.lang == "zh" else en, "people": people, "me": session.get("person"), "new_key": uuid4}


@app.get("/")
def index() -> str:
    return render_template("index.html", branches=campaign.branches())


@app.post("/login")
def login() -> Response:
    """Stands for your own: whoever comes through it acts under the id they have on the roster."""
    session["person"] = request.form["person"]
    return redirect(url_for("index"))


@app.get("/branches/<branch>")
def page(branch: str) -> str:
    outlook, answer = campaign.why(branch), request.args.get("answer", type=int)
    return render_template(
        "branch.html",
        answer=None if answer is None else campaign.as_json(campaign.verdict(branch, answer), g.lang),
        outlook=campaign.as_json(outlook, g.lang),
        missing={short.id for point in outlook.now for finding in point.verdict.findings for short in finding.short},
        members=campaign.members(branch),
        definition=campaign.definition,
    )


def shown(answer: Verdict) -> Response:
    """To the page, which reads the answer from the ledger, refused or not: to load it again sends no form again."""
    assert answer.event is not None  # a command's answer is kept
    return redirect(url_for("page", branch=answer.branch, answer=answer.event.seq), 303)


@app.post("/branches/<branch>/session")
def enter_session(branch: str) -> Response:
    fields, present = {"hours": request.form["hours"]}, request.form.getlist("present")  # texts: read by what the rules declare
    return shown(campaign.record(branch, "session", by=session["person"], fields=fields, lines=present, key=request.form["key"]))


@app.post("/branches/<branch>/summary")
def enter_summary(branch: str) -> Response:
    fields = {"subject": request.form["subject"]}
    return shown(campaign.record(branch, "summary", by=session["person"], fields=fields, key=request.form["key"]))


@app.post("/branches/<branch>/moves/<move>")
def make_move(branch: str, move: str) -> Response:
    """Sent twice (a double click) it has the same key: done once, with the first answer."""
    return shown(campaign.move(branch, move, by=session["person"], key=request.form["key"]))


@app.errorhandler(WorkflowError)
def wrong(error: WorkflowError) -> tuple[str, int]:
    """What makes no sense, such as an unknown branch. A refusal is none of these: it is an answer."""
    status = 404 if isinstance(error, NotFound) else 503 if isinstance(error, DatabaseFault) else 400
    return render_template("wrong.html", text=error.say(g.lang), code=error.code), status
