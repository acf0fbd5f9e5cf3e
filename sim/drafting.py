"""A scenario to start from, written from a few answers: the questions, what an answer sets, and the commented text.

The questions are a choice from those that the guide asks its readers (``docs/questions.md`` has them all). A question
by degree is answered by ``usual``, ``low``, ``middle`` or ``high``; with ``usual`` nothing is written, and what the
chosen framework or the kind of organisation brings along holds.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sim import packaged
from sim.inputs import ORGANISATION, ORGANISATION_KINDS
from sim.language import LANGUAGES, Language, capital, language
from sim.problems import nearest, single
from sim.reader import ID, TEXT_MOST
from sim.reading import PARTNERS_MOST

GRADES: Final = ("usual", "low", "middle", "high")
KINDS_IN_TURN: Final = ("housing_corporation", "welfare", "care", "municipality", "care", "other", "welfare", "other")
NEIGHBOURHOODS_MOST: Final = 20

# What an adviser will want to put in for each partner; anything else can be added (`coalitions parameters`).
OWN_FIGURES: Final = (
    "income_keur", "earmarked_share", "reserve_keur", "tendered_share", "contract_end_months", "rivals", "layers",
    "middle_mandate", "transparency", "openness", "vision", "experience",
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A question by degree: the values that low, middle and high set, by table and name.

    The tables are ``collaboration``, ``structure``, ``relations`` (with the lead, on every level) and ``tendered``
    (partners in welfare and care).
    """

    name: str
    values: Mapping[tuple[str, str], tuple[float, float, float]]


QUESTIONS: Final = (
    Question("history", {("relations", "familiarity"): (0.05, 0.2, 0.45), ("relations", "trust"): (0.35, 0.42, 0.55)}),
    Question("practice", {("collaboration", "practice_maturity"): (0.0, 0.15, 0.4)}),
    Question("paper", {("collaboration", "formal_maturity"): (0.0, 0.2, 0.45)}),
    Question("ambition", {("collaboration", "ambition"): (0.4, 0.6, 0.8)}),
    Question("tendered", {("tendered", "tendered_share"): (0.05, 0.3, 0.6)}),
    Question("goals", {("structure", "goal_concreteness"): (0.2, 0.5, 0.8)}),
    Question(
        "culture",
        {("structure", "expectation_exchange"): (0.1, 0.3, 0.6), ("structure", "offers_explicit"): (0.2, 0.4, 0.7)},
    ),
    Question("teams", {("structure", "team_mandate"): (0.2, 0.4, 0.7)}),
    Question(
        "backing", {("structure", "escalation"): (0.1, 0.4, 0.7), ("structure", "boards_commit"): (0.0, 0.4, 0.8)}
    ),
    Question(
        "stakeholders",
        {
            ("structure", "stakeholder_involvement"): (0.1, 0.4, 0.7),
            ("structure", "stakeholder_feedback"): (0.05, 0.3, 0.6),
        },
    ),
    Question("appraisal", {("structure", "appraisal_credit"): (0.0, 0.4, 0.8)}),
)


@dataclass(frozen=True)
class Answers:
    """What was answered; ``grades`` are by name of the question, and those left out are ``usual``.

    Kinds are taken in turn if there are fewer than partners. A title is the same in both languages; without one the
    scenario is called after its name.
    """

    partners: int = 4
    kinds: tuple[str, ...] = KINDS_IN_TURN
    framework: str = "informal"
    neighbourhoods: int = 1
    title: str = ""
    start: str = "2025-01"
    months: int = 120
    grades: Mapping[str, str] = field(default_factory=dict)

    def grade(self, question: str) -> str:
        """Return the answer to a question by degree."""
        return self.grades.get(question, GRADES[0])


def check(answers: Answers) -> None:
    """See to it that the answers can be written.

    Raises:
        ScenarioError: one of them cannot; it says what is allowed.
    """
    if not 2 <= answers.partners <= PARTNERS_MOST:
        raise single("partners", f"{answers.partners} is not allowed", allowed=f"from 2 to {PARTNERS_MOST}")
    if not 1 <= answers.neighbourhoods <= NEIGHBOURHOODS_MOST:
        raise single(
            "neighbourhoods", f"{answers.neighbourhoods} is not allowed", allowed=f"1 to {NEIGHBOURHOODS_MOST}"
        )
    if not answers.kinds:
        raise single("kinds", "there is no kind", allowed=f"one or more of {', '.join(ORGANISATION_KINDS)}")
    for kind in answers.kinds:
        _one_of("kinds", kind, ORGANISATION_KINDS)
    if len(answers.kinds) > answers.partners and answers.kinds != KINDS_IN_TURN:
        message = f"{len(answers.kinds)} kinds are more than {answers.partners} partners"
        raise single("kinds", message, allowed="at most one for each partner")
    if not answers.title.isprintable():
        raise single("title", "the title has signs that cannot be printed", allowed="a text on one line")
    if len(answers.title) > TEXT_MOST:
        raise single("title", f"the title has {len(answers.title)} signs", allowed=f"at most {TEXT_MOST}")
    _one_of("framework", answers.framework, packaged.shipped("frameworks"))
    for name, grade in answers.grades.items():
        _one_of("questions", name, [each.name for each in QUESTIONS])
        _one_of(name, grade, GRADES)


def _one_of(what: str, given: str, allowed: Sequence[str]) -> None:
    if given not in allowed:
        near = nearest(given, allowed)
        raise single(what, f'"{given}" is not allowed', value=given, allowed=f"one of {', '.join(allowed)}", near=near)


def place_of(name: str) -> tuple[str, Path]:
    """Return the id and the file that a name stands for: ``mine``, ``mine.toml`` or ``folder/mine``.

    Raises:
        ScenarioError: it cannot be the name of a scenario.
    """
    file = Path(name)
    file = file if file.suffix == ".toml" else file.with_name(f"{file.name}.toml") if file.name else file
    if not ID.fullmatch(file.stem):
        message = f'"{file.stem}" cannot be the name of a scenario'
        raise single("NAME", message, value=name, allowed="small letters, digits, - and _, a letter first")
    return file.stem, file


def save_new(file: Path, text: str) -> None:
    """Write a file that is not there yet, whole or not at all.

    Raises:
        ScenarioError: it is there already, or cannot be written.
    """
    try:
        handle, beside = tempfile.mkstemp(suffix=".toml", prefix=".", dir=file.parent)
    except OSError as error:
        raise single(str(file), f"cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        Path(beside).chmod(0o644)
        try:
            file.hardlink_to(beside)  # fails if there is such a file, which renaming would replace
        except FileExistsError:
            raise
        except OSError:  # a disk without links
            file.touch(exist_ok=False)
            Path(beside).replace(file)
    except FileExistsError as error:
        raise single(str(file), "there is such a file already, and it is left alone", allowed="another name") from error
    except OSError as error:
        raise single(str(file), f"cannot be written: {error.strerror}") from error
    finally:
        Path(beside).unlink(missing_ok=True)


# ---------------------------------------------------------------- the text


def draft(name: str, answers: Answers, words: Language) -> str:
    """Return the text of a scenario, with comments in a language and titles in both.

    Raises:
        ScenarioError: the answers cannot be written.
    """
    check(answers)
    members = _members(answers)
    parts = [
        _opening(name, answers, words),
        _heading(words.text("draft.organisations")),
        *_organisations(members, answers, words),
        _heading(words.text("draft.neighbourhoods")),
        *_neighbourhoods(answers, words),
        _heading(words.text("draft.collaboration")),
        _collaboration(name, members, answers, words),
        *_relations(members, answers, words),
        _heading(words.text("draft.more")),
        _more(words),
    ]
    return "\n\n".join(parts) + "\n"


def _members(answers: Answers) -> list[tuple[str, str, int]]:
    """Return id, kind and number (0: the only one of its kind) of every partner; the lead comes first."""
    kinds = [answers.kinds[place % len(answers.kinds)] for place in range(answers.partners)]
    times, seen = Counter(kinds), Counter[str]()
    members = []
    for kind in kinds:
        seen[kind] += 1
        number = seen[kind] if times[kind] > 1 else 0
        members.append((f"{kind}_{number}" if number else kind, kind, number))
    # A corporation leads if there is one: it can own and commission [V §3.2, §5.7].
    lead = next((place for place, each in enumerate(members) if each[1] == "housing_corporation"), 0)
    return [members[lead], *members[:lead], *members[lead + 1 :]]


def _opening(name: str, answers: Answers, words: Language) -> str:
    title, description = {}, {}
    for code in LANGUAGES:
        each = language(code)
        count = each.counted(answers.partners)
        form = each.text(f"form.{known_form(answers.framework)}")
        called = answers.title or capital(each.text("draft.title", count=count, framework=form))
        title[code] = called
        description[code] = each.text("draft.description", count=count)
    lines = [
        f"# {title[words.code]}",
        "#",
        *comment(words.text("draft.opening")),
        "#",
        *comment(words.text("draft.marks")),
    ]
    lines += [
        "",
        "schema = 1",
        f"name = {quoted(name)}",
        f"title = {both(title)}",
        f"description = {both(description)}",
        _noted(f"months = {answers.months}", words.text("draft.months")),
        _noted(f"start = {quoted(answers.start)}", words.text("draft.start")),
    ]
    return "\n".join(lines)


def known_form(framework: str) -> str:
    """Return a framework's id if there are words for it, else what stands for any other."""
    known = ("building", "building_covenant", "client_contractor", "covenant", "informal", "project_organisation")
    return framework if framework in known else "other"


def _organisations(members: Sequence[tuple[str, str, int]], answers: Answers, words: Language) -> Iterator[str]:
    graded = answers.grade("tendered")
    explained: set[str] = set()
    for identity, kind, number in members:
        title = {code: _title(language(code), kind, number) for code in LANGUAGES}
        lines = [
            "[[organisations]]",
            f"id = {quoted(identity)}",
            f"title = {both(title)}",
            _noted(f"kind = {quoted(kind)}", words.text("draft.kind") if not explained else ""),
        ]
        said = {}
        if graded != "usual" and kind in ("welfare", "care"):
            said["tendered_share"] = _value("tendered", ("tendered", "tendered_share"), graded)
        if kind not in explained:
            for name in OWN_FIGURES:
                usual = ORGANISATION[name].default_for(kind)
                line = f"{name} = {said[name]:g}" if name in said else f"# {name} = {usual:g}"
                lines.append(_noted(line, words.text(f"draft.{name}")))
        else:
            lines += [f"{name} = {value:g}" for name, value in said.items()]
            lines.append(_noted("# …", words.text("draft.as_first", kind=words.text(f"draft.one_{kind}"))))
        explained.add(kind)
        yield "\n".join(lines)


def _title(words: Language, kind: str, number: int) -> str:
    one = words.text(f"draft.one_{kind}")
    return capital(f"{one} {number}" if number else one)


def _neighbourhoods(answers: Answers, words: Language) -> Iterator[str]:
    for number in range(1, answers.neighbourhoods + 1):
        title = {code: language(code).text("draft.neighbourhood", number=number) for code in LANGUAGES}
        yield "\n".join(
            [
                "[[neighbourhoods]]",
                f"id = {quoted(f'neighbourhood_{number}')}",
                f"title = {both(title)}",
                _noted("# cases_per_month = 12", words.text("draft.cases_per_month")),
                _noted("# entanglement = 0.4", words.text("draft.entanglement")),
                _noted("# organisations_needed = 2.5", words.text("draft.organisations_needed")),
            ]
        )


def _collaboration(name: str, members: Sequence[tuple[str, str, int]], answers: Answers, words: Language) -> str:
    title = {code: answers.title or language(code).text("draft.together") for code in LANGUAGES}
    places = ", ".join(quoted(f"neighbourhood_{number}") for number in range(1, answers.neighbourhoods + 1))
    frameworks = ", ".join(packaged.shipped("frameworks"))
    lines = [
        "[[collaborations]]",
        f"id = {quoted(name)}",
        f"title = {both(title)}",
        _noted(f"framework = {quoted(answers.framework)}", words.text("draft.framework", frameworks=frameworks)),
        f"neighbourhoods = [{places}]",
        *_answered("collaboration", answers, words),
        "partners = [",
    ]
    for place, (identity, _, _) in enumerate(members):
        role = "lead" if place == 0 else "core" if place < 4 else "partner"
        note = words.text(f"draft.role_{role}") if place in (0, 1, 4) else ""
        lines.append(_noted(f"    {{ organisation = {quoted(identity)}, role = {quoted(role)} }},", note))
    lines += ["]", "", _noted("[collaborations.structure]", words.text("draft.structure"))]
    lines += _answered("structure", answers, words)
    return "\n".join(lines)


def _answered(table: str, answers: Answers, words: Language) -> Iterator[str]:
    """Give the lines of the questions that are about a table: the question, and what the answer sets."""
    for question in QUESTIONS:
        names = [at for at in question.values if at[0] == table]
        if not names:
            continue
        grade = answers.grade(question.name)
        yield f"# {words.text(f'question.{question.name}')} {words.text(f'draft.answer_{grade}')}"
        for at in names:
            if grade == "usual":
                low, middle, high = question.values[at]
                yield _noted(f"# {at[1]} = {middle:g}", words.text("draft.left_out", low=f"{low:g}", high=f"{high:g}"))
            else:
                yield f"{at[1]} = {_value(question.name, at, grade):g}"


def _relations(members: Sequence[tuple[str, str, int]], answers: Answers, words: Language) -> Iterator[str]:
    grade = answers.grade("history")
    said = f"# {words.text('question.history')} {words.text(f'draft.answer_{grade}')}"
    if grade == "usual":
        example = [
            "# [[relations]]", f'# between = ["{members[0][0]}", "{members[1][0]}"]',
            _noted('# level = "board"', words.text("draft.level")), "# familiarity = 0.3", "# trust = 0.5",
        ]  # fmt: skip
        yield "\n".join([_heading(words.text("draft.relations")), said, *example])
        return
    yield "\n".join([_heading(words.text("draft.relations")), said, *comment(words.text("draft.with_lead"))])
    for identity, _, _ in members[1:]:
        values = [
            f"{at[1]} = {_value('history', at, grade):g}"
            for at in next(each for each in QUESTIONS if each.name == "history").values
        ]
        yield "\n".join(["[[relations]]", f"between = [{quoted(members[0][0])}, {quoted(identity)}]", *values])


def _more(words: Language) -> str:
    return "\n".join(
        [
            *comment(words.text("draft.interventions")),
            "# [[interventions]]",
            _noted('# use = "middle_meetings"', words.text("draft.shelf")),
            _noted("# month = 25", words.text("draft.month")),
        ]
    )


def _value(question: str, at: tuple[str, str], grade: str) -> float:
    found = next(each for each in QUESTIONS if each.name == question)
    return found.values[at][GRADES.index(grade) - 1]


_COLUMN = 34


def _noted(line: str, note: str) -> str:
    return f"{line:<{_COLUMN - 1}} # {note}" if note else line


def comment(text: str, width: int = 118) -> list[str]:
    """Return a text as lines of comment."""
    lines, line = [], "#"
    for word in text.split():
        if len(line) + 1 + len(word) > width:
            lines.append(line)
            line = "#"
        line += f" {word}"
    return [*lines, line]


def _heading(text: str) -> str:
    return f"# {'-' * 64} {text}"


def quoted(text: str) -> str:
    """Return a text as a string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'


def both(texts: Mapping[str, str]) -> str:
    """Return texts by language as an inline table."""
    return "{ " + ", ".join(f"{code} = {quoted(text)}" for code, text in texts.items()) + " }"
