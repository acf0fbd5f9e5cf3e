"""Checking a file without running it: what kind of file it is, read off its content, and everything wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sim import toml_source
from sim.design_reading import FIELDS as DESIGN_FIELDS
from sim.design_reading import read_design
from sim.library import FRAMEWORK_FIELDS, READY_MADE_FIELDS, Library, read_framework, read_ready_made
from sim.paths import TABLES, TOP
from sim.problems import single
from sim.scenario import load

# What stands at the top of each kind of file. The fields that the kinds share say nothing; those of one kind count.
_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "scenario": frozenset((*TOP, *TABLES, "parameters")),
    "framework": frozenset(("schema", *FRAMEWORK_FIELDS)),
    "intervention": frozenset(("schema", *READY_MADE_FIELDS)),
    "design": frozenset(DESIGN_FIELDS) - {"name", "set", "interventions"},  # which say more of the others
}
KINDS = tuple(_FIELDS)


def kind_of(tree: Mapping[str, Any], folder: str = "") -> str:
    """Return what kind of file has these tables, or nothing if that cannot be told; the folder decides in doubt."""
    if isinstance(tree.get("scenario"), str) and "collaborations" not in tree:
        return "design"  # no other refers to a scenario
    own = {
        kind: len(fields.intersection(tree).difference(*(rest for name, rest in _FIELDS.items() if name != kind)))
        for kind, fields in _FIELDS.items()
    }
    best = [kind for kind in KINDS if own[kind] == max(own.values())]
    if len(best) == 1:
        return best[0]
    kind = folder.removesuffix("s")
    return kind if kind in best else ""


def validate(file: Path) -> str:
    """Return what kind of file it is.

    Raises:
        ScenarioError: it has problems; all of them are in the error.
    """
    document = toml_source.read(file)
    folder = file.absolute().parent
    kind = kind_of(document.tree, folder.name)
    if kind == "scenario":
        load(file)
    elif kind == "design":
        read_design(document, folder)
    elif kind:
        library = Library(folder.parent if folder.name == f"{kind}s" else folder)
        if kind == "framework":
            library.read_file(document, file.stem, read_framework)
        else:
            library.read_file(document, file.stem, read_ready_made)
    else:
        message = "this is none of the files that can be checked"
        raise single(str(file), message, allowed="a scenario, a framework, an intervention or a design")
    return kind
