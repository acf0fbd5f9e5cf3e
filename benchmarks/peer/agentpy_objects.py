"""The peer in AgentPy: lists of agents (organisations, levels, pairs, groups) that are told what to do."""

from __future__ import annotations

import math
from typing import Any

import agentpy as ap

from peer import OUTCOMES, PARAMETERS
from peer.arrays import start
from peer.luck import dice, keyed


def share(x: float) -> float:
    return min(1.0, max(0.0, x))


def saturating(x: float) -> float:
    return 1.0 - math.exp(-max(0.0, x))


def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


class Level(ap.Agent):
    def setup(self, row: Any, norm: float) -> None:
        self.engagement = float(row["engagement"])
        self.ambition = float(row["ambition"])
        self.salience = float(row["salience"])
        self.satisfaction = float(row["satisfaction"])
        self.norm = norm
        self.hours = 0.0
        self.trust = 0.0
        self.understanding = 0.0
        self.relations = 0
        self.organisation: Organisation

    def forget(self) -> None:
        self.trust = self.understanding = 0.0
        self.relations = 0

    def average(self) -> None:
        if self.relations > 0:
            self.trust /= self.relations
            self.understanding /= self.relations

    def weigh(self) -> None:
        own = self.organisation
        self.satisfaction += (share(0.3 + 0.7 * self.trust - own.group.gap) - self.satisfaction) / 12.0
        self.salience += (0.8 - self.salience) / 12.0
        target = self.salience * logistic(
            2.0 * self.ambition
            + 2.0 * self.satisfaction
            + 1.5 * self.trust
            + 0.01 * own.horizon
            - 0.3 * own.issues
            - own.scar
            - 2.0
        )
        self.engagement += (target - self.engagement) / 4.0


class Organisation(ap.Agent):
    def setup(self, number: int, row: Any, levels: list[Level]) -> None:
        self.number = number
        self.income = float(row["income"])
        self.reserve = float(row["reserve"])
        self.tendered = float(row["tendered"])
        self.contract = float(row["contract"])
        self.levels = levels
        self.board, self.middle, self.floor = levels
        for level in levels:
            level.organisation = self
        self.group: Group
        self.scar = self.horizon = self.joint_share = self.progress = 0.0
        self.changed = self.active = False
        self.taking_part = True
        self.issues = self.low = 0

    def luck(self, point: str) -> float:
        return self.model.draw(point, self.model.t, self.number)

    def turnover(self) -> None:
        self.changed = self.luck("DIRECTOR") < self.p.turnover
        if self.changed:
            self.board.salience *= 0.5

    def budgets(self) -> None:
        self.reserve += 0.1 * self.income
        for level in self.levels:
            level.hours = level.norm * level.engagement
            if self.reserve < 0.0:
                level.hours *= 0.5
            self.reserve -= self.p.hour_price * level.hours

    def tenders(self) -> None:
        self.contract -= 1.0
        self.scar -= self.scar / 36.0
        if self.contract <= 0.0:
            self.contract = 48.0
            if self.luck("TENDER") < self.p.loss_chance:
                self.scar += (1.0 - self.scar) * saturating(2.0 * self.tendered)
                self.reserve -= 0.5 * self.income * self.tendered
        self.horizon = (1.0 - self.tendered) * 48.0 + self.tendered * self.contract * (1.0 - 0.5 * self.scar)

    def cases(self) -> None:
        arrived = 20.0 * (0.5 + self.luck("CASES"))
        joint = min(arrived * self.floor.trust, 0.5 * self.floor.hours)
        self.joint_share = joint / arrived
        self.floor.hours -= 2.0 * joint

    def projects(self) -> None:
        middle = self.middle
        if not self.active:
            if self.luck("START") < 0.3 * middle.engagement * middle.trust:
                self.active = True
                self.progress = 0.0
            return
        self.progress += min(middle.hours, 10.0) * (0.3 + 0.7 * middle.understanding)
        if self.progress >= 60.0:
            self.active = False
            self.group.finished += 1
            if self.luck("RESULT") < 0.3 + 0.6 * self.group.routines:
                middle.satisfaction += 0.2 * (1.0 - middle.satisfaction)
            else:
                middle.satisfaction -= 0.2 * middle.satisfaction

    def agenda(self) -> None:
        if self.issues < 8 and self.luck("ISSUE") < 0.05 + 0.15 * (1.0 - self.middle.understanding):
            self.issues += 1
        if self.issues > 0 and self.luck("SOLVED") < self.board.engagement * self.board.trust:
            self.issues -= 1

    def membership(self) -> None:
        self.low = self.low + 1 if self.board.engagement < self.p.leave_below else 0
        if self.low > 12 and self.luck("LEAVE") < 0.1:
            self.taking_part = False
            self.group.members.remove(self)
            for level in self.levels:
                level.engagement = 0.0


class Relation:
    def __init__(self, row: Any, meetings: float, objects: float, first: Level, second: Level) -> None:
        self.familiarity = float(row["familiarity"])
        self.understanding = float(row["understanding"])
        self.trust = float(row["trust"])
        self.contact = 0.0
        self.meetings = meetings
        self.objects = objects
        self.first = first
        self.second = second


class Pair(ap.Agent):
    def setup(
        self, number: int, row: Any, first: Organisation, second: Organisation, relations: list[Relation]
    ) -> None:
        self.number = number
        self.overlap = float(row["overlap"])
        self.rivalry = float(row["rivalry"])
        self.first = first
        self.second = second
        self.relations = relations

    def meet(self) -> None:
        for relation in self.relations:
            both = relation.first.engagement * relation.second.engagement
            relation.contact = saturating(
                relation.meetings * both + relation.objects * self.overlap * (0.25 + 0.75 * both)
            )

    def relate(self) -> None:
        chance = 0.4 + 0.6 * self.relations[1].understanding
        kept = self.model.draw("KEPT", self.model.t, self.number) < chance
        if self.first.changed or self.second.changed:
            self.relations[0].familiarity *= 0.5
        for own in self.relations:
            own.familiarity += 0.1 * own.contact * (1.0 - own.familiarity) - 0.01 * own.familiarity
            own.understanding += (
                0.08 * own.contact * own.familiarity * (1.0 - own.understanding) - 0.005 * own.understanding
            )
            if kept:
                own.trust += 0.06 * own.contact * (1.0 - own.trust)
            else:
                own.trust -= 0.3 * (0.2 + self.rivalry) * own.contact * own.trust
            for level in (own.first, own.second):
                level.trust += own.trust
                level.understanding += own.understanding
                level.relations += 1


class Group(ap.Agent):
    def setup(self, members: list[Organisation]) -> None:
        self.members = members
        self.size = len(members)
        for member in members:
            member.group = self
        self.goals = self.routines = self.legitimacy = self.gap = self.seen = 0.0
        self.engagement = self.trust = self.joint_share = 0.0
        self.finished = self.phase = self.highest = 0

    def structure(self) -> None:
        count = max(1, len(self.members))
        self.engagement = sum(level.engagement for each in self.members for level in each.levels) / 3.0 / count
        self.trust = sum(each.middle.trust for each in self.members) / count
        self.joint_share = sum(each.joint_share for each in self.members) / count
        self.goals += 0.05 * self.engagement * self.trust * (1.0 - self.goals)
        self.routines += 0.08 * self.joint_share * (1.0 - self.routines) - 0.01 * self.routines

    def expect(self) -> None:
        expected = self.goals * saturating(self.model.t / 36.0)
        self.seen = 0.5 * self.routines + 0.5 * self.joint_share
        self.gap += (max(0.0, expected - self.seen) - self.gap) / 6.0

    def legitimate(self) -> None:
        target = 0.5 * len(self.members) / self.size + 0.5 * self.seen
        self.legitimacy += (target - self.legitimacy) / 12.0

    def read(self) -> None:
        conditions = (
            self.engagement > 0.2, self.goals > 0.3, self.joint_share > 0.3, self.routines > 0.3,
            self.goals > 0.6 and self.legitimacy > 0.6,
        )  # fmt: skip
        self.phase = next((place for place, met in enumerate(conditions) if not met), len(conditions))
        self.highest = max(self.highest, self.phase)

    def outcomes(self) -> tuple[float, ...]:
        return tuple(float(len(self.members) if name == "members" else getattr(self, name)) for name in OUTCOMES)


class Peer(ap.Model):
    """The peer; parameters ``organisations``, ``steps``, ``seed`` and ``same_luck``, beside those of the mechanisms."""

    def setup(self) -> None:
        self.draw = keyed(1, self.p.seed - 1) if self.p.same_luck else dice(self.random)
        tables, _ = start(self.p.organisations)
        names = ("board", "middle", "floor")
        self.levels = ap.AgentList(
            self, [Level(self, row=row, norm=self.p[f"norm_{names[i % 3]}"]) for i, row in enumerate(tables["levels"])]
        )
        for i, level in enumerate(self.levels):
            level.ambition = share(level.ambition + 0.4 * (self.draw("AMBITION", 0, i) - 0.5))
        people = [
            Organisation(self, number=o, row=row, levels=list(self.levels[3 * o : 3 * o + 3]))
            for o, row in enumerate(tables["organisations"])
        ]
        self.organisations = ap.AgentList(self, people)
        pairs = []
        for k, row in enumerate(tables["pairs"]):
            first, second = people[row["first"]], people[row["second"]]
            relations = [
                Relation(
                    tables["relations"][3 * k + place], self.p[f"meetings_{level}"], self.p[f"objects_{level}"],
                    first.levels[place], second.levels[place],
                )
                for place, level in enumerate(names)
            ]  # fmt: skip
            pairs.append(Pair(self, number=k, row=row, first=first, second=second, relations=relations))
        self.pairs = ap.AgentList(self, pairs)
        self.groups = ap.AgentList(
            self,
            [
                Group(self, members=people[row["organisation_from"] : row["organisation_to"]])
                for row in tables["groups"]
            ],
        )

    def step(self) -> None:
        taking_part = self.organisations.select(self.organisations.taking_part)
        taking_part.turnover()
        taking_part.budgets()
        taking_part.tenders()
        pairs = ap.AgentList(self, [pair for pair in self.pairs if pair.first.taking_part and pair.second.taking_part])
        pairs.meet()
        self.levels.forget()
        pairs.relate()
        self.levels.average()
        taking_part.cases()
        taking_part.projects()
        taking_part.agenda()
        self.groups.structure()
        self.groups.expect()
        ap.AgentList(self, [level for level in self.levels if level.organisation.taking_part]).weigh()
        self.groups.legitimate()
        taking_part.membership()
        self.groups.read()

    def end(self) -> None:
        self.report("outcomes", [group.outcomes() for group in self.groups])


def run(
    organisations: int = 10, months: int = 120, replicate: int = 0, *, same_luck: bool = False
) -> list[tuple[float, ...]]:
    """Run once; return the outcomes at the end, a row for each group."""
    settings = {"organisations": organisations, "steps": months, "seed": replicate + 1, "same_luck": same_luck}
    model = Peer(PARAMETERS | settings)
    model.run(display=False)
    return model.reporters["outcomes"]
