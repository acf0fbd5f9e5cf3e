"""The story of one run, in words: what happened each year, what held it back, how it was seen, how it ended.

A story is made of lines with a weight; if there are too many for one reading, the lightest go first. No number is
computed here that the results do not hold.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from sim.elements import Collaboration, Intervention, Partner
from sim.engine import Records
from sim.language import Language, capital
from sim.log import EVENTS
from sim.mechanisms.diagnosis import BINDINGS
from sim.mechanisms.phases import END_STATES
from sim.population import Population
from sim.scenario import Scenario
from sim.structure import LEVELS

LINES_A_YEAR = 7  # what a reader takes in: ten years on a page
LINES_MORE = 30  # for each further collaboration
TOLD_MOST = 6  # of more collaborations than these, the first are told and the rest are counted
WIDTH = 100
_KEPT = 99  # the weight of what is never left out
_CROWDING = 0.6  # what each heavier item of the same year takes off a weight
_SETTLED = ("sham", "partial", "uncontracted", "shared_address")  # states told of when they set in or end
_CLEARLY = 0.05  # satisfaction that moves by less in a year is as it was
_TOLD_TWICE = 2  # the same thing is told at most so many times a year

# How much an event weighs in a story; what is not here is counted, not told.
_WEIGHTS: Final[Mapping[str, int]] = {
    "dissolved": 9, "agreement_signed": 9, "building_opened": 9, "phase_up": 8, "phase_down": 8, "first_contact": 8,
    "goals_set": 7, "partner_left": 8, "joint_bid": 7, "partner_joined": 6, "broadened": 7, "practice_unsettled": 6,
    "notice_given": 6, "negotiation_failed": 6, "barrier_removed": 6, "boards_refused": 5, "negotiation_began": 4,
    "tender_lost": 5, "director_changed": 5, "renegotiated": 4, "evaluation_lapsed": 5, "evaluated": 3,
    "policy_shift": 4, "passage_taken_up": 7, "spanner_came": 5, "spanner_left": 5, "chance_meeting": 2,
}  # fmt: skip
_ONLY_WHO_COUNTS = ("lead", "core", "partner")
# Where it makes sense to name who is weakest, among three or more: the least in it, or the most.
_LEAST = ("contact", "engagement", "familiarity", "trust", "understanding", "money", "pioneers", "middle_contact")
_MOST = ("attachment",)


@dataclass(frozen=True)
class Line:
    """A line of a story: its style and its text."""

    style: str
    text: str


@dataclass(frozen=True)
class Item:
    """Something that may be told: of which year and month (0: of the whole year), how much it weighs.

    Headings of years cannot be left out; items of one style and month share a line.
    """

    year: int
    month: int
    style: str
    text: str
    weight: int


class Storyteller:
    """Tells one run of a scenario in one language."""

    def __init__(
        self, scenario: Scenario, population: Population, records: Records, language: Language, run: int = 0
    ) -> None:
        assert records.series is not None  # noqa: S101
        assert records.log is not None  # noqa: S101
        self._scenario, self._population, self._language = scenario, population, language
        self._series, self._log, self._finals = records.series[run], records.log[run], records.finals[run]
        self._known = {each.id: each for each in scenario.organisations}
        year, month = scenario.start.split("-")
        self._start = int(year) * 12 + int(month) - 1

    # ------------------------------------------------------------ words

    def _t(self, key: str, **values: object) -> str:
        return self._language.text(key, **values)

    def _title(self, organisation: str) -> str:
        return self._known[organisation].title[self._language.code]

    def name(self, row: int) -> str:
        """Return the short name of an organisation: its title without what stands in brackets, or the acronym there."""
        title = self._title(self._population.organisations[row])
        found = re.fullmatch(r"(.*?)\s*\(([^()]*)\)", title)
        if found is None:
            return title
        return found[2] if re.fullmatch(r"[A-Z][A-Z0-9.&-]+", found[2]) else found[1]

    def _date(self, month: int) -> tuple[int, int]:
        """Return year and month of the year of a month of the run."""
        year, place = divmod(self._start + month - 1, 12)
        return year, place + 1

    def _when(self, month: int) -> str:
        year, place = self._date(month)
        return self._language.month_year(place, year)

    def _level(self, level: int, organisation: int) -> str:
        if level == len(LEVELS):
            return self._t("of.bureau")
        if organisation < 0:
            return self._t(f"place.{LEVELS[level]}") if level >= 0 else self._t("of.nobody")
        if level < 0:
            return self.name(organisation)
        return self._t(f"of.{LEVELS[level]}", organisation=self.name(organisation))

    def event(self, event: Any) -> str:
        """Return an event of the log in words."""
        kind = EVENTS[int(event.event)]
        organisation, other, amount = int(event.organisation), int(event.other), float(event.amount)
        if kind == "dissolved" and f"{amount:.0f}" in "123":
            return self._t(f"ending.{amount:.0f}")
        values: dict[str, object] = {"level": self._level(int(event.level), organisation)}
        values["organisation"] = self.name(organisation) if organisation >= 0 else self._t("of.nobody")
        values["other"] = self.name(other) if other >= 0 else self._t("of.nobody")
        if kind in ("phase_up", "phase_down"):
            values |= {"number": int(amount), "phase": self._t(f"phase.{int(amount)}")}
        elif kind in ("state_entered", "state_left"):
            values["state"] = self._t(f"state.{END_STATES[int(amount)]}")
        elif kind == "agreement_signed":
            values["agreement"] = self._t(f"agreement.{int(amount)}")
        elif kind == "chance_meeting" and organisation >= 0 and other >= 0:
            return self._t("detail.met", **values)
        said = self._t(f"event.{kind}", **values)
        if kind == "director_changed" and self._population.kinds[organisation] == "municipality":
            said = self._t("detail.alderman", **values)
        if kind == "director_changed" and amount >= 0.65:
            said += self._t("detail.director_open")
        elif kind == "director_changed" and amount <= 0.35:
            said += self._t("detail.director_closed")
        elif kind == "tender_lost" and amount >= 0.05:
            said += self._t("detail.stranded", amount=self._language.keur(amount))
        return said

    def binding(self, code: int, level: int, organisation: int, partners: int) -> str:
        """Return what was binding in words, and in whom it was weakest."""
        name = BINDINGS[code]
        said = self._t(f"binding.{name}", who=self._t(f"who.{LEVELS[level]}") if level >= 0 else "")
        if organisation >= 0 and partners > 2 and name in _LEAST + _MOST:
            how = "least" if name in _LEAST else "most"
            said += f" ({self._t(f'weakest.{how}', organisation=self.name(organisation))})"
        return said

    # ------------------------------------------------------------ fitting

    def _arranged(self, items: Iterable[Item]) -> list[Line]:
        """Return items as lines.

        What is of one month, or of one style for the whole year, shares a line; a year without anything to tell joins
        the one before it if all was as it was.
        """
        years = [(heading, list(own)) for heading, own in groupby(items, key=lambda item: item.year)]
        lines: list[Line] = []
        place = 0
        while place < len(years):
            first, (heading, *own) = years[place]
            last = first
            calm = all(item.month == 0 for item in own)
            while (
                calm
                and place + 1 < len(years)
                and years[place + 1][1][1:] == []
                and years[place + 1][1][0].text == heading.text
            ):
                place += 1
                last = years[place][0]
            label = str(first) if first == last else self._t("story.years", first=first, last=last)
            lines.append(Line("year", self._t("story.year", year=label, text=heading.text) if heading.text else label))
            lines += self._of_year(own)
            place += 1
        return lines

    def _of_year(self, items: list[Item]) -> Iterable[Line]:
        for (month, style), group in groupby(items, key=lambda item: (item.month, item.style)):
            texts = [item.text for item in group]
            if month:
                said = self._t("story.month", month=self._language.month(month), text="; ".join(texts))
                yield Line(style, capital(said))
            else:
                yield Line(style, " ".join(texts))

    def _fitted(self, items: list[Item], most: int) -> list[Line]:
        """Return as many items as fit on so many lines, the heaviest first.

        An item counts for less, the more its year already has, so that every year keeps something.
        """
        by_weight = sorted(range(len(items)), key=lambda place: (-items[place].weight, place))
        told: Counter[int] = Counter()
        counts_for: dict[int, float] = {}
        for place in by_weight:
            item = items[place]
            counts_for[place] = item.weight - (0.0 if item.weight == _KEPT else _CROWDING * told[item.year])
            told[item.year] += item.weight != _KEPT
        order = sorted(by_weight, key=lambda place: -counts_for[place])

        def arranged(count: int) -> list[Line]:
            return self._arranged(items[place] for place in sorted(order[:count]))

        least, fits = sum(item.weight == _KEPT for item in items), len(items)
        while least < fits:
            count = (least + fits + 1) // 2
            if _height(arranged(count)) <= most:
                least = count
            else:
                fits = count - 1
        return arranged(least)

    # ------------------------------------------------------------ parts

    def lines(self, seed: int, replicate: int) -> list[Line]:
        """Return the story, with the lightest lines left out where there are too many."""
        told: list[Line] = []
        collaborations = self._population.collaborations[:TOLD_MOST]
        known = {each.id: each for each in self._scenario.collaborations}
        years = max(5, -(-self._scenario.months // 12))
        most = LINES_A_YEAR * years + LINES_MORE * (len(collaborations) - 1)
        for row, name in enumerate(collaborations):
            collaboration = known[name]
            opening = self._opening(collaboration, seed, replicate, first=row == 0)
            closing = self._closing(row)
            if row == len(collaborations) - 1:
                closing += self._others() + self._last_words(replicate)
            room = most // len(collaborations) - _height(opening + closing)
            told += [*opening, *self._fitted(self._years(row, collaboration), room), *closing]
        return told

    def _others(self) -> list[Line]:
        """Return in one line how the collaborations ended that are not told."""
        ends = Counter(int(each) for each in self._finals["highest_phase"][TOLD_MOST:])
        if not ends:
            return []
        parts = [
            self._t(
                "story.others_phase", count=self._language.number(count), number=phase, phase=self._t(f"phase.{phase}")
            )
            for phase, count in sorted(ends.items())
        ]
        count = self._language.number(sum(ends.values()))
        return [
            Line("gap", ""),
            Line("plain", self._t("story.others", count=count, parts=self._language.listed(parts))),
        ]

    def _last_words(self, replicate: int) -> list[Line]:
        advice = self._t("story.next", replicate=replicate + 1)
        return [Line("gap", ""), Line("strong", self._t("story.caution")), Line("plain", advice)]

    def _opening(self, collaboration: Collaboration, seed: int, replicate: int, *, first: bool) -> list[Line]:
        code = self._language.code
        lines: list[Line] = []
        if first:
            lines.append(Line("title", self._scenario.title[code]))
            lines.append(Line("plain", self._scenario.description[code]))
        if len(self._population.collaborations) > 1:
            lines += [Line("gap", ""), Line("title", collaboration.title[code])]
        contact = int(collaboration.inputs["contact_month"])
        now = [one for one in collaboration.partners if one.role != "candidate" and one.from_month <= max(1, contact)]
        names = self._language.listed(self._names(now))
        said = [self._t("story.partners", names=names, framework=collaboration.base.title[code])]
        later = [one for one in collaboration.partners if one.role != "candidate" and one not in now]
        for month, group in groupby(sorted(later, key=lambda one: one.from_month), key=lambda one: one.from_month):
            if month <= self._scenario.months:
                joining = self._language.listed(self._names(list(group)))
                said.append(self._t("story.later", month=self._when(month), names=joining))
        places = {each.id: each.title[code] for each in self._scenario.neighbourhoods}
        covered = [places[each] for each in collaboration.neighbourhoods]
        if covered:
            said.append(self._t("story.neighbourhoods", names=self._language.listed(covered)))
        candidates = [one.organisation for one in collaboration.partners if one.role == "candidate"]
        if candidates:
            listed = self._language.listed([self._title(each) for each in candidates])
            said.append(self._t("story.candidates", names=listed))
        if first:
            values: dict[str, object] = {"begin": self._when(1), "end": self._when(self._scenario.months)}
            values |= {"seed": seed, "replicate": replicate}
            years, rest = divmod(self._scenario.months, 12)
            if rest:
                said.append(self._t("story.run_months", months=self._scenario.months, **values))
            else:
                said.append(self._t("story.run", years=years, **values))
        lines.append(Line("plain", " ".join(said)))
        return lines

    def _names(self, partners: list[Partner]) -> list[str]:
        """Return partners by title; tenants are counted where there are many."""
        names = [self._title(one.organisation) for role in _ONLY_WHO_COUNTS for one in partners if one.role == role]
        tenants = [self._title(one.organisation) for one in partners if one.role == "tenant"]
        if len(tenants) > 3:
            return [*names, self._t("story.tenants", count=self._language.counted(len(tenants)))]
        return names + tenants

    def _years(self, c: int, collaboration: Collaboration) -> list[Item]:
        months: dict[int, list[int]] = {}
        for month in range(1, self._scenario.months + 1):
            months.setdefault(self._date(month)[0], []).append(month)
        happened: dict[int, list[Item]] = {}
        for month, weight, text in sorted(self._told(c, collaboration), key=lambda told: told[0]):
            year, place = self._date(month)
            own = happened.setdefault(year, [])
            if sum(item.text == text for item in own) < _TOLD_TWICE:
                own.append(Item(year, place, "event", text, weight))
        items: list[Item] = []
        before: dict[str, Any] = {"binding": "", "seen": "", "satisfaction": None}
        last = max(months)
        for year, own_months in months.items():
            series = self._series[own_months[0] - 1 : own_months[-1], c]
            items.append(self._heading(year, series))
            items += happened.get(year, [])
            items += self._counted(c, year, own_months)
            ended = bool(series["dissolved_month"][-1] > 0)
            items += self._held_back(year, series, before, ended=ended)
            if ended:
                items += [Item(each, 0, "year", self._t("story.over"), _KEPT) for each in range(year + 1, last + 1)]
                break
        return items

    def _heading(self, year: int, series: Any) -> Item:
        phase = int(series["phase"][-1])
        text = ""
        if phase:
            text = self._t("story.year_phase", number=phase, phase=self._t(f"phase.{phase}"))
        elif series["dissolved_month"][-1] == 0:
            text = self._t("phase.0")
        return Item(year, 0, "year", text, _KEPT)

    def _taking_part(self, c: int, collaboration: Collaboration) -> dict[str, list[tuple[int, int]]]:
        """Return for each organisation from when to when it took part, as far as its role counts in a story."""
        months = self._scenario.months
        joined = {one.organisation: one.from_month for one in collaboration.partners if one.role in _ONLY_WHO_COUNTS}
        spans = {name: [(month, months)] for name, month in joined.items()}
        for event in self._log:
            if int(event.collaboration) != c or int(event.organisation) < 0:
                continue
            name, kind = self._population.organisations[int(event.organisation)], EVENTS[int(event.event)]
            if kind == "partner_joined":
                spans[name] = [*spans.get(name, []), (int(event.month), months)]
            elif kind == "partner_left" and spans.get(name):
                spans[name][-1] = (spans[name][-1][0], int(event.month))
        return spans

    def _told(self, c: int, collaboration: Collaboration) -> Iterable[tuple[int, int, str]]:
        """Go through what is worth telling of a collaboration: month, weight, text."""
        spans = self._taking_part(c, collaboration)
        end = int(self._series["dissolved_month"][-1, c]) or self._scenario.months
        dated = {
            (each.month, each.organisation) for each in self._scenario.timed_events() if each.kind == "director_change"
        }
        met: set[int] = set()
        for event in self._log:
            kind, month, organisation = EVENTS[int(event.event)], int(event.month), int(event.organisation)
            weight = _WEIGHTS.get(kind, 0)
            if not weight or month > end or int(event.collaboration) not in (c, -1):
                continue
            if int(event.collaboration) < 0 and not any(
                first <= month <= last for first, last in spans.get(self._population.organisations[organisation], [])
            ):
                continue
            if kind in ("phase_up", "phase_down") and month == end and self._series["dissolved_month"][-1, c] > 0:
                continue
            if kind == "director_changed" and (month, self._population.organisations[organisation]) in dated:
                weight = 8
            if kind == "chance_meeting":
                if month in met:
                    continue
                met.add(month)
            yield month, weight, self.event(event)
        yield from self._states(c, end)
        for change in self._scenario.interventions:
            here = self._concerns(change, collaboration)
            title = change.title[self._language.code].replace("_", " ")
            if here and change.month <= end:
                yield change.month, 6, self._t("detail.intervention_begins", title=self._t("format.quoted", text=title))
                if change.until is not None and change.until <= end:
                    said = self._t("detail.intervention_ends", title=self._t("format.quoted", text=title))
                    yield change.until, 6, said

    def _concerns(self, change: Intervention, collaboration: Collaboration) -> bool:
        """Say whether an intervention changes something about a collaboration, its partners or its neighbourhoods."""
        if change.use is not None:
            return change.collaboration in ("", collaboration.id)
        kinds = {f"kind:{self._known[one.organisation].kind}" for one in collaboration.partners}
        spanners = {each.id for each in self._scenario.spanners if each.collaboration == collaboration.id}
        near = {
            "organisations": {"*", *kinds, *(one.organisation for one in collaboration.partners)},
            "neighbourhoods": {"*", *collaboration.neighbourhoods},
            "collaborations": {"*", collaboration.id},
            "spanners": {"*", *spanners} if spanners else set(),
        }
        named = [path.split(".") for path, _ in (*change.set, *change.add)]
        return any(words[0] not in near or words[1] in near[words[0]] for words in named)

    def _states(self, c: int, end: int) -> Iterable[tuple[int, int, str]]:
        """Tell of states that set in, and of good ends of bad ones; a negotiation in between does not end them."""
        told = ""
        phase = self._series["phase"][:, c]
        for month, code in enumerate(self._series["end_state"][:, c], start=1):
            state = END_STATES[int(code)]
            if state in ("negotiating", "dissolved") or month > end:
                continue
            if state != told and state in _SETTLED:
                yield month, 8, self._t(f"entered.{state}")
            elif state != told and told in _SETTLED and told != "uncontracted" and phase[month - 1] >= 3:
                yield month, 6, self._t(f"left.{told}")
            told = state

    def _counted(self, c: int, year: int, months: list[int]) -> list[Item]:
        """Count the many small things of a year."""
        words = self._language
        counts: Counter[str] = Counter()
        withdrawn: list[str] = []
        for event in self._log:
            if int(event.collaboration) == c and months[0] <= int(event.month) <= months[-1]:
                kind = EVENTS[int(event.event)]
                counts[kind] += 1
                if kind == "level_withdrew":
                    withdrawn.append(self._level(int(event.level), int(event.organisation)))

        def parts(what: str, kinds: tuple[str, ...]) -> list[str]:
            own = [kind for kind in kinds if counts[f"{what}_{kind}"]]
            said = words.counts([counts[f"{what}_{kind}"] for kind in own])
            return [self._t(f"story.{what}s_{kind}", count=count) for kind, count in zip(own, said, strict=True)]

        items: list[Item] = []

        def add(text: str, weight: int) -> None:
            items.append(Item(year, 0, "detail", text, weight))

        if counts["milestone"]:
            add(self._plural("story.milestones", counts["milestone"]), 6)
        projects = parts("project", ("proposed", "rejected", "unfunded", "started", "finished", "given_up"))
        if projects:
            add(self._t("story.projects", parts=", ".join(projects)), 6)
        problems = parts("problem", ("arose", "solved"))
        passed = counts["problem_passed_up"] + counts["problem_passed_down"]
        if passed:
            problems.append(self._plural("story.problems_passed", passed))
        if problems:
            add(self._t("story.problems", parts=", ".join(problems)), 5)
        if counts["worked_with_rival"]:
            add(self._plural("story.rivals", counts["worked_with_rival"]), 3)
        if withdrawn:
            names = list(dict.fromkeys(withdrawn))
            if len(names) > 3:
                names = [*names[:2], self._t("story.more", count=words.counted(len(names) - 2))]
            add(self._t("story.withdrawn", names=words.listed(names)), 4)
        return items

    def _plural(self, key: str, count: int) -> str:
        form = "one" if count == 1 else "other"
        return self._t(f"{key}_{form}", count=self._language.counted(count))

    def _held_back(self, year: int, series: Any, before: dict[str, Any], *, ended: bool) -> list[Item]:
        """Say what was binding for most of a year, and how the levels saw it; nothing where it is as it was."""
        items: list[Item] = []
        found = Counter((int(row.binding), int(row.binding_level)) for row in series if int(row.binding) > 0)
        if found:
            (code, level), _ = found.most_common(1)[0]
            here = [row for row in series if (int(row.binding), int(row.binding_level)) == (code, level)]
            organisation = Counter(int(row.binding_organisation) for row in here).most_common(1)[0][0]
            said = self.binding(code, level, organisation, int(here[-1].partners_now))
            key, weight = ("story.binding_still", 4) if said == before["binding"] else ("story.binding", 8)
            before["binding"] = said
            items.append(Item(year, 0, "held", self._t(key, binding=said), weight))
        if ended:
            return items
        seen, moves = self._seen(series[-1]), self._moves(series, before)
        if seen and seen != before["seen"]:
            items.append(Item(year, 0, "seen", seen, 7))
        before["seen"] = seen
        if moves:
            items.append(Item(year, 0, "seen", moves, 6))
        return items

    def _seen(self, row: Any) -> str:
        """Say which phase each level sees, boards first; nothing if all see the phase that it is."""
        by_phase: dict[int, list[str]] = {}
        for level in LEVELS:
            by_phase.setdefault(round(float(row[f"perceived_phase_{level}"])), []).append(self._t(f"place.{level}"))
        if list(by_phase) == [int(row.phase)]:
            return ""
        views: list[str] = []
        for phase, places in by_phase.items():
            what = self._t("story.seen_phase", number=phase) if phase else self._t("story.seen_nothing")
            key = "story.seen_next" if views else "story.seen_first"
            views.append(self._t(key, places=self._language.listed(places), what=what))
        return capital(self._t("story.seen", views=", ".join(views)))

    def _moves(self, series: Any, before: dict[str, Any]) -> str:
        """Say where satisfaction rose or fell clearly over the year."""
        now = [float(series[-1][f"satisfaction_{level}"]) for level in LEVELS]
        was, before["satisfaction"] = before["satisfaction"], now
        if was is None:
            return ""
        moves = []
        for key, sign in (("rising", 1.0), ("falling", -1.0)):
            places = [self._t(f"at.{level}") for level, one, other in zip(LEVELS, now, was, strict=True)
                      if sign * (one - other) >= _CLEARLY]  # fmt: skip
            if len(places) == len(LEVELS):
                places = [self._t("at.everywhere")]
            if places:
                moves.append(self._t(f"story.{key}", places=self._language.listed(places)))
        return self._t("story.satisfaction", moves=self._language.listed(moves)) if moves else ""

    def _closing(self, c: int) -> list[Line]:
        own, words = self._finals[c], self._language
        months = self._series[:, c]
        highest = int(own.highest_phase)
        said: list[str] = []
        if own.dissolved_month > 0:
            phase, key = self._t(f"phase.{highest}"), "story.closing_over" if highest else "story.closing_over_early"
            said.append(self._t(key, month=self._when(int(own.dissolved_month)), highest=highest, phase=phase))
        else:
            phase = self._t(f"phase.{int(own.phase)}")
            key = "story.closing_phase_same" if highest == int(own.phase) else "story.closing_phase"
            said.append(self._t(key, number=int(own.phase), phase=phase, highest=highest))
            if END_STATES[int(own.end_state)] in (*_SETTLED, "negotiating"):
                said.append(self._t("story.closing_state", state=self._t(f"state.{END_STATES[int(own.end_state)]}")))
        if own.first_agreement_month > 0:
            said.append(self._t("story.closing_agreement", month=self._when(int(own.first_agreement_month))))
        else:
            said.append(self._t("story.closing_no_agreement"))
        lines = [Line("gap", ""), Line("year", self._t("story.closing")), Line("detail", " ".join(said))]
        started = sum(int(own[f"projects_started_{who}"]) for who in (*LEVELS, "bureau"))
        said = [self._t("story.closing_cases", share=words.percent(float(own.joint_case_share)))]
        counts = words.counts([started, int(own.projects_finished)])
        said.append(self._t("story.closing_projects", started=counts[0], finished=counts[1]))
        lines.append(Line("detail", " ".join(said)))
        said = [
            self._t("story.closing_cost", amount=words.keur(float(own.cost_keur)), hours=words.number(float(own.hours)))
        ]
        kinds = {
            kind: float(own[f"invested_keur_{kind}"])
            for kind in ("housing_corporation", "welfare", "care", "municipality", "other")
        }
        parts = [f"{self._t(f'kind.{kind}')} {words.keur(amount)}" for kind, amount in kinds.items() if amount >= 0.05]
        if parts:
            said.append(self._t("story.closing_invested", parts=", ".join(parts)))
        else:
            said.append(self._t("story.closing_invested_none"))
        lines.append(Line("detail", " ".join(said)))
        found = Counter((int(row.binding), int(row.binding_level)) for row in months if int(row.binding) > 0)
        if found:
            (code, level), count = found.most_common(1)[0]
            binding = self.binding(code, level, -1, 0)
            lines.append(
                Line("held", self._t("story.closing_binding", binding=binding, months=count, total=len(months)))
            )
        return lines


def _height(lines: Iterable[Line]) -> int:
    return sum(1 for _ in wrapped(lines))


_INDENT = {"event": "  ", "detail": "  ", "held": "  ", "seen": "  "}
_STYLES = {"title": "bold", "year": "bold cyan", "held": "yellow", "seen": "magenta", "strong": "bold"}


def wrapped(lines: Iterable[Line], width: int = WIDTH) -> Iterable[tuple[str, str]]:
    """Go through the lines of a story as they are printed: style and text."""
    for line in lines:
        indent = _INDENT.get(line.style, "")
        if not line.text:
            yield line.style, ""
            continue
        following = indent + ("  " if indent else "")
        for text in textwrap.wrap(
            line.text, width, initial_indent=indent, subsequent_indent=following, break_on_hyphens=False
        ):
            yield line.style, text


def plain(lines: Iterable[Line], width: int = WIDTH) -> str:
    """Return a story as plain text."""
    return "\n".join(text for _, text in wrapped(lines, width))


def show(lines: Iterable[Line]) -> None:
    """Print a story on a terminal, in colour."""
    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False)
    for style, text in wrapped(lines, min(WIDTH, console.width)):
        console.print(Text(text, style=_STYLES.get(style, "")), soft_wrap=True)
