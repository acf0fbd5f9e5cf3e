"""The state: every column of every entity, once. From it come the arrays, the agents' attributes and the docs.

Each entity is one record array, a field per column, eight bytes a field. A column has one owner, the mechanism that
writes it; the few that several write (impulses that one mechanism leaves for another, and what happens to a thing
when
it is made) are listed in ``SHARED``. ``population`` writes month 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.inputs import NEIGHBOURHOOD, ORGANISATION, SPANNER
from sim.log import NOBODY as NOBODY
from sim.parameters import PARAMETERS
from sim.quantities import Quantity
from sim.structure import STRUCTURE

# Membership
OUTSIDE, TAKING_PART, LEFT = 0, 1, 2
# Projects
FREE, PROPOSED, RUNNING = 0, 1, 2
# How a collaboration ended
GOING_ON, GOAL_REACHED, EXIT, FAILURE = 0, 1, 2, 3
BUREAU = 3  # who proposed a project, after the three levels

_INTEGERS = {"count", "flag", "code", "row", "bits", "month", "cents"}


@dataclass(frozen=True)
class Column:
    """One state variable of one entity: its unit, who writes it, what it means."""

    entity: str
    name: str
    unit: str
    owner: str
    meaning: str

    @property
    def dtype(self) -> str:
        """Return the NumPy type: whole cents, counts and rows are integers, identities unsigned, the rest floats."""
        if self.unit == "identity":
            return "u8"
        return "i8" if self.unit in _INTEGERS else "f8"


def _columns(entity: str, *rows: tuple[str, str, str, str]) -> list[Column]:
    return [Column(entity, name, unit, owner, meaning) for name, unit, owner, meaning in rows]


# Inputs that hold for month 0, and who takes them over from there; events change the others.
_TAKEN_OVER = {"business_likeness": "tenders", "experience": "projects"}


def _inputs(entity: str, quantities: dict[str, Quantity], *without: str) -> list[Column]:
    return [
        Column(
            entity,
            q.name,
            q.unit if q.unit in {"share", "hours/month"} else "number",
            _TAKEN_OVER.get(q.name, "events"),
            q.meaning,
        )
        for q in quantities.values()
        if q.name not in without
    ]


COLUMNS: tuple[Column, ...] = (
    *_columns(
        "clock",
        ("month", "month", "schedule", "Month of the run, from 1; 0 before the first."),
        ("key", "identity", "population", "Key of the run's luck."),
        ("logged", "count", "log", "Events logged so far."),
    ),
    *_inputs("parameters", PARAMETERS),
    *_columns(
        "organisations",
        ("identity", "identity", "population", "Identity for luck."),
        ("kind", "code", "population", "Kind of organisation."),
        ("domains", "bits", "population", "Domains it works in."),
        ("brings", "bits", "population", "Resources it brings."),
        ("needs", "bits", "population", "Resources it needs."),
        ("membership_from", "row", "population", "First row of its memberships."),
        ("membership_to", "row", "population", "Row after the last of its memberships."),
    ),
    *_inputs("organisations", ORGANISATION, "reserve_keur", "contract_end_months", "attachment"),
    *_columns(
        "organisations",
        ("openness_start", "share", "population", "Openness that the organisation looks for in a director."),
        ("vision_start", "share", "population", "Vision that the organisation looks for in a director."),
        ("director_months", "months", "events", "How long the director has been in office."),
        ("director_changed", "flag", "events", "Whether the director changed this month."),
        ("departed_board", "share", "events", "Share of the board that left this month."),
        ("departed_middle", "share", "events", "Share of the middle that left this month."),
        ("departed_operational", "share", "events", "Share of the floor that left this month."),
        ("contract_months", "months", "tenders", "Months until the contract ends."),
        ("lost_share", "share", "tenders", "Share of the tendered income that is lost at present."),
        ("scar", "share", "tenders", "Reluctance after a tender lost upon investing."),
        ("horizon_months", "months", "tenders", "How far ahead it can plan."),
        ("income_cents", "cents", "budgets", "Income this month (a year's, at the start of the year)."),
        ("received_cents", "cents", "budgets", "Received from other organisations this month."),
        ("spent_cents", "cents", "budgets", "Spent outside the scenario's organisations this month."),
        ("paid_cents", "cents", "budgets", "Paid to other organisations this month."),
        ("returned_cents", "cents", "budgets", "Earmarked money returned this month."),
        ("reserve_cents", "cents", "budgets", "Free reserve, with this year's money still to be spent."),
        ("free_cents", "cents", "budgets", "This year's free money still to be spent."),
        ("earmarked_cents", "cents", "budgets", "This year's earmarked money still to be spent."),
        ("ordinary_free_cents", "cents", "budgets", "Ordinary work paid a month from free money."),
        ("ordinary_earmarked_cents", "cents", "budgets", "Ordinary work paid a month from earmarked money."),
        ("room_cents", "cents", "budgets", "Money that may be put into collaborations this month."),
        ("building_cents", "cents", "budgets", "Taken from the reserve for buildings this month."),
        ("invested_cents", "cents", "budgets", "Invested in collaborations this month."),
        (
            "invested_recent_keur",
            "k€",
            "budgets",
            "Money and hours put in over the past years, fading over the contract term.",
        ),
        ("stranded_cents", "cents", "tenders", "Investments stranded this month by a tender lost."),
        ("room_year_keur", "k€", "budgets", "Room for collaboration in a year, as of the start of the year."),
    ),
    *_columns(
        "members",
        ("identity", "identity", "population", "Identity for luck: organisation in collaboration."),
        ("organisation", "row", "population", "Organisation."),
        ("collaboration", "row", "population", "Collaboration."),
        ("role", "code", "population", "Role."),
        ("seat", "flag", "population", "Whether its board has a seat in the steering group."),
        ("from_month", "month", "population", "Month from which it is meant to take part."),
        ("complementarity", "share", "population", "How much of what it needs the others bring, and the reverse."),
        ("status", "code", "membership", "Outside, taking part, or left."),
        ("months_in", "months", "membership", "Months it has taken part."),
        ("notice_months", "months", "membership", "Months of notice still to run; 0 if none was given."),
        ("housed", "flag", "events", "Whether it is housed in the shared building."),
        ("replaced", "flag", "events", "Whether another tenant took its place this month."),
        ("room_cents", "cents", "budgets", "Money it may put into this collaboration this month."),
        ("fixed_cents", "cents", "budgets", "Overhead, interventions and spanners this month."),
        ("hours_cents", "cents", "budgets", "Hours this month, priced."),
        ("building_cents", "cents", "budgets", "Put into the building this month."),
        ("rent_cents", "cents", "budgets", "Rent to the lead this month."),
        ("rent_on_top_cents", "cents", "budgets", "Of this, what is more than housing cost before."),
        ("assignment_cents", "cents", "budgets", "Paid to this member by the lead for assignments this month."),
        ("committed_cents", "cents", "initiatives", "Committed this month to projects and broadening."),
        ("delivered", "share", "budgets", "Share of the hours it means to give that it can give."),
        ("invested_keur", "k€", "budgets", "Invested in this collaboration so far."),
        ("starts", "count", "initiatives", "Projects started on its proposal so far."),
    ),
    *_columns(
        "levels",
        ("identity", "identity", "population", "Identity for luck: level of organisation in collaboration."),
        ("engagement", "share", "engagement", "How much it takes part, of what it could."),
        ("value", "number", "engagement", "Expected own benefit of taking part, by the rule of conduct."),
        ("prior", "share", "engagement", "Benefit expected before there is experience."),
        ("evidence", "share", "engagement", "Benefit experienced."),
        ("experience_months", "months", "engagement", "Months of experience behind the evidence."),
        ("salience", "share", "engagement", "Perceived salience of the collaboration."),
        ("pioneer", "share", "engagement", "Presence of people who pull beyond their duty."),
        ("withdrawn", "flag", "membership", "Whether the level has withdrawn."),
        ("ambition", "share", "expectations", "What it hopes the collaboration will become."),
        ("expectation", "share", "expectations", "What should be there by now."),
        ("perceived_progress", "share", "expectations", "What it sees to be there."),
        ("progress_before", "share", "expectations", "What it saw about a year ago."),
        ("satisfaction", "share", "expectations", "Satisfaction."),
        ("image", "share", "expectations", "Image of the other levels of its own organisation."),
        ("attachment", "share", "structuring", "Attachment to existing routines."),
        ("attachment_start", "share", "population", "Attachment at the start, to which it returns."),
        ("hours_available", "hours", "budgets", "Hours it has for this collaboration, on top of ordinary work."),
        (
            "hours_granted",
            "hours",
            "budgets",
            "Hours it gives this month; those that were used, once the month is settled.",
        ),
        ("hours_left", "hours", "budgets", "Hours given and not used yet this month."),
        ("contact", "share", "encounters", "Mean contact with the other partners this month."),
        ("partner_trust", "share", "relations", "Mean trust in the other partners."),
        ("partner_understanding", "share", "relations", "Mean shared language with the other partners."),
        ("workload", "share", "engagement", "Load of the collaboration beside ordinary work."),
        ("salience_impulse", "number", "engagement", "What renews or dampens salience this month."),
        ("ambition_impulse", "number", "expectations", "What raises or lowers ambition this month."),
        ("perceived_phase", "code", "phases", "The phase as this level sees it."),
    ),
    *_columns(
        "pairs",
        ("identity", "identity", "population", "Identity for luck: the two organisations, in order of identity."),
        ("first", "row", "population", "One organisation."),
        ("second", "row", "population", "The other."),
        ("rivalry", "share", "population", "Rivalry between the two."),
        ("distance", "share", "relations", "Culture distance."),
        ("image", "share", "relations", "Image of each other, 0.5 is neutral."),
        ("image_impulse", "number", "relations", "What is said and celebrated this month."),
        ("help", "number", "relations", "Help by spanners, training and ground rules in understanding each other."),
        ("rooted", "share", "relations", "How far the collaboration between them rests on more than persons."),
        ("clarity", "share", "relations", "Role clarity between them."),
        ("joint", "flag", "relations", "Whether the two take part in some collaboration together."),
        ("rivals_month", "month", "tenders", "Last month in which work with rivals was considered."),
    ),
    *_columns(
        "relations",
        ("identity", "identity", "population", "Identity for luck: pair and level."),
        ("familiarity", "share", "relations", "How well people know each other."),
        ("trust", "share", "relations", "Trust."),
        ("personal", "share", "relations", "Share of the trust that is bound to persons."),
        ("understanding", "share", "relations", "Shared language."),
        ("exclusivity", "share", "relations", "Silent expectation of exclusivity."),
        ("click", "number", "relations", "Whether the persons of the two click (1) or clash (-1)."),
        ("encounters", "number", "encounters", "Encounters this month."),
        ("kept", "number", "relations", "Weight of agreements kept this month."),
        ("broken", "number", "relations", "Weight of agreements broken this month."),
    ),
    *_columns(
        "links",
        ("pair", "row", "population", "Pair."),
        ("first_member", "row", "population", "One member."),
        ("second_member", "row", "population", "The other."),
        ("overlap", "number", "population", "Domains that both work in."),
        ("joint", "share", "cases", "Share of the cases of the two that they handle jointly this month."),
    ),
    *_columns(
        "collaborations",
        ("identity", "identity", "population", "Identity for luck."),
        ("member_from", "row", "population", "First member."),
        ("member_to", "row", "population", "Row after the last member."),
        ("link_from", "row", "population", "First link."),
        ("link_to", "row", "population", "Row after the last link."),
        ("project_from", "row", "population", "First project slot."),
        ("project_to", "row", "population", "Row after the last project slot."),
        ("problem_from", "row", "population", "First problem slot."),
        ("problem_to", "row", "population", "Row after the last problem slot."),
        ("spanner_from", "row", "population", "First spanner."),
        ("spanner_to", "row", "population", "Row after the last spanner."),
        ("coverage_from", "row", "population", "First neighbourhood covered."),
        ("coverage_to", "row", "population", "Row after the last neighbourhood covered."),
        ("domains", "bits", "population", "Domains that overlap between partners."),
        ("contact_month", "month", "population", "Month of the boards' first contact."),
        ("ending", "code", "membership", "Going on, goal reached, exit or failure."),
        ("dissolved_month", "month", "membership", "Month of its end; 0 while it goes on."),
        ("months", "months", "membership", "Months since the first contact."),
        ("partners", "count", "membership", "Organisations taking part."),
        ("seats", "count", "membership", "Of these, with a seat in the steering group."),
        ("built", "share", "events", "How far the shared building is built."),
        ("built_month", "share", "budgets", "Part of the building that was paid for last month."),
        ("opened", "flag", "events", "Whether the shared building is open."),
        ("milestone", "flag", "events", "Whether the building process forces a decision this month."),
        ("decisions", "number", "events", "Strategic decisions before the boards this month."),
        ("goals", "share", "structuring", "How far goals are set."),
        ("drafted", "share", "structuring", "How far the agreement is drafted."),
        ("signed", "flag", "structuring", "Whether an agreement is in force."),
        ("first_agreement_month", "month", "structuring", "Month of the first agreement; 0 if none."),
        ("first_decision_month", "month", "structuring", "Month of the boards' first binding decision; 0 if none."),
        ("formal_maturity", "share", "structuring", "Formal maturity."),
        ("routines", "share", "structuring", "Joint ways of working that replaced old ones."),
        ("joint_domains", "bits", "structuring", "Domains worked on together."),
        ("breadth", "share", "structuring", "Share of the overlapping domains worked on together."),
        ("broadening", "share", "structuring", "Progress of the restructuring for the next domain."),
        ("renegotiation_due", "months", "structuring", "Months until the agreement is sharpened."),
        ("evaluation_due", "months", "structuring", "Months until the next evaluation."),
        ("evaluated_month", "month", "structuring", "Month of the last evaluation held; 0 if none."),
        ("evaluated_weight", "share", "structuring", "Force of the evaluation held this month."),
        ("practice_maturity", "share", "cases", "Practice maturity: joint handling as a matter of course."),
        ("joint_now", "share", "cases", "Share of entangled cases handled jointly this month."),
        ("entangled_month", "number", "cases", "Entangled cases this month."),
        ("needed", "number", "cases", "Organisations that an entangled case needs."),
        ("entangled_total", "number", "cases", "Entangled cases so far."),
        ("joint_total", "number", "cases", "Cases handled jointly so far."),
        ("cases_total", "number", "cases", "Cases so far."),
        ("outcome_total", "number", "cases", "Sum of case outcomes so far."),
        ("overflow", "share", "cases", "Ordinary work displaced by joint work."),
        ("lead_force", "share", "initiatives", "How far somebody pulls the process."),
        ("passage", "flag", "initiatives", "Whether somebody has taken up the support process after the opening."),
        ("underway", "count", "initiatives", "Projects proposed or running."),
        ("started_board", "count", "initiatives", "Projects started on proposal of boards."),
        ("started_middle", "count", "initiatives", "Projects started on proposal of the middle."),
        ("started_operational", "count", "initiatives", "Projects started on proposal of the floor."),
        ("started_bureau", "count", "initiatives", "Projects started on proposal of the bureau."),
        ("started_outside", "count", "initiatives", "Projects started outside a shared building."),
        ("running", "count", "projects", "Projects under way."),
        ("finished", "count", "projects", "Projects finished with a result so far."),
        ("visible_results", "number", "projects", "Visible results, fading."),
        ("project_practice", "share", "projects", "Joint work in teams this month."),
        ("negotiating_months", "count", "agenda", "Months of negotiation still to run."),
        ("settled", "share", "agenda", "How far the boards have settled what interests were in the way."),
        ("problems_open", "count", "agenda", "Open problems."),
        ("problems_board", "count", "agenda", "Open problems that lie with boards."),
        ("problems_middle", "count", "agenda", "Open problems that lie with the middle."),
        ("problems_operational", "count", "agenda", "Open problems that lie with the floor."),
        ("legitimacy_input", "share", "legitimacy", "Input legitimacy."),
        ("legitimacy_process", "share", "legitimacy", "Process legitimacy."),
        ("legitimacy_output", "share", "legitimacy", "Output legitimacy."),
        ("legitimacy_feedback", "share", "legitimacy", "Feedback legitimacy."),
        ("support", "share", "legitimacy", "Support from outside, 0.5 is neutral."),
        ("cost_keur", "k€", "budgets", "Cost so far: hours priced, overhead, investments."),
        ("hours", "hours", "budgets", "Hours so far."),
        ("invested_housing_corporation", "k€", "budgets", "Invested so far by housing corporations."),
        ("invested_welfare", "k€", "budgets", "Invested so far by welfare organisations."),
        ("invested_care", "k€", "budgets", "Invested so far by care organisations."),
        ("invested_municipality", "k€", "budgets", "Invested so far by municipalities."),
        ("invested_other", "k€", "budgets", "Invested so far by others."),
        ("pot_cents", "cents", "projects", "Shared pot."),
        ("phase", "code", "phases", "Phase, 0 to 5."),
        ("highest_phase", "code", "phases", "Highest phase so far."),
        ("reached_1", "month", "phases", "First month in phase 1 or higher; 0 if never."),
        ("reached_2", "month", "phases", "First month in phase 2 or higher; 0 if never."),
        ("reached_3", "month", "phases", "First month in phase 3 or higher; 0 if never."),
        ("reached_4", "month", "phases", "First month in phase 4 or higher; 0 if never."),
        ("reached_5", "month", "phases", "First month in phase 5."),
        ("sham_for", "months", "phases", "Months that the conditions of sham have held."),
        ("partial_for", "months", "phases", "Months that the conditions of partial collaboration have held."),
        ("uncontracted_for", "months", "phases", "Months of practice without agreement."),
        ("address_for", "months", "phases", "Months housed together with practice gone."),
        ("practised", "flag", "phases", "Whether phase 3 was ever reached."),
        ("months_sham", "months", "phases", "Months in sham."),
        ("months_partial", "months", "phases", "Months in partial collaboration."),
        ("months_uncontracted", "months", "phases", "Months uncontracted."),
        ("months_negotiating", "months", "phases", "Months in negotiation."),
        ("months_shared_address", "months", "phases", "Months as a shared address."),
        ("end_state", "code", "phases", "The state it would end in."),
        ("binding", "code", "phases", "What keeps it from the next phase."),
        ("binding_level", "code", "phases", "At which level."),
        ("binding_member", "row", "phases", "Of which member."),
    ),
    *_inputs("structures", STRUCTURE),
    *_columns(
        "projects",
        ("status", "code", "projects", "Free, proposed or running."),
        ("identity", "identity", "initiatives", "Identity for luck: proposer, month and ordinal."),
        ("proposer", "code", "initiatives", "Level that proposed it, or the bureau."),
        ("member", "row", "initiatives", "Member that proposed it."),
        ("team", "bits", "initiatives", "Members that take part."),
        ("willing", "bits", "initiatives", "Of these, members that joined of their own accord."),
        ("team_size", "count", "initiatives", "Members in the team."),
        ("domain", "code", "initiatives", "Domain."),
        ("inside", "flag", "initiatives", "Whether it is about the shared building."),
        ("decision_months", "count", "initiatives", "Months until the decision."),
        ("ownership", "share", "initiatives", "How far it is their own."),
        ("solvability", "share", "initiatives", "How solvable the problem is."),
        ("pioneering", "share", "initiatives", "Presence of pioneers."),
        ("effort", "hours", "initiatives", "Hours of good work that it takes."),
        ("progress", "hours", "projects", "Hours of good work done."),
        ("months", "count", "projects", "Months under way."),
        ("blocked", "flag", "agenda", "Whether a conflict of interests blocks it."),
    ),
    *_columns(
        "problems",
        ("identity", "identity", "agenda", "Identity for luck."),
        ("open", "flag", "agenda", "Whether it is open."),
        ("level", "code", "agenda", "Level with which it lies."),
        ("member", "row", "agenda", "Member with which it lies."),
        ("owned", "flag", "agenda", "Whether that level has claimed it."),
        ("refused", "flag", "agenda", "Whether a level above was asked and sent it down."),
        ("concreteness", "share", "agenda", "From abstract (0) to concrete (1)."),
        ("mandate", "share", "agenda", "Mandate it takes to settle it."),
        ("effort", "hours", "agenda", "Hours of good work still needed."),
        ("conflict", "flag", "agenda", "Whether interests by domain conflict."),
        ("months", "count", "agenda", "Months it has been open."),
        ("project", "row", "agenda", "Project that it blocks; none: -1."),
    ),
    *_columns(
        "spanners",
        ("identity", "identity", "population", "Identity for luck."),
        ("collaboration", "row", "population", "Collaboration."),
        ("payer", "row", "population", "Member that pays; shared: -1."),
        ("position", "code", "population", "Level at which the spanner is placed."),
        ("until_month", "month", "population", "Last month of work; 0: open-ended."),
        ("left", "flag", "events", "Whether the spanner has left."),
        ("present", "flag", "events", "Whether the spanner is at work this month."),
    ),
    *_inputs("spanners", SPANNER),
    *_inputs("neighbourhoods", NEIGHBOURHOOD),
    *_columns(
        "neighbourhoods",
        ("identity", "identity", "population", "Identity for luck."),
        ("arrived", "count", "cases", "Cases that arrived this month."),
        ("stubbornness", "times", "population", "How much more, or less, joint handling takes here than elsewhere."),
    ),
    *_columns(
        "changes",
        ("month", "month", "population", "Month of the change."),
        ("cell", "row", "population", "Place in the block of memory."),
        ("collaboration", "row", "population", "Collaboration whose structure changes, or -1."),
        ("setting", "number", "population", "The new value."),
    ),
    *_columns(
        "happenings",
        ("month", "month", "population", "Month of the event."),
        ("happening", "code", "population", "Kind of event."),
        ("collaboration", "row", "population", "Collaboration, or -1 for all."),
        ("organisation", "row", "population", "Organisation, or -1."),
        ("other", "row", "population", "Other organisation, or -1."),
        ("strength", "number", "population", "Value given in the file, or -1."),
    ),
    *_columns(
        "log",
        ("month", "month", "log", "Month."),
        ("event", "code", "log", "Kind of event."),
        ("collaboration", "row", "log", "Collaboration, or -1."),
        ("organisation", "row", "log", "Organisation, or -1."),
        ("level", "code", "log", "Level, or -1."),
        ("other", "row", "log", "Other organisation, or -1."),
        ("amount", "number", "log", "Value."),
    ),
)

# Columns that more than their owner writes, and who.
SHARED: dict[str, tuple[str, ...]] = {
    "collaborations.broadening": ("projects",),
    "collaborations.decisions": ("agenda", "structuring"),
    "collaborations.first_decision_month": ("initiatives",),
    "collaborations.joint_now": ("membership",),
    "collaborations.negotiating_months": ("membership",),
    "collaborations.pot_cents": ("initiatives", "membership"),
    "collaborations.problems_board": ("membership",),
    "collaborations.problems_middle": ("membership",),
    "collaborations.problems_open": ("membership",),
    "collaborations.problems_operational": ("membership",),
    "collaborations.running": ("initiatives", "membership"),
    "levels.ambition_impulse": ("structuring",),
    "levels.attachment": ("agenda",),
    "levels.engagement": ("membership",),
    "levels.hours_left": ("cases", "projects", "agenda"),
    "levels.pioneer": ("agenda",),
    "levels.salience_impulse": ("events", "projects", "agenda", "structuring", "expectations"),
    "levels.satisfaction": ("engagement",),
    "members.committed_cents": ("budgets", "projects", "structuring"),
    "members.housed": ("membership",),
    "members.room_cents": ("initiatives", "projects", "structuring"),
    "organisations.invested_recent_keur": ("tenders",),
    "organisations.process_skill": ("projects", "agenda"),
    "pairs.image_impulse": ("tenders", "projects"),
    "problems.conflict": ("structuring",),
    "problems.effort": ("structuring",),
    "problems.open": ("membership",),
    "problems.owned": ("structuring",),
    "problems.project": ("projects", "structuring"),
    "projects.blocked": ("initiatives", "structuring"),
    "projects.months": ("initiatives",),
    "projects.progress": ("initiatives",),
    "projects.status": ("initiatives", "membership"),
    "relations.broken": ("tenders", "projects", "agenda"),
    "relations.kept": ("cases", "projects", "agenda"),
}

ENTITIES = tuple(dict.fromkeys(column.entity for column in COLUMNS))


def dtype_of(entity: str) -> np.dtype[Any]:
    """Return the record type of an entity."""
    fields = [(column.name, column.dtype) for column in COLUMNS if column.entity == entity]
    return np.dtype(fields or [("nothing", "f8")])


DTYPES = {entity: dtype_of(entity) for entity in ENTITIES}


class State(NamedTuple):
    """The whole state of one run: a record array per entity, and two index lists."""

    clock: Any
    parameters: Any
    organisations: Any
    members: Any
    levels: Any
    pairs: Any
    relations: Any
    links: Any
    collaborations: Any
    structures: Any
    projects: Any
    problems: Any
    spanners: Any
    neighbourhoods: Any
    changes: Any
    happenings: Any
    log: Any
    memberships: Any  # rows of members, by organisation
    coverage: Any  # rows of neighbourhoods, by collaboration
    cells: Any  # the block of memory in which all but the log stands, as plain numbers
