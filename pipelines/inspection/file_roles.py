"""What was found of one file: its columns' roles, its answers, and the rows that count.

What belongs here: that record. What does not: how it is filled (inspection.roles,
inspection.counted_rows).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.inspection.answers import Answers
from pipelines.inspection.look import FileLook
from pipelines.inspection.profile import Profile


@dataclass
class FileRoles:
    """What a file's columns are."""

    look: FileLook
    roles: dict[str, str] = field(default_factory=dict)
    """Role -> column."""
    answers: list[Answers] = field(default_factory=list)
    comment: str | None = None
    unused: list[str] = field(default_factory=list)
    table: str = ""
    voice: str | None = None
    totals: dict[str, list[str]] = field(default_factory=dict)
    """Column of units and its texts that stand for totals."""
    previews: dict[str, list[str]] = field(default_factory=dict)
    """Column of states and the texts of records that are no answers."""
    groups: dict[str, list[str]] = field(default_factory=dict)
    """Column of groups of respondents and those of a voice, where there are others."""
    doubts: list[str] = field(default_factory=list)
    years: list[str] = field(default_factory=list)
    """Years that the names of the columns of answers tell: there is a column for each."""

    def profile_of(self, role: str) -> Profile | None:
        """The column in that role."""
        return self.look.column(self.roles[role]) if role in self.roles else None
