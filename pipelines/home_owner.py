"""Whose state a home holds: rows and releases of two programs must never meet in one folder.

What belongs here: the note of the program's folder, and refusing another program. What does not:
the lock (run_lock) and where a home lies (settings).
"""

from __future__ import annotations

from pathlib import Path

from pipelines.errors import CrossvoiceError
from pipelines.program.reading import FILE_NAME, read_program
from pipelines.settings import PROJECT_ROOT, Settings

NOTE = "program_folder"
"""File of a home: the folder of the program that worked in it last."""


def claim_home(settings: Settings) -> None:
    """Note whose state this is; CrossvoiceError while it is another program's.

    Removed files keep their rows, so a second program in one home would be released together with
    the first. A program that has moved takes its state along: its former folder is gone.
    """
    note = settings.home / NOTE
    before = note.read_text().strip() if note.exists() else ""
    if before == str(settings.program_folder):
        return
    if before and _is_another(Path(before), settings):
        raise CrossvoiceError(
            f"This folder holds the state of another program, {before}: the rows of both would be"
            " released as one.",
            where=str(settings.home),
            mend="set CROSSVOICE_HOME to a folder of its own for each program, or, where it is not "
            "set, give their folders different names; "
            f"where it is the same program in another place: rm {note}",
        )
    note.write_text(f"{settings.program_folder}\n")


def _is_another(before: Path, settings: Settings) -> bool:
    """Whether the program noted is there still and is not this one in another checkout.

    Two checkouts may share a home that was set on purpose; the default one is named after the
    folder alone, so that a name tells nothing there.
    """
    if not (before / FILE_NAME).exists():
        return False
    if settings.home.parent == PROJECT_ROOT / "var":
        return True
    try:
        return read_program(before).program != read_program(settings.program_folder).program
    except CrossvoiceError:
        return True
