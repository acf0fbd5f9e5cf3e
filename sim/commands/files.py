"""Commands about files and about what there is: validate, parameters, list, schema.

Each only reads its options and prints; the work is done in a module of its own, imported when the command is used.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.language import language
from sim.terminal import BAD_INPUT, DONE, lang_option, say

if TYPE_CHECKING:
    from sim.listing import Line

_WIDTH = 100
_FILE_KINDS = ("scenario", "framework", "intervention", "design")


@click.command()
@click.argument("files", metavar="FILE …", nargs=-1, required=True)
@lang_option
def validate(files: tuple[str, ...], lang: str) -> int:
    """Check files without running them.

    Each FILE is a scenario, a framework, an intervention or a design; everything that is wrong with it is told.
    """
    from sim.problems import ScenarioError
    from sim.validation import validate as check

    words = language(lang)
    done = DONE
    for file in files:
        try:
            kind = check(Path(file))
        except ScenarioError as error:
            say(str(error), err=True)
            done = BAD_INPUT
        else:
            say(words.text("validate.ok", file=file, kind=words.text(f"file.{kind}")))
    return done


@click.command()
@click.argument("word", default="")
@click.option("--json", "as_json", is_flag=True, help="For programs: everything about each, as JSON.")
@lang_option
def parameters(word: str, as_json: bool, lang: str) -> int:  # noqa: FBT001
    """Show every number that can be set.

    Each with its unit, default, range and why, source, confidence and meaning. With WORD, only those that have
    it in their path or their meaning.
    """
    from sim.listing import quantity_lines, quantity_tables

    if as_json:
        say(json.dumps(quantity_tables(word), indent=1))
    else:
        _print(quantity_lines(word, language(lang), _width()))
    return DONE


@click.command(name="list")
@lang_option
def list_shipped(lang: str) -> int:
    """Show what ships with the program.

    Scenarios, frameworks, interventions and designs, each with its title and what it is.
    """
    from sim.listing import shipped_lines

    _print(shipped_lines(language(lang), _width()))
    return DONE


@click.command()
@click.argument("kind", type=click.Choice(_FILE_KINDS), default="scenario")
def schema(kind: str) -> int:
    """Print a JSON Schema for editors.

    With it, an editor can check and complete a file of this kind while you write. Save it, as in `coalitions
    schema > scenario.schema.json`, and begin the file with
    `#:schema scenario.schema.json`.
    """
    from sim.schema import schema_of

    say(json.dumps(schema_of(kind), indent=1))
    return DONE


# ---------------------------------------------------------------- printing


def _width() -> int:
    return min(_WIDTH, shutil.get_terminal_size().columns) if sys.stdout.isatty() else _WIDTH


_COLOURS = {"heading": "cyan", "name": None, "text": None}


def _print(lines: Iterable[Line]) -> None:
    """Print a listing, with names and headings in bold on a terminal."""
    shown = [click.style(each.text, fg=_COLOURS[each.style], bold=each.style != "text") for each in lines]
    say("\n".join(shown))
