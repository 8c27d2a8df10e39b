"""`crossvoice status`: the last release, the sources, what was rejected and why."""

from __future__ import annotations

import datetime as dt
import json
import textwrap
from collections import Counter

import click
import duckdb
import polars as pl

from pipelines import landing, warehouse
from pipelines.connectors.rejects import PLANNED
from pipelines.contract import REJECT_REASONS
from pipelines.org_findings import FINDINGS, org_findings
from pipelines.program.reading import read_program
from pipelines.program.source import Source
from pipelines.publishing.release import current_release, last_publication
from pipelines.run_lock import lock_holder
from pipelines.settings import Settings, load_settings
from pipelines.unmatched import coverage


def show_status(program: str | None) -> None:
    """Print the state of a program."""
    settings = load_settings(program)
    declared = read_program(settings.program_folder)
    click.echo(click.style(declared.title, bold=True))
    holder = lock_holder(settings.lock)
    if holder is not None:
        click.echo(f"a run is under way (process {holder.get('process_id', 'unknown')})")
    publication = last_publication(settings)
    if publication is None:
        click.echo("nothing has been released yet: crossvoice run")
    else:
        click.echo(f"release {publication['release_id']}, made {publication['started_at']} UTC")
        click.echo(f"  {current_release(settings)}")
        click.echo(
            f"  {publication['n_cells']:,} cells, {publication['n_cells_hidden']:,} of them hidden"
        )
    if holder is None:
        _show_coverage(settings, dt.datetime.now(declared.zone).date())
    _show_unmet(settings)
    click.echo("sources")
    for source in declared.sources:
        _show_source(source, settings)


def _show_coverage(settings: Settings, today: dt.date) -> None:
    """How far each voice reaches units, and what the organisation's history holds against it."""
    if not settings.warehouse.exists():
        return
    with warehouse.connect(settings.warehouse) as con:
        if not warehouse.has_table(con, "marts.attribution_summary"):
            return
        found = coverage(con).rows(named=True)
        suspects = _suspects(con)
        findings = org_findings(con, today).rows(named=True)
    click.echo("coverage in the last run")
    for row in found:
        click.echo(
            f"  {row['voice']:24} {row['n_rows']:,} answers and scores: {row['in_unit_share']:.1%} "
            f"reach a unit, {row['unattributed_share']:.1%} no unit, team or location"
        )
        if row["unattributed_share"] > 0:
            click.echo(f"  {'':26} what did not match: crossvoice aliases")
    for line in suspects:
        click.echo(line)
    if findings:
        click.echo("history of the organisation")
    for row in findings:
        click.echo(_folded(
            f"{row['source']:24} {row['n_rows']:,} x {row['finding']}: {FINDINGS[row['finding']]} "
            f"(first: {row['input']} record {row['record_number']})"
        ))  # fmt: skip


def _folded(text: str) -> str:
    """A line that goes on under itself at the width of a terminal."""
    return textwrap.fill(text, 79, initial_indent="  ", subsequent_indent=" " * 29)


def _show_unmet(settings: Settings) -> None:
    """Checks that did not hold in the last run, with what each means."""
    files = sorted((settings.logs / "checks").glob("*.json"))
    every = [one for file in files for one in json.loads(file.read_text("utf-8"))]
    found = [one for one in every if one["outcome"] != "passed"]
    if found:
        click.echo("checks that are not met")
    for one in found:
        click.echo(
            textwrap.fill(one["sentence"], 79, initial_indent="  ", subsequent_indent="    ")
        )


def _suspects(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Units that may have been reorganised without a word, with what speaks for it."""
    if not warehouse.has_table(con, "marts.reorganisation_suspects"):
        return []
    found = con.sql("from marts.reorganisation_suspects order by all").pl()
    return [
        f"  {'':26} {r['from_unit_id']} (until {r['last_period_id']}) may be {r['to_unit_id']} "
        f"(from {r['first_period_id']}): {r['n_people_shared']} of {r['n_people_before']} people"
        for r in found.iter_rows(named=True)
    ]


def _show_source(source: Source, settings: Settings) -> None:
    state = landing.read_state(settings.landing, source.name)
    manifests = landing.batches_in_use(settings.landing, source.name)
    if not manifests:
        click.echo(f"  {source.name:24} not landed yet")
        return
    read, kept = (sum(getattr(m, c) for m in manifests) for c in ("rows_read", "rows_kept"))
    rejects = _rejects(settings, manifests)
    planned = sum(rows for (reason, _), rows in rejects.items() if reason in PLANNED)
    left_out = f"{planned:,} left out, " if planned else ""
    stale = click.style("  STALE: the last pull failed", fg="yellow") if state.is_stale else ""
    click.echo(
        f"  {source.name:24} {len(state.inputs)} inputs, {read:,} rows read, {kept:,} kept, "
        f"{left_out}{read - kept - planned:,} rejected{stale}"
    )
    for (reason, column), rows in rejects.most_common():
        where = f" in {column!r}" if column else ""
        click.echo(f"  {'':26} {rows:,} x {reason}{where}: {REJECT_REASONS[reason]}")


def _rejects(settings: Settings, manifests: list[landing.Manifest]) -> Counter:
    counts: Counter = Counter()
    for manifest in manifests:
        file = landing.batch_file(settings.landing, manifest, landing.REJECTS)
        if file.exists():
            found = (
                pl.scan_parquet(file).group_by("reason", "column_name").agg(pl.col("n_rows").sum())
            )
            for reason, column, rows in found.collect().iter_rows():
                counts[reason, column] += rows
    return counts
