"""Where a program's files lie and what the environment says: the only reader of the environment.

What belongs here: paths under CROSSVOICE_HOME and the CROSSVOICE_* variables, read on call and
never at import. What does not: the contents of any of these files.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.errors import CrossvoiceError

PROJECT_ROOT = Path(__file__).resolve().parents[1]
DEFAULT_PROGRAM = "demo"

TELEMETRY_OFF = {
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
}
"""Employee data: no library may call home. Set before any of them is imported."""


@dataclass(frozen=True)
class Settings:
    """Paths and secrets of one program on this machine."""

    program_folder: Path
    home: Path
    public_data: Path | None = None
    secret: str | None = field(default=None, repr=False)
    secret_before: str | None = field(default=None, repr=False)

    @property
    def keep(self) -> Path:
        """What cannot be rebuilt: the pseudonym secret, the access ledger, records of releases."""
        return self.home / "keep"

    @property
    def landing(self) -> Path:
        """Landed batches."""
        return self.home / "landing"

    @property
    def warehouse(self) -> Path:
        """The private DuckDB file."""
        return self.home / "warehouse.duckdb"

    @property
    def dagster_home(self) -> Path:
        """Run history and event log of Dagster."""
        return self.home / "dagster"

    @property
    def dbt_target(self) -> Path:
        """Compiled SQL and logs of dbt."""
        return self.home / "dbt"

    @property
    def logs(self) -> Path:
        """Logs and private check results."""
        return self.home / "logs"

    @property
    def published(self) -> Path:
        """Candidate, releases and the `current` link."""
        return self.home / "published"

    @property
    def lock(self) -> Path:
        """Held by the run that is under way."""
        return self.home / "run.lock"

    def expand(self, location: str) -> Path:
        """A source's location with its variables replaced, relative to the program's folder.

        Raises CrossvoiceError when the location needs a variable that is not set.
        """
        known = {
            "CROSSVOICE_PUBLIC_DATA": self.public_data,
            "CROSSVOICE_HOME": self.home,
        }
        for name, value in known.items():
            if f"${{{name}}}" not in location:
                continue
            if value is None:
                raise CrossvoiceError(
                    f"The location needs {name}, which is not set.",
                    where=location,
                    mend=f"export {name}=<the folder that holds the data> and run again",
                )
            location = location.replace(f"${{{name}}}", str(value))
        return self.program_folder / location


def load_settings(program: str | Path | None = None) -> Settings:
    """Settings of a program: a folder, or the name of one under `programs/`.

    Falls back to CROSSVOICE_PROGRAM, then to the demo company. Raises CrossvoiceError when there
    is no such folder.
    """
    wanted = str(program or os.environ.get("CROSSVOICE_PROGRAM") or DEFAULT_PROGRAM)
    names = sorted(p.parent.name for p in (PROJECT_ROOT / "programs").glob("*/program.yaml"))
    # a name only: `.` is where the caller stands, not the folder of all programs
    shipped = PROJECT_ROOT / "programs" / wanted if wanted in names else None
    folder = shipped or Path(wanted).expanduser().resolve()
    if not folder.is_dir():
        raise CrossvoiceError(
            f"There is no program {wanted!r}.",
            where=str(folder),
            mend=f"give a folder that holds program.yaml, or one of: {', '.join(names)}",
        )
    home = os.environ.get("CROSSVOICE_HOME")
    public = os.environ.get("CROSSVOICE_PUBLIC_DATA")
    return Settings(
        program_folder=folder,
        home=Path(home).resolve() if home else PROJECT_ROOT / "var" / folder.name,
        public_data=Path(public).resolve() if public else None,
        secret=os.environ.get("CROSSVOICE_SECRET") or None,
        secret_before=os.environ.get("CROSSVOICE_SECRET_BEFORE") or None,
    )


def environment_without_secret() -> dict[str, str]:
    """The environment for a program of others that needs no pseudonyms; telemetry is off in it."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CROSSVOICE_SECRET")}
    return {**kept, **TELEMETRY_OFF}


def library_environment(settings: Settings) -> dict[str, str]:
    """What the libraries are told: no telemetry, and where this program lives."""
    return {
        **TELEMETRY_OFF,
        "CROSSVOICE_PROGRAM": str(settings.program_folder),
        "CROSSVOICE_HOME": str(settings.home),
        "DAGSTER_HOME": str(settings.dagster_home),
    }


def quiet_libraries(settings: Settings) -> None:
    """Turn telemetry off and tell the libraries, by environment, where this program lives."""
    os.environ.update(library_environment(settings))
