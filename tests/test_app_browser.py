"""The app in a real browser: each thing that a student can do, and that everyone can use it."""

from __future__ import annotations

import csv
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright")
pytest.importorskip("starlette")
uvicorn = pytest.importorskip("uvicorn")

from playwright.sync_api import Browser, BrowserContext, Page, expect

from sim.app import server
from sim.compiled import INTERPRETED
from sim.scenario import loads

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(INTERPRETED, reason="runs hundreds of runs"),
]
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    running = uvicorn.Server(server.configuration("127.0.0.1", 2))
    thread = Thread(target=lambda: running.run(sockets=[listening]), daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    running.should_exit = True
    thread.join(10)


class Visit:
    """A page, and what it asked for and complained about."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.address = address
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def go(self, query: str) -> Page:
        self.page.goto(f"{self.address}/?{query}")
        expect(self.page.locator("#app header")).to_be_visible()
        return self.page


def visits(browser: Browser, address: str, **how: Any) -> Iterator[Visit]:
    context = browser.new_context(**{"viewport": {"width": 1366, "height": 850}, **how})
    made = Visit(context, address)
    yield made
    context.close()
    assert made.complaints == []
    hosts = {urlsplit(url).hostname for url in made.asked if url.startswith("http")}
    assert hosts <= {"127.0.0.1"}, "no request leaves this machine"


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    yield from visits(browser, address)


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Visit]:
    yield from visits(browser, address, viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True)


def until(page: Page, holds: str, timeout: float = 20_000) -> None:
    """Wait until something holds in the page; Playwright's own way to wait needs an eval, which the page forbids."""
    end = time.monotonic() + timeout / 1000
    while not page.evaluate(holds):
        assert time.monotonic() < end, f"never: {holds}"
        page.wait_for_timeout(30)


def state(page: Page, what: str) -> Any:
    return page.evaluate(f"coalitions.{what}")


# ---------------------------------------------------------------- 1. see frameworks side by side


def test_frameworks_stand_side_by_side_and_play(visit: Visit) -> None:
    page = visit.go("case=tilburg&frameworks=building,covenant&lang=en")
    expect(page.locator(".row-heads .head h2")).to_have_text(["Shared building", "Covenant"])
    for row in ("network", "ladder", "spread", "maturity", "expectations", "money", "log", "why"):
        expect(page.locator(f".row-{row} .cell:visible")).to_have_count(2)
    assert page.locator(".row-expectations h3").all_text_contents() == ["Boards", "Middle", "Floor"] * 2
    assert state(page, "month") == 0
    page.click("#play")
    until(page, "coalitions.month >= 8")
    page.click("#play")
    stopped = state(page, "month")
    assert not state(page, "playing")
    page.get_by_role("button", name="A month on").click()
    assert state(page, "month") == stopped + 1
    page.get_by_role("button", name="A month back").click()
    page.get_by_role("button", name="A month back").click()
    assert state(page, "month") == stopped - 1
    page.locator("#month").fill("60")
    assert state(page, "month") == 60
    expect(page.locator(".clock")).to_contain_text("month 60 of 120")
    expect(page.locator(".badge").first).to_contain_text("Phase")
    page.get_by_role("button", name="To the start").click()
    assert state(page, "month") == 0


def test_playing_goes_as_fast_as_it_says(visit: Visit) -> None:
    page = visit.go("case=tilburg&lang=en")
    page.locator(".transport select").select_option("30")
    page.click("#play")
    until(page, "coalitions.month >= 120", timeout=30_000)
    expect(page.locator(".clock")).to_contain_text("month 120 of 120")
    assert not state(page, "playing")


def test_the_same_scale_stands_in_every_column(visit: Visit) -> None:
    page = visit.go("case=tilburg&lang=en")
    for row in ("ladder", "maturity", "money"):
        scales = page.evaluate(
            f"""[...document.querySelectorAll('.row-{row} .cell')].map((cell) =>
            [...cell.querySelectorAll('.grid text[text-anchor=end]')].map((tick) => tick.textContent).join())"""
        )
        assert len(set(scales)) == 1
        assert len(scales) == 3


# ---------------------------------------------------------------- 2. change one thing


def test_the_picture_and_the_spread_follow_a_slider(visit: Visit) -> None:
    page = visit.go("case=tilburg&lang=en")
    expect(page.locator(".row-spread .runs").first).to_have_text("From 300 courses.")
    before = state(page, "run.frameworks[1].series.cost_keur[119]")
    slider = page.locator("#c-organisations-earmarked_share")
    assert page.locator(".control").first.locator("label").text_content() == "Earmarked money"
    slider.fill("0.2")
    until(page, f"coalitions.run.frameworks[1].series.cost_keur[119] !== {before}")
    assert "set=organisations.*.earmarked_share=0.2" in page.url.replace("%2A", "*")
    assert state(page, "run.changed") == "sets"
    expect(page.locator(".row-ladder .line.other").first).to_be_attached()
    expect(page.locator(".row-spread .runs").first).to_have_text("From 300 courses.")
    expect(page.locator(".row-spread .summary").first).to_contain_text("Before your change")
    about = page.locator(".control").first.locator(".about")
    about.locator("summary").click()
    expect(about).to_contain_text("bound beforehand")
    expect(about).to_contain_text("V §3.3")
    page.locator(".changed button").first.click()
    expect(page.locator(".changed").first).to_be_hidden()
    page.wait_for_url(lambda url: "set=" not in url)
    until(page, f"coalitions.run.frameworks[1].series.cost_keur[119] === {before}")


def test_while_dragging_only_the_last_wish_counts(visit: Visit) -> None:
    page = visit.go("case=tilburg&frameworks=covenant&lang=en")
    page.evaluate(
        """async () => {
          const slider = document.querySelector('#c-organisations-earmarked_share');
          for (let value = 0.1; value < 0.9; value += 0.02) {
            slider.value = value;
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            await new Promise((done) => setTimeout(done, 16));
          }
        }"""
    )
    until(page, "!coalitions.runs.busy && !coalitions.impressions.busy")
    last = float(page.locator("#c-organisations-earmarked_share").input_value())
    asked = [url for url in visit.asked if "/api/run" in url]
    assert f"earmarked_share={last:g}" in asked[-1]
    expect(page.locator(".row-spread .runs").first).to_have_text("From 300 courses.")


def test_switches_choices_and_the_drawer_change_it_too(visit: Visit) -> None:
    page = visit.go("case=tilburg&lang=en")
    page.locator("details[data-group=competition] > summary").click()
    page.locator("#c-organisations-regime").select_option(label="the winner takes all")
    until(page, "coalitions.run.changed === 'sets'")
    page.locator("details[data-group=drawer] > summary").click()
    page.locator("details[data-group=deciding] > summary").click()
    page.locator("#c-structure-led").select_option(label="on")
    page.wait_for_url("**structure.led=1**")
    page.locator("details[data-group=working] > summary").click()
    page.locator("#c-structure-pilot_first").check()
    page.wait_for_url("**structure.pilot_first=1**")
    assert "regime=winner_takes_all" in page.url
    page.locator("details[data-group=budget] .scope").select_option("thebe")
    page.locator("#c-organisations-earmarked_share").fill("0.5")
    page.wait_for_url("**organisations.thebe.earmarked_share=0.5**")
    expect(page.locator(".chips").first.locator("li")).to_have_count(4)


def test_a_number_nobody_is_sure_of_changes_the_picture(visit: Visit) -> None:
    page = visit.go("case=tilburg&frameworks=covenant&lang=nl")
    before = state(page, "run.frameworks[0].series.practice_maturity.join()")
    page.locator("details[data-group=drawer] > summary").click()
    group = page.locator("details[data-group=uncertain]")
    expect(group.locator("> summary")).to_have_text("Getallen waar niemand zeker van is")
    group.locator("> summary").press("Enter")
    slider = page.locator("#c-parameters-joint_half")
    assert (slider.get_attribute("min"), slider.get_attribute("max"), slider.input_value()) == ("0.14", "0.2", "0.17")
    assert page.locator("#c-parameters-joint_half-usual option").get_attribute("value") == "0.17"
    expect(page.locator("#c-parameters-exit_hazard-value")).to_have_text("0,90% per maand")
    slider.press("End")
    page.wait_for_url("**set=parameters.joint_half=0.2&**")
    until(page, f"coalitions.run.frameworks[0].series.practice_maturity.join() !== '{before}'")
    expect(page.locator(".row-maturity .line.other").first).to_be_attached()
    expect(page.locator("#c-parameters-joint_half-value")).to_have_text("20,0%")
    expect(page.locator(".chips").first.locator("li")).to_have_text(
        "Gereedheid waarbij de helft van de casussen samen wordt opgepakt: 20,0%"
    )
    page.get_by_role("button", name="Ongedaan maken: Gereedheid").first.click()
    page.wait_for_url(lambda url: "set=" not in url)
    until(page, f"coalitions.run.frameworks[0].series.practice_maturity.join() === '{before}'")


def test_another_case_and_other_frameworks(visit: Visit) -> None:
    page = visit.go("case=tilburg&lang=en")
    expect(page.get_by_role("checkbox", name="Informal collaboration")).to_be_disabled()
    page.get_by_role("checkbox", name="Client and contractor").uncheck()
    expect(page.locator(".row-heads .cell")).to_have_count(2)
    page.get_by_role("checkbox", name="Informal collaboration").check()
    expect(page.locator(".row-heads .head h2")).to_have_text(["Shared building", "Covenant", "Informal collaboration"])
    page.locator("#case").select_option("roosendaal")
    page.wait_for_url("**case=roosendaal**")
    expect(page.locator(".network .name").first).to_be_visible()
    assert state(page, "address.frameworks.length") == 3


# ---------------------------------------------------------------- 3. intervene now


def test_intervening_shows_both_futures(visit: Visit) -> None:
    page = visit.go("case=tilburg&month=30&lang=en")
    page.get_by_role("tab", name="Intervene").click()
    expect(page.locator(".when-now")).to_have_text("From March 2007 on:")
    page.locator("#intervention").select_option("boundary_spanner_hired")
    page.click("#do-it")
    page.wait_for_url("**do=boundary_spanner_hired@30**")
    until(page, "coalitions.run.changed === 'doings'")
    for column in range(3):
        own, other = (state(page, f"run.frameworks[{column}].{where}series.cost_keur") for where in ("", "reference."))
        assert own[:29] == other[:29]
        assert own[31] > other[31]
    expect(page.locator(".row-maturity .line.other").first).to_be_attached()
    page.locator("#intervention").select_option("add:organisations.*.earmarked_share:-0.1")
    page.click("#do-it")
    page.wait_for_url("**earmarked_share:-0.1@30**")
    page.locator("#intervention").select_option("middle_meetings")
    page.click("#do-it")
    page.locator("#director").select_option("thebe")
    page.click("#change-director")
    page.wait_for_url("**do=director:thebe:0.8@30**")
    expect(page.locator("#panel-intervene .chips li")).to_have_count(4)
    until(
        page, "coalitions.run.frameworks[0].events.some(([month, kind]) => month === 30 && kind === 'director_changed')"
    )
    expect(page.locator(".row-spread .summary").first).to_contain_text("Without what you did")
    page.locator("#panel-intervene .chips button").first.click()
    expect(page.locator("#panel-intervene .chips li")).to_have_count(3)


# ---------------------------------------------------------------- 4. predict first


def test_predicting_comes_before_seeing(visit: Visit) -> None:
    page = visit.go("case=roosendaal&frameworks=informal,covenant&mode=predict&lang=en")
    expect(page.locator(".rows")).to_be_hidden()
    expect(page.locator(".transport")).to_be_hidden()
    expect(page.get_by_text("What do you think will happen?")).to_be_visible()
    page.click("#reveal")
    assert page.locator("#outcome").count() == 0, "without an answer there is nothing to show"
    for each in page.locator(".guesses select").all():
        each.select_option("3")
    page.locator(".guesses input[type=range]").first.fill("80")
    page.click("#reveal")
    expect(page.locator("#outcome")).to_be_visible(timeout=60_000)
    expect(page.locator(".outcome dd").first).to_have_text("3 practical collaboration")
    expect(page.locator(".outcome").first).to_contain_text("you said 80")
    assert page.locator(".outcome").first.locator(".line.course").count() == 24
    expect(page.locator(".moral")).to_contain_text("come to differ")
    page.get_by_role("button", name="Look how it went").click()
    expect(page.locator(".rows")).to_be_visible()
    assert "mode=" not in page.url


# ---------------------------------------------------------------- 5. ask why


def test_everything_tells_its_value_in_words(visit: Visit) -> None:
    page = visit.go("case=tilburg&frameworks=covenant&month=60&lang=en")
    page.locator(".network .dot").first.hover()
    expect(page.locator(".tip")).to_contain_text("Engagement:")
    expect(page.locator(".tip")).to_contain_text("%")
    page.locator(".network .dot").nth(1).focus()
    page.keyboard.press("ArrowDown")
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert "Engagement:" in label
    assert "Sees phase" in label
    page.locator(".row-maturity .chart").hover()
    expect(page.locator(".tip")).to_contain_text("Practice maturity:")
    page.locator(".row-maturity .chart").click()
    assert state(page, "month") != 60
    page.locator(".row-money summary").first.click()
    expect(page.locator(".row-money table").first).to_contain_text("2006")
    text = page.locator(".row-why .cell").first.text_content() or ""
    assert len(text) > 30
    told = page.locator(".row-log .event:visible").nth(4)
    told.click()
    month = int(page.locator(".row-log li").nth(4).get_attribute("data-month") or 0)
    assert state(page, "month") == month
    few = page.locator(".row-log .event:visible").count()
    page.get_by_label("the many small things too").check()
    assert page.locator(".row-log .event:visible").count() > few


def test_a_stall_says_what_is_binding_and_who_holds_it(visit: Visit) -> None:
    page = visit.go("case=tilburg&frameworks=building&month=110&lang=en")
    column = "run.frameworks[0]"
    text, level, who = state(page, f"{column}.binding[109]")
    expect(page.locator(".stalled")).to_contain_text("Stalled:")
    said = state(page, f"{column}.bindings[{text}]")
    expect(page.locator(".binding")).to_have_text(said[0].upper() + said[1:])
    assert level >= 0
    if who >= 0:
        expect(page.locator(".holder")).to_contain_text(state(page, f"run.members[{who}].name"))


# ---------------------------------------------------------------- 6. share


def test_the_address_holds_everything(visit: Visit, browser: Browser) -> None:
    page = visit.go("case=tilburg&month=30&lang=nl&seed=5")
    page.locator("#c-organisations-earmarked_share").fill("0.3")
    page.wait_for_url("**earmarked_share=0.3**")
    page.get_by_role("tab", name="Ingrijpen").click()
    page.click("#do-it")
    until(page, "coalitions.run.changed === 'doings'")
    page.locator("#month").fill("44")
    page.wait_for_url("**month=44**")
    other = browser.new_context().new_page()
    other.goto(page.url)
    expect(other.locator(".clock")).to_contain_text("maand 44 van 120")
    for what in ("run.frameworks.map((each) => each.series)", "[...coalitions.address.sets]", "address.doings"):
        expression = what if what.startswith("[") else f"coalitions.{what}"
        assert other.evaluate(expression) == page.evaluate(expression)
    other.context.close()


def download(page: Page, words: str, place: Path) -> Path:
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_text(words).click()
    file = place / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


def test_everything_can_be_taken_along(visit: Visit, tmp_path: Path) -> None:
    page = visit.go("case=roosendaal&frameworks=informal,covenant&month=30&set=organisations.*.vision=0.9&lang=en")
    page.get_by_role("tab", name="Share").click()
    scenario = loads(download(page, "The scenario (TOML)", tmp_path).read_text("utf-8"))
    assert scenario.value("organisations.siw.vision") == 0.9
    with download(page, "The data (CSV)", tmp_path).open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 240
    drawing = download(page, "The picture (SVG)", tmp_path).read_text("utf-8")
    assert drawing.startswith("<svg")
    assert "Covenant" in drawing
    assert download(page, "The picture (PNG)", tmp_path).read_bytes().startswith(b"\x89PNG")


def test_one_file_works_from_disk_without_a_network(visit: Visit, browser: Browser, tmp_path: Path) -> None:
    page = visit.go("case=roosendaal&frameworks=informal,covenant&month=30&do=middle_meetings@24&lang=en")
    page.get_by_role("tab", name="Share").click()
    file = download(page, "The exploration, one file", tmp_path)
    context = browser.new_context(offline=True)
    alone = Visit(context, "")
    alone.page.goto(file.as_uri())
    expect(alone.page.locator(".clock")).to_contain_text("month 30 of 120")
    expect(alone.page.locator(".row-heads .head h2")).to_have_text(["Informal collaboration", "Covenant"])
    expect(alone.page.locator(".row-spread .runs").first).to_have_text("From 300 courses.")
    alone.page.click("#play")
    until(alone.page, "coalitions.month > 33")
    alone.page.click("#play")
    alone.page.get_by_role("button", name="Nederlands").click()
    expect(alone.page.locator(".clock")).to_contain_text("maand")
    expect(alone.page.locator(".row-heads .head h2").nth(1)).to_have_text("Convenant")
    alone.page.locator(".network .dot").first.hover()
    expect(alone.page.locator(".tip")).to_contain_text("Betrokkenheid")
    assert alone.complaints == []
    assert [url for url in alone.asked if not url.startswith(("file:", "data:", "blob:"))] == []
    context.close()


# ---------------------------------------------------------------- for everyone


def test_it_works_by_keyboard_alone(visit: Visit) -> None:
    page = visit.go("case=tilburg&month=10&lang=en")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    assert state(page, "month") == 11
    page.keyboard.press("Space")
    until(page, "coalitions.playing")
    page.keyboard.press("Space")
    until(page, "!coalitions.playing")
    page.keyboard.press("End")
    assert state(page, "month") == 120
    page.locator("#tab-change").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-intervene")).to_be_focused()
    expect(page.locator("#panel-intervene")).to_be_visible()
    expect(page.locator("[role=status].sr")).to_contain_text("Covenant:")


def test_on_a_phone_one_column_at_a_time(phone: Visit) -> None:
    page = phone.go("case=kaatsheuvel&month=30&lang=nl")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    expect(page.locator(".row-network .cell:visible")).to_have_count(1)
    page.locator(".columns-choice button").nth(1).tap()
    expect(page.locator(".row-heads .cell:visible h2")).to_have_text("Convenant")
    page.get_by_role("button", name="Wijzigen").first.tap()
    expect(page.locator("aside")).to_be_visible()
    page.locator("#c-organisations-earmarked_share").fill("0.3")
    until(page, "coalitions.run.changed === 'sets'")
    expect(page.locator(".transport")).to_be_in_viewport()


@pytest.mark.parametrize(
    ("lang", "theme"),
    [
        ("en", "light"),
        ("nl", "dark"),
        pytest.param("nl", "light", marks=pytest.mark.slow),
        pytest.param("en", "dark", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("mode", ["explore", "predict"])
def test_axe_finds_nothing(browser: Browser, address: str, lang: str, theme: str, mode: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def found(page: Page, where: str | None = None) -> list[tuple[str, str]]:
        violations = axe.run(page, context=where).response["violations"]
        return [(each["id"], each["nodes"][0]["html"]) for each in violations]

    for visit in visits(browser, address, color_scheme=theme):
        page = visit.go(
            f"case=tilburg&month=60&lang={lang}&mode={mode}&do=middle_meetings@24&set=organisations.*.vision=0.9"
        )

        if mode == "explore":
            expect(page.locator(".row-spread .runs").first).to_contain_text("300")
            page.locator(".row-money summary").first.click()
            assert found(page) == []
            for each in page.locator("aside details").all():
                each.evaluate("(node) => { node.open = true; }")
            for tab in ("change", "intervene", "share"):
                page.click(f"#tab-{tab}")
                assert found(page, "#panel") == []
        else:
            assert found(page) == []
            for each in page.locator(".guesses select").all():
                each.select_option("2")
            page.click("#reveal")
            expect(page.locator("#outcome")).to_be_visible(timeout=60_000)
            assert found(page) == []
