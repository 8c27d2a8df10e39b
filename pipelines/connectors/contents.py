"""What is inside a file: itself, or the files a gzip or zip holds.

What belongs here: opening compressed files, and what is wrong with them. What does not: the
formats of what is inside. Nothing is unpacked to disk: a text is read as it is unpacked, a
workbook or Parquet file in memory.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pipelines.errors import SourceError
from pipelines.program.source import Format, Source

SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xls",
    ".ods": "ods",
    ".parquet": "parquet",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
MOST_EXPANSION = 200
"""No table grows more than this many times when it is unpacked..."""
SMALL_BYTES = 100 << 20
"""... unless it stays smaller than this."""
GZIP_MARK, ZIP_MARK = b"\x1f\x8b", b"PK\x03\x04"
INSIDE_WORKBOOKS = ("xl/workbook.xml", "xl/workbook.bin", "META-INF/manifest.xml")
"""A zip that holds one of these is a workbook, whatever its name says."""


@dataclass(frozen=True)
class Content:
    """One table to read: a file, or a file inside a compressed one."""

    path: Path
    """The file on disk."""
    name: str
    """Its name, whose ending tells the format: the file's, or the one it has inside."""
    open: Callable[[], BinaryIO]
    """Bytes from the beginning, each time anew."""

    @property
    def inside(self) -> str:
        """Its name inside a zip, else nothing."""
        return "" if self.name in (self.path.name, self.path.stem) else self.name

    @property
    def where(self) -> str:
        """For messages: the file, and what inside it."""
        return f"{self.path}, {self.inside}" if self.inside else str(self.path)

    @property
    def suffix(self) -> str:
        """Ending of the name, in lower case."""
        return PurePosixPath(self.name).suffix.lower()

    def head(self, n_bytes: int) -> bytes:
        """The first bytes."""
        with self.open() as stream:
            return stream.read(n_bytes)


def contents(source: Source, path: Path) -> list[Content]:
    """The tables of a file, by name. Raises SourceError when a compressed file cannot be used."""
    with path.open("rb") as file:
        mark = file.read(4)
    suffix = path.suffix.lower()
    if suffix == ".gz" or (mark.startswith(GZIP_MARK) and suffix not in SUFFIXES):
        return [_gzipped(source, path)]
    is_text = (source.format or SUFFIXES.get(suffix)) in ("csv", "tsv", "json", "jsonl")
    if suffix == ".zip" or (mark == ZIP_MARK and is_text):
        return _zipped(source, path)
    return [Content(path, path.name, lambda: path.open("rb"))]


def _gzipped(source: Source, path: Path) -> Content:
    name = path.stem if path.suffix.lower() == ".gz" else path.name
    size = path.stat().st_size

    def opened() -> BinaryIO:
        return io.BufferedReader(_Unpacking(gzip.open(path), size, source, str(path)))

    return Content(path, name, opened)


def _zipped(source: Source, path: Path) -> list[Content]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if _is_table(source, info)]
            names = [i.filename for i in archive.infolist() if not i.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(source, str(path)) from error
    if not source.member and any(name in names for name in INSIDE_WORKBOOKS):
        raise SourceError(
            f"Source {source.name} has a file that is a workbook, whatever its name says.",
            where=str(path),
            mend="set `format: xlsx` or name it .xlsx, or export it as text",
        )
    if not members:
        raise SourceError(
            f"Source {source.name} finds nothing to read in a zip"
            + (f" that fits {source.member!r}." if source.member else "."),
            where=str(path),
            mend="set `member` to a pattern for one of: "
            + (", ".join(names[:10]) or "(it is empty)"),
        )
    found = []
    for info in sorted(members, key=lambda info: info.filename):
        where = f"{path}, {info.filename}"
        if info.flag_bits & 1:
            raise SourceError(
                f"Source {source.name} has a zip that is protected by a password.",
                where=where,
                mend="unpack it and give the file inside, or export it without a password",
            )
        if info.file_size > max(SMALL_BYTES, MOST_EXPANSION * info.compress_size):
            raise _bomb(source, where)
        found.append(Content(path, info.filename, _member(source, path, info)))
    return found


def _is_table(source: Source, info: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(info.filename)
    if info.is_dir() or name.name.startswith(".") or "__MACOSX" in name.parts:
        return False
    if source.member:
        return fnmatch(info.filename, source.member) or fnmatch(name.name, source.member)
    return name.suffix.lower() in SUFFIXES or source.format is not None


def _member(source: Source, path: Path, info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    where = f"{path}, {info.filename}"

    def opened() -> BinaryIO:
        try:
            # the archive stays open as long as the stream of its member is
            archive = zipfile.ZipFile(path)
            stream = archive.open(info)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise _damaged(source, where) from error
        return io.BufferedReader(_Unpacking(stream, info.compress_size, source, where))

    return opened


class _Unpacking(io.RawIOBase):
    """A stream that is unpacked while it is read, up to what a table can grow to."""

    def __init__(self, stream: BinaryIO, packed: int, source: Source, where: str) -> None:
        self._stream, self._source, self._where = stream, source, where
        self._left = max(SMALL_BYTES, MOST_EXPANSION * packed)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        try:
            part = self._stream.read(len(buffer))
        except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise _damaged(self._source, self._where) from error
        self._left -= len(part)
        if self._left < 0:
            raise _bomb(self._source, self._where)
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _damaged(source: Source, where: str) -> SourceError:
    return SourceError(
        f"Source {source.name} has a compressed file that is damaged or cut off, or is packed in "
        "a way that cannot be unpacked here.",
        where=where,
        mend="export it again, or unpack it and give the file inside",
    )


def _bomb(source: Source, where: str) -> SourceError:
    return SourceError(
        f"Source {source.name} has a compressed file that grows more than {MOST_EXPANSION} times "
        "when it is unpacked, as no table does.",
        where=where,
        mend="look at where it comes from; if it is right, unpack it and give the file inside",
    )


def chunks(stream: BinaryIO, n_bytes: int) -> Iterator[bytes]:
    """The stream in parts of this size."""
    while part := stream.read(n_bytes):
        yield part
