"""Patterns: what the model has to reproduce, as data, and the instrument that tries them."""

from sim.patterns.definitions import Pattern as Pattern
from sim.patterns.laboratory import Laboratory as Laboratory
from sim.patterns.laboratory import Sample as Sample
from sim.patterns.reading import built_in as built_in
from sim.patterns.reading import read_patterns as read_patterns
from sim.patterns.registry import experiment as experiment
from sim.patterns.score import try_patterns as try_patterns
from sim.patterns.statistics import Estimate as Estimate
