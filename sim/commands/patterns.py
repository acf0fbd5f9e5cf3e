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
    import pandas as pd

    from sim.patterns.definitions import Criterion
    from sim.patterns.score import Finding

_SEED_MOST = 2**63 - 1
_RUNS_LEAST, _RUNS_MOST = 4, 100_000
_ABLATION_RUNS = 30


@click.command()
@click.argument("which", metavar="[ID|FILE …]", nargs=-1)
@click.option("--robust", is_flag=True, help="Over the plausible ranges of everything uncertain: half an hour.")
@click.option("--ablate", is_flag=True, help="Without each factor and mechanism: some ten minutes.")
@click.option("--settings", metavar="N", type=click.IntRange(2, 4096), default=200, show_default=True,
              help="How many settings --robust tries.")  # fmt: skip
@click.option("--runs", metavar="N", type=click.IntRange(_RUNS_LEAST, _RUNS_MOST),
              help="Replicates of each arm  [default: 200; with --robust 12, with --ablate 30]")  # fmt: skip
@click.option("--seed", metavar="N", type=click.IntRange(0, _SEED_MOST), default=1, show_default=True,
              help="The luck of all experiments.")  # fmt: skip
@click.option("--workers", metavar="N", type=click.IntRange(1, 1024), help="Threads  [default: one for each core]")
@lang_option
@click.option("--out", metavar="DIR", help="Folder for the table  [default: results/patterns-<time>]")
def patterns(
    which: tuple[str, ...],
    robust: bool,  # noqa: FBT001
    ablate: bool,  # noqa: FBT001
    settings: int,
    runs: int | None,
    seed: int,
    workers: int | None,
    lang: str,
    out: str | None,
) -> int:
    """Hold the model against patterns.

    Each pattern is an experiment with criteria. Without arguments, all that ship are tried; else those with these
    IDs, and those in these FILEs (TOML or Python). With --robust or --ablate, work that was interrupted goes on
    where it was when --out names the same folder.
    """
    if robust and ablate:
        raise click.UsageError("either --robust or --ablate")
    if robust or ablate:
        return _many(which, settings if robust else 0, runs, seed, workers, language(lang), out)
    return _once(which, runs or 200, seed, workers, language(lang), out)


def _many(
    which: tuple[str, ...], settings: int, runs: int | None, seed: int, workers: int | None, words: Language,
    out: str | None,
) -> int:  # fmt: skip
    """Try patterns on many settings, or (none) without each factor, and tell what came of it."""
    from sim.patterns import ablation, robust
    from sim.patterns.many import Series, names_of, try_many

    variants = robust.settings(settings, seed) if settings else ablation.variants()
    replicates = runs or (robust.REPLICATES if settings else _ABLATION_RUNS)
    series = Series(names_of(which), variants, replicates, seed)
    folder = Path(out) if out else _folder("robust" if settings else "ablation")
    expect_compiling(words)
    started = time.monotonic()
    begun: list[int] = []

    def progress(done: int, of: int) -> None:
        begun.append(done)
        fresh = done - begun[0]
        if done < of and fresh:
            left = math.ceil((time.monotonic() - started) / fresh * (of - done) / 60.0)
            say(words.text("patterns.variants_left", done=done, all=of, minutes=left), err=True)
        elif done < of:
            say(words.text("patterns.variants", done=done, all=of, folder=folder), err=True)

    findings = try_many(series, folder, workers, progress)
    if settings:
        say(_robustness(robust.robustness(findings), words))
    else:
        say(_ablation(ablation.matrix(findings), words))
    say(words.text("patterns.saved", file=folder))
    return DONE


def _robustness(table: pd.DataFrame, words: Language) -> str:
    lines = []
    for row in table[table["criterion"] == ""].to_dict("records"):
        within = "–" if math.isnan(row["within"]) else words.percent(row["within"])
        holds = "–" if math.isnan(row["holds"]) else words.percent(row["holds"])
        lines.append(
            words.text(
                "patterns.robust", id=row["pattern"], role=row["role"], robust=_holds(row["robust"], words),
                within=within, holds=holds, settings=row["settings"],
            )
        )  # fmt: skip
    return "\n".join(lines)


def _ablation(table: pd.DataFrame, words: Language) -> str:
    base = table.iloc[:, 0]
    lines = []
    for name in table.columns[1:]:
        gone = [key for key in table.index if base[key] == "yes" and table.loc[key, name] != "yes"]
        come = [key for key in table.index if base[key] != "yes" and table.loc[key, name] == "yes"]
        lines.append(
            words.text(
                "patterns.ablated", name=str(name).replace("_", " "), gone=", ".join(gone) or "–",
                come=", ".join(come) or "–",
            )
        )  # fmt: skip
    return "\n".join(lines)


def _folder(what: str) -> Path:
    return Path("results") / f"patterns-{what}-{datetime.now().astimezone():%Y%m%d-%H%M%S}"


def _once(which: tuple[str, ...], runs: int, seed: int, workers: int | None, words: Language, out: str | None) -> int:
    """Try patterns at the defaults and tell what each criterion came to."""
    from sim.patterns.laboratory import Laboratory
    from sim.patterns.reading import chosen
    from sim.patterns.score import by_pattern, save, try_pattern, verdict
    from sim.results import check_free

    wanted = chosen(which)
    folder = Path(out) if out else _folder("scorecard")
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
            "     "
            + words.text(
                key, holds=_holds(each.holds, words), words=each.criterion.words[words.code],
                estimate=numbers["value"], low=numbers["low"], high=numbers["high"],
                wanted=_wanted(each.criterion, words),
            )
        )  # fmt: skip


def _holds(verdict: str, words: Language) -> str:
    """Return a verdict in words, as wide as the widest."""
    found = {key: words.text(f"patterns.holds.{key}") for key in ("yes", "no", "open")}
    return found["open" if verdict == "not shown" else verdict].ljust(max(len(each) for each in found.values()))


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
