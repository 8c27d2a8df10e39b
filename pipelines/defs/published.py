"""Published: the candidate, and its release once every check of the run has been evaluated."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
import duckdb
import polars as pl

from data_checks.registry import all_suites
from data_checks.results import unfit
from pipelines import models, warehouse
from pipelines.defs.common import (
    OWNERS,
    RELEASE,
    ProgramResource,
    Stopwatch,
    row_count,
    step_errors,
)
from pipelines.defs.completeness import makes_all_it_uses, missing_events, plans_checks
from pipelines.errors import ReleaseError
from pipelines.fingerprint import fingerprint
from pipelines.linkage.companions import COMPANION_SCHEMAS
from pipelines.privacy.atoms import Places
from pipelines.privacy.kept_records import keep_record, remove_other_records
from pipelines.privacy.mask import MASK_INPUTS
from pipelines.privacy.records import release_record
from pipelines.program.model import Program
from pipelines.publishing.audiences import PUBLISHED_TABLES
from pipelines.publishing.candidate import build_candidate, candidate_counts
from pipelines.publishing.layout import CANDIDATE, RELEASES
from pipelines.publishing.ledger import hidden_by_reason, record_publication
from pipelines.publishing.publication import publication_row
from pipelines.publishing.release import candidate_publication, release_candidate
from pipelines.publishing.sources import SourceRows, source_rows
from pipelines.settings import Settings

CHECKED_ALONE = [
    *(["raw", name] for name in ("actions", "feedback_touches", "ingest_batches", "outcomes")),
    ["raw", "rejected_rows"],
    ["marts", "reorganisation_suspects"],
]
"""Tables that nothing published is made from: their checks stop a release all the same."""
INPUTS = [
    ["intermediate", "int_question_scales"],
    ["linkage", "linkage_estimates"],
    ["linkage", "linkage_guards"],
    *(["linkage", name] for name in COMPANION_SCHEMAS),
    ["marts", "linkage_panel"],
    ["marts", "unit_period_scores"],
    ["marts", "unit_restatements"],
    ["marts", "unit_period_metrics"],
    ["marts", "unit_period_participation"],
    ["marts", "attribution_summary"],
    ["marts", "unit_period_comments"],
    ["marts", "publication_mask"],
    ["marts", "dim_units"],
    ["marts", "dim_teams"],
    ["marts", "dim_locations"],
    ["marts", "dim_metrics"],
    ["marts", "periods"],
]
AUDITED = dg.AssetCheckKey(
    dg.AssetKey(["published", "publication"]), "nothing_hidden_can_be_worked_out"
)


@dg.multi_asset(
    name="candidate",
    specs=[
        dg.AssetSpec(
            ["published", name],
            deps=INPUTS,
            group_name="published",
            owners=OWNERS,
            kinds={"duckdb", "parquet"},
            description=f"Candidate of the published table {name}, not yet released.",
        )
        for name in PUBLISHED_TABLES
    ],
)
def candidate_assets(
    context: dg.AssetExecutionContext, program: ProgramResource
) -> Iterator[dg.MaterializeResult]:
    """Write everything a release would hold."""
    watch = Stopwatch()
    basis, settings = program.basis(), program.settings()
    started = dt.datetime.now(dt.UTC)
    with step_errors(), program.warehouse() as con:
        made = fingerprint(basis, settings, landed=True)
        if not makes_all_it_uses(context):
            made = made.of_parts(context.run_id)
        publication = publication_row(con, basis.program, made, context.run_id, started)
        rows = build_candidate(con, settings, publication, models.column_texts("marts"))
    _write_pages(basis.program, settings)
    for name in PUBLISHED_TABLES:
        yield dg.MaterializeResult(
            asset_key=["published", name], metadata=watch.metadata(**row_count(rows[name]))
        )


def _write_pages(declared: Program, settings: Settings) -> None:
    from pipelines.report.release_pages import write_pages  # noqa: PLC0415 - a second

    report = declared.report
    write_pages(settings.published / CANDIDATE, report.language, report.labels, models.manifest())


def _write_quality(
    declared: Program, settings: Settings, sources: Sequence[SourceRows]
) -> None:
    from pipelines.report.release_pages import write_quality  # noqa: PLC0415 - a second

    write_quality(
        settings.published / CANDIDATE, settings.logs / "checks", declared.report.language,
        declared.title, sources,
    )  # fmt: skip


def _record(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Every cell the candidate was made from."""
    cells, participation, units, locations = (
        warehouse.read_table(con, f"marts.{name}") for name in MASK_INPUTS
    )
    mask = warehouse.read_table(con, "marts.publication_mask")
    return release_record(cells, mask, Places.of(units, locations), participation)


def _refuse_small_counts(settings: Settings) -> None:
    """The page on data quality is written after the audit, so it is looked at on its own."""
    from pipelines.audit.files import quality_findings  # noqa: PLC0415 - SciPy takes half a second

    found = quality_findings(settings.published / CANDIDATE)
    if found:
        raise ReleaseError(
            f"The page on data quality tells too much: {found[0]}",
            mend="this is a mistake of Crossvoice, not of the data; the last release is untouched",
        )


def _refuse_unchecked(
    context: dg.AssetExecutionContext, publication: Mapping[str, Any], settings: Settings
) -> None:
    """A candidate of another run may have failed its checks; a run may be asked for none or few."""
    checks = [AUDITED, *(
        dg.AssetCheckKey(dg.AssetKey([suite.schema, suite.table]), check.name)
        for suite in all_suites() if suite.schema == "published" for check in suite.checks
    )]  # fmt: skip
    if publication["run_id"] != context.run_id or not plans_checks(context, checks):
        raise ReleaseError(
            "This run has not made and checked the candidate, which may have failed before.",
            where=str(settings.published / CANDIDATE),
            mend="start the job stage_published or everything; the last release is untouched",
        )
    # stages made one by one: Dagster stops nothing for a check that failed in another run
    if found := unfit(settings.logs / "checks", all_suites()):
        raise ReleaseError(
            "An earlier stage did not pass its checks: " + " ".join(found[:3]),
            mend="mend it and start the job everything; the last release is untouched",
        )


@dg.asset_check(
    asset=["published", "publication"],
    name=AUDITED.name,
    blocking=True,
    additional_deps=[["published", name] for name in PUBLISHED_TABLES if name != "publication"],
    description="The attacker read the candidate and every earlier release, and could not place a "
    "hidden value more narrowly than promised.",
)
def audit_check(program: ProgramResource) -> dg.AssetCheckResult:
    """Attack the candidate; any finding stops its release."""
    from pipelines.audit.report import audit_release  # noqa: PLC0415 - SciPy takes half a second

    settings = program.settings()
    audit = audit_release(settings.published / CANDIDATE, settings.published / RELEASES)
    return dg.AssetCheckResult(
        passed=not audit.findings,
        severity=dg.AssetCheckSeverity.ERROR,
        description=audit.text,
        metadata={
            "cells": audit.n_cells,
            "cells_hidden": audit.n_hidden,
            "earlier_releases": audit.n_earlier,
            "findings": len(audit.findings),
        },
    )


@dg.asset(
    key=RELEASE,
    deps=[*(["published", name] for name in PUBLISHED_TABLES), *CHECKED_ALONE],
    group_name="published",
    owners=OWNERS,
    kinds={"duckdb", "parquet"},
    description="The release: the candidate made `current` by one rename, after every asset and "
    "check of the run has happened.",
)
def release_asset(
    context: dg.AssetExecutionContext, program: ProgramResource
) -> dg.MaterializeResult:
    """Release the candidate if the run has done all its work."""
    watch = Stopwatch()
    settings = program.settings()
    with step_errors():
        missing = missing_events(context.instance, context.run_id, but=RELEASE)
        if missing:
            raise ReleaseError(
                "The run has not done all it was asked to: " + ", ".join(missing) + ".",
                mend="look at the run's events; the last release is untouched",
            )
        publication = candidate_publication(settings)
        _refuse_unchecked(context, publication, settings)
        counts = candidate_counts(settings)
        with program.warehouse() as con:
            hidden, sources = hidden_by_reason(con), source_rows(con)
            record = _record(con)
        _write_quality(program.program(), settings, sources)
        _refuse_small_counts(settings)
        comments = program.program().privacy.thresholds.comments
        record_publication(settings, {**publication, "threshold_comments": comments}, hidden)
        remove_other_records(settings, {f.name for f in (settings.published / RELEASES).glob("*")})
        keep_record(settings, publication["release_id"], record)
        folder = release_candidate(settings)
    return dg.MaterializeResult(
        metadata=watch.metadata(
            release=folder.name,
            path=dg.MetadataValue.path(str(folder)),
            **{f"rows_{audience}": sum(found.values()) for audience, found in counts.items()},
        )
    )
