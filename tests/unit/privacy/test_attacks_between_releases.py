"""Planted attacks with two releases: what came, went, or is called otherwise between them.

The releases are written as files and attacked as `crossvoice audit` does, from the files alone.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipelines.audit import evidence
from pipelines.audit.report import Audit, audit_release
from pipelines.privacy import mask as compiler
from pipelines.privacy.atoms import Places
from tests.unit.privacy.oracle import changes_told
from tests.unit.privacy.planted import BERGEN, OSLO, PLANTED, weakened
from tests.unit.privacy.release_files import answers, publish, world
from tests.unit.privacy.test_disclosure import keys
from tests.unit.privacy.worlds import World, changed, make_world


def test_leaver_between_releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    then = world([*BERGEN, *OSLO])
    now = world([*answers("A", "Bergen", 19), *BERGEN[20:], *OSLO])

    def both(folder: Path) -> Audit:
        told = publish(then, folder, "r1")
        publish(now, folder, "r2", told)
        return audit_release(folder / "r2", folder)

    assert not both(tmp_path / "real").findings
    weakened(monkeypatch)
    assert "earlier_release" in {f.attack for f in both(tmp_path / "weak").findings}


def test_cell_shown_then_beside_one_shown_now(tmp_path: Path) -> None:
    """Late answers to another item turn round which team protects C; nothing else has moved."""
    teams = [*answers("A", "Bergen", 10), *answers("B", "Bergen", 12), *answers("C", "Bergen", 3)]
    favourable = [(*row[:3], "favourable", *row[4:6], 100.0 * (row[6] > 50), row[7])
                  for row in teams]  # fmt: skip
    late = [(*row[:5], f"late{row[5]}", *row[6:]) for row in favourable[:10]]
    then, now = world([*teams, *favourable]), world([*teams, *favourable, *late])

    def second(folder: Path, *, forgetful: bool) -> Audit:
        told = publish(then, folder, "r1")
        shown = publish(now, folder, "r2", None if forgetful else told)
        if forgetful:
            mine = pl.col("is_released") & (pl.col("metric_id") == "engagement")
            names = [set(record.filter(mine)["unit_id"]) for record in (told, shown)]
            assert names[0] ^ names[1] == {"A", "A@Bergen", "B", "B@Bergen"}
        return audit_release(folder / "r2", folder)

    assert not second(tmp_path / "real", forgetful=False).findings
    found = second(tmp_path / "weak", forgetful=True)
    assert {f.attack for f in found.findings} == {"joined_releases"}
    assert (
        "engagement, company, m1 n=25 less team A n=10, team B n=12 (release r1) leaves "
        "3 answers of unit C@Bergen, m1: fewer than 5." in found.text
    )


def test_counts_of_promoters_versus_the_rounded_score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One customer more among 1,500: rounding blurs the scores, counts would tell the answer."""
    then = world(answers("A", "Bergen", 1500, metric="nps"))
    now = world([*answers("A", "Bergen", 1500, metric="nps"),
                 *answers("A", "Bergen", 1, metric="nps", who="late")])  # fmt: skip

    def second(folder: Path) -> tuple[Audit, pl.DataFrame]:
        publish(now, folder, "r2", publish(then, folder, "r1"))
        cells = folder / "r2" / "all" / "parquet" / "customer_unit_period_metrics.parquet"
        return audit_release(folder / "r2", folder), pl.read_parquet(cells)

    audit, cells = second(tmp_path / "real")
    assert not audit.findings
    assert cells["value"].null_count() == 0, "the scores are told"
    assert cells["promoters"].null_count() == cells.height
    monkeypatch.setattr(compiler, "_tells_counts", lambda *_: pl.col("is_released"))
    audit, _ = second(tmp_path / "weak")
    assert {f.attack for f in audit.findings} == {"earlier_release"}


def test_months_first_and_the_quarter_later(tmp_path: Path) -> None:
    made = PLANTED["month versus quarter"]
    months = World(made.answers, made.places, made.threshold, {})
    told = publish(months, tmp_path, "r1")
    whole = made.answers.with_columns(period_id=pl.lit("q1"))
    publish(World(whole, made.places, 5, {"q1": ("m1", "m2", "m3")}), tmp_path, "r2", told)
    path = tmp_path / "r2" / "all" / "parquet" / "periods.parquet"
    pl.read_parquet(path).filter(pl.col("period_id") == "q1").write_parquet(path)
    found = audit_release(tmp_path / "r2", tmp_path).findings
    assert {f.attack for f in found} == {"other_periods"}


def test_a_store_that_joins_later_costs_no_cell(tmp_path: Path) -> None:
    """Means of 7 answers end in thirds of a tenth; an unchanged one must not pass for a change."""
    stores = [a for s in ("Bergen", "Oslo", "Roros") for a in answers("A", s, 7)]
    told = publish(world(stores), tmp_path, "r1")
    later = world([*stores, *answers("A", "Voss", 7)])
    record = publish(later, tmp_path, "r2", told)
    assert record["is_released"].sum() == later.cells.height
    assert not audit_release(tmp_path / "r2", tmp_path).findings


@pytest.mark.parametrize("seed", [40028, 40223])
def test_late_answers_in_two_places(seed: int, tmp_path: Path) -> None:
    """A total of all less a total of the one place is the one answer of the other."""
    then = make_world(seed)
    now = changed(then, seed)
    told = publish(then, tmp_path, "r1")
    shown = publish(now, tmp_path, "r2", told)
    assert changes_told(then, now, keys(told), keys(shown)) == []
    assert not audit_release(tmp_path / "r2", tmp_path).findings


@pytest.mark.parametrize("what", ["metric", "period", "team"])
def test_the_same_total_under_another_id(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 20 answers and of 21: whoever compares names, days and definitions knows the last one."""
    publish(world([*answers("A", "Bergen", 20), *answers("B", "Bergen", 14)]), tmp_path, "r1")
    publish(world([*answers("A", "Bergen", 21), *answers("B", "Bergen", 14)]), tmp_path, "r2")
    new = {"metric": {"engagement": "staff"}, "period": {"m1": "wave 1"},
           "team": {"A": "K7", "A@Bergen": "K7@Bergen"}}[what]  # fmt: skip
    for path in (tmp_path / "r1").rglob("*.parquet"):
        told = pl.read_parquet(path)
        texts = [c for c in told.columns if c.endswith("_id")]
        told.with_columns(pl.col(c).replace(new) for c in texts).write_parquet(path)
    for path in tmp_path.rglob("dim_units.parquet"):
        units = pl.read_parquet(path)
        units.with_columns(team_name=pl.col("team_id").replace({"K7": "A"})).write_parquet(path)

    found = audit_release(tmp_path / "r2", tmp_path).findings
    assert "earlier_release" in {f.attack for f in found}
    assert any("A@Bergen" in f.sentence for f in found)
    if what == "team":  # by ids alone the totals above the team are still compared
        return
    monkeypatch.setattr(evidence, "under_ids_of", lambda _, then: then)
    assert not audit_release(tmp_path / "r2", tmp_path).findings


@pytest.mark.parametrize("seed", [55, 257])
def test_a_region_of_other_places_is_not_taken_for_what_it_was(seed: int, tmp_path: Path) -> None:
    """A location changes regions and no answer does: hidden regions are not as they were."""
    then = make_world(seed)
    homes = dict(then.places.regions)
    first, last = min(homes), max(homes)
    homes |= {first: "R9", last: homes[first]}
    region = pl.col("location").replace_strict(homes, default=None)
    moved = then.answers.with_columns(region=region)
    now = World(moved, Places(then.places.units, homes), then.threshold, then.finer)
    publish(now, tmp_path, "r2", publish(then, tmp_path, "r1"))
    assert not audit_release(tmp_path / "r2", tmp_path).findings


def test_a_raised_threshold_stops_no_release_for_what_was_told_before(tmp_path: Path) -> None:
    """C and D are six people: enough then, too few now, and nothing takes back what was told."""
    teams = [*answers("A", "Bergen", 12), *answers("B", "Bergen", 9),
             *answers("C", "Bergen", 3), *answers("D", "Bergen", 3)]  # fmt: skip
    then = world(teams)
    told = publish(then, tmp_path, "r1")
    now = replace(then, threshold=8)
    publish(now, tmp_path, "r2", told)
    audit = audit_release(tmp_path / "r2", tmp_path)
    assert audit.n_earlier == 1
    assert not audit.findings
