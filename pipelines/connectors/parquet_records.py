"""Parquet files as batches of text records.

What belongs here: typed columns written as text, one way each. What does not: what the text means
(connectors.mapping).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.connectors.columns import addressable
from pipelines.connectors.contents import Content
from pipelines.connectors.records import BATCH_ROWS, Records, numbered
from pipelines.connectors.unreadable import no_parquet
from pipelines.errors import SourceError
from pipelines.program.source import Source

LARGEST_EXACT = 2.0**53
"""Whole numbers up to here are exact as doubles."""


def open_content(source: Source, content: Content) -> Records:
    """Open a Parquet file: its schema now, its rows when they are asked for."""
    try:
        schema = pq.read_schema(_file(content))
    except (pa.ArrowException, OSError) as error:
        raise no_parquet(source, content) from error
    return Records(
        list(schema.names),
        lambda places: _batches(source, content, schema, places),
        has_typed_dates=True,
    )


def _file(content: Content) -> Path | BinaryIO:
    """The file itself, or what was packed, whole: Parquet is read from its end."""
    if content.name == content.path.name:
        return content.path
    with content.open() as stream:
        return io.BytesIO(stream.read())


def _batches(
    source: Source, content: Content, schema: pa.Schema, places: Sequence[int]
) -> Iterator[pl.DataFrame]:
    wanted = list(places) or [0]
    own = addressable(schema.names)
    for i in wanted:
        _refuse_unusable(source, content, schema.field(i))
    names = list(dict.fromkeys(schema.names[i] for i in wanted))
    done = 0
    try:
        with pq.ParquetFile(_file(content)) as file:
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=names):
                frame = pl.DataFrame({own[i]: _column(batch, schema, i) for i in wanted})
                frame = frame.select(_text(c, kind) for c, kind in frame.schema.items())
                last = done + frame.height
                yield numbered(frame, pl.int_range(done + 1, last + 1, eager=True))
                done = last
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError) as error:
        raise no_parquet(source, content) from error


def _column(batch: pa.RecordBatch, schema: pa.Schema, place: int) -> pl.Series:
    """The column at a place of the schema: a batch has all columns of a name, in their order."""
    name = schema.names[place]
    alike = batch.schema.get_all_field_indices(name)
    column = batch.column(alike[schema.names[:place].count(name)])
    kind = column.type
    if pa.types.is_decimal256(kind):  # Polars has no such number
        column = column.cast(pa.string())
    elif pa.types.is_timestamp(kind) and str(kind.tz).startswith(("+", "-")):  # nor such zones
        column = column.cast(pa.timestamp(kind.unit, "UTC"))
    elif kind == pa.uuid():
        column = pa.array([value and str(value) for value in column.to_pylist()], pa.string())
    elif isinstance(column, pa.ExtensionArray):
        column = column.storage
    return pl.from_arrow(column)


def _text(name: str, kind: pl.DataType) -> pl.Expr:
    """Whole numbers without decimals (a missing value makes integers doubles), NaN as missing."""
    column = pl.col(name)
    if not kind.is_float():
        return column.cast(pl.String)
    if kind == pl.Float16:  # too short for the numbers it is compared with
        column = column.cast(pl.Float32)
    whole = (column == column.floor()) & (column.abs() < LARGEST_EXACT)
    return (
        pl.when(column.is_nan())
        .then(None)
        .when(whole)
        .then(column.cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(column.cast(pl.String))
        .alias(name)
    )


def _refuse_unusable(source: Source, content: Content, field: pa.Field) -> None:
    kind, types = field.type, pa.types
    if kind == pa.uuid():  # bytes that everybody writes as one text
        return
    if isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    is_binary = types.is_binary(kind) or types.is_large_binary(kind)
    is_length = types.is_duration(kind) or types.is_interval(kind)
    if types.is_nested(kind) or is_length or is_binary or types.is_fixed_size_binary(kind):
        raise SourceError(
            f"Source {source.name} cannot use column {field.name!r}: it holds {kind}.",
            where=content.where,
            mend="write the column as text, number, date or timestamp",
        )
