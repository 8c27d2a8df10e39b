"""The fingerprint tells what is new, and a release carries that of what was landed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pipelines import fingerprint as module
from pipelines.connectors.file import pull
from pipelines.errors import SourceError
from pipelines.fingerprint import Basis, fingerprint
from pipelines.privacy.erasure import ErasedKey, Erasures, keep_erasures
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.privacy.secret import Secret
from pipelines.program.model import Program
from pipelines.settings import Settings

TODAY = dt.date(2026, 1, 1)
PROGRAM = {
    "program": "shops",
    "title": "Shops",
    "period": "month",
    "start": "2025-01-01",
    "end": "2025-03-31",
    "metrics": [{"id": "mood", "label": "Mood", "voice": "employee", "items": ["mood"]}],
    "sources": [
        {
            "name": "scores",
            "table": "unit_scores",
            "location": "scores_*.csv",
            "columns": {"location_ref": "shop", "period_ref": {"value": "2025-01"}},
            "values": [
                {"columns": ["mood"], "voice": "employee", "scale": {"min": 0, "max": 10}}
            ],
        }
    ],
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "scores_1.csv").write_text("shop,mood\nA,5\n")
    return Settings(program_folder=tmp_path, home=tmp_path / "home")


def land(settings: Settings) -> Program:
    program = Program.model_validate(PROGRAM)
    pull(program.sources[0], program, settings, Pseudonymizer(Secret((b"0" * 32,)), {}))
    return program


def on(day: dt.date, program: Program) -> Basis:
    return Basis(program, day, code="c")


def test_what_was_landed_is_what_there_is_when_nothing_changes(settings: Settings) -> None:
    basis = on(TODAY, land(settings))
    assert fingerprint(basis, settings) == fingerprint(basis, settings, landed=True)


@pytest.mark.parametrize("name", ["scores_1.csv", "scores_2.csv"])
def test_a_file_that_changes_or_arrives_during_a_run_is_new_for_the_next(
    settings: Settings, name: str
) -> None:
    basis = on(TODAY, land(settings))
    before = fingerprint(basis, settings)
    (settings.program_folder / name).write_text("shop,mood\nA,7\nB,8\n")
    assert fingerprint(basis, settings, landed=True) == before
    assert fingerprint(basis, settings).whole != before.whole


def test_a_file_put_back_as_it_was_is_pulled_again_after_a_failed_pull(settings: Settings) -> None:
    basis = on(TODAY, land(settings))
    released = fingerprint(basis, settings, landed=True)
    file = settings.program_folder / "scores_1.csv"
    file.write_text("store,mood\nA,5\n")
    with pytest.raises(SourceError):
        land(settings)
    broken = fingerprint(basis, settings)
    file.write_text("shop,mood\nA,5\n")
    mended = fingerprint(basis, settings)
    assert len({released, broken, mended}) == 3
    land(settings)
    assert fingerprint(basis, settings) == released


def test_a_period_that_ends_is_something_new(settings: Settings) -> None:
    program = land(settings)
    before = fingerprint(on(dt.date(2025, 3, 31), program), settings)
    assert fingerprint(on(dt.date(2025, 4, 1), program), settings).config != before.config


def test_somebody_erased_is_something_new(settings: Settings) -> None:
    basis = on(TODAY, land(settings))
    before = fingerprint(basis, settings)
    keep_erasures(settings, Erasures("s").with_keys([ErasedKey("0" * 32)]))
    assert fingerprint(basis, settings).inputs != before.inputs
    assert fingerprint(basis, settings) == fingerprint(basis, settings, landed=True)


def test_the_month_in_which_rows_grow_too_old_is_something_new(settings: Settings) -> None:
    program = land(settings)
    aged = program.sources[0].model_copy(update={"retention": "24 months"})
    program = program.model_copy(update={"sources": [aged]})
    marks = [
        fingerprint(on(dt.date(2026, month, day), program), settings).inputs
        for month, day in ((1, 1), (1, 31), (2, 1))
    ]
    assert marks[0] == marks[1] != marks[2]


@pytest.mark.parametrize("page", ["docs/methods/lag.md", "docs/methods/de/lag.md"])
def test_a_method_page_is_part_of_what_makes_a_release(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "requirements.lock").touch()
    file = tmp_path / page
    file.parent.mkdir(parents=True)
    file.write_text("# Lag")
    monkeypatch.setattr(module, "PROJECT_ROOT", tmp_path)
    before = module.code_hash()
    file.write_text("# Lag: which moves first?")
    assert module.code_hash() != before
