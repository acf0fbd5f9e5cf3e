"""A process that computes blocks for another one: it reads what to do, and writes what came of it.

Messages are a length in eight bytes and as many bytes: JSON, and files as they are. The process ends when nobody
listens any more, so that none is left over however its parent ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from typing import Any, BinaryIO

_LENGTH = 8


def send(stream: BinaryIO, *messages: bytes) -> None:
    """Write messages.

    Raises:
        OSError: nobody reads them.
    """
    for message in messages:
        stream.write(len(message).to_bytes(_LENGTH, "big"))
        stream.write(message)
    stream.flush()


def receive(stream: BinaryIO) -> bytes:
    """Return the next message.

    Raises:
        EOFError: there is none any more.
    """
    length = _exactly(stream, _LENGTH)
    return _exactly(stream, int.from_bytes(length, "big"))


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def main() -> None:
    """Compute blocks until nobody asks for them any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: the parent decides
    given = sys.stdin.buffer
    made = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the messages
    from sim.sweeps.blocks import compute, design_from  # noqa: PLC0415

    with contextlib.suppress(EOFError, BrokenPipeError):
        text, mark = receive(given).decode(), receive(given).decode()
        design_from(text)
        send(made, b"ready")
        while True:
            task: dict[str, Any] = json.loads(receive(given))
            failed = {int(run): error for run, error in task["failed"].items()}
            files = compute(text, mark, task["first"], task["last"], failed)
            send(made, json.dumps(list(files)).encode(), *files.values())


if __name__ == "__main__":
    main()
