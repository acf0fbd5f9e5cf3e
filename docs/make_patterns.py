"""Write the blocks of ``patterns.md``: what the patterns are, and what they came to.

    python docs/make_patterns.py RESULTS …  # folders that `coalitions patterns` has written
    python docs/make_patterns.py            # only what the patterns are: no runs
    python docs/make_patterns.py --check    # is that part up to date? exit code 1 if not
    python docs/make_patterns.py --worlds ROBUST   # ship what the calibration patterns accept

Tables are taken over from the folders; numbers are never written by hand. The text outside the markers is.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from sim.patterns.many import Variant, read_series  # noqa: E402
from sim.patterns.pages import blocks_of, descriptions  # noqa: E402
from sim.patterns.reading import built_in  # noqa: E402
from sim.patterns.robust import chosen_worlds  # noqa: E402
from sim.patterns.worlds import save_worlds  # noqa: E402

PAGE = HERE / "patterns.md"


def with_block(page: str, name: str, text: str) -> str:
    """Return a page with what stands between the markers of a block replaced."""
    found, count = re.subn(
        rf"(<!-- {name}: begin -->\n).*?(<!-- {name}: end -->)", lambda match: f"{match[1]}\n{text}\n{match[2]}", page,
        flags=re.DOTALL,
    )  # fmt: skip
    if count != 1:
        raise SystemExit(f"{PAGE.name} has {count} blocks called {name}; one is needed")
    return found


def ship_worlds(folder: Path) -> None:
    """Write the settings that all calibration patterns accept to where they ship."""
    design, findings = read_series(folder)
    variants = [Variant(each["name"], each["parameters"]) for each in design["variants"]]
    chosen, accepted = chosen_worlds(findings, variants)
    about = (
        f"Settings of the uncertain parameters: those of {len(variants)} (a Sobol sequence over the plausible ranges,\n"
        f"seed {design['seed']}) that come nearest to meeting all calibration patterns, at {design['replicates']}\n"
        f"replicates an arm. Accepted on: {', '.join(accepted.sorting)}. Left out, for hardly any setting meets them: "
        f"{', '.join(accepted.left_out) or 'none'}.\n"
        "Made by docs/make_patterns.py --worlds from a folder of `coalitions patterns --robust`.\n"
        "The order means nothing."
    )
    file = save_worlds(chosen, about)
    sys.stdout.write(f"{len(chosen)} worlds in {file}\n")


def main() -> int:
    """Write or check the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("results", nargs="*", type=Path, metavar="RESULTS")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--worlds", type=Path, metavar="ROBUST", help="ship what this folder accepts")
    asked = parser.parse_args()
    if asked.worlds:
        ship_worlds(asked.worlds)
    before = PAGE.read_text(encoding="utf-8")
    page = with_block(before, "descriptions", descriptions(built_in()))
    if asked.check:
        return 0 if page == before else 1
    for folder in asked.results:
        for name, text in blocks_of(folder).items():
            page = with_block(page, name, text)
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
