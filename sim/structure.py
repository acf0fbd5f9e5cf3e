"""The structural attributes: what a framework consists of.

A framework is a set of values for these attributes and nothing else. No mechanism reads a framework's name, and no
attribute states a result: each says what is arranged, who decides, who meets, who pays. Attributes that are not set
keep the default, which stands for an arrangement that makes no provision for the matter.
"""

from __future__ import annotations

from sim.quantities import Confidence, Quantity, Source, register

LEVELS = ("board", "middle", "operational")
AGREEMENTS = ("none", "letter_of_intent", "framework_agreement", "contract")
CONSENTS = ("all", "core", "lead")


def _lever(
    name: str,
    unit: str,
    default: float,
    high: float,
    meaning: str,
    where: str,
    *,
    low: float = 0.0,
    most: float | None = None,
    least: float = 0.0,
    reason: str = "none to fully arranged",
    source: Source = "V",
    confidence: Confidence = "medium",
    choices: tuple[str, ...] = (),
    whole: bool = False,
) -> Quantity:
    return Quantity(
        name=name, unit=unit, default=default, low=low, high=high, reason=reason, kind="lever", source=source,
        where=where, confidence=confidence, meaning=meaning, least=least, most=high if most is None else most,
        whole=whole or bool(choices), choices=choices,
    )  # fmt: skip


_A_YEAR = "from never to monthly"

STRUCTURE = register(
    # Meetings and governance
    _lever("steering_meetings_per_year", "meetings/year", 2, 12, "Arranged meetings of the boards.", "V §2.1, §2.2", most=52, reason=_A_YEAR),
    _lever("middle_meetings_per_year", "meetings/year", 0, 12, "Arranged meetings of the middle managers.", "V §5.4, §7", most=52, reason=_A_YEAR),
    _lever("operational_meetings_per_year", "meetings/year", 0, 12, "Arranged meetings on the floor: peer exchange in mixed teams.", "V §7", most=52, reason=_A_YEAR),
    _lever("bureau_hours", "hours/month", 0, 160, "Capacity of a programme bureau that belongs to the collaboration.", "V §2.2, §5.7", most=2000, reason="none to one full-time programme manager"),
    _lever("bureau_skill", "share", 0.5, 0.9, "Process skill of the programme bureau.", "V §7", low=0.2, most=1, reason="novice to seasoned"),
    _lever("bureau_signalling_months", "months", 24, 60, "When the bureau's work has shifted half-way from assembling people to signalling and starting projects.", "V §5.7", low=6, least=1, most=240, reason="half a year to five years"),
    _lever("bureau_clustering", "share", 0, 1, "How far the bureau clusters projects, so that one helps another.", "V §5.7"),
    _lever("led", "flag", 0, 1, "Whether the partner with the role of lead leads (1) or the partners are equals (0).", "V §2.2, §2.3", whole=True, reason="equals or led"),
    _lever("role_clarity", "share", 0.3, 1, "How clear it is who does what and what may be expected of each.", "V §3.3"),
    # Physical stream
    _lever("building_months", "months", 0, 60, "Months from the start until a shared building opens; 0: there is none.", "V §2.1.1: 2003-2006", most=240, reason="none, or up to five years"),
    _lever("milestones", "count", 0, 8, "Decisions that the building process forces upon the boards before the opening.", "V §5.7", most=40, whole=True, reason="none to two a year over four years"),
    _lever("building_keur", "k€", 0, 20000, "Investment by the lead in the building, spread over the building months.", "V §2.1", most=1e6, reason="none to a large multifunctional building"),
    _lever("colocation", "share", 0, 1, "Share of the partners' floors that are housed together from the opening on.", "V §5.7"),
    _lever("passage_assigned", "flag", 0, 1, "Whether the passage from the building process to the support process has an owner.", "V §5.7", whole=True, reason="unassigned or assigned"),
    # Transfers
    _lever("rent_keur_per_year", "k€/year", 0, 200, "Rent that each other partner pays to the lead once the building is open.", "V §2.1.2", most=1e5, reason="none to a large office"),
    _lever("assignments_per_year", "count/year", 0, 12, "Assignments that the lead gives to each other partner.", "V §2.3, §5.7", most=100, reason="none to monthly"),
    _lever("assignment_keur", "k€", 0, 60, "Payment for one assignment, by the lead.", "V §2.3; payment A", source="A", confidence="low", most=1e4, reason="none to half a post"),
    _lever("pot_share", "share", 0, 0.5, "Share of each partner's eligible money put in a shared pot that pays for projects.", "V §3.3", source="A", confidence="low", most=1, reason="none to half"),
    # Decisions
    _lever("approval_level", "level", 0, 2, "The level that decides on a proposal.", "V §5.7", choices=LEVELS, reason="each level"),
    _lever("approval_months", "months", 2, 6, "Delay between a proposal and the decision.", "V §5.7", most=36, reason="at once to half a year"),
    _lever("consent", "rule", 0, 2, "Whose consent a proposal needs: all partners', the core's, or the lead's.", "H §2.3; A", source="A", confidence="low", choices=CONSENTS, reason="each rule"),
    _lever("willing_core", "share", 0, 1, "How far teams start with those who are willing instead of with everyone.", "H §2.3", source="H"),
    _lever("frame_width", "share", 0.3, 1, "Room that the frame leaves to fill in the collaboration, and that legitimises initiative.", "V §5.7"),
    _lever("steering_pressure", "share", 0, 1, "How emphatically the top steers what is to be started.", "V §7"),
    _lever("signals_from_above", "share", 0.1, 1, "How clearly boards signal to their organisations that the collaboration matters.", "V §5.7"),
    _lever("embedding_threshold", "share", 0, 0.8, "Added value that a project must show before it is brought under the frame.", "V §2.2, §5.7", most=1, reason="none to demanding"),
    _lever("case_reach", "share", 1, 1, "Scope: the share of a neighbourhood's entangled cases that the collaboration is about (a building less, groups of people or a neighbourhood more).", "V §5.7", low=0.2, reason="one building to the whole neighbourhood"),
    # Agreement, evaluation, exit
    _lever("agreement", "form", 0, 3, "What the boards mean to sign.", "V §2.1-2.3", choices=AGREEMENTS, reason="each form"),
    _lever("goal_concreteness", "share", 0.3, 1, "How concrete the goals are: a picture of the problem rather than 'social cohesion'.", "H box", source="H"),
    _lever("renegotiation_months", "months", 0, 36, "Interval at which agreements are sharpened; 0: never.", "H §2.2", source="H", most=240, reason="never, or one to three years"),
    _lever("evaluation_months", "months", 0, 36, "Interval between evaluations as agreed; 0: none agreed.", "V §2.2, §4.1", most=240, reason="none, or half a year to three years"),
    _lever("criteria_hardness", "share", 0.2, 1, "How hard the criteria of an evaluation are.", "V §4.1, §4.3"),
    _lever("exit_notice_months", "months", 1, 24, "Notice before a partner is out.", "V §5.7", most=60, reason="at once to two years"),
    _lever("overhead_hours", "hours/month", 2, 40, "Hours that taking part costs each partner before anything is done.", "H §2.1", source="H", most=1000, reason="a monthly phone call to a week of work"),
    _lever("overhead_keur_per_year", "k€/year", 1, 40, "Money that taking part costs each partner.", "H §2.1", source="H", most=1e4, reason="next to nothing to a shared office"),
    # Conflict and teams
    _lever("escalation", "share", 0.1, 1, "How far there is an agreed way to bring conflicts up.", "H §2.3", source="H"),
    _lever("boards_commit", "share", 0, 1, "How far boards have bound themselves to step in when a conflict comes up.", "H §2.3", source="H"),
    _lever("team_partners", "partners", 19, 19, "Most partners in one action team; more are split over several teams.", "H §2.3", source="H", low=2, least=2, most=64, whole=True, reason="small teams to everyone at one table"),
    _lever("team_mandate", "share", 0.3, 1, "Mandate of action teams to set old ways of working aside.", "H §2.3", source="H"),
    _lever("promising_first", "share", 0, 1, "How far the first projects are picked where a problem can be solved and pioneers are at hand.", "H §2.3", source="H"),
    _lever("pilot_first", "flag", 0, 1, "Whether to begin narrow, with one pilot at a time, and broaden after the first result.", "V §7", whole=True, reason="broad or narrow to broad"),
    # Ways of working
    _lever("process_training", "share", 0, 1, "Training in process management for this type of collaboration.", "V §7"),
    _lever("expectation_exchange", "share", 0.1, 1, "How far levels and partners are brought to compare what they expect.", "V §7"),
    _lever("offers_explicit", "share", 0.2, 1, "How far partners have told each other what each has to offer.", "V §7"),
    _lever("weaving", "share", 0.2, 1, "How far strategy and execution, physical and social planning are interwoven.", "V §5.6, §7"),
    _lever("inspiration", "share", 0.2, 1, "Leadership that hands on enthusiasm rather than orders.", "V §7"),
    _lever("shared_view", "share", 0, 1, "Work on a shared view of residents.", "V §7"),
    _lever("celebration", "share", 0.2, 1, "How far results are celebrated and partners praised in public.", "V §6.2"),
    _lever("ground_rules", "share", 0, 1, "Ground rules of reciprocity.", "H §2.1", source="H"),
    _lever("appraisal_credit", "share", 0, 1, "How far collaborating counts in staff appraisal.", "H §1.3", source="H"),
    _lever("stakeholder_involvement", "share", 0.2, 1, "How far residents, councils and others are involved beforehand.", "H §1.2, §2.3", source="H"),
    _lever("stakeholder_feedback", "share", 0.1, 1, "How far feedback is asked and used, also on the way.", "H §2.3", source="H"),
    _lever("personal_union", "flag", 0, 1, "Whether one person directs several partners: money stays apart, decisions join.", "H §2.1", source="H", whole=True, reason="apart or joined"),
    _lever("expectation_shift", "share", 0, 0.3, "What is expected on top of what people would expect by themselves.", "V §7", low=-0.3, least=-1, most=1, reason="lower or raise by up to a third of the scale"),
    # What an intervention costs, on top of the framework
    _lever("intervention_keur_per_year", "k€/year", 0, 200, "Money that interventions cost all partners together.", "A", source="A", confidence="low", most=1e5, reason="none to several at once"),
    _lever("intervention_hours", "hours/month", 0, 100, "Hours that interventions cost all partners together.", "A", source="A", confidence="low", most=1e4, reason="none to several at once"),
)  # fmt: skip
