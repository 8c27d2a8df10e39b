"""A small released file, as publication lays it out."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.publishing.layout import CURRENT, DATABASE, RELEASES
from tests.browser.made import company


def release(published: Path, name: str, title: str) -> Path:
    """A release of the shared audience, made current by one rename."""
    folder = published / RELEASES / name / "shared"
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / DATABASE)) as con:
        for table, frame in company(36, 3).tables.items():
            if table == "publication":
                frame = frame.with_columns(pl.lit(title).alias("title"))
            if table == "linkage_estimates":  # the question is asked again of one period
                again = frame.filter(estimand="between").with_columns(window_id=pl.lit("p01"))
                frame = pl.concat([frame, again])
            con.register("frame", frame)
            con.execute(f"create table {table} as from frame")
            con.unregister("frame")
    link = published / ".link"
    link.symlink_to(Path(RELEASES) / name)
    link.replace(published / CURRENT)
    return folder / DATABASE


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of publications with one release."""
    folder = tmp_path_factory.mktemp("published")
    release(folder, "first", "First release")
    return folder
