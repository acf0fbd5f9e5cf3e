"""Where a result comes from: version, commit, libraries, hashes."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
import re
import subprocess
from pathlib import Path

DISTRIBUTION = "vital-coalitions"
_HERE = Path(__file__).resolve().parent
# What the numbers, or the bytes of a file, can hang on.
_LIBRARIES = ("numba", "llvmlite", "numpy", "pandas", "pyarrow", "mesa", "tomli", "click", "rich")


def version() -> str:
    """Return the version of the package, also in a working copy that is not installed."""
    project = _HERE.parent / "pyproject.toml"
    if project.is_file():
        found = re.search(r'^version = "([^"]+)"$', project.read_text("utf-8"), re.MULTILINE)
        if found:
            return found.group(1)
    try:
        return importlib.metadata.version(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def commit() -> str | None:
    """Return the commit of a working copy, with "-dirty" if something was changed since; None outside one."""
    if not (_HERE.parent / ".git").exists():
        return None
    command = ["git", "-C", str(_HERE.parent), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def libraries() -> dict[str, str]:
    """Return the versions of Python and of the libraries that a result may hang on."""
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def report_where() -> str:
    """Return where to report a bug: the address in the package's metadata, or the file that says so."""
    try:
        links = importlib.metadata.metadata(DISTRIBUTION).get_all("Project-URL") or []
    except importlib.metadata.PackageNotFoundError:
        links = []
    for link in links:
        label, _, address = str(link).partition(",")
        if label.strip().lower() in {"issues", "bug tracker", "tracker"}:
            return address.strip()
    return "README.md"


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
