"""The command that runs a design: sweep."""

# ruff: noqa: PLC0415

from __future__ import annotations

import contextlib
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.language import Language, language
from sim.terminal import DONE, FELL_SHORT, INTERRUPTED, PROGRAM, expect_compiling, lang_option, say

if TYPE_CHECKING:
    from sim.design import Design
    from sim.sweeps.running import Progress

_SECONDS_BETWEEN_LINES = 10
_DAMAGE_TOLD = 5


@click.command()
@click.argument("design")
@click.option("--out", metavar="DIR", help="Folder for the results  [default: results/<name>-<time>]")
@click.option(
    "--workers", metavar="N", type=click.IntRange(1, 1024), help="Processes at work  [default: one for each core]"
)
@click.option("--cluster", metavar="ADDRESS", help="A Dask cluster that computes instead of this machine.")
@click.option("--dry-run", is_flag=True, help="Only say how many runs it is, how long it will take, and how large.")
@lang_option
def sweep(design: str, out: str | None, workers: int | None, cluster: str | None, dry_run: bool, lang: str) -> int:  # noqa: FBT001
    """Run DESIGN: many scenarios, many times.

    DESIGN is a file, or the name of a shipped design. With --out on a folder that holds an unfinished sweep of the same
    design, it goes on where it was.
    """
    from sim.design_reading import load_design
    from sim.sweeps.running import check, new_folder
    from sim.sweeps.running import sweep as run

    words = language(lang)
    made = load_design(design)
    check(made)
    text = words.text(
        "sweep.size", name=made.name, rows=words.number(made.rows), replicates=words.number(made.replicates),
        runs=words.number(made.runs), blocks=words.number(made.blocks),
    )  # fmt: skip
    say(text)
    expect_compiling(words)
    if dry_run:
        return _dry_run(made, workers, words)
    folder = Path(out) if out else new_folder(made)
    options = ["--out", str(folder)]
    options += ["--workers", str(workers)] if workers else []
    options += ["--cluster", cluster] if cluster else []
    command = [PROGRAM, "sweep", design, *options]
    try:
        with _progress(words) as progress:
            results = run(made, folder, workers, cluster, progress=progress, command=command)
    except KeyboardInterrupt:
        say(f"\n{words.text('sweep.interrupted')}", err=True)
        say(f"  {shlex.join(command)}", err=True)
        return INTERRUPTED
    say(words.text("sweep.saved", folder=folder))
    statuses = results.scan("runs", verify=False).to_table(columns=["run", "status", "error"])
    return _told_failures(statuses, words)


def _told_failures(statuses: object, words: Language) -> int:
    """Say how many runs failed, and of what most of them."""
    import pyarrow.compute as pc

    failed = statuses.filter(pc.field("status") == "failed")  # type: ignore[attr-defined]
    count = len(pc.unique(failed["run"]))
    if not count:
        return DONE
    by_error = (
        failed.group_by("error").aggregate([("run", "count_distinct")]).sort_by([("run_count_distinct", "descending")])
    )
    said = by_error["error"][0].as_py()
    say(words.text("sweep.failed", count=words.number(count), error=said), err=True)
    return FELL_SHORT


def _dry_run(design: Design, workers: int | None, words: Language) -> int:
    from sim.sweeps.estimate import estimate

    found = estimate(design, workers)
    if found.timed:
        duration = _duration(found.seconds, words)
        say(words.text("sweep.takes", time=duration, workers=found.workers, timed=words.number(found.timed)))
        say(words.text("sweep.disk", size=_size(found.size, words)))
    for row, error in found.failing.items():
        say(words.text("sweep.row_fails", row=row, error=error), err=True)
    return FELL_SHORT if found.failing else DONE


def _duration(seconds: float, words: Language) -> str:
    if seconds < 100:
        return words.text("sweep.seconds", count=words.number(max(1, seconds)))
    if seconds < 100 * 60:
        return words.text("sweep.minutes", count=words.number(seconds / 60))
    return words.text("sweep.hours", count=words.number(seconds / 3600, 1))


def _size(size: float, words: Language) -> str:
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 1000 or unit == "GB":
            return f"{words.number(size, 1 if size < 10 else 0)} {unit}"
    raise AssertionError


# ---------------------------------------------------------------- progress


@contextlib.contextmanager
def _progress(words: Language) -> Iterator[Callable[[Progress], None]]:
    """Give what shows progress: a bar in a terminal, plain lines elsewhere; both say what was damaged."""
    told = _Told(words)
    if not sys.stderr.isatty():
        yield told.line
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(words.text("sweep.blocks"), total=None)

        def show(progress: Progress) -> None:
            told.once(progress)
            bar.update(task, total=progress.blocks, completed=progress.done)

        yield show


class _Told:
    """Says how far a sweep is, now and then."""

    def __init__(self, words: Language) -> None:
        self._words, self._start, self._last = words, time.monotonic(), 0.0
        self._is_first = True

    def once(self, progress: Progress) -> None:
        """Say at the start what was there already, and what was damaged."""
        if not self._is_first:
            return
        self._is_first = False
        self._start = self._last = time.monotonic()
        for damage in progress.damage[:_DAMAGE_TOLD]:
            say(self._words.text("sweep.damaged", damage=damage), err=True)
        if len(progress.damage) > _DAMAGE_TOLD:
            say(self._words.text("sweep.damaged_more", count=len(progress.damage) - _DAMAGE_TOLD), err=True)
        if progress.kept:
            say(self._words.text("sweep.goes_on", kept=progress.kept, blocks=progress.blocks), err=True)

    def line(self, progress: Progress) -> None:
        """Say how far it is, at most every few seconds."""
        self.once(progress)
        now, made = time.monotonic(), progress.done - progress.kept
        if made and (now - self._last > _SECONDS_BETWEEN_LINES or progress.done == progress.blocks):
            self._last = now
            left = _duration((now - self._start) / made * (progress.blocks - progress.done), self._words)
            key = "sweep.last" if progress.done == progress.blocks else "sweep.progress"
            say(self._words.text(key, done=progress.done, blocks=progress.blocks, left=left), err=True)
