"""The peer in C: compiled by gcc or clang with strict floating point, called through ctypes.

The structures are written from the same columns as the record arrays, so that both work on the same block of memory.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from peer import COLUMNS, DTYPES, OUTCOMES, POINTS
from peer.arrays import room, start
from sim.engine import BLOCK, in_order

SOURCE = Path(__file__).with_name("kernel.c")
FLAGS = (
    "-std=c11",
    "-O3",
    "-march=native",
    "-fno-fast-math",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fPIC",
    "-shared",
)
COMPILERS = ("gcc", "clang")


def compilers() -> list[str]:
    """Return the C compilers that are on this machine."""
    return [name for name in COMPILERS if shutil.which(name)]


def header() -> str:
    """Return the structures and names that the C source counts on."""
    kinds = {"u8": "uint64_t", "i8": "int64_t", "f8": "double"}
    lines = ["#include <stdint.h>"]
    for kind in COLUMNS:
        fields = DTYPES[kind].fields or {}
        inside = " ".join(f"{kinds[about[0].str[1:]]} {name};" for name, about in fields.items())
        lines.append(f"struct {kind} {{ {inside} }};")
    lines.append(f"struct observation {{ {' '.join(f'double {name};' for name in OUTCOMES)} }};")
    lines.append(f"enum {{ {', '.join(POINTS)} }};")
    observed = " ".join(f"row->{name} = group->{name};" for name in OUTCOMES)
    lines.append(f"#define OBSERVE(group, row) do {{ {observed} }} while (0)")
    return "\n".join(lines) + "\n"


@cache
def library(compiler: str) -> Any:
    """Compile the source and return the loaded library."""
    made = header()
    name = hashlib.sha256((made + SOURCE.read_text("utf-8") + compiler + str(FLAGS)).encode()).hexdigest()[:16]
    with tempfile.TemporaryDirectory(prefix="peer-") as folder:
        (Path(folder) / "columns.h").write_text(made, encoding="utf-8")
        target = Path(folder) / f"{name}.so"
        subprocess.run([compiler, *FLAGS, "-I", folder, str(SOURCE), "-o", str(target), "-lm"], check=True)
        loaded = ctypes.CDLL(os.fspath(target))
    loaded.run_block.restype = None
    pointer, whole = ctypes.c_void_p, ctypes.c_int64
    loaded.run_block.argtypes = [pointer, pointer, pointer, whole, ctypes.c_uint64, *[whole] * 3, pointer, pointer]
    return loaded


def simulate(
    organisations: int, months: int, runs: int, seed: int = 1, *, workers: int = 1, series: bool = False,
    compiler: str = "gcc",
) -> Any:  # fmt: skip
    """Run replicates 0 … ``runs`` - 1; return what stands at the end and, if wanted, every month."""
    tables, template = start(organisations)
    finals, monthly = room(organisations, runs, months, series=series)
    counts = np.array([len(tables[kind]) for kind in COLUMNS], np.int64)
    kernel = library(compiler).run_block

    def work(first: int) -> None:
        stop = min(first + BLOCK, runs)
        buffer = template.copy()
        kernel(
            buffer.ctypes.data, template.ctypes.data, counts.ctypes.data, len(buffer), seed, first, stop - first, months,
            finals[first:stop].ctypes.data, monthly[first:stop].ctypes.data if series else None,
        )  # fmt: skip

    for _ in in_order(work, range(0, runs, BLOCK), workers):
        pass
    return (finals, monthly) if series else finals
