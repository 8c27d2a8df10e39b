"""Scales: which labels mean which score, and which ends a column of numbers points to.

What belongs here: the guess of a scale. What does not: missing
codes (inspection.vocabulary) and what the column measures (inspection.roles).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.connectors.wording import same
from pipelines.inspection.profile import Profile
from pipelines.inspection.vocabulary import LABELS, REVERSED_WORDS


@dataclass(frozen=True)
class ScaleGuess:
    """Ends of a scale, scores of its labels, and what is doubtful about it."""

    low: float
    high: float
    name: str = ""
    recode: dict[str, int] | None = None
    unknown: tuple[str, ...] = ()
    direction: str = "higher"
    reason: str = ""
    doubt: str = ""


def scale_of(found: Profile) -> ScaleGuess | None:
    """The scale a column's values lie on; None when they are no scores."""
    guess = _of_labels(found) if found.kind in ("labels", "name", "id") else None
    if guess is None and found.n_numbers >= 0.5 * max(1, found.n_filled) and found.kind != "date":
        guess = _of_numbers(found)
    return guess


def _of_labels(found: Profile) -> ScaleGuess | None:
    labels: dict[str, str] = {}
    for text in found.labels:  # the most frequent spelling of each
        labels.setdefault(same(text), text)

    def fit(name: str) -> tuple[int, int]:
        return sum(any(f in level for level in LABELS[name]) for f in labels), -len(LABELS[name])

    best = max(LABELS, key=fit)
    levels = LABELS[best]
    recode = {
        text: score
        for form, text in labels.items()
        for score, level in enumerate(levels, start=1)
        if form in level
    }
    known = set(map(same, recode))
    weight = sum(n for text, n in found.labels.items() if same(text) in known)
    if len(recode) < 2 or weight < 0.5 * found.n_filled:
        return None
    unknown = tuple(text for text in found.labels if same(text) not in map(same, recode))
    ordered = dict(sorted(recode.items(), key=lambda item: item[1]))
    seen, top = set(recode.values()), len(levels)
    doubt = ""
    if top == 5 and 3 not in seen and len(seen) == 4:
        doubt = "the middle answer never occurs: five answers, or four?"
    if REVERSED_WORDS & set(re.findall(r"\w+", same(found.name).replace("_", " "))):
        doubt = "does who agrees find fault? Then these columns are `direction: lower`"
    low = 0 if top == 2 else 1
    if top == 2:
        ordered = {text: score - 1 for text, score in ordered.items()}
    return ScaleGuess(low, low + top - 1, best, ordered, unknown, reason=f"labels of {best}",
                      doubt=doubt)  # fmt: skip


def _of_numbers(found: Profile) -> ScaleGuess | None:
    low, high = found.likely_low, found.likely_high
    if low is None or high is None:
        return None
    low = found.low if found.n_numbers < 300 else low
    words = set(same(found.name).replace("_", " ").split())
    is_nps = bool(words & {"nps", "enps", "recommend", "ltr", "weiterempfehlung", "推奨度"})
    direction = "lower" if words & REVERSED_WORDS else "higher"
    doubt = "is the low end the good one?" if direction == "lower" else ""
    if found.best:
        end = 0 if low < 1 or found.best > 7 else 1
        return ScaleGuess(end, found.best, "best", reason="the best score stands behind each")
    if found.is_percent:
        return ScaleGuess(0, 100, "percent", direction=direction, reason="percent")
    shape = _ends(low, high, found, is_nps=is_nps)
    if shape is None:
        return None
    ends, reason, unsure = shape
    if found.high > ends[1] or found.low < ends[0]:
        unsure = f"a few numbers lie outside {ends[0]:g} to {ends[1]:g}: slips, or codes?"
    return ScaleGuess(*ends, "numbers", direction=direction, reason=reason,
                      doubt=unsure or doubt)  # fmt: skip


def _ends(
    low: float, high: float, found: Profile, *, is_nps: bool
) -> tuple[tuple[float, float], str, str] | None:
    """Ends of a numeric scale, why, and what is doubtful."""
    seen = f"numbers from {low:g} to {high:g}"
    if low < 0:
        return ((-100, 100), seen, "") if low >= -100 and high <= 100 and is_nps else None
    if high <= 1 and not found.is_whole:
        return (0, 1), f"{seen}: a share", ""
    if 5 < found.high <= 6 and low >= 1 and {"note", "schulnote"} & set(same(found.name).split()):
        return (1, 6), f"{seen}: marks of a German school", ""
    if is_nps and 7 < high <= 10:
        return (0, 10), f"{seen}: likelihood to recommend", ""
    if found.is_whole or high <= 10:
        for top in (5, 7, 10):
            if high <= top and low >= 1:
                sure = high > top - 1
                return (1, top), seen, "" if sure else f"is the highest answer {top}?"
        if high <= 10:
            return (0, 10 if high > 5 else 5), seen, "is 0 an answer, or does it mean none?"
    if high <= 100:
        return (0, 100), seen, ""
    return None
