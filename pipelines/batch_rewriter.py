"""Landed batches kept in step: with the secret, the erasures, the retention and the names in use.

What belongs here: rewriting the files of a batch whose manifest says that it lags behind. What does
not: who is erased (privacy.erasure), how a text is redacted (privacy.redaction).

A rewritten batch gets files of a new generation, then a manifest that names it, then the old files
go. The manifest is the one commit point: a process killed before it has done nothing, one killed
after it leaves files that the next call removes. What follows from a list can be done twice.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from pipelines import landing
from pipelines.batch_writer import LANDED_TABLES, NAMES, Without, open_writer
from pipelines.contract import COMMENTS
from pipelines.errors import SourceError
from pipelines.landing import Manifest
from pipelines.privacy.erasure import Erasures, erase
from pipelines.privacy.pseudonyms import rekeyed
from pipelines.privacy.secret import SEVERED, Secret

Step = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Upkeep:
    """What landed rows have to be in step with."""

    secret: Secret
    erasures: Erasures
    cutoffs: Mapping[str, dt.date] = field(default_factory=dict)
    """Source -> first day its rows are kept from."""
    redact_again: Step | None = None
    """Comments in, the same with what is known now taken out; None: leave them."""
    redaction_id: str = ""

    def erased_under(self, source: str) -> str:
        """Mark of a batch of this source from which erased and old rows are gone."""
        cutoff = self.cutoffs.get(source)
        if cutoff is None and not self.erasures.keys:
            return ""
        return hashlib.sha256(f"{self.erasures.id} {cutoff}".encode()).hexdigest()[:16]

    def without(self, source: str) -> Without:
        """Takes erased and old rows out of a frame of this source."""
        cutoff = self.cutoffs.get(source)
        return lambda rows, table: erase(rows, table, self.erasures, cutoff)


def bring_up_to_date(
    folder: Path, batches: Iterable[Manifest], upkeep: Upkeep, *, only_keys: bool = False
) -> int:
    """Rewrite every batch that lags behind; returns the rows erased by it.

    With `only_keys` nothing but the secret counts. Raises SourceError for a batch whose keys were
    made with another secret.
    """
    n_erased = 0
    for manifest in batches:
        landing.remove_other_generations(folder, manifest)
        links, secret_id = _missing_links(folder, manifest, upkeep.secret)
        marks = {"secret_id": secret_id}
        if not only_keys:
            marks["erased_under"] = upkeep.erased_under(manifest.source)
        if upkeep.redact_again and landing.batch_file(folder, manifest, COMMENTS.name).exists():
            marks["redacted_under"] = upkeep.redaction_id
        wanted = replace(manifest, **marks)
        if wanted != manifest:
            new = _rewrite(folder, manifest, wanted, links, upkeep)
            n_erased += new.rows_erased - manifest.rows_erased
    return n_erased


def _missing_links(
    folder: Path, manifest: Manifest, secret: Secret
) -> tuple[tuple[bytes, ...], str]:
    """Links to hash the batch's keys with, and the id of the secret they are then made with."""
    links = secret.links_after(manifest.secret_id)
    if links is not None:
        return links, secret.id
    if manifest.secret_id == SEVERED:
        return (), SEVERED
    if secret.severing is not None:
        return (secret.severing,), SEVERED
    raise SourceError(
        f"Source {manifest.source} has rows landed with another pseudonym secret.",
        where=str(folder / manifest.source / manifest.batch),
        mend="restore the keep folder that belongs to this landing folder, or run "
        "`crossvoice secret rotate --sever`",
    )


def _rewrite(
    folder: Path, old: Manifest, wanted: Manifest, links: tuple[bytes, ...], upkeep: Upkeep
) -> Manifest:
    """Write the batch's next generation, or only its manifest when no row changes."""
    new = replace(wanted, generation=old.generation + 1)
    gone: list[pl.Series] = []
    same_rows = not links and wanted.erased_under == old.erased_under
    steps: dict[str, Step | None] = {  # erased records are known when the comments' turn comes
        old.contract_table: None if same_rows else _row_step(old, links, upkeep, gone),
        COMMENTS.name: _comment_step(old, wanted, links, upkeep, gone),
        NAMES.name: (lambda frame: _rekey(frame, NAMES.name, links)) if links else None,
        landing.REJECTS: None,
    }
    changed = False
    for table, step in steps.items():
        source = landing.batch_file(folder, old, table)
        if source.exists():
            target = landing.batch_file(folder, new, table)
            changed |= _write_changed(source, target, table, step)
    n_gone = sum(numbers.len() for numbers in gone)
    new = replace(
        new if changed else wanted,
        rows_kept=old.rows_kept - n_gone,
        rows_erased=old.rows_erased + n_gone,
    )
    landing.write_manifest(folder / old.source / old.batch, new)
    landing.remove_other_generations(folder, new)
    return new


def _row_step(
    batch: Manifest, links: tuple[bytes, ...], upkeep: Upkeep, gone: list[pl.Series]
) -> Step:
    """The batch's own rows re-keyed, then without erased ones, whose numbers go to `gone`."""

    def step(frame: pl.DataFrame) -> pl.DataFrame:
        rows = _rekey(frame, batch.contract_table, links)
        kept, numbers = upkeep.without(batch.source)(rows, batch.contract_table)
        gone.append(numbers)
        return kept

    return step


def _comment_step(
    old: Manifest,
    wanted: Manifest,
    links: tuple[bytes, ...],
    upkeep: Upkeep,
    gone: list[pl.Series],
) -> Step:
    """Comments without those of erased records, redacted again if more is known now."""

    def step(frame: pl.DataFrame) -> pl.DataFrame:
        frame = _rekey(frame, COMMENTS.name, links)
        if gone:
            numbers = pl.concat(gone).implode()
            frame = frame.filter(~pl.col("record_number").is_in(numbers))
        if upkeep.redact_again and wanted.redacted_under != old.redacted_under:
            frame = upkeep.redact_again(frame)
        return frame

    return step


def _rekey(frame: pl.DataFrame, table: str, links: tuple[bytes, ...]) -> pl.DataFrame:
    keys = [c.name for c in LANDED_TABLES[table].columns if c.kind == "key" and links]
    return frame.with_columns(rekeyed(frame[key], links) for key in keys)


def _write_changed(source: Path, target: Path, table: str, step: Step | None) -> bool:
    """Write what `step` makes of a file, row group by row group; whether anything changed."""
    if step is None:
        os.link(source, target)
        return False
    changed, writer = False, None
    for frame in _row_groups(source):
        made = step(frame)
        changed |= not made.equals(frame)
        arrow = made.to_arrow(compat_level=pl.CompatLevel.oldest())
        writer = writer or open_writer(target, table, arrow.schema)
        writer.write_table(arrow)
    if writer is not None:
        writer.close()
        landing.sync(target)
    return changed


def _row_groups(path: Path) -> Iterator[pl.DataFrame]:
    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield pl.from_arrow(file.read_row_group(number))
