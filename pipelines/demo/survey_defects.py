"""What goes wrong in survey exports.

Belongs here: previews, repeated and partial submissions, strangers, broken cells. Does not belong
here: sound answers (`survey`). An answer sheet is a dict of parallel arrays, here called rows.
"""

import numpy as np

from pipelines.demo.clock import DAY
from pipelines.demo.plan import ITEMS

BLANK_SHARE = 0.03
PARTIAL_SHARE = 0.04
LATE_SHARE = 0.02
DUPLICATE_SHARE = 0.012
PREVIEW_SHARE = 0.004
STRANGER_SHARE = 0.002
BAD_DATE_SHARE = 0.0008
OUTSIDE_SHARE = 0.0024  # of the rows: one cell of theirs is off the scale

FATES = ("kept", "superseded", "preview", "unknown_email", "bad_date")
KEPT, SUPERSEDED, PREVIEW, STRANGER, BAD_DATE = range(len(FATES))
BAD_DATES = ("2025-13-05T10:00:00", "31/02/2025", "n/k", "2025-02-30T08:15:00")
OUTSIDE = (9, 0, 55)
BLANK = -1
ROWS_PER_RESPONSE = 1 + DUPLICATE_SHARE + PREVIEW_SHARE + STRANGER_SHARE
FILLED_SHARE = (1 - BLANK_SHARE) * (1 - PARTIAL_SHARE / 2)

Rows = dict[str, np.ndarray]


def take(rows: Rows, index: np.ndarray) -> Rows:
    """Copies of the rows at these positions."""
    return {name: values[index].copy() for name, values in rows.items()}


def stack(*parts: Rows) -> Rows:
    """Rows of all parts, one after the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def leave_blanks(rng: np.random.Generator, rows: Rows) -> None:
    """Single blanks, and answers broken off after two to six items."""
    answers = rows["answers"]
    size = len(answers)
    partial = rng.random(size) < PARTIAL_SHARE
    rows["finished"] = ~partial
    reached = np.where(partial, rng.integers(2, 7, size), ITEMS)
    blank = rng.random((size, ITEMS)) < BLANK_SHARE
    blank[:, 0] = False  # nobody sends an empty sheet
    answers[blank | (np.arange(ITEMS) >= reached[:, None])] = BLANK


def add_defects(rng: np.random.Generator, rows: Rows, preview_day: int) -> tuple[Rows, int]:
    """Rows with every defect added, and the number of cells off the scale."""
    size = len(rows["employee"])
    full = rng.permutation(np.flatnonzero(rows["finished"] & ~rows["late"]))
    wanted = [DUPLICATE_SHARE, BAD_DATE_SHARE, OUTSIDE_SHARE]
    counts = [max(2, round(share * size)) for share in wanted]
    repeated, undated, outside, _ = np.split(full, np.cumsum(counts))
    rows["fate"][undated] = BAD_DATE
    cells = rng.integers(0, ITEMS, len(outside))
    answered = rows["answers"][outside, cells] != BLANK
    rows["answers"][outside[answered], cells[answered]] = np.resize(OUTSIDE, answered.sum())
    parts = [rows, _repeats(rng, take(rows, repeated))]
    for fate, share in ((PREVIEW, PREVIEW_SHARE), (STRANGER, STRANGER_SHARE)):
        extra = take(rows, full[-max(2, round(share * size)) :])
        extra["fate"][:] = fate
        extra["answers"][:] = 5 if fate == PREVIEW else rng.integers(1, 6, extra["answers"].shape)
        if fate == PREVIEW:
            extra["sent"][:] = preview_day * DAY + rng.integers(9, 16, len(extra["sent"])) * 3_600
        parts.append(extra)
    return stack(*parts), int(answered.sum())


def _repeats(rng: np.random.Generator, rows: Rows) -> Rows:
    """Second submissions that lose: an earlier partial, an earlier full, or a later partial one."""
    pattern = np.arange(len(rows["sent"])) % 3
    rows["fate"][:] = SUPERSEDED
    answered = rows["answers"] != BLANK
    other = 1 + (rows["answers"] + rng.integers(0, 4, rows["answers"].shape)) % 5
    rows["answers"] = np.where(answered, other, BLANK)
    partial = pattern != 1
    rows["finished"] = ~partial
    rows["answers"][partial, 4:] = BLANK
    gap = rng.integers(600, 3_600, len(pattern))
    rows["sent"] += np.where(pattern == 2, gap, -gap)
    return rows
