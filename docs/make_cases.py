"""Work out the figures in ``cases.md`` and ``living_model.md`` and write them between their markers.

    python docs/make_cases.py              # all of it, some minutes
    python docs/make_cases.py --check      # are the blocks of this model? seconds once the rules are compiled

Deterministic: seed 1, replicates from 0. The text outside the markers is written by hand.
"""

# ruff: noqa: E501 - sentences and tables stand on one line, as they are written out
from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from sim import packaged  # noqa: E402
from sim.columns import TAKING_PART  # noqa: E402
from sim.engine import simulate_population  # noqa: E402
from sim.inputs import ORGANISATION  # noqa: E402
from sim.log import CODES, EVENTS  # noqa: E402
from sim.mechanisms.diagnosis import BINDINGS  # noqa: E402
from sim.mechanisms.phases import END_STATES  # noqa: E402
from sim.population import begin, build  # noqa: E402
from sim.randomness import run_key  # noqa: E402
from sim.scenario import Scenario, from_dict, load  # noqa: E402
from sim.schedule import month  # noqa: E402

SEED, MONTHS, RUNS, CONTROL = 1, 120, 1000, 16
LEVELS = ("board", "middle", "floor")
COLUMN = ("board", "middle", "operational")
STATES = {1: "shared address", 2: "negotiating", 3: "sham", 4: "partial", 5: "uncontracted"}
WORDS = {
    "none": "nothing", "contact": "contact of boards", "engagement": "engagement", "vision": "vision",
    "goals": "goals", "familiarity": "knowing each other", "trust": "trust", "understanding": "a shared language",
    "hours": "hours", "money": "money for hours", "middle_support": "support by the middle", "pioneers": "too few pioneers or routines",
    "problems": "open problems", "negotiation": "negotiation", "practice": "practice",
    "middle_contact": "contact of the middle", "attachment": "attachment to old ways", "routines": "routines", "breadth": "breadth",
}  # fmt: skip


# ---------------------------------------------------------------- running


@dataclass
class Ensemble:
    """Many runs of one scenario with one collaboration."""

    scenario: Scenario
    runs: int
    final: Any = None
    series: Any = None
    log: Any = None  # (run, month, event, organisation, level, other, amount)
    names: list[str] = field(default_factory=list)

    def at(self, name: str, when: int) -> Any:
        return self.series[name][:, when - 1]

    def events(self, name: str) -> Any:
        return self.log[self.log["event"] == CODES[name]]

    def per_run(self, name: str, until: int = MONTHS) -> Any:
        """Return how often something happened in each run, up to a month."""
        some = self.events(name)
        return np.bincount(some["run"][some["month"] <= until], minlength=self.runs)

    def first(self, name: str) -> Any:
        """Return the first month of something in each run; 0 where it did not happen."""
        found = np.zeros(self.runs, int)
        some = self.events(name)
        for row in some[::-1]:
            found[row["run"]] = row["month"]
        return found


def run(scenario: Scenario, runs: int, *, events: bool = True) -> Ensemble:
    records = simulate_population(build(scenario), MONTHS, runs, SEED, series=True, events=events)
    made = Ensemble(scenario, runs, records.finals[:, 0], records.series[:, :, 0])
    made.names = sorted(each.id for each in scenario.organisations)
    if events:
        fields = ("month", "event", "organisation", "level", "other", "amount")
        kind = [("run", "i8"), *((name, "f8" if name == "amount" else "i8") for name in fields)]
        made.log = np.zeros(sum(len(log) for log in records.log), kind)
        place = 0
        for r, log in enumerate(records.log):
            here = made.log[place : place + len(log)]
            here["run"] = r
            for name in fields:
                here[name] = log[name]
            place += len(log)
    return made


def changed(scenario: Scenario, change: Callable[[dict[str, Any]], None]) -> Scenario:
    tree = deepcopy(scenario.as_dict())
    change(tree)
    return from_dict(tree, "variant")


# ---------------------------------------------------------------- words for numbers


def pct(share: Any) -> str:
    value = 100.0 * float(np.mean(share))
    return f"{value:.0f} %" if value >= 1.0 or value == 0.0 else f"{value:.1f} %"


def mid(values: Any, form: str = ".0f") -> str:
    values = np.asarray(values, float)
    return format(float(np.median(values)), form) if len(values) else "–"


def dec(value: Any) -> str:
    return f"{round(float(value), 2) + 0.0:.2f}"


def spread(values: Any, form: str = ".2f") -> str:
    return " / ".join(format(float(v), form) for v in np.percentile(values, [5, 25, 50, 75, 95]))


def lost_after_practice(e: Ensemble) -> tuple[Any, Any, Any, Any]:
    """Return per run: practice reached, lost again while going on, regained after that, dissolved after practice."""
    phase = e.series["phase"]
    reached = e.final["months_to_phase_3"] > 0
    lost, regained, gone = np.zeros(e.runs, bool), np.zeros(e.runs, bool), np.zeros(e.runs, bool)
    for r in np.flatnonzero(reached):
        end = int(e.final["dissolved_month"][r]) or MONTHS + 1
        path = phase[r, int(e.final["months_to_phase_3"][r]) - 1 : end - 1]
        below = np.flatnonzero(path < 3)
        lost[r] = len(below) > 0
        regained[r] = len(below) > 0 and bool((path[below[0] :] >= 3).any())
        gone[r] = end <= MONTHS
    return reached, lost, regained, gone


def outcome_table(e: Ensemble, source_month: int | None) -> list[str]:
    f = e.final
    reached, lost, regained, gone = lost_after_practice(e)
    lines = ["| outcome | over the runs |", "|---|---|"]
    for n, name in enumerate(
        ("learning", "goals", "practical collaboration", "structuring", "broadening and deepening"), 1
    ):
        when = f[f"months_to_phase_{n}"]
        some = when[when > 0]
        tail = (
            f"; median month {mid(some)} (5–95 %: {np.percentile(some, 5):.0f}–{np.percentile(some, 95):.0f})"
            if len(some)
            else ""
        )
        lines.append(f"| reach phase {n}, {name} | {pct(when > 0)}{tail} |")
    states = Counter(int(code) for code in f["end_state"])
    ends = ", ".join(
        f"{END_STATES[code].replace('_', ' ')} {pct(count / e.runs)}" for code, count in states.most_common()
    )
    lines.append(f"| state at month {MONTHS} | {ends} |")
    of = max(1, int(reached.sum()))
    lines.append(
        f"| of those with practice | lost it again while going on {pct(lost.sum() / of)} (of these, had it back later"
        f" {pct(regained.sum() / max(1, lost.sum()))}); dissolved later {pct(gone.sum() / of)} |"
    )
    lines.append(f"| dissolved within ten years | {pct(f['dissolved_month'] > 0)} |")
    signed = f["first_agreement_month"]
    some = signed[signed > 0]
    if len(some):
        near = (
            f"; within a year of the source's month {source_month}: {pct(abs(some - source_month) <= 12)}"
            if source_month
            else ""
        )
        lines.append(
            f"| first agreement | {pct(signed > 0)}; median month {mid(some)} (5–95 %: {np.percentile(some, 5):.0f}–{np.percentile(some, 95):.0f}){near} |"
        )
    else:
        lines.append("| first agreement | none |")
    lines.append(
        f"| entangled cases handled jointly, ten years together | 5/25/50/75/95 %: {spread(f['joint_case_share'])} |"
    )
    lines.append(
        f"| practice maturity at month {MONTHS}, same start | 5/25/50/75/95 %: {spread(f['practice_maturity'])}; standard deviation {dec(f['practice_maturity'].std())} |"
    )
    lines.append(
        f"| months in sham / partial / uncontracted / negotiating / shared address, mean | {' / '.join(format(float(f['months_' + s].mean()), '.0f') for s in ('sham', 'partial', 'uncontracted', 'negotiating', 'shared_address'))} |"
    )
    lines.append(
        f"| cost in ten years, k€ (hours priced) | median {mid(f['cost_keur'], ',.0f')} (5–95 %: {np.percentile(f['cost_keur'], 5):,.0f}–{np.percentile(f['cost_keur'], 95):,.0f}); hours {mid(f['hours'], ',.0f')} |"
    )
    by = Counter(
        {
            level: float(f[f"projects_started_{name}"].mean())
            for level, name in zip((*LEVELS, "bureau"), (*COLUMN, "bureau"), strict=True)
        }
    )
    lines.append(
        f"| projects started, mean (by proposer) | {sum(by.values()):.1f} ({', '.join(f'{k} {v:.1f}' for k, v in by.items())}); finished {f['projects_finished'].mean():.1f} |"
    )
    return lines


def contrast_table(base: Ensemble, variants: list[tuple[str, Scenario]], when: int, runs: int) -> list[str]:
    lines = [
        f"| changed, all else and all luck the same | practice reached | practice at month {when} | at month {MONTHS} (difference, 95 %) | dissolved | first agreement |",
        "|---|---|---|---|---|---|",
    ]
    for label, e in [("as in the file", base), *((label, run(s, runs, events=False)) for label, s in variants)]:
        apart = e.final["practice_maturity"] - base.final["practice_maturity"]
        wide = 1.96 * apart.std() / np.sqrt(e.runs)
        signed = e.final["first_agreement_month"]
        lines.append(
            f"| {label} | {pct(e.final['months_to_phase_3'] > 0)} | {dec(e.at('practice_maturity', when).mean())} |"
            f" {dec(e.final['practice_maturity'].mean())}{'' if e is base else f' ({apart.mean():+.2f} ± {wide:.2f})'} |"
            f" {pct(e.final['dissolved_month'] > 0)} | {'month ' + mid(signed[signed > 0]) if (signed > 0).any() else 'none'} |"
        )
    return lines


# ---------------------------------------------------------------- one run, month by month


def typical(e: Ensemble) -> int:
    """Return the run whose practice and phase stay closest to the median over the runs, month by month."""
    practice, phase = e.series["practice_maturity"], e.series["phase"]
    away = np.abs(practice - np.median(practice, axis=0)).mean(axis=1)
    away += np.abs(phase - np.median(phase, axis=0)).mean(axis=1) / 5.0
    return int(np.argmin(away))


def follow(scenario: Scenario, replicate: int) -> tuple[list[dict[str, Any]], Any]:
    """Return what stood at the end of each month of one run, and its events."""
    population = build(scenario)
    buffer = population.buffer.copy()
    state = population.layout.state(buffer, 100_000)
    state.clock[0].key = run_key(np.uint64(SEED), np.uint64(replicate))
    begin(state)
    diary = []
    for _ in range(MONTHS):
        month(state)
        diary.append(snapshot(state, population.organisations))
    return diary, state.log[: int(state.clock[0].logged)].copy()


def snapshot(state: Any, names: tuple[str, ...]) -> dict[str, Any]:
    c, p = state.collaborations[0], state.parameters[0]
    inside = [m for m in range(int(c.member_from), int(c.member_to)) if state.members[m].status == TAKING_PART]
    seated = [m for m in inside if state.members[m].seat == 1]
    page: dict[str, Any] = {
        "phase": int(c.phase), "practice": float(c.practice_maturity), "formal": float(c.formal_maturity), "routines": float(c.routines),
        "problems": int(c.problems_open), "partners": len(inside), "team": float(c.project_practice), "joint": float(c.joint_now),
        "binding": BINDINGS[int(c.binding)], "level": int(c.binding_level), "alive": int(c.ending) == 0,
        "at": names[int(state.members[int(c.binding_member)].organisation)] if c.binding_member >= 0 else "",
    }  # fmt: skip
    for level, name in enumerate(LEVELS):
        whose = [state.levels[3 * m + level] for m in (seated if level == 0 else inside)]
        for what in ("engagement", "salience", "partner_trust", "satisfaction"):
            page[f"{what} {name}"] = float(np.mean([each[what] for each in whose])) if whose else 0.0
        page[f"gap {name}"] = (
            float(np.mean([each.expectation - each.perceived_progress for each in whose])) if whose else 0.0
        )
    page["left middle"] = sum(
        state.organisations[int(state.members[m].organisation)].departed_middle > 0 for m in inside
    )
    page["left floor"] = sum(
        state.organisations[int(state.members[m].organisation)].departed_operational > 0 for m in inside
    )
    page.update(floor_factors(state, c, p))
    return page


def floor_factors(state: Any, c: Any, p: Any) -> dict[str, float]:
    """Return what the readiness of the floor is made of (``cases``), means over pairs weighed as there."""
    rows, weights = [], []
    for k in range(int(c.link_from), int(c.link_to)):
        link = state.links[k]
        if any(state.members[m].status != TAKING_PART for m in (link.first_member, link.second_member)):
            continue
        relation = state.relations[3 * link.pair + 2]
        one, other = 3 * link.first_member, 3 * link.second_member
        middle = 0.5 * (state.levels[one + 1].engagement + state.levels[other + 1].engagement)
        pioneers = 0.35 * (state.levels[one + 2].pioneer + state.levels[other + 2].pioneer)
        pioneers += 0.15 * (state.levels[one + 1].pioneer + state.levels[other + 1].pioneer)
        rows.append((relation.familiarity, relation.trust, relation.understanding, middle, pioneers))
        weights.append(link.overlap * relation.familiarity**2 + 1e-9)
    names = (
        "knowing each other on the floor",
        "trust on the floor",
        "a shared language on the floor",
        "engagement of the middle",
        "pioneers",
    )
    if not rows:
        return dict.fromkeys((*names, "hours of the floor"), 0.0)
    means = np.average(np.array(rows, float), axis=0, weights=weights)
    wanted = float(c.entangled_month * c.needed * p.joint_case_hours)
    granted = sum(float(state.levels[3 * m + 2].hours_granted) for m in range(int(c.member_from), int(c.member_to)))
    return {
        **dict(zip(names, map(float, means), strict=True)),
        "hours of the floor": min(1.0, granted / wanted) if wanted else 1.0,
    }


def weights_of(page: dict[str, Any], drag: float) -> dict[str, float]:
    """Return each factor's part in the logarithm of the floor's readiness."""

    def log(value: float) -> float:
        return float(np.log(max(value, 1e-3)))

    carried = page["routines"] + (1 - page["routines"]) * (0.3 + 0.7 * page["pioneers"])
    return {
        **{name: log(page[name]) / 3 for name in page if name.endswith("on the floor")},
        "engagement of the middle": log(0.35 + 0.65 * page["engagement of the middle"]),
        "pioneers": log(carried),
        "hours of the floor": log(page["hours of the floor"]),
        "problems": -log(1 + drag * page["problems"] / max(1, page["partners"])),
    }


def causes(diary: list[dict[str, Any]], start: int, stop: int, drag: float, *, up: bool) -> str:
    """Name what changed most in the readiness of the floor between two months, in the direction asked."""
    before, after = diary[start - 1], diary[stop - 1]
    was, now = weights_of(before, drag), weights_of(after, drag)
    sign = 1.0 if up else -1.0
    moved = sorted(((sign * (now[name] - was[name]), name) for name in was), reverse=True)
    words = []
    for size, name in moved[:3]:
        if size < 0.03 or (words and size < 0.3 * moved[0][0]):
            break
        shown = "routines and pioneers" if name == "pioneers" and after["routines"] > 0.15 else name
        form = ".0f" if name == "problems" else ".2f"
        words.append(
            f"{'open problems' if name == 'problems' else shown} ({format(before[name], form)}→{format(after[name], form)})"
        )
    if (
        abs(after["team"] - before["team"]) * 0.5 * (1 - after["joint"]) > 0.05
        and (after["team"] > before["team"]) == up
    ):
        words.append(f"joint teams ({before['team']:.2f}→{after['team']:.2f})")
    return ", ".join(words) or "no single factor"


SAID: dict[str, str] = {
    "first_contact": "the boards meet", "joint_bid": "a joint bid brings them together", "policy_shift": "policy shifts",
    "goals_set": "goals are set", "building_opened": "the doors open", "milestone": "the building forces a decision",
    "passage_taken_up": "somebody in the middle takes up the support process", "spanner_came": "a coordinator comes", "spanner_left": "the coordinator leaves",
    "negotiation_began": "boards step into a conflict and negotiate", "boards_refused": "a conflict is brought up, boards do not step in",
    "barrier_removed": "the barrier is removed", "negotiation_failed": "the negotiation fails", "practice_unsettled": "the agreement unsettles the practice that was there",
    "evaluated": "an evaluation is held", "evaluation_lapsed": "the agreed evaluation lapses", "dissolved": "it ends",
}  # fmt: skip
COUNTED = {
    "project_started": "started",
    "project_finished": "finished",
    "project_given_up": "given up",
    "project_rejected": "rejected",
    "project_unfunded": "without money",
}


class Teller:
    """Tells one run as a chain of named causes, a year a paragraph."""

    def __init__(
        self, scenario: Scenario, diary: list[dict[str, Any]], log: Any, first_year: int, first_month: int
    ) -> None:
        inside = sorted(scenario.organisations, key=lambda each: each.id)  # the order of the rows
        self.names = [each.title["en"].split(" (")[0] for each in inside]
        self.ids = [each.id for each in inside]
        self.diary, self.log = diary, log
        self.drag = float(scenario.value("parameters.problem_drag"))
        self.offset = 12 * first_year + first_month - 1
        self.founders = {
            each.organisation for each in scenario.collaborations[0].partners if each.role in ("lead", "core")
        }

    def founder(self, row: Any) -> bool:
        return row.organisation >= 0 and self.ids[int(row.organisation)] in self.founders

    def who(self, row: Any) -> str:
        return self.names[int(row.organisation)] if row.organisation >= 0 else ""

    def recent(self, now: int, span: int, *kinds: str) -> list[str]:
        said = {
            "director_changed": "a new director at {}",
            "level_withdrew": "a level withdrew at {}",
            "notice_given": "{} gave notice",
            "partner_left": "{} left",
            "tender_lost": "a tender lost by {}",
        }
        found = [
            f"{said.get(EVENTS[row.event], SAID.get(EVENTS[row.event], '')).format(self.who(row))} ({row.month})"
            for row in self.log
            if now - span <= row.month <= now
            and EVENTS[row.event] in kinds
            and (row.organisation < 0 or self.founder(row))
        ]
        return found[-4:]

    def phase_text(self, row: Any) -> str:
        now, to = int(row.month), int(row.amount)
        up = EVENTS[row.event] == "phase_up"
        before = self.diary[now - 2]["phase"] if now > 1 else 0
        if up and to == 3:
            start = max(1, now - 12)
            return f"**practice reached** (phase 3, month {now}), carried by {causes(self.diary, start, now, self.drag, up=True)} compared with month {start}"
        if not up and before >= 3 and to < 3:
            run_of = [page["practice"] for page in self.diary[max(0, now - 36) : now]]
            peak = max(0, now - 36) + int(np.argmax(run_of)) + 1
            aside = self.recent(
                now,
                now - peak,
                "director_changed",
                "level_withdrew",
                "notice_given",
                "partner_left",
                "negotiation_failed",
                "boards_refused",
                "tender_lost",
            )
            gone = sum(page["left floor"] + page["left middle"] for page in self.diary[peak - 1 : now])
            tail = f"; meanwhile {', '.join(aside)}" if aside else ""
            return (
                f"**practice lost** (month {now}) since its peak of {self.diary[peak - 1]['practice']:.2f} in month {peak}, through"
                f" {causes(self.diary, peak, now, self.drag, up=False)}; {gone} people left middle and floor in those months{tail}"
            )
        if to == 4 and up:
            return f"**structuring** (phase 4, month {now}): joint routines reach {self.diary[now - 1]['routines']:.2f} by contact and engagement of the middle ({self.diary[now - 1]['engagement middle']:.2f})"
        if to == 5:
            return f"**broadening** (phase 5, month {now})"
        return f"phase {to} (month {now})" if to >= 2 and not up else ""

    def said(self, row: Any) -> str:
        kind, now = EVENTS[row.event], int(row.month)
        who = self.who(row)
        if kind in ("phase_up", "phase_down"):
            return self.phase_text(row)
        if kind == "agreement_signed":
            forced = sum(1 for each in self.log if EVENTS[each.event] == "milestone" and each.month <= now)
            return f"**agreement signed** (month {now})" + (
                f", after {forced} forced decision{'s' * (forced != 1)}" if forced else ""
            )
        if kind == "goals_set":
            aside = self.recent(now, 4, "joint_bid", "milestone", "policy_shift")
            return f"goals are set (month {now})" + (f" after {', '.join(aside)}" if aside else "")
        if kind == "director_changed" and self.founder(row):
            return f"new director at {who} (month {now}, openness {row.amount:.2f})"
        if kind == "tender_lost" and (self.founder(row) or row.amount >= 1.0):
            return f"{who} loses a tender (month {now}" + (
                f"; {row.amount:.0f} k€ of investment lost)" if row.amount >= 1.0 else ")"
            )
        if kind in ("level_withdrew", "level_returned") and self.founder(row):
            return f"the {LEVELS[int(row.level)]} of {who} {'withdraws' if kind == 'level_withdrew' else 'returns'} (month {now})"
        if kind == "notice_given":
            return f"{who} gives notice (month {now}; satisfaction {row.amount:.2f})"
        if kind in ("partner_left", "partner_joined"):
            return f"{who} {'leaves' if kind == 'partner_left' else 'joins'} (month {now})"
        if kind == "broadened":
            return f"broadened to {row.amount:.0f} domains (month {now})"
        if kind in ("state_entered", "state_left") and int(row.amount) in (1, 3, 4, 5):
            name = STATES[int(row.amount)]
            if kind == "state_left":
                return f"no longer {name} (month {now})"
            page = self.diary[now - 1]
            return f"**{name}** (month {now}; formal {page['formal']:.2f}, practice {page['practice']:.2f}, held back by {WORDS[page['binding']]})"
        return f"{SAID[kind]} (month {now})" if kind in SAID else ""

    def year(self, first: int, last: int) -> str:
        rows = [row for row in self.log if first <= row.month <= last]
        links = [text for text in (self.said(row) for row in rows) if text]
        links = list(dict.fromkeys(links))
        counts = Counter(EVENTS[row.event] for row in rows)
        hurt = [float(row.amount) for row in rows if EVENTS[row.event] == "worked_with_rival"]
        if hurt:
            links.append(
                f"partners work with rivals ({len(hurt)} time{'s' * (len(hurt) > 1)}, mean hurt {np.mean(hurt):.2f})"
            )
        away = Counter(
            EVENTS[row.event]
            for row in rows
            if EVENTS[row.event] in ("level_withdrew", "level_returned") and not self.founder(row)
        )
        if away:
            links.append(
                f"levels of other partners withdraw ({away['level_withdrew']}) and return ({away['level_returned']})"
            )
        work = [f"{counts[kind]} {word}" for kind, word in COUNTED.items() if counts[kind]]
        if work:
            by = Counter(
                "bureau" if row.level == 3 else LEVELS[int(row.level)]
                for row in rows
                if EVENTS[row.event] == "project_started"
            )
            links.append(
                f"projects: {', '.join(work)}"
                + (f" (proposed by {', '.join(f'{k} {v}' for k, v in by.items())})" if by else "")
            )
        if counts["problem_arose"]:
            links.append(f"problems: {counts['problem_arose']} arise, {counts['problem_solved']} solved")
        pages = self.diary[first - 1 : last]
        alive = [page for page in pages if page["alive"]]
        if not alive:
            return ""
        now, before = alive[-1], self.diary[max(0, first - 2)]
        for level in LEVELS:
            shift = now[f"engagement {level}"] - before[f"engagement {level}"]
            if first > 1 and abs(shift) >= 0.10:
                moved = {
                    what: now[f"{key} {level}"] - before[f"{key} {level}"]
                    for what, key in (
                        ("salience", "salience"),
                        ("trust", "partner_trust"),
                        ("satisfaction", "satisfaction"),
                    )
                }
                most = max(moved, key=lambda what: moved[what] * np.sign(shift))
                why = (
                    f", with {most} {moved[most]:+.2f}"
                    if moved[most] * shift > 0.0 and abs(moved[most]) >= 0.02
                    else ""
                )
                links.append(
                    f"engagement of the {level} {'rises' if shift > 0 else 'falls'} to {now[f'engagement {level}']:.2f}{why}"
                )
        drift = now["practice"] - before["practice"]
        turned = any(EVENTS[row.event] in ("phase_up", "phase_down") and "practice" in self.said(row) for row in rows)
        if first > 1 and abs(drift) >= 0.08 and not turned:
            links.append(
                f"practice {'rises' if drift > 0 else 'falls'} from {before['practice']:.2f} to {now['practice']:.2f} through {causes(self.diary, first - 1, first - 1 + len(alive), self.drag, up=drift > 0)}"
            )
        (what, level, _), often = Counter((page["binding"], page["level"], "") for page in alive).most_common(1)[0]
        weakest = Counter(
            page["at"] for page in alive if page["binding"] == what and page["level"] == level
        ).most_common(1)[0][0]
        where = f" ({LEVELS[level]}, most at {self.names[self.ids.index(weakest)]})" if weakest and level >= 0 else ""
        begin_month, end_month = self.offset + first - 1, self.offset + last - 1
        title = (
            f"{begin_month // 12}"
            if begin_month // 12 == end_month // 12
            else f"{begin_month // 12}/{str(end_month // 12)[2:]}"
        )
        engaged, missed = (
            " / ".join(dec(now[f"{name} {level}"]) for level in LEVELS) for name in ("engagement", "gap")
        )
        status = (
            f"practice {now['practice']:.2f}, formal {now['formal']:.2f}, routines {now['routines']:.2f}; engagement {engaged};"
            f" unmet expectation {missed} (board / middle / floor); {now['problems']} open problems; mostly held back by"
            f" {WORDS[what]}{where}, {often} months"
        )
        return f"**{title}** (months {first}–{last}). {' → '.join(links) or 'nothing of note'}. *At the end:* {status}."

    def tell(self) -> list[str]:
        years = [self.year(first, first + 11) for first in range(1, MONTHS, 12)]
        return [line for text in years if text for line in (text, "")][:-1]


def story_block(e: Ensemble, first_year: int, first_month: int) -> list[str]:
    chosen = typical(e)
    diary, log = follow(e.scenario, chosen)
    gap = float(np.abs(e.series["practice_maturity"][chosen] - np.median(e.series["practice_maturity"], axis=0)).mean())
    head = (
        f"Replicate {chosen} of seed {SEED}: of {e.runs:,} runs the one whose practice and phase stay closest to the median run, month by"
        f" month (mean distance in practice {gap:.2f})."
    )
    return [head, "", *Teller(e.scenario, diary, log, first_year, first_month).tell()]


# ---------------------------------------------------------------- source against model


@dataclass(frozen=True)
class Line:
    """A fact of the source against what the model does; ``why`` is shown where it does not agree."""

    where: str
    fact: str
    model: str
    verdict: str
    why: str = ""


def verdict(holds: Any, partly: Any = None) -> str:
    return "agrees" if holds else "partly" if partly else "differs"


def lines_block(lines: list[Line]) -> list[str]:
    rows = ["| § | the source | the model | |", "|---|---|---|---|"]
    for each in lines:
        why = f". *Why:* {each.why}" if each.why and each.verdict != "agrees" else ""
        rows.append(f"| {each.where} | {each.fact} | {each.model}{why} | {each.verdict} |")
    count = Counter(each.verdict for each in lines)
    return [
        *rows,
        "",
        f"Count: {', '.join(f'{word} {count[word]}' for word in ('agrees', 'partly', 'differs', 'put in', 'not in the model') if count[word])}.",
    ]


def going_on(e: Ensemble, when: int) -> Any:
    """Return in which runs the collaboration has not ended by a month; the number of partners stays as it was then."""
    ended = e.final["dissolved_month"]
    return (ended == 0) | (ended > when)


def starts_by_level(e: Ensemble) -> dict[str, float]:
    total = {
        level: float(e.final[f"projects_started_{name}"].sum())
        for level, name in zip((*LEVELS, "bureau"), (*COLUMN, "bureau"), strict=True)
    }
    return {level: value / max(1.0, sum(total.values())) for level, value in total.items()}


def starts_of(e: Ensemble, organisation: str) -> float:
    some = e.events("project_started")
    some = some[some["level"] < 3]
    return float((some["organisation"] == e.names.index(organisation)).mean())


def bound_at(e: Ensemble) -> dict[str, float]:
    """Return at which level the binding condition lies, as a share of the months in which something binds."""
    level, going = e.series["binding_level"], e.series["binding"] > 0
    return {name: float((level[going] == n).mean()) for n, name in enumerate(LEVELS)}


def said_shares(shares: dict[str, float]) -> str:
    return ", ".join(f"{name} {pct(share)}" for name, share in shares.items())


def kaatsheuvel_lines(e: Ensemble, unforced: Ensemble, unhoused: Ensemble) -> list[Line]:
    f, now = e.final, 53
    signed = f["first_agreement_month"]
    near = (signed > 0) & (abs(signed - 14) <= 12)
    opened = e.first("building_opened")
    alive = going_on(e, now)
    practising = e.at("phase", now) >= 3
    address = e.at("end_state", now) == 1
    taken = e.first("passage_taken_up")
    some = e.events("project_started")
    before = after = going = 0
    for r in np.flatnonzero((opened > 0) & (opened <= MONTHS - 12)):
        if 0 < f["dissolved_month"][r] <= opened[r] + 12:
            continue
        going += 1
        when = some["month"][some["run"] == r]
        before += int(((when >= opened[r] - 12) & (when < opened[r])).sum())
        after += int(((when >= opened[r]) & (when < opened[r] + 12)).sum())
    met = [float(one.at("familiarity_operational", 51).mean()) for one in (e, unhoused)]
    worked = [float(one.at("practice_maturity", 60).mean()) for one in (e, unhoused)]
    ahead = starts_of(e, "casade")
    money = f["invested_keur_housing_corporation"].sum() / sum(
        f[f"invested_keur_{k}"].sum() for k in ("housing_corporation", "welfare", "care", "municipality", "other")
    )
    outside = f["projects_outside_building"].sum() / max(
        1.0, sum(f[f"projects_started_{n}"].sum() for n in (*COLUMN, "bureau"))
    )
    joined = e.per_run("partner_joined") > 0
    at_door = e.at("practice_maturity", 38)  # at the end of month 39 the tenants are in
    late = unforced.final["first_agreement_month"]

    def decided(one: Ensemble) -> str:
        when = one.final["first_decision_month"]
        return mid(when[when > 0])

    return [
        Line("V §2.1", "founded in 2003 by a corporation and care organisations; two work streams, stones and support", "file: four core partners, meetings of working groups", "put in"),
        Line("V §2.1.1", "agreement for the neighbourhood in February 2004 (month 14)", f"median month {mid(signed[signed > 0])}; within a year of month 14: {pct(near)}", verdict(near.mean() >= 0.5, near.mean() >= 0.25), "Early: in the model boards that know each other sign as soon as goals and a draft are there."),
        Line("V §2.1.1", "doors open in 2006 (about month 40)", f"opened in {pct(opened > 0)} of the runs, median month {mid(opened[opened > 0])}; building time and money are input", "put in"),
        Line("V §2.1.1", "thirteen parties work in the two buildings", f"partners in 2007 (month {now}), median {mid(e.at('partners_now', now)[alive])}; the thirteen are listed in the file, what the model adds is that they stay", "put in"),
        Line("V §2.1.1, §2.1.2", "it works, and serves within and outside the region as an example for other buildings", f"practice in 2007 (month {now}): {pct(practising)} of the runs, at month {MONTHS} {pct(f['phase'] >= 3)}; maturity in 2007 {spread(e.at('practice_maturity', now))} (5/25/50/75/95 %)", verdict(practising.mean() >= 0.5, practising.mean() >= 0.25),
             "The source reports one desk, activities and encounters of user groups in 2007, chosen as a showcase; the model asks for entangled cases of housing, care and welfare that are handled jointly as a matter of course. Part of the difference is this yardstick. Part is what follows the opening: with nine tenants who come in as strangers practice goes down, without them it keeps its mean (see the contrasts)."),
        Line("V §2.1.2", "its experience is used for a second centre (BaLaDe: 19 parties, 57 flats, three neighbourhoods, not open in 2007)", "one collaboration in the file; process skill and experience grow by doing and would carry over to a second one", "not in the model"),
        Line("V §5.7", "real estate forces boards to decide early", f"first binding decision: median month {decided(e)}, agreement {mid(signed[signed > 0])}; without forced decisions {decided(unforced)} and {mid(late[late > 0])}", verdict(np.median(late[late > 0]) > np.median(signed[signed > 0]))),
        Line("V §5.7", "the corporation gets ahead", f"{pct(ahead)} of the projects start on its proposal (an equal share of the partners would be {pct(1 / 13)}); {pct(money)} of all money invested, the building included", verdict(ahead > 2 / 13 and money > 0.5, money > 0.5),
             "In money it is far ahead, in starting projects hardly."),
        Line("V §6.1", "the physical planning is ahead of the services; the builders grow impatient", f"practice at month 38, just before the tenants come in: median {dec(np.median(at_door))}; unmet expectation of boards {dec(e.at('expectation_gap_board', 38).mean())}, of the floor {dec(e.at('expectation_gap_operational', 38).mean())}", verdict(np.median(at_door) < 0.4 and e.at("expectation_gap_board", 38).mean() > 0, np.median(at_door) < 0.4),
             "Services are behind, but boards do not miss them: they count agreements and forced decisions as progress."),
        Line("V §5.7", "when stones become support it is not always clear who leads", f"somebody takes up the support process in {pct((taken > 0).sum() / max(1, (opened > 0).sum()))} of the opened buildings, median {mid((taken - opened)[(taken > 0) & (opened > 0)])} months after the opening; projects started a year before the opening {before / max(1, going):.2f}, a year after {after / max(1, going):.2f}", verdict(after < before and np.median((taken - opened)[(taken > 0) & (opened > 0)]) > 3)),
        Line("V §5.7", "one roof lowers thresholds by encounters that come of themselves", f"familiarity on the floor at month 51, a year after the opening: {dec(met[0])}, if nobody were housed together {dec(met[1])}; practice at month 60 {dec(worked[0])} and {dec(worked[1])}", verdict(met[0] - met[1] >= 0.05, met[0] - met[1] >= 0.02), "The sign is right, the size is small: thirteen floors make 78 pairs, and those who have no seat have little engagement by then."),
        Line("V §5.3", "on one floor it works, on another, even under one roof, it does not", f"practice reached in {pct(f['months_to_phase_3'] > 0)} of the runs with the same start; of these {pct(lost_after_practice(e)[1].sum() / max(1, lost_after_practice(e)[0].sum()))} lose it again", verdict(0.1 < (f["months_to_phase_3"] > 0).mean() < 0.9)),
        Line("V §5.7", "the partners have to prevent decay into a mere shared address (a danger, not what was found)", f"shared address in 2007: {pct(address)} of the runs, at month {MONTHS} {pct(f['end_state'] == 1)}", verdict(f["months_shared_address"].mean() > 0 and (f["end_state"] == 1).mean() < 0.5, (f["months_shared_address"] > 0).any()),
             "The danger is there, but as the usual end rather than as a danger. The source's recipe, to remind the partners of the salience for good, is not in the file."),
        Line("V §5.7", "little eye for collaboration outside the building", f"{pct(outside)} of the projects lie outside the building", verdict(outside < 0.5)),
        Line("V §2.1", "further parties per project", f"the municipality, the only candidate in the file, joins in {pct(joined)} of the runs", verdict(joined.mean() > 0.1)),
        Line("V §2.1.1", "residents take initiatives; a panel of customers; a website for help among neighbours", "stakeholder involvement and feedback are input and feed legitimacy; what residents do for each other is absent", "not in the model"),
    ]  # fmt: skip


def tilburg_lines(e: Ensemble, sheltered: Ensemble) -> list[Line]:
    f, now = e.final, 33
    signed = f["first_agreement_month"]
    near = (signed > 0) & (abs(signed - 7) <= 12)
    seen = e.at("perceived_phase_board", now)
    phase = e.at("phase", now)
    started = e.per_run("project_started", now)
    by = starts_by_level(e)
    top = by["board"] + by["bureau"]
    proposed, rejected = e.per_run("project_proposed").sum(), e.per_run("project_rejected").sum()
    first = [
        (int(row["run"]), EVENTS[row["event"]])
        for row in e.log
        if EVENTS[row["event"]] in ("evaluated", "evaluation_lapsed")
    ]
    outcome: dict[int, str] = {}
    for r, kind in first:
        outcome.setdefault(r, kind)
    lapsed = np.mean([kind == "evaluation_lapsed" for kind in outcome.values()]) if outcome else 0.0
    joined = e.per_run("partner_joined")
    lost = e.first("tender_lost")
    partner = e.series["binding_organisation"]
    going = e.series["binding"] > 0
    at = {name: float((partner[going] == e.names.index(name)).mean()) for name in ("wonenbreburg", "thebe", "de_twern")}
    starts = {name: starts_of(e, name) for name in ("wonenbreburg", "thebe", "de_twern")}
    gap = [float(e.at("expectation_gap_board", when).mean()) for when in (12, 36, 60, 120)]
    practice = e.at("practice_maturity", now)
    harm = float(sheltered.final["practice_maturity"].mean() - f["practice_maturity"].mean())
    known = [float(e.at(f"familiarity_{name}", now).mean()) for name in COLUMN]
    return [
        Line("V §2.2", "the partners meet over a joint bid for a neighbourhood centre", "file: an event in month 2, and some history between boards and floors", "put in"),
        Line("V §2.2", "letter of intent in April 2005 (month 7)", f"median month {mid(signed[signed > 0])}; within a year of month 7: {pct(near)}, within three months {pct((signed > 0) & (abs(signed - 7) <= 3))}", verdict(near.mean() >= 0.5)),
        Line("V §2.2", "project organisation with a programme manager from June 2005 (month 9), after the letter", "the bureau is part of the framework and is there from month 1", "not in the model"),
        Line("V §2.2", "many projects are shared by 2007", f"started by month {now}: mean {started.mean():.1f} (5–95 %: {np.percentile(started, 5):.0f}–{np.percentile(started, 95):.0f})", verdict(started.mean() >= 3, started.mean() >= 1.5), "Few: a project in the model is a joint team that takes months of work."),
        Line("V §2.2", "in 2007 the partners themselves say that they are still exploring", f"as the boards see it, in month {now}: mean phase {seen.mean():.1f}, below practice in {pct(seen < 3)} of the runs; in fact below practice in {pct(phase < 3)}", verdict((seen < 3).mean() >= 0.5, (phase < 3).mean() >= 0.3),
             "Seen by its boards the model is further than the partners' own words. A board sees the goals fully, and of practice what reaches it through its own organisation."),
        Line("V §2.2", "the shared projects mean some practice, however much it is called exploring", f"practice maturity in month {now}: {spread(practice)} (5/25/50/75/95 %)", verdict(np.percentile(practice, 25) > 0.02)),
        Line("V §5.7", "projects come about with boards and policy, and with the bureau", f"proposed by {said_shares(by)}; boards and bureau together {pct(top)}", verdict(top > 0.5)),
        Line("V §2.2", "equals in every respect", f"projects on the proposal of {said_shares(starts)} (bureau left out)", verdict(max(starts.values()) < 0.6)),
        Line("V §2.2, §5.7", "a project comes under the covenant only if that adds something; that it does is doubted", f"{pct(rejected / max(1, proposed))} of the proposals are rejected by boards, on top of those that the threshold stops before they are made", verdict(rejected > 0)),
        Line("V §4.1", "the agreed evaluation after three years was tacitly let pass", f"the first evaluation lapses in {pct(lapsed)} of the runs", verdict(lapsed >= 0.5, lapsed >= 0.35), "In the source's only covenant it lapsed; in the model a bureau and engaged boards make it more likely to be held, which leaves it near a toss-up."),
        Line("V §3.3", "pressure to compete disturbs; the WMO is sharply criticised", f"a tender is lost in {pct(lost > 0)} of the runs; practice at month {MONTHS} {dec(f['practice_maturity'].mean())}, without any tendering {dec(sheltered.final['practice_maturity'].mean())}", verdict(harm > 0.05, harm > 0.01), "The direction is that of the source; the size is small beside what it calls the most disturbing factor."),
        Line("V §5.4", "the middle gets going with most difficulty: it has the fewest natural encounters (all cases)", f"familiarity in month {now} of board / middle / floor {' / '.join(map(dec, known))}; the binding condition lies at {said_shares(bound_at(e))}; open problems at month {MONTHS} {' / '.join(format(float(f['issues_open_' + n].mean()), '.1f') for n in COLUMN)}", verdict(known[1] == min(known), known[1] < max(known))),
        Line("V §4.2", "people thought to be far integrated within five years, and now think differently (case not named)", f"what boards miss, at months 12, 36, 60 and 120: {', '.join(dec(g) for g in gap)}", verdict(max(gap) > 0 and gap[3] < max(gap), max(gap) > 0), "The gap opens only in some runs, on average boards see what they expect."),
        Line("V §5.5", "layers differ much (Thebe, De Twern), yet are no real bottleneck to respondents", f"the binding condition is weakest at {said_shares(at)}", verdict(at["thebe"] < 0.5, at["thebe"] < 0.66)),
        Line("V §2.2", "a third party may join in consultation", f"one or more join in {pct(joined > 0)} of the runs, mean {joined.mean():.1f}", verdict((joined > 0).mean() > 0.1)),
        Line("V §2.2", "the corporation and De Twern also work together in the Kruidenbuurt, outside the covenant, and by chance elsewhere", "history between the two is put in; work outside the covenant goes on nowhere in the file", "not in the model"),
        Line("V §2.2", "products: a counter, a village point, a catalogue, a centre of knowledge", "projects have a domain and a result, no content", "not in the model"),
    ]  # fmt: skip


def roosendaal_lines(e: Ensemble, plain: Ensemble, blank: Ensemble, tilburg: Ensemble) -> list[Line]:
    f, now = e.final, 78
    reached = f["months_to_phase_3"]
    early = (reached > 0) & (reached <= 24)
    gone = (f["dissolved_month"] > 0) & (f["dissolved_month"] <= 24)
    practising = e.at("phase", now) >= 3
    alive = going_on(e, now)
    by = starts_by_level(e)
    hurt, other = e.events("worked_with_rival"), tilburg.events("worked_with_rival")
    joined = e.per_run("partner_joined", now)
    jump = [
        float(one.at("engagement_board", when)[going_on(one, when)].mean())
        for one, when in ((e, 24), (e, 36), (plain, 36))
    ]
    trust = [float(e.at("trust_board", when)[going_on(e, when)].mean()) for when in (24, 78)]
    plain_reached = (plain.final["months_to_phase_3"] > 0).mean()
    more = (reached > 0).mean() - plain_reached
    engaged = [float(e.at(f"engagement_{name}", now)[alive].mean()) for name in COLUMN]
    started = e.per_run("project_started", now)
    fam = [float(e.at(f"familiarity_{name}", 24).mean()) for name in COLUMN]
    uncontracted = e.at("end_state", now) == 5
    practice_without = practising & (f["first_agreement_month"] == 0)
    past = float(e.at("practice_maturity", now).mean() - blank.at("practice_maturity", now).mean())
    evaluated = e.per_run("evaluated").sum() + e.per_run("evaluation_lapsed").sum()
    return [
        Line("V §2.3", "the floors of both met for years in daily work, before the organisations agreed on anything", f"history on the floor is input; at month 24 familiarity of board / middle / floor {' / '.join(map(dec, fam))}", "put in"),
        Line("V §2.3, H §2.2", "a long shared past helps: collaboration that succeeds mostly has one", f"practice at month {now} {dec(e.at('practice_maturity', now).mean())}; with strangers on all levels and no practice to begin with {dec(blank.at('practice_maturity', now).mean())}; reached by {pct(reached > 0)} and {pct(blank.final['months_to_phase_3'] > 0)}", verdict(past > 0.03, past > 0.0),
             "The sign is right, the size is small. Some practice at the start helps a little, floors that know each other hardly, and boards that start with little trust (input, from the start-up problems) take about as much away (see the contrasts)."),
        Line("V §2.3", "start-up problems: it does not get going before a new board at SIW (month 25)", f"practice reached by month 24: {pct(early)}; ended by then: {pct(gone)}", verdict(early.mean() < 0.2, early.mean() < 0.35), "Too early in part of the runs: what the floor brings along is enough without the boards."),
        Line("V §2.3", "only with the new board did it click", f"engagement of boards {dec(jump[0])} at month 24, {dec(jump[1])} at month 36 (with the old board {dec(jump[2])}); practice reached at some time by {pct(reached > 0)}, against {pct(plain_reached)} with the old board and goals in the same luck", verdict(more >= 0.2, more > 0.02),
             "The direction is that of the source, the size is not: there the new board is decisive, in the model it adds a little. Openness works through what a board expects and through how well its meetings with the other board go; the middle and the floor, which carry this collaboration, feel it by signals and example only, and many get going without."),
        Line("V §2.3", "in 2006–2007 intensive, on several levels", f"in month {now}: practice in {pct(practising)} of the runs, ended {pct(~alive)}; engagement of board / middle / floor in those that go on {' / '.join(map(dec, engaged))}", verdict(practising.mean() >= 0.5, practising.mean() >= 0.3), "More than half of the runs with this start do not get there, or lose it; the source shows one place, selected because it works."),
        Line("V §2.3", "no agreement, never a conscious choice; practice goes on without", f"no run signs (the framework has no agreement to sign: input); practice without agreement in month {now}: {pct(practice_without)}, of all runs in the state 'uncontracted' {pct(uncontracted)}", verdict(practice_without.mean() >= 0.5, practice_without.mean() >= 0.3), "Practice without agreement comes about by itself, in fewer runs than half."),
        Line("V §2.3", "evaluations on all levels, never at agreed moments", f"agreed evaluations: {evaluated} in all runs (input); informal looking back is not a thing of its own, satisfaction is weighed every month", "not in the model"),
        Line("V §5.7", "it takes shape in the middle above all, not in strategic decisions of boards", f"projects proposed by {said_shares(by)}", verdict(by["middle"] == max(by.values()))),
        Line("V §3.3", "competition is not felt as negative; clear roles leave no silent expectation of exclusivity", f"working with a rival: {len(hurt) / e.runs:.1f} times a run, mean hurt {dec(hurt['amount'].mean()) if len(hurt) else '–'} (Tilburg {len(other) / tilburg.runs:.1f} times, {dec(other['amount'].mean()) if len(other) else '–'}); without tendering hardly anything changes (see the contrasts)", verdict(len(hurt) == 0 or hurt["amount"].mean() < 0.6 * other["amount"].mean())),
        Line("V §2.3", "several projects are shared, in two neighbourhoods", f"started by month {now}: mean {started.mean():.1f} (5–95 %: {np.percentile(started, 5):.0f}–{np.percentile(started, 95):.0f})", verdict(started.mean() >= 3)),
        Line("V §2.3", "municipality, schools and others take part in projects", f"third organisations that have joined by month {now}: mean {joined.mean():.1f} of four; none in {pct(joined == 0)} of the runs", verdict((joined > 0).mean() >= 0.5)),
        Line("V §2.3", "the relation between the two is exclusive", "who joins becomes a partner with equal standing in the pair-by-pair relations; an exclusive core with others around it, project by project, does not exist", "not in the model"),
        Line("V §2.3, §6.2", "pleasantly business-like, and informal", f"trust of boards {dec(trust[0])} at month 24, {dec(trust[1])} at month {now}", verdict(trust[1] > trust[0] + 0.05, trust[1] > trust[0])),
        Line("V §2.3", "Aramis turns from real estate to society, SIW widens its goals", "file: values set in month 26", "put in"),
        Line("V §2.3", "Aramis leads formally, roles are clear", "file: lead, assignments, role clarity", "put in"),
    ]  # fmt: skip


# ---------------------------------------------------------------- variants


def tree_of(scenario: Scenario, **structure: Any) -> Scenario:
    return changed(scenario, lambda tree: tree["collaborations"][0]["structure"].update(structure))


def untendered(tree: dict[str, Any]) -> None:
    for each in tree["organisations"]:
        each["tendered_share"] = 0.0
    tree["interventions"] = [
        each for each in tree["interventions"] if not any("tendered" in path for path in each["set"])
    ]


def tenants_from(when: int) -> Callable[[dict[str, Any]], None]:
    def change(tree: dict[str, Any]) -> None:
        for each in tree["collaborations"][0]["partners"]:
            if each["role"] == "tenant":
                each["from_month"] = when

    return change


def without_tenants(tree: dict[str, Any]) -> None:
    mine = tree["collaborations"][0]
    mine["partners"] = [each for each in mine["partners"] if each["role"] != "tenant"]


def without(*tables: str) -> Callable[[dict[str, Any]], None]:
    return lambda tree: tree.update({table: [] for table in tables})


def strangers(tree: dict[str, Any]) -> None:
    tree["relations"] = []
    tree["collaborations"][0].update(practice_maturity=0.0, routines=0.0)


def unpractised(tree: dict[str, Any]) -> None:
    tree["collaborations"][0].update(practice_maturity=0.0, routines=0.0)


def strange(level: str) -> Callable[[dict[str, Any]], None]:
    return lambda tree: tree.update(relations=[each for each in tree["relations"] if each["level"] != level])


def closed(tree: dict[str, Any]) -> None:
    mine = tree["collaborations"][0]
    mine["partners"] = [each for each in mine["partners"] if each["role"] != "candidate"]


# ---------------------------------------------------------------- equal partners


def equal_partners(framework: str) -> Scenario:
    """Return four partners of four kinds that are equal in every number, in one neighbourhood; others pay a building."""
    kinds = ("housing_corporation", "welfare", "care", "municipality")
    probe = from_dict(
        {
            "schema": 1, "name": "probe", "months": MONTHS, "start": "2003-01",
            "organisations": [{"id": kind, "kind": kind} for kind in kinds],
            "neighbourhoods": [{"id": "place"}],
            "collaborations": [{"id": "it", "framework": framework, "neighbourhoods": ["place"], "partners": [{"organisation": kind, "role": "lead" if n == 0 else "core"} for n, kind in enumerate(kinds)]}],
        },
        "probe",
    )  # fmt: skip
    tree = probe.as_dict()
    kind_only = ("promotes_collaboration", "promotes_competition")
    for name in (name for name in ORGANISATION if name in tree["organisations"][0]):
        values = [each[name] for each in tree["organisations"]]
        if name in kind_only:
            shared: Any = 0.0
        elif all(isinstance(value, float) for value in values):
            shared = round(float(np.mean(values)), 4)
        elif all(isinstance(value, int) for value in values):
            shared = round(float(np.mean(values)))
        else:
            shared = values[0]
        for each in tree["organisations"]:
            each[name] = shared
    tree["collaborations"][0]["structure"]["building_keur"] = (
        0.0  # an average partner would need a hundred months to pay it
    )
    return from_dict(tree, f"equal partners, {framework}")


def living_block(runs: int) -> list[str]:
    frameworks = [
        name
        for name in (
            "informal",
            "covenant",
            "building",
            "client_contractor",
            "project_organisation",
            "building_covenant",
        )
        if name in packaged.shipped("frameworks")
    ]
    lines = [
        "| framework | reach 3 (median month) | reach 4 | reach 5 | lost after practice | sham ever | sham at the end | shared address at the end | dissolved | partial at the end | practice at the end 5/25/50/75/95 % (s.d.) |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    practices, pooled = [], Counter[str]()
    for name in frameworks:
        e = run(equal_partners(name), runs, events=False)
        f = e.final
        reached, lost, _, _ = lost_after_practice(e)
        when = f["months_to_phase_3"]
        practices.append(f["practice_maturity"])
        end = {word: (f["end_state"] == code).mean() for code, word in enumerate(END_STATES)}
        pooled.update(
            {
                "reached": reached.sum(),
                "lost": lost.sum(),
                "sham": (f["end_state"] == END_STATES.index("sham")).sum(),
                "deep": (f["months_to_phase_5"] > 0).sum(),
                "four": (f["months_to_phase_4"] > 0).sum(),
            }
        )
        month_3 = f" ({mid(when[when > 0])})" if (when > 0).any() else ""
        lines.append(
            f"| {name} | {pct(when > 0)}{month_3} | {pct(f['months_to_phase_4'] > 0)} | {pct(f['months_to_phase_5'] > 0)} | {pct(lost.sum() / max(1, reached.sum()))} |"
            f" {pct(f['months_sham'] > 0)} | {pct(end['sham'])} | {pct(end['shared_address'])} | {pct(f['dissolved_month'] > 0)} | {pct(end['partial'])} |"
            f" {spread(f['practice_maturity'])} ({dec(f['practice_maturity'].std())}) |"
        )
    within = float(np.sqrt(np.mean([values.var() for values in practices])))
    means = np.array([values.mean() for values in practices])
    explained = means.var() / (means.var() + within**2)
    total = runs * len(frameworks)
    middle = [
        values
        for name, values in zip(frameworks, practices, strict=True)
        if name not in ("informal", "project_organisation")
    ]
    inner = (
        float(np.sqrt(np.mean([values.var() for values in middle]))),
        float(np.std([values.mean() for values in middle])),
    )
    lines += [
        "",
        (
            f"Over the six frameworks together: practice reached {pooled['reached'] / total:.2f}, sham at the end {pooled['sham'] / total:.2f}, lost again of those that reached practice"
            f" {pooled['lost'] / max(1, pooled['reached']):.2f}, phase 4 {pooled['four'] / total:.2f}, phase 5 {pooled['deep'] / total:.2f}. Spread of practice at the end within a framework {within:.2f} (standard deviation),"
            f" between the means of the frameworks {means.std():.2f}: the framework explains {100 * explained:.0f} % of the variance."
        ),
        f"Without the two extremes (informal, project organisation): within {inner[0]:.2f}, between {inner[1]:.2f}.",
        "",
        "| | prototype | this model, six frameworks |",
        "|---|---|---|",
        f"| practice reached within ten years | .55 | {pooled['reached'] / total:.2f} |",
        f"| sham at the end | .23 | {pooled['sham'] / total:.2f} |",
        f"| lost again, of those with practice | hardly any | {pooled['lost'] / max(1, pooled['reached']):.2f} |",
    ]
    return lines


# ---------------------------------------------------------------- blocks


def control() -> str:
    """Return a fingerprint of a few runs of each case: it changes when the model's figures do."""
    digest = hashlib.sha256()
    for name in ("kaatsheuvel", "tilburg", "roosendaal"):
        records = simulate_population(build(load(name)), MONTHS, CONTROL, SEED)
        for column in ("months_to_phase_3", "practice_maturity", "cost_keur", "end_state"):
            digest.update(np.round(records.finals[column].astype(float), 4).tobytes())
    return digest.hexdigest()[:16]


def blocks(runs: int) -> Iterator[tuple[str, str, list[str]]]:
    """Give every generated block: file, name, lines."""
    k = load("kaatsheuvel")
    e = run(k, runs)
    yield "cases.md", "kaatsheuvel-outcomes", outcome_table(e, 14)
    yield "cases.md", "kaatsheuvel-run", story_block(e, 2003, 1)
    yield (
        "cases.md",
        "kaatsheuvel-lines",
        lines_block(
            kaatsheuvel_lines(
                e,
                run(tree_of(k, milestones=0), runs, events=False),
                run(tree_of(k, colocation=0.0), runs, events=False),
            )
        ),
    )
    variants = [
        ("tenants take part from month 1 on", changed(k, tenants_from(1))),
        ("the four founders only, no tenants", changed(k, without_tenants)),
        ("the building forces no decisions", tree_of(k, milestones=0)),
        ("the passage has an owner", tree_of(k, passage_assigned=1)),
        ("nobody housed together", tree_of(k, colocation=0.0)),
        ("nothing tendered", changed(k, untendered)),
    ]
    yield "cases.md", "kaatsheuvel-contrasts", contrast_table(e, variants, 53, runs)

    t = load("tilburg")
    tilburg = e = run(t, runs)
    yield "cases.md", "tilburg-outcomes", outcome_table(e, 7)
    yield "cases.md", "tilburg-run", story_block(e, 2004, 10)
    yield "cases.md", "tilburg-lines", lines_block(tilburg_lines(e, run(changed(t, untendered), runs, events=False)))
    variants = [
        ("no joint bid, no policy shift", changed(t, without("events"))),
        ("no shared past", changed(t, strangers)),
        ("no bureau", tree_of(t, bureau_hours=0.0)),
        ("nothing tendered", changed(t, untendered)),
    ]
    yield "cases.md", "tilburg-contrasts", contrast_table(e, variants, 33, runs)

    o = load("roosendaal")
    e = run(o, runs)
    plain = changed(o, without("events", "interventions"))
    yield "cases.md", "roosendaal-outcomes", outcome_table(e, None)
    yield "cases.md", "roosendaal-run", story_block(e, 2001, 1)
    yield (
        "cases.md",
        "roosendaal-lines",
        lines_block(
            roosendaal_lines(e, run(plain, runs, events=False), run(changed(o, strangers), runs, events=False), tilburg)
        ),
    )
    variants = [
        ("no new board, goals as they were", plain),
        ("strangers, and no practice to begin with", changed(o, strangers)),
        ("no practice to begin with, relations as in the file", changed(o, unpractised)),
        ("floors are strangers, the rest as in the file", changed(o, strange("operational"))),
        ("boards are strangers (and not distrustful)", changed(o, strange("board"))),
        ("nobody can join", changed(o, closed)),
        ("roles unclear (0.3)", tree_of(o, role_clarity=0.3)),
        ("no signals from above", tree_of(o, signals_from_above=0.0)),
        ("no assignments", tree_of(o, assignments_per_year=0.0)),
        ("nothing tendered", changed(o, untendered)),
    ]
    yield "cases.md", "roosendaal-contrasts", contrast_table(e, variants, 78, runs)

    yield "living_model.md", "equal-partners", living_block(runs)


def markers(name: str) -> tuple[str, str]:
    return f"<!-- {name}: generated by docs/make_cases.py -->", f"<!-- end of {name} -->"


def replaced(text: str, name: str, lines: list[str]) -> str:
    start, stop = markers(name)
    found = re.compile(f"{re.escape(start)}.*?{re.escape(stop)}", re.DOTALL)
    if not found.search(text):
        raise SystemExit(f"no block {name}")
    return found.sub(lambda _: "\n".join((start, *lines, stop)), text, count=1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=RUNS, help=f"runs of each scenario (default {RUNS})")
    parser.add_argument("--check", action="store_true", help="only say whether the figures are of this model")
    given = parser.parse_args()
    mark = f"control {control()}"
    if given.check:
        current = all(mark in (HERE / name).read_text(encoding="utf-8") for name in ("cases.md", "living_model.md"))
        print("current" if current else "out of date: python docs/make_cases.py")
        return 0 if current else 1
    texts = {name: (HERE / name).read_text(encoding="utf-8") for name in ("cases.md", "living_model.md")}
    for file, name, lines in blocks(given.runs):
        texts[file] = replaced(texts[file], name, lines)
        print(name)
    for file, text in texts.items():
        signed = replaced(text, "figures", [f"{given.runs:,} runs of {MONTHS} months each, seed {SEED}; {mark}."])
        (HERE / file).write_text(signed, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
