"""A made-up region of any size, to see what happens at scale: towns whose organisations collaborate in several places.

Everything about an organisation or a collaboration is a pure function of the name of the region, the seed and its own
id, by a keyed digest; so the same call gives the same text on every machine. Which organisations meet in which
collaboration follows from the order within a town. All proportions are assumptions [A].
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from sim.drafting import both, comment
from sim.inputs import ORGANISATION
from sim.language import LANGUAGES, Language, language
from sim.problems import single
from sim.reading import ORGANISATIONS_MOST

TOWN: Final = 20  # organisations in a town
FEWEST: Final = 4
MOST: Final = ORGANISATIONS_MOST // 5  # what a file of the size that is read can hold
_KINDS: Final = (
    ("housing_corporation", 0.18), ("welfare", 0.22), ("care", 0.32), ("municipality", 0.06), ("other", 0.22),
)  # fmt: skip
_TIMES: Final = ((1, 0.6), (2, 0.3), (3, 0.1))  # collaborations an organisation takes part in
_SIZES: Final = ((2, 0.2), (3, 0.25), (4, 0.2), (5, 0.15), (6, 0.1), (8, 0.1))  # partners in a collaboration
_FORMS: Final = (
    ("informal", 0.3), ("covenant", 0.25), ("client_contractor", 0.2), ("building", 0.15),
    ("project_organisation", 0.1),
)  # fmt: skip
_ABROAD: Final = 0.3  # chance that a second or third collaboration is in the next town


Choice = TypeVar("Choice")


@dataclass
class _Collaboration:
    id: str
    town: int
    partners: list[str] = field(default_factory=list)


class Region:
    """A region of a number of organisations.

    Raises:
        ScenarioError: there are too few or too many.
    """

    def __init__(self, name: str, organisations: int, seed: int = 1) -> None:
        if not FEWEST <= organisations <= MOST:
            raise single("region", f"{organisations} organisations are not allowed", allowed=f"from {FEWEST} to {MOST}")
        self.name, self.seed = name, seed
        self.organisations = [f"organisation_{number}" for number in range(1, organisations + 1)]
        self.towns = max(1, organisations // TOWN)
        self.kinds = {each: _pick(_KINDS, self._draw(each, "kind")) for each in self.organisations}
        self.collaborations = self._collaborations()

    def _draw(self, *key: object) -> float:
        """Return a number in [0, 1) that belongs to a key."""
        text = "/".join(map(str, (self.name, self.seed, *key)))
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") / 2**64

    def _collaborations(self) -> list[_Collaboration]:
        seats: list[list[str]] = [[] for _ in range(self.towns)]
        for number, each in enumerate(self.organisations):
            home = min(number // TOWN, self.towns - 1)
            for time in range(_pick(_TIMES, self._draw(each, "times"))):
                abroad = time > 0 and self._draw(each, "abroad", time) < _ABROAD
                seats[(home + abroad) % self.towns].append(each)
        found: list[_Collaboration] = []
        for town, taken in enumerate(seats):
            order = sorted(range(len(taken)), key=lambda place: self._draw(town, "seat", taken[place], place))
            found += self._tables(town, [taken[place] for place in order])
        return found

    def _tables(self, town: int, waiting: list[str]) -> list[_Collaboration]:
        """Seat those who are waiting at tables, in order, nobody twice at the same one."""
        tables: list[_Collaboration] = []
        while waiting:
            table = _Collaboration(f"collaboration_{town + 1}_{len(tables) + 1}", town)
            size = _pick(_SIZES, self._draw(table.id, "size"))
            passed = []
            for each in waiting:
                if len(table.partners) < size and each not in table.partners:
                    table.partners.append(each)
                else:
                    passed.append(each)
            waiting = passed
            tables.append(table)
        self._seat_alone(tables)
        return [each for each in tables if each.partners]

    @staticmethod
    def _seat_alone(tables: list[_Collaboration]) -> None:
        """Move those who sit alone to the first table where they do not sit yet; at least one table stays."""
        for table in tables:
            if len(table.partners) != 1:
                continue
            here = table.partners[0]
            others = [each for each in tables if each is not table and each.partners and here not in each.partners]
            if others:
                others[0].partners.append(here)
            table.partners = []

    def text(self, words: Language) -> str:
        """Return the region as a scenario file, with comments in a language and titles in both."""
        title = {code: language(code).text("draft.region", name=self.name) for code in LANGUAGES}
        sizes = {
            "organisations": words.number(len(self.organisations)),
            "collaborations": words.number(len(self.collaborations)),
        }
        lines = [
            f"# {title[words.code]}",
            "#",
            *comment(words.text("new.opening", name=self.name, seed=self.seed, **sizes)),
            "",
            "schema = 1",
            f'name = "{self.name}"',
            f"title = {both(title)}",
            "months = 120",
            'start = "2025-01"',
        ]
        for each in self.organisations:
            lines += self._organisation(each)
        for town in range(self.towns):
            for part in (1, 2):
                cases = 6 + round(12 * self._draw("neighbourhood", town, part))
                lines += [
                    "",
                    "[[neighbourhoods]]",
                    f'id = "neighbourhood_{town + 1}_{part}"',
                    f"cases_per_month = {cases}",
                ]
        for table in self.collaborations:
            lines += self._collaboration(table)
        return "\n".join(lines) + "\n"

    def _organisation(self, each: str) -> Sequence[str]:
        kind = self.kinds[each]
        size = 0.4 + 1.2 * self._draw(each, "size")
        lines = ["", "[[organisations]]", f'id = "{each}"', f'kind = "{kind}"']
        money = ("income_keur", "reserve_keur")
        lines += [f"{name} = {round(size * ORGANISATION[name].default_for(kind))}" for name in money]
        if kind in ("welfare", "care"):
            lines += [
                f"tendered_share = {round(0.6 * self._draw(each, 'tendered'), 2)}",
                f"contract_end_months = {6 + round(36 * self._draw(each, 'contract'))}",
            ]
        lines += [f"{name} = {round(0.35 + 0.5 * self._draw(each, name), 2)}" for name in ("openness", "vision")]
        return lines

    def _collaboration(self, table: _Collaboration) -> Sequence[str]:
        corporations = [each for each in table.partners if self.kinds[each] == "housing_corporation"]
        lead = (corporations or table.partners)[0]
        form = _pick(_FORMS, self._draw(table.id, "form"))
        if form == "building" and not corporations:
            form = "covenant"  # a building needs somebody to own it [V §2.1]
        places = [f'"neighbourhood_{table.town + 1}_{part}"' for part in (1, 2)]
        if self._draw(table.id, "wide") < 0.5:
            places = [places[int(self._draw(table.id, "place") < 0.5)]]
        rows = [
            f'    {{ organisation = "{each}", role = "{"lead" if each == lead else "core"}" }},'
            for each in [lead, *(one for one in table.partners if one != lead)]
        ]
        return [
            "",
            "[[collaborations]]",
            f'id = "{table.id}"',
            f'framework = "{form}"',
            f"neighbourhoods = [{', '.join(places)}]",
            f"contact_month = {1 + int(12 * self._draw(table.id, 'contact'))}",
            "partners = [",
            *rows,
            "]",
        ]


def _pick(choices: Sequence[tuple[Choice, float]], draw: float) -> Choice:
    """Return the choice that a draw from [0, 1) falls on."""
    for choice, chance in choices:
        draw -= chance
        if draw < 0.0:
            return choice
    return choices[-1][0]
