"""Contract tables of provenance and quarantine, and the reasons a row may be rejected for."""

from __future__ import annotations

from pipelines.contract.model import Column, ContractTable, landing

INGEST_BATCHES = ContractTable(
    "ingest_batches",
    "one row per landed batch in use",
    (
        Column("source", "text", "Name of the source in program.yaml.", True, "landing"),
        Column("batch", "text", "Hash of content and mapping.", True, "landing"),
        Column("input", "text", "File the batch was read from.", True, "landing"),
        Column("contract_table", "text", "Table the source feeds.", True, "landing"),
        Column("content_hash", "text", "SHA-256 of the input.", True, "landing"),
        Column("mapping_version", "text", "Hash of the source's mapping.", True, "landing"),
        Column("columns_fingerprint", "text", "Hash of the input's column names.", True,
               "landing"),
        Column("rows_read", "integer", "Rows the mapping was asked to make.", True, "landing"),
        Column("rows_kept", "integer", "Rows that reached the contract table.", True, "landing"),
        Column("rows_rejected", "integer", "Rows that did not.", True, "landing"),
        Column("rows_filtered", "integer", "Of these, left out on purpose by the mapping.", True,
               "landing"),
        Column("rows_erased", "integer", "Rows kept once and erased since, by request or age.",
               True, "landing"),
        Column("is_required", "boolean", "A failure of the source stops publication.", True,
               "landing"),
        Column("max_rejected_share", "double", "Limit of unplanned rejects.", True, "landing"),
        Column("is_stale", "boolean", "The last pull failed; this is what was there before.",
               True, "landing"),
        Column("watermark", "text", "Newest event in the batch.", origin="landing"),
    ),
)  # fmt: skip

REJECTED_ROWS = ContractTable(
    "rejected_rows",
    "one row per record, column and reason",
    (
        *landing(),
        Column("column_name", "text", "Column of the input at fault; null: the whole record.",
               origin="landing"),
        Column("reason", "text", "Why the row could not be used.", True, "landing"),
        Column("value_class", "text", "What kind of value stood there, never the value.", True,
               "landing"),
        Column("is_filtered", "boolean", "Left out on purpose by the mapping.", True, "landing"),
        Column("n_rows", "integer", "Contract rows lost with it.", True, "landing"),
    ),
)  # fmt: skip

REJECT_REASONS = {
    "filtered": "left out by a filter of the source",
    "no_rule": "no rule under `values:` fits the record",
    "blank_record": "every column the source names is blank",
    "blank_identifier": "the person has no identifier of this kind",
    "missing_required": "a required column is blank",
    "not_a_number": "the text is not a number",
    "out_of_scale": "the number lies outside the declared scale",
    "bad_date": "the text is not a date in the declared formats",
    "ambiguous_date": "several of the declared formats read the date, each differently",
    "reversed_interval": "the row ends before it begins",
    "bad_boolean": "the text is neither true nor false",
    "unknown_code": "the code is not in the recode table",
    "malformed_record": "the record has too many or too few fields, or cannot be decoded",
}
"""Reasons of `rejected_rows`, with their meaning."""
