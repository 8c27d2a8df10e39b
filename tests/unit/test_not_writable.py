"""A warehouse or candidate that cannot be written is told with its path and what to do.

Root may write everywhere, so a folder or a link stands where the file would be made.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines import warehouse
from pipelines.errors import CrossvoiceError
from pipelines.publishing.candidate import empty_candidate
from pipelines.settings import Settings

FRAME = pl.DataFrame({"a": [1]})


def test_a_file_that_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    path.symlink_to(path.name)
    with pytest.raises(CrossvoiceError, match="cannot be written: Too many levels") as caught:
        warehouse.opened(path)
    assert caught.value.where == str(path)
    assert "writable" in caught.value.mend


@pytest.mark.parametrize("together", [False, True])
def test_a_folder_in_which_no_log_is_made(tmp_path: Path, together: bool) -> None:
    path = tmp_path / "w.duckdb"
    with warehouse.connect(path) as con:
        warehouse.write_table(con, "raw.t", FRAME)
    with warehouse.connect(path) as con:
        (tmp_path / "w.duckdb.wal").mkdir()
        assert warehouse.count_rows(con, "raw.t") == 1, "what is there can be read"
        with pytest.raises(CrossvoiceError, match="cannot be written: Is a dir") as caught:
            if together:
                with warehouse.transaction(con):
                    warehouse.write_table(con, "raw.t", FRAME)
            else:
                warehouse.write_table(con, "raw.t", FRAME)
    assert caught.value.where == f"{path}.wal"


def test_a_candidate_that_is_not_written(tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path / "home")
    settings.home.mkdir()
    settings.published.write_text("no folder")
    with pytest.raises(CrossvoiceError, match="candidate of a release cannot") as caught, \
            empty_candidate(settings):  # fmt: skip
        pytest.fail("there is no such folder")
    assert caught.value.where.startswith(str(settings.published))
    assert "last release is untouched" in caught.value.mend
