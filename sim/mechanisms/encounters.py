"""4. Encounters: one rule for all levels [model §2.4].

What. People of two organisations meet at arranged meetings and over what they have before them in common: boards over
strategic decisions, the middle over assignments and projects, the floor over cases and teams and by chance in the
neighbourhood, whoever is housed together at the coffee machine.

Why. The middle has the fewest natural encounters [V §5.4] and is the place where a client-contractor relation takes
shape [V §5.7]: both follow from where the shared objects are. A shared building lowers the threshold by encounters
that speak for themselves, and does not by itself lead to joint projects [V §5.7].

Equation, for a pair and a level, a month; e: engagement, n: who sits at the table.

    encounters = meetings × meeting_encounters × e_a × e_b × attention(n)
                 + objects × object_encounters × (¼ + ¾ e_a e_b) × place
    contact    = 1 - exp(-encounters)

attention(n) = 1 / (1 + meeting_dilution × (n - 2)); place = 1 + (colocation_encounters - 1) × colocation on the
floor of those who are housed together, else 1. Meetings dilute over their participants; shared objects do not. The
month's entangled cases concern pairs of partners in proportion to the overlap of their domains.
"""

from __future__ import annotations

from sim.columns import GOING_ON, RUNNING
from sim.compiled import compiled
from sim.partners import both_take_part
from sim.rules import attention, has, saturating

LEAD_ROLE = 0


@compiled
def encounters_of(meetings, engagement_a, engagement_b, attention_share, objects, per_object, place):  # type: ignore[no-untyped-def]
    """Return the encounters of a pair at one level in a month."""
    both = engagement_a * engagement_b
    return meetings * both * attention_share + objects * per_object * (0.25 + 0.75 * both) * place


@compiled
def shared_cases(entangled, needed, partners, overlap, overlaps):  # type: ignore[no-untyped-def]
    """Return how many of a month's entangled cases concern both of two partners: as their domains overlap."""
    if overlaps <= 0.0:
        return 0.0
    involved = min(needed, partners)
    return entangled * 0.5 * involved * (involved - 1.0) * overlap / overlaps


@compiled
def shared_projects(state, c, first, second):  # type: ignore[no-untyped-def]
    """Return how many running projects two members share, by their places in the collaboration."""
    collaboration = state.collaborations[c]
    count = 0
    if collaboration.running > 0:
        for j in range(collaboration.project_from, collaboration.project_to):
            project = state.projects[j]
            if project.status == RUNNING and has(project.team, first) and has(project.team, second):
                count += 1
    return count


@compiled
def meet(state, c):  # type: ignore[no-untyped-def]
    """Let the partners of one collaboration meet."""
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    overlaps = 0.0
    for k in range(collaboration.link_from, collaboration.link_to):
        link = state.links[k]
        if both_take_part(state, link):
            overlaps += link.overlap
    colocated = 1.0 + (p.colocation_encounters - 1.0) * structure.colocation
    for k in range(collaboration.link_from, collaboration.link_to):
        link = state.links[k]
        first = state.members[link.first_member]
        second = state.members[link.second_member]
        if not both_take_part(state, link):
            continue
        projects = shared_projects(
            state, c, link.first_member - collaboration.member_from, link.second_member - collaboration.member_from
        )
        cases = shared_cases(
            collaboration.entangled_month, collaboration.needed, collaboration.partners, link.overlap, overlaps
        )
        seated = first.seat == 1 and second.seat == 1
        assignments = 0.0
        if seated and (first.role == LEAD_ROLE or second.role == LEAD_ROLE):
            assignments = structure.assignments_per_year / 12.0
        for level in range(3):
            meetings = 0.0
            objects = 0.0
            place = 1.0
            participants = collaboration.partners
            if level == 0:
                participants = collaboration.seats
                if seated:
                    meetings = structure.steering_meetings_per_year
                    objects = collaboration.decisions + 0.5 * structure.personal_union
            elif level == 1:
                meetings = structure.middle_meetings_per_year
                objects = p.project_objects * projects + p.assignment_objects * assignments
            else:
                meetings = structure.operational_meetings_per_year
                objects = p.ambient_objects + p.project_objects * projects + p.case_objects * cases
                if first.housed == 1 and second.housed == 1:
                    place = colocated
            one = state.levels[3 * link.first_member + level]
            other = state.levels[3 * link.second_member + level]
            met = encounters_of(
                meetings * p.meeting_encounters / 12.0, one.engagement, other.engagement,
                attention(participants, p.meeting_dilution),
                objects, p.object_encounters, place,
            )  # fmt: skip
            state.relations[3 * link.pair + level].encounters += met
            contact = saturating(met)
            one.contact += contact
            other.contact += contact


@compiled
def encounters(state):  # type: ignore[no-untyped-def]
    """Apply mechanism 4 to the month."""
    for relation in state.relations:
        relation.encounters = 0.0
    for level in state.levels:
        level.contact = 0.0
    for c in range(len(state.collaborations)):
        collaboration = state.collaborations[c]
        if collaboration.ending != GOING_ON or state.clock[0].month < collaboration.contact_month:
            continue
        meet(state, c)
        for m in range(collaboration.member_from, collaboration.member_to):
            for level in range(3):
                others = (collaboration.seats if level == 0 else collaboration.partners) - 1
                state.levels[3 * m + level].contact /= max(1, others)
