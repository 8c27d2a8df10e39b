"""JSON that is not one list of records: told, or counted record by record."""

from __future__ import annotations

import json

import pytest

from pipelines.connectors import json_records
from pipelines.connectors.preview import preview
from pipelines.errors import SourceError
from tests.unit.connectors.homes import Home, source

COLUMNS = {"feedback_id": "id", "occurred_at": "at"}


def listed(*ids: str, **others: object) -> str:
    return json.dumps([{"id": i, "at": "2025-01-01", "score": 5, **others} for i in ids])


def reading(home: Home, name: str, text: str, **changes: object) -> Home:
    home.source = source(**{"location": f"in/{name}", "columns": COLUMNS, **changes})
    home.write(f"in/{name}", text)
    return home


@pytest.mark.parametrize("behind", ["\n" + listed("F3", "F4"), " garbage", "]", "{}", ", 7]"])
@pytest.mark.parametrize("chunk", [7, 1 << 20])
def test_what_follows_the_list_is_told(
    behind: str, chunk: int, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_records, "CHUNK_BYTES", chunk)
    reading(home, "a.json", listed("F1", "F2") + behind)
    with pytest.raises(SourceError, match=r"goes on after the list(.|\n)*after record 2"):
        home.pull()
    assert home.manifests() == []

    reading(home, "a.json", listed("F1", "F2") + " \n\r\n")
    home.pull()
    assert home.landed()["feedback_id"].to_list() == ["F1", "F2"]


def test_blanks_without_end_behind_the_list_hide_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_records, "CHUNK_BYTES", 100)
    monkeypatch.setattr(json_records, "LONGEST_RECORD", 300)
    reading(home, "a.json", listed("F1") + " " * 1000 + listed("F2"))
    with pytest.raises(SourceError, match="is not JSON, or is cut off"):
        home.pull()


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_lists_inside_each_other_without_end(name: str, home: Home) -> None:
    reading(home, name, "[" * 100_000 + "]" * 100_000)
    with pytest.raises(SourceError, match="deeper than can be read"):
        home.pull()

    deep = '{"a":' * 900 + "1" + "}" * 900
    reading(home, name, f"[{deep}]" if name == "a.json" else deep)
    with pytest.raises(SourceError, match=r"deeper than can be read|no column 'id'"):
        home.pull()


def test_half_a_character_does_not_stop_the_others(home: Home) -> None:
    text = listed("F1", store="caf\ud83d", **{"h\ud83dh": "x"})
    columns = {**COLUMNS, "location_ref": "store", "channel": "h\ufffdh"}
    reading(home, "a.json", text, columns=columns).pull()

    found = home.landed().select("feedback_id", "location_ref", "channel").rows()
    assert found == [("F1", "caf\ufffd", "x")]


ANSWERS = [
    {"id": "F1", "at": "2025-01-01", "ans": [{"v": 5}, {"v": 6}]},
    {"id": "F2", "at": "2025-01-01", "ans": []},
    {"id": "F3", "at": "2025-01-01", "ans": None},
    {"id": "F4", "at": "2025-01-01"},
    {"id": "F5", "at": "2025-01-01", "ans": [{"v": 99}]},
]
VALUES = [{"columns": ["ans.v"], "item": "nps", "scale": {"min": 0, "max": 10}}]
EXPLODED = {"explode": "ans", "values": VALUES}


def test_records_whose_list_is_empty_are_counted(home: Home) -> None:
    reading(home, "a.jsonl", "\n".join(map(json.dumps, ANSWERS)), **EXPLODED).pull()

    [manifest] = home.manifests()
    assert (manifest.rows_read, manifest.rows_kept, manifest.rows_rejected) == (6, 2, 4)
    assert manifest.rows_filtered == 3
    assert home.landed()["record_number"].to_list() == [1, 2]
    blank = [(number, None, "blank_record") for number in (3, 4, 5)]
    assert home.rejects() == [*blank, (6, "ans.v", "out_of_scale")]
    assert preview(home.source, home.program, home.settings).n_tried == 6


@pytest.mark.parametrize("inside", ["x", {"q": 1}, 7])
def test_a_list_to_explode_that_is_none_is_told(inside: object, home: Home) -> None:
    record = {"id": "F1", "at": "2025-01-01", "ans": inside, "deep": {"ans": inside}}
    for path in ("ans", "deep.ans", "ans.q.r"):
        reading(home, "a.jsonl", json.dumps(record), **{**EXPLODED, "explode": path})
        if path != "ans.q.r" or inside != {"q": 1}:
            with pytest.raises(SourceError, match=r"has no list at .*explode(.|\n)*record 1"):
                home.pull()
