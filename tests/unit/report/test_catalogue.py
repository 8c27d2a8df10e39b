"""The catalogue: the same keys in every language, a program's own words, numbers by locale."""

from __future__ import annotations

import re

import pytest

from pipelines.errors import CrossvoiceError
from pipelines.linkage.guards import CATALOGUE
from pipelines.linkage.refusals import REFUSALS
from pipelines.publishing.dictionary import FORMULAE
from pipelines.report.catalogue import (
    LANGUAGES,
    TABLES_SPEAK,
    WORDS,
    Catalogue,
    released_texts,
    texts,
)

CAUSAL = re.compile(
    r"\b(causes?|caused|leads? to|drives?|because of|impact|effect of|"
    r"verursach\w*|führt zu|bewirk\w*|wegen)\b",
    re.IGNORECASE,
)
OPERATIONS = re.compile(r"\d+| [-x/] |[()]")
"""What a formula does with its words."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys(language: str) -> None:
    assert texts(language).keys() == texts("en").keys()
    assert all(text.strip() for text in texts(language).values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fills_in_the_same_values(language: str) -> None:
    words = {name.removeprefix("word.") for name in texts("en") if name.startswith("word.")}
    for key, text in texts(language).items():
        found = set(re.findall(r"{(\w+)}", text)) - words
        assert found == set(re.findall(r"{(\w+)}", texts("en")[key])) - words, key


@pytest.mark.parametrize("language", [x for x in LANGUAGES if x != TABLES_SPEAK])
def test_every_guard_and_refusal_is_said_in_every_language(language: str) -> None:
    found = released_texts(language)
    assert {k.removeprefix("guard.") for k in found if k.startswith("guard.")} == set(CATALOGUE)
    assert {k.removeprefix("refused.") for k in found if k.startswith("refused.")} == set(REFUSALS)


@pytest.mark.parametrize("language", [x for x in LANGUAGES if x != TABLES_SPEAK])
def test_every_formula_is_said_in_every_language_with_the_same_numbers(language: str) -> None:
    found = {k.removeprefix("formula."): v for k, v in released_texts(language).items()
             if k.startswith("formula.")}  # fmt: skip
    assert found.keys() == FORMULAE.keys()
    for kind, formula in FORMULAE.items():
        assert OPERATIONS.findall(found[kind]) == OPERATIONS.findall(formula), kind
        assert Catalogue(language).formula(kind, formula) == found[kind] != formula


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_claims_a_cause(language: str) -> None:
    for key, text in texts(language).items():
        assert not CAUSAL.search(text), (key, text)


def test_a_program_may_use_its_own_words() -> None:
    text = Catalogue("en", {"word.units": "schools", "item.q01": "My manager listens"})
    assert text("units.shown", n=1, all=2) == "1 of 2 schools shown"
    assert text.named("item", "q01") == "My manager listens"
    assert text.named("item", "q02") == "q02"


def test_a_label_of_no_text_is_named_with_the_nearest() -> None:
    with pytest.raises(CrossvoiceError, match=r"word\.unitz") as error:
        Catalogue("en", {"word.unitz": "schools"})
    assert "word.unit" in error.value.text()


def test_numbers_follow_the_locale() -> None:
    assert Catalogue("en").number(-1234.567, 1) == "−1,234.6"
    assert Catalogue("de").number(-1234.567, 1) == "−1.234,6"
    assert Catalogue("en").number(0.5, 2, sign=True) == "+0.50"
    assert Catalogue("en").number(-0.001, 2) == "0.00"
    assert Catalogue("de").percent(0.123) == "12\xa0%"


SCHOOLS = {"word.unit": "school", "word.units": "schools", "word.customers": "parents"}
ROW = {
    "verdict": "supported", "x_label": "Teachers' view of units", "y_label": "customers served",
    "segment": None,
    "sentence": "Across 20 units, a unit 1 point higher in Teachers' view of units has customers "
    "0.5 points higher in customers served.",
}  # fmt: skip


def test_own_words_hold_in_every_text_and_never_in_a_name() -> None:
    text = Catalogue("en", SCHOOLS)
    assert text.sentence(ROW) == (
        "Across 20 schools, a school 1 point higher in Teachers' view of units has parents "
        "0.5 points higher in customers served."
    )
    assert text("fact.n_units") == "schools"
    assert text("estimand.between") == "Between schools"
    assert text.word("Units") == "Schools"
    assert Catalogue("de", {"word.units": "Schulen"})("methods.power").count("Schulen") == 1
    assert Catalogue("en").sentence(ROW) == ROW["sentence"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_own_words_leave_no_default_behind(language: str) -> None:
    words = {f"word.{w}": "XX" for w in WORDS}
    text, plain = Catalogue(language, words), Catalogue(language)
    for key in texts(language):
        gaps = dict.fromkeys(re.findall(r"{(\w+)}", texts(language)[key]), "")
        said = text(key, **{k: v for k, v in gaps.items() if k not in WORDS})
        for word in WORDS:
            assert key.startswith("word.") or not re.search(rf"\b{plain.word(word)}\b", said), key
