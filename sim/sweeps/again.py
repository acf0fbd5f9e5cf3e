"""Making a sweep again from its manifest, in a temporary place, and comparing it byte for byte with what it was."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.design import design_of
from sim.results import MANIFEST, ResultsError
from sim.sweeps.folder import KIND, identity_of, read_manifest
from sim.sweeps.opened import open_results
from sim.sweeps.running import sweep


@dataclass(frozen=True)
class Again:
    """How a sweep compares with its repetition, by names of files, and which versions are others than then.

    ``other_bytes_only`` are tables whose files differ while every value is the same.
    """

    files: int
    differing: tuple[str, ...]
    other_bytes_only: tuple[str, ...]
    damaged: tuple[str, ...]
    versions: tuple[tuple[str, str, str], ...]


def is_sweep(place: Path) -> bool:
    """Say whether a manifest (the file or its folder) is that of a sweep."""
    about = read_manifest(place / MANIFEST if place.is_dir() else place)
    return about is not None and about.get("kind") == KIND


def again(place: Path) -> Again:
    """Make the sweep again and compare; ``place`` is the manifest or its folder.

    Raises:
        ResultsError: the sweep has not come to its end, or the temporary place cannot be written.
        ScenarioError: the design in the manifest has problems.
    """
    file = place / MANIFEST if place.is_dir() else place
    about: dict[str, Any] = read_manifest(file) or {}
    if not about.get("complete"):
        raise ResultsError(f"{file}: this sweep has not come to its end; go on with it first")
    design = design_of(about["design"])
    known: dict[str, str] = about["files"]
    then, now = about["versions"], identity_of(design).versions
    with tempfile.TemporaryDirectory(prefix="vital-coalitions-", ignore_cleanup_errors=True) as temporary:
        made = sweep(design, Path(temporary) / "again")
        here = open_results(file.parent)
        damaged = tuple(f"{damage.table}/{damage.file.name}" for damage in here.verify())
        differing = tuple(sorted(known.keys() - made.manifest["files"].keys()))
        tables = {name.partition("/")[0] for name in differing}
        same = tuple(
            name
            for name in sorted(tables)
            if not damaged and not here.missing and made.scan(name).to_table().equals(here.scan(name).to_table())
        )
    versions = tuple((name, then[name], now.get(name, "–")) for name in then if now.get(name) != then[name])
    return Again(len(known), differing, same, damaged, versions)
