"""A second telling of tenders, for one organisation: objects and plain words, against the compiled mechanism."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from stage import Stage

from sim.parameters import PARAMETERS
from sim.randomness import point, uniform

MONTHS = 120
TERMS = ("free_horizon_months", "shift_share", "scar_sensitivity", "scar_months", "trust_buffer", "businesslike_rate")


@dataclass
class Contractor:
    """An organisation that lives partly on contracts."""

    tendered: float
    earmarked: float
    winner_takes_all: bool
    chance_to_lose: float
    term: float
    months_left: float
    business_likeness: float
    terms: dict[str, float]
    scar: float = 0.0
    lost: float = 0.0
    stranded_cents: int = 0
    horizon: float = 0.0

    def live_a_month(self, invested_keur: float, room_keur: float, trust: float, luck: Any) -> None:
        """Heal, tender if the contract ends, become more business-like, look ahead."""
        terms = self.terms
        self.stranded_cents = 0
        self.scar *= 1 - 1 / terms["scar_months"]
        chance = 0.0
        if self.tendered:
            chance = self.chance_to_lose
            self.months_left -= 1
            if self.months_left <= 0:
                self.tender(chance, invested_keur, room_keur, luck)
            self.business_likeness += terms["businesslike_rate"] * self.tendered * (1 - self.business_likeness)
        free = terms["free_horizon_months"] * (1 - self.earmarked / 2)
        sure = min(free, self.months_left)
        trusted = terms["trust_buffer"] * trust  # who trusts counts on going on
        beyond = trusted + (1 - trusted) * (1 - chance) / 2  # else it counts half, if it comes at all
        under_contract = sure + (free - sure) * beyond
        self.horizon = (1 - self.tendered) * free + self.tendered * under_contract

    def tender(self, chance: float, invested_keur: float, room_keur: float, luck: Any) -> None:
        """Win, and keep all; or lose, and write off what was invested in what is lost."""
        self.months_left = self.term
        self.lost = 0.0
        if luck(0) < chance:
            self.lost = 1.0 if self.winner_takes_all else self.terms["shift_share"] * luck(1)
            stranded = invested_keur * self.tendered * self.lost
            self.stranded_cents = math.floor(stranded * 100_000 + 0.5)
            self.scar = 1 - (1 - self.scar) * math.exp(-self.terms["scar_sensitivity"] * stranded / room_keur)


@pytest.mark.parametrize("seed", range(12))
def test_ten_years_of_tenders(seed: int) -> None:
    """Contracts, losses, scars and horizons agree month by month."""
    rng = random.Random(seed)
    terms = {name: rng.uniform(PARAMETERS[name].low, PARAMETERS[name].high) for name in TERMS}
    regime, promoted = rng.choice(("winner_takes_all", "share_shift")), rng.random()
    inputs = {
        "tendered_share": rng.choice((0.0, rng.random(), 1.0)), "earmarked_share": rng.random(), "regime": regime,
        "loss_chance": rng.random(), "contract_term_months": rng.randint(1, 40), "business_likeness": rng.random(),
        "contract_end_months": rng.randint(1, 40),
    }  # fmt: skip
    sets = {f"organisations.b.{name}": value for name, value in inputs.items()}
    sets |= {f"parameters.{name}": value for name, value in terms.items()}
    stage = Stage({}, {**sets, "organisations.a.promotes_competition": promoted}, seed)
    twin = Contractor(
        inputs["tendered_share"], inputs["earmarked_share"], regime == "winner_takes_all",
        min(0.95, inputs["loss_chance"] * (1 + promoted)), inputs["contract_term_months"],
        inputs["contract_end_months"], inputs["business_likeness"], terms,
    )  # fmt: skip
    key, identity = stage.state.clock["key"][0], stage.state.organisations["identity"][1]
    for now in range(1, MONTHS + 1):
        invested, room, trust = rng.uniform(0, 300), rng.uniform(1, 400), rng.random()
        stage.set("clock.month", now)
        stage.set("organisations.b.invested_recent_keur", invested)
        stage.set("organisations.b.room_year_keur", room)
        stage.set("levels.b.board.partner_trust", trust)
        stage.run(["tenders"])
        twin.live_a_month(
            invested, room, trust,
            lambda draw, now=now: uniform(key, point("tender"), np.uint64(now), identity, np.uint64(draw)),
        )  # fmt: skip
        own = stage.state.organisations[1]
        assert own.stranded_cents == twin.stranded_cents, now
        found = (own.contract_months, own.lost_share, own.scar, own.horizon_months, own.business_likeness)
        worked = (twin.months_left, twin.lost, twin.scar, twin.horizon, twin.business_likeness)
        assert found == pytest.approx(worked, abs=1e-9), now
