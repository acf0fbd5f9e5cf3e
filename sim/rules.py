"""The small curves that the mechanisms share."""

from __future__ import annotations

import math

from sim.compiled import compiled


@compiled
def share(x):  # type: ignore[no-untyped-def]
    """Return x kept within [0, 1]."""
    return min(1.0, max(0.0, x))


@compiled
def logistic(x):  # type: ignore[no-untyped-def]
    """Return 1 / (1 + exp(-x)), without overflow."""
    return 1.0 / (1.0 + math.exp(-min(40.0, max(-40.0, x))))


@compiled
def saturating(x):  # type: ignore[no-untyped-def]
    """Return 1 - exp(-x) for x ≥ 0: much of a thing adds less and less."""
    return 1.0 - math.exp(-max(0.0, x))


@compiled
def cube_root(x):  # type: ignore[no-untyped-def]
    """Return the cube root of x ≥ 0, at least 1e-4."""
    return math.exp(math.log(max(x, 1e-12)) / 3.0)


@compiled
def toward(x, target, months):  # type: ignore[no-untyped-def]
    """Return x moved one month towards its target, with a lag of so many months (at least one)."""
    return x + (target - x) / max(1.0, months)


@compiled
def hill(x, half):  # type: ignore[no-untyped-def]
    """Return x⁴ / (x⁴ + half⁴): little below the threshold, nearly all above it."""
    x4 = x * x * x * x
    h4 = half * half * half * half
    return x4 / (x4 + h4)


@compiled
def attention(participants, dilution):  # type: ignore[no-untyped-def]
    """Return the share of a meeting's attention that one pair gets: 1 for two, less as more take part."""
    return 1.0 / (1.0 + dilution * max(0.0, participants - 2.0))


@compiled
def has(bits, place):  # type: ignore[no-untyped-def]
    """Say whether a place is in a set of bits."""
    return (bits >> place) & 1 == 1


@compiled
def count_bits(bits):  # type: ignore[no-untyped-def]
    """Return how many places are in a set of bits."""
    count = 0
    while bits > 0:
        count += bits & 1
        bits = bits >> 1
    return count
