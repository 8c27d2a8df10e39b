"""What released rows say in a language other than that of the tables.

What belongs here: choosing and filling the sentence of a row or a guard. What does not: the English
sentences; they are columns of the tables, made where the numbers are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.linkage.refusals import refusal_of

Row = Mapping[str, Any]
Texts = Mapping[str, str]
Number = Callable[..., str]


def said(row: Row, texts: Texts, number: Number, percent: Number, interval: str) -> str:
    """The sentence of a row; its English one when there is none for it in this language."""
    if row["verdict"] == "refused":
        template = texts.get(f"refused.{refusal_of(row)}")
        if template is None:
            return str(row["sentence"])
        grouped = "" if row["cluster"] == "unit_id" else texts["says.in_groups"].format_map(row)
        return template.format_map({**row, "in_groups": grouped})
    key = _key(row)
    if key is None or f"says.{key}" not in texts or row["estimate"] is None:
        return str(row["sentence"])
    value = row["estimate"]
    more = "higher" if value >= 0 else "lower"
    unit = texts.get(f"scale.{row['unit_y']}", row["unit_y"])
    has_interval = row["conf_low"] is not None or row["conf_shape"] == "unbounded"
    words = {
        "higher": texts[f"says.{more}"].format(value=number(abs(value), 2), unit=unit),
        "interval": texts["says.interval"].format(interval=interval) if has_interval else interval,
        "corrected": texts[f"says.{row['component']}"]
        if row["component"] in ("observed", "corrected") else "",
        "value": number(value, 2),
        "share": percent(value),
        "direction": texts.get(f"direction.{row['direction']}", ""),
    }  # fmt: skip
    text = texts[f"says.{key}"].format_map({**row, **words})
    doubt = {"inconclusive": "says.cannot_tell", "practically_none": "says.negligible"}
    if row["verdict"] in doubt and row["effect_type"] != "F":
        return f"{text} {texts[doubt[row['verdict']]]}"
    return text


def _key(row: Row) -> str | None:
    """Which sentence a row has; None for rows that are only in the table of estimates."""
    estimand, component, effect = row["estimand"], row["component"], row["effect_type"]
    if estimand in ("between", "within") and effect == "slope":
        return str(estimand) if component in ("observed", "corrected") else None
    if estimand in ("segment", "nonlinear") and effect == "F":
        return f"{estimand}_supported" if row["verdict"] == "supported" else str(estimand)
    wanted = {"lag": row["term"] == "argmax", "adjusted": component == "robustness_value",
              "aggregation": component == "icc2", "change": True}  # fmt: skip
    return str(estimand) if wanted.get(estimand) else None


def guarded(guard: Row, texts: Texts) -> str:
    """Next step of a guard and how many cells it is about; English when it has no words here."""
    step = texts.get(f"guard.{guard['code']}")
    if step is None:
        return " ".join(filter(None, (guard["message"], guard["next_step"])))
    if guard["n_affected"] is None or guard["n_total"] is None:
        return step
    return f"{step} {texts['affected'].format_map(guard)}"
