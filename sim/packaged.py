"""Where the files that travel with the package are: scenarios, frameworks, interventions, designs."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def shipped_folder() -> Path:
    """Return the folder with the shipped scenarios: inside the installed package, or beside it in a working copy."""
    inside = _HERE / "scenarios"
    return inside if inside.is_dir() else _HERE.parent / "scenarios"


def names(folder: Path) -> tuple[str, ...]:
    """Return the names of the TOML files in a folder, sorted; none if the folder is not there."""
    try:
        return tuple(sorted(file.stem for file in folder.glob("*.toml") if file.is_file()))
    except OSError:
        return ()


def shipped(shelf: str = "") -> tuple[str, ...]:
    """Return the shipped names on a shelf: "" for scenarios, "frameworks", "interventions" or "designs"."""
    return names(shipped_folder() / shelf)
