"""Private records of releases: kept apart, made once each, and empty of who was erased."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.errors import CrossvoiceError
from pipelines.privacy.atoms import Places
from pipelines.privacy.cell_blocks import Grouping, cell_blocks
from pipelines.privacy.joined import join_releases
from pipelines.privacy.kept_records import (
    EARLIER_SCHEMA,
    FIGURES,
    KEYS,
    RECORDS,
    blank_records,
    keep_record,
    read_records,
    remove_other_records,
)
from pipelines.privacy.mask import publication_mask
from pipelines.privacy.records import earlier_blocks, release_record
from pipelines.publishing.earlier import earlier_cells
from pipelines.publishing.renamed import Meanings
from pipelines.settings import Settings
from tests.unit.privacy.planted import BERGEN, OSLO
from tests.unit.privacy.release_files import answers, publish, world
from tests.unit.privacy.test_disclosure import released_cells
from tests.unit.privacy.worlds import ANSWER_SCALES, METRICS, World

COMPANY = world([*BERGEN, *OSLO, *answers("F", "Oslo", 1, score=75)])
"""C has three people, F one."""
TODAY = Meanings({}, {}, {}, {})
LONELY = pl.col("unit_id") == "F@Oslo"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(program_folder=tmp_path / "program", home=tmp_path / "home")


def kept(settings: Settings, release_id: str, made: World = COMPANY) -> pl.DataFrame:
    """A release and its record, as a run leaves them; the record."""
    mask = publication_mask(
        made.cells, made.privacy, METRICS, made.places, answer_scales=ANSWER_SCALES,
        asked_together=[],
    )  # fmt: skip
    record = release_record(made.cells, mask, made.places)
    keep_record(settings, release_id, record)
    publish(made, settings.published / "releases", release_id)
    return record


def test_a_record_is_private_and_comes_back_as_it_was(settings: Settings) -> None:
    record = kept(settings, "r1")
    folder = settings.keep / RECORDS
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "r1.parquet").stat().st_mode & 0o077 == 0
    read = earlier_cells(settings, TODAY)
    assert dict(read.schema) == EARLIER_SCHEMA
    assert read["is_whole"].all()
    assert read.select(record.columns).equals(record)
    lonely = record.filter(LONELY & (pl.col("metric_id") == "engagement"))
    assert lonely.select("value", "is_released", "is_small").row(0) == (50.0, False, True)


def test_a_record_nobody_has_a_release_of_counts_nothing_and_goes(settings: Settings) -> None:
    record = kept(settings, "r1")
    keep_record(settings, "killed before its release", record)
    (settings.keep / RECORDS / ".r2.77").write_bytes(b"half a file")
    assert earlier_cells(settings, TODAY)["release_id"].unique().to_list() == ["r1"]
    remove_other_records(settings, {"r1"})
    assert [f.name for f in (settings.keep / RECORDS).iterdir()] == ["r1.parquet"]


def test_after_an_erasure_nothing_hidden_is_left(settings: Settings) -> None:
    record = kept(settings, "r1")
    figures = record.filter(~pl.col("is_released")).select(*FIGURES)
    assert figures["n_responses"].min() == 1, "a hidden group of one"
    blank_records(settings)
    (file,) = (settings.keep / RECORDS).iterdir()
    assert file.stat().st_mode & 0o077 == 0
    left = read_records(settings)["r1"]
    hidden = left.filter(~pl.col("is_released")).select(*FIGURES)
    assert hidden.null_count().row(0) == (hidden.height,) * len(FIGURES)
    shown = pl.col("is_released")
    assert left.filter(shown).equals(record.filter(shown)), "what readers have anyway"
    blank_records(settings)
    assert read_records(settings)["r1"].equals(left)


@pytest.mark.parametrize("left", [0, 4, 600])
def test_a_damaged_record_is_named_and_goes_with_an_erasure(settings: Settings, left: int) -> None:
    kept(settings, "r1")
    file = settings.keep / RECORDS / "r1.parquet"
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(CrossvoiceError, match="damaged") as told:
        earlier_cells(settings, TODAY)
    assert told.value.where == str(file)
    assert "backup" in told.value.mend
    blank_records(settings)
    assert not file.exists(), "nobody can see whether it holds the erased"
    assert earlier_cells(settings, TODAY)["release_id"].unique().to_list() == ["r1"]


def test_a_release_without_a_record_counts_with_what_it_told(settings: Settings) -> None:
    record = kept(settings, "r1")
    remove_other_records(settings, ())
    told = earlier_cells(settings, TODAY)
    assert not told["is_whole"].any()
    shown = told.filter("is_released").select(KEYS).sort(KEYS)
    assert shown.equals(record.filter("is_released").select(KEYS).sort(KEYS))
    assert told.filter(~pl.col("is_released"))["n_responses"].null_count() == (
        told.height - shown.height
    )


def joined(now: World, *earlier: pl.DataFrame) -> dict:
    """Blocks of `now` beside the records, by key."""
    judged = now.cells.with_columns(reason_code=pl.lit("released"))
    grouping = Grouping.of(
        judged, now.privacy, METRICS, {}, answer_scales=ANSWER_SCALES, asked_together=[]
    )
    blocks = cell_blocks(judged, grouping, now.places)
    known = pl.concat(earlier)
    for key, then in earlier_blocks(blocks, judged, known, grouping, now.places):
        assert len(then) == 1, "equal blocks are judged once"
        join_releases(blocks[key], then)
    return blocks


def test_equal_releases_are_judged_once_and_add_no_unknown() -> None:
    record = released_cells(COMPANY)
    many = [record.with_columns(release_id=pl.lit(f"r{i}")) for i in range(24)]
    blocks = joined(COMPANY, *many)
    for block in blocks.values():
        assert all(len(m.answers) == len(block.made_by) for m in block.measures)
        assert all(block.earlier[m.name].told for m in block.measures)


def test_a_group_that_has_changed_is_two_unknowns_with_true_figures() -> None:
    later = world([*BERGEN, *answers("C", "Bergen", 2, who="late"), *OSLO,
                   *answers("F", "Oslo", 1, score=75)])  # fmt: skip
    record = released_cells(COMPANY)
    block = joined(later, record)["employee", "m1"]
    measure = next(m for m in block.measures if m.name == "engagement")
    then, late = range(len(block.made_by), len(measure.answers))
    now = block.made_by.index(("unit", "C@Bergen", "m1"))
    assert [measure.answers[a] for a in (now, then, late)] == [5, 3, 2]
    assert block.if_taken_apart["engagement"][0].spread == {now: {then, late}}
    assert measure.people_of((now, then)) == 5, "the same people may be in both"
    told = block.earlier["engagement"].told
    assert any(then in atoms and now not in atoms for atoms in told)
    assert not any({then, now} <= atoms for atoms in told)


def test_a_team_that_moved_lay_where_it_lay() -> None:
    """A location's total of then is of the units it had then, whatever hierarchy there is now."""
    moved = pl.when(pl.col("team") == "C").then(pl.lit("Oslo")).otherwise("location")
    frame = COMPANY.answers.with_columns(location=moved, region="R" + moved)
    places = Places({**COMPANY.places.units, "C@Oslo": ("C", "Oslo")}, COMPANY.places.regions)
    block = joined(World(frame, places, 5, {}), released_cells(COMPANY))["employee", "m1"]
    measure = next(m for m in block.measures if m.name == "engagement")
    answers_then = {float(measure.answers[list(a)].sum()) for a in block.earlier["engagement"].told}
    assert 37.0 in answers_then, "Bergen, which had C then"
    assert answers_then <= set(COMPANY.cells.filter(metric_id="engagement")["n_responses"])


def test_who_was_erased_still_protects_nobody_else_less(settings: Settings) -> None:
    """After an erasure hidden groups count as they are now: what was told of them stays told."""
    kept(settings, "r1")
    blank_records(settings)
    without = COMPANY.answers.filter(pl.col("team") != "F")
    now = World(without, COMPANY.places, COMPANY.threshold, {})
    mask = publication_mask(
        now.cells, now.privacy, METRICS, now.places, earlier=earlier_cells(settings, TODAY),
        answer_scales=ANSWER_SCALES, asked_together=[],
    )  # fmt: skip
    hidden = mask.filter(~pl.col("is_released"))["unit_id"].to_list()
    assert {"D@Oslo", "E@Oslo"} & set(hidden) or "Oslo" in hidden, "Oslo less D and E was F"


def test_after_an_erasure_a_location_still_lay_where_it_lay(settings: Settings) -> None:
    """Nord of then less Bergen and Oslo of now would be Ulm, which lies in another region now."""
    rows = [*BERGEN, *OSLO, *answers("U", "Ulm", 3, score=75), *answers("V", "Graz", 4, score=50)]
    made = world(rows)
    nord = dict.fromkeys(("Bergen", "Oslo", "Ulm"), "Nord") | {"Graz": "Sud"}
    now = nord | {"Ulm": "Sud"}
    then, later = (in_regions(made, regions) for regions in (nord, now))
    is_nord = pl.col("unit_id") == "Nord"
    record = kept(settings, "r1", then).with_columns(pl.col("is_released") | is_nord)
    keep_record(settings, "r1", record)
    blank_records(settings)
    told = joined(later, earlier_cells(settings, TODAY))["employee", "m1"]
    measure = next(m for m in told.measures if m.name == "engagement")
    whole = record.filter(unit_id="Nord", metric_id="engagement")["n_responses"].item()
    answers_then = {float(measure.answers[list(a)].sum()) for a in told.earlier["engagement"].told}
    assert whole in answers_then, "with Ulm, which lay in it"


def in_regions(made: World, regions: dict[str, str]) -> World:
    """The same answers with locations in these regions."""
    frame = made.answers.with_columns(region=pl.col("location").replace(regions))
    return World(frame, Places(made.places.units, regions), made.threshold, {})
