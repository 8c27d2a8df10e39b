"""`crossvoice init`: from files nobody has declared to a program with its questions."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from pipelines.errors import CrossvoiceError
from pipelines.inspection.look import FileLook, look
from pipelines.inspection.proposal import propose
from pipelines.inspection.roles import roles_of
from pipelines.inspection.writing import program_text
from pipelines.program.defaults import program_name
from pipelines.program.open_questions import open_questions
from pipelines.program.reading import FILE_NAME, read_program


def write_program(files: list[Path], into: Path) -> None:
    """Look at the files and write `into/program.yaml`; CrossvoiceError when nothing can be made."""
    target = into / FILE_NAME
    if target.exists():
        raise CrossvoiceError(
            f"The folder {into} holds a program already.",
            where=str(target),
            mend="give another folder with --into, or move the program away first",
        )
    looks = _looks(files)
    found = propose([roles_of(one) for one in looks], dt.datetime.now(dt.UTC).date())
    if not any(file.answers for file in found.files):
        raise CrossvoiceError(
            "None of the files holds scores: no column looks like answers on a scale.",
            where=", ".join(str(path) for path in files),
            mend="give the export with the answers: of a survey, of feedback, or scores by unit",
        )
    text = program_text(found, program_name(into.resolve().name) or "my_program", into.resolve())
    into.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")
    _report(found.files, text, target)
    read_program(into)


def _looks(files: list[Path]) -> list[FileLook]:
    """A look at each file; files with the same columns are one source."""
    looks: list[FileLook] = []
    for path in files:
        new = look(path.resolve())
        alike = [
            old for old in looks
            if [c.name for c in old.columns] == [c.name for c in new.columns]
            and old.path.suffix == new.path.suffix and old.reading == new.reading
        ]  # fmt: skip
        if alike:
            alike[0].more.append(new)
        else:
            looks.append(new)
    return looks


def _report(files, text: str, target: Path) -> None:
    tables = {
        "unit_scores": "scores by unit",
        "employee_responses": "answers of employees",
        "customer_feedback": "answers of customers",
        "org_assignments": "who works where",
        "person_identifiers": "numbers and addresses of people",
        "units": "units",
        "": "nothing that can be used",
    }
    for file in files:
        n = f"{file.look.sample.height:,}{'' if file.look.is_whole else ' or more'}"
        more = f" and {len(file.look.more)} more of its kind" if file.look.more else ""
        click.echo(f"  {file.look.path.name}{more}: {n} records, {tables[file.table]}")
    click.echo(f"Wrote {target}")
    questions = open_questions(text)
    if questions:
        click.echo(f"{len(questions)} question{'s' if len(questions) > 1 else ''} to answer in it:")
    for question in questions:
        click.echo(f"  {FILE_NAME}:{question.line}: {question.text}")
    click.echo(f"Next: crossvoice check --program {target.parent}")
