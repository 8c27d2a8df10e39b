"""The matrix of docs/privacy.md is the one the files follow."""

from __future__ import annotations

import re
from fnmatch import fnmatch

from pipelines.publishing.audiences import AUDIENCES, PUBLISHED_TABLES
from pipelines.settings import PROJECT_ROOT


def test_matrix_names_every_table_and_its_audiences() -> None:
    text = (PROJECT_ROOT / "docs" / "privacy.md").read_text()
    rows = text.split("## Who may see which table")[1].strip().splitlines()
    audiences = [cell.strip() for cell in rows[0].strip("|").split("|")][1:]
    told: dict[str, set[str]] = {}
    for row in rows[2:]:
        tables, *marks = row.strip().removeprefix("|").removesuffix("|").split("|")
        seen = {a for a, mark in zip(audiences, marks, strict=True) if mark.strip()}
        for pattern in re.findall(r"`([^`]+)`", tables):
            for table in PUBLISHED_TABLES:
                if fnmatch(table, pattern):
                    told[table] = seen
    assert told == {
        table: {a for a, tables in AUDIENCES.items() if table in tables}
        for table in PUBLISHED_TABLES
    }
