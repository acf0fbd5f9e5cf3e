"""The command line: ``coalitions``, or ``python -m sim``.

Exit codes: 0 done, 1 finished but a check fell short, 2 bad input, 70 a bug, 130 interrupted. What takes long to
import is imported where it is used.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

import contextlib
import os
import shlex
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands import COMMANDS
from sim.language import LANGUAGES, Language, language
from sim.terminal import (
    BAD_INPUT,
    BUG,
    DONE,
    FELL_SHORT,
    INTERRUPTED,
    PROGRAM,
    InputError,
    command_given,
    expect_compiling,
    lang_option,
    new_folder,
)
from sim.terminal import say as _say

if TYPE_CHECKING:
    from sim.engine import Records
    from sim.results import Case

_SEED_MOST = 2**63 - 1
_REPLICATE_MOST = 2**62


def _version(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:  # noqa: FBT001
    if asked and not context.resilient_parsing:
        from sim.provenance import version

        _say(f"{PROGRAM} {version()}")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
              help="Show the version and exit.")  # fmt: skip
def commands() -> None:
    """Simulate how housing, welfare and care organisations come to work together, or do not.

    It explores what-ifs; it does not forecast.
    """


@commands.command()
@click.argument("scenario")
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(0, _SEED_MOST),
    default=1,
    show_default=True,
    help="The luck of a series of runs.",
)
@click.option(
    "--replicate",
    metavar="N",
    type=click.IntRange(0, _REPLICATE_MOST),
    default=0,
    show_default=True,
    help="Which run of the series.",
)
@click.option(
    "--set",
    "sets",
    metavar="PATH=VALUE",
    multiple=True,
    help="Set a value; can be given more than once, the last wins.",
)
@click.option(
    "--check", is_flag=True, help="Check in every month that money, hours, shares and phases are as they must be."
)
@lang_option
@click.option("--out", metavar="DIR", help="Folder for the results  [default: results/<name>-<time>]")
def run(
    scenario: str,
    seed: int,
    replicate: int,
    sets: tuple[str, ...],
    check: bool,  # noqa: FBT001
    lang: str,
    out: str | None,
) -> int:
    """Run SCENARIO once (a file, or the name of a shipped scenario) and tell what happened, year by year."""
    from sim.scenario import load, parse_set

    words = language(lang)
    chosen = load(scenario, [parse_set(each) for each in sets])
    folder = Path(out) if out else new_folder(chosen.name)
    expect_compiling(words)

    from sim.ensemble import check_size, from_records, prepare
    from sim.results import TABLES, Origin, check_free

    check_free(folder)
    case = prepare(chosen, seed)
    check_size(case, 1, replicate, TABLES, workers=1)
    started = datetime.now(UTC)
    records = _records(case, replicate)
    ended = datetime.now(UTC)
    breaches = _breaches(case, replicate) if check else []
    _tell(case, records, replicate, words)
    from_records(case, records, replicate, Origin(command_given(), started, ended)).save(folder)
    _say()
    _say(words.text("run.saved", folder=folder))
    if breaches:
        _say(words.text("run.check_failed", count=len(breaches)), err=True)
        for breach in breaches:
            _say(f"  {breach}", err=True)
        return FELL_SHORT
    if check:
        _say(words.text("run.checked", months=chosen.months))
    return DONE


def _records(case: Case, replicate: int) -> Records:
    from sim.engine import simulate_population

    return simulate_population(
        case.population, case.scenario.months, 1, case.seed, first=replicate, series=True, organisations=True,
        events=True, workers=1,
    )  # fmt: skip


def _breaches(case: Case, replicate: int) -> list[Any]:
    from sim.invariants import check_run

    return list(check_run(case.population, case.scenario.months, case.seed, replicate))


def _tell(case: Case, records: Records, replicate: int, words: Language) -> None:
    from sim.story import Storyteller, plain, show

    lines = Storyteller(case.scenario, case.population, records, words).lines(case.seed, replicate)
    if sys.stdout.isatty():
        show(lines)
    else:
        _say(plain(lines))


for _each in COMMANDS:
    commands.add_command(_each)


# ---------------------------------------------------------------- running a command


def _language_given(arguments: Sequence[str]) -> Language:
    """Return the language asked for, as far as can be seen before the arguments are read."""
    for place, argument in enumerate(arguments):
        given = argument.partition("=")[2] if argument.startswith("--lang=") else ""
        if argument == "--lang" and place + 1 < len(arguments):
            given = arguments[place + 1]
        if given in LANGUAGES:
            return language(given)
    return language("en")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        done = commands.main(args=given, prog_name=PROGRAM, standalone_mode=False, obj=given)
    except (KeyboardInterrupt, click.Abort):
        return _interrupted(given)
    except click.ClickException as error:
        error.show()
        return BAD_INPUT
    except Exception as error:  # noqa: BLE001 - the last resort: a user gets one line
        return _failed(error, given)
    return done if isinstance(done, int) else DONE


def _interrupted(given: Sequence[str]) -> int:
    words = _language_given(given)
    _say(f"\n{words.text('run.interrupted')}", err=True)
    _say(words.text("run.again", command=shlex.join([PROGRAM, *given])), err=True)
    return INTERRUPTED


def _is_input(error: BaseException) -> bool:
    """Say whether an error is one that the user can mend."""
    from sim.problems import ScenarioError

    if isinstance(error, ScenarioError | InputError):
        return True
    results = sys.modules.get("sim.results")
    return results is not None and isinstance(error, results.ResultsError)


def _failed(error: Exception, given: Sequence[str]) -> int:
    if _is_input(error):
        _say(str(error), err=True)
        return BAD_INPUT
    if os.environ.get("COALITIONS_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    from sim.provenance import report_where

    said = f"{type(error).__name__}: {' '.join(str(error).split())}"
    _say(_language_given(given).text("run.bug", error=said, where=report_where()), err=True)
    return BUG
