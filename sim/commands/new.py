"""The command ``new``: a commented scenario from a few answers, or a made-up region."""

# ruff: noqa: PLC0415

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from sim.drafting import GRADES, NEIGHBOURHOODS_MOST, QUESTIONS, known_form
from sim.inputs import ORGANISATION_KINDS
from sim.language import Language, language
from sim.packaged import shipped
from sim.paths import MONTHS
from sim.reading import PARTNERS_MOST, START
from sim.terminal import DONE, lang_option, say

if TYPE_CHECKING:
    from sim.drafting import Answers

_WIDTH = 100
_HELP = {
    "history": "How well partners know and trust each other.",
    "practice": "How much people on the floor work together already.",
    "paper": "How much has been put on paper.",
    "ambition": "How much partners hope for.",
    "tendered": "How much of welfare and care is tendered.",
    "goals": "How concrete the goals are.",
    "culture": "Whether differences in culture are spoken about.",
    "teams": "Teams from several partners, with a mandate.",
    "backing": "Whether boards back such teams.",
    "stakeholders": "How far stakeholders are involved and heard.",
    "appraisal": "Whether collaborating counts in appraisal.",
}


def _kinds(value: str) -> tuple[str, ...]:
    """Return kinds of organisations, with commas between them."""
    kinds = tuple(each for each in re.split(r"[,\s]+", value) if each)
    wrong = [each for each in kinds if each not in ORGANISATION_KINDS]
    if wrong or not kinds:
        said = ", ".join(wrong) or "nothing"
        raise click.BadParameter(f"{said} is not one of {', '.join(ORGANISATION_KINDS)}.")
    return kinds


def _month(value: str) -> str:
    """Return a year and month."""
    if not START.fullmatch(value):
        raise click.BadParameter(f"{value} is not a year and month, as in 2025-01.")
    return value


_FIXED: dict[str, tuple[Any, str]] = {  # question: what may be answered, and its help
    "title": (str, "What the collaboration is called."),
    "partners": (click.IntRange(2, PARTNERS_MOST), "How many organisations take part."),
    "kinds": (_kinds, "Kinds of organisations in order, taken in turn if there are fewer than partners."),
    "framework": (click.Choice(shipped("frameworks")), "The form of the collaboration."),
    "neighbourhoods": (click.IntRange(1, NEIGHBOURHOODS_MOST), "How many neighbourhoods it is about."),
    "start": (_month, "Month 1."),
    "months": (click.IntRange(int(MONTHS.least), int(MONTHS.most)), "How long it is followed."),
}


def _questions(command: Callable[..., int]) -> Callable[..., int]:
    """Add an option for every question."""
    for question in reversed(QUESTIONS):
        command = click.option(f"--{question.name}", type=click.Choice(GRADES), help=_HELP[question.name])(command)
    for name, (kind, words) in reversed(_FIXED.items()):
        metavar = {"kinds": "KIND,…", "start": "YYYY-MM"}.get(name)
        command = click.option(f"--{name}", type=kind, help=words, metavar=metavar)(command)
    return command


@click.command()
@click.argument("name")
@_questions
@click.option("--region", metavar="N", type=int, help="Write a made-up region of N organisations instead.")
@click.option("--seed", metavar="N", type=click.IntRange(0), default=1, show_default=True, help="Which made-up region.")
@lang_option
def new(name: str, region: int | None, seed: int, lang: str, **given: Any) -> int:
    """Write a scenario to start from.

    NAME becomes the file NAME.toml here, or in the folder named along. In a terminal, what is not given as an option is
    asked; elsewhere it has its default. The questions are a choice from the guide's (docs/questions.md). Nothing is
    overwritten. With --region, a made-up region of any size comes out, the same for the same name and seed.
    """
    from sim.drafting import draft, place_of, save_new
    from sim.problems import single
    from sim.scenario import loads

    words = language(lang)
    identity, file = place_of(name)
    if file.exists():
        raise single(str(file), "there is such a file already, and it is left alone", allowed="another name")
    answered = {each: value for each, value in given.items() if value is not None}
    if region is not None:
        if answered:
            raise click.UsageError(f"--region goes with --seed only, not with --{next(iter(answered))}")
        from sim.region import Region

        made = Region(identity, region, seed)
        save_new(file, made.text(words))
        sizes = {"organisations": words.number(region), "collaborations": words.number(len(made.collaborations))}
        say(words.text("new.region", file=file, **sizes))
        return DONE
    if at_a_terminal():
        answered = _ask(answered, words)
    text = draft(identity, _answers(answered), words)
    loads(text, str(file))  # an answer that cannot be, as a title without end, is refused here
    save_new(file, text)
    say(words.text("new.written", file=file))
    return DONE


def at_a_terminal() -> bool:
    """Say whether there is somebody to ask."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _answers(given: dict[str, Any]) -> Answers:
    from sim.drafting import Answers

    fixed = {name: value for name, value in given.items() if name in _FIXED}
    if "kinds" in fixed and "partners" not in fixed:
        fixed["partners"] = max(2, len(fixed["kinds"]))
    return Answers(**fixed, grades={name: value for name, value in given.items() if name not in _FIXED})


def _ask(given: dict[str, Any], words: Language) -> dict[str, Any]:
    """Ask what was not given; what is answered with the default counts as given too."""
    say("\n".join(textwrap.wrap(words.text("new.intro"), _WIDTH)))
    say()
    grades = {grade: words.text(f"grade.{grade}") for grade in GRADES}
    kinds = {kind: words.text(f"short.{kind}") for kind in ORGANISATION_KINDS}
    forms = ", ".join(f"{name} ({words.text(f'form.{known_form(name)}')})" for name in shipped("frameworks"))
    answered = dict(given)
    for name, (kind, _) in _FIXED.items():
        if name in answered:
            continue
        asked, usual = words.text(f"question.{name}"), getattr(_answers(answered), name)
        if name == "title":
            answered[name] = click.prompt(asked, default="", show_default=False, prompt_suffix=" ")
        elif name == "kinds":
            own = ", ".join(kinds[each] for each in usual[: _answers(answered).partners])
            asked = f"{asked} ({', '.join(kinds.values())})"
            answered[name] = click.prompt(asked, default=own, value_proc=lambda text: _in_words(text, kinds, words))
        elif name == "framework":
            answered[name] = click.prompt(f"{asked} {forms}", default=usual, type=kind, show_choices=False)
        else:
            answered[name] = click.prompt(asked, default=usual, type=kind)
    for question in QUESTIONS:
        if question.name not in answered:
            asked = f"{words.text(f'question.{question.name}')} ({', '.join(grades.values())})"
            found = click.prompt(asked, default=grades["usual"], value_proc=lambda text: _in_words(text, grades, words))
            answered[question.name] = found[0]
    return answered


def _in_words(text: str, allowed: Mapping[str, str], words: Language) -> tuple[str, ...]:
    """Return what was answered in the words of the language, or as an option would have it."""
    by_word = {word: name for name, word in allowed.items()} | {name: name for name in allowed}
    found = [each.lower() for each in re.split(r"[,\s]+", text) if each]
    wrong = [each for each in found if each not in by_word]
    if wrong or not found:
        raise click.UsageError(words.text("new.one_of", given=", ".join(wrong), allowed=", ".join(allowed.values())))
    return tuple(by_word[each] for each in found)
