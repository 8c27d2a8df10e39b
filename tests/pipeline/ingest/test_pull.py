"""Pulling: the same input twice, in any order, changed, gone and back."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import landing
from pipelines.errors import SourceError
from pipelines.privacy.secret import Secret
from tests.allotment import examples
from tests.unit.connectors.homes import HEADER, Home, source

SETTINGS = settings(
    max_examples=examples(5), suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # fmt: skip


def row(number: int, score: object = 7) -> tuple:
    return (f"F{number}", "2025-01-01T10:00:00Z", f"C{number}", "S1", score)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def rows(home: Home) -> list[tuple]:
    names = [c for c in home.landed().columns if c not in ("batch",)]
    return sorted(home.landed().select(names).rows(), key=str)


def test_the_same_input_twice_changes_nothing(home: Home) -> None:
    home.write_rows("in/a.csv", [row(1), row(2)])
    assert home.pull().n_new == 1
    before = tree(home.settings.landing)

    again = home.pull()

    assert (again.n_inputs, again.n_new, again.total("rows_kept")) == (1, 0, 2)
    assert tree(home.settings.landing) == before


def test_a_touched_file_is_no_news(home: Home) -> None:
    path = home.write_rows("in/a.csv", [row(1)])
    home.pull()
    os.utime(path, (1, 1))

    assert home.pull().n_new == 0


def test_a_file_of_the_same_size_and_age_is_read_again(home: Home) -> None:
    path = home.write_rows("in/a.csv", [row(1, 7)])
    home.pull()
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    home.write_rows("in/a.csv", [row(1, 8)])
    os.utime(path, ns=times)

    assert home.pull().n_new == 1
    assert home.landed()["score_raw"].to_list() == [8]


def test_a_changed_file_takes_the_place_of_its_earlier_self_and_may_go_back(home: Home) -> None:
    home.write_rows("in/a.csv", [row(1, 7)])
    home.pull()
    home.write_rows("in/a.csv", [row(1, 8), row(2)])
    home.pull()
    assert home.landed().height == 2
    home.write_rows("in/a.csv", [row(1, 7)])

    assert home.pull().n_new == 0, "the batch is still there"
    assert home.landed()["score_raw"].to_list() == [7]


def test_a_file_that_is_gone_keeps_its_rows(home: Home) -> None:
    home.write_rows("in/a.csv", [row(1)])
    path = home.write_rows("in/b.csv", [row(2)])
    home.pull()
    path.unlink()
    home.pull()

    assert home.landed()["feedback_id"].sort().to_list() == ["F1", "F2"]


def test_a_renamed_file_is_not_counted_twice(home: Home) -> None:
    path = home.write_rows("in/a.csv", [row(1)])
    home.pull()
    path.rename(path.with_name("z.csv"))

    assert home.pull().n_new == 0
    assert home.landed().height == 1


def test_files_of_one_name_in_two_folders_are_two_files(home: Home) -> None:
    home.source = source(location="in/**/scores.csv")
    home.write_rows("in/2024/scores.csv", [row(1)])
    home.write_rows("in/2025/scores.csv", [row(2)])
    home.pull()
    home.write_rows("in/2025/scores.csv", [row(3)])
    home.pull()

    assert sorted(home.landed().select("input", "feedback_id").rows()) == [
        ("2024/scores.csv", "F1"), ("2025/scores.csv", "F3"),
    ]  # fmt: skip
    assert list(home.state().inputs) == ["2024/scores.csv", "2025/scores.csv"]


def test_two_names_for_one_content_are_one_batch_under_the_first_name(home: Home) -> None:
    home.write_rows("in/z.csv", [row(1)])
    home.pull()
    home.write_rows("in/a.csv", [row(1)])
    home.pull()

    assert home.landed().height == 1
    assert [m.input for m in home.manifests()] == ["a.csv"]


@SETTINGS
@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 5), st.integers(0, 12)), min_size=1, max_size=5),
        min_size=1,
        max_size=3,
    ),
    st.randoms(use_true_random=False),
)
def test_any_order_of_late_corrected_and_repeated_files_ends_alike(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[tuple[int, int]]], chance
) -> None:
    ends = []
    for shuffled in (False, True):
        home = Home(tmp_path_factory.mktemp("order"), source())
        order = list(range(len(files)))
        if shuffled:
            order += order  # every file comes twice
            chance.shuffle(order)
        for number in order:
            home.write_rows(f"in/{number}.csv", [row(*pair) for pair in files[number]])
            if shuffled:
                home.pull()
        home.pull()
        assert all(m.rows_read == m.rows_kept + m.rows_rejected for m in home.manifests())
        shared = home.landed().drop("input", "batch").rows()
        ends.append((sorted(shared, key=str), [m.batch for m in home.manifests()]))
    assert ends[0] == ends[1]


def test_a_changed_mapping_lands_every_file_anew(home: Home) -> None:
    home.write_rows("in/a.csv", [row(1, 70)])
    home.pull()
    assert home.landed().is_empty()
    home.source = source(
        values=[{"columns": ["score"], "item": "nps", "scale": {"min": 0, "max": 100}}]
    )

    assert home.pull().n_new == 1
    assert home.landed()["score_raw"].to_list() == [70]


def test_rows_of_another_secret_are_not_mixed_with_new_ones(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise one person would have two keys, one in the old batches and one in the new."""
    home.write_rows("in/a.csv", [row(1)])
    home.pull()
    monkeypatch.setattr("tests.unit.connectors.homes.SECRET", Secret((b"another secret here",)))

    with pytest.raises(SourceError, match="another pseudonym secret"):
        home.pull()


def test_a_source_with_a_bad_file_is_stale_until_it_is_mended(home: Home) -> None:
    home.write_rows("in/a.csv", [row(1)])
    home.pull()
    home.write("in/a.csv", "nothing,of,the,kind\n1,2,3,4\n")
    home.write_rows("in/b.csv", [row(2)])
    with pytest.raises(SourceError, match="does not find its columns"):
        home.pull()
    assert home.state().is_stale
    assert sorted(home.landed()["feedback_id"]) == ["F1", "F2"], "old a.csv, new b.csv"
    home.write_rows("in/a.csv", [row(3)])
    home.pull()

    assert not home.state().is_stale
    assert sorted(home.landed()["feedback_id"]) == ["F2", "F3"]


def test_too_many_rejects_keep_the_earlier_batch(home: Home) -> None:
    home.source = source(max_rejected_share=0.4)
    home.write_rows("in/a.csv", [row(1)])
    home.pull()
    home.write_rows("in/a.csv", [row(1), row(2, "x")])
    for _ in range(2):
        with pytest.raises(SourceError, match=r"cannot use 50\.0% of the rows"):
            home.pull()
    assert home.landed()["feedback_id"].to_list() == ["F1"]
    home.source = source(max_rejected_share=0.5)

    assert home.pull().n_new == 0, "the limit is not part of the mapping"
    assert home.rejects() == [(2, "score", "not_a_number")]


def test_planned_rejects_do_not_count_against_the_limit(home: Home) -> None:
    home.source = source(max_rejected_share=0.0, filters=[{"column": "store", "drop": ["S9"]}])
    home.write_rows("in/a.csv", [row(1), ("F2", "", "", "S9", ""), ("", "", "", "", "")])
    result = home.pull()

    assert (result.total("rows_read"), result.total("rows_filtered")) == (3, 2)


def test_a_file_wholly_malformed_lands_no_row_and_is_refused(home: Home) -> None:
    home.source = source(max_rejected_share=0.05)
    home.write("in/a.csv", ",".join(HEADER) + "\n" + "x\n" * 5)

    with pytest.raises(SourceError, match=r"cannot use 100\.0%.*5 x malformed_record"):
        home.pull()


def test_long_files_are_read_block_by_block(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.connectors.text_records.BLOCK_BYTES", 4096)
    monkeypatch.setattr("pipelines.connectors.one_file.MALFORMED_AT_ONCE", 3)
    lines = [",".join(map(str, row(i))) if i % 10 else "broken" for i in range(1, 3001)]
    home.write("in/a.csv", ",".join(HEADER) + "\n" + "\n".join(lines))
    home.pull()

    landed, rejects = home.landed(), home.landed(landing.REJECTS)
    assert landed["feedback_id"].to_list() == [f"F{n}" for n in landed["record_number"]]
    assert sorted(rejects["record_number"]) == list(range(10, 3001, 10))
    assert landed.height + rejects.height == 3000
    assert isinstance(landed.schema["occurred_at"], pl.Datetime)
