"""What it takes to name a number: the shape of a line in every register of the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["constant", "uncertainty", "lever"]
Source = Literal["V", "H", "L", "A"]
Confidence = Literal["high", "medium", "low"]

CONFIDENCE_MEANS = {
    "high": "the source states it, or it is a convention",
    "medium": "the source states the direction, the size is ours",
    "low": "assumed",
}

SOURCE_MEANS = {
    "V": "Brandsen, Van den Munckhof, Oude Vrielink (2007), Vitale coalities in wonen, zorg en welzijn",
    "H": "the guide on regional collaboration for housing corporations",
    "L": "literature or general knowledge",
    "A": "assumption",
}


@dataclass(frozen=True)
class Quantity:
    """One number that a user may set: its unit, default, plausible range and where it comes from.

    ``low`` and ``high`` bound the *plausible* range, which sweeps and robustness checks sample;
    ``least`` and ``most`` bound what is *allowed* at all and are used by validation.
    ``kind``: a *constant* is held fixed, an *uncertainty* is sampled, a *lever* is something
    that somebody decides on.
    ``choices`` names the values of a quantity that is one of a few, in order from 0.
    ``by_kind`` holds defaults that differ by kind of organisation.
    """

    name: str
    unit: str
    default: float
    low: float
    high: float
    reason: str
    kind: Kind
    source: Source
    where: str
    confidence: Confidence
    meaning: str
    least: float = 0.0
    most: float = 1.0
    whole: bool = False
    choices: tuple[str, ...] = ()
    by_kind: dict[str, float] = field(default_factory=dict)

    def default_for(self, organisation_kind: str) -> float:
        """Return the default for one kind of organisation, in the quantity's unit."""
        return self.by_kind.get(organisation_kind, self.default)


def register(*quantities: Quantity) -> dict[str, Quantity]:
    """Return the quantities by name; raise ``ValueError`` for a name that stands twice."""
    named = {quantity.name: quantity for quantity in quantities}
    if len(named) != len(quantities):
        names = [quantity.name for quantity in quantities]
        raise ValueError(f"named twice: {sorted({n for n in names if names.count(n) > 1})}")
    return named
