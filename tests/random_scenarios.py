"""Random valid scenarios, a pure function of an integer, and what it takes to run one month by month.

``random_tree`` gives a scenario as plain tables, ``random_scenario`` as a ``Scenario``, ``scenarios`` is a
Hypothesis strategy on top (it shrinks towards seed 0, which is no simpler than any other: read a failing case
by ``random_tree(seed)``).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from hypothesis import strategies as st

from sim import packaged
from sim.inputs import (
    COLLABORATION,
    DOMAINS,
    NEIGHBOURHOOD,
    ORGANISATION,
    ORGANISATION_KINDS,
    RELATION,
    RESOURCES,
    SPANNER,
    START_ONLY,
)  # fmt: skip
from sim.parameters import PARAMETERS
from sim.population import Population, begin, build
from sim.quantities import Quantity
from sim.randomness import run_key
from sim.scenario import Scenario, from_dict, load
from sim.schedule import month
from sim.structure import LEVELS, STRUCTURE

VIEWS = ("view_customer", "view_victim", "view_member")
SHIPPED = tuple(packaged.shipped())
FRAMEWORKS = tuple(sorted(path.stem for path in (packaged.shipped_folder() / "frameworks").glob("*.toml")))
READY_MADE = tuple(sorted(path.stem for path in (packaged.shipped_folder() / "interventions").glob("*.toml")))


def random_value(rng: random.Random, quantity: Quantity, *, allowed: bool = False) -> Any:
    """Return a value from the plausible range of a quantity, now and then an end of it; or from what is allowed."""
    if quantity.choices:
        return rng.choice(quantity.choices)
    low, high = max(quantity.low, quantity.least), min(quantity.high, quantity.most)
    if allowed and rng.random() < 0.5:
        low, high = quantity.least, min(quantity.most, 20.0 * quantity.high)
    chance = rng.random()
    if quantity.whole:
        return int(low if chance < 0.1 else high if chance > 0.9 else rng.randint(int(low), int(high)))
    return float(low) if chance < 0.1 else float(high) if chance > 0.9 else round(rng.uniform(low, high), 4)


def some_values(
    rng: random.Random, register: Mapping[str, Quantity], chance: float, *without: str, allowed: bool = False
) -> dict[str, Any]:
    """Return values for some of the quantities of a register."""
    names = [name for name in register if name not in without]
    return {name: random_value(rng, register[name], allowed=allowed) for name in names if rng.random() < chance}


def _some(rng: random.Random, names: tuple[str, ...], least: int = 0) -> list[str]:
    return sorted(rng.sample(names, rng.randint(least, len(names))))


def _organisation(rng: random.Random, identity: str, chance: float, *, allowed: bool) -> dict[str, Any]:
    made = {"id": identity, "kind": rng.choice(ORGANISATION_KINDS)}
    made |= some_values(rng, ORGANISATION, chance, *VIEWS, allowed=allowed)
    if rng.random() < 0.4:
        made["domains"] = _some(rng, DOMAINS, 1)
    if rng.random() < 0.3:
        made["brings"], made["needs"] = _some(rng, RESOURCES), _some(rng, RESOURCES)
    if rng.random() < 0.3:
        cut = sorted((round(rng.random(), 2), round(rng.random(), 2)))
        made |= {"view_customer": cut[0], "view_victim": round(cut[1] - cut[0], 2)}
    return made


def _collaboration(
    rng: random.Random, identity: str, organisations: list[str], places: list[str], *, allowed: bool
) -> dict[str, Any]:
    names = rng.sample(organisations, rng.randint(2, len(organisations)))
    leads = rng.random() < 0.6
    partners = []
    for number, name in enumerate(names):
        role = "core" if number < 2 else rng.choice(("core", "partner", "tenant", "candidate"))
        partner: dict[str, Any] = {"organisation": name, "role": "lead" if leads and number == 0 else role}
        if rng.random() < 0.2:
            partner["from_month"] = rng.randint(1, 20)
        partners.append(partner)
    made: dict[str, Any] = {
        "id": identity,
        "framework": rng.choice(FRAMEWORKS),
        "partners": partners,
        "neighbourhoods": sorted(rng.sample(places, rng.randint(1, len(places)))),
    }
    chance = rng.choice((0.0, 0.2, 1.0))
    made["structure"] = some_values(rng, STRUCTURE, chance, allowed=allowed)
    made |= some_values(rng, COLLABORATION, rng.choice((0.0, 0.5)))
    if rng.random() < 0.2:
        made["domains"] = _some(rng, DOMAINS, 1)
    return made


def _event(rng: random.Random, collaboration: dict[str, Any], months: int) -> dict[str, Any]:
    partners = [each["organisation"] for each in collaboration["partners"]]
    kind = rng.choice(
        (
            "director_change",
            "spanner_leaves",
            "tenant_leaves",
            "tenant_arrives",
            "policy_shift",
            "chance_meeting",
            "joint_bid",
        )
    )
    made = {"month": rng.randint(1, months), "kind": kind}
    if kind in ("director_change", "tenant_leaves", "tenant_arrives"):
        made["organisation"] = rng.choice(partners)
    if kind == "chance_meeting":
        made["organisation"], made["other"] = rng.sample(partners, 2)
    if kind != "director_change":
        made["collaboration"] = collaboration["id"]
    if kind in ("director_change", "policy_shift", "chance_meeting", "joint_bid") and rng.random() < 0.5:
        made["value"] = round(rng.random(), 2)
    return made


def _intervention(rng: random.Random, identity: str, tree: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"id": identity, "month": rng.randint(1, tree["months"])}
    if rng.random() < 0.4:
        made["until"] = made["month"] + rng.randint(1, 24)
    collaboration = rng.choice(tree["collaborations"])
    chance = rng.random()
    if chance < 0.4:
        return {**made, "use": rng.choice(READY_MADE), "collaboration": collaboration["id"]}
    if chance < 0.5:
        return {**made, "set": {f"collaborations.{collaboration['id']}.framework": rng.choice(FRAMEWORKS)}}
    places = {
        f"collaborations.{collaboration['id']}.structure": STRUCTURE,
        f"organisations.{rng.choice(tree['organisations'])['id']}": ORGANISATION,
        f"neighbourhoods.{rng.choice(tree['neighbourhoods'])['id']}": NEIGHBOURHOOD,
    }
    if tree["spanners"]:
        places[f"spanners.{rng.choice(tree['spanners'])['id']}"] = SPANNER
    values = {}
    for place, register in places.items():
        fixed = START_ONLY.get(place.split(".")[0], ()) if "structure" not in place else ()
        for name, value in some_values(rng, register, 0.08, *fixed, *VIEWS).items():
            values[f"{place}.{name}"] = value
    values[f"collaborations.{collaboration['id']}.structure.weaving"] = round(rng.random(), 2)
    return {**made, "set": values}


def random_tree(seed: int, *, prefix: str = "", allowed: bool = False) -> dict[str, Any]:
    """Return a random scenario as plain tables; with a prefix to every id, and if asked with all allowed values.

    Everything that happens to a collaboration names it, so that two of these can stand side by side in one file.
    """
    rng = random.Random(f"scenario {seed}")
    number = rng.choice((1, 1, 1, 2, 3))
    organisations = [f"{prefix}o{i}" for i in range(rng.randint(2, 8))]
    rng.shuffle(organisations)
    places = [f"{prefix}n{i}" for i in range(rng.randint(1, 3))]
    chance = rng.choice((0.0, 0.3, 1.0))
    tree: dict[str, Any] = {
        "schema": 1,
        "name": "random",
        "months": rng.randint(12, 60),
        "parameters": some_values(rng, PARAMETERS, rng.choice((0.0, 0.2, 1.0)), allowed=allowed),
        "organisations": [_organisation(rng, name, chance, allowed=allowed) for name in organisations],
        "neighbourhoods": [{"id": name, **some_values(rng, NEIGHBOURHOOD, 0.5, allowed=allowed)} for name in places],
        "collaborations": [
            _collaboration(rng, f"{prefix}c{i}", organisations, places, allowed=allowed) for i in range(number)
        ],
    }
    relations: dict[tuple[str, str, str], dict[str, Any]] = {}
    for _ in range(rng.randint(0, 4)):
        pair = sorted(rng.sample(organisations, 2))
        level = rng.choice(LEVELS)
        relations[pair[0], pair[1], level] = {"between": pair, "level": level, **some_values(rng, RELATION, 0.7)}
    tree["relations"] = list(relations.values())
    tree["spanners"] = []
    for i in range(rng.choice((0, 0, 1, 2))):
        where = rng.choice(tree["collaborations"])
        partners = [each["organisation"] for each in where["partners"]]
        spanner = {
            "id": f"{prefix}s{i}",
            "collaboration": where["id"],
            "payer": rng.choice(["shared", *partners]),
            "position": rng.choice(LEVELS),
            **some_values(rng, SPANNER, 0.5),
        }
        tree["spanners"].append(spanner)
    tree["events"] = [
        _event(rng, rng.choice(tree["collaborations"]), tree["months"]) for _ in range(rng.choice((0, 0, 2, 5)))
    ]
    tree["interventions"] = [_intervention(rng, f"{prefix}i{i}", tree) for i in range(rng.choice((0, 0, 1, 3)))]
    return tree


def random_scenario(seed: int, **options: Any) -> Scenario:
    """Return a random scenario."""
    return from_dict(random_tree(seed, **options))


def scenarios() -> st.SearchStrategy[Scenario]:
    """Return a strategy for random scenarios."""
    return st.integers(0, 2**40).map(random_scenario)


def shipped(name: str, months: int | None = None) -> Scenario:
    """Return a shipped scenario, cut off after so many months."""
    return load(name, [("months", months)] if months else [])


# ---------------------------------------------------------------- running, a month at a time


def started(scenario: Scenario, seed: int = 1, replicate: int = 0, log_rows: int = 4096) -> tuple[Population, Any]:
    """Return the population of a scenario and a state of its own, with luck, before the first month."""
    population = build(scenario)
    state = population.layout.state(population.buffer.copy(), log_rows)
    state.clock["key"][0] = run_key(np.uint64(seed), np.uint64(replicate))
    begin(state)
    return population, state


def months_of(scenario: Scenario, seed: int = 1, replicate: int = 0) -> Iterator[tuple[Population, Any]]:
    """Run a scenario; yield the population and the state (always the same arrays) after every month."""
    population, state = started(scenario, seed, replicate)
    for _ in range(scenario.months):
        month(state)
        yield population, state
