"""A collaboration in Mesa's SolaraViz: see README.md beside this file for the environment that it needs."""

from __future__ import annotations

from typing import Any

import solara
from matplotlib.figure import Figure
from mesa.visualization import SolaraViz, make_plot_component
from mesa.visualization.utils import update_counter

import sim

SCENARIO = sim.load("tilburg")
COLLABORATION = SCENARIO.collaborations[0].id
FRAMEWORKS = ["building", "client_contractor", "covenant", "informal", "project_organisation"]


class ShownModel(sim.CollaborationModel):
    """The model with what SolaraViz asks for: keyword arguments, and something to plot."""

    def __init__(
        self, framework: str = "covenant", middle_meetings: int = 0, earmarked: float = 0.6, seed: int | str = 1
    ) -> None:
        """Make a Tilburg with another framework, meetings of the middle and earmarked money."""
        scenario = SCENARIO.with_framework(framework).replace(
            {
                f"collaborations.{COLLABORATION}.structure.middle_meetings_per_year": middle_meetings,
                "organisations.*.earmarked_share": earmarked,
            }
        )
        super().__init__(scenario, seed=int(seed))


PARAMETERS = {
    "framework": {"type": "Select", "value": "covenant", "values": FRAMEWORKS, "label": "Framework"},
    "middle_meetings": {
        "type": "SliderInt", "value": 0, "min": 0, "max": 12, "step": 1, "label": "Meetings of the middle a year",
    },
    "earmarked": {
        "type": "SliderFloat", "value": 0.6, "min": 0.0, "max": 0.95, "step": 0.05, "label": "Earmarked share",
    },
    "seed": {"type": "InputText", "value": 1, "label": "Seed"},
}  # fmt: skip


@solara.component
def Trust(model: Any) -> None:  # noqa: N802 - a component of Solara is named like a class
    """Draw who trusts whom, a picture for each level."""
    update_counter.get()
    figure = Figure(figsize=(9, 3), layout="constrained")
    relations = model.relations()
    for place, (level, rows) in enumerate(relations.groupby("level", sort=False), start=1):
        axes = figure.add_subplot(1, 3, place)
        table = rows.pivot_table(index="first", columns="second", values="trust")
        axes.imshow(table, vmin=0, vmax=1, cmap="Greens")
        axes.set_xticks(range(len(table.columns)), table.columns, rotation=90, fontsize=6)
        axes.set_yticks(range(len(table.index)), table.index, fontsize=6)
        axes.set_title(level)
    solara.FigureMatplotlib(figure)


@solara.component
def Page() -> None:  # noqa: N802 - the name that Solara looks for
    """Show a model of the visitor's own."""
    model = solara.use_memo(ShownModel, [])
    SolaraViz(
        model,
        components=[Trust, make_plot_component(["formal_maturity", "practice_maturity"]), make_plot_component("phase")],
        model_params=PARAMETERS,
        name="Vital coalitions",
    )
