"""What a channel is, and what channels have in common."""

from __future__ import annotations

import socket
import ssl
from typing import Protocol

from workflow.definition.foreign import foreign
from workflow.reminders.message import ChannelFault, Message
from workflow.texts import Text

PATIENCE = 30.0  # seconds a channel waits for an answer


class Channel(Protocol):
    """A way to reach people. `name` is the one their addresses are kept under."""

    @property
    def name(self) -> str: ...

    def send(self, message: Message) -> str:
        """Hand one message over; returns the receipt. Raises `ChannelFault`, whose text names no secret."""
        ...


def unreachable(where: str, problem: OSError) -> ChannelFault:
    """What the network said of `where`, a host; it says nothing about the message."""
    why = _why(problem)
    return ChannelFault(Text.of(f"{where}: {why.say('en')}", f"{where}：{why.say('zh')}"), down=True)


def scrubbed(text: str, secret: str) -> str:
    """What another program said, on one line, without our secret."""
    return " ".join((text.replace(secret, "***") if secret else text).split())


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
