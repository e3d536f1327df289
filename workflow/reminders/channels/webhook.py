"""Messages to another program, over HTTP."""

from __future__ import annotations

import json
from http import HTTPStatus

from attrs import Attribute, field, frozen

from workflow.errors import Misuse
from workflow.reminders.message import ChannelFault, Message
from workflow.texts import Text
from workflow.web import PATIENCE, is_address, named, post

# What a server answers to a message it will never take; anything else may be mended at its end or ours.
_FINAL = {HTTPStatus.BAD_REQUEST, HTTPStatus.GONE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
_OURS = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}


def _check(_instance: object, _attribute: Attribute[str], url: str) -> None:
    if not is_address(url):
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
        body = json.dumps(message.as_json(), ensure_ascii=False).encode()
        answer = post(self.url, body, self._headers(message), self.patience)
        if answer.status is None:
            raise ChannelFault(answer.text, down=True)
        if not answer.taken:
            raise ChannelFault(answer.text, final=answer.status in _FINAL, down=answer.status in _OURS)
        return named(answer.status)

    def _headers(self, message: Message) -> dict[str, str]:
        headers = {"Content-Type": "application/json; charset=utf-8", "X-Idempotency-Key": message.key}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers
