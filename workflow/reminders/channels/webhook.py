"""Messages to another program, over HTTP."""

from __future__ import annotations

import json
from http import HTTPStatus
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from attrs import Attribute, field, frozen

from workflow.errors import Misuse
from workflow.reminders.channels.base import PATIENCE, unreachable
from workflow.reminders.message import ChannelFault, Message
from workflow.texts import Text

# What a server answers to a message it will never take; anything else may be mended at its end or ours.
_FINAL = {HTTPStatus.BAD_REQUEST, HTTPStatus.GONE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
_OURS = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}


class _Stay(HTTPRedirectHandler):
    """Followed, a POST would become a GET, and the token go elsewhere."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _check(_instance: object, _attribute: Attribute[str], url: str) -> None:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None and (parts.port or 1) > 0
    except ValueError:
        sound = False
    if not sound or not url.isascii() or not url.isprintable() or " " in url:
        en = "WORKFLOW_WEBHOOK_URL: expected http:// or https://, a host and no password (the token has a variable of its own)"
        raise Misuse(Text.of(en, "WORKFLOW_WEBHOOK_URL：应以 http:// 或 https:// 开头，含主机名，不含密码（令牌另设变量）"), "webhook-url")


@frozen
class Webhook:
    """POSTs each message as JSON to a URL; `token`, if any, goes with it as a bearer token. Raises `Misuse` for what is no such URL."""

    url: str = field(repr=False, validator=_check)
    token: str = field(default="", repr=False)
    patience: float = PATIENCE
    name: str = "webhook"

    def send(self, message: Message) -> str:
        """The server's status."""
        try:
            with build_opener(_Stay()).open(self._request(message), timeout=self.patience) as answer:
                return _status(answer.status)
        except HTTPError as problem:
            problem.close()
            raise self._answered(problem.code) from None
        except URLError as problem:
            reason = problem.reason
            raise unreachable(self._where, reason if isinstance(reason, OSError) else OSError(0, "")) from None
        except OSError as problem:
            raise unreachable(self._where, problem) from None
        except HTTPException:
            text = Text.of(f"{self._where} did not answer as HTTP servers do", f"{self._where} 的答复不符合 HTTP 协议")
            raise ChannelFault(text, down=True) from None

    @property
    def _where(self) -> str:
        """The host alone: a path may be a secret."""
        return urlsplit(self.url).netloc

    def _request(self, message: Message) -> Request:
        headers = {"Content-Type": "application/json; charset=utf-8", "X-Idempotency-Key": message.key}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return Request(self.url, json.dumps(message.as_json(), ensure_ascii=False).encode(), headers, method="POST")

    def _answered(self, code: int) -> ChannelFault:
        text = Text.of(f"{self._where} answered {_status(code)}", f"{self._where} 答复 {_status(code)}")
        return ChannelFault(text, final=code in _FINAL, down=code in _OURS)


def _status(code: int) -> str:
    """The number and its standard name; the server's own words may repeat what we sent."""
    return f"{code} {HTTPStatus(code).phrase}" if code in {*HTTPStatus} else str(code)
