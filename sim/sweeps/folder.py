"""The folder of a sweep: what is done, what is missing, what is damaged, and one writer at a time.

Every file of a block bears its number and the SHA-256 of its content in its name, is written whole or not at all, and
says inside which sweep it belongs to. So the folder itself is the ledger: what is there and true to its name is done.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import platform
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import filelock
import pyarrow as pa
import pyarrow.parquet as pq

from sim import provenance
from sim.compiled import HERE, sources
from sim.design import OUTPUTS, Design
from sim.results import FORMAT, MANIFEST, TABLES, ResultsError, held, write_file
from sim.sweeps.blocks import MARK

KIND = "sweep"
LOCK = ".lock"
DAMAGED = "manifest_sha256"
_NAME = re.compile(r"block-(\d{6,})-([0-9a-f]{64})\.parquet")
_PARTIAL = re.compile(r"\.(block-.*\.parquet|manifest\.json)\.partial")
_LIBRARIES = ("numba", "llvmlite", "numpy", "pyarrow", "scipy")
_OWN_SOURCES = (
    "design", "elements", "group_size", "library", "paths", "reading", "results", "sampling", "scenario", "timeline",
    "sweeps/blocks",
)  # fmt: skip
_COMPARED = ("design", "versions")


# ---------------------------------------------------------------- identity


def plain_text(plain: Any) -> str:
    """Return plain tables as JSON, the same text for the same tables."""
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


@cache
def _rules() -> str:
    """Return a hash of the sources that the numbers hang on, beside the version: a working copy changes without one."""
    digest = hashlib.sha256()
    for path in (*sources(), *(HERE / f"{name}.py" for name in _OWN_SOURCES)):
        digest.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


@cache
def versions() -> Mapping[str, str]:
    """Return the versions that the bytes of a block hang on."""
    found = {provenance.DISTRIBUTION: provenance.version(), "sources": _rules(), "python": platform.python_version()}
    for name in (*_LIBRARIES, "SALib"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


@dataclass(frozen=True)
class Identity:
    """Which sweep it is: the design with everything filled in, and the versions; ``mark`` is a hash of both."""

    design: Mapping[str, Any]
    versions: Mapping[str, str]
    text: str
    mark: str


def identity_of(design: Design) -> Identity:
    """Return which sweep a design makes with the versions that are installed."""
    plain = design.as_dict()
    text = plain_text(plain)
    about = {name: each for name, each in versions().items() if name != "SALib" or design.sample is not None}
    mark = hashlib.sha256(f"{text}\n{plain_text(about)}".encode()).hexdigest()
    return Identity(plain, about, text, mark)


# ---------------------------------------------------------------- what is there


@dataclass(frozen=True)
class Block:
    """A file of a block."""

    number: int
    sha256: str
    file: Path


@dataclass(frozen=True)
class Damage:
    """A file that is not what it was, and in what way."""

    file: Path
    table: str
    number: int | None
    what: str

    def __str__(self) -> str:
        """Return the damage in a line."""
        return f"{self.file}: {self.what}"


def block_name(number: int, sha256: str) -> str:
    """Return the name of a block's file."""
    return f"block-{number:06}-{sha256}.parquet"


def blocks_in(folder: Path, table: str) -> Iterator[Block]:
    """Go through the files of a table's blocks by number.

    Raises:
        ResultsError: there is a Parquet file that no sweep has written.
    """
    place = folder / table
    for file in sorted(place.glob("*.parquet")) if place.is_dir() else ():
        found = _NAME.fullmatch(file.name)
        if found is None:
            raise ResultsError(f"{file} does not belong here: it bears no number and hash of a block")
        yield Block(int(found[1]), found[2], file)


def damage_of(block: Block, table: str, mark: str | None = None) -> Damage | None:
    """Return what is wrong with a file, or None: its hash, and which sweep it belongs to."""
    try:
        data = block.file.read_bytes()
    except OSError as error:
        return Damage(block.file, table, block.number, f"it cannot be read ({error.strerror or error})")
    if hashlib.sha256(data).hexdigest() != block.sha256:
        return Damage(block.file, table, block.number, "it is damaged: its content does not fit its hash")
    if mark is not None:
        found = (pq.read_schema(pa.BufferReader(data)).metadata or {}).get(MARK, b"").decode()
        if found != mark:
            return Damage(block.file, table, block.number, "it belongs to another sweep")
    return None


class Folder:
    """A folder that a sweep is written to. Use it under its ``lock``."""

    def __init__(self, place: Path, design: Design, identity: Identity) -> None:
        self.place, self.design, self.identity = place, design, identity

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other sweeps out. The kernel holds the lock: it ends with the process, however that ends.

        Raises:
            ResultsError: another sweep is at work here, or the folder cannot be written.
        """
        with self._told(self.place):
            if self.place.exists() and not self.place.is_dir():
                raise ResultsError(f"{self.place} is a file; results need a folder")
            self.place.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(self.place / LOCK)
            try:
                lock.acquire(blocking=False)
            except filelock.Timeout:
                raise ResultsError(f"another sweep is at work in {self.place}; wait for it, or stop it") from None
        try:
            yield
        finally:
            lock.release()

    @contextlib.contextmanager
    def _told(self, file: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            said = error.strerror or str(error)
            kept = "what is done is kept, and the same command goes on"
            raise ResultsError(f"{file} cannot be written: {said}; {kept}") from error

    # ------------------------------------------------------------ beginning

    def begin(self, command: Sequence[str], started: datetime) -> list[Damage]:
        """Make the folder ready to go on; return what was wrong with the manifest.

        Raises:
            ResultsError: it holds other results, or results of another design or version, or cannot be written.
        """
        self._clear()
        file = self.place / MANIFEST
        if not file.exists():
            others = held(self.place)
            if any(not self._is_ours(table) for table in OUTPUTS) or [o for o in others if o not in OUTPUTS]:
                raise ResultsError(
                    f"{self.place} already holds results ({', '.join(others[:3])}); choose another folder"
                )
            self.write_manifest(command, started, None)
            return []
        about = read_manifest(file)
        if about is None:
            if not any(True for _ in blocks_in(self.place, "runs")) or not self._is_ours("runs"):
                raise ResultsError(
                    f"{file} is damaged, and what is beside it is not of this design; choose another folder"
                )
            self.write_manifest(command, started, None)
            return [Damage(file, "", None, "it was damaged and has been written again")]
        if about.get("kind") != KIND:
            raise ResultsError(f"{self.place} already holds results ({MANIFEST}); choose another folder")
        if differs := differences(about, self.identity):
            message = (
                f"{self.place} holds a sweep that was made differently, and its results cannot be mixed with new ones"
            )
            raise ResultsError(f"{message}: {'; '.join(differs)}; choose another folder")
        return []

    def _is_ours(self, table: str) -> bool:
        """Say whether all readable blocks of a table belong to this sweep."""
        for block in blocks_in(self.place, table):
            found = damage_of(block, table, self.identity.mark)
            if found is not None and "another sweep" in found.what:
                return False
        return True

    def _clear(self) -> None:
        """Remove what an interrupted writer left."""
        with self._told(self.place):
            for place in (self.place, *(self.place / table for table in OUTPUTS)):
                for file in place.iterdir() if place.is_dir() else ():
                    if _PARTIAL.fullmatch(file.name):
                        file.unlink(missing_ok=True)

    def inspect(self) -> tuple[list[int], list[Damage]]:
        """Return the numbers of the blocks that are missing, and what was damaged; damaged files are removed.

        Raises:
            ResultsError: a file cannot be removed, or does not belong here.
        """
        missing: set[int] = set()
        found: list[Damage] = []
        for table in self.design.outputs:
            sound: dict[int, Block] = {}
            for block in blocks_in(self.place, table):
                damage = damage_of(block, table, self.identity.mark)
                if damage is None and block.number >= self.design.blocks:
                    damage = Damage(block.file, table, block.number, "there is no such block")
                if damage is None and block.number in sound:
                    damage = Damage(block.file, table, block.number, "there are two files of this block")
                    sound.pop(block.number).file.unlink(missing_ok=True)
                if damage is None:
                    sound[block.number] = block
                    continue
                found.append(damage)
                with self._told(block.file):
                    block.file.unlink(missing_ok=True)
            missing |= set(range(self.design.blocks)) - sound.keys()
        return sorted(missing), found

    # ------------------------------------------------------------ writing

    def write(self, number: int, files: Mapping[str, bytes]) -> None:
        """Write the files of a block, each whole or not at all.

        Raises:
            ResultsError: that failed.
        """
        for table in self.design.outputs:
            data = files[table]
            place = self.place / table
            file = place / block_name(number, hashlib.sha256(data).hexdigest())
            with self._told(file):
                place.mkdir(exist_ok=True)
                write_file(file, lambda stream, data=data: stream.write(data))  # type: ignore[misc]

    def write_manifest(self, command: Sequence[str], started: datetime, ended: datetime | None) -> None:
        """Write what is needed to make the sweep again; with the hashes of all files once it has ended.

        Raises:
            ResultsError: that failed.
        """
        about = {
            "format": FORMAT,
            "kind": KIND,
            "package": provenance.DISTRIBUTION,
            "version": provenance.version(),
            "commit": provenance.commit(),
            "libraries": provenance.libraries(),
            "command": list(command),
            "started": _stamp(started),
            "ended": _stamp(ended) if ended else None,
            "complete": ended is not None,
            "seed": self.design.seed,
            "rows": self.design.rows,
            "replicates": self.design.replicates,
            "runs": self.design.runs,
            "blocks": self.design.blocks,
            "tables": list(self.design.outputs),
            "mark": self.identity.mark,
            "versions": self.identity.versions,
            "files": dict(self._files()) if ended else {},
            "design": self.identity.design,
        }
        about = {DAMAGED: _checksum(about), **about}
        text = json.dumps(about, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        file = self.place / MANIFEST
        with self._told(file):
            write_file(file, lambda stream: stream.write(text.encode()))

    def _files(self) -> Iterable[tuple[str, str]]:
        for table in sorted(self.design.outputs):
            for block in blocks_in(self.place, table):
                yield f"{table}/{block.file.name}", block.sha256


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _checksum(about: Mapping[str, Any]) -> str:
    return hashlib.sha256(plain_text({k: v for k, v in about.items() if k != DAMAGED}).encode()).hexdigest()


def read_manifest(file: Path) -> dict[str, Any] | None:
    """Return a manifest; None if it is damaged. One without a checksum, of a single ensemble, is taken as it is."""
    try:
        about = json.loads(file.read_bytes().decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(about, dict):
        return None
    if (about.get("kind") == KIND or DAMAGED in about) and about.get(DAMAGED) != _checksum(about):
        return None
    return about


def differences(about: Mapping[str, Any], identity: Identity) -> list[str]:
    """Return in words how a manifest differs from a sweep: what of the design, and which versions."""
    then, now = about.get("design"), identity.design
    if not isinstance(then, dict):
        return ["its design is not known"]
    found = [
        f"{path} was {_shown(old)} and is {_shown(new)}" for path, old, new in _leaves(then, json.loads(identity.text))
    ]
    if len(found) > 3:
        found = [*found[:3], f"and {len(found) - 3} more differences in the design"]
    before: Mapping[str, str] = about.get("versions", {})
    for name in sorted({*before, *identity.versions}):
        if before.get(name) != identity.versions.get(name):
            found.append(f"{name} was {before.get(name, 'absent')} and is {identity.versions.get(name, 'absent')}")
    assert found or now == then  # noqa: S101
    return found


def _leaves(then: Any, now: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Go through the places where two trees differ."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key in dict.fromkeys((*then, *now)):
            yield from _leaves(then.get(key), now.get(key), f"{path}.{key}" if path else key)
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for number, (one, other) in enumerate(zip(then, now, strict=True)):
            name = one.get("id", number + 1) if isinstance(one, dict) else number + 1
            yield from _leaves(one, other, f"{path}.{name}")
    elif then != now:
        yield path, then, now


def _shown(value: Any) -> str:
    text = plain_text(value) if value is not None else "absent"
    return text if len(text) <= 60 else f"{text[:57]}…"


def tables_of_folder(folder: Path) -> list[str]:
    """Return the tables that a folder holds, as single files or as blocks."""
    return [
        name
        for name in TABLES
        if (folder / f"{name}.parquet").is_file() or any((folder / name).glob("block-*.parquet"))
    ]
