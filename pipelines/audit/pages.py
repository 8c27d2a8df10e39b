"""The rows of a page, drawing or text: what a reader sees together, and its numbers.

What belongs here: taking HTML, SVG, text and the data inside a report apart. What does not: whether
a number may stand there (audit.files).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

NUMBER = re.compile(r"(?<![\w.,:#@/-])[-+\u2212]?\d[\d.,]*(?![\w@:/]|-\d)")
COMMA_LANGUAGES = ("de",)
"""Languages of reports that write 0,5."""
UNSEEN = ("script", "style", "title")
EMBEDDED = re.compile(r'<script type="application/json"[^>]*>(.*?)</script>', re.DOTALL)


@dataclass(frozen=True)
class Row:
    """Texts that stand together, and the numbers among them as they are written."""

    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    is_drawn: bool = False
    """A row of the data behind a chart: points and lines are worked out from released rows."""


def writes_commas(text: str) -> bool:
    """Whether a page is in a language that writes 0,5."""
    language = re.search(r'<html[^>]*\blang="(\w+)', text)
    return bool(language) and language[1] in COMMA_LANGUAGES


def read_page(path: Path) -> str:
    """A page as it is read: where a long word may break is no gap between two."""
    return path.read_text("utf-8").replace("<wbr>", "")


def page_rows(text: str, *, comma: bool = False) -> Iterator[Row]:
    """Rows of an HTML or SVG page: table rows, other texts one by one, and the data of charts."""
    reader = _Texts()
    reader.feed(text)
    for texts in reader.rows:
        yield text_row(texts, comma=comma)
    for found in EMBEDDED.finditer(text):
        data = json.loads(found[1])
        yield from _data_rows({k: v for k, v in data.items() if k in ("tables", "units")})


def text_row(texts: list[str], *, comma: bool = False) -> Row:
    """One row of written texts."""
    numbers = [n for text in texts for n in _numbers(text, comma=comma)]
    return Row(tuple(texts), tuple(numbers))


def _numbers(text: str, *, comma: bool) -> Iterator[str]:
    thousands, decimal = (".", ",") if comma else (",", ".")
    for found in NUMBER.findall(text):
        plain = found.strip("+-\u2212.,").replace(thousands, "").replace(decimal, ".")
        if plain.count(".") <= 1:
            yield plain


class _Texts(HTMLParser):
    """Cells of each table row together; every other text by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._row: list[str] | None = None
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN[:2]:
            self._unseen += 1
        elif tag == "tr":
            self._row = []

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN[:2]:
            self._unseen -= 1
        elif tag == "tr" and self._row is not None:
            self.rows.append(self._row)
            self._row = None

    def handle_data(self, data: str) -> None:
        if self._unseen or not data.strip():
            return
        if self._row is None:
            self.rows.append([data.strip()])
        else:
            self._row.append(data.strip())


def _data_rows(data: Any) -> Iterator[Row]:
    """Every innermost record of the data behind the charts, and the rows of its tables."""
    if isinstance(data, dict) and set(data) == {"columns", "values"}:
        for values in zip(*data["values"], strict=True):
            yield _record(values)
    elif isinstance(data, dict):
        inside = [v for v in data.values() if isinstance(v, dict | list)]
        flat = [v for v in data.values() if not isinstance(v, dict | list)]
        if flat:
            yield _record(flat)
        for value in inside:
            yield from _data_rows(value)
    elif isinstance(data, list):
        if data and not any(isinstance(v, dict | list) for v in data):
            yield _record(data)
        for value in data:
            if isinstance(value, dict | list):
                yield from _data_rows(value)


def _record(values: Any) -> Row:
    texts = tuple(v for v in values if isinstance(v, str))
    numbers = [repr(abs(v)) for v in values if isinstance(v, int | float) and v is not True]
    return Row(texts, tuple(n for n in numbers if n != "False"), is_drawn=True)
