"""`crossvoice status`: the last release, the sources, what was rejected and why."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections import Counter
from collections.abc import Iterator

import click
import duckdb
import polars as pl

from data_checks.results import not_met
from pipelines import landing, warehouse
from pipelines.connectors.rejects import PLANNED
from pipelines.connectors.renames import taken_for_earlier
from pipelines.contract import REJECT_REASONS
from pipelines.idle_aliases import idle_aliases
from pipelines.linkage.wording import counted
from pipelines.org_findings import FINDINGS, org_findings
from pipelines.program.aliases import read_aliases
from pipelines.program.model import Program
from pipelines.program.reading import read_program
from pipelines.program.source import Source
from pipelines.publishing.release import current_release, last_publication
from pipelines.run_lock import lock_holder
from pipelines.settings import Settings, load_settings
from pipelines.unmatched import count_by_voice, coverage
from pipelines.unused import Unused, unjoined_locations, unused_rows


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
            f"  {counted(publication['n_cells'], 'cell')}, "
            f"{publication['n_cells_hidden']:,} of them hidden"
        )
    if holder is None:
        _show_coverage(settings, declared)
    _show_unmet(settings)
    click.echo("sources")
    for source in declared.sources:
        _show_source(source, settings)


def _show_coverage(settings: Settings, declared: Program) -> None:
    """How far each voice reaches units, and what the organisation's history holds against it."""
    if not settings.warehouse.exists():
        return
    today = dt.datetime.now(declared.zone).date()
    with warehouse.connect(settings.warehouse) as con:
        if not warehouse.has_table(con, "marts.attribution_summary"):
            return
        found, channels = (
            coverage(con, *by).rows(named=True) for by in (("voice",), ("voice", "channel"))
        )
        unused = {counts.voice: counts for counts in unused_rows(con)}
        suspects, reworded = _suspects(con), _reworded(con)
        findings = org_findings(con, today).rows(named=True)
        n_names = count_by_voice(con)
        idle = idle_aliases(con, read_aliases(settings.program_folder), declared)
        unjoined = unjoined_locations(con)
    _show_voices(found, channels, unused, n_names)
    for line in [*idle, f"not used: {unjoined}"] if unjoined else idle:
        _detail(line)
    if suspects or findings:
        click.echo("organisation")
    for line in suspects:
        _detail(line)
    for row in findings:
        _detail(
            f"{row['source']}: {row['n_rows']:,} x {row['finding']}: {FINDINGS[row['finding']]} "
            f"(first: {row['input']} record {row['record_number']})"
        )
    if reworded:
        click.echo("items asked in several wordings")
    for line in reworded:
        _detail(line)


def _show_voices(
    found: list[dict], channels: list[dict], unused: dict[str, Unused], n_names: dict[str, int]
) -> None:
    """The share of each voice that reaches units, the channels that lose some, what is not used."""
    click.echo("coverage in the last run")
    for row in found:
        click.echo(f"  {row['voice']}")
        _detail(
            f"{row['n_rows']:,} answers and scores: {row['in_unit_share']:.1%} reach a unit, "
            f"{_in_part(row)}{row['unattributed_share']:.1%} no unit, team or location"
        )
        lost = [c for c in channels if c["voice"] == row["voice"] and c["unattributed_share"] > 0]
        if lost:
            shares = ", ".join(f"{c['channel']} {c['unattributed_share']:.1%}" for c in lost)
            _detail(f"by channel, no unit, team or location: {shares}")
        for line in _unused(unused.get(row["voice"])):
            _detail(line)
        _say_unmatched(n_names.get(row["voice"], 0))
    # nobody has answered in a period: a staff list may name places, answers may be of other days
    for voice in sorted((n_names.keys() | unused.keys()) - {row["voice"] for row in found}):
        click.echo(f"  {voice}")
        for line in _unused(unused.get(voice)):
            _detail(line)
        _say_unmatched(n_names.get(voice, 0))


def _say_unmatched(n_names: int) -> None:
    if n_names:
        _detail(f"not matched: {counted(n_names, 'name')}, see `crossvoice aliases`")


def _in_part(row: dict) -> str:
    """The share that is of no unit, but of one of the two that make one."""
    share = 1 - row["in_unit_share"] - row["unattributed_share"]
    return f"{share:.1%} a team or location only, " if share >= 0.0005 else ""


def _unused(counts: Unused | None) -> Iterator[str]:
    if counts is None:
        return
    if counts.n_earlier:
        elsewhere = (
            f", {counts.n_elsewhere:,} of another place: does the source give each id once only?"
            if counts.n_elsewhere
            else ""
        )
        said = "replaced by a later version of the same answer or score"
        yield f"{said}: {counts.n_earlier:,}{elsewhere}"
    if counts.n_outside:
        yield f"outside of every period: {counts.n_outside:,}"


def _detail(text: str) -> None:
    """A line of its own that goes on under itself at the width of a terminal."""
    click.echo(textwrap.fill(
        text, 79, initial_indent=" " * 4, subsequent_indent=" " * 6, break_on_hyphens=False,
    ))  # fmt: skip


def _show_unmet(settings: Settings) -> None:
    """Checks that did not hold in the last run, with what each means."""
    found = not_met(settings.logs / "checks")
    if found:
        click.echo("checks that are not met")
    for sentence in found:
        _detail(sentence)


def _suspects(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Units that may have been reorganised without a word, with what speaks for it."""
    if not warehouse.has_table(con, "marts.reorganisation_suspects"):
        return []
    found = con.sql("from marts.reorganisation_suspects where not is_declared order by all").pl()
    return [
        f"{r['from_unit_id']} (until {r['last_period_id']}) may be {r['to_unit_id']} "
        f"(from {r['first_period_id']}): {r['n_people_shared']} of {r['n_people_before']} people, "
        f"{r['voice']} side"
        for r in found.iter_rows(named=True)
    ]


def _reworded(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Items that were asked in several wordings, with the days and answers of each."""
    if not warehouse.has_table(con, "intermediate.int_item_wordings"):
        return []
    found = con.sql(
        "from intermediate.int_item_wordings where n_wordings > 1"
        " order by survey, item_code, wording_number"
    ).pl()
    return [
        f"{r['survey']} {r['item_code']}: {r['wording'][:60]!r}, {r['first_answered']} to "
        f"{r['last_answered']}, {counted(r['n_answers'], 'answer')}"
        for r in found.iter_rows(named=True)
    ]


def _show_source(source: Source, settings: Settings) -> None:
    state = landing.read_state(settings.landing, source.name)
    manifests = landing.batches_in_use(settings.landing, source.name)
    stale = click.style("  STALE: the last pull failed", fg="yellow") if state.is_stale else ""
    click.echo(f"  {source.name}{stale}")
    if not manifests:
        _detail("not landed yet")
        return
    read, kept = (sum(getattr(m, c) for m in manifests) for c in ("rows_read", "rows_kept"))
    rejects = _rejects(settings, manifests)
    planned = sum(rows for (reason, _), rows in rejects.items() if reason in PLANNED)
    left_out = f"{planned:,} left out, " if planned else ""
    _detail(
        f"{counted(len(state.inputs), 'input')}, {counted(read, 'row')} read, {kept:,} kept, "
        f"{left_out}{read - kept - planned:,} rejected"
    )
    if replaced := taken_for_earlier(state):
        _detail(replaced)
    for (reason, column), rows in rejects.most_common():
        where = f" in {column!r}" if column else ""
        _detail(f"{rows:,} x {reason}{where}: {REJECT_REASONS[reason]}")


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
