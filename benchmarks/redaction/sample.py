"""The labelled sample: sentences with what should be taken out, `{KIND:text}`.

What belongs here: sentences written by hand (handwritten.txt) and made from templates, and what is
counted. Words are counted, as letters and digits between anything else: a name half left is half
found. The redactor knows the names of STAFF, as it would from an HR file, and nobody else's.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.privacy.name_words import NAME, words_of
from pipelines.privacy.patterns import KINDS
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.privacy.redaction import Redactor
from pipelines.privacy.secret import Secret

STAFF = pl.DataFrame(
    {
        "name": ["Tilda Berghoff", "Jörg Müllerson", "Marguerite Holub", "Ada Wintersen",
                 "Chidi Okafor", "Will Lange", "Rose Klein"],
    }
)  # fmt: skip
NICKNAMES = ["Schnuffi"]
CODES = [r"\bINC-?[0-9]+\b", r"\b[LT][0-9]{3}\b"]
TEMPLATES = (
    "{NAME:%(staff)s} helped me at once, thank you.",
    "Ich habe {NAME:%(staff)s} dreimal gefragt, ohne Antwort.",
    "Ask %(low)s or {EMAIL:%(mail)s} about it.",
    "Rufen Sie {PHONE:%(phone)s} an oder schreiben Sie {EMAIL:%(mail)s}.",
    "Order {NUMBER:%(number)s} came late, and %(plain)s.",
    "Ticket {CODE:%(ticket)s} in {CODE:%(store)s}: %(plain)s.",
    "Herr {NAME:%(family)s} und Frau {NAME:%(family2)s} waren nett, aber %(plain)s.",
    "Bitte auf {ACCOUNT:%(iban)s} überweisen, %(plain)s.",
    "On {DATE:%(date)s} we came from {PLACE:%(street)s}, and %(plain)s.",
    "My address is {LINK:%(ip)s}; %(plain)s.",
    "Best regards, {NAME:%(given)s %(family)s}",
    "%(plain)s, %(plain2)s.",
    "{NAME:%(given)s} from the shop was kind, but %(plain)s.",
    "I spoke to {NAME:%(unknown)s} and %(plain)s.",
)
PLAIN = (
    "the queue was endless", "nobody told us why", "it took 20 minutes", "alles war gut",
    "es war viel zu laut", "we paid 35 euros too much", "die Lieferung kam in 2 Tagen",
    "the price was fair", "keiner wusste Bescheid", "I will come again in May",
)  # fmt: skip
GIVEN = ("Anna", "Peter", "Sabine", "Mehmet", "Olivia", "Jonas", "Fatima", "Lucas")
FAMILY = ("Achterberg", "Kowalski", "Steenbergen", "Marchetti", "Oyelaran", "Brandstätter")
UNKNOWN = ("Zsofia", "Agbaje", "Dragomir", "Xiadani")
_LABEL = re.compile(r"\{([A-Z]+):(.*?)\}")
_WORD = re.compile(r"\w+")
_PLACEHOLDER = re.compile("<(?:{})>".format("|".join(KINDS)))


@dataclass
class Score:
    """Words by what became of them."""

    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    kept: int = 0

    @property
    def recall(self) -> float:
        """Share of the labelled words that are gone."""
        return self.found.total() / (self.found.total() + self.missed.total())

    @property
    def precision(self) -> float:
        """Share of the words gone that were labelled."""
        return self.found.total() / (self.found.total() + self.lost)


def handwritten() -> list[str]:
    """Sentences by hand, English and German; unknown and odd names among them."""
    return (Path(__file__).parent / "handwritten.txt").read_text("utf-8").splitlines()


def generated(count: int, seed: int = 5) -> list[str]:
    """Sentences from templates, each with drawn values."""
    draw = random.Random(seed)
    return [draw.choice(TEMPLATES) % _values(draw) for _ in range(count)]


def _values(draw: random.Random) -> dict[str, str]:
    digits = "".join(draw.choice("0123456789") for _ in range(20))
    staff = draw.choice([n for n in STAFF["name"] if n not in ("Will Lange", "Rose Klein")])
    given, family, second = draw.choice(GIVEN), draw.choice(FAMILY), draw.choice(FAMILY)
    first, second_plain = draw.sample(PLAIN, 2)
    return {
        "staff": draw.choice([staff, staff.split()[0], staff.split()[1], staff.upper()]),
        "low": f"{{NAME:{staff.split()[0].lower()}}}",
        "given": given,
        "family": family,
        "family2": second,
        "unknown": draw.choice(UNKNOWN),
        "mail": f"{given}.{family}{digits[:2]}@mail.example.org".lower(),
        "phone": draw.choice((f"+49 151 {digits[:8]}", f"0{digits[:3]}/{digits[3:10]}",
                              f"+44 20 {digits[:4]} {digits[4:8]}")),
        "number": draw.choice((digits[:8], f"KD-{digits[:7]}", f"A{digits[:9]}")),
        "ticket": f"INC-{digits[:5]}",
        "store": f"L{digits[:3]}",
        "iban": f"DE{digits[:2]} {digits[2:6]} {digits[6:10]} {digits[10:14]} {digits[14:18]} 00",
        "date": draw.choice(("14.02.2025", "2025-11-03", "7/8/2025")),
        "street": draw.choice((f"Goethestraße {digits[:2]}", f"{digits[:2]} Market Square")),
        "ip": f"10.{digits[:2]}.7.{digits[2:4]}",
        "plain": first,
        "plain2": second_plain,
    }  # fmt: skip


def redactor() -> Redactor:
    """One that knows the staff and what the program declares."""
    pseudonyms = Pseudonymizer(Secret((b"of the sample only",)))
    keys = pseudonyms.keys(words_of(STAFF), NAME).to_list()
    return Redactor(pseudonyms, keys, CODES, NICKNAMES)


def score(sentences: list[str]) -> Score:
    """Redact the sentences and count words."""
    texts = [_LABEL.sub(lambda m: m[2], s) for s in sentences]
    redacted = redactor().redact(pl.Series(texts))["redacted_text"].to_list()
    result = Score()
    for sentence, text in zip(sentences, redacted, strict=True):
        left = Counter(_WORD.findall(_PLACEHOLDER.sub(" ", text)))
        outside = Counter(_WORD.findall(_LABEL.sub(" ", sentence)))
        result.kept += (outside & left).total()
        result.lost += (outside - left).total()
        left -= outside
        for kind, value in _LABEL.findall(sentence):
            for word in _WORD.findall(value):
                if word.casefold() in TITLE_WORDS:
                    left[word] -= 1
                    continue
                result.missed[kind] += left[word] > 0
                result.found[kind] += left[word] <= 0
                left[word] -= 1
    return result


TITLE_WORDS = {"mr", "frau", "herr", "dr", "von", "s", "t"}
"""Words inside a labelled name that tell nobody who it is; they may stay."""
