"""The same collaboration with more or fewer partners.

Partners are left out by role: tenants first, then partners, then core, the lead last; within a role those that stand
last in the file go first. Candidates, who may join later, stay what they are.

To reach more than there are, general organisations are added, as partners from the start, without any history: of the
kinds of which a place has several, in turn (welfare, care, other), with everything at the default of its kind. Their
names hang on their number alone, so that the third one added is the same organisation, with the same luck, whether
three or six are added.
"""

from __future__ import annotations

from typing import Any

from sim.elements import Partner
from sim.problems import single
from sim.reading import PARTNERS_MOST
from sim.scenario import Scenario

STAYS_LONGEST = ("lead", "core", "partner", "tenant")
KINDS_ADDED = ("welfare", "care", "other")
PARTNERS_LEAST = 2


def of_number(scenario: Scenario, collaboration: str, number: Any) -> Scenario:
    """Return the scenario with so many partners (candidates not counted) in a collaboration.

    Raises:
        ScenarioError: the number is out of bounds, or a name that is needed is taken.
    """
    if isinstance(number, bool) or not isinstance(number, int) or not PARTNERS_LEAST <= number <= PARTNERS_MOST:
        allowed = f"whole numbers from {PARTNERS_LEAST} to {PARTNERS_MOST}"
        raise single("compare", f"{number!r} is not allowed", path="partners", value=number, allowed=allowed)
    chosen = next(each for each in scenario.collaborations if each.id == collaboration)
    there = [one for one in chosen.partners if one.role != "candidate"]
    if len(there) == number:
        return scenario
    by_role = sorted(there, key=lambda one: STAYS_LONGEST.index(one.role))  # in the order of the file within a role
    kept = {one.organisation for one in by_role[:number]}
    added = [f"{collaboration}_added_{count + 1}" for count in range(number - len(there))]
    if added:
        rows = [
            {"id": name, "kind": KINDS_ADDED[place % len(KINDS_ADDED)], "title": _title(place + 1)}
            for place, name in enumerate(added)
        ]
        scenario = scenario.replace({"organisations": [*scenario.tree["organisations"], *rows]}, source="partners")
    partners = [one for one in chosen.partners if one.role == "candidate" or one.organisation in kept]
    return scenario.with_partners(collaboration, [*partners, *(Partner(name, "partner", 1) for name in added)])


def _title(number: int) -> dict[str, str]:
    return {"en": f"Added partner {number}", "nl": f"Toegevoegde partner {number}"}
