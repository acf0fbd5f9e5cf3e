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
    """One of the things compared: a scenario that differs from the others in framework, interventions or partners.

    ``interventions`` are those that the comparison lays on it, as ``id@month``; ``partners`` take part at the start.
    ``place`` says where the arm stands among the scenarios, numbers of partners, frameworks and interventions that are
    crossed, each from 0; ``collaboration`` is the one that is looked at.
    """

    key: str
    label: Mapping[str, str]  # by language
    scenario: Scenario
    framework: str
    interventions: tuple[str, ...]
    partners: int
    collaboration: str = ""
    place: tuple[int, int, int, int] = (0, 0, 0, 0)


@dataclass(frozen=True)
class TypicalRun:
    """The run of an arm that stays closest, month by month, to the median of its arm; its series as recorded."""

    replicate: int
    series: pd.DataFrame  # the columns of ``series.parquet`` for this run and the compared collaboration
    story: Mapping[str, tuple[tuple[str, str], ...]]  # by language: (style, text) lines of ``sim.story``


@dataclass(frozen=True)
class Comparison:
    """Arms under the same luck, and what sets them apart.

    ``runs``          the columns of ``runs.parquet`` for the compared collaboration, and ``arm``; of a very large
                      comparison the first runs of each arm only (the file holds them all)
    ``differences``   outcome, a, b, partners, effect, low, high, probability_a_better, smallest_worth, verdict,
                      runs_needed, narrowing (width of the interval under independent luck / under the same luck).
                      The effect is the mean of A minus B; what never came counts as the month after the last;
                      partners is null where A and B differ in it. Verdict: ``a_better``, ``b_better``, ``a_more``,
                      ``b_more`` (outcomes without a better side; there the probability is that of A having more),
                      ``no_difference_worth_naming``, ``open``. runs_needed: runs an arm, all told, that would settle
                      an open one if effect and spread stay as they are; null if none within reach would.
                      See ``sim.comparing.paired``; outcomes, with labels, are those of ``sim.comparing.worth``
    ``distributions`` arm, outcome, runs, mean, sd, q05, q25, median, q75, q95, missing (share that never came; the
                      rest is over the runs in which it came)
    ``phase_shares``  arm, month, state, share; state: ``phase_0`` … ``phase_5`` or ``dissolved``; adds up to 1
    ``stall_shares``  arm, month, state, share; state: sham, partial, shared_address, negotiating, uncontracted
    ``series``        arm, month, quantity, mean, median, q10, q90; quantity: a column of ``series.parquet``
    ``incidence``     arm, question, end, month, share, low, high, at_risk: cumulative incidence of competing ends;
                      question: ``to_practice`` (from the first contact: ends practice, dissolved), ``to_structuring``
                      (from practice: ends advance, relapse, dissolved), ``in_stall`` (from the start of a stall: ends
                      advance, relapse, dissolved); months count from the question's own start
    ``binding``       arm, binding, level, share: of the months in which something was binding
    ``costs``         arm, who (a kind of organisation, ``hours`` or ``other``), keur: means over the whole run; add up
                      to ``cost_keur``; ``other`` is what organisations of other kinds invested, and all overhead
    ``typical``       by arm
    ``worlds``        over how many settings of the parameters the runs are spread
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
    worlds: int = 1
