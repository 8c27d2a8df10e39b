"""What a column of texts holds, in classes that name nobody.

What belongs here: measuring a sample of one column. What does not: what the column is used as
(inspection.roles) and how it is read at a run (connectors).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from pipelines.blanks import BLANKS
from pipelines.connectors.dates import DIRECTIVE, ISO_TIMES, timestamp
from pipelines.connectors.wording import same
from pipelines.inspection.vocabulary import MISSING_WORDS, SUPPRESSED_WORDS
from pipelines.program.rules import ColumnMapping

EMAIL = r"^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$"
PLAIN_NUMBER = r"^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$"
COMMA_NUMBER = r"^[+-]?\d{1,3}(?:[.\s]?\d{3})*,\d+$"
PERCENT = r"^[+-]?[\d.,\s]+%$"
LEADING_ZERO = r"^0\d+$"
DATE_FORMATS = (
    "%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%y",
    "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p", "%d/%m/%y", "%m/%d/%y",
    "%m/%d/%y %H:%M", "%d/%m/%y %H:%M",
    "%d-%m-%Y", "%d-%m-%Y %H:%M", "%Y/%m/%d", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %I:%M:%S %p", "%Y年%m月%d日", "%d %b %Y", "%d %B %Y", "%d. %B %Y", "%d-%b-%y",
    "%d-%b-%Y", "%d de %B de %Y", "%B %d, %Y", "%b %d, %Y", "%Y%m%d",
    "%d.%m.%Y %H:%M Uhr", "%d.%m.%Y um %H:%M Uhr", "%d.%m.%Y, %H:%M Uhr", "%d.%m.%Y, %H:%M",
    "%d %B %Y à %Hh%M", "%d %B %Y %H:%M", "%d/%m/%Y à %Hh%M", "%d/%m/%Y %Hh%M", "%d/%m/%Y à %H:%M",
)  # fmt: skip
PARTIAL_FORMATS = ("%m/%Y", "%m.%Y", "%Y-%m", "%B %Y", "%b %Y", "%Y")
MONTH_LANGUAGES = ("de", "fr", "es", "it", "pt", "nl", "pl")
ERA = r"^(明治|大正|昭和|平成|令和)"
SHORT_CODE = r"^[^\d\s]{1,3}$"
MOST_ODD = 0.2
"""A larger share of texts in a column of numbers is more than a few codes."""
MOST_LABELS = 40
"""A column of more distinct texts than this holds no labels."""


@dataclass(frozen=True)
class DateGuess:
    """The formats that read a column's dates; `conflict`: day and month cannot be told apart."""

    formats: tuple[str, ...] = ()
    language: str | None = None
    conflict: bool = False
    has_time: bool = False


MOST_CODES = 3
"""Codes of missing answers that are told of a column."""


@dataclass(frozen=True)
class Profile:
    """One column of a sample."""

    name: str
    n: int
    n_filled: int
    """Records with a text that is no missing or suppression code."""
    n_distinct: int
    missing: tuple[str, ...] = ()
    """Texts of the column that mean no answer, as they are written."""
    suppressed: dict[str, int] = field(default_factory=dict)
    """Texts that mean withheld, as they are written, and how often each occurs."""
    codes: dict[str, int] = field(default_factory=dict)
    """Short texts in a column of numbers that are none and no known code, and how often."""
    n_numbers: int = 0
    low: float | None = None
    high: float | None = None
    likely_high: float | None = None
    """The highest number but for stray ones: codes of missing answers, slips of the pen."""
    likely_low: float | None = None
    best: float | None = None
    """The best score, where it stands behind every one (`8/10`)."""
    is_whole: bool = False
    decimal_comma: bool = False
    is_percent: bool = False
    leading_zeros: bool = False
    n_emails: int = 0
    dates: DateGuess | None = None
    n_dates: int = 0
    labels: dict[str, int] = field(default_factory=dict)
    """Distinct texts and how often each occurs, where they are few and no numbers."""
    mean_length: float = 0.0
    odd_texts: int = 0
    """Texts in a column of numbers that are none and no known code."""

    @property
    def kind(self) -> str:
        """number, date, email, labels, id or text; blank when there is nothing."""
        if not self.n_filled:
            return "blank"
        if self.n_emails > 0.5 * self.n_filled:
            return "email"
        if self.dates is not None and self.n_dates > 0.8 * self.n_filled:
            return "date"
        if self.n_numbers > 0.8 * self.n_filled:
            return "number"
        if self.labels and self.n_distinct <= 0.5 * self.n_filled:
            return "labels"
        if self.mean_length > 40:
            return "text"
        return "id" if self.n_distinct > 0.5 * self.n_filled else "name"

    @property
    def is_unique(self) -> bool:
        """No filled value comes twice."""
        return self.n_filled > 1 and self.n_distinct == self.n_filled

    def in_words(self, declared: Iterable[str] = ()) -> str:
        """What the column holds, without any of its values but the ends of numbers.

        A code that nobody `declared` is blank by its meaning only: a run may read it as a name.
        """
        share = f", {1 - self.n_filled / self.n:.0%} blank" if self.n_filled < self.n else ""
        known = {same(code) for code in declared}
        codes = [c for c in sorted({*self.missing, *self.suppressed}) if same(c) not in known]
        share += "".join(f" or {code!r}" for code in codes[:MOST_CODES])
        if self.kind == "number":
            return f"numbers {self.low:g} to {self.high:g}{share}"
        words = {"date": "dates", "email": "e-mail addresses", "text": "long texts",
                 "blank": "nothing"}  # fmt: skip
        distinct = f"{self.n_distinct:,} distinct texts"
        return words.get(self.kind, distinct) + (share if self.n_filled else "")


def profile(name: str, texts: pl.Series, *, typed: bool = False) -> Profile:
    """Measure one column; `typed`: the format stores numbers and dates as such."""
    plain = texts.str.strip_chars(BLANKS)
    plain = plain.set(plain == "", None).drop_nulls()
    counts = {text: n for text, n in plain.value_counts(sort=True).rows() if text is not None}
    folded = {text: same(text) for text in counts}
    missing = tuple(t for t, form in folded.items() if form in MISSING_WORDS)
    held = tuple(t for t, form in folded.items() if form in SUPPRESSED_WORDS)
    kept = plain.filter(~plain.is_in([*missing, *held])) if missing or held else plain
    filled = {t: n for t, n in counts.items() if t not in missing and t not in held}
    found = _numbers(kept)
    dates, n_dates = _dates(kept, typed=typed)
    few = len(filled) <= MOST_LABELS and found["n_numbers"] < 0.8 * max(1, kept.len())
    return Profile(
        name=name,
        n=texts.len(),
        n_filled=kept.len(),
        n_distinct=len(filled),
        missing=missing,
        suppressed={text: counts[text] for text in held},
        n_emails=int(kept.str.contains(EMAIL).sum() or 0),
        dates=dates,
        n_dates=n_dates,
        labels=filled if few else {},
        mean_length=float(kept.str.len_chars().mean() or 0),
        leading_zeros=bool(kept.str.contains(LEADING_ZERO).any()),
        **found,
    )


def _numbers(kept: pl.Series) -> dict:
    wide = kept.str.normalize("NFKC")
    beside = wide.str.extract(r"\d\s*/\s*(5|7|10|20|100)$").cast(pl.Float64).drop_nulls()
    is_beside = beside.len() > 0.8 * max(1, kept.len()) and beside.n_unique() == 1
    if is_beside:
        wide = wide.str.replace(r"\s*/\s*\d+$", "")
    percent = wide.str.contains(PERCENT)
    bare = wide.str.strip_suffix("%").str.strip_chars()
    comma = bare.str.contains(COMMA_NUMBER)
    is_comma = comma.sum() > 0.2 * max(1, kept.len())
    if is_comma:
        bare = bare.str.replace_all(r"[.\s]", "").str.replace(",", ".", literal=True)
    values = bare.filter(bare.str.contains(PLAIN_NUMBER)).cast(pl.Float64, strict=False)
    values = values.drop_nulls()
    return {
        "n_numbers": values.len(),
        "low": values.min(),
        "high": values.max(),
        "likely_low": values.quantile(0.01, "lower"),
        "likely_high": values.quantile(0.99, "higher") if values.len() > 300 else values.max(),
        "is_whole": bool((values == values.floor()).all()),
        "best": float(beside[0]) if is_beside else None,
        "decimal_comma": is_comma,
        "is_percent": bool(percent.sum() > 0.5 * max(1, values.len())),
        "odd_texts": kept.len() - values.len(),
        "codes": _short_ones(kept.filter(~bare.str.contains(PLAIN_NUMBER)), values.len()),
    }


def _short_ones(odd: pl.Series, n_numbers: int) -> dict[str, int]:
    """Texts that may be codes, where they are seldom among numbers, and how often each occurs."""
    if odd.len() > MOST_ODD * (odd.len() + n_numbers):
        return {}
    return dict(odd.filter(odd.str.contains(SHORT_CODE)).value_counts(sort=True).rows())


def _dates(kept: pl.Series, *, typed: bool) -> tuple[DateGuess | None, int]:
    sample = kept.unique(maintain_order=True).head(500)
    digits = sample.str.count_matches(r"\d")
    marked = (digits >= 3) & sample.str.contains(r"\d[-/.:年]|[/-]\d|\p{L}{3}.*\d{4}")
    looks = sample.filter(marked & (sample.str.len_chars() < 40))
    years = sample.str.contains(r"^(19|20)\d\d$").sum()
    if sample.is_empty() or looks.len() == 0 or looks.len() + years < 0.8 * sample.len():
        return None, 0
    formats: list[str] = []
    language = None
    fits = _fits(sample, list(ISO_TIMES), None)
    if fits.mean() < 0.8:
        formats, language, fits = _formats_of(sample)
    if not fits.any():
        return None, 0
    share = float(fits.mean())
    conflict = _is_ambiguous(sample, formats, language)
    has_time = sample.str.contains(r"\d:\d\d").any()
    guess = DateGuess(tuple(formats), language, conflict, bool(has_time))
    return guess, round(share * kept.len())


def _formats_of(sample: pl.Series) -> tuple[list[str], str | None, pl.Series]:
    """The fewest formats that read most of a sample, the one that reads most first."""
    if sample.str.contains(ERA).any():
        languages: tuple[str | None, ...] = ("ja",)
    else:
        languages = (None, *(MONTH_LANGUAGES if sample.str.contains(r"\p{L}{3}").any() else ()))
    for language in languages:
        sign = "年" if language == "ja" else "%b" if language else "%"
        named = [f for f in DATE_FORMATS + PARTIAL_FORMATS if sign in f.lower()]
        if language is None:
            named = _with_their_marks(sample, named)
        read = {wanted: _fits(sample, [wanted], language) for wanted in named}
        chosen: list[str] = []
        covered = pl.Series([False], dtype=pl.Boolean).new_from_index(0, sample.len())
        while read and len(chosen) < 3:
            best = max(read, key=lambda f: int((read[f] & ~covered).sum()))
            gained = int((read[best] & ~covered).sum())
            if gained == 0 or gained < 0.005 * sample.len():
                break
            chosen.append(best)
            covered |= read[best]
        if covered.mean() >= 0.8:
            return chosen, language, covered
    return [], None, pl.Series([False], dtype=pl.Boolean).new_from_index(0, sample.len())


def _with_their_marks(sample: pl.Series, formats: Iterable[str]) -> list[str]:
    """The formats whose points, slashes and colons some text has as often: a column of decimal
    numbers need not be read as fifty kinds of dates."""
    both = pl.concat([sample, sample.str.normalize("NFKC")])  # dates are read either way
    marks = {
        wanted: Counter(re.sub(r"[\w\s]", "", DIRECTIVE.sub("", wanted))) for wanted in formats
    }
    most = {
        mark: both.str.count_matches(mark, literal=True).max()
        for mark in set().union(*marks.values())
    }
    return [f for f, own in marks.items() if all(n <= most[mark] for mark, n in own.items())]


def _fits(sample: pl.Series, formats: list[str], language: str | None) -> pl.Series:
    mapping = ColumnMapping(column="x", format=formats, language=language)
    return timestamp(sample, mapping, "UTC").is_not_null()


def _is_ambiguous(sample: pl.Series, formats: list[str], language: str | None) -> bool:
    """Whether the other order of day and month would read every date as well, or both are used."""
    other = [turned for wanted in formats if (turned := _turned(wanted)) != wanted]
    if set(other) & set(formats):
        return True
    return bool(other) and bool(_fits(sample, other, language).all())


def _turned(wanted: str) -> str:
    return re.sub("%[dm]", lambda m: {"%d": "%m", "%m": "%d"}[m[0]], wanted) if (
        re.match(r"%[dm][/.-]%[dm]", wanted)
    ) else wanted  # fmt: skip
