"""`crossvoice dev`: the Dagster UI of a program, on this machine only."""

from __future__ import annotations

import os
import sys

import click

from pipelines.cli.instance import write_instance_settings
from pipelines.models import ensure_manifest
from pipelines.program.reading import read_program
from pipelines.settings import PROJECT_ROOT, load_settings, quiet_libraries


def serve(program: str | None, port: int) -> None:
    """Replace this process by `dagster dev` with the program's environment."""
    settings = load_settings(program)
    read_program(settings.program_folder)
    quiet_libraries(settings)
    write_instance_settings(settings.dagster_home)
    ensure_manifest()
    click.echo(f"http://127.0.0.1:{port}  (Ctrl+C ends it)")
    sys.stdout.flush()
    workspace = str(PROJECT_ROOT / "workspace.yaml")
    os.chdir(PROJECT_ROOT)
    os.execv(
        sys.executable,
        [sys.executable, "-m", "dagster", "dev", "-w", workspace,
         "-h", "127.0.0.1", "-p", str(port)],
    )  # fmt: skip
