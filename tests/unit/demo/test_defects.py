"""Every planted defect is in the files as often as the truth says."""

import csv
import re
from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest

from tests.unit.demo.written import Company

SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
INSTANT = re.compile(r"202[45]-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T\d\d:\d\d:\d\dZ")


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def feedback_files(company: Company) -> list[Path]:
    return sorted((company.folder / "feedback").glob("feedback_*.csv"))


def broken_kind(row: list[str]) -> str:
    if len(row) > 15:
        return "ragged"
    created, metric, score = row[1], row[6], row[7]
    if not INSTANT.fullmatch(created) or created.startswith("2025-02-30"):
        return "bad_date"
    if not score.isdigit():
        return "score_text"
    low, high = SCALES[metric]
    return "kept_lines" if low <= int(score) <= high else "out_of_scale"


def test_feedback_counts_per_file(small: Company) -> None:
    for path in feedback_files(small):
        rows = rows_of(path)
        promised = small.truth["files"][f"feedback/{path.name}"]
        found = dict.fromkeys(("ragged", "bad_date", "score_text", "out_of_scale", "kept_lines"), 0)
        for row in rows:
            found[broken_kind(row)] += 1
        assert found == {name: promised[name] for name in found}
        assert len(rows) == promised["lines"]
        assert min(found.values()) > 0
        month = path.stem[-7:]
        repeated = len(rows) - len({tuple(row) for row in rows})
        assert repeated == promised["duplicates"]
        arrived = sum(promised.get(name, 0) for name in ("late", "corrections", "stale"))
        # Local time is ahead of UTC, so a month of local days begins in the UTC month before.
        early = [row for row in rows if INSTANT.fullmatch(row[1]) and row[1] < f"{month}-01"]
        assert arrived <= len(early) < arrived + len(rows) * 0.01


def test_the_last_version_is_the_truth(small: Company) -> None:
    versions = defaultdict(set)
    for path in feedback_files(small):
        for row in rows_of(path):
            if broken_kind(row) == "kept_lines":
                versions[row[0]].add((row[2], row[7]))
    truth = small.table("truth_feedback.parquet")
    kept = truth.filter(pl.col("fate").is_in(["kept", "late", "corrected"]))
    assert dict(kept.select("feedback_id", pl.col("score").cast(pl.String)).iter_rows()) == {
        key: max(found)[1] for key, found in versions.items()
    }
    corrected = set(truth.filter(pl.col("fate") == "corrected")["feedback_id"])
    assert corrected == {key for key, found in versions.items() if len(found) > 1}
    assert small.truth["totals"]["feedback_kept"] == len(versions)
    rejected = truth.height - len(versions)
    assert small.truth["totals"]["feedback_rejected"] == rejected


def test_survey_counts_per_file(small: Company) -> None:
    known = set(small.table("hr/employee_ids.csv")["work_email"])
    for path in sorted((small.folder / "survey").glob("engagement_*.csv")):
        promised = small.truth["files"][f"survey/{path.name}"]
        frame = small.table(f"survey/{path.name}")
        previews = frame.filter(pl.col("status") == "Survey Preview")
        real = frame.filter(pl.col("status") == "IP Address").with_columns(
            pl.col("email").str.strip_chars().str.to_lowercase()
        )
        strangers = real.filter(~pl.col("email").is_in(known))
        undated = real.filter(~pl.col("submitted_at").str.contains(r"^2025-(0\d|1[0-2])-\d\dT"))
        impossible = real.filter(pl.col("submitted_at").str.starts_with("2025-02-30"))
        sound = real.join(
            strangers.vstack(undated).vstack(impossible), on="response_id", how="anti"
        )
        items = frame.unpivot(pl.selectors.matches(r"^q\d\d$"), index="response_id").drop_nulls()
        assert frame.height == promised["lines"]
        assert previews.height == promised["preview"]
        assert strangers.height == promised["unknown_email"]
        assert undated.height + impossible.height == promised["bad_date"]
        assert sound.height == promised["kept"] + promised["superseded"]
        assert sound["email"].n_unique() == promised["kept"]
        assert items.height == promised["item_answers"]
        off_scale = items.filter(~pl.col("value").is_in(list("12345")))
        assert off_scale.height == promised["out_of_scale_cells"]


def test_the_last_complete_answer_is_the_truth(small: Company) -> None:
    truth = small.table("truth_responses.parquet").filter(
        pl.col("fate").is_in(["kept", "superseded"])
    )
    frames = [
        small.table(f"survey/{path.name}")
        for path in sorted((small.folder / "survey").glob("engagement_*.csv"))
    ]
    sent = pl.concat(frames).select("response_id", "submitted_at", "finished")
    winners = (
        truth.join(sent, on="response_id")
        .sort(pl.col("finished") == "TRUE", "submitted_at")
        .unique(["wave", "employee_id"], keep="last")
    )
    assert set(winners["fate"]) == {"kept"}
    assert winners.height == truth.filter(pl.col("fate") == "kept").height


def test_planted_identities_are_in_the_comments(small: Company) -> None:
    texts = {}
    for path in feedback_files(small):
        texts |= {row[0]: row[14] for row in rows_of(path) if len(row) == 15}
    for path in (small.folder / "survey").glob("engagement_*.csv"):
        texts |= {row[0]: row[15] for row in rows_of(path)}
    planted = small.truth["identities_in_comments"]
    assert {entry["voice"] for entry in planted} == {"customer", "employee"}
    for entry in planted:
        assert all(value in texts[entry["key"]] for value in entry["values"])
        assert all(re.search(r"@example\.(com|org)$", v) for v in entry["values"] if "@" in v)


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("team", 0.43, 0.47),
        ("agent", 0.18, 0.22),
        ("ticket_group", 0.13, 0.17),
        ("store", 0.13, 0.17),
    ],
)
def test_shares_of_the_ladder(default: Company, kind: str, low: float, high: float) -> None:
    references = default.truth["references_of_kept_feedback"]
    assert low < references[kind] / sum(references.values()) < high
