"""The scorecard as Markdown: what the patterns are, and what they came to."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from sim.patterns.ablation import AS_IT_IS, matrix
from sim.patterns.definitions import Criterion, Pattern
from sim.patterns.many import DESIGN, read_series
from sim.patterns.robust import acceptance, robustness
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
    return _span(criterion.above, criterion.below)


def _span(above: float, below: float) -> str:
    if math.isinf(below):
        return f"> {number(above)}"
    return f"< {number(below)}" if math.isinf(above) else f"{number(above)} … {number(below)}"


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
    """Return the blocks of the page that a folder with results fills: scorecard, robustness or ablation.

    Raises:
        ResultsError: the folder holds no scorecard.
    """
    if (folder / DESIGN).is_file():
        return _blocks_of_series(folder)
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


def _blocks_of_series(folder: Path) -> dict[str, str]:
    design, findings = read_series(folder)
    replicates, count = design["replicates"], len(design["variants"])
    if any(each["name"] == AS_IT_IS for each in design["variants"]):
        return {"ablation": f"{replicates} replicates an arm, seed {design['seed']}.\n\n{ablation_table(findings)}"}
    accepted = acceptance(findings)
    left = ", ".join(accepted.left_out) or "none"
    meeting = int(accepted.table[list(accepted.sorting)].all(axis=1).sum())
    text = (
        f"{count} settings, {replicates} replicates an arm, seed {design['seed']}. {meeting} of them meet all C "
        f"patterns that sort settings ({', '.join(accepted.sorting)}); {len(accepted.accepted)} are accepted, "
        f"those that come nearest with them. Patterns that hardly any meets, and that so do not sort: {left}.\n\n"
    )
    return {"robustness": text + robustness_table(findings)}


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:.0f} %"


def robustness_table(findings: pd.DataFrame) -> str:
    """Return in how many settings patterns and their criteria hold, with the median effect."""
    rows = [
        "| pattern | role | criterion | settings | within | interval within | median | middle 90 % | wanted | robust |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    wanted = findings.drop_duplicates(["pattern", "criterion"]).set_index(["pattern", "criterion"])
    for row in robustness(findings).to_dict("records"):
        whole = row["criterion"] == ""
        bound = "" if whole else _span(*wanted.loc[(row["pattern"], row["criterion"]), ["above", "below"]])
        middle = "" if whole else f"{number(row['low'])} … {number(row['high'])}"
        cells = (
            row["pattern"] if whole else "", row["role"] if whole else "", row["criterion"], str(row["settings"]),
            _share(row["within"]), _share(row["holds"]), "" if whole else number(row["median"]), middle, bound,
            MARKS.get(row["robust"], ""),
        )  # fmt: skip
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows) + "\n"


def ablation_table(findings: pd.DataFrame) -> str:
    """Return which patterns hold (yes), fail (no) or are not shown (·) without each factor and mechanism."""
    table = matrix(findings)
    signs = {"yes": "yes", "no": "**no**", "not shown": "·"}
    rows = [
        "| without | " + " | ".join(table.index) + " |",
        "|---|" + "---|" * len(table.index),
        *(
            f"| {str(name).replace('_', ' ')} | " + " | ".join(signs[each] for each in table[name]) + " |"
            for name in table.columns
        ),
    ]
    return "\n".join(rows) + "\n"
