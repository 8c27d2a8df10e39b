"""The errors a person meets: what is wrong, where, and how to mend it.

What belongs here: the exception types that the command line and Dagster show without a traceback.
What does not: programming errors; those keep their traceback.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")


def without_addresses(text: str) -> str:
    """The text with e-mail addresses masked."""
    return EMAIL.sub("<EMAIL>", text) if "@" in text else text


class CrossvoiceError(Exception):
    """A mistake in the user's input or surroundings.

    `what` says what is wrong, `where` names file, line, column or key, `mend` the next step.
    Messages are kept in logs, so no e-mail address is repeated, wherever it came from.
    """

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        self.what, self.where, self.mend = map(without_addresses, (what, where, mend))
        super().__init__(self.text())

    def text(self) -> str:
        """The message as shown, one fact a line."""
        lines = [self.what]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.mend:
            lines.append(f"  mend:  {self.mend}")
        return "\n".join(lines)


class ProgramError(CrossvoiceError):
    """program.yaml cannot be used; `problems` holds one text per mistake."""

    def __init__(self, problems: Sequence[str], *, where: str, mend: str = "") -> None:
        self.problems = [without_addresses(problem) for problem in problems]
        count = f"{len(self.problems)} mistake{'s' if len(self.problems) != 1 else ''}"
        super().__init__(
            f"The program has {count}:\n" + "\n".join(f"  - {p}" for p in self.problems),
            where=where,
            mend=mend,
        )


class SourceError(CrossvoiceError):
    """A source cannot be read or holds too little that can be used."""


class RunLockedError(CrossvoiceError):
    """Another run of the same program is under way."""


class ReleaseError(CrossvoiceError):
    """A candidate may not be released."""
