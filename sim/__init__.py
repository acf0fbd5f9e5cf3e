"""Collaboration between housing, welfare and care organisations, simulated: when it stalls, where, and why.

``import sim`` is light: what a name needs is imported when the name is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.comparing.compare import compare
    from sim.comparison import Comparison
    from sim.ensemble import Ensemble, simulate
    from sim.model import CollaborationModel
    from sim.results import ResultsError
    from sim.scenario import Scenario, ScenarioError, load, loads

    __version__: str

_HOMES = {
    "Comparison": "sim.comparison",
    "CollaborationModel": "sim.model",
    "Ensemble": "sim.ensemble",
    "ResultsError": "sim.results",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.problems",
    "compare": "sim.comparing.compare",
    "load": "sim.scenario",
    "loads": "sim.scenario",
    "simulate": "sim.ensemble",
}

__all__ = [
    "CollaborationModel", "Comparison", "Ensemble", "ResultsError", "Scenario", "ScenarioError", "__version__",
    "compare", "load", "loads", "simulate",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import what a name stands for."""
    if name == "__version__":
        from sim.provenance import version  # noqa: PLC0415

        value: Any = version()
    elif name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted({*globals(), *__all__})
