"""A small peer of the model, said once here and written four times, to see what a way of writing costs.

It has the shape of the real model (organisations with three levels, pairwise relations at each level, months, keyed
luck) and a dozen plain mechanisms. It means nothing beyond that: no source stands behind its numbers.

Organisations 0 … N-1 stand in groups of ten (the last may be smaller); every two of a group are a pair, in the order
(0, 1), (0, 2), … (1, 2), …, and a pair has a relation at each level: board (0), middle (1), floor (2). All quantities
are floats. ``draw(point, i)`` is uniform on [0, 1) for thing i (of the kind that the point is about) in this month.
``saturating(x) = 1 - exp(-x)``, ``logistic(x) = 1 / (1 + exp(-x))``, ``share(x)`` is x kept within [0, 1].
Parameters are those of ``PARAMETERS``; what is written in the equations as a number is a number.

Month 0. What ``population`` says; then of each level ``ambition = share(ambition + 0.4 × (draw(AMBITION, i) - 0.5))`` in
month 0.

A month, for every organisation that takes part (1, 2, 3, 6, 7, 8, 13) and every level of it (11), in order of number:

1.  Turnover. If draw(DIRECTOR) < turnover the organisation has a new director this month: ``changed = 1``, else 0; and the
    board's salience becomes half of what it was.
2.  Budgets. ``reserve += 0.1 × income``; of each level ``hours = norm[level] × engagement`` (half of that if reserve < 0)
    and ``reserve -= hour_price × hours``.
3.  Tenders. ``contract -= 1``; ``scar -= scar / 36``; if contract ≤ 0: ``contract = 48``, and if draw(TENDER) < loss_chance:
    ``scar += (1 - scar) × saturating(2 × tendered)`` and ``reserve -= 0.5 × income × tendered``.
    ``horizon = (1 - tendered) × 48 + tendered × contract × (1 - 0.5 × scar)``.
4.  Encounters. For each pair of which both take part, at each level, with e = engagement × engagement of the two:
    ``contact = saturating(meetings[level] × e + objects[level] × overlap × (0.25 + 0.75 × e))``.
5.  Relations. For the same pairs: kept if draw(KEPT) < 0.4 + 0.6 × understanding at the middle. At each level: at the
    board, familiarity halves if either has a new director. ``familiarity += 0.1 × contact × (1 - familiarity) - 0.01 ×
    familiarity``; ``understanding += 0.08 × contact × familiarity × (1 - understanding) - 0.005 × understanding``;
    ``trust += 0.06 × contact × (1 - trust)`` if kept, else ``trust -= 0.3 × (0.2 + rivalry) × contact × trust``.
    Then a level's trust and understanding are its means over its relations (those of pairs of which both take part, in
    order of number; 0 if there is none).
6.  Cases. ``arrived = 20 × (0.5 + draw(CASES))``; ``joint = min(arrived × trust of the floor, 0.5 × hours of the floor)``;
    ``joint_share = joint / arrived``; the floor's ``hours -= 2 × joint``.
7.  Projects. If none is under way: one starts (``active = 1, progress = 0``) if draw(START) < 0.3 × engagement × trust of
    the middle. Else ``progress += min(hours of the middle, 10) × (0.3 + 0.7 × understanding of the middle)``, and at 60 it
    ends: ``active = 0``, the group's ``finished += 1``, the middle's ``satisfaction += 0.2 × (1 - satisfaction)`` if
    draw(RESULT) < 0.3 + 0.6 × the group's routines, else ``-= 0.2 × satisfaction``.
8.  Agenda. ``issues += 1`` if draw(ISSUE) < 0.05 + 0.15 × (1 - understanding of the middle) and issues < 8; then, if
    issues > 0, ``issues -= 1`` if draw(SOLVED) < engagement of the board × trust of the board.
9.  Structuring, for each group, with means over its organisations that take part (0 if there is none): engagement of all
    three levels together (sum over them / 3 / organisations), trust of the middle, joint_share. ``goals += 0.05 × engagement
    × trust × (1 - goals)``; ``routines += 0.08 × joint_share × (1 - routines) - 0.01 × routines``.
10. Expectations, for each group: ``expected = goals × saturating(month / 36)``, ``seen = 0.5 × routines + 0.5 × joint_share``,
    ``gap += (max(0, expected - seen) - gap) / 6``.
11. Engagement. ``satisfaction += (share(0.3 + 0.7 × trust - gap) - satisfaction) / 12``; ``salience += (0.8 - salience) / 12``;
    ``target = salience × logistic(2 × ambition + 2 × satisfaction + 1.5 × trust + 0.01 × horizon - 0.3 × issues - scar - 2)``;
    ``engagement += (target - engagement) / 4``.
12. Legitimacy, for each group: ``legitimacy += (0.5 × those that take part / size + 0.5 × seen - legitimacy) / 12``.
13. Membership. ``low += 1`` if the board's engagement < leave_below, else 0. If low > 12 and draw(LEAVE) < 0.1 it takes part
    no more, and the engagement of its levels is 0.
14. Phase, for each group: 0; 1 if engagement > 0.2; then 2 if goals > 0.3; then 3 if joint_share > 0.3; then 4 if routines
    > 0.3; then 5 if goals > 0.6 and legitimacy > 0.6 (each only with those before). ``highest`` is the highest so far.

What is written down of a group is ``OUTCOMES``; at the end of a run, and if wanted every month.

Luck, where numbers are to be equal: ``sim.randomness.uniform`` with the run's key, the place of the point in ``POINTS``,
the month, and as entity the number of the organisation, the level (3 × organisation + level) or the pair.
"""

from __future__ import annotations

from typing import Any

import numpy as np

POINTS = ("AMBITION", "DIRECTOR", "TENDER", "KEPT", "CASES", "START", "RESULT", "ISSUE", "SOLVED", "LEAVE")
PARAMETERS = {
    "turnover": 1 / 48,
    "hour_price": 0.02,
    "loss_chance": 0.3,
    "norm_board": 8.0,
    "norm_middle": 24.0,
    "norm_floor": 80.0,
    "meetings_board": 0.6,
    "meetings_middle": 1.2,
    "meetings_floor": 0.5,
    "objects_board": 0.2,
    "objects_middle": 0.4,
    "objects_floor": 2.0,
    "leave_below": 0.2,
}
OUTCOMES = (
    "goals", "routines", "legitimacy", "gap", "seen", "engagement", "trust", "joint_share", "finished", "members",
    "phase", "highest",
)  # fmt: skip
GROUP = 10

# The columns of each kind of thing; those with an asterisk are whole numbers that say which rows belong together.
COLUMNS = {
    "clock": "key* month*",
    "parameters": " ".join(PARAMETERS),
    "organisations": "income reserve tendered contract scar horizon changed taking_part joint_share active progress "
    "issues low",
    "levels": "engagement ambition salience satisfaction hours trust understanding relations",
    "pairs": "overlap rivalry first* second*",
    "relations": "contact familiarity understanding trust",
    "groups": " ".join(OUTCOMES) + " size organisation_from* organisation_to* pair_from* pair_to*",
}
DTYPES = {
    kind: np.dtype(
        [(name.rstrip("*"), "u8" if name == "key*" else "i8" if "*" in name else "f8") for name in text.split()]
    )
    for kind, text in COLUMNS.items()
}


def population(organisations: int) -> dict[str, Any]:
    """Return month 0 of so many organisations: a record array for each kind of thing."""
    groups = -(-organisations // GROUP)
    sizes = [min(GROUP, organisations - GROUP * g) for g in range(groups)]
    counts = [size * (size - 1) // 2 for size in sizes]
    rows = {
        "clock": 1, "parameters": 1, "organisations": organisations, "levels": 3 * organisations, "pairs": sum(counts),
        "relations": 3 * sum(counts), "groups": groups,
    }  # fmt: skip
    made = {kind: np.zeros(rows[kind], DTYPES[kind]) for kind in COLUMNS}
    for name, number in PARAMETERS.items():
        made["parameters"][name] = number
    dice = np.random.Generator(np.random.PCG64(1))
    people = made["organisations"]
    people["income"] = 20.0 + 60.0 * dice.random(organisations)
    people["reserve"] = people["income"]
    people["tendered"] = 0.8 * dice.random(organisations)
    people["contract"] = dice.integers(1, 49, organisations)
    people["taking_part"] = 1.0
    levels = made["levels"]
    levels["engagement"], levels["salience"], levels["satisfaction"] = 0.5, 0.8, 0.5
    levels["ambition"] = 0.2 + 0.6 * dice.random(3 * organisations)
    pairs = made["pairs"]
    pairs["overlap"] = dice.random(len(pairs))
    pairs["rivalry"] = dice.random(len(pairs)) * dice.integers(0, 2, len(pairs))
    relations = made["relations"]
    relations["familiarity"], relations["understanding"], relations["trust"] = 0.2, 0.1, 0.3
    groups_made = made["groups"]
    groups_made["size"] = groups_made["members"] = sizes
    groups_made["organisation_to"] = np.cumsum(sizes)
    groups_made["organisation_from"] = groups_made["organisation_to"] - sizes
    groups_made["pair_to"] = np.cumsum(counts)
    groups_made["pair_from"] = groups_made["pair_to"] - counts
    first, second = np.triu_indices(GROUP, 1)
    for own in groups_made:
        inside = second < own["size"] if own["size"] < GROUP else slice(None)
        here = slice(own["pair_from"], own["pair_to"])
        pairs["first"][here] = own["organisation_from"] + first[inside]
        pairs["second"][here] = own["organisation_from"] + second[inside]
    return made
