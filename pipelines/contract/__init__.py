"""The input contract: the tables every connector ends in and every dbt model starts from.

What belongs here: the name, type and meaning of each column of the raw stage, and the words a
column may hold. What does not: how a file is read (connectors), how batches are kept (landing),
how rows are cleaned (dbt staging). Change it with care: the dbt sources are written from it, and
every program's `columns:` are its names.
"""

from __future__ import annotations

from pipelines.contract.ingest import INGEST_BATCHES, REJECT_REASONS, REJECTED_ROWS
from pipelines.contract.model import SQL_TYPES, Column, ContractTable, Kind
from pipelines.contract.organization import (
    ACTIONS,
    INVITATIONS,
    LINEAGE_KINDS,
    ORG_ASSIGNMENTS,
    OUTCOMES,
    PERSON_IDENTIFIERS,
    UNIT_ALIASES,
    UNIT_LEVELS,
    UNIT_LINEAGE,
    UNITS,
)
from pipelines.contract.voices import (
    COMMENTS,
    CUSTOMER_FEEDBACK,
    EMPLOYEE_RESPONSES,
    FEEDBACK_TOUCHES,
    QUESTION_KINDS,
    UNIT_SCORES,
)

__all__ = [
    "COMMENTS",
    "INGEST_BATCHES",
    "LINEAGE_KINDS",
    "QUESTION_KINDS",
    "RAW_TABLES",
    "REJECTED_ROWS",
    "REJECT_REASONS",
    "SOURCE_TABLES",
    "SQL_TYPES",
    "UNIT_LEVELS",
    "Column",
    "ContractTable",
    "Kind",
]

SOURCE_TABLES: dict[str, ContractTable] = {
    table.name: table
    for table in (
        EMPLOYEE_RESPONSES,
        CUSTOMER_FEEDBACK,
        FEEDBACK_TOUCHES,
        UNIT_SCORES,
        ORG_ASSIGNMENTS,
        PERSON_IDENTIFIERS,
        UNITS,
        UNIT_ALIASES,
        UNIT_LINEAGE,
        INVITATIONS,
        ACTIONS,
        OUTCOMES,
    )
}
"""Tables a source may feed with `table:`."""

RAW_TABLES: dict[str, ContractTable] = {
    **SOURCE_TABLES,
    COMMENTS.name: COMMENTS,
    INGEST_BATCHES.name: INGEST_BATCHES,
    REJECTED_ROWS.name: REJECTED_ROWS,
}
"""Every table of the raw stage that holds landed data."""
