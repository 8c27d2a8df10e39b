"""The fingerprint tells what is new, and a release carries that of what was landed."""

from __future__ import annotations

import datetime as dt
import shutil
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
from pipelines.settings import PROJECT_ROOT, Settings

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


def test_a_release_of_parts_lets_every_run_find_something_new(settings: Settings) -> None:
    """A stage alone released what was left of files and settings that nobody has noted."""
    whole = fingerprint(on(TODAY, land(settings)), settings, landed=True)
    parts = whole.of_parts("a run")
    assert parts.whole != whole.whole
    assert parts.inputs != whole.inputs  # what the drop-folder sensor looks at
    assert parts != whole.of_parts("another run")


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


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code as it is, where it can be changed."""
    root = tmp_path_factory.mktemp("code")
    made = shutil.ignore_patterns("__pycache__", "target", "logs", "*.pyc")
    for folder in ("pipelines", "data_checks", "dbt_project", "docs/methods"):
        shutil.copytree(PROJECT_ROOT / folder, root / folder, ignore=made)
    shutil.copy(PROJECT_ROOT / "requirements.lock", root)
    return root


def test_any_file_of_the_code_is_part_of_what_makes_a_release(
    code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROJECT_ROOT", code)
    hashed = set()
    with monkeypatch.context() as patched:
        patched.setattr(module, "content_hash", lambda path: hashed.add(path) or "")
        module.code_hash()
    files = sorted(path for path in code.rglob("*") if path.is_file())
    assert hashed == set(files)
    before = module.code_hash()
    one_of_each_kind = {(path.relative_to(code).parts[0], path.suffix): path for path in files}
    assert {("pipelines", ".po"), ("dbt_project", ".yml")} <= one_of_each_kind.keys()
    for path in one_of_each_kind.values():
        content = path.read_bytes()
        path.write_bytes(content + b" ")
        assert module.code_hash() != before, path
        path.write_bytes(content)
    assert module.code_hash() == before


@pytest.mark.parametrize("name", ["pipelines/report/static/a.woff2", "data_checks/words.unknown"])
def test_a_new_file_of_a_kind_nobody_thought_of_is_something_new(
    name: str, code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROJECT_ROOT", code)
    before = module.code_hash()
    (code / name).write_bytes(b"")
    assert module.code_hash() != before
    (code / name).unlink()


@pytest.mark.parametrize(
    "name",
    ["pipelines/__pycache__/raw.cpython-311.pyc", "dbt_project/target/manifest.json",
     "dbt_project/logs/dbt.log", "pipelines/.raw.py.swp"],
)  # fmt: skip
def test_what_running_the_code_writes_is_nothing_new(
    name: str, code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROJECT_ROOT", code)
    before = module.code_hash()
    (code / name).parent.mkdir(exist_ok=True)
    (code / name).touch()
    assert module.code_hash() == before
    (code / name).unlink()
