"""Month 0: the state that a scenario describes.

Every entity stands in the order of its id, whatever the order in the file, so that the same things are always added
up in the same
order. What luck decides at the start (who has a pioneer, how long a director has been in office …) is drawn in
``begin``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.columns import DTYPES, NOBODY, OUTSIDE, TAKING_PART, State
from sim.compiled import entry
from sim.elements import Collaboration, Organisation, Value, as_number
from sim.inputs import (
    DOMAINS,
    NEIGHBOURHOOD,
    ORGANISATION,
    ORGANISATION_KINDS,
    RELATION,
    RESOURCES,
    ROLES,
    SPANNER,
)  # fmt: skip
from sim.mechanisms.events import HAPPENINGS, shifted
from sim.parameters import PARAMETERS
from sim.partners import start_anew
from sim.quantities import Quantity
from sim.randomness import identity, point, uniform
from sim.rules import share
from sim.scenario import Scenario
from sim.structure import LEVELS, STRUCTURE

SETTING, CLICK = point("setting"), point("click")
SAME_KIND_RIVALRY = 0.4  # between two of a kind, where a scenario says nothing [A]
CANDIDATE = ROLES.index("candidate")
TENANT = ROLES.index("tenant")


@dataclass(frozen=True)
class Layout:
    """Where in one block of memory each entity stands, so that a whole state is copied at once."""

    counts: tuple[tuple[str, int], ...]
    memberships: int
    coverage: int
    log_rows: int

    @property
    def cells(self) -> int:
        """Return the size of the block in cells of eight bytes, without the log."""
        records = sum(rows * len(DTYPES[entity].names or ()) for entity, rows in self.counts)
        return records + self.memberships + self.coverage

    def cell(self, entity: str, row: int, column: str) -> int:
        """Return the place in the block of one value."""
        at = 0
        for name, rows in self.counts:
            names = DTYPES[name].names or ()
            if name == entity:
                return at + row * len(names) + names.index(column)
            at += rows * len(names)
        raise KeyError(entity)

    def state(self, buffer: Any, log_rows: int | None = None) -> State:
        """Return a block of memory as a state, with a new log."""
        records: dict[str, Any] = {}
        at = 0
        for entity, rows in self.counts:
            size = rows * len(DTYPES[entity].names or ())
            records[entity] = buffer[at : at + size].view(DTYPES[entity]).view(np.recarray)
            at += size
        rows_of = buffer[at:].view(np.int64)
        return State(
            **records,
            log=np.zeros(self.log_rows if log_rows is None else log_rows, DTYPES["log"]).view(np.recarray),
            memberships=rows_of[: self.memberships],
            coverage=rows_of[self.memberships :],
            cells=buffer,
        )


@dataclass(frozen=True)
class Population:
    """A scenario as arrays: the state of month 0 and the names that go with its rows."""

    layout: Layout
    buffer: Any
    state: State
    organisations: tuple[str, ...]
    collaborations: tuple[str, ...]
    frameworks: tuple[str, ...]
    kinds: tuple[str, ...]
    partners: tuple[int, ...]


def _bits(chosen: tuple[str, ...], names: tuple[str, ...]) -> int:
    return sum(1 << names.index(name) for name in chosen)


def _numbers(register: Mapping[str, Quantity], values: Mapping[str, Value]) -> dict[str, float]:
    return {name: as_number(register[name], value) for name, value in values.items()}


def _fill(row: Any, register: Mapping[str, Quantity], values: Mapping[str, Value]) -> None:
    """Write inputs into the columns of the same name, where there are such columns."""
    names = row.dtype.names
    for name, number in _numbers(register, values).items():
        if name in names:
            row[name] = number


def _complementarity(one: Organisation, others: list[Organisation]) -> float:
    """Return how much of its needs others bring, and of theirs it brings, on average over the others.

    What only one of the others brings counts once: two of a kind bring less together than two that differ [V §3.2].
    """
    if not others:
        return 0.0
    brought = {thing for other in others for thing in other.brings}
    own = set(one.needs)
    met = len(own & brought) / len(own) if own else 0.0
    gives = 0.0
    for other in others:
        wanted = set(other.needs)
        rest = {thing for third in others if third is not other for thing in third.brings}
        useful = wanted & set(one.brings)
        unique = useful - rest
        if wanted:
            gives += (len(unique) + 0.5 * len(useful - unique)) / len(wanted)
    return min(1.0, 0.75 * met + 0.5 * min(1.0, 2.0 * gives / len(others)))


def build(scenario: Scenario, log_rows: int | None = None) -> Population:
    """Return the population of a scenario at month 0, before luck.

    Raises:
        MemoryError: the log does not fit.
    """
    organisations = sorted(scenario.organisations, key=lambda each: each.id)
    neighbourhoods = sorted(scenario.neighbourhoods, key=lambda each: each.id)
    collaborations = sorted(scenario.collaborations, key=lambda each: each.id)
    spanners = sorted(scenario.timed_spanners(), key=lambda each: (each.collaboration, each.id))
    row_of = {each.id: row for row, each in enumerate(organisations)}
    place_of = {each.id: row for row, each in enumerate(neighbourhoods)}
    collaboration_row = {each.id: row for row, each in enumerate(collaborations)}
    partners = [sorted(each.partners, key=lambda partner: partner.organisation) for each in collaborations]

    pair_rows: dict[tuple[int, int], int] = {}
    links: list[tuple[int, int, int]] = []
    first = 0
    for part in partners:
        for i in range(len(part)):
            for j in range(i + 1, len(part)):
                pair = (row_of[part[i].organisation], row_of[part[j].organisation])
                links.append((pair_rows.setdefault(pair, len(pair_rows)), first + i, first + j))
        first += len(part)
    pairs = sorted(pair_rows)
    renumbered = {pair_rows[pair]: row for row, pair in enumerate(pairs)}

    slots = [4 + 2 * min(len(part), 10) for part in partners]
    troubles = [12 + 3 * min(len(part), 12) for part in partners]
    coverage = [place_of[name] for each in collaborations for name in sorted(each.neighbourhoods)]
    changes = scenario.changes()
    happenings = sorted(
        scenario.timed_events(),
        key=lambda each: (each.month, each.kind, each.collaboration, each.organisation, each.other),
    )
    count = sum(len(part) for part in partners)
    if log_rows is None:
        log_rows = 64 + scenario.months * (2 + 2 * len(collaborations) + count)
    counts = {
        "clock": 1, "parameters": 1, "organisations": len(organisations), "members": count, "levels": 3 * count,
        "pairs": len(pairs), "relations": 3 * len(pairs), "links": len(links), "collaborations": len(collaborations),
        "structures": len(collaborations), "projects": sum(slots), "problems": sum(troubles), "spanners": len(spanners),
        "neighbourhoods": len(neighbourhoods), "changes": len(changes), "happenings": len(happenings),
    }  # fmt: skip
    layout = Layout(tuple(counts.items()), count, len(coverage), log_rows)
    buffer = np.zeros(layout.cells, np.float64)
    state = layout.state(buffer)
    state.coverage[:] = coverage
    _fill(state.parameters[0], PARAMETERS, scenario.parameters)
    for row, neighbourhood in enumerate(neighbourhoods):
        _fill_neighbourhood(state.neighbourhoods[row], neighbourhood)
    _place_members(state, collaborations, partners, row_of, slots, troubles)
    memberships: list[list[int]] = [[] for _ in organisations]
    for m, member in enumerate(state.members["organisation"]):
        memberships[int(member)].append(m)
    for row, organisation in enumerate(organisations):
        _place_organisation(state, row, organisation, memberships[row])
    _place_pairs(state, scenario, organisations, pairs)
    for row, (pair_row, one, other) in enumerate(links):
        link = state.links[row]
        link.pair, link.first_member, link.second_member = renumbered[pair_row], one, other
        domains = [state.organisations[state.members[m].organisation].domains for m in (one, other)]
        link.overlap = float(int(domains[0] & domains[1]).bit_count())
    known = {each.id: each for each in organisations}
    for row, each in enumerate(collaborations):
        _place_collaboration(state, row, each, [known[partner.organisation] for partner in partners[row]])
    for row, spanner in enumerate(spanners):
        c = collaboration_row[spanner.collaboration]
        own = state.spanners[row]
        _fill(own, SPANNER, spanner.inputs)
        own.identity = identity("spanner", f"{spanner.collaboration}/{spanner.id}")
        own.collaboration = c
        names = [partner.organisation for partner in partners[c]]
        own.payer = (
            state.collaborations[c].member_from + names.index(spanner.payer) if spanner.payer in names else NOBODY
        )
        own.position = LEVELS.index(spanner.position)
        own.until_month = spanner.until_month or 0
    _count_spanners(state)
    tables = {"structure": "structures"}
    rows_of = {
        "organisations": row_of, "structures": collaboration_row, "neighbourhoods": place_of,
        "spanners": {each.id: row for row, each in enumerate(spanners)}, "parameters": {"": 0},
    }  # fmt: skip
    for row, change in enumerate(changes):
        table = tables.get(change.table, change.table)
        own = state.changes[row]
        own.month = change.month
        row_of_change = rows_of[table][change.id]
        own.cell = layout.cell(table, row_of_change, change.name)
        own.collaboration = row_of_change if table == "structures" else NOBODY
        own.setting = change.value
    for row, happening in enumerate(happenings):
        own = state.happenings[row]
        own.month = happening.month
        own.happening = HAPPENINGS.index(happening.kind)
        own.collaboration = collaboration_row.get(happening.collaboration, NOBODY)
        own.organisation = row_of.get(happening.organisation, NOBODY)
        own.other = row_of.get(happening.other, NOBODY)
        own.strength = -1.0 if happening.value is None else happening.value
    return Population(
        layout=layout,
        buffer=buffer,
        state=state,
        organisations=tuple(each.id for each in organisations),
        collaborations=tuple(each.id for each in collaborations),
        frameworks=tuple(each.framework for each in collaborations),
        kinds=tuple(each.kind for each in organisations),
        partners=tuple(sum(partner.role != "candidate" for partner in each.partners) for each in collaborations),
    )


def _fill_neighbourhood(row: Any, neighbourhood: Any) -> None:
    _fill(row, NEIGHBOURHOOD, neighbourhood.inputs)
    row.identity = identity("neighbourhood", neighbourhood.id)


def _place_organisation(state: State, row: int, organisation: Organisation, memberships: list[int]) -> None:
    own = state.organisations[row]
    _fill(own, ORGANISATION, organisation.inputs)
    own.identity = identity("organisation", organisation.id)
    own.openness_start, own.vision_start = own.openness, own.vision
    own.kind = ORGANISATION_KINDS.index(organisation.kind)
    own.domains = _bits(organisation.domains, DOMAINS)
    own.brings = _bits(organisation.brings, RESOURCES)
    own.needs = _bits(organisation.needs, RESOURCES)
    own.contract_months = as_number(ORGANISATION["contract_end_months"], organisation.inputs["contract_end_months"])
    own.reserve_cents = round(as_number(ORGANISATION["reserve_keur"], organisation.inputs["reserve_keur"]) * 100000.0)
    attachment = as_number(ORGANISATION["attachment"], organisation.inputs["attachment"])
    start = int(state.organisations[row - 1].membership_to) if row else 0
    own.membership_from, own.membership_to = start, start + len(memberships)
    state.memberships[start : start + len(memberships)] = memberships
    for m in memberships:
        for level in range(3):
            state.levels[3 * m + level].attachment = attachment
            state.levels[3 * m + level].attachment_start = attachment


def _place_members(
    state: State,
    collaborations: list[Collaboration],
    partners: Any,
    row_of: dict[str, int],
    slots: list[int],
    troubles: list[int],
) -> None:
    m = project = problem = link = covered = 0
    for c, part in enumerate(partners):
        own = state.collaborations[c]
        own.member_from, own.project_from, own.problem_from, own.link_from = m, project, problem, link
        own.coverage_from = covered
        for partner in part:
            member = state.members[m]
            member.identity = identity("member", f"{partner.organisation}/{collaborations[c].id}")
            member.organisation = row_of[partner.organisation]
            member.collaboration = c
            member.role = ROLES.index(partner.role)
            member.seat = int(member.role not in (CANDIDATE, TENANT))
            member.from_month = partner.from_month
            later = partner.from_month > max(1, int(collaborations[c].inputs["contact_month"]))
            member.status = OUTSIDE if member.role == CANDIDATE or later else TAKING_PART
            for level, name in enumerate(LEVELS):
                state.levels[3 * m + level].identity = identity(
                    "level", f"{partner.organisation}/{collaborations[c].id}/{name}"
                )
            m += 1
        project += slots[c]
        problem += troubles[c]
        link += len(part) * (len(part) - 1) // 2
        covered += len(collaborations[c].neighbourhoods)
        own.member_to, own.project_to, own.problem_to, own.link_to, own.coverage_to = m, project, problem, link, covered


def _place_pairs(
    state: State, scenario: Scenario, organisations: list[Organisation], pairs: list[tuple[int, int]]
) -> None:
    for row, (one, other) in enumerate(pairs):
        pair = state.pairs[row]
        names = (organisations[one].id, organisations[other].id)
        pair.identity = identity("pair", "/".join(names))
        pair.first, pair.second = one, other
        pair.image = 0.5
        same = organisations[one].kind == organisations[other].kind
        pair.rivalry = SAME_KIND_RIVALRY if same else 0.0
        for level, name in enumerate(LEVELS):
            relation = state.relations[3 * row + level]
            relation.identity = identity("relation", "/".join((*names, name)))
            given = scenario.relation(names[0], names[1], name)
            values = _numbers(RELATION, given) if given else {key: q.default for key, q in RELATION.items()}
            relation.familiarity = values["familiarity"]
            relation.trust = values["trust"]
            relation.understanding = values["understanding"]
            relation.personal = 0.5
            if given and values["rivalry"] > 0.0:
                pair.rivalry = values["rivalry"]


def _place_collaboration(state: State, row: int, each: Collaboration, members: list[Organisation]) -> None:
    own = state.collaborations[row]
    _fill(state.structures[row], STRUCTURE, each.structure)
    own.identity = identity("collaboration", each.id)
    own.domains = _bits(each.domains, DOMAINS)
    own.support = 0.5
    own.end_state = 11
    own.binding_level, own.binding_member = NOBODY, NOBODY
    own.contact_month = int(each.inputs["contact_month"])
    own.formal_maturity = each.inputs["formal_maturity"]
    own.practice_maturity = each.inputs["practice_maturity"]
    own.routines = each.inputs["routines"]
    own.evaluation_due = state.structures[row].evaluation_months
    for m in range(own.member_from, own.member_to):
        member = state.members[m]
        own.partners += int(member.status == TAKING_PART)
        own.seats += int(member.status == TAKING_PART) * member.seat
        here = members[m - own.member_from]
        others = [
            other
            for place, other in enumerate(members)
            if other is not here and state.members[own.member_from + place].role != CANDIDATE
        ]
        member.complementarity = _complementarity(here, others)
        for level in range(3):
            state.levels[3 * m + level].ambition = each.inputs["ambition"]


def _count_spanners(state: State) -> None:
    for row, spanner in enumerate(state.spanners):
        own = state.collaborations[int(spanner.collaboration)]
        if own.spanner_to == 0:
            own.spanner_from = row
        own.spanner_to = row + 1


@entry
def begin(state):  # type: ignore[no-untyped-def]
    """Draw what differs between two runs with the same start: places with the same start come to differ [V §5.3]."""
    clock = state.clock[0]
    p = state.parameters[0]
    for organisation in state.organisations:
        organisation.director_months = (
            2.0 * p.director_months * uniform(clock.key, SETTING, 0, organisation.identity, 1)
        )
        organisation.horizon_months = p.free_horizon_months
        draw = uniform(clock.key, SETTING, 0, organisation.identity, 7)
        organisation.openness = shifted(organisation.openness_start, p.director_spread, draw)
        draw = uniform(clock.key, SETTING, 0, organisation.identity, 8)
        organisation.vision = shifted(organisation.vision_start, p.director_spread, draw)
    for neighbourhood in state.neighbourhoods:
        draw = uniform(clock.key, SETTING, 0, neighbourhood.identity, 6)
        neighbourhood.stubbornness = 1.0 + p.place_spread * (2.0 * draw - 1.0)
    for relation in state.relations:
        relation.click = 2.0 * uniform(clock.key, CLICK, 0, relation.identity, 0) - 1.0
    for c in range(len(state.collaborations)):
        collaboration = state.collaborations[c]
        for m in range(collaboration.member_from, collaboration.member_to):
            organisation = state.organisations[state.members[m].organisation]
            for level in range(3):
                own = state.levels[3 * m + level]
                own.ambition = share(own.ambition + 0.3 * (uniform(clock.key, SETTING, 0, own.identity, 2) - 0.5))
                draw = uniform(clock.key, SETTING, 0, own.identity, 3)
                start_anew(own, organisation.vision, draw, 1.0)
                draw = uniform(clock.key, SETTING, 0, own.identity, 4)
                own.pioneer = 0.8 * draw if uniform(clock.key, SETTING, 0, own.identity, 5) < 0.6 else 0.0
                own.image = 0.6
                practice = collaboration.practice_maturity if level > 0 else collaboration.formal_maturity
                own.perceived_progress = practice
                own.progress_before = practice
                own.evidence = practice
                own.expectation = practice
                if practice > 0.0:
                    own.engagement = 0.5
                    own.salience = max(own.salience, 0.5)
        collaboration.joint_now = collaboration.practice_maturity
