"""Write docs/glossary.md from the two catalogues: `python docs/make_glossary.py`."""

# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

from sim.language import LANGUAGES, catalogue

HERE = Path(__file__).resolve().parent
OPENING = """\
# Glossary

The terms that everything the program says is written in, English and Dutch, each with its meaning in a sentence. The terms stand in
`sim/messages/{en,nl}/glossary.toml`; this page is made from them by `python docs/make_glossary.py`, and a test sees to it
that it is up to date, and that labels and messages use the same terms.
"""


def page() -> str:
    """Return the glossary as a page."""
    texts = {code: catalogue(code) for code in LANGUAGES}
    parts = [OPENING]
    groups = [key.split(".")[2] for key in texts["en"] if key.startswith("glossary.heading.")]
    for group in groups:
        heading = {code: texts[code][f"glossary.heading.{group}"] for code in LANGUAGES}
        parts.append(f"## {heading['en']} · {heading['nl']}\n")
        parts.append("| English | Nederlands | meaning | betekenis |\n|---|---|---|---|")
        terms = [key for key in texts["en"] if key.startswith(f"glossary.{group}.") and key.endswith(".term")]
        for key in terms:
            meaning = key.removesuffix("term") + "meaning"
            parts.append(f"| {' | '.join(str(texts[code][each]) for each in (key, meaning) for code in LANGUAGES)} |")
        parts.append("")
    return "\n".join(parts)


if __name__ == "__main__":
    (HERE / "glossary.md").write_text(page(), encoding="utf-8")
