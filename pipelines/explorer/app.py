"""The explorer's page, run by Streamlit: estimates to pick among, units, and read-only SQL.

What belongs here: widgets and what they show. What does not: opening files (explorer.database) and
computing estimates; everything shown was released. `crossvoice explore` starts it and says which
file it may open, by two arguments: the folder of publications and the audience.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import altair as alt
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
KINDS = {"r": "Correlation", "slope": "Slope", "share": "Share", "index": "Reliability"}
"""Kinds of estimates that have a picture, with their names."""
MOST_DRAWN = 30
EXAMPLE = "select unit_id, period_id, employee_score\nfrom unit_period_scores\nlimit 20"


def main(published: Path, audience: str) -> None:
    """The page; made anew at every click, so that a new release is picked up at once."""
    st.set_page_config(page_title="Crossvoice explorer", layout="wide")
    try:
        path = published_file(published, audience)
    except CrossvoiceError as error:
        st.error(plain(error.text()))
        return
    release = query(path, "select title, release_id from publication").row(0, named=True)
    st.title(plain(release["title"]))
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
    given = rows.filter(pl.col("estimate").is_not_null())
    _intervals(given)
    _table(rows.select(SHOWN), "estimates")
    if rows.height > given.height:
        st.caption(f"Refused rows: {rows.height - given.height}; the guard says why.")


def _intervals(given: pl.DataFrame) -> None:
    """Estimates of one kind with their intervals; kinds have scales of their own."""
    kinds = [k for k in KINDS if k in given["effect_type"].to_list()]
    if not kinds:
        return
    kind = st.radio("Picture", kinds, format_func=KINDS.__getitem__, horizontal=True, key="kind")
    parts = ["estimand", "x_measure", "y_measure", "window_id", "segment", "lag", "component"]
    told = [c for c in parts if given[c].n_unique() > 1]
    rows = given.filter(pl.col("effect_type") == kind, pl.col("conf_low").is_not_null())
    rows = rows.head(MOST_DRAWN).select(
        pl.concat_str(told or ["estimand"], separator=", ", ignore_nulls=True).alias("what"),
        "estimate", "conf_low", "conf_high", "sentence",
    ).with_row_index("order")  # fmt: skip
    y = alt.Y("what:N", sort=alt.SortField("order"), title=None, axis=alt.Axis(labelLimit=420))
    base = alt.Chart(rows).encode(y=y, tooltip="sentence:N")
    zero = alt.Chart(pl.DataFrame({"at": [0.0]})).mark_rule(opacity=0.5).encode(x="at:Q")
    st.altair_chart(
        zero + base.mark_rule(strokeWidth=4, opacity=0.4).encode(
            x=alt.X("conf_low:Q", title=f"{KINDS[kind]}, 95% interval"), x2="conf_high:Q")
        + base.mark_point(filled=True, size=70, opacity=1).encode(x="estimate:Q"),
    )  # fmt: skip
    if rows.height == MOST_DRAWN:
        st.caption(f"The first {MOST_DRAWN} are drawn; pick fewer to see others.")


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
    names = dict(query(path, "select metric_id, metric_label from dim_metrics").iter_rows())
    sides = {c: names.get(shown[f"{c}_metric_id"][0], c) for c in ("employee", "customer")}
    away = alt.Scale(zero=False)
    st.altair_chart(alt.Chart(shown).mark_point(filled=True, opacity=0.6).encode(
        x=alt.X("employee_score:Q", title=sides["employee"], scale=away),
        y=alt.Y("customer_score:Q", title=sides["customer"], scale=away),
        tooltip=["team_name:N", "location_name:N", "period_id:N", "employee_score:Q",
                 "customer_score:Q"],
    ))  # fmt: skip
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
                st.error(plain(error.text()))


def _table(rows: pl.DataFrame, name: str) -> None:
    """A table and its export: what is shown, and nothing else."""
    st.dataframe(rows, hide_index=True)
    cut = f", cut at {MOST_ROWS:,}" if rows.height == MOST_ROWS else ""
    st.caption(f"{rows.height:,} rows{cut}")
    st.download_button("Save as CSV", exported(rows), f"{name}.csv", "text/csv",
                       key=f"save_{name}")  # fmt: skip


def exported(rows: pl.DataFrame) -> str:
    """Rows as CSV in which no name becomes a formula of a spreadsheet: it gets a quote before it.

    >>> exported(pl.DataFrame({"unit": ["=1+1", "A"], "n": [-1, 2]}))
    "unit,n\\n'=1+1,-1\\nA,2\\n"
    """
    text = pl.selectors.string()
    guarded = rows.with_columns(text.str.replace(r"^([=+\-@\t\r])", "'$1"))
    return guarded.write_csv()


def plain(text: str) -> str:
    """Text of the data as text: Streamlit would read marks in it as links, pictures or formulae."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!:$~<>|&])", r"\\\1", text)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
