"""The description of the model: made from the present sources, and complete."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from sim.columns import COLUMNS
from sim.inputs import COLLABORATION, NEIGHBOURHOOD, ORGANISATION, RELATION, SPANNER
from sim.log import EVENTS
from sim.outcomes import ORGANISATION_OUTCOMES, OUTCOMES
from sim.parameters import PARAMETERS
from sim.randomness import POINTS
from sim.structure import STRUCTURE

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "docs" / "make_odd.py"
PAGE = ROOT / "docs" / "odd.md"
MECHANISMS = sorted(path for path in (ROOT / "sim" / "mechanisms").glob("*.py") if path.stem != "__init__")


@cache
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_odd", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def block(name: str) -> str:
    text = PAGE.read_text("utf-8")
    return text.partition(f"<!-- {name}: generated")[2].partition(f"<!-- end of {name} -->")[0]


def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text("utf-8")
    assert text == maker().page(text), "python docs/make_odd.py"


def test_check_says_so(tmp_path: Path) -> None:
    """``--check`` passes on the page as it is, and fails once it says something else than the sources."""
    assert subprocess.run([sys.executable, str(SCRIPT), "--check"], cwd=tmp_path, check=False).returncode == 0
    stale = PAGE.read_text("utf-8").replace("`turnover`", "`churn`")
    assert maker().page(stale) == PAGE.read_text("utf-8") != stale


def test_markers_and_blocks_agree() -> None:
    without = re.sub(r"<!-- points: .*?<!-- end of points -->", "", PAGE.read_text("utf-8"), flags=re.DOTALL)
    with pytest.raises(ValueError, match="markers"):
        maker().page(without)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("parameters", tuple(PARAMETERS)),
        ("structure", tuple(STRUCTURE)),
        ("inputs", (*ORGANISATION, *NEIGHBOURHOOD, *COLLABORATION, *RELATION, *SPANNER)),
        ("points", POINTS),
        ("outcomes", tuple(each.name for each in (*OUTCOMES, *ORGANISATION_OUTCOMES))),
        ("entities", tuple(each.name for each in COLUMNS if each.entity not in ("parameters", "structures"))),
    ],
)
def test_every_line_of_a_register_is_there(name: str, wanted: tuple[str, ...]) -> None:
    rows = re.findall(r"^\|(?: \d+ \|)? `(\w+)` \|", block(name), re.MULTILINE)
    assert sorted(rows) == sorted(wanted)


def test_every_event_is_there() -> None:
    assert set(EVENTS) <= set(re.findall(r"`(\w+)`", block("events")))


@pytest.mark.parametrize("path", MECHANISMS, ids=lambda path: path.stem)
def test_every_mechanism_is_told(path: Path) -> None:
    """Each has its heading, its three paragraphs, its rules and its table, and none is told twice."""
    sections = re.split(r"^#### ", block("submodels"), flags=re.MULTILINE)[1:]
    (section,) = [each for each in sections if f"(../sim/mechanisms/{path.name})" in each.partition("\n")[0]]
    for part in ("**What**", "**Why**", "**Equation", "Rules:", "| columns read", "| columns written"):
        assert part in section
    for name in re.findall(r"^def (\w+)", path.read_text("utf-8"), re.MULTILINE):
        assert f"- `{name}(" in section


def test_every_parameter_has_a_reader() -> None:
    """The last cell of a line names the files that read it."""
    for name in ("parameters", "structure"):
        lines = re.findall(r"^\| `\w+` .*\| ([^|]*) \|$", block(name), re.MULTILINE)
        assert len(lines) == len(PARAMETERS if name == "parameters" else STRUCTURE)
        assert all(lines)


def test_links_lead_somewhere() -> None:
    text = PAGE.read_text("utf-8")
    headings = {
        re.sub(r"[^\w\- ]", "", line.lower()).strip().replace(" ", "-")
        for line in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in headings, target
        elif not target.startswith("http"):
            assert (PAGE.parent / target).exists(), target
