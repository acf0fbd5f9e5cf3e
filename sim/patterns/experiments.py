"""The experiments of the patterns that a declaration cannot express: each returns an estimate for each of its criteria."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from sim.patterns.grounds import FRAMEWORKS, NUMBERS, cases, crossed, ground, without_practice
from sim.patterns.laboratory import Laboratory, Sample
from sim.patterns.statistics import (
    Estimate,
    explained,
    mean,
    median,
    ratio,
    resampled,
    share_difference,
    standardised,
)
from sim.scenario import Scenario
from sim.structure import LEVELS

Experiment = Callable[[Laboratory], dict[str, Estimate]]
EXPERIMENTS: Final[dict[str, Experiment]] = {}


def experiment(name: str) -> Callable[[Experiment], Experiment]:
    """Register a function as the experiment of a pattern."""

    def register(function: Experiment) -> Experiment:
        EXPERIMENTS[name] = function
        return function

    return register


def by_number(frameworks: Sequence[str], numbers: Sequence[int] = NUMBERS, **values: Any) -> list[Scenario]:
    """Return scenarios over frameworks and numbers of partners, with the widest mix of sectors."""
    return crossed(frameworks, numbers, ("municipality",), **values)


def until(values: Any, months: int) -> Any:
    """Return months to an event restricted to the length of a run: what never came counts as one month after it."""
    return np.where(np.isnan(values), months + 1.0, values)


def over_levels(lab: Laboratory, scenarios: Sequence[Scenario], column: str, **asked: Any) -> Any:
    """Return an outcome that exists for each level, averaged over levels: (scenarios, replicates)."""
    return np.mean([lab.finals(scenarios, f"{column}_{level}", **asked) for level in LEVELS], axis=0)


def starts(source: Any) -> Any:
    """Return projects started by whomever, from finals or series by column."""
    return sum(np.asarray(source[f"projects_started_{who}"], float) for who in (*LEVELS, "bureau"))


STARTS = tuple(f"projects_started_{who}" for who in (*LEVELS, "bureau"))


@experiment("P01")
def stalls_before_practice(lab: Laboratory) -> dict[str, Estimate]:
    """Where collaborations without prior practice get stuck, over everything crossed."""
    scenarios = crossed()
    highest = lab.finals(scenarios, "highest_phase")
    formal = lab.finals(scenarios, "formal_maturity")
    practice = lab.finals(scenarios, "practice_maturity")
    mature = np.array([[lab.value(each, "parameters.formal_threshold")] for each in scenarios])
    threshold = np.array([[lab.value(each, "parameters.practice_threshold")] for each in scenarios])
    del practice, threshold
    places = [highest <= 1, highest == 2, highest == 3, highest == 4]
    shares = np.stack([np.asarray(each, float).mean(axis=0) for each in places])

    def lead(table: Any) -> float:
        means = table.mean(axis=-1)
        return float(means[1] - max(means[0], means[2], means[3]))

    reached = highest >= 3
    stuck = highest == 2
    agreeing = np.array([[each.collaborations[0].structure["agreement"] != "none"] for each in scenarios])
    return {
        "most": resampled(lead, shares),
        "mature": ratio(stuck & agreeing & (formal >= mature), stuck & agreeing),
        "never_broaden": ratio(reached & (highest < 5), reached),
        "few": mean(highest == 5),
    }


@experiment("P02")
def years(lab: Laboratory) -> dict[str, Estimate]:
    """How long the cases take that start without practice, counted from the first contact between boards."""
    scenarios = without_practice(cases())
    contact = np.array([[float(each.collaborations[0].inputs["contact_month"])] for each in scenarios])
    practice = lab.finals(scenarios, "months_to_phase_3") - contact + 1.0
    structured = lab.finals(scenarios, "months_to_phase_4") - contact + 1.0
    return {"median": median(practice), "reached": mean(~np.isnan(practice)), "early": mean(structured <= 36.0)}


@experiment("P03")
def spread(lab: Laboratory) -> dict[str, Estimate]:
    """How much of the variance of practice maturity frameworks explain, at each number of equal partners."""
    tables = [lab.finals(by_number(FRAMEWORKS, (number,), equal=True), "practice_maturity") for number in NUMBERS]

    def share(*arms: Any) -> float:
        return float(np.mean([explained(each) for each in arms]))

    found = resampled(share, *tables)
    return {"within": found, "between": found}


@experiment("P04")
def middle_meetings(lab: Laboratory) -> dict[str, Estimate]:
    """Meetings arranged for managers against as many more of boards; where it is binding without them."""
    arms = []
    for middle, more in ((0, 0), (6, 0), (0, 6)):
        scenarios = []
        for each in by_number(FRAMEWORKS):
            boards = float(each.collaborations[0].structure["steering_meetings_per_year"])
            at = "collaborations.*.structure."
            scenarios.append(
                each.replace(
                    {f"{at}middle_meetings_per_year": middle, f"{at}steering_meetings_per_year": boards + more}
                )
            )
        arms.append(scenarios)
    none, managers, boards_more = arms
    reached = [np.asarray(lab.finals(each, "highest_phase") >= 4, float) for each in (none, managers, boards_more)]
    level = lab.finals(none, "binding_level")
    shares = np.stack([np.asarray(level == place, float).mean(axis=0) for place in range(3)])

    def lead(table: Any) -> float:
        means = table.mean(axis=-1)
        return float(means[1] - max(means[0], means[2]))

    return {
        "middle": mean(reached[1] - reached[0]),
        "more_than_boards": mean(reached[1] - reached[2]),
        "binding": resampled(lead, shares),
    }


@experiment("P05")
def building(lab: Laboratory) -> dict[str, Estimate]:
    """When boards first bind themselves under each form; who starts and pays in a building."""
    numbers = (4, 8)
    first = {
        name: until(lab.finals(by_number((name,), numbers), "first_decision_month"), 120)
        for name in ("building", "covenant", "informal")
    }
    sample = lab.sample(ground("building", 4), events=True)
    begun = np.array(
        [
            [np.count_nonzero(rows["organisation"] == row) for row in range(len(sample.population.organisations))]
            for rows in sample.events("project_started")
        ],
        float,
    ).T
    kinds = ("housing_corporation", "municipality", "care", "welfare")
    money = np.stack([sample.final(f"invested_keur_{kind}") for kind in kinds])

    def ahead(table: Any) -> float:
        totals = table.sum(axis=-1)
        return float((totals[0] - totals[1:].max()) / totals.sum()) if totals.sum() > 0 else float("nan")

    lead = sample.row("partner_1")
    order = [lead, *(row for row in range(len(begun)) if row != lead)]
    return {
        "covenant": mean(first["building"] - first["covenant"]),
        "informal": mean(first["building"] - first["informal"]),
        "starts": resampled(ahead, begun[order]),
        "money": resampled(ahead, money),
    }


def _after(sample: Sample, column: str, month: int) -> Any:
    """Return what a running total grew by after a month."""
    table = np.asarray(sample.series[column], float)
    return table[:, -1] - table[:, month - 1]


@experiment("P06")
def colocation(lab: Laboratory) -> dict[str, Estimate]:
    """What being under one roof does to acquaintance on the floor and to joint projects after the opening."""
    opening = 36
    columns = ("familiarity_operational", *STARTS)
    familiar, projects = [], []
    for share in (0.0, 0.8):
        arm = [lab.sample(each, series=columns) for each in by_number(("building",), structure={"colocation": share})]
        familiar.append(
            np.stack([np.asarray(each.series[columns[0]], float)[:, opening:].mean(axis=1) for each in arm])
        )
        projects.append(np.stack([sum(_after(each, name, opening) for name in STARTS) for each in arm]))

    def rise(a: Any, b: Any) -> float:
        return float(np.log(b.mean() / a.mean())) if a.mean() > 0 and b.mean() > 0 else float("nan")

    def difference(f0: Any, f1: Any, p0: Any, p1: Any) -> float:
        return rise(f0, f1) - rise(p0, p1)

    return {
        "familiarity": resampled(rise, *familiar),
        "larger": resampled(difference, *familiar, *projects),
    }


@experiment("P07")
def who_proposes(lab: Laboratory) -> dict[str, Estimate]:
    """Whose projects they are under a covenant and in a client-contractor relation."""
    found = {}
    least = []
    for name in ("covenant", "client_contractor"):
        scenarios = by_number((name,))
        table = {who: lab.finals(scenarios, f"projects_started_{who}").sum(axis=0) for who in (*LEVELS, "bureau")}
        total = sum(table.values())
        most = table["board"] + table["bureau"] if name == "covenant" else table["middle"]
        found[name] = ratio(most, total)
        least += [table[level] for level in LEVELS]
    found["any"] = resampled(lambda *each: float(min(one.sum() for one in each)), *least)
    return found


@experiment("P08")
def earmarked(lab: Laboratory) -> dict[str, Estimate]:
    """More of the partners' money bound beforehand, with their income as it was."""
    kinds = ("welfare", "care", "municipality", "other")
    partners, corporation = [], []
    for share in (0.4, 0.9):
        scenarios = by_number(FRAMEWORKS, (2, 4), others={"earmarked_share": share})
        partners.append(np.sum([lab.finals(scenarios, f"invested_keur_{kind}") for kind in kinds], axis=0))
        corporation.append(lab.finals(scenarios, "invested_keur_housing_corporation"))

    def change(a: Any, b: Any) -> float:
        return float(b.sum() / a.sum() - 1.0) if a.sum() > 0 else float("nan")

    def share_of(c0: Any, p0: Any, c1: Any, p1: Any) -> float:
        before, after = [
            np.nanmean(np.where(c.sum(-1) + p.sum(-1) > 0, c.sum(-1) / (c.sum(-1) + p.sum(-1)), np.nan))
            for c, p in ((c0, p0), (c1, p1))
        ]
        return float(after - before)

    return {
        "invest": resampled(change, *partners),
        "share": resampled(share_of, corporation[0], partners[0], corporation[1], partners[1]),
    }


@experiment("P09")
def competition(lab: Laboratory) -> dict[str, Estimate]:
    """Tendering on or off, where trust was low or high before, under building and covenant."""
    deep: dict[tuple[float, float], Any] = {}
    horizon: dict[float, list[Any]] = {0.0: [], 0.6: []}
    business: dict[float, list[Any]] = {0.0: [], 0.6: []}
    for trust in (0.25, 0.65):
        for share in (0.0, 0.6):
            scenarios = by_number(
                ("building", "covenant"), others={"tendered_share": share}, relation={"": {"trust": trust}}
            )
            asked = {"organisations": ("horizon_months", "business_likeness")}
            deep[trust, share] = 0.5 * (
                lab.finals(scenarios, "routines", **asked) + lab.finals(scenarios, "breadth", **asked)
            )
            for each in scenarios:
                sample = lab.sample(each, **asked)
                rows = [row for row in range(len(sample.population.organisations)) if row != sample.row("partner_1")]
                horizon[share].append(sample.organisations["horizon_months"][:, :, rows].mean(axis=(1, 2)))
                business[share].append(sample.organisations["business_likeness"][:, -1, rows].mean(axis=1))
    low = deep[0.25, 0.6] - deep[0.25, 0.0]
    high = deep[0.65, 0.6] - deep[0.65, 0.0]
    return {
        "horizon": mean(np.stack(horizon[0.6]) - np.stack(horizon[0.0])),
        "deepening": mean(0.5 * (low + high)),
        "buffered": mean(high - low),
        "business": mean(np.stack(business[0.6]) - np.stack(business[0.0])),
    }


@experiment("P10")
def stranded(lab: Laboratory) -> dict[str, Estimate]:
    """A contract lost after four years of investing, against as much income lost with the contract kept."""
    month, share = 48, 0.4
    changes = []
    for framework in ("covenant", "project_organisation", "building"):
        pressed = {
            "tendered_share": share, "contract_end_months": month, "contract_term_months": 60,
            "regime": "winner_takes_all",
        }  # fmt: skip
        base = ground(framework, 4, "welfare")
        at = "organisations.partner_2."
        base = base.replace({f"{at}{name}": value for name, value in pressed.items()})
        income = base.value(f"{at}income_keur") * (1.0 - share)
        lost = base.replace({f"{at}loss_chance": 1.0})
        kept = base.replace({f"{at}loss_chance": 0.0}).with_interventions(
            {"id": "cut", "month": month + 1, "until": month + 61, "set": {f"{at}income_keur": income}}
        )
        arms = []
        for each in (lost, kept):
            sample = lab.sample(each, organisations=("invested_keur", "income_keur"), times=2.0)
            row = sample.row("partner_2")
            arms.append(sample.organisations["invested_keur"][:, month : month + 36, row].sum(axis=1))
        changes.append(arms[0] - arms[1])
    return {"less": mean(np.stack(changes))}


@experiment("P11")
def gaps(lab: Laboratory) -> dict[str, Estimate]:
    """What a fall in engagement and withdrawals over three years follow: unmet expectations or practice before."""
    before, after = 36, 72
    columns = tuple(
        f"{name}_{level}" for name in ("engagement", "expectation_gap") for level in LEVELS
    ) + ("practice_maturity", "dissolved_month")  # fmt: skip
    fall, withdrew, gap, practice, engaged = [], [], [], [], []
    for each in by_number(FRAMEWORKS, (2, 4)):
        sample = lab.sample(each, series=columns, events=True)
        table = {name: np.asarray(values, float) for name, values in sample.series.items()}
        going = table["dissolved_month"][:, after - 1] == 0
        exits = np.array(
            [np.count_nonzero((rows["month"] > before) & (rows["month"] <= after)) for rows in sample.events("level_withdrew")],
            float,
        )  # fmt: skip
        engagement = np.mean([table[f"engagement_{level}"] for level in LEVELS], axis=0)
        fall.append(np.where(going, engagement[:, before - 1] - engagement[:, after - 1], np.nan))
        withdrew.append(np.where(table["dissolved_month"][:, before - 1] == 0, exits, np.nan))
        gap.append(np.mean([table[f"expectation_gap_{level}"][:, before - 1] for level in LEVELS], axis=0))
        practice.append(table["practice_maturity"][:, before - 1])
        engaged.append(engagement[:, before - 1])

    def closer(outcome: Any, gaps_now: Any, practised: Any, engagement_now: Any) -> float:
        weights = standardised(outcome, gaps_now, practised, engagement_now)
        return float(weights[0] - abs(weights[1]))

    told = [np.stack(each) for each in (gap, practice, engaged)]
    hopes = []
    for each in by_number(FRAMEWORKS, (2, 4)):
        hopes.append(lab.ambition(each, 120) - lab.ambition(each, 12))
    return {
        "engagement": resampled(closer, np.stack(fall), *told),
        "exits": resampled(closer, np.stack(withdrew), *told),
        "fall": mean(np.stack(hopes)),
    }


@experiment("P12")
def examiner(lab: Laboratory) -> dict[str, Estimate]:
    """More is expected from month 36 on, and nothing else changes: how it stands two years on."""
    month, later = 36, 60
    columns = (*(f"engagement_{level}" for level in LEVELS), *STARTS, "practice_maturity")
    arms = []
    for shift in (0.0, 0.25):
        found: dict[str, list[Any]] = {"engagement": [], "starts": [], "practice": []}
        for each in by_number(FRAMEWORKS):
            raised = each.with_interventions(
                {"id": "raise", "month": month, "set": {"collaborations.*.structure.expectation_shift": shift}}
            )
            table = {n: np.asarray(v, float) for n, v in lab.sample(raised, series=columns).series.items()}
            found["engagement"].append(
                np.mean([table[f"engagement_{level}"][:, later - 1] for level in LEVELS], axis=0)
            )
            found["starts"].append(sum(table[name][:, later - 1] - table[name][:, month - 2] for name in STARTS))
            found["practice"].append(table["practice_maturity"][:, later - 1])
        arms.append(found)
    return {name: mean(np.stack(arms[1][name]) - np.stack(arms[0][name])) for name in arms[0]}


@experiment("P13")
def alignment(lab: Laboratory) -> dict[str, Estimate]:
    """Expectations compared between levels and partners, against hardly at all."""
    arms = [by_number(FRAMEWORKS, structure={"expectation_exchange": share}) for share in (0.0, 0.8)]
    engaged = [over_levels(lab, each, "engagement") for each in arms]
    alive = [np.isnan(lab.finals(each, "dissolved_month")).astype(float) for each in arms]
    return {"engagement": mean(engaged[1] - engaged[0]), "survival": mean(alive[1] - alive[0])}


@experiment("P14")
def spanners(lab: Laboratory) -> dict[str, Estimate]:
    """A boundary spanner from the start: trust, practice, and how much of practice went by way of trust."""
    columns = (*(f"trust_{level}" for level in LEVELS), "practice_maturity")
    trust, practice = [], []
    for helped in (False, True):
        trusted, practised = [], []
        for each in by_number(FRAMEWORKS):
            person = {"id": "spanner", "collaboration": "collaboration", "payer": "shared", "skill": 0.75}
            chosen = each.replace({"spanners": [person]}) if helped else each
            table = {n: np.asarray(v, float) for n, v in lab.sample(chosen, series=columns).series.items()}
            trusted.append(np.mean([table[f"trust_{level}"][:, 12:60].mean(axis=1) for level in LEVELS], axis=0))
            practised.append(table["practice_maturity"][:, 60:].mean(axis=1))
        trust.append(np.stack(trusted))
        practice.append(np.stack(practised))
    more_trust, more_practice = trust[1] - trust[0], practice[1] - practice[0]

    def through(x: Any, y: Any) -> float:
        flat_x, flat_y = x.ravel(), y.ravel()
        slope = np.cov(flat_x, flat_y)[0, 1] / flat_x.var(ddof=1)
        return float(slope * flat_x.mean())

    return {
        "trust": mean(more_trust),
        "practice": mean(more_practice),
        "through": resampled(through, more_trust, more_practice),
    }


@experiment("P15")
def escalation(lab: Laboratory) -> dict[str, Estimate]:
    """Conflicts brought up to boards that step in, against no way to bring them up, where interests conflict."""
    stall = ("months_sham", "months_partial", "months_shared_address")
    arms = []
    for share in (0.0, 0.8):
        arms.append(
            by_number(
                FRAMEWORKS, organisation={"interest_conflict": 0.6},
                structure={"escalation": share, "boards_commit": share},
            )
        )  # fmt: skip
    stalled = [sum(lab.finals(each, name, series=("months_negotiating",)) for name in stall) for each in arms]
    spells = []
    for each in arms[1]:
        table = np.diff(
            np.asarray(lab.sample(each, series=("months_negotiating",)).series["months_negotiating"], float), axis=1
        )
        spells.append(np.count_nonzero((table[:, 1:] > 0) & (table[:, :-1] == 0), axis=1))
    return {"stalls": mean(stalled[1] - stalled[0]), "alternate": mean(np.stack(spells) >= 2)}


def _first_finish(lab: Laboratory, scenario: Scenario) -> Any:
    table = np.asarray(lab.sample(scenario, series=("projects_finished",)).series["projects_finished"], float)
    return np.where(table[:, -1] > 0, (table > 0).argmax(axis=1) + 1.0, table.shape[1] + 1.0)


@experiment("P16")
def small_teams(lab: Laboratory) -> dict[str, Estimate]:
    """The same eight partners in teams of three or at one table, with the same mandate; with and without coordination loss."""
    sooner = []
    for loss in (None, 0.0):
        arms = []
        for size in (3, 19):
            scenarios = by_number(FRAMEWORKS, (8,), structure={"team_partners": size, "team_mandate": 0.8})
            if loss is not None:
                scenarios = [each.replace({"parameters.coordination_loss": loss}) for each in scenarios]
            arms.append(np.stack([_first_finish(lab, each) for each in scenarios]))
        sooner.append(arms[0] - arms[1])
    return {"sooner": mean(sooner[0]), "by_coordination": mean(sooner[0] - sooner[1])}


@experiment("P17")
def new_director(lab: Laboratory) -> dict[str, Estimate]:
    """A new director of the lead in month 60, apart for what was stalled and what went well in month 59."""
    month, moved_by, back_by = 60, 36, 24
    columns = ("practice_maturity", "dissolved_month", "phase")
    moved: list[list[Any]] = [[], []]
    back: list[list[Any]] = [[], []]
    stalled, well = [], []
    for each in by_number(FRAMEWORKS, (2, 4)):
        event = {"month": month, "kind": "director_change", "organisation": "partner_1"}
        for place, chosen in enumerate((each, each.replace({"events": [event]}))):
            table = {n: np.asarray(v, float) for n, v in lab.sample(chosen, series=columns, times=2.0).series.items()}
            before = table["phase"][:, month - 2]
            going = table["dissolved_month"][:, month - 2] == 0
            stuck, good = going & (before < 3), going & (before >= 3)
            if place == 0:
                stalled.append(stuck)
                well.append(good)
            later = table["phase"][:, month - 1 : month - 1 + moved_by].max(axis=1)
            moved[place].append(stuck & (later >= 3))
            soon = table["phase"][:, month - 1 : month - 1 + back_by].min(axis=1)
            back[place].append(good & (soon < before))
    return {
        "moves": share_difference(np.stack(moved[1]), np.stack(stalled), np.stack(moved[0]), np.stack(stalled)),
        "sets_back": share_difference(np.stack(back[1]), np.stack(well), np.stack(back[0]), np.stack(well)),
    }


@experiment("P18")
def lingering(lab: Laboratory) -> dict[str, Estimate]:
    """How many end in a year after the third; what becomes of those that do not deepen."""
    scenarios = crossed()
    ended = lab.finals(scenarios, "dissolved_month")
    highest = lab.finals(scenarios, "highest_phase")
    late = ~np.isnan(ended) & (ended > 36)
    years_at_risk = np.clip(until(ended, 120) - 37.0, 0.0, 84.0) / 12.0
    shallow = highest < 5
    return {"yearly": ratio(late, years_at_risk), "linger": ratio(shallow & np.isnan(ended), shallow)}


@experiment("P19")
def history(lab: Laboratory) -> dict[str, Estimate]:
    """The same acquaintance beforehand between nobody, between boards, on the floor."""
    known = {"familiarity": 0.45, "trust": 0.55, "understanding": 0.35}
    arms = {
        level: until(
            lab.finals(by_number(FRAMEWORKS, relation={level: known} if level else {}), "months_to_phase_3"), 120
        )
        for level in ("", "board", "operational")
    }
    return {
        "board": mean(arms["board"] - arms[""]),
        "floor": mean(arms["operational"] - arms[""]),
        "more": mean(arms["operational"] - arms["board"]),
    }


@experiment("P20")
def passage(lab: Laboratory) -> dict[str, Estimate]:
    """Project starts in the year after the doors open against the year before, with and without an owner."""
    opening = 36
    change = []
    for owner in (0, 1):
        found = []
        for each in by_number(("building",), structure={"passage_assigned": owner}):
            total = starts(lab.sample(each, series=STARTS, times=2.0).series)
            found.append(
                (total[:, opening + 11] - total[:, opening - 1]) - (total[:, opening - 1] - total[:, opening - 13])
            )
        change.append(np.stack(found))
    return {"fall": mean(change[0]), "less": mean(change[1] - change[0])}


@experiment("P21")
def loose(lab: Laboratory) -> dict[str, Estimate]:
    """How satisfaction goes on after two years in loose forms and in a project organisation; and in the first year."""
    columns = tuple(f"satisfaction_{level}" for level in LEVELS)

    def satisfied(framework: str) -> tuple[Any, Any]:
        slopes, first = [], []
        for each in by_number((framework,)):
            sample = lab.sample(each, series=(*columns, "dissolved_month"))
            table = np.mean([np.asarray(sample.series[name], float) for name in columns], axis=0)
            going = np.asarray(sample.series["dissolved_month"])[:, -1] == 0
            months = np.arange(24, 120) - 71.5
            slope = (table[:, 24:] * months).sum(axis=1) / (months * months).sum() * 12.0
            slopes.append(np.where(going, slope, np.nan))
            first.append(table[:, :12].mean(axis=1))
        return np.stack(slopes), np.stack(first)

    firm = satisfied("project_organisation")
    forms = [satisfied(name) for name in ("informal", "client_contractor")]
    return {
        "slope": mean(np.stack([each[0] - firm[0] for each in forms])),
        "first": mean(np.stack([each[1] - firm[1] for each in forms])),
    }


@experiment("P22")
def swapped(lab: Laboratory) -> dict[str, Estimate]:
    """One partner replaced by one of another partner's kind, with nothing tendered."""
    pairs = (
        (("housing_corporation", "welfare", "care"), ("housing_corporation", "welfare", "welfare")),
        (("housing_corporation", "care", "welfare"), ("housing_corporation", "care", "care")),
        (("housing_corporation", "municipality", "care"), ("housing_corporation", "care", "care")),
    )
    change = []
    for framework in FRAMEWORKS:
        for different, alike in pairs:
            arms = [
                ground(framework, kinds=kinds, organisation={"tendered_share": 0.0}) for kinds in (different, alike)
            ]
            tables = lab.finals(arms, "joint_case_share")
            change.append(tables[1] - tables[0])
    return {"less": mean(np.stack(change))}


def _joined(sample: Sample) -> Any:
    return np.array([len(rows) > 0 for rows in sample.events("partner_joined")], float)


@experiment("P23")
def third(lab: Laboratory) -> dict[str, Estimate]:
    """Whether a third organisation joins: results celebrated or not; partners that hurt each other as rivals, or not."""
    more, less = [], []
    for framework in FRAMEWORKS:
        quiet, praised = (
            _joined(lab.sample(ground(framework, 4, candidates=1, structure={"celebration": share}), events=True))
            for share in (0.0, 1.0)
        )
        more.append(praised - quiet)
        easy, hurt = (
            _joined(
                lab.sample(
                    ground(
                        framework, 4, candidates=1, others={"tendered_share": 0.4, "rivals": share},
                        structure={"role_clarity": 0.2},
                    ),
                    events=True,
                )
            )
            for share in (0.0, 1.0)
        )  # fmt: skip
        less.append(hurt - easy)
    return {"celebrated": mean(np.stack(more)), "bad": mean(np.stack(less))}


@experiment("P24")
def lightest(lab: Laboratory) -> dict[str, Estimate]:
    """What each form yields per k€ on a bounded and on a wide, entangled task; the lightest against the best other."""
    tasks = {
        "bounded": ({"domains": ["elderly", "welfare"]}, {"entanglement": 0.15, "organisations_needed": 2}),
        "wide": ({}, {"entanglement": 0.7, "organisations_needed": 4, "cases_per_month": 20}),
    }

    def weight(scenario: Scenario) -> float:
        structure = scenario.collaborations[0].structure
        hours = float(structure["overhead_hours"]) * 12.0 * lab.value(scenario, "parameters.hour_keur")
        return hours + float(structure["overhead_keur_per_year"])

    found = {}
    for task, (collaboration, neighbourhood) in tasks.items():
        scenarios = [
            ground(framework, 4, collaboration=collaboration, neighbourhood=neighbourhood) for framework in FRAMEWORKS
        ]
        scenarios.sort(key=weight)
        shares = [float(neighbourhood["entanglement"])]
        alone = lab.value(scenarios[0], "parameters.ordinary_outcome") * (1.0 - shares[0])
        alone += lab.value(scenarios[0], "parameters.apart_outcome") * shares[0]
        cases_handled = 120.0 * lab.value(scenarios[0], "neighbourhoods.neighbourhood.cases_per_month")
        gained = (lab.finals(scenarios, "case_outcome") - alone) * cases_handled
        cost = lab.finals(scenarios, "cost_keur")

        def ahead(g: Any, c: Any) -> float:
            yields = g.sum(axis=-1) / c.sum(axis=-1)
            return float(yields[0] - yields[1:].max())

        found[task] = resampled(ahead, gained, cost)
    return found
