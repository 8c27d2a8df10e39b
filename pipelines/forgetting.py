"""Forgetting a person: from identifiers somebody gives to rows that are no longer there.

What belongs here: reading identifiers, finding every key of the person, the order of steps. What
does not: the list of erasures (privacy.erasure) and rewriting batches (batch_rewriter).

The list is written first. From then on no pull brings the person back; what else is left to do,
this command or the next run does from where a kill left it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from pipelines import landing
from pipelines.batch_rewriter import Upkeep, bring_up_to_date
from pipelines.errors import CrossvoiceError
from pipelines.privacy.erasure import (
    ErasedKey,
    Erasures,
    add_to_trail,
    keep_erasures,
    read_erasures,
)
from pipelines.privacy.kept_records import blank_records
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.program.model import Program
from pipelines.rotation import remove_derived
from pipelines.settings import Settings

Identifier = tuple[str, str]
"""Kind of identifier and the identifier as the sources write it."""


def known_kinds(program: Program) -> list[str]:
    """Kinds of identifiers the program's sources hold."""
    kinds = {m.id_type for s in program.sources for m in s.columns.values() if m.id_type}
    kinds |= {rule.id_type for s in program.sources for rule in s.identifiers}
    return sorted(kinds)


def read_identifiers(text: str, program: Program) -> list[Identifier]:
    """Identifiers, one a line: `kind:identifier` or `kind,identifier`, the latter quoted as in CSV.

    Raises CrossvoiceError naming the line, never what it holds.
    """
    found: list[Identifier] = []
    kinds = known_kinds(program)
    for number, fields in enumerate(csv.reader(io.StringIO(text)), start=1):
        parts = fields if len(fields) > 1 else [p for f in fields for p in f.split(":", 1)]
        cleaned = [part.strip() for part in parts]
        if not any(cleaned) or cleaned == ["id_type", "identifier"]:
            continue
        if len(cleaned) != 2 or cleaned[0] not in kinds or not cleaned[1]:
            raise CrossvoiceError(
                "An identifier cannot be read.",
                where=f"line {number}",
                mend="write one a line as kind:identifier; kinds of this program: "
                + (", ".join(kinds) or "none, no source declares an `id_type`"),
            )
        found.append((cleaned[0], cleaned[1]))
    if not found:
        raise CrossvoiceError(
            "There is no identifier to forget.", mend="write one a line as kind:identifier"
        )
    return found


def keys_of(
    identifiers: Iterable[Identifier], settings: Settings, pseudonyms: Pseudonymizer
) -> list[ErasedKey]:
    """Every key of the people these identifiers stand for.

    An identifier that another employee has had too is erased on this person's days only. Raises
    CrossvoiceError when one that is given has belonged to several employees.
    """
    given = {
        pseudonyms.key(text, kind): f"the {kind} in place {place}"
        for place, (kind, text) in enumerate(identifiers, start=1)
    }
    crosswalk = _crosswalk(settings)
    owners: dict[str, set[str]] = {}
    for id_key, employee_key in crosswalk.select("id_key", "employee_key").iter_rows():
        owners.setdefault(id_key, set()).add(employee_key)
    people = set(crosswalk["employee_key"]) & set(given)
    for key, place in given.items():
        found = owners.get(key, set())
        if len(found) > 1 and not found <= people:
            raise CrossvoiceError(
                f"An identifier has belonged to {len(found)} employees at different times.",
                where=place,
                mend="give the employee's own number instead (or all of them, if all are one)",
            )
        people |= found
    keys = [ErasedKey(key) for key in (*people, *given) if owners.get(key, people) <= people]
    for row in crosswalk.filter(pl.col("employee_key").is_in(list(people))).iter_rows(named=True):
        own = owners[row["id_key"]] <= people
        days = [None, None] if own else [row["valid_from"], row["valid_to"]]
        keys.append(ErasedKey(row["id_key"], *(str(day) if day else None for day in days)))
    return keys


def forget(
    identifiers: Iterable[Identifier], settings: Settings, pseudonyms: Pseudonymizer
) -> dict[str, int]:
    """Erase people from landing, warehouse and every later pull; returns the rows by source."""
    listed = read_erasures(settings, pseudonyms.secret)
    keep_erasures(settings, listed.with_keys(keys_of(identifiers, settings, pseudonyms)))
    return finish(settings, pseudonyms)


def finish(settings: Settings, pseudonyms: Pseudonymizer) -> dict[str, int]:
    """Do what is left of a listed erasure; returns the rows erased now, by source."""
    landing.sweep(settings.landing)
    erasures = read_erasures(settings, pseudonyms.secret)
    upkeep = Upkeep(pseudonyms.secret, erasures)
    erased = {}
    for source in sorted({m.source for m in landing.all_batches(settings.landing)}):
        batches = landing.all_batches(settings.landing, source)
        rows = bring_up_to_date(settings.landing, batches, upkeep)
        if rows:
            erased[source] = rows
    blank_records(settings)  # always: somebody whose rows have left landing can be in a record
    remove_derived(settings)
    entry = {
        "day": str(dt.datetime.now(dt.UTC).date()),
        "what": "request",
        "keys_listed": len(erasures.keys),
        "rows_erased": erased,
    }
    add_to_trail(settings, entry)
    keep_erasures(settings, Erasures(erasures.secret_id, erasures.keys))
    return erased


def _crosswalk(settings: Settings) -> pl.DataFrame:
    """Every landed identifier with its employee and days."""
    columns = ["id_key", "employee_key", "valid_from", "valid_to"]
    files: list[Path] = [
        landing.batch_file(settings.landing, manifest, manifest.contract_table)
        for manifest in landing.all_batches(settings.landing)
        if manifest.contract_table == "person_identifiers"
    ]
    if not files:
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    return pl.concat(pl.read_parquet(file, columns=columns) for file in files).unique()
