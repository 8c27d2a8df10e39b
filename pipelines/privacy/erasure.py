"""Who is erased and what is too old: the list of erasures, and rows without them.

What belongs here: the list in `keep/`, which rows it takes away, the trail of what was done. What
does not: finding a person's keys (pipelines.forgetting) and files of batches (batch_rewriter).

The list holds keys only, under the secret in use. It stays, so that a file that is read again does
not bring the person back. The trail holds counts and nobody.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pipelines.contract import SOURCE_TABLES
from pipelines.errors import CrossvoiceError
from pipelines.privacy.secret import Secret, write_private
from pipelines.settings import Settings

if TYPE_CHECKING:
    import polars as pl

LIST_FILE = "erasures.json"
TRAIL_FILE = "erasure_trail.jsonl"
SUBJECTS = ("respondent_key", "customer_key", "employee_key", "id_key")
"""Keys whose row is about the person; any other key of the person is blanked in another's row."""
EVENT_DATES = {
    "employee_responses": "answered_date",
    "customer_feedback": "local_date",
    "invitations": "invited_date",
    "org_assignments": "valid_to",
    "person_identifiers": "valid_to",
}
"""Table -> the day a row is old from."""


@dataclass(frozen=True)
class ErasedKey:
    """A key to erase: always, or only on the days from `start` to before `end` (a shared key)."""

    key: str
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True)
class Erasures:
    """The keys to erase, made under the secret of this id."""

    secret_id: str
    keys: tuple[ErasedKey, ...] = ()
    is_pending: bool = False
    """Some of it may still be in landing or warehouse: the command that began was killed."""

    @property
    def id(self) -> str:
        """Tells two lists apart."""
        return hashlib.sha256(repr(self.keys).encode()).hexdigest()[:16] if self.keys else ""

    def with_keys(self, keys: Iterable[ErasedKey]) -> Erasures:
        """The list with more keys, each once."""
        listed = sorted({*self.keys, *keys}, key=lambda k: (k.key, k.start or "", k.end or ""))
        return Erasures(self.secret_id, tuple(listed), is_pending=True)


def read_erasures(settings: Settings, secret: Secret) -> Erasures:
    """The list under the secret in use; it follows the secret when that is re-keyed.

    Raises CrossvoiceError when it is damaged: without it erased people would come back.
    """
    path = settings.keep / LIST_FILE
    if not path.exists():
        return Erasures(secret.id)
    try:
        kept = json.loads(path.read_text())
        keys = tuple(ErasedKey(**k) for k in kept["keys"])
        found = Erasures(kept["secret_id"], keys, kept["is_pending"])
    except (ValueError, KeyError, TypeError):
        raise CrossvoiceError(
            "The list of erasures is damaged.",
            where=str(path),
            mend="restore it from a backup: without it erased people would come back",
        ) from None
    links = secret.links_after(found.secret_id)
    if links is None:
        raise CrossvoiceError(
            "The list of erasures was made with another pseudonym secret.",
            where=str(path),
            mend="restore the keep folder as a whole",
        )
    return Erasures(secret.id, tuple(_rekeyed(k, links) for k in found.keys), found.is_pending)


def _rekeyed(erased: ErasedKey, links: tuple[bytes, ...]) -> ErasedKey:
    if not links:
        return erased
    import polars as pl  # noqa: PLC0415 - a run with nothing new needs no data library

    from pipelines.privacy.pseudonyms import rekeyed  # noqa: PLC0415

    return ErasedKey(rekeyed(pl.Series([erased.key]), links)[0], erased.start, erased.end)


def keep_erasures(settings: Settings, erasures: Erasures) -> None:
    """Write the list by one rename."""
    write_private(settings.keep / LIST_FILE, json.dumps(asdict(erasures), indent=1))


def first_day_kept(months: int | None, today: dt.date) -> dt.date | None:
    """First day from which rows are kept: a whole month, so that rows go once a month.

    >>> first_day_kept(24, dt.date(2026, 3, 17))
    datetime.date(2024, 3, 1)
    """
    if months is None:
        return None
    count = today.year * 12 + today.month - 1 - months
    return dt.date(count // 12, count % 12 + 1, 1)


def add_to_trail(settings: Settings, entry: Mapping[str, Any]) -> None:
    """Write down what was done, when and how much; never who."""
    path = settings.keep / TRAIL_FILE
    before = path.read_text() if path.exists() else ""
    write_private(path, before + json.dumps(entry) + "\n")


def erase(
    rows: pl.DataFrame, table: str, erasures: Erasures, cutoff: dt.date | None
) -> tuple[pl.DataFrame, pl.Series]:
    """Rows of a contract table without the erased people and without what is older than `cutoff`.

    Also the record numbers that went. A key of an erased person in a row about somebody else
    (agent, manager) is blanked.
    """
    import polars as pl  # noqa: PLC0415

    day = EVENT_DATES.get(table)
    day = day if day in rows.columns else None
    gone = pl.lit(value=False)
    if cutoff is not None and day is not None:
        gone |= (pl.col(day) < cutoff).fill_null(value=False)
    blanked = []
    keys = [c.name for c in SOURCE_TABLES[table].columns if c.kind == "key"]
    for name in (k for k in keys if k in rows.columns and erasures.keys):
        is_erased = _is_erased(name, day, erasures)
        if name in SUBJECTS:
            gone |= is_erased
            continue
        blanked.append(pl.when(~is_erased).then(pl.col(name)).alias(name))
        kind = f"{name.removesuffix('_key')}_id_type"
        if kind in rows.columns:
            blanked.append(pl.when(~is_erased).then(pl.col(kind)).alias(kind))
    marked = rows.with_columns(gone.alias("\x00gone"), *blanked)
    numbers = marked.filter("\x00gone")["record_number"]
    return marked.filter(~pl.col("\x00gone")).drop("\x00gone"), numbers


def _is_erased(name: str, day: str | None, erasures: Erasures) -> pl.Expr:
    import polars as pl  # noqa: PLC0415

    always = [k.key for k in erasures.keys if k.start is None and k.end is None]
    found = pl.col(name).is_in(always)
    for erased in erasures.keys:
        if (erased.start or erased.end) and day is not None:
            match = pl.col(name) == erased.key
            if erased.start:
                match &= pl.col(day) >= dt.date.fromisoformat(erased.start)
            if erased.end:
                match &= pl.col(day) < dt.date.fromisoformat(erased.end)
            found |= match
    return found.fill_null(value=False)
