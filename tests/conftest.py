"""Whatever is tested has to be this working copy: a stale installation is refused instead of passing for it."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Give Chromium, driven by Playwright; without one on the machine the test is left out, but never in CI."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        told = "no Chromium on this machine"
        if os.environ.get("COALITIONS_BROWSER") == "required":
            pytest.fail(told)
        pytest.skip(told)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()
