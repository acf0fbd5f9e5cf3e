"""A comparison on disk: all runs, the differences, and a manifest from which it can be made again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from sim.comparing.compare import PairedComparison, compare_arms
from sim.comparison import Arm
from sim.elements import as_plain
from sim.results import Origin, birth_certificate, save_tables
from sim.scenario import from_dict

_UNITS = {
    "outcome": "name", "a": "name", "b": "name", "partners": "organisations", "effect": "that of the outcome",
    "low": "that of the outcome", "high": "that of the outcome", "probability_a_better": "share",
    "smallest_worth": "that of the outcome", "verdict": "verdict", "runs_needed": "runs", "narrowing": "ratio",
}  # fmt: skip


def save_comparison(
    comparison: PairedComparison,
    folder: Path,
    command: Sequence[str] | None = None,
    show: Callable[[Path], object] | None = None,
) -> Path:
    """Write a comparison to a folder, whole or not at all; ``show`` writes what people look at beside the tables.

    Raises:
        ResultsError: the folder holds other results, or cannot be written.
    """
    made = comparison.origin
    started = made.started if made else datetime.now(UTC)
    origin = Origin(command or (made.command if made else ()), started, datetime.now(UTC))
    tables = {"runs": comparison.run_tables(), "differences": [differences_table(comparison.differences)]}
    return save_tables(folder, tables, lambda files, others: _manifest(comparison, origin, files, others), show)


def differences_table(differences: pd.DataFrame) -> Any:
    """Return the differences as a table with the unit of each column."""
    table = pa.Table.from_pandas(differences, preserve_index=False)
    fields = [each.with_metadata({"unit": _UNITS[each.name]}) for each in table.schema]
    return table.cast(pa.schema(fields, metadata=table.schema.metadata))


def _manifest(
    comparison: PairedComparison, origin: Origin, files: Mapping[str, str], others: Mapping[str, str]
) -> dict[str, Any]:
    worlds = comparison.arm_runs[0].settings
    return {
        **birth_certificate(origin, files),
        "others": dict(others),
        "seed": comparison.seed,
        "runs": comparison.runs_per_arm,
        "worlds": [as_plain(dict(each)) for each in worlds],
        "arms": [_arm_dict(arm) for arm in comparison.arms],
    }


def _arm_dict(arm: Arm) -> dict[str, Any]:
    return {
        "key": arm.key,
        "label": dict(arm.label),
        "framework": arm.framework,
        "interventions": list(arm.interventions),
        "partners": arm.partners,
        "collaboration": arm.collaboration,
        "place": list(arm.place),
        "scenario": arm.scenario.as_dict(),
    }


def arms_from(rows: Any, source: str) -> tuple[Arm, ...]:
    """Return the arms that a manifest tells of.

    Raises:
        KeyError, TypeError, ValueError: the rows are not those of arms.
        ScenarioError: a scenario among them has problems.
    """
    made = []
    for row in rows:
        scenario, partners, framework, intervention = (int(each) for each in row["place"])
        made.append(
            Arm(
                key=str(row["key"]),
                label={str(code): str(text) for code, text in row["label"].items()},
                scenario=from_dict(row["scenario"], source=source),
                framework=str(row["framework"]),
                interventions=tuple(str(each) for each in row["interventions"]),
                partners=int(row["partners"]),
                collaboration=str(row["collaboration"]),
                place=(scenario, partners, framework, intervention),
            )
        )
        if row["collaboration"] not in {each.id for each in made[-1].scenario.collaborations}:
            raise ValueError(f"{row['key']} has no collaboration {row['collaboration']}")
    if not made:
        raise ValueError("there are none")
    return tuple(made)


def remake(folder: Path, arms: Sequence[Arm], runs: int, seed: int, worlds: Sequence[Mapping[str, Any]]) -> Path:
    """Make a comparison again and write it to a folder.

    Raises:
        ScenarioError: something is out of bounds.
        ResultsError: the folder cannot be written.
    """
    return save_comparison(compare_arms(arms, runs, seed, worlds=worlds), folder)
