"""The end of the report: every estimate with its guards, methods in plain words, provenance."""

from __future__ import annotations

import datetime as dt

from pipelines.report.catalogue import Catalogue
from pipelines.report.published import Row
from pipelines.report.sections.pairs import pair_name, window_name
from pipelines.report.sections.section import Context, Section, Table
from pipelines.report.sections.shape import segment_names
from pipelines.report.sections.strength import held_fixed

PAGES = {"driver": "drivers", "segment": "segments"}
"""Method pages that are named otherwise than their estimand."""
METHOD_NAMES = ("unit_means", "pearson", "spearman", "rmcorr", "two_way_fe", "rwg_uniform",
                "rwg_slight_skew")  # fmt: skip
"""Methods that answer one question beside each other."""
METHODS = ("between", "within", "lag", "adjusted", "driver", "segment", "nonlinear", "contrast",
           "aggregation", "change", "power")  # fmt: skip


def appendix_sections(context: Context) -> list[Section]:
    """Estimates, methods and provenance; without a question only the last."""
    if context.published.estimates.is_empty():
        return [_provenance(context)]
    return [_estimates(context), _methods(context), _provenance(context)]


def _estimates(context: Context) -> Section:
    text = context.text
    names = segment_names(context)
    rows = []
    for row in context.published.estimates.iter_rows(named=True):
        window = window_name(context, row["window_id"])
        subset = [
            window,
            _segment_name(context, row, names),
            held_fixed(context, row["adjusted_for"] or "") if row["adjusted_for"] else "",
            "" if row["lag"] is None or row["term"] == "argmax"
            else text("estimates.lag", lag=text.number(row["lag"], sign=True)),
            text.named("item", row["term"]) if row["estimand"] == "driver" else "",
        ]
        rows.append({
            **row, "pair": pair_name(context, row), "window_id": window,
            "segment": _segment_name(context, row, names),
            "question": text(f"estimand.{row['estimand']}"),
            "subset": ", ".join(filter(None, subset)),
            "kind": ", ".join(filter(None, (
                text.coded("effect", row["effect_type"]),
                text.coded("component", row["component"]), _method(text, row),
            ))),
            "decided": row["verdict"] or row["direction"],
        })  # fmt: skip
    kinds = {"question": "text", "pair": "text", "subset": "text", "kind": "text",
             "estimate": "number", "conf_low": "number", "conf_high": "number",
             "n_units": "count", "q_value": "p", "decided": "verdict",
             "guard_code": "code"}  # fmt: skip
    table = Table("linkage_estimates", context.columns(kinds), rows)
    filters = {
        "question": list(dict.fromkeys(r["question"] for r in rows)),
        "pair": list(dict.fromkeys(r["pair"] for r in rows)),
        "window_id": list(dict.fromkeys(r["window_id"] for r in rows)),
        "segment": list(dict.fromkeys(r["segment"] for r in rows if r["segment"])),
    }
    guards = context.published.tables["linkage_guards"].unique("code", keep="first",
                                                              maintain_order=True)  # fmt: skip
    return Section(
        "estimates", text("estimates.title"), template="estimates", tables=[table],
        says=[text("estimates.says", n=text.count(len(rows)))],
        extra={"filters": filters,
               "guards": [{"code": g["code"], "severity": g["severity"],
                           "words": context.guard_words(g)} for g in guards.to_dicts()]},
    )  # fmt: skip


def _method(text: Catalogue, row: Row) -> str:
    """What tells apart rows of one question that are otherwise named alike."""
    method = str(row["method"]).split("/")[0]
    alike = row["component"] == "observed" and row["effect_type"] == "r"
    alike |= method.startswith("rwg_") and row["component"].startswith("rwgj")
    return text(f"method.{method}") if alike and method in METHOD_NAMES else ""


def _segment_name(context: Context, row: Row, names: dict[str, str]) -> str:
    segment = row["segment"] or ""
    return context.text.named("segment", segment, names.get(segment, segment))


def _methods(context: Context) -> Section:
    text = context.text
    asked = context.published.estimates["estimand"].unique().to_list()
    is_public = context.published.publication["suppression"] == "publisher"
    words = [{"name": text(f"estimand.{m}"), "words": text(f"methods.{m}"), "page": PAGES.get(m, m)}
             for m in METHODS if m in asked]  # fmt: skip
    return Section("methods", text("methods.title"), template="methods",
                   says=[text("methods.shared"), text("methods.verdicts"),
                         text("methods.privacy_publisher" if is_public else "methods.privacy")],
                   extra={"methods": words})  # fmt: skip


def _provenance(context: Context) -> Section:
    text, publication = context.text, context.published.publication
    keys = ("release_id", "run_id", "started_at", "git_commit", "config_hash", "code_hash",
            "input_hash", "fingerprint", "suppression", "publisher", "threshold_employee",
            "threshold_customer", "n_cells", "n_cells_hidden", "stale_sources")  # fmt: skip
    rows = [
        {"key": key, "label": text(f"provenance.{key}"), "value": _shown(text, publication[key])}
        for key in keys
        if publication.get(key) not in (None, "")
        and not (publication["suppression"] == "publisher" and key.startswith("threshold"))
    ]
    return Section("provenance", text("provenance.title"), template="provenance",
                   extra={"rows": rows})  # fmt: skip


def _shown(text: Catalogue, value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds")
    return text.count(value) if isinstance(value, int) else str(value)
