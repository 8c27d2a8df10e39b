"""Why a file cannot be read, in words that help to mend it.

What belongs here: a second look at a file that failed, and the words for what nobody foresaw.
What does not: reading it. No library's own message is passed on where it could quote the file: a
file may hold personal data.
"""

from __future__ import annotations

import codecs
import traceback
from pathlib import Path

import polars as pl

from pipelines import errors
from pipelines.connectors.contents import Content
from pipelines.connectors.encodings import likely_encoding, normal
from pipelines.errors import CrossvoiceError, SourceError
from pipelines.program.source import Source

LONGEST_LOOK = 256 << 20
"""Bytes searched for the place of a wrong encoding."""
ANY_FAULT = (Exception, pl.exceptions.PanicException)
"""Whatever may come of a file; who stops a command stops it."""
NO_TEXT = {
    b"PAR1": ("Parquet", "set `format: parquet`, or name it .parquet"),
    b"\xd0\xcf\x11\xe0": ("an old workbook", "set `format: xls`, or name it .xls"),
    b"%PDF": ("a PDF", "export the table itself, as text or as a workbook"),
}
"""How files begin that are no text, whatever they are called; what each is, and how to mend it."""
OWN_CODE = Path(errors.__file__).parent


def why_unread(source: Source, path: Path | str, error: BaseException) -> CrossvoiceError:
    """The error to show for whatever stopped the reading of a file: its own words, where it has."""
    if isinstance(error, CrossvoiceError):
        return error
    if isinstance(error, OSError):
        return not_accessible(source.name, path, error)
    return _own_fault(source, path, error)


def _own_fault(source: Source, path: Path | str, error: BaseException) -> SourceError:
    """The error of a file that no reader foresaw: the place in our code, no text of a library.

    What a library says may quote the file, and messages are kept.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(OWN_CODE)]
    at = f" ({Path(own[-1].filename).relative_to(OWN_CODE.parent)}:{own[-1].lineno})" if own else ""
    return SourceError(
        f"Source {source.name} has a file that Crossvoice cannot read, by a fault of its own: "
        f"{type(error).__name__}{at}.",
        where=str(path),
        mend="report it with these lines; until it is mended, export the file in another format "
        "or take it out of `location`",
    )


def not_accessible(source_name: str, path: Path | str, error: OSError) -> SourceError:
    """The error of a file the operating system does not hand over."""
    if isinstance(error, IsADirectoryError):
        return SourceError(
            f"Source {source_name} finds a folder where a file is expected.",
            where=str(path),
            mend="name the files in it in `location`, such as folder/*.csv",
        )
    return SourceError(
        f"Source {source_name} cannot open a file: {error.strerror or 'it cannot be read'}.",
        where=str(path),
        mend="check that the file is still there and that you may read it",
    )


def wrong_encoding(source: Source, content: Content, encoding: str) -> SourceError:
    """The error for text that is not in its encoding, with its place and a proposal."""
    for mark, (what, mend) in NO_TEXT.items():
        if content.head(4) == mark:
            return SourceError(
                f"Source {source.name} has a file that is {what}, whatever its name says.",
                where=content.where,
                mend=mend,
            )
    line = _first_undecodable_line(content, encoding)
    where = f"{content.where}, line {line}" if line else content.where
    likely = likely_encoding(content)
    if likely is None or normal(likely) == normal(encoding):
        mend = (
            "set `encoding` to what it is (utf-8, utf-16, latin-1, windows-1252, shift_jis, ...); "
            "where texts of two encodings were put together, export them in one"
        )
    else:
        mend = f"set `encoding: {likely}`, which it looks like, or export it as utf-8"
    shown = source.encoding or encoding
    return SourceError(
        f"Source {source.name} cannot read a file as {shown}.", where=where, mend=mend
    )


def broken_shape(
    source: Source, content: Content, opened: tuple[int, int | None] | None = None
) -> SourceError:
    """The error for a text file that cannot be split into records.

    `opened`: line and record of a quotation mark that is not closed where it should be.
    """
    if opened is None:
        return SourceError(
            f"Source {source.name} cannot split a file into records: a quotation mark is opened "
            "and not closed, or a single record is longer than 16 MiB.",
            where=content.where,
            mend="check `delimiter` and `header_row`, or export the file again",
        )
    line, record = opened
    return SourceError(
        f"Source {source.name} cannot split a file into records: a quotation mark is opened and "
        "not closed in its record; what follows would become a part of its text.",
        where=f"{content.where}, line {line}" + (f", record {record}" if record else ""),
        mend="close the quotation mark in that line, or take it out (one that belongs to the text "
        "is written twice, in a text between two), or export the file again",
    )


def no_workbook(source: Source, content: Content) -> SourceError:
    """The error for a file that should be a workbook."""
    head = content.head(8)
    if head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        what = "is protected by a password, or is a damaged workbook"
        mend = "open it, take the password off and save it as .xlsx"
    elif head.startswith(b"PK"):
        what, mend = "is a damaged workbook", "export it again"
    else:
        what = "is not a workbook, whatever its name says"
        mend = "save it as .xlsx, or set `format` to what it is"
    return SourceError(
        f"Source {source.name} has a file that {what}.", where=content.where, mend=mend
    )


def no_parquet(source: Source, content: Content) -> SourceError:
    """The error for a file that should be Parquet."""
    return SourceError(
        f"Source {source.name} has a file that is not Parquet, or is damaged or cut off.",
        where=content.where,
        mend="export it again, or set `format` to what it is",
    )


def no_json(source: Source, content: Content, at: str, what: str) -> SourceError:
    """The error for a file that should be JSON; `what` is never a library's text."""
    return SourceError(
        f"Source {source.name} has a file that {what}.",
        where=f"{content.where}{at}",
        mend="export it again; lines of JSON are `format: jsonl`, one list of records is "
        "`format: json`, with `records` where the list is inside",
    )


def _first_undecodable_line(content: Content, encoding: str) -> int | None:
    if normal(encoding).startswith(("utf-16", "utf-32")):
        return None
    decoder = codecs.getincrementaldecoder(encoding)()
    seen = 0
    with content.open() as file:
        for number, line in enumerate(file, start=1):
            seen += len(line)
            try:
                decoder.decode(line)
            except UnicodeDecodeError:
                return number
            if seen > LONGEST_LOOK:
                break
    return None
