"""A second telling of who owns a problem: levels that are asked in turn, against the compiled mechanism."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from stage import Stage

from sim.randomness import point, uniform

MONTHS, PROBLEMS = 36, 8
NAMES = ("board", "middle", "operational")


@dataclass
class Desk:
    """A level of an organisation, with the matters that it has before it."""

    place: int
    mandate: float
    salience: float = 0.0
    engagement: float = 0.0

    def claims(self, problem: Problem, rate: float, width: float) -> float:
        """Return the chance that this desk takes a problem for its own."""
        if self.mandate < problem.takes and not problem.sent_down:
            return 0.0
        distance = abs(problem.concreteness - self.place / 2)
        return rate * math.exp(-((distance / width) ** 2)) * self.salience * self.engagement

    def forwards_to(self, problem: Problem) -> int:
        """Return the desk to which it would rather pass a problem: up for a mandate, down to practice, and down once."""
        if problem.sent_down:
            return self.place
        if self.mandate < problem.takes and self.place > 0:
            return self.place - 1
        if problem.concreteness > self.place / 2 + 0.25:
            return min(2, self.place + 1)
        return self.place


@dataclass
class Problem:
    """A practical problem on its way past the desks."""

    concreteness: float
    takes: float
    desk: int
    claimed: bool = False
    sent_down: bool = False

    def come_up(self, desks: list[Desk], rate: float, width: float, passing: float, draw: float) -> None:
        """Be claimed, be passed on, or stay in between."""
        if self.claimed:
            return
        desk = desks[self.desk]
        chance = desk.claims(self, rate, width)
        if draw < chance:
            self.claimed = True
        elif draw < chance + (1 - chance) * passing:
            before, self.desk = self.desk, desk.forwards_to(self)
            self.sent_down = self.sent_down or self.desk > before


def put(stage: Stage, path: str, values: dict[str, Any]) -> None:
    for name, value in values.items():
        stage.set(f"{path}.{name}", value)


@pytest.mark.parametrize("seed", range(12))
def test_whose_problem_is_it(seed: int) -> None:
    """The desk with which each problem lies, and whether it was claimed, agree month by month."""
    rng = random.Random(seed)
    rate, width, passing, weaving, manager, team = (rng.uniform(0.1, 0.9) for _ in range(6))
    sets = {"parameters.claim_rate": rate, "parameters.claim_width": width, "parameters.pass_rate": passing}
    sets |= {"parameters.problem_rate": 0.0, "parameters.overtaken_rate": 0.0}
    sets |= {"organisations.*.middle_mandate": manager}
    structure = {"weaving": weaving, "team_mandate": team, "bureau_hours": 0.0}
    sets |= {f"collaborations.c.structure.{name}": value for name, value in structure.items()}
    stage = Stage({}, sets, seed)
    mandates = (1.0, min(1.0, manager + 0.3 * team), 0.2 + 0.5 * team)
    desks = {name: [Desk(place, mandate) for place, mandate in enumerate(mandates)] for name in "ab"}
    problems = []
    for i in range(PROBLEMS):
        problem = Problem(rng.random(), rng.random(), rng.randrange(3))
        problems.append(("ab"[i % 2], rng.getrandbits(63), problem))
        put(stage, f"problems.{i}", {
            "open": 1, "member": i % 2, "level": problem.desk, "concreteness": problem.concreteness, "effort": 1e6,
            "mandate": problem.takes, "project": -1, "identity": problems[-1][1],
        })  # fmt: skip
    starts = [problem.desk for _, _, problem in problems]
    key = stage.state.clock["key"][0]
    for now in range(1, MONTHS + 1):
        for name, own in desks.items():
            for desk in own:
                desk.salience, desk.engagement = rng.random(), rng.random()
                at = f"levels.{name}.{NAMES[desk.place]}"
                put(stage, at, {"salience": desk.salience, "engagement": desk.engagement, "hours_left": 0.0})
        stage.set("clock.month", now)
        stage.run(["agenda"])
        for i, (name, identity, problem) in enumerate(problems):
            draw = uniform(key, point("problem_claim"), np.uint64(now), np.uint64(identity), np.uint64(0))
            problem.come_up(desks[name], rate, width * (1 + weaving / 2), passing, draw)
            found = stage.state.problems[i]
            assert (found.level, found.owned) == (problem.desk, problem.claimed), (now, i)
    assert any(each.claimed or each.desk != start for start, (_, _, each) in zip(starts, problems, strict=True))
