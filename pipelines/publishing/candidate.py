"""The candidate: everything a release would hold, written beside the releases and not yet shown.

What belongs here: the folder of a candidate and its files. What does not: what the tables hold
(publishing.tables), whether it may be released (checks) and how it is (publishing.release).

    candidate/<audience>/crossvoice.duckdb      one file per audience, DuckDB storage v1.0.0
              <audience>/parquet/<table>.parquet
              card.txt, publication.json

The pages beside them are the report's (pipelines.report.release_pages).
"""

from __future__ import annotations

import hmac
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines import warehouse
from pipelines.errors import CrossvoiceError
from pipelines.privacy.secret import load_secret
from pipelines.publishing.audiences import AUDIENCES
from pipelines.publishing.card import result_card
from pipelines.publishing.comments import comment_frames
from pipelines.publishing.dictionary import data_dictionary
from pipelines.publishing.earlier import earlier_comments
from pipelines.publishing.layout import CANDIDATE, CARD, DATABASE, PUBLICATION
from pipelines.publishing.publication import SCHEMA as PUBLICATION_SCHEMA
from pipelines.publishing.tables import published_frames
from pipelines.settings import Settings


def build_candidate(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    publication: Mapping[str, Any],
    mart_columns: Mapping[str, Mapping[str, str]],
) -> dict[str, int]:
    """Write the candidate and the `published` schema it is checked by; returns rows by table.

    `publication` is the one row that holds run id, clock times, hashes and thresholds;
    `mart_columns` are the marts' column descriptions.
    """
    frames = published_frames(con)
    order = hmac.digest(
        load_secret(settings).links[-1], f"order {publication['fingerprint']}".encode(), "sha256"
    )
    frames |= comment_frames(con, order, partial(earlier_comments, settings))
    frames["publication"] = pl.DataFrame([dict(publication)], schema=PUBLICATION_SCHEMA)
    frames["data_dictionary"] = data_dictionary(frames, mart_columns)
    with warehouse.transaction(con):
        con.execute("drop schema if exists published cascade")
        for name, frame in frames.items():
            warehouse.write_table(con, f"published.{name}", frame)
    with empty_candidate(settings) as folder:
        for audience, tables in AUDIENCES.items():
            _write_audience(folder / audience, {name: frames[name] for name in tables})
        (folder / CARD).write_text(result_card(frames) + "\n")
        row = json.dumps(dict(publication), indent=1, default=str)
        (folder / PUBLICATION).write_text(row + "\n")
    return {name: frame.height for name, frame in frames.items()}


@contextmanager
def empty_candidate(settings: Settings) -> Iterator[Path]:
    """The candidate's folder, without what an earlier run left; says so where it is not written."""
    folder = settings.published / CANDIDATE
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True)
        yield folder
    except OSError as error:
        raise CrossvoiceError(
            f"The candidate of a release cannot be written: {error.strerror or error}.",
            where=str(error.filename or folder),
            mend="make the folder writable for you or free space, or set CROSSVOICE_HOME to "
            "another; the last release is untouched",
        ) from error


def _write_audience(folder: Path, frames: Mapping[str, pl.DataFrame]) -> None:
    parquet = folder / "parquet"
    parquet.mkdir(parents=True)
    # a frame is read by one thread; others of the file's own would only cost time
    with warehouse.connect(folder / DATABASE, threads=1) as con, warehouse.transaction(con):
        for name, frame in frames.items():
            warehouse.write_table(con, f"main.{name}", frame)
            frame.write_parquet(parquet / f"{name}.parquet")


def candidate_counts(settings: Settings) -> dict[str, dict[str, int]]:
    """Rows of every table in every file of the candidate, by audience, as a reader would count."""
    found: dict[str, dict[str, int]] = {}
    for audience, tables in AUDIENCES.items():
        folder = settings.published / CANDIDATE / audience
        with warehouse.connect(folder / DATABASE, threads=1) as con:
            in_file = {name: warehouse.count_rows(con, f"main.{name}") for name in tables}
        for name in tables:
            rows = pl.scan_parquet(folder / "parquet" / f"{name}.parquet").select(pl.len())
            if rows.collect().item() != in_file[name]:
                msg = f"{audience}: Parquet and DuckDB disagree on the rows of {name}"
                raise AssertionError(msg)
        found[audience] = in_file
    return found
