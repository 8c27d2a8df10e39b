"""The explorer's page, run by Streamlit: estimates to pick among, units, and read-only SQL.

What belongs here: widgets and what they show. What does not: opening files (explorer.database) and
computing estimates; everything shown was released. `crossvoice explore` starts it and says which
file it may open, by two arguments: the folder of publications and the audience.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import streamlit as st

from pipelines.errors import CrossvoiceError
from pipelines.explorer.database import MOST_ROWS, published_file, query, schema

FILTERS = {
    "estimand": "Question", "x_measure": "Employee metric", "y_measure": "Customer metric",
    "window_id": "Window", "segment": "Segment", "lag": "Lag", "component": "Component",
}  # fmt: skip
SHOWN = ["estimand", "x_measure", "y_measure", "window_id", "segment", "lag", "component",
         "effect_type", "estimate", "conf_low", "conf_high", "n_units", "q_value", "verdict",
         "guard_code", "sentence"]  # fmt: skip
EXAMPLE = "select unit_id, period_id, employee_score\nfrom unit_period_scores\nlimit 20"


def main(published: Path, audience: str) -> None:
    """The page; made anew at every click, so that a new release is picked up at once."""
    st.set_page_config(page_title="Crossvoice explorer", layout="wide")
    try:
        path = published_file(published, audience)
    except CrossvoiceError as error:
        st.error(error.text())
        return
    release = query(path, "select title, release_id from publication").row(0, named=True)
    st.title(release["title"])
    st.caption(f"Release {release['release_id']}, audience {audience}. Only released tables.")
    estimates, units, sql = st.tabs(["Estimates", "Units", "SQL"])
    with estimates:
        _estimates(path)
    with units:
        _units(path)
    with sql:
        _sql(path)


def _estimates(path: Path) -> None:
    rows = query(path, "from linkage_estimates")
    options = {c: rows[c].drop_nulls().unique().sort().to_list() for c in FILTERS}
    offered = [column for column, found in options.items() if len(found) > 1]
    places = st.columns(4)
    for i, column in enumerate(offered):
        chosen = places[i % 4].multiselect(FILTERS[column], options[column], key=f"pick_{column}")
        if chosen:
            rows = rows.filter(pl.col(column).is_in(chosen))
    _table(rows.select(SHOWN), "estimates")
    given = rows.filter(pl.col("estimate").is_not_null())
    if rows.height > given.height:
        st.caption(f"{rows.height - given.height} rows are refused; the guard says why.")


def _units(path: Path) -> None:
    rows = query(
        path, "from unit_period_scores where employee_score is not null"
        " and customer_score is not null",
    )  # fmt: skip
    periods = rows["period_id"].unique().sort().to_list()
    chosen = st.multiselect("Period", periods, default=periods[-1:], key="pick_period")
    shown = rows.filter(pl.col("period_id").is_in(chosen))
    if shown.is_empty():
        st.info("No unit has both scores here.")
        return
    st.scatter_chart(shown, x="employee_score", y="customer_score", size=24)
    _table(shown, "units")


def _sql(path: Path) -> None:
    box, beside = st.columns([3, 2])
    with beside:
        st.caption("Tables and columns")
        st.dataframe(schema(path), height=420, hide_index=True)
    with box:
        text = st.text_area("Query", EXAMPLE, height=160, key="sql")
        if st.button("Run", key="run_sql", type="primary") or st.session_state.get("ran"):
            st.session_state["ran"] = True
            try:
                _table(query(path, text), "query")
            except CrossvoiceError as error:
                st.error(error.text())


def _table(rows: pl.DataFrame, name: str) -> None:
    """A table and its export: what is shown, and nothing else."""
    st.dataframe(rows, hide_index=True)
    cut = f", cut at {MOST_ROWS:,}" if rows.height == MOST_ROWS else ""
    st.caption(f"{rows.height:,} rows{cut}")
    st.download_button("Save as CSV", rows.write_csv(), f"{name}.csv", "text/csv",
                       key=f"save_{name}")  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
