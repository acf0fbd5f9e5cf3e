"""Write the blocks of ``patterns.md``: what the patterns are, and what they came to.

    python docs/make_patterns.py RESULTS …  # folders that `coalitions patterns` has written
    python docs/make_patterns.py            # only what the patterns are: no runs
    python docs/make_patterns.py --check    # is that part up to date? exit code 1 if not

Tables are taken over from the folders; numbers are never written by hand. The text outside the markers is.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from sim.patterns.definitions import built_in  # noqa: E402
from sim.patterns.pages import blocks_of, descriptions  # noqa: E402

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


def main() -> int:
    """Write or check the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("results", nargs="*", type=Path, metavar="RESULTS")
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
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
