"""Who is at work on something. A lease runs out, but a holder that is known to be alive keeps it: clocks jump, and hosts sleep."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

_SEPARATOR = ":"


def holder() -> str:
    """This thread, of this process, of this host: `host:pid:start:thread`."""
    pid = os.getpid()
    return _SEPARATOR.join((socket.gethostname(), str(pid), _start(pid), str(threading.get_ident())))


def at_work(other: str | None, me: str) -> bool:
    """Whether another holder is known to be alive. Where that cannot be known (another host, no /proc), only the lease counts."""
    if other is None or other == me:
        return False
    host, pid, start, _thread = other.rsplit(_SEPARATOR, 3)
    return host == socket.gethostname() and start != "" and _start(int(pid)) == start


def _start(pid: int) -> str:
    """When a living process began, in ticks since the host did: a process number alone is used again. Empty if there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    state, *others = text.rpartition(")")[2].split()
    return "" if state in "ZX" else others[18]
