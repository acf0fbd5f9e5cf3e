"""The smaller commands: what they print, what they refuse, and that they leave alone what is there."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim
from sim import packaged
from sim.cli import main
from sim.inputs import ORGANISATION
from sim.listing import GROUPS, chosen
from sim.parameters import PARAMETERS
from sim.results import write_table
from sim.terminal import BAD_INPUT, DONE, FELL_SHORT
from sim.validation import kind_of, validate

ROOT = Path(sim.__file__).resolve().parent.parent
SHIPPED = sorted(packaged.shipped_folder().rglob("*.toml"))
TABLES = ["runs", "series", "organisations", "events"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COALITIONS_DEBUG", raising=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "one"
    assert (
        main(["run", "tilburg", "--seed", "3", "--replicate", "2", "--set", "months=14", "--out", str(folder)]) == DONE
    )
    return folder


@pytest.fixture
def result(made: Path, tmp_path: Path) -> Path:
    """Return a result that a test may spoil."""
    folder = tmp_path / "result"
    folder.mkdir()
    for file in made.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def said(capsys: pytest.CaptureFixture[str], arguments: Sequence[str], code: int = DONE) -> tuple[str, str]:
    capsys.readouterr()
    assert main([str(each) for each in arguments]) == code
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return out, err


def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """Run what has to be refused; return what is said."""
    before = contents(Path())
    out, err = said(capsys, [str(each) for each in arguments], BAD_INPUT)
    assert out == ""
    assert err.strip()
    assert contents(Path()) == before, "something was written"
    return err


def light(code: str) -> None:
    """Run some lines in a process of their own, which must not come to import what is heavy."""
    heavy = "assert not {'numba', 'pandas', 'pyarrow', 'mesa'} & set(sys.modules), 'heavy imports'"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; from sim.cli import main\n{code}\n{heavy}"], capture_output=True, text=True,
        check=False, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


# ---------------------------------------------------------------- validate


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_shipped_files_are_in_order_and_recognised(file: Path) -> None:
    folder = file.parent.name
    kinds = {"frameworks": "framework", "interventions": "intervention", "designs": "design"}
    assert validate(file) == kinds.get(folder, "scenario")


def test_validate_tells_of_each_file(capsys: pytest.CaptureFixture[str]) -> None:
    shipped = packaged.shipped_folder()
    files = [
        shipped / "tilburg.toml",
        shipped / "frameworks" / "covenant.toml",
        shipped / "interventions" / "weaving.toml",
    ]
    out, err = said(capsys, ["validate", *files])
    assert out.splitlines() == [
        f"{files[0]}: in order, a scenario", f"{files[1]}: in order, a framework", f"{files[2]}: in order, an intervention",
    ]  # fmt: skip
    assert err == ""
    assert "een samenwerkingsvorm" in said(capsys, ["validate", files[1], "--lang", "nl"])[0]


def test_validate_goes_on_after_a_file_that_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    Path("wrong.toml").write_text('schema = 1\nid = "wrong"\n[structure]\nled = 3\nconsnt = "all"\n', "utf-8")
    Path("odd.toml").write_text("schema = ", "utf-8")
    good = str(packaged.shipped_folder() / "roosendaal.toml")
    out, err = said(capsys, ["validate", "wrong.toml", "odd.toml", "absent.toml", ".", good], BAD_INPUT)
    assert out.strip() == f"{good}: in order, a scenario"
    for part in ("wrong.toml:4:1", "0 or 1", "wrong.toml:5:1", "did you mean consent?", "odd.toml:1", "absent.toml"):
        assert part in err


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('id = "a"\nset = { "structure.led" = 7 }', "structure.led"),
        ('id = "b"\nset = { "structure.led" = 1 }', '"b" differs from the name of the file; "a"'),
        ('schema = 2\nid = "a"\nstructure = { led = 1 }', "2 is not allowed"),
        ('id = "a"\nstructure = { led = 1 }', "schema is missing"),
        ('name = "a"', "there is no collaboration"),
        ('schema = 1\nid = "a"\ntitle = "A"', "none of the files"),
        ("", "none of the files"),
    ],
)
def test_validate_refuses(capsys: pytest.CaptureFixture[str], text: str, wanted: str) -> None:
    Path("a.toml").write_text(text, "utf-8")
    assert wanted in refused(capsys, "validate", "a.toml")


def test_the_folder_decides_in_doubt(tmp_path: Path) -> None:
    tree = {"schema": 1, "id": "a", "title": "A"}
    assert kind_of(tree) == ""
    assert kind_of(tree, "frameworks") == "framework"
    assert kind_of({**tree, "source": "V"}, "frameworks") == "intervention"
    assert kind_of({"spanners": [], "events": [], "months": 12}) == "scenario"
    assert kind_of({"schema": 1, "name": "a", "scenario": "tilburg"}) == "design"
    assert kind_of({"name": "a", "vary": [], "replicates": 3}) == "design"
    (tmp_path / "interventions").mkdir()
    file = tmp_path / "interventions" / "a.toml"
    file.write_text('schema = 1\nid = "a"\ntitle = "A"\n', "utf-8")
    assert validate(file) == "intervention"


def test_own_frameworks_are_found_beside(tmp_path: Path) -> None:
    for folder, text in (
        ("frameworks", 'schema = 1\nid = "own"\nstructure = { led = 1 }\n'),
        ("interventions", 'schema = 1\nid = "switch"\nset = { framework = "own" }\n'),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{'own' if folder == 'frameworks' else 'switch'}.toml").write_text(text, "utf-8")
    assert validate(tmp_path / "interventions" / "switch.toml") == "intervention"


# ---------------------------------------------------------------- parameters and list


def test_commands_about_files_and_registers_are_light() -> None:
    file = packaged.shipped_folder() / "kaatsheuvel.toml"
    light(f"assert main(['validate', {str(file)!r}]) == 0")
    light("assert main(['parameters']) == 0")
    light("assert main(['list']) == 0")
    light("assert main(['schema']) == 0")


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_parameters_shows_everything(capsys: pytest.CaptureFixture[str], lang: str) -> None:
    out, _ = said(capsys, ["parameters", "--lang", lang])
    assert max(len(line) for line in out.splitlines()) <= 100
    flat = " ".join(out.split())
    for _, path, register in GROUPS:
        for name, quantity in register.items():
            assert f" {path.format(name)} = " in flat
            assert quantity.meaning in flat
            assert quantity.where in flat
            assert quantity.choices or quantity.reason in flat
    assert ("Confidence: medium." in flat) == (lang == "en")
    assert 'structure.agreement = "none"' in flat


def test_parameters_with_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = said(capsys, ["parameters", "BREACH"])
    assert f"parameters.trust_breach_weight = {PARAMETERS['trust_breach_weight'].default:g}" in out
    assert "patience_months" not in out
    assert "trust_breech" in refused(capsys, "parameters", "trust_breech")
    assert "did you mean patience_months?" in refused(capsys, "parameters", "patience_month_")


def test_parameters_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    tables = json.loads(said(capsys, ["parameters", "--json"])[0])
    assert len(tables) == len(chosen("")) == sum(len(register) for _, _, register in GROUPS)
    by_path = {table["path"]: table for table in tables}
    assert by_path["organisations.ID.tendered_share"]["by_kind"] == ORGANISATION["tendered_share"].by_kind
    assert by_path["months"]["default"] == 120


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_list_shows_what_ships(capsys: pytest.CaptureFixture[str], lang: str) -> None:
    out, _ = said(capsys, ["list", "--lang", lang])
    for file in SHIPPED:
        assert f"  {file.stem} – " in out
    assert ("Gezamenlijk gebouw" in out) == (lang == "nl")
    assert max(len(line) for line in out.splitlines()) <= 100


@pytest.mark.parametrize(
    "arguments", [["validate"], ["schema", "designs"], ["list", "x"], ["parameters", "--lang", "fr"]]
)
def test_wrong_use(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    refused(capsys, *arguments)


# ---------------------------------------------------------------- rerun


def test_rerun_says_that_it_is_the_same(capsys: pytest.CaptureFixture[str], result: Path) -> None:
    before = contents(result)
    out, err = said(capsys, ["rerun", result])
    assert "all 4 files" in out
    assert err == ""
    assert contents(result) == before
    alone = result.parent / "alone.json"
    alone.write_bytes((result / "manifest.json").read_bytes())
    assert "alle 4 bestanden" in said(capsys, ["rerun", alone, "--lang", "nl"])[0]


def test_rerun_of_many_runs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    scenario = sim.load("roosendaal", [("months", 6)])
    sim.simulate(scenario, runs=5, seed=9, events=True, first_replicate=3).save(tmp_path / "many")
    assert "all 2 files" in said(capsys, ["rerun", "many"])[0]


def changed(folder: Path, **others: Any) -> None:
    file = folder / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), **others}), "utf-8")


def test_rerun_says_what_differs(capsys: pytest.CaptureFixture[str], result: Path) -> None:
    about = json.loads((result / "manifest.json").read_text("utf-8"))
    changed(result, seed=4)
    before = contents(result)
    out, err = said(capsys, ["rerun", result], FELL_SHORT)
    assert out == ""
    assert "Not the same: " in err
    assert "series.parquet" in err
    assert "All versions are the same" in err
    assert "same values" not in err
    assert contents(result) == before
    changed(result, version="0.0.1", libraries={**about["libraries"], "pyarrow": "1.0", "lost": "2"})
    _, err = said(capsys, ["rerun", result], FELL_SHORT)
    for part in ("vital-coalitions: 0.0.1 then", "pyarrow: 1.0 then", "lost: 2 then, – now"):
        assert part in err
    assert "All versions" not in err


def test_rerun_tells_other_bytes_from_other_values(capsys: pytest.CaptureFixture[str], result: Path) -> None:
    import hashlib

    file = result / "events.parquet"
    pq.write_table(pq.read_table(file), file, compression="none")
    about = json.loads((result / "manifest.json").read_text("utf-8"))
    changed(result, files={**about["files"], file.name: hashlib.sha256(file.read_bytes()).hexdigest()})
    _, err = said(capsys, ["rerun", result], FELL_SHORT)
    assert "Not the same: events.parquet." in err
    assert "the same values: events.parquet." in err


def test_rerun_notices_a_file_that_was_changed(capsys: pytest.CaptureFixture[str], result: Path) -> None:
    (result / "runs.parquet").write_bytes(b"spoilt")
    (result / "events.parquet").unlink()
    out, err = said(capsys, ["rerun", result], FELL_SHORT)
    assert "The same" in out
    assert "runs.parquet, beside the manifest" in err


@pytest.mark.parametrize(
    ("others", "wanted"),
    [
        ({"format": 99}, "format 99"),
        ({"package": "another"}, "not the manifest"),
        ({"seed": "x"}, "seed is not a whole number"),
        ({"seed": True}, "seed is not a whole number"),
        ({"seed": -1}, "seed"),
        ({"replicates": 0}, "runs"),
        ({"replicates": 10**15}, "runs"),
        ({"files": {}}, "which files"),
        ({"files": {"../x.parquet": "0"}}, "cannot make ../x.parquet"),
        ({"libraries": 3}, "libraries"),
        ({"scenario": 3}, "name is missing"),
        ({"scenario": {"schema": 1, "name": "x", "months": 0}}, "months"),
    ],
)
def test_rerun_refuses(capsys: pytest.CaptureFixture[str], result: Path, others: dict[str, Any], wanted: str) -> None:
    changed(result, **others)
    assert wanted in refused(capsys, "rerun", result)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[" * 100_000, "\x00", '{"package": "vital-coalitions"}'])
def test_rerun_refuses_what_is_no_manifest(capsys: pytest.CaptureFixture[str], text: str) -> None:
    Path("manifest.json").write_text(text, "utf-8")
    assert "manifest" in refused(capsys, "rerun", ".")


def test_rerun_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    assert "manifest.json cannot be read" in refused(capsys, "rerun", "empty")
    assert "absent cannot be read" in refused(capsys, "rerun", "absent")


# ---------------------------------------------------------------- export


def test_csv_says_what_the_tables_say(capsys: pytest.CaptureFixture[str], result: Path) -> None:
    before = contents(result)
    out, _ = said(capsys, ["export", result, "--csv"])
    assert [Path(line.removeprefix("Written: ")).name for line in out.splitlines()] == [
        *(f"{name}.csv" for name in TABLES), "columns.csv",
    ]  # fmt: skip
    assert {name: data for name, data in contents(result).items() if not name.endswith(".csv")} == before
    for name in TABLES:
        table = pq.read_table(result / f"{name}.parquet")
        with (result / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        assert rows[0] == table.column_names
        assert len(rows) - 1 == table.num_rows
        first = table.slice(0, 1).to_pylist()[0]
        for text, value in zip(rows[1], first.values(), strict=True):
            assert text == ("" if value is None else value if isinstance(value, str) else text)
            assert not isinstance(value, int | float) or float(text) == pytest.approx(value, rel=1e-6)


def test_columns_have_a_unit_and_words(capsys: pytest.CaptureFixture[str], result: Path) -> None:
    said(capsys, ["export", result, "--csv", "--out", "there/deep", "--lang", "nl"])
    with Path("there/deep/kolommen.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["tabel", "kolom", "eenheid", "betekenis"]
    assert ["runs", "cost_keur", "k€", "kosten"] in rows
    assert [row[:2] for row in rows[1:]] == [
        [name, column] for name in TABLES for column in pq.read_schema(result / f"{name}.parquet").names
    ]


def test_a_workbook_says_what_the_tables_say(capsys: pytest.CaptureFixture[str], result: Path) -> None:
    said(capsys, ["export", result, "--xlsx"])
    book = openpyxl.load_workbook(result / "results.xlsx")
    assert book.sheetnames == ["columns", *TABLES]
    for name in TABLES:
        rows = list(book[name].iter_rows(values_only=True))
        table = pq.read_table(result / f"{name}.parquet")
        assert list(rows[0]) == table.column_names
        assert len(rows) - 1 == table.num_rows
        for row, known in zip(rows[1:], table.to_pylist(), strict=True):
            for cell, value in zip(row, known.values(), strict=True):
                assert (
                    cell == value if value is None or isinstance(value, str) else cell == pytest.approx(value, rel=1e-6)
                )
    said(capsys, ["export", result, "--xlsx", "--out", "other.xlsx"])
    assert Path("other.xlsx").is_file()


def test_a_sheet_takes_nothing_for_what_it_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    Path("odd").mkdir()
    columns = {
        "error": ["=1+1", "a\x01b", None],
        "seed": pa.array([2**63 - 1, 1, None], pa.int64()),
        "value": pa.array([float("nan"), float("inf"), 0.5], pa.float64()),
        "narrow": pa.array([0.1, None, 2.0], pa.float32()),
    }
    with Path("odd/runs.parquet").open("wb") as file:
        write_table(pa.table(columns), file)
    said(capsys, ["export", "odd", "--xlsx"])
    sheet = openpyxl.load_workbook("odd/results.xlsx")["runs"]
    assert sheet["A2"].data_type == "s"
    assert list(sheet.iter_rows(min_row=2, values_only=True)) == [
        ("=1+1", str(2**63 - 1), None, 0.1), ("a b", 1, "inf", None), (None, None, 0.5, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("flag", "there"), [("--csv", "events.csv"), ("--csv", "columns.csv"), ("--xlsx", "results.xlsx")]
)
def test_nothing_is_overwritten(capsys: pytest.CaptureFixture[str], result: Path, flag: str, there: str) -> None:
    (result / there).write_text("mine")
    assert f"already there: {result / there}" in refused(capsys, "export", result, flag)


def test_a_damaged_table_leaves_nothing(capsys: pytest.CaptureFixture[str], result: Path) -> None:
    file = result / "series.parquet"
    data = bytearray(file.read_bytes())
    data[200] ^= 1
    file.write_bytes(data)
    for flag in ("--csv", "--xlsx"):
        assert "series.parquet cannot be read" in refused(capsys, "export", result, flag, "--out", "new/deep")
    file.write_bytes(b"no table")
    assert "series.parquet cannot be read" in refused(capsys, "export", result, "--csv")
    assert not Path("new").exists()


def test_too_many_rows_for_a_sheet(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, result: Path
) -> None:
    monkeypatch.setattr("sim.export.ROWS_MOST", 13)
    assert "take --csv" in refused(capsys, "export", result, "--xlsx")


def test_without_openpyxl(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, result: Path) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert "vital-coalitions[analysis]" in refused(capsys, "export", result, "--xlsx")


def test_export_refuses(capsys: pytest.CaptureFixture[str], result: Path) -> None:
    Path("empty").mkdir()
    Path("file").touch()
    assert "--csv or --xlsx" in refused(capsys, "export", result)
    assert "--csv or --xlsx" in refused(capsys, "export", result, "--csv", "--xlsx")
    assert "absent is not there" in refused(capsys, "export", "absent", "--csv")
    assert "holds no results" in refused(capsys, "export", "empty", "--xlsx")
    assert "file is a file" in refused(capsys, "export", "file", "--csv")
    assert "file is a file" in refused(capsys, "export", result, "--csv", "--out", "file")
    assert "cannot be written" in refused(capsys, "export", result, "--xlsx", "--out", "file")
    assert "cannot be written" in refused(capsys, "export", result, "--csv", "--out", "file/deep")
