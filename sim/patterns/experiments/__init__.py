"""The experiments of the patterns that a declaration cannot express, by what they are about."""

from sim.patterns.experiments import course as course
from sim.patterns.experiments import forms as forms
from sim.patterns.experiments import money as money
from sim.patterns.experiments import people as people
