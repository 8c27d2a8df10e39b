"""Keys of people: one for every spelling, the same column by column as one by one."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.privacy.pseudonyms import Pseudonymizer, rekeyed
from pipelines.privacy.secret import Secret
from pipelines.program.sections import IdentifierNorm
from pipelines.settings import Settings

RULES = {"employee_id": IdentifierNorm(strip_leading_zeros=True)}
NAMES = Pseudonymizer(Secret((b"0123456789abcdef",)), RULES)
IDENTIFIERS = st.text(max_size=12) | st.from_regex(r"0{0,3}[1-9]?[0-9]{0,4}", fullmatch=True)


@settings(deadline=None)
@given(
    st.lists(IDENTIFIERS | st.none(), max_size=30),
    st.sampled_from(["email", "employee_id"]),
    st.binary(min_size=16, max_size=100),
    st.lists(st.binary(min_size=16), max_size=2),
)
def test_a_column_gets_the_keys_of_its_texts(
    identifiers: list[str | None], id_type: str, secret: bytes, later: list[bytes]
) -> None:
    names = Pseudonymizer(Secret((secret, *later)), RULES)

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


def test_landed_keys_become_the_keys_of_a_longer_chain() -> None:
    first, whole = Secret((b"a" * 16,)), Secret((b"a" * 16, b"b" * 16, b"c" * 100))
    before = Pseudonymizer(first, RULES).keys(pl.Series(["a@x.org", None, "b@x.org"]), "email")

    after = rekeyed(before, whole.links[1:]).to_list()

    names = Pseudonymizer(whole, RULES)
    assert after == [names.key("a@x.org", "email"), None, names.key("b@x.org", "email")]


def test_a_secret_is_never_shown() -> None:
    assert "0123456789abcdef" not in repr(NAMES)
    assert "0123456789abcdef" not in repr(Settings(Path(), Path(), secret="0123456789abcdef"))
