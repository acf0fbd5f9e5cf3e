"""7. Initiatives: who proposes what, who decides, and who joins the team.

What. Every level of every partner, and a bureau, may propose a joint project; the level that has to approve decides
after a delay, by the consent that the framework asks.

Why. A wide frame from above legitimises initiative from below, and where there is no formal frame signals from above
do [V §5.7]. People propose what they meet over; a proposal that has to travel far in the hierarchy is made less often
[A], so that projects come about with boards and policy where boards decide, and in the middle where assignments lie
[V §5.7]. Pressure to start raises starts and lowers ownership [V §5.7, §7]. Somebody has to pull: in a building
process its owner does, and after the opening it is not always clear who does [V §5.7]. A project must show added
value where a frame asks for it [V §2.2]. Solvable problems and pioneers first; a core of willing partners [H §2.3].
From narrow to broad: a pilot that is picked with care and seen by all spurs others on [V §7].

Equations. Chance of a proposal, a month and level, the product of

    proposal_rate × willingness(value, cost of starting)
    (0.15 + 0.85 contact) × (0.3 + 0.7 backing) × (0.3 + 0.7 lead_force)
    exp(-path_cost × levels to go × (1 + delay / 6))
    1 + steering pressure, below the board
    1 + ½ inspiration × pull × engagement of the board, below the board

where somebody leads, of lead_force 0.6 reaches the others: who leads is ahead in what is started [V §5.7]; and
with backing = max(frame_width × formal maturity, signals × engagement of the own board). A bureau proposes with
chance bureau_rate × skill × (1 - exp(-hours / 40)) × (0.3 + 0.7 × its shift to signalling). ``lead_force`` has a
lag of four months behind the greatest of: the bureau, (1 - exp(-hours / 80)) × (0.4 + 0.6 skill); the lead, its
board while building, else its middle; half the mean engagement of the middle. After an opening only 0.6 × weaving
of the lead's is left, until the owner of the passage, or by chance (passage_rate × engagement of the middle)
somebody, takes the support process up.
"""

from __future__ import annotations

import math

import numpy as np

from sim.columns import BUREAU, FREE, GOING_ON, TAKING_PART
from sim.compiled import compiled
from sim.conduct import willingness
from sim.log import MIDDLE, NOBODY, code, note
from sim.mechanisms.approval import commission, decide, free_slot, gather_team, start_cost
from sim.partners import of_level
from sim.randomness import combine, point, uniform
from sim.rules import count_bits, has, saturating, share, toward

PROPOSAL, BUREAU_PROPOSAL, JOIN, APPROVAL, KIND, PASSAGE = (
    point(name) for name in ("proposal", "bureau_proposal", "join_team", "approval", "project_kind", "passage")
)
TAKEN_UP = code("passage_taken_up")
PROPOSED_EVENT, REJECTED, STARTED, UNFUNDED = (
    code(name) for name in ("project_proposed", "project_rejected", "project_started", "project_unfunded")
)
LEAD_ROLE, CORE_ROLE = 0, 1
ALL, CORE, LEAD = 0, 1, 2


@compiled
def proposal_chance(rate, willing, contact, backing, lead_force, path, pressure, inspired):  # type: ignore[no-untyped-def]
    """Return the chance that a level proposes a project this month."""
    chance = rate * willing * (0.15 + 0.85 * contact) * (0.3 + 0.7 * backing) * (0.3 + 0.7 * lead_force)
    return min(1.0, chance * path * (1.0 + pressure) * (1.0 + 0.5 * inspired))


@compiled
def path_of(levels_to_go, delay_months, path_cost):  # type: ignore[no-untyped-def]
    """Return how far the road to a decision discourages: 1 where the proposer decides itself."""
    return math.exp(-path_cost * levels_to_go * (1.0 + delay_months / 6.0))


@compiled
def pulling(state, c):  # type: ignore[no-untyped-def]
    """Return how far somebody pulls the process this month."""
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    bureau = saturating(structure.bureau_hours / 80.0) * (0.4 + 0.6 * structure.bureau_skill)
    middle, _contact, _pioneers, _attachment = of_level(state, c, 1)
    lead = 0.0
    building = structure.building_months > 0.0 and collaboration.opened == 0
    for m in range(collaboration.member_from, collaboration.member_to):
        if state.members[m].status == TAKING_PART and state.members[m].role == LEAD_ROLE and structure.led == 1.0:
            lead = state.levels[3 * m].engagement if building else state.levels[3 * m + 1].engagement
    equals = 0.5 * middle
    if collaboration.opened == 1:
        kept = 1.0 if collaboration.passage == 1 else 0.6 * structure.weaving
        lead *= kept
        equals *= 0.4 + 0.6 * kept
    return max(bureau, max(lead, equals))


@compiled
def take_up_passage(state, c):  # type: ignore[no-untyped-def]
    """After an opening, let the owner of the passage, or by chance an engaged middle, take up the support process."""
    clock = state.clock[0]
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    if collaboration.opened == 0 or collaboration.passage == 1:
        return
    middle = 0.0
    for m in range(collaboration.member_from, collaboration.member_to):
        if state.members[m].status == TAKING_PART and state.members[m].seat == 1:
            middle += state.levels[3 * m + 1].engagement / max(1, collaboration.seats)
    draw = uniform(clock.key, PASSAGE, clock.month, collaboration.identity, 0)
    if state.structures[c].passage_assigned == 1.0 or draw < p.passage_rate * middle:
        collaboration.passage = 1
        note(state, TAKEN_UP, c, NOBODY, MIDDLE, NOBODY, middle)


@compiled
def propose(state, c, m, proposer, identity, ownership):  # type: ignore[no-untyped-def]
    """Put a proposal before those who decide, if it shows enough added value: one team, or several small ones."""
    clock = state.clock[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    pilot = structure.pilot_first == 1.0 and collaboration.finished == 0
    if pilot and collaboration.underway > 0:
        return
    solvability = 0.2 + 0.7 * uniform(clock.key, KIND, clock.month, identity, 0)
    solvability += max(structure.promising_first, 0.6 if pilot else 0.0) * 0.5 * (1.0 - solvability)
    if solvability < structure.embedding_threshold:
        return
    joined, willing = gather_team(state, c, m, min(proposer, 1), identity)
    size = count_bits(joined)
    if size < 2:
        return
    teams = (size + int(structure.team_partners) - 1) // int(structure.team_partners)
    teams = min(teams, size // 2)
    placed = 0
    for ordinal in range(teams):
        j = free_slot(state, c)
        if j < 0:
            break
        until = size * (ordinal + 1) // teams
        team = 0
        count = 0
        for place in range(collaboration.member_to - collaboration.member_from):
            if has(joined, place):
                if placed <= count < until:
                    team = team | (1 << place)
                count += 1
        placed = until
        commission(state, c, j, m, proposer, combine(identity, np.uint64(ordinal)), team, willing)
        state.projects[j].ownership = ownership * count_bits(willing & team) / max(1, count_bits(team))
        state.projects[j].solvability = solvability
    note(state, PROPOSED_EVENT, c, state.members[m].organisation, np.int64(proposer), NOBODY, solvability)


@compiled
def initiate(state, c):  # type: ignore[no-untyped-def]
    """Let every level of every partner, and the bureau, consider a proposal."""
    clock = state.clock[0]
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    approval = int(structure.approval_level)
    framed = structure.frame_width * collaboration.formal_maturity
    spurred = 1.5 if structure.pilot_first == 1.0 and collaboration.finished > 0 else 1.0
    collaboration.underway = 0
    for j in range(collaboration.project_from, collaboration.project_to):
        collaboration.underway += 1 if state.projects[j].status != FREE else 0
    for m in range(collaboration.member_from, collaboration.member_to):
        member = state.members[m]
        if member.status != TAKING_PART:
            continue
        organisation = state.organisations[member.organisation]
        backing = max(framed, structure.signals_from_above * state.levels[3 * m].engagement)
        leads = structure.led == 0.0 or member.role == LEAD_ROLE
        pulled = collaboration.lead_force * (1.0 if leads else 0.6)
        inspired = structure.inspiration * organisation.pull * state.levels[3 * m].engagement
        for level in range(3):
            own = state.levels[3 * m + level]
            if own.withdrawn == 1 or (level == 0 and member.seat == 0):
                continue
            pressure = structure.steering_pressure if level > 0 else 0.0
            chance = proposal_chance(
                p.proposal_rate * spurred, willingness(own.value, start_cost(state, m, level), p), own.contact, backing,
                pulled, path_of(abs(level - approval), structure.approval_months, p.path_cost),
                pressure, inspired if level > 0 else 0.0,
            )  # fmt: skip
            if uniform(clock.key, PROPOSAL, clock.month, own.identity, 0) < chance:
                identity = combine(own.identity, np.uint64(clock.month))
                propose(state, c, m, level, identity, 1.0 - p.pressure_loss * pressure)
    shift = clock.month - collaboration.contact_month
    shift = shift / (shift + structure.bureau_signalling_months)
    chance = p.bureau_rate * saturating(structure.bureau_hours / 40.0) * structure.bureau_skill * (0.3 + 0.7 * shift)
    if chance > 0.0 and uniform(clock.key, BUREAU_PROPOSAL, clock.month, collaboration.identity, 0) < chance:
        leading = NOBODY
        for m in range(collaboration.member_from, collaboration.member_to):
            member = state.members[m]
            if member.status == TAKING_PART and member.seat == 1:
                if leading == NOBODY or state.levels[3 * m].engagement > state.levels[3 * leading].engagement:
                    leading = np.int64(m)
        if leading != NOBODY:
            identity = combine(collaboration.identity, np.uint64(clock.month))
            propose(state, c, leading, BUREAU, identity, 0.8)


@compiled
def initiatives(state):  # type: ignore[no-untyped-def]
    """Apply mechanism 7 to the month."""
    for c in range(len(state.collaborations)):
        collaboration = state.collaborations[c]
        if collaboration.ending == GOING_ON and state.clock[0].month >= collaboration.contact_month:
            take_up_passage(state, c)
            collaboration.lead_force = toward(collaboration.lead_force, share(pulling(state, c)), 4.0)
            decide(state, c)
            if collaboration.negotiating_months == 0:
                initiate(state, c)
