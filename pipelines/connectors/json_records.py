"""JSON Lines and JSON lists as batches of text records.

What belongs here: finding the records, and their fields by dotted path. What does not: what the
text means (connectors.mapping). Numbers keep the digits they are written with.
"""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from pipelines.connectors.columns import tidy, used_columns
from pipelines.connectors.contents import Content, chunks
from pipelines.connectors.encodings import encoding_of
from pipelines.connectors.records import Records, content_format, numbered
from pipelines.connectors.unreadable import no_json, wrong_encoding
from pipelines.errors import SourceError
from pipelines.program.source import Source

BATCH_RECORDS = 20_000
"""Records handed on at once."""
HEADER_RECORDS = 5_000
"""Records in which the names of fields are looked for, besides those the program names."""
CHUNK_BYTES = 1 << 20
DECODER = json.JSONDecoder(parse_float=str, parse_int=str)
BETWEEN = " \t\r\n,"
HALF, NO_CHARACTER = re.compile("[\ud800-\udfff]"), "\ufffd"
"""Half of a character, which a text cut in the middle of an emoji ends in, and what it becomes."""
LONGEST_RECORD = 64 << 20
"""Characters a single record may have."""


def open_content(source: Source, content: Content) -> Records:
    """Open a JSON file: the names of its fields now, its records when they are asked for."""
    names: dict[str, None] = {}
    number = 0
    for number, record in enumerate(_flattened(source, content), start=1):
        names.update(dict.fromkeys(record or ()))
        if number == HEADER_RECORDS:
            break
    # a list of no records misses no names: that it has none is told where they are counted
    header = list(names) if number else used_columns(source)
    records = Records(header, lambda places: _batches(source, content, records, places))
    return records


def _batches(
    source: Source, content: Content, records: Records, places: Sequence[int]
) -> Iterator[pl.DataFrame]:
    names = [records.header[i] for i in places] or records.header[:1]
    columns: list[list[str | None]] = [[] for _ in names]
    numbers: list[int] = []
    for number, record in enumerate(_flattened(source, content), start=1):
        if record is None:
            records.blank.append(number)
            continue
        numbers.append(number)
        for name, column in zip(names, columns, strict=True):
            column.append(record.get(name))
        if len(numbers) == BATCH_RECORDS:
            yield numbered(_frame(names, columns), pl.Series(numbers))
            columns, numbers = [[] for _ in names], []
    if names and numbers:
        yield numbered(_frame(names, columns), pl.Series(numbers))


def _frame(names: list[str], columns: list[list[str | None]]) -> pl.DataFrame:
    schema = dict.fromkeys(names, pl.String)
    try:
        return pl.DataFrame(dict(zip(names, columns, strict=True)), schema=schema)
    except UnicodeEncodeError:
        whole = [[text and HALF.sub(NO_CHARACTER, text) for text in texts] for texts in columns]
        return pl.DataFrame(dict(zip(names, whole, strict=True)), schema=schema)


def _flattened(source: Source, content: Content) -> Iterator[dict[str, str | None] | None]:
    """The fields of each record; None for one whose list to explode has no elements."""
    number = 0
    try:
        for record in _exploded(source, content):
            number += 1
            yield None if record is None else _flat(record)
    except RecursionError:
        what = "holds lists or objects inside each other, deeper than can be read"
        raise no_json(source, content, f", after record {number}", what) from None


def _flat(record: dict, prefix: str = "") -> dict[str, str | None]:
    """Fields by dotted path, as text; a list of values is joined, any other list keeps its JSON.

    >>> _flat({"id": "7", "store": {"code": "A", "tags": ["x", "y"]}, "gone": None})
    {'id': '7', 'store.code': 'A', 'store.tags': 'x, y', 'gone': None}
    """
    found: dict[str, str | None] = {}
    for key, value in record.items():
        name = prefix + tidy(key if key.isascii() else HALF.sub(NO_CHARACTER, key))
        if isinstance(value, dict):
            found.update(_flat(value, f"{name}."))
        elif isinstance(value, list):
            for place, item in enumerate(value[:100]):
                if isinstance(item, dict):
                    found.update(_flat(item, f"{name}.{place}."))
            if not any(isinstance(item, dict | list) for item in value):
                found[name] = ", ".join(_text(item) or "" for item in value) or None
        else:
            found[name] = _text(value)
    return found


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _exploded(source: Source, content: Content) -> Iterator[dict | None]:
    """The records, or one for each element of the list inside each of them: None if it has none."""
    if source.explode is None:
        yield from _records(source, content)
        return
    path = source.explode.split(".")
    for number, record in enumerate(_records(source, content), start=1):
        inside = record
        for key in path[:-1]:
            inside = (inside.get(key) or {}) if isinstance(inside, dict) else inside
        listed = (inside.pop(path[-1], None) or []) if isinstance(inside, dict) else inside
        if not isinstance(listed, list):
            what = f"has no list at {source.explode!r}, which `explode` names"
            raise no_json(source, content, f", record {number}", what)
        if not listed:
            yield None
        for element in listed:
            value = element
            for key in reversed(path):
                value = {key: value}
            yield _merged(record, value)


def _merged(record: dict, element: dict) -> dict:
    """The record with the element in the place of its list."""
    both = {**record}
    for key, value in element.items():
        own = both.get(key)
        both[key] = _merged(own, value) if isinstance(own, dict) else value
    return both


def _records(source: Source, content: Content) -> Iterator[dict]:
    is_lines = content_format(source, content) == "jsonl"
    found = _lines(source, content) if is_lines else _listed(source, content)
    for number, record in enumerate(found, start=1):
        if not isinstance(record, dict):
            what = "holds something else than records: each must be {...}"
            raise no_json(source, content, f", record {number}", what)
        yield record


def _lines(source: Source, content: Content) -> Iterator[Any]:
    encoding = _encoding(source, content)
    number = 0
    with io.TextIOWrapper(content.open(), encoding=encoding, newline="\n") as file:
        try:
            for line in file:
                number += 1
                if line.strip():
                    yield DECODER.decode(line.strip())
        except UnicodeError as error:
            raise wrong_encoding(source, content, encoding) from error
        except json.JSONDecodeError as error:
            what = "is not JSON, or is cut off"
            raise no_json(source, content, f", line {number}", what) from error


def _encoding(source: Source, content: Content) -> str:
    encoding = encoding_of(source, content)[0]
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _listed(source: Source, content: Content) -> Iterator[Any]:
    """Records of one list: read as they are needed, or out of a whole document by their path."""
    if source.records is None:
        yield from _streamed(source, content)
        return
    encoding = _encoding(source, content)
    try:
        with content.open() as file:
            found = DECODER.decode(file.read().decode(encoding).strip())
    except UnicodeError as error:
        raise wrong_encoding(source, content, encoding) from error
    except json.JSONDecodeError as error:
        where = f", line {error.lineno}"
        raise no_json(source, content, where, "is not JSON, or is cut off") from error
    for key in source.records.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, list):
        raise SourceError(
            f"Source {source.name} finds no list of records at {source.records!r}.",
            where=content.where,
            mend="set `records` to the dotted path of the list, such as data.responses",
        )
    yield from found


def _streamed(source: Source, content: Content) -> Iterator[Any]:
    """The elements of the list a document is, one after the other, in bounded memory."""
    encoding = _encoding(source, content)
    decoder = codecs.getincrementaldecoder(encoding)()
    text, number = "", 0
    try:
        with content.open() as file:
            for part in chunks(file, CHUNK_BYTES):
                text += decoder.decode(part)
                at = 0 if number else _after_bracket(source, content, text)
                while (found := _next_element(text, at)) is not None:
                    record, at = found
                    number += 1
                    yield record
                text = text[at:] if number else text
                if len(text) > LONGEST_RECORD:
                    text = ""
                    break
            text += decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise wrong_encoding(source, content, encoding) from error
    rest = text if number else text.lstrip()[1:]
    rest = rest.lstrip(BETWEEN)
    if not rest.startswith("]"):
        where = f", after record {number}"
        raise no_json(source, content, where, "is not JSON, or is cut off")
    if rest[1:].strip():
        what = "goes on after the list of its records"
        raise no_json(source, content, f", after record {number}", what)


def _next_element(text: str, at: int) -> tuple[Any, int] | None:
    """The element that begins after `at` and where it ends; None while it is not there whole."""
    while at < len(text) and text[at] in BETWEEN:
        at += 1
    if at == len(text) or text[at] == "]":
        return None
    try:
        record, end = DECODER.raw_decode(text, at)
    except json.JSONDecodeError:
        return None
    is_whole = end < len(text) or text[end - 1] in "]}"  # a number may go on
    return (record, end) if is_whole else None


def _after_bracket(source: Source, content: Content, text: str) -> int:
    start = len(text) - len(text.lstrip())
    if text[start : start + 1] == "[":
        return start + 1
    what = "is no list of records at its top" if text[start : start + 1] == "{" else "is not JSON"
    raise no_json(source, content, "", what)
