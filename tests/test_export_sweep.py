"""A sweep lies in blocks; exported it is one table, whole or refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from sweeping import run_inline, small

from sim.export import export_csv, export_xlsx
from sim.language import language
from sim.results import ResultsError


def test_blocks_of_a_sweep_become_one_table(tmp_path: Path) -> None:
    results, _ = run_inline(small(), tmp_path / "sweep")
    files = export_csv(results.folder, tmp_path / "csv", language("en"))
    assert [file.name for file in files] == ["runs.csv", "columns.csv"]
    table = pd.read_csv(files[0])
    assert list(table.columns) == list(results.runs.columns)
    assert table["run"].tolist() == results.runs["run"].tolist() == list(range(12))
    assert table["cost_keur"].tolist() == pytest.approx(results.runs["cost_keur"].tolist())
    (book,) = export_xlsx(results.folder, tmp_path / "book", language("en"))
    assert pd.read_excel(book, sheet_name="runs")["run"].tolist() == list(range(12))


def test_a_sweep_that_is_not_complete_is_refused(tmp_path: Path) -> None:
    results, _ = run_inline(small(), tmp_path / "sweep")
    sorted((results.folder / "runs").iterdir())[1].unlink()
    with pytest.raises(ResultsError, match="1 of its blocks are missing"):
        export_csv(results.folder, tmp_path / "csv", language("en"))
    assert not (tmp_path / "csv").exists()
