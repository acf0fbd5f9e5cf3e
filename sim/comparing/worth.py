"""What is compared, and for each outcome the smallest difference worth caring about, with the reason.

The sizes are judgements [A]: what somebody in such a collaboration would notice, or would act on. A difference that is
surely smaller than that is none worth naming, however surely it is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sim.mechanisms.phases import END_STATES
from sim.outcomes import OUTCOMES, Outcome


@dataclass(frozen=True)
class Compared:
    """An outcome that is compared.

    ``column`` is what it is made from; ``kind`` says how: ``value`` as it is; ``time`` with what never came counted as
    the month after the last, so that a difference is one of the mean time within the run; ``reached`` and ``state`` as
    0 or 1. ``main`` outcomes are the few that a first look is about.
    """

    outcome: Outcome
    column: str
    kind: str
    smallest: float
    reason: str
    main: bool = False

    @property
    def name(self) -> str:
        """Return the name of the outcome."""
        return self.outcome.name

    def values(self, column: Any, months: int) -> Any:
        """Return the number of each run that is compared, from its column in the results."""
        return _MADE[self.kind](self, column, months)


_STALLS = tuple(END_STATES.index(state) for state in ("shared_address", "sham", "partial"))


def _time(_: Compared, column: Any, months: int) -> Any:
    return np.where(column > 0.0, column, months + 1.0)


def _reached(compared: Compared, column: Any, _: int) -> Any:
    return (column >= float(compared.name.rpartition("_")[2])).astype(np.float64)


def _state(compared: Compared, column: Any, _: int) -> Any:
    codes = _STALLS if compared.name == "stalled" else (END_STATES.index("dissolved"),)
    return np.isin(column, codes).astype(np.float64)


_MADE: Final[dict[str, Callable[[Compared, Any, int], Any]]] = {
    "value": lambda _, column, __: column, "time": _time, "reached": _reached, "state": _state,
}  # fmt: skip

_SHARES_OF_RUNS = 0.05, "one collaboration in twenty goes another way"
_HALF_A_YEAR = 6.0, "half a year: boards plan by the year"
_NOTICED = 0.05, "a twentieth of the scale: less would hardly be noticed by those who take part"
# By name, or by the beginning of the name; the first that fits.
_SMALLEST: Final = (
    ("months_", *_HALF_A_YEAR),
    ("first_", *_HALF_A_YEAR),
    ("dissolved_month", *_HALF_A_YEAR),
    ("phase", 0.25, "one phase further in a quarter of the collaborations"),
    ("highest_phase", 0.25, "one phase further in a quarter of the collaborations"),
    ("perceived_phase", 0.25, "a quarter of the partners sees one phase more"),
    ("case_outcome", 0.02, "two residents in a hundred helped in full instead of not at all"),
    ("cost_keur", 50.0, "about what an employee costs in a year, over the whole run"),
    ("invested_keur", 50.0, "about what an employee costs in a year, over the whole run"),
    ("hours", 1600.0, "about the hours that an employee works in a year, over the whole run"),
    ("projects_", 1.0, "one project over the whole run"),
    ("issues_open", 1.0, "one more problem on the table"),
    ("partners_now", 0.5, "one partner more in half of the collaborations"),
)  # fmt: skip
_MAIN = (
    "months_to_phase_3", "highest_phase", "practice_maturity", "breadth", "months_sham", "joint_case_share",
    "case_outcome", "cost_keur", "hours",
)  # fmt: skip


def _smallest(name: str) -> tuple[float, str]:
    return next(((size, reason) for start, size, reason in _SMALLEST if name.startswith(start)), _NOTICED)


def _of_column(outcome: Outcome) -> Compared:
    kind = "time" if outcome.nullable else "value"
    return Compared(outcome, outcome.name, kind, *_smallest(outcome.name), main=outcome.name in _MAIN)


def _derived() -> tuple[Compared, ...]:
    reached = [
        Compared(
            Outcome(f"reached_{n}", "share", f"phase {n} reached", f"fase {n} bereikt", 1),
            "highest_phase", "reached", *_SHARES_OF_RUNS, main=n in (3, 5),
        )
        for n in range(1, 6)
    ]  # fmt: skip
    stalled = Outcome("stalled", "share", "stalled at the end", "gestagneerd aan het eind", -1)
    dissolved = Outcome("dissolved", "share", "dissolved", "beëindigd", 0)
    return (
        *reached,
        Compared(stalled, "end_state", "state", *_SHARES_OF_RUNS, main=True),
        Compared(dissolved, "end_state", "state", *_SHARES_OF_RUNS, main=True),
    )


COMPARED: Final[tuple[Compared, ...]] = (
    *_derived(), *(_of_column(outcome) for outcome in OUTCOMES if not outcome.codes),
)  # fmt: skip
BY_NAME: Final = {each.name: each for each in COMPARED}
