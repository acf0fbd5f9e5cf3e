"""The report for a policy adviser with five minutes: one file, without network or script, that prints well."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim import provenance
from sim.comparison import Comparison
from sim.figures import Drawn, draw, glyphs
from sim.language import Language, capital, language
from sim.report.facts import Facts
from sim.results import ResultsError, write_file

REPORT = "report.html"
FIGURES = "figures"
_HERE = Path(__file__).resolve().parent


def write_report(
    comparison: Comparison, folder: str | os.PathLike[str], lang: str = "en", *, command: Sequence[str] = ()
) -> Path:
    """Write ``report.html``, and the figures as SVG and PNG in ``figures/``, into a folder; return the report's path.

    The same comparison, language, command and versions give the same bytes.

    Args:
        comparison: what is told.
        folder: where; it is made if it is not there, and what it holds under these names is replaced.
        lang: ``en`` or ``nl``.
        command: how the comparison was made, as given on the command line.

    Raises:
        ValueError: there is no such language.
        ResultsError: the folder cannot be written.
    """
    words = language(lang)
    figures = draw(comparison, words)
    page = render(comparison, figures, words, command)
    place = Path(folder)
    try:
        (place / FIGURES).mkdir(parents=True, exist_ok=True)
        for figure in figures:
            _write(place / FIGURES / f"{figure.name}.svg", figure.wide.encode())
            _write(place / FIGURES / f"{figure.name}.png", figure.png)
        _write(place / REPORT, page.encode())
    except OSError as error:
        raise ResultsError(f"{place} cannot be written: {error.strerror or error}") from error
    return place / REPORT


def _write(path: Path, content: bytes) -> None:
    write_file(path, lambda file: file.write(content))


def render(comparison: Comparison, figures: Sequence[Drawn], words: Language, command: Sequence[str] = ()) -> str:
    """Return the report as one HTML file."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    facts = Facts(comparison, words)
    asked = [shlex.join(command)] if command else []
    values: dict[str, Any] = {
        "facts": facts,
        "t": facts.text,
        "words": words,
        "capital": capital,
        "figures": {figure.name: figure for figure in figures},
        "glyphs": glyphs(figures),
        "style": (_HERE / "page.css").read_text("utf-8"),
        "title": facts.text("title", collaboration=facts.collaboration().title[words.code]),
        "made": facts.made(provenance.version(), provenance.commit(), asked),
    }
    return environment.get_template("page.html").render(values)
