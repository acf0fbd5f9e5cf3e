"""Luck: keyed draws that are a pure function of what they decide.

A draw is Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011) of a counter and a key. The key is made once a run from
(seed, replicate); the counter holds the entity (64 bits, a hash of its role and name), the decision point, the month
and the number of the draw. There is no state and no order: adding a mechanism, an organisation or a project never
reshuffles the luck of the others, and two scenarios with the same seed and replicate share all luck they have in
common.
"""

from __future__ import annotations

import hashlib
import math
from typing import Final

import numpy as np

from sim.compiled import INTERPRETED, compiled

# Decision points. Append only: a number that changes reshuffles the luck of every scenario.
POINTS: Final = (
    "people_leave", "director", "spanner_leaves", "tenant", "chance_meeting", "tender", "rival", "agreement_kept",
    "case_arrivals", "joint_cases", "proposal", "bureau_proposal", "join_team", "approval", "project_kind",
    "project_issue", "project_result", "problem_arrives", "problem_claim", "escalation", "negotiation", "signing",
    "evaluation", "level_withdraws", "level_returns", "partner_leaves", "third_joins", "collaboration_ends", "pioneer",
    "setting", "passage", "ambition_drift", "click", "newcomer",
)  # fmt: skip
MOST_POINTS: Final = 256
MOST_MONTHS: Final = 4096
MOST_DRAWS: Final = 4096

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_11 = np.uint64(11)
_12 = np.uint64(12)
_UNIT = 1.0 / 9007199254740992.0  # 2**-53


def point(name: str) -> np.uint64:
    """Return the number of a decision point."""
    return np.uint64(POINTS.index(name))


def identity(role: str, name: str) -> int:
    """Return the 64-bit identity of an entity: a hash of its role and name, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(f"{role}:{name}".encode(), digest_size=8).digest(), "little")


@compiled
def philox(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Return the four 32-bit words of Philox4x32-10 for a counter and a key, all ``uint64`` below 2**32."""
    for _ in range(10):
        product_0 = _MULTIPLIER_0 * c0
        product_1 = _MULTIPLIER_1 * c2
        c0 = (product_1 >> _32) ^ c1 ^ k0
        c1 = product_1 & _LOW
        c2 = (product_0 >> _32) ^ c3 ^ k1
        c3 = product_0 & _LOW
        k0 = (k0 + _WEYL_0) & _LOW
        k1 = (k1 + _WEYL_1) & _LOW
    return c0, c1, c2, c3


@compiled
def run_key(seed, replicate):  # type: ignore[no-untyped-def]
    """Return the key of one run, from a 64-bit seed and a 64-bit replicate number."""
    s = np.uint64(seed)
    r = np.uint64(replicate)
    w0, w1, _w2, _w3 = philox(s & _LOW, s >> _32, r & _LOW, r >> _32, np.uint64(0x76697461), np.uint64(0x6C636F61))
    return w0 | (w1 << _32)


@compiled
def uniform(key, decision, month, entity, draw):  # type: ignore[no-untyped-def]
    """Return a draw from [0, 1), 53 bits: a pure function of run key, decision point, month, entity and draw number."""
    where = (np.uint64(month) << _12) | np.uint64(draw)
    w0, w1, _w2, _w3 = philox(entity & _LOW, entity >> _32, where, decision, key & _LOW, key >> _32)
    return np.float64(((w0 << _32) | w1) >> _11) * _UNIT


@compiled
def combine(entity, other):  # type: ignore[no-untyped-def]
    """Return the identity of a thing made of two others, in that order (a level in a collaboration, a project …)."""
    w0, w1, _w2, _w3 = philox(
        entity & _LOW, entity >> _32, other & _LOW, other >> _32, np.uint64(0x636F6D62), np.uint64(0x696E6564)
    )
    return w0 | (w1 << _32)


@compiled
def normal(draw):  # type: ignore[no-untyped-def]
    """Return the standard normal quantile of a draw, to 4.5e-4 (Abramowitz and Stegun 26.2.23)."""
    tail = max(min(draw, 1.0 - draw), 1e-15)
    t = math.sqrt(-2.0 * math.log(tail))
    top = 2.515517 + t * (0.802853 + t * 0.010328)
    z = t - top / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
    return -z if draw < 0.5 else z


@compiled
def poisson(mean, draw):  # type: ignore[no-untyped-def]
    """Return the Poisson quantile of a draw from [0, 1): one draw, inverse distribution function, no rejection.

    Means above 500 take the rounded normal quantile with a correction for skewness (Cornish and Fisher).
    """
    if mean <= 0.0:
        return 0
    if mean > 500.0:
        z = normal(draw)
        return max(0, int(math.floor(mean + z * math.sqrt(mean) + (z * z - 1.0) / 6.0 + 0.5)))
    probability = math.exp(-mean)
    total = probability
    count = 0
    while draw >= total and (count <= mean or probability > 1e-18):
        count += 1
        probability = probability * mean / count
        total += probability
    return count


if INTERPRETED:
    np.seterr(over="ignore")
