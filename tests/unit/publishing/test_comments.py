"""Published comments: large groups only, each once, in an order that tells nothing."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.publishing.comments import LEVELS, large_groups, shuffled, told_and_new

ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.integers(0, 9)), max_size=60
)


def comments(rows: list[tuple[str, str, int]]) -> pl.DataFrame:
    """Comments of people in units of two locations; unit `c` is not known."""
    return pl.DataFrame(
        [
            (n, person, "p1", None if unit == "c" else f"{unit}@{place}", place, "r", f"text {n}")
            for n, (unit, place, person) in enumerate(rows)
        ],
        schema={"comment_number": pl.Int64, "person_number": pl.Int64, "period_id": pl.String,
                "unit_id": pl.String, "location_id": pl.String, "region_id": pl.String,
                "redacted_text": pl.String},
        orient="row",
    )  # fmt: skip


def released(n_people: int) -> pl.DataFrame:
    """Every group is released with that many answers."""
    groups = [("unit", f"{u}@{p}") for u in "ab" for p in "xy"]
    groups += [("location", "x"), ("location", "y"), ("region", "r"), ("company", "company")]
    return pl.DataFrame(
        [(level, unit, "p1", n_people) for level, unit in groups],
        schema=["unit_level", "unit_id", "period_id", "n_people"],
        orient="row",
    )


@settings(deadline=None)
@given(ROWS, st.integers(3, 6), st.integers(3, 20))
def test_every_group_is_large_enough_and_no_comment_is_shown_twice(
    rows: list[tuple[str, str, int]], smallest: int, n_people: int
) -> None:
    given_comments = comments(rows)
    shown = large_groups(given_comments, released(n_people), smallest)

    assert shown["comment_number"].is_unique().all()
    people = shown.join(given_comments, on="comment_number")
    sizes = people.group_by("unit_level", "unit_id").agg(pl.col("person_number").n_unique())
    assert all(smallest <= size <= n_people for size in sizes["person_number"])
    for row in people.iter_rows(named=True):
        column = LEVELS[row["unit_level"]]
        own = {"company": "company", "unit_id": row["unit_id_right"]}.get(column, row.get(column))
        assert row["unit_id"] == own


def told_by(shown: pl.DataFrame) -> pl.DataFrame:
    """What a release of these comments tells a later one."""
    key = ["unit_level", "unit_id", "period_id", "redacted_text"]
    return shown.group_by(key).agg(pl.len().alias("times"))


@settings(deadline=None)
@given(ROWS, st.integers(0, 60), st.integers(3, 6))
def test_what_one_release_tells_more_than_another_is_of_many(
    rows: list[tuple[str, str, int]], n_then: int, smallest: int
) -> None:
    """New comments of a few late answers would be read by themselves beside the release before."""
    cells, alike = released(20), pl.format("text {}", pl.col("comment_number") % 7)
    every = comments(rows).with_columns(redacted_text=alike)
    then = large_groups(every.head(n_then), cells, smallest)
    same = large_groups(told_and_new(every.head(n_then), told_by(then))[0], cells, smallest)
    assert told_by(same).sort(pl.all()).equals(told_by(then).sort(pl.all())), "nothing has changed"

    parts = told_and_new(every, told_by(then))
    assert sorted(n for part in parts for n in part["comment_number"]) == list(range(len(rows)))
    now = told_by(pl.concat([large_groups(part, cells, smallest) for part in parts]))
    key = ["unit_level", "unit_id", "period_id", "redacted_text"]
    both = now.join(told_by(then), on=key, how="left", suffix="_then")
    more = both.with_columns(n=pl.col("times").cast(pl.Int64) - pl.col("times_then").fill_null(0))
    by_group = more.filter(pl.col("n") > 0).group_by("unit_level", "unit_id").agg(pl.sum("n"))
    assert (by_group["n"] >= smallest).all()


def test_what_is_left_of_a_location_goes_up_together() -> None:
    rows = [("a", "x", n) for n in range(5)] + [("b", "x", n) for n in range(5, 7)]
    shown = large_groups(comments(rows), released(20), 5)
    assert set(shown["unit_level"]) == {"unit"}
    assert shown.height == 5, "two people of unit b stay hidden at every level"

    rows += [("c", "x", n) for n in range(7, 10)]
    shown = large_groups(comments(rows), released(20), 5)
    assert shown.group_by("unit_level").len().sort("unit_level").rows() == [
        ("location", 5), ("unit", 5)
    ]  # fmt: skip


def test_a_group_whose_cells_are_hidden_is_not_shown_there() -> None:
    rows = [("a", "x", n) for n in range(6)]
    without = released(20).filter(pl.col("unit_level") != "unit")
    assert set(large_groups(comments(rows), without, 5)["unit_level"]) == {"location"}
    assert large_groups(comments(rows), released(5), 5).is_empty(), "more wrote than answered"


def test_the_order_is_drawn_under_the_secret() -> None:
    rows = [("a", "x", n) for n in range(9)]
    large = large_groups(comments(rows), released(20), 5)
    one, again, other = (shuffled(large, key) for key in (b"one", b"one", b"other"))

    assert one.equals(again)
    assert one["comment_text"].to_list() != other["comment_text"].to_list()
    assert one["comment_text"].to_list() != sorted(one["comment_text"])
    assert one.columns == ["unit_level", "unit_id", "period_id", "comment_text"]
