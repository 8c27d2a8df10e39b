"""A command on the parsed project does not make again what parsing made."""

from __future__ import annotations

from dbt_common.dataclass_schema import dbtClassMixin

from pipelines import models


def test_nothing_is_held_against_schemas_again(monkeypatch, tmp_path):
    made = []
    monkeypatch.setattr(dbtClassMixin, "json_schema", classmethod(lambda cls: made.append(cls)))
    before = dbtClassMixin.__dict__["validate"]
    target = tmp_path / "dbt"
    models.invoke(["list", "--select", "periods"], target=target, parsed=models.parsed_project())
    assert made == []
    assert dbtClassMixin.__dict__["validate"] is before
