"""What every command has in common: exit codes, the option for the language, and printing."""

from __future__ import annotations

import os
import sys

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
