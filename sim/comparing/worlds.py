"""Worlds: settings of the parameters that fit what is known, over which the runs of every arm are spread.

A setting gives values to paths, as ``--set`` does, the same for all arms. The settings that were accepted stand in
``sim/worlds.toml``: tables ``[[worlds]]`` with a path and its value a line, in an order that means nothing, so that the
first so many are a sample.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from sim.problems import single
from sim.toml_source import read

ACCEPTED: Final = Path(__file__).resolve().parent.parent / "worlds.toml"
_WHERE = "compare"


def settings(worlds: int | Sequence[Mapping[str, Any]] | None, runs: int) -> list[dict[str, Any]]:
    """Return the settings over which runs are spread; one without changes if there are none.

    Raises:
        ScenarioError: there are no accepted settings, or too few of them, or more than runs.
    """
    if worlds is None:
        return [{}]
    count = worlds if isinstance(worlds, int) else len(worlds)
    if isinstance(worlds, bool) or not 2 <= count <= runs:
        allowed = f"from 2 to the number of runs, {runs}"
        raise single(_WHERE, f"{count} worlds are not allowed", path="worlds", value=count, allowed=allowed)
    if not isinstance(worlds, int):
        return _alike([dict(each) for each in worlds])
    if not ACCEPTED.is_file():
        message = "this version ships no accepted settings of the parameters to draw worlds from"
        raise single(_WHERE, message, path="worlds", value=worlds, allowed="leave --worlds out")
    accepted = [dict(each) for each in read(ACCEPTED).tree.get("worlds", [])]
    if len(accepted) < count:
        message = f"there are {len(accepted)} accepted settings of the parameters"
        raise single(_WHERE, message, path="worlds", value=worlds, allowed=f"at most {len(accepted)}")
    return _alike(accepted[:count])


def _alike(worlds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return settings with their paths in one order: each path is a column of the results."""
    for number, each in enumerate(worlds):
        if each.keys() != worlds[0].keys():
            path = min(each.keys() ^ worlds[0].keys())
            message = f"world {number + 1} does not set the same paths as world 1"
            raise single(_WHERE, message, path=path, allowed="the same paths in every world")
    return [{path: each[path] for path in worlds[0]} for each in worlds]


def spread(runs: int, worlds: int) -> list[tuple[int, int]]:
    """Return which runs live in which world: from where to where, as evenly as can be, in order."""
    return list(pairwise(runs * number // worlds for number in range(worlds + 1)))
