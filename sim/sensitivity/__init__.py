"""What matters, and where what is better: analyses of the results of a sweep.

``morris`` and ``sobol`` tell which uncertain numbers outcomes react to, ``evidence`` sets that beside how sure their
sources are; ``boxes`` and ``regimes`` tell in which circumstances one framework does better than another.
"""

from __future__ import annotations

from sim.sensitivity.circumstances import Box, Regimes, boxes, regimes
from sim.sensitivity.influence import evidence, morris, sobol
from sim.sensitivity.measures import MEASURES, Measure
from sim.sensitivity.pictures import draw_evidence, draw_regimes

__all__ = [
    "MEASURES", "Box", "Measure", "Regimes", "boxes", "draw_evidence", "draw_regimes", "evidence", "morris", "regimes",
    "sobol",
]  # fmt: skip
