"""What is wrong with an input: problems with their place, gathered so that all are told at once.

A reader of input gathers problems in a ``Problems`` and goes on; at the end ``raise_if_any`` turns them into one
``ScenarioError``. Places and nearest names are looked up only then, so that good input pays nothing for them.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

Location = tuple[str | int, ...]
"""Where a value stands in a tree of tables and lists: keys and positions from 0."""

PROBLEMS_MOST = 1000
"""So many problems are gathered from one file; after that it is given up."""

PRINTED_MOST = 40
"""So many problems are printed; the rest is counted."""

_NEAREST_MOST = 60
_LISTED_MOST = 12
_WORD_MOST = 80


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, what was found, what is allowed, and the nearest valid name.

    ``line`` and ``column`` count from 1 and are 0 where there is no place in a text; ``excerpt`` is the offending line
    with a caret under it, or empty.
    """

    file: str
    line: int
    column: int
    path: str
    value: Any
    message: str
    allowed: str = ""
    nearest: str = ""
    excerpt: str = ""

    def __str__(self) -> str:
        """Return the problem as text: one line, and the excerpt under it."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        text = ": ".join(part for part in (place, self.path, self.message) if part)
        if self.allowed:
            text += f"; {self.allowed}"
        if self.nearest:
            text += f"; did you mean {self.nearest}?"
        return f"{text}\n{self.excerpt}" if self.excerpt else text


class ScenarioError(Exception):
    """Input that cannot be used; ``problems`` lists everything that was found wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Return all problems as text, one after another."""
        lines = [str(problem) for problem in self.problems[:PRINTED_MOST]]
        left = len(self.problems) - len(lines)
        if left:
            lines.append(f"… and {left} more problem{'s' if left > 1 else ''}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...]]]:
        """Return what pickle needs, so that the error can cross from one process to another."""
        return type(self), (self.problems,)


class PathError(Exception):
    """A path that names nothing; ``pool`` holds the valid words for ``wanted``, ``form`` the path around it."""

    def __init__(self, message: str, *, wanted: str = "", pool: Collection[str] = (), form: str = "{}") -> None:
        super().__init__(message)
        self.wanted, self.pool, self.form = wanted, pool, form


class Source(Protocol):
    """Something that input comes from: a text, or changes made by a caller."""

    @property
    def name(self) -> str:
        """Return the name of the file, or of what stands for it."""

    def place(self, location: Location) -> tuple[int, int, str]:
        """Return line, column and excerpt for a location; (0, 0, "") where there is none."""

    def path(self, location: Location) -> str:
        """Return the location in the words that a user knows."""


class Problems:
    """Gathers problems of one source."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._found: list[Callable[[bool], Problem]] = []

    def __len__(self) -> int:
        """Return how many problems there are."""
        return len(self._found)

    def add(
        self,
        location: Location,
        message: str,
        *,
        value: Any = None,
        allowed: str = "",
        wanted: str = "",
        pool: Collection[str] = (),
        form: str = "{}",
    ) -> None:
        """Note a problem; ``pool`` are the valid names for ``wanted``, and are listed where ``allowed`` says nothing.

        Raises:
            ScenarioError: there are so many that it makes no sense to go on.
        """

        def problem(with_nearest: bool) -> Problem:  # noqa: FBT001 - called back by position
            word = nearest(wanted, pool) if with_nearest and wanted else ""
            line, column, excerpt = self._source.place(location)
            found = form.replace("{}", word) if word else ""
            path = self._source.path(location)
            is_told = bool(allowed) or not with_nearest or word == wanted != ""
            can_be = allowed if is_told else _listed(pool, in_full=not word)
            return Problem(self._source.name, line, column, path, value, message, can_be, found, excerpt)

        self._note(problem)

    def add_path(self, location: Location, error: PathError, *, value: Any = None) -> None:
        """Note a path that names nothing."""
        self.add(location, str(error), value=value, wanted=error.wanted, pool=error.pool, form=error.form)

    def extend(self, error: ScenarioError) -> None:
        """Take over the problems of another source, of a file that this one refers to."""
        for each in error.problems:
            self._note(lambda _, each=each: each)  # type: ignore[misc]

    def _note(self, problem: Callable[[bool], Problem]) -> None:
        self._found.append(problem)
        if len(self._found) >= PROBLEMS_MOST:
            self.raise_if_any()

    def raise_if_any(self) -> None:
        """Raise what was gathered.

        Raises:
            ScenarioError: there is at least one problem.
        """
        if self._found:
            problems = [make(number < _NEAREST_MOST) for number, make in enumerate(self._found)]
            raise ScenarioError(_unique(problems))


def _unique(problems: list[Problem]) -> list[Problem]:
    seen: set[str] = set()
    unique = []
    files = list(dict.fromkeys(problem.file for problem in problems))
    for problem in problems:
        text = f"{problem.file}:{problem.line}:{problem.column}:{problem.path}:{problem.message}"
        if text not in seen:
            seen.add(text)
            unique.append(problem)
    return sorted(unique, key=lambda problem: (files.index(problem.file), problem.line))


def _listed(pool: Collection[str], *, in_full: bool) -> str:
    """Return valid names in words: all if they are few, else the first ones if there is no nearest one to name."""
    if not pool or not (in_full or len(pool) <= _LISTED_MOST):
        return ""
    names = sorted(pool) if isinstance(pool, set | frozenset) else pool
    left = len(pool) - _LISTED_MOST
    return f"one of {', '.join(islice(names, _LISTED_MOST))}" + (f" and {left} more" if left > 0 else "")


def nearest(wanted: str, pool: Iterable[str]) -> str:
    """Return the name in the pool that is most like the one wanted, or an empty string."""
    if len(wanted) > _WORD_MOST:
        return ""
    by_plain = {name.lower().replace("-", "_"): name for name in pool}
    found = difflib.get_close_matches(wanted.lower().replace("-", "_"), by_plain, n=1, cutoff=0.55)
    return by_plain[found[0]] if found else ""


def shown(value: Any) -> str:
    """Return a value as it is shown in a message: as in the file, and never long."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, dict):
        text = "a table"
    elif isinstance(value, list | tuple):
        text = "a list"
    elif isinstance(value, str):
        text = f'"{value[:_WORD_MOST]}"'.encode("unicode_escape").decode() if not value.isprintable() else f'"{value}"'
    elif isinstance(value, int) and value.bit_length() > 200:
        text = "a whole number with very many digits"
    else:
        text = str(value)
    return text if len(text) <= _WORD_MOST else text[: _WORD_MOST - 1] + "…"


def tidy(word: Any) -> str:
    """Return a word of a path so that it can be printed on one line."""
    text = str(word)
    if not text.isprintable():
        text = text.encode("unicode_escape").decode()
    return text if len(text) <= 2 * _WORD_MOST else text[: 2 * _WORD_MOST - 1] + "…"


def single(
    name: str, message: str, *, path: str = "", value: Any = None, allowed: str = "", near: str = ""
) -> ScenarioError:
    """Return an error with one problem that has no place in a text."""
    return ScenarioError([Problem(name, 0, 0, path, value, message, allowed, near)])
