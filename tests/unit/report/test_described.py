"""What tables, columns and checks mean is said in every language: same names, same numbers."""

from __future__ import annotations

import re

import pytest

from data_checks.registry import all_suites
from pipelines import models
from pipelines.contract import REJECT_REASONS
from pipelines.publishing.dictionary_texts import COLUMNS, TABLES
from pipelines.report.catalogue import LANGUAGES, TABLES_SPEAK, Catalogue, described_texts

OTHERS = [x for x in LANGUAGES if x != TABLES_SPEAK]
CODES = re.compile(r"`[^`]+`|\w+_\w+")
NUMBERS = re.compile(r"\d+")


def checks() -> set[str]:
    return {check.why for suite in all_suites() for check in suite.checks}


def own_columns() -> set[str]:
    return {words for columns in COLUMNS.values() for words in columns.values()}


@pytest.mark.parametrize("language", OTHERS)
def test_every_check_table_and_column_is_said(language: str) -> None:
    """Columns of marts are looked for in a release, in tests/pipeline/test_company_run.py."""
    known = described_texts(language)
    said = checks() | set(TABLES.values()) | own_columns() | set(REJECT_REASONS.values())
    assert said - known.keys() == set()
    marts = {words for texts in models.column_texts("marts").values() for words in texts.values()}
    assert known.keys() - said - marts == set()


@pytest.mark.parametrize("language", OTHERS)
def test_names_and_numbers_are_the_same(language: str) -> None:
    for english, words in described_texts(language).items():
        assert set(CODES.findall(words)) == set(CODES.findall(english)), english
        assert sorted(NUMBERS.findall(words)) == sorted(NUMBERS.findall(english)), english
        assert not re.search(r"\b(the|of|and)\b", words), words


def test_the_tables_own_language_is_left_as_it_is() -> None:
    assert Catalogue(TABLES_SPEAK).described("Anything.") == "Anything."
