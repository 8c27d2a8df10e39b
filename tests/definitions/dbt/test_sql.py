"""SQL that reads alike and runs on more than one engine."""

from __future__ import annotations

import re

import pytest

from pipelines.models import DBT_PROJECT

MODELS = sorted((DBT_PROJECT / "models").rglob("*.sql"))
MACROS = sorted((DBT_PROJECT / "macros").glob("*.sql"))
NOT_PORTABLE = {
    "qualify": r"\bqualify\b",
    "group by all": r"\b(group|order) by all\b",
    "asof join": r"\basof\b",
    "generate_series": r"\bgenerate_series\b",
    "strftime": r"\bstrftime\b",
    "unnest": r"\bunnest\b",
    "list": r"\blist(_\w+)?\s*\(",
    "struct": r"\bstruct(_\w+)?\b",
    "varchar": r"\b(varchar|text|double precision)\b",
    "casting by ::": r"::",
    "exclude": r"\bexclude\b",
    "arg_max": r"\barg_(max|min)\b",
    "string_agg": r"\bstring_agg\b",
    "quantile_cont": r"\bquantile_cont\b",
    "regexp": r"\bregexp_\w+\b",
    "date_trunc": r"\bdate_(trunc|diff)\b",
    "//": r"//",
    "hash": r"\b(hash|sha256)\(",
    "filter": r"\bfilter\s*\(\s*where\b",
}


def short(path):
    return path.relative_to(DBT_PROJECT).as_posix()


def code(path):
    """SQL without comments and without Jinja comments."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
    return re.sub(r"--.*", "", text).lower()


@pytest.mark.parametrize("path", MODELS, ids=short)
def test_model_ends_with_its_final_select(path):
    text = path.read_text()
    assert text.endswith("\n)\n\nselect * from final\n")
    assert "\nfinal as (\n" in text


@pytest.mark.parametrize("path", [p for p in MODELS if "marts" in p.parts], ids=short)
def test_mart_names_its_columns(path):
    final = path.read_text().split("\nfinal as (\n")[1]
    assert not re.search(r"select\s+\*(?! from final\n$)", final)


@pytest.mark.parametrize("path", MODELS, ids=short)
def test_model_is_short(path):
    assert len(path.read_text().splitlines()) <= 120


@pytest.mark.parametrize("path", MACROS, ids=short)
def test_macro_is_short_and_told(path):
    text = path.read_text()
    for macro in re.findall(r"\{% (?:macro|test) .*?\{% end(?:macro|test) %\}", text, flags=re.S):
        assert len(macro.splitlines()) <= 40
    assert text.startswith("{#")


@pytest.mark.parametrize("path", [*MODELS, *MACROS], ids=short)
def test_sql_is_portable(path):
    """What engines write differently belongs in macros/portable.sql."""
    if path.name == "portable.sql":
        return
    sql = code(path)
    assert {name for name, pattern in NOT_PORTABLE.items() if re.search(pattern, sql)} == set()


def test_division_is_guarded():
    """A divisor is a literal or wrapped in nullif, since engines differ on division by zero."""
    for path in [*MODELS, *MACROS]:
        sql = re.sub(r"'[^']*'|\{%.*?%\}", "''", code(path), flags=re.S)
        for divisor in re.findall(r"/\s*([a-z0-9_(.]+)", sql):
            assert re.match(r"nullif\(|\d", divisor), (path.name, divisor)
