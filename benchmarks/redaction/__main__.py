"""Recall, precision and speed of redaction: `python -m benchmarks.redaction`."""

from __future__ import annotations

import time

import polars as pl

from benchmarks.redaction.sample import Score, generated, handwritten, redactor, score
from pipelines.privacy.patterns import KINDS


def main() -> None:
    """Print the tables of docs/privacy.md."""
    by_hand, made = score(handwritten()), score(generated(5_000))
    print("| kind | labelled words, by hand | found | from templates | found |")
    print("|---|---:|---:|---:|---:|")
    for kind in KINDS:
        print(f"| {kind.lower()} | {_row(by_hand, kind)} | {_row(made, kind)} |")
    print(f"| all | {_total(by_hand)} | {_total(made)} |")
    for name, found in (("by hand", by_hand), ("from templates", made)):
        print(f"precision, {name}: {found.precision:.1%} ({found.lost} other words lost)")
    _speed()


def _row(found: Score, kind: str) -> str:
    total = found.found[kind] + found.missed[kind]
    return f"{total} | {found.found[kind] / total:.0%}" if total else "0 | -"


def _total(found: Score) -> str:
    return f"{found.found.total() + found.missed.total()} | {found.recall:.1%}"


def _speed() -> None:
    """Distinct comments a second: a tenth with something to take out, and all of them."""
    texts = [f"{s} ({i % 97} of {i // 97})" for i, s in enumerate(generated(20_000))]
    ordinary = [f"It was {'very ' * (i % 7)}good, part {chr(97 + i % 26)}{chr(97 + i // 26 % 26)}"
                f"{chr(97 + i // 676 % 26)} of the shop." for i in range(180_000)]  # fmt: skip
    redactor().redact(pl.Series(texts[:1]))  # the import is told apart
    for name, sample in (("every comment suspect", texts), ("one in ten", texts + ordinary)):
        series = pl.Series(sample).str.replace_all(r"\{[A-Z]+:(.*?)\}", "${1}")
        begun = time.perf_counter()
        redactor().redact(series)
        print(f"{name}: {len(series) / (time.perf_counter() - begun):,.0f} comments a second")


if __name__ == "__main__":
    main()
