"""Accounts of landed data: what they hold, and what becomes of lost, damaged and foreign ones."""

from __future__ import annotations

import datetime as dt
import json
import shutil

import pytest

from pipelines import landing
from pipelines.errors import SourceError
from tests.pipeline.ingest.test_pull import row, rows
from tests.unit.connectors.homes import Home


@pytest.mark.parametrize("lost", ["manifest", "batch"])
def test_a_batch_without_its_account_is_made_again(home: Home, lost: str) -> None:
    home.write_rows("in/a.csv", [row(1), row(2)])
    home.pull()
    before = rows(home)
    folder = home.settings.landing / "feedback" / home.manifests()[0].batch
    (folder / landing.MANIFEST).unlink()
    if lost == "batch":
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
    with pytest.raises(SourceError, match=r"has lost the landed rows of a\.csv"):
        home.manifests()

    assert home.pull().n_new == 1
    assert rows(home) == before


def test_a_lost_batch_without_its_file_is_told(home: Home) -> None:
    path = home.write_rows("in/a.csv", [row(1)])
    home.write_rows("in/b.csv", [row(2)])
    home.pull()
    path.unlink()
    state = home.state().inputs["a.csv"]
    (home.settings.landing / "feedback" / state.batch / landing.MANIFEST).unlink()

    with pytest.raises(SourceError, match=r"put a\.csv back"):
        home.pull()


@pytest.mark.parametrize("content", ["", "{", "[]x"])
def test_a_damaged_state_is_told(home: Home, content: str) -> None:
    home.write_rows("in/a.csv", [row(1)])
    home.pull()
    (home.settings.landing / "feedback" / landing.INPUTS).write_text(content)

    with pytest.raises(SourceError, match="account of landed data is damaged"):
        home.pull()


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (landing.MANIFEST, '"generation"', '"of_tomorrow"'),
        (landing.MANIFEST, '"rows_read"', '"rows"'),
        (landing.INPUTS, '"is_stale"', '"stale"'),
        (landing.INPUTS, '"changed_ns"', '"of_tomorrow"'),
    ],
)
def test_an_account_of_another_version_is_told(
    home: Home, name: str, before: str, after: str
) -> None:
    home.write_rows("in/a.csv", [row(1)])
    home.pull()
    folder = home.settings.landing / "feedback"
    [path] = folder.rglob(name)
    path.write_text(path.read_text().replace(before, after))

    with pytest.raises(SourceError, match=r"feedback was written by another version") as told:
        home.pull()
    assert told.value.where == str(path)
    assert told.value.mend == f"remove {folder} and run again; every file is read anew"

    shutil.rmtree(folder)
    assert home.pull().n_new == 1
    assert home.landed().height == 1


def test_the_account_of_a_batch(home: Home) -> None:
    home.write_rows("in/a.csv", [row(1), row(2, 99), ("F3", "2025-02-01T00:00:00Z", "", "S2", "")])
    home.pull()
    manifest = home.manifests()[0]

    assert (manifest.rows_read, manifest.rows_kept, manifest.rows_rejected) == (3, 2, 1)
    assert manifest.watermark == "2025-02-01 00:00:00"
    assert manifest.contract_table == "customer_feedback"
    folder = home.settings.landing / "feedback" / manifest.batch
    assert json.loads((folder / "manifest.json").read_text())["input"] == "a.csv"
    assert home.landed()["local_date"].to_list() == [dt.date(2025, 1, 1), dt.date(2025, 2, 1)]
