"""Analyses of sweeps: against results of which the answer is known, and against a sweep of the model."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from sweeping import design_from, run_inline, small

import sim
from sim.parameters import PARAMETERS
from sim.sensitivity import MEASURES, boxes, draw_evidence, draw_regimes, evidence, morris, regimes, sobol
from sim.sensitivity.circumstances import NO_DIFFERENCE, OPEN, verdict_of
from sim.sweeps.opened import Results

pytest.importorskip("SALib")
pytest.importorskip("sklearn")

HEAD = 'schema = 1\nname = "known"\nscenario = "tilburg"\nreplicates = {replicates}\n{more}[set]\nmonths = 3\n'
PATHS = ("parameters.trust_gain", "parameters.salience_fade", "parameters.turnover")


@dataclasses.dataclass(frozen=True, repr=False)
class Made(Results):
    """Results whose outcomes are those of a formula instead of the model."""

    table: Any = None

    @property
    def missing(self) -> list[int]:
        return []

    def scan(self, table: str = "runs", *, verify: bool = True) -> Any:
        return ds.dataset(pa.Table.from_pandas(self.table, preserve_index=False))


def made_of(text: str, formula: Any) -> Made:
    """Return results of a design in which practice maturity follows a formula of (values, framework, replicate)."""
    design = design_from(text)
    rows = []
    for run in range(design.runs):
        row = design.row(run // design.replicates)
        varied = design.varied(row)
        framework = row.framework.id if row.framework else "covenant"
        value = formula(varied, framework, run % design.replicates)
        rows.append(
            {"run": run, "replicate": run % design.replicates, "status": "ok", "framework": framework,
             "partners": row.partners or 3, "practice_maturity": value, "highest_phase": 3, **varied}
        )  # fmt: skip
    return Made(Path("known"), {"kind": "sweep", "design": design.as_dict()}, pd.DataFrame(rows))


def _unit(path: str, values: dict[str, Any]) -> float:
    quantity = PARAMETERS[path.removeprefix("parameters.")]
    return (values[path] - quantity.low) / (quantity.high - quantity.low)


def sampled(method: str, points: int, replicates: int = 1) -> str:
    over = "".join(f'[[sample.over]]\npath = "{path}"\n' for path in PATHS)
    return HEAD.format(replicates=replicates, more="") + f'[sample]\nmethod = "{method}"\npoints = {points}\n{over}'


def test_morris_finds_the_slopes_of_a_plane() -> None:
    found = morris(
        made_of(sampled("morris", 10, 2), lambda v, _, r: 0.4 * _unit(PATHS[0], v) - 0.1 * _unit(PATHS[1], v) + r),
        ["practice_maturity"],
    ).set_index("path")
    assert found["mu_star"].to_numpy() == pytest.approx([0.4, 0.1, 0.0], abs=1e-9)
    assert found["mu"].to_numpy() == pytest.approx([0.4, -0.1, 0.0], abs=1e-9)
    assert found["sigma"].to_numpy() == pytest.approx(0.0, abs=1e-9)
    assert found["worth"].to_numpy() == pytest.approx([8.0, 2.0, 0.0], abs=1e-6)


def test_sobol_finds_the_shares_of_a_known_function() -> None:
    """Of a·x + b·y with x, y uniform: a² and b² over their sum; of a product, the rest goes to both together."""
    found = sobol(
        made_of(sampled("saltelli", 1024), lambda v, *_: 2 * _unit(PATHS[0], v) + _unit(PATHS[1], v)),
        ["practice_maturity"],
    ).set_index("path")
    assert found["first"].to_numpy() == pytest.approx([0.8, 0.2, 0.0], abs=0.03)
    assert found["total"].to_numpy() == pytest.approx([0.8, 0.2, 0.0], abs=0.03)
    product = sobol(
        made_of(sampled("saltelli", 1024), lambda v, *_: (_unit(PATHS[0], v) - 0.5) * (_unit(PATHS[1], v) - 0.5)),
        ["practice_maturity"],
    ).set_index("path")
    assert product["first"].to_numpy() == pytest.approx([0.0, 0.0, 0.0], abs=0.05)
    assert product["total"].to_numpy() == pytest.approx([1.0, 1.0, 0.0], abs=0.05)


def test_evidence_stands_beside_influence() -> None:
    screening = pd.DataFrame(
        [
            {"arm": 0, "outcome": "practice_maturity", "path": f"parameters.{name}", "worth": worth}
            for name, worth in (("trust_gain", 0.4), ("salience_fade", 3.0), ("decisiveness", 2.0))
        ]
        + [{"arm": 1, "outcome": "cost_keur", "path": "parameters.decisiveness", "worth": 5.0}]
    )
    table = evidence(screening)
    assert table["parameter"].tolist() == ["decisiveness", "salience_fade", "trust_gain"]
    assert table["influence"].tolist() == [5.0, 3.0, 0.4]
    assert table["outcome"].tolist()[0] == "cost_keur"
    assert table["verdict"].tolist() == ["find out", "rests on a source", "does not matter"]
    assert table["confidence"].tolist() == [PARAMETERS[name].confidence for name in table["parameter"]]


def crossed(replicates: int = 6) -> str:
    return HEAD.format(replicates=replicates, more='frameworks = ["building", "covenant"]\n') + (
        '[[vary]]\npath = "organisations.*.tendered_share"\nlow = 0\nhigh = 1\nsteps = 3\n'
        '[[vary]]\npath = "organisations.*.earmarked_share"\nlow = 0\nhigh = 1\nsteps = 3\n'
    )


def test_a_map_names_the_better_one_or_no_difference() -> None:
    def formula(values: dict[str, Any], framework: str, replicate: int) -> float:
        """The covenant gains where little is tendered and loses where much is; all else is shared luck."""
        lead = 0.4 * (0.5 - values["organisations.*.tendered_share"]) if framework == "covenant" else 0.0
        return replicate + lead + (0.001 * replicate if framework == "covenant" else 0.0)

    found = regimes(made_of(crossed(), formula), "organisations.*.tendered_share", "organisations.*.earmarked_share")
    assert found.cells["zone"].tolist() == ["covenant"] * 3 + [NO_DIFFERENCE] * 3 + ["building"] * 3
    assert found.cells["effect"].to_numpy() == pytest.approx([0.2025] * 3 + [0.0025] * 3 + [0.1975] * 3)
    regret = found.regret.set_index("framework")
    assert regret.loc["building", "largest_regret"] == pytest.approx(0.2025)
    assert regret.loc["covenant", "largest_regret"] == pytest.approx(0.1975)
    assert regret.loc["covenant", "near_best"] == pytest.approx(2 / 3)


def test_a_map_of_noise_is_open() -> None:
    luck = np.random.default_rng(1)
    found = regimes(
        made_of(crossed(4), lambda *_: float(luck.normal(0, 1))),
        "organisations.*.tendered_share",
        "organisations.*.earmarked_share",
    )
    # One in twenty places is named by chance; that it is more than two of nine happens in one of a hundred and twenty.
    assert (found.cells["zone"] == OPEN).sum() >= 7


def test_verdicts() -> None:
    share, cost = MEASURES["practice_maturity"], MEASURES["cost_keur"]
    assert verdict_of(0.2, 0.1, 0.3, share, "a", "b") == "a"
    assert verdict_of(-0.2, -0.3, -0.1, share, "a", "b") == "b"
    assert verdict_of(0.01, -0.02, 0.04, share, "a", "b") == NO_DIFFERENCE
    assert verdict_of(0.2, -0.1, 0.5, share, "a", "b") == OPEN
    assert verdict_of(100.0, 60.0, 140.0, cost, "a", "b") == "b"  # the dearer one is not the better one


def test_boxes_find_the_corner_in_which_one_is_better() -> None:
    text = HEAD.format(replicates=2, more='frameworks = ["building", "covenant"]\n') + (
        '[sample]\nmethod = "sobol"\npoints = 256\n'
        '[[sample.over]]\npath = "organisations.*.tendered_share"\nlow = 0\nhigh = 1\n'
        '[[sample.over]]\npath = "organisations.*.earmarked_share"\nlow = 0\nhigh = 1\n'
        '[[sample.over]]\npath = "organisations.*.business_likeness"\nlow = 0\nhigh = 1\n'
    )

    def formula(values: dict[str, Any], framework: str, replicate: int) -> float:
        inside = values["organisations.*.tendered_share"] < 0.4 and values["organisations.*.earmarked_share"] > 0.6
        noise = 0.02 * np.sin(1e4 * values["organisations.*.business_likeness"] + replicate)
        return (0.3 if inside and framework == "covenant" else 0.0) + (noise if framework == "covenant" else 0.0)

    found = boxes(made_of(text, formula), "covenant", "building", most=4)
    best = found[0]
    assert best.verdict == "covenant"
    assert best.effect == pytest.approx(0.3, abs=0.03)
    assert best.bounds["organisations.*.tendered_share"][1] == pytest.approx(0.4, abs=0.06)
    assert best.bounds["organisations.*.earmarked_share"][0] == pytest.approx(0.6, abs=0.06)
    assert best.share == pytest.approx(0.16, abs=0.04)
    assert "organisations.*.business_likeness" not in best.bounds
    assert sum(box.share for box in found) == pytest.approx(1.0)
    assert {box.verdict for box in found[1:]} == {NO_DIFFERENCE}
    assert str(best).startswith("organisations.*.tendered_share")
    with pytest.raises(sim.ScenarioError, match='"convenant" is not in this sweep'):
        boxes(made_of(text, formula), "convenant", "building")


def test_a_small_sweep_of_the_model_is_analysed_and_drawn(tmp_path: Path) -> None:
    text = crossed(2).replace("[set]", "partners = [2, 3]\n[set]")
    run_inline(design_from(text), tmp_path / "out")
    found = regimes(tmp_path / "out", "organisations.*.tendered_share", "organisations.*.earmarked_share", "cost_keur")
    assert len(found.cells) == 18
    for name in ("map.svg", "map.png"):
        first = draw_regimes(found, tmp_path / name).read_bytes()
        assert draw_regimes(found, tmp_path / name).read_bytes() == first
    assert "tendered share" in (tmp_path / "map.svg").read_text("utf-8")
    design = design_from(sampled("morris", 2))
    run_inline(design, tmp_path / "screening")
    table = evidence(morris(tmp_path / "screening"))
    assert set(table["parameter"]) == {path.removeprefix("parameters.") for path in PATHS}
    assert "trust gain" in draw_evidence(table, tmp_path / "evidence.svg").read_text("utf-8")


def test_what_cannot_be_analysed_is_told(tmp_path: Path) -> None:
    run_inline(small(), tmp_path / "out")
    for call, said in (
        (lambda: morris(tmp_path / "out"), "nothing is sampled"),
        (lambda: sobol(tmp_path / "out"), 'method = "saltelli"'),
        (
            lambda: regimes(tmp_path / "out", "months", "organisations.*.tendered_share"),
            'nothing called "months" varies',
        ),
        (lambda: regimes(tmp_path / "out", "organisations.*.tendered_share", "run", "happiness"), "no measure called"),
        (lambda: boxes(tmp_path / "out", "building", "covenant"), "too few"),
    ):
        with pytest.raises(sim.ScenarioError) as caught:
            call()
        assert said in str(caught.value)
    next((tmp_path / "out" / "runs").iterdir()).unlink()
    with pytest.raises(sim.ScenarioError, match="1 of 3 blocks are missing"):
        morris(tmp_path / "out")


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_is_an_outcome_of_comparisons_with_a_smallest_difference(name: str) -> None:
    assert MEASURES[name].smallest > 0.0
    assert MEASURES[name].better in {-1, 0, 1}
