"""Blocks computed by processes on this machine.

A process that dies (killed, out of memory) takes nothing along but the block that it was at. The block is tried again;
if it brings down process after process, it is halved until the guilty runs stand alone, and they are recorded as
failed.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from sim.results import ResultsError
from sim.sweeps.worker import receive, send

TRIES = 3
"""So many processes may die of a block, or of a single run, before it is held to be guilty."""

DIED = "the process that ran it died"
Files = Mapping[str, bytes]
Ask = Callable[[range, Mapping[int, str]], Files]


class WorkerDiedError(Exception):
    """Whoever was computing a block ended without an answer."""


def persistently(ask: Ask, runs: range) -> Files:
    """Return the files of a block even if some of its runs bring down whoever runs them.

    Raises:
        ResultsError: those who compute blocks die, and it is no run in particular that they die of.
    """
    failed: dict[int, str] = {}
    for _ in range(TRIES):
        for _ in range(TRIES):
            with contextlib.suppress(WorkerDiedError):
                return ask(runs, failed)
        failed |= _guilty(ask, runs, failed)
    raise ResultsError(f"the processes that compute runs {runs.start} to {runs.stop - 1} die; what is done is kept")


def _guilty(ask: Ask, runs: range, failed: Mapping[int, str]) -> dict[int, str]:
    """Return the runs that bring down whoever runs them, found by halving, with what is to be said of them."""
    said = DIED
    for _ in range(TRIES if len(runs) == 1 else 1):
        try:
            ask(runs, {run: failed[run] for run in runs if run in failed})
        except WorkerDiedError as death:
            said = str(death) or DIED
        else:
            return {}
    if len(runs) == 1:
        return {runs.start: said}
    half = runs.start + len(runs) // 2
    return _guilty(ask, range(runs.start, half), failed) | _guilty(ask, range(half, runs.stop), failed)


class Processes:
    """A number of processes that compute the blocks of one design."""

    def __init__(self, text: str, mark: str, workers: int) -> None:
        self._text, self._mark, self._workers = text, mark, workers
        self._own = threading.local()
        self._children: set[_Child] = set()
        self._guard = threading.Lock()
        self._is_over = False

    def run(self, blocks: Sequence[tuple[int, range]]) -> Generator[tuple[int, Files], None, None]:
        """Go through the files of blocks as they are done; no more are under way than the processes need."""
        coming = iter(blocks)
        pool = ThreadPoolExecutor(self._workers)
        under_way: dict[Future[Files], int] = {}
        try:
            while True:
                for number, runs in coming:
                    under_way[pool.submit(persistently, self._ask, runs)] = number
                    if len(under_way) >= self._workers + 2:
                        break
                if not under_way:
                    return
                for done in wait(under_way, return_when=FIRST_COMPLETED).done:
                    yield under_way.pop(done), done.result()
        finally:
            self._end()
            pool.shutdown(cancel_futures=True)

    def _ask(self, runs: range, failed: Mapping[int, str]) -> Files:
        child = self._child()
        try:
            return child.compute(runs, failed)
        except WorkerDiedError:
            child.end()
            if self._is_over:
                raise ResultsError("the sweep was stopped") from None
            raise WorkerDiedError(f"{DIED} ({child.last_words()})") from None

    def _child(self) -> _Child:
        """Return the process of this thread; a new one if there is none any more."""
        child: _Child | None = getattr(self._own, "child", None)
        if child is None or not child.is_alive:
            child = _Child()
            with self._guard:
                if self._is_over:
                    child.end()
                self._children.add(child)
            child.begin(self._text, self._mark)
            self._own.child = child
        return child

    def _end(self) -> None:
        with self._guard:
            self._is_over = True
            for child in self._children:
                child.end()


class _Child:
    """One process that computes blocks."""

    def __init__(self) -> None:
        home = str(Path(__file__).resolve().parents[2])
        paths = os.pathsep.join(part for part in (home, os.environ.get("PYTHONPATH")) if part)
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self._heard = 0
        self._process: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-P", "-m", "sim.sweeps.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env={**os.environ, "PYTHONPATH": paths},
        )

    @property
    def is_alive(self) -> bool:
        """Say whether the process can be asked."""
        return self._process.poll() is None

    def begin(self, text: str, mark: str) -> None:
        """Tell of the design.

        Raises:
            ResultsError: the process cannot even start.
        """
        try:
            self._exchange(text.encode(), mark.encode())
        except WorkerDiedError:
            self._process.wait()
            said = self.last_words()
            self.end()
            raise ResultsError(f"a process that computes blocks could not start: {said}") from None

    def compute(self, runs: range, failed: Mapping[int, str]) -> Files:
        """Return the files of a block.

        Raises:
            WorkerDiedError: the process died of it.
        """
        self._heard = self._said.seek(0, os.SEEK_END)
        task = {"first": runs.start, "last": runs.stop, "failed": failed}
        names: list[str] = json.loads(self._exchange(json.dumps(task).encode()))
        with _noticing_death():
            return {name: receive(self._stream("stdout")) for name in names}

    def _exchange(self, *messages: bytes) -> bytes:
        with _noticing_death():
            send(self._stream("stdin"), *messages)
            return receive(self._stream("stdout"))

    def _stream(self, name: str) -> Any:
        return getattr(self._process, name)

    def last_words(self) -> str:
        """Return the last line that the process, which has ended, said at its last task, or else how it ended."""
        self._said.seek(self._heard)
        lines = self._said.read().decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), f"exit code {self._process.returncode}")

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            self._stream("stdin").close()


@contextlib.contextmanager
def _noticing_death() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError, ValueError) as error:
        raise WorkerDiedError from error
