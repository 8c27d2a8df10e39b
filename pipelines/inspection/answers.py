"""Columns of answers: which of a file's columns they are, and whose answers they hold.

What belongs here: choosing scored columns, their items and voices. What does not: their scales
(inspection.scales) and all other columns (inspection.roles).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from pipelines.connectors.columns import tidy, without_footnote
from pipelines.connectors.wording import same
from pipelines.inspection.profile import Profile
from pipelines.inspection.scales import ScaleGuess, scale_of
from pipelines.inspection.vocabulary import (
    CUSTOMER_WORDS,
    EMPLOYEE_WORDS,
    NEVER_READ,
    SCORE_WORDS,
)
from pipelines.program.rules import item_code

NO_SCORES = {"id", "number", "no", "nr", "code", "zip", "plz", "phone", "year", "count", "latitude",
             "longitude", "rank", "duration", "progress", "age", "tenure", "salary",
             "rate", "percentage", "enrollment", "headcount", "fte", "row", "n", "base", "anzahl",
             "responses", "respondents", "antworten", "plantilla", "effectif"}  # fmt: skip
"""Words of numbers that are no answers."""
MOST_SCORES = 60
MOST_LABELS = 7
"""More texts than these in a column of no known words are no answers."""


@dataclass
class Answers:
    """A column of answers."""

    column: str
    scale: ScaleGuess
    item: str
    voice: str | None = None
    kind: str = "scale"
    when: dict[str, str] | None = None
    is_unsure: bool = False
    """Nothing says whose answers these are."""
    item_rest_r: float | None = None
    """Correlation with the other items of the metric, where it is clearly negative."""


def words_of(name: str) -> str:
    """A header as words: `User e-mail`, `user_email` and `UserEmail` are alike."""
    spaced = re.sub(r"(?<=[a-z]{2})(?=[A-Z])", " ", without_footnote(tidy(name)))
    return same(re.sub(r"[_:./\\-]+", " ", spaced))


def answers_of(columns: Sequence[Profile], taken: set[str | None]) -> list[Answers]:
    """The columns of answers among those that are nothing else, each with its item and voice."""
    scored = []
    for column in columns:
        if column.name in taken or _is_personal(words_of(column.name)):
            continue
        guess = scale_of(column)
        if guess is not None and _is_answer(column, guess):
            scored.append((column, guess))
    scored = scored or list(_of_unknown_labels([c for c in columns if c.name not in taken]))
    found: list[Answers] = []
    for column, guess in _chosen(scored):
        kind = _kind(column, guess)
        nameless = kind if kind != "scale" else f"item_{len(found) + 1}"
        code = item_code(tidy(column.name)) or nameless
        found.append(Answers(column.name, guess, code, voice_of_words(column.name), kind))
    return _distinct_items(_split_by_voice(columns, found))


def _of_unknown_labels(columns: Sequence[Profile]) -> Iterator[tuple[Profile, ScaleGuess]]:
    """Columns that share a few texts no list of labels holds; only people know their order."""
    texts = {c.name: {same(t): t for t in c.labels} for c in columns
             if c.kind == "labels" and 3 <= len(c.labels) <= MOST_LABELS
             and not _is_personal(words_of(c.name))}  # fmt: skip
    alike = {name: [n for n in texts if texts[n].keys() <= texts[name].keys()] for name in texts}
    widest = max(alike, key=lambda name: len(alike[name]), default=None)
    if widest is None or len(alike[widest]) < 2:
        return
    recode = {text: place for place, text in enumerate(texts[widest].values(), start=1)}
    doubt = "which answer is the worst, which the best? Number these texts from 1 in that order"
    guess = ScaleGuess(1, len(recode), "unknown labels", recode, doubt=doubt)
    yield from ((column, guess) for column in columns if column.name in alike[widest])


def _is_personal(words: str) -> bool:
    return words in NEVER_READ or any(
        re.search(rf"\b{re.escape(w)}\b", words) for w in NEVER_READ if len(w) > 5
    )


def _is_answer(column: Profile, guess: ScaleGuess) -> bool:
    """Numbers of another kind, flags and mixtures are no answers."""
    own = re.split(r"\.(?=\w)", column.name)[-1]  # of a path its end
    if column.n_distinct < 2 or set(words_of(own).split()) & NO_SCORES:
        return False
    if guess.name == "numbers" and column.n_distinct < 3 and column.n_filled > 20:
        return False
    return bool(guess.recode) or column.odd_texts <= 0.2 * max(1, column.n_filled)


def _kind(column: Profile, guess: ScaleGuess) -> str:
    kind = kind_of_words(column.name) or "scale"
    return "scale" if kind == "nps" and (guess.high != 10 or guess.recode) else kind


def kind_of_words(text: str) -> str | None:
    """The kind of question a header or label names; None when none."""
    words = words_of(text)
    return next((k for k, listed in SCORE_WORDS.items() if has_word(words, listed)), None)


def _chosen(scored: list[tuple[Profile, ScaleGuess]]) -> list[tuple[Profile, ScaleGuess]]:
    """The columns that are answers rather than any numbers, by their names and their company."""
    labelled = [(c, g) for c, g in scored if g.recode and g.name != "yes or no"]
    voiced = [
        (c, g) for c, g in scored if has_word(words_of(c.name), _SCORE) or voice_of_words(c.name)
    ]
    small = [(c, g) for c, g in scored if g.high <= 10 and not g.recode and c.is_whole]
    named = [(c, g) for c, g in voiced if "score" in words_of(c.name).split()]
    if labelled:
        asked = [(c, g) for c, g in scored if kind_of_words(c.name) and c.is_whole and g.high <= 10]
        kept = labelled + [p for p in named + asked if p not in labelled]
    elif named and len(named) < len(voiced):
        kept = named
    else:
        kept = voiced + [p for p in small if p not in voiced]
    if not kept and len(scored) <= 12:
        kept = scored
    order = {c.name: i for i, (c, _) in enumerate(scored)}
    return sorted(kept, key=lambda pair: order[pair[0].name])[:MOST_SCORES]


_SCORE = frozenset().union(*SCORE_WORDS.values()) | {
    "score", "favorable", "favourable", "engagement", "zustimmung", "indice",
}  # fmt: skip


def has_word(words: str, listed: frozenset[str]) -> bool:
    return _pattern(listed).search(words) is not None


@cache
def _pattern(listed: frozenset[str]) -> re.Pattern[str]:
    """Any of the words: by itself, or anywhere in scripts that need not part words."""
    return re.compile("|".join(
        rf"(?<![^\W_]){re.escape(w)}(?![^\W_])" if w.isascii() else re.escape(w)
        for w in sorted(listed)
    ))  # fmt: skip


def voice_of_words(*texts: str) -> str | None:
    """Employee or customer, whichever has more words among the texts."""
    n = {
        voice: sum(has_word(words_of(text), listed) for text in texts)
        for voice, listed in (("employee", EMPLOYEE_WORDS), ("customer", CUSTOMER_WORDS))
    }
    if n["employee"] == n["customer"]:
        return None
    return max(n, key=n.__getitem__)


def _split_by_voice(columns: Sequence[Profile], found: list[Answers]) -> list[Answers]:
    """One row per group of respondents: the column that names the group gives the voice."""
    for column in columns:
        voices = {text: voice_of_words(text) for text in column.labels}
        is_group = len(column.labels) <= 8 and column.mean_length <= 30
        if is_group and {"employee", "customer"} <= set(voices.values()):
            return [
                replace(
                    answers, item=f"{item_code(text)}_{answers.item}"[:60], voice=voice,
                    when={column.name: text},
                )
                for answers in found
                for text, voice in voices.items()
                if voice
            ]  # fmt: skip
    return found


def _distinct_items(found: list[Answers]) -> list[Answers]:
    seen: dict[str, int] = {}
    for answers in found:
        seen[answers.item] = seen.get(answers.item, 0) + 1
        if seen[answers.item] > 1:
            answers.item = f"{answers.item[:55]}_{seen[answers.item]}"
    return found
