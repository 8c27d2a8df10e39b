"""The questions that `crossvoice init` left in a program: `# ?` comments nobody has taken out yet.

What belongs here: finding them in the text of the file. What does not: asking them
(inspection.lines). It imports no libraries, for `crossvoice run` looks even where nothing is new.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pipelines.program.reading import FILE_NAME

MARK = "# ?"
GOES_ON = "#   "
"""What the further lines of a question begin with."""


class OpenQuestion(NamedTuple):
    """A question with the line of the file it begins in."""

    line: int
    text: str


def open_questions(text: str) -> list[OpenQuestion]:
    """The questions in the text of a program, in its order, each as one line."""
    found: list[OpenQuestion] = []
    is_open = False
    for number, line in enumerate(text.splitlines(), start=1):
        told = line.strip()
        is_more = is_open and told.startswith(GOES_ON)
        if told.startswith(MARK):
            found.append(OpenQuestion(number, told.removeprefix(MARK).strip()))
        elif is_more:
            begun = found.pop()
            found.append(begun._replace(text=f"{begun.text} {told.removeprefix(GOES_ON).strip()}"))
        is_open = is_more or told.startswith(MARK)
    return found


def questions_of(folder: Path) -> list[OpenQuestion]:
    """The questions in the program of a folder."""
    return open_questions((folder / FILE_NAME).read_text("utf-8-sig"))


def in_number(found: list[OpenQuestion]) -> str:
    """How many there are, in words."""
    return f"{len(found)} question{'' if len(found) == 1 else 's'} of `crossvoice init`"
