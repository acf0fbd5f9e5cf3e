"""The report: complete in both languages, one file, safe, true to the comparison, and fit for every reader."""

from __future__ import annotations

import ast
import re
import string
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from comparisons import small, with_titles

from sim.comparison import Comparison
from sim.figures import NAMES, draw, shown_outcomes, standing
from sim.inputs import ORGANISATION_KINDS
from sim.language import LANGUAGES, catalogue, language
from sim.parameters import PARAMETERS
from sim.report import render, write_report
from sim.report.facts import LIMITS, STALLS, TERMS, Facts
from sim.results import ResultsError
from sim.structure import STRUCTURE

SIM = Path(__file__).resolve().parent.parent / "sim"
HOSTILE = "</script><b>&\"'{{ 7 * 7 }}$x^2$ --> ]]>"


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return small()


@pytest.fixture(scope="module")
def folders(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = {}
    for code in LANGUAGES:
        made[code] = tmp_path_factory.mktemp(code)
        write_report(comparison, made[code], code, command=["coalitions", "compare", "roosendaal", "--runs", "40"])
    return made


@pytest.fixture(scope="module")
def pages(folders: dict[str, Path]) -> dict[str, str]:
    return {code: (folder / "report.html").read_text("utf-8") for code, folder in folders.items()}


class Reader(HTMLParser):
    """Reads a page: its elements in order, its text without what stands in figures, its tables."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.starts: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.starts.append((tag, dict(attrs)))
        self._hidden += tag in ("svg", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("svg", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


# ---------------------------------------------------------------- words


def test_there_are_words_for_all_that_can_be_told() -> None:
    wanted = {f"report.attribute.{name}" for name in STRUCTURE}
    wanted |= {f"report.parameter.{name}" for name, each in PARAMETERS.items() if each.kind == "uncertainty"}
    wanted |= {f"report.value.{choice}" for each in STRUCTURE.values() for choice in each.choices}
    wanted |= {f"report.kind.{kind}" for kind in ORGANISATION_KINDS}
    wanted |= {f"report.{table}.{state}" for table in ("stall", "stall_name") for state in STALLS}
    wanted |= {f"report.limit.{name}" for name in LIMITS}
    wanted |= {f"report.{table}.{name}" for table in ("term", "explained") for name in TERMS}
    for code in LANGUAGES:
        assert sorted(wanted - catalogue(code).keys()) == []


def test_no_words_are_without_use() -> None:
    """Every message of the report and of the figures is asked for by its key, or by a key that begins like it."""
    asked: set[str] = set()
    begun: set[str] = set()
    for path in (SIM / "figures.py", *(SIM / "report").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                asked.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                begun.add(str(node.values[0].value))
            elif isinstance(node, ast.JoinedStr):  # f"{table}.{name}"
                begun |= {"attribute.", "parameter."}
    page = (SIM / "report" / "page.html").read_text("utf-8")
    asked |= set(re.findall(r't\(["\']([\w.]+)["\']', page))
    begun |= set(re.findall(r't\("([\w.]+)" ~', page))
    short = {name for name in asked if "." not in name}
    for key in catalogue("en"):
        table, _, rest = key.partition(".")
        if table not in ("report", "figures"):
            continue
        ends = rest.rpartition(".")
        by_start = any(start.rpartition("figures.")[2].startswith(f"{ends[0]}.") for start in begun if "." in start)
        by_start = by_start or any(rest.startswith(start) for start in begun if "." in start)
        assert rest in asked or by_start or (rest in short), key


def test_placeholders_are_the_same_in_both_languages() -> None:
    english, dutch = (catalogue(code) for code in LANGUAGES)
    for key in english:
        if key.startswith(("report.", "figures.")):
            places = [
                {name for _, name, _, _ in string.Formatter().parse(str(each[key])) if name}
                for each in (english, dutch)
            ]
            assert places[0] == places[1], key


def test_dutch_is_dutch(pages: dict[str, str]) -> None:
    english, dutch = (catalogue(code) for code in LANGUAGES)
    same = {key for key in english if key.startswith(("report.", "figures.")) and english[key] == dutch[key]}
    without_places = {key: re.sub(r"\{\w+\}", "", str(english[key])) for key in same}
    words = {word for text in without_places.values() for word in re.findall(r"[A-Za-z]{2,}", text)}
    assert words <= {"partner", "open", "contract"}
    own = Reader(pages["nl"]).text.partition("coalitions compare")[0]
    assert not re.search(r"\b(the|and|with|runs|floor)\b", own)
    assert '<html lang="nl">' in pages["nl"]


# ---------------------------------------------------------------- the file


def test_the_folder_holds_report_and_figures(folders: dict[str, Path]) -> None:
    for folder in folders.values():
        names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert names == {"report.html"} | {f"figures/{name}.{kind}" for name in NAMES for kind in ("svg", "png")}


@pytest.mark.parametrize("code", LANGUAGES)
def test_report_is_one_file_that_asks_for_nothing(pages: dict[str, str], code: str) -> None:
    page = pages[code]
    assert "http:" not in page
    assert "https:" not in page
    assert "@import" not in page
    assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", page)
    for tag, attributes in Reader(page).starts:
        assert tag not in ("script", "link", "img", "iframe", "object", "embed", "base")
        assert "src" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")


@pytest.mark.parametrize("code", LANGUAGES)
def test_ids_are_unique_and_links_lead_somewhere(pages: dict[str, str], code: str) -> None:
    starts = Reader(pages[code]).starts
    ids = [str(attributes["id"]) for _, attributes in starts if "id" in attributes]
    assert len(ids) == len(set(ids))
    asked = {str(attributes["href"])[1:] for _, attributes in starts if attributes.get("href")}
    asked |= {each for _, attributes in starts for each in (attributes.get("aria-labelledby") or "").split()}
    assert asked <= set(ids)


@pytest.mark.parametrize("code", LANGUAGES)
def test_headings_go_down_one_by_one_and_tables_have_headers(pages: dict[str, str], code: str) -> None:
    starts = [tag for tag, _ in Reader(pages[code]).starts]
    levels = [int(tag[1]) for tag in starts if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert starts.count("table") == starts.count("caption") == starts.count("thead") > 5
    assert starts.count("figure") == len(NAMES)


def test_the_same_comparison_gives_the_same_bytes(
    comparison: Comparison, folders: dict[str, Path], tmp_path: Path
) -> None:
    write_report(comparison, tmp_path, "en", command=["coalitions", "compare", "roosendaal", "--runs", "40"])
    for path in folders["en"].rglob("*.*"):
        assert path.read_bytes() == (tmp_path / path.relative_to(folders["en"])).read_bytes(), path.name


def test_what_cannot_be_written_or_said_is_told(comparison: Comparison, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here already")
    with pytest.raises(ValueError, match="no language"):
        write_report(comparison, tmp_path, "fr")


def test_a_folder_that_is_a_file_is_told(
    comparison: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.report.draw", lambda comparison, words: draw(comparison, words, []))
    monkeypatch.setattr("sim.report.render", lambda *_: "")
    (tmp_path / "file").write_text("here already")
    with pytest.raises(ResultsError, match="cannot be written"):
        write_report(comparison, tmp_path / "file", "en")


# ---------------------------------------------------------------- hostile titles


def test_titles_of_users_stay_text(comparison: Comparison, pages: dict[str, str]) -> None:
    hostile = with_titles(comparison, HOSTILE)
    figures = draw(hostile, language("en"))
    for code in LANGUAGES:
        page = render(hostile, figures, language(code), [f"coalitions run '{HOSTILE}'"])
        reader = Reader(page)
        assert "<b>" not in page
        assert "</script" not in page
        assert HOSTILE in reader.text
        assert {tag for tag, _ in reader.starts} <= {tag for tag, _ in Reader(pages[code]).starts}
    for figure in figures:
        assert "<b>" not in figure.wide + figure.narrow


# ---------------------------------------------------------------- what it says


@pytest.mark.parametrize("code", LANGUAGES)
def test_it_says_first_and_last_that_it_is_no_forecast(pages: dict[str, str], code: str) -> None:
    words = language(code)
    text = Reader(pages[code]).text
    caution = words.text("report.caution_title")
    assert text.index(caution) < text.index(words.text("report.section.answer"))
    assert text.count(caution) >= 2
    assert words.text("report.caution") in text


@pytest.mark.parametrize("code", LANGUAGES)
def test_numbers_are_those_of_the_comparison(comparison: Comparison, pages: dict[str, str], code: str) -> None:
    words, text = language(code), Reader(pages[code]).text
    for arm in comparison.arms:
        counts = standing(comparison, arm.key)
        working = counts["deep"] + counts["working"]
        assert words.text("report.side.of", count=words.number(working)) in text
        frame = comparison.incidence
        own = frame[(frame["arm"] == arm.key) & (frame["question"] == "to_practice") & (frame["end"] == "practice")]
        row = own[own["month"] == own["month"].max()].iloc[0]
        share = words.text("report.side.of", count=words.number(100 * row["share"]))
        ends = {name: words.number(100 * row[name]) for name in ("low", "high")}
        assert words.text("report.with_range", amount=share, **ends) in text
        total = comparison.costs.loc[comparison.costs["arm"] == arm.key, "keur"].sum()
        assert words.keur(total) in " ".join(text.split(" ")).replace(" ", "\u00a0").replace(
            "\u00a0", " "
        ) or words.keur(total).replace("\u00a0", " ") in text.replace("\u00a0", " ")
        run = comparison.typical[arm.key]
        assert (
            words.text(
                "report.run.story", arm=words.text("format.quoted", text=arm.label[code]), replicate=run.replicate
            )
            in text
        )
    assert f"--runs {comparison.runs_per_arm}" in text


def test_every_difference_stands_in_a_table_with_its_verdict(comparison: Comparison) -> None:
    facts = Facts(comparison, language("en"))
    tables = facts.differences()
    rows = [row for table in tables for row in table["rows"]]
    assert len(rows) == 3 * len(shown_outcomes(comparison))
    by_pair = {table["caption"]: table["rows"] for table in tables}
    own = by_pair["Shared building or Covenant?"]
    names = shown_outcomes(comparison)
    frame = comparison.differences.set_index(["a", "b", "outcome"])
    for name, row in zip(names, own, strict=True):
        found: Any = frame.loc[("building", "covenant", name)]
        said = {
            "a_better": "“Shared building” does better",
            "b_better": "“Covenant” does better",
            "no_difference_worth_naming": "No difference worth naming",
        }
        if found["verdict"] == "open":
            more = int(found["runs_needed"]) - comparison.runs_per_arm
            assert row[-1] == f"Open; {more:,} more runs of each would settle it"
        else:
            assert row[-1] == said[found["verdict"]]


def with_verdicts(comparison: Comparison, verdicts: dict[tuple[str, str], str]) -> Comparison:
    """Return a comparison in which the first sentence is about these verdicts."""
    frame = comparison.differences.copy()
    for (a, b), verdict in verdicts.items():
        there = (frame["a"] == a) & (frame["b"] == b) & (frame["outcome"] == "practice_maturity")
        frame.loc[there, "verdict"] = verdict
        frame.loc[there, "runs_needed"] = 1000.0 if verdict == "open" else float("nan")
    return replace(comparison, differences=frame)


def with_means(comparison: Comparison, means: dict[str, float]) -> Comparison:
    frame = comparison.distributions.copy()
    for arm, mean in means.items():
        frame.loc[(frame["arm"] == arm) & (frame["outcome"] == "practice_maturity"), "mean"] = mean
    return replace(comparison, distributions=frame)


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (("b_better", "b_better"), "With “Client and contractor”, collaboration in practice comes furthest."),
        (
            ("b_better", "no_difference_worth_naming"),
            (
                "“Client and contractor” and “Covenant” bring collaboration in practice about equally far: there is no "
                "difference worth naming. “Shared building” comes less far."
            ),
        ),
        (
            ("b_better", "open"),
            (
                "“Client and contractor” comes furthest in practice; whether that is really further than “Covenant”, these runs "
                "do not settle. “Shared building” comes less far."
            ),
        ),
        (
            ("no_difference_worth_naming", "no_difference_worth_naming"),
            (
                "“Client and contractor”, “Covenant” and “Shared building” bring collaboration in practice about equally far: "
                "there is no difference worth naming."
            ),
        ),
    ],
)
def test_the_first_sentence_follows_the_verdicts(comparison: Comparison, verdicts: tuple[str, str], said: str) -> None:
    ordered = with_means(comparison, {"client_contractor": 0.5, "covenant": 0.45, "building": 0.2})
    against = [("building", "client_contractor"), ("covenant", "client_contractor")]
    made = with_verdicts(ordered, dict(zip(against, verdicts, strict=True)))
    headline = " ".join(Facts(made, language("en")).headline())
    assert headline.startswith(f"{said} It remains hard")


def test_open_verdicts_say_what_would_settle_them(comparison: Comparison) -> None:
    facts = Facts(comparison, language("en"))
    row = {"verdict": "open", "runs_needed": 1040.0}
    assert facts.verdict("building", "covenant", row) == "open; 1,000 more runs of each would settle it"
    assert facts.verdict("building", "covenant", {**row, "runs_needed": float("nan")}) == (
        "open; no number of runs within reach would settle it"
    )
    assert facts.verdict("building", "covenant", {"verdict": "b_more"}) == "more with “Covenant”"


def test_rare_and_nearly_certain_are_not_rounded_away(comparison: Comparison) -> None:
    facts = Facts(comparison, language("en"))
    shares = (0.0, 0.004, 0.006, 0.5, 0.994, 0.9951, 1.0)
    assert [facts.hundred(share) for share in shares] == ["0", "fewer than 1", "1", "50", "99", "more than 99", "100"]


def test_times_are_told_in_years(comparison: Comparison) -> None:
    facts = Facts(comparison, language("nl"))
    assert [facts.time(months) for months in (7, 12, 120, 50)] == ["7 maanden", "één jaar", "10 jaar", "4,2 jaar"]


def test_amounts_have_a_sign_and_a_unit(comparison: Comparison) -> None:
    facts = Facts(comparison, language("en"))
    assert facts.amount("reached_3", -0.253, signed=True) == "−25 of 100"
    assert facts.amount("cost_keur", 6951.2, signed=True) == "k€ +6,951"
    assert facts.amount("practice_maturity", 0.0, signed=True) == "0.00"
    assert facts.amount("practice_maturity", 0.05, signed=False) == "0.05"


def test_arms_where_nobody_came_before_a_step_are_told_so(comparison: Comparison) -> None:
    frame = comparison.incidence.copy()
    nobody = (frame["arm"] == "covenant") & (frame["question"] != "to_practice")
    frame.loc[nobody, ["at_risk", "share", "low", "high"]] = 0
    made = replace(comparison, incidence=frame)
    said = dict(Facts(made, language("en")).ends())
    assert "With “Covenant” no run came before this step." in said["From practice to structuring"]
    assert "With “Covenant” no run came before this step." not in said["From first contact to practice"]


def test_assumptions_come_from_the_registers(comparison: Comparison) -> None:
    facts = Facts(comparison, language("en"))
    uncertain = facts.uncertain()["rows"]
    assert len(uncertain) == sum(each.kind == "uncertainty" for each in PARAMETERS.values())
    marks = [row[-1] for row in uncertain]
    assert marks == sorted(marks, key=("low", "medium", "high").index)
    table = facts.arrangements()
    assert table is not None
    rows = {row[0]: row[1:-1] for row in table["rows"]}
    assert rows["What is meant to be signed"] == ["framework agreement", "letter of intent", "none"]
    assert rows["One partner leads"] == ["yes", "no", "yes"]
    alone = replace(comparison, arms=comparison.arms[:1])
    assert Facts(alone, language("en")).arrangements() is None


# ---------------------------------------------------------------- in a browser


def opened(browser: Any, folder: Path, width: int) -> tuple[Any, list[str], list[str]]:
    """Return a page with the report, what it asked for, and what it complained about."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((folder / "report.html").as_uri())
    return page, asked, complaints


@pytest.mark.browser
@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("width", [375, 1100])
def test_axe_finds_nothing(browser: Any, folders: dict[str, Path], code: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page, _, _ = opened(browser, folders[code], width)
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    assert len(found.response["passes"]) > 20
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("code", LANGUAGES)
def test_it_opens_without_network_and_fits_a_phone(browser: Any, folders: dict[str, Path], code: str) -> None:
    for width in (320, 375, 768, 1100):
        page, asked, complaints = opened(browser, folders[code], width)
        assert asked == [(folders[code] / "report.html").as_uri()]
        assert complaints == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        shown = page.evaluate(
            "[...document.querySelectorAll('figure svg')].filter(each => each.getBoundingClientRect().width > 0).length"
        )
        assert shown == len(NAMES)
        page.close()


@pytest.mark.browser
@pytest.mark.parametrize("code", LANGUAGES)
def test_it_prints_within_the_page(browser: Any, folders: dict[str, Path], code: str, tmp_path: Path) -> None:
    page, _, _ = opened(browser, folders[code], 1100)
    page.pdf(path=str(tmp_path / "report.pdf"), prefer_css_page_size=True)
    pdf = (tmp_path / "report.pdf").read_bytes()
    boxes = set(re.findall(rb"/MediaBox \[([^\]]+)\]", pdf))
    assert len(boxes) == 1
    width, height = (float(each) for each in boxes.pop().split()[2:])
    assert (round(width), round(height)) in ((595, 842), (596, 842))
    assert 8 <= len(re.findall(rb"/Type /Page\b", pdf)) <= 25
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 665, "height": 900})  # A4 less its margins, in CSS pixels
    assert page.evaluate("document.documentElement.scrollWidth") <= 665
    too_tall = page.evaluate(
        "[...document.querySelectorAll('figure')].filter(each => each.getBoundingClientRect().height > 990).length"
    )
    assert too_tall == 0
    page.close()
