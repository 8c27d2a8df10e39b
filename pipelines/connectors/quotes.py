"""Records that a quotation mark swallows: one that is opened and closed lines later, or never.

What belongs here: noticing while a text is read that lines may be missing, and the exact look at
the marks that tells where. What does not: splitting the text (text_records) and the message
(unreadable). The reader splits at line ends outside of quotation marks only, and says nothing of
the records that a stray mark makes one value of.
"""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8 as UTF8_MARK
from collections.abc import Callable, Iterable
from itertools import islice
from typing import BinaryIO

import numpy as np

QUOTE, LINE_FEED, RETURN = b'"\n\r'
BLANKS = b" \t"
BLOCK_BYTES = 1 << 20
STRIP_BYTES = 128 << 10


class Watched:
    """A stream of UTF-8 that counts its lines while the reader takes them.

    Lines are counted where there are quotation marks: without any, none is swallowed.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._n_blocks = self._n_ends = self._n_returns = 0
        self._is_counted, self._has_quotes = True, False
        self._last = b""
        self.closed = False

    def read(self, n_bytes: int) -> bytes:
        """The next bytes, for the reader."""
        block = self._stream.read(n_bytes)
        if not block:
            return block
        if b'"' in block and not self._has_quotes:
            self._has_quotes = True
            self._is_counted = self._n_blocks == 0  # else lines went by that nobody counted
        if self._has_quotes and self._is_counted:
            self._n_ends += _count(block, LINE_FEED)
            self._n_returns += _count(block, RETURN) if b"\r" in block else 0
        self._n_blocks += 1
        self._last = block[-STRIP_BYTES:]
        return block

    def close(self) -> None:
        """For the reader."""
        self.closed = True

    def may_swallow(self, n_lines: int, delimiter: str) -> bool:
        """Whether the text has other lines than the records and the lines above them."""
        if not self._has_quotes:
            return False
        n_read = self._n_ends + (not self._last.endswith(b"\n"))
        is_counted = self._is_counted and self._n_returns in (0, self._n_ends)
        _, line_end, last = self._last.rstrip(b"\r\n").rpartition(b"\n")
        if not is_counted or n_read != n_lines or not line_end:
            return True
        return first_open([last], delimiter) is not None


def _count(block: bytes, byte: int) -> int:
    """How often a byte is there; in strips that stay in the processor's cache."""
    values = np.frombuffer(block, np.uint8)
    strips = range(0, len(block), STRIP_BYTES)
    return sum(np.count_nonzero(values[i : i + STRIP_BYTES] == byte) for i in strips)


def first_open(blocks: Iterable[bytes], delimiter: str) -> int | None:
    """Place of the first mark that is never closed, or on a later line with text behind it."""
    scan, at, held = _Scan(delimiter), 0, b""
    for block in blocks:
        data = held + block if held else block
        whole = data.rstrip(b'" \t')  # what follows those is in the next block
        held = data[len(whole) :]
        found = scan.look(whole, at)
        if found is not None:
            return found
        at += len(whole)
    found = scan.look(held + b"\n", at)
    return scan.opened if found is None and scan.inside else found


class _Scan:
    """The marks of a text, block by block, as the reader takes them.

    A mark opens at the beginning of a field only; two together are one of the text; a mark that
    stands alone closes, and what follows it up to the delimiter is text again.
    """

    def __init__(self, delimiter: str) -> None:
        self.inside, self.opened = False, 0
        self._delimiter = ord(delimiter)
        self._is_edge = np.zeros(256, bool)
        self._is_edge[[self._delimiter, LINE_FEED, RETURN]] = True
        self._before = LINE_FEED
        self._has_line = False
        """Whether a line ends between the open mark and this block."""

    def look(self, data: bytes, at: int) -> int | None:
        """The next block, which begins `at` and ends with another byte than a mark."""
        if not data:
            return None
        if b'"' not in data:
            found = None
        else:
            values = np.frombuffer(data, np.uint8)
            marks = np.flatnonzero(values == QUOTE)
            found = None if self._is_plain(values, marks, at) else self._each(data, marks, at)
        if self.inside and not self._has_line:
            self._has_line = _has_line(data, max(0, self.opened - at), len(data))
        self._before = data[-1]
        return found

    def _is_plain(self, values: np.ndarray, marks: np.ndarray, at: int) -> bool:
        """All marks open, close or stand in pairs where they may: no need to look at each."""
        opening, closing = marks[int(self.inside) :: 2], marks[int(not self.inside) :: 2]
        before = values[opening - 1]
        if opening.size and opening[0] == 0:
            before[0] = self._before
        after = values[closing + 1]
        begins = self._is_edge[before]
        if not (begins | (before == QUOTE)).all():
            return False
        if not (self._is_edge[after] | (after == QUOTE)).all():
            return False
        if begins.any():
            self.opened, self._has_line = at + int(opening[begins][-1]), False
        self.inside ^= bool(marks.size % 2)
        return True

    def _each(self, data: bytes, marks: np.ndarray, at: int) -> int | None:
        places, i = marks.tolist(), 0
        while i < len(places):
            place = places[i]
            i += 1
            if not self.inside:
                before = data[place - 1] if place else self._before
                if self._is_edge[before]:
                    self.inside, self.opened, self._has_line = True, at + place, False
            elif i < len(places) and places[i] == place + 1:
                i += 1
            else:
                self.inside = False
                begins = max(0, self.opened - at)
                if not self._ends(data, place + 1) and (
                    self._has_line or _has_line(data, begins, place)
                ):
                    return self.opened
        return None

    def _ends(self, data: bytes, place: int) -> bool:
        """Whether a field ends here, blanks aside."""
        while data[place] in BLANKS and data[place] != self._delimiter:
            place += 1
        return bool(self._is_edge[data[place]])


def _has_line(data: bytes, start: int, end: int) -> bool:
    return data.find(b"\n", start, end) >= 0 or data.find(b"\r", start, end) >= 0


def swallowing(
    opened: Callable[[], BinaryIO], delimiter: str, n_lines: int
) -> tuple[int, int | None] | None:
    """Line and record (None: it cannot be told) of the first mark that swallows records.

    `opened` gives the text in UTF-8 from its beginning; `n_lines` of it are above the records.
    """
    with opened() as stream:
        text = io.TextIOWrapper(stream, encoding="latin-1", newline="")
        above = sum(len(line) for line in islice(text, n_lines)) or _mark_length(text)
    with opened() as stream:
        stream.read(above)
        place = first_open(iter(lambda: stream.read(BLOCK_BYTES), b""), delimiter)
    if place is None:
        return None
    with opened() as stream:
        text = io.TextIOWrapper(stream, encoding="latin-1", newline="")
        at, line = 0, 0
        for row in text:
            line, at = line + 1, at + len(row)
            if at > above + place:
                break
    with opened() as stream:
        text = io.TextIOWrapper(stream, encoding="latin-1", newline="")
        return line, _record_of(islice(text, n_lines, None), line - n_lines, delimiter)


def _mark_length(text: io.TextIOWrapper) -> int:
    """Bytes of a byte-order mark, which would stand before the first field."""
    return len(UTF8_MARK) if text.read(len(UTF8_MARK)).encode("latin-1") == UTF8_MARK else 0


def _record_of(lines: Iterable[str], line: int, delimiter: str) -> int | None:
    reader, number = csv.reader(lines, delimiter=delimiter), 0
    try:
        for row in reader:
            number += bool(row)
            if reader.line_num >= line:
                return number
    except csv.Error:  # an open mark makes a field longer than the library takes
        return number + 1 if reader.line_num >= line else None
    return None
