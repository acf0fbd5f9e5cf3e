"""A second telling of expectations, written from docs/odd.md with people instead of columns, against the compiled mechanism.

The luck is made again from the description as well: Philox4x32-10 with whole numbers of Python. The states are those of random
scenarios at random months, once as they came and once with what is felt, hoped and held drawn anew, so that every term matters.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from random_scenarios import random_scenario
from stage import STEPS, Stage, step

from sim.population import begin, build
from sim.schedule import month

SCENARIOS = 30
DRIFT = 31  # the number of the decision point
WORD = 0xFFFFFFFF
COLUMNS = (
    "perceived_progress", "progress_before", "expectation", "ambition", "satisfaction", "image", "ambition_impulse",
    "salience_impulse",
)  # fmt: skip


def draw(key: int, decision: int, when: int, entity: int, ordinal: int) -> float:
    """Return a draw from [0, 1): ten rounds of Philox4x32 on entity, month with ordinal, and decision point."""
    counter = [entity & WORD, entity >> 32, when * 4096 + ordinal, decision]
    keys = [key & WORD, key >> 32]
    for _ in range(10):
        left, right = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [(right >> 32) ^ counter[1] ^ keys[0], right & WORD, (left >> 32) ^ counter[3] ^ keys[1], left & WORD]
        keys = [(keys[0] + 0x9E3779B9) & WORD, (keys[1] + 0xBB67AE85) & WORD]
    return float((counter[0] << 32 | counter[1]) >> 11) * 2.0**-53


def much(x: float) -> float:
    """Return what so much comes to, where more adds less and less."""
    return 1 - math.exp(-x)


def within(x: float) -> float:
    """Keep a share a share."""
    return min(1.0, max(0.0, x))


@dataclass
class Mind:
    """What one level sees, expects, hopes for and feels."""

    place: int  # 0 board, 1 middle, 2 floor
    identity: int
    contact: float
    perceived_progress: float
    progress_before: float
    expectation: float
    ambition: float
    satisfaction: float
    image: float
    ambition_impulse: float
    salience_impulse: float

    def look(self, here: float, elsewhere: float, openness: float) -> None:
        """See one's own work fully and that of the two others dimly, and remember what one saw."""
        self.progress_before += (self.perceived_progress - self.progress_before) / 12
        self.perceived_progress = (here + openness * elsewhere) / (1 + 2 * openness)

    def expect(self, promised: float, shift: float, blend: float) -> None:
        """Expect a part of what one hopes for, by now."""
        due = self.ambition * promised + shift
        self.expectation = within(self.expectation + (due - self.expectation) / 3)
        self.expectation = (1 - blend) * self.expectation + blend * self.perceived_progress

    @property
    def shortfall(self) -> float:
        """Return what is missing of what was expected."""
        return max(0.0, self.expectation - self.perceived_progress)

    def hope(self, mean: float, exchange: float, adjustment: float, moved: float) -> None:
        """Hope for less where disappointed, and for what the others hope for where there is exchange."""
        change = exchange * (mean - self.ambition) - adjustment * self.shortfall + moved + self.ambition_impulse
        self.ambition, self.ambition_impulse = within(self.ambition + change), 0.0

    def feel(self, explained: float, gnawing: float, gap: float, aversion: float, growth: float) -> None:
        """Be glad of what is there, more sorry for what is not, and glad of what grows."""
        gain = max(0.0, self.perceived_progress - self.expectation)
        mood = 0.5 + gap * (gain - aversion * self.shortfall * (1 - explained / 2)) - gnawing
        mood += growth * (self.perceived_progress - self.progress_before)
        self.satisfaction += (within(mood) - self.satisfaction) / 3

    def be_judged(self, mean: float, results: float, hardness: float) -> None:
        """Be shown what there is to be shown."""
        self.satisfaction = within(self.satisfaction - hardness / 2 * max(0.0, self.expectation - results))
        self.ambition = within(self.ambition + hardness / 2 * (mean - self.ambition))
        self.salience_impulse += 0.1

    def think_of_the_others(self, board: Mind, openness: float) -> None:
        """Take slowness for unwillingness, or ambition for ignorance."""
        strange = self.shortfall if self.place == 0 else max(0.0, board.ambition - self.ambition)
        self.image = within(self.image + (0.7 - (1 - openness) * strange - self.image) / 12)


def minds_of(state: Any, m: int) -> list[Mind]:
    """Return the three levels of a member."""
    rows = [state.levels[3 * m + place] for place in range(3)]
    return [
        Mind(place, int(row.identity), float(row.contact), **{name: float(row[name]) for name in COLUMNS})
        for place, row in enumerate(rows)
    ]


def retold(state: Any) -> dict[int, list[Mind]]:
    """Return the minds of every member that takes part in what goes on, a month on."""
    told: dict[int, list[Mind]] = {}
    p, now, key = state.parameters[0], int(state.clock[0].month), int(state.clock[0].key)
    for c, body in enumerate(state.collaborations):
        if body.ending != 0 or now < body.contact_month:
            continue
        form = state.structures[c]
        results = much(body.visible_results / 2)
        works = [
            max(0.6 * body.formal_maturity, results),
            (body.routines + much((body.running + body.visible_results) / 2)) / 2,
            body.practice_maturity,
        ]
        anchors = form.role_clarity + much(form.bureau_hours / 40) + much(form.middle_meetings_per_year / 6)
        gnawing = p.gnaw_weight * much(body.months / p.gnaw_months) * (1 - anchors / 3)
        explained = 0.6 * form.expectation_exchange + 0.4 * form.stakeholder_feedback
        partners = {
            m: minds_of(state, m) for m in range(body.member_from, body.member_to) if state.members[m].status == 1
        }
        hopes = [mind.ambition for minds in partners.values() for mind in minds]
        mean = sum(hopes) / max(1, len(hopes))
        for m, minds in partners.items():
            member = state.members[m]
            house = state.organisations[member.organisation]
            openness = house.transparency / (1 + (house.layers - 2) / 10)
            openness = within(openness + 0.4 * form.weaving * (1 - openness))
            promised = (0.4 + 0.6 * body.goals) * much((member.months_in / p.expectation_months) ** 2)
            for mind in minds:
                apart = p.ambition_drift * (1 - form.criteria_hardness) * (1 - form.expectation_exchange)
                moved = apart * (2 * draw(key, DRIFT, now, mind.identity, 0) - 1)
                if mind.place == 0:
                    moved += 0.02 * (house.vision - mind.ambition)
                mind.look(works[mind.place], sum(works) - works[mind.place], openness)
                mind.expect(promised, form.expectation_shift, p.expectation_blend)
                exchange = p.exchange_rate * (form.expectation_exchange + 0.3 * mind.contact)
                mind.hope(mean, exchange, p.ambition_adjustment, moved)
                mind.feel(explained, gnawing, p.gap_weight, p.loss_aversion, p.growth_weight)
                if body.evaluated_weight > 0:
                    mind.be_judged(mean, results, form.criteria_hardness)
                mind.think_of_the_others(minds[0], openness)
            told[m] = minds
    return told


def compare(state: Any) -> int:
    """Apply the mechanism, hold it against the second telling, and return how many members took part."""
    unmoved = {m: minds_of(state, m) for m in range(len(state.members))}
    told = retold(state)
    step(state, STEPS.index("expectations"))
    for m, minds in (unmoved | told).items():
        for found, expected in zip(minds_of(state, m), minds, strict=True):
            for name in COLUMNS:
                assert getattr(found, name) == pytest.approx(getattr(expected, name), abs=1e-12), (m, found.place, name)
    return len(told)


def test_on_random_states() -> None:
    """On states of random scenarios, as they came and with everything that is read drawn anew."""
    compared = judged = 0
    for seed in range(SCENARIOS):
        scenario = random_scenario(seed)
        population = build(scenario)
        state = population.layout.state(population.buffer.copy())
        state.clock["key"][0] = np.uint64(0x9E3779B97F4A7C15 + seed)
        begin(state)
        rng = random.Random(seed)
        for _ in range(rng.randrange(1, scenario.months + 1)):
            month(state)
        compared += compare(state)
        for level in state.levels:
            for name in (*COLUMNS[:6], "contact"):
                level[name] = rng.random()
            level.ambition_impulse, level.salience_impulse = rng.uniform(-0.3, 0.3), rng.random()
        for body in state.collaborations:
            for name in ("goals", "formal_maturity", "routines", "practice_maturity"):
                body[name] = rng.random()
            body.visible_results, body.running = rng.choice((0.0, 4.0 * rng.random())), rng.randrange(5)
            body.months, body.evaluated_weight = rng.randrange(120), rng.choice((0.0, rng.random()))
            judged += int(body.evaluated_weight > 0)
        for form in state.structures:
            for name in (
                "criteria_hardness",
                "expectation_exchange",
                "weaving",
                "stakeholder_feedback",
                "role_clarity",
            ):
                form[name] = rng.random()
            form.expectation_shift = rng.uniform(-0.3, 0.3)
            form.bureau_hours, form.middle_meetings_per_year = rng.choice((0.0, 80.0)), rng.choice((0.0, 12.0))
        for house in state.organisations:
            house.transparency, house.layers = rng.random(), rng.randrange(1, 7)
        state.parameters[0].expectation_blend = rng.choice((0.0, 0.5, 1.0))
        state.parameters[0].ambition_drift = 0.5 * rng.random()
        compared += compare(state)
    assert compared >= 4 * SCENARIOS
    assert judged >= SCENARIOS // 4


@pytest.mark.parametrize(
    "situation",
    [
        {"collaborations.c.formal_maturity": 0.5, "collaborations.c.practice_maturity": 0.2, "collaborations.c.routines": 0.4},
        {"collaborations.c.formal_maturity": 0.5, "levels.b.board.expectation": 0.9, "levels.b.board.ambition": 1.0},
        {"members.b.months_in": 36.0, "levels.b.middle.ambition": 0.6, "levels.b.middle.expectation": 0.0},
        {"levels.b.board.ambition": 0.5, "levels.b.board.ambition_impulse": 0.2},
        {"collaborations.c.evaluated_weight": 0.3, "levels.*.*.expectation": 0.5, "levels.*.*.satisfaction": 0.05},
        {"members.b.status": 2, "collaborations.c.partners": 1, "collaborations.c.visible_results": 3.0},
        {"collaborations.c.contact_month": 2},
        {"collaborations.c.ending": 1},
    ],
)  # fmt: skip
@pytest.mark.parametrize("blend", [0.0, 1.0])
@pytest.mark.parametrize("hardness", [0.0, 1.0])
def test_on_the_situations_of_the_hand_worked_cases(situation: dict[str, float], blend: float, hardness: float) -> None:
    """What tests/mechanisms/cases/expectations.toml sets up, and what switches it off."""
    structure = {"collaborations.c.structure.criteria_hardness": hardness}
    stage = Stage({}, {**structure, "parameters.expectation_blend": blend})
    for path, value in situation.items():
        stage.set(path, value)
    passed_over = "collaborations.c.ending" in situation or "collaborations.c.contact_month" in situation
    assert compare(stage.state) == (0 if passed_over else 1 if "members.b.status" in situation else 2)
