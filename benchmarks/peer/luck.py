"""Where the object versions take their luck from: keyed draws to give the same numbers, or their library's own dice.

The dice are what a model in Mesa or AgentPy would use, and the faster of the two: measured times are with dice.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np

from peer import POINTS
from sim.randomness import run_key, uniform

Draw = Callable[[str, int, int], float]


def keyed(seed: int, replicate: int) -> Draw:
    """Return the draws of a run by point, month and entity."""
    key = np.uint64(run_key(np.uint64(seed), np.uint64(replicate)))
    points = {name: np.uint64(place) for place, name in enumerate(POINTS)}
    return lambda point, month, entity: float(uniform(key, points[point], month, np.uint64(entity), 0))


def dice(source: random.Random) -> Draw:
    """Return draws from a stream, whatever they decide."""
    throw = source.random
    return lambda _point, _month, _entity: throw()
