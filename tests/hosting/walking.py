"""An example of examples/embed, started as its README says, and a visitor who fills in its forms as a browser would."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import httpx
from attrs import field, frozen

from tests.story import ROOT
from workflow import Campaign

EMBED = ROOT / "examples" / "embed"
CHINESE = "zh-CN,zh;q=0.9,en;q=0.5"
PATIENCE = 60  # seconds until a server that does not answer is given up
BRANCH = "labour-bureau"


@frozen
class Server:
    """A server that answers at `url`; it runs in `folder` and writes what it has to say to `log`."""

    url: str
    folder: Path
    log: Path
    leaving: ExitStack = field(factory=ExitStack)  # visitors leave before the server ends

    def visitor(self, language: str) -> httpx.Client:
        browser = httpx.Client(
            base_url=self.url, headers={"Accept-Language": language}, follow_redirects=True, trust_env=False, timeout=PATIENCE
        )
        return self.leaving.enter_context(browser)


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "WORKFLOW_", "PYTEST_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return kept | {"PATH": path, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUNBUFFERED": "1"}


def copied(name: str, where: Path) -> Path:
    """The example and what its README says lies beside it, and nothing else."""
    for each in ("transfer.yaml", "roster.csv"):
        shutil.copy(EMBED / each, where)
    return Path(shutil.copytree(EMBED / name, where / name, ignore=shutil.ignore_patterns("__pycache__", "*.db*")))


@contextmanager
def started(name: str, where: Path, port_option: str) -> Iterator[Server]:
    """By the two commands of its README, on a port of our own. What is installed has to be what the example asks for."""
    folder, port = copied(name, where), free_port()
    install, start = commands(name)
    check_installed(name, install)
    with (where / "log").open("wb") as log:
        command = [*start.split(), *port_option.format(port=port).split()]
        process = subprocess.Popen(command, cwd=folder, env=environment(), stdout=log, stderr=subprocess.STDOUT)
    server = Server(f"http://127.0.0.1:{port}", folder, where / "log")
    try:
        await_answer(server, process)
        with server.leaving:
            yield server
    finally:
        process.terminate()
        process.wait(PATIENCE)


@cache
def check_installed(name: str, install: str) -> None:
    """The first command, in an environment that has the package already: nothing may be left to install."""
    assert (EMBED / name / "../../..").resolve() == ROOT
    command = install.replace("../../.. ", "").split()
    done = subprocess.run(command, cwd=EMBED / name, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def commands(name: str) -> list[str]:
    found = re.findall(r"```sh\n(.*?)```", (EMBED / name / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    lines: list[str] = "".join(found).splitlines()
    assert len(lines) == 2, "an example starts with two commands"
    return lines


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def await_answer(server: Server, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        with suppress(httpx.TransportError):
            httpx.get(server.url, trust_env=False)
            return
        time.sleep(0.05)
    raise AssertionError(f"the server does not answer:\n{server.log.read_text(encoding='utf-8')}")


class Page(HTMLParser):
    """A page as a visitor sees it: its text, and for each form what would be sent, by the path it is sent to."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.status = answer.status_code
        self.text = ""
        self.forms: dict[str, dict[str, list[str]]] = {}
        self._form: dict[str, list[str]] = {}
        self.feed(answer.text)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._form = self.forms.setdefault(str(given["action"]), {})
        name, of_box = given.get("name"), given.get("type") == "checkbox"
        if tag == "input" and name and (not of_box or "checked" in given):
            self._form.setdefault(name, []).append(given.get("value") or "")

    def handle_data(self, data: str) -> None:
        self.text += data


class Walk:
    """What somebody does on the pages, one form after the other."""

    def __init__(self, server: Server, person: str, language: str = "en") -> None:
        self.browser = server.visitor(language)
        self.page = Page(self.browser.get("/"))
        self.send("/login", person=person)
        self.open()

    def open(self) -> Page:
        self.page = Page(self.browser.get(f"/branches/{BRANCH}"))
        return self.page

    def send(self, path: str, **filled: str | list[str]) -> Page:
        """The form of the page that is sent to `path`, with what was filled in."""
        form = self.page.forms[path] | {name: value if isinstance(value, list) else [value] for name, value in filled.items()}
        self.page = Page(self.browser.post(path, data=form))
        return self.page

    def act(self, path: str, **filled: str | list[str]) -> Page:
        return self.send(f"/branches/{BRANCH}/{path}", **filled)


def kinds(db: Path) -> list[str]:
    """What happened to the branch, in order; nobody has rewritten it."""
    with Campaign.open(db) as campaign:
        proof = campaign.verify()
        assert (proof.breaks, proof.differences) == ((), ())
        return [event.kind for event in campaign.timeline(BRANCH)]


def check_verified(db: Path, events: int) -> None:
    """The same, by the command line: so many events of the branch and of the campaign."""
    command = [sys.executable, "-m", "workflow", "verify", "--db", str(db)]
    done = subprocess.run(command, cwd=db.parent, env=environment(), capture_output=True, text=True, check=False)
    assert f"The ledger is whole: {events} events in 2 streams" in done.stdout, done.stdout + done.stderr
