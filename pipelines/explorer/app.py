"""The explorer's page, run by Streamlit: estimates to pick among, units, and read-only SQL.

What belongs here: widgets and what they show. What does not: opening files (explorer.database) and
computing estimates; everything shown was released. `crossvoice explore` starts it and says which
file it may open, by three arguments: the folder of publications, the audience and the language.
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
from pipelines.report.catalogue import Catalogue

FILTERS = ("estimand", "x_measure", "y_measure", "window_id", "segment", "lag", "component")
SHOWN = ["estimand", "x_measure", "y_measure", "window_id", "segment", "lag", "component",
         "effect_type", "estimate", "conf_low", "conf_high", "n_units", "q_value", "verdict",
         "guard_code", "sentence"]  # fmt: skip
KINDS = ("r", "slope", "share", "index")
"""Kinds of estimates that have a picture."""
MOST_DRAWN = 30
EXAMPLE = "select unit_id, period_id, employee_score\nfrom unit_period_scores\nlimit 20"


def main(published: Path, audience: str, language: str) -> None:
    """The page; made anew at every click, so that a new release is picked up at once."""
    text = Catalogue(language)
    st.set_page_config(page_title=text("explorer.page"), layout="wide")
    try:
        path = published_file(published, audience)
    except CrossvoiceError as error:
        st.error(plain(error.text()))
        return
    release = query(path, "select title, release_id from publication").row(0, named=True)
    st.title(plain(release["title"]))
    st.caption(text("explorer.release", release=release["release_id"], audience=audience))
    tabs = {"estimates": _estimates, "units": _units, "sql": _sql}
    places = st.tabs([text(f"explorer.{name}") for name in tabs])
    for place, show in zip(places, tabs.values(), strict=True):
        with place:
            show(path, text)


def _estimates(path: Path, text: Catalogue) -> None:
    rows = query(path, "from linkage_estimates")
    options = {c: rows[c].drop_nulls().unique().sort().to_list() for c in FILTERS}
    offered = [column for column, found in options.items() if len(found) > 1]
    places = st.columns(4)
    for i, column in enumerate(offered):
        chosen = places[i % 4].multiselect(
            text(f"explorer.{column}"), options[column], key=f"pick_{column}"
        )
        if chosen:
            rows = rows.filter(pl.col(column).is_in(chosen))
    given = rows.filter(pl.col("estimate").is_not_null())
    _intervals(given, text)
    _table(rows.select(SHOWN), "estimates", text)
    if rows.height > given.height:
        st.caption(text("explorer.refused", n=text.count(rows.height - given.height)))


def _intervals(given: pl.DataFrame, text: Catalogue) -> None:
    """Estimates of one kind with their intervals; kinds have scales of their own."""
    kinds = [k for k in KINDS if k in given["effect_type"].to_list()]
    if not kinds:
        return
    names = {k: text(f"explorer.kind_{k}") for k in kinds}
    kind = st.radio(text("explorer.picture"), kinds, format_func=names.__getitem__,
                    horizontal=True, key="kind")  # fmt: skip
    parts = [*FILTERS, "adjusted_for", "method"]
    told = [c for c in parts if given[c].n_unique() > 1]
    rows = given.filter(pl.col("effect_type") == kind, pl.col("conf_low").is_not_null())
    rows = rows.head(MOST_DRAWN).select(
        pl.concat_str(told or ["estimand"], separator=", ", ignore_nulls=True).alias("what"),
        "estimate", "conf_low", "conf_high", "sentence",
    ).with_row_index("order")  # fmt: skip
    y = alt.Y("what:N", sort=alt.SortField("order"), title=None, axis=alt.Axis(labelLimit=420))
    base = alt.Chart(rows).encode(y=y, tooltip="sentence:N")
    zero = alt.Chart(pl.DataFrame({"at": [0.0]})).mark_rule(opacity=0.5).encode(x="at:Q")
    x = alt.X("conf_low:Q", axis=alt.Axis(tickCount=6),
              title=text("explorer.axis", kind=names[kind]))  # fmt: skip
    st.altair_chart(
        zero + base.mark_rule(strokeWidth=4, opacity=0.4).encode(x=x, x2="conf_high:Q")
        + base.mark_point(filled=True, size=70, opacity=1).encode(x="estimate:Q"),
    )  # fmt: skip
    if rows.height == MOST_DRAWN:
        st.caption(text("explorer.drawn", n=MOST_DRAWN))


def _units(path: Path, text: Catalogue) -> None:
    rows = query(
        path, "from unit_period_scores where employee_score is not null"
        " and customer_score is not null",
    )  # fmt: skip
    periods = rows["period_id"].unique().sort().to_list()
    chosen = st.multiselect(
        text("explorer.period"), periods, default=periods[-1:], key="pick_period"
    )
    shown = rows.filter(pl.col("period_id").is_in(chosen))
    if shown.is_empty():
        st.info(text("explorer.no_unit"))
        return
    names = dict(query(path, "select metric_id, metric_label from dim_metrics").iter_rows())
    sides = {c: names.get(shown[f"{c}_metric_id"][0], c) for c in ("employee", "customer")}
    away = alt.Scale(zero=False)
    st.altair_chart(alt.Chart(shown).mark_point(filled=True, opacity=0.6).encode(
        x=alt.X("employee_score:Q", title=sides["employee"], scale=away,
                axis=alt.Axis(tickCount=6)),
        y=alt.Y("customer_score:Q", title=sides["customer"], scale=away),
        tooltip=["team_name:N", "location_name:N", "period_id:N", "employee_score:Q",
                 "customer_score:Q"],
    ))  # fmt: skip
    _table(shown, "units", text)


def _sql(path: Path, text: Catalogue) -> None:
    box, beside = st.columns([3, 2])
    with beside:
        st.caption(text("explorer.schema"))
        st.dataframe(_described(schema(path), text), height=420, hide_index=True)
    with box:
        written = st.text_area(text("explorer.query"), EXAMPLE, height=160, key="sql")
        asked = st.button(text("explorer.run"), key="run_sql", type="primary")
        if asked or st.session_state.get("ran"):
            st.session_state["ran"] = True
            try:
                _table(query(path, written), "query", text)
            except CrossvoiceError as error:
                st.error(plain(error.text()))


def _described(columns: pl.DataFrame, text: Catalogue) -> pl.DataFrame:
    words = pl.col("column_description").map_elements(text.described, pl.String)
    return columns.with_columns(words)


def _table(rows: pl.DataFrame, name: str, text: Catalogue) -> None:
    """A table and its export: what is shown, and nothing else."""
    st.dataframe(rows, hide_index=True)
    key = "explorer.rows_cut" if rows.height == MOST_ROWS else "explorer.rows"
    st.caption(text(key, n=text.count(rows.height), most=text.count(MOST_ROWS)))
    st.download_button(text("explorer.save"), exported(rows), f"{name}.csv", "text/csv",
                       key=f"save_{name}")  # fmt: skip


def exported(rows: pl.DataFrame) -> str:
    """Rows as CSV in which no name becomes a formula of a spreadsheet: it gets a quote before it.

    >>> exported(pl.DataFrame({"unit": ["=1+1", "A"], "n": [-1, 2]}))
    "unit,n\\n'=1+1,-1\\nA,2\\n"
    """
    text = pl.selectors.string()
    guarded = rows.with_columns(text.str.replace(r"^([=+\-@\t\r])", "'$1"))
    return guarded.write_csv()


def plain(words: str) -> str:
    """Text of the data as text: Streamlit would read marks in it as links, pictures or formulae."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!:$~<>|&])", r"\\\1", words)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
