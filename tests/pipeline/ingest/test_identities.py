"""Nobody's identity is found in anything a pull leaves behind or says."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pipelines import raw, warehouse
from pipelines.errors import SourceError
from pipelines.program.source import Source
from tests.pipeline.persons import office
from tests.unit.connectors.homes import Home

PEOPLE = {
    "email": "annegret.fuchsberger@kestrel.example",
    "customer": "CUST-771209348815",
    "name": "Annegret Fuchsberger",
    "phone": "+49 30 23125 417",
    "comment": "Frau Fuchsberger rief mich unter 0301234567 an",
}
SURVEY = {
    **office.SURVEY,
    "location": "in/*",
    "columns": {
        **office.SURVEY["columns"],
        "respondent_key": {"column": "email", "id_type": "email"},
    },
    "comment": "comment",
    "max_rejected_share": 1,
}
HEADER = ("email", "customer", "name", "phone", "comment", "wave", "at", "q1")


def record(wave: str = "w1", at: str = "2025-01-01", q1: str = "4", **changes: str) -> tuple:
    return (*{**PEOPLE, **changes}.values(), wave, at, q1)


def found_in(folder: Path, *texts: str) -> list[str]:
    """Where any identity is written, in any letter case, in files or messages."""
    planted = [p.lower() for p in (*PEOPLE.values(), "fuchsberger", "771209348815")]
    places = {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    places |= {f"message {i}": text.encode() for i, text in enumerate(texts)}
    return [
        f"{identity} in {place}"
        for place, content in places.items()
        for identity in planted
        for encoding in ("utf-8", "utf-16-le")
        if identity.encode(encoding) in content.lower()
    ]


def pulled(home: Home) -> str:
    try:
        home.pull()
    except SourceError as error:
        return error.text()
    return ""


@pytest.fixture
def survey(tmp_path: Path) -> Home:
    return Home(tmp_path, Source.model_validate(SURVEY))


def test_the_search_finds_what_is_there(survey: Home) -> None:
    survey.write_rows("home/kept.csv", [record()], HEADER)
    assert found_in(survey.settings.home)


def test_good_and_bad_records_leave_no_identity(survey: Home) -> None:
    survey.write_rows(
        "in/a.csv",
        [record(), record(q1="9"), record(at="never"), record(wave=""), record(q1=PEOPLE["name"]),
         (*record(), "one too many"), record()[:3]],
        HEADER,
    )  # fmt: skip
    said = pulled(survey)

    assert survey.landed().height == 1
    assert survey.landed("comments")["n_characters"].to_list() == [len(PEOPLE["comment"])]
    assert survey.landed("rejects").height == 6
    with warehouse.connect(survey.settings.warehouse) as con:
        raw.register_batches(con, survey.program, survey.settings)
        raw.write_declarations(con, survey.program, dt.date(2025, 2, 1))
        raw.write_unit_references(con, survey.program)
    assert found_in(survey.settings.home, said) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("no_header.csv", ",".join(record())),
        ("one_name.csv", f"wave,{PEOPLE['email']},{PEOPLE['phone']}\n1,2,3\n"),
        ("latin.csv", (",".join(HEADER) + "\n\x81" + ",".join(record())).encode("latin-1")),
        ("open_quote.csv", ",".join(HEADER) + '\n"' + ",".join(record())),
        ("ragged.csv", ",".join(HEADER) + "\n" + ",".join(record()[:-1]) + "\n"),
        ("text.xlsx", ",".join(record())),
        ("text.parquet", ",".join(record())),
    ],
)
def test_messages_about_unusable_files_name_nobody(
    survey: Home, name: str, content: str | bytes
) -> None:
    survey.source = Source.model_validate({**SURVEY, "max_rejected_share": 0})
    survey.write(f"in/{name}", content)
    said = pulled(survey)

    assert said
    assert found_in(survey.settings.home, said) == []
