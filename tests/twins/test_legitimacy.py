"""A second telling of legitimacy and support, written from docs/odd.md, against the compiled mechanism.

A public body has an account of what gives it standing, and forgets or gains a twelfth of it every month. The states are those of random
scenarios at random months, and those at which something switches: an evaluation just too old, a municipality that left.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any

import pytest
from random_scenarios import random_scenario
from stage import STEPS, Stage, step

from sim.population import begin, build
from sim.schedule import month

FORMS = ("input", "process", "output", "feedback")
SCENARIOS = 40


@dataclass
class Standing:
    """How legitimate a collaboration is, in four forms, and the support that it gets from outside."""

    input: float
    process: float
    output: float
    feedback: float
    support: float

    def a_month_on(
        self, *, elected: bool, involved: float, concrete_and_formal: float, reached: list[float], heard: float
    ) -> None:
        """Move each form a twelfth of the way to what is arranged and reached, then support to their mean."""
        aims = {
            "input": (float(elected) + involved) / 2,
            "process": (involved + concrete_and_formal) / 2,
            "output": sum(reached) / len(reached),
            "feedback": heard,
        }
        for form, aim in aims.items():
            now = getattr(self, form)
            setattr(self, form, now + (aim - now) / 12)
        mean = sum(getattr(self, form) for form in FORMS) / len(FORMS)
        self.support += (min(1.0, mean + 0.2) - self.support) / 12


def retold(state: Any) -> dict[int, Standing]:
    """Return the standing of every collaboration that goes on, a month on."""
    now = int(state.clock[0].month)
    told = {}
    for c, body in enumerate(state.collaborations):
        if body.ending != 0 or now < body.contact_month:
            continue
        form = state.structures[c]
        standing = Standing(*(float(body[f"legitimacy_{each}"]) for each in FORMS), float(body.support))
        members = [state.members[m] for m in range(body.member_from, body.member_to)]
        kinds = [state.organisations[each.organisation].kind for each in members if each.status == 1]
        evaluated = body.evaluated_month > 0 and body.evaluated_month >= now - 36
        standing.a_month_on(
            elected=3 in kinds,
            involved=form.stakeholder_involvement,
            concrete_and_formal=form.goal_concreteness * body.formal_maturity,
            reached=[body.practice_maturity, 1 - math.exp(-body.visible_results / 2), body.joint_now],
            heard=form.stakeholder_feedback if evaluated else form.stakeholder_feedback / 2,
        )
        told[c] = standing
    return told


def compare(state: Any) -> int:
    """Apply the mechanism, hold it against the second telling, and return how many collaborations went on."""
    before = state.collaborations.copy()
    expected = retold(state)
    step(state, STEPS.index("legitimacy"))
    for c, body in enumerate(state.collaborations):
        names = [*(f"legitimacy_{form}" for form in FORMS), "support"]
        found = [float(body[name]) for name in names]
        told = expected.get(c)
        wanted = [getattr(told, n) for n in (*FORMS, "support")] if told else [float(before[c][name]) for name in names]
        assert found == pytest.approx(wanted, abs=1e-12), c
    return len(expected)


def test_on_random_states() -> None:
    """On states of random scenarios, also with standing and results drawn anew so that every term matters."""
    compared = 0
    for seed in range(SCENARIOS):
        scenario = random_scenario(seed)
        population = build(scenario)
        state = population.layout.state(population.buffer.copy())
        state.clock["key"][0] = 77 + seed
        begin(state)
        rng = random.Random(seed)
        for _ in range(rng.randrange(1, scenario.months + 1)):
            month(state)
        compared += compare(state)
        for body in state.collaborations:
            for name in (*(f"legitimacy_{form}" for form in FORMS), "support", "practice_maturity", "joint_now"):
                body[name] = rng.random()
            body.visible_results = rng.choice((0.0, 6.0 * rng.random()))
            body.evaluated_month = rng.choice(
                (0, max(0, int(state.clock[0].month) - rng.choice((0, 1, 35, 36, 37, 60))))
            )
        compared += compare(state)
    assert compared >= 2 * SCENARIOS


@pytest.mark.parametrize("kind", ["municipality", "care"])
@pytest.mark.parametrize("status", [0, 1, 2])
@pytest.mark.parametrize("ago", [0, 36, 37])
def test_on_what_switches(kind: str, status: int, ago: int) -> None:
    """A municipality counts while it takes part, an evaluation for three years."""
    sets = {"organisations.b.kind": kind, "collaborations.c.structure.stakeholder_feedback": 0.8}
    stage = Stage({}, sets)
    stage.set("clock.month", 60)
    stage.set("collaborations.c.evaluated_month", 60 - ago)
    stage.set("members.b.status", status)
    assert compare(stage.state) == 1
    assert stage.get("collaborations.c.legitimacy_feedback") == pytest.approx((0.8 if ago <= 36 else 0.4) / 12)


def test_full_standing_is_the_most_there_is() -> None:
    """Support does not pass 1, and what ended is left alone."""
    stage = Stage({})
    for form in FORMS:
        stage.set(f"collaborations.c.legitimacy_{form}", 1.0)
    stage.set("collaborations.c.support", 1.0)
    stage.set("collaborations.c.formal_maturity", 1.0)
    assert compare(stage.state) == 1
    assert stage.get("collaborations.c.support") == 1.0
    stage.set("collaborations.c.ending", 3)
    assert compare(stage.state) == 0
