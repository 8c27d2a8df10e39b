"""A command on the parsed project does not make again what parsing made."""

from __future__ import annotations

import json

import jinja2
import parsedatetime
import pytest
from dbt.events.types import NodeStart
from dbt_common.clients.jinja import MacroFuzzEnvironment
from dbt_common.dataclass_schema import dbtClassMixin
from dbt_common.events.base_types import BaseEvent, DebugLevel, EventLevel
from dbt_common.events.event_manager import EventManager

from pipelines import dbt_economy, landing, models
from pipelines.settings import Settings


def test_nothing_is_held_against_schemas_again(monkeypatch, tmp_path):
    made = []
    monkeypatch.setattr(dbtClassMixin, "json_schema", classmethod(lambda cls: made.append(cls)))
    before = dbtClassMixin.__dict__["validate"]
    target = tmp_path / "dbt"
    models.invoke(["list", "--select", "periods"], target=target, parsed=models.parsed_project())
    assert made == []
    assert dbtClassMixin.__dict__["validate"] is before


def test_debug_events_are_not_made_and_the_others_are_told(tmp_path, monkeypatch):
    heard, before = [], EventManager.__dict__["fire_event"]
    made, make = [], BaseEvent.__init__
    monkeypatch.setattr(
        BaseEvent, "__init__", lambda self, **parts: made.append(self) or make(self, **parts)
    )
    models.invoke(["list", "--select", "periods"], target=tmp_path / "dbt",
                  parsed=models.parsed_project(), callbacks=[heard.append])  # fmt: skip
    assert "debug" not in {event.info.level for event in heard}
    assert made
    assert not [event for event in made if isinstance(event, DebugLevel)]
    log = (tmp_path / "dbt" / "logs" / "dbt.log").read_text().splitlines()
    assert len(log) >= len(heard) > 0
    assert EventManager.__dict__["fire_event"] is before
    assert NodeStart(node_info={"node_name": "periods"}).node_info.node_name == "periods"


@pytest.mark.parametrize(
    "raised",
    [{"level": EventLevel.WARN}, {"force_warn_or_error_handling": True}],
    ids=["level", "forced"],
)
def test_a_debug_event_that_is_raised_keeps_its_words(raised):
    def told():
        heard, manager = [], EventManager()
        manager.add_callback(heard.append)
        event = NodeStart(node_info={"node_name": "periods", "unique_id": "model.periods"})
        manager.fire_event(e=event, **raised)
        return [(m.info.level, m.info.msg, m.data.node_info.node_name) for m in heard]

    with dbt_economy.spared(is_parsed=True):
        spared = told()
    assert spared == told() != []


@pytest.mark.parametrize("is_own", [True, False])
def test_a_class_is_afterwards_as_it_was(monkeypatch, is_own):
    if is_own:
        monkeypatch.setattr(DebugLevel, "__init__", lambda self, **_: None)
        monkeypatch.setattr(MacroFuzzEnvironment, "compile", lambda *_: None)
    before = [dict(vars(kind)) for kind in (DebugLevel, MacroFuzzEnvironment)]
    with pytest.raises(RuntimeError), dbt_economy.spared(is_parsed=True):
        raise RuntimeError
    assert [dict(vars(kind)) for kind in (DebugLevel, MacroFuzzEnvironment)] == before
    assert ("compile" in before[1]) == is_own


@pytest.mark.parametrize("upgraded", ["dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb"])
def test_another_version_of_dbt_parses_anew(monkeypatch, upgraded):
    before, stock = models.project_hash(), models.version
    assert models.project_hash() == before
    monkeypatch.setattr(
        models, "version", lambda name: stock(name) + (".1" if name == upgraded else "")
    )
    assert models.project_hash() != before


@pytest.fixture
def made(monkeypatch):
    """What Jinja and agate make in a process that has made nothing yet."""
    monkeypatch.setattr(dbt_economy, "_TEMPLATES", {})
    dbt_economy._calendar_of.cache_clear()
    made = {"templates": [], "calendars": []}
    generate, begin = jinja2.Environment._generate, parsedatetime.Constants.__init__
    monkeypatch.setattr(
        jinja2.Environment,
        "_generate", lambda *a, **n: made["templates"].append(a) or generate(*a, **n),
    )  # fmt: skip
    monkeypatch.setattr(
        parsedatetime.Constants,
        "__init__", lambda *a, **n: made["calendars"].append(a) or begin(*a, **n),
    )  # fmt: skip
    return made


def test_templates_and_the_calendar_are_made_once_a_process(tmp_path, made):
    before = (MacroFuzzEnvironment.compile, parsedatetime.Constants)
    counts = []
    warehouse = tmp_path / "warehouse.duckdb"
    for name in ("makes the table", "replaces it", "again"):
        models.invoke(["seed", "--select", "reason_codes"], target=tmp_path / name,
                      parsed=models.parsed_project(), warehouse=warehouse)  # fmt: skip
        counts.append({kind: len(them) for kind, them in made.items()})
    assert counts[0]["templates"] > 0
    assert counts[0]["calendars"] == 1
    assert counts[2] == counts[1]
    assert (MacroFuzzEnvironment.compile, parsedatetime.Constants) == before


@pytest.mark.parametrize(("rows", "threads"), [(0, "1"), (999_999, "1"), (1_000_000, "2")])
def test_a_second_thread_comes_with_many_landed_rows(tmp_path, monkeypatch, rows, threads):
    asked = []
    monkeypatch.setattr(models, "invoke", lambda arguments, **_: asked.extend(arguments))
    settings = Settings(program_folder=tmp_path, home=tmp_path)
    for source, kept in (("survey", rows - rows // 2), ("orders", rows // 2)):
        folder = settings.landing / source / "b1"
        folder.mkdir(parents=True)
        batch = landing.Manifest(source, "b1", "all.csv", "feedback_events", "hash", "version",
                                 "columns", rows_read=kept, rows_kept=kept, rows_rejected=0,
                                 rows_filtered=0)  # fmt: skip
        landing.write_manifest(folder, batch)
    models.build(["periods"], settings, lambda result: None)
    assert asked[asked.index("--threads") + 1] == threads


def test_what_developers_of_dbt_read_is_not_made(tmp_path, monkeypatch):
    walked = []
    monkeypatch.setattr("inspect.stack", lambda *_: walked.append(1) or [])
    target = tmp_path / "dbt"
    models.invoke(["compile", "--select", "periods"], target=target,
                  parsed=models.parsed_project(), warehouse=tmp_path / "w.duckdb")  # fmt: skip
    assert json.loads((target / "graph_summary.json").read_text())["linked"] == {}
    assert walked == []
