"""Records a text file does not split into the header's number of fields, and their numbers.

What belongs here: noting them while pyarrow reads ahead, and numbering the records between them.
What does not: what becomes of them (rejects).
"""

from __future__ import annotations

import numpy as np
import polars as pl

LONGEST_KEPT = 200
"""Characters kept of a malformed record, to tell footnotes by their beginning."""


class Malformed:
    """The malformed records of one file, in their order.

    The reader may be ahead of the batch, so a record counts as passed only once the batches have
    reached its number.
    """

    def __init__(self, n_lines: int) -> None:
        self._n_lines = n_lines
        self._ahead: list[tuple[int, str]] = []
        self._passed: list[tuple[int, str]] = []
        self._done = 0

    def note(self, row) -> str:
        """Handler for pyarrow: remember the record and go on."""
        self._ahead.append((row.number - self._n_lines, row.text[:LONGEST_KEPT]))
        return "skip"

    def numbers_of(self, n_rows: int) -> pl.Series:
        """Numbers of the records of the next batch, which lie between the malformed ones."""
        last, n_gone = self._done + n_rows, 0
        while n_gone < len(self._ahead) and self._ahead[n_gone][0] <= last:
            n_gone, last = n_gone + 1, last + 1
        gone, self._ahead = self._ahead[:n_gone], self._ahead[n_gone:]
        self._passed += gone
        numbers = np.arange(self._done + 1, last + 1)
        if gone:
            places = np.array([number for number, _ in gone])
            numbers = np.delete(numbers, places - self._done - 1)
        self._done = last
        return pl.Series(numbers)

    def end(self) -> int:
        """The file is read to its end: whatever is ahead has been passed. Number of its records."""
        n_records = self._done + len(self._ahead)
        self._passed += self._ahead
        self._ahead = []
        return n_records

    def taken(self) -> list[tuple[int, str]]:
        """Numbers and beginnings of the records passed since it was last asked."""
        passed, self._passed = self._passed, []
        return passed
