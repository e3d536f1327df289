"""Messages onto the screen."""

from __future__ import annotations

from typing import TextIO

from attrs import frozen

from workflow.reminders.message import Message

_RULE = "─" * 60


@frozen
class Console:
    """Writes messages to a stream, for trials and for services whose output is kept."""

    stream: TextIO
    name: str = "console"

    def send(self, message: Message) -> str:
        head = f"{message.day}  {message.person} <{message.address}>  [{message.id}]"
        self.stream.write(f"{_RULE}\n{head}\n{message.letter.subject}\n\n{message.letter.text.rstrip()}\n")
        self.stream.flush()
        return "shown"
