"""What a comparison leaves: the contract between those who compute it and those who show it.

Every frame is plain pandas with one fact a row. Arms are named by ``Arm.key``; outcomes by their name in
``sim.outcomes``; months count from 1. Shares and probabilities are in [0, 1]; intervals are 95 % unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Arm:
    """One of the things compared: a scenario that differs from the others in framework, interventions or partners."""

    key: str
    label: Mapping[str, str]  # by language
    scenario: Scenario
    framework: str
    interventions: tuple[str, ...]
    partners: int


@dataclass(frozen=True)
class TypicalRun:
    """The run of an arm that stays closest, month by month, to the median of its arm; its series as recorded."""

    replicate: int
    series: pd.DataFrame  # the columns of ``series.parquet`` for this run and the compared collaboration
    story: Mapping[str, tuple[tuple[str, str], ...]]  # by language: (style, text) lines of ``sim.story``


@dataclass(frozen=True)
class Comparison:
    """Arms under the same luck, and what sets them apart.

    ``runs``          the columns of ``runs.parquet`` for the compared collaboration, and ``arm``
    ``differences``   outcome, a, b, partners, effect, low, high, probability_a_better, smallest_worth, verdict,
                      runs_needed, narrowing (width of the interval under independent luck / under the same luck)
    ``distributions`` arm, outcome, runs, mean, sd, q05, q25, median, q75, q95, missing (share that never came)
    ``phase_shares``  arm, month, state, share; state: ``phase_0`` … ``phase_5`` or ``dissolved``; adds up to 1
    ``stall_shares``  arm, month, state, share; state: sham, partial, shared_address, negotiating, uncontracted
    ``series``        arm, month, quantity, mean, median, q10, q90; quantity: a column of ``series.parquet``
    ``incidence``     arm, question, end, month, share, low, high, at_risk: cumulative incidence of competing ends;
                      question: ``to_practice`` (from the first contact: ends practice, dissolved), ``to_structuring``
                      (from practice: ends advance, relapse, dissolved), ``in_stall`` (from the start of a stall: ends
                      advance, relapse, dissolved); months count from the question's own start
    ``binding``       arm, binding, level, share: of the months in which something was binding
    ``costs``         arm, who (a kind of organisation, ``hours`` or ``other``), keur: means over the whole run
    ``typical``       by arm
    """

    collaboration: str
    arms: tuple[Arm, ...]
    runs_per_arm: int
    seed: int
    runs: pd.DataFrame
    differences: pd.DataFrame
    distributions: pd.DataFrame
    phase_shares: pd.DataFrame
    stall_shares: pd.DataFrame
    series: pd.DataFrame
    incidence: pd.DataFrame
    binding: pd.DataFrame
    costs: pd.DataFrame
    typical: Mapping[str, TypicalRun]
