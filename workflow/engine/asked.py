"""What a command asked, in a form by which a repeated one is recognised."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from attrs import frozen


@frozen
class Asked:
    """A command, its subject as the verdict names it, and what was said with it (empty parts left out)."""

    command: str
    subject: str
    said: Mapping[str, Any]

    @classmethod
    def of(cls, command: str, subject: str, **said: Any) -> Asked:
        return cls(command, subject, {name: value for name, value in said.items() if value})

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits: the same for the same command with the same content."""
        text = json.dumps([self.command, self.subject, self.said], sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]
