"""What is kept of every month of every run: counts of a fixed size, however many runs there are.

Runs come in blocks, in order; of each block only counts and sums are kept. Counts are whole numbers and sums are added
run after run, so that the same runs give the same bits however they were worked on.

Medians and quantiles of a month come from counts in narrow cells: shares to 0.002, phases to 0.01, amounts and numbers
to 1 % (so exactly, up to some fifty).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sim.compiled import compiled, entry
from sim.mechanisms.diagnosis import BINDINGS
from sim.mechanisms.phases import END_STATES
from sim.outcomes import OBSERVATION, OUTCOMES
from sim.structure import LEVELS

PHASE_STATES: Final = (*(f"phase_{number}" for number in range(6)), "dissolved")
STALL_STATES: Final = ("sham", "partial", "shared_address", "negotiating", "uncontracted")
QUESTIONS: Final = {
    "to_practice": ("practice", "dissolved"),
    "to_structuring": ("advance", "relapse", "dissolved"),
    "in_stall": ("advance", "relapse", "dissolved"),
}
ADVANCE, RELAPSE, OVER, CENSORED, NOT_ASKED = 0, 1, 2, 3, 4
CANDIDATES = 1000  # runs among which the typical one is looked for
TYPICAL_BY: Final = ("phase", "formal_maturity", "practice_maturity", "routines", "breadth", "engagement_middle")

_SHARE_STEP, _PHASE_STEP, _GROWTH, _SMALLEST = 0.002, 0.01, 1.02, 1e-4
_AMOUNT_CELLS = 2 + math.ceil(math.log(1e13) / math.log(_GROWTH))
_NOT_FOLLOWED = (
    "months_",
    "dissolved_month",
    "highest_phase",
    "first_",
    "invested_",
    "projects_started",
    "projects_out",
)


@dataclass(frozen=True)
class Followed:
    """A quantity whose course is summarised: where its cells stand, and what they mean."""

    name: str
    column: int
    whole: bool
    amounts: bool  # cells grow by a constant factor
    low: float
    step: float
    first: int
    cells: int


def _followed() -> tuple[Followed, ...]:
    names = OBSERVATION.names or ()
    made: list[Followed] = []
    first = 0
    for outcome in OUTCOMES:
        if outcome.codes or outcome.name.startswith(_NOT_FOLLOWED):
            continue
        amounts, low, step = False, 0.0, _SHARE_STEP
        if outcome.unit == "share":
            low = -1.0 if outcome.name.startswith("expectation_gap") else 0.0
            cells = round((1.0 - low) / step) + 1
        elif outcome.unit == "phase":
            step = _PHASE_STEP
            cells = round(5.0 / step) + 1
        else:
            amounts, step, cells = True, math.log(_GROWTH), _AMOUNT_CELLS
        whole = outcome.whole
        made.append(Followed(outcome.name, names.index(outcome.name), whole, amounts, low, step, first, cells))
        first += cells
    return tuple(made)


FOLLOWED: Final = _followed()


@compiled
def tally_quantities(values, columns, amounts, lows, steps, firsts, cells, counts, sums):  # type: ignore[no-untyped-def]
    """Count in which cell each quantity is in each month, and add the quantities up.

    ``values``: (runs, months, columns); ``counts``: (months, all cells); ``sums``: (months, quantities).
    """
    for r in range(values.shape[0]):
        for t in range(values.shape[1]):
            for q in range(len(columns)):
                value = values[r, t, columns[q]]
                sums[t, q] += value
                if amounts[q]:
                    place = 0 if value < 1e-4 else 1 + int(math.floor(math.log(value / 1e-4) / steps[q]))
                else:
                    place = int(math.floor((value - lows[q]) / steps[q] + 0.5))
                counts[t, firsts[q] + min(max(place, 0), cells[q] - 1)] += 1


@compiled
def tally_states(values, where, phases, states, binding):  # type: ignore[no-untyped-def]
    """Count phases, end states and binding conditions in each month.

    ``where``: the columns of phase, end state, binding condition and its level; ``phases``: (months, 7);
    ``states``: (months, end states); ``binding``: (conditions, 3).
    """
    for r in range(values.shape[0]):
        for t in range(values.shape[1]):
            state = int(values[r, t, where[1]])
            phases[t, 6 if state == 0 else int(values[r, t, where[0]])] += 1
            states[t, state] += 1
            condition = int(values[r, t, where[2]])
            if condition > 0:
                binding[condition, max(0, int(values[r, t, where[3]]))] += 1


@compiled
def to_practice(values, columns, contact):  # type: ignore[no-untyped-def]
    """Return how and when, from the first contact, practice came: end and months. 0 stands for not at all."""
    months = values.shape[0]
    if contact > months:
        return 4, 0
    reached, over = int(values[months - 1, columns[4]]), int(values[months - 1, columns[6]])
    if reached > 0:
        return 0, max(0, reached - contact)
    if over > 0:
        return 2, max(0, over - contact)
    return 3, months - contact


@compiled
def to_structuring(values, columns):  # type: ignore[no-untyped-def]
    """Return how and when practice led on to structuring, was lost again, or ended with the collaboration."""
    months = values.shape[0]
    start = int(values[months - 1, columns[4]])
    if start == 0:
        return 4, 0
    for t in range(start - 1, months):
        if int(values[t, columns[1]]) == 0:
            return 2, t + 1 - start
        if values[t, columns[0]] >= 4.0:
            return 0, t + 1 - start
        if values[t, columns[0]] < 3.0:
            return 1, t + 1 - start
    return 3, months - start


@compiled
def is_stall(state):  # type: ignore[no-untyped-def]
    """Say whether an end state is a stall: shared address, sham or partial."""
    return state == 1 or state == 3 or state == 4


@compiled
def in_stall(values, columns, absent):  # type: ignore[no-untyped-def]
    """Return how and when the first stall of a run ended; a negotiation in between does not end it.

    A partial one ends in advance if practice is still there and so has broadened; a sham or a shared address, if
    practice has come.
    """
    start = -1
    last = 0
    for t in range(values.shape[0]):
        state = int(values[t, columns[1]])
        if is_stall(state):
            if start < 0:
                start = t
            last = state
        elif start >= 0 and state != 2:
            if state == 0:
                return 2, t - start
            if last == 4:
                return 0 if values[t, columns[0]] >= 3.0 else 1, t - start
            return 0 if values[t, columns[5]] >= absent else 1, t - start
    return (4, 0) if start < 0 else (3, values.shape[0] - 1 - start)


@entry
def tally_spells(values, columns, contact, absent, spells):  # type: ignore[no-untyped-def]
    """Count how and when the spell of each question ended.

    ``columns``: phase, end state, binding, its level, month of phase 3, practice maturity, month of dissolution;
    ``spells``: (questions, ends, months + 1).
    """
    for r in range(values.shape[0]):
        end, month = to_practice(values[r], columns, contact)
        if end < 4:
            spells[0, end, month] += 1
        end, month = to_structuring(values[r], columns)
        if end < 4:
            spells[1, end, month] += 1
        end, month = in_stall(values[r], columns, absent)
        if end < 4:
            spells[2, end, month] += 1


_COLUMNS = tuple(
    (OBSERVATION.names or ()).index(name)
    for name in ("phase", "end_state", "binding", "binding_level", "months_to_phase_3", "practice_maturity",
                 "dissolved_month")
)  # fmt: skip


class Tally:
    """The counts of one arm. ``contact_month`` and ``absent`` (practice below which there is none) are the arm's."""

    def __init__(self, months: int) -> None:
        self.months = months
        self.runs = 0
        self._cells = np.zeros((months, FOLLOWED[-1].first + FOLLOWED[-1].cells), np.int32)
        self._sums = np.zeros((months, len(FOLLOWED)))
        self.phases = np.zeros((months, len(PHASE_STATES)), np.int64)
        self.states = np.zeros((months, len(END_STATES)), np.int64)
        self.binding = np.zeros((len(BINDINGS), len(LEVELS)), np.int64)
        self.spells = np.zeros((len(QUESTIONS), 4, months + 1), np.int64)
        self._candidates: list[Any] = []

    def add(self, series: Any, contact_month: int, absent: float) -> None:
        """Add the series of a block of runs of one collaboration: (runs, months) records."""
        runs, months = series.shape
        values = np.ascontiguousarray(series).view(np.float64).reshape(runs, months, -1)
        tally_quantities(
            values,
            np.array([each.column for each in FOLLOWED]),
            np.array([each.amounts for each in FOLLOWED]),
            np.array([each.low for each in FOLLOWED]),
            np.array([each.step for each in FOLLOWED]),
            np.array([each.first for each in FOLLOWED]),
            np.array([each.cells for each in FOLLOWED]),
            self._cells,
            self._sums,
        )
        columns = np.array(_COLUMNS)
        tally_states(values, columns, self.phases, self.states, self.binding)
        tally_spells(values, columns, contact_month, absent, self.spells)
        room = CANDIDATES - self.runs
        if room > 0:
            kept = [series[name][:room].astype(np.float32) for name in TYPICAL_BY]
            self._candidates.append(np.stack(kept, axis=-1))
        self.runs += runs

    def means(self, number: int) -> Any:
        """Return the mean of a followed quantity in each month."""
        return self._sums[:, number] / self.runs

    def quantile(self, number: int, share: float) -> Any:
        """Return a quantile of a followed quantity in each month: the least value that so many runs do not exceed."""
        followed = FOLLOWED[number]
        counts = self._cells[:, followed.first : followed.first + followed.cells]
        reached = np.cumsum(counts, axis=1) >= math.ceil(share * self.runs)
        place = reached.argmax(axis=1)
        if followed.amounts:
            value = np.where(place == 0, 0.0, _SMALLEST * np.exp((place - 0.5) * followed.step))
        else:
            value = followed.low + place * followed.step
        return np.rint(value) if followed.whole else value

    def most_typical(self) -> int:
        """Return the run that stays closest to the median of its arm, among the first of them; of equals the first.

        Close is the sum over months and over the quantities of ``TYPICAL_BY`` of how far it is from the median; phases
        count as a share of five.
        """
        numbers = {each.name: number for number, each in enumerate(FOLLOWED)}
        median = np.stack([self.quantile(numbers[name], 0.5) for name in TYPICAL_BY], axis=-1)
        scale = np.array([5.0 if name == "phase" else 1.0 for name in TYPICAL_BY])
        far = np.abs(np.concatenate(self._candidates).astype(np.float64) - median) / scale
        return int(np.argmin(far.sum(axis=(1, 2))))
