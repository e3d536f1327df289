"""HTTP from here to others: one POST, and what came of it, in words that hold no secret."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from attrs import frozen

from workflow.definition.foreign import foreign
from workflow.texts import Text

PATIENCE = 30.0  # seconds to wait for an answer


@frozen
class Answer:
    """What came of a request: the `status`, or None where no server answered, and a `text` that says so, of the host alone.

    `heard` tells that the request went out in full: without a status it may have been taken all the same.
    """

    status: int | None
    text: Text
    heard: bool = True

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class _Stay(HTTPRedirectHandler):
    """Followed, a POST would become a GET, and what is secret in its headers go elsewhere."""

    def redirect_request(self, *_: Any) -> None:
        return None


def post(url: str, body: bytes, headers: Mapping[str, str], patience: float = PATIENCE) -> Answer:
    """POST `body`, wait `patience` seconds for an answer, and follow no redirection."""
    where = urlsplit(url).netloc
    try:
        with build_opener(_Stay()).open(Request(url, body, dict(headers), method="POST"), timeout=patience) as answer:
            return _answered(where, answer.status)
    except HTTPError as problem:
        problem.close()
        return _answered(where, problem.code)
    except URLError as problem:
        reason = problem.reason
        return Answer(None, no_answer(where, reason if isinstance(reason, OSError) else OSError(0, "")), heard=False)
    except OSError as problem:
        return Answer(None, no_answer(where, problem))
    except HTTPException:
        return Answer(None, Text.of(f"{where} did not answer as HTTP servers do", f"{where} 的答复不符合 HTTP 协议"))


def is_address(url: str) -> bool:
    """http:// or https://, a host and no password: that would stand wherever the host is named."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False
    return sound and url.isascii() and url.isprintable() and " " not in url


def named(status: int) -> str:
    """The number and its standard name; the server's own words may repeat what we sent."""
    return f"{status} {HTTPStatus(status).phrase}" if status in {*HTTPStatus} else str(status)


def no_answer(where: str, problem: OSError) -> Text:
    """What the network said of `where`, a host."""
    why = _why(problem)
    return Text.of(f"{where}: {why.say('en')}", f"{where}：{why.say('zh')}")


def _answered(where: str, status: int) -> Answer:
    return Answer(status, Text.of(f"{where} answered {named(status)}", f"{where} 答复 {named(status)}"))


def _why(problem: OSError) -> Text:
    match problem:
        case TimeoutError():
            return Text.of("no answer in time", "未在限时内答复")
        case ConnectionRefusedError():
            return Text.of("it refuses connections; is it running?", "拒绝连接，服务是否在运行？")
        case ConnectionError():
            return Text.of("it broke the connection off", "连接中断")
        case socket.gaierror():
            return Text.of("there is no such host", "没有这台主机")
        case ssl.SSLError(reason=reason):
            return Text.of(f"no secure connection: {reason}", f"无法建立安全连接：{reason}")
        case _:
            return foreign(problem.strerror or type(problem).__name__)
