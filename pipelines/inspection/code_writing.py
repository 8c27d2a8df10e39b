"""The `missing:` and `suppressed:` of a source that a proposal writes, and what it asks of them.

What belongs here: texts that stand where an answer should. What does not: labels of answers
(inspection.value_writing) and the rest of a source (inspection.source_writing).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pipelines.connectors.wording import same
from pipelines.inspection.file_roles import FileRoles
from pipelines.inspection.lines import Line, question, quoted
from pipelines.inspection.profile import Profile

AGAIN = 2
"""A code comes as often at least; a text that comes once is a slip."""
MISSING = (
    "no answer, as is assumed? A code that is a score gets it by `recode` of the values; one for "
    "what a publisher withheld belongs under `suppressed`"
)
WITHHELD = (
    "withheld by the publisher, as is assumed? A code that means no answer belongs under `missing`"
)
NAMES = (
    "a name in another column, too. If no answer is meant, write `missing` beside the columns "
    "under `values`; until then such records are rejects"
)


def code_lines(file: FileRoles, used: Sequence[Profile]) -> Iterator[Line]:
    """Texts that are no answers; those that only somebody who knows the file can tell are asked."""
    scored = {a.column for a in file.answers}
    scored |= {file.roles[r] for r in ("n_respondents", "n_invited") if r in file.roles}
    numbers = [c for c in used if c.name in scored]
    codes = _counted([c.codes for c in numbers])
    held = _counted([c.suppressed for c in numbers])
    if file.table != "unit_scores":  # nobody but a publisher of scores withholds any
        codes, held = codes + held, Counter()
    codes = Counter({text: n for text, n in codes.items() if n >= AGAIN})
    named = _named_elsewhere(file, {c.name for c in used} - scored)
    twofold = {text: n for text, n in (codes + held).items() if same(text) in named}
    yield from _asked(twofold, NAMES)
    missing = {text: n for text, n in codes.items() if text not in twofold}
    yield from _asked(missing, MISSING)
    texts = sorted({text for c in used for text in c.missing} | set(missing))
    if texts:
        yield Line(f"    missing: {quoted(texts)}", "texts that mean no answer")
    held = Counter({text: n for text, n in held.items() if text not in twofold})
    letters = {text: n for text, n in held.items() if text.isalpha() and len(text) == 1}
    yield from _asked(letters, WITHHELD)
    if held:
        yield Line(f"    suppressed: {quoted(sorted(held))}", "withheld by the publisher")


def _counted(columns: Sequence[dict[str, int]]) -> Counter[str]:
    """How often each text comes, under its most frequent spelling."""
    texts: Counter[str] = Counter()
    for counts in columns:
        texts.update(counts)
    found: Counter[str] = Counter()
    spelt: dict[str, str] = {}
    for text, n in texts.most_common():
        found[spelt.setdefault(same(text), text)] += n
    return found


def _named_elsewhere(file: FileRoles, columns: set[str]) -> set[str]:
    """Texts of columns that hold no answers, where a code would be the name of something."""
    columns = columns | {name for a in file.answers for name in a.when or {}}
    columns |= {*file.totals, *file.previews, *file.groups}
    return {same(t) for name in columns for t in file.look.texts(name).drop_nulls().unique()}


def _asked(texts: dict[str, int], doubt: str) -> Iterator[Line]:
    """A question about codes that stand where answers should."""
    if texts:
        shown = (f"{quoted(text)} ({n:,} times)" for text, n in sorted(texts.items())[:6])
        yield from question(f"{', '.join(shown)} among the answers: {doubt}", "    ")
