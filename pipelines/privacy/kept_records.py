"""Records of releases in the keep folder: written, read, blanked, removed.

What belongs here: the files `keep/records/<release>.parquet` and their columns. What does not: what
a record tells (privacy.records).

No audience sees them. They hold figures of hidden groups, which can be one person, so after an
erasure nothing of what was not released stays in any of them.
"""

from __future__ import annotations

import os
from collections.abc import Container
from pathlib import Path

import polars as pl

from pipelines.errors import CrossvoiceError
from pipelines.settings import Settings

RECORDS = "records"
KEYS = ("unit_level", "unit_id", "period_id", "metric_id")
FIGURES = {
    "n_responses": pl.Int64,
    "n_people": pl.Int64,
    "value": pl.Float64,
    "promoters": pl.Int64,
    "detractors": pl.Int64,
}
PLACE = ("team_id", "location_id", "region_id")
"""Where the unit or location of a cell lay: places can be put in order anew."""
RECORD_SCHEMA = {
    **dict.fromkeys((*KEYS, *PLACE), pl.String),
    **FIGURES,
    "is_released": pl.Boolean,
    "is_small": pl.Boolean,
}
"""`is_small`: of fewer people than the threshold."""
EARLIER_SCHEMA = {"release_id": pl.String, **RECORD_SCHEMA, "is_whole": pl.Boolean}
"""Records of earlier releases together; `is_whole`: the cell has its figures of then."""


def keep_record(settings: Settings, release_id: str, record: pl.DataFrame) -> None:
    """Write the record of a release, by one rename, readable by its owner only."""
    folder = settings.keep / RECORDS
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(folder / f"{release_id}.parquet", record)


def read_records(settings: Settings) -> dict[str, pl.DataFrame]:
    """Every record there is, by release, as RECORD_SCHEMA.

    Raises CrossvoiceError when one is damaged: less would be known of its release than there is.
    """
    found = {}
    for file in _files(settings):
        record = _read(file)
        if record is None:
            raise CrossvoiceError(
                "The private record of an earlier release is damaged.",
                where=str(file),
                mend="restore it from a backup; if there is none, remove it: hidden groups of that "
                "release then count as they are now",
            )
        found[file.stem] = record
    return found


def blank_records(settings: Settings) -> None:
    """Take the figures of every cell that was not released out of every record.

    Which of them held answers of the erased cannot be told from the record. A damaged one may hold
    their figures still, and goes.
    """
    for file in _files(settings):
        record = _read(file)
        if record is None:
            file.unlink()
            continue
        shown = [pl.when("is_released").then(name).alias(name) for name in FIGURES]
        _write(file, record.with_columns(shown))


def remove_other_records(settings: Settings, releases: Container[str]) -> None:
    """Remove the records of releases that are no longer there, and what a kill left."""
    for file in (settings.keep / RECORDS).glob("*"):
        if file.suffix != ".parquet" or file.stem not in releases:
            file.unlink()


def _files(settings: Settings) -> list[Path]:
    return sorted((settings.keep / RECORDS).glob("[!.]*.parquet"))


def _read(file: Path) -> pl.DataFrame | None:
    """A record; None where it is damaged or cut off."""
    try:
        record = pl.read_parquet(file)
    except pl.exceptions.PolarsError:
        return None
    return record if {*KEYS, *FIGURES, "is_released"} <= set(record.columns) else None


def _write(path: Path, record: pl.DataFrame) -> None:
    temporary = path.with_name(f".{path.stem}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        record.write_parquet(file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
