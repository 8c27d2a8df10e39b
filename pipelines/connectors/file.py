"""The `file` connector: pulls files of every known format into landed batches.

What belongs here: which files are new, and how many rejects are too many. What does not: landing
one file (connectors.one_file) and the layout of batches (landing).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import polars as pl

from pipelines import landing
from pipelines.connectors.in_step import InStep, begin, catch_up
from pipelines.connectors.locations import named_files, told_by_name
from pipelines.connectors.one_file import Input, land
from pipelines.connectors.records import open_records, told
from pipelines.connectors.renames import (
    came_from_elsewhere,
    follow_places,
    place_of,
    settle_renamed,
)
from pipelines.connectors.unreadable import ANY_FAULT, why_unread
from pipelines.errors import CrossvoiceError, SourceError
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.program.model import Program
from pipelines.program.source import Source
from pipelines.settings import Settings

MAPPING_CODE_VERSION = 6
"""Raise when a change of the mapping code changes the rows it makes."""
NOT_THE_ROWS = {"location", "required", "max_rejected_share", "retention", "personal"}
"""Keys of a source that do not change what a file becomes."""


@dataclass
class PullResult:
    """What a pull of one source did."""

    source: str
    n_inputs: int = 0
    n_new: int = 0
    manifests: list[landing.Manifest] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    guesses: dict[str, list[str]] = field(default_factory=dict)
    """What was guessed of an input, by its name."""

    def total(self, count: str) -> int:
        """Sum of one count of the manifests in use."""
        return sum(getattr(m, count) for m in self.manifests)


@dataclass(frozen=True)
class _Pull:
    """One pull of one source: everything that is the same for all its files."""

    source: Source
    program: Program
    settings: Settings
    pseudonyms: Pseudonymizer
    in_step: InStep

    @property
    def version(self) -> str:
        return mapping_version(self.source, self.program, self.pseudonyms)


def mapping_version(source: Source, program: Program, pseudonyms: Pseudonymizer) -> str:
    """Hash of everything beside a file's content that changes the rows it becomes."""
    rules = source.model_dump(mode="json", exclude=NOT_THE_ROWS)
    identifiers = {k: v.model_dump() for k, v in sorted(program.org.identifiers.items())}
    text = json.dumps(
        [MAPPING_CODE_VERSION, rules, program.time_zone, identifiers, pseudonyms.secret.base_id]
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def pull(
    source: Source,
    program: Program,
    settings: Settings,
    pseudonyms: Pseudonymizer,
    *,
    for_names: bool = False,
) -> PullResult:
    """Land every new or changed file of a source.

    A file that cannot be used leaves its earlier batch in place; the others are landed. A file
    that is gone keeps the batch it left. Raises SourceError naming all that is wrong once the
    rest is done. The state of the source says from then on whether it is stale. With `for_names`
    another source waits for the names in it, and those of others are not pulled first.
    """
    others = None if for_names else partial(pull, for_names=True)
    in_step = begin(source, program, settings, pseudonyms, others)
    this = _Pull(source, program, settings, pseudonyms, in_step)
    result = PullResult(source.name)
    state = landing.read_state(settings.landing, source.name)
    try:
        files = named_files(source, settings)
        follow_places(state, files, settings)
    except CrossvoiceError as error:
        files = {}
        result.problems.append(error.text())
    result.n_inputs, before = len(files), dict(state.inputs)
    for name, path in files.items():
        try:
            pulled = _pull_file(this, name, path, state.inputs.get(name))
            state.inputs[name], is_new = pulled.state, pulled.is_new
            result.n_new += is_new
            if pulled.guesses:
                result.guesses[name] = pulled.guesses
        except ANY_FAULT as error:
            result.problems.append(why_unread(source, path, error).text())
    settle_renamed(source, state, before, files)
    catch_up(in_step)
    result.manifests = landing.batches_of(settings.landing, source.name, state)
    if result.manifests and result.total("rows_filtered") == result.total("rows_read"):
        result.problems.append(_nothing_kept(source, result).text())
    state.is_stale = bool(result.problems)
    landing.write_state(settings.landing, source.name, state)
    if result.problems:
        raise SourceError("\n".join(result.problems))
    return result


@dataclass(frozen=True)
class _Pulled:
    """The input's state after its batch has been landed, whether it was new, what was guessed."""

    state: landing.InputState
    is_new: bool
    guesses: list[str]


def _pull_file(this: _Pull, name: str, path: Path, known: landing.InputState | None) -> _Pulled:
    folder, source = this.settings.landing, this.source
    look = landing.look_at(path, known)
    from_name = told_by_name(source, name)
    batch = landing.batch_id(look.content_hash, this.version + from_name)
    is_new = landing.read_manifest(folder, source.name, batch) is None
    guesses: list[str] = []
    if is_new:
        new = Input(name, path, look, batch, from_name)
        guesses = land(this.in_step, this.version, new)
    _refuse_if_too_many_rejects(this, path, batch)
    place = place_of(path, this.settings)
    moved = came_from_elsewhere(known, look.content_hash, place)
    return _Pulled(landing.InputState(batch, look, place, moved), is_new, guesses)


def _nothing_kept(source: Source, result: PullResult) -> SourceError:
    """A filter that leaves nothing is a mistake, though each of its rejects is planned."""
    return SourceError(
        f"Source {source.name} keeps none of its {result.total('rows_read'):,} rows: "
        f"{result.total('rows_filtered'):,} are left out by its filters or blank.",
        where=str(source.location),
        mend="compare the texts under `filters` with the file",
    )


def _told(source: Source, path: Path, number: int) -> str:
    """A record of a file, with where it stands in it if the file is one table and still there."""
    try:
        tables = open_records(source, path)
    except SourceError:
        tables = []
    return told(tables[0], number) if len(tables) == 1 else f"record {number:,}"


def _refuse_if_too_many_rejects(this: _Pull, path: Path, batch: str) -> None:
    source, settings = this.source, this.settings
    manifest = landing.read_manifest(settings.landing, source.name, batch)
    if manifest is None or manifest.unplanned_share <= source.max_rejected_share:
        return
    rejects_file = landing.batch_file(settings.landing, manifest, landing.REJECTS)
    reasons = (
        pl.scan_parquet(rejects_file)
        .filter(~pl.col("is_filtered"))
        .group_by("reason", "column_name")
        .agg(pl.col("n_rows").sum(), pl.col("record_number").min().alias("first"))
        .sort("n_rows", "first", descending=[True, False])
        .head(3)
        .collect()
    )
    shown = "; ".join(
        f"{r['n_rows']} x {r['reason']}"
        + (f" in column {r['column_name']!r}" if r["column_name"] else "")
        + f" (first: {_told(source, path, r['first'])})"
        for r in reasons.iter_rows(named=True)
    )
    raise SourceError(
        f"Source {source.name} cannot use {manifest.unplanned_share:.1%} of the rows of a file; "
        f"its limit is {source.max_rejected_share:.1%}: {shown}.",
        where=str(path),
        mend=f"correct the file or the mapping, or raise `max_rejected_share`; "
        f"every reject is listed in {rejects_file}",
    )
