"""TOML text: limits before parsing, places of values for messages, and writing.

The parser gives values without places. Places are looked up in a syntax tree, which is made only when there is a
problem to tell of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli

from sim.problems import Location, Problem, ScenarioError, single, tidy

if TYPE_CHECKING:
    import tree_sitter

SIZE_MOST = 20_000_000
_PIECE = 1 << 16
KEY_PARTS_MOST = 8
NESTING_MOST = 8
DIGITS_MOST = 4300  # Python reads no longer ones

_EXCERPT_MOST = 100
# Strings and comments. Each branch also takes what is left open, so that no text is gone through twice.
_STRING_OR_COMMENT = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)'
    r"|'''.*?(?:'''|\Z)"
    r'|"(?:\\.|[^"\\\n])*+"?'
    r"|'[^'\n]*+'?"
    r"|#[^\n]*+",
    re.DOTALL,
)
_ENDLESS_NUMBER = re.compile(rf"[0-9_]{{{DIGITS_MOST + 1}}}")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class Document:
    """A TOML text with its values (``tree``) and, on demand, their places."""

    def __init__(self, name: str, text: str, tree: dict[str, Any]) -> None:
        self.name, self.text, self.tree = name, text, tree

    @cached_property
    def _places(self) -> _Places:
        return _Places(self.text)

    def place(self, location: Location) -> tuple[int, int, str]:
        """Return line and column (from 1) of a value's key, and its line with a caret under the key."""
        if not location:
            return 0, 0, ""
        return self._places.find(location)

    def path(self, location: Location) -> str:
        """Return the location with identifiers instead of positions in lists."""
        return path_of(self.tree, location)


def read(file: Path) -> Document:
    """Return a file's values.

    Raises:
        ScenarioError: the file cannot be read, passes a limit, or is not TOML.
    """
    name = str(file)
    try:
        if not file.is_file():
            raise single(name, "there is no such file" if not file.exists() else "this is not a file")
        with file.open("rb") as stream:
            # In pieces: one large read would set aside the most there may be, for the smallest of files.
            pieces = iter(lambda: stream.read(_PIECE), b"")
            data = b"".join(islice(pieces, SIZE_MOST // _PIECE + 1))
    except (OSError, ValueError) as error:
        raise single(name, f"the file cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(data) > SIZE_MOST:
        raise _too_large(name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        message = "this is not UTF-8 text; save the file as UTF-8"
        raise ScenarioError([Problem(name, line, column, "", None, message)]) from None
    return parse(text, name)


def parse(text: str, name: str) -> Document:
    """Return a text's values; ``name`` stands for the file in messages.

    Raises:
        ScenarioError: the text passes a limit or is not TOML.
    """
    if len(text) > SIZE_MOST:
        raise _too_large(name)
    _check_keys(text, name)
    try:
        tree = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        line, column = error.lineno, error.colno
        excerpt = _excerpt(text.split("\n"), line, column, 1)
        message = f"this is not TOML: {error.msg[:1].lower()}{error.msg[1:]}"
        raise ScenarioError([Problem(name, line, column, "", None, message, excerpt=excerpt)]) from None
    except RecursionError:
        raise _too_deep(name) from None
    except ValueError as error:
        if _ENDLESS_NUMBER.search(text):
            raise single(name, "a whole number has very many digits", allowed=f"at most {DIGITS_MOST}") from None
        raise single(name, f"this is not TOML that can be used: {error}") from None
    if _nesting_passes(tree, NESTING_MOST):
        raise _too_deep(name)
    return Document(name, text, tree)


def _too_large(name: str) -> ScenarioError:
    return single(name, "the file is too large", allowed=f"at most {SIZE_MOST // 1_000_000} MB")


def _too_deep(name: str) -> ScenarioError:
    return single(name, "tables and lists are nested too deeply", allowed=f"at most {NESTING_MOST} levels")


def _check_keys(text: str, name: str) -> None:
    """Refuse keys of very many parts: parsing them takes memory out of proportion."""
    if all(line.count(".") < KEY_PARTS_MOST for line in text.split("\n")):
        return
    bare = _STRING_OR_COMMENT.sub(_blank, text)
    for number, line in enumerate(bare.split("\n"), start=1):
        if any(part.count(".") >= KEY_PARTS_MOST for part in re.split(r"[=,\[\]{}]", line)):
            message = "a key has too many parts"
            raise ScenarioError([Problem(name, number, 1, "", None, message, f"at most {KEY_PARTS_MOST}")])


def _blank(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def _nesting_passes(tree: Any, limit: int) -> bool:
    layer = [tree]
    for _ in range(limit):
        inner: list[Any] = []
        for container in layer:
            values = container.values() if isinstance(container, dict) else container
            inner += [value for value in values if isinstance(value, dict | list)]
        if not inner:
            return False
        layer = inner
    return True


def path_of(tree: Any, location: Location) -> str:
    """Return a location with identifiers instead of positions in lists, as far as there are any."""
    words: list[str] = []
    node = tree
    for step in location:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            node = None
        if isinstance(step, str):
            words.append(tidy(step))
            continue
        identity = _identity(node, words[-1] if words else "")
        if identity:
            words.append(tidy(identity))
        elif words:
            words[-1] += f"[{step + 1}]"
    return ".".join(words)


def _identity(node: Any, rows: str) -> str:
    if not isinstance(node, dict):
        return ""
    between, level = node.get("between"), node.get("level")
    if isinstance(between, list) and all(isinstance(each, str) for each in between):
        pair = "+".join(between)
        return f"{pair}.{level}" if isinstance(level, str) else pair
    for key in ("organisation",) if rows == "partners" else ("id", "use"):
        if isinstance(node.get(key), str):
            return str(node[key])
    return ""


_Pair = tuple[tuple[str, ...], "tree_sitter.Node", "tree_sitter.Node"]


class _Places:
    """Finds the keys of a text: headers once for all, the pairs under a header when asked for."""

    def __init__(self, text: str) -> None:
        import tree_sitter  # noqa: PLC0415 - needed for errors only
        import tree_sitter_toml  # noqa: PLC0415

        self._lines = text.split("\n")
        parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))
        self._data = text.encode("utf-8", "replace")
        self._kept: dict[int, list[tree_sitter.Node]] = {}
        self._kept_pairs: dict[int, dict[str, list[_Pair]]] = {}
        root = parser.parse(self._data).root_node
        self._headers: dict[Location, list[tree_sitter.Node]] = {(): [root]}
        lengths: dict[Location, int] = {}
        for node in self._children(root):
            if node.type in ("table", "table_array_element"):
                self._note_header(node, lengths)

    def _note_header(self, node: tree_sitter.Node, lengths: dict[Location, int]) -> None:
        at: Location = ()
        parts = _key_parts(self._children(node)[0]) if self._children(node) else []
        for number, part in enumerate(parts, start=1):
            at += (part,)
            if number == len(parts) and node.type == "table_array_element":
                lengths[at] = lengths.get(at, 0) + 1
            if at in lengths:
                at += (lengths[at] - 1,)
        self._headers.setdefault(at, []).append(node)

    def find(self, location: Location) -> tuple[int, int, str]:
        """Return line, column and excerpt of the deepest key that is on the way to the location."""
        for length in range(len(location), -1, -1):
            for node in self._headers.get(location[:length], ()):
                rest = location[length:]
                key = self._find_key(node, rest) if rest else None
                if key is None and length:
                    key = self._children(node)[0]
                if key is not None:
                    return self._describe(key)
        return 0, 0, ""

    def _children(self, node: tree_sitter.Node) -> list[tree_sitter.Node]:
        """Return the children that are not comments; kept, for a list can be long."""
        if node.id not in self._kept:
            self._kept[node.id] = [each for each in node.named_children if each.type != "comment"]
        return self._kept[node.id]

    def _pairs(self, table: tree_sitter.Node) -> dict[str, list[_Pair]]:
        """Return the pairs of a table by the first part of their keys."""
        if table.id not in self._kept_pairs:
            pairs: dict[str, list[_Pair]] = {}
            for node in self._children(table):
                if node.type == "pair" and node.named_child_count > 1:
                    key, value = [each for each in node.named_children if each.type != "comment"][:2]
                    parts = tuple(_key_parts(key))
                    pairs.setdefault(parts[0], []).append((parts, key, value))
            self._kept_pairs[table.id] = pairs
        return self._kept_pairs[table.id]

    def _find_key(self, table: tree_sitter.Node, rest: Location) -> tree_sitter.Node | None:
        """Return the node of the deepest key (or list item) that leads to ``rest``, or None if there is none."""
        best: tree_sitter.Node | None = None
        best_length = 0
        for parts, key, value in self._pairs(table).get(str(rest[0]), ()):
            if parts == rest[: len(parts)]:
                return self._within(value, rest[len(parts) :]) or key
            common = 0
            while common < min(len(parts), len(rest)) and parts[common] == rest[common]:
                common += 1
            if common > best_length:
                best, best_length = key, common
        return best

    def _within(self, value: tree_sitter.Node, rest: Location) -> tree_sitter.Node | None:
        if not rest:
            return None
        if value.type == "inline_table":
            return self._find_key(value, rest)
        if value.type == "array" and isinstance(rest[0], int) and rest[0] < len(self._children(value)):
            item = self._children(value)[rest[0]]
            return self._within(item, rest[1:]) or item
        return None

    def _describe(self, key: tree_sitter.Node) -> tuple[int, int, str]:
        row, byte = key.start_point
        if row >= len(self._lines):
            return 0, 0, ""
        column = len(self._data[key.start_byte - byte : key.start_byte].decode("utf-8", "ignore")) + 1
        is_one_line = key.end_point[0] == row
        width = len(self._data[key.start_byte : key.end_byte].decode("utf-8", "ignore")) if is_one_line else 1
        return row + 1, column, _excerpt(self._lines, row + 1, column, width)


def _key_parts(node: tree_sitter.Node) -> list[str]:
    parts: list[str] = []
    pending = [node]
    while pending:
        each = pending.pop()
        if each.type == "dotted_key":
            pending += reversed(each.named_children)
            continue
        text = (each.text or b"").decode("utf-8", "replace")
        if each.type == "quoted_key":
            try:
                text = next(iter(tomli.loads(f"{text} = 0")))
            except (ValueError, StopIteration):
                text = text[1:-1]
        parts.append(text)
    return parts


def _excerpt(lines: list[str], line: int, column: int, width: int) -> str:
    if not 0 < line <= len(lines):
        return ""
    start = max(0, column - _EXCERPT_MOST // 2) if column > _EXCERPT_MOST - 20 else 0
    part = "".join(
        each if each.isprintable() else " " for each in lines[line - 1][start : start + _EXCERPT_MOST]
    ).rstrip()
    carets = "^" * max(1, min(width, _EXCERPT_MOST - (column - 1 - start)))
    margin = f"{line:>5} | "
    return f"{margin}{part}\n{' ' * (len(margin) - 2)}| {' ' * (column - 1 - start)}{carets}"


def write(tree: Mapping[str, Any]) -> str:
    """Return a tree of plain tables, lists, texts and numbers as TOML."""
    lines: list[str] = []
    _write_table(tree, (), lines)
    return "\n".join(lines).strip("\n") + "\n"


def _write_table(table: Mapping[str, Any], path: tuple[str, ...], lines: list[str]) -> None:
    inner = {}
    for key, value in table.items():
        is_rows = isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)
        if isinstance(value, Mapping) or (is_rows and not path):
            inner[key] = value
        else:
            lines.append(f"{_written_key(key)} = {_written(value)}")
    for key, value in inner.items():
        at = (*path, key)
        header = ".".join(map(_written_key, at))
        if isinstance(value, Mapping):
            lines += ["", f"[{header}]"]
            _write_table(value, at, lines)
        else:
            for row in value:
                lines += ["", f"[[{header}]]"]
                _write_table(row, at, lines)


def _written_key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _written(key)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_written_key(key)} = {_written(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        if value and all(isinstance(each, Mapping) for each in value):
            return "[\n" + "".join(f"    {_written(each)},\n" for each in value) + "]"
        return "[" + ", ".join(map(_written, value)) + "]"
    return repr(value)
