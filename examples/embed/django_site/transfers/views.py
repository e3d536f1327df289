"""A clerk applies for a transfer on a page, is refused with reasons, makes up what is missing, and somebody else approves."""

from collections.abc import Callable
from functools import wraps
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from transfers.campaign import campaign, people
from transfers.models import Application
from workflow import NotFound, Text, Verdict, WorkflowError

TAKEN = Text.of("{reference} has been used: nothing was entered", "文号 {reference} 已被使用：未录入任何内容")


def index(request: HttpRequest) -> HttpResponse:
    return shown(request, "index.html", branches=campaign().branches())


@require_POST
def login(request: HttpRequest) -> HttpResponse:
    """Stands for your own: whoever comes through it acts under the id they have on the roster (say, their `username`)."""
    request.session["person"] = request.POST["person"]
    return redirect("index")


def acting(request: HttpRequest) -> str:
    """Who is at the other end; raises `PermissionDenied` if nobody has come through `login`."""
    person = request.session.get("person")
    if person not in people():
        raise PermissionDenied
    return person


def page(request: HttpRequest, branch: str, answer: Verdict | None = None) -> HttpResponse:
    acting(request)
    outlook = campaign().why(branch)
    return shown(
        request,
        "branch.html",
        answer=None if answer is None else campaign().as_json(answer, language()),  # not `if answer`: a refusal is false
        outlook=campaign().as_json(outlook, language()),
        missing={short.id for point in outlook.now for finding in point.verdict.findings for short in finding.short},
        members=campaign().members(branch),
        applications=Application.objects.filter(branch=branch),
    )


def command(ask: Callable[..., Verdict]) -> Callable[..., HttpResponse]:
    """A view that shows the campaign's answer. Sent twice (a double click, a reload) a form has the same key, and is done once."""

    @require_POST
    @wraps(ask)
    def view(request: HttpRequest, branch: str, **rest: str) -> HttpResponse:
        try:
            answer = ask(request.POST, branch, by=acting(request), key=request.POST["key"], **rest)
        except IntegrityError:  # of our own row; and with it the ledger's event is gone
            return shown(request, "wrong.html", 409, text=TAKEN.say(language(), reference=request.POST["reference"]))
        return page(request, branch, answer)

    return view


@command
def apply(form: QueryDict, branch: str, **given: str) -> Verdict:
    """The site's row and the ledger's event in one transaction: both or neither. A refusal is an answer, and is kept like any."""
    with transaction.atomic():
        answer = campaign().move(branch, "apply", **given)
        if not answer.repeated:
            Application.objects.create(reference=form["reference"], branch=branch, event=answer.event.seq, allowed=answer.allowed)
    return answer


@command
def make_move(_form: QueryDict, branch: str, move: str, **given: str) -> Verdict:
    return campaign().move(branch, move, **given)


@command
def enter_session(form: QueryDict, branch: str, **given: str) -> Verdict:
    return campaign().record(branch, "session", fields={"hours": form["hours"]}, lines=form.getlist("present"), **given)


@command
def enter_summary(form: QueryDict, branch: str, **given: str) -> Verdict:
    return campaign().record(branch, "summary", fields={"subject": form["subject"]}, **given)


class Wrong:
    """Middleware that says what makes no sense, such as an unknown branch."""

    def __init__(self, view: Callable[[HttpRequest], HttpResponse]) -> None:
        self.view = view

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.view(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, WorkflowError):
            return None
        return shown(request, "wrong.html", 404 if isinstance(error, NotFound) else 400, text=error.say(language()))


def language() -> str:
    """Of the reader, as Django's LocaleMiddleware has it from the browser."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def shown(request: HttpRequest, template: str, status: int = 200, **values: object) -> HttpResponse:
    common = {"zh": language() == "zh", "people": people(), "me": request.session.get("person"), "new_key": uuid4}
    return render(request, template, common | values, status=status)
