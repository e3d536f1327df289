"""A message: one notice, to one person, through one channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from html import escape
from typing import Any

from attrs import evolve, frozen

from workflow.clock import stamp
from workflow.errors import WorkflowError
from workflow.texts import Text, counted

_LATE = Text.of(
    "This was to reach you {late} ago: it could not be delivered before.",
    "本通知原应于 {late}前送达，因此前未能投递而迟到。",
)
_ON_TIME = timedelta(hours=1)  # later than this, a message says how late it is


class ChannelFault(WorkflowError):
    """A channel did not take a message.

    `final`: it never will, this message is not tried again. `down`: the fault is the channel's own, other messages would fare
    no better now. The text names no secret.
    """

    code = "channel"

    def __init__(self, text: Text, *, final: bool = False, down: bool = False) -> None:
        super().__init__(text)
        self.final = final
        self.down = down


@frozen
class Letter:
    """What is said, in one language: `text` is plain, `html` the same for programs that show it, or empty."""

    subject: str
    text: str
    html: str = ""


@frozen
class Message:
    """`id` is the notice's, `address` the person's on this channel; `items` is what the letter says, for programs."""

    id: str
    person: str
    day: str
    address: str
    lang: str
    letter: Letter
    items: Sequence[Mapping[str, Any]]
    created: datetime

    @property
    def key(self) -> str:
        """32 hexadecimal digits that are the same at every attempt: by them a receiver knows a message it has already."""
        return sha256(self.id.encode()).hexdigest()[:32]

    def at(self, now: datetime) -> Message:
        """As it is to be sent at `now`: one that is late says so in its first line."""
        late = now - self.created
        if late < _ON_TIME:
            return self
        said = _LATE.say(self.lang, late=_span(late))
        html = f"<p>{escape(said)}</p>\n{self.letter.html}" if self.letter.html else ""
        return evolve(self, letter=Letter(self.letter.subject, f"{said}\n\n{self.letter.text}", html))

    def as_json(self) -> dict[str, Any]:
        """The whole message as plain values."""
        letter = {"subject": self.letter.subject, "text": self.letter.text, "html": self.letter.html}
        about = {"id": self.id, "key": self.key, "person": self.person, "to": self.address, "day": self.day, "lang": self.lang}
        return {**about, **letter, "items": [dict(item) for item in self.items], "created": stamp(self.created)}


def _span(late: timedelta) -> Text:
    hours = late // timedelta(hours=1)
    if hours < 48:
        return Text.of(counted(hours, "hour"), f"{hours} 小时")
    return Text.of(counted(hours // 24, "day"), f"{hours // 24} 天")
