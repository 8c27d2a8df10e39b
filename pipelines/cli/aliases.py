"""`crossvoice aliases`: what did not match on either side, proposals, and their approval.

What belongs here: the listing and the decisions of a person. What does not: likeness (unmatched)
and the file approvals are kept in (program.aliases).
"""

from __future__ import annotations

import datetime as dt
import getpass
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

import click

from pipelines import warehouse
from pipelines.errors import CrossvoiceError
from pipelines.idle_aliases import idle_aliases
from pipelines.linkage.wording import counted
from pipelines.program.aliases import Alias, add_aliases, read_aliases
from pipelines.program.model import Program
from pipelines.program.reading import read_program
from pipelines.run_lock import lock_holder
from pipelines.settings import Settings, load_settings
from pipelines.unit_references import reference_key
from pipelines.unmatched import Unmatched, likeness, unmatched_names

BEHIND = {"employee": "employee", "customer": "event"}
MOST_NAMES = 8
"""Names told where one was not known."""


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
    found, idle = _look(settings, declared)
    who, today = by or getpass.getuser(), dt.datetime.now(declared.zone).date()
    approved = [_named(text, found) for text in approve]
    if approve_above is not None:
        approved += _by_score(found, approve_above)
    if not approved:
        _show(found, limit, read_aliases(settings.program_folder))
        for line in idle:
            click.echo(line)
        if sys.stdin.isatty() and sys.stdout.isatty():
            approved = list(_asked(found))
    if approved:
        _write(settings, [Alias(level, name, unit, who, today) for level, name, unit in approved])


def _look(settings: Settings, declared: Program) -> tuple[list[Unmatched], list[str]]:
    """Names without a unit, and what aliases have no effect."""
    if lock_holder(settings.lock) is not None:
        raise CrossvoiceError(
            "A run of this program is under way.", where=str(settings.lock), mend="wait for its end"
        )
    if settings.warehouse.exists():
        with warehouse.connect(settings.warehouse) as con:
            if warehouse.has_table(con, "intermediate.int_ticket_groups_resolved"):
                idle = idle_aliases(con, read_aliases(settings.program_folder), declared)
                return unmatched_names(con), idle
    raise CrossvoiceError(
        "No names have been looked up yet.", where=str(settings.warehouse), mend="crossvoice run"
    )


def _show(found: Sequence[Unmatched], limit: int, approved: Sequence[Alias]) -> None:
    waiting = {(alias.alias_level, alias.alias): alias.unit_ref for alias in approved}
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
            click.echo(_line(name, waiting.get((name.unit_level, name.reference))))
        if len(names) > limit:
            click.echo(f"  ... and {len(names) - limit:,} more (--limit)")
    click.echo(
        'approve with --approve "name=unit", in any spelling, or --approve-above 0.95;\n'
        "nothing is applied before"
    )


def _line(name: Unmatched, approved: str | None) -> str:
    why = {"ambiguous": ", stands for several", "one_sided": ", only this side names it"}
    spelt = f", {name.n_spellings} spellings" if name.n_spellings > 1 else ""
    head = (
        f"  {name.unit_level:12} {name.reference!r}: {counted(name.weight, BEHIND[name.voice])}"
        f"{spelt}{why.get(name.problem, '')}"
    )
    if approved is not None:
        return f"{head}\n  {'':12}   approved as {approved}; the next run uses it"
    if not name.proposals:
        return f"{head}\n  {'':12}   no name is like it"
    return "\n".join([head, *(
        f"  {'':12}   {p.score:.2f}  {p.unit_ref}"
        + (f" ({p.unit_name})" if p.unit_name != p.unit_ref else "")
        for p in name.proposals
    )])  # fmt: skip


def _named(text: str, found: Sequence[Unmatched]) -> tuple[str, str, str]:
    """Level, name and unit of `A=B`, where A did not match in any of its spellings."""
    name, separator, unit = (part.strip() for part in text.partition("="))
    if not (separator and name and unit):
        raise CrossvoiceError(f"{text!r} is no approval.", mend='write --approve "name=unit"')
    known = [u for u in found if reference_key(u.reference, True) == reference_key(name, True)]
    if not known:
        names = ", ".join(_closest(name, [u.reference for u in found])) or "none"
        raise CrossvoiceError(f"{name!r} is not among the names without a unit; nothing was "
                              "approved.", mend=f"one of: {names}")  # fmt: skip
    return known[0].unit_level, known[0].reference, unit


def _closest(name: str, known: Sequence[str]) -> list[str]:
    """The known names, most alike first."""
    return sorted(known, key=lambda each: (-likeness(name, each), each))[:MOST_NAMES]


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
        spelt = con.sql(
            "select distinct unit_level, reference, canonical_ref from"
            " intermediate.int_unit_references_resolved where canonical_ref is not null"
        ).fetchall()  # fmt: skip
    settled = [replace(alias, unit_ref=_unit(alias, spelt)) for alias in approved]
    path = add_aliases(settings.program_folder, settled)
    click.echo(f"approved by {settled[0].approved_by}, written to {path}:")
    for alias in settled:
        click.echo(f"  {alias.alias_level:12} {alias.alias!r} = {alias.unit_ref}")
    click.echo("  the next run uses them: crossvoice run")


def _unit(alias: Alias, spelt: Sequence[tuple[str, str, str]]) -> str:
    """The unit that is meant, in any of its spellings."""
    level = "team" if alias.alias_level == "ticket_group" else alias.alias_level
    key = reference_key(alias.unit_ref, True)
    names = {(name, unit) for kind, name, unit in spelt if kind == level and name != alias.alias}
    meant = {unit for name, unit in names if alias.unit_ref in (name, unit)} or {
        unit for pair in names for unit in pair[1:] if key in (reference_key(n, True) for n in pair)
    }
    if len(meant) == 1:
        return meant.pop()
    units = sorted({unit for _, unit in names})
    what = f"several units called {alias.unit_ref!r}" if meant else f"no {level} {alias.unit_ref!r}"
    raise CrossvoiceError(
        f"There {'are' if meant else 'is'} {what}; nothing was approved.",
        mend=f"one of: {', '.join(sorted(meant) or _closest(alias.unit_ref, units))}",
    )
