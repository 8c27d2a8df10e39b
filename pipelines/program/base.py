"""What every section of a program shares: strict keys, the shape of a name, lists of mistakes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""An identifier that becomes an asset key, a table value and a file name."""

PeriodId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=40)]


class Section(BaseModel):
    """Base of all sections: unknown keys are mistakes, values do not change after reading."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False
    )


class SectionProblemsError(ValueError):
    """Several mistakes of one section, so that a validator need not stop at the first.

    The first `name` in back quotes of each text says which key of the section is at fault.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(self.problems))

    @classmethod
    def raise_any(cls, problems: Iterable[str]) -> None:
        """Raise when there is at least one problem."""
        found = list(problems)
        if found:
            raise cls(found)
