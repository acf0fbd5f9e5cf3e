"""The answers: what the viewer is told of an address, as one versioned JSON each.

``run_answer`` holds one recorded run per framework, month by month, with its events and what was binding in words;
``spread_answer`` counts how many of many runs stand in which phase; ``table`` is the run as CSV. All are pure
functions of the address; what is worked out on the way (populations, counted runs) is remembered up to a bound.
"""

from __future__ import annotations

import asyncio
import base64
import csv
import io
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np

from sim.app.address import Address, collaboration_of, reference_of, scenario_of
from sim.app.workers import Memory, Workers
from sim.columns import TAKING_PART
from sim.engine import Records
from sim.language import Language, language
from sim.log import EVENTS
from sim.outcomes import ORGANISATION_OUTCOMES, OUTCOMES
from sim.population import Population, build
from sim.recording import ENDED, LEVEL_FIELDS, RELATION_FIELDS, SCALE, Recording, count_phases, record
from sim.scenario import Scenario
from sim.story import Storyteller
from sim.structure import LEVELS

VERSION = 1
CHUNK = 10  # runs
FIRST_RUNS = 50  # a first impression of a spread
SPREAD_SECONDS = 3.0  # after which as many runs are told as there are; who asks again goes on from there
SAID_MOST = 5_000  # events of a case kept in words
EXAMPLES = 24  # courses shown beside each other
SINGLE, IMPRESSION, REST = 0, 1, 2  # urgencies
_MEGABYTE = 1024 * 1024

# What the log counts rather than tells: shown on request.
MINOR: Final = frozenset((
    "problem_arose", "problem_claimed", "problem_passed_up", "problem_passed_down", "problem_solved", "people_left",
    "project_proposed", "worked_with_rival", "milestone", "changed", "chance_meeting", "state_entered", "state_left",
    "results_celebrated", "tender_won", "conflict_escalated",
))  # fmt: skip
REFERENCE = ("phase", "formal_maturity", "practice_maturity", "cost_keur")  # of what a run is held against
SHARES = ("formal_maturity", "practice_maturity")
PLAIN = ("phase", "cost_keur", "end_state", "dissolved_month")


class _Teller(Storyteller):
    """A storyteller that looks up a name once: it is asked for hundreds of times a run."""

    def name(self, row: int) -> str:
        """Return the short name of an organisation."""
        known: dict[int, str] = self.__dict__.setdefault("_names", {})
        if row not in known:
            known[row] = super().name(row)
        return known[row]


class Happened(NamedTuple):
    """A row of the log as plain numbers, which are quicker to look at."""

    month: int
    event: int
    collaboration: int
    organisation: int
    level: int
    other: int
    amount: float


@dataclass(frozen=True)
class Arm:
    """One scenario ready to run, and the row of the collaboration that is looked at."""

    scenario: Scenario
    population: Population
    row: int

    def record(self, address: Address) -> Recording:
        """Return the run of an address, recorded."""
        return record(self.population, self.scenario.months, address.seed, address.replicate, self.row)


class Answers:
    """Works out answers by a few threads, and remembers what it worked out lately."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._arms: Memory[Arm] = Memory(24 * _MEGABYTE, lambda arm: int(arm.population.buffer.nbytes) + 60_000)
        self._said: dict[tuple[str, str], dict[Happened, str]] = {}
        self._references: Memory[dict[str, Any]] = Memory(8 * _MEGABYTE, lambda _: 40_000)
        self._counts: Memory[tuple[Any, Any]] = Memory(32 * _MEGABYTE, lambda pair: 2 * int(pair[0].nbytes) + 400)

    # ------------------------------------------------------------ one run

    async def run(self, address: Address) -> dict[str, Any]:
        """Return the recorded run of every framework, and that of what each is held against.

        Raises:
            AddressError: the address asks for what cannot be.
        """
        other = reference_of(address)
        pieces = [self._workers.do(SINGLE, 0, partial(self._recorded, address, each)) for each in address.frameworks]
        if other is not None:
            pieces += [
                self._workers.do(SINGLE, 1, partial(self._reference, other, each)) for each in address.frameworks
            ]
        done = await asyncio.gather(*pieces)
        count = len(address.frameworks)
        for place, answer in enumerate(done[:count]):
            answer["reference"] = done[count + place] if other is not None else None
        first = self._arm(address, address.frameworks[0])
        return {
            "version": VERSION,
            "kind": "run",
            "scale": SCALE,
            "changed": "doings" if address.doings else "sets" if address.sets else "",
            "months": first.scenario.months,
            "start": first.scenario.start,
            "levels": list(LEVEL_FIELDS),
            "relations": list(RELATION_FIELDS),
            "members": list(_members(first, language(address.lang))),
            "links": _links(first),
            "frameworks": done[:count],
        }

    def _arm(self, address: Address, framework: str) -> Arm:
        key = address.world(framework)
        found = self._arms.get(key)
        if found is not None:
            return found
        scenario = scenario_of(address, framework)
        population = build(scenario)
        row = population.collaborations.index(collaboration_of(scenario, address.collaboration).id)
        return self._arms.put(key, Arm(scenario, population, row))

    def _recorded(self, address: Address, framework: str) -> dict[str, Any]:
        arm = self._arm(address, framework)
        words = language(address.lang)
        made = arm.record(address)
        teller = _Teller(arm.scenario, arm.population, _records(made), words)
        bindings, binding = _bindings(arm, teller, made)
        return {
            "id": framework,
            "series": _series(arm, made),
            "network": {
                "levels": _packed(made.levels),
                "status": _packed(made.status),
                "relations": _packed(made.relations),
                "joint": _packed(made.joint),
            },
            "events": list(_events(arm, teller, made, words, self._words_of(address))),
            "bindings": bindings,
            "binding": binding,
        }

    def _words_of(self, address: Address) -> dict[Happened, str]:
        """Return the events of a case that have been put in words before; the month does not matter to them."""
        said = self._said.setdefault((address.case, address.lang), {})
        if len(said) > SAID_MOST:
            said.clear()
        return said

    def _reference(self, address: Address, framework: str) -> dict[str, Any]:
        key = (*address.world(framework), address.seed, address.replicate)
        found = self._references.get(key)
        if found is None:
            arm = self._arm(address, framework)
            series = _series(arm, arm.record(address))
            found = self._references.put(key, {"series": {name: series[name] for name in REFERENCE}})
        return found

    # ------------------------------------------------------------ many runs

    async def spread(self, address: Address) -> dict[str, Any]:
        """Return for every framework how many of many runs stand in which phase, month by month.

        Where many visitors wait, it may be fewer runs than asked; their number is told, and they are the first ones.

        Raises:
            AddressError: the address asks for what cannot be.
        """
        end = time.monotonic() + SPREAD_SECONDS
        other = reference_of(address)
        asked = [(address, each) for each in address.frameworks]
        if other is not None:
            asked += [(other, each) for each in address.frameworks]
        arms = await asyncio.gather(*(self._workers.do(SINGLE, 1, partial(self._arm, *one)) for one in asked))
        urgency = IMPRESSION if address.runs <= FIRST_RUNS else REST
        chunks = [
            [
                asyncio.ensure_future(self._workers.do(urgency, first, partial(self._counted, *one, arm, first)))
                for one, arm in zip(asked, arms, strict=True)
            ]
            for first in range(0, address.runs, CHUNK)
        ]
        done: list[tuple[Any, Any]] = []
        runs = 0
        try:
            for chunk in chunks:
                left = max(0.0, end - time.monotonic()) if runs else None
                _, late = await asyncio.wait(chunk, timeout=left)
                if late:
                    break
                done += [piece.result() for piece in chunk]
                runs = min(runs + CHUNK, address.runs)
        finally:
            for chunk in chunks:
                for piece in chunk:
                    piece.cancel()
        told = [_spread(done[place :: len(asked)], runs) for place in range(len(asked))]
        count = len(address.frameworks)
        return {
            "version": VERSION,
            "kind": "spread",
            "runs": runs,
            "asked": address.runs,
            "months": arms[0].scenario.months,
            "scale": SCALE,
            "frameworks": [
                {
                    "id": each, **told[place],
                    "reference": {"counts": told[count + place]["counts"]} if other is not None else None,
                }
                for place, each in enumerate(address.frameworks)
            ],
        }  # fmt: skip

    def _counted(self, address: Address, framework: str, arm: Arm, first: int) -> tuple[Any, Any]:
        key = (*address.world(framework), address.seed, first)
        found = self._counts.get(key)
        if found is not None:
            return found
        return self._counts.put(
            key, count_phases(arm.population, arm.scenario.months, first, CHUNK, address.seed, arm.row)
        )

    # ------------------------------------------------------------ files

    async def toml(self, address: Address, framework: str) -> str:
        """Return the scenario of one framework as a file, with every default filled in."""
        return await self._workers.do(SINGLE, 0, partial(self._toml, address, framework))

    def _toml(self, address: Address, framework: str) -> str:
        return self._arm(address, framework).scenario.to_toml()

    async def table(self, address: Address) -> str:
        """Return the runs as CSV: a row per framework and month, the collaboration first, then each organisation."""
        return await self._workers.do(SINGLE, 0, partial(self._table, address))

    def _table(self, address: Address) -> str:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        columns = [each.name for each in OUTCOMES]
        own = [each.name for each in ORGANISATION_OUTCOMES]
        for place, framework in enumerate(address.frameworks):
            arm = self._arm(address, framework)
            made = arm.record(address)
            people = [(row, arm.population.organisations[row]) for row, _, _ in _rows(arm)]
            if place == 0:
                named = [f"{who}.{name}" for _, who in people for name in own]
                writer.writerow(["case", "framework", "seed", "replicate", "month", *columns, *named])
            for t in range(arm.scenario.months):
                values = [_cell(made.series[t, arm.row][name]) for name in columns]
                theirs = [_cell(made.organisations[t, row][name]) for row, _ in people for name in own]
                writer.writerow([address.case, framework, address.seed, address.replicate, t + 1, *values, *theirs])
        return text.getvalue()


def encoded(answer: Any) -> bytes:
    """Return an answer as JSON without spaces; numbers that are no numbers are refused."""
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _cell(value: Any) -> str:
    return f"{float(value):.6g}"


def _packed(numbers: Any) -> str:
    return base64.b64encode(np.ascontiguousarray(numbers).tobytes()).decode("ascii")


def _records(made: Recording) -> Records:
    return Records(made.series[-1][np.newaxis], made.series[np.newaxis], None, [made.log.view(np.recarray)])


def _rows(arm: Arm) -> Iterator[tuple[int, int, int]]:
    """Go through the members of the collaboration: row of the organisation, role, row of the member."""
    state = arm.population.state
    own = state.collaborations[arm.row]
    for m in range(int(own.member_from), int(own.member_to)):
        yield int(state.members[m].organisation), int(state.members[m].role), m


def _members(arm: Arm, words: Language) -> Iterator[dict[str, Any]]:
    known = {each.id: each for each in arm.scenario.organisations}
    partners = {each.organisation: each.role for each in _collaboration(arm).partners}
    namer = Storyteller(arm.scenario, arm.population, _nothing(arm), words)
    for row, _, _ in _rows(arm):
        identity = arm.population.organisations[row]
        yield {
            "id": identity,
            "name": namer.name(row),
            "title": known[identity].title[words.code],
            "kind": known[identity].kind,
            "role": partners[identity],
        }


def _nothing(arm: Arm) -> Records:
    empty = np.zeros((1, 1, len(arm.population.collaborations)), [("phase", "f8")]).view(np.recarray)
    return Records(empty[:, 0], empty, None, [empty])


def _collaboration(arm: Arm) -> Any:
    name = arm.population.collaborations[arm.row]
    return next(each for each in arm.scenario.collaborations if each.id == name)


def _links(arm: Arm) -> list[list[int]]:
    state = arm.population.state
    own = state.collaborations[arm.row]
    start = int(own.member_from)
    return [
        [int(link.first_member) - start, int(link.second_member) - start]
        for link in state.links[int(own.link_from) : int(own.link_to)]
    ]


def _whole(numbers: Any, factor: float = 1.0) -> list[int]:
    whole: list[int] = np.rint(np.asarray(numbers, np.float64) * factor).astype(np.int64).tolist()
    return whole


def _series(arm: Arm, made: Recording) -> dict[str, list[int]]:
    """Return the course of a run in whole numbers: shares in thousandths, money in k€."""
    rows = made.series[:, arm.row]
    found = {name: _whole(rows[name], 1000.0) for name in SHARES}
    found |= {name: _whole(rows[name]) for name in PLAIN}
    here = [row for row, _, _ in _rows(arm)]
    for name in ("invested_keur", "stranded_keur"):
        found[name] = _whole(np.cumsum(made.organisations[name][:, here].sum(axis=1)))
    state = arm.population.state
    seats = [int(state.members[m].seat) for _, _, m in _rows(arm)]
    there = made.status == TAKING_PART
    for number, level in enumerate(LEVELS):
        counts = there & (np.array(seats, bool) if number == 0 else True)
        people = np.maximum(1, counts.sum(axis=1))
        for field, name in (("expectation", "expectation"), ("perceived_progress", "perceived")):
            values = made.levels[:, number::3, LEVEL_FIELDS.index(field)] * counts
            found[f"{name}_{level}"] = _whole(values.sum(axis=1) / people, 1000.0 / SCALE)
    return found


def _events(
    arm: Arm, teller: Storyteller, made: Recording, words: Language, said: dict[Happened, str]
) -> Iterator[list[Any]]:
    """Go through what happened: month, kind, member, level, words, whether it is a small thing."""
    place = {row: number for number, (row, _, _) in enumerate(_rows(arm))}
    months = arm.scenario.months
    told: list[list[Any]] = []
    for event in map(Happened._make, zip(*(made.log[name].tolist() for name in Happened._fields), strict=True)):
        if event.collaboration not in (arm.row, -1):
            continue
        kind, row = EVENTS[event.event], event.organisation
        if event.collaboration < 0 and row >= 0 and row not in place:
            continue
        what = event._replace(month=0)
        text = said.get(what) or said.setdefault(what, teller.event(event))
        told.append([event.month, kind, place.get(row, -1), event.level, text, int(kind in MINOR)])
    for change in arm.scenario.interventions:
        title = change.title[words.code]
        if change.id.startswith("visitor_") and change.use is not None:
            title = change.use.title[words.code]
        elif change.id.startswith("visitor_"):
            title = words.text("app.own_change")
        text = words.text("detail.intervention_begins", title=words.text("format.quoted", text=title))
        if change.month <= months:
            told.append([change.month, "intervention", -1, -1, text, 0])
    yield from sorted(told, key=lambda each: each[0])


def _bindings(arm: Arm, teller: Storyteller, made: Recording) -> tuple[list[str], list[list[int]]]:
    """Return what was binding in words, and per month which words, level and member."""
    place = {row: number for number, (row, _, _) in enumerate(_rows(arm))}
    texts: dict[str, int] = {}
    said: dict[tuple[int, ...], str] = {}
    found: list[list[int]] = []
    rows = made.series[:, arm.row]
    names = ("binding", "binding_level", "binding_organisation", "partners_now")
    for code, level, who, partners in zip(*(_whole(rows[name]) for name in names), strict=True):
        what = (code, level, who, min(partners, 3))
        if what not in said:
            said[what] = teller.binding(*what)
        found.append([texts.setdefault(said[what], len(texts)), level, place.get(who, -1)])
    return list(texts), found


def _spread(chunks: Iterable[tuple[Any, Any]], runs: int) -> dict[str, Any]:
    pairs = list(chunks)
    phases = np.concatenate([pair[0] for pair in pairs])[:runs]
    practice = np.concatenate([pair[1] for pair in pairs])[:runs]
    counts = [[int(n) for n in np.count_nonzero(phases == code, axis=0)] for code in range(ENDED + 1)]
    reached = [[int(n) for n in np.count_nonzero(_highest(phases) >= code, axis=0)] for code in (3, 5)]
    return {
        "counts": counts,
        "reached": reached,
        "courses": [[int(value) for value in course[2::3]] for course in practice[:EXAMPLES]],
        "ends": [int(course[-1]) for course in phases[:EXAMPLES]],
    }


def _highest(phases: Any) -> Any:
    return np.maximum.accumulate(np.where(phases == ENDED, 0, phases), axis=1)
