"""Scorecards of many variants of the model, a file for each: what is done is kept, and an interrupted series goes on.

A variant is a set of parameters, or of values that are pinned. Variants do not know of each other, so the outcome does
not depend on the number of processes or on how often the work was interrupted.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.compiled import sources
from sim.patterns.laboratory import Laboratory
from sim.patterns.reading import chosen
from sim.patterns.score import as_frame, try_patterns
from sim.provenance import version
from sim.results import ResultsError, write_file

DESIGN: Final = "design.json"


@dataclass(frozen=True)
class Variant:
    """The model with other parameters below the scenarios, or with values pinned above them."""

    name: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Series:
    """Which patterns (ids and files) are tried on which variants, with how many replicates and which luck."""

    which: tuple[str, ...]
    variants: tuple[Variant, ...]
    replicates: int
    seed: int

    def design(self) -> dict[str, Any]:
        """Return what makes two series the same: a folder of another one is not gone on with."""
        rules = hashlib.sha256(b"".join(path.read_bytes() for path in [*sources(), *_instrument()])).hexdigest()
        return {
            "patterns": list(self.which), "replicates": self.replicates, "seed": self.seed, "version": version(),
            "rules": rules,
            "variants": [
                {"name": each.name, "parameters": dict(each.parameters), "fixed": dict(each.fixed)}
                for each in self.variants
            ],
        }  # fmt: skip


def _instrument() -> list[Path]:
    here = Path(__file__).resolve().parent
    return sorted([*here.rglob("*.py"), *here.glob("*.toml")])


def try_many(
    series: Series, folder: Path, workers: int | None = None, progress: Callable[[int, int], None] | None = None
) -> pd.DataFrame:
    """Return the findings of every variant, with its name in the column ``variant``; what is there is not done again.

    ``progress`` is told how many are done, and of how many.

    Raises:
        ResultsError: the folder holds another series.
        ScenarioError: there is no such pattern.
    """
    chosen(series.which)
    _claim(folder, series)
    open_ones = [each for each in series.variants if not _file(folder, each).is_file()]
    done = len(series.variants) - len(open_ones)
    if progress:
        progress(done, len(series.variants))
    count = min(workers or os.cpu_count() or 1, len(open_ones))
    for _ in _each(series, open_ones, folder, count):
        done += 1
        if progress:
            progress(done, len(series.variants))
    return _findings(folder, [each.name for each in series.variants])


def _each(series: Series, variants: Sequence[Variant], folder: Path, count: int) -> Iterator[None]:
    """Try variants, and give a sign when one is done; by one process or by several."""
    jobs = [(series.which, each, series.replicates, series.seed, str(_file(folder, each))) for each in variants]
    if count <= 1:
        for job in jobs:
            _try_one(*job)
            yield
        return
    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            for task in as_completed([pool.submit(_try_one, *job) for job in jobs]):
                task.result()
                yield
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _file(folder: Path, variant: Variant) -> Path:
    return folder / f"variant-{variant.name}.parquet"


def _claim(folder: Path, series: Series) -> None:
    file = folder / DESIGN
    wanted = series.design()
    if file.is_file():
        if json.loads(file.read_text(encoding="utf-8")) != json.loads(json.dumps(wanted)):
            raise ResultsError(f"{folder} holds a series with other patterns, settings or rules; choose another folder")
        return
    if folder.is_dir() and any(folder.iterdir()):
        raise ResultsError(f"{folder} already holds other files; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    write_file(file, lambda out: out.write(json.dumps(wanted, indent=1).encode()))


def read_series(folder: Path) -> tuple[dict[str, Any], pd.DataFrame]:
    """Return the design and the findings of a series that is done.

    Raises:
        ResultsError: the folder holds none, or one that is not done yet.
    """
    file = folder / DESIGN
    if not file.is_file():
        raise ResultsError(f"{folder} holds no series of scorecards ({DESIGN} is missing)")
    design = json.loads(file.read_text(encoding="utf-8"))
    return design, _findings(folder, [each["name"] for each in design["variants"]])


def _findings(folder: Path, names: Sequence[str]) -> pd.DataFrame:
    frames: list[pd.DataFrame] = []
    for name in names:
        one = _file(folder, Variant(name))
        if not one.is_file():
            raise ResultsError(f"{folder} is not done yet: {one.name} is missing; run the same command again to go on")
        frames.append(pq.read_table(one).to_pandas().assign(variant=name))
    return pd.concat(frames, ignore_index=True)


def _try_one(which: Sequence[str], variant: Variant, replicates: int, seed: int, file: str) -> None:
    """Try the patterns on one variant and write its file, whole or not at all; runs in a process of its own."""
    laboratory = Laboratory(
        replicates, seed, parameters=variant.parameters, fixed=variant.fixed, workers=1
    )  # fmt: skip
    table = pa.Table.from_pandas(as_frame(try_patterns(chosen(which), laboratory)), preserve_index=False)
    write_file(Path(file), lambda out: pq.write_table(table, out))


def names_of(which: Sequence[str]) -> tuple[str, ...]:
    """Return ids and files as a series keeps them, all that ship if there are none.

    Raises:
        ScenarioError: one of them is no pattern and no file.
    """
    if not which:
        return tuple(each.id for each in chosen(()))
    chosen(which)
    return tuple(str(Path(each).resolve()) if Path(each).is_file() else each for each in which)
