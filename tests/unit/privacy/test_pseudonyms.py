"""Keys of people: one for every spelling, the same column by column as one by one."""

from __future__ import annotations

import hashlib
import hmac
import stat
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import CrossvoiceError
from pipelines.privacy.pseudonyms import Pseudonymizer, load_secret
from pipelines.program.sections import IdentifierNorm

RULES = {"employee_id": IdentifierNorm(strip_leading_zeros=True)}
NAMES = Pseudonymizer(b"0123456789abcdef", RULES)
IDENTIFIERS = st.text(max_size=12) | st.from_regex(r"0{0,3}[1-9]?[0-9]{0,4}", fullmatch=True)


@settings(deadline=None)
@given(st.lists(IDENTIFIERS | st.none(), max_size=30), st.sampled_from(["email", "employee_id"]),
       st.binary(min_size=16, max_size=100))  # fmt: skip
def test_a_column_gets_the_keys_of_its_texts(
    identifiers: list[str | None], id_type: str, secret: bytes
) -> None:
    names = Pseudonymizer(secret, RULES)

    keys = names.keys(pl.Series(identifiers, dtype=pl.String), id_type).to_list()

    assert keys == [None if i is None else names.key(i, id_type) for i in identifiers]


@pytest.mark.parametrize("n_distinct", [3, 200_000])
def test_long_columns_of_few_or_many_people(n_distinct: int) -> None:
    column = pl.Series([f"C{i % n_distinct:06d}" for i in range(200_000)])

    keys = NAMES.keys(column, "customer")

    assert keys.n_unique() == n_distinct
    for place in (0, 1, 99_999, 199_999):
        assert keys[place] == NAMES.key(column[place], "customer")


def test_a_key_is_the_hmac_of_kind_and_identifier() -> None:
    message = b"email\x1fa@x.org"
    wanted = hmac.new(b"0123456789abcdef", message, hashlib.sha256).hexdigest()[:32]

    assert NAMES.key(" A@X.org\u200b", "email") == wanted


@pytest.mark.parametrize(
    ("one", "other"),
    [("A@x.org", "a@X.ORG "), ("\uff21@x.org", "a@x.org"), ("STRASSE", "straße"),
     ("\u00e9", "e\u0301"), ("a@x.org\ufeff", "\u00a0a@x.org")],
)  # fmt: skip
def test_spellings_of_one_identifier_meet(one: str, other: str) -> None:
    assert NAMES.key(one, "email") == NAMES.key(other, "email")


def test_leading_zeros_count_unless_the_program_says_otherwise() -> None:
    assert NAMES.key("0012", "employee_id") == NAMES.key("12", "employee_id")
    assert NAMES.key("0012", "agent") != NAMES.key("12", "agent")
    assert NAMES.key("000", "employee_id") == NAMES.key("0", "employee_id")
    assert NAMES.key("0", "employee_id") != NAMES.key("", "employee_id")


def test_kinds_never_meet() -> None:
    assert NAMES.key("12", "agent") != NAMES.key("12", "employee_id")


def test_secrets_are_told_apart_without_being_told() -> None:
    other = Pseudonymizer(b"fedcba9876543210", RULES)

    assert NAMES.secret_id != other.secret_id
    assert NAMES.secret_id == Pseudonymizer(b"0123456789abcdef", {}).secret_id
    assert b"0123456789abcdef".hex() not in NAMES.secret_id


def test_the_secret_is_made_once_and_is_private(tmp_path: Path) -> None:
    made, is_new = load_secret(tmp_path / "keep", None)
    again, is_new_again = load_secret(tmp_path / "keep", None)

    assert (made, is_new, is_new_again) == (again, True, False)
    assert len(made) == 64
    files = list((tmp_path / "keep").iterdir())
    assert [stat.S_IMODE(f.stat().st_mode) for f in files] == [0o600]


def test_a_given_secret_wins_and_must_be_long_enough(tmp_path: Path) -> None:
    assert load_secret(tmp_path, "a long enough secret") == (b"a long enough secret", False)
    assert not list(tmp_path.iterdir())
    with pytest.raises(CrossvoiceError, match="too short"):
        load_secret(tmp_path, "short")


@pytest.mark.parametrize("content", [b"", b"\n", b"short"])
def test_a_damaged_secret_is_not_used(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pseudonym_secret").write_bytes(content)
    with pytest.raises(CrossvoiceError, match="secret is damaged"):
        load_secret(tmp_path, None)
