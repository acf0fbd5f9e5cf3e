"""8. Projects: teams work, get results or give up.

What. Running projects progress by the hours of their team, as far as the team understands each other, has a mandate
and a solvable problem, less what coordination takes. Results are seldom visible early; what drags on is given up.

Why. Durable results are decided on the floor, by teams with a mandate and pioneers; joint activities must be divided
where needed so that small teams arise [H §2.3]. Early returns are mostly invisible [V §4.3]. A bureau that clusters
projects gives them an extra impulse [V §5.7]. Money before a result is sunk.

Equations, hours a month. The floor of each willing member gives up to ``project_hours``, its middle half of that, as
far as left; who was put on the team gives a third. What comes of it marks the relations of the willing.

    progress += hours × (0.3 + 0.7 u) × (½ + ½ mandate) × solvability × (½ + ½ ownership) × (½ + pioneering)
                × (1 + ½ clustering, beside another project) / (1 + coordination_loss × (size - 2)) × (0.2 if blocked)

u: mean understanding in the team. A result is visible with chance visible_share × (½ + ½ finished / (finished + 3));
what is visible fades by 3 % a month. A project that has not a third of its pace after ``project_patience`` months,
or is not done after three times as many, is given up. The pot holds at most project_keur for each partner.
"""

from __future__ import annotations

from sim.columns import FREE, GOING_ON, RUNNING, TAKING_PART
from sim.compiled import compiled
from sim.log import NOBODY, code, note
from sim.mechanisms.budgets import cents, keur, take
from sim.randomness import point, uniform
from sim.rules import attention, has, saturating

RESULT = point("project_result")
FINISHED, GIVEN_UP, CELEBRATED = code("project_finished"), code("project_given_up"), code("results_celebrated")


@compiled
def progress_of(hours, understanding, mandate, solvability, ownership, pioneering, clustered, size, loss, blocked):  # type: ignore[no-untyped-def]
    """Return the hours of good work that a team gets out of its hours in a month."""
    good = hours * (0.3 + 0.7 * understanding) * (0.5 + 0.5 * mandate) * solvability * (0.5 + 0.5 * ownership)
    good *= (0.5 + pioneering) * (1.0 + 0.5 * clustered) * attention(size, loss)
    return 0.2 * good if blocked == 1 else good


@compiled
def team_understanding(state, c, team):  # type: ignore[no-untyped-def]
    """Return the mean understanding between the members of a team, middle and floor."""
    collaboration = state.collaborations[c]
    total = 0.0
    count = 0
    for k in range(collaboration.link_from, collaboration.link_to):
        link = state.links[k]
        if has(team, link.first_member - collaboration.member_from) and has(
            team, link.second_member - collaboration.member_from
        ):
            total += 0.5 * (
                state.relations[3 * link.pair + 1].understanding + state.relations[3 * link.pair + 2].understanding
            )
            count += 1
    return total / count if count > 0 else 0.0


@compiled
def team_hours(state, c, project, share_of_hours):  # type: ignore[no-untyped-def]
    """Take the hours that a team's members give to one project; return them.

    Who was put on the team gives a third of what the willing give.
    """
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    total = 0.0
    for place in range(collaboration.member_to - collaboration.member_from):
        m = collaboration.member_from + place
        if has(project.team, place) and state.members[m].status == TAKING_PART:
            part = 1.0 if has(project.willing, place) else 1.0 / 3.0
            for level in range(1, 3):
                own = state.levels[3 * m + level]
                given = part * min(p.project_hours * (1.0 if level == 2 else 0.5), own.hours_left * share_of_hours)
                own.hours_left -= given
                total += given
    return total


@compiled
def leave_mark(state, c, project, kept, broken, image):  # type: ignore[no-untyped-def]
    """Let a result, or a failure, mark the relations of those who took part of their own accord, at every level."""
    collaboration = state.collaborations[c]
    for k in range(collaboration.link_from, collaboration.link_to):
        link = state.links[k]
        first = link.first_member - collaboration.member_from
        second = link.second_member - collaboration.member_from
        if has(project.willing, first) and has(project.willing, second):
            state.pairs[link.pair].image_impulse += image
            for level in range(3):
                weight = 0.5 if level == 0 else 1.0
                state.relations[3 * link.pair + level].kept += kept * weight
                state.relations[3 * link.pair + level].broken += broken * weight


@compiled
def release(state, c, j):  # type: ignore[no-untyped-def]
    """Detach the problems that blocked a project which is over."""
    collaboration = state.collaborations[c]
    for i in range(collaboration.problem_from, collaboration.problem_to):
        if state.problems[i].project == j:
            state.problems[i].project = NOBODY


@compiled
def finish(state, c, j):  # type: ignore[no-untyped-def]
    """Book a result."""
    clock = state.clock[0]
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    project = state.projects[j]
    seen = p.visible_share * (0.5 + 0.5 * collaboration.finished / (collaboration.finished + 3.0))
    pilot = structure.pilot_first == 1.0 and collaboration.finished == 0
    visible = 1.0 if pilot or uniform(clock.key, RESULT, clock.month, project.identity, 0) < seen else 0.0
    collaboration.finished += 1
    told = visible + (1.0 - visible) * 0.5 * structure.celebration
    collaboration.visible_results += told
    leave_mark(state, c, project, p.result_trust, 0.0, told * structure.celebration)
    for place in range(collaboration.member_to - collaboration.member_from):
        if has(project.team, place):
            organisation = state.organisations[state.members[collaboration.member_from + place].organisation]
            organisation.experience += p.learning_rate * (1.0 - organisation.experience)
            skill = p.learning_rate * (1.0 - organisation.process_skill)
            organisation.process_skill += skill
            for level in range(3):
                own = state.levels[3 * (collaboration.member_from + place) + level]
                own.salience_impulse += p.result_salience * (0.5 + 0.5 * told)
    if not has(collaboration.joint_domains, project.domain) and collaboration.routines >= 0.3:
        collaboration.broadening += p.broadening_result  # it tastes of more
    release(state, c, j)
    note(state, FINISHED, c, state.members[project.member].organisation, project.proposer, NOBODY, visible)
    if structure.celebration > 0.5 and visible > 0.0:
        note(state, CELEBRATED, c, NOBODY, NOBODY, NOBODY, structure.celebration)
    project.status = FREE


@compiled
def give_up(state, c, j):  # type: ignore[no-untyped-def]
    """Book a failure."""
    p = state.parameters[0]
    project = state.projects[j]
    leave_mark(state, c, project, 0.0, 0.5 * p.result_trust, -0.5)
    release(state, c, j)
    note(
        state, GIVEN_UP, c, state.members[project.member].organisation, project.proposer, NOBODY, float(project.months)
    )
    project.status = FREE


@compiled
def work(state, c):  # type: ignore[no-untyped-def]
    """Let the teams of one collaboration work a month."""
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    worked = 0.0
    still = 0
    for j in range(collaboration.project_from, collaboration.project_to):
        project = state.projects[j]
        if project.status != RUNNING:
            continue
        hours = team_hours(state, c, project, 1.0 / max(1, collaboration.running - still))
        clustered = structure.bureau_clustering * min(1.0, collaboration.running - 1.0)
        done = progress_of(
            hours, team_understanding(state, c, project.team), structure.team_mandate, project.solvability,
            project.ownership, project.pioneering, clustered, project.team_size, p.coordination_loss, project.blocked,
        )  # fmt: skip
        project.progress += done
        project.months += 1
        worked += hours
        still += 1
        if project.progress >= project.effort:
            finish(state, c, j)
        elif project.months >= p.project_patience and project.progress < project.effort * project.months / (
            3.0 * p.project_patience
        ):
            give_up(state, c, j)
        elif project.months >= 3.0 * p.project_patience:
            give_up(state, c, j)
    running = 0
    for j in range(collaboration.project_from, collaboration.project_to):
        running += 1 if state.projects[j].status == RUNNING else 0
    collaboration.running = running
    ordinary = max(1e-9, p.project_hours * max(1, collaboration.partners))
    collaboration.project_practice = saturating(worked / ordinary) * (1.0 if worked > 0.0 else 0.0)


@compiled
def fill_pot(state, c):  # type: ignore[no-untyped-def]
    """Put the agreed share of each partner's eligible money into the shared pot, up to its bound."""
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    pot_share = state.structures[c].pot_share
    full = cents(p.project_keur * max(1, collaboration.partners))
    for m in range(collaboration.member_from, collaboration.member_to):
        member = state.members[m]
        if member.status == TAKING_PART and collaboration.pot_cents < full and pot_share > 0.0:
            given = take(member, min(cents(keur(member.room_cents) * pot_share), full - collaboration.pot_cents))
            member.committed_cents += given
            collaboration.pot_cents += given


@compiled
def projects(state):  # type: ignore[no-untyped-def]
    """Apply mechanism 8 to the month."""
    for c in range(len(state.collaborations)):
        collaboration = state.collaborations[c]
        collaboration.visible_results *= 0.97
        if collaboration.ending == GOING_ON and state.clock[0].month >= collaboration.contact_month:
            work(state, c)
            fill_pot(state, c)
