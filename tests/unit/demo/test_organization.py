"""Org history and references: what a pipeline must be able to work out from the files."""

import unicodedata

import polars as pl

from tests.unit.demo.written import Company

NEVER = "9999-12-31"


def assignments(company: Company) -> pl.DataFrame:
    frame = company.table("hr/hris_assignments.csv").sort("employee_id", "effective_from")
    following = pl.col("effective_from").shift(-1).over("employee_id")
    return frame.with_columns(last_day=pl.col("effective_to").fill_null(NEVER), following=following)


def as_of(left: pl.DataFrame, key: str, company: Company) -> pl.DataFrame:
    """Rows with the team their employee was in on `day`; of two rows the later start wins."""
    history = assignments(company).select("employee_id", "team_code", "effective_from", "last_day")
    return (
        left.join(history, on="employee_id", suffix="_found")
        .filter(pl.col("effective_from") <= pl.col("day"), pl.col("day") <= pl.col("last_day"))
        .sort("effective_from")
        .unique(key, keep="last")
    )


def feedback(company: Company) -> pl.DataFrame:
    """Sound lines with their local day and their truth."""
    frames = [
        pl.read_csv(path, infer_schema=False, truncate_ragged_lines=True)
        for path in sorted((company.folder / "feedback").glob("feedback_*.csv"))
    ]
    truth = company.table("truth_feedback.parquet").filter(
        pl.col("fate").is_in(["kept", "late", "corrected"])
    )
    written = pl.concat(frames).unique("feedback_id", keep="first")
    instant = pl.col("created_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC")
    local = instant.dt.convert_time_zone("Europe/Berlin")
    joined = truth.join(written, on="feedback_id", how="inner", suffix="_written")
    return joined.with_columns(
        day=local.dt.strftime("%Y-%m-%d"),
    )


def test_only_the_planted_rows_overlap(small: Company) -> None:
    frame = assignments(small)
    overlaps = frame.filter(pl.col("following") <= pl.col("last_day"))
    assert overlaps.height == small.truth["people"]["overlapping"]
    assert frame.filter(pl.col("effective_from") > pl.col("last_day")).is_empty()


def test_nobody_works_in_a_unit_that_does_not_live(small: Company) -> None:
    teams = small.table("hr/units.csv").filter(pl.col("level") == "team")
    lives = teams.group_by("code").agg(
        pl.col("valid_from").min(), pl.col("valid_to").fill_null(NEVER).max()
    )
    late = assignments(small).filter(pl.col("last_day") >= "2025-01-01")
    joined = late.join(lives, left_on="team_code", right_on="code", how="left")
    assert joined.filter(pl.col("last_day") > pl.col("valid_to")).is_empty()
    new = joined.filter(pl.col("valid_from") > "2025-01-01")
    assert new.height > 0
    assert new.filter(pl.col("effective_from") < pl.col("valid_from")).is_empty()


def test_lineage_has_every_kind(small: Company) -> None:
    lineage = small.table("hr/unit_lineage.csv")
    counts = dict(lineage.group_by("kind").len().iter_rows())
    closed = len(small.truth["reorganisation"]["closed_teams"])
    assert counts == {"rename": 2, "split": 2, "merge": 2, "close": 1 + closed, "move": closed}
    renamed = small.table("hr/units.csv").group_by("level", "code").len().filter(pl.col("len") > 1)
    assert set(renamed["code"]) == set(lineage.filter(pl.col("kind") == "rename")["from_code"])


def test_identifiers_are_unique_at_every_moment(small: Company) -> None:
    frame = small.table("hr/employee_ids.csv").with_columns(pl.col("valid_to").fill_null(NEVER))
    for name in ("employee_id", "work_email", "agent_id"):
        spells = frame.drop_nulls(name).sort(name, "valid_from")
        following = pl.col("valid_from").shift(-1).over(name)
        assert spells.filter(following <= pl.col("valid_to")).is_empty()
    two_numbers = frame.group_by("work_email").agg(pl.col("employee_id").n_unique())
    assert two_numbers.filter(pl.col("employee_id") > 1).height == 1
    shared = frame.drop_nulls("agent_id").group_by("agent_id").agg(pl.col("employee_id").n_unique())
    reused = small.truth["people"]["reused_agent_numbers"]
    assert shared.filter(pl.col("employee_id") > 1).height == reused > 0


def test_answers_belong_to_the_team_of_the_day(small: Company) -> None:
    frames = [
        small.table(f"survey/{path.name}").select("response_id", "submitted_at")
        for path in (small.folder / "survey").glob("engagement_*.csv")
    ]
    truth = small.table("truth_responses.parquet").filter(pl.col("fate") == "kept")
    rows = truth.join(pl.concat(frames), on="response_id").with_columns(
        day=pl.col("submitted_at").str.head(10)
    )
    found = as_of(rows, "response_id", small)
    assert found.height == rows.height
    assert found.filter(pl.col("team_code") != pl.col("team_code_found")).is_empty()


def test_agents_belong_to_the_team_of_the_day(small: Company) -> None:
    rows = feedback(small).filter(pl.col("reference") == "agent")
    ids = small.table("hr/employee_ids.csv").with_columns(pl.col("valid_to").fill_null(NEVER))
    known = rows.join(ids, on="agent_id").filter(
        pl.col("valid_from") <= pl.col("day"), pl.col("day") <= pl.col("valid_to")
    )
    found = as_of(known, "feedback_id", small)
    assert found.height == rows.height > 0
    assert found.filter(pl.col("team_code") != pl.col("team_code_found")).is_empty()


def test_queues_and_codes_name_the_true_team(small: Company) -> None:
    rows = feedback(small)
    groups = small.table("feedback/ticket_groups.csv")
    queued = rows.filter(pl.col("reference") == "ticket_group").join(
        groups, on="ticket_group", suffix="_found"
    )
    queued = queued.filter(
        pl.col("valid_from") <= pl.col("day"),
        pl.col("day") <= pl.col("valid_to").fill_null(NEVER),
    )
    assert queued.height == rows.filter(pl.col("reference") == "ticket_group").height
    assert queued.filter(pl.col("team_code") != pl.col("team_code_found")).is_empty()
    direct = rows.filter(pl.col("reference") == "team")
    code = pl.col("team").str.strip_chars().str.to_uppercase()
    assert direct.filter(code != pl.col("team_code")).is_empty()
    for reference in ("old_code", "closed_team"):
        stale = rows.filter(pl.col("reference") == reference)
        assert stale.height > 0
        assert stale.filter(code == pl.col("team_code")).is_empty()


def test_stores_resolve_by_code_or_approved_alias(small: Company) -> None:
    def normal(text: str) -> str:
        text = unicodedata.normalize("NFKC", text).replace("\u2013", "-").replace("\u2010", "-")
        return " ".join(text.split()).casefold()

    codes = small.table("hr/location_aliases.csv")
    known = {normal(alias): code for alias, code in codes.select("alias", "location_code").rows()}
    known |= {code.lower(): code for code in codes["location_code"]}
    known |= {"l" + code[1:].lstrip("0"): code for code in codes["location_code"]}
    rows = feedback(small)
    stores = rows.filter(pl.col("reference") == "store").select("store", "location_code").rows()
    assert len({store for store, _ in stores}) > 60
    assert [store for store, code in stores if known.get(normal(store)) != code] == []
    lost = rows.filter(pl.col("reference") == "unknown_store")["store"].to_list()
    assert lost
    assert not [store for store in lost if normal(store) in known]
