"""What each mechanism reads and writes, by reading its source: columns as ``entity.column``.

A mechanism's function is followed through every function that it calls; a variable that stands for a row of
an entity is followed through assignments, loops and arguments. ``contracts()`` gives ``{mechanism: (reads,
writes)}`` in the order of the month, as ``sim.schedule`` has it; ``settle`` is the second half of ``budgets``.
What is added to (``+=``) is both read and written.

Run as a program it prints the table.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from sim.columns import COLUMNS, ENTITIES

HALVES = {"settle": "budgets"}  # functions of the schedule that are part of another mechanism
CELLS = {"cells": ("parameters", "organisations", "structures", "neighbourhoods", "spanners")}  # what may change
NAMES = {entity: frozenset(column.name for column in COLUMNS if column.entity == entity) for entity in ENTITIES}
INPUTS = {
    entity: {column.name for column in COLUMNS if column.entity == entity and column.owner == "events"}
    for entity in CELLS["cells"]
}
STATE = "<state>"


@dataclass
class Contract:
    """What a mechanism reads and writes."""

    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)


class UnknownColumnError(LookupError):
    """A row is asked for a column that its entity does not have."""


@functools.cache
def _functions(module: ModuleType) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(inspect.getsource(module))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


@functools.cache
def _imports(module: ModuleType) -> dict[str, tuple[ModuleType, str]]:
    found = {}
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sim"):
            for alias in node.names:
                found[alias.asname or alias.name] = (importlib.import_module(node.module), alias.name)
    return found


def _resolve(module: ModuleType, name: str) -> tuple[ModuleType, ast.FunctionDef] | None:
    functions = _functions(module)
    if name in functions:
        return module, functions[name]
    if name in _imports(module):
        there, original = _imports(module)[name]
        if original in _functions(there):
            return there, _functions(there)[original]
    return None


class _Reader(ast.NodeVisitor):
    """Follow one function, called with rows of known entities."""

    def __init__(self, module: ModuleType, bound: dict[str, str], contract: Contract, seen: set[Any]) -> None:
        self.module, self.contract, self.seen = module, contract, seen
        self.bound = {name: {entity} for name, entity in bound.items()}
        self.changed = False

    def entities(self, node: ast.AST) -> set[str]:
        """Return the entities that an expression can be a row (or all rows) of."""
        if isinstance(node, ast.Name):
            return self.bound.get(node.id, set())
        if isinstance(node, ast.Subscript):
            return self.entities(node.value) - {STATE}
        if isinstance(node, ast.Attribute) and STATE in self.entities(node.value) and node.attr in NAMES:
            return {node.attr}
        if isinstance(node, ast.IfExp):
            return self.entities(node.body) | self.entities(node.orelse)
        return set()

    def _bind(self, target: ast.AST, value: ast.AST) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, other in zip(target.elts, value.elts, strict=True):
                self._bind(one, other)
        elif isinstance(target, ast.Name):
            new = self.entities(value)
            if not new <= self.bound.setdefault(target.id, set()):
                self.bound[target.id] |= new
                self.changed = True

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._bind(target, node.value)
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        self._bind(node.target, node.iter)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Attribute):
            self._note(node.target, self.contract.reads)
        self.generic_visit(node)

    def _note(self, node: ast.Attribute, where: set[str]) -> None:
        for entity in self.entities(node.value) - {STATE}:
            if node.attr not in NAMES[entity]:
                raise UnknownColumnError(f"{self.module.__name__}:{node.lineno} {entity}.{node.attr}")
            where.add(f"{entity}.{node.attr}")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._note(node, self.contract.writes if isinstance(node.ctx, ast.Store) else self.contract.reads)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        held = node.value
        if isinstance(held, ast.Attribute) and STATE in self.entities(held.value) and held.attr in CELLS:
            where = self.contract.writes if isinstance(node.ctx, ast.Store) else self.contract.reads
            where |= {f"{entity}.{name}" for entity in CELLS[held.attr] for name in INPUTS[entity]}
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name):
            found = _resolve(self.module, node.func.id)
            if found is not None:
                module, function = found
                names = [argument.arg for argument in function.args.args]
                for rows in self._ways([self.entities(argument) for argument in node.args]):
                    bound = {name: entity for name, entity in zip(names, rows, strict=False) if entity}
                    follow(module, function, bound, self.contract, self.seen)
        self.generic_visit(node)

    def _ways(self, options: list[set[str]]) -> list[list[str]]:
        ways: list[list[str]] = [[]]
        for option in options:
            ways = [[*way, one] for way in ways for one in (sorted(option) or [""])]
        return ways


def follow(
    module: ModuleType, function: ast.FunctionDef, bound: dict[str, str], contract: Contract, seen: set[Any]
) -> None:
    """Add to a contract what one function reads and writes when it is called with these rows."""
    key = (module.__name__, function.name, tuple(sorted(bound.items())))
    if key in seen:
        return
    seen.add(key)
    reader = _Reader(module, bound, contract, seen)
    while True:
        reader.changed = False
        for statement in function.body:
            reader.visit(statement)
        if not reader.changed:
            return


def schedule() -> list[tuple[str, str]]:
    """Return what the schedule calls, in order: the mechanism and the function."""
    month = _functions(importlib.import_module("sim.schedule"))["month"]
    calls = [node.func.id for node in ast.walk(month) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [(HALVES.get(name, name), name) for name in calls]


MECHANISMS = tuple(dict.fromkeys(name for name, _ in schedule()))


@functools.cache
def contracts() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Return what each mechanism reads and writes, in the order of the month."""
    month = importlib.import_module("sim.schedule")
    found = {name: Contract() for name in MECHANISMS}
    for name, called in schedule():
        resolved = _resolve(month, called)
        if resolved is None:
            raise UnknownColumnError(called)
        follow(*resolved, {"state": STATE}, found[name], set())
    return {name: (frozenset(contract.reads), frozenset(contract.writes)) for name, contract in found.items()}


def table() -> str:
    """Return the table of reads and writes as Markdown, without inputs, the clock and the log."""
    quiet = {f"{entity}.{name}" for entity, names in INPUTS.items() for name in names}
    lines = ["| mechanism | reads | writes |", "|---|---|---|"]
    for name, (reads, writes) in contracts().items():
        cells = []
        for columns in (reads, writes):
            shown = sorted(column for column in columns - quiet if not column.startswith(("clock.", "log.")))
            cells.append(", ".join(f"`{column}`" for column in shown))
        lines.append(f"| {name} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
