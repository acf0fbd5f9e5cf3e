"""What a report says: sentences and tables from a comparison, in one language.

Nothing is estimated here. Numbers come from the comparison; they are rounded, put into words and set beside each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sim.comparison import Arm, Comparison
from sim.elements import Collaboration, Value
from sim.figures import at_end, pairs, shown_outcomes, standing
from sim.language import Language, capital
from sim.parameters import PARAMETERS
from sim.quantities import CONFIDENCE_MEANS, SOURCE_MEANS, Quantity
from sim.structure import LEVELS, STRUCTURE

Table = dict[str, Any]
STALLS: Final = ("sham", "shared_address", "partial", "negotiating", "uncontracted")
STUCK: Final = STALLS[:3]  # what is a stall by itself; the others are states that may be as good as they are bad
LIMITS: Final = ("forecast", "sizes", "chance", "cases", "people", "residents")
TERMS: Final = (
    "run", "world", "form", "phase", "practice", "formal", "sham", "partial", "address", "uncontracted", "levels",
    "entangled", "binding", "earmarked", "keur",
)  # fmt: skip
HEADLINE: Final = "practice_maturity"  # the outcome that the first sentence is about
_UNITS: Final = {
    "reached_3": ("hundred", 100.0, 0), "stalled": ("hundred", 100.0, 0), "joint_case_share": ("points", 100.0, 1),
    "highest_phase": ("phases", 1.0, 2), "months_sham": ("months", 1.0, 1), "cost_keur": ("keur", 1.0, 0),
    "hours": ("hours", 1.0, 0),
}  # fmt: skip
_SCALE: Final = ("scale", 1.0, 2)
_TELLING = 5  # of 100 runs: what is rarer is not named in a sentence
_NAMED_MOST = 6  # arms that a sentence goes through; all of them stand in the tables
_TOLD = (
    "event",
    "detail",
    "held",
    "seen",
)  # the styles of a story's own lines; what opens and closes it stands here already
_CLEARLY = 0.02  # of the scale: a gap that is smaller is none


def _whole(where: str) -> str:
    """Return a source that is not broken before its section."""
    return where.replace(" §", "\u00a0§")


class Facts:
    """What a report says of one comparison in one language."""

    def __init__(self, comparison: Comparison, words: Language) -> None:
        self.comparison, self.words = comparison, words
        self.arms = comparison.arms
        self._named = comparison.arms[:_NAMED_MOST]
        self._pairs = pairs(comparison)
        records: list[Any] = comparison.differences.to_dict("records")
        self._differences = {(row["a"], row["b"], row["outcome"]): row for row in records}
        self._standing = {arm.key: standing(comparison, arm.key) for arm in self.arms}
        self._labels = {arm.key: arm.label[words.code] for arm in self.arms}
        rows: list[Any] = comparison.distributions.to_dict("records")
        self._distributions = {(row["arm"], row["outcome"]): row for row in rows}

    # ------------------------------------------------------------ words

    def text(self, key: str, **values: object) -> str:
        """Return a message of the report."""
        return self.words.text(f"report.{key}", **values)

    def label(self, key: str) -> str:
        """Return the label of an arm within a sentence."""
        return self.words.text("format.quoted", text=self._labels[key])

    def labels(self, keys: Iterable[str]) -> str:
        """Return labels as an enumeration."""
        return self.words.listed([self.label(key) for key in keys])

    def hundred(self, share: float) -> str:
        """Return a share as so many of a hundred; what is not quite none or all does not become it by rounding."""
        if 0.0 < share < 0.005:
            return self.text("fewer")
        if 0.995 < share < 1.0:
            return self.text("nearly")
        return self.words.number(100.0 * share)

    def time(self, months: float) -> str:
        """Return a number of months in years."""
        if months == 12:
            return self.text("year")
        if months < 12:
            return self.text("months", months=self.words.number(months))
        return self.text("years", years=self.words.number(months / 12, 0 if months % 12 == 0 else 1))

    def between(self, low: float, high: float, digits: int = 0) -> str:
        """Return a range of numbers."""
        low_said, high_said = (self.words.number(each, digits).replace("-", "−") for each in (low, high))
        return self.text("range", low=low_said, high=high_said)

    def _ranged(self, amount: str, low: float, high: float, digits: int = 0) -> str:
        ends = [self.words.number(each, digits) for each in (low, high)]
        return self.text("with_range", amount=amount, low=ends[0], high=ends[1])

    def _parts(self, parts: Iterable[str]) -> str:
        return "; ".join(parts)

    def period(self) -> str:
        """Return how long a run is."""
        return self.time(self.arms[0].scenario.months)

    def collaboration(self, arm: Arm | None = None) -> Collaboration:
        """Return the collaboration that is compared, as it is in an arm."""
        scenario = (arm or self.arms[0]).scenario
        return next(each for each in scenario.collaborations if each.id == self.comparison.collaboration)

    # ------------------------------------------------------------ the answer

    def lead(self) -> str:
        """Return who and what, in two sentences."""
        own = self.collaboration()
        titles = {each.id: each.title[self.words.code] for each in self.arms[0].scenario.organisations}
        first = [one.organisation for one in own.partners if one.role in ("lead", "core", "partner")][:4]
        forms = len({arm.framework for arm in self.arms}) == len(self.arms)
        return self.text(
            "lead" if forms else "lead_variants",
            names=self.words.listed([titles[each] for each in first]),
            years=self.period(),
            count=self.words.counted(len(self.arms)),
            runs=self.words.number(self.comparison.runs_per_arm),
        )

    def _relation(self, one: str, other: str, outcome: str) -> str | None:
        """Return how one arm compares with another: ``better``, ``worse``, ``same``, ``open``; None if it was not."""
        row = self._differences.get((one, other, outcome))
        turned = row is None
        row = self._differences.get((other, one, outcome)) if turned else row
        if row is None:
            return None
        verdict = str(row["verdict"])
        if verdict in ("a_better", "b_better"):
            return "better" if verdict.startswith("b" if turned else "a") else "worse"
        return {"no_difference_worth_naming": "same", "open": "open"}.get(verdict)

    def headline(self) -> list[str]:
        """Return the answer in one to three sentences."""
        means = {arm.key: float(self._distributions[arm.key, HEADLINE]["mean"]) for arm in self.arms}
        best = max(means, key=lambda key: means[key])
        if len(self.arms) == 1:
            return [self.text("headline.alone", best=self.label(best), count=self._working(best))]
        by: dict[str | None, list[str]] = {}
        for key in sorted(means, key=lambda key: -means[key]):
            if key != best:
                by.setdefault(self._relation(best, key, HEADLINE), []).append(key)
        said: list[str] = []
        if by.get("same"):
            said.append(self.text("headline.several", forms=self.labels([best, *by["same"]])))
        if by.get("open"):
            said.append(self.text("headline.open", best=self.label(best), others=self.labels(by["open"])))
        beaten = by.get("better", [])
        if not said and beaten:
            said.append(self.text("headline.one", best=self.label(best)))
        elif beaten:
            key = "headline.beaten" if len(beaten) == 1 else "headline.beaten_more"
            said.append(self.text(key, others=self.labels(beaten)))
        order = sorted((arm.key for arm in self._named), key=lambda key: (key != best, -means[key]))
        forms = ["headline.yet_first", *["headline.yet_next"] * len(order)]
        counts = [
            self.text(form, count=self._working(key), arm=self.label(key), deep=self._standing[key]["deep"])
            for form, key in zip(forms, order, strict=False)
        ]
        return [*said, self.text("headline.yet", counts=self.words.listed(counts))]

    def _working(self, key: str) -> str:
        return self.words.number(self._standing[key]["deep"] + self._standing[key]["working"])

    def points(self) -> list[tuple[str, str]]:
        """Return what a reader with two minutes should know: a title and a sentence or two each."""
        made = [
            ("reach", self.text("point.reach", parts=self._parts(self._reach(arm.key) for arm in self._named))),
            ("keep", self._kept()),
            ("stall", self.text("point.stall", parts=self._parts(self._stall(arm.key) for arm in self._named))),
            ("why", self.text("point.why", parts=self._parts(self._why(arm.key) for arm in self._named))),
            ("money", self.text("point.money", parts=self._parts(self._money(arm.key) for arm in self._named))),
            ("residents", self._residents()),
            ("sure", self._sure()),
        ]
        return [(self.text(f"point.{key}_title"), said) for key, said in made if said]

    def incidence(self, arm: str, question: str) -> dict[str, dict[str, float]]:
        """Return what of those who came before a step had come to each end of it by the last month."""
        frame = self.comparison.incidence
        own = frame[(frame["arm"] == arm) & (frame["question"] == question)]
        last = own[own["month"] == own["month"].max()]
        return {str(row["end"]): row for row in last.to_dict("records")}

    def _reach(self, key: str) -> str:
        row = self._practice(key)
        count = self._ranged(self.hundred(row["share"]), 100 * row["low"], 100 * row["high"])
        return self.text("point.reach_form", arm=self.label(key), count=count)

    def _practice(self, key: str) -> dict[str, float]:
        """Return what share came to practice, with its interval: none, where boards never met."""
        if not self.asked(key, "to_practice"):
            return {"share": 0.0, "low": 0.0, "high": 0.0}
        return self.incidence(key, "to_practice")["practice"]

    def half_there(self, key: str) -> str:
        """Return after how long half of the runs have practice."""
        frame = self.comparison.incidence
        own = frame[(frame["arm"] == key) & (frame["question"] == "to_practice") & (frame["end"] == "practice")]
        months = own.loc[own["share"] >= 0.5, "month"]
        if months.empty:
            return self.text("never_half")
        return self.text("half_after", time=self.time(int(months.min())))

    def _kept(self) -> str:
        parts = [
            self.text(
                "point.keep_form",
                arm=self.label(arm.key),
                count=self.hundred(self.incidence(arm.key, "to_structuring")["relapse"]["share"]),
            )
            for arm in self._named
            if self.asked(arm.key, "to_structuring")
        ]
        return self.text("point.keep", parts=self._parts(parts)) if parts else ""

    def asked(self, arm: str, question: str) -> bool:
        """Say whether any run of an arm came before a step."""
        frame = self.comparison.incidence
        return bool(frame.loc[(frame["arm"] == arm) & (frame["question"] == question), "at_risk"].max() > 0)

    def stuck(self, key: str) -> list[tuple[str, float]]:
        """Return the states of an arm at the end with their shares, the largest first; what is rare is left out."""
        shares = at_end(self.comparison.stall_shares, key, "state")
        found = [(state, shares.get(state, 0.0)) for state in STALLS if 100 * shares.get(state, 0.0) >= _TELLING]
        return sorted(found, key=lambda each: -each[1])

    def _worst(self, key: str) -> tuple[str, float] | None:
        return next((each for each in self.stuck(key) if each[0] in STUCK), None)

    def _stall(self, key: str) -> str:
        worst = self._worst(key)
        if worst is None:
            return self.text("point.stall_form_none", arm=self.label(key))
        name, count = self.text(f"stall_name.{worst[0]}"), self.hundred(worst[1])
        return self.text("point.stall_form", arm=self.label(key), stall=name, count=count)

    def binding(self, key: str) -> list[dict[str, Any]]:
        """Return what was binding in an arm, most often first: rows with ``said``, ``level``, ``share``."""
        frame = self.comparison.binding
        own = frame[frame["arm"] == key].sort_values(["share", "binding"], ascending=[False, True])
        return [
            {
                "said": self.words.text(f"binding.{row['binding']}", who=self.words.text(f"who.{row['level']}")),
                "key": (str(row["binding"]), str(row["level"])),
                "share": float(row["share"]),
            }
            for row in own.to_dict("records")
        ]

    def _why(self, key: str) -> str:
        first = next(iter(self.binding(key)), None)
        said = first["said"] if first else self.words.text("binding.none")
        count = self.hundred(first["share"]) if first else self.words.number(0)
        return self.text("point.why_form", arm=self.label(key), binding=said, count=count)

    def costs(self, key: str) -> dict[str, float]:
        """Return what an arm costs, by who pays."""
        frame = self.comparison.costs
        own = frame[frame["arm"] == key]
        return dict(zip(own["who"].astype(str), own["keur"].astype(float), strict=True))

    def _money(self, key: str) -> str:
        costs = self.costs(key)
        amounts = {"amount": self.words.keur(sum(costs.values())), "hours": self.words.keur(costs.get("hours", 0.0))}
        return self.text("point.money_form", arm=self.label(key), **amounts)

    def _residents(self) -> str:
        parts, told = [], set()
        for one, other in self._pairs[:_NAMED_MOST]:
            relation = self._relation(one, other, "case_outcome")
            if relation is None:
                continue
            told.add(relation)
            first, second = (other, one) if relation == "worse" else (one, other)
            kind = "better" if relation in ("better", "worse") else relation
            parts.append(self.text(f"point.residents_{kind}", arm=self.label(first), other=self.label(second)))
        if not parts:
            return ""
        if told == {"same"}:
            return self.text("point.residents_none")
        return self.text("point.residents", parts=self._parts(parts))

    def _sure(self) -> str:
        parts = []
        for one, other in self._pairs[:_NAMED_MOST]:
            row = self._differences.get((one, other, HEADLINE))
            if row is None:
                continue
            ahead = float(row["probability_a_better"])
            first, second, share = (one, other, ahead) if ahead >= 0.5 else (other, one, 1 - ahead)
            values = {"arm": self.label(first), "other": self.label(second), "count": self.hundred(share)}
            parts.append(self.text("point.sure_form", **values))
        if not parts:
            return ""
        shown = [
            row
            for pair in self._pairs
            for name in shown_outcomes(self.comparison)
            if (row := self._differences.get((*pair, name))) is not None
        ]
        waiting = sum(row["verdict"] == "open" for row in shown)
        key = "settled" if waiting == 0 else "open_one" if waiting == 1 else "open_other"
        total, count = self.words.number(len(shown)), self.words.counted(waiting)
        left = self.text(f"point.sure_{key}", total=total, count=count)
        return f"{self.text('point.sure', parts=self._parts(parts))} {left}"

    def side_by_side(self) -> Table:
        """Return the table of the forms side by side: rows of outcomes, a column for each arm."""
        rows: list[list[str]] = [[self.text(f"side.{name}")] for name in (
            "reached", "half", "working", "deep", "stuck", "over", "joint", "case", "cost", "hours",
        )]  # fmt: skip
        for arm in self.arms:
            row = self._practice(arm.key)
            worst = self._worst(arm.key)
            stuck = self.text("side.none")
            if worst is not None:
                name = self.text(f"stall_name.{worst[0]}")
                stuck = self.text("side.stuck_value", stall=name, count=self.hundred(worst[1]))
            reached = self.text("side.of", count=self.hundred(row["share"]))
            cells = [
                self._ranged(reached, 100 * row["low"], 100 * row["high"]),
                self.half_there(arm.key),
                self.text("side.of", count=self._working(arm.key)),
                self.text("side.of", count=self.words.number(self._standing[arm.key]["deep"])),
                stuck,
                self.text("side.of", count=self.words.number(self._standing[arm.key]["over"])),
                self._spread(arm.key, "joint_case_share", percent=True),
                self._spread(arm.key, "case_outcome", percent=False),
                self.words.keur(sum(self.costs(arm.key).values())),
                self.words.number(float(self._distributions[arm.key, "hours"]["mean"])),
            ]
            for place, cell in enumerate(cells):
                rows[place].append(cell)
        head = [self.text("side.outcome"), *(self._labels[arm.key] for arm in self.arms)]
        return {"caption": self.text("side.title"), "head": head, "rows": rows, "numbers": False}

    def _spread(self, key: str, outcome: str, *, percent: bool) -> str:
        row = self._distributions[key, outcome]
        times, digits = (100.0, 0) if percent else (1.0, 2)
        middle = self.words.percent(row["median"]) if percent else self.words.number(row["median"], digits)
        return self._ranged(middle, times * row["q25"], times * row["q75"], digits)

    # ------------------------------------------------------------ the situation

    def who(self) -> Table:
        """Return the table of who takes part."""
        known = {each.id: each for each in self.arms[0].scenario.organisations}
        rows = [
            [
                known[one.organisation].title[self.words.code],
                self.text(f"kind.{known[one.organisation].kind}"),
                self.text(f"role.{one.role}"),
            ]
            for one in self.collaboration().partners
        ]
        head = [self.text(f"situation.{name}") for name in ("organisation", "kind", "role")]
        return {"caption": self.text("situation.who"), "head": head, "rows": rows, "numbers": False}

    def situation(self) -> list[str]:
        """Return the case in words."""
        scenario, own = self.arms[0].scenario, self.collaboration()
        said = [self.text("situation.case", description=scenario.description[self.words.code])]
        places = {each.id: each.title[self.words.code] for each in scenario.neighbourhoods}
        covered = [places[each] for each in own.neighbourhoods]
        if covered:
            said.append(self.text("situation.places", names=self.words.listed(covered)))
        year, month = scenario.start.split("-")
        begin = self.words.month_year(int(month), int(year))
        said.append(self.text("situation.period", begin=begin, months=self.words.number(scenario.months)))
        return said

    def forms(self) -> list[tuple[str, str]]:
        """Return the arms with what each is in words: the framework, and the interventions that are its own."""
        common = self._interventions_of(self.arms[0])
        for arm in self.arms[1:]:
            common &= self._interventions_of(arm)
        found = []
        for arm in self.arms:
            said = [self.collaboration(arm).base.description[self.words.code]]
            own = [each for each in arm.scenario.interventions if (each.id, each.month) not in common]
            said += [f"{capital(self._intervention(each))}." for each in own]
            found.append((self._labels[arm.key], " ".join(said)))
        return found

    @staticmethod
    def _interventions_of(arm: Arm) -> set[tuple[str, int]]:
        return {(each.id, each.month) for each in arm.scenario.interventions}

    def _intervention(self, each: Any) -> str:
        title = each.title[self.words.code].replace("_", " ")
        return self.text("situation.intervention", title=title, month=self.words.number(each.month))

    def interventions(self) -> list[str]:
        """Return what changes on the way in every arm."""
        common = self._interventions_of(self.arms[0])
        for arm in self.arms[1:]:
            common &= self._interventions_of(arm)
        return [
            self._intervention(each) for each in self.arms[0].scenario.interventions if (each.id, each.month) in common
        ]

    # ------------------------------------------------------------ differences

    def amount(self, outcome: str, value: float, *, signed: bool) -> str:
        """Return an amount of an outcome with its unit."""
        unit, times, digits = _UNITS.get(outcome, _SCALE)
        number = self.words.number(abs(times * value), digits)
        bare = self.words.number(times * value, digits)
        sign = ("−" if bare.startswith("-") else "+") if signed and float(f"{times * value:.{digits}f}") != 0 else ""
        return self.text(f"unit.{unit}", amount=f"{sign}{number}")

    def verdict(self, one: str, other: str, row: dict[str, Any]) -> str:
        """Return a verdict in words."""
        verdict = str(row["verdict"])
        if verdict == "open":
            needed = row["runs_needed"]
            if needed is None or needed != needed:  # noqa: PLR0124 - what is missing is not itself
                return self.text("worth.open_far")
            more = max(1, int(needed) - self.comparison.runs_per_arm)
            return self.text("worth.open", count=self.words.number(more))
        return self.text(f"worth.{verdict}", arm=self.label(one), other=self.label(other))

    def verdicts(self) -> Table:
        """Return the verdicts at a glance: rows of outcomes, a column for each pair of arms."""
        rows = []
        for name in shown_outcomes(self.comparison):
            cells = []
            for one, other in self._pairs:
                row = self._differences.get((one, other, name))
                verdict = str(row["verdict"]) if row is not None else ""
                kind = verdict if verdict in ("", "open", "no_difference_worth_naming") else verdict[2:]
                first, second = (one, other) if verdict.startswith("a_") else (other, one)
                values = {"arm": self._labels[first], "other": self._labels[second]}
                cells.append(self.text(f"worth.short_{kind}", **values) if kind else self.text("side.none"))
            rows.append([capital(self.words.text(f"figures.outcome.{name}")), *cells])
        pairs_said = [
            self.text("worth.pair", arm=self._labels[one], other=self._labels[other]) for one, other in self._pairs
        ]
        head = [self.text("worth.outcome"), *pairs_said]
        return {"caption": self.text("worth.verdicts"), "head": head, "rows": rows, "numbers": False}

    def differences(self) -> list[Table]:
        """Return a table of differences for each pair of arms."""
        tables = []
        head = [self.text(f"worth.{name}") for name in ("outcome", "effect", "smallest", "ahead", "verdict")]
        for one, other in self._pairs:
            rows = []
            for name in shown_outcomes(self.comparison):
                row = self._differences.get((one, other, name))
                if row is not None:
                    rows.append(self._difference(one, other, name, row))
            caption = self.text("worth.pair", arm=self._labels[one], other=self._labels[other])
            tables.append({"caption": caption, "head": head, "rows": rows, "numbers": False})
        return tables

    def _difference(self, one: str, other: str, name: str, row: Any) -> list[str]:
        _, times, digits = _UNITS.get(name, _SCALE)
        bounds = self.between(times * float(row["low"]), times * float(row["high"]), digits)
        ahead = float(row["probability_a_better"])
        count = self.hundred(ahead if ahead >= 0.5 else 1 - ahead)
        first = self._labels[one if ahead >= 0.5 else other]
        return [
            capital(self.words.text(f"figures.outcome.{name}")),
            f"{self.amount(name, float(row['effect']), signed=True)} ({bounds})",
            self.amount(name, float(row["smallest_worth"]), signed=False),
            self.text("worth.ahead_value", arm=first, count=count),
            capital(self.verdict(one, other, row)),
        ]

    # ------------------------------------------------------------ course and stalls

    def course(self) -> list[str]:
        """Return how far each arm comes, in words."""
        said = []
        frame = self.comparison.phase_shares
        half = int(frame["month"].max()) // 2
        for arm in self._named:
            own = frame[(frame["arm"] == arm.key) & (frame["month"] == half)]
            working = own.loc[own["state"].isin(["phase_3", "phase_4", "phase_5"]), "share"].sum()
            values = {"working": self.hundred(float(working)), "end": self._working(arm.key)}
            said.append(self.text("course.phases_form", arm=self.label(arm.key), **values))
        return said

    def ends(self) -> list[tuple[str, list[str]]]:
        """Return the competing ends in words: a question and a sentence for each arm."""
        found = []
        for question in ("to_practice", "to_structuring", "in_stall"):
            said = []
            for arm in self._named:
                if not self.asked(arm.key, question):
                    said.append(self.text("course.never_asked", arm=self.label(arm.key)))
                    continue
                shares = {end: float(row["share"]) for end, row in self.incidence(arm.key, question).items()}
                values = {end: self.hundred(share) for end, share in shares.items()}
                values["rest"] = self.hundred(max(0.0, 1.0 - sum(shares.values())))
                values["half"] = self.half_there(arm.key) if question == "to_practice" else ""
                said.append(self.text(f"course.{question}", arm=self.label(arm.key), **values))
            found.append((self.words.text(f"figures.question.{question}"), said))
        return found

    def stalls(self) -> list[str]:
        """Return how each arm is stuck at the end."""
        said = []
        for arm in self._named:
            parts = [
                self.text("stalls.part", count=self.hundred(share), stall=self.text(f"stall.{state}"))
                for state, share in self.stuck(arm.key)
            ]
            key = "stalls.form" if parts else "stalls.form_none"
            said.append(self.text(key, arm=self.label(arm.key), parts=self.words.listed(parts)))
        return said

    def binding_table(self) -> Table:
        """Return what was binding, by level: rows of conditions, a column for each arm."""
        by_arm = {arm.key: {row["key"]: row for row in self.binding(arm.key)} for arm in self.arms}
        keys = {key for rows in by_arm.values() for key in rows}
        most = {key: max(rows[key]["share"] if key in rows else 0.0 for rows in by_arm.values()) for key in keys}
        shown = sorted((key for key in keys if most[key] >= 0.01), key=lambda key: (-most[key], key))
        rows = []
        for what, level in shown:
            said = self.words.text(f"binding.{what}", who=self.words.text(f"who.{level}"))
            cells = [
                self.hundred(by_arm[arm.key][what, level]["share"]) if (what, level) in by_arm[arm.key] else "0"
                for arm in self.arms
            ]
            rows.append([capital(said), self.words.text(f"figures.level.{level}"), *cells])
        head = [self.text("stalls.binding_condition"), self.text("stalls.binding_level")]
        head += [self._labels[arm.key] for arm in self.arms]
        return {"caption": self.text("stalls.binding_caption"), "head": head, "rows": rows, "numbers": True}

    # ------------------------------------------------------------ money and expectations

    def money(self) -> list[str]:
        """Return what each arm costs and who pays, in words."""
        said = []
        for arm in self._named:
            costs = self.costs(arm.key)
            total = sum(costs.values())
            shares = sorted(((amount / total, who) for who, amount in costs.items() if total), reverse=True)
            parts = [
                self.text("money.part", share=self.words.percent(share), who=self.words.text(f"figures.payer.{who}"))
                for share, who in shares
                if 100 * share >= 1
            ]
            values = {"total": self.words.keur(total), "parts": self.words.listed(parts)}
            said.append(capital(self.text("money.form", arm=self.label(arm.key), **values)))
        return said

    def money_table(self) -> Table:
        """Return what each arm costs, by who pays."""
        payers = list(dict.fromkeys(self.comparison.costs["who"].astype(str)))
        costs = {arm.key: self.costs(arm.key) for arm in self.arms}
        rows = [
            [
                capital(self.words.text(f"figures.payer.{who}")),
                *(self.words.number(costs[arm.key].get(who, 0.0)) for arm in self.arms),
            ]
            for who in payers
        ]
        totals = [self.words.number(sum(costs[arm.key].values())) for arm in self.arms]
        rows.append([capital(self.text("money.total")), *totals])
        head = [self.text("money.who"), *(self._labels[arm.key] for arm in self.arms)]
        return {"caption": self.text("money.caption"), "head": head, "rows": rows, "numbers": True}

    def expectations(self) -> list[str]:
        """Return where and when expectations are furthest ahead of what people see."""
        frame = self.comparison.series
        said = []
        for arm in self._named:
            own = frame[
                (frame["arm"] == arm.key) & frame["quantity"].isin([f"expectation_gap_{each}" for each in LEVELS])
            ]
            row = own.iloc[int(own["mean"].to_numpy().argmax())]
            if float(row["mean"]) < _CLEARLY:
                said.append(self.text("money.expectations_none", arm=self.label(arm.key)))
                continue
            level = self.words.text(f"place.{str(row['quantity']).removeprefix('expectation_gap_')}")
            values = {"level": level, "time": self.time(int(row["month"])), "gap": self.words.number(row["mean"], 2)}
            said.append(self.text("money.expectations_form", arm=self.label(arm.key), **values))
        return said

    # ------------------------------------------------------------ a typical run

    def stories(self) -> list[dict[str, Any]]:
        """Return the typical run of each arm: a title, and blocks of a heading and lines."""
        found = []
        for arm in self.arms:
            run = self.comparison.typical.get(arm.key)
            if run is None:
                continue
            blocks: list[dict[str, Any]] = [{"heading": "", "lines": []}]
            for style, text in run.story[self.words.code]:
                if style == "year":
                    blocks.append({"heading": text, "lines": []})
                elif text and style in _TOLD:
                    blocks[-1]["lines"].append((style, text))
            title = self.text("run.story", arm=self.label(arm.key), replicate=self.words.number(run.replicate))
            found.append({"title": title, "blocks": [each for each in blocks if each["heading"] or each["lines"]]})
        return found

    # ------------------------------------------------------------ assumptions

    def assumptions(self) -> str:
        """Return how sure the numbers of the model are, all told."""
        counts = {name: sum(each.confidence == name for each in PARAMETERS.values()) for name in CONFIDENCE_MEANS}
        said = {name: self.words.number(count) for name, count in counts.items()}
        key = "assumptions.intro" if counts["high"] else "assumptions.intro_none"
        return self.text(key, total=self.words.number(len(PARAMETERS)), **said)

    def marks(self) -> Table:
        """Return what the marks mean."""
        rows = [[mark, capital(self.words.text(f"source.{mark}"))] for mark in SOURCE_MEANS]
        rows += [
            [self.words.text(f"mark.{mark}"), capital(self.words.text(f"confidence.{mark}"))]
            for mark in CONFIDENCE_MEANS
        ]
        head = [self.text("assumptions.mark"), self.text("assumptions.meaning")]
        return {"caption": self.text("assumptions.sources_caption"), "head": head, "rows": rows, "numbers": False}

    def uncertain(self) -> Table:
        """Return the uncertain numbers, the least sure ones first, with the values of the first arm."""
        names = [name for name, each in PARAMETERS.items() if each.kind == "uncertainty"]
        order = ("low", "medium", "high")
        names.sort(
            key=lambda name: (order.index(PARAMETERS[name].confidence), "VHLA".index(PARAMETERS[name].source) * -1)
        )
        rows = []
        for name in names:
            own = PARAMETERS[name]
            rows.append(
                [
                    capital(self._words_for("parameter", own)),
                    self._short(float(self.arms[0].scenario.parameters[name])),
                    self.text("range", low=self._short(own.low), high=self._short(own.high)),
                    _whole(own.where),
                    self.words.text(f"mark.{own.confidence}"),
                ]
            )
        head = [self.text(f"assumptions.{name}") for name in ("number", "value", "margin", "source", "confidence")]
        return {"caption": self.text("assumptions.uncertain_caption"), "head": head, "rows": rows, "numbers": False}

    def _words_for(self, table: str, own: Quantity) -> str:
        """Return a quantity in plain words; one that has none yet in the register's, which are English."""
        try:
            return self.text(f"{table}.{own.name}")
        except KeyError:
            return own.meaning.rstrip(".")

    def _short(self, value: float) -> str:
        digits = next(digits for digits in (0, 1, 2, 3, 6) if round(value, digits) == value or digits == 6)
        return self.words.number(value, digits).replace("-", "−")

    def arrangements(self) -> Table | None:
        """Return the arrangements in which the arms differ at the start; None if they do not."""
        structures = [self.collaboration(arm).structure for arm in self.arms]
        rows = [
            [
                capital(self._words_for("attribute", own)),
                *(self._arranged(own, each[name]) for each in structures),
                f"{_whole(own.where)}, {self.words.text(f'mark.{own.confidence}')}",
            ]
            for name, own in STRUCTURE.items()
            if len({each[name] for each in structures}) > 1
        ]
        if not rows:
            return None
        head = [self.text("assumptions.arrangement"), *(self._labels[arm.key] for arm in self.arms)]
        head.append(self.text("assumptions.source"))
        return {"caption": self.text("assumptions.forms_caption"), "head": head, "rows": rows, "numbers": False}

    def _arranged(self, own: Quantity, value: Value) -> str:
        if own.choices:
            return self.text(f"value.{value if isinstance(value, str) else own.choices[round(value)]}")
        if own.unit == "flag":
            return self.text("assumptions.yes" if float(value) else "assumptions.no")
        return self._short(float(value))

    # ------------------------------------------------------------ the end

    def limits(self) -> list[str]:
        """Return what the report cannot say."""
        worlds = self.comparison.worlds
        told = ["chance_worlds" if name == "chance" and worlds > 1 else name for name in LIMITS]
        return [self.text(f"limit.{name}", count=self.words.number(worlds)) for name in told]

    def terms(self) -> list[tuple[str, str]]:
        """Return the terms that are used, explained."""
        return [(self.text(f"term.{name}"), self.text(f"explained.{name}")) for name in TERMS]

    def made(self, version: str, commit: str | None, command: Sequence[str]) -> list[tuple[str, str]]:
        """Return how the report was made."""
        scenario = self.arms[0].scenario
        forms = ", ".join(dict.fromkeys(arm.framework for arm in self.arms))
        found = [
            ("scenario", f"{scenario.title[self.words.code]} ({scenario.name})"),
            ("framework", forms),
            ("runs", self.words.number(self.comparison.runs_per_arm)),
            ("seed", str(self.comparison.seed)),
            ("worlds", self.words.number(self.comparison.worlds)),
            ("version", version if commit is None else f"{version} ({commit})"),
        ]
        if command:
            found.append(("command", " ".join(command)))
        return [(self.text(f"made.{key}"), said) for key, said in found]
