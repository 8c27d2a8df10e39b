"""`crossvoice doctor`: is this machine fit to run a program, and if not, what to mend?"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from pipelines.errors import CrossvoiceError
from pipelines.privacy.secret import SECRET_FILE
from pipelines.program.reading import read_program
from pipelines.run_lock import lock_holder
from pipelines.settings import PROJECT_ROOT, Settings, load_settings

PACKAGES = ("dagster", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations",
            "polars", "pyarrow")  # fmt: skip
FREE_BYTES = 2 << 30

Finding = tuple[bool, str, str]
"""Whether it is well, what was looked at, how to mend it."""


def examine(program: str | None) -> int:
    """Print what is well and what is not; returns 0 when all is well, else 1."""
    findings = [*_python(), *_packages()]
    try:
        settings = load_settings(program)
        findings += [*_program(settings), *_home(settings)]
    except CrossvoiceError as error:
        findings.append((False, error.what, error.mend))
    for well, what, mend in findings:
        mark = click.style("ok  ", fg="green") if well else click.style("mend", fg="red")
        click.echo(f"{mark} {what}" + ("" if well else f"\n     {mend}"))
    return 0 if all(well for well, _, _ in findings) else 1


def _python() -> Iterator[Finding]:
    found = ".".join(map(str, sys.version_info[:3]))
    yield sys.version_info >= (3, 11), f"Python {found}", "use Python 3.11 or later"


def _packages() -> Iterator[Finding]:
    locked = _locked_versions()
    for package in PACKAGES:
        try:
            found = version(package)
        except PackageNotFoundError:
            yield False, f"{package} is not installed", "make setup"
            continue
        wanted = locked.get(package, found)
        yield found == wanted, f"{package} {found}", f"the lock file says {wanted}: make setup"


def _locked_versions() -> dict[str, str]:
    lock = PROJECT_ROOT / "requirements.lock"
    lines = lock.read_text().splitlines() if lock.exists() else []
    pairs = [line.split(" ")[0].split("==") for line in lines if "==" in line.split(" ")[0]]
    return dict(pairs)


def _program(settings: Settings) -> Iterator[Finding]:
    try:
        declared = read_program(settings.program_folder)
    except CrossvoiceError as error:
        yield False, error.what, f"crossvoice check --program {settings.program_folder}"
        return
    yield True, f"program {declared.program}: {declared.title}", ""
    needs = any("CROSSVOICE_PUBLIC_DATA" in str(s.location) for s in declared.sources)
    if needs:
        yield (
            settings.public_data is not None and settings.public_data.is_dir(),
            f"CROSSVOICE_PUBLIC_DATA: {settings.public_data}",
            "export CROSSVOICE_PUBLIC_DATA=<the folder that holds the public data>",
        )


def _home(settings: Settings) -> Iterator[Finding]:
    parent = next(p for p in [settings.home, *settings.home.parents] if p.exists())
    yield os.access(parent, os.W_OK), f"state in {settings.home}", f"make {parent} writable"
    free = shutil.disk_usage(parent).free
    yield free > FREE_BYTES, f"{free / 2**30:.1f} GiB free there", "free at least 2 GiB"
    secret = settings.keep / SECRET_FILE
    if settings.secret is None and secret.exists():
        yield _is_private(secret), f"pseudonym secret in {secret}", f"chmod 600 {secret}"
    holder = lock_holder(settings.lock)
    if holder is not None:
        yield True, f"a run is under way (process {holder.get('process_id', 'unknown')})", ""


def _is_private(path: Path) -> bool:
    return not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
