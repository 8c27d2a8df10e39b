"""What the landed rows of a source are kept in step with: secret, erasures, retention, names.

What belongs here: gathering it before a pull, and bringing earlier batches in step after one. What
does not: rewriting a batch (batch_rewriter) and landing a new one (connectors.one_file).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import polars as pl

from pipelines import landing
from pipelines.batch_rewriter import Upkeep, bring_up_to_date
from pipelines.batch_writer import NAMES, Without
from pipelines.errors import CrossvoiceError
from pipelines.landing import batch_file, batches_in_use
from pipelines.privacy.erasure import add_to_trail, first_day_kept, read_erasures
from pipelines.privacy.kept_records import blank_records
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.privacy.redaction import Redactor
from pipelines.program.model import Program
from pipelines.program.source import Source
from pipelines.settings import Settings


@dataclass(frozen=True)
class InStep:
    """What a pull of one source is in step with."""

    source: Source
    program: Program
    settings: Settings
    pseudonyms: Pseudonymizer
    upkeep: Upkeep
    redactor: Redactor | None

    @property
    def erased_under(self) -> str:
        """Mark of a batch without erased people and rows that are too old."""
        return self.upkeep.erased_under(self.source.name)

    @property
    def without(self) -> Without | None:
        """Takes such rows out of a frame; None: there are none."""
        return self.upkeep.without(self.source.name) if self.erased_under else None


def begin(
    source: Source,
    program: Program,
    settings: Settings,
    pseudonyms: Pseudonymizer,
    pull_for_names: Callable[[Source, Program, Settings, Pseudonymizer], object] | None,
) -> InStep:
    """What is known before a source is pulled; names that other sources tell are pulled first.

    None: this source is itself pulled for its names. Comments it brings are redacted by what is
    known so far, and brought in step by its own pull.
    """
    erasures = read_erasures(settings, pseudonyms.secret)
    cutoff = first_day_kept(source.months_kept, dt.datetime.now(program.zone).date())
    upkeep = Upkeep(pseudonyms.secret, erasures, {source.name: cutoff} if cutoff else {})
    if source.comment is None:
        return InStep(source, program, settings, pseudonyms, upkeep, None)
    for other in program.sources:
        if pull_for_names and other.names and other.name != source.name:
            with suppress(CrossvoiceError):  # its own pull says what is wrong with it
                pull_for_names(other, program, settings, pseudonyms)
    redactor = known_redactor(program, settings, pseudonyms)
    return InStep(source, program, settings, pseudonyms, _redacting(upkeep, redactor), redactor)


def catch_up(this: InStep) -> None:
    """Bring every batch of the source in step, those of files read long ago too."""
    upkeep, folder = this.upkeep, this.settings.landing
    if this.redactor is not None and this.source.names:  # names that its own files brought
        redactor = known_redactor(this.program, this.settings, this.pseudonyms)
        upkeep = _redacting(upkeep, redactor)
    batches = landing.all_batches(folder, this.source.name)
    if any(batch.erased_under != this.erased_under for batch in batches):
        blank_records(this.settings)  # first: a kill after the rows went would leave them there
    n_erased = bring_up_to_date(folder, batches, upkeep)
    if n_erased:
        today = dt.datetime.now(this.program.zone).date()
        entry = {"day": str(today), "what": "retention", "source": this.source.name}
        add_to_trail(this.settings, {**entry, "rows_erased": n_erased})


def known_redactor(program: Program, settings: Settings, pseudonyms: Pseudonymizer) -> Redactor:
    """The redactor of a program, with the keyed hashes of every name landed so far."""
    files = [
        file
        for source in program.sources
        if source.names
        for manifest in batches_in_use(settings.landing, source.name)
        if manifest.secret_id == pseudonyms.secret.id
        and (file := batch_file(settings.landing, manifest, NAMES.name)).exists()
    ]
    keys = {key for file in files for key in pl.read_parquet(file)["name_key"]}
    declared = program.privacy.redaction
    initials = any(source.initials for source in program.sources)
    return Redactor(pseudonyms, keys, declared.codes, declared.words, initials=initials)


def _redacting(upkeep: Upkeep, redactor: Redactor) -> Upkeep:
    return replace(upkeep, redact_again=redactor.again, redaction_id=redactor.id)
