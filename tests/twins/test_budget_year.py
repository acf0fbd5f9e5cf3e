"""A second telling of a budget year, with purses instead of columns, against the compiled mechanism."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

import pytest
from stage import Stage

CENTS = 100_000  # in a k€


def whole(amount: float) -> int:
    """Return an amount in k€ in whole cents, half a cent rounded up."""
    return math.floor(amount * CENTS + 0.5)


@dataclass
class Tenant:
    """A welfare organisation with an earmarked purse, a free purse and savings, housed with a landlord."""

    income: int
    earmarked_share: float
    leak: float
    savings: int
    free: int = 0
    earmarked: int = 0
    ordinary: dict[str, int] = field(default_factory=dict)
    returned: int = 0

    def begin_year(self) -> None:
        """Divide the income, and lay aside what ordinary work will take."""
        bound = round(self.income * self.earmarked_share)
        unbound = self.income - bound
        self.ordinary = {"earmarked": round(bound * 0.94) // 12, "free": round(unbound * 0.94) // 12}
        tricks = math.floor((bound - 12 * self.ordinary["earmarked"]) * self.leak + 0.5)
        self.earmarked, self.free = bound - tricks, unbound + tricks

    def room(self, months_left: int, draw: float) -> int:
        """Return what may go into collaborating this month."""
        slack = (self.free - self.ordinary["free"] * months_left) // months_left
        return max(0, slack) + math.floor(max(0, self.savings) * draw / 12)

    def pay(self, together: int, rent: int, months_to_come: int) -> None:
        """Pay ordinary work and what was done together; rent replaces what housing cost; savings fill up what is short."""
        self.earmarked -= self.ordinary["earmarked"]
        self.free -= self.ordinary["free"] - rent + together + rent
        short = max(0, self.ordinary["free"] * months_to_come - self.free)
        self.savings, self.free = self.savings - short, self.free + short

    def end_year(self) -> None:
        """Give back what is bound, save what is not."""
        self.returned, self.earmarked = self.earmarked, 0
        self.savings, self.free = self.savings + self.free, 0


@pytest.mark.parametrize("seed", range(12))
def test_a_year_to_the_cent(seed: int) -> None:
    """Every purse agrees at the end of every month of two years."""
    rng = random.Random(seed)
    income, savings = 10 * rng.randint(50, 900), 10 * rng.randint(0, 60) + 0.00007
    leak = rng.choice((0.0, 0.0703, 0.2111))
    shares = {"earmarked_share": rng.randint(0, 20) / 20, "leak_share": leak, "tendered_share": 0.0}
    overhead, rent, hours = rng.randint(0, 30), rng.choice((0, 7, 5000)), rng.randint(0, 20)
    structure = {"overhead_keur_per_year": overhead, "overhead_hours": hours, "rent_keur_per_year": rent}
    people = {"people_board": 1, "people_middle": rng.randint(1, 8), "people_operational": rng.randint(3, 30)}
    sets = {f"organisations.b.{name}": value for name, value in (shares | people).items()}
    sets |= {f"collaborations.c.structure.{name}": value for name, value in structure.items()}
    sets |= {"organisations.b.income_keur": income, "organisations.b.reserve_keur": savings}
    sets |= {"parameters.ordinary_share": 0.94, "parameters.rent_on_top": 0.3}
    sets |= {"parameters.hour_keur": 0.045, "parameters.hours_money_share": 0.6, "parameters.hours_per_person": 14}
    stage = Stage({}, {**sets, "parameters.reserve_draw": 0.1}, seed)
    stage.set("members.b.housed", 1)
    twin = Tenant(income * CENTS, shares["earmarked_share"], shares["leak_share"], whole(savings))
    for now in range(24):
        twin.returned = 0
        if now % 12 == 0:
            twin.begin_year()
        engaged = [rng.random() for _ in people]
        for level, each in zip(("board", "middle", "operational"), engaged, strict=True):
            stage.set(f"levels.b.{level}.engagement", each)
        room = twin.room(12 - now % 12, 0.1)
        fixed = min(room, whole(overhead / 12))
        rent_due = min(whole(rent / 12), sum(twin.ordinary.values()) // 4)
        on_top = min(room - fixed, math.floor(rent_due * 0.3))
        to_landlord = rent_due - math.floor(rent_due * 0.3) + on_top
        left = room - fixed - on_top
        wanted = sum(each * count * 14 for each, count in zip(engaged, people.values(), strict=True))
        affordable = min(wanted * 0.045, 0.6 * left / CENTS)
        worked = whole(affordable)
        invested = math.floor((left - worked) * rng.random())
        stage.set("clock.month", now + 1)
        stage.run(["budgets"])
        stage.set("members.b.committed_cents", invested)  # as initiatives would
        stage.set("levels.b.*.hours_left", 0.0)  # all hours are used
        stage.run(["settle"])
        twin.pay(fixed + on_top + worked + invested, to_landlord - on_top, 11 - now % 12)
        if now % 12 == 11:
            twin.end_year()
        own, landlord = stage.state.organisations[1], stage.state.organisations[0]
        found = (own.free_cents, own.earmarked_cents, own.reserve_cents, own.returned_cents, own.paid_cents)
        assert found == (twin.free, twin.earmarked, twin.savings, twin.returned, to_landlord), now
        assert landlord.received_cents == to_landlord
        assert own.spent_cents == sum(twin.ordinary.values()) - (to_landlord - on_top) + fixed + worked + invested
        given = stage.state.levels["hours_granted"][3:6].sum()
        assert given == pytest.approx(affordable / 0.045, abs=1e-6)
