"""What the program says, in English or Dutch: messages from a catalogue, numbers and months in its own way."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "nl")
_FOLDER = Path(__file__).resolve().parent / "messages"


def catalogue(code: str) -> dict[str, str | list[str]]:
    """Return all messages of a language under their full keys, as ``story.caution``; a file for each subject."""
    found: dict[str, str | list[str]] = {}
    for path in sorted((_FOLDER / code).glob("*.toml")):
        with path.open("rb") as file:
            found |= dict(_flat(tomllib.load(file), ""))
    return found


def _flat(table: Mapping[str, Any], prefix: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in table.items():
        name = f"{prefix}{key}"
        found += _flat(value, f"{name}.") if isinstance(value, dict) else [(name, value)]
    return found


@cache
def language(code: str) -> Language:
    """Return a language by its code.

    Raises:
        ValueError: there is no such language.
    """
    if code not in LANGUAGES:
        raise ValueError(f"no language {code!r}; there are {', '.join(LANGUAGES)}")
    return Language(code)


class Language:
    """One language."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._messages = catalogue(code)

    def text(self, key: str, **values: object) -> str:
        """Return a message with its places filled in.

        Raises:
            KeyError: there is no such message, or a value is missing.
        """
        message = self._messages[key]
        assert isinstance(message, str), key  # noqa: S101
        return message.format(**values)

    def _words(self, key: str) -> Sequence[str]:
        found = self._messages[key]
        assert isinstance(found, list), key  # noqa: S101
        return found

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with the separators of the language."""
        plain = f"{value:,.{digits}f}"
        if float(plain.replace(",", "")) == 0:
            plain = plain.lstrip("-")
        marks = str.maketrans({",": self.text("format.thousands"), ".": self.text("format.decimal")})
        return plain.translate(marks)

    def counted(self, count: int) -> str:
        """Return a count: small ones in words."""
        words = self._words("format.numbers")
        return words[count] if 0 <= count < len(words) else self.number(count)

    def counts(self, counts: Sequence[int]) -> list[str]:
        """Return counts that stand together: in words only if all are small."""
        small = max(counts, default=0) < len(self._words("format.numbers"))
        return [self.counted(count) if small else self.number(count) for count in counts]

    def keur(self, amount: float) -> str:
        """Return an amount of money, in thousands of euros."""
        digits = 1 if 0 < abs(amount) < 10 else 0
        return self.text("format.keur", amount=self.number(amount, digits))

    def percent(self, share: float) -> str:
        """Return a share in [0, 1] as a percentage."""
        return self.text("format.percent", amount=self.number(100 * share))

    def month(self, number: int) -> str:
        """Return the name of a month of the year, from 1."""
        return self._words("format.months")[number - 1]

    def month_year(self, number: int, year: int) -> str:
        """Return a month with its year."""
        return self.text("format.month_year", month=self.month(number), year=year)

    def listed(self, items: Sequence[str]) -> str:
        """Return items as an enumeration."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.text('format.and')} {items[-1]}"


def capital(text: str) -> str:
    """Return a text with a capital at the start."""
    return text[:1].upper() + text[1:]
