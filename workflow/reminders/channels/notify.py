"""Messages through Apprise, which knows WeCom, DingTalk, Feishu and a hundred services more. It is an extra."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from urllib.parse import quote

from attrs import field, frozen

from workflow.reminders.message import ChannelFault, Message
from workflow.texts import Text

_UNKNOWN_URL = Text.of("WORKFLOW_NOTIFY_URL is no address Apprise knows", "WORKFLOW_NOTIFY_URL 不是 Apprise 支持的地址")
_NOT_TAKEN = Text.of("the service behind WORKFLOW_NOTIFY_URL did not take it", "WORKFLOW_NOTIFY_URL 所指的服务未接受消息")


def _apprise() -> ModuleType:
    """The library. Raises `ChannelFault` with the line to install it if it is not there: other channels go on without it."""
    try:
        import apprise
    except ImportError:
        line = "pip install 'campaign-workflow[notify]'"
        text = Text.of(f"this channel needs Apprise: {line}", f"此通道需要 Apprise：{line}")
        raise ChannelFault(text, down=True) from None
    found: ModuleType = apprise
    return found


@frozen
class Notify:
    """A service by its Apprise URL, in which `{to}` stands for the person's address there."""

    url: str = field(repr=False)
    name: str = "notify"

    def send(self, message: Message) -> str:
        library = _apprise()
        with _silence():
            service = library.Apprise()
            if not service.add(self.url.replace("{to}", quote(message.address, safe=""))):
                raise ChannelFault(_UNKNOWN_URL, down=True)
            body = f"{message.letter.text.rstrip()}\n\n[{message.key}]"
            if not service.notify(title=message.letter.subject, body=body):
                raise ChannelFault(_NOT_TAKEN)
        return "taken"


@contextmanager
def _silence() -> Iterator[None]:
    """Apprise writes the URLs it cannot read to its log, keys included."""
    log = logging.getLogger("apprise")
    log.addFilter(_nothing)
    try:
        yield
    finally:
        log.removeFilter(_nothing)


def _nothing(_record: logging.LogRecord) -> bool:
    return False
