"""The SQL box reaches the published file and nothing else."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.errors import CrossvoiceError
from pipelines.explorer.database import MOST_ROWS, published_file, query, schema


def test_queries_run(published: Path) -> None:
    path = published_file(published, "shared")
    found = query(path, "select count(*) as n from linkage_estimates")
    assert found["n"][0] > 10
    assert "estimate" in schema(path)["column_name"].to_list()


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')", "select * from read_text('/etc/hostname')",
        "from '/etc/passwd'", "copy linkage_estimates to '{out}'",
        "attach '{out}' as other", "install httpfs", "load httpfs",
        "set enable_external_access = true", "set memory_limit = '8GB'",
        "reset lock_configuration", "pragma threads = 8", "export database '{out}'",
        "create table t as select 1", "drop table linkage_estimates",
        "delete from linkage_estimates", "select * from glob('/*')",
        "select getenv('HOME')", "select 1; copy linkage_estimates to '{out}'",
    ],
)  # fmt: skip
def test_everything_else_is_refused(published: Path, tmp_path: Path, sql: str) -> None:
    out = tmp_path / "out"
    path = published_file(published, "shared")
    before = path.read_bytes()
    with pytest.raises(CrossvoiceError):
        query(path, sql.format(out=out))
    assert not out.exists()
    assert path.read_bytes() == before


def test_a_long_query_is_stopped_and_a_large_answer_is_cut(published: Path) -> None:
    path = published_file(published, "shared")
    with pytest.raises(CrossvoiceError, match="longer than"):
        query(path, "select count(*) from range(10000000) a, range(10000000) b", seconds=0.3)
    assert query(path, "from range(1000000)").height == MOST_ROWS


def test_the_private_warehouse_is_out_of_reach(published: Path, tmp_path: Path) -> None:
    private = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(private)).execute("create table secrets as select 1 as x").close()
    with pytest.raises(CrossvoiceError):
        query(published_file(published, "shared"), f"attach '{private}' as w; from w.secrets")


def test_before_the_first_release_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(CrossvoiceError, match="Nothing has been released"):
        published_file(tmp_path, "hr")
