"""The app's server: what it answers, what it refuses, and that it keeps nothing."""

from __future__ import annotations

import base64
import csv
import io
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("httpx")

import httpx
import uvicorn

import sim
from sim.app import answers, guard, server
from sim.app.address import Address, AddressError, Doing, parse, reference_of, scenario_of
from sim.app.choices import DRAWER, FRONT, NOT_SHOWN, REGISTERS, choices, labels, shown
from sim.app.page import STATIC, bundle, data_text, one_file, static_files
from sim.app.workers import Busy, Memory, Workers
from sim.cli import main
from sim.compiled import INTERPRETED
from sim.engine import simulate_population
from sim.language import LANGUAGES, catalogue
from sim.packaged import shipped
from sim.parameters import PARAMETERS
from sim.population import build
from sim.recording import count_phases, record
from sim.scenario import load, loads

pytestmark = pytest.mark.skipif(INTERPRETED, reason="runs hundreds of runs")


@contextmanager
def serving(threads: int) -> Iterator[int]:
    """Serve on a free port of this machine, in a thread."""
    listening = socket.create_server(("127.0.0.1", 0))
    running = uvicorn.Server(server.configuration("127.0.0.1", threads))
    thread = Thread(target=lambda: running.run(sockets=[listening]), daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    yield int(listening.getsockname()[1])
    running.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def served() -> Iterator[int]:
    with serving(2) as port:
        yield port


@pytest.fixture(scope="module")
def client(served: int) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{served}", timeout=120) as made:
        yield made


# ---------------------------------------------------------------- recording


def test_what_is_recorded_is_what_the_engine_computes() -> None:
    scenario = load("tilburg", [("months", 36)])
    population = build(scenario)
    engine = simulate_population(population, 36, 3, 5, series=True, organisations=True, events=True, workers=1)
    assert engine.series is not None
    assert engine.log is not None
    made = record(population, 36, 5, 2)
    assert made.series.tobytes() == engine.series[2].tobytes()
    assert made.organisations.tobytes() == engine.organisations[2].tobytes()
    assert made.log.tobytes() == engine.log[2].tobytes()
    phases, practice = count_phases(population, 36, 1, 2, 5)
    series = engine.series[1:3, :, 0]
    assert (phases == np.where(series["dissolved_month"] > 0, 6, series["phase"])).all()
    assert (practice == np.floor(series["practice_maturity"] * 250 + 0.5)).all()


def test_a_log_that_is_too_small_grows() -> None:
    population = build(load("tilburg", [("months", 60)]), log_rows=3)
    assert len(record(population, 60, 1, 0).log) > 3


# ---------------------------------------------------------------- the address

FULL = (
    "case=tilburg&collaboration=tilburg&frameworks=covenant,building&set=organisations.*.earmarked_share=0.3&set=parameters.turnover=0.02"
    "&set=organisations.thebe.regime=winner_takes_all&do=middle_meetings@24&do=director:thebe:0.8@30"
    "&do=add:organisations.*.earmarked_share:-0.1@12&do=set:collaborations.tilburg.structure.role_clarity:1@48"
    "&seed=7&replicate=3&month=40&mode=predict&show=covenant&lang=nl"
)


def test_address_is_read_and_written() -> None:
    address = parse(FULL)
    assert address.sets[0] == ("organisations.*.earmarked_share", 0.3)
    assert address.doings[1] == Doing("director", "thebe", 0.8, 30)
    assert parse(address.query()) == address
    assert parse("") == Address()


def test_address_says_what_the_scenario_becomes() -> None:
    scenario = scenario_of(parse(FULL), "building")
    assert scenario.value("organisations.thebe.earmarked_share") == 0.3
    assert scenario.collaborations[0].framework == "building"
    changes = {(change.name, change.month) for change in scenario.changes()}
    assert {("middle_meetings_per_year", 24), ("earmarked_share", 12), ("role_clarity", 48)} <= changes
    assert any(event.kind == "director_change" and event.month == 30 for event in scenario.timed_events())


def test_a_change_is_held_against_what_it_changes() -> None:
    address = parse(FULL)
    assert reference_of(address) == replace(address, doings=())
    assert reference_of(replace(address, doings=())) == replace(address, doings=(), sets=())
    assert reference_of(Address()) is None


HOSTILE = [
    "case=../../etc/passwd", "case=%2e%2e%2fsecret", "case=", "case=tilburg&case=tilburg", "nonsense", "a=b", "%ff=1",
    "case=tilburg%00", "frameworks=building,covenant,informal,client_contractor", "frameworks=building,building",
    "frameworks=", "seed=-1", "seed=99999999999999999999", "seed=1e3", "seed=１", "replicate=20000", "month=9999",
    "runs=301", "runs=0", "runs=nan", "lang=fr", "mode=admin", "show=none", "set=months", "set=months=241",
    "set=months=100000", "set=months=abc", "set=name=other", "set=title=x", "set=organisations=1",
    "set=collaborations.tilburg.partners=1", "set=collaborations.tilburg.framework=building", "set=interventions=1",
    "set=organisations.*.earmarked_share=NaN", "set=organisations.*.earmarked_share=inf",
    "set=organisations.*.earmarked_share=1e999", "set=organisations.*.earmarked_share=2",
    "set=organisations.*.earmarked_share=true", "set=organisations.*.earmarked_share=[[[[1]]]]",
    "set=organisations.*.earmarked_share={a=1}", "set=organisations.nobody.vision=0.5",
    "set=organisations.kind:bank.vision=0.5", "set=organisations.*.nothing=0.5", "set=__class__.x=1",
    "set=" + "a." * 80 + "b=1", "do=nothing@3", "do=middle_meetings", "do=middle_meetings@0", "do=middle_meetings@500",
    "do=middle_meetings@121", "do=director:nobody:0.5@3", "do=director:thebe:7@3", "do=set:months:3@3",
    "do=add:organisations.*.regime:1@3", "do=add:organisations.*.earmarked_share:-9@3", "do=exec:rm:1@3",
    "&".join(["do=middle_meetings@3"] * 21), "&".join(f"set=organisations.*.vision=0.{n}" for n in range(101)),
    "x=" + "a" * 8000,
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE)
def test_what_is_not_allowed_gets_a_short_answer(client: httpx.Client, query: str) -> None:
    for path in ("/api/run", "/"):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 400, answer.text[:200]
        assert len(answer.content) < 500
        assert "Traceback" not in answer.text
        assert answer.text.count("\n") == 1


@pytest.mark.parametrize(
    "path",
    [
        "/static/../server.py", "/static/..%2fserver.py", "/static/%2e%2e/server.py", "/static/index.html", "/etc/passwd",
        "/static/", "/api/", "/api/run/", "/static/main.js/", "/static/main.js%00", "/.git/config",
    ],
)  # fmt: skip
def test_only_what_is_served_can_be_had(client: httpx.Client, path: str) -> None:
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code in (307, 400, 404)
    assert len(answer.content) < 100


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_only_reading_is_possible(client: httpx.Client, method: str) -> None:
    answer = client.request(method, "/api/run")
    assert answer.status_code == 405
    assert len(answer.content) < 100


def test_a_request_has_no_body(client: httpx.Client) -> None:
    assert client.request("GET", "/api/run", content=b"x" * 100).status_code == 413


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[evil]", "localhost.evil"])
def test_another_host_is_refused(client: httpx.Client, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "192.168.1.20:8000"])
def test_this_machine_may_be_asked_by_its_names(client: httpx.Client, host: str) -> None:
    assert client.get("/static/style.css", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1"])
def test_another_site_is_refused(client: httpx.Client, origin: str) -> None:
    assert client.get("/api/run", headers={"origin": origin}).status_code == 403
    assert client.get("/api/run", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_its_own_origin_is_fine(client: httpx.Client) -> None:
    headers = {"origin": str(client.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    assert client.get("/api/choices", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/run", "/static/main.js", "/api/run?a=b", "/nothing"])
def test_every_answer_is_guarded(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in headers


def test_the_page_has_no_script_or_style_in_it(client: httpx.Client) -> None:
    text = client.get("/?lang=nl").text
    assert re.findall(r"<script(?![^>]*(src=|application/json))", text) == []
    assert "<style" not in text
    assert not re.search(r"\son\w+=", text.split('id="data"')[0])
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+", re.sub(r'id="data">.*?</script>', "", text)))
    assert addresses == set()


# ---------------------------------------------------------------- answers


def test_run_is_a_pure_function_of_its_address(client: httpx.Client) -> None:
    first = client.get(f"/api/run?{FULL}").content
    with serving(1) as port:
        assert httpx.get(f"http://127.0.0.1:{port}/api/run?{FULL}", timeout=120).content == first
    assert client.get(f"/api/run?{FULL}").content == first


def test_run_says_what_was_simulated(client: httpx.Client) -> None:
    answer = client.get(f"/api/run?{FULL}").json()
    address = parse(FULL)
    assert answer["version"] == 1
    assert [each["id"] for each in answer["frameworks"]] == ["covenant", "building"]
    months, members, links = answer["months"], len(answer["members"]), len(answer["links"])
    for each in answer["frameworks"]:
        made = sim.simulate(scenario_of(address, each["id"]), runs=4, seed=7, series=True, workers=1)
        assert made.series is not None
        own = made.series[made.series["run"] == 3]
        assert each["series"]["phase"] == own["phase"].tolist()
        assert np.allclose(each["series"]["practice_maturity"], own["practice_maturity"] * 1000, atol=0.51)
        assert np.allclose(each["series"]["cost_keur"], own["cost_keur"], atol=0.6, rtol=1e-5)
        gap = np.subtract(each["series"]["expectation_middle"], each["series"]["perceived_middle"]) / 1000
        assert np.allclose(gap, own["expectation_gap_middle"], atol=0.006)
        sizes = {name: len(base64.b64decode(text)) for name, text in each["network"].items()}
        assert sizes == {
            "levels": months * members * 3 * len(answer["levels"]), "status": months * members,
            "relations": months * links * 3 * len(answer["relations"]), "joint": months * links,
        }  # fmt: skip
        assert len(each["binding"]) == months
        assert each["events"] == sorted(each["events"], key=lambda event: event[0])
        assert each["reference"]["series"]["cost_keur"] != each["series"]["cost_keur"]
        before = each["reference"]["series"]["cost_keur"][:11]
        assert before == each["series"]["cost_keur"][:11], "until the first intervention both futures are one"


def test_any_collaboration_of_a_case_can_be_looked_at(client: httpx.Client) -> None:
    scenario = load("brabant")
    for own in scenario.collaborations:
        query = f"case=brabant&collaboration={own.id}&frameworks=informal&set=months=24"
        answer = client.get(f"/api/run?{query}").json()
        assert {each["id"] for each in answer["members"]} == {each.organisation for each in own.partners}
        laid = scenario.replace({"months": 24}).with_framework("informal", own.id)
        made = sim.simulate(laid, runs=1, seed=1, series=True, workers=1)
        assert made.series is not None
        series = made.series[made.series["collaboration"] == own.id]
        assert answer["frameworks"][0]["series"]["phase"] == series["phase"].tolist()
    assert client.get("/api/run?case=brabant&collaboration=nothing").status_code == 400
    assert client.get("/api/choices?case=brabant&collaboration=tilburg").json()["choices"]["framework"] == "covenant"


def test_words_come_in_both_languages(client: httpx.Client) -> None:
    english = client.get("/api/run?case=roosendaal&lang=en").json()["frameworks"][0]
    dutch = client.get("/api/run?case=roosendaal&lang=nl").json()["frameworks"][0]
    assert english["series"] == dutch["series"]
    assert [event[:4] for event in english["events"]] == [event[:4] for event in dutch["events"]]
    assert all(one[4] != other[4] for one, other in zip(english["events"], dutch["events"], strict=True))


def test_spread_counts_runs(client: httpx.Client) -> None:
    answer = client.get("/api/spread?case=roosendaal&frameworks=informal&runs=60&seed=3").json()
    counts = np.array(answer["frameworks"][0]["counts"])
    assert (counts.sum(axis=0) == 60).all()
    ensemble = sim.simulate(load("roosendaal").with_framework("informal"), runs=60, seed=3, workers=1)
    ended = ensemble.runs["dissolved_month"].notna()
    assert counts[6, -1] == ended.sum()
    assert counts[3, -1] == ((ensemble.runs["phase"] == 3) & ~ended).sum()


def test_more_runs_begin_with_the_same(client: httpx.Client) -> None:
    few = client.get("/api/spread?case=roosendaal&runs=50").json()["frameworks"]
    more = client.get("/api/spread?case=roosendaal&runs=75").json()["frameworks"]
    for one, other in zip(few, more, strict=True):
        assert one["courses"] == other["courses"]
        assert (np.array(one["counts"]) <= np.array(other["counts"])).all()


def test_who_waits_too_long_is_told_fewer_runs_and_goes_on_from_there(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/api/spread?case=roosendaal&frameworks=informal&runs=100&seed=77"
    monkeypatch.setattr(answers, "SPREAD_SECONDS", 0.0)
    few = client.get(path).json()
    assert few["asked"] == 100
    assert 0 < few["runs"] < 100
    assert sum(row[-1] for row in few["frameworks"][0]["counts"]) == few["runs"]
    monkeypatch.undo()
    told = few
    while told["runs"] < 100:
        told = client.get(path).json()
    assert told["frameworks"][0]["courses"][: few["runs"]] == few["frameworks"][0]["courses"][: few["runs"]]
    assert sum(row[-1] for row in told["frameworks"][0]["counts"]) == 100


def test_the_scenario_comes_as_a_file_that_reads_back(client: httpx.Client) -> None:
    answer = client.get(f"/api/scenario.toml?{FULL}")
    assert "attachment" in answer.headers["content-disposition"]
    assert loads(answer.text) == scenario_of(parse(FULL), "covenant")


def test_the_data_come_as_a_table(client: httpx.Client) -> None:
    answer = client.get("/api/run.csv?case=roosendaal&frameworks=informal,covenant&set=months=24")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 48
    run = client.get("/api/run?case=roosendaal&frameworks=informal,covenant&set=months=24").json()
    assert [int(row["phase"]) for row in rows[:24]] == run["frameworks"][0]["series"]["phase"]
    assert "siw.reserve_keur" in rows[0]


def test_one_file_holds_everything(client: httpx.Client) -> None:
    text = client.get("/api/exploration.html?case=roosendaal&set=months=36&do=middle_meetings@24").text
    assert "Content-Security-Policy" in text
    assert not re.search(r'(?:src|href)="(?!#)', text.split("<script")[0])
    assert '"offline"' in text
    data = text.split('id="data">')[1].split("</script>")[0]
    assert "<" not in data


def test_data_cannot_end_the_script_that_holds_it() -> None:
    assert "<" not in data_text({"a": "</script><script>alert(1)</script><!--"})
    assert "&lt;/title&gt;" in one_file("</title>", "en", {})


def test_the_parts_of_the_viewer_make_one_script() -> None:
    text = bundle()
    assert not re.search(r"^(import|export) ", text, re.MULTILINE)
    names: list[str] = []
    for name, part in static_files().items():
        if name.endswith(".js"):
            names += re.findall(
                r"^(?:export )?(?:async )?(?:function|const|let|class) (\w+)", part.decode(), re.MULTILINE
            )
    assert len(names) == len(set(names)), "names on top differ between parts, for in one file they meet"
    for risky in (
        "eval(",
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "new Function",
        "http://",
        "https://",
    ):
        assert risky not in text.replace("http://www.w3.org/2000/svg", ""), risky


# ---------------------------------------------------------------- words and controls


def test_every_control_speaks_both_languages() -> None:
    named = labels()
    for register, name in shown():
        row = named[register][name]
        needed = ("meaning",) if register == "parameters" else ("en", "nl", "meaning")
        assert row.keys() == set(needed), (register, name)
        assert all(row[key].strip() == row[key] != "" for key in needed), (register, name)
        assert row["meaning"] != REGISTERS[register][name].meaning
        for choice in REGISTERS[register][name].choices:
            assert {"en", "nl"} <= named["choice"][choice].keys()
        assert REGISTERS[register][name].unit in named["unit"]


def test_every_structural_attribute_and_input_can_be_changed() -> None:
    reached = set(shown())
    assert len(reached) == len(list(shown()))
    wanted = {(register, name) for register, names in REGISTERS.items() for name in names} - {
        ("organisations", name) for name in NOT_SHOWN
    }
    assert sorted(wanted - reached) == []
    named = labels()
    extra = {(register, name) for register in REGISTERS for name in named[register]} - wanted
    assert sorted(extra - {("organisations", name) for name in NOT_SHOWN}) == []


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("case", shipped())
def test_choices_are_complete(case: str, code: str) -> None:
    made = choices(Address(case=case, lang=code))
    assert {each["id"] for each in made["cases"]} == set(shipped())
    assert {each["do"] for each in made["interventions"]} >= set(shipped("interventions"))
    for each in (*made["cases"], *made["frameworks"], *made["interventions"]):
        assert each["title"]
        assert each["description"]
    for group in (*made["front"], *made["drawer"]):
        assert f"app.group_{group['id']}" in made["words"]
        for control in group["controls"]:
            assert control["values"]
            assert control["low"] <= min(control["values"].values())
            assert control["high"] >= max(control["values"].values())
            assert control["where"]
            assert control["meaning"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_number_nobody_is_sure_of_has_a_slider_over_its_plausible_range(code: str) -> None:
    made = choices(Address(lang=code))
    group = next(each for each in made["drawer"] if each["id"] == "uncertain")
    uncertain = {name: each for name, each in PARAMETERS.items() if each.kind == "uncertainty"}
    assert [each["name"] for each in group["controls"]] == list(uncertain)
    for control in group["controls"]:
        own = uncertain[control["name"]]
        assert (control["low"], control["high"], control["values"]) == (own.low, own.high, {"": own.default})
        assert control["label"].lower() == catalogue(code)[f"report.parameter.{own.name}"].lower()
        assert (control["meaning"] == own.meaning) == (code == "en")
        assert (control["where"], control["unit"]) == (own.where, own.unit)
        assert control["source"] == catalogue(code)[f"source.{own.source}"]
        assert control["confidence"] == catalogue(code)[f"confidence.{own.confidence}"]
        # The usual value and the end can be reached, in steps that are small enough to see what happens between.
        for value in (own.default, own.high):
            steps = (value - own.low) / control["step"]
            assert steps == pytest.approx(round(steps), abs=1e-6), control["name"]
        assert 10 <= round((own.high - own.low) / control["step"]) <= 120


@pytest.mark.parametrize("group", [*FRONT, *DRAWER])
def test_what_a_control_sets_is_accepted(group: str) -> None:
    made = next(each for each in (*choices(Address())["front"], *choices(Address())["drawer"]) if each["id"] == group)
    sets: list[tuple[str, Any]] = []
    for control in made["controls"]:
        path = {
            "structure": "collaborations.tilburg.structure", "organisations": "organisations.*",
            "neighbourhoods": "neighbourhoods.*", "collaborations": "collaborations.tilburg", "parameters": "parameters",
        }[control["register"]]  # fmt: skip
        for value in (control["low"], control["high"]):
            chosen = control["choices"][int(value)]["value"] if control["choices"] else value
            whole = control["step"] == 1 and not control["choices"]
            sets.append((f"{path}.{control['name']}", int(chosen) if whole else chosen))
    for each in sets:
        scenario_of(Address(sets=(each,)), "building")


def test_the_viewer_says_nothing_that_is_not_in_the_messages() -> None:
    text = "\n".join(path.read_text("utf-8") for path in STATIC.glob("*.js"))
    said = set(re.findall(r"\bt\(\"([a-z_0-9.]+)\"", text))
    begun = set(re.findall(r"\bt\(`([a-z_.]+)\$\{", text))
    for code in LANGUAGES:
        keys = catalogue(code)
        missing = {key for key in said if (key if "." in key else f"app.{key}") not in keys}
        assert missing == set()
        for start in begun:
            assert any(key.startswith(start if "." in start else f"app.{start}") for key in keys), start
    python = "\n".join(
        path.read_text("utf-8") for path in (*STATIC.parent.glob("*.py"), STATIC.parents[1] / "commands" / "app.py")
    )
    own = {key.removeprefix("app.") for key in catalogue("en") if key.startswith("app.")}
    quoted = set(re.findall(r"[\"`']([a-z_0-9]+)[\"`']", text)) | set(re.findall(r"app\.([a-z_]+)", python))
    unused = {key for key in own if key not in quoted and not any(key.startswith(start) for start in begun)}
    assert unused - {f"own_{name}" for name in ("free_tenth", "free_tenth_means")} == set()


# ---------------------------------------------------------------- work and memory


def test_urgent_work_goes_first_and_what_is_given_up_is_not_done() -> None:
    workers = Workers(1)
    started, gate, order = Event(), Event(), []

    def block() -> None:
        started.set()
        gate.wait(10)

    first = workers.submit(0, 0, block)
    assert started.wait(10)
    later = [workers.submit(2, turn, lambda turn=turn: order.append(("rest", turn))) for turn in (1, 0)]
    given_up = workers.submit(1, 0, lambda: order.append("given up"))
    urgent = workers.submit(0, 0, lambda: order.append("urgent"))
    assert given_up.cancel()
    gate.set()
    for each in (first, urgent, *later):
        each.result(10)
    assert order == ["urgent", ("rest", 0), ("rest", 1)]
    with pytest.raises(CancelledError):
        given_up.result(1)
    workers.close()
    with pytest.raises(Busy):
        workers.submit(0, 0, lambda: None)


def test_an_error_in_a_piece_reaches_who_waits_for_it() -> None:
    workers = Workers(1)

    def fail() -> None:
        raise AddressError("so it is")

    with pytest.raises(AddressError):
        workers.submit(0, 0, fail).result(10)
    assert workers.submit(0, 0, lambda: 1).result(10) == 1
    workers.close()


def test_memory_has_a_bound() -> None:
    memory: Memory[bytes] = Memory(100, len)
    for n in range(50):
        memory.put(n, bytes(30))
        assert memory.held <= 100
    assert memory.get(49) is not None
    assert memory.get(0) is None
    memory.put("too large", bytes(200))
    assert memory.get("too large") is None
    memory.get(47)
    memory.put("new", bytes(30))
    assert memory.get(47) is not None
    assert memory.get(48) is None


# ---------------------------------------------------------------- over a socket


def ask_raw(port: int, text: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize(
    "text",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 40_000 + b"\r\n\r\n",
        b"GET /?" + b"a" * 12_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\nabc",
        b"GET /api/run HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_is_no_proper_request_is_refused(served: int, text: bytes) -> None:
    answer = ask_raw(served, text)
    assert re.match(rb"HTTP/1\.1 4\d\d ", answer), answer[:100]
    assert len(answer) < 1500


def test_a_client_that_sends_too_slowly_is_cut_off(served: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "ASK_SECONDS", 0.3)
    with socket.create_connection(("127.0.0.1", served), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: 127")
        with suppress(ConnectionResetError):
            assert connection.recv(100) == b""
    with socket.create_connection(("127.0.0.1", served), timeout=20) as connection:
        connection.sendall(b"GET /static/style.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")


def test_an_answer_that_takes_too_long_is_given_up(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "ANSWER_SECONDS", 0.02)
    answer = client.get("/api/spread?case=tilburg&seed=123")
    assert answer.status_code == 503
    assert len(answer.content) < 100


def test_a_visitor_who_leaves_is_not_worked_for(served: int) -> None:
    started = time.monotonic()
    with socket.create_connection(("127.0.0.1", served), timeout=20) as connection:
        connection.sendall(
            b"GET /api/spread?case=kaatsheuvel&set=months=240&seed=99 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        )
        time.sleep(0.3)
    left = time.monotonic()
    answer = httpx.get(
        f"http://127.0.0.1:{served}/api/spread?case=roosendaal&frameworks=informal&runs=25&seed=98", timeout=60
    )
    assert answer.status_code == 200
    assert left - started < 20
    again = httpx.get(f"http://127.0.0.1:{served}/api/run?case=tilburg", timeout=60)
    assert again.status_code == 200


def test_nothing_is_written(client: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    client.get("/?case=roosendaal")
    client.get("/api/exploration.html?case=roosendaal&frameworks=informal")
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- the command


def test_a_port_in_use_is_told(served: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["app", "--port", str(served), "--lang", "nl"]) == 2
    said = capsys.readouterr().err
    assert f"Poort {served} op 127.0.0.1 is niet te gebruiken" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("host", ["nowhere.invalid", "256.1.1.1", "a" * 70, ""])
def test_a_host_that_is_none_is_told(
    host: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "serve", lambda *_: None)
    monkeypatch.setattr(server, "warm", lambda: None)
    done = main(["app", "--host", host, "--port", "0"])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert done == 2
    assert said.err.startswith("Port 0 on")


def test_what_is_missing_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert main(["app", "--port", "0"]) == 2
    assert "vital-coalitions[app]" in capsys.readouterr().err


def test_it_says_where_it_is(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[str, int]] = []
    monkeypatch.setattr(server, "warm", lambda: None)
    monkeypatch.setattr(server, "serve", lambda _, listening: served.append(listening.getsockname()))
    assert main(["app", "--port", "0"]) == 0
    assert served[0][0] == "127.0.0.1", "nothing but this machine unless asked"
    assert f"http://127.0.0.1:{served[0][1]}/" in capsys.readouterr().out
