"""The parameters: the numbers of the mechanisms, the same for every organisation and every framework.

*Uncertainties* are what sweeps and robustness checks sample, over ranges that were fixed before any pattern was run;
a later
change is logged in the changelog with its reason. *Constants* set units of account or the shape of a curve; they can
be set,
and are not sampled. Ranges are centred on the region in which a collaboration is alive at all: in which some reach
shared
practice and some do not.
"""

from __future__ import annotations

from sim.quantities import Confidence, Kind, Quantity, Source, register


def _parameter(
    name: str,
    unit: str,
    default: float,
    low: float,
    high: float,
    meaning: str,
    where: str,
    reason: str,
    *,
    kind: Kind = "constant",
    confidence: Confidence = "low",
    least: float = 0.0,
    most: float | None = None,
) -> Quantity:
    source: Source = where[0]  # type: ignore[assignment]
    return Quantity(
        name=name, unit=unit, default=default, low=low, high=high, reason=reason, kind=kind, source=source, where=where,
        confidence=confidence, meaning=meaning, least=least, most=(1.0 if most is None else most),
    )  # fmt: skip


_HALF_DOUBLE = "half to one and a half times the default"

PARAMETERS = register(
    # Conduct
    _parameter("prior_benefit", "share", 0.8, 0.68, 0.92, "Benefit that a fully complementary, open-minded partner expects beforehand.", "A", "what one hopes for, more or less: ±15 %", kind="uncertainty", most=2),
    _parameter("patience_months", "months", 34, 24, 48, "Months of experience after which it weighs as much as what was thought beforehand.", "V §4.2", "people said they were patient: two to four years", kind="uncertainty", least=1, most=240),
    _parameter("horizon_months", "months", 14, 10, 20, "Horizon at which two thirds of the value of taking part come into view.", "V §3.3", "returns come after a year at the earliest", kind="uncertainty", least=1, most=240),
    _parameter("exposure", "share", 0.6, 0.45, 0.75, "What a partner that cannot be trusted takes away of the value of taking part.", "A", "most of it", kind="uncertainty"),
    _parameter("pressure_exposure", "share", 0.8, 0.5, 1.1, "How much more of it where all income is tendered.", "V §3.3; L", "competition makes distrust dear (Bunger 2013)", confidence="medium", most=5),
    _parameter("taking_part_cost", "share", 0.085, 0.065, 0.105, "Cost of an ask that takes all hours, or all eligible money.", "H §2.1", "costs are underestimated: an ask of everything costs a tenth of full value", kind="uncertainty", confidence="medium", most=2),
    _parameter("base_ask", "share", 0.5, 0.3, 0.7, "Share of its hours that taking part asks of a level in any case.", "A", "a third to two thirds"),
    _parameter("decisiveness", "share", 0.06, 0.045, 0.08, "Softness of a decision: the smaller, the sharper.", "A", "a third more or less", kind="uncertainty", least=0.005),
    _parameter("satisfaction_weight", "share", 0.18, 0.12, 0.24, "What satisfaction adds to the value of taking part.", "V §4.2", "felt, not decisive", kind="uncertainty"),
    _parameter("scar_weight", "share", 0.6, 0.4, 0.8, "How far a tender lost upon investing lowers the value of taking part.", "V §3.3", "a third to two thirds", confidence="medium"),
    _parameter("engagement_months", "months", 3, 2, 5, "Lag of engagement behind willingness.", "A", "a meeting cycle or two", least=1, most=36),
    _parameter("evidence_months", "months", 6, 4, 9, "Lag of what is lived through behind what is seen.", "A", "half a year", least=1, most=60),
    # Budgets
    _parameter("ordinary_share", "share", 0.94, 0.9, 0.97, "Share of income that goes into ordinary work.", "A", "3 to 10 % of slack"),
    _parameter("reserve_draw", "share/year", 0.1, 0.05, 0.2, "Share of the reserve that may be drawn upon in a year.", "A", "five to twenty years to use it up"),
    _parameter("housing_end_share", "share", 0.5, 0.3, 0.8, "Share of a corporation's reserve that can serve a collaboration as a housing end.", "H §2.1", "part of the aims are housing aims", confidence="medium"),
    _parameter("hour_keur", "k€/hour", 0.045, 0.035, 0.06, "Price of an hour.", "L", "Dutch collective agreements with overhead", confidence="medium", most=10000),
    _parameter("hours_per_person", "hours/month", 14, 10, 20, "Hours a month that one person can give to collaborations, on top of ordinary work.", "V §5.4", "done on the side: two to three hours a week", kind="uncertainty", least=1, most=160),
    _parameter("hours_money_share", "share", 0.6, 0.4, 0.8, "Share of the room that may go into hours.", "A", "about half"),
    _parameter("hours_pooled", "share", 0.0, 0.0, 1.0, "How far an organisation's levels pool their hours.", "A", "not to fully; 1 is the neutral setting of internal levels"),
    _parameter("seatless_overhead", "share", 0.25, 0.1, 0.5, "Overhead borne by a partner without a seat in the steering group, in shares of a full one's.", "A", "a tenth to a half"),
    _parameter("rent_on_top", "share", 0.3, 0.1, 0.5, "Share of the rent in a shared building that comes on top of what housing cost before.", "A", "new space costs more"),
    _parameter("strand_months", "months", 36, 24, 60, "How long investments are at stake in a tender.", "A", "a contract term", least=1, most=240),
    # Tenders
    _parameter("free_horizon_months", "months", 48, 36, 72, "Horizon of an organisation without earmarked or tendered money.", "V §3.2", "corporations plan in years", confidence="medium", least=1, most=600),
    _parameter("shift_share", "share", 0.5, 0.3, 0.7, "Most that a shift of shares takes away.", "L", "a third to two thirds of the contract"),
    _parameter("scar_sensitivity", "share", 5.0, 2.5, 8.0, "How hard stranded investments hit, relative to a year's room.", "V §3.3", "a year's room lost hurts for sure", most=20),
    _parameter("scar_months", "months", 36, 24, 60, "Lag with which reluctance heals.", "V §3.3", "slowly: years", confidence="medium", least=1, most=240),
    _parameter("trust_buffer", "share", 0.8, 0.5, 1.0, "How far trust takes the edge off the fear of losing.", "A; L", "trust and competition can go together (Bunger 2013)"),
    _parameter("rival_rate", "share/month", 0.06, 0.03, 0.1, "Hazard that an organisation wholly under pressure works with a rival.", "V §3.3", "once a year or two under pressure"),
    _parameter("exclusivity_weight", "share", 3.0, 1.5, 5.0, "Weight of breached exclusivity, in broken agreements.", "V §3.3", "more than an ordinary breach", most=20),
    _parameter("businesslike_rate", "share/month", 0.01, 0.005, 0.02, "How fast being tendered makes business-like.", "V §3.2", "years", confidence="medium"),
    # Encounters and relations
    _parameter("meeting_dilution", "share", 0.09, 0.05, 0.15, "How attention in a meeting dilutes with each participant beyond two.", "A", "four at a table: five sixths; sixteen: under a half", kind="uncertainty", most=5),
    _parameter("meeting_encounters", "encounters", 1.0, 0.7, 1.4, "Encounters that one arranged meeting is worth to two who attend it alone.", "A", "more than a chance encounter", most=20),
    _parameter("object_encounters", "encounters", 0.5, 0.3, 0.8, "Encounters over one shared object.", "A", "every other object", most=10),
    _parameter("strategy_objects", "objects", 0.5, 0.3, 0.8, "Strategic matters that boards have in common in any month.", "V §5.2", "boards meet over a shared vision of the work", confidence="medium", most=10),
    _parameter("case_objects", "objects/case", 0.2, 0.12, 0.3, "Shared objects that one shared case makes on the floor.", "V §5.3", "one in five households brings people together", most=5),
    _parameter("project_objects", "objects/project", 0.8, 0.4, 1.2, "Shared objects that one shared project makes.", "A", "about one", most=10),
    _parameter("ambient_objects", "objects", 0.2, 0.1, 0.35, "Chance encounters on the floor of organisations that work in the same neighbourhood, in shared objects.", "V §5.3", "every other month or less", most=10),
    _parameter("assignment_objects", "objects/assignment", 1.0, 0.5, 1.5, "Shared objects that one assignment makes.", "V §5.7", "about one", most=10),
    _parameter("colocation_encounters", "times", 3.5, 2.5, 4.5, "Encounters on the floor under one roof, in multiples of those apart.", "L", "face-to-face contact rises about 3.5 times", confidence="medium", least=1, most=20),
    _parameter("familiarity_rate", "share/month", 0.14, 0.08, 0.2, "How fast people get to know each other.", "A", _HALF_DOUBLE),
    _parameter("familiarity_fade", "share/month", 0.015, 0.008, 0.025, "How fast familiarity fades.", "A", _HALF_DOUBLE),
    _parameter("understanding_rate", "share/month", 0.09, 0.06, 0.13, "How fast a shared language grows.", "V §6", "years", kind="uncertainty"),
    _parameter("understanding_fade", "share/month", 0.01, 0.005, 0.015, "How fast a shared language fades.", "A", _HALF_DOUBLE),
    _parameter("culture_weight", "share", 0.8, 0.5, 1.0, "How far culture distance keeps people from understanding each other.", "V §6.1", "felt by all, bridged in part", confidence="medium"),
    _parameter("click_spread", "share", 0.6, 0.4, 0.8, "How far contact brings more between persons who click and less between those who do not.", "V §2.3, §5.2-5.3", "a click or its absence, named as decisive more than once", kind="uncertainty", confidence="medium"),
    _parameter("test_rate", "share/month", 0.35, 0.2, 0.5, "Chance that people in full contact put an agreement to the test.", "A", "every two to five months"),
    _parameter("trust_gain", "share", 0.09, 0.05, 0.13, "Trust gained by an agreement kept.", "A", _HALF_DOUBLE, kind="uncertainty"),
    _parameter("trust_breach_weight", "times", 2.5, 1.5, 4.0, "Weight of a breach, in agreements kept.", "A", "losses weigh about twice as much (prospect theory)", most=20),
    _parameter("trust_fade", "share/month", 0.015, 0.008, 0.025, "How fast trust moves back to its base.", "A", _HALF_DOUBLE),
    _parameter("base_trust", "share", 0.35, 0.25, 0.45, "Trust between strangers with a neutral image of each other.", "A", "below the middle"),
    _parameter("rooting_rate", "share/month", 0.03, 0.015, 0.05, "How fast trust outgrows persons where routines and agreements are in place.", "H §2.2", "years", confidence="medium"),
    _parameter("image_rate", "share", 0.04, 0.02, 0.06, "How far what is said moves an image.", "V §6.2", _HALF_DOUBLE),
    _parameter("spanner_help", "times", 1.0, 0.5, 1.5, "What a full boundary spanner between two partners adds to understanding each other.", "V §6.3", "up to twice as fast", confidence="medium", most=10),
    # People
    _parameter("director_months", "months", 66, 50, 90, "Mean tenure of a director.", "L", "four to seven and a half years", kind="uncertainty", confidence="medium", least=6, most=600),
    _parameter("director_spread", "share", 0.35, 0.2, 0.5, "How far a new director may differ.", "V §2.3", "from a click to its opposite"),
    _parameter("turnover", "share/month", 0.017, 0.012, 0.023, "Monthly hazard that a person in the middle or on the floor leaves.", "L", "13 to 24 % a year", kind="uncertainty", confidence="medium"),
    _parameter("spanner_turnover", "share/month", 0.02, 0.01, 0.03, "Monthly hazard that a boundary spanner leaves.", "V §6.3", "easily employed elsewhere", confidence="medium"),
    _parameter("tenant_turnover", "share/month", 0.01, 0.005, 0.02, "Monthly hazard that a tenant is replaced.", "A", "leases of four to sixteen years"),
    _parameter("chance_meetings", "share/month", 0.02, 0.01, 0.03, "Monthly chance of an occasion to look at the collaboration again.", "H box", "every few years"),
    _parameter("trigger", "share", 0.25, 0.15, 0.4, "What an occasion adds to the salience boards perceive.", "H box", "felt, and fading"),
    _parameter("pioneer_rate", "share/month", 0.035, 0.02, 0.05, "Chance that a fully engaged level brings forth a pioneer.", "H §2.3", "every two to four years", kind="uncertainty"),
    # Salience
    _parameter("salience_fade", "share/month", 0.09, 0.06, 0.12, "How fast salience fades unless renewed.", "V §5.7", "within a year", kind="uncertainty", confidence="medium"),
    _parameter("recognised_salience", "share", 0.35, 0.25, 0.45, "Importance of collaborating that is recognised at every level without any reminder, for a director with full vision.", "V §5.1", "recognised on every level, and not decisive by itself", confidence="medium"),
    _parameter("salience_rate", "share/month", 0.13, 0.1, 0.17, "How far contact, signals, results and a pull renew salience.", "V §5.7", "with contact and a pull about as strong as fading", kind="uncertainty"),
    _parameter("torch", "times", 0.6, 0.3, 1.0, "How far an engaged level draws the one below it along, for a director with full pull.", "V §7", "the torch is handed on, not thrown", confidence="medium", most=5),
    _parameter("result_salience", "share", 0.1, 0.05, 0.2, "What a result adds to salience.", "V §7", "felt for some months"),
    # Cases
    _parameter("joint_case_hours", "hours", 7, 4, 12, "Hours that a case takes of each organisation that handles it jointly, on top.", "A", "a day's work", most=200),
    _parameter("joint_half", "share", 0.17, 0.14, 0.2, "Readiness at which half of the entangled cases are handled jointly.", "A", "between a third and a half of what the factors reach in good collaborations", kind="uncertainty", least=0.02),
    _parameter("place_spread", "share", 0.55, 0.25, 0.6, "How far neighbourhoods differ in what joint handling takes, for reasons that no file knows.", "V §5.3", "in one neighbourhood of a city it worked, in another it did not", kind="uncertainty", confidence="medium", most=0.9),
    _parameter("complexity_weight", "share", 0.9, 0.6, 1.0, "How far what joint handling takes depends on the number of domains and of organisations a case needs.", "H §2.1", "bounded, predictable matters take little", confidence="medium"),
    _parameter("conflict_weight", "share", 0.8, 0.5, 1.0, "How far wholly opposed interests, while the boards have not settled them, keep the floor from joint work.", "H §2.2", "partners keep to their own interests: by half or wholly", kind="uncertainty", confidence="medium"),
    _parameter("problem_drag", "times", 0.5, 0.25, 1.0, "How far one open problem a partner slows joint work.", "A", "by a third", most=10),
    _parameter("practice_months", "months", 5, 3, 8, "Lag of practice behind what is done.", "A", "a habit takes months", least=1, most=60),
    _parameter("case_trust", "times", 0.5, 0.3, 0.8, "Trust that joint handling of all cases makes in a month, in agreements kept.", "A", "one in two months", most=10),
    _parameter("apart_outcome", "share", 0.35, 0.25, 0.45, "Outcome of an entangled case handled apart or bounced.", "A", "poor"),
    _parameter("joint_gain", "share", 0.5, 0.3, 0.7, "Most that joint handling adds to it.", "H §2.1", "returns are often less than hoped for"),
    _parameter("ordinary_outcome", "share", 0.6, 0.5, 0.7, "Outcome of an ordinary case.", "A", "fair"),
    _parameter("ordinary_case_hours", "hours/month", 60, 40, 100, "Hours of ordinary case work a month per person on the floor who takes part.", "A", "half a post", most=160),
    # Projects
    _parameter("proposal_rate", "share/month", 0.12, 0.08, 0.18, "Chance a month that a level which is wholly willing, meets, and is backed proposes a project.", "V §5.7", "boards expected more than came", kind="uncertainty"),
    _parameter("bureau_rate", "share/month", 0.15, 0.1, 0.3, "The same for a large, skilled bureau that has come to signalling.", "V §5.7", "every few months"),
    _parameter("passage_rate", "share/month", 0.06, 0.03, 0.1, "Chance that a wholly engaged middle takes up the support process that nobody was given.", "V §5.7", "it is not always clear who pulls: one to four years", confidence="medium"),
    _parameter("path_cost", "share", 0.5, 0.3, 0.8, "How far each level between proposer and decision discourages.", "V §5.7", "a third fewer per level", most=5),
    _parameter("pressure_loss", "share", 0.5, 0.3, 0.7, "Ownership lost under full steering pressure.", "V §5.7, §7", "pushing can break a lot", confidence="medium"),
    _parameter("project_keur", "k€", 20, 10, 40, "Price of a project of two partners.", "A", "a small neighbourhood project", most=1e6),
    _parameter("project_hours", "hours/month", 10, 6, 16, "Hours a month that a partner's floor gives to a project, the middle half of it.", "A", "a day or two", most=200),
    _parameter("project_effort", "hours", 35, 24, 50, "Hours of good work that a project of two partners takes.", "A", "a year at the usual pace", least=1, most=10000, kind="uncertainty"),
    _parameter("project_patience", "months", 12, 8, 18, "Months after which a project that hardly moves is given up.", "A", "about a year", least=1, most=120),
    _parameter("coordination_loss", "share", 0.18, 0.08, 0.3, "Loss by coordination per team member beyond two.", "H §2.3", "small teams get further", kind="uncertainty", most=5),
    _parameter("visible_share", "share", 0.6, 0.4, 0.8, "Share of results that can be seen, in the long run; early on half of that.", "V §4.3", "early results mostly invisible", confidence="medium"),
    _parameter("result_trust", "times", 2.0, 1.0, 3.0, "Trust that a result makes, or a failure costs, in agreements kept.", "A", "more than one agreement", most=20),
    _parameter("learning_rate", "share", 0.06, 0.03, 0.1, "What a result adds to skill and experience.", "V §2.1.2, §7", _HALF_DOUBLE),
    # Agenda
    _parameter("problem_rate", "problems/month", 0.4, 0.25, 0.6, "Problems a month that two wholly active partners meet with.", "A", "every other month", kind="uncertainty", most=20),
    _parameter("problem_hours", "hours", 14, 8, 24, "Hours of good work that a problem takes.", "A", "two days", most=1000),
    _parameter("claim_rate", "share/month", 0.9, 0.6, 1.0, "Chance that a wholly engaged level claims what lies right before it.", "A", "soon"),
    _parameter("claim_width", "share", 0.28, 0.2, 0.36, "How far from its own matters a level still feels addressed.", "V §5.4", "half way to the next level", confidence="medium", least=0.05),
    _parameter("pass_rate", "share/month", 0.5, 0.3, 0.7, "Chance that an unclaimed problem is passed on.", "A", "every other month"),
    _parameter("overtaken_rate", "share/month", 0.015, 0.005, 0.03, "Chance that a problem which is no conflict is overtaken by events.", "A", "years"),
    _parameter("conflict_share", "share", 0.7, 0.5, 0.9, "Share of problems that are conflicts where interests are wholly opposed.", "H §2.2", "most", confidence="medium"),
    _parameter("escalation_rate", "share/month", 0.35, 0.2, 0.5, "Chance that a conflict is brought up under a full protocol.", "H §2.3", "a quarter of a year"),
    _parameter("negotiation_months", "months", 4, 2, 6, "Length of a negotiation.", "A", "a few meetings of the boards", least=1, most=36),
    # Structuring
    _parameter("goal_rate", "share/month", 1.5, 0.9, 2.2, "How fast fully engaged boards in full contact set goals.", "H box", "a few meetings", most=20),
    _parameter("goal_fade", "share/month", 0.006, 0.003, 0.01, "How fast goals lose their hold.", "A", "years"),
    _parameter("draft_rate", "share/month", 1.5, 0.9, 2.2, "How fast fully engaged boards in full contact draft an agreement.", "V §2.2", "Tilburg: letter and project organisation within months", confidence="medium", most=20),
    _parameter("drafting_goals", "share", 0.4, 0.3, 0.5, "How far goals must be set before boards draft an agreement.", "H box", "about half", confidence="medium"),
    _parameter("first_domain_practice", "share", 0.4, 0.3, 0.5, "Practice from which a first domain is worked on together.", "A", "about half"),
    _parameter("goals_threshold", "share", 0.4, 0.3, 0.5, "How far goals must be set to count as set.", "A", "about half", least=0.01),
    _parameter("formal_threshold", "share", 0.35, 0.3, 0.45, "Formal maturity from which a collaboration counts as formally mature.", "A", "a letter of intent in force, or a bureau and a board at work", least=0.01),
    _parameter("practice_threshold", "share", 0.4, 0.3, 0.5, "Practice maturity from which people count as working together.", "A", "about half", least=0.01),
    _parameter("routine_threshold", "share", 0.35, 0.3, 0.45, "Routines from which work counts as structured.", "A", "about half of the deep level", least=0.01),
    _parameter("deep_threshold", "share", 0.6, 0.5, 0.7, "Routines and breadth from which a collaboration counts as broad and deep.", "A", "well over half", least=0.01),
    _parameter("routine_rate", "share/month", 0.13, 0.09, 0.18, "How fast joint practice becomes routine where the middle meets and works at it.", "H §2.2", "years", kind="uncertainty"),
    _parameter("routine_fade", "share/month", 0.02, 0.01, 0.03, "How fast routines are lost without practice.", "A", "years"),
    _parameter("broaden_rate", "share/month", 0.05, 0.03, 0.08, "How fast a collaboration is restructured for a further domain.", "H §2.2", "years", kind="uncertainty"),
    _parameter("broadening_result", "share", 0.03, 0.01, 0.06, "What a result in a new domain adds to the restructuring for it.", "H box", "it tastes of more"),
    _parameter("broaden_keur", "k€/year", 12, 6, 24, "Cost of restructuring for each partner.", "H §2.2", "a month's work", most=1e6),
    # Expectations
    _parameter("expectation_months", "months", 36, 26, 48, "How soon people expect to see most of what they hope for.", "V §4.2", "'far-reaching integration within five years'", kind="uncertainty", confidence="medium", least=1, most=240),
    _parameter("expectation_blend", "share", 0.0, 0.0, 1.0, "How far expectations are kept level with what is seen.", "A", "not at all; 1 is the neutral setting of expectations"),
    _parameter("ambition_adjustment", "share/month", 0.03, 0.015, 0.045, "How fast ambition comes down where it is not met.", "V §4.2", "expectations are adjusted", confidence="medium"),
    _parameter("ambition_drift", "share", 0.03, 0.015, 0.05, "How far expectations drift apart in a month where nothing is agreed or exchanged.", "V §4.3", "felt after a year or two"),
    _parameter("exchange_rate", "share/month", 0.08, 0.04, 0.12, "How fast exchange brings expectations together.", "V §7", "a year"),
    _parameter("gap_weight", "times", 0.35, 0.25, 0.5, "What exceeding what was expected adds to satisfaction.", "V §4.2", "a third to a half", confidence="medium", most=5),
    _parameter("loss_aversion", "times", 1.8, 1.4, 2.4, "Weight of falling short of what was expected, in multiples of exceeding it.", "L", "losses weigh about twice (prospect theory)", kind="uncertainty", confidence="medium", most=10),
    _parameter("growth_weight", "times", 0.5, 0.25, 0.8, "Weight of seeing progress grow.", "A", "half of the gap", most=10),
    _parameter("gnaw_weight", "share", 0.2, 0.1, 0.3, "Discomfort at a loose form in the end.", "V §7", "'where does it go?'", confidence="medium"),
    _parameter("gnaw_months", "months", 24, 15, 36, "How soon a loose form begins to gnaw.", "V §7", "great tolerance at first", confidence="medium", least=1, most=240),
    # Membership
    _parameter("exit_hazard", "share/month", 0.009, 0.006, 0.012, "Hazard to leave without any engagement.", "L", "2 to 8 % of collaborations dissolve in a year", kind="uncertainty", confidence="medium"),
    _parameter("return_rate", "share/month", 0.2, 0.1, 0.3, "Chance that a level which has become willing again returns.", "A", "half a year"),
    _parameter("join_rate", "share/month", 0.03, 0.015, 0.05, "Chance that a willing third organisation joins.", "V §6.2", "a few years"),
)  # fmt: skip
