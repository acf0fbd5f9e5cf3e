"""The scorecard: patterns tried, criterion by criterion."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.patterns.definitions import Criterion, Pattern, Verdict
from sim.patterns.laboratory import Laboratory
from sim.patterns.reading import built_in
from sim.patterns.statistics import Estimate
from sim.provenance import version
from sim.results import write_file


@dataclass(frozen=True)
class Finding:
    """What one criterion came to."""

    pattern: Pattern
    criterion: Criterion
    estimate: Estimate
    holds: Verdict


def try_pattern(pattern: Pattern, laboratory: Laboratory) -> list[Finding]:
    """Return what each criterion of a pattern comes to."""
    found = pattern.estimates(laboratory)
    return [Finding(pattern, each, found[each.name], each.judge(found[each.name])) for each in pattern.criteria]


def try_patterns(
    patterns: Iterable[Pattern], laboratory: Laboratory, progress: Callable[[Pattern], None] | None = None
) -> list[Finding]:
    """Return what each criterion of each pattern comes to; ``progress`` is told of each pattern that is done."""
    findings: list[Finding] = []
    for pattern in patterns:
        findings += try_pattern(pattern, laboratory)
        if progress:
            progress(pattern)
    return findings


def verdict(findings: Sequence[Finding]) -> Verdict:
    """Return whether a pattern holds: all its criteria do; it fails if one of them does."""
    counting = [each.holds for each in findings if not each.criterion.reported]
    if "no" in counting:
        return "no"
    return "yes" if all(each == "yes" for each in counting) else "not shown"


def by_pattern(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Return findings by the id of their pattern, in order."""
    found: dict[str, list[Finding]] = {}
    for each in findings:
        found.setdefault(each.pattern.id, []).append(each)
    return found


def as_frame(findings: Sequence[Finding]) -> pd.DataFrame:
    """Return findings as a frame, a row per criterion."""
    verdicts = {key: verdict(each) for key, each in by_pattern(findings).items()}
    return pd.DataFrame(
        [
            {
                "pattern": each.pattern.id, "role": each.pattern.role, "criterion": each.criterion.name,
                "words": each.criterion.words["en"], "unit": each.criterion.unit, "estimate": each.estimate.value,
                "low": each.estimate.low, "high": each.estimate.high, "above": each.criterion.above,
                "below": each.criterion.below, "counts": not each.criterion.reported, "holds": each.holds,
                "pattern_holds": verdicts[each.pattern.id],
            }
            for each in findings
        ]
    )  # fmt: skip


def from_frame(frame: pd.DataFrame) -> list[Finding]:
    """Return the findings in a frame that ``as_frame`` made, for patterns that ship."""
    known = {each.id: each for each in built_in()}
    findings = []
    for row in frame.to_dict("records"):
        pattern = known.get(row["pattern"])
        criterion = (
            next((each for each in pattern.criteria if each.name == row["criterion"]), None) if pattern else None
        )
        if pattern and criterion:
            estimate = Estimate(row["estimate"], row["low"], row["high"])
            findings.append(Finding(pattern, criterion, estimate, criterion.judge(estimate)))
    return findings


def save(folder: Path, findings: Sequence[Finding], laboratory: Laboratory) -> Path:
    """Write findings as ``patterns.parquet`` to a folder and return the file; what was run stands in its metadata."""
    table = pa.Table.from_pandas(as_frame(findings), preserve_index=False)
    about = {
        "replicates": laboratory.replicates, "seed": laboratory.seed, "runs": laboratory.runs,
        "parameters": laboratory.parameters, "fixed": laboratory.fixed, "version": version(),
    }  # fmt: skip
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), "patterns": json.dumps(about)})
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "patterns.parquet"
    write_file(file, lambda out: pq.write_table(table, out))
    return file
