"""Worlds: settings of the uncertain parameters that the calibration patterns accept, shipped as data.

Where a statement should not hang on one choice of parameters, it is made over several worlds (``comparing.worlds``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.comparing.worlds import ACCEPTED
from sim.problems import single
from sim.results import write_file


def save_worlds(chosen: Sequence[Mapping[str, float]], about: str, file: Path = ACCEPTED) -> Path:
    """Write worlds, a table each with a line for each parameter, and return the file; ``about`` heads it.

    Raises:
        ScenarioError: there are none.
    """
    if not chosen:
        raise single("worlds", "no setting is accepted", allowed="at least one")
    lines = [f"# {line}".rstrip() for line in about.splitlines()]
    for each in chosen:
        lines += ["", "[[worlds]]", *(f'"parameters.{name}" = {value:.6g}' for name, value in each.items())]
    text = "\n".join(lines) + "\n"
    write_file(file, lambda out: out.write(text.encode("utf-8")))
    return file
