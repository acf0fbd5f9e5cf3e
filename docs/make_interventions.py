"""Work out what the ready-made interventions move and write it into ``interventions.md``, between its markers.

    python docs/make_interventions.py            # all of it, some minutes
    python docs/make_interventions.py --check    # is the page of these declarations and of this model? seconds

What each is meant to move, and where that is tried, stands in ``interventions.toml``. Deterministic: seed 1, replicates
from 0. The text outside the markers is written by hand; numbers never are.
"""

# ruff: noqa: E501 - the rows of tables stand on one line, as they are written out
from __future__ import annotations

import argparse
import hashlib
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from sim import packaged  # noqa: E402
from sim.comparing.paired import mean_interval  # noqa: E402
from sim.comparing.worth import BY_NAME, Compared  # noqa: E402
from sim.elements import ReadyMade  # noqa: E402
from sim.engine import BLOCK, blocks_of_runs, simulate_population  # noqa: E402
from sim.mechanisms.phases import END_STATES  # noqa: E402
from sim.patterns.grounds import ground  # noqa: E402
from sim.population import build  # noqa: E402
from sim.scenario import Scenario  # noqa: E402

PAGE = HERE / "interventions.md"
SEED, BEGIN, MONTHS, PRACTICE = 1, 36, 84, 3
YEARS = (MONTHS - BEGIN) / 12
STALLED, PILOT, RUNS_MOST = 400, 256, 4000
STALLS = tuple(END_STATES.index(state) for state in ("shared_address", "sham", "partial"))
COMMON = "covenant"
CANDIDATES = 2
CONTROL = 16
MOVES, LITTLE, NOT_SHOWN, WRONG = "moves", "moves little", "not shown", "moves the wrong way"
SMALLEST_SHARE = 0.05  # as in comparisons: one collaboration in twenty goes another way


# ---------------------------------------------------------------- declarations


@cache
def _declarations() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((HERE / "interventions.toml").read_text(encoding="utf-8"))


def declared() -> dict[str, dict[str, Any]]:
    """Return what is declared of each intervention, by id."""
    return {each["id"]: each for each in _declarations()["interventions"]}


def grounds() -> dict[str, dict[str, Any]]:
    """Return the grounds by id."""
    return {each["id"]: each for each in _declarations()["grounds"]}


@cache
def scenario_of(name: str) -> Scenario:
    """Return the collaboration of a ground, without an intervention."""
    values = {key: value for key, value in grounds()[name].items() if key not in ("id", "title", "about", "set")}
    made = ground(months=MONTHS, candidates=CANDIDATES, **values)
    return made.replace(grounds()[name].get("set", {}), source="interventions.toml")


def treated(name: str, intervention: str) -> Scenario:
    """Return the collaboration of a ground with an intervention from its month on."""
    return scenario_of(name).replace({"interventions": [{"use": intervention, "month": BEGIN}]})


@cache
def made(intervention: str) -> ReadyMade:
    """Return an intervention as its file has it."""
    use = treated(COMMON, intervention).interventions[0].use
    if use is None:
        raise SystemExit(f"{intervention} is not a ready-made intervention")
    return use


# ---------------------------------------------------------------- the experiment


@dataclass(frozen=True)
class Arm:
    """An ensemble: what stands at the end (runs), the phase (runs, months), and who was stalled before the month."""

    finals: Any
    phase: Any
    stalled: Any

    def practised(self) -> Any:
        """Return whether each run had joint practice in any month from the intervention on."""
        return (self.phase[:, BEGIN - 1 :] >= PRACTICE).any(axis=1)


@dataclass(frozen=True)
class Effect:
    """A mean paired difference, with against without, with its 95 % interval; ``without``: the mean without."""

    without: float
    effect: float
    low: float
    high: float


def run(scenario: Scenario, runs: int) -> Arm:
    """Run a scenario.

    Stalled: going on in the month before the intervention, and below practical collaboration, or in one of the states
    that a stall is known by.
    """
    finals, phases, stalled = [], [], []
    for _, last, series in blocks_of_runs(build(scenario), MONTHS, runs, SEED):
        before = series[:, BEGIN - 2, 0]
        below = (before["phase"] < PRACTICE) | np.isin(before["end_state"], STALLS)
        finals.append(np.array(last[:, 0]))
        phases.append(np.array(series["phase"][:, :, 0], np.int8))
        stalled.append((before["dissolved_month"] == 0) & below)
    return Arm(np.concatenate(finals), np.concatenate(phases), np.concatenate(stalled))


@cache
def baseline(name: str, stalled: int = STALLED) -> Arm:
    """Return the runs of a ground without an intervention: so many that about ``stalled`` of them are."""
    share = run(scenario_of(name), PILOT).stalled.mean()
    blocks = int(np.ceil(stalled / max(share, stalled / RUNS_MOST) / BLOCK))
    return run(scenario_of(name), blocks * BLOCK)


@cache
def with_intervention(name: str, intervention: str, stalled: int = STALLED) -> tuple[Arm, Arm]:
    """Return the stalled runs of a ground, without and with an intervention: the same runs until its month."""
    without = baseline(name, stalled)
    other = run(treated(name, intervention), len(without.stalled))
    if not np.array_equal(without.phase[:, : BEGIN - 1], other.phase[:, : BEGIN - 1]):
        raise SystemExit(f"{intervention} on {name}: the runs differ before the intervention")
    chosen = without.stalled
    return tuple(Arm(arm.finals[chosen], arm.phase[chosen], arm.stalled[chosen]) for arm in (without, other))  # type: ignore[return-value]


def effect_of(without: Any, other: Any, *, shares: bool = False) -> Effect:
    """Return the mean paired difference of two arms in one number a run."""
    return Effect(
        float(np.mean(without)), *mean_interval(np.asarray(other, float) - np.asarray(without, float), shares=shares)
    )


def outcome_effect(without: Arm, other: Arm, name: str) -> Effect:
    """Return the effect on an outcome at the end, as comparisons define it."""
    compared = BY_NAME[name]
    one, two = (compared.values(arm.finals[compared.column], MONTHS) for arm in (without, other))
    return effect_of(one, two, shares=compared.kind in ("reached", "state"))


def practice_effect(without: Arm, other: Arm) -> Effect:
    """Return the effect on the share of runs that come to practice after the month of the intervention."""
    return effect_of(without.practised(), other.practised(), shares=True)


def verdict(found: Effect, direction: int, smallest: float) -> str:
    """Say in words what an effect amounts to, held against the direction meant and the smallest one worth naming."""
    low, high = sorted((direction * found.low, direction * found.high))
    if low > 0.0:
        return MOVES if direction * found.effect >= smallest else LITTLE
    return WRONG if high < 0.0 else NOT_SHOWN


def own_effect(intervention: str, stalled: int = STALLED) -> tuple[Effect, str]:
    """Return the effect of an intervention on what it is meant to move, on its ground, and the verdict."""
    said = declared()[intervention]
    found = outcome_effect(*with_intervention(said["ground"], intervention, stalled), said["outcome"])
    return found, verdict(found, said["direction"], BY_NAME[said["outcome"]].smallest)


# ---------------------------------------------------------------- the page


def number(value: float, unit: str) -> str:
    """Return a number with as many decimals as fit its unit, and never minus nothing."""
    places = {"share": 3, "k€": 0, "hours": 0}.get(unit, 1)
    text = f"{value:+,.{places}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text[1:]


def plain(value: float, unit: str) -> str:
    """Return a level, which has no sign."""
    return f"{value:,.{ {'share': 2, 'k€': 0, 'hours': 0}.get(unit, 1) }f}"


def interval(found: Effect, unit: str, by: float = 1.0) -> str:
    """Return an effect with its interval."""
    return f"{number(found.effect * by, unit)} ({number(found.low * by, unit)} to {number(found.high * by, unit)})"


def points(found: Effect) -> str:
    """Return an effect on a share of runs, in percentage points."""
    return interval(found, "points", 100.0)


def on_paper(use: ReadyMade) -> str:
    """Return the cost that the file gives."""
    parts = [
        f"{use.cost_keur_once:g} k€ once" if use.cost_keur_once else "",
        f"{use.cost_keur_per_year:g} k€ a year" if use.cost_keur_per_year else "",
        f"{use.cost_hours_per_month:g} hour{'s' * (use.cost_hours_per_month != 1)} a month"
        if use.cost_hours_per_month
        else "",
        *(f"{each.inputs['hours']:g} paid hours a month" for each in use.spanners),
    ]
    return ", ".join(part for part in parts if part) or "nothing of its own"


def meant(said: Mapping[str, Any]) -> str:
    """Return the outcome that is meant to move, and which way."""
    compared: Compared = BY_NAME[said["outcome"]]
    return f"{compared.outcome.en} {'↑' if said['direction'] > 0 else '↓'}"


def what_they_are() -> list[str]:
    """Return a paragraph for each intervention: no numbers of runs."""
    lines: list[str] = []
    for name, said in declared().items():
        use = made(name)
        lines += [
            f"### {use.title['en']} (`{name}`)", "",
            f"{use.description['en']} *Source:* {use.source}. *Costs on paper:* {on_paper(use)}.", "",
            f"*Meant:* {said['meant']}. *Measured by:* {meant(said)} (at least {BY_NAME[said['outcome']].smallest:g}, in {BY_NAME[said['outcome']].outcome.unit}).",
            f"*Tried on:* {grounds()[said['ground']]['title']}.",
        ]  # fmt: skip
        lines += [f"*Reading:* {said['note']}"] if "note" in said else []
        lines.append("")
    return lines[:-1]


def where() -> list[str]:
    """Return the grounds in words."""
    return [f"- **{each['title'][:1].upper()}{each['title'][1:]}**: {each['about']}." for each in grounds().values()]


def moved(stalled: int) -> list[str]:
    """Return the table of what each intervention moves of what it is meant to move."""
    lines = [
        "| intervention | tried on | stalled runs | meant to move | without | effect (95 %) | verdict |",
        "|---|---|---:|---|---:|---|---|",
    ]
    for name, said in declared().items():
        found, word = own_effect(name, stalled)
        unit = BY_NAME[said["outcome"]].outcome.unit
        runs = len(with_intervention(said["ground"], name, stalled)[0].finals)
        lines.append(
            f"| {made(name).title['en']} | {grounds()[said['ground']]['title']} | {runs} | {meant(said)} | {plain(found.without, unit)} | {interval(found, unit)} | {'**moves**' if word == MOVES else word} |"
        )
        print(name, word, flush=True)
    return lines


def beside(stalled: int) -> list[str]:
    """Return the table of what else each intervention moves on its ground, and what it costs as it ran."""
    lines = [
        "| intervention | practice within four years, points | practice maturity | satisfaction of boards | cost a year, k€ | hours a year |",
        "|---|---|---|---|---|---|",
    ]
    for name, said in declared().items():
        arms = with_intervention(said["ground"], name, stalled)
        cells = [interval(outcome_effect(*arms, each), "share") for each in ("practice_maturity", "satisfaction_board")]
        cells += [interval(outcome_effect(*arms, each), "k€", 1.0 / YEARS) for each in ("cost_keur", "hours")]
        lines.append(f"| {made(name).title['en']} | {points(practice_effect(*arms))} | {' | '.join(cells)} |")
    return lines


def moving(stalled: int) -> list[str]:
    """Return which interventions get the same stalled covenant moving, the most effective first."""
    found = []
    for name in declared():
        arms = with_intervention(COMMON, name, stalled)
        practised, cost = practice_effect(*arms), outcome_effect(*arms, "cost_keur")
        found.append((practised.effect, name, practised, cost, verdict(practised, 1, SMALLEST_SHARE)))
    found.sort(key=lambda row: (-row[0], row[1]))
    without = found[0][2].without
    return [
        f"Without an intervention {100 * without:.0f} % of them come to practice within four years.", "",
        "| intervention | practice within four years, points | cost a year, k€ | verdict |", "|---|---|---|---|",
        *(
            f"| {made(name).title['en']} | {points(practised)} | {interval(cost, 'k€', 1.0 / YEARS)} | {'**moves**' if word == MOVES else word} |"
            for _, name, practised, cost, word in found
        ),
    ]  # fmt: skip


def in_short(stalled: int) -> list[str]:
    """Return which interventions came to which verdict, by name."""
    own: dict[str, list[str]] = {}
    for name in declared():
        own.setdefault(own_effect(name, stalled)[1], []).append(made(name).title["en"])
    practice: dict[str, list[tuple[float, str]]] = {}
    for name in declared():
        found = practice_effect(*with_intervention(COMMON, name, stalled))
        practice.setdefault(verdict(found, 1, SMALLEST_SHARE), []).append((-found.effect, made(name).title["en"]))
    said = (
        (MOVES, "Moves what it is meant to move"), (LITTLE, "Moves it, by less than would be noticed"),
        (NOT_SHOWN, "Not shown"), (WRONG, "Moves it the wrong way"),
    )  # fmt: skip
    lines = [
        f"- *{words}* ({len(own.get(word, []))}): {'; '.join(own.get(word, [])) or 'none'}." for word, words in said
    ]
    for word, words in ((MOVES, "Gets a stalled covenant to practice"), (WRONG, "Keeps a stalled covenant from it")):
        names = [name for _, name in sorted(practice.get(word, []))]
        lines.append(f"- *{words}* ({len(names)}): {'; '.join(names) or 'none'}.")
    return lines


def control() -> str:
    """Return a fingerprint of a few runs of each intervention on its ground: it changes when the figures do."""
    digest = hashlib.sha256()
    for name, said in declared().items():
        finals = simulate_population(build(treated(said["ground"], name)), MONTHS, CONTROL, SEED).finals
        for column in ("practice_maturity", "satisfaction_board", "cost_keur", "highest_phase"):
            digest.update(np.round(finals[column].astype(float), 4).tobytes())
    return digest.hexdigest()[:16]


def markers(name: str) -> tuple[str, str]:
    """Return the lines between which a block stands."""
    return f"<!-- {name}: generated by docs/make_interventions.py -->", f"<!-- end of {name} -->"


def replaced(text: str, name: str, lines: list[str]) -> str:
    """Return the page with a block replaced."""
    start, stop = markers(name)
    found = re.compile(f"{re.escape(start)}.*?{re.escape(stop)}", re.DOTALL)
    if len(found.findall(text)) != 1:
        raise SystemExit(f"{PAGE.name} needs one block called {name}")
    return found.sub(lambda _: "\n".join((start, "", *lines, "", stop)), text)


def in_words(page: str) -> str:
    """Return the page with what follows from the declarations and the files alone brought up to date."""
    return replaced(replaced(page, "grounds", where()), "interventions", what_they_are())


def figures(stalled: int) -> Iterator[tuple[str, list[str]]]:
    """Give the blocks with figures: name, lines."""
    yield "moved", moved(stalled)
    yield "short", in_short(stalled)
    yield "beside", beside(stalled)
    yield "moving", moving(stalled)
    yield (
        "figures",
        [
            f"About {stalled} stalled runs on each ground, of {MONTHS} months each, seed {SEED}; interventions from month {BEGIN} on; control {control()}."
        ],
    )


def main() -> int:
    """Write or check the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stalled", type=int, default=STALLED, help=f"stalled runs of each ground (default {STALLED})")
    parser.add_argument("--check", action="store_true", help="only say whether the page is up to date")
    given = parser.parse_args()
    if sorted(declared()) != sorted(packaged.shipped("interventions")):
        raise SystemExit("interventions.toml does not declare every shipped intervention, and no other")
    before = PAGE.read_text(encoding="utf-8")
    page = in_words(before)
    if given.check:
        current = page == before and f"control {control()}." in before
        print("current" if current else "out of date: python docs/make_interventions.py")
        return 0 if current else 1
    for name, lines in figures(given.stalled):
        page = replaced(page, name, lines)
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
