"""The registry of data checks: suites as plain data, one YAML file per table.

What belongs here: loading and looking up `suites/<schema>/<table>.yaml`. What does not: running
them (data_checks.runner). Nothing here imports Great Expectations, DuckDB or an orchestrator, so
definitions can list every check in milliseconds.

A new rule about data is one entry in one of those files:

    - name: score_within_scale          stable; becomes the name of the asset check
      expectation: UnexpectedRowsExpectation
      arguments: {unexpected_rows_query: select 1 from {batch} where ...}
      severity: critical                critical stops what is downstream, a warning does not
      why: What it means when it fails, and what to do.
      tells: item_code || ' of ' || source    optional: SQL of the query's columns, a case in words;
                                        names of sources, items, waves and units, and figures of
                                        many people; never a person or an answer
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

import yaml  # type: ignore[import-untyped]

Severity = Literal["critical", "warning"]
SUITES = Path(__file__).parent / "suites"
SCHEMAS = ("raw", "marts", "published")
"""Stages that are checked, in the order they are made."""
_FIELDS = {"name", "expectation", "arguments", "severity", "why"}
_OPTIONAL = {"tells"}
SQL = "unexpected_rows_query"
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Check:
    """One expectation about one table."""

    name: str
    expectation: str
    arguments: Mapping[str, Any]
    severity: Severity
    why: str
    tells: str = ""


@dataclass(frozen=True)
class Suite:
    """All checks of one table."""

    schema: str
    table: str
    checks: tuple[Check, ...]

    @property
    def name(self) -> str:
        """`schema.table`."""
        return f"{self.schema}.{self.table}"

    def query(self, check: Check) -> str:
        """The rows a check looks for, with the table in its place."""
        return check.arguments[SQL].replace("{batch}", self.name)


class SuiteError(ValueError):
    """A suite file that cannot be used; a mistake of the developer, found when it is loaded."""


@cache
def all_suites() -> tuple[Suite, ...]:
    """Every suite, by stage and table."""
    return tuple(
        load_suite(path) for schema in SCHEMAS for path in sorted((SUITES / schema).glob("*.yaml"))
    )


def suites_of(schema: str) -> tuple[Suite, ...]:
    """The suites of one stage."""
    return tuple(suite for suite in all_suites() if suite.schema == schema)


def suite_for(schema: str, table: str) -> Suite | None:
    """The suite of a table, or None when it has none."""
    return next((s for s in suites_of(schema) if s.table == table), None)


def load_suite(path: Path) -> Suite:
    """Read `<schema>/<table>.yaml`."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times the speed where it exists
    entries = yaml.load(path.read_text("utf-8"), Loader=loader)
    if not isinstance(entries, list) or not entries:
        msg = f"{path}: a suite is a list of checks"
        raise SuiteError(msg)
    checks = tuple(_check(path, entry) for entry in entries)
    names = [check.name for check in checks]
    if len(set(names)) < len(names):
        msg = f"{path}: a check name is used twice"
        raise SuiteError(msg)
    return Suite(path.parent.name, path.stem, checks)


def _check(path: Path, entry: dict[str, Any]) -> Check:
    if not isinstance(entry, dict) or set(entry) - _OPTIONAL != _FIELDS:
        msg = f"{path}: a check has exactly the keys {', '.join(sorted(_FIELDS))}; found {entry}"
        raise SuiteError(msg)
    if not _NAME.fullmatch(entry["name"]) or entry["severity"] not in get_args(Severity):
        msg = f"{path}: bad name or severity in {entry['name']!r}"
        raise SuiteError(msg)
    return Check(
        name=entry["name"],
        expectation=entry["expectation"],
        arguments=MappingProxyType(entry["arguments"]),
        severity=entry["severity"],
        why=" ".join(entry["why"].split()),
        tells=entry.get("tells", ""),
    )
