"""Why a file cannot be read, in words that help to mend it.

What belongs here: a second look at a file that failed. What does not: reading it. No library's
own message is passed on where it could quote the file: a file may hold personal data.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.errors import SourceError
from pipelines.program.source import Source

LONGEST_LOOK = 256 << 20
"""Bytes searched for the place of a wrong encoding."""
MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
"""Byte-order marks; no encoding but their own starts a text with them."""


def wrong_encoding(source: Source, path: Path) -> SourceError:
    """The error for text that is not in the declared encoding, with its place and a proposal."""
    line = _first_undecodable_line(path, source.encoding)
    where = f"{path}, line {line}" if line else str(path)
    likely = likely_encoding(path)
    if likely is None or likely == source.encoding:
        mend = "set `encoding` to utf-8, utf-16, latin-1 or windows-1252"
    else:
        mend = f"set `encoding: {likely}`, which it looks like, or export it as utf-8"
    return SourceError(
        f"Source {source.name} cannot read a file as {source.encoding}.", where=where, mend=mend
    )


def likely_encoding(path: Path) -> str | None:
    """The encoding a file looks like by its first bytes; None when nothing tells."""
    with path.open("rb") as file:
        head = file.read(1 << 16)
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return encoding
    if head.count(0) > len(head) // 4:
        return "utf-16"
    try:
        head[:-4].decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return None


def broken_shape(source: Source, path: Path) -> SourceError:
    """The error for a text file that cannot be split into records."""
    return SourceError(
        f"Source {source.name} cannot split a file into records: a quotation mark is opened and "
        "not closed, or a single record is longer than 16 MiB.",
        where=str(path),
        mend="check `delimiter` and `header_row`, or export the file again",
    )


def no_workbook(source: Source, path: Path) -> SourceError:
    """The error for a file that should be a workbook."""
    with path.open("rb") as file:
        head = file.read(8)
    if head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        what = "is protected by a password, or is of the time before xlsx"
        mend = "open it, take the password off and save it as .xlsx"
    elif head.startswith(b"PK"):
        what, mend = "is a damaged workbook", "export it again"
    else:
        what = "is not a workbook, whatever its name says"
        mend = "save it as .xlsx, or set `format` to what it is"
    return SourceError(f"Source {source.name} has a file that {what}.", where=str(path), mend=mend)


def no_parquet(source: Source, path: Path) -> SourceError:
    """The error for a file that should be Parquet."""
    return SourceError(
        f"Source {source.name} has a file that is not Parquet, or is damaged or cut off.",
        where=str(path),
        mend="export it again, or set `format` to what it is",
    )


def _first_undecodable_line(path: Path, encoding: str) -> int | None:
    if encoding == "utf-16":
        return None
    seen = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            seen += len(line)
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                return number
            if seen > LONGEST_LOOK:
                break
    return None
