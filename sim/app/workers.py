"""Work for the processor: threads that take the most urgent piece first, and a memory of answers that has a bound.

Single runs go before first impressions of a spread, and these before the rest of it; of equals, the first pieces of
every request go before the second pieces of any, so that visitors share alike. A piece whose request was given up is
passed over.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

Answer = TypeVar("Answer")

WAITING_MOST = 20_000  # pieces


class Busy(Exception):  # noqa: N818 - it is no error of anyone
    """More is waiting than can be done in a reasonable time."""


class Workers:
    """A few threads and a queue of pieces of work, the most urgent first."""

    def __init__(self, threads: int) -> None:
        self._queue: list[tuple[int, int, int, Future[Any], Callable[[], Any]]] = []
        self._number = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._threads = [threading.Thread(target=self._work, name=f"worker-{n}", daemon=True) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    def submit(self, urgency: int, turn: int, piece: Callable[[], Answer]) -> Future[Answer]:
        """Put a piece of work in the queue; the lower its urgency and its turn, the sooner.

        Raises:
            Busy: too much is waiting.
        """
        future: Future[Answer] = Future()
        with self._changed:
            if len(self._queue) >= WAITING_MOST:
                self._queue = [each for each in self._queue if not each[3].cancelled()]
                heapq.heapify(self._queue)
            if len(self._queue) >= WAITING_MOST or self._closed:
                raise Busy
            heapq.heappush(self._queue, (urgency, turn, next(self._number), future, piece))
            self._changed.notify()
        return future

    async def do(self, urgency: int, turn: int, piece: Callable[[], Answer]) -> Answer:
        """Have a piece done, and wait for it; to stop waiting is to give it up."""
        return await asyncio.wrap_future(self.submit(urgency, turn, piece))

    def close(self) -> None:
        """Let the threads end after what they are doing; what waits is given up."""
        with self._changed:
            self._closed = True
            for each in self._queue:
                each[3].cancel()
            self._queue.clear()
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._queue and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                *_, future, piece = heapq.heappop(self._queue)
            if not future.set_running_or_notify_cancel():
                continue
            try:
                done = piece()
            except BaseException as error:  # noqa: BLE001 - it is for whoever waits
                future.set_exception(error)
            else:
                future.set_result(done)
            del future, piece


class Memory(Generic[Answer]):
    """What was worked out lately, up to so many bytes; the longest unused goes first. Safe among threads."""

    def __init__(self, most: int, size: Callable[[Answer], int]) -> None:
        self._most, self._size = most, size
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Answer | None:
        """Return what is kept under a key, or None."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, answer: Answer) -> Answer:
        """Keep an answer, and return it."""
        size = self._size(answer)
        with self._lock:
            if key not in self._kept and size <= self._most:
                self._kept[key] = answer
                self._bytes += size
                while self._bytes > self._most:
                    _, gone = self._kept.popitem(last=False)
                    self._bytes -= self._size(gone)
        return answer

    @property
    def held(self) -> int:
        """Return how many bytes are kept."""
        return self._bytes
