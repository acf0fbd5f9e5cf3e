"""Commands about results that are there already: rerun, export."""

# ruff: noqa: PLC0415

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.language import language
from sim.terminal import DONE, FELL_SHORT, expect_compiling, lang_option, say

if TYPE_CHECKING:
    from sim.rerun import Comparison
    from sim.sweeps.again import Again


@click.command()
@click.argument("manifest")
@lang_option
def rerun(manifest: str, lang: str) -> int:
    """Repeat a result and compare.

    The result is made again from its MANIFEST (the file, or its folder), in a temporary place, and compared byte for
    byte with what it was. What is there is not touched.
    """
    from sim.rerun import read_manifest
    from sim.sweeps.again import again, is_sweep

    words = language(lang)
    found: Comparison | Again
    if is_sweep(Path(manifest)):
        expect_compiling(words)
        found = again(Path(manifest))
        count = found.files
    else:
        birth = read_manifest(Path(manifest))
        expect_compiling(words)
        found, count = birth.again(), len(birth.files)
    if not found.differing:
        say(words.text("rerun.same", count=count))
    else:
        say(words.text("rerun.differs", files=", ".join(found.differing)), err=True)
    if found.other_bytes_only:
        say(words.text("rerun.values", files=", ".join(found.other_bytes_only)), err=True)
    for name, then, now in found.versions:
        say(words.text("rerun.version", name=name, then=then, now=now), err=bool(found.differing))
    if found.differing and not found.versions:
        say(words.text("rerun.no_version"), err=True)
    if found.damaged:
        say(words.text("rerun.damaged", files=", ".join(found.damaged)), err=True)
    return FELL_SHORT if found.differing or found.damaged else DONE


@click.command()
@click.argument("folder")
@click.option("--csv", is_flag=True, help="A CSV file for each table.")
@click.option("--xlsx", is_flag=True, help="One workbook with a sheet for each table.")
@click.option("--out", metavar="PLACE", help="Another folder, or for a workbook its name  [default: FOLDER]")
@lang_option
def export(folder: str, csv: bool, xlsx: bool, out: str | None, lang: str) -> int:  # noqa: FBT001
    """Write results for spreadsheets.

    The tables of a result FOLDER become CSV files or one workbook; nothing is overwritten.
    """
    from sim.export import export_csv, export_xlsx

    if csv == xlsx:
        raise click.UsageError("either --csv or --xlsx is needed")
    words = language(lang)
    write = export_csv if csv else export_xlsx
    for file in write(Path(folder), Path(out) if out else None, words):
        say(words.text("export.written", file=file))
    return DONE
