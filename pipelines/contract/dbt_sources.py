"""The dbt sources, written from the contract: `python -m pipelines.contract.dbt_sources`.

What belongs here: the text of `dbt_project/models/staging/_raw__sources.yml`. What does not: the
contract. A test compares the file with what this module would write.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.contract import RAW_TABLES

SOURCES_FILE = Path(__file__).resolve().parents[2] / "dbt_project/models/staging/_raw__sources.yml"
UNLANDED_TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "declared_periods": (
        "one row per period of the program",
        {
            "period_id": "Id of the period.",
            "period_index": "Its place in time, from 1.",
            "period_start": "First day.",
            "period_end": "Last day.",
            "is_closed": "Its last day has passed; open periods never enter linkage.",
        },
    ),
    "declared_waves": (
        "one row per survey wave, and one per period, which is its own wave",
        {
            "wave_id": "Wave as surveys name it.",
            "wave_start": "First day of fieldwork.",
            "wave_end": "Last day of fieldwork.",
            "period_id": "Period the fieldwork starts in.",
        },
    ),
    "declared_metrics": (
        "one row per metric of the program",
        {
            "metric_id": "Id of the metric.",
            "metric_number": "Its place in the program, which the scores carry instead of its id.",
            "label": "Name for people.",
            "voice": "employee or customer.",
            "metric_kind": "mean, top_box, net_promoter or share.",
            "n_required": "Items a respondent must have answered.",
            "top_box_from": "Last favourable answer, for a top box, seen from the good end.",
            "direction": "higher or lower: which end of its items' scale is good.",
            "value_min": "Lowest possible value.",
            "value_max": "Highest possible value.",
            "definition": "What it measures.",
        },
    ),
    "declared_metric_items": (
        "one row per metric and item",
        {"metric_id": "Id of the metric.", "item_code": "Item that enters it."},
    ),
    "declared_pairs": (
        "one row per pair of an employee and a customer metric",
        {
            "pair_id": "Id of the pair.",
            "x_metric_id": "Employee metric.",
            "y_metric_id": "Customer metric.",
            "is_primary": "Declared as the question before the run.",
            "window_id": "Window of the primary question.",
            "min_employee": "Smallest number of employee answers; null: the release threshold.",
            "min_customer": "Smallest number of customer answers; null: the release threshold.",
        },
    ),
    "declared_sources": (
        "one row per source of the program",
        {
            "source": "Name of the source.",
            "is_snapshot": "Each first day in it lists the whole staff of that day.",
        },
    ),
    "declared_aliases": (
        "one row per name approved in the program's folder",
        {
            "alias_level": "team, location, region or ticket_group.",
            "alias": "Name as somebody writes it.",
            "unit_ref": "Code of the unit it stands for (a ticket group: its team).",
            "approved_by": "Who approved it.",
            "approved_at": "When.",
        },
    ),
    "declared_settings": (
        "one row per setting of the program",
        {"setting": "Name of the setting.", "value_text": "Its value as text."},
    ),
    "unit_references": (
        "one row per unit level and distinct reference found in any source",
        {
            "unit_level": "team, location, region or ticket_group.",
            "reference": "Reference as written.",
            "reference_key": "The same, normalised so that spellings meet.",
            "n_rows": "Rows of answers and of people that write it so.",
        },
    ),
    "feedback_forms": (
        "one row per set of questions that events of feedback hold",
        {
            "item_codes": "The questions, in order.",
            "n_events": "Events that hold them and no others.",
        },
    ),
}
"""Tables of the raw stage that no source lands: declarations, and what is found in all batches."""


def sources_yaml() -> str:
    """The text of the sources file."""
    lines = [
        "# Written by `python -m pipelines.contract.dbt_sources`; change the contract instead.",
        "version: 2",
        "sources:",
        "  - name: raw",
        "    schema: raw",
        "    description: Landed batches as contract tables, and the program's declarations.",
        "    tables:",
    ]
    for table in RAW_TABLES.values():
        columns = {c.name: c.description for c in table.columns}
        lines += _table("raw", table.name, table.grain, columns)
    for name, (grain, columns) in UNLANDED_TABLES.items():
        lines += _table("raw", name, grain, columns)
    return "\n".join(lines) + "\n"


def _table(schema: str, name: str, grain: str, columns: dict[str, str]) -> list[str]:
    lines = [
        f"      - name: {name}",
        f'        description: "Grain: {grain}."',
        f"        meta: {{dagster: {{asset_key: [{schema}, {name}]}}}}",
        "        columns:",
    ]
    for column, text in columns.items():
        lines.append(f'          - {{name: {column}, description: "{text}"}}')
    return lines


if __name__ == "__main__":
    SOURCES_FILE.write_text(sources_yaml())
