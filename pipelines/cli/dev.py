"""`crossvoice dev`: the Dagster UI of a program, on this machine only.

What belongs here: what any way of serving a program needs, and serving it. What does not: running
it.
"""

from __future__ import annotations

import os
import shlex
import sys

import click

from pipelines.cli.instance import write_instance_settings
from pipelines.models import ensure_manifest
from pipelines.program.reading import read_program
from pipelines.settings import PROJECT_ROOT, library_environment, load_settings, quiet_libraries


def serve(program: str | None, port: int) -> None:
    """Replace this process by `dagster dev` with the program's environment."""
    _prepare(program)
    click.echo(f"http://127.0.0.1:{port}  (Ctrl+C ends it)")
    sys.stdout.flush()
    workspace = str(PROJECT_ROOT / "workspace.yaml")
    os.chdir(PROJECT_ROOT)
    os.execv(
        sys.executable,
        [sys.executable, "-m", "dagster", "dev", "-w", workspace,
         "-h", "127.0.0.1", "-p", str(port)],
    )  # fmt: skip


def print_environment(program: str | None) -> None:
    """Print, for a shell, what `dagster dev` and `dg dev` need to be what `serve` is."""
    for name, value in _prepare(program).items():
        click.echo(f"export {name}={shlex.quote(value)}")


def _prepare(program: str | None) -> dict[str, str]:
    """Make what a server finds in the home and beside the code; returns its environment."""
    settings = load_settings(program)
    read_program(settings.program_folder)
    quiet_libraries(settings)
    write_instance_settings(settings.dagster_home)
    ensure_manifest()
    return library_environment(settings)
