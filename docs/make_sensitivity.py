"""Write docs/sensitivity.md and its pictures from three shipped designs, run here or before.

    python docs/make_sensitivity.py [--results results/sensitivity] [--workers N]

The sweeps go on where they were, so that the text can be written again without running them again. They have to be run
anew when the model changes: a folder that holds results of another version is refused.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sim
from sim.sensitivity import boxes, draw_evidence, draw_regimes, evidence, morris, regimes

HERE = Path(__file__).resolve().parent
PICTURES = HERE / "sensitivity"
DESIGNS = ("screening", "competition_earmarking", "circumstances")
X, Y = "organisations.kind:welfare.tendered_share", "organisations.kind:welfare.earmarked_share"
BASE = "tilburg"


def rows(cells: Iterable[Iterable[Any]]) -> str:
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in cells)


def table(head: Iterable[str], cells: Iterable[Iterable[Any]]) -> str:
    titles = list(head)
    return f"{rows([titles])}\n|{'---|' * len(titles)}\n{rows(cells)}"


def evidence_text(results: sim.Results) -> str:
    found = evidence(morris(results))
    draw_evidence(found, PICTURES / "evidence.svg")
    lines = [
        (
            f"`{row['parameter']}`", f"{row['influence']:.1f}", row["outcome"].replace("_", " "),
            f"{row['low']:g}–{row['high']:g} {row['unit']}", f"{row['where']}", row["confidence"], row["verdict"],
        )
        for row in found.to_dict("records")
    ]  # fmt: skip
    counts = found["verdict"].value_counts()
    said = ", ".join(
        f"{counts[name]} *{name}*" for name in ("find out", "rests on a source", "does not matter") if name in counts
    )
    heads = ("parameter", "influence", "most on", "range", "source", "confidence", "what to do")
    picture = "![What matters and how sure it is](sensitivity/evidence.svg)"
    return f"{table(heads, lines)}\n\nOf {len(found)} uncertain parameters: {said}.\n\n{picture}"


def regimes_text(results: sim.Results) -> str:
    found = regimes(results, X, Y)
    draw_regimes(found, PICTURES / "regimes.svg")
    zones = found.cells.groupby("partners")["zone"].value_counts().unstack(fill_value=0)
    counts = table(
        ("partners", *(name.replace("_", " ") for name in zones.columns)),
        ((size, *counts) for size, counts in zip(zones.index, zones.to_numpy().tolist(), strict=True)),
    )
    regret = table(
        ("framework", "mean regret", "largest regret", "as good as the best in"),
        (
            (row["framework"].replace("_", " "), f"{row['mean_regret']:.3f}", f"{row['largest_regret']:.3f}",
             f"{row['near_best']:.0%} of the places")
            for row in found.regret.to_dict("records")
        ),
    )  # fmt: skip
    return (
        f"{counts}\n\nPlaces in the map by who does best there.\n\n"
        f"![Which framework does best where](sensitivity/regimes.svg)\n\n{regret}\n\n"
        "Regret is the practice maturity that is missed by having this framework and not the one that does best there."
    )


def boxes_text(results: sim.Results) -> str:
    found = boxes(results, "covenant", "building")
    lines = [
        (
            "; ".join(f"{_word(path)} {low:.2f}–{high:.2f}" for path, (low, high) in box.bounds.items()) or "anywhere",
            f"{box.share:.0%}", f"{box.effect:+.3f} ({box.low:+.3f} to {box.high:+.3f})", box.verdict,
        )
        for box in found
    ]  # fmt: skip
    return table(("circumstances", "share of all", "practice maturity, covenant − building", "better"), lines)


def _word(path: str) -> str:
    return path.rsplit(".", maxsplit=1)[-1].replace("_", " ")


def text(results: dict[str, sim.Results]) -> str:
    """Return the whole page."""
    about = "\n".join(
        f"- `{name}`: {each.manifest['runs']:,} runs, {each.manifest['rows']:,} rows of the design"
        for name, each in results.items()
    )
    version = next(iter(results.values())).manifest["version"]
    return f"""# What matters, and where what is better

Made by `docs/make_sensitivity.py` with version {version}, from sweeps of shipped designs on
the case of {BASE.capitalize()}:

{about}

These are statements about the model, not about a town. Where the model is wrong, they are.

## How sure the sources are, against how much it matters

Every uncertain parameter was moved through its plausible range, one at a time, from twenty starting points, under the
same luck (Morris screening). *Influence* is the mean reaction of the outcome that reacts most (shared practice reached,
practice maturity, highest phase, outcome of cases), in smallest differences worth naming: below 1, no outcome reacts by
a difference that anybody would notice. *Find out* marks what matters and is a mere assumption.

{evidence_text(results["screening"])}

## Competition × earmarking × number of partners

How much of the income of welfare and care organisations is tendered, how much is earmarked, under three frameworks and
three numbers of partners. A framework does *best* in a place if it is surely ahead of each other one (95 %, same luck)
by at least 0.05 of practice maturity; where the runner-up is surely closer than that, there is *no difference worth
naming*; the rest is *open*: more runs would tell.

{regimes_text(results["competition_earmarking"])}

## Where does the covenant beat the building?

Circumstances were filled evenly, and a small tree (CART) cuts them where the difference changes most. The boxes were
found on one half of the points, and measured on the other.

{boxes_text(results["circumstances"])}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, default=Path("results") / "sensitivity")
    parser.add_argument("--workers", type=int, default=None)
    given = parser.parse_args()
    results = {name: sim.sweep(name, given.results / name, given.workers) for name in DESIGNS}
    (HERE / "sensitivity.md").write_text(text(results), "utf-8")
    print(f"{HERE / 'sensitivity.md'} and {PICTURES}")


if __name__ == "__main__":
    main()
