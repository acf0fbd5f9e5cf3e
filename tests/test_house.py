"""The rules of the house: what the texts promise about the sources, the registers and the project files."""

from __future__ import annotations

import ast
import contextlib
import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sim import inputs, packaged
from sim.columns import COLUMNS, SHARED
from sim.parameters import PARAMETERS
from sim.quantities import CONFIDENCE_MEANS, SOURCE_MEANS, Quantity
from sim.structure import STRUCTURE

ROOT = Path(__file__).resolve().parent.parent
SIM = ROOT / "sim"
MECHANISMS = sorted(path for path in (SIM / "mechanisms").glob("*.py") if path.name != "__init__.py")
MODULES = sorted(path for path in SIM.rglob("*.py") if "scenarios" not in path.relative_to(SIM).parts)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REGISTERS: dict[str, dict[str, Quantity]] = {
    "parameters": PARAMETERS,
    "structure": STRUCTURE,
    "organisations": inputs.ORGANISATION,
    "neighbourhoods": inputs.NEIGHBOURHOOD,
    "collaborations": inputs.COLLABORATION,
    "relations": inputs.RELATION,
    "spanners": inputs.SPANNER,
}
QUANTITIES = [
    pytest.param(quantity, id=f"{register}.{name}")
    for register, quantities in REGISTERS.items()
    for name, quantity in quantities.items()
]

# What the compiled rules are made of: the files whose functions run inside a month.
KERNELS = [
    *MECHANISMS,
    *(SIM / f"{name}.py" for name in ("conduct", "log", "partners", "randomness", "rules", "schedule")),
]
WITH_KERNELS = [*KERNELS, *(SIM / f"{name}.py" for name in ("engine", "outcomes", "population"))]

KNOWN_TO_MECHANISMS = {
    "sim.columns", "sim.compiled", "sim.conduct", "sim.inputs", "sim.log", "sim.parameters", "sim.partners", "sim.randomness",
    "sim.rules", "sim.structure", "__future__", "math", "numpy", "typing",
}  # fmt: skip


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(path: Path) -> Iterator[str]:
    """Give the name of every module that a file imports, wherever in it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            if node.module == "sim":
                yield from (f"sim.{alias.name}" for alias in node.names)
            else:
                yield str(node.module)


def compiled_functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(decorator, ast.Name) and decorator.id in {"allocating", "compiled", "entry"}
            for decorator in node.decorator_list
        ):
            yield node


def attributes_read(*paths: Path) -> set[str]:
    """Return every attribute that is read (not: only written) somewhere in these files."""
    return {
        node.attr
        for path in paths
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }


def texts(path: Path) -> set[str]:
    """Return the strings of a file that stand in its code, docstrings left out."""
    module = tree(path)
    documentation = {
        id(node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return {
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
    }


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


# ---------------------------------------------------------------------------------------------- who knows whom


def test_imports_point_one_way() -> None:
    pytest.importorskip("importlinter")
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False, encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MECHANISMS, ids=lambda path: path.stem)
def test_mechanism_knows_only_what_it_may(path: Path) -> None:
    known = {name for name in imported(path) if not name.startswith("sim.mechanisms.")}
    assert known <= KNOWN_TO_MECHANISMS
    assert "sim.mechanisms.phases" not in imported(path), "the phase is derived, and no mechanism reads it"


def test_schedule_calls_every_mechanism_in_the_order_of_their_numbers() -> None:
    schedule = tree(SIM / "schedule.py")
    home = {
        alias.name: str(node.module).rsplit(".", 1)[1]
        for node in ast.walk(schedule)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("sim.mechanisms.")
        for alias in node.names
    }
    month = next(node for node in ast.walk(schedule) if isinstance(node, ast.FunctionDef) and node.name == "month")
    called = [
        home[node.value.func.id]
        for node in month.body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name)
    ]
    first_lines = {path.stem: ast.get_docstring(tree(path)) or "" for path in MECHANISMS}
    halves = {name for name, text in first_lines.items() if re.match(r"\d+b\. ", text)} | {"diagnosis"}
    in_order = [name for name in dict.fromkeys(called) if name not in halves]
    assert sorted([*in_order, *halves]) == [path.stem for path in MECHANISMS]
    numbers = [int(match[1]) for name in in_order if (match := re.match(r"(\d+)\. ", first_lines[name]))]
    assert numbers == list(range(1, 15))
    assert in_order[-1] == "phases"
    assert {int(first_lines[name].split("b.")[0]) for name in halves - {"diagnosis"}} <= set(numbers)


# ---------------------------------------------------------------------------------------------- mechanisms


@pytest.mark.parametrize("path", MECHANISMS, ids=lambda path: path.stem)
def test_mechanism_tells_its_story_in_one_screen(path: Path) -> None:
    length = len(path.read_text(encoding="utf-8").splitlines())
    assert 40 <= length <= 250, f"{length} lines"


@pytest.mark.parametrize("path", MECHANISMS, ids=lambda path: path.stem)
def test_mechanism_says_what_why_and_how(path: Path) -> None:
    story = ast.get_docstring(tree(path)) or ""
    missing = [
        part for part in (r"What\.", r"Why\.", r"Equations?\b") if not re.search(f"^{part}", story, re.MULTILINE)
    ]
    assert not missing
    assert re.search(r"\[(V|H|L|A)\b", story), "no source"


@pytest.mark.parametrize("path", WITH_KERNELS, ids=lambda path: path.stem)
def test_no_rule_knows_a_framework_by_name(path: Path) -> None:
    frameworks = set(packaged.shipped("frameworks"))
    assert len(frameworks) >= 5
    assert not frameworks & texts(path)
    for function in compiled_functions(path):
        names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        names |= {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
        assert not {name for name in names if "framework" in name}
        assert not (frameworks - {"building"}) & names  # a building is also a thing that mechanisms see


REDUCTIONS = {
    "all", "any", "average", "cumprod", "cumsum", "dot", "einsum", "inner", "linalg", "matmul", "max", "mean", "median",
    "min", "nanmean", "nansum", "prod", "ptp", "std", "sum", "trace", "var", "vdot",
}  # fmt: skip
NOT_THE_SAME_EVERYWHERE = {"exp", "log", "log10", "log1p", "expm1", "power", "tanh", "sqrt", "sin", "cos"}


@pytest.mark.parametrize("path", WITH_KERNELS, ids=lambda path: path.stem)
def test_rules_compute_the_same_compiled_interpreted_and_anywhere(path: Path) -> None:
    """Interpreted and compiled differ in powers; NumPy's sums and curves differ between versions and machines."""
    scope: list[ast.AST] = [tree(path)] if path in KERNELS else list(compiled_functions(path))
    assert scope
    for node in (node for part in scope for node in ast.walk(part)):
        where = f"{short(path)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.BinOp | ast.AugAssign):
            assert not isinstance(node.op, ast.Pow), f"{where}: a power; write products"
            assert not isinstance(node.op, ast.MatMult), f"{where}: a NumPy reduction"
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute):
                of_numpy = isinstance(called.value, ast.Name) and called.value.id in {"np", "numpy"}
                of_math = isinstance(called.value, ast.Name) and called.value.id == "math"
                assert of_math or called.attr not in REDUCTIONS, f"{where}: a NumPy reduction"
                assert not (of_numpy and called.attr in NOT_THE_SAME_EVERYWHERE), f"{where}: math.* instead of NumPy"
            elif isinstance(called, ast.Name):
                assert called.id not in {"pow", "sum", "prange"}, f"{where}: {called.id}"


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_nothing_is_compiled_loosely(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.keyword) and node.arg in {"fastmath", "parallel"}:
            assert isinstance(node.value, ast.Constant), f"{short(path)}:{node.lineno}"
            assert node.value.value is False, f"{short(path)}:{node.lineno}"


# ---------------------------------------------------------------------------------------------- registers


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_quantity_is_documented_and_in_range(quantity: Quantity) -> None:
    for text in (quantity.name, quantity.unit, quantity.reason, quantity.where, quantity.meaning):
        assert text.strip()
    assert quantity.kind in {"constant", "uncertainty", "lever"}
    assert quantity.source in SOURCE_MEANS
    assert quantity.confidence in CONFIDENCE_MEANS
    assert quantity.least <= quantity.low <= quantity.default <= quantity.high <= quantity.most
    for default in quantity.by_kind.values():
        assert quantity.least <= default <= quantity.most
    if quantity.kind == "uncertainty":
        assert quantity.low < quantity.high
    if quantity.choices:
        assert quantity.most == len(quantity.choices) - 1
    if quantity.whole or quantity.choices:
        assert all(value == int(value) for value in (quantity.default, quantity.low, quantity.high))
    assert quantity.source != "A" or quantity.confidence == "low", "an assumption cannot be more than that"


def test_every_parameter_is_read() -> None:
    read: set[str] = set()
    for path in WITH_KERNELS:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                row = ast.unparse(node.value)
                if row == "p" or row.endswith(".parameters[0]"):
                    read.add(node.attr)
    assert sorted(PARAMETERS.keys() - read) == []
    assert sorted(read - PARAMETERS.keys()) == []


def test_every_structural_attribute_is_read_by_a_mechanism() -> None:
    read: set[str] = set()
    for path in MECHANISMS:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                row = ast.unparse(node.value)
                if row == "structure" or ".structures[" in row:
                    read.add(node.attr)
    assert sorted(STRUCTURE.keys() - read) == []


@pytest.mark.parametrize("register", ["organisations", "neighbourhoods", "collaborations", "relations", "spanners"])
def test_every_input_is_read(register: str) -> None:
    read = attributes_read(*WITH_KERNELS) | texts(SIM / "population.py")
    assert sorted(REGISTERS[register].keys() - read) == []


def test_columns_are_documented_owned_and_named_once() -> None:
    owners = {path.stem for path in MECHANISMS} | {"log", "population", "schedule"}
    for column in COLUMNS:
        assert column.unit.strip(), column
        assert column.meaning.strip(), column
        assert column.owner in owners, column
    counts = Counter((column.entity, column.name) for column in COLUMNS)
    assert [name for name, count in counts.items() if count > 1] == []


def test_columns_can_be_fields_of_a_record_array() -> None:
    taken = set(dir(np.recarray)) | set(dir(np.record))
    assert sorted({column.name for column in COLUMNS} & taken) == []


def test_shared_columns_exist_and_name_their_writers() -> None:
    known = {f"{column.entity}.{column.name}" for column in COLUMNS}
    assert sorted(SHARED.keys() - known) == []
    writers = {path.stem for path in MECHANISMS} | {"log", "population", "schedule"}
    assert sorted({name for names in SHARED.values() for name in names} - writers) == []


# ---------------------------------------------------------------------------------------------- project files


def test_readme_map_names_every_module_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = re.search(r"```text\n(sim/\n.*?)```", readme, re.DOTALL)
    assert section, "no map of sim/"
    mapped: Counter[str] = Counter()
    folders = [""]
    for line in section[1].splitlines()[1:]:
        match = re.match(r"( +)([\w/.]+)( {2,}\S.*)?$", line)
        if match is None:
            assert re.match(r" {20,}\S", line), f"not a line of the map: {line!r}"  # a second line of words
            continue
        depth, name = len(match[1]) // 2, match[2]
        assert match[3], f"no words for {name}"
        folders = [*folders[:depth], name if name.endswith("/") else ""]
        if not name.endswith("/"):
            mapped["".join(folders[:depth]) + name] += 1
    missing = {str(path.relative_to(SIM).as_posix()) for path in MODULES if path.name != "__init__.py"}
    missing |= {path.relative_to(SIM).as_posix() for path in (SIM / "__init__.py",) if path.exists()}
    assert sorted(missing - mapped.keys()) == []
    assert sorted(mapped.keys() - missing) == []
    assert [name for name, count in mapped.items() if count > 1] == []


def test_version_is_the_same_everywhere() -> None:
    version = PROJECT["version"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(rf'^version: "?{re.escape(version)}"?$', citation, re.MULTILINE)
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[?{re.escape(version)}\]?", changelog, re.MULTILINE)
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):  # a working copy need not be installed
        assert importlib.metadata.version("vital-coalitions") == version


def test_set_up_is_two_commands_and_the_checks_run_the_same() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    check = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/coalitions compare roosendaal" in readme
    assert "python3 -m venv .venv && .venv/bin/pip install '.[test]' && .venv/bin/pytest" in readme
    assert "install --quiet ${constraints[@]+\"${constraints[@]}\"} '.[test]'" in check
    assert '"$bin/coalitions" run roosendaal' in check
    assert check.rstrip().splitlines()[-1].startswith('"$bin/pytest"')


def test_shipped_files_travel_with_the_package() -> None:
    ours = {path.relative_to(ROOT / "scenarios"): path.read_bytes() for path in (ROOT / "scenarios").rglob("*.toml")}
    folder = packaged.shipped_folder()
    assert {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.toml")} == ours
    assert {"kaatsheuvel", "tilburg", "roosendaal"} <= set(packaged.shipped())


def declared(lines: list[str]) -> set[str]:
    return {re.match(r"[\w.-]+", line)[0].lower().replace("-", "_") for line in lines}  # type: ignore[index]


def test_dependencies_are_those_that_the_code_imports() -> None:
    imports = {name.split(".")[0] for path in MODULES for name in imported(path)}
    called = {"sklearn": "scikit_learn"}  # where the import has another name
    foreign = {called.get(name, name).lower() for name in imports - set(sys.stdlib_module_names) - {"sim"}}
    unasked = {"networkx"}  # Mesa imports it without asking for it
    extras = {
        each for name, lines in PROJECT["optional-dependencies"].items() if name != "test" for each in declared(lines)
    }
    assert foreign <= declared(PROJECT["dependencies"]) | extras
    assert declared(PROJECT["dependencies"]) - unasked <= foreign


def test_constraints_name_one_version_of_each_and_no_address() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", line)] == []
    assert not [line for line in lines if "://" in line]
    names = [line.partition("==")[0].lower().replace("-", "_") for line in pins]
    assert len(set(names)) == len(names)
    asked = declared(PROJECT["dependencies"]) | declared(PROJECT["optional-dependencies"]["test"])
    assert sorted(asked - set(names)) == []
