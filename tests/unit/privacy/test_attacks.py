"""Planted attacks: each succeeds on a build without its defence and fails on the real one.

The releases are written as files and attacked as `crossvoice audit` does, from the files alone.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.audit.evidence import KNOWN_TABLES
from pipelines.audit.report import Audit, audit_release
from pipelines.privacy import bounds, suspects
from pipelines.publishing.audiences import PUBLISHED_TABLES
from tests.unit.privacy.planted import BERGEN, OSLO, PLANTED, weakened
from tests.unit.privacy.release_files import answers, publish, world
from tests.unit.privacy.worlds import World, make_world


def audited(made: World, folder: Path) -> Audit:
    publish(made, folder)
    return audit_release(folder / "r1", folder)


@pytest.mark.parametrize("name", PLANTED)
def test_attack_succeeds_without_the_defence_and_fails_with_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not audited(PLANTED[name], tmp_path / "real").findings
    weakened(monkeypatch)
    found = audited(PLANTED[name], tmp_path / "weak").findings
    assert {f.attack for f in found} & {"differencing", "bounds"}


@pytest.mark.parametrize("seed", [13, 33, 37, 42, 43, 51, 70, 71, 84])
def test_company_with_people_of_no_team_is_not_stopped_for_nothing(
    seed: int, tmp_path: Path
) -> None:
    """Who takes the units of a team for all of it finds small groups here that are not there."""
    made = make_world(seed)
    assert not audited(made, tmp_path).findings
    path = tmp_path / "r1" / "all" / "parquet" / "publication.parquet"
    unsaid = pl.read_parquet(path).drop("partial_sums_employee", "partial_sums_customer")
    unsaid.write_parquet(path)
    assert audit_release(tmp_path / "r1", tmp_path).findings


def test_totals_that_are_no_sums_as_the_release_says(tmp_path: Path) -> None:
    """Five in no team: said, the rest of the location is a group; unsaid, a finding."""
    rows = [*BERGEN[:34], *OSLO]
    loose = [(None, *row[1:5], f"loose{i}", *row[6:]) for i, row in enumerate(rows[:5])]
    made = world(rows + loose)
    assert not audited(made, tmp_path).findings
    path = tmp_path / "r1" / "all" / "parquet" / "publication.parquet"
    pl.read_parquet(path).with_columns(partial_sums_employee=pl.lit("")).write_parquet(path)
    assert "sums" in {f.attack for f in audit_release(tmp_path / "r1", tmp_path).findings}


def test_finding_names_the_equation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weakened(monkeypatch)
    text = audited(PLANTED["parent minus siblings"], tmp_path).text
    assert (
        "location Bergen, m1 n=37 less unit A@Bergen n=20, unit B@Bergen n=14 leaves 3 answers of "
        "unit C@Bergen, m1: fewer than 5." in text
    )


def test_a_native_mean_beside_a_score_that_is_no_mean(tmp_path: Path) -> None:
    made = world([*answers("A", "Bergen", 9), *answers("A", "Bergen", 9, metric="nps")])
    publish(made, tmp_path)
    for voice, expected in (("employee", set()), ("customer", {"second_score"})):
        path = tmp_path / "r1" / "all" / "parquet" / f"{voice}_unit_period_metrics.parquet"
        told = pl.when(pl.col("value").is_not_null()).then(3.4).alias("value_native")
        pl.read_parquet(path).with_columns(told).write_parquet(path)
        assert {f.attack for f in audit_release(tmp_path / "r1", tmp_path).findings} == expected


def test_estimate_made_from_hidden_cells(tmp_path: Path) -> None:
    made = PLANTED["parent minus siblings"]
    shown = publish(made, tmp_path).filter(
        "is_released", unit_level="unit", metric_id="engagement"
    )
    honest = int(shown["n_responses"].sum())
    everything = made.answers.filter(pl.col("metric_id") == "engagement").height
    path = tmp_path / "r1" / "all" / "parquet" / "linkage_estimates.parquet"
    for counted, expected in ((honest, set()), (everything, {"inversion"})):
        pl.DataFrame(
            {"question_id": ["q"], "x_measure": ["engagement"], "n_responses_x": [counted]}
        ).write_parquet(path)
        audit = audit_release(tmp_path / "r1", tmp_path)
        assert {f.attack for f in audit.findings} == expected


def test_every_published_table_is_declared_to_the_attacker() -> None:
    assert set(PUBLISHED_TABLES) == set(KNOWN_TABLES)


def test_undeclared_table_is_a_finding(tmp_path: Path) -> None:
    publish(PLANTED["parent minus siblings"], tmp_path)
    pl.DataFrame({"n": [1]}).write_parquet(tmp_path / "r1" / "all" / "parquet" / "extra.parquet")
    audit = audit_release(tmp_path / "r1", tmp_path)
    assert [f.attack for f in audit.findings] == ["unknown_table"]


def test_undeclared_column_is_a_finding(tmp_path: Path) -> None:
    publish(PLANTED["parent minus siblings"], tmp_path)
    path = tmp_path / "r1" / "all" / "parquet" / "employee_unit_period_metrics.parquet"
    pl.read_parquet(path).with_columns(n_people=3).write_parquet(path)
    audit = audit_release(tmp_path / "r1", tmp_path)
    assert "unknown_column" in {f.attack for f in audit.findings}


@pytest.mark.parametrize("column", ["unit_id", "left_out", "influence", "leverage"])
def test_what_tells_of_estimates_without_one_unit_is_a_finding(
    column: str, tmp_path: Path
) -> None:
    publish(PLANTED["parent minus siblings"], tmp_path)
    path = tmp_path / "r1" / "all" / "parquet" / "linkage_estimates.parquet"
    pl.DataFrame({"question_id": "q", column: ["A@Bergen"], "estimate": [0.5]}).write_parquet(path)
    audit = audit_release(tmp_path / "r1", tmp_path)
    assert {f.attack for f in audit.findings} == {"left_out_estimates"}


def small(metric: str, scores: list[float]) -> World:
    """Three units, two of them small; the answers of the small ones take turns."""
    rows = [*answers("A", "Bergen", 12, metric=metric), *answers("B", "Bergen", 4, metric=metric),
            *answers("C", "Bergen", 4, metric=metric)]  # fmt: skip
    given = [row[6] if row[0] == "A" else scores[i % len(scores)] for i, row in enumerate(rows)]
    return world([(*row[:6], score, row[7]) for row, score in zip(rows, given, strict=True)])


def test_nobody_promotes_and_nobody_detracts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A balance of 0 says little; no promoter and no detractor say that all are passive."""
    made = small("nps", [0.0])
    assert not audited(made, tmp_path / "real").findings
    for module in (bounds, suspects):
        monkeypatch.setattr(module, "score_width", lambda *_: float("inf"))
    found = audited(made, tmp_path / "weak").findings
    assert {f.attack for f in found} == {"bounds"}
    cells = tmp_path / "weak" / "r1" / "all" / "parquet" / "customer_unit_period_metrics.parquet"
    nothing = pl.lit(None, dtype=pl.Int64)
    pl.read_parquet(cells).with_columns(promoters=nothing, detractors=nothing).write_parquet(cells)
    assert not audit_release(tmp_path / "weak" / "r1", tmp_path / "weak").findings, "the balance"
