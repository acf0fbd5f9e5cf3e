"""The command about patterns: what the model has to reproduce, and whether it does."""

# ruff: noqa: PLC0415

from __future__ import annotations

import math
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.language import Language, language
from sim.terminal import DONE, FELL_SHORT, expect_compiling, lang_option, say

if TYPE_CHECKING:
    from sim.patterns.definitions import Criterion
    from sim.patterns.score import Finding

_SEED_MOST = 2**63 - 1
_RUNS_LEAST, _RUNS_MOST = 10, 100_000


@click.command()
@click.argument("which", metavar="[ID|FILE …]", nargs=-1)
@click.option("--runs", metavar="N", type=click.IntRange(_RUNS_LEAST, _RUNS_MOST), default=100, show_default=True,
              help="Replicates of each arm of an experiment.")  # fmt: skip
@click.option("--seed", metavar="N", type=click.IntRange(0, _SEED_MOST), default=1, show_default=True,
              help="The luck of all experiments.")  # fmt: skip
@click.option("--workers", metavar="N", type=click.IntRange(1, 1024), help="Threads  [default: one for each core]")
@lang_option
@click.option("--out", metavar="DIR", help="Folder for the table  [default: results/patterns-<time>]")
def patterns(which: tuple[str, ...], runs: int, seed: int, workers: int | None, lang: str, out: str | None) -> int:
    """Hold the model against patterns.

    Each pattern is an experiment with criteria. Without arguments, all that ship are tried; else those with these
    IDs, and those in these FILEs (TOML or Python).
    """
    from sim.patterns.definitions import chosen
    from sim.patterns.laboratory import Laboratory
    from sim.patterns.score import by_pattern, save, try_pattern, verdict
    from sim.results import check_free

    words = language(lang)
    wanted = chosen(which)
    folder = Path(out) if out else Path("results") / f"patterns-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    check_free(folder)
    expect_compiling(words)
    laboratory = Laboratory(runs, seed, workers=workers)
    findings: list[Finding] = []
    started = time.monotonic()
    for done, pattern in enumerate(wanted, 1):
        found = try_pattern(pattern, laboratory)
        findings += found
        _tell(found, words)
        if done < len(wanted):
            left = (time.monotonic() - started) / done * (len(wanted) - done) / 60.0
            say(words.text("patterns.left", done=done, all=len(wanted), minutes=math.ceil(left)), err=True)
    held = [verdict(each) == "yes" for each in by_pattern(findings).values()]
    say()
    say(
        words.text(
            "patterns.summary", count=sum(held), all=len(held), runs=words.number(laboratory.runs), replicates=runs,
            seed=seed,
        )
    )  # fmt: skip
    say(words.text("patterns.saved", file=save(folder, findings, laboratory)))
    return DONE if all(held) else FELL_SHORT


def _tell(found: list[Finding], words: Language) -> None:
    from sim.patterns.score import verdict

    pattern = found[0].pattern
    say(
        words.text(
            "patterns.pattern", id=pattern.id, holds=_holds(verdict(found), words), meaning=pattern.meaning[words.code]
        )
    )
    for each in found:
        numbers = {
            name: _number(getattr(each.estimate, name), words) for name in ("value", "low", "high")
        }  # fmt: skip
        key = "patterns.reported" if each.criterion.reported else "patterns.criterion"
        say(
            words.text(
                key, holds=_holds(each.holds, words), words=each.criterion.words[words.code],
                estimate=numbers["value"], low=numbers["low"], high=numbers["high"],
                wanted=_wanted(each.criterion, words),
            )
        )  # fmt: skip


def _holds(verdict: str, words: Language) -> str:
    return words.text(f"patterns.holds.{'open' if verdict == 'not shown' else verdict}")


def _number(value: float, words: Language) -> str:
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    return words.number(value, 1 if size >= 10 else 2 if size >= 1 else 3 if size >= 0.01 or size == 0 else 4)


def _wanted(criterion: Criterion, words: Language) -> str:
    if math.isinf(criterion.below):
        return words.text("patterns.above", bound=_number(criterion.above, words))
    if math.isinf(criterion.above):
        return words.text("patterns.below", bound=_number(criterion.below, words))
    low, high = _number(criterion.above, words), _number(criterion.below, words)
    return words.text("patterns.between", low=low, high=high)
