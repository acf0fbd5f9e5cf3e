"""Pictures of what the analyses find, as SVG or PNG by the suffix of the file; the same data, the same bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.results import write_file
from sim.sensitivity.circumstances import NO_DIFFERENCE, OPEN, Regimes

if TYPE_CHECKING:
    import pandas as pd

# Colours that differ for the colour-blind too (Okabe and Ito); zones without a best one in greys.
_COLOURS: Final = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
_GREYS: Final[Mapping[str, str]] = {NO_DIFFERENCE: "#c8c8c8", OPEN: "#ffffff"}
_SURE: Final[Mapping[str, str]] = {"low": "#d55e00", "medium": "#e69f00", "high": "#009e73"}
_TOP = 20


@contextmanager
def _figure(file: Path, size: tuple[float, float], **grid: Any) -> Iterator[Any]:
    """Give the axes of a figure, and save it afterwards."""
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    kind = file.suffix.lstrip(".").lower() or "svg"
    with mpl.rc_context({"svg.hashsalt": file.stem, "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasAgg(figure)
        yield figure, figure.subplots(squeeze=False, **grid)
        about = {"Date": None} if kind == "svg" else {}
        file.parent.mkdir(parents=True, exist_ok=True)
        write_file(file, lambda stream: figure.savefig(stream, format=kind, dpi=120, metadata=about))


def _name(path: str) -> str:
    """Return a path as it is put at an axis: its last word, with the kind that it is of."""
    words = path.split(".")
    whose = next((word.removeprefix("kind:") for word in words if word.startswith("kind:")), "")
    return f"{words[-1].replace('_', ' ')}{f' ({whose})' if whose else ''}"


def draw_regimes(found: Regimes, file: str | os.PathLike[str]) -> Path:
    """Draw which framework does best where: a map for each number of partners, with the size of the difference."""
    from matplotlib.patches import Patch, Rectangle  # noqa: PLC0415

    place = Path(file)
    frameworks = sorted(set(found.means["framework"]))
    colours = {name: _COLOURS[number % len(_COLOURS)] for number, name in enumerate(frameworks)} | dict(_GREYS)
    sizes = sorted(found.cells["partners"].unique())
    xs, ys = (sorted(found.cells[name].unique()) for name in (found.x, found.y))
    with _figure(place, (3.1 * len(sizes) + 0.6, 4.2), ncols=len(sizes), sharey=True) as (figure, axes):
        for axis, size in zip(axes[0], sizes, strict=True):
            for cell in found.cells[found.cells["partners"] == size].to_dict("records"):
                column, row = xs.index(cell[found.x]), ys.index(cell[found.y])
                colour = colours[cell["zone"]]
                axis.add_patch(Rectangle((column, row), 1, 1, facecolor=colour, edgecolor="#666666", linewidth=0.5))
                dark = cell["zone"] == frameworks[0]
                axis.text(column + 0.5, row + 0.5, f"{cell['effect']:.2g}", ha="center", va="center", fontsize=7,
                          color="white" if dark else "black")  # fmt: skip
            axis.set_xlim(0, len(xs))
            axis.set_ylim(0, len(ys))
            axis.set_xticks([number + 0.5 for number in range(len(xs))], [f"{value:g}" for value in xs])
            axis.set_yticks([number + 0.5 for number in range(len(ys))], [f"{value:g}" for value in ys])
            axis.set_title(f"{size} partners")
            axis.set_xlabel(_name(found.x))
        axes[0][0].set_ylabel(_name(found.y))
        there = [name for name in (*frameworks, *_GREYS) if name in set(found.cells["zone"])]
        handles = [Patch(facecolor=colours[n], edgecolor="#666666", label=n.replace("_", " ")) for n in there]
        figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False)
        lead = f"in each place its lead over the runner-up ({found.measure.unit})"
        figure.suptitle(f"Best by {found.measure.label}; {lead}")
    return place


def draw_evidence(table: pd.DataFrame, file: str | os.PathLike[str]) -> Path:
    """Draw what matters most, and how sure its source is."""
    from matplotlib.patches import Patch  # noqa: PLC0415

    place = Path(file)
    top = table.head(_TOP).iloc[::-1]
    with _figure(place, (7.2, 0.26 * len(top) + 1.4)) as (_, axes):
        axis = axes[0][0]
        axis.barh(
            [name.replace("_", " ") for name in top["parameter"]], top["influence"],
            color=[_SURE[each] for each in top["confidence"]],
        )  # fmt: skip
        axis.axvline(1.0, color="black", linewidth=0.8, linestyle="--")
        axis.set_xlabel("reaction of the most sensitive outcome over the plausible range,\nin differences worth naming")
        handles = [Patch(color=colour, label=f"confidence {name}") for name, colour in _SURE.items()]
        axis.legend(handles=handles, loc="lower right", frameon=False)
    return place
