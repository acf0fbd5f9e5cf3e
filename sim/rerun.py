"""Making a result again from its manifest, in a temporary place, and comparing it byte for byte with what it was.

Only the manifest is needed. What stands beside it is read, if it is there, to tell whether it is still what was
written, and whether at least the values are the same where the bytes are not; nothing of it is changed.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim import provenance
from sim.ensemble import simulate
from sim.results import FORMAT, MANIFEST, TABLES, ResultsError, read_table
from sim.scenario import from_dict

_SIZE_MOST = 200_000_000


@dataclass(frozen=True)
class Comparison:
    """How a result compares with its repetition, by names of files, and which versions are others than then."""

    differing: tuple[str, ...]
    other_bytes_only: tuple[str, ...]
    damaged: tuple[str, ...]
    versions: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Birth:
    """What a manifest tells: how to make the result again, the hashes of its files, and the versions of then.

    ``make`` writes the result to a folder; ``others`` are files beside it that are not made again.
    """

    folder: Path
    make: Callable[[Path], Path]
    files: Mapping[str, str]
    others: Mapping[str, str]
    versions: Mapping[str, str]

    def again(self) -> Comparison:
        """Make the result again and compare.

        Raises:
            ScenarioError: a number is out of bounds, or the results would not fit.
            ResultsError: the temporary place cannot be written.
        """
        with tempfile.TemporaryDirectory(prefix="vital-coalitions-", ignore_cleanup_errors=True) as place:
            made = self.make(Path(place) / "again")
            differing = tuple(name for name, known in self.files.items() if provenance.sha256(made / name) != known)
            damaged = tuple(name for name in (*self.files, *self.others) if self._is_damaged(name))
            bytes_only = tuple(name for name in differing if name not in damaged and self._same_values(name, made))
        return Comparison(differing, bytes_only, damaged, self._other_versions())

    def _is_damaged(self, name: str) -> bool:
        file = self.folder / name
        return file.is_file() and provenance.sha256(file) != {**self.files, **self.others}[name]

    def _same_values(self, name: str, made: Path) -> bool:
        file = self.folder / name
        return file.is_file() and bool(read_table(file).equals(read_table(made / name)))

    def _other_versions(self) -> tuple[tuple[str, str, str], ...]:
        now = _versions(provenance.version(), provenance.commit(), provenance.libraries())
        return tuple(
            (name, then, now.get(name, "–"))
            for name, then in self.versions.items()
            if now.get(name) != then and not (name == "commit" and name not in now)
        )


def _versions(version: Any, commit: Any, libraries: Mapping[str, Any]) -> dict[str, str]:
    found = {provenance.DISTRIBUTION: version, "commit": commit, **libraries}
    return {str(name): str(each) for name, each in found.items() if each is not None}


def read_manifest(place: Path) -> Birth:
    """Return what a manifest tells; ``place`` is the file or its folder.

    Raises:
        ResultsError: there is none, or this version cannot make the result again.
        ScenarioError: the scenario in it has problems.
    """
    file = place / MANIFEST if place.is_dir() else place
    about = _read(file)
    if about.get("package") != provenance.DISTRIBUTION or not {"scenario", "arms"} & about.keys():
        raise ResultsError(f"{file} is not the manifest of a result")
    if about.get("format") != FORMAT:
        raise ResultsError(f"{file} is of format {about.get('format')}; this version makes format {FORMAT} again")
    files, libraries, others = about.get("files"), about.get("libraries", {}), about.get("others", {})
    if not isinstance(files, dict) or not files or not isinstance(libraries, dict) or not isinstance(others, dict):
        raise ResultsError(f"{file} does not tell which files and libraries there were")
    names = ("runs", "differences") if "arms" in about else TABLES
    if strange := [name for name in files if name not in [f"{each}.parquet" for each in names]]:
        raise ResultsError(f"{file}: this version cannot make {', '.join(strange[:3])} again")
    return Birth(
        folder=file.parent,
        make=_comparison(about, file) if "arms" in about else _ensemble(about, file, files),
        files=files,
        others={str(name): str(known) for name, known in others.items() if ".." not in Path(name).parts},
        versions=_versions(about.get("version"), about.get("commit"), libraries),
    )


def _ensemble(about: Mapping[str, Any], file: Path, files: Mapping[str, str]) -> Callable[[Path], Path]:
    scenario = from_dict(about["scenario"] if isinstance(about["scenario"], dict) else {}, source=str(file))
    seed, first, count = (_whole(about, name, file) for name in ("seed", "first_replicate", "replicates"))

    def make(folder: Path) -> Path:
        series, organisations, events = (f"{name}.parquet" in files for name in ("series", "organisations", "events"))
        return simulate(scenario, count, seed, series, organisations, events, first_replicate=first).save(folder)

    return make


def _comparison(about: Mapping[str, Any], file: Path) -> Callable[[Path], Path]:
    from sim.comparing.folder import arms_from, remake  # noqa: PLC0415 - only for comparisons

    seed, runs = (_whole(about, name, file) for name in ("seed", "runs"))
    worlds = about.get("worlds")
    try:
        arms = arms_from(about["arms"], str(file))
        settings = [dict(each) for each in worlds] if isinstance(worlds, list) else [{}]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ResultsError(f"{file} does not tell which arms were compared: {error}") from error
    return lambda folder: remake(folder, arms, runs, seed, settings)


def _whole(about: Mapping[str, Any], name: str, file: Path) -> int:
    number = about.get(name)
    if isinstance(number, bool) or not isinstance(number, int):
        raise ResultsError(f"{file}: {name} is not a whole number")
    return number


def _read(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > _SIZE_MOST:
            raise ResultsError(f"{file} is too large for a manifest")
        about = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ResultsError(f"{file} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise ResultsError(f"{file} is not a manifest: {error}") from error
    if not isinstance(about, dict):
        raise ResultsError(f"{file} is not a manifest: it holds no table")
    return about
