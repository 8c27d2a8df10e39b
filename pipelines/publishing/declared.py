"""What the program declared, as the warehouse knows it, asked while a release is made.

What belongs here: reading `raw.declared_settings`. What does not: what follows from a setting.
"""

from __future__ import annotations

import duckdb


def number(con: duckdb.DuckDBPyConnection, setting: str) -> int:
    """A setting that is a whole number."""
    found = con.execute(
        "select cast(value_text as bigint) from raw.declared_settings where setting = ?", [setting]
    ).fetchall()
    return int(found[0][0])


def is_public(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the publisher's own suppression holds."""
    found = con.sql(
        "select 1 from raw.declared_settings"
        " where setting = 'suppression' and value_text = 'publisher'"
    )
    return bool(found.fetchall())
