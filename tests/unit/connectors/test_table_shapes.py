"""The shape of a table: odd headers, notes, totals, columns that come and go, file names."""

from __future__ import annotations

from statistics import fmean, variance

import pytest
import xlsxwriter

from pipelines.errors import SourceError
from pipelines.program.rules import ValueRule
from tests.unit.connectors.homes import FEEDBACK, Home, source
from tests.unit.connectors.small_tables import TEXT, expected, landed
from tests.unit.connectors.test_messy import zipped


def test_two_header_rows_are_one_header(home: Home) -> None:
    home.write("in/f.csv", "Report,,,,\nWho,,,Where,Answer\nid,at,customer,store,score\n"
               "F1,2025-01-04,C1,Süd,9\n")  # fmt: skip
    columns = {"feedback_id": "Who id", "occurred_at": "Who at", "location_ref": "Where store"}
    values = [{"columns": ["Answer score"], "item": "nps", "scale": {"min": 0, "max": 10}}]

    assert landed(home, header_row=[2, 3], columns=columns, values=values) == expected()[:1]


def test_a_file_without_a_header(home: Home) -> None:
    home.write("in/f.csv", TEXT.split("\n", 1)[1])
    columns = {"feedback_id": "#1", "occurred_at": "#2", "location_ref": "#4"}
    values = [{"columns": ["#5"], "item": "nps", "scale": {"min": 0, "max": 10}}]

    assert landed(home, header_row=0, columns=columns, values=values) == expected()


def test_rows_below_the_header_that_are_no_records(home: Home) -> None:
    home.write("in/f.csv", TEXT.replace("score\n", 'score\n"The id","when","who, or\nwhom",w,s\n'
               '"{""ImportId"":""1""}",b,c,d,e\n'))  # fmt: skip

    assert landed(home, skip_rows=2) == expected()
    assert home.landed()["record_number"].to_list() == [1, 2]


def test_the_second_column_of_a_name(home: Home) -> None:
    home.write("in/f.csv", "id,at,customer,store,score,score\nF1,2025-01-04,C1,Süd,x,9\n")
    values = [{"columns": ["score[2]"], "item": "nps", "scale": {"min": 0, "max": 10}}]

    assert landed(home, values=values) == expected()[:1]


def test_totals_and_notes_under_the_table_are_left_out(home: Home) -> None:
    home.write("in/f.csv", TEXT + "Total,,,,9\nSource: survey office\n* n < 5,see page 2\n")

    assert landed(home, footnotes=["total", "source:", r"\*"]) == expected()
    assert [reason for *_, reason in home.rejects()] == ["filtered"] * 3


def test_a_filter_by_the_beginning_of_a_text(home: Home) -> None:
    home.write("in/f.csv", TEXT)
    only = [{"column": "store", "keep_matching": "sü"}]
    others = [{"column": "store", "drop_matching": "SÜ|west"}]

    assert landed(home, filters=only) == expected()[:1]
    assert landed(home, filters=others) == expected()[1:]


def sheets(home: Home, *names: str) -> None:
    (home.folder / "in").mkdir(exist_ok=True)
    with xlsxwriter.Workbook(home.folder / "in/f.xlsx") as book:
        for n, name in enumerate(names, start=1):
            page = book.add_worksheet(name)
            page.write_row(0, 0, ["id", "at", "store", "score"])
            page.write_row(1, 0, [f"F{n}", "2025-01-04", "Süd", n])
        book.add_worksheet("Notes").write(0, 0, "made by hand")


def test_a_sheet_for_each_channel(home: Home) -> None:
    sheets(home, "Q1 shop", "Q1 web")
    columns = {"feedback_id": "id", "occurred_at": "at", "location_ref": "store",
               "channel": {"sheet_name": "^Q1 (.*)$"}}  # fmt: skip
    home.source = source(location="in/f.xlsx", sheet="q1*", columns=columns)
    home.pull()

    rows = home.landed()
    assert rows["channel"].to_list() == ["shop", "web"]
    assert rows["record_number"].to_list() == [1, 2]
    assert rows["score_raw"].to_list() == [1.0, 2.0]


def test_sheets_without_the_shape_of_the_name_are_left_alone(home: Home) -> None:
    sheets(home, "2024", "2025")
    columns = {"feedback_id": "id", "occurred_at": "at", "touchpoint": {"sheet_name": r"^(\d{4})$"}}
    home.source = source(location="in/f.xlsx", sheet="*", columns=columns)
    home.pull()
    assert home.landed()["touchpoint"].to_list() == ["2024", "2025"]

    home.source = source(location="in/f.xlsx", sheet="2026*", columns=columns)
    with pytest.raises(SourceError, match="no sheet that fits"):
        home.pull()


def test_a_column_for_each_channel_counts_every_answer(home: Home) -> None:
    home.write("in/f.csv", "id,at,NPS shop,NPS web\nF1,2025-01-04,9,11\nF2,,3,4\n")
    columns = {"feedback_id": "id", "occurred_at": "at", "channel": {"column_name": "^NPS (.+)$"}}
    answers = ["NPS shop", "NPS web"]
    values = [{"columns": answers, "item": "nps", "scale": {"min": 0, "max": 10}}]
    home.source = source(columns=columns, values=values)
    home.pull()

    assert home.landed().select("channel", "score_raw").rows() == [("shop", 9.0)]
    assert sorted(reason for *_, reason in home.rejects()) == [
        "missing_required", "missing_required", "out_of_scale",
    ]  # fmt: skip


@pytest.mark.parametrize(("first", "n_rows"), [(99, 1), (4, 2)])
def test_a_comment_beside_several_answers_lands_once(first: int, n_rows: int, home: Home) -> None:
    home.write("in/f.csv", f"id,at,n1,n2,note\nF1,2025-01-04,{first},5,hello\n")
    columns = {"feedback_id": "id", "occurred_at": "at", "channel": {"column_name": r"n(\d)"}}
    values = [{"columns": ["n1", "n2"], "item": "nps", "scale": {"min": 0, "max": 10}}]
    home.source = source(columns=columns, values=values, comment="note")
    home.pull()

    assert home.landed().height == n_rows
    assert home.landed("comments")["parent_key"].to_list() == ["F1"]


def test_a_column_that_some_files_lack(home: Home) -> None:
    home.write("in/a.csv", TEXT)
    home.write("in/b.csv", "id,at,customer,score\nF3,2025-01-06,C3,5\n")

    found = landed(home, optional=["store"])

    assert [(row[0], row[2]) for row in found] == [("F1", "Süd"), ("F3", None), ("F2", "Nord")]
    with pytest.raises(SourceError, match="no column 'store'"):
        landed(home)


def test_a_text_from_the_name_of_the_file(home: Home) -> None:
    home.write("in/nord/stores_2024-11.csv", TEXT)
    home.write("in/sued/stores_2025-01.csv", TEXT.replace("F", "G"))
    columns = {
        "feedback_id": "id",
        "occurred_at": {"file_name": r"_(\d{4}-\d\d)", "format": "%Y-%m"},
        "location_ref": {"file_name": r"^(\w+)/", "recode": {"nord": "North", "sued": "South"}},
    }
    found = landed(home, location="in/**/*.csv", columns=columns)

    assert {(str(row[1]), row[2]) for row in found} == {
        ("2024-11-01", "North"),
        ("2025-01-01", "South"),
    }
    home.write("in/nord/stores.csv", TEXT)
    with pytest.raises(SourceError, match=r"does not have the shape(.|\n)*nord/stores\.csv"):
        home.pull()


def test_a_text_from_the_names_of_the_files_in_a_zip(home: Home) -> None:
    columns = {
        "feedback_id": "id",
        "occurred_at": {"file_name": r"_(\d{4}-\d\d)", "format": "%Y-%m"},
    }
    members = {"all/stores_2024-11.csv": TEXT, "all/stores_2025-01.csv": TEXT.replace("F", "G")}
    home.write("in/stores.zip", zipped(members))
    found = landed(home, location="in/stores.zip", columns={**columns, "location_ref": "store"})

    assert [(row[0], str(row[1])) for row in found] == [
        ("F1", "2024-11-01"), ("F2", "2024-11-01"), ("G1", "2025-01-01"), ("G2", "2025-01-01"),
    ]  # fmt: skip
    home.write("in/stores.zip", zipped(members | {"all/stores.csv": TEXT}))
    with pytest.raises(
        SourceError, match=r"does not have the shape(.|\n)*stores\.zip, all/stores\.csv"
    ):
        home.pull()


COUNTS = ["Store", "Very good", "Good", "Poor"]


def counted(home: Home, *rows: tuple, **changes: object) -> list[tuple]:
    """What a file of counts lands as: place, score, number of answers and variance."""
    rule = {"item": "mood", "voice": "customer", "scale": {"min": 1, "max": 3}}
    keys = {
        "name": "counts", "table": "unit_scores", "location": "in/counts.csv", "suppressed": ["*"],
        "columns": {"location_ref": "Store", "period_ref": {"value": "2025"}},
        "values": [{**rule, "distribution": {"Very good": 3, "Good": 2, "Poor": 1}}],
    }  # fmt: skip
    home.write_rows("in/counts.csv", list(rows), (*COUNTS, *(["n"] if changes else [])))
    home.source = source(**{**keys, "columns": {**keys["columns"], **changes}})
    home.pull()
    return home.landed().select("location_ref", "score_raw", "n_respondents", "variance").rows()


def test_counts_of_each_answer_are_a_mean_with_its_spread(home: Home) -> None:
    rows = [
        ("S1", 6, 3, 1),
        ("S2", 0, 0, 0),
        ("S3", "*", 4, 1),
        ("S4", "", 4, 1),
        ("S5", "few", 4, 1),
    ]
    answers = [3] * 6 + [2] * 3 + [1]

    assert counted(home, *rows) == [
        ("S1", fmean(answers), 10, pytest.approx(variance(answers))),
        ("S2", None, None, None), ("S3", None, None, None), ("S4", None, None, None),
    ]  # fmt: skip
    assert home.rejects() == [(5, "Very good", "not_a_number")]
    assert home.landed()["suppressed_at_source"].to_list() == [False, False, True, False]


@pytest.mark.parametrize("shares", [("60%", "30 %", "10%"), (60, 30, 10), (0.6, 0.3, 0.1)])
def test_shares_of_each_answer_tell_no_number_of_answers(shares: tuple, home: Home) -> None:
    [(_, score, n, spread)] = counted(home, ("S1", *shares))
    assert (score, n, spread) == (pytest.approx(2.5), None, None)

    [(_, score, n, _)] = counted(home, ("S1", *shares, 41), n_respondents="n")
    assert (score, n) == (pytest.approx(2.5), 41)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"columns": ["Good"]}, "not both"),
        ({"item": None}, "needs an `item`"),
        ({"scale": {"min": 2, "max": 3}}, "scores on its `scale`"),
    ],
)
def test_a_distribution_that_cannot_be_is_told(change: dict, told: str) -> None:
    rule = {"item": "mood", "voice": "customer", "scale": {"min": 1, "max": 3},
            "distribution": {"Good": 3, "Poor": 1}}  # fmt: skip
    with pytest.raises(ValueError, match=told):
        ValueRule.model_validate({**rule, **change})
    with pytest.raises(ValueError, match="`columns` is missing"):
        ValueRule.model_validate({"scale": {"min": 1, "max": 3}})


def test_a_renamed_file_whose_name_is_data_is_landed_anew(home: Home) -> None:
    columns = {**FEEDBACK["columns"], "channel": {"file_name": r"(\w+)\.csv"}}
    path = home.write("in/phone.csv", TEXT)
    landed(home, columns=columns)
    path.rename(path.with_name("chat.csv"))
    home.pull()

    assert set(home.landed()["channel"]) == {"phone", "chat"}
