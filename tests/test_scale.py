"""Work in proportion: what is read, built and held grows with the organisations and not faster. Counts, never times."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from types import FrameType
from typing import Any

import pytest

from sim.language import language
from sim.population import build
from sim.region import Region
from sim.scenario import Scenario, estimate_size, loads

SMALL, LARGE = 200, 1600


@cache
def region(organisations: int) -> tuple[str, Scenario]:
    text = Region("scale", organisations).text(language("en"))
    return text, loads(text)


def lines_run(work: Callable[[], Any]) -> int:
    """Return how many lines of Python a piece of work runs: a measure that does not hang on the machine."""
    count = 0

    def line(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return line

    before = sys.gettrace()
    sys.settrace(line)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def ratio(measure: Callable[[int], float]) -> float:
    """Return the growth per organisation from a small region to one eight times as large."""
    return (measure(LARGE) / LARGE) / (measure(SMALL) / SMALL)


def test_the_state_grows_with_the_organisations() -> None:
    layouts = {size: build(region(size)[1]).layout for size in (SMALL, LARGE)}
    for entity, rows in layouts[SMALL].counts:
        if rows > 1:
            grown = ratio(lambda size, entity=entity: dict(layouts[size].counts)[entity])
            assert 0.8 < grown < 1.25, entity
    assert 0.8 < ratio(lambda size: layouts[size].cells) < 1.25
    assert 0.8 < ratio(lambda size: layouts[size].log_rows) < 1.25
    assert 0.8 < ratio(lambda size: estimate_size(region(size)[1]).memory_bytes) < 1.25


def test_reading_takes_work_in_proportion() -> None:
    assert 0.5 < ratio(lambda size: lines_run(lambda: loads(region(size)[0]))) < 1.25


@pytest.mark.slow
def test_building_takes_work_in_proportion() -> None:
    assert 0.5 < ratio(lambda size: lines_run(lambda: build(region(size)[1]))) < 1.25


def test_settings_for_all_take_work_in_proportion() -> None:
    def replaced(size: int) -> float:
        return lines_run(lambda: region(size)[1].replace({"organisations.kind:care.tendered_share": 0.2}))

    assert 0.5 < ratio(replaced) < 1.25


def test_interventions_for_all_take_work_in_proportion() -> None:
    def changed(size: int) -> float:
        scenario = region(size)[1].with_interventions(
            {"use": "middle_meetings", "month": 12}, {"use": "unearmarking", "month": 24}
        )
        return lines_run(scenario.changes)

    assert 0.5 < ratio(changed) < 1.25
