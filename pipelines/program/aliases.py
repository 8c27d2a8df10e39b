"""The program's own alias table: `aliases.csv`, names that somebody approved for a unit.

What belongs here: reading, checking and extending that file. What does not: which names are without
a unit and what they may stand for (unmatched). Aliases a system exports are a source of their own.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from pipelines.errors import CrossvoiceError

ALIASES = "aliases.csv"
LEVELS = ("team", "location", "region", "ticket_group")


@dataclass(frozen=True)
class Alias:
    """A name as somebody writes it, the unit it stands for, and who says so since when."""

    alias_level: str
    alias: str
    unit_ref: str
    approved_by: str
    approved_at: dt.date


COLUMNS = tuple(field.name for field in fields(Alias))


def read_aliases(folder: Path) -> list[Alias]:
    """The approved aliases of a program; none without the file.

    Raises CrossvoiceError with the row and column of the first mistake.
    """
    path = folder / ALIASES
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [c for c in COLUMNS if c not in (reader.fieldnames or [])]
        if missing:
            raise _error(path, 1, f"no column {missing[0]!r}", f"columns: {', '.join(COLUMNS)}")
        return [_alias(path, reader.line_num, row) for row in reader if any(row.values())]


def add_aliases(folder: Path, new: Iterable[Alias]) -> Path:
    """Add approvals to the program's table, whole or not at all; returns its path.

    An approval of the same name replaces the earlier one.
    """
    known = {(a.alias_level, a.alias): a for a in [*read_aliases(folder), *new]}
    path = folder / ALIASES
    temporary = path.with_suffix(f".{os.getpid()}")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(astuple(known[key]) for key in sorted(known))
    temporary.replace(path)
    return path


def _alias(path: Path, line: int, row: dict[str, str]) -> Alias:
    texts = {name: (row[name] or "").strip() for name in COLUMNS}
    for name, text in texts.items():
        if not text:
            raise _error(path, line, f"{name} is blank", "fill it, or take the row out")
    if texts["alias_level"] not in LEVELS:
        found = f"alias_level is {texts['alias_level']!r}"
        raise _error(path, line, found, f"allowed: {', '.join(LEVELS)}")
    try:
        day = dt.date.fromisoformat(texts.pop("approved_at"))
    except ValueError:
        raise _error(path, line, "approved_at is no date", "write it as 2024-01-31") from None
    return Alias(**texts, approved_at=day)


def _error(path: Path, line: int, what: str, mend: str) -> CrossvoiceError:
    return CrossvoiceError(
        f"The program's aliases cannot be read: {what}.", where=f"{path}:{line}", mend=mend
    )
