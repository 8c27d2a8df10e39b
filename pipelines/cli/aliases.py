"""`crossvoice aliases`: what did not match on either side, proposals, and their approval.

What belongs here: the listing and the decisions of a person. What does not: likeness (unmatched)
and the file approvals are kept in (program.aliases).
"""

from __future__ import annotations

import datetime as dt
import getpass
import sys
from collections.abc import Iterator, Sequence

import click

from pipelines import warehouse
from pipelines.errors import CrossvoiceError
from pipelines.linkage.wording import counted
from pipelines.program.aliases import Alias, add_aliases
from pipelines.program.reading import read_program
from pipelines.run_lock import lock_holder
from pipelines.settings import Settings, load_settings
from pipelines.unmatched import Unmatched, unmatched_names

BEHIND = {"employee": "employee", "customer": "event"}


def review_aliases(
    program: str | None,
    approve: Sequence[str],
    approve_above: float | None,
    by: str | None,
    limit: int,
) -> None:
    """List what did not match; approve what is asked for. A wrong name is a CrossvoiceError."""
    settings = load_settings(program)
    declared = read_program(settings.program_folder)
    found = _look(settings)
    who, today = by or getpass.getuser(), dt.datetime.now(declared.zone).date()
    approved = [_named(text, found) for text in approve]
    if approve_above is not None:
        approved += _by_score(found, approve_above)
    if not approved:
        _show(found, limit)
        if sys.stdin.isatty() and sys.stdout.isatty():
            approved = list(_asked(found))
    if approved:
        _write(settings, [Alias(level, name, unit, who, today) for level, name, unit in approved])


def _look(settings: Settings) -> list[Unmatched]:
    if lock_holder(settings.lock) is not None:
        raise CrossvoiceError(
            "A run of this program is under way.", where=str(settings.lock), mend="wait for its end"
        )
    if settings.warehouse.exists():
        with warehouse.connect(settings.warehouse) as con:
            if warehouse.has_table(con, "intermediate.int_ticket_groups_resolved"):
                return unmatched_names(con)
    raise CrossvoiceError(
        "No names have been looked up yet.", where=str(settings.warehouse), mend="crossvoice run"
    )


def _show(found: Sequence[Unmatched], limit: int) -> None:
    if not found:
        click.echo("Every name of both voices found its unit.")
        return
    for voice in ("employee", "customer"):
        names = [name for name in found if name.voice == voice]
        if not names:
            continue
        weight = sum(name.weight for name in names)
        behind = counted(weight, BEHIND[voice])
        them = "it" if len(names) == 1 else "them"
        click.echo(f"{voice} side: {counted(len(names), 'name')}, {behind} behind {them}")
        for name in names[:limit]:
            click.echo(_line(name))
        if len(names) > limit:
            click.echo(f"  ... and {len(names) - limit:,} more (--limit)")
    click.echo('approve with --approve "A=B" or --approve-above 0.95; nothing is applied before')


def _line(name: Unmatched) -> str:
    why = {"ambiguous": ", stands for several", "one_sided": ", only this side names it"}
    spelt = f", {name.n_spellings} spellings" if name.n_spellings > 1 else ""
    head = (
        f"  {name.unit_level:12} {name.reference!r}: {counted(name.weight, BEHIND[name.voice])}"
        f"{spelt}{why.get(name.problem, '')}"
    )
    if not name.proposals:
        return f"{head}\n  {'':12}   no name is like it"
    return "\n".join([head, *(
        f"  {'':12}   {p.score:.2f}  {p.unit_ref}"
        + (f" ({p.unit_name})" if p.unit_name != p.unit_ref else "")
        for p in name.proposals
    )])  # fmt: skip


def _named(text: str, found: Sequence[Unmatched]) -> tuple[str, str, str]:
    """Level, name and unit of `A=B`, where A did not match."""
    name, separator, unit = (part.strip() for part in text.partition("="))
    if not (separator and name and unit):
        raise CrossvoiceError(f"{text!r} is no approval.", mend='write --approve "name=unit code"')
    known = [u for u in found if u.reference == name]
    if not known:
        names = ", ".join(repr(u.reference) for u in found[:10]) or "none"
        raise CrossvoiceError(f"{name!r} is not among the names without a unit.",
                              mend=f"one of: {names}")  # fmt: skip
    return known[0].unit_level, name, unit


def _by_score(found: Sequence[Unmatched], limit: float) -> list[tuple[str, str, str]]:
    if not 0.5 <= limit <= 1:
        raise CrossvoiceError(
            f"A score of {limit:g} approves too much or nothing.", mend="give one from 0.5 to 1"
        )
    return [
        (name.unit_level, name.reference, name.best.unit_ref)
        for name in found
        if name.best is not None and name.best.score >= limit
    ]


def _asked(found: Sequence[Unmatched]) -> Iterator[tuple[str, str, str]]:
    """What a person at the terminal approves, name by name."""
    for name in found:
        if not name.proposals:
            continue
        choices = {str(i): p for i, p in enumerate(name.proposals, start=1)}
        offered = ", ".join(f"{i} {p.unit_ref} ({p.score:.2f})" for i, p in choices.items())
        answer = click.prompt(
            f"{name.reference!r} is: {offered}, n none of them, q stop",
            type=click.Choice([*choices, "n", "q"]), default="n", show_choices=False,
        )  # fmt: skip
        if answer == "q":
            return
        if answer in choices:
            yield name.unit_level, name.reference, choices[answer].unit_ref


def _write(settings: Settings, approved: list[Alias]) -> None:
    with warehouse.connect(settings.warehouse) as con:
        known = set(con.sql(
            "select distinct unit_level, canonical_ref from"
            " intermediate.int_unit_references_resolved where canonical_ref is not null"
        ).fetchall())  # fmt: skip
    for alias in approved:
        level = "team" if alias.alias_level == "ticket_group" else alias.alias_level
        if (level, alias.unit_ref) not in known:
            units = sorted(unit for kind, unit in known if kind == level)
            raise CrossvoiceError(
                f"There is no {level} {alias.unit_ref!r}; nothing was approved.",
                mend=f"one of: {', '.join(units[:20])}{' ...' if len(units) > 20 else ''}",
            )
    path = add_aliases(settings.program_folder, approved)
    click.echo(f"approved by {approved[0].approved_by}, written to {path}:")
    for alias in approved:
        click.echo(f"  {alias.alias_level:12} {alias.alias!r} = {alias.unit_ref}")
    click.echo("  the next run uses them: crossvoice run")
