"""What every command has in common: exit codes, the option for the language, and printing."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import click

from sim.language import LANGUAGES, Language

PROGRAM = "coalitions"
DONE, FELL_SHORT, BAD_INPUT, BUG, INTERRUPTED = 0, 1, 2, 70, 130

lang_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of what is printed."
)


class InputError(Exception):
    """Something that the user can mend, in words; printed without a traceback."""


def say(text: str = "", *, err: bool = False) -> None:
    """Print; a reader that has had enough, as `head`, is no reason to stop."""
    try:
        click.echo(text, err=err)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), (sys.stderr if err else sys.stdout).fileno())


def expect_compiling(words: Language) -> None:
    """Say what is going on before the long silence of a first run."""
    from sim.compiled import is_cold  # noqa: PLC0415

    if is_cold():
        say(words.text("run.compiling"), err=True)


def new_folder(name: str) -> Path:
    """Return a folder for results that is not there yet, named after what is in it and the time."""
    stem = f"{name}-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    places = (Path("results") / (f"{stem}-{number}" if number else stem) for number in range(1000))
    return next(place for place in places if not place.exists())


def command_given() -> list[str]:
    """Return the command that is being run, as it was given."""
    return [PROGRAM, *click.get_current_context().find_root().obj]


_SILENT_SECONDS = 5.0  # between two lines where there is no terminal


@contextlib.contextmanager
def progress(total: int, words: Language, key: str) -> Iterator[Callable[[int], None]]:
    """Show on stderr how far long work is, with the time left: a bar in a terminal, elsewhere now and then a line.

    ``key`` is the message of such a line, with places for ``done``, ``total`` and ``left``. What is given is to be told
    how much was done, each time something is.
    """
    if sys.stderr.isatty():
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn  # noqa: PLC0415

        shown = Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True))
        with shown:
            task = shown.add_task("", total=total)
            yield lambda count: shown.advance(task, count)
        return
    begun = told = time.monotonic()
    done = 0

    def tell(count: int) -> None:
        nonlocal done, told
        done += count
        now = time.monotonic()
        if now - told >= _SILENT_SECONDS or done == total:
            told = now
            left = round((now - begun) / done * (total - done))
            said = words.text("progress.left", minutes=left // 60, seconds=f"{left % 60:02d}")
            say(words.text(key, done=words.number(done), total=words.number(total), left=said), err=True)

    yield tell
