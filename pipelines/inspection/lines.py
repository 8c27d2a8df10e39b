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
    """A doubt: its first line begins with `# ?`."""
    for place, part in enumerate(textwrap.wrap(text, WIDTH - 6 - len(indent))):
        yield Line(f"{indent}# {'?' if place == 0 else ' '} {part}")


def remark(text: str, indent: str = "") -> Iterator[Line]:
    """A comment of any length."""
    for place, part in enumerate(textwrap.wrap(text, WIDTH - 6 - len(indent))):
        yield Line(f"{indent}# {'  ' if place and indent else ''}{part}")


def wrapped(content: str) -> Iterator[Line]:
    """A line with a long flow list or mapping, broken at its commas."""
    if len(content) <= WIDTH:
        yield Line(content)
        return
    indent = " " * (len(content) - len(content.lstrip()) + 4)
    line = ""
    for part in re.split(r"(?<=, )(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", content):
        if line and len(line) + len(part) > WIDTH:
            yield Line(line.rstrip())
            line = indent
        line += part
    yield Line(line)
