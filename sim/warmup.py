"""The first compilation on a machine, by two processes at once: compiling takes most of a cold start.

Numba compiles one function at a time in a process. So a second process compiles half of the mechanisms into the cache
while this one compiles the others; afterwards all are read from the cache.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numba

from sim.compiled import INTERPRETED, is_cold
from sim.mechanisms.agenda import agenda
from sim.mechanisms.budgets import budgets
from sim.mechanisms.cases import cases
from sim.mechanisms.encounters import encounters
from sim.mechanisms.engagement import engagement
from sim.mechanisms.events import events
from sim.mechanisms.expectations import expectations
from sim.mechanisms.initiatives import initiatives
from sim.mechanisms.membership import membership
from sim.mechanisms.phases import phases
from sim.mechanisms.projects import projects
from sim.mechanisms.relations import relations
from sim.mechanisms.structuring import structuring
from sim.mechanisms.tenders import tenders

FIRST_HALF = (events, budgets, tenders, encounters, relations, initiatives, cases)
SECOND_HALF = (phases, membership, agenda, structuring, engagement, expectations, projects)


def compile_all(mechanisms: tuple[Any, ...], state: Any) -> None:
    """Compile mechanisms for the type of a state, into the cache."""
    signature = (numba.typeof(state),)
    for mechanism in mechanisms:
        mechanism.compile(signature)


def warm_up(state: Any) -> None:
    """Compile the mechanisms if they are not compiled yet; what the other process does not manage is left to later."""
    if INTERPRETED or not is_cold() or (os.cpu_count() or 1) < 2:
        return
    other = subprocess.Popen(
        [sys.executable, "-m", "sim.warmup"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        compile_all(FIRST_HALF, state)
        other.wait()
    finally:
        other.kill()


if __name__ == "__main__":
    from sim.population import build
    from sim.scenario import load

    compile_all(SECOND_HALF, build(load("roosendaal")).state)
