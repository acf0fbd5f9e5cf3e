"""The commands, in modules by what they are about.

Each only reads its options and prints; the work is done in a module of its own, imported when the command is used.
"""

from __future__ import annotations

import click

from sim.commands.app import app
from sim.commands.compare import compare
from sim.commands.files import list_shipped, parameters, schema, validate
from sim.commands.new import new
from sim.commands.patterns import patterns
from sim.commands.results import export, rerun
from sim.commands.sweep import sweep

COMMANDS: tuple[click.Command, ...] = (
    compare, sweep, patterns, new, validate, parameters, list_shipped, schema, rerun, export, app,
)  # fmt: skip
