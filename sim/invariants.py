"""What must hold in every month of every run, as small named checks.

A check looks at the state before and after a month and tells what is wrong; nothing, if nothing is. ``check_run`` goes
through a run with all of them, for ``coalitions run --check`` and the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sim.columns import COLUMNS, FREE, GOING_ON, RUNNING, State
from sim.compiled import mark_complete
from sim.inputs import ORGANISATION
from sim.population import Population, begin
from sim.randomness import run_key
from sim.schedule import month
from sim.structure import LEVELS

_ROUNDING = 1e-9
# What goes up or stays, in a collaboration.
_NEVER_FALL = (
    "highest_phase", "months_sham", "months_partial", "months_uncontracted", "months_negotiating",
    "months_shared_address",
    "cost_keur", "hours", "finished", "started_board", "started_middle", "started_operational", "started_bureau",
    "started_outside", "joint_total", "entangled_total", "cases_total", "outcome_total",
)  # fmt: skip
# Structure and parameters keep their own bounds, and so do traits; the value of taking part may be below nothing.
_SHARES = tuple(
    column
    for column in COLUMNS
    if column.unit == "share"
    and not (column.entity in ("structures", "parameters") or column.name in ORGANISATION)
    and (column.entity, column.name) != ("levels", "value")
)
_FLOATS = tuple(column for column in COLUMNS if column.dtype == "f8" and column.entity not in ("log", "changes"))


@dataclass(frozen=True)
class Breach:
    """Something that must not be: which check, in which month, and what was found."""

    check: str
    month: int
    message: str

    def __str__(self) -> str:
        """Return the breach as one line."""
        return f"month {self.month}: {self.check}: {self.message}"


@dataclass(frozen=True)
class Sight:
    """The state before and after a month, with the names that go with its rows."""

    population: Population
    before: State
    after: State

    def organisation(self, row: Any) -> str:
        """Return the id of an organisation."""
        return self.population.organisations[int(row)]


def money_is_kept(sight: Sight) -> Iterator[str]:
    """For each organisation: income + received = spent + paid + returned + change of what it has, to the cent."""
    before, after = sight.before.organisations, sight.after.organisations
    change = _has(after) - _has(before)
    left = after["income_cents"] + after["received_cents"]
    right = after["spent_cents"] + after["paid_cents"] + after["returned_cents"] + change
    for row in np.flatnonzero(left != right):
        yield f"{sight.organisation(row)} is {int(left[row] - right[row])} cents off"


def _has(organisations: Any) -> Any:
    return organisations["reserve_cents"] + organisations["free_cents"] + organisations["earmarked_cents"]


def transfers_cancel(sight: Sight) -> Iterator[str]:
    """What organisations receive from each other is what they pay each other."""
    organisations = sight.after.organisations
    received, paid = int(organisations["received_cents"].sum()), int(organisations["paid_cents"].sum())
    if received != paid:
        yield f"{received} cents received, {paid} cents paid"


def money_is_not_negative(sight: Sight) -> Iterator[str]:
    """Flows of money have a direction."""
    organisations = sight.after.organisations
    for name in ("income_cents", "received_cents", "spent_cents", "paid_cents", "returned_cents", "invested_cents"):
        for row in np.flatnonzero(organisations[name] < 0):
            yield f"{name} of {sight.organisation(row)} is {int(organisations[name][row])}"


def shares_stay_within_bounds(sight: Sight) -> Iterator[str]:
    """Every share lies in [0, 1]."""
    for column in _SHARES:
        values = getattr(sight.after, column.entity)[column.name]
        wrong = np.flatnonzero(~((values >= -_ROUNDING) & (values <= 1.0 + _ROUNDING)))
        for row in wrong[:3]:
            yield f"{column.entity}.{column.name} of row {row} is {values[row]}"


def traits_stay_within_bounds(sight: Sight) -> Iterator[str]:
    """What a scenario may say of an organisation keeps the bounds that the scenario has to keep."""
    organisations = sight.after.organisations
    for name, quantity in ORGANISATION.items():
        if name not in organisations.dtype.names:
            continue
        values = organisations[name]
        for row in np.flatnonzero(~((values >= quantity.least - _ROUNDING) & (values <= quantity.most + _ROUNDING)))[
            :3
        ]:
            yield f"{name} of {sight.organisation(row)} is {values[row]}"


def numbers_are_numbers(sight: Sight) -> Iterator[str]:
    """Nothing is infinite or not a number."""
    for column in _FLOATS:
        values = getattr(sight.after, column.entity)[column.name]
        if not np.isfinite(values).all():
            yield f"{column.entity}.{column.name} of row {int(np.flatnonzero(~np.isfinite(values))[0])} is no number"


def hours_suffice(sight: Sight) -> Iterator[str]:
    """No level uses more hours than it keeps free (``hours_left`` ≥ 0), or keeps free more than it has.

    Of a month that is settled, ``hours_granted`` is what was used, and ``hours_left`` what was not needed.
    """
    levels = sight.after.levels
    used, left, had = levels["hours_granted"], levels["hours_left"], levels["hours_available"]
    over = (used + left - had > _ROUNDING * (1.0 + had)) | (used < -_ROUNDING) | (left < -_ROUNDING)
    for row in np.flatnonzero(over):
        hours = f"hours_granted {used[row]:.6g}, hours_left {left[row]:.6g}, hours_available {had[row]:.6g}"
        yield f"{_level(sight, row)}: {hours}"


def people_suffice(sight: Sight) -> Iterator[str]:
    """In all its collaborations together, a level has no more hours than its people can give."""
    state = sight.after
    hours = state.levels["hours_available"].reshape(-1, len(LEVELS))
    per_person = float(state.parameters["hours_per_person"][0])
    for place, level in enumerate(LEVELS):
        total = np.zeros(len(state.organisations))
        np.add.at(total, state.members["organisation"], hours[:, place])
        limit = state.organisations[f"people_{level}"] * per_person
        for row in np.flatnonzero(total > limit * (1.0 + _ROUNDING) + _ROUNDING):
            yield f"{sight.organisation(row)}, {level}: {total[row]:.6g} of {limit[row]:.6g} hours"


def _level(sight: Sight, row: Any) -> str:
    member = sight.after.members[row // len(LEVELS)]
    names = sight.organisation(int(member.organisation)), sight.population.collaborations[int(member.collaboration)]
    return f"{'/'.join(names)}/{LEVELS[row % len(LEVELS)]}"


def arrow_is_allowed(before: int, after: int) -> bool:
    """Say whether a phase may follow another: any fall, up to 3 from anywhere, 4 only from 3, 5 only from 4."""
    return after <= before or after <= 3 or after == before + 1


def phases_follow_arrows(sight: Sight) -> Iterator[str]:
    """Phases, real and as seen, go by allowed arrows."""
    for entity, name in (("collaborations", "phase"), ("levels", "perceived_phase")):
        before, after = getattr(sight.before, entity)[name], getattr(sight.after, entity)[name]
        for row in np.flatnonzero(before != after):
            if not arrow_is_allowed(int(before[row]), int(after[row])):
                yield f"{entity}.{name} of row {row} goes from {before[row]} to {after[row]}"


def phases_exist(sight: Sight) -> Iterator[str]:
    """A phase lies between 0 and 5, and the highest one was at least that high."""
    collaborations = sight.after.collaborations
    phase = collaborations["phase"]
    for row in np.flatnonzero((phase < 0) | (phase > 5) | (collaborations["highest_phase"] < phase)):
        highest = collaborations["highest_phase"][row]
        yield f"{sight.population.collaborations[row]} is in phase {phase[row]}, the highest {highest}"


def totals_never_fall(sight: Sight) -> Iterator[str]:
    """What is counted since the start goes up or stays."""
    before, after = sight.before.collaborations, sight.after.collaborations
    for name in _NEVER_FALL:
        for row in np.flatnonzero(after[name] < before[name]):
            own = sight.population.collaborations[row]
            yield f"{name} of {own} falls from {before[name][row]} to {after[name][row]}"


def joint_cases_are_cases(sight: Sight) -> Iterator[str]:
    """No more cases are handled jointly than there were, and no more were entangled."""
    own = sight.after.collaborations
    for smaller, larger in (("joint_total", "entangled_total"), ("entangled_total", "cases_total")):
        for row in np.flatnonzero(own[smaller] > own[larger] * (1.0 + _ROUNDING)):
            yield f"{sight.population.collaborations[row]}: {smaller} {own[smaller][row]}, {larger} {own[larger][row]}"


def counts_agree(sight: Sight) -> Iterator[str]:
    """Projects and problems are counted as they stand."""
    state = sight.after
    for name, own in zip(sight.population.collaborations, state.collaborations, strict=True):
        projects = state.projects["status"][own.project_from : own.project_to]
        if own.running != (projects == RUNNING).sum():
            yield f"{name}: {own.running} projects counted, {(projects == RUNNING).sum()} running"
        if own.ending != GOING_ON and (projects != FREE).any():
            yield f"{name} has ended and still has projects"


CHECKS: Final[tuple[Callable[[Sight], Iterator[str]], ...]] = (
    money_is_kept, transfers_cancel, money_is_not_negative, shares_stay_within_bounds, traits_stay_within_bounds,
    numbers_are_numbers, hours_suffice, people_suffice, phases_follow_arrows, phases_exist, totals_never_fall,
    joint_cases_are_cases, counts_agree,
)  # fmt: skip


def check_month(sight: Sight) -> list[Breach]:
    """Return what is wrong after a month."""
    now = int(sight.after.clock[0].month)
    return [Breach(check.__name__, now, message) for check in CHECKS for message in check(sight)]


def check_run(population: Population, months: int, seed: int, replicate: int = 0, most: int = 20) -> list[Breach]:
    """Return what is wrong in a run, at most so many breaches."""
    layout = population.layout
    buffer = population.buffer.copy()
    state = layout.state(buffer)
    state.clock[0].key = run_key(np.uint64(seed), np.uint64(replicate))
    begin(state)
    found: list[Breach] = []
    for _ in range(months):
        before = layout.state(buffer.copy(), log_rows=0)
        month(state)
        found += check_month(Sight(population, before, state))
        if len(found) >= most:
            break
    mark_complete()
    return found[:most]
