"""The dbt project, parsed and built inside this process.

What belongs here: the manifest and invocations of dbt. What does not: Dagster (defs.models) and
any SQL. One process parses once; the parsed project is kept beside the installation, so that a run
neither starts a process nor parses again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from pipelines import dbt_economy, threads
from pipelines.errors import CrossvoiceError
from pipelines.settings import PROJECT_ROOT, TELEMETRY_OFF, Settings

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
TARGET = DBT_PROJECT / "target"
MANIFEST = TARGET / "manifest.json"
PARSED = TARGET / "partial_parse.msgpack"
PARSED_FROM = TARGET / "parsed_from.txt"
NODE_EVENTS = ("LogModelResult", "LogTestResult", "LogSeedResult")
BUILD = ("build", "--indirect-selection", "empty", "--exclude-resource-type", "unit_test")
PARSERS = ("dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb")
"""Whose versions decide what a parsed project looks like."""
SOURCE_SUFFIXES = {".sql", ".yml", ".csv", ".md"}


def project_hash() -> str:
    """Hash of everything dbt parses and of its versions: another may not read what one has left."""
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in PARSERS).encode())
    folders = [DBT_PROJECT / f for f in ("models", "macros", "seeds", "tests")]
    files = [p for f in folders for p in f.rglob("*") if p.suffix in SOURCE_SUFFIXES]
    for path in sorted([*files, DBT_PROJECT / "dbt_project.yml", DBT_PROJECT / "profiles.yml"]):
        digest.update(path.relative_to(DBT_PROJECT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def ensure_manifest() -> Path:
    """The manifest of the project as it is now; parses when the project has changed."""
    now = project_hash()
    if MANIFEST.exists() and PARSED_FROM.exists() and PARSED_FROM.read_text() == now:
        return MANIFEST
    invoke(["parse", "--no-partial-parse"], target=TARGET)
    temporary = PARSED_FROM.with_suffix(f".{os.getpid()}")
    temporary.write_text(now)
    temporary.replace(PARSED_FROM)
    return MANIFEST


def parsed_project() -> Any:
    """The parsed project, as dbt's own object, read instead of parsed."""
    ensure_manifest()
    return _read_parsed(PARSED_FROM.read_text())


@lru_cache(maxsize=1)
def _read_parsed(_project: str) -> Any:
    """Read once a process: dbt lets one parsed project serve any number of commands."""
    from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415 - two seconds

    parsed = Manifest.from_msgpack(PARSED.read_bytes())
    parsed.build_flat_graph()
    return parsed


def manifest() -> dict[str, Any]:
    """The manifest of the project as it is now."""
    return json.loads(ensure_manifest().read_text())


@dataclass(frozen=True)
class NodeResult:
    """What became of one model, seed or test."""

    unique_id: str
    succeeded: bool
    seconds: float
    failures: int
    metadata: dict[str, int]
    """Rows of the table that was made, under the key Dagster's catalogue knows."""


def build(
    selected: Sequence[str],
    settings: Settings,
    on_result: Callable[[NodeResult], None],
    excluded: Sequence[str] = (),
) -> None:
    """Build the selected models, seeds and tests; each result is handed on as it comes.

    Names and folders are dbt's own words of selection. Folders are quick: dbt looks for each word
    among all nodes, three times.

    Raises CrossvoiceError with the failing nodes when one fails.
    """

    def note(event: Any) -> None:
        if event.info.name in NODE_EVENTS:
            on_result(_node_result(event.data))

    exclude = ["--exclude", *excluded] if excluded else []
    invoke(
        [*BUILD, "--threads", str(threads.of_dbt(settings)), "--select", *selected, *exclude],
        target=settings.dbt_target,
        warehouse=settings.warehouse,
        parsed=parsed_project(),
        callbacks=[note],
    )


def _node_result(data: Any) -> NodeResult:
    info = data.node_info
    status = str(info.node_status)
    made = status == "success" and info.materialized in ("table", "seed")
    return NodeResult(
        unique_id=info.unique_id,
        succeeded=status in ("success", "pass"),
        seconds=round(float(data.execution_time), 3),
        failures=int(getattr(data, "num_failures", 0)),
        metadata={"dagster/row_count": rows} if made and (rows := _rows(info)) is not None else {},
    )


def _rows(info: Any) -> int | None:
    """Rows of a table that was just made, asked on dbt's own connection; None for a view."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415

    environment = DuckDBConnectionManager._ENV
    if environment is None or environment.conn is None:
        return None
    relation = info.node_relation
    counted = f"select count(*) from {relation.schema}.{relation.alias}"
    return int(environment.conn.cursor().execute(counted).fetchall()[0][0])


def column_texts(schema: str) -> dict[str, dict[str, str]]:
    """Descriptions of the columns of a schema's models, by model and column."""
    nodes = manifest()["nodes"].values()
    return {
        node["name"]: {name: c["description"] for name, c in node["columns"].items()}
        for node in nodes
        if node["resource_type"] == "model" and node["schema"] == schema
    }


def invoke(
    arguments: Sequence[str],
    *,
    target: Path,
    warehouse: Path | None = None,
    parsed: Any = None,
    callbacks: Sequence[Callable[[Any], None]] = (),
) -> Any:
    """Run one dbt command in this process, on a warehouse if it needs one; returns dbt's result.

    Raises CrossvoiceError with the failing models when the command fails.
    """
    os.environ.update(TELEMETRY_OFF)
    if warehouse is not None:
        os.environ["CROSSVOICE_WAREHOUSE"] = str(warehouse)  # profiles.yml asks for it
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - two seconds

    if parsed is not None:
        arguments = [*arguments, "--no-write-json"]  # nothing reads what it would write
    places = ["--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT]
    places += ["--target-path", target, "--log-path", target / "logs"]
    quiet = ["--log-level", "none", "--log-level-file", "none"]
    log = target / "logs" / "dbt.log"
    try:
        with (
            dbt_economy.spared(is_parsed=parsed is not None),
            _logging_to(log) as note,
        ):
            result = dbtRunner(manifest=parsed, callbacks=[*callbacks, note]).invoke(
                [*arguments, *map(str, places), *quiet]
            )
    finally:
        _close_connections()
    if not result.success:
        raise CrossvoiceError(
            f"dbt {arguments[0]} failed: {_failures(result)}",
            where=str(log),
            mend="read the log; the last release is untouched",
        )
    return result


@contextmanager
def _logging_to(path: Path) -> Iterator[Callable[[Any], None]]:
    """A callback that keeps what dbt tells from level info up."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = RotatingFileHandler(path, maxBytes=10_000_000, backupCount=1, encoding="utf-8")

    def note(event: Any) -> None:
        line = f"{event.info.ts.ToJsonString()} [{event.info.level}] {event.info.msg}"
        file.handle(logging.makeLogRecord({"msg": line}))

    try:
        yield note
    finally:
        file.close()


def _failures(result: Any) -> str:
    nodes = getattr(result.result, "results", None) or []
    bad = [f"{r.node.name}: {r.message}" for r in nodes if str(r.status) in ("error", "fail")]
    return "; ".join(bad) or str(result.exception)


def _close_connections() -> None:
    """dbt-duckdb keeps the file open for the process; close it so that others may open it."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415

    DuckDBConnectionManager.close_all_connections()


if __name__ == "__main__":
    ensure_manifest()
