"""How well a sweep survives: killed at random moments, with files damaged, and with lost workers of a cluster.

    python benchmarks/kill_sweep.py [--runs 10000] [--kills 50] [--damages 200] [--workers 2] [--dask] [--seed 1]

The sweep runs once undisturbed; then once more into another folder, killed (SIGKILL, the whole program) at random
moments and started again each time; then files are damaged (a bit flipped, or cut short) and it is started again. At
the end both folders have to hold the same bytes. A block counts as *computed twice* if it was there and was written
again, and as *lost* if a process was at work on it when the sweep was killed.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DESIGN = """
schema = 1
name = "kill_sweep"
scenario = "tilburg"
replicates = {replicates}
frameworks = ["building", "covenant"]
block_runs = {block}
[sample]
method = "latin_hypercube"
points = {points}
uncertainties = true
"""
REPLICATES = 5


def command(design: Path, out: Path, workers: int, cluster: str | None = None) -> list[str]:
    extra = ["--cluster", cluster] if cluster else ["--workers", str(workers)]
    return [sys.executable, "-m", "sim", "sweep", str(design), "--out", str(out), *extra]


def blocks(out: Path) -> dict[str, tuple[int, int]]:
    """Return what tells a file from one that was written again, by name."""
    found = {}
    for file in out.glob("*/block-*.parquet"):
        about = file.stat()
        found[file.name] = (about.st_ino, about.st_mtime_ns)
    return found


def content(out: Path) -> dict[str, bytes]:
    return {str(file.relative_to(out)): file.read_bytes() for file in sorted(out.glob("*/*.parquet"))}


def whole(design: Path, out: Path, workers: int, cluster: str | None = None) -> float:
    start = time.monotonic()
    subprocess.run(
        command(design, out, workers, cluster), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return time.monotonic() - start


def killed(design: Path, out: Path, workers: int, kills: int, usual: float, luck: random.Random) -> dict[str, int]:
    """Run the sweep, killed again and again; return how often, and how many blocks were lost or computed twice."""
    counts = {"kills": 0, "during start-up": 0, "lost": 0, "computed twice": 0}
    each = 0.8 * usual / (kills + 1)  # so that it does not come to its end before it was killed often enough
    while counts["kills"] < kills:
        before = blocks(out)
        process = subprocess.Popen(command(design, out, workers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        at_work = False
        early = luck.random() < 0.1  # now and then before anything was written
        deadline = time.monotonic() + luck.uniform(0.0, 3.0) if early else None
        while process.poll() is None:
            now = blocks(out)
            if not at_work and len(now) > len(before):
                at_work = True
                deadline = deadline or time.monotonic() + luck.uniform(0.0, 2 * each)
            if deadline is not None and time.monotonic() >= deadline:
                break
            time.sleep(0.001)
        if process.poll() is not None:
            process.wait()
            break  # it came to its end
        process.send_signal(signal.SIGKILL)
        process.wait()
        counts["kills"] += 1
        counts["lost"] += workers
        counts["during start-up"] += not at_work
        after = blocks(out)
        counts["computed twice"] += sum(after.get(name) != mark for name, mark in before.items())
    before = blocks(out)
    whole(design, out, workers)
    after = blocks(out)
    counts["computed twice"] += sum(after.get(name) != mark for name, mark in before.items())
    return counts


def damaged(design: Path, out: Path, workers: int, damages: int, luck: random.Random) -> tuple[int, int]:
    """Damage files in ten rounds, and return how many were damaged and how many blocks were written again."""
    import sim

    done = repaired = 0
    while done < damages:
        files = sorted(out.glob("*/block-*.parquet"))
        chosen = luck.sample(files, min(len(files), max(1, damages // 10), damages - done))
        for file in chosen:
            data = bytearray(file.read_bytes())
            if luck.random() < 0.75:
                data[luck.randrange(len(data))] ^= 1 << luck.randrange(8)
            else:
                del data[luck.randrange(len(data)) :]
            file.write_bytes(data)
        found = {damage.file for damage in sim.open_results(out).verify()}
        if found != set(chosen):
            raise SystemExit(f"not all damage was found: {set(chosen) ^ found}")
        before = blocks(out)
        whole(design, out, workers)
        after = blocks(out)
        repaired += sum(before[name] != after.get(name) for name in before)
        done += len(chosen)
    return done, repaired


@contextmanager
def losing_workers(workers: int, luck: random.Random) -> Iterator[tuple[str, list[int]]]:
    """Give the address of a cluster whose workers are killed now and then, and the list of those killed."""
    import threading

    from distributed import LocalCluster

    lost: list[int] = []
    over = threading.Event()
    with LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:

        def kill() -> None:
            while not over.wait(luck.uniform(3, 6)):
                nanny = luck.choice(list(cluster.workers.values()))
                if nanny.process is not None and nanny.process.pid:
                    os.kill(nanny.process.pid, signal.SIGKILL)
                    lost.append(nanny.process.pid)

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            yield cluster.scheduler_address, lost
        finally:
            over.set()
            killer.join()


def main() -> int:
    """Do it all, print the figures, and say whether all was the same."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--block", type=int, default=0, help="runs in a block (default: so that there are 2000 blocks)")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--damages", type=int, default=200)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--dask", action="store_true", help="also on a local Dask cluster whose workers are killed")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    luck = random.Random(given.seed)
    points = max(1, given.runs // (2 * REPLICATES))
    runs = points * 2 * REPLICATES
    block = given.block or max(5, runs // 2000)
    with tempfile.TemporaryDirectory(prefix="kill-sweep-") as place:
        folder = Path(place)
        design = folder / "design.toml"
        design.write_text(DESIGN.format(replicates=REPLICATES, block=block, points=points), "utf-8")
        usual = whole(design, folder / "right", given.workers)
        right = content(folder / "right")
        print(f"undisturbed: {runs} runs in {len(right)} blocks, {usual:.0f} s, {runs / usual:.0f} runs/s")
        counts = killed(design, folder / "out", given.workers, given.kills, usual, luck)
        same = content(folder / "out") == right
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        lost = counts["lost"] / len(right)
        print(f"killed: {told}; lost at most {lost:.1%} of the blocks; the same bytes: {same}")
        done, repaired = damaged(design, folder / "out", given.workers, given.damages, luck)
        mended = content(folder / "out") == right
        print(f"damaged: {done} files, all found; {repaired} blocks computed again; the same bytes: {mended}")
        good = same and mended and counts["computed twice"] == 0
        if given.dask:
            with losing_workers(given.workers, luck) as (address, lost_workers):
                took = whole(design, folder / "dask", given.workers, address)
            alike = content(folder / "dask") == right
            print(f"cluster: {took:.0f} s, {len(lost_workers)} workers killed; the same bytes: {alike}")
            good = good and alike
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
