"""The command line: names, options and exit codes.

What belongs here: the commands and how errors are shown. What does not: what a command does; each
has its own module, imported only when it is called, so that help is there at once.

Exit codes: 0 done or nothing to do, 1 the run failed or a check stopped it, 2 the user's input
cannot be used.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

import click

from pipelines.errors import CrossvoiceError

PROGRAM = click.option(
    "--program",
    metavar="NAME|FOLDER",
    help="A program under programs/, or any folder with a program.yaml. "
    "Default: CROSSVOICE_PROGRAM, else the demo company.",
)

AUDIENCES = ("shared", "hr", "cx")
NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENOTDIR)


def _tell(error: CrossvoiceError) -> None:
    click.echo(click.style("Error: ", fg="red", bold=True) + error.text(), err=True)


class Commands(click.Group):
    """Shows a user's mistake, or a disk that cannot be used, as its message, not as a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a CrossvoiceError ends with code 2."""
        try:
            return super().invoke(ctx)
        except CrossvoiceError as error:
            _tell(error)
        except OSError as error:
            if error.errno not in NOT_WRITABLE:
                raise
            _tell(CrossvoiceError(
                f"A file cannot be used: {error.strerror}.",
                where=str(error.filename or ""),
                mend="make the folder writable or free space, or set CROSSVOICE_HOME to another",
            ))  # fmt: skip
        return ctx.exit(2)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order people need them."""
        return list(self.commands)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="crossvoice", prog_name="crossvoice")
def main() -> None:
    """Does employee satisfaction track customer satisfaction, where, how much, how sure are we?

    Reads employee surveys and customer feedback as a program declares them, joins them by team and
    location, checks them, and publishes what may be shown.
    """
    os.umask(0o077)  # whatever a command writes is for its owner


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...",
                type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), default="my_program",
              show_default=True, help="Folder of the new program.")  # fmt: skip
def init(files: tuple[Path, ...], into: Path) -> None:
    """Write a program for files: employee survey, customer feedback, HR list.

    Guesses what every column is, says why in comments, and writes each doubt as a question.
    """
    from pipelines.cli.init import write_program  # noqa: PLC0415

    write_program(list(files), into)


@main.command()
@PROGRAM
def check(program: str | None) -> None:
    """Say whether a program can run, without running it."""
    from pipelines.cli.check import check_program  # noqa: PLC0415 - see the module's contract

    check_program(program)


@main.command()
@PROGRAM
@click.option("--force", is_flag=True, help="Run even if nothing is new since the last release.")
@click.pass_context
def run(ctx: click.Context, program: str | None, force: bool) -> None:
    """Run the whole pipeline and release what may be shown."""
    from pipelines.cli.run import run_program  # noqa: PLC0415

    ctx.exit(run_program(program, force=force))


@main.command()
@click.argument("estimand")
@click.option("--x", "x_metric", help="Employee metric of a declared pair. Default: the primary.")
@click.option("--y", "y_metric", help="Customer metric of a declared pair. Default: the primary.")
@click.option("--window", help="`pooled` or the id of a period. Default: the primary's window.")
@PROGRAM
def estimate(
    estimand: str,
    x_metric: str | None,
    y_metric: str | None,
    window: str | None,
    program: str | None,
) -> None:
    """Answer one question from the last run's panel: between, within, lag, ...

    Shown and rounded as in a release; nothing is written. A question asked here belongs to no
    family of tests, so its q equals its p.
    """
    from pipelines.cli.estimate import show_estimate  # noqa: PLC0415

    show_estimate(program, estimand, x_metric, y_metric, window)


@main.command()
@PROGRAM
def status(program: str | None) -> None:
    """Show the last release, the sources and what was rejected."""
    from pipelines.cli.status import show_status  # noqa: PLC0415

    show_status(program)


@main.command()
@PROGRAM
@click.option("--audience", type=click.Choice(AUDIENCES), default="shared", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="Write it anew to this file, with the words as they are now.")  # fmt: skip
@click.option("--open", "browse", is_flag=True, help="Open it in the browser.")
def report(program: str | None, audience: str, out: Path | None, browse: bool) -> None:
    """Say where the report of the last release is, or make it anew."""
    from pipelines.cli.report import show_report  # noqa: PLC0415

    show_report(program, audience, out, browse=browse)


@main.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True))
@PROGRAM
@click.pass_context
def audit(ctx: click.Context, folder: Path | None, program: str | None) -> None:
    """Attack a release: try to work out what it hides from everything published.

    FOLDER is a release; without it, the candidate of a run that was stopped, else the current
    release. Ends with code 1 when something hidden can be placed more narrowly than promised.
    """
    from pipelines.cli.audit import audit_program  # noqa: PLC0415

    ctx.exit(audit_program(program, folder))


@main.command()
@PROGRAM
@click.option("--audience", type=click.Choice(AUDIENCES), default="shared", show_default=True)
@click.option("--port", default=8501, show_default=True, help="Port on this machine.")
@click.pass_context
def explore(ctx: click.Context, program: str | None, audience: str, port: int) -> None:
    """Explore the last release in the browser: estimates, units, read-only SQL."""
    from pipelines.cli.explore import explore as serve_explorer  # noqa: PLC0415

    ctx.exit(serve_explorer(program, audience, port))


@main.command()
@PROGRAM
@click.option("--approve", multiple=True, metavar='"A=B"', help="Name A stands for unit B.")
@click.option("--approve-above", type=float, metavar="SCORE", help="Approve every proposal at or "
              "above this score that has no rival; shows what it writes.")  # fmt: skip
@click.option("--by", help="Who approves. Default: the user of this machine.")
@click.option("--limit", default=20, show_default=True, help="Names shown a side.")
def aliases(
    program: str | None, approve: tuple[str, ...], approve_above: float | None, by: str | None,
    limit: int,
) -> None:  # fmt: skip
    """List names of either voice that found no unit, and approve what they stand for.

    Names are listed with the responses or events behind them and the units whose names are most
    alike. Nothing is applied without approval; approvals are kept in aliases.csv of the program,
    with who and when. At a terminal each name is asked about in turn.
    """
    from pipelines.cli.aliases import review_aliases  # noqa: PLC0415

    review_aliases(program, approve, approve_above, by, limit)


@main.command()
@click.argument("who", metavar="KIND:IDENTIFIER|FILE|-")
@click.option("--remove-releases", is_flag=True, help="Also remove every release made so far.")
@click.option("--later", is_flag=True, help="Leave it to the next run to release what is left.")
@PROGRAM
@click.pass_context
def forget(
    ctx: click.Context, program: str | None, who: str, *, remove_releases: bool, later: bool
) -> None:
    """Erase people from all that is kept, for good, and release what is left.

    WHO is such as email:anna@example.org, a file with one of these a line, or - for standard input
    (which keeps identifiers out of the shell's history).
    """
    from pipelines.cli.forget import forget_people  # noqa: PLC0415

    ctx.exit(forget_people(program, who, remove_releases=remove_releases, later=later))


@main.group()
def secret() -> None:
    """Look after the pseudonym secret."""


@secret.command()
@click.option("--rekey", "mode", flag_value="rekey", help="People keep meeting themselves.")
@click.option("--sever", "mode", flag_value="sever", help="Nothing of before can be joined.")
@click.option("--drop-erasures", is_flag=True, help="With --sever: give up the list of erasures.")
@PROGRAM
def rotate(mode: str | None, drop_erasures: bool, program: str | None) -> None:
    """Use another secret: a new one is made, or CROSSVOICE_SECRET is taken.

    Re-keying with CROSSVOICE_SECRET needs the old one in CROSSVOICE_SECRET_BEFORE.
    """
    from pipelines.cli.secret import rotate_secret  # noqa: PLC0415

    if mode not in ("rekey", "sever"):
        raise click.UsageError("choose --rekey or --sever")
    rotate_secret(program, mode, drop_erasures=drop_erasures)


@main.command()
@PROGRAM
@click.option("--port", default=3000, show_default=True, help="Port on this machine.")
@click.option("--environment", is_flag=True, help="Only print it, for Dagster's own commands.")
def dev(program: str | None, port: int, environment: bool) -> None:
    """Serve the Dagster UI of a program on this machine."""
    from pipelines.cli.dev import print_environment, serve  # noqa: PLC0415

    if environment:
        print_environment(program)
    else:
        serve(program, port)


@main.command()
def schema() -> None:
    """Print the JSON Schema of program.yaml, for editors."""
    import json  # noqa: PLC0415

    from pipelines.program.reading import program_schema  # noqa: PLC0415

    click.echo(json.dumps(program_schema(), indent=2))


@main.command()
@PROGRAM
@click.pass_context
def doctor(ctx: click.Context, program: str | None) -> None:
    """Look at the machine and the installation, and say what to mend."""
    from pipelines.cli.doctor import examine  # noqa: PLC0415

    ctx.exit(examine(program))


@main.command()
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write. Default: the demo "
              "program's own, var/demo/company.")  # fmt: skip
@click.option("--seed", default=7, show_default=True)
@click.option("--feedback-rows", type=int, help="Grow to about this many feedback events.")
@click.option("--survey-rows", type=int, help="Grow to about this many item answers.")
@click.option("--if-missing", is_flag=True, help="Do nothing if the folder is there already.")
def demo(
    out: Path | None,
    seed: int,
    feedback_rows: int | None,
    survey_rows: int | None,
    if_missing: bool,
) -> None:
    """Generate the made-up company the demo program reads."""
    from pipelines.cli.demo import generate_company  # noqa: PLC0415

    generate_company(out, seed, feedback_rows, survey_rows, if_missing=if_missing)


if __name__ == "__main__":
    main()
