"""The scorecard as Markdown: what the patterns are, and what they came to."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from sim.patterns.definitions import Criterion, Pattern
from sim.patterns.score import Finding, by_pattern, from_frame, verdict
from sim.results import ResultsError

MARKS = {"yes": "yes", "no": "**no**", "not shown": "not shown"}


def number(value: float) -> str:
    """Return a number with three digits that mean something."""
    if math.isnan(value):
        return "–"
    size = abs(value)
    digits = 1 if size >= 10 else 2 if size >= 1 else 3 if size >= 0.01 or size == 0 else 4
    return f"{value:.{digits}f}".replace("-", "−")


def bounds(criterion: Criterion) -> str:
    """Return what the interval has to lie between."""
    if math.isinf(criterion.below):
        return f"> {number(criterion.above)}"
    if math.isinf(criterion.above):
        return f"< {number(criterion.below)}"
    return f"{number(criterion.above)} … {number(criterion.below)}"


def scorecard(findings: Sequence[Finding]) -> str:
    """Return the table of findings, a row per criterion."""
    rows = [
        "| pattern | role | criterion | unit | estimate | 95 % interval | wanted | holds | pattern |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for key, group in by_pattern(findings).items():
        for place, each in enumerate(group):
            first = place == 0
            interval = f"{number(each.estimate.low)} … {number(each.estimate.high)}"
            cells = (
                key if first else "", each.pattern.role if first else "", each.criterion.words["en"],
                each.criterion.unit, number(each.estimate.value), interval, bounds(each.criterion), MARKS[each.holds],
                MARKS[verdict(group)] if first else "",
            )  # fmt: skip
            rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows) + "\n"


def descriptions(patterns: Sequence[Pattern]) -> str:
    """Return what the patterns are: the part of the page that does not depend on any run."""
    return "\n".join(_description(each) for each in patterns)


def _description(pattern: Pattern) -> str:
    criteria = [
        f"- {'Reported' if each.reported else 'Criterion'} `{each.name}` ({each.unit}, {bounds(each)}): "
        f"{each.words['en']}\n"
        for each in pattern.criteria
    ]
    return (
        f"### {pattern.id} ({pattern.role})\n\n{pattern.meaning['en']}\n\n*{pattern.meaning['nl']}*\n\n"
        f"- Source: {pattern.source}\n- Mechanism: {pattern.mechanism}\n- Experiment: {pattern.setup}\n"
        f"{''.join(criteria)}"
    )


def blocks_of(folder: Path) -> dict[str, str]:
    """Return the blocks of the page that a folder with results fills.

    Raises:
        ResultsError: the folder holds no scorecard.
    """
    file = folder / "patterns.parquet"
    if not file.is_file():
        raise ResultsError(f"{folder} holds no scorecard ({file.name} is missing)")
    table = pq.read_table(file)
    about = json.loads(table.schema.metadata[b"patterns"])
    findings = from_frame(table.to_pandas())
    held = [verdict(each) for each in by_pattern(findings).values()]
    text = (
        f"{held.count('yes')} of {len(held)} patterns hold, {held.count('no')} fail, the rest is not shown. "
        f"{about['replicates']} replicates an arm, seed {about['seed']}, {about['runs']} runs.\n\n"
    )
    return {"scorecard": text + scorecard(findings)}
