"""Whatever is fed to it: a scenario comes out, or one readable error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_scenario import FESTIVE, VILLAGE

from sim.inputs import ORGANISATION, RELATION
from sim.paths import copied
from sim.quantities import Quantity
from sim.scenario import Scenario, ScenarioError, from_dict, load, loads, parse_set
from sim.structure import STRUCTURE
from sim.toml_source import write

READY = tomli.loads(FESTIVE)
del READY["schema"]
TREE: dict[str, Any] = tomli.loads(VILLAGE)
TREE["interventions"].append({"use": READY, "month": 4, "until": 9})
TEXT = write(TREE)

WORDS = sorted({word for word in TEXT.replace("=", " ").split() if len(word) < 30})
SCRAPS = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(["[", "]", "[[", "]]", "{", "}", '"', "'", '"""', "=", ".", ",", "#", "\n", "\\", "\0", "\ud800", "\ufeff"]),
    st.sampled_from(["nan", "-inf", "1e999", "-1", "0x10", "true", "1979-05-27", "07:32:00", "9" * 30, "{}", "[]", "[{}]"]),
    st.text(max_size=8),
)  # fmt: skip
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.dates(), st.sampled_from(WORDS)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from([*WORDS, "id", "set"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def survives(text: str) -> None:
    try:
        one = loads(text, "village.toml")
    except ScenarioError as error:
        assert error.problems
        assert all(problem.message for problem in error.problems)
        str(error).encode("utf-8", "surrogatepass")
    else:
        assert_complete(one)


def assert_complete(one: Scenario) -> None:
    assert isinstance(one, Scenario)
    again = loads(one.to_toml())
    assert again == one
    assert again.changes() == one.changes()
    assert again.timed_spanners() == one.timed_spanners()
    assert again.timed_events() == one.timed_events()


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, 12), SCRAPS), min_size=1, max_size=4))
def test_texts_with_scraps(cuts: list[tuple[int, int, str]]) -> None:
    text = TEXT
    for at, length, scrap in cuts:
        text = text[:at] + scrap + text[at + length :]
    survives(text)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_lines_left_out_doubled_and_swapped(data: st.DataObject) -> None:
    lines = TEXT.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        first, second = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        action = data.draw(st.sampled_from(["drop", "double", "swap"]))
        if action == "drop":
            del lines[first]
        elif action == "double":
            lines.insert(second, lines[first])
        else:
            lines[first], lines[second] = lines[second], lines[first]
    survives("\n".join(lines))


def _spots(tree: Any) -> list[tuple[Any, Any]]:
    spots: list[tuple[Any, Any]] = []
    pending = [tree]
    while pending:
        node = pending.pop()
        for key in node if isinstance(node, dict) else range(len(node)):
            spots.append((node, key))
            if isinstance(node[key], dict | list):
                pending.append(node[key])
    return spots


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_trees_with_other_values(data: st.DataObject) -> None:
    tree = copied(TREE)
    for _ in range(data.draw(st.integers(1, 2))):
        spots = _spots(tree)
        node, key = spots[data.draw(st.integers(0, len(spots) - 1))]
        other_node, other_key = spots[data.draw(st.integers(0, len(spots) - 1))]
        value = data.draw(st.one_of(VALUES, st.just(copied(other_node[other_key]))))
        if isinstance(node, dict) and data.draw(st.booleans()):
            node[data.draw(st.sampled_from(WORDS))] = value
        else:
            node[key] = value
    try:
        one = from_dict(tree)
    except ScenarioError as error:
        str(error)
    else:
        assert_complete(one)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=5), st.sampled_from(["*", "kind:care", "homes+welfare"])), max_size=5), SCRAPS)  # fmt: skip
def test_sets(words: list[str], scrap: str) -> None:
    try:
        path, value = parse_set(".".join(words) + "=" + scrap)
        loads(VILLAGE, sets=[(path, value), (path, value)])
    except ScenarioError as error:
        str(error)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_bytes(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "odd.toml"
    file.write_bytes(data)
    try:
        load(file)
    except ScenarioError as error:
        str(error)


def values_of(register: dict[str, Quantity]) -> st.SearchStrategy[dict[str, Any]]:
    def one(quantity: Quantity) -> st.SearchStrategy[Any]:
        if quantity.choices:
            return st.sampled_from(quantity.choices)
        if quantity.whole:
            return st.integers(int(quantity.least), int(quantity.most))
        return st.floats(quantity.least, quantity.most, allow_nan=False)

    return st.fixed_dictionaries({}, optional={name: one(quantity) for name, quantity in register.items()})


WITHOUT_VIEWS = {name: quantity for name, quantity in ORGANISATION.items() if not name.startswith("view_")}
TITLES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=150, deadline=None)
@given(values_of(WITHOUT_VIEWS), values_of(STRUCTURE), values_of(STRUCTURE), values_of(RELATION), TITLES, st.booleans())
def test_written_out_it_is_the_same(
    inputs: dict[str, Any],
    structure: dict[str, Any],
    later: dict[str, Any],
    relation: dict[str, Any],
    title: str,
    backwards: bool,
) -> None:
    tree = copied(TREE)
    tree["title"] = {"en": title, "nl": title[::-1]}
    tree["organisations"][1].update(inputs)
    tree["collaborations"][0]["structure"] = structure
    tree["relations"][1].update(relation)
    tree["interventions"].append({
        "id": "later", "month": 7, "set": {f"collaborations.*.structure.{name}": value for name, value in later.items()},
    })  # fmt: skip
    if backwards:
        tree["organisations"].reverse()
    assert_complete(from_dict(tree))
