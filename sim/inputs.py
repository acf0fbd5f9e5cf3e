"""The inputs of each entity: what a scenario may say of organisations, neighbourhoods, collaborations and people."""

from __future__ import annotations

from sim.quantities import Confidence, Kind, Quantity, Source, register

ORGANISATION_KINDS = ("housing_corporation", "welfare", "care", "municipality", "other")
REGIMES = ("winner_takes_all", "share_shift")
ROLES = ("lead", "core", "partner", "tenant", "candidate")
DOMAINS = ("housing", "liveability", "welfare", "care", "youth", "elderly", "disability", "safety")
RESOURCES = ("real_estate", "finance", "care_expertise", "personal_support", "community_networks", "information")

# Which domains an organisation works in, what it brings and what it needs, when a file does not say [V §3.2: corporations
# are wanted for real estate and money, the others for networks and specific skills; sizes A].
DOMAINS_BY_KIND = {
    "housing_corporation": ("housing", "liveability", "elderly", "safety"),
    "welfare": ("welfare", "liveability", "youth", "elderly"),
    "care": ("care", "elderly", "disability", "welfare"),
    "municipality": ("liveability", "youth", "safety", "care"),
    "other": ("youth", "welfare"),
}
BRINGS_BY_KIND = {
    "housing_corporation": ("real_estate", "finance"),
    "welfare": ("community_networks", "personal_support"),
    "care": ("care_expertise", "personal_support"),
    "municipality": ("finance", "information"),
    "other": ("information",),
}
NEEDS_BY_KIND = {
    "housing_corporation": ("community_networks", "personal_support", "care_expertise"),
    "welfare": ("real_estate", "finance", "information"),
    "care": ("real_estate", "finance", "community_networks"),
    "municipality": ("community_networks", "real_estate", "care_expertise"),
    "other": ("real_estate", "community_networks"),
}


def _input(
    name: str,
    unit: str,
    default: float,
    low: float,
    high: float,
    meaning: str,
    source: Source,
    where: str,
    *,
    reason: str,
    least: float = 0.0,
    most: float | None = None,
    kind: Kind = "lever",
    confidence: Confidence = "low",
    choices: tuple[str, ...] = (),
    whole: bool = False,
    by_kind: dict[str, float] | None = None,
) -> Quantity:
    return Quantity(
        name=name, unit=unit, default=default, low=low, high=high, reason=reason, kind=kind, source=source, where=where,
        confidence=confidence, meaning=meaning, least=least, most=(1.0 if most is None else most),
        whole=whole or bool(choices), choices=choices, by_kind=by_kind or {},
    )  # fmt: skip


def _by(corporation: float, welfare: float, care: float, municipality: float, other: float) -> dict[str, float]:
    return dict(zip(ORGANISATION_KINDS, (corporation, welfare, care, municipality, other), strict=True))


ORGANISATION = register(
    # Budget financing
    _input("income_keur", "k€/year", 5000, 1000, 60000, "Yearly income.", "A", "A", reason="a small foundation to a large corporation", most=1e7, by_kind=_by(50000, 6000, 20000, 30000, 3000)),
    _input("earmarked_share", "share", 0.6, 0.1, 0.95, "Share of income bound beforehand to narrow results.", "V", "V §3.3", reason="corporations almost none, subsidised work almost all", confidence="medium", by_kind=_by(0.05, 0.8, 0.75, 0.6, 0.8)),
    _input("leak_share", "share", 0.1, 0, 0.3, "Share of the earmarked room that finds its way to other ends by 'tricks'.", "V", "V §3.3", reason="none to a third", confidence="medium"),
    _input("reserve_keur", "k€", 300, 0, 10000, "Free reserve at the start.", "V", "V §3.2", reason="little fat on the bones, but for corporations", most=1e7, confidence="medium", by_kind=_by(8000, 200, 600, 1000, 100)),
    # Competition pressure
    _input("tendered_share", "share", 0.0, 0, 0.8, "Share of income that is put out to tender.", "V", "V §3.2-3.3", reason="corporations none, welfare and home care much", confidence="medium", by_kind=_by(0.0, 0.3, 0.4, 0.0, 0.0)),
    _input("contract_end_months", "months", 24, 6, 48, "Months from the start until the first contract ends.", "A", "A", reason="half a term to more than one", least=1, most=600),
    _input("contract_term_months", "months", 36, 12, 60, "Term of a new contract.", "L", "L", reason="one to five years", least=1, most=600),
    _input("loss_chance", "share", 0.25, 0.05, 0.6, "Chance to lose a contract when it ends.", "A", "A", reason="sitting provider with few rivals to open field"),
    _input("regime", "rule", 0, 0, 1, "What a tender does: the winner takes all, or shares shift among several contracted providers.", "L", "L", reason="each regime", choices=REGIMES, confidence="medium", by_kind=_by(0, 0, 1, 0, 0)),
    _input("rivals", "share", 0.5, 0, 1, "How much the field holds organisations with which this one could work instead, or against which it competes.", "V", "V §3.2", reason="sole local provider to crowded field", confidence="medium"),
    _input("outside_option", "share", 0.2, 0, 0.6, "How well it could do without the partners: do it itself or find another.", "V", "V §3.2", reason="bound to each other to free to choose", confidence="medium"),
    # Culture
    _input("business_likeness", "share", 0.5, 0.2, 0.9, "Clear agreements, kept, and said directly.", "V", "V §6.2", reason="from 'soft' to contract-trained", confidence="medium", by_kind=_by(0.7, 0.45, 0.55, 0.55, 0.5)),
    _input("planning_orientation", "share", 0.5, 0.1, 0.9, "From open-ended social work (0) to the planning of building projects (1).", "V", "V §6.1", reason="each end of the contrast", confidence="medium", by_kind=_by(0.8, 0.25, 0.4, 0.6, 0.4)),
    _input("view_customer", "share", 0.33, 0, 1, "Resident seen as a customer.", "V", "V §7", reason="whole range", confidence="medium", by_kind=_by(0.6, 0.15, 0.3, 0.3, 0.3)),
    _input("view_victim", "share", 0.33, 0, 1, "Resident seen as a victim who needs help.", "V", "V §7", reason="whole range", confidence="medium", by_kind=_by(0.1, 0.35, 0.5, 0.3, 0.3)),
    _input("view_member", "share", 0.33, 0, 1, "Resident seen as a member of the neighbourhood.", "V", "V §7", reason="whole range", confidence="medium", by_kind=_by(0.3, 0.5, 0.2, 0.4, 0.4)),
    # Inside the organisation
    _input("layers", "count", 3, 2, 6, "Layers between the board and the floor.", "V", "V §5.5", reason="flat to a regional home-care organisation", least=1, most=12, whole=True, confidence="medium", by_kind=_by(3, 2, 5, 5, 2)),
    _input("transparency", "share", 0.4, 0.1, 0.9, "How far levels see each other's work.", "V", "V §5.6", reason="closed to open", confidence="medium"),
    _input("middle_mandate", "share", 0.5, 0.2, 0.9, "How far a manager can decide without backing from above.", "V", "V §5.5", reason="'regularly seeks cover' to 'fairly independent'", confidence="medium"),
    _input("attachment", "share", 0.5, 0.2, 0.8, "Attachment to routines at the start, at each level.", "H", "H §2.2; V §5.3-5.4", reason="light to strong", confidence="medium"),
    _input("people_board", "persons", 1, 1, 3, "Directors who take part.", "A", "A", reason="one director to a small board", least=1, most=50, whole=True),
    _input("people_middle", "persons", 3, 1, 8, "Managers who can take part.", "A", "A", reason="one to a handful", least=1, most=500, whole=True),
    _input("people_operational", "persons", 10, 3, 30, "People on the floor who can take part.", "A", "A", reason="a team to several", least=1, most=5000, whole=True),
    _input("interest_conflict", "share", 0.3, 0, 0.7, "How far its interests by domain run against the others' (a waiting list suits a landlord, outflow a shelter).", "H", "H §2.2", reason="aligned to opposed", confidence="medium"),
    _input("process_skill", "share", 0.35, 0.1, 0.8, "Skill in the process of collaborating.", "V", "V §7", reason="novice to seasoned", confidence="medium"),
    _input("experience", "share", 0.1, 0, 0.6, "Experience with collaborating, which carries over.", "V", "V §2.1.2", reason="none to a pilot behind it", confidence="medium"),
    _input("openness", "share", 0.6, 0.2, 0.95, "Openness to others that it looks for in a director; who comes differs somewhat.", "V", "V §2.3, §5.2", reason="inward to outward", confidence="medium"),
    _input("vision", "share", 0.6, 0.2, 0.95, "Vision of the organisation's wider role that it looks for in a director; who comes differs somewhat.", "V", "V §5.2", reason="core business only to society-minded", confidence="medium"),
    _input("pull", "share", 0.5, 0.1, 0.9, "How much the director carries the lower levels along.", "V", "V §5.7", reason="hardly to strongly", confidence="medium"),
    # A municipality's two departments
    _input("promotes_collaboration", "share", 0.0, 0, 1, "How far one department promotes the collaboration.", "V", "V §3.3", reason="not to strongly", confidence="medium", by_kind=_by(0, 0, 0, 0.5, 0)),
    _input("promotes_competition", "share", 0.0, 0, 1, "How far another department promotes competition.", "V", "V §3.3", reason="not to strongly", confidence="medium", by_kind=_by(0, 0, 0, 0.3, 0)),
)  # fmt: skip

NEIGHBOURHOOD = register(
    _input("cases_per_month", "cases/month", 12, 4, 40, "New households that need help.", "A", "A", reason="a village to a city neighbourhood", most=10000),
    _input("entanglement", "share", 0.4, 0.15, 0.7, "Share of the cases that need more than one organisation.", "V", "V §1.1", reason="mostly single to mostly tangled", confidence="medium"),
    _input("organisations_needed", "organisations", 2.5, 2, 5, "How many organisations an entangled case needs, on average.", "A", "A", reason="two to five", least=2, most=12),
)  # fmt: skip

COLLABORATION = register(
    _input("contact_month", "month", 1, 1, 36, "Month of the first contact between the boards.", "V", "V §2", reason="at once to three years on", least=1, most=1200, whole=True),
    _input("formal_maturity", "share", 0, 0, 0.6, "Formal maturity at the start.", "V", "V §2", reason="none to an agreement in force"),
    _input("practice_maturity", "share", 0, 0, 0.6, "Practice maturity at the start: joint handling on the floor.", "V", "V §2.3", reason="none to years of joint practice"),
    _input("routines", "share", 0, 0, 0.4, "Joint routines at the start.", "V", "V §2.3", reason="none to some"),
    _input("ambition", "share", 0.6, 0.3, 0.9, "What partners hope for at the start.", "V", "V §4.2", reason="modest to 'far-reaching integration within five years'", confidence="medium"),
)  # fmt: skip

RELATION = register(
    _input("familiarity", "share", 0.05, 0, 0.6, "How well people at this level know each other at the start.", "V", "V §2", reason="strangers to old acquaintances"),
    _input("trust", "share", 0.4, 0.2, 0.7, "Trust at the start.", "V", "V §5.2", reason="wary to 'it clicks'"),
    _input("understanding", "share", 0.1, 0, 0.5, "Shared language at the start.", "V", "V §6", reason="none to grown over years"),
    _input("rivalry", "share", 0.0, 0, 0.8, "Rivalry between the two organisations.", "V", "V §3.2", reason="none to direct competitors"),
)  # fmt: skip

SPANNER = register(
    _input("skill", "share", 0.7, 0.3, 0.95, "Skill in translating between levels and cultures.", "V", "V §6.3", reason="able to gifted", confidence="medium"),
    _input("network", "share", 0.5, 0.2, 0.9, "Breadth of the network, from experience in several sectors.", "V", "V §6.3", reason="one sector to several", confidence="medium"),
    _input("independence", "share", 0.5, 0.1, 0.9, "Independence: hired from outside, temporary, or easily employed elsewhere.", "V", "V §6.3", reason="inside post to hired", confidence="medium"),
    _input("hours", "hours/month", 40, 10, 120, "Hours a month.", "A", "A", reason="a day a week to almost full time", most=300),
    _input("hour_rate_share", "share", 1.0, 0.8, 2.0, "Rate in multiples of the ordinary hourly rate.", "A", "A", reason="own staff to consultant", most=10),
    _input("from_month", "month", 1, 1, 120, "First month of work.", "A", "A", reason="from the start on", least=1, most=1200, whole=True),
)  # fmt: skip

# What holds for month 0 only: it cannot be changed during a run, for the state takes over from it.
START_ONLY = {
    "organisations": ("reserve_keur", "contract_end_months", "attachment", "business_likeness", "experience"),
    "neighbourhoods": (),
    "collaborations": tuple(COLLABORATION),
    "relations": tuple(RELATION),
    "spanners": ("from_month",),
}
