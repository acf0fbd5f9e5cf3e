"""The figures of a comparison, made to be looked at: the same scales side by side, legible in grey and without colour.

Every figure is drawn twice, wide for a screen or a page and narrow for a phone. Levels, ends and payers differ in
colour and in dash or hatching; phases run from light to dark. Shares are shown as so many of 100 runs. No number is
computed here that the comparison does not hold: it is only rounded, added to what stands beside it, or laid on a scale.
"""

from __future__ import annotations

import io
import math
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from sim.comparison import Arm, Comparison
from sim.language import Language, capital
from sim.outcomes import OUTCOMES
from sim.structure import LEVELS

if TYPE_CHECKING:
    import pandas as pd

WIDE, NARROW = 7.2, 3.6  # inches: a column of text on a screen or on A4, and a phone
INK, MUTED, GRID = "#1b2530", "#56616d", "#d5dbe1"
PHASE_COLOURS: Final = ("#f1f3f5", "#d3e3f0", "#a3c8e3", "#5aa2ce", "#1f6ea8", "#0b3c68")
_ORANGE, _GREEN = "#d55e00", "#58b99d"
_LEVEL_STYLES: Final = {
    "board": (PHASE_COLOURS[5], "-", ""),
    "middle": (_ORANGE, (0, (5, 1.6)), "///"),
    "operational": (_GREEN, (0, (1.4, 1.2)), ".."),
}
_END_STYLES: Final = {
    "practice": (PHASE_COLOURS[4], "-"),
    "advance": (PHASE_COLOURS[4], "-"),
    "relapse": (_ORANGE, (0, (5, 1.6))),
    "dissolved": (INK, (0, (1.4, 1.2))),
}
_STALL_STYLES: Final = {
    "sham": (_ORANGE, "-"),
    "shared_address": (INK, (0, (1.4, 1.2))),
    "partial": (PHASE_COLOURS[4], (0, (5, 1.6))),
    "negotiating": ("#b06a9b", (0, (5, 1.4, 1.2, 1.4))),
    "uncontracted": (_GREEN, (0, (2.6, 1.3))),
}
_PAYER_STYLES: Final = {
    "housing_corporation": (PHASE_COLOURS[5], ""),
    "welfare": (_ORANGE, "///"),
    "care": ("#b06a9b", "xx"),
    "municipality": (PHASE_COLOURS[3], "\\\\\\"),
    "other": ("#c9ced4", ".."),
    "hours": ("#f3e3b3", ""),
}
QUESTIONS: Final = {
    "to_practice": ("practice", "dissolved"),
    "to_structuring": ("advance", "relapse", "dissolved"),
    "in_stall": ("advance", "relapse", "dissolved"),
}
# What a comparison of forms is about first, in the order in which it is shown.
HEADLINES: Final = (
    "reached_3", "practice_maturity", "highest_phase", "stalled", "months_sham", "joint_case_share", "case_outcome",
    "satisfaction_board", "satisfaction_middle", "satisfaction_operational", "cost_keur", "hours",
)  # fmt: skip
PAIRS_MOST = 6
_BINDINGS_MOST = 7
_BEYOND = 10.0  # times the smallest difference worth naming: what lies further is drawn at the edge
_DOTS_MOST = 200  # runs drawn one by one: more would hide each other
_SEEN = 0.02  # a state or a payer below this share is not worth a line
BETTER: Final = {**{outcome.name: outcome.better for outcome in OUTCOMES}, "reached_3": 1, "stalled": -1}


@dataclass(frozen=True)
class Drawn:
    """A figure in both widths as SVG, wide as PNG, with its title and a description in words."""

    name: str
    title: str
    description: str
    wide: str
    narrow: str
    png: bytes

    def inline(self, shape: str) -> str:
        """Return the wide or the narrow figure for use within HTML: without namespaces, its letters told elsewhere."""
        svg = self.wide if shape == "wide" else self.narrow
        svg = re.sub(r'(href="#)[\w-]+?-(DejaVu)', r"\1\2", _LETTER.sub("", svg))
        return re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg)


_LETTER: Final = re.compile(r'<path id="[\w-]+?-(DejaVu[^"]*)"( d="[^"]*")?( transform="[^"]*")?/>\s*')


def glyphs(figures: Iterable[Drawn]) -> str:
    """Return the letters of all figures, once each, for a place in the page that all can refer to."""
    found: dict[str, str] = {}
    for figure in figures:
        for svg in (figure.wide, figure.narrow):
            for letter in _LETTER.finditer(svg):
                found[letter[1]] = f'<path id="{letter[1]}"{letter[2] or ""}{letter[3] or ""}/>'
    return "".join(found[name] for name in sorted(found))


def hundred(shares: Sequence[float]) -> list[int]:
    """Return shares that add up to one as whole numbers that add up to a hundred (largest remainder)."""
    exact = [100.0 * share for share in shares]
    whole = [math.floor(each) for each in exact]
    rest = round(sum(exact)) - sum(whole)
    for place in sorted(range(len(exact)), key=lambda place: (whole[place] - exact[place], place))[:rest]:
        whole[place] += 1
    return whole


def at_end(frame: pd.DataFrame, arm: str, what: str) -> dict[str, float]:
    """Return the shares of an arm in the last month, by what they are shares of."""
    own = frame[frame["arm"] == arm]
    last = own[own["month"] == own["month"].max()]
    return dict(zip(last[what].astype(str), last["share"].astype(float), strict=True))


STANDINGS: Final = ("deep", "working", "apart", "over")


def standing(comparison: Comparison, arm: str) -> dict[str, int]:
    """Return of 100 runs how many stand where at the end: deep (phases 4 and 5), working (3), apart (0 to 2), over."""
    shares = at_end(comparison.phase_shares, arm, "state")
    phases = [shares.get(f"phase_{number}", 0.0) for number in range(6)]
    parts = (phases[4] + phases[5], phases[3], sum(phases[:3]), shares.get("dissolved", 0.0))
    return dict(zip(STANDINGS, hundred(parts), strict=True))


def pairs(comparison: Comparison) -> list[tuple[str, str]]:
    """Return the pairs of arms that have been compared; of very many, those with the first arm."""
    found = list(dict.fromkeys(zip(comparison.differences["a"], comparison.differences["b"], strict=True)))
    if len(found) > PAIRS_MOST:
        found = [pair for pair in found if comparison.arms[0].key in pair]
    return found[: 2 * PAIRS_MOST]


# ---------------------------------------------------------------- drawing


@dataclass(frozen=True)
class _Sheet:
    """What is to be drawn on: a language, the arms, and how many panels fit side by side."""

    comparison: Comparison
    words: Language
    narrow: bool

    @property
    def width(self) -> float:
        return NARROW if self.narrow else WIDE

    @property
    def arms(self) -> tuple[Arm, ...]:
        return self.comparison.arms

    def text(self, key: str, **values: object) -> str:
        return self.words.text(f"figures.{key}", **values)

    def columns(self, panels: int) -> int:
        return 1 if self.narrow else min(3, panels) if panels != 4 else 2

    def label(self, arm: Arm, columns: int = 0, beside: float = 0.0) -> str:
        """Return the label of an arm on lines that fit its panel; ``beside``: inches for what stands left of all."""
        room = (self.width - beside) / (columns or self.columns(len(self.arms)))
        return _fold(arm.label[self.words.code], room * 11.0)

    def panels(self, count: int, height: float, **more: Any) -> tuple[Any, list[Any]]:
        """Return a figure with so many panels of a height, and the panels; those that are not needed are taken out."""
        from matplotlib.figure import Figure as Canvas  # noqa: PLC0415

        columns = self.columns(count)
        rows = -(-count // columns)
        figure = Canvas(figsize=(self.width, rows * height + 0.55), layout="constrained")
        axes = list(figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True, **more).flat)
        for spare in axes[count:]:
            spare.remove()
        for place, axis in enumerate(axes[:count]):
            if place + columns >= count:
                axis.xaxis.set_tick_params(labelbottom=True)
        return figure, axes[:count]

    def years(self, axis: Any, months: int, *, said: bool, key: str = "years") -> None:
        """Mark months as years."""
        from matplotlib.ticker import FuncFormatter, MultipleLocator  # noqa: PLC0415

        step = 3 if months <= 18 else 12 if months <= 60 else 24 if months <= 144 else 60
        axis.set_xlim(0, months)
        axis.xaxis.set_major_locator(MultipleLocator(step))
        digits = 2 if step < 12 else 0
        axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: self.words.number(value / 12, digits)))
        if said:
            axis.set_xlabel(self.text(key))

    def numbers(self, axis: Any, digits: int) -> None:
        from matplotlib.ticker import FuncFormatter  # noqa: PLC0415

        axis.set_major_formatter(FuncFormatter(lambda value, _: self.words.number(value, digits).replace("-", "−")))

    def edge(self, place: int, count: int) -> tuple[bool, bool]:
        """Say whether a panel is the first of its row, and the last of its column."""
        columns = self.columns(count)
        return place % columns == 0, place + columns >= count


def _fold(text: str, most: float) -> str:
    return "\n".join(textwrap.wrap(text, max(8, int(most)), max_lines=3, placeholder=" …"))


def _plain(text: str) -> str:
    """Return a text in which nothing is read as a formula."""
    return text.replace("$", r"\$")


def _title(axis: Any, text: str) -> None:
    axis.set_title(_plain(text), loc="left")


def _legend(figure: Any, handles: Sequence[Any], labels: Sequence[str], columns: int) -> None:
    room = figure.get_size_inches()[0] * 12.0 - 8
    said = [_plain("\n".join(textwrap.wrap(each, int(room)))) for each in labels]
    figure.legend(list(handles), said, loc="outside lower left", ncols=columns, frameon=False)


def _columns_for(labels: Iterable[str], width: float) -> int:
    """Return how many columns a legend can have."""
    longest = max(len(label) for label in labels)
    return max(1, int(width / (0.42 + 0.075 * longest)))


def _draw_hundred(sheet: _Sheet) -> Any:
    """A hundred dots for each arm: where runs stand at the end."""
    figure, axes = sheet.panels(len(sheet.arms), 1.85 if sheet.narrow else 2.6)
    looks = {
        "deep": {"marker": "o", "color": PHASE_COLOURS[5]},
        "working": {"marker": "o", "color": PHASE_COLOURS[3]},
        "apart": {"marker": "o", "color": MUTED, "markerfacecolor": "white"},
        "over": {"marker": "x", "color": INK},
    }
    same: dict[str, Any] = {
        "linestyle": "",
        "markersize": 6.0 if sheet.narrow else 6.6,
        "markeredgewidth": 1.1,
        "clip_on": False,
    }
    for axis, arm in zip(axes, sheet.arms, strict=True):
        counts = standing(sheet.comparison, arm.key)
        kinds = [kind for kind in STANDINGS for _ in range(counts[kind])]
        for kind in STANDINGS:
            where = [place for place, each in enumerate(kinds) if each == kind]
            dots = [[place % 10 for place in where], [9 - place // 10 for place in where]]
            axis.plot(*dots, **same, **looks[kind])
        for row, kind in enumerate(STANDINGS):
            x, y = (10.6, 8.2 - 1.5 * row) if sheet.narrow else (0.0, -1.7 - 1.25 * row)
            axis.plot([x], [y], **same, **looks[kind])
            axis.text(x + 2.1, y, sheet.words.number(counts[kind]), ha="right", va="center", weight="bold")
            axis.text(x + 2.5, y, sheet.text(f"standing.{kind}"), va="center")
        _title(axis, sheet.label(arm))
        xlim, ylim = ((-0.7, 22.0), (-0.7, 9.7)) if sheet.narrow else ((-0.7, 12.4), (-6.2, 9.7))
        axis.set(xlim=xlim, ylim=ylim, aspect="equal", anchor="NW")
        axis.axis("off")
    return figure


def _draw_phases(sheet: _Sheet) -> Any:
    """Shares of phases over time, stacked; a panel for each arm."""
    figure, axes = sheet.panels(len(sheet.arms), 2.35)
    states = [*(f"phase_{number}" for number in range(6)), "dissolved"]
    # The most advanced lies at the bottom, where its size is read best; what is over lies on top.
    order = [*reversed(states[:6]), "dissolved"]
    handles: dict[str, Any] = {}
    for place, (axis, arm) in enumerate(zip(axes, sheet.arms, strict=True)):
        own = sheet.comparison.phase_shares
        table = own[own["arm"] == arm.key].pivot_table(index="month", columns="state", values="share", observed=False)
        months = table.index.to_numpy()
        parts = [100.0 * (table[state].to_numpy() if state in table else 0.0 * months) for state in order]
        layers = axis.stackplot(months, parts, linewidth=0.4, edgecolor="white")
        for state, layer in zip(order, layers, strict=True):
            over = state == "dissolved"
            layer.set_facecolor("white" if over else PHASE_COLOURS[int(state[-1])])
            layer.set_edgecolor(MUTED if over else "white")
            layer.set_hatch("///" if over else None)
            handles[state] = layer
        first, last = sheet.edge(place, len(axes))
        axis.set_ylim(0, 100)
        sheet.years(axis, int(months.max()), said=last)
        if first:
            axis.set_ylabel(sheet.text("of_hundred"))
        _title(axis, sheet.label(arm))
    labels = [
        sheet.words.text("state.dissolved")
        if state == "dissolved"
        else sheet.text("phase", number=state[-1], phase=sheet.words.text(f"phase.{state[-1]}"))
        for state in states
    ]
    columns = _columns_for(labels, sheet.width)
    _legend(figure, [handles[state] for state in states], [capital(label) for label in labels], columns)
    return figure


def _line_handle(colour: str, dash: Any) -> Any:
    from matplotlib.lines import Line2D  # noqa: PLC0415

    return Line2D([], [], color=colour, linestyle=dash, linewidth=1.9)


def _draw_ends(sheet: _Sheet) -> Any:
    """Cumulative incidence of competing ends: a row for each question, a column for each arm."""
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415

    frame = sheet.comparison.incidence
    arms = sheet.arms
    # A phone shows one question after the other; many arms go on in further rows.
    columns = 1 if sheet.narrow else min(3, len(arms))
    per_question = -(-len(arms) // columns)
    rows = per_question * len(QUESTIONS)
    height = 1.62 if sheet.narrow else 1.72
    figure = Canvas(figsize=(sheet.width, rows * height + 0.6), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    months = int(frame["month"].max())
    for number, (question, ends) in enumerate(QUESTIONS.items()):
        for place in range(per_question * columns):
            row, column = number * per_question + place // columns, place % columns
            axis = axes[row][column]
            if place >= len(arms):
                axis.axis("off")
                continue
            own = frame[(frame["arm"] == arms[place].key) & (frame["question"] == question)]
            _ends_of(axis, own, ends)
            begun = int(own["at_risk"].max()) if len(own) else 0
            said = sheet.text("began", arm=arms[place].label[sheet.words.code], count=sheet.words.number(begun))
            said = _fold(said, sheet.width / columns * 12.0)
            axis.set_title(_plain(said), loc="left", weight="normal", size=8.5)
            if place == 0:
                above = 5 + 11.5 * (1 + said.count("\n"))
                axis.annotate(
                    sheet.text(f"question.{question}"), (0, 1), (0, above), xycoords="axes fraction",
                    textcoords="offset points", weight="bold", size=9,
                )  # fmt: skip
            axis.set_ylim(0, 100)
            sheet.years(axis, months, said=row == rows - 1, key="years_since")
            if column == 0 and place // columns == 0:
                axis.set_ylabel(sheet.text("of_hundred"))
    shown = list(dict.fromkeys(end for ends in QUESTIONS.values() for end in ends))
    labels = [capital(sheet.text(f"end.{end}")) for end in shown]
    _legend(figure, [_line_handle(*_END_STYLES[end]) for end in shown], labels, _columns_for(labels, sheet.width))
    return figure


def _ends_of(axis: Any, own: pd.DataFrame, ends: Sequence[str]) -> None:
    for end in ends:
        line = own[own["end"] == end].sort_values("month")
        if line.empty:
            continue
        colour, dash = _END_STYLES[end]
        kept = _bends(line[["share", "low", "high"]].to_numpy())
        month = [0, *line["month"].iloc[kept]]
        low, high, share = ([0.0, *(100.0 * line[name].iloc[kept])] for name in ("low", "high", "share"))
        axis.fill_between(month, low, high, step="post", color=colour, alpha=0.16, linewidth=0)
        axis.step(month, share, where="post", color=colour, linestyle=dash, linewidth=1.7)


def _bends(values: Any) -> list[int]:
    """Return the rows in which a step line moves, and the last: what lies between cannot be seen."""
    kept = [0]
    for row in range(1, len(values)):
        if abs(values[row] - values[kept[-1]]).max() > 0.003 or row == len(values) - 1:
            kept.append(row)
    return kept


def _draw_stalls(sheet: _Sheet) -> Any:
    """Shares that are stuck, by how; a panel for each arm."""
    frame = sheet.comparison.stall_shares
    most = frame.groupby("state", observed=True)["share"].max()
    shown = [state for state in _STALL_STYLES if most.get(state, 0.0) >= _SEEN]
    figure, axes = sheet.panels(len(sheet.arms), 2.0)
    top = 100.0 * max([0.1, *most])
    for place, (axis, arm) in enumerate(zip(axes, sheet.arms, strict=True)):
        own = frame[frame["arm"] == arm.key]
        for state in shown:
            line = own[own["state"] == state].sort_values("month")
            colour, dash = _STALL_STYLES[state]
            axis.plot(line["month"], 100.0 * line["share"], color=colour, linestyle=dash, linewidth=1.8)
        first, last = sheet.edge(place, len(axes))
        axis.set_ylim(0, 1.06 * top)
        sheet.years(axis, int(own["month"].max()), said=last)
        if first:
            axis.set_ylabel(sheet.text("of_hundred"))
        _title(axis, sheet.label(arm))
    labels = [capital(sheet.text(f"stall.{state}")) for state in shown]
    if labels:
        handles = [_line_handle(*_STALL_STYLES[state]) for state in shown]
        _legend(figure, handles, labels, _columns_for(labels, sheet.width))
    return figure


def _draw_binding(sheet: _Sheet) -> Any:
    """What was binding, and at which level: the same rows for every arm."""
    from matplotlib.patches import Patch  # noqa: PLC0415

    frame = sheet.comparison.binding
    most = frame.groupby(["binding", "level"], observed=True)["share"].max().sort_values(ascending=False, kind="stable")
    rows = [(str(what), str(level)) for what, level in most.index[:_BINDINGS_MOST]]
    figure, axes = sheet.panels(len(sheet.arms), 0.5 + 0.3 * max(3, len(rows)))
    names = [_fold(sheet.text(f"binding.{what}"), 26 if sheet.narrow else 30) for what, _ in rows]
    for place, (axis, arm) in enumerate(zip(axes, sheet.arms, strict=True)):
        own = frame[frame["arm"] == arm.key]
        shares = {(str(row["binding"]), str(row["level"])): 100.0 * row["share"] for row in own.to_dict("records")}
        for row, key in enumerate(rows):
            colour, _, hatch = _LEVEL_STYLES[key[1]]
            size = shares.get(key, 0.0)
            axis.barh(row, size, height=0.66, color=colour, hatch=hatch, edgecolor="white", linewidth=0)
            axis.text(size + 1.2, row, sheet.words.number(size), va="center", size=8)
        first, last = sheet.edge(place, len(axes))
        axis.set_yticks(range(len(rows)), names, size=8)
        axis.tick_params(axis="y", length=0)
        axis.set_ylim(len(rows) - 0.4, -0.6)
        axis.set_xlim(0, 1.18 * 100.0 * float(most.max()) if len(most) else 100)
        axis.grid(axis="y", visible=False)
        sheet.numbers(axis.xaxis, 0)
        if last:
            axis.set_xlabel(sheet.text("binding_months"))
        axis.spines["left"].set_visible(first)
        _title(axis, sheet.label(arm, beside=1.7))
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0)
        for colour, _, hatch in _LEVEL_STYLES.values()
    ]
    labels = [capital(sheet.text(f"level.{level}")) for level in LEVELS]
    _legend(figure, handles, labels, _columns_for(labels, sheet.width))
    return figure


def _draw_typical(sheet: _Sheet) -> Any:
    """One typical run of each arm: its phase, what level held it back, paper and practice."""
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415
    from matplotlib.patches import Patch  # noqa: PLC0415

    arms = [arm for arm in sheet.arms if arm.key in sheet.comparison.typical]
    figure = Canvas(figsize=(sheet.width, 1.75 * len(arms) + 1.0), layout="constrained")
    axes = figure.subplots(len(arms), 1, squeeze=False, sharex=True)[:, 0]
    for place, (axis, arm) in enumerate(zip(axes, arms, strict=True)):
        series = sheet.comparison.typical[arm.key].series.sort_values("month")
        months = len(series)
        _strips(sheet, axis, series)
        over = series["dissolved_month"].dropna()
        end = int(over.iloc[0]) if len(over) else months
        for name, colour, dash in (
            ("formal_maturity", MUTED, (0, (5, 1.6))),
            ("practice_maturity", PHASE_COLOURS[4], "-"),
        ):
            axis.plot(series["month"][:end], series[name][:end], color=colour, linestyle=dash, linewidth=1.8)
        for month, key in _marks(series):
            axis.axvline(month, color=INK, linewidth=0.7, linestyle=(0, (1, 2)), ymax=0.66)
            near = month > 0.72 * months
            axis.text(
                month, 1.0, f" {sheet.text(key)} ", size=7.5, ha="right" if near else "left", va="top",
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6},
            )  # fmt: skip
        axis.set_ylim(0, 1.56)
        axis.set_yticks([0, 0.5, 1.0, 1.2, 1.42])
        ticks = [sheet.words.number(each, 1) for each in (0, 0.5, 1)]
        axis.set_yticklabels([*ticks, sheet.text("strip.level"), sheet.text("strip.phase")])
        axis.grid(axis="y", visible=False)
        sheet.years(axis, months, said=place == len(arms) - 1)
        _title(axis, sheet.label(arm, 1))
    handles = [_line_handle(PHASE_COLOURS[4], "-"), _line_handle(MUTED, (0, (5, 1.6)))]
    labels = [sheet.text("practice_scale"), sheet.text("formal_scale")]
    for level, (colour, _, hatch) in _LEVEL_STYLES.items():
        handles.append(Patch(facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0))
        labels.append(sheet.text("held_at", level=sheet.words.text(f"place.{level}")))
    labels = [capital(label) for label in labels]
    _legend(figure, handles, labels, _columns_for(labels, sheet.width))
    return figure


def _strips(sheet: _Sheet, axis: Any, series: pd.DataFrame) -> None:
    """Draw the strip of the phase and that of the level that held it back, in stretches of equal months."""
    over = series["dissolved_month"].notna() & (series["dissolved_month"] <= series["month"])
    phases = [-1 if ended else int(phase) for phase, ended in zip(series["phase"], over, strict=True)]
    levels = series["binding_level"].astype(object).where(~over & series["binding_level"].notna(), "").tolist()
    for begin, end, phase in _stretches(phases):
        look = {"facecolor": "white", "hatch": "///", "edgecolor": MUTED} if phase < 0 else {}
        axis.broken_barh(
            [(begin, end - begin)],
            (1.33, 0.19),
            linewidth=0,
            **({"facecolor": PHASE_COLOURS[phase]} if phase >= 0 else look),
        )
        said = sheet.text("over") if phase < 0 else sheet.words.number(phase)
        if end - begin >= (9 if phase < 0 else 5) * (2 if sheet.narrow else 1):
            shade = "white" if phase >= 3 else INK
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8} if phase < 0 else None
            axis.text((begin + end) / 2, 1.42, said, ha="center", va="center_baseline", size=8, color=shade, bbox=box)
    for begin, end, level in _stretches(levels):
        if level in _LEVEL_STYLES:
            colour, _, hatch = _LEVEL_STYLES[level]
            axis.broken_barh(
                [(begin, end - begin)], (1.13, 0.13), facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0
            )


def _stretches(values: Sequence[Any]) -> Iterable[tuple[int, int, Any]]:
    begin = 0
    for place in range(1, len(values) + 1):
        if place == len(values) or values[place] != values[begin]:
            yield begin, place, values[begin]
            begin = place


def _marks(series: pd.DataFrame) -> list[tuple[int, str]]:
    """Return the months that are marked in a timeline, and what they are."""
    found = []
    for column, key in (("first_agreement_month", "mark.agreement"), ("dissolved_month", "mark.dissolved")):
        known = series[column].dropna()
        if len(known):
            found.append((int(known.iloc[0]), key))
    return found


def _draw_money(sheet: _Sheet) -> Any:
    """What it costs, by who pays, and the hours at their price."""
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415
    from matplotlib.patches import Patch  # noqa: PLC0415

    frame = sheet.comparison.costs
    totals = {arm.key: float(frame.loc[frame["arm"] == arm.key, "keur"].sum()) for arm in sheet.arms}
    most = max([1e-9, *totals.values()])
    shown = [who for who in _PAYER_STYLES if frame.loc[frame["who"] == who, "keur"].max() > 0.002 * most]
    figure = Canvas(figsize=(sheet.width, 0.58 * len(sheet.arms) + 1.35), layout="constrained")
    axis = figure.subplots()
    for row, arm in enumerate(sheet.arms):
        begin = 0.0
        for who in shown:
            amount = float(frame.loc[(frame["arm"] == arm.key) & (frame["who"] == who), "keur"].sum())
            colour, hatch = _PAYER_STYLES[who]
            axis.barh(row, amount, left=begin, height=0.6, color=colour, hatch=hatch, edgecolor="white", linewidth=0.6)
            begin += amount
        axis.text(begin + 0.012 * most, row, sheet.words.number(totals[arm.key]), va="center", weight="bold")
    names = [_plain(_fold(arm.label[sheet.words.code], 18 if sheet.narrow else 26)) for arm in sheet.arms]
    axis.set_yticks(range(len(sheet.arms)), names)
    axis.tick_params(axis="y", length=0)
    axis.set_ylim(len(sheet.arms) - 0.5, -0.5)
    axis.set_xlim(0, (1.2 if sheet.narrow else 1.12) * most)
    axis.grid(axis="y", visible=False)
    sheet.numbers(axis.xaxis, 0)
    axis.locator_params(axis="x", nbins=4 if sheet.narrow else 8)
    axis.set_xlabel(_fold(sheet.text("keur"), 28 if sheet.narrow else 90))
    handles = [
        Patch(facecolor=_PAYER_STYLES[who][0], hatch=_PAYER_STYLES[who][1], edgecolor="white", linewidth=0.6)
        for who in shown
    ]
    labels = [capital(sheet.text(f"payer.{who}")) for who in shown]
    _legend(figure, handles, labels, _columns_for(labels, sheet.width))
    return figure


def _draw_expectations(sheet: _Sheet) -> Any:
    """How far expectations are ahead of what people see, by level; a panel for each arm."""
    frame = sheet.comparison.series
    own = frame[frame["quantity"].isin([f"expectation_gap_{level}" for level in LEVELS])]
    figure, axes = sheet.panels(len(sheet.arms), 2.0)
    low, high = float(own["mean"].min()), float(own["mean"].max())
    room = 0.08 * max(0.05, high - min(0.0, low))
    for place, (axis, arm) in enumerate(zip(axes, sheet.arms, strict=True)):
        here = own[own["arm"] == arm.key]
        axis.axhline(0.0, color=MUTED, linewidth=0.9)
        for level in LEVELS:
            line = here[here["quantity"] == f"expectation_gap_{level}"].sort_values("month")
            colour, dash, _ = _LEVEL_STYLES[level]
            axis.plot(line["month"], line["mean"], color=colour, linestyle=dash, linewidth=1.9)
        first, last = sheet.edge(place, len(axes))
        axis.set_ylim(min(0.0, low) - room, high + room)
        sheet.numbers(axis.yaxis, 2)
        sheet.years(axis, int(here["month"].max()), said=last)
        if first:
            axis.set_ylabel(sheet.text("gap"))
        _title(axis, sheet.label(arm))
    labels = [capital(sheet.text(f"level.{level}")) for level in LEVELS]
    handles = [_line_handle(colour, dash) for colour, dash, _ in _LEVEL_STYLES.values()]
    _legend(figure, handles, labels, _columns_for(labels, sheet.width))
    return figure


def _draw_maturity(sheet: _Sheet) -> Any:
    """The plane of formal against practice maturity: a dot for each run at the end, and the road of the median."""
    figure, axes = sheet.panels(len(sheet.arms), 2.75 if not sheet.narrow else 3.1)
    runs, series = sheet.comparison.runs, sheet.comparison.series
    corners = {"both": (1.04, 1.07), "practice": (-0.04, 1.07), "sham": (1.04, -0.07), "neither": (-0.04, -0.07)}
    for place, (axis, arm) in enumerate(zip(axes, sheet.arms, strict=True)):
        own = runs[runs["arm"] == arm.key].head(_DOTS_MOST)
        over = own["dissolved_month"].notna()
        for where, look in (
            (~over, {"marker": "o", "color": PHASE_COLOURS[3]}),
            (over, {"marker": "x", "color": MUTED}),
        ):
            dots = own.loc[where, ["formal_maturity", "practice_maturity"]]
            axis.plot(*dots.to_numpy().T, linestyle="", markersize=3.6, markeredgewidth=0.7, alpha=0.55, **look)
        here = series[series["arm"] == arm.key].set_index(["quantity", "month"])["median"]
        formal, practice = (here[name].sort_index() for name in ("formal_maturity", "practice_maturity"))
        axis.plot(formal, practice, color=_ORANGE, linewidth=2.0)
        axis.plot(formal.iloc[-1], practice.iloc[-1], "s", color=_ORANGE, markersize=6, markeredgecolor="white")
        for corner, (x, y) in corners.items():
            sides = {"ha": "right" if x > 0.5 else "left", "va": "bottom" if y > 0.5 else "top"}
            axis.text(
                x, y, sheet.text(f"corner.{corner}"), **sides, size=7.5,
                weight="bold" if corner == "sham" else "normal", linespacing=1.05,
            )  # fmt: skip
        axis.plot([0, 1], [0.5, 0.5], color=GRID, linewidth=0.9, zorder=0.5)
        axis.plot([0.5, 0.5], [0, 1], color=GRID, linewidth=0.9, zorder=0.5)
        axis.set(xlim=(-0.05, 1.05), ylim=(-0.32, 1.32), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
        axis.add_patch(_frame())
        axis.grid(visible=False)
        sheet.numbers(axis.xaxis, 1)
        sheet.numbers(axis.yaxis, 1)
        first, last = sheet.edge(place, len(axes))
        if last:
            axis.set_xlabel(sheet.text("formal"))
        if first:
            axis.set_ylabel(sheet.text("practice"))
        _title(axis, sheet.label(arm))
    _maturity_legend(sheet, figure)
    return figure


def _frame() -> Any:
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    return Rectangle((0, 0), 1, 1, fill=False, edgecolor=GRID, linewidth=0.9, zorder=0.5)


def _maturity_legend(sheet: _Sheet, figure: Any) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415

    handles = [
        Line2D([], [], marker="o", linestyle="", color=PHASE_COLOURS[3], markersize=5),
        Line2D([], [], marker="x", linestyle="", color=MUTED, markersize=5),
        Line2D([], [], marker="s", color=_ORANGE, markersize=6, markeredgecolor="white", linewidth=2),
    ]
    shown = sheet.words.number(min(_DOTS_MOST, sheet.comparison.runs_per_arm))
    labels = [sheet.text("dot.going", count=shown), sheet.text("dot.over"), sheet.text("dot.median")]
    _legend(figure, handles, labels, _columns_for(labels, sheet.width))


def shown_outcomes(comparison: Comparison) -> list[str]:
    """Return the outcomes that are shown as differences, in their order."""
    there = set(comparison.differences.dropna(subset=["effect", "smallest_worth"])["outcome"])
    return [name for name in HEADLINES if name in there]


def _draw_differences(sheet: _Sheet) -> Any:
    """Paired differences with their intervals, in multiples of the smallest difference worth naming."""
    rows = shown_outcomes(sheet.comparison)
    drawn = pairs(sheet.comparison)[:PAIRS_MOST]
    labels = {arm.key: arm.label[sheet.words.code] for arm in sheet.arms}
    found = {(row["a"], row["b"], row["outcome"]): row for row in sheet.comparison.differences.to_dict("records")}
    figure, axes = sheet.panels(max(1, len(drawn)), 0.75 + (0.31 if sheet.narrow else 0.26) * max(3, len(rows)))
    names = [_fold(sheet.text(f"outcome.{name}"), 22 if sheet.narrow else 30) for name in rows]
    columns = sheet.columns(len(drawn))
    for place, (axis, pair) in enumerate(zip(axes, drawn, strict=False)):
        axis.axvspan(-1, 1, color="#e4e8ec", linewidth=0)
        axis.axvline(0, color=MUTED, linewidth=0.9)
        for row, name in enumerate(rows):
            if (*pair, name) in found:
                _difference(axis, row, found[(*pair, name)], BETTER[name])
        first, last = sheet.edge(place, len(drawn))
        axis.set_yticks(range(len(rows)), names, size=8)
        axis.tick_params(axis="y", length=0)
        axis.set_ylim(len(rows) - 0.4, -0.6)
        axis.set_xlim(-_BEYOND - 1, _BEYOND + 1)
        axis.set_xticks([-10, 0, 10], ["≤ −10", "0", "≥ 10"])
        axis.set_xticks([-5, 5], minor=True)
        axis.grid(axis="x", which="minor")
        axis.grid(axis="y", visible=False)
        axis.spines["left"].set_visible(first)
        room = (sheet.width - 1.7) / columns * 10.5
        one, other = (_fold(labels[key], room) for key in pair)
        for said, x, above in ((f"◄ {other}", 0, 6 + 11.5 * (1 + one.count("\n"))), (f"{one} ►", 1, 5)):
            axis.annotate(
                _plain(said), (x, 1), (0, above), xycoords="axes fraction", textcoords="offset points", size=8.5,
                weight="bold", ha="right" if x else "left", va="bottom", linespacing=1.05,
            )  # fmt: skip
        if last:
            axis.set_xlabel(_fold(sheet.text("worth"), sheet.width / columns * 11))
    from matplotlib.patches import Patch  # noqa: PLC0415

    explained = [sheet.text("zone"), sheet.text("arrows")]
    handles = [Patch(facecolor="#e4e8ec"), _line_handle(PHASE_COLOURS[4], "-")]
    _legend(figure, handles, explained, _columns_for(explained, sheet.width))
    return figure


def _difference(axis: Any, row: int, found: Any, better: int) -> None:
    """Draw one difference: better for the first of the pair is to the right."""
    effect, low, high = (
        max(-_BEYOND, min(_BEYOND, better * float(found[name]) / float(found["smallest_worth"])))
        for name in ("effect", "low", "high")
    )
    sure = found["verdict"] in ("a_better", "b_better")
    axis.plot([low, high], [row, row], color=PHASE_COLOURS[4], linewidth=2.0, solid_capstyle="butt")
    beyond = abs(effect) >= _BEYOND
    marker = (">" if effect > 0 else "<") if beyond else "o"
    axis.plot(
        effect,
        row,
        marker,
        markersize=5.5,
        color=PHASE_COLOURS[4],
        markerfacecolor=PHASE_COLOURS[4] if sure else "white",
    )


# ---------------------------------------------------------------- from drawing to files

_DRAWERS: Final[Mapping[str, Callable[[_Sheet], Any]]] = {
    "hundred": _draw_hundred,
    "differences": _draw_differences,
    "phases": _draw_phases,
    "ends": _draw_ends,
    "stalls": _draw_stalls,
    "binding": _draw_binding,
    "maturity": _draw_maturity,
    "money": _draw_money,
    "expectations": _draw_expectations,
    "typical": _draw_typical,
}
NAMES: Final = tuple(_DRAWERS)

_STYLE: Final[Mapping[str, Any]] = {
    "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"], "font.size": 8.5, "mathtext.default": "regular",
    "axes.titlesize": 9, "axes.titleweight": "bold", "axes.labelsize": 8.5, "axes.labelcolor": INK,
    "axes.edgecolor": MUTED, "axes.linewidth": 0.7, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "axes.axisbelow": True, "grid.color": GRID, "grid.linewidth": 0.6, "text.color": INK,
    "xtick.color": MUTED, "ytick.color": MUTED, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "xtick.labelsize": 8, "ytick.labelsize": 8, "legend.fontsize": 8.5, "legend.handlelength": 2.0,
    "legend.columnspacing": 1.4, "hatch.linewidth": 0.7, "svg.fonttype": "path", "savefig.facecolor": "white",
    "figure.dpi": 100, "path.simplify": True,
}  # fmt: skip


def draw(comparison: Comparison, words: Language, names: Sequence[str] = NAMES) -> list[Drawn]:
    """Return the figures of a comparison in a language, in the order of ``names``."""
    labels = words.listed([arm.label[words.code] for arm in comparison.arms])
    return [
        _drawn(
            name,
            comparison,
            words,
            words.text(f"figures.title.{name}"),
            words.text(f"figures.about.{name}", arms=labels),
        )
        for name in names
    ]


def _drawn(name: str, comparison: Comparison, words: Language, title: str, about: str) -> Drawn:
    import matplotlib as mpl  # noqa: PLC0415

    look: Any = {**dict(mpl.rcParamsDefault), **_STYLE, "svg.hashsalt": name}
    with mpl.rc_context(look):
        wide = _DRAWERS[name](_Sheet(comparison, words, narrow=False))
        svg = _svg(wide, f"figure-{name}", title, about)
        wide.set_layout_engine("none")  # what is laid out stays so
        picture = io.BytesIO()
        wide.savefig(picture, format="png", dpi=160, metadata={"Software": None, "Title": title})
        narrow = _svg(_DRAWERS[name](_Sheet(comparison, words, narrow=True)), f"figure-{name}-narrow", title, about)
    return Drawn(name, title, about, svg, narrow, picture.getvalue())


_MARKERS: Final = re.compile(r'<g([^>]*)>\s*((?:<use [^>]*? style="[^"]*"/>\s*){2,})</g>')


def _styled_once(found: re.Match[str]) -> str:
    """Return a group of markers with the look that they share said once, by the group."""
    looks = set(re.findall(r' style="[^"]*"', found[2]))
    if len(looks) != 1 or " style=" in found[1]:
        return found[0]
    look = looks.pop()
    return f"<g{found[1]}{look}>\n{found[2].replace(look, '')}</g>"


def _short(found: re.Match[str]) -> str:
    """Return a path with one decimal: less than a tenth of a point cannot be seen."""
    return re.sub(r"-?\d+\.\d+", lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), found[0])


def _svg(figure: Any, prefix: str, title: str, about: str) -> str:
    """Return a figure as SVG: the same bytes each time, ids that are its own, a title and a description."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = out.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', text)
    text = re.sub(r'(xlink:href="#|url\(#)', rf"\1{prefix}-", text)
    text = text.replace("xlink:href", "href").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    text = _MARKERS.sub(_styled_once, re.sub(r' d="[^"]*"', _short, text))
    head, _, rest = text.partition(">")
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    size = figure.get_size_inches()
    named = f' role="img" aria-labelledby="{prefix}-title {prefix}-about" data-ratio="{size[0] / size[1]:.3f}">'
    words = f'<title id="{prefix}-title">{escape(title)}</title><desc id="{prefix}-about">{escape(about)}</desc>'
    return f"{head}{named}\n{words}{rest}"
