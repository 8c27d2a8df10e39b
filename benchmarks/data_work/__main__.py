"""`python -m benchmarks.data_work`: the data work at three sizes, into docs/performance.md.

Companies are generated and landed in --folder unless they are there (`1m`, `5m`, `20m`; the largest
takes 10 GB of disk and half an hour the first time).
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
from pathlib import Path

from benchmarks.__main__ import PAGE
from benchmarks.data_work.panel_ratio import compare, measure, ratio
from pipelines.fingerprint import git_commit

PART = re.compile(r"(?s)(<!-- data work -->\n).*?(<!-- end of data work -->)")
STEPS = {
    "raw: views and declarations": ("raw",),
    "attribution of feedback, kept as numbers": (
        *("stg_superseded_feedback", "int_feedback_numbered"),
    ),
    "survey answers to respondents' scores": (
        *("stg_superseded_responses", "int_submissions_attributed", "int_respondent_scores"),
    ),
    "distinct people, sums, cells of five levels": (
        *("int_repeated_people", "int_repeated_answers", "int_score_sums"),
        *("int_unit_cells", "unit_period_metrics"),
    ),
    "the panel": ("linkage_panel",),
    "questions of one event, for the mask (no part of the panel)": ("forms",),
    "comments (no part of the panel)": ("int_comments_attributed", "unit_period_comments"),
    "participation, summary, turning units, wide scores (no part of the panel)": (
        *("int_invitations_attributed", "unit_period_participation", "int_feedback_counted"),
        *("attribution_summary", "int_turning_unit_people", "reorganisation_suspects"),
        "unit_period_scores",
    ),
}
"""Stages of the breakdown and their models; what is in none is small and counted as one."""


def main() -> int:
    """Measure, write, and fail when a panel differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True, help="where the companies are kept")
    parser.add_argument("--millions", type=int, nargs="+", default=[1, 5, 20])
    parser.add_argument("--repeat", type=int, default=3, help="the fastest of so many runs counts")
    arguments = parser.parse_args()
    found: dict[int, dict[str, dict]] = {}
    for millions in arguments.millions:
        home = (arguments.folder / f"{millions}m").resolve()
        rows = millions * 1_000_000
        found[millions] = measure(home, rows, rows // 4, arguments.repeat)
        if compare(home):
            return 1
        write(found)
    return 0


def write(found: dict[int, dict[str, dict]]) -> None:
    """Both tables, between their marks on the page."""
    lines = [
        f"Measured on {dt.datetime.now(dt.UTC):%Y-%m-%d} at commit `{git_commit()}`, "
        f"{os.cpu_count()} cores, load {os.getloadavg()[2]:.1f}.",
        *beside(found, "the panel and what it needs", "panel_by"),
        *beside(found, "all models", "by"),
    ]
    lines += ["", *breakdown(found)]
    text = "\n".join(lines) + "\n"
    print(text, flush=True)
    PAGE.write_text(PART.sub(lambda m: m[1] + text + m[2], PAGE.read_text()))


def beside(found: dict[int, dict[str, dict]], work: str, way: str) -> list[str]:
    """Table of one amount of work beside the script, by size."""
    lines = [
        "",
        f"| rows landed | by hand: time, processor, peak | {work}: time, processor, peak |"
        " its statements alone: time, processor | ratio of time | of processor |"
        " statements alone: ratio of time | of processor |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for millions, best in found.items():
        hand, ours, bare = best["by_hand"], best[f"{way}_pipeline"], best[f"{way}_statements"]
        ratios = [
            f"{ratio(best, f'{way}_{how}', of):.1f}"
            for how in ("pipeline", "statements")
            for of in ("seconds", "cpu_seconds")
        ]
        lines.append(
            f"| {millions} M feedback, {millions / 4:g} M answers, {bare['comments']:,} comments |"
            f" {shown(hand)}, {hand['peak_gb']:.2f} GB |"
            f" {shown(ours)}, {ours['peak_gb']:.2f} GB |"
            f" {shown(bare)} | {' | '.join(ratios)} |"
        )
    return lines


def shown(account: dict) -> str:
    """Seconds on the clock and of the processor."""
    return f"{account['seconds']:.1f} s, {account['cpu_seconds']:.1f} s"


def breakdown(found: dict[int, dict[str, dict]]) -> list[str]:
    """Seconds of each stage of the pipeline by size: its statements, and dbt around them."""
    table: dict[str, list[float]] = {name: [] for name in STEPS}
    table["all other models"] = []
    around = {"dbt itself": "by", "dbt itself, for the panel and what it needs alone": "panel_by"}
    table |= {name: [] for name in around}
    for best in found.values():
        steps = {k.strip(): v for k, v in best["by_statements"]["steps"].items()}
        for name, models in STEPS.items():
            table[name].append(sum(steps.pop(model, 0.0) for model in models))
        table["all other models"].append(sum(steps.values()))
        for name, way in around.items():
            ours, bare = best[f"{way}_pipeline"], best[f"{way}_statements"]
            table[name].append(ours["seconds"] - bare["seconds"])
    head = " | ".join(f"{millions} M" for millions in found)
    return [
        f"| stage of the pipeline, seconds | {head} |",
        "|---|" + "---|" * len(found),
        *(f"| {name} | {' | '.join(f'{s:.1f}' for s in row)} |" for name, row in table.items()),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
