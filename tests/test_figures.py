"""The figures: the same bytes, words for all they show, ids of their own, nothing computed that is not there."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest
from comparisons import small
from hypothesis import given
from hypothesis import strategies as st

from sim.comparison import Comparison
from sim.figures import (
    BETTER,
    HEADLINES,
    NAMES,
    QUESTIONS,
    STANDINGS,
    Drawn,
    draw,
    glyphs,
    hundred,
    pairs,
    shown_outcomes,
    standing,
)
from sim.language import LANGUAGES, language
from sim.mechanisms.diagnosis import BINDINGS
from sim.structure import LEVELS

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return small()


@pytest.fixture(scope="module")
def drawn(comparison: Comparison) -> list[Drawn]:
    """Return all figures in Dutch, whose words are the longest."""
    return draw(comparison, language("nl"))


def shapes(figures: list[Drawn]) -> Iterator[tuple[Drawn, str]]:
    for figure in figures:
        yield figure, figure.wide
        yield figure, figure.narrow


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8).filter(lambda parts: sum(parts) > 0.01))
def test_hundredths_add_up_and_are_each_rounded_up_or_down(parts: list[float]) -> None:
    shares = [part / sum(parts) for part in parts]
    counts = hundred(shares)
    assert sum(counts) == 100
    assert all(abs(count - 100 * share) < 1 + 1e-9 for count, share in zip(counts, shares, strict=True))


def test_hundredths_by_hand() -> None:
    assert hundred([1 / 3, 1 / 3, 1 / 3]) == [34, 33, 33]
    assert hundred([0.005, 0.995]) == [1, 99] or hundred([0.005, 0.995]) == [0, 100]
    assert hundred([0.126, 0.874]) == [13, 87]


def test_where_runs_stand_is_what_the_shares_say(comparison: Comparison) -> None:
    last = comparison.arms[0].scenario.months
    for arm in comparison.arms:
        runs = comparison.runs[comparison.runs["arm"] == arm.key]
        over = runs["dissolved_month"].notna()
        counts = standing(comparison, arm.key)
        assert list(counts) == list(STANDINGS)
        assert sum(counts.values()) == 100
        assert abs(counts["over"] - 100 * over.mean()) < 1
        assert abs(counts["working"] - 100 * ((runs["phase"] == 3) & ~over).mean()) < 1
        shares = comparison.phase_shares
        own = shares[(shares["arm"] == arm.key) & (shares["month"] == last)]["share"]
        assert own.sum() == pytest.approx(1.0)


def test_pairs_of_many_arms_are_those_with_the_first(comparison: Comparison) -> None:
    assert pairs(comparison) == [
        ("building", "covenant"), ("building", "client_contractor"), ("covenant", "client_contractor"),
    ]  # fmt: skip


def test_outcomes_are_shown_in_their_order_and_have_a_better_side(comparison: Comparison) -> None:
    shown = shown_outcomes(comparison)
    assert shown == [name for name in HEADLINES if name in shown]
    assert len(shown) == len(HEADLINES)
    assert all(BETTER[name] in (-1, 1) for name in HEADLINES)


def test_there_are_words_for_all_that_is_drawn() -> None:
    for code in LANGUAGES:
        words = language(code)
        keys = [f"{table}.{name}" for table in ("title", "about") for name in NAMES]
        keys += [f"binding.{name}" for name in BINDINGS] + [f"level.{name}" for name in LEVELS]
        keys += [f"question.{name}" for name in QUESTIONS] + [
            f"end.{end}" for ends in QUESTIONS.values() for end in ends
        ]
        keys += [f"outcome.{name}" for name in HEADLINES]
        for key in keys:
            assert words.text(f"figures.{key}", arms="A")


def test_every_figure_is_well_formed_and_named(drawn: list[Drawn]) -> None:
    assert [figure.name for figure in drawn] == list(NAMES)
    for figure, svg in shapes(drawn):
        root = ET.fromstring(svg)
        assert root.get("role") == "img"
        named = root.get("aria-labelledby", "").split()
        by_id = {each.get("id"): each for each in root.iter() if each.get("id")}
        assert [by_id[each].tag for each in named] == [f"{SVG}title", f"{SVG}desc"]
        assert by_id[named[0]].text == figure.title
        assert root.get("viewBox")
        assert root.get("width") is None
        assert figure.png.startswith(b"\x89PNG")


def test_ids_are_those_of_one_figure_and_all_references_lead_somewhere(drawn: list[Drawn]) -> None:
    seen: set[str] = set()
    for _, svg in shapes(drawn):
        ids = re.findall(r'\bid="([^"]+)"', svg)
        assert len(set(ids)) == len(ids)
        assert not seen & set(ids)
        seen |= set(ids)
        asked = re.findall(r'(?:href="#|url\(#)([^")]+)', svg)
        assert set(asked) <= set(ids)
        assert asked


def test_letters_are_told_once_for_a_page(drawn: list[Drawn]) -> None:
    letters = set(re.findall(r'id="([^"]+)"', glyphs(drawn)))
    assert letters
    for figure in drawn:
        for shape in ("wide", "narrow"):
            inline = figure.inline(shape)
            ids = set(re.findall(r'\bid="([^"]+)"', inline))
            assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', inline)) <= ids | letters
            assert not ids & letters
            assert "http" not in inline


def test_nothing_tells_when_or_where_a_figure_was_made(drawn: list[Drawn]) -> None:
    for _, svg in shapes(drawn):
        assert "<metadata" not in svg
        assert "<!--" not in svg
        assert "Matplotlib" not in svg
        assert set(re.findall(r"https?://[^\"]+", svg)) == {"http://www.w3.org/2000/svg"}


def test_the_same_comparison_gives_the_same_bytes(comparison: Comparison) -> None:
    names = ("differences", "money")
    once, again = (draw(comparison, language("en"), names) for _ in range(2))
    assert once == again


def test_languages_differ_in_words_and_not_in_what_is_drawn(comparison: Comparison) -> None:
    english, dutch = (draw(comparison, language(code), ["expectations"])[0] for code in LANGUAGES)
    assert english.title != dutch.title
    assert english.wide != dutch.wide
    ratios = [re.search(r'viewBox="([^"]+)"', each.wide) for each in (english, dutch)]
    assert ratios[0] and ratios[1] and ratios[0][1] == ratios[1][1]


def test_drawing_leaves_the_settings_of_matplotlib_alone(comparison: Comparison) -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    draw(comparison, language("nl"), ["money"])
    assert dict(mpl.rcParams) == before
