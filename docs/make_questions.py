"""Write docs/questions.md from docs/questions.toml: `python docs/make_questions.py`."""

# ruff: noqa: E501

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import tomli

HERE = Path(__file__).resolve().parent
DATA = HERE / "questions.toml"
OPENING = """\
# The guide's questions, and where they are in the model

The guide on regional collaboration for housing corporations (H) has more questions than answers. Answering them, best together with
the partners, is how an adviser sets up a scenario of an own region. This page takes its boxes in order: {questions} questions for
reflection in {boxes} boxes, the {situations} situations with which it begins, and the {statements} statements of its other boxes, read as
questions. The wording is short and ours; read the guide for theirs.

- *Inputs* say what is so at the start, *levers* what can be arranged; both are paths as in `coalitions parameters` and `--set`, with an
  organisation, a neighbourhood or a collaboration in the place of ID.
- *Interventions* are ready-made (`coalitions list`): `use = "NAME"` in a scenario, from a month on.
- *Outputs* are columns of `runs.parquet`: where to look for the answer that the model gives.
- *Asked by* is the option of `coalitions new`, which writes a scenario from a choice of these questions.

Not every question has a place of its own: a region's social tasks are many things in a plan and a number of cases here, and what
supervisors think is no part of the model. Such questions are mapped to what comes nearest.

This page is made from `docs/questions.toml` by `python docs/make_questions.py`; a test checks every path.
"""


def boxes() -> list[dict[str, Any]]:
    """Return the boxes with their questions."""
    with DATA.open("rb") as file:
        return list(tomli.load(file)["boxes"])


def page() -> str:
    """Return the map as a page."""
    found = boxes()
    kinds = Counter(box["kind"] for box in found)
    counts: Counter[str] = Counter()
    for box in found:
        counts[box["kind"]] += box["count"]
    parts = [OPENING.format(boxes=kinds["questions"], **counts)]
    for box in found:
        parts.append(f"## H §{box['section']}: {box['title']}\n")
        parts.append("| question | inputs and levers | interventions | outputs | asked by |\n|---|---|---|---|---|")
        for each in box["questions"]:
            cells = [
                [*each.get("inputs", []), *each.get("levers", [])],
                each.get("interventions", []),
                each.get("outputs", []),
                [f"--{each['new']}"] if "new" in each else [],
            ]
            parts.append(
                f"| {each['asks']} | {' | '.join('<br>'.join(f'`{one}`' for one in cell) for cell in cells)} |"
            )
        parts.append("")
    return "\n".join(parts)


if __name__ == "__main__":
    (HERE / "questions.md").write_text(page(), encoding="utf-8")
