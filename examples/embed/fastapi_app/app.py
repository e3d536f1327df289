"""A clerk applies for a transfer, is refused with reasons, makes up what is missing, and somebody else approves: JSON, asynchronous."""

import logging
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from attrs import asdict
from fastapi import Body, Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import FileResponse, JSONResponse
from starlette.middleware.sessions import SessionMiddleware

from workflow import Campaign, DatabaseFault, Event, NotFound, WorkflowError
from workflow.hosting import AsyncCampaign

HERE = Path(__file__).parent
RULES = HERE.parent  # transfer.yaml, and roster.csv: who is who
DB = "transfer.db"

log = logging.getLogger("uvicorn.error")


def opened() -> Campaign:
    """Called on the thread the campaign will live on."""
    campaign = Campaign.open_or_create(DB, RULES / "transfer.yaml")
    campaign.import_roster(RULES / "roster.csv")  # writes only what is new
    return campaign


def committed(events: tuple[Event, ...]) -> None:
    """On the loop: here a host would wake up whoever waits for news."""
    for event in events:
        log.info("committed: %s #%d %s", event.branch, event.seq, event.kind)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncCampaign(opened) as campaign:
        await campaign.after_commit(committed)
        app.state.campaign = campaign
        app.state.people = await campaign.ask(lambda found: {person.id: person for person in found.people()})  # the users you have
        yield  # when the server ends, what stands in the queue is carried out and answered


app = FastAPI(title="Transfers", lifespan=lifespan)
# Several processes need the same key. The cookie is not sent along by forms of other sites (SameSite=Lax), and only JSON is taken.
app.add_middleware(SessionMiddleware, secret_key=os.environ.get("SECRET_KEY") or secrets.token_hex())


async def language(accept_language: Annotated[str, Header()] = "en") -> str:
    """The first of ours that the browser names."""
    named = (tag.strip()[:2].lower() for tag in accept_language.split(","))
    return next((tag for tag in named if tag in ("en", "zh")), "en")


async def acting(request: Request) -> str:
    """Stands for your own: the id on the roster of whoever is logged in."""
    person = request.session.get("person")
    if person not in request.app.state.people:
        raise HTTPException(403)
    return str(person)


async def hosted(request: Request) -> AsyncCampaign:
    found: AsyncCampaign = request.app.state.campaign
    return found


Host = Annotated[AsyncCampaign, Depends(hosted)]
Lang = Annotated[str, Depends(language)]
Person = Annotated[str, Depends(acting)]
Key = Annotated[str, Header(alias="Idempotency-Key")]  # sent twice it is done once, and answered as the first time


@app.get("/")
async def page() -> FileResponse:
    return FileResponse(HERE / "page.html")


@app.get("/api/people")
async def people(request: Request) -> dict[str, Any]:
    return {"people": [asdict(person) for person in request.app.state.people.values()], "me": request.session.get("person")}


@app.post("/api/login")
async def login(request: Request, person: Annotated[str, Body(embed=True)]) -> None:
    request.session["person"] = person


@app.get("/api/branches/{branch}")
async def why(host: Host, lang: Lang, _: Person, branch: str) -> dict[str, Any]:
    return await host.ask(lambda campaign: campaign.as_json(campaign.why(branch), lang))


@app.post("/api/branches/{branch}/moves/{move}")
async def make_move(host: Host, lang: Lang, person: Person, key: Key, branch: str, move: str) -> dict[str, Any]:
    """200 for a refusal as well: it is an answer, with `allowed` false and the reasons."""
    return await host.command(lambda campaign: campaign.as_json(campaign.move(branch, move, by=person, key=key), lang))


@app.post("/api/branches/{branch}/records/{kind}")
async def enter(
    host: Host,
    lang: Lang,
    person: Person,
    key: Key,
    branch: str,
    kind: str,
    fields: Annotated[dict[str, Any], Body()],
    lines: Annotated[list[str], Body()] = [],  # noqa: B006
) -> dict[str, Any]:
    def entered(campaign: Campaign) -> dict[str, Any]:
        return campaign.as_json(campaign.record(branch, kind, by=person, fields=fields, lines=lines, key=key), lang)

    return await host.command(entered)


@app.exception_handler(WorkflowError)
async def wrong(request: Request, error: WorkflowError) -> JSONResponse:
    """What makes no sense, such as an unknown branch."""
    status = 404 if isinstance(error, NotFound) else 503 if isinstance(error, DatabaseFault) else 400
    lang = await language(request.headers.get("accept-language", "en"))
    return JSONResponse({"code": error.code, "text": error.say(lang)}, status)
