"""A comparison in words: the arms side by side, and for each pair what is better, what is the same, what is open."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from sim.comparing.paired import A_BETTER, A_MORE, B_BETTER, B_MORE, NO_DIFFERENCE, OPEN
from sim.comparing.worth import COMPARED, Compared
from sim.comparison import Comparison
from sim.language import Language

WIDTH = 100
_LABEL = 38
_CELL = 10
_VALUES = 27


def lines(comparison: Comparison, words: Language, worlds: int = 1) -> Iterator[str]:
    """Go through the lines of a comparison as they are printed."""
    main = [each for each in COMPARED if each.main]
    numbers = {arm.key: f"({place + 1})" for place, arm in enumerate(comparison.arms)}
    labels = {arm.key: arm.label[words.code] for arm in comparison.arms}
    title = comparison.arms[0].scenario.title[words.code]
    yield from _wrapped(
        words.text(
            "compare.heading", title=title, arms=words.counted(len(comparison.arms)),
            runs=words.number(comparison.runs_per_arm), seed=comparison.seed,
        )
    )  # fmt: skip
    if worlds > 1:
        yield words.text("compare.worlds", count=words.number(worlds))
    yield ""
    for arm in comparison.arms:
        said = words.text("compare.arm", number=numbers[arm.key], label=labels[arm.key])
        yield from _wrapped(said, "  ", "       ")
    yield ""
    yield from _means(comparison, main, numbers, words)
    apart = comparison.differences
    for a, b in dict.fromkeys(zip(map(str, apart["a"]), map(str, apart["b"]), strict=True)):
        yield ""
        heading = words.text(
            "compare.pair", a=numbers[a], b=numbers[b], label_a=labels[a], label_b=labels[b]
        )  # fmt: skip
        yield from _wrapped(heading)
        found = apart[(apart["a"] == a) & (apart["b"] == b)].set_index("outcome")
        yield from _pair(comparison, main, found, a, b, numbers, words)
    yield ""
    yield from _wrapped(words.text("compare.intervals", count=words.number(len(comparison.differences))))
    yield from _wrapped(words.text("compare.caution"))


def _wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, break_long_words=False
    )


def label(compared: Compared, words: Language) -> str:
    """Return the name of an outcome in words."""
    return compared.outcome.nl if words.code == "nl" else compared.outcome.en


def amount(compared: Compared, value: float, words: Language, *, signed: bool = False) -> str:
    """Return a value of an outcome as people read it: money in k€, shares with two digits, large numbers whole."""
    if not np.isfinite(value):
        return "–"
    sign = "−" if value < 0.0 else "+" if signed and value > 0.0 else ""
    if compared.outcome.unit == "k€":
        return sign + words.keur(abs(value))
    digits = 2 if compared.outcome.unit in ("share", "phase") else 0 if abs(value) >= 1000 else 1
    return sign + words.number(abs(value), digits)


def mean_of(comparison: Comparison, compared: Compared, arm: str) -> float:
    """Return the mean of an outcome over the runs of an arm; what never came counts as the month after the last."""
    found = comparison.distributions
    row = found[(found["outcome"] == compared.name) & (found["arm"] == arm)].iloc[0]
    missing = float(row["missing"])
    never = missing * (comparison.arms[0].scenario.months + 1)
    return never + ((1.0 - missing) * float(row["mean"]) if missing < 1.0 else 0.0)


def _means(comparison: Comparison, main: list[Compared], numbers: dict[str, str], words: Language) -> Iterator[str]:
    """Show the means as a table; many arms take several, one below the other."""
    keys = [arm.key for arm in comparison.arms]
    fit = (WIDTH - _LABEL) // _CELL
    yield words.text("compare.means")
    for start in range(0, len(keys), fit):
        shown = keys[start : start + fit]
        yield "".ljust(_LABEL) + "".join(numbers[key].rjust(_CELL) for key in shown)
        for each in main:
            name = label(each, words) + ("*" if each.kind == "time" else "")
            cells = (amount(each, mean_of(comparison, each, key), words).rjust(_CELL) for key in shown)
            yield f"  {name}".ljust(_LABEL) + "".join(cells)


def _pair(
    comparison: Comparison, main: list[Compared], found: Any, a: str, b: str, numbers: dict[str, str], words: Language
) -> Iterator[str]:
    if not (found["effect"] != 0.0).any() and (found["verdict"] == NO_DIFFERENCE).all():
        yield from _wrapped(words.text("compare.identical"), "  ", "    ")
        return

    def apart(each: Compared, name: str) -> str:
        return amount(each, float(found.loc[each.name, name]), words, signed=name == "effect")

    def row(each: Compared) -> str:
        a_mean, b_mean = (amount(each, mean_of(comparison, each, key), words) for key in (a, b))
        values = words.text("compare.values", a=a_mean, b=b_mean)
        interval = words.text("compare.interval", low=apart(each, "low"), high=apart(each, "high"))
        said = f"    {label(each, words)}".ljust(_LABEL) + values.ljust(_VALUES) + apart(each, "effect").rjust(_CELL)
        return f"{said}  {interval}"

    def row_open(each: Compared) -> str:
        count = found.loc[each.name, "runs_needed"]
        if pd.isna(count):
            return row(each)
        return f"{row(each)}  {words.text('compare.needed', runs=words.number(_rounded(int(count))))}"

    for verdict, key, number in (
        (A_BETTER, "better", numbers[a]), (B_BETTER, "better", numbers[b]), (A_MORE, "more", numbers[a]),
        (B_MORE, "more", numbers[b]), (OPEN, "open", ""),
    ):  # fmt: skip
        rows = _with(main, found, verdict)
        if rows:
            yield "  " + words.text(f"compare.{key}", number=number)
            yield from map(row_open if verdict == OPEN else row, rows)
    alike = _with(main, found, NO_DIFFERENCE)
    if alike:
        said = words.text("compare.same", what="; ".join(label(each, words) for each in alike))
        yield from _wrapped(said, "  ", "    ")


def _with(main: Iterable[Compared], found: Any, verdict: str) -> list[Compared]:
    return [each for each in main if found.loc[each.name, "verdict"] == verdict]


def _rounded(count: int) -> int:
    """Return a number of runs to two digits, upwards."""
    step = 10 ** max(0, len(str(count)) - 2)
    return int(-(-count // step) * step)
