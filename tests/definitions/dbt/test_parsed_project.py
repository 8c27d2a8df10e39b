"""A command on the parsed project does not make again what parsing made."""

from __future__ import annotations

from dbt_common.dataclass_schema import dbtClassMixin
from dbt_common.events.event_manager import EventManager

from pipelines import models


def test_nothing_is_held_against_schemas_again(monkeypatch, tmp_path):
    made = []
    monkeypatch.setattr(dbtClassMixin, "json_schema", classmethod(lambda cls: made.append(cls)))
    before = dbtClassMixin.__dict__["validate"]
    target = tmp_path / "dbt"
    models.invoke(["list", "--select", "periods"], target=target, parsed=models.parsed_project())
    assert made == []
    assert dbtClassMixin.__dict__["validate"] is before


def test_debug_events_are_not_made_and_the_others_are_told(tmp_path):
    heard, before = [], EventManager.__dict__["fire_event"]
    models.invoke(["list", "--select", "periods"], target=tmp_path / "dbt",
                  parsed=models.parsed_project(), callbacks=[heard.append])  # fmt: skip
    assert "debug" not in {event.info.level for event in heard}
    log = (tmp_path / "dbt" / "logs" / "dbt.log").read_text().splitlines()
    assert len(log) >= len(heard) > 0
    assert EventManager.__dict__["fire_event"] is before
