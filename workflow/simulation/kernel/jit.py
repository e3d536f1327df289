"""numba where it is installed. What is `jitable` stays a plain function in Python, and is compiled where compiled code calls it."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])
HERE = Path(__file__).parent

_TOLD: list[Callable[[Any], object]] = []  # what numba is to know before it compiles; loading it takes longer than most commands


def installed() -> bool:
    """Whether numba is there to compile with."""
    return find_spec("numba") is not None


def jitable(function: _Function) -> _Function:
    """Plain in Python; compiled into what calls it, where that is compiled: passing all tables on at each call costs more than the call."""
    _TOLD.append(lambda extending: extending.register_jitable(forceinline=True)(function))
    return function


def compiled_as(plain: Callable[..., Any]) -> Callable[[_Function], _Function]:
    """The decorated function is what compiled code calls where Python calls `plain`."""

    def decorate(function: _Function) -> _Function:
        _TOLD.append(lambda extending: extending.overload(plain, strict=False, jit_options={"forceinline": True})(lambda *_: function))
        return function

    return decorate


def compiled(function: _Function) -> _Function:
    """Machine code of a function and all it calls, made at the first call and kept for the next process where a folder can be written.

    It runs without the interpreter's lock and allocates nothing: `_nrt=False` leaves out the counting of references to arrays, which
    took two thirds of the time. numba takes kept code for fresh while the file of `function` is unchanged; so the folder is named by
    all files of the kernel.
    """
    numba, extending = import_module("numba"), import_module("numba.extending")
    while _TOLD:
        _TOLD.pop(0)(extending)
    folder = _folder(numba.config.CACHE_DIR)
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, "" if folder is None else str(folder)
    try:
        made: _Function = numba.njit(cache=folder is not None, nogil=True, error_model="numpy", _nrt=False)(function)
    finally:
        numba.config.CACHE_DIR = before
    return made


def sources() -> str:
    """Which kernel this is: a hash of its files as they stand."""
    return sha256(b"".join(path.read_bytes() for path in sorted(HERE.glob("*.py")))).hexdigest()[:12]


def _folder(chosen: str) -> Path | None:
    """Where compiled code is kept: NUMBA_CACHE_DIR, or in the person's folder for such things; None where nothing can be written."""
    home = chosen or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(home) / "campaign-workflow" / f"kernel-{sources()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except OSError:
        return None
    return folder
