"""Sweeps: many scenarios from one design, in blocks that survive whatever happens to the machine."""
