"""Which encoding and delimiter a text file has, when the program does not say.

What belongs here: looking at the beginning of a text. What does not: reading it (text_records) and
what is said when it cannot be read (unreadable). What was declared is never looked past.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter

from pipelines.connectors.contents import Content
from pipelines.program.source import Source

MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
"""Byte-order marks; no encoding but their own starts a text with them."""
LOOK_BYTES = 4 << 20
"""Bytes in which text other than UTF-8 must show itself to be recognised."""
DELIMITERS = (",", ";", "\t", "|")
WESTERN = re.compile(r"[^\x00-\x7f]+")
"""Runs of characters that tell windows-1252 from other encodings."""
UTF8_LETTERS = re.compile(rb"(?:[\xc3-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2})+")
"""Runs of letters and marks of two or three bytes in UTF-8."""
TYPOGRAPHIC = (
    "\u20ac\u201a\u201e\u2026\u2030\u2039\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u2122\u203a"
    "\u00a0\u00b0\u00b7\u00ab\u00bb\u00a7\u00ae\u00a9\u00bf\u00a1\u00a3\u00b2\u00b3\u00bd\u00b1"
)
"""Marks people write in Western languages: quotation marks, dashes, currencies, units."""
LETTERS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœªºµ"
WITHIN_WORDS = "\u2019\u00b7\u00a0\u2013"
"""Those that stand between two letters: apostrophes, middle dots, blanks, dashes."""
OTHERS = ("cp1250", "cp1251", "cp932", "euc_jp", "gb18030", "big5", "cp949", "cp1253", "cp1254",
          "mac_roman", "cp850")  # fmt: skip
COMMON_NAMES = {"cp932": "shift_jis", "cp949": "euc_kr", "cp1250": "windows-1250",
                "cp1251": "windows-1251", "cp1253": "windows-1253",
                "cp1254": "windows-1254"}  # fmt: skip


def normal(encoding: str) -> str:
    """One name for an encoding, as Python calls it."""
    return codecs.lookup(encoding).name


def encoding_of(source: Source, content: Content) -> tuple[str, bool]:
    """The encoding to read a text in, and whether it is a guess the user must be told of."""
    if source.encoding is not None:
        return normal(source.encoding), False
    found = likely_encoding(content)
    if found is None or found in MARKS.values():
        return found or "utf-8", False
    if found == "windows-1252" or found.startswith("utf-16"):
        return found, True
    return "utf-8", False


def likely_encoding(content: Content) -> str | None:
    """The encoding a file looks like by its first bytes; None: nothing speaks against UTF-8."""
    head = content.head(LOOK_BYTES)
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return encoding
    if wide := _wide(head[:4096]):
        return wide
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError as error:
        found = _eight_bit(head[max(0, error.start - 2000) : error.start + 20_000])
        is_one = found not in ("windows-1252", "windows-1250") or not _has_utf8(head)
        return found if is_one else None
    return None


def _has_utf8(head: bytes) -> bool:
    """Letters in UTF-8 anywhere, as where files of two encodings are put together.

    No code page reads both; letters of two bytes that Western text may hold as well do not count.
    """
    for run in UTF8_LETTERS.finditer(head):
        beside = head[max(0, run.start() - 1) : run.start()], head[run.end() : run.end() + 1]
        if _is_odd(*(part.decode("windows-1252", "replace") for part in (run[0], *beside))):
            return True
    return False


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of most texts is zero."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) <= len(head) // 5 or min(even, odd) > len(head) // 50:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _eight_bit(head: bytes) -> str | None:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - only for a text that is not UTF-8

    if _is_western(head):
        return "windows-1252"
    if japanese := next((name for name in ("cp932", "euc_jp") if _has_kana(head, name)), None):
        return japanese if _has_signs_of_cp932(head) else COMMON_NAMES.get(japanese, japanese)
    if re.search("[\u0430-\u044f]{3}", head.decode("cp1251", "ignore")):
        return "windows-1251"
    best = from_bytes(head, cp_isolation=list(OTHERS)).best()
    return COMMON_NAMES.get(best.encoding, best.encoding) if best else None


def _has_kana(head: bytes, encoding: str) -> bool:
    """Japanese is written with kana of full width, which no other reading yields by chance."""
    text = head.decode(encoding, "ignore")
    return len(re.findall("[\u3041-\u30ff]", text)) > len(re.findall("[\uff61-\uff9f]", text))


def _has_signs_of_cp932(head: bytes) -> bool:
    """Signs such as \u2116, \u2460 and \u3231, which offices use and plain Shift-JIS has not."""
    return "\ufffd" in head[:-1].decode("shift_jis", "replace")[:-1]


def _is_western(head: bytes) -> bool:
    """Single letters with accents within words, and marks beside them: not other code pages."""
    try:
        text = head.decode("windows-1252")
    except UnicodeDecodeError:
        return False
    return not any(
        _is_odd(
            run[0], text[max(0, run.start() - 1) : run.start()], text[run.end() : run.end() + 1]
        )
        for run in WESTERN.finditer(text)
    )


def _is_odd(run: str, before: str, after: str) -> bool:
    """Whether a run of characters, between two others, is none of a Western language."""
    n_marks = sum(c in TYPOGRAPHIC for c in run)
    if any(c not in TYPOGRAPHIC and c not in LETTERS for c in run) or n_marks > 2:
        return True
    if len(run) - n_marks > 2 or (before.islower() and run[0].isupper()):
        return True
    is_inside = before.isalpha() and after.isalpha()
    return is_inside and not set(run) <= set(WITHIN_WORDS) | set(LETTERS)


def delimiter_of(source: Source, text: str) -> str:
    """The delimiter the lines of a text from its header on have in common; comma when none."""

    def fit(delimiter: str) -> tuple[float, int]:
        rows = [row for row in _rows(text, delimiter) if any(field.strip() for field in row)]
        rows = rows[max(0, source.header_rows[0] - 1 if source.header_rows else 0) :][:50]
        widths = Counter(len(row) for row in rows)
        if not rows:
            return 0.0, 0
        width = len(rows[0])  # of the header: text below it may hold any character
        return (round(widths[width] / len(rows), 1), width) if width > 1 else (0.0, 0)

    return max(DELIMITERS, key=fit)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    rows = []
    try:
        for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter):
            rows.append(row)
            if len(rows) == 100:
                break
    except csv.Error:
        pass
    return rows
