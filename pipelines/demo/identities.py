"""Made-up names, e-mail addresses and numbers, and what people write.

Belongs here: anything that could identify somebody, all of it invented. Does not belong here:
which rows carry it. Addresses are under example.com, telephone numbers from the range that is
kept for fiction.
"""

import numpy as np
import polars as pl

_GIVEN = [
    a + b
    for a in ["Ma", "Le", "Ti", "Jo", "Sa", "Ni", "Ka", "Ro", "El", "Da"]
    for b in ["ra", "na", "mo", "lin", "ven", "sha"]
]
_FAMILY = [
    a + b + c
    for a in ["Ber", "Hol", "Kar", "Lind", "Mor", "Nor", "Sand", "Tal", "Ves", "Wint"]
    for b in ["a", "e", "i", "o", "u"]
    for c in ["berg", "ssen", "ler", "ric", "nov", "mann", "ty", "des"]
]
PAIRS = len(_GIVEN) * len(_FAMILY)


def _parts(person: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Spread persons over all pairs of names; a round number tells namesakes apart."""
    spread = (person * 7_919) % PAIRS
    return spread % len(_GIVEN), spread // len(_GIVEN), person // PAIRS


def full_names(person: np.ndarray) -> list[str]:
    """Given and family name of these persons."""
    given, family, _ = _parts(person)
    return [f"{_GIVEN[g]} {_FAMILY[f]}" for g, f in zip(given, family, strict=True)]


def emails(person: np.ndarray) -> pl.Series:
    """Work addresses, one per person, the same under every employee number."""
    given, family, rounds = _parts(person)
    number = pl.Series(rounds).cast(pl.String)
    frame = pl.DataFrame(
        {
            "given": pl.Series(_GIVEN).gather(given),
            "family": pl.Series(_FAMILY).gather(family),
            "number": pl.select(pl.when(number != "0").then(number).otherwise(pl.lit(""))),
        }
    )
    return frame.select(
        (pl.col("given") + "." + pl.col("family") + pl.col("number")).str.to_lowercase()
        + "@example.com"
    ).to_series()


def employee_numbers(count: int) -> pl.Series:
    """Seven digits with leading zeros, the way HR systems print them."""
    return pl.Series(np.arange(4_711, 4_711 + count)).cast(pl.String).str.zfill(7)


def agent_numbers(index: np.ndarray) -> pl.Series:
    """Agent numbers as support systems print them."""
    return "AG" + pl.Series(10_000 + index).cast(pl.String)


def phone(index: int) -> str:
    """A telephone number nobody has."""
    return f"+44 20 7946 0{index % 1_000:03d}"


CUSTOMER_COMMENTS: dict[str, tuple[str, ...]] = {
    "en": (
        "Quick and friendly, thank you.",
        "Waited far too long, nobody told me why.",
        "The advice was good, but the price was not what I was told.",
        'They said "tomorrow" three times.',
        "All fine.",
        "Solved on the first call; very competent.",
        "Had to explain everything twice, then a third time.",
    ),
    "de": (
        "Schnell und freundlich, danke schön.",
        "Viel zu lange gewartet, keiner wusste Bescheid.",
        "Gute Beratung, aber die Rechnung war falsch.",
        "Alles bestens, gerne wieder.",
        "Musste alles dreimal erklären.",
    ),
    "fr": (
        "Accueil très agréable, merci.",
        "Trop d'attente, et personne pour répondre.",
        "Problème réglé dès le premier appel.",
        "Le délai annoncé n'a pas été tenu, dommage.",
    ),
    "es": (
        "Muy amables, todo rápido.",
        "Tuve que esperar demasiado, sin explicación.",
        "El año pasado era mejor, la verdad.",
        "Solución inmediata, ¡gracias!",
    ),
}
EMPLOYEE_COMMENTS: dict[str, tuple[str, ...]] = {
    "en": (
        "Good team, but the rota changes too often.",
        "I would like more time for customers, less for forms.",
        "My manager listens.",
        "Training was cut, and it shows.",
    ),
    "de": ("Gutes Team, zu wenig Personal.", "Die Übergabe klappt nicht, leider."),
    "fr": ("Bonne ambiance, outils trop lents.", "Plus de formation, s'il vous plaît."),
    "es": ("Buen equipo, horarios difíciles.", "Falta formación, pero el ánimo es bueno."),
}


class CommentPool:
    """Every comment as one list, with the range of each language; the last entry is none."""

    def __init__(self, comments: dict[str, tuple[str, ...]]) -> None:
        self.languages = tuple(comments)
        self.sizes = np.array([len(texts) for texts in comments.values()])
        self.offsets = np.cumsum(self.sizes) - self.sizes
        self.texts = pl.Series([t for texts in comments.values() for t in texts] + [None])

    def draw(self, rng: np.random.Generator, language: np.ndarray, share: float) -> pl.Series:
        """A comment for about `share` of the rows, in the row's language (an index)."""
        luck = rng.random(len(language))
        pick = (luck / share * self.sizes[language]).astype(np.int64)
        index = np.where(luck < share, self.offsets[language] + pick, len(self.texts) - 1)
        return self.texts.gather(index)
