"""The command that serves the app: app."""

# ruff: noqa: PLC0415

from __future__ import annotations

import importlib.util
import socket

import click

from sim.language import Language, language
from sim.terminal import DONE, InputError, expect_compiling, lang_option, say


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; the default serves this machine only."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0 takes a free one."
)
@lang_option
def app(host: str, port: int, lang: str) -> int:
    """Serve the app for students.

    Open the address that it prints in a browser. Nothing is written, and nothing is kept about who visits.
    """
    words = language(lang)
    if any(importlib.util.find_spec(name) is None for name in ("starlette", "uvicorn")):
        raise InputError(words.text("app.no_server"))
    sock = _listening(host, port, words)
    expect_compiling(words)

    from sim.app.server import serve, warm

    warm()
    shown = f"[{host}]" if ":" in host else host
    say(words.text("app.serving", address=f"http://{shown}:{sock.getsockname()[1]}/?lang={lang}"))
    if host not in ("127.0.0.1", "localhost", "::1"):
        say(words.text("app.open_to_others"), err=True)
    serve(host, sock)
    return DONE


def _listening(host: str, port: int, words: Language) -> socket.socket:
    """Return a socket that listens; whatever keeps it from that is told before anything is compiled."""
    if not host:  # to the system, it would mean everybody
        raise InputError(words.text("app.port_taken", port=port, host="''", error="an address is needed"))
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=256
        )
    except (OSError, UnicodeError) as error:
        raise InputError(words.text("app.port_taken", port=port, host=host, error=error)) from None
