"""The secret: made once, kept private, and noticed when it is lost, damaged or another one."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from pipelines.errors import CrossvoiceError
from pipelines.privacy.secret import (
    SECRET_FILE,
    Secret,
    finish_severing,
    keep_secret,
    load_secret,
)
from pipelines.settings import Settings

GIVEN = "a long enough secret"


def settings(folder: Path, secret: str | None = None) -> Settings:
    return Settings(folder, folder, secret=secret)


def refused(folder: Path, secret: str | None = None) -> str:
    """The message of a secret that is not used; it never holds any part of one."""
    with pytest.raises(CrossvoiceError) as caught:
        load_secret(settings(folder, secret))
    said = caught.value.text()
    assert secret is None or secret not in said
    assert "mend:" in said
    return said


def test_the_secret_is_made_once_and_is_private(tmp_path: Path) -> None:
    made, again = load_secret(settings(tmp_path)), load_secret(settings(tmp_path))

    assert (made.links, made.is_new, again.is_new) == (again.links, True, False)
    assert len(made.links[0]) == 64
    files = list((tmp_path / "keep").iterdir())
    assert [stat.S_IMODE(f.stat().st_mode) for f in (tmp_path / "keep", *files)] == [0o700, 0o600]


def test_a_given_secret_is_used_and_not_written_down(tmp_path: Path) -> None:
    assert load_secret(settings(tmp_path, GIVEN)).links == (GIVEN.encode(),)
    assert GIVEN not in (tmp_path / "keep" / SECRET_FILE).read_text()
    assert "too short" in refused(tmp_path / "other", "tiny")


def test_another_secret_is_noticed(tmp_path: Path) -> None:
    load_secret(settings(tmp_path))
    assert "not the secret" in refused(tmp_path, GIVEN)


def test_a_given_secret_that_is_gone_is_noticed(tmp_path: Path) -> None:
    load_secret(settings(tmp_path, GIVEN))
    assert "not set" in refused(tmp_path)


@pytest.mark.parametrize("secret", [None, GIVEN])
def test_a_lost_keep_folder_is_noticed(tmp_path: Path, secret: str | None) -> None:
    batch = tmp_path / "landing" / "survey" / "b1"
    batch.mkdir(parents=True)
    (batch / "manifest.json").write_text(json.dumps({"secret_id": "0" * 16}))
    assert "rotate --sever" in refused(tmp_path, secret)


def test_a_given_secret_survives_the_loss_of_the_keep_folder(tmp_path: Path) -> None:
    batch = tmp_path / "landing" / "survey" / "b1"
    batch.mkdir(parents=True)
    (batch / "manifest.json").write_text(json.dumps({"secret_id": Secret((GIVEN.encode(),)).id}))
    assert load_secret(settings(tmp_path, GIVEN)).links == (GIVEN.encode(),)


@pytest.mark.parametrize("change", ["", "{}", "null", "short", '"secret": "0'])
def test_a_damaged_secret_is_not_used(tmp_path: Path, change: str) -> None:
    load_secret(settings(tmp_path))
    path = tmp_path / "keep" / SECRET_FILE
    path.write_text(path.read_text().replace('"secret": "', change) if '"s' in change else change)
    assert "damaged" in refused(tmp_path)


def test_a_chain_knows_its_earlier_states() -> None:
    one, two = Secret((b"a" * 16,)), Secret((b"a" * 16, b"b" * 16))

    assert two.links_after(one.id) == (b"b" * 16,)
    assert two.links_after(two.id) == ()
    assert two.links_after("of another chain") is None
    assert (two.base_id, two.id == one.id) == (one.id, False)
    assert Secret((b"c" * 16, b"b" * 16)).id != two.id


def test_the_throw_away_secret_is_forgotten(tmp_path: Path) -> None:
    severing = Secret((b"n" * 16,), severing=b"thrown away soon")
    keep_secret(settings(tmp_path), severing)
    assert load_secret(settings(tmp_path)).severing == b"thrown away soon"

    finish_severing(settings(tmp_path), load_secret(settings(tmp_path)))

    assert load_secret(settings(tmp_path)).severing is None
    assert "thrown away" not in (tmp_path / "keep" / SECRET_FILE).read_text()
