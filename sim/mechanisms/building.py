"""1b. The shared building: milestones that force decisions, the opening, tenants who come and go.

What. A building progresses as far as it is paid for, passes milestones at which the boards have to decide, and opens;
from then on its tenants may be replaced.

Why. Boards must decide, long before a building can be used, who is housed and what happens there; this brings pace [V
§5.7]. A building decays to a mere shared address if its occupants do not keep it from doing so [V §5.7]; tenants who
move take relations along [A].

Equations. Progress: 1 / building_months a month × share of the cost that was paid; milestones at equal distances
before the opening; a tenant is replaced with hazard tenant_turnover a month.
"""

from __future__ import annotations

import math

from sim.columns import TAKING_PART
from sim.compiled import compiled
from sim.log import BOARD, NOBODY, code, note
from sim.randomness import point, uniform
from sim.rules import share

TENANT = point("tenant")
TENANT_LEFT, MILESTONE, OPENED = code("tenant_left"), code("milestone"), code("building_opened")
TENANT_ROLE = 3


@compiled
def tenants(state, c):  # type: ignore[no-untyped-def]
    """Let tenants of an open building be replaced by others."""
    clock = state.clock[0]
    p = state.parameters[0]
    collaboration = state.collaborations[c]
    for m in range(collaboration.member_from, collaboration.member_to):
        member = state.members[m]
        if member.housed == 1 and member.role == TENANT_ROLE:
            if uniform(clock.key, TENANT, clock.month, member.identity, 0) < p.tenant_turnover:
                member.replaced = 1
                note(state, TENANT_LEFT, c, member.organisation, NOBODY, NOBODY, 1.0)


@compiled
def build(state, c):  # type: ignore[no-untyped-def]
    """Pass the milestones of the building process, and open the building."""
    collaboration = state.collaborations[c]
    structure = state.structures[c]
    before = collaboration.built
    if collaboration.opened == 1 or structure.building_months <= 0.0:
        return
    collaboration.built = share(collaboration.built + collaboration.built_month)
    steps = structure.milestones + 1.0
    if math.floor(collaboration.built * steps + 1e-9) > math.floor(before * steps + 1e-9) and collaboration.built < 1.0:
        collaboration.milestone = 1
        collaboration.decisions += 1.0
        note(state, MILESTONE, c, NOBODY, BOARD, NOBODY, collaboration.built)
    if collaboration.built >= 1.0 - 1e-9:
        collaboration.opened = 1
        note(state, OPENED, c, NOBODY, NOBODY, NOBODY, 0.0)
        for m in range(collaboration.member_from, collaboration.member_to):
            if state.members[m].status == TAKING_PART:
                state.members[m].housed = 1
