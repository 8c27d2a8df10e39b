"""What a release was made from, as hashes: the same fingerprint means there is nothing to do.

What belongs here: hashes of settings, code and inputs. What does not: the decision to run (cli).
It imports neither Dagster nor DuckDB, so that a run with nothing new ends in a second.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipelines.landing import content_hash, read_state
from pipelines.program.model import Program
from pipelines.program.periods import program_periods
from pipelines.settings import PROJECT_ROOT, Settings

CODE_FOLDERS = ("pipelines", "data_checks", "dbt_project/models", "dbt_project/macros",
                "dbt_project/seeds")  # fmt: skip
CODE_SUFFIXES = {".py", ".sql", ".yml", ".yaml", ".csv"}


@dataclass(frozen=True)
class Fingerprint:
    """Hashes of what decides a release, and of all three together."""

    config: str
    code: str
    inputs: str

    @property
    def whole(self) -> str:
        """One hash of the three."""
        return _digest([self.config, self.code, self.inputs])


def fingerprint(program: Program, settings: Settings, today: dt.date) -> Fingerprint:
    """The fingerprint of what a run would use now.

    Closed periods are part of the settings: the day a period ends, there is something new.
    """
    closed = [p.id for p in program_periods(program, today) if p.is_closed]
    config = _digest([program.model_dump_json(), json.dumps(closed)])
    return Fingerprint(config, code_hash(), _inputs(program, settings))


def code_hash() -> str:
    """Hash of all code that makes a release, and of the locked versions."""
    files = [PROJECT_ROOT / "requirements.lock"]
    for folder in CODE_FOLDERS:
        files += [p for p in (PROJECT_ROOT / folder).rglob("*") if p.suffix in CODE_SUFFIXES]
    return _digest(f"{p.relative_to(PROJECT_ROOT)} {content_hash(p)}" for p in sorted(files))


def git_commit() -> str | None:
    """Commit of the checkout; None outside one."""
    try:
        done = subprocess.run(
            ["git", "-C", str(PROJECT_ROOT), "rev-parse", "HEAD"],
            capture_output=True, text=True, check=True, timeout=5,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _inputs(program: Program, settings: Settings) -> str:
    """Hash of the input files; size and time of a known file spare reading it again.

    A source without files counts as empty here; the run will say what is wrong with it.
    """
    from pipelines.connectors.locations import source_files  # noqa: PLC0415 - slow to import
    from pipelines.errors import CrossvoiceError  # noqa: PLC0415

    lines = []
    for source in program.sources:
        known = read_state(settings.landing, source.name).inputs
        try:
            files = source_files(source, settings)
        except CrossvoiceError:
            files = []
        for path in files:
            lines.append(f"{source.name} {path.name} {_known_hash(path, known)}")
    return _digest(lines)


def _known_hash(path: Path, known: dict) -> str:
    stat, state = path.stat(), known.get(path.name)
    if state and (state.size, state.modified_ns) == (stat.st_size, stat.st_mtime_ns):
        return state.content_hash
    return content_hash(path)


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
