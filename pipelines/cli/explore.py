"""`crossvoice explore`: the explorer on this machine, over one audience's published file.

What belongs here: starting Streamlit on loopback, without telemetry, and saying what to install
when it is absent.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import click

from pipelines.errors import CrossvoiceError
from pipelines.explorer.database import published_file
from pipelines.settings import PROJECT_ROOT, environment_without_secret, load_settings

APP = PROJECT_ROOT / "pipelines" / "explorer" / "app.py"
OPTIONS = {
    "server.address": "127.0.0.1", "server.headless": "true", "server.fileWatcherType": "none",
    "browser.gatherUsageStats": "false", "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none", "runner.magicEnabled": "false",
    "theme.primaryColor": "#1d63a8",
}  # fmt: skip


def explore(program: str | None, audience: str, port: int) -> int:
    """Serve until stopped; returns Streamlit's exit code."""
    if importlib.util.find_spec("streamlit") is None:
        raise CrossvoiceError(
            "The explorer needs Streamlit, which is not installed.", where=sys.prefix,
            mend="make explore, or: pip install 'crossvoice[explorer]'",
        )  # fmt: skip
    from pipelines.program.reading import read_program  # noqa: PLC0415

    settings = load_settings(program)
    path = published_file(settings.published, audience)
    language = read_program(settings.program_folder).report.language
    options = [f"--{name}={value}" for name, value in OPTIONS.items()]
    command = [sys.executable, "-m", "streamlit", "run", str(APP), f"--server.port={port}",
               *options, "--", str(settings.published), audience, language]  # fmt: skip
    click.echo(f"Exploring {path}")
    click.echo(f"  http://127.0.0.1:{port} (stop with Ctrl-C)")
    try:
        done = subprocess.run(
            command, env=environment_without_secret(), check=False, cwd=PROJECT_ROOT
        )
    except KeyboardInterrupt:
        return 0
    return done.returncode
