"""What a release was made from, as hashes: the same fingerprint means there is nothing to do.

What belongs here: hashes of settings, code and inputs. What does not: the decision to run (cli).
It imports neither Dagster nor a data library, so that a run with nothing new ends in a second.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipelines.code_files import code_files
from pipelines.connectors.locations import named_files
from pipelines.errors import CrossvoiceError
from pipelines.landing import InputState, content_hash, look_at, read_state
from pipelines.privacy.erasure import LIST_FILE, first_day_kept
from pipelines.program.aliases import Alias, read_aliases
from pipelines.program.model import Program
from pipelines.program.periods import program_periods
from pipelines.program.reading import read_program
from pipelines.settings import PROJECT_ROOT, Settings


@dataclass(frozen=True)
class Basis:
    """What a run works from beside its inputs, read once as it starts.

    A release says what was read, not what stands in the files at its end: an edit made while a run
    is under way has to make the next run find something new.
    """

    program: Program
    today: dt.date
    code: str
    aliases: list[Alias] = field(default_factory=list)


def read_basis(settings: Settings) -> Basis:
    """The program with its approved aliases, the day in its time zone and the code, as they are."""
    folder = settings.program_folder
    program = read_program(folder)
    today = dt.datetime.now(program.zone).date()
    return Basis(program, today, code_hash(), read_aliases(folder))


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

    def of_parts(self, run_id: str) -> Fingerprint:
        """That of a release whose run has not made all that is in it, equal to no other.

        Its tables were left by runs before, of files and settings that nobody has noted: the next
        run finds something new and makes everything.
        """
        return replace(self, inputs=_digest([self.inputs, run_id]))


def fingerprint(basis: Basis, settings: Settings, *, landed: bool = False) -> Fingerprint:
    """The fingerprint of what a run would use now, or, with `landed`, of what was last landed.

    A release is made of what was landed: a file that changes or arrives while a run is under way
    is not in it, and has to make the next run find something new. Closed periods are part of the
    settings: the day a period ends, there is something new.
    """
    program = basis.program
    closed = [p.id for p in program_periods(program, basis.today) if p.is_closed]
    approved = [repr(alias) for alias in basis.aliases]
    config = _digest([program.model_dump_json(), json.dumps(closed), *approved])
    return Fingerprint(config, basis.code, _inputs(basis, settings, landed))


def code_hash() -> str:
    """Hash of all code that makes a release, and of the locked versions."""
    files = [PROJECT_ROOT / "requirements.lock", *code_files(PROJECT_ROOT)]
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


def _inputs(basis: Basis, settings: Settings, landed: bool) -> str:
    """Hash of the input files; an unchanged file that was landed is not read again.

    What cannot be read counts as what it is, unreadable; the run will say what is wrong with it.
    """
    erasures = settings.keep / LIST_FILE
    lines = [content_hash(erasures) if erasures.exists() else ""]
    for source in basis.program.sources:
        lines.append(str(first_day_kept(source.months_kept, basis.today)))
        try:
            state = read_state(settings.landing, source.name)
            files = named_files(source, settings)
        except CrossvoiceError as error:
            lines.append(f"{source.name} {error.what}")
            continue
        known = {name: state.inputs[name] for name in files if name in state.inputs}
        was = [f"{source.name} {name} {one.look.content_hash}" for name, one in known.items()]
        if landed:
            lines += was
            continue
        now = [f"{source.name} {n} {_hash(path, known.get(n))}" for n, path in files.items()]
        lines += now
        if state.is_stale and now == was:  # mended by putting back what was there
            lines.append(f"{source.name} is to be pulled again")
    return _digest(lines)


def _hash(path: Path, known: InputState | None) -> str:
    try:
        return look_at(path, known).content_hash
    except OSError as error:
        return str(error.errno)


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
