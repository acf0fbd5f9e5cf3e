"""Running a sweep: what is missing is computed, here or on a cluster, and written block by block."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from sim.compiled import is_cold
from sim.design import Design
from sim.design_reading import load_design
from sim.engine import simulate_population
from sim.outcomes import OUTCOMES
from sim.population import build
from sim.problems import single
from sim.results import ResultsError
from sim.sweeps.blocks import IDENTITY
from sim.sweeps.folder import Damage, Folder, Identity, identity_of
from sim.sweeps.opened import Results, open_results
from sim.sweeps.processes import Files, Processes

WORKERS_MOST = 1024


@dataclass(frozen=True)
class Progress:
    """How far a sweep is, in blocks; ``kept`` were there before, ``damage`` is what was found and is computed again."""

    done: int
    blocks: int
    kept: int
    damage: tuple[Damage, ...]
    runs: int


class Computer(Protocol):
    """Something that computes blocks: processes on this machine, or a cluster."""

    def run(self, blocks: Sequence[tuple[int, range]]) -> Generator[tuple[int, Files], None, None]:
        """Go through the files of blocks as they are done."""


MakeComputer = Callable[[Identity, int], Computer]


def sweep(
    design: Design | str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    *,
    progress: Callable[[Progress], None] | None = None,
    command: Sequence[str] | None = None,
) -> Results:
    """Run a design (a file, or the name of a shipped one), or go on with one that was interrupted.

    Blocks are computed by ``workers`` processes (default: one for each core), or by the workers of a Dask cluster at
    the address ``cluster``. The results are the same bytes in any case. Without ``out`` they go to a new folder
    in ``results/``.

    Raises:
        ScenarioError: the design has problems, or a number is out of bounds.
        ResultsError: the folder holds other results, is in use, or cannot be written; what is done is kept.
    """
    if workers is not None and (isinstance(workers, bool) or not 1 <= workers <= WORKERS_MOST):
        allowed = f"a whole number from 1 to {WORKERS_MOST}"
        raise single("sweep", f"{workers!r} is not allowed", path="workers", value=workers, allowed=allowed)
    made = design if isinstance(design, Design) else load_design(design)
    check(made)
    place = Path(out) if out is not None else new_folder(made)

    def computer(identity: Identity, blocks: int) -> Computer:
        if cluster is not None:
            from sim.cluster import Cluster  # noqa: PLC0415 - Dask is asked for by few

            return Cluster(identity.text, identity.mark, identity.versions, cluster)
        return Processes(identity.text, identity.mark, min(workers or os.cpu_count() or 1, blocks))

    return run_with(made, place, computer, progress, sys.argv if command is None else command)


def check(design: Design) -> None:
    """Refuse a design that would give two columns the same name.

    Raises:
        ScenarioError: that is so.
    """
    taken = {*IDENTITY} | {outcome.name for outcome in OUTCOMES}
    for name in design.units:
        if name in taken:
            raise single(design.name, "results have a column of this name already", path=name, value=name)


def new_folder(design: Design) -> Path:
    """Return a folder for results that is not there yet, named after the design and the time."""
    stem = f"{design.name}-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    places = (Path("results") / (f"{stem}-{number}" if number else stem) for number in range(1000))
    return next(place for place in places if not place.exists())


def run_with(
    design: Design,
    place: Path,
    computer: MakeComputer,
    progress: Callable[[Progress], None] | None,
    command: Sequence[str],
) -> Results:
    """Run what is missing of a design with the computer that is made for it, and return the results.

    Raises:
        ResultsError: the folder holds other results, is in use, or cannot be written; what is done is kept.
    """
    started = datetime.now(UTC)
    identity = identity_of(design)
    folder = Folder(place, design, identity)
    with folder.lock():
        damage = folder.begin(command, started)
        missing, damaged = folder.inspect()
        damage += damaged
        kept = design.blocks - len(missing)

        def report(done: int) -> None:
            if progress:
                progress(Progress(kept + done, design.blocks, kept, tuple(damage), design.runs))

        report(0)
        if missing:
            warm_up(design)
            blocks = [(number, design.block(number)) for number in missing]
            computing = computer(identity, len(blocks)).run(blocks)
            with contextlib.closing(computing) as computed:
                for done, (number, files) in enumerate(computed, start=1):
                    folder.write(number, files)
                    report(done)
        results = open_results(place)
        if missing or damage or not results.manifest.get("complete"):
            folder.write_manifest(command, started, datetime.now(UTC))
            results = open_results(place)
    if results.missing:
        raise ResultsError(
            f"{place} lacks blocks {results.missing[:3]}; something removes files while a sweep is at work"
        )
    return results


def warm_up(design: Design) -> None:
    """Compile the rules in this process, so that those who compute blocks find them compiled."""
    if is_cold():
        simulate_population(build(design.scenario), 1, 1, design.seed, workers=1)
