"""Patterns: what the model has to reproduce, as data, and the instrument that tries them."""

from sim.patterns.definitions import Pattern as Pattern
from sim.patterns.definitions import built_in as built_in
from sim.patterns.definitions import read_patterns as read_patterns
from sim.patterns.laboratory import Laboratory as Laboratory
from sim.patterns.score import try_patterns as try_patterns
