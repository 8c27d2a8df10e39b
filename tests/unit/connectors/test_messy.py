"""A corpus of messy files, each with what becomes of it: rows kept, rejects, or the error."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt
from ruamel.yaml import YAML

from pipelines.connectors import text_records
from pipelines.errors import SourceError
from tests.unit.connectors.homes import Home, source

CASES = {c["id"]: c for c in YAML(typ="safe").load(Path(__file__).with_name("messy.yaml"))}
ODS = {
    "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
    "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:'
    'xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type='
    '"application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
    "content.xml": '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:'
    'office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:'
    'oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table '
    'table:name="Data">{rows}</table:table></office:spreadsheet></office:body>'
    "</office:document-content>",
}


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def open_document(rows: list[list[str]]) -> bytes:
    """A spreadsheet of one sheet of texts in the open document format."""
    body = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escaped(cell)}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    return zipped({name: part.replace("{rows}", body) for name, part in ODS.items()})


def workbook(rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet("Data")
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                page.write_string(i, j, cell)
    return out.getvalue()


def legacy_workbook(rows: list[list[str]]) -> bytes:
    book, out = xlwt.Workbook(), io.BytesIO()
    page = book.add_sheet("Data")
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            page.write(i, j, cell)
    book.save(out)
    return out.getvalue()


def zipped(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def locked(archive: bytes) -> bytes:
    """The archive with its members marked as encrypted."""
    content = bytearray(archive)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    return bytes(content)


def built(case: dict[str, Any]) -> tuple[str, bytes]:
    """Name and content of a case's file."""
    kind, text = case.get("as", "csv"), case["text"]
    raw = text.encode(case.get("encoding", "utf-8"))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    makers = {
        "xlsx": lambda: workbook(rows),
        "xls": lambda: legacy_workbook(rows),
        "ods": lambda: open_document(rows),
        "csv.gz": lambda: gzip.compress(raw),
        "half csv.gz": lambda: gzip.compress(raw)[:-12],
        "zip": lambda: zipped({"inside.csv": raw}),
        "locked zip": lambda: locked(zipped({"inside.csv": raw})),
    }
    suffix = kind.split()[-1]
    return case.get("name", f"messy.{suffix}"), makers.get(kind, lambda: raw)()


def declared(case: dict[str, Any], name: str) -> dict[str, Any]:
    """The keys of the source that reads it."""
    keys = {"location": f"in/{name}", **case.get("with", {})}
    columns = {n: n for n in ("id", "at", "store", "score")} | case.get("rename", {})
    moment = {k: keys.pop(k) for k in ("format", "language", "ambiguous") if k in keys}
    keys.setdefault(
        "values",
        [{"columns": [columns["score"]], "item": "nps", "scale": {"min": 0, "max": 10}}],
    )
    keys["columns"] = {
        "feedback_id": columns["id"] or {"record_number": True},
        "occurred_at": {"column": columns["at"], **moment},
        "location_ref": columns["store"],
    }
    return keys


def test_the_corpus_is_large() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize("name", CASES)
def test_a_messy_file_becomes_what_is_expected(
    name: str, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_records, "BLOCK_BYTES", 1 << 16)
    case = CASES[name]
    file, content = built(case)
    if case.get("long"):
        content += b"x" * (1 << 17)
    home.write(f"in/{file}", content)
    home.source = source(**declared(case, file))

    if "error" in case:
        with pytest.raises(SourceError) as caught:
            home.pull()
        told = caught.value.text().replace("\n", " ")
        assert re.search(case["error"], told), told
        return
    result = home.pull()

    rows = home.landed()
    kept = dict(zip(rows["feedback_id"], rows["score_raw"], strict=True)) if rows.height else {}
    assert kept == case.get("kept", {})
    assert Counter(reason for *_, reason in home.rejects()) == case.get("rejects", {})
    assert result.total("rows_read") == result.total("rows_kept") + result.total("rows_rejected")
