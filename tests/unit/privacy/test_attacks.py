"""Planted attacks: each succeeds on a build without its defence and fails on the real one.

The releases are written as files and attacked as `crossvoice audit` does, from the files alone.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.audit import evidence
from pipelines.audit.evidence import KNOWN_TABLES
from pipelines.audit.report import Audit, audit_release
from pipelines.privacy import bounds, suspects
from pipelines.privacy import mask as compiler
from pipelines.privacy.atoms import Places
from pipelines.publishing.audiences import PUBLISHED_TABLES
from tests.unit.privacy.oracle import changes_told
from tests.unit.privacy.release_files import answers, publish, world
from tests.unit.privacy.test_disclosure import keys
from tests.unit.privacy.worlds import World, changed, make_world


def weakened(monkeypatch: pytest.MonkeyPatch) -> None:
    """A compiler that hides small cells and nothing else."""
    monkeypatch.setattr(compiler, "hide_more", lambda blocks, _: [set(b.primary) for b in blocks])
    monkeypatch.setattr(compiler, "must_wait", lambda *_: set())


def audited(made: World, folder: Path) -> Audit:
    publish(made, folder)
    return audit_release(folder / "r1", folder)


BERGEN = [*answers("A", "Bergen", 20), *answers("B", "Bergen", 14), *answers("C", "Bergen", 3)]
OSLO = [*answers("D", "Oslo", 12), *answers("E", "Oslo", 9)]
PLANTED = {
    "parent minus siblings": world([*BERGEN, *OSLO]),
    "lone hidden team of three": world([*answers("A", "Bergen", 9), *answers("C", "Bergen", 3)]),
    "team versus location": world(
        [*answers("A", "Bergen", 8), *answers("A", "Oslo", 2), *answers("B", "Oslo", 11),
         *answers("D", "Bergen", 9)]
    ),
    "month versus quarter": world(
        [*answers("A", "Bergen", 4), *answers("A", "Bergen", 9, period="m2"),
         *answers("A", "Bergen", 8, period="m3")],
        {"q1": ("m1", "m2", "m3")},
    ),
    "counts of promoters versus score": world(
        [*answers("A", "Bergen", 20, metric="nps"), *answers("B", "Bergen", 14, metric="nps"),
         *answers("C", "Bergen", 3, metric="nps")]
    ),
}  # fmt: skip


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


def test_a_native_mean_beside_a_score_that_is_no_mean(tmp_path: Path) -> None:
    made = world([*answers("A", "Bergen", 9), *answers("A", "Bergen", 9, metric="nps")])
    publish(made, tmp_path)
    for voice, expected in (("employee", set()), ("customer", {"second_score"})):
        path = tmp_path / "r1" / "all" / "parquet" / f"{voice}_unit_period_metrics.parquet"
        told = pl.when(pl.col("value").is_not_null()).then(3.4).alias("value_native")
        pl.read_parquet(path).with_columns(told).write_parquet(path)
        assert {f.attack for f in audit_release(tmp_path / "r1", tmp_path).findings} == expected


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


def test_a_store_that_joins_later_costs_no_cell(tmp_path: Path) -> None:
    """Means of 7 answers end in thirds of a tenth; an unchanged one must not pass for a change."""
    stores = [a for s in ("Bergen", "Oslo", "Roros") for a in answers("A", s, 7)]
    told = publish(world(stores), tmp_path, "r1")
    later = world([*stores, *answers("A", "Voss", 7)])
    record = publish(later, tmp_path, "r2", told)
    assert record["is_released"].sum() == later.cells.height
    assert not audit_release(tmp_path / "r2", tmp_path).findings


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
