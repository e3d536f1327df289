"""What a channel is, and what channels have in common."""

from __future__ import annotations

from typing import Protocol

from workflow.reminders.message import ChannelFault, Message
from workflow.web import no_answer


class Channel(Protocol):
    """A way to reach people. `name` is the one their addresses are kept under."""

    @property
    def name(self) -> str: ...

    def send(self, message: Message) -> str:
        """Hand one message over; returns the receipt. Raises `ChannelFault`, whose text names no secret."""
        ...


def unreachable(where: str, problem: OSError) -> ChannelFault:
    """What the network said of `where`, a host; it says nothing about the message."""
    return ChannelFault(no_answer(where, problem), down=True)


def scrubbed(text: str, secret: str) -> str:
    """What another program said, on one line, without our secret."""
    return " ".join((text.replace(secret, "***") if secret else text).split())
