"""Messages into a file, for whatever program takes them on from there."""

from __future__ import annotations

import json
import os
from pathlib import Path

from attrs import frozen

from workflow.definition.foreign import foreign
from workflow.reminders.message import ChannelFault, Message
from workflow.texts import Text

_MODE = 0o600  # letters to people are for their eyes


@frozen
class File:
    """Appends messages to a file, each one line of JSON (UTF-8). Several processes may write to the same file."""

    path: Path
    name: str = "file"

    def send(self, message: Message) -> str:
        line = json.dumps(message.as_json(), ensure_ascii=False).encode() + b"\n"
        try:
            self._append(line)
        except OSError as problem:
            why = foreign(problem.strerror)
            text = Text.of(f"{self.path} cannot be written: {why.say('en')}", f"{self.path} 无法写入：{why.say('zh')}")
            raise ChannelFault(text, down=True) from problem
        return f"{len(line)} bytes"

    def _append(self, line: bytes) -> None:
        """One write, so that lines of several processes never mix; what is acknowledged is on the disk."""
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _MODE)
        try:
            if os.write(handle, line) < len(line):
                os.write(handle, b"\n")  # the disk is full: the next line begins on its own
                raise OSError(0, "No space left on device")
            os.fsync(handle)
        finally:
            os.close(handle)
