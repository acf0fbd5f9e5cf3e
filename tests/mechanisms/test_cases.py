"""Hand-worked cases of every mechanism, read from ``cases/<mechanism>.toml``: a case more takes no Python.

A case is of a *rule* or of a *step*. Every case says ``why`` (how it was worked) and ``source``.

A rule is a function of the mechanism's module (``conduct`` and ``rules`` are modules like any other)::

    [[case]]
    rule = "updated_trust"
    why = "0.5 + 0.1 × 1 × (1 - 0.5) = 0.55"
    source = "V §6.2"
    inputs = { trust = 0.5, kept = 1.0, … }     # every argument that is a number
    parameters = { trust_breach_weight = 2.5 }        # for an argument ``p``; the rest has its default
    organisation = { kind = "care", … }         # for an argument that is a record, by the argument's name
    expected = 0.55                             # or a list, if the rule returns several
    tolerance = 1e-12                           # the default

Arguments that may be records: organisation, one, other, structure, member, own (a level), collaboration. What a
rule writes into a record is compared by ``expected = { organisation = { free_cents = 1200 } }``.

A step is a mechanism, a list of them, or a ``month``, on a small state (see ``stage.py`` for paths)::

    [[case]]
    step = "tenders"
    set = { "organisations.b.tendered_share" = 1.0 }     # of the scenario, before it begins
    start = { "organisations.b.contract_months" = 13.0 } # of the state, after it has begun
    times = 12                                           # months; 1 if left out
    given = { "organisations.b.lost_share" = 1.0 }       # take the first luck with which this comes out
    expected = { "organisations.b.horizon_months" = 13.0 }

A file's ``[scenario]`` replaces tables of the scenario that its steps start from (two partners, ``a`` and ``b``).
Instead of ``expected`` a case may state a sign: ``relation = "greater"`` (``less``, ``equal``), with ``than`` the
tables in which the second differs; for a step ``of`` names the column that is compared.

``defect = "…"`` marks a case on which equation and code disagree: it has to fail until one of them is changed, and
then asks to be unmarked.
"""

from __future__ import annotations

import importlib
import inspect
import math
import operator
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from stage import STEPS, Stage

import sim.mechanisms
from sim.columns import DTYPES
from sim.inputs import ORGANISATION, ORGANISATION_KINDS
from sim.parameters import PARAMETERS
from sim.quantities import Quantity
from sim.structure import STRUCTURE

CASES = Path(__file__).resolve().parent / "cases"
SHARED_MODULES = ("conduct", "rules")
MECHANISMS = sorted(
    path.stem for folder in sim.mechanisms.__path__ for path in Path(folder).glob("*.py") if path.stem != "__init__"
)
RECORDS: dict[str, tuple[str, dict[str, Quantity]]] = {
    "p": ("parameters", PARAMETERS),
    "organisation": ("organisations", ORGANISATION),
    "one": ("organisations", ORGANISATION),
    "other": ("organisations", ORGANISATION),
    "structure": ("structures", STRUCTURE),
    "member": ("members", {}),
    "own": ("levels", {}),
    "collaboration": ("collaborations", {}),
}
TABLES = {"p": "parameters"}  # the name of an argument's table, where it is another
RELATIONS = {"greater": operator.gt, "less": operator.lt, "equal": operator.eq}
KEYS = {
    "rule", "step", "why", "source", "inputs", "expected", "tolerance", "relation", "than", "of", "set", "start",
    "times", "given", "parameters", "defect", *RECORDS,
} - {"p"}  # fmt: skip
LUCK = 2000  # so many replicates are tried for what is ``given``


def module_of(name: str) -> ModuleType:
    return importlib.import_module(f"sim.{name}" if name in SHARED_MODULES else f"sim.mechanisms.{name}")


def arguments(function: Any) -> list[str]:
    return list(inspect.signature(getattr(function, "py_func", function)).parameters)


def rules_of(name: str) -> list[str]:
    """Return the rules of a module that need no state: its own functions that can be called with numbers and rows."""
    module = module_of(name)
    rules = []
    for each, function in vars(module).items():
        plain = getattr(function, "py_func", function)
        if inspect.isfunction(plain) and plain.__module__ == module.__name__ and arguments(function)[0] != "state":
            rules.append(each)
    return rules


def files() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(CASES.glob("*.toml")):
        yield path.stem, tomllib.loads(path.read_text(encoding="utf-8"))


def cases() -> Iterator[Any]:
    for name, content in files():
        for number, case in enumerate(content["case"], 1):
            what = case.get("rule") or "+".join([case["step"]] if isinstance(case["step"], str) else case["step"])
            marks = [pytest.mark.xfail(reason=case["defect"], strict=True)] if "defect" in case else []
            yield pytest.param(name, case, content.get("scenario", {}), id=f"{name}-{number}-{what}", marks=marks)


def record(argument: str, values: dict[str, Any]) -> Any:
    """Return a row of an entity: defaults of its register, and what a case says."""
    entity, register = RECORDS[argument]
    row = np.zeros(1, DTYPES[entity]).view(np.recarray)[0]
    values = dict(values)
    kind = values.pop("kind", ORGANISATION_KINDS[0])
    if entity == "organisations":
        row.kind = ORGANISATION_KINDS.index(kind)
    names = DTYPES[entity].names or ()
    for name, quantity in register.items():
        if name in names:
            row[name] = quantity.default_for(kind)
    for name, value in values.items():
        chosen = register[name].choices if name in register else ()
        row[name] = chosen.index(value) if isinstance(value, str) else value
    return row


def merged(case: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return a case with single values of its tables changed."""
    return {**case, **{table: {**case.get(table, {}), **values} for table, values in changes.items()}}


def call(module: str, case: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return what a rule returns, and the records that it was given."""
    function = getattr(module_of(module), case["rule"])
    names = arguments(function)
    given = case.get("inputs", {})
    rows = [name for name in names if name in RECORDS and name not in given]
    records = {name: record(name, case.get(TABLES.get(name, name), {})) for name in rows}
    assert set(given) == set(names) - set(records), "inputs are the rule's arguments"
    unused = {TABLES.get(name, name) for name in RECORDS} & set(case) - {TABLES.get(name, name) for name in records}
    assert not unused, f"the rule takes no {unused}"
    return function(*[records[name] if name in records else given[name] for name in names]), records


def staged(case: dict[str, Any], scenario: dict[str, Any]) -> Stage:
    """Return the state after a step."""
    steps = [case["step"]] if isinstance(case["step"], str) else case["step"]
    stage = Stage(scenario, case.get("set"))
    wanted = case.get("given", {})
    for replicate in range(LUCK if wanted else 1):
        if replicate:
            stage.restart(replicate)
        for path, value in case.get("start", {}).items():
            stage.set(path, value)
        stage.run(steps, case.get("times", 1))
        if all(stage.get(path) == value for path, value in wanted.items()):
            return stage
    raise AssertionError(f"it never comes out that {wanted}")


def close(found: Any, expected: Any, tolerance: float) -> bool:
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(close, found, expected, [tolerance] * len(expected)))
    return bool(math.isclose(float(found), float(expected), rel_tol=0.0, abs_tol=tolerance))


@pytest.mark.parametrize(("module", "case", "scenario"), list(cases()))
def test_case(module: str, case: dict[str, Any], scenario: dict[str, Any]) -> None:
    """A case comes out as it was worked by hand."""
    tolerance = case.get("tolerance", 1e-12)
    if "relation" in case:
        sides = [case, merged(case, case["than"])]
        if "rule" in case:
            one, other = (call(module, side)[0] for side in sides)
        else:
            one, other = (staged(side, scenario).get(case["of"]) for side in sides)
        assert RELATIONS[case["relation"]](one, other), f"{one} is not {case['relation']} than {other}: {case['why']}"
        return
    expected = case["expected"]
    if "step" in case:
        stage = staged(case, scenario)
        found = {path: stage.get(path) for path in expected}
        wrong = {path: found[path] for path, value in expected.items() if not close(found[path], value, tolerance)}
        assert not wrong, f"found {wrong}, expected {expected}: {case['why']}"
        return
    result, records = call(module, case)
    if isinstance(expected, dict):
        wrong = {
            f"{table}.{name}": records[table][name].item()
            for table, values in expected.items()
            for name, value in values.items()
            if not close(records[table][name], value, tolerance)
        }
        assert not wrong, f"found {wrong}, expected {expected}: {case['why']}"
        return
    assert close(result, expected, tolerance), f"found {result!r}, expected {expected!r}: {case['why']}"


@pytest.mark.parametrize("name", [*MECHANISMS, *SHARED_MODULES])
def test_every_rule_has_two_cases(name: str) -> None:
    """Every mechanism has cases, every rule that takes no state at least two."""
    content = dict(files()).get(name)
    assert content is not None, f"cases/{name}.toml is missing"
    worked = Counter(case["rule"] for case in content["case"] if "rule" in case)
    assert {rule: worked[rule] for rule in rules_of(name) if worked[rule] < 2} == {}
    assert len(content["case"]) >= 2


@pytest.mark.parametrize(("name", "content"), [pytest.param(*each, id=each[0]) for each in files()])
def test_files_are_in_order(name: str, content: dict[str, Any]) -> None:
    """A file goes by a module, its cases by names that are known, and each says why and where from."""
    assert name in (*MECHANISMS, *SHARED_MODULES)
    assert set(content) <= {"case", "scenario"}
    for case in content["case"]:
        assert set(case) <= KEYS, set(case) - KEYS
        assert case.get("why") and case.get("source"), "every case says why, and where from"
        assert ("rule" in case) != ("step" in case)
        assert ("expected" in case) != ("relation" in case and "than" in case)
        if "step" in case:
            steps = [case["step"]] if isinstance(case["step"], str) else case["step"]
            assert set(steps) <= set(STEPS)
