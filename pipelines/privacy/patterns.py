"""What identifies somebody in a text by its shape: numbers, addresses, names after a title.

What belongs here: the patterns as plain data, the kinds of redactions, and the one expression that
every text with a match of any of them also matches. What does not: names from a list
(privacy.name_words) and the engine that applies them (privacy.recognizers).
"""

from __future__ import annotations

from dataclasses import dataclass

KINDS = {
    "NAME": "n_names",
    "EMAIL": "n_emails",
    "PHONE": "n_phones",
    "ACCOUNT": "n_accounts",
    "LINK": "n_links",
    "PLACE": "n_places",
    "DATE": "n_dates",
    "NUMBER": "n_numbers",
    "CODE": "n_codes",
}
"""Kind of redaction, as the text shows it (`<NAME>`), and the column that counts it."""

TITLES = (
    "herrn?|frau|familie|mrs?|ms|miss|mister|sir|madam|dr|prof|monsieur|madame|mme|señora?|sra?|"
    "kolleg(?:e|in|en)|colleague|chef(?:in)?|manager(?:in)?"
)
INTRODUCTIONS = (
    "my name is|i am called|mein name ist|ich heiße|ich heisse|je m'appelle|me llamo|"
    "(?:kind |best |warm )?regards|sincerely|(?:viele |liebe |schöne |freundliche[nm]? )?"
    "(?:grüße|grüßen|grüsse|gruß|gruss)|lg|mfg|vg|gez|signed|yours|cheers"
)
_WORD = r"\p{Lu}[\p{L}\p{M}]+(?:[-'\u2019]\p{Lu}?[\p{L}\p{M}]+)*"
_NAME = rf"{_WORD}(?:[ \t]+(?:(?:von|van|de|zu|der)[ \t]+)?{_WORD})?"
_DEGREES = r"\d{1,2}°\s?\d{1,2}['\u2019\u2032].{0,12}?"
_PARTICLES = "dr|prof|von|van|de"
_TOP_LEVELS = (
    "com|org|net|info|biz|io|eu|de|at|ch|uk|fr|es|it|nl|be|pl|dk|se|no|us|ca|au|ie|shop|online|"
    "example"
)


@dataclass(frozen=True)
class Shape:
    """One pattern: what it finds, how it looks, and how it ranks where two overlap."""

    kind: str
    regex: str
    score: float


SHAPES = (
    Shape("EMAIL", r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)*", 1.0),
    Shape("EMAIL", r"[\w.+-]+\s?[\[(]\s?(?i:at|ät)\s?[\])]\s?[\w.-]+", 1.0),
    Shape("LINK", r"(?i)\b(?:https?|ftp)://[^\s<>\"]+", 0.95),
    Shape("LINK", r"(?i)\bwww\.[^\s<>\"]+", 0.95),
    Shape(
        "LINK", rf"(?i)\b(?:[a-z0-9-]+\.)+(?:{_TOP_LEVELS})\b(?!\.?[\p{{L}}\d@])(?:/[^\s<>]*)?", 0.9
    ),
    Shape("LINK", r"(?<!\w)@[A-Za-z_][\w.]{2,}", 0.85),
    Shape("LINK", r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b", 0.9),
    Shape(
        "LINK",
        r"(?<![\w:])(?=[0-9A-Fa-f:]*::|(?:[0-9A-Fa-f]{1,4}:){7})"
        r"(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])",
        0.85,
    ),
    Shape("ACCOUNT", r"\b[A-Z]{2}\d{2}[ ]?(?:[A-Z0-9]{4}[ ]?){2,7}[A-Z0-9]{1,4}\b", 0.8),
    Shape(
        "PLACE",
        r"[-+]?\b\d{1,2}[.,]\d{3,}°?\s?[NS]?\s?[,;/ ]\s?[-+]?\d{1,3}[.,]\d{3,}°?\s?[EWO]?",
        0.92,
    ),
    Shape("PLACE", rf"\b{_DEGREES}[NS]\b.{{0,4}}?\b\d?{_DEGREES}[EWO]\b", 0.92),
    Shape(
        "PLACE",
        r"\b\p{Lu}[\p{L}-]*(?i:straße|strasse|str\.|weg|allee|platz|gasse|ring|ufer)"
        r"\s*\d+(?:\s?[a-z])?\b(?!\p{L})",
        0.8,
    ),
    Shape(
        "PLACE",
        r"\b\d+[a-z]?\s+(?:\p{Lu}\p{L}+\s+){1,2}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Square)\b",
        0.8,
    ),
    Shape("DATE", r"\b\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:\d{4}|\d{2})\b", 0.75),
    Shape("DATE", r"\b\d{4}-\d{1,2}-\d{1,2}\b", 0.75),
    Shape("PHONE", r"(?<![\w.])(?:\+|00)\d[\d\s()/.-]{5,}\d", 0.7),
    Shape("PHONE", r"(?<![\w.,])\(?0\d[\d\s()/-]{4,}\d", 0.7),
    Shape("NUMBER", r"(?<![\w])\p{L}{0,4}[-#/]?\d[\d]{4,}\w*", 0.4),
    Shape("NUMBER", r"(?<![\w])\d(?:[ .\-/]?\d){6,}(?!\w)", 0.35),
    Shape("NAME", rf"\b(?i:{TITLES})\b\.?[ \t]+(?:(?i:{_PARTICLES})\b\.?[ \t]+)*\K{_NAME}", 0.85),
    Shape("NAME", rf"\b(?i:{INTRODUCTIONS})\b\s*[,:!.]*\s*\K{_NAME}", 0.8),
)
"""Case counts unless a pattern says otherwise. `\\K`: what stands before it stays."""

SUSPECT = (
    rf"(?i)[\p{{N}}@]|://|::|www\.|\.(?:{_TOP_LEVELS})\b|[\[(]\s?(?:at|ät)\s?[\])]|"
    rf"[0-9a-f]:[0-9a-f]|\b(?:{TITLES}|{INTRODUCTIONS})\b|\b(?:[0-9a-f]{{2}}[:-]){{5}}"
)
"""Every text in which any shape finds something matches this one (a test proves it). The shapes of
numbers, dates, places and accounts all need a digit."""
