"""References to teams and locations as sources write them, and the keys by which they meet.

What belongs here: what makes two spellings of one reference alike. What does not: which unit a
reference stands for; that is decided in dbt from the units and aliases of the program.
"""

from __future__ import annotations

import re
import unicodedata

import duckdb
import polars as pl

from pipelines import warehouse
from pipelines.blanks import BLANKS
from pipelines.program.model import Program

VOICES_AND_UNITS = ("employee_responses", "customer_feedback", "feedback_touches", "unit_scores",
                    "org_assignments", "actions", "outcomes")  # fmt: skip
REFERENCES = {
    "team_ref": ("team", VOICES_AND_UNITS),
    "location_ref": ("location", VOICES_AND_UNITS),
    "ticket_group_ref": ("ticket_group", ("customer_feedback", "feedback_touches")),
}
"""Columns that refer to a unit, the level they refer to, and the tables that have them."""
DECLARED = (
    "select unit_level, unit_ref from raw.units",
    "select unit_level, unit_name from raw.units",
    "select case unit_level when 'team' then 'location' else 'region' end, parent_ref"
    " from raw.units",
    "select alias_level, alias from raw.unit_aliases",
    "select case alias_level when 'ticket_group' then 'team' else alias_level end, unit_ref"
    " from raw.unit_aliases",
    "select alias_level, alias from raw.declared_aliases",
    "select case alias_level when 'ticket_group' then 'team' else alias_level end, unit_ref"
    " from raw.declared_aliases",
    "select unit_level, from_ref from raw.unit_lineage",
    "select unit_level, to_ref from raw.unit_lineage",
)
"""References of the tables that describe units."""
_DASHES = re.compile("\\s*[-\u2010-\u2015\u2212\u2e3a\u2e3b]\\s*")
_LEADING_ZEROS = re.compile(r"(?<![0-9.,])0+(?=[0-9])")
_INVISIBLE = {ord(c): None for c in BLANKS if not c.isspace()}


def write_unit_references(con: duckdb.DuckDBPyConnection, program: Program) -> int:
    """Write `raw.unit_references`: every distinct reference to a unit, its normalised key and the
    rows that write it so.

    Normalisation is Unicode work that SQL engines do differently, so it is done here, once per
    distinct text. Each column of a large table is made distinct by itself, so that only its
    distinct texts meet the others.
    """
    parts = [
        f"select '{level}' as unit_level, {column} as reference, count(*) as n_rows"
        f" from raw.{table} group by all"
        for column, (level, tables) in REFERENCES.items()
        for table in tables
    ]
    declared = [f"select *, 0 from ({each}) as declared" for each in DECLARED]
    distinct = con.sql(
        "select unit_level, reference, cast(sum(n_rows) as bigint) as n_rows"
        f" from ({' union all '.join([*parts, *declared])}) as refs"
        " where reference is not null group by all order by all"
    ).pl()
    keys = [reference_key(r, program.org.strip_leading_zeros) for r in distinct["reference"]]
    frame = distinct.with_columns(pl.Series("reference_key", keys, dtype=pl.String))
    return warehouse.write_table(con, "raw.unit_references", frame)


def reference_key(reference: str, strip_leading_zeros: bool) -> str:
    """A reference made comparable.

    NFKC, case-folded, one kind of dash without blanks around it, one blank for many, no invisible
    marks, no accents on Latin and Greek letters (elsewhere a mark makes another letter). With
    `strip_leading_zeros` each number in it loses its leading zeros, alone or inside a code: `0012`
    is `12`, `L001` is `l1`; digits after a point or comma stay.
    """
    text = unicodedata.normalize("NFKC", reference.translate(_INVISIBLE)).casefold()
    text = text if text.isascii() else _without_accents(text)
    text = " ".join(_DASHES.sub("-", text).split())
    return _LEADING_ZEROS.sub("", text) if strip_leading_zeros else text


def _without_accents(text: str) -> str:
    """Latin and Greek letters without the marks above and below them."""
    kept, is_accented = [], False
    for letter in unicodedata.normalize("NFD", text):
        if unicodedata.combining(letter):
            if is_accented:
                continue
        else:
            is_accented = unicodedata.name(letter, "").startswith(("LATIN", "GREEK"))
        kept.append(letter)
    return unicodedata.normalize("NFKC", "".join(kept))
