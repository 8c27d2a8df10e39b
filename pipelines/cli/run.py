"""`crossvoice run`: the whole pipeline as one Dagster job in this process, shown as it goes.

What belongs here: the decision to run, the order of lock, run and card. What does not: what the
stages do (defs) and how progress looks (cli.progress). Dagster is imported only once it is certain
that there is something to do.
"""

from __future__ import annotations

import time

import click

from pipelines.cli.demo import require_company
from pipelines.fingerprint import Basis, fingerprint, read_basis
from pipelines.privacy.secret import SECRET_FILE, Secret
from pipelines.program.open_questions import in_number, questions_of
from pipelines.publishing.layout import CARD, CURRENT, DATABASE
from pipelines.publishing.release import current_release, last_publication
from pipelines.run_start import alone
from pipelines.settings import Settings, load_settings, quiet_libraries


def run_program(program: str | None, *, force: bool) -> int:
    """Run a program; returns the exit code."""
    start = time.perf_counter()
    settings = load_settings(program)
    require_company(settings)
    basis = read_basis(settings)
    last = last_publication(settings)
    now = fingerprint(basis, settings)
    if last is not None and last["fingerprint"] == now.whole and not force:
        click.echo(f"Nothing new since release {last['release_id']}.")
        click.echo(f"  {current_release(settings)}")
        click.echo("  run with --force to run anyway")
        _say_what_is_open(settings)
        return 0
    quiet_libraries(settings)
    with alone(settings) as secret:
        _say_where_the_secret_is(settings, secret)
        from pipelines.cli.execution import execute  # noqa: PLC0415 - imports Dagster

        outcome = execute(settings, basis.program.title)
    if not outcome.succeeded:
        _say_what_failed(settings, outcome.problems)
        return 1
    _show_card(settings, time.perf_counter() - start, basis)
    _say_what_is_open(settings)
    return 0


def _say_what_is_open(settings: Settings) -> None:
    """One line where the program still holds guesses of `init` that nobody has confirmed."""
    if asked := questions_of(settings.program_folder):
        click.echo(f"Not answered: {in_number(asked)}, see `crossvoice check`")


def _say_where_the_secret_is(settings: Settings, secret: Secret) -> None:
    if secret.is_new:
        click.echo(f"A pseudonym secret was made: {settings.keep / SECRET_FILE}")
        click.echo(
            "  Back this file up, apart from the landing folder. Without it the landed\n"
            "  rows cannot be joined with new ones."
        )


def _say_what_failed(settings: Settings, problems: list[str]) -> None:
    click.echo(click.style("\nThe run failed.", fg="red", bold=True), err=True)
    for problem in problems:
        click.echo(f"\n{problem}", err=True)
    released = current_release(settings)
    click.echo(
        f"\nThe last release is untouched: {released}" if released
        else "\nNothing was released.",
        err=True,
    )  # fmt: skip


def _show_card(settings: Settings, seconds: float, basis: Basis) -> None:
    release = current_release(settings)
    assert release is not None  # the run has just released it
    click.echo()
    click.echo((release / CARD).read_text())
    click.echo(f"Published in {seconds:.0f} s:")
    click.echo(f"  {settings.published / CURRENT / 'report.html'}")
    for audience in ("shared", "hr", "cx"):
        click.echo(f"  {settings.published / CURRENT / audience / DATABASE}")
    _say_what_waits(settings, basis)


def _say_what_waits(settings: Settings, basis: Basis) -> None:
    """What the release leaves to somebody: periods under way, names to settle, warnings to read."""
    from data_checks.results import not_met  # noqa: PLC0415 - imports the suites
    from pipelines import warehouse  # noqa: PLC0415 - imports the data libraries
    from pipelines.idle_aliases import idle_aliases  # noqa: PLC0415
    from pipelines.linkage.wording import counted  # noqa: PLC0415
    from pipelines.unmatched import count_unmatched  # noqa: PLC0415
    from pipelines.unused import unjoined_locations  # noqa: PLC0415

    with warehouse.connect(settings.warehouse) as con:
        n_names = count_unmatched(con)
        under_way = con.execute(
            "select period_id from marts.periods where not is_closed"
            " and period_start <= ? order by period_index",
            [basis.today],
        ).fetchall()
        idle = idle_aliases(con, basis.aliases, basis.program)
        unjoined = unjoined_locations(con)
    for (period,) in under_way:
        click.echo(f"Not linked yet: {period}, which has not ended")
    if n_names:
        click.echo(f"Not matched: {counted(n_names, 'name')}, see `crossvoice aliases`")
    for line in [*idle, unjoined] if unjoined else idle:
        click.echo(f"Not used: {line}")
    if unmet := not_met(settings.logs / "checks"):
        click.echo(f"Not met: {counted(len(unmet), 'check')}, see `crossvoice status`")
