"""The scenarios that patterns are tried on: partners crossed over frameworks, numbers and mixes of sectors.

In the cases, form, number of partners and mix of sectors are entangled; here each is set apart from the others. A mix
is the lead's kind followed by the kinds that are gone round until there are enough partners.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, Final

from sim.scenario import Scenario, from_dict

FRAMEWORKS: Final = ("building", "covenant", "client_contractor", "informal", "project_organisation")
NUMBERS: Final = (2, 4, 8)
MIXES: Final[dict[str, tuple[str, ...]]] = {
    "welfare": ("welfare", "other"),
    "care": ("care", "welfare"),
    "municipality": ("municipality", "care", "welfare"),
}
MONTHS: Final = 120

# What partners have in common where a pattern asks for equal ones: size, money, pressure; they still differ in what
# they bring and need. The values are those of a mid-sized organisation in the register's ranges.
EQUAL: Final[dict[str, Any]] = {
    "income_keur": 12000, "reserve_keur": 800, "earmarked_share": 0.5, "tendered_share": 0.0, "layers": 3,
    "business_likeness": 0.5, "planning_orientation": 0.5, "view_customer": 0.33, "view_victim": 0.33,
    "view_member": 0.34, "promotes_collaboration": 0.0, "promotes_competition": 0.0,
}  # fmt: skip


def kinds_of(mix: str, partners: int) -> tuple[str, ...]:
    """Return the kinds of a number of partners: the corporation, then those of the mix in turn."""
    others = MIXES[mix]
    return ("housing_corporation", *(others[place % len(others)] for place in range(partners - 1)))


def ground(
    framework: str = "covenant",
    partners: int = 4,
    mix: str = "municipality",
    *,
    kinds: Sequence[str] = (),
    equal: bool = False,
    candidates: int = 0,
    months: int = MONTHS,
    **values: Mapping[str, Any],
) -> Scenario:
    """Return one collaboration of a number of partners under a framework; the first is the lead.

    ``values`` go into the tables ``organisation`` (all of them), ``others`` (all but the lead), ``structure``,
    ``collaboration``, ``neighbourhood``, ``parameters``, and ``relation`` (of all pairs, by level or "" for each).
    """
    chosen = tuple(kinds) or kinds_of(mix, partners)
    common = {**(EQUAL if equal else {}), **values.get("organisation", {})}
    names = [f"partner_{place + 1}" for place in range(len(chosen))]
    organisations = [
        {"id": name, "kind": kind, **common, **(values.get("others", {}) if place else {})}
        for place, (name, kind) in enumerate(zip(names, chosen, strict=True))
    ]
    members = [{"organisation": name, "role": "core" if place else "lead"} for place, name in enumerate(names)]
    for place in range(candidates):
        organisations.append({"id": f"third_{place + 1}", "kind": ("care", "welfare", "other")[place % 3], **common})
        members.append({"organisation": f"third_{place + 1}", "role": "candidate"})
    relations = [
        {"between": [one, other], **({"level": level} if level else {}), **given}
        for level, given in values.get("relation", {}).items()
        for place, one in enumerate(names)
        for other in names[place + 1 :]
    ]
    text = {"en": "ground", "nl": "grond"}
    return from_dict(
        {
            "schema": 1, "name": "ground", "title": text, "description": text, "months": months, "start": "2003-01",
            "organisations": organisations,
            "neighbourhoods": [{"id": "neighbourhood", **values.get("neighbourhood", {})}],
            "collaborations": [
                {
                    "id": "collaboration", "framework": framework, "neighbourhoods": ["neighbourhood"],
                    "partners": members, "structure": dict(values.get("structure", {})),
                    **values.get("collaboration", {}),
                }
            ],
            "relations": relations,
            "parameters": dict(values.get("parameters", {})),
        }
    )  # fmt: skip


def crossed(
    frameworks: Sequence[str] = FRAMEWORKS,
    numbers: Sequence[int] = NUMBERS,
    mixes: Sequence[str] = tuple(MIXES),
    **values: Any,
) -> list[Scenario]:
    """Return a scenario for every framework, number of partners and mix of sectors."""
    return [ground(framework, number, mix, **values) for framework, number, mix in product(frameworks, numbers, mixes)]
