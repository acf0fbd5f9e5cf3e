"""What stands at the end of each run of an arm: all of it, in a column each, in memory or in a file of its own.

A comparison of a million runs leaves more than a machine should hold. Statistics need one outcome at a time, and tables
some thousands of runs, so the columns of a large arm lie in a temporary file that goes when nobody needs it any more.
"""

from __future__ import annotations

import tempfile
from typing import Any

import numpy as np

from sim.outcomes import OBSERVATION, observations
from sim.results import ResultsError

HELD_BYTES = 96 * 1024**2  # of all arms; if there is more, it lies in files
_TOGETHER = 8192  # runs that are written at once


class Finals:
    """The finals of the runs of one arm, put in block by block, in order."""

    def __init__(self, runs: int, collaborations: int, arms: int = 1) -> None:
        self.runs, self.collaborations = runs, collaborations
        self._names = OBSERVATION.names or ()
        self._waiting: list[Any] = []
        self._written = 0
        shape = (len(self._names), collaborations, runs)
        self._columns: Any = None
        self._file: Any = None
        if 8 * len(self._names) * collaborations * runs * arms <= HELD_BYTES:
            self._columns = np.zeros(shape)
        else:
            self._file = tempfile.TemporaryFile(prefix="vital-coalitions-")  # noqa: SIM115 - closed with the object

    def put(self, finals: Any) -> None:
        """Add the finals of the next runs: (runs, collaborations) records.

        Raises:
            ResultsError: the temporary file cannot be written.
        """
        self._waiting.append(finals)
        held = sum(len(each) for each in self._waiting)
        if held >= _TOGETHER or self._written + held == self.runs:
            self._write(np.concatenate(self._waiting))
            self._waiting = []

    def _write(self, finals: Any) -> None:
        start, count = self._written, len(finals)
        self._written += count
        if self._file is None:
            for number, name in enumerate(self._names):
                self._columns[number, :, start : start + count] = finals[name].T
            return
        try:
            for number, name in enumerate(self._names):
                for collaboration in range(self.collaborations):
                    self._file.seek(self._at(number, collaboration, start))
                    self._file.write(np.ascontiguousarray(finals[name][:, collaboration]).data)
            self._file.flush()
        except OSError as error:
            raise ResultsError(
                f"{tempfile.gettempdir()} cannot hold the runs for the time being: {error.strerror or error}"
            ) from error

    def _at(self, number: int, collaboration: int, run: int) -> int:
        return 8 * ((number * self.collaborations + collaboration) * self.runs + run)

    def _read(self, number: int, collaboration: int, start: int, stop: int) -> Any:
        if self._file is None:
            return self._columns[number, collaboration, start:stop]
        self._file.seek(self._at(number, collaboration, start))
        return np.frombuffer(self._file.read(8 * (stop - start)), np.float64)

    def column(self, name: str, collaboration: int) -> Any:
        """Return an outcome of every run of one collaboration: (runs)."""
        return self._read(self._names.index(name), collaboration, 0, self.runs)

    def part(self, start: int, stop: int) -> Any:
        """Return the finals of some of the runs: (runs, collaborations) records."""
        made = observations((stop - start, self.collaborations))
        for number, name in enumerate(self._names):
            for collaboration in range(self.collaborations):
                made[name][:, collaboration] = self._read(number, collaboration, start, stop)
        return made
