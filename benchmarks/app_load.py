"""How fast the app is, alone and with a class of visitors, on this machine and nowhere else.

    python benchmarks/app_load.py [--visitors 30] [--drags 5] [--requests 10000]

It starts the app on a free port of 127.0.0.1, asks it what a browser would ask, prints medians and maxima, and stops
it. Single runs and spreads are asked with ever other values, so that nothing is answered from memory.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

FIRST, ALL = 50, 300
FAILED: list[str] = []


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    """Start the app, and stop it afterwards; give its address and process."""
    command = [sys.executable, "-m", "sim", "app", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            found = re.search(r"http://[\d.:]+", said)
            if found is None:
                raise SystemExit(f"the app did not start: {said}")
            yield found[0], process.pid
        finally:
            process.terminate()
            process.wait(20)


def memory_mb(pid: int) -> float:
    """Return the memory that a process holds, in MB (Linux), or NaN elsewhere."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return float("nan")
    found = re.search(r"VmRSS:\s+(\d+)", status.read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else float("nan")


def query(luck: random.Random) -> str:
    """Return a three-partner case with a slider at some place where it has not been."""
    return f"case=tilburg&set=organisations.*.earmarked_share={luck.uniform(0.05, 0.95):.9f}"


async def timed(client: httpx.AsyncClient, path: str) -> float:
    """Ask, and return the seconds until the whole answer is there."""
    start = time.perf_counter()
    try:
        answer = await client.get(path)
    except httpx.HTTPError as error:
        FAILED.append(f"{type(error).__name__} {path[:60]}")
        return float("nan")
    if answer.status_code != 200:
        FAILED.append(f"{answer.status_code} {path[:60]}")
    return time.perf_counter() - start


def told(what: str, seconds: list[float]) -> None:
    """Print the median and the most of times."""
    print(f"{what:<58} median {1000 * statistics.median(seconds):7.0f} ms   most {1000 * max(seconds):7.0f} ms")


async def alone(client: httpx.AsyncClient, luck: random.Random) -> None:
    """One visitor."""
    told("page with its first picture", [await timed(client, f"/?case=tilburg&seed={n}") for n in range(10)])
    told("single run, three frameworks", [await timed(client, f"/api/run?{query(luck)}") for _ in range(30)])
    for frameworks in (1, 2, 3):
        chosen = ",".join(("building", "covenant", "client_contractor")[:frameworks])
        for runs in (FIRST, ALL):
            paths = [f"/api/spread?{query(luck)}&frameworks={chosen}&runs={runs}" for _ in range(8)]
            told(f"spread of {runs} runs, frameworks: {frameworks}", [await timed(client, path) for path in paths])


async def visitor(address: str, seed: int, drags: int, singles: list[float], firsts: list[float]) -> float:
    """Drag a slider as a browser does, giving up older spreads; return the seconds of the last spread."""
    luck = random.Random(seed)
    async with httpx.AsyncClient(base_url=address, timeout=120) as client:
        spread: asyncio.Task[float] | None = None
        asked = ""
        for _ in range(drags):
            asked = query(luck)
            singles.append(await timed(client, f"/api/run?{asked}"))
            if spread is not None and not spread.done():
                spread.cancel()
            elif spread is not None:
                firsts.append(spread.result())
            spread = asyncio.create_task(timed(client, f"/api/spread?{asked}&runs={FIRST}"))
            await asyncio.sleep(0.1)
        if spread is not None:
            firsts.append(await spread)
        return await timed(client, f"/api/spread?{asked}&runs={ALL}")


async def together(address: str, visitors: int, drags: int) -> None:
    """Many visitors, each dragging a slider at the same time."""
    singles: list[float] = []
    firsts: list[float] = []
    done = await asyncio.gather(*(visitor(address, n, drags, singles, firsts) for n in range(visitors)))
    told(f"{visitors} visitors dragging: single run", singles)
    told(f"{visitors} visitors dragging: spread, first {FIRST} runs", firsts)
    told(f"{visitors} visitors at once: whole spread of {ALL} runs", list(done))


async def flat(client: httpx.AsyncClient, luck: random.Random, requests: int, pid: int) -> None:
    """Many requests, and what memory they leave behind."""
    limit = asyncio.Semaphore(8)

    async def one(n: int) -> None:
        async with limit:
            path = f"/api/run?{query(luck)}" if n % 2 else f"/api/run?case=tilburg&set=organisations.*.nothing={n}"
            answer = await client.get(path)
            if answer.status_code != (200 if n % 2 else 400):
                FAILED.append(f"{answer.status_code} {path[:60]}")

    for part in range(5):
        await asyncio.gather(*(one(part * requests // 5 + n) for n in range(requests // 5)))
        print(f"memory after {(part + 1) * requests // 5:>6} requests: {memory_mb(pid):.0f} MB")


async def measured(address: str, pid: int, options: argparse.Namespace) -> None:
    """Measure everything."""
    luck = random.Random(1)
    async with httpx.AsyncClient(base_url=address, timeout=120) as client:
        await alone(client, luck)
    await together(address, options.visitors, options.drags)
    async with httpx.AsyncClient(base_url=address, timeout=120) as client:
        await flat(client, luck, options.requests, pid)


def main() -> None:
    """Read the options and measure."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--visitors", type=int, default=30, choices=range(1, 101), metavar="1-100")
    reader.add_argument("--drags", type=int, default=5, choices=range(1, 51), metavar="1-50")
    reader.add_argument("--requests", type=int, default=10_000, choices=range(10, 20_001), metavar="10-20000")
    options = reader.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    with served() as (address, pid):
        asyncio.run(measured(address, pid, options))
    print(f"failed: {len(FAILED)} {FAILED[:5]}")


if __name__ == "__main__":
    main()
