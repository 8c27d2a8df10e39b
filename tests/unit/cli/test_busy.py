"""Commands while a run is under way, or while another program has the warehouse open."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines import warehouse
from pipelines.cli.main import main
from pipelines.run_lock import run_lock

READS = [("aliases",), ("status",), ("estimate", "between")]
HOLD = (
    "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); "
    "sys.stdin.read()"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CROSSVOICE_HOME", str(tmp_path))
    with warehouse.connect(tmp_path / "warehouse.duckdb"):
        pass
    return tmp_path


@pytest.fixture
def holder(home: Path) -> Iterator[subprocess.Popen]:
    """A process that has the warehouse open."""
    words = [sys.executable, "-c", HOLD, str(home / "warehouse.duckdb")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"open\n"
        yield process


@pytest.mark.parametrize("words", READS, ids=lambda words: words[0])
def test_a_warehouse_that_is_open_elsewhere_is_told_with_its_holder(
    words: tuple[str, ...], home: Path, holder: subprocess.Popen
) -> None:
    ended = CliRunner().invoke(main, [*words, "--program", "demo"], catch_exceptions=False)

    assert ended.exit_code == 2
    assert f"open in another program (process {holder.pid})" in ended.output
    assert f"where: {home / 'warehouse.duckdb'}" in ended.output
    assert "published/current" in ended.output


@pytest.mark.parametrize("words", READS, ids=lambda words: words[0])
def test_a_run_under_way_is_told(words: tuple[str, ...], home: Path) -> None:
    with run_lock(home / "run.lock"):
        ended = CliRunner().invoke(main, [*words, "--program", "demo"], catch_exceptions=False)

    is_status = words == ("status",)
    assert ended.exit_code == (0 if is_status else 2)
    assert ("a run is under way" if is_status else "mend:  wait for") in ended.output
