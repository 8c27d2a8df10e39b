"""Words and numbers of the report in the program's language.

What belongs here: the catalogue of texts (one file per language, same keys), a program's own labels
over it, and numbers and dates as the locale writes them. What does not: which text is shown where.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from pipelines.errors import CrossvoiceError
from pipelines.report.released import guarded, said

TEXTS = Path(__file__).parent / "texts"
LANGUAGES = ("en", "de")
TABLES_SPEAK = "en"
"""Language of the sentences in the tables."""
WORDS = ("employees", "customers", "employee", "customer", "unit", "units", "Employees",
         "Customers", "Units")  # fmt: skip
"""Words for people and units that a program may choose; they hold in every text."""
FREE_LABELS = ("item.", "segment.")
"""Keys under which a program names its own items and segments; they are in no catalogue."""


@cache
def texts(language: str) -> dict[str, str]:
    """The catalogue of a language, flat: `section.ladder.title` -> text."""
    nested = yaml.safe_load((TEXTS / f"{language}.yaml").read_text("utf-8"))
    return dict(_flat(nested))


@cache
def released_texts(language: str) -> dict[str, str]:
    """What released rows say in a language other than that of the tables, flat."""
    return dict(_flat(yaml.safe_load((TEXTS / f"released.{language}.yaml").read_text("utf-8"))))


@cache
def described_texts(language: str) -> dict[str, str]:
    """What tables, columns and checks mean in a language other than that of the tables.

    English text -> its translation.
    """
    with (TEXTS / f"described.{language}.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id and m.string}


def _flat(nested: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in nested.items():
        name = f"{prefix}{key}"
        found += _flat(value, f"{name}.") if isinstance(value, dict) else [(name, str(value))]
    return found


@dataclass(frozen=True)
class Catalogue:
    """Texts of one language with a program's labels over them."""

    language: str = "en"
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = texts(self.language)
        for key in self.labels:
            if key in known or key.startswith(FREE_LABELS):
                continue
            near = difflib.get_close_matches(key, known, 1)
            raise CrossvoiceError(
                f"The report has no text {key!r}.",
                where="program.yaml, report.labels",
                mend=f"did you mean {near[0]!r}?" if near else "see the guide for the keys",
            )

    def __call__(self, key: str, **values: Any) -> str:
        """The text of a key, with the program's words and these values filled in."""
        template = self.labels.get(key) or self._in_own_words(texts(self.language)[key])
        words = {name: self.word(name) for name in _words_of(template)}
        return template.format_map({**words, **values})

    def word(self, name: str) -> str:
        """One of the program's words: employees, customers, unit, units."""
        own = self.labels.get(f"word.{name}")
        if own is None and name[0].isupper():
            own = self.labels.get(f"word.{name.lower()}", "").capitalize()
        return own or texts(self.language)[f"word.{name}"]

    def named(self, kind: str, code: str, default: str | None = None) -> str:
        """The program's name of an item or a segment; else the default or the code itself."""
        return self.labels.get(f"{kind}.{code}") or default or code

    def number(self, value: float | None, digits: int | None = None, sign: bool = False) -> str:
        """A number as the locale writes it; as published when no digits are given."""
        if value is None:
            return "–"
        pattern = "#,##0." + ("#" * 6 if digits is None else "0" * digits)
        shown = format_decimal(abs(value), pattern.rstrip("."), locale=self.language)
        if value < 0 and any(c in "123456789" for c in shown):
            return "−" + shown
        return ("+" if sign and value > 0 else "") + shown

    def count(self, value: int | None) -> str:
        """A count, or the word for unknown."""
        return self("word.unknown") if value is None else self.number(value, 0)

    def percent(self, value: float | None, digits: int = 0) -> str:
        """A share from 0 to 1 as per cent."""
        own = Locale.parse(self.language).percent_formats[None].pattern
        pattern = own.replace("#,##0", "#,##0." + "0" * digits if digits else "#,##0")
        return "–" if value is None else format_percent(value, pattern, locale=self.language)

    def day(self, day: dt.date | None, length: str = "long") -> str:
        """A date in words."""
        return "–" if day is None else format_date(day, length, locale=self.language)

    def scale(self, unit: str) -> str:
        """A unit of measure of the tables, in the report's language where it has a word for it."""
        return self._released.get(f"scale.{unit}", unit)

    def formula(self, kind: str, released: str) -> str:
        """How metrics of a kind are computed, in the report's language."""
        return self._released.get(f"formula.{kind}", released)

    def described(self, english: str) -> str:
        """What a table, a column or a check means, in the report's language."""
        if self.language == TABLES_SPEAK:
            return english
        return described_texts(self.language).get(english, english)

    @property
    def _released(self) -> Mapping[str, str]:
        return {} if self.language == TABLES_SPEAK else released_texts(self.language)

    def coded(self, kind: str, code: str) -> str:
        """A code of the tables in words (`component.observed`), or itself where it has none."""
        key = f"{kind}.{code}"
        return self(key) if key in texts(self.language) else code.replace("_", " ")

    def sentence(self, row: Mapping[str, Any]) -> str:
        """What a row says: as released, or in the report's language, in the program's words."""
        named = [str(row[k]) for k in ("x_label", "y_label", "segment") if row.get(k)]
        if self.language == TABLES_SPEAK:
            return self._in_own_words(str(row["sentence"]), named)
        return self._in_own_words(
            said(row, self._released, self.number, self.percent, self.interval(row)), named
        )

    def guard(self, guard: Mapping[str, Any]) -> str:
        """What a guard says and the next step: as released, or in the report's language."""
        return self._in_own_words(guarded(guard, self._released))

    def _in_own_words(self, sentence: str, named: Sequence[str] = ()) -> str:
        """A text with the program's words for units and people; names and gaps stay as they are."""
        if not any(key.startswith("word.") for key in self.labels):
            return sentence
        own = {texts(self.language)[f"word.{name}"]: self.word(name) for name in WORDS}
        parts = [*map(re.escape, named), r"{\w+}", *(rf"\b{re.escape(word)}\b" for word in own)]
        return re.sub("|".join(parts), lambda m: own.get(m[0], m[0]), sentence)

    def interval(self, row: Mapping[str, Any], digits: int = 2) -> str:
        """An interval in words, whatever its shape."""
        if row.get("conf_shape") == "unbounded":
            return self("interval.unbounded")
        low, high = row.get("conf_low"), row.get("conf_high")
        if low is None or high is None:
            return self("interval.none")
        key = "interval.exclusive" if row.get("conf_shape") == "exclusive" else "interval.bounded"
        return self(key, low=self.number(low, digits), high=self.number(high, digits))


@cache
def _words_of(template: str) -> tuple[str, ...]:
    return tuple(name for name in WORDS if "{" + name + "}" in template)
