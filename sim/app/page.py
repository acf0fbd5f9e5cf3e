"""The page: the viewer with what it shows first, served in parts, or as one file that needs no network.

The one file holds scripts, styles and data; a content security policy in it names the two texts by their hashes, so
that nothing else can run in it.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

STATIC = Path(__file__).resolve().parent / "static"
TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
ENTRY = "main.js"
_IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./([\w.]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class) )", re.MULTILINE)


@cache
def static_files() -> dict[str, bytes]:
    """Return the parts of the viewer by name; read once, so that no request opens a file."""
    return {path.name: path.read_bytes() for path in sorted(STATIC.iterdir()) if path.suffix in TYPES}


@cache
def _template() -> str:
    return (STATIC / "index.html").read_text(encoding="utf-8")


def data_text(data: Any) -> str:
    """Return data as JSON that can stand in a page: nothing in it ends the element it stands in."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _filled(title: str, lang: str, head: str, data: Any, tail: str) -> str:
    places = {"lang": lang, "title": html.escape(title), "head": head, "data": data_text(data), "tail": tail}
    return re.sub(r"\{\{(\w+)\}\}", lambda found: places[found[1]], _template())


def page(title: str, lang: str, data: Any) -> str:
    """Return the page as it is served."""
    head = '<link rel="stylesheet" href="/static/style.css">'
    modules = "".join(f'<link rel="modulepreload" href="/static/{name}">' for name in _order())
    return _filled(title, lang, head + modules, data, f'<script type="module" src="/static/{ENTRY}"></script>')


def one_file(title: str, lang: str, data: Any) -> str:
    """Return the page as one file."""
    script, style = bundle(), static_files()["style.css"].decode()
    policy = (
        f"default-src 'none'; script-src {_hashed(script)}; style-src {_hashed(style)}; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}"><style>{style}</style>'
    return _filled(title, lang, head, data, f'<script type="module">{script}</script>')


def _hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _order() -> tuple[str, ...]:
    """Return the modules of the viewer, each after those that it imports."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name in order:
            return
        for needed in _IMPORT.findall(static_files()[name].decode()):
            visit(needed)
        order.append(name)

    visit(ENTRY)
    return tuple(order)


@cache
def bundle() -> str:
    """Return the modules of the viewer as one script; their top-level names have to differ, which a test sees to."""
    parts = [_EXPORT.sub("", _IMPORT.sub("", static_files()[name].decode())) for name in _order()]
    text = "\n".join(parts)
    if "</script" in text or "<!--" in text:
        raise ValueError("a script holds what would end it")
    return text
