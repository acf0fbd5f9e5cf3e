"""The command `compare`."""

# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.language import language
from sim.terminal import (
    DONE,
    command_given,
    expect_compiling,
    lang_option,
    new_folder,
    progress,
    say,
)  # fmt: skip

if TYPE_CHECKING:
    from sim.comparison import Comparison

_SEED_MOST = 2**63 - 1
_RUNS_MOST = 10_000_000
_MAIN = ("building", "covenant", "client_contractor")


class _Listed(click.ParamType):  # type: ignore[type-arg]
    """Names, or whole numbers, with commas between them."""

    def __init__(self, name: str, *, numbers: bool = False) -> None:
        self.name = name
        self._numbers = numbers

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[object, ...]:
        """Return the names or numbers in a text."""
        if isinstance(value, tuple):
            return value
        words = [word.strip() for word in str(value).split(",")]
        if not all(words):
            self.fail(f"{str(value)!r} has an empty place; names with commas between them are needed", param, ctx)
        if not self._numbers:
            return tuple(words)
        if not all(word.isascii() and word.isdecimal() and len(word) < 10 for word in words):
            self.fail(f"{str(value)!r} is not allowed; whole numbers with commas between them are needed", param, ctx)
        return tuple(int(word) for word in words)


@click.command()
@click.argument("scenarios", metavar="SCENARIO …", nargs=-1, required=True)
@click.option("--frameworks", metavar="ID,…", type=_Listed("ids"), default=(),
              help="Frameworks to lay on it  [default, if nothing else varies: the three main ones]")  # fmt: skip
@click.option("--interventions", metavar="ID[@MONTH],…", type=_Listed("ids"), default=(),
              help="Interventions, each against none; from month 1 if no month is given.")  # fmt: skip
@click.option("--partners", metavar="N,…", type=_Listed("numbers", numbers=True), default=(),
              help="Numbers of partners, each crossed with all else.")  # fmt: skip
@click.option("--collaboration", metavar="ID",
              help="The one that is changed and looked at  [default: all are, the first is looked at]")  # fmt: skip
@click.option("--runs", metavar="N", type=click.IntRange(1, _RUNS_MOST), default=1000, show_default=True,
              help="Runs of each arm.")  # fmt: skip
@click.option("--seed", metavar="N", type=click.IntRange(0, _SEED_MOST), default=1, show_default=True,
              help="The luck that all arms share.")  # fmt: skip
@click.option(
    "--worlds", metavar="N", type=click.IntRange(2), help="Spread the runs over so many settings of the parameters."
)
@click.option("--set", "sets", metavar="PATH=VALUE", multiple=True,
              help="Set a value in every arm; can be given more than once, the last wins.")  # fmt: skip
@click.option("--workers", metavar="N", type=click.IntRange(1, 1024), help="Threads  [default: one a core]")
@lang_option
@click.option("--out", metavar="DIR", help="Folder for the results  [default: results/<name>-<time>]")
def compare(
    scenarios: tuple[str, ...],
    frameworks: tuple[str, ...],
    interventions: tuple[str, ...],
    partners: tuple[int, ...],
    collaboration: str | None,
    runs: int,
    seed: int,
    worlds: int | None,
    sets: tuple[str, ...],
    workers: int | None,
    lang: str,
    out: str | None,
) -> int:
    """Compare frameworks, interventions, numbers of partners or scenarios in the same worlds.

    Each SCENARIO is a file or the name of a shipped one. What is given is crossed; every arm lives through the same
    luck, so that what sets two of them apart is what was changed, and what came of it.
    """
    from sim.scenario import load, parse_set

    words = language(lang)
    values = [parse_set(each) for each in sets]
    loaded = [load(each) for each in scenarios]

    from sim.comparing.arms import arms_of
    from sim.comparing.worlds import settings
    from sim.results import check_free

    if len(loaded) == 1 and not (frameworks or interventions or partners):
        frameworks = _MAIN
    arms = arms_of(loaded, frameworks, interventions, partners, collaboration, values)
    chosen = settings(worlds, runs)
    folder = Path(out) if out else new_folder(loaded[0].name)
    check_free(folder)
    expect_compiling(words)

    from sim.comparing.compare import compare_arms
    from sim.comparing.folder import save_comparison
    from sim.comparing.words import lines

    with progress(runs * len(arms), words, "compare.done") as tell:
        made = compare_arms(arms, runs, seed, workers=workers, worlds=chosen, progress=tell)
    save_comparison(made, folder, command_given(), _report(made, lang))
    for line in lines(made, words, len(chosen)):
        say(line)
    say()
    say(words.text("run.saved", folder=folder))
    say(words.text("compare.report", file=folder / "report.html"))
    return DONE


def _report(made: Comparison, lang: str) -> Callable[[Path], object]:
    """Return what writes the report for people."""
    from sim.report import write_report

    return lambda folder: write_report(made, folder, lang, command=command_given())
