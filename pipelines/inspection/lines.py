"""Lines of a written program: values as YAML, comments, questions, and where long lines break.

What belongs here: the shape of lines. What does not: what they say (inspection.writing).
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.program.open_questions import GOES_ON, MARK

WIDTH = 100
PLAIN = re.compile(r"[A-Za-z_À-ÿ][\w À-ÿ./()-]*")
NOT_TEXT = ("true", "false", "null", "yes", "no", "on", "off", "~", "n", "y")


@dataclass(frozen=True)
class Line:
    """A line of the file with the reason for it."""

    content: str
    reason: str = ""

    def text(self) -> str:
        """The line as written."""
        if not self.reason:
            return self.content
        return f"{self.content:<46}  # {self.reason}"


def quoted(value: Any) -> str:
    """A value as YAML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}"
    if isinstance(value, list):
        return f"[{', '.join(quoted(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(k)}: {quoted(v)}" for k, v in value.items()) + "}"
    text = str(value)
    is_plain = (
        PLAIN.fullmatch(text) and not text.endswith((" ", ":")) and text.lower() not in NOT_TEXT
    )
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def question(text: str, indent: str = "") -> Iterator[Line]:
    """A doubt, as program.open_questions finds it again: its first line begins with `# ?`."""
    for place, part in enumerate(textwrap.wrap(text, WIDTH - 6 - len(indent))):
        yield Line(f"{indent}{MARK + ' ' if place == 0 else GOES_ON}{part}")


def remark(text: str, indent: str = "") -> Iterator[Line]:
    """A comment of any length."""
    for place, part in enumerate(textwrap.wrap(text, WIDTH - 6 - len(indent))):
        yield Line(f"{indent}# {'  ' if place and indent else ''}{part}")


def mapping(key: str, entries: dict[str, Any]) -> Iterator[Line]:
    """A mapping of a source: on two lines at most, else a line for each entry."""
    short = list(wrapped(f"    {key}: {quoted(entries)}"))
    if len(short) <= 2:
        yield from short
        return
    yield Line(f"    {key}:")
    for name, value in entries.items():
        yield from wrapped(f"      {name}: {quoted(value)}")


def listing(key: str, entries: list[Any], reason: str = "") -> Iterator[Line]:
    """A list of a source: on one line where it fits, else a line for each entry."""
    content = f"    {key}: {quoted(entries)}"
    if len(content) <= WIDTH:
        yield Line(content, reason)
        return
    yield Line(f"    {key}:", reason)
    for entry in entries:
        yield from wrapped(f"      - {quoted(entry)}")


def wrapped(content: str) -> Iterator[Line]:
    """A line with a long flow list or mapping, broken at its commas: outer ones if these do."""
    if len(content) <= WIDTH:
        yield Line(content)
        return
    indent = " " * (len(content) - len(content.lstrip()) + 4)
    line = ""
    parts = list(_parts(content, 1))
    if max(map(len, parts)) + len(indent) > WIDTH:
        parts = list(_parts(content, 99))
    for part in parts:
        if line and len(line) + len(part) > WIDTH:
            yield Line(line.rstrip())
            line = indent
        line += part
    yield Line(line)


def _parts(content: str, depth: int) -> Iterator[str]:
    """The content cut behind the commas that lie in at most this many brackets, not in quotes."""
    start = level = 0
    is_quoted = False
    for place, letter in enumerate(content):
        is_quoted ^= letter == '"' and content[place - 1] != "\\"
        if not is_quoted:
            level += (letter in "[{") - (letter in "]}")
            if letter == " " and content[place - 1] == "," and level <= depth:
                yield content[start : place + 1]
                start = place + 1
    yield content[start:]
