"""Which table each audience may see: the one matrix that files, docs and tests follow.

What belongs here: audiences and the tables in their files. What does not: how a table is made safe
(publishing.tables). DuckDB has no users, so each audience has its own file.
"""

from __future__ import annotations

JOINT = (
    "unit_period_scores",
    "unit_period_scores_restated",
    "linkage_estimates",
    "linkage_guards",
    "linkage_driver_shares",
    "linkage_lag_profiles",
    "linkage_binned_curves",
    "linkage_segment_forests",
    "linkage_reliability",
    "linkage_period_slopes",
    "linkage_attribution_rules",
    "linkage_nonresponse",
    "dim_units",
    "dim_teams",
    "dim_locations",
    "dim_metrics",
    "periods",
    "data_dictionary",
    "publication",
)
"""Tables everybody may see: both voices as released cells, never a row of a person."""

AUDIENCES: dict[str, tuple[str, ...]] = {
    "shared": JOINT,
    "hr": (
        *JOINT,
        "employee_unit_period_metrics",
        "unit_period_participation",
        "employee_comments",
    ),
    "cx": (
        *JOINT,
        "customer_unit_period_metrics",
        "attribution_summary",
        "customer_comments",
    ),
}
"""Audience -> tables of its file."""

PUBLISHED_TABLES = tuple(dict.fromkeys(t for tables in AUDIENCES.values() for t in tables))
"""Every published table, once."""
