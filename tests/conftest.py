"""Whatever is tested has to be this working copy: a stale installation is refused instead of passing for it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def tested() -> Path:
    """Return the folder of the package that the tests import: installed, or this working copy."""
    spec = importlib.util.find_spec("sim")
    if spec is None or not spec.submodule_search_locations:
        raise pytest.UsageError("the package is not installed: pip install '.[test]'")
    return Path(next(iter(spec.submodule_search_locations))).resolve()


def sources(folder: Path, pattern: str) -> dict[str, bytes]:
    """Return the text of the files below a folder by name."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob(pattern)}


def pytest_configure() -> None:
    """Stop if an installed package differs from the working copy beside the tests."""
    folder = tested()
    if folder == ROOT / "sim" or not (ROOT / "sim").is_dir():
        return
    for here, there, pattern in (
        (ROOT / "sim", folder, "*.py"),
        (ROOT / "scenarios", folder / "scenarios", "*.toml"),
    ):
        ours, theirs = sources(here, pattern), sources(there, pattern)
        differ = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
        if differ:
            raise pytest.UsageError(
                f"the installed package differs from this working copy ({', '.join(differ[:3])}"
                f"{' …' if len(differ) > 3 else ''}): install it again, or once as editable: pip install -e '.[test]'"
            )


def pytest_report_header() -> str:
    """Say what is tested."""
    return f"tested: {tested()}"
