"""One month, from the first mechanism to the last."""

from __future__ import annotations

from sim.compiled import entry
from sim.mechanisms.accounts import settle
from sim.mechanisms.agenda import agenda
from sim.mechanisms.budgets import budgets
from sim.mechanisms.cases import cases
from sim.mechanisms.encounters import encounters
from sim.mechanisms.engagement import engagement
from sim.mechanisms.events import events
from sim.mechanisms.expectations import expectations
from sim.mechanisms.initiatives import initiatives
from sim.mechanisms.legitimacy import legitimacy
from sim.mechanisms.membership import membership
from sim.mechanisms.phases import phases
from sim.mechanisms.projects import projects
from sim.mechanisms.relations import relations
from sim.mechanisms.structuring import structuring
from sim.mechanisms.tenders import tenders


@entry
def month(state):  # type: ignore[no-untyped-def]
    """Let one month pass."""
    state.clock[0].month += 1
    events(state)  # who comes and goes, and what is decided from outside, holds for the whole month
    budgets(state)  # then what there is to spend: all else draws on these hours and this money
    tenders(state)  # what competition changes in the view ahead, before anyone decides
    encounters(state)  # who meets whom, given the engagement of the month before
    relations(state)  # what meeting does to knowing, understanding and trusting each other
    cases(state)  # the floor works first: ordinary life goes before projects
    initiatives(state)  # proposals, by those who met; decisions on what is due
    projects(state)  # teams use the hours that cases left
    agenda(state)  # problems that all this raised find an owner, or do not
    structuring(state)  # what lasts: goals, agreements, routines, breadth
    expectations(state)  # what is seen against what should be there by now
    engagement(state)  # each level weighs its part anew, for the next month
    legitimacy(state)  # and so does the world outside
    membership(state)  # who has seen enough leaves, who is attracted joins
    settle(state)  # the month's accounts, to the cent
    phases(state)  # at last, and read by none of the above: where does it stand?
