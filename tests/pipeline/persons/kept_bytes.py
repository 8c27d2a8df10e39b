"""Where bytes are kept: every file of a home, and every value of Parquet and DuckDB files in it.

The bytes of those two are compressed: what is in them is not in the bytes of the file.
"""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

import duckdb
import polars as pl


def forms(word: str) -> list[str]:
    """How a word may be stored, as letters of one byte each."""
    found = [word.encode(), word.encode("utf-16-le"), word.encode().hex().encode(),
             base64.b64encode(word.encode())]  # fmt: skip
    return [form.decode("latin-1") for form in found]


def forms_of_key(key: str) -> list[str]:
    """A key as text, and the bytes its hexadecimal digits stand for."""
    raw = bytes.fromhex(key)
    return [*forms(key), raw.decode("latin-1"), base64.b64encode(raw).decode()]


def places(home: Path, wanted: list[str]) -> set[str]:
    """Files of the home in which any of it is found."""
    files = (p for p in home.rglob("*") if p.is_file() and not p.is_symlink())
    return {
        str(path.relative_to(home))
        for path in files
        if _holds(path, path.stat().st_ino, path.stat().st_mtime_ns, tuple(wanted))
    }


@cache
def _holds(path: Path, inode: int, changed: int, wanted: tuple[str, ...]) -> bool:
    """Whether any of it is in a file; one that has not changed is read once."""
    texts = pl.concat([pl.Series([path.read_bytes().decode("latin-1")]), *_values(path)])
    return bool(texts.str.contains_any(wanted, ascii_case_insensitive=True).any())


def _values(path: Path) -> list[pl.Series]:
    """Every text and bytes in a table file, decompressed, column by column."""
    if path.suffix == ".parquet":
        return _texts(pl.read_parquet(path))
    if path.suffix != ".duckdb":
        return []
    with duckdb.connect(str(path), read_only=True) as con:
        names = con.sql(
            "select table_schema, table_name from information_schema.tables "
            "where table_type = 'BASE TABLE'"
        ).fetchall()
        frames = [con.sql(f'select * from "{schema}"."{name}"').pl() for schema, name in names]
    return [text for frame in frames for text in _texts(frame)]


def _texts(frame: pl.DataFrame) -> list[pl.Series]:
    found: list[pl.Series] = []
    for column in frame.iter_columns():
        values = column.drop_nulls().unique()
        if column.dtype == pl.Binary:
            found.append(pl.Series([value.decode("latin-1") for value in values], dtype=pl.String))
        elif column.dtype == pl.String:
            found.append(values.alias(""))
        elif not (column.dtype.is_numeric() or column.dtype.is_temporal()):
            found.append(pl.Series([str(value) for value in values], dtype=pl.String))
    return found
