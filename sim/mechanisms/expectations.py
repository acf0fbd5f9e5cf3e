"""11. Expectations: what should be there by now, against what is seen.

What. Each level hopes for something and expects a part of it by now; it sees its own level fully and the others
dimly; the difference makes it satisfied or not.

Why. People were disappointed though progress was made, and much came down to differing expectations [V §4.2, §7]:
raise what is expected and the same work disappoints (the examiner's parable [V §7]). At disappointment expectations
are adjusted [V §4.2]. Boards read slowness as unwillingness, the floor reads ambition as ignorance [V §5.6]. Criteria
look at visible results, which early returns are not: hard ones punish too early, vague ones let expectations drift
apart [V §4.3]. A deviation that is explained hurts less [H §1.2]. The tolerance for loose forms is great at first,
then it gnaws: where does it go? [V §7]

Equations, a month, for each level of each partner in this order (every line uses what the lines before it made; "mean"
is that of all levels' ambitions before any moved); sat(x) = 1 - exp(-x), t: months taking part, ϑ = sat(½ × visible
results):

    T           = transparency / (1 + 0.1 × (layers - 2)),  then T ← T + 0.4 × weaving × (1 - T), within [0, 1]
    own         : board max(0.6 × formal maturity, ϑ); floor practice maturity;
                  middle ½ × routines + ½ × sat(½ × projects running + ½ × visible results)
    before      → perceived progress as it was last month,  lag twelve months
    seen        = (own + T × the sum of the two others of its organisation) / (1 + 2 T), the new perceived progress
    expectation → ambition × (0.4 + 0.6 goals) × sat((t / expectation_months)²) + shift,  lag three months, within
                  [0, 1]; then expectation_blend of the way to what is seen
    shortfall   = what the expectation exceeds what is seen by, or 0;  gain: the reverse
    ambition    ← ambition - ambition_adjustment × shortfall + exchange × (mean - ambition) + drift
                  + promises (the impulse that waits, used up) + for a board 0.02 × (vision - ambition), within [0, 1]
    exchange    = exchange_rate × (exchange asked for + 0.3 × contact)
    drift       = ambition_drift × (1 - hardness) × (1 - exchange asked for) × a draw from -1 to 1
    satisfaction → ½ + gap_weight × (gain - loss_aversion × shortfall × (1 - ½ explained)) + growth_weight × growth
                   - gnawing, within [0, 1],  lag three months
    growth      = seen - before
    explained   = 0.6 × exchange asked for + 0.4 × stakeholder feedback
    gnawing     = gnaw_weight × sat(months of the collaboration / gnaw_months) × (1 - anchoring)
    anchoring   = ⅓ × (role clarity + sat(bureau hours / 40) + sat(meetings of the middle a year / 6))
    image       → 0.7 - (1 - T) × distance,  lag twelve months, within [0, 1]

distance: for the board its own shortfall, for middle and floor what their board's ambition exceeds theirs by, or 0.
In a month in which an evaluation is held (whatever its force) there follows, before the image: satisfaction falls by
½ hardness × what ϑ falls short of the expectation, ambition goes ½ hardness of the way to the mean, both within
[0, 1], and the impulse to salience grows by 0.1. The draw: point ``ambition_drift``, entity the level, draw 0, as
2 U - 1.
"""

from __future__ import annotations

from sim.columns import GOING_ON, TAKING_PART
from sim.compiled import compiled
from sim.randomness import point, uniform
from sim.rules import saturating, share, toward

DRIFT = point("ambition_drift")


@compiled
def perceived(own, others, transparency):  # type: ignore[no-untyped-def]
    """Return the progress that a level sees: its own fully, the sum of the two others dimly."""
    return (own + transparency * others) / (1.0 + 2.0 * transparency)


@compiled
def feeling(seen, expected, growth, explained, gnawing, gap_weight, loss_aversion, growth_weight):  # type: ignore[no-untyped-def]
    """Return what satisfaction tends to: losses weigh more than gains."""
    gap = seen - expected
    weighed = gap if gap >= 0.0 else loss_aversion * gap * (1.0 - 0.5 * explained)
    return share(0.5 + gap_weight * weighed + growth_weight * growth - gnawing)


@compiled
def gnawing_of(months, anchoring, weight, gnaw_months):  # type: ignore[no-untyped-def]
    """Return the discomfort at a form that is still loose after so many months."""
    return weight * saturating(months / gnaw_months) * (1.0 - anchoring)


@compiled
def anchoring_of(structure):  # type: ignore[no-untyped-def]
    """Return how far a form is anchored between organisations: clear roles, a bureau, meetings of the middle."""
    bureau = saturating(structure.bureau_hours / 40.0)
    return (structure.role_clarity + bureau + saturating(structure.middle_meetings_per_year / 6.0)) / 3.0


@compiled
def judge(own, mean, results, hardness):  # type: ignore[no-untyped-def]
    """Let an evaluation with hard criteria punish what cannot be shown, and bring expectations together."""
    own.satisfaction = share(own.satisfaction - 0.5 * hardness * max(0.0, own.expectation - results))
    own.ambition = share(own.ambition + 0.5 * hardness * (mean - own.ambition))
    own.salience_impulse += 0.1


@compiled
def expect(state, c):  # type: ignore[no-untyped-def]
    """Move the expectations of one collaboration a month on."""
    clock = state.clock[0]
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    results = saturating(0.5 * collaboration.visible_results)
    board = max(0.6 * collaboration.formal_maturity, results)
    middle = 0.5 * collaboration.routines + 0.5 * saturating(
        0.5 * collaboration.running + 0.5 * collaboration.visible_results
    )
    floor = collaboration.practice_maturity
    total = board + middle + floor
    partners = max(1, collaboration.partners)
    mean = 0.0
    for m in range(collaboration.member_from, collaboration.member_to):
        if state.members[m].status == TAKING_PART:
            for level in range(3):
                mean += state.levels[3 * m + level].ambition
    mean /= 3.0 * partners
    promised = 0.4 + 0.6 * collaboration.goals
    gnawing = gnawing_of(collaboration.months, anchoring_of(structure), p.gnaw_weight, p.gnaw_months)
    explained = share(0.6 * structure.expectation_exchange + 0.4 * structure.stakeholder_feedback)
    for m in range(collaboration.member_from, collaboration.member_to):
        member = state.members[m]
        if member.status != TAKING_PART:
            continue
        organisation = state.organisations[member.organisation]
        transparency = organisation.transparency / (1.0 + 0.1 * (organisation.layers - 2.0))
        transparency = share(transparency + 0.4 * structure.weaving * (1.0 - transparency))
        for level in range(3):
            own = state.levels[3 * m + level]
            here = board if level == 0 else (middle if level == 1 else floor)
            seen = perceived(here, total - here, transparency)
            own.progress_before = toward(own.progress_before, own.perceived_progress, 12.0)
            own.perceived_progress = seen
            elapsed = member.months_in / p.expectation_months
            due = own.ambition * promised * saturating(elapsed * elapsed) + structure.expectation_shift
            own.expectation = share(toward(own.expectation, due, 3.0))
            own.expectation += p.expectation_blend * (seen - own.expectation)
            shortfall = max(0.0, own.expectation - seen)
            drift = p.ambition_drift * (1.0 - structure.criteria_hardness) * (1.0 - structure.expectation_exchange)
            drift *= 2.0 * uniform(clock.key, DRIFT, clock.month, own.identity, 0) - 1.0
            exchange = p.exchange_rate * (structure.expectation_exchange + 0.3 * own.contact)
            vision = 0.02 * (organisation.vision - own.ambition) if level == 0 else 0.0
            own.ambition = share(
                own.ambition - p.ambition_adjustment * shortfall + exchange * (mean - own.ambition) + drift + vision
                + own.ambition_impulse
            )  # fmt: skip
            own.ambition_impulse = 0.0
            aim = feeling(
                seen,
                own.expectation,
                seen - own.progress_before,
                explained,
                gnawing,
                p.gap_weight,
                p.loss_aversion,
                p.growth_weight,
            )
            own.satisfaction = toward(own.satisfaction, aim, 3.0)
            if collaboration.evaluated_weight > 0.0:
                judge(own, mean, results, structure.criteria_hardness)
            other_ambition = state.levels[3 * m + (2 if level == 0 else 0)].ambition
            distance = max(0.0, own.expectation - seen) if level == 0 else max(0.0, other_ambition - own.ambition)
            own.image = share(toward(own.image, 0.7 - distance * (1.0 - transparency), 12.0))


@compiled
def expectations(state):  # type: ignore[no-untyped-def]
    """Apply mechanism 11 to the month."""
    for c in range(len(state.collaborations)):
        collaboration = state.collaborations[c]
        if collaboration.ending == GOING_ON and state.clock[0].month >= collaboration.contact_month:
            expect(state, c)
