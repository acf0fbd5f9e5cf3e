"""Small sweeps for the tests, and a computer that needs no other process."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.design import Design
from sim.design_reading import read_design
from sim.sweeps.blocks import compute
from sim.sweeps.folder import Identity
from sim.sweeps.opened import Results
from sim.sweeps.running import run_with
from sim.toml_source import parse

SMALL = """
schema = 1
name = "small"
scenario = "tilburg"
replicates = 3
frameworks = ["building", "covenant"]
block_runs = 4
[set]
months = 6
[[vary]]
path = "organisations.*.tendered_share"
values = [0.0, 0.6]
"""
ALL_TABLES = 'outputs = ["runs", "series", "organisations", "events"]\n'


def design_from(text: str, name: str = "design.toml") -> Design:
    return read_design(parse(text, name), Path(name).absolute().parent)


def small(head: str = "", tail: str = "") -> Design:
    """Return a design of 12 runs in 3 blocks; ``head`` goes before its first table, ``tail`` after its last."""
    return design_from(SMALL.replace("[set]", f"{head}[set]", 1) + tail)


class Inline:
    """Computes blocks in this process; what it has once computed it knows."""

    def __init__(self, identity: Identity, known: dict[int, Mapping[str, bytes]] | None = None) -> None:
        self.identity, self.known = identity, {} if known is None else known
        self.asked: list[int] = []

    def run(self, blocks: Sequence[tuple[int, range]]) -> Generator[tuple[int, Mapping[str, bytes]], None, None]:
        for number, runs in blocks:
            self.asked.append(number)
            if number not in self.known:
                self.known[number] = compute(self.identity.text, self.identity.mark, runs.start, runs.stop, {})
            yield number, self.known[number]


def run_inline(
    design: Design, place: Path, known: dict[int, Mapping[str, bytes]] | None = None, **more: Any
) -> tuple[Results, list[int]]:
    """Run a design in this process; return the results and which blocks were computed."""
    made: list[Inline] = []

    def computer(identity: Identity, _: int) -> Inline:
        made.append(Inline(identity, known))
        return made[-1]

    results = run_with(design, place, computer, more.get("progress"), ["coalitions", "sweep"])
    return results, made[0].asked if made else []


def content(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all tables by name."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.glob("*/*.parquet"))}
