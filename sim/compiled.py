"""How the rules are compiled: one decorator, and a cache that cannot lie.

The same source runs compiled (the default) or interpreted (environment variable ``NUMBA_DISABLE_JIT=1``), with the
same
results bit for bit. Numba's cache on disk does not notice a changed function in another file, so the cache folder
bears
a hash of all the sources of the rules: whatever changes there, the old answers are left behind.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core import config

Function = TypeVar("Function", bound=Callable[..., Any])

HERE = Path(__file__).resolve().parent
INTERPRETED = bool(config.DISABLE_JIT)
UNUSED_SECONDS = 30 * 24 * 3600


def _cache_home() -> Path:
    """Return the user's cache folder, or a private temporary one where none can be written."""
    if sys.platform == "win32":
        home = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    else:
        home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    home = home / "vital-coalitions"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError:
        home = Path(tempfile.mkdtemp(prefix="vital-coalitions-"))
    return home


SOURCES = (
    "columns", "comparing/tallies", "compiled", "conduct", "engine", "inputs", "log", "model", "outcomes", "parameters",
    "partners", "population", "quantities", "randomness", "recording", "rules", "schedule", "structure",
)  # fmt: skip


def sources() -> list[Path]:
    """Return the files whose text decides what the compiled rules do."""
    return sorted([*(HERE / f"{name}.py" for name in SOURCES), *(HERE / "mechanisms").glob("*.py")])


def fingerprint() -> str:
    """Return a hash of the sources and of everything else that decides the machine code."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(path.name.encode())
        digest.update(path.read_bytes() if path.exists() else b"")
    settings = f"{numba.__version__} {platform.python_version()} {platform.machine()} {HERE} {config.BOUNDSCHECK}"
    digest.update(settings.encode())
    return digest.hexdigest()[:16]


CACHE = _cache_home() / fingerprint()


def is_cold() -> bool:
    """Say whether the rules still have to be compiled on this machine."""
    return not INTERPRETED and not (CACHE / "complete").exists()


def mark_complete() -> None:
    """Note that the rules are compiled, and clear away caches that nobody has used for a month."""
    if INTERPRETED:
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / "complete").touch()
    for path in CACHE.parent.iterdir():
        mark = path / "complete"
        if path != CACHE and mark.exists() and time.time() - mark.stat().st_mtime > UNUSED_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def compiled(function: Function) -> Function:
    """Compile a rule or loop with Numba: strict floating point, cached, without the interpreter lock.

    A function whose first argument is ``state`` is called by other compiled functions only: the wrapper that would
    unpack the whole state from Python takes longer to compile than the function itself. What is called from Python
    is an ``entry``.
    """
    # Without Numba's runtime: counting references to the arrays of the state at every call takes more time than the
    # rules themselves. A rule allocates nothing, so there is nothing to count.
    return _njit(function, no_cpython_wrapper=_inner(function), no_cfunc_wrapper=True, _nrt=False)


def allocating(function: Function) -> Function:
    """Compile a function like a rule that makes an array of its own, which a rule must not."""
    return _njit(function, no_cpython_wrapper=_inner(function), no_cfunc_wrapper=True, _nrt=True)


def _inner(function: Function) -> bool:
    return next(iter(inspect.signature(function).parameters), "") == "state"


def entry(function: Function) -> Function:
    """Compile a function that takes the state and is called from Python."""
    return _njit(function, no_cfunc_wrapper=True, _nrt=True)


def _njit(function: Function, **options: bool) -> Function:
    before = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE)
    try:
        compile_it: Callable[[Function], Function] = numba.njit(cache=True, nogil=True, error_model="python", **options)
        return compile_it(function)
    finally:
        config.CACHE_DIR = before
