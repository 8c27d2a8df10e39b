"""The dress a table comes in: compressed, in JSON, with marks. What it means."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import polars as pl
import pytest
import xlsxwriter

from pipelines.connectors import contents
from pipelines.connectors.dates import month_names
from pipelines.errors import SourceError
from tests.unit.connectors.homes import FEEDBACK, HEADER, Home
from tests.unit.connectors.small_tables import ROWS, TEXT, expected, landed


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEADER)
        for i, row in enumerate(ROWS, start=1):
            page.write_row(i, 0, [row[name] for name in HEADER])
    return out.getvalue()


def parquet() -> bytes:
    out = io.BytesIO()
    pl.DataFrame(ROWS).write_parquet(out)
    return out.getvalue()


LINES = "\n".join(json.dumps(row) for row in ROWS).encode()
PLAIN = {
    "f.csv": TEXT.encode(),
    "f.xlsx": workbook(),
    "f.parquet": parquet(),
    "f.jsonl": LINES,
    "f.ndjson": LINES + b"\n\n",
    "f.json": json.dumps(ROWS, indent=1).encode(),
}


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("packed", ["as it is", "gzip", "zip", "zip of two"])
def test_the_same_table_in_any_format_and_packing(name: str, packed: str, home: Home) -> None:
    content, wanted = PLAIN[name], expected()
    if packed == "gzip":
        name, content = f"{name}.gz", gzip.compress(content)
    elif packed == "zip":
        name, content = "f.zip", zipped(**{f"data/{name}": content, "__MACOSX/._f.csv": b"x"})
    elif packed == "zip of two":
        name, content = "f.zip", zipped(**{f"1/{name}": content, f"2/{name}": content})
        wanted = wanted * 2
    home.write(f"in/{name}", content)

    assert landed(home, location=f"in/{name}") == wanted
    assert home.landed()["record_number"].sort().to_list() == list(range(1, len(wanted) + 1))


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252", "latin-1"],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_need_not_be_declared(
    encoding: str, delimiter: str, home: Home
) -> None:
    home.write("in/f.csv", TEXT.replace(",", delimiter), encoding)

    assert landed(home) == expected()


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("shift_jis", "営業部"), ("euc_jp", "総務部"), ("gb18030", "上海店"), ("cp1251", "Москва"),
     ("cp1250", "Łódź"), ("mac_roman", "Orléans")],
)  # fmt: skip
def test_other_encodings_are_declared_and_never_guessed(
    encoding: str, text: str, home: Home
) -> None:
    home.write("in/f.csv", TEXT.replace("Süd", text), encoding)

    assert landed(home, encoding=encoding)[0][2] == text
    with pytest.raises(SourceError, match="cannot read a file as utf-8"):
        landed(home)


@pytest.mark.parametrize("first", ["utf-8", "windows-1252"])
def test_files_of_two_encodings_put_together_are_not_read_in_one(first: str, home: Home) -> None:
    """The second is longer than the part that a code page is recognised by."""
    second = {"utf-8": "windows-1252", "windows-1252": "utf-8"}[first]
    line = "{id},2025-01-05,{customer},{store},9\n"
    plain = "".join(line.format(id=f"P{i}", customer="c", store="Bonn") for i in range(2000))
    named = line.format(id="L", customer="é", store="Süd")
    text = f"{TEXT}{plain}".encode(first) + named.encode(second)
    home.write("in/f.csv", text)

    with pytest.raises(SourceError, match="cannot read a file as utf-8") as caught:
        landed(home)
    assert "texts of two encodings" in caught.value.text()


def test_what_is_guessed_is_said(home: Home) -> None:
    home.write("in/f.csv", TEXT, "latin-1")
    assert home.pull().guesses == {"f.csv": ["read as windows-1252, which it looks like"]}


@pytest.mark.parametrize(
    ("text", "changes", "score"),
    [
        ("7,5", {"decimal": ","}, 7.5),
        ("7.5", {"decimal": ","}, None),
        ("1.234,5", {"decimal": ",", "thousands": "."}, 1234.5),
        ("1.23", {"decimal": ",", "thousands": "."}, None),
        ("12,34", {"thousands": ","}, None),
        ("1,234", {"thousands": ","}, 1234),
        ("1\u202f234,5", {"decimal": ",", "thousands": " "}, 1234.5),
        ("1 234", {"thousands": " "}, 1234),
        ("1\u2019234.5", {"thousands": "'"}, 1234.5),
        ("\uff17\uff0e\uff15", {}, 7.5),
        ("\u22121", {}, -1),
        ("1,5", {}, None),
        ("92%", {}, None),
    ],
)
def test_numbers_follow_the_declared_marks(
    text: str, changes: dict, score: float | None, home: Home
) -> None:
    values = [{"columns": ["score"], "item": "nps", "scale": {"min": -10, "max": 5000}}]
    home.write_rows("in/f.csv", [("F1", "2025-01-04", "C1", "S", text)])

    found = landed(home, values=values, delimiter=",", **changes)

    assert [row[3] for row in found] == ([] if score is None else [score])
    assert home.rejects() == ([(1, "score", "not_a_number")] if score is None else [])


@pytest.mark.parametrize(
    ("text", "top", "score"),
    [
        ("92%", 1, 0.92),
        ("92 %", 100, 92),
        ("92,5\u00a0%", 100, 92.5),
        ("\uff19\uff12\uff05", 1, 0.92),
        ("92%", 5, None),
    ],
)
def test_percent_means_what_the_scale_says(
    text: str, top: float, score: float | None, home: Home
) -> None:
    values = [{"columns": ["score"], "item": "nps", "scale": {"min": 0, "max": top}}]
    home.write_rows("in/f.csv", [("F1", "2025-01-04", "C1", "S", text)])

    found = landed(home, values=values, decimal=",", delimiter=",")

    assert [row[3] for row in found] == ([] if score is None else [pytest.approx(score)])


@pytest.mark.parametrize(
    ("text", "mapping", "day"),
    [
        ("3. März 2025", {"format": "%d. %B %Y", "language": "de"}, "2025-03-03"),
        ("03-Dez-25", {"format": "%d-%b-%y", "language": "de"}, "2025-12-03"),
        ("1 févr. 2025", {"format": "%d %b %Y", "language": "fr"}, "2025-02-01"),
        ("14 de agosto de 2025", {"format": "%d de %B de %Y", "language": "es"}, "2025-08-14"),
        ("7 SEPT 2025", {"format": "%d %b %Y", "language": "es"}, "2025-09-07"),
        ("2025年3月1日", {"format": "%Y年%m月%d日"}, "2025-03-01"),
        ("\uff12\uff10\uff12\uff15-03-0\uff11", {"format": "%Y-%m-%d"}, "2025-03-01"),
        ("45718", {"format": "excel"}, "2025-03-02"),
        ("45718.75", {"format": "excel"}, "2025-03-02"),
        ("1740873600", {"format": "epoch"}, "2025-03-02"),
        ("1740873600000", {"format": "epoch_ms"}, "2025-03-02"),
        ("03/2025", {"format": ["%m/%Y", "%Y"]}, "2025-03-01"),
        ("2025", {"format": ["%m/%Y", "%Y"]}, "2025-01-01"),
        ("14/03/2025", {"format": ["%d/%m/%Y", "%m/%d/%Y"]}, "2025-03-14"),
        ("03/14/2025", {"format": ["%d/%m/%Y", "%m/%d/%Y"]}, "2025-03-14"),
        ("03/03/2025", {"format": ["%d/%m/%Y", "%m/%d/%Y"]}, "2025-03-03"),
        ("03/04/2025", {"format": ["%d/%m/%Y", "%m/%d/%Y"], "ambiguous": "first"}, "2025-04-03"),
        ("03/04/2025", {"format": ["%d/%m/%Y", "%m/%d/%Y"], "ambiguous": "reject"}, None),
        ("03/04/25", {"format": "%d/%m/%Y"}, None),
    ],
)
def test_dates_of_many_kinds(text: str, mapping: dict, day: str | None, home: Home) -> None:
    columns = {**FEEDBACK["columns"], "occurred_at": {"column": "at", **mapping}}
    home.write_rows("in/f.csv", [("F1", text, "C1", "S", "7")])

    found = landed(home, columns=columns)

    assert [str(row[1]) for row in found] == ([day] if day else [])
    reason = "ambiguous_date" if mapping.get("ambiguous") else "bad_date"
    assert home.rejects() == ([] if day else [(1, "at", reason)])


def test_an_ambiguous_date_without_a_rule_stops_the_source(home: Home) -> None:
    columns = {**FEEDBACK["columns"],
               "occurred_at": {"column": "at", "format": ["%d/%m/%Y", "%m/%d/%Y"]}}  # fmt: skip
    home.write_rows(
        "in/f.csv",
        [("F1", "14/01/2025", "C1", "S", "7"), ("F2", "03/04/2025", "C1", "S", "7")],
    )
    with pytest.raises(SourceError, match=r"'at'.*first: record 2(.|\n)*f\.csv(.|\n)*ambiguous"):
        landed(home, columns=columns)


@pytest.mark.parametrize("language", ["de", "fr", "es", "pt", "it", "nl", "pl", "ja", "sv"])
def test_month_names_of_a_language_mean_one_month_each(language: str) -> None:
    assert set(month_names(language).values()) == {f"{month:02d}" for month in range(1, 13)}


def test_labels_and_missing_codes_are_met_in_any_spelling(home: Home) -> None:
    labels = {"Stimme voll zu": 10, "Stimme gar nicht zu": 0, "とても満足": 9}
    values = [{"columns": ["score"], "item": "nps", "scale": {"min": 0, "max": 10},
               "recode": labels, "missing": ["99"]}]  # fmt: skip
    texts = ["stimme  VOLL zu", "Stimme\u00a0gar nicht zu ", "とても満足", "k.\u00a0A.", "—", "99"]
    home.write_rows(
        "in/f.csv", [(f"F{i}", "2025-01-04", "C", "S", text) for i, text in enumerate(texts)]
    )

    found = landed(home, values=values, missing=["K. A.", "-"])

    assert [row[3] for row in found] == [10, 0, 9, None, None, None]


def test_nested_json_by_dotted_path(home: Home) -> None:
    rows = [
        {"id": "F1", "at": "2025-01-04", "store": {"name": "Süd", "tags": ["a", "b"]},
         "answers": [{"q": "nps", "score": 9.0}], "ok": True},
        {"id": "F2", "at": "2025-01-05", "store": {"name": "Nord"}, "answers": []},
    ]  # fmt: skip
    columns = {"feedback_id": "id", "occurred_at": "at", "location_ref": "store.name",
               "channel": "store.tags"}  # fmt: skip
    values = [{"columns": ["answers.0.score"], "item": "nps", "scale": {"min": 0, "max": 10}}]
    home.write("in/f.json", json.dumps({"data": {"responses": rows}}))

    found = landed(home, location="in/f.json", records="data.responses", columns=columns,
                   values=values)  # fmt: skip

    assert [row[3] for row in found] == [9, None]
    assert home.landed()["channel"].to_list() == ["a, b", None]


BAD = {
    "encrypted zip": ("f.zip", None, {}, "protected by a password"),
    "half a zip": ("f.zip", zipped(**PLAIN)[:-40], {}, "damaged or cut off"),
    "half a gzip": ("f.csv.gz", gzip.compress(TEXT.encode() * 99)[:60], {}, "damaged or cut off"),
    "no gzip": ("f.csv.gz", TEXT.encode(), {}, "damaged or cut off"),
    "bomb": ("f.zip", zipped(**{"f.csv": b"0" * (3 << 20)}), {}, "grows more than 200 times"),
    "gzip bomb": ("f.csv.gz", gzip.compress(TEXT.encode() + b"x,,,,1\n" * (1 << 18)), {},
                  "grows more than 200 times"),
    "nothing inside": ("f.zip", zipped(**{"readme.md": b"x"}), {}, "nothing to read.*readme.md"),
    "no such member": ("f.zip", zipped(**{"f.csv": TEXT.encode()}), {"member": "2025*"},
                       "nothing to read in a zip that fits '2025\\*'.*f.csv"),
    "empty inside": ("f.zip", zipped(**{"f.csv": b""}), {}, "has an empty file.*f.csv"),
    "json cut off": ("f.json", json.dumps(ROWS).encode()[:-9], {},
                     "not JSON, or is cut off.*record 1"),
    "json object": ("f.json", b'{"rows": []}', {}, "no list of records at its top"),
    "json of numbers": ("f.json", b"[1, 2]", {}, "something else than records.*record 1"),
    "json of nothing": ("f.json", b"[]", {}, "has a file without records"),
    "no json": ("f.json", TEXT.encode(), {}, "is not JSON"),
    "wrong path": ("f.json", b'{"rows": []}', {"records": "data"}, "no list of records at 'data'"),
    "bad line": ("f.jsonl", LINES + b"\n{id: 3}\n", {}, "not JSON, or is cut off.*line 3"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_unpacked_or_parsed_is_told(
    case: str, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "SMALL_BYTES", 1 << 20)
    name, content, changes, message = BAD[case]
    if content is None:
        content = bytearray(zipped(**{"f.csv": TEXT.encode()}))
        for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            content[content.index(mark) + at] |= 1
    home.write(f"in/{name}", bytes(content))

    with pytest.raises(SourceError, match=message.replace(".*", r"(.|\n)*")) as caught:
        landed(home, location=f"in/{name}", **changes)
    assert "mend:" in caught.value.text()
    assert "Traceback" not in caught.value.text()
