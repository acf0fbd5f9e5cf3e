"""Writes the table of smallest differences in ``comparing.md``: python docs/make_comparing.py."""

from __future__ import annotations

from pathlib import Path

from sim.comparing.worth import COMPARED

FILE = Path(__file__).resolve().parent / "comparing.md"
BEGIN, END = "<!-- table of smallest differences: written by make_comparing.py -->\n", "<!-- end of table -->\n"


def table() -> str:
    """Return the table: outcomes that share a size and a reason share a row."""
    rows: dict[tuple[float, str, str], list[str]] = {}
    for each in COMPARED:
        rows.setdefault((each.smallest, each.outcome.unit, each.reason), []).append(f"`{each.name}`")
    lines = ["| smallest difference | unit | outcomes | reason [A] |", "|---|---|---|---|"]
    lines += [f"| {size:g} | {unit} | {', '.join(names)} | {reason} |" for (size, unit, reason), names in rows.items()]
    return "\n".join(lines) + "\n"


def written(text: str) -> str:
    """Return the text with the table of now in it."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


if __name__ == "__main__":
    FILE.write_text(written(FILE.read_text("utf-8")), "utf-8")
