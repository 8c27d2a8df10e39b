"""Sound feedback events: scores, references, comments.

Belongs here: one event as its system would record it. Does not belong here: files, months and
what goes wrong (`feedback`, `feedback_defects`).
"""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipelines.demo import parameters as p
from pipelines.demo.clock import DAY, utc_offset
from pipelines.demo.effects import Effects
from pipelines.demo.identities import CUSTOMER_COMMENTS, CommentPool, full_names, phone
from pipelines.demo.organization import Organization
from pipelines.demo.places import REGION_LANGUAGES
from pipelines.demo.plan import Plan
from pipelines.demo.references import AGENT, GROUP, STORE, Drawn, References

COMMENT_SHARE = 0.12
PLANTED_COMMENTS = 4  # a month
# Channel, touchpoint, journey stage; the first two suit a store, the next four an agent.
TOUCHPOINTS = (
    ("store", "visit", "purchase"),
    ("store", "visit", "returns"),
    ("phone", "hotline", "support"),
    ("phone", "hotline", "purchase"),
    ("chat", "live chat", "support"),
    ("email", "ticket", "support"),
    ("web", "website", "purchase"),
    ("web", "newsletter", "retention"),
)
_DETRACTORS = np.cumsum((0.06, 0.05, 0.08, 0.11, 0.15, 0.25))  # shares of 0 to 5; the rest is 6


@dataclass(frozen=True)
class Events:
    """A block of events: what is true of them (arrays), and how they are written (frame)."""

    wave: int
    unit: np.ndarray
    metric: np.ndarray
    score: np.ndarray
    kind: np.ndarray
    frame: pl.DataFrame


class EventSource:
    """Draws blocks of events for any month."""

    def __init__(
        self, plan: Plan, org: Organization, effects: Effects, references: References
    ) -> None:
        self._effects, self._references = effects, references
        self._customers = max(100, plan.feedback_rows // 3)
        self._comments = CommentPool(CUSTOMER_COMMENTS)
        languages = self._comments.languages
        self._language = np.array([languages.index(x) for x in REGION_LANGUAGES])[org.region]
        self._touch = [pl.Series(column) for column in zip(*TOUCHPOINTS, strict=True)]

    def draw(
        self,
        rng: np.random.Generator,
        wave: int,
        unit: np.ndarray,
        created: np.ndarray,
        first_id: int,
    ) -> Events:
        """Events of these units at these instants, numbered from `first_id`."""
        luck = rng.random(len(unit))
        metric = np.searchsorted(np.cumsum(p.METRIC_SHARES[:-1]), luck, side="right")
        score = self._scores(rng, wave, unit, metric)
        day = (created + utc_offset(created)) // DAY
        drawn = self._references.draw(rng, wave, unit, day)
        number = first_id + np.arange(len(unit))
        frame = self._frame(rng, unit, created, number, metric, score, drawn)
        return Events(wave, unit, metric, score, drawn.kind, frame)

    def _scores(
        self, rng: np.random.Generator, wave: int, unit: np.ndarray, metric: np.ndarray
    ) -> np.ndarray:
        """Scores whose expectation per cell is exactly the true level."""
        luck, inner = rng.random((2, len(unit)))
        promoters = ((1 - p.PASSIVE_SHARE + self._effects.nps[:, wave] / 100) / 2)[unit]
        low = np.searchsorted(_DETRACTORS, inner, side="right")
        middle = np.where(luck < promoters + p.PASSIVE_SHARE, 7 + (inner < 0.5), low)
        score = np.where(luck < promoters, 9 + (inner < 0.6), middle)
        csat = np.flatnonzero(metric == 1)
        top = luck[csat] < self._effects.csat_top[unit[csat], wave]
        within = inner[csat]
        score[csat] = np.where(top, 4 + (within < 0.55), 3 - (within > 0.55) - (within > 0.8))
        ces = np.flatnonzero(metric == 2)
        easy = (self._effects.ces_mean[unit[ces], wave] - 1) / 6
        score[ces] = 1 + (rng.random((6, len(ces))) < easy).sum(axis=0)
        return score

    def _frame(
        self,
        rng: np.random.Generator,
        unit: np.ndarray,
        created: np.ndarray,
        number: np.ndarray,
        metric: np.ndarray,
        score: np.ndarray,
        drawn: Drawn,
    ) -> pl.DataFrame:
        size = len(unit)
        touch = (rng.random(size) * len(TOUCHPOINTS)).astype(np.int64)
        touch[drawn.kind == STORE] %= 2
        served = (drawn.kind == AGENT) | (drawn.kind == GROUP)
        touch[served] = 2 + touch[served] % 4
        channel, touchpoint, stage = (column.gather(touch) for column in self._touch)
        customer = 1_000_000_000 + rng.integers(0, self._customers, size)
        delay = (rng.random(size) ** 3 * 3 * DAY).astype(np.int64)
        language = self._language[unit]
        return pl.DataFrame(
            {
                "feedback_id": "F" + pl.Series(number).cast(pl.String),
                "created_at": instants(created),
                "updated_at": instants(created + delay),
                "channel": channel,
                "touchpoint": touchpoint,
                "journey_stage": stage,
                "metric": pl.Series(p.METRICS).gather(metric),
                "score": pl.Series(score),
                "customer_id": "C" + pl.Series(customer).cast(pl.String),
                **drawn.columns,
                "language": pl.Series(self._comments.languages).gather(language),
                "comment": self._comments.draw(rng, language, COMMENT_SHARE),
            }
        )


def instants(seconds: np.ndarray) -> pl.Series:
    """Seconds as the datetimes that the CSV writer formats."""
    return pl.Series((seconds * 1_000).astype("datetime64[ms]"))


def plant_comments(events: Events, rows: np.ndarray) -> tuple[Events, list[tuple[str, list[str]]]]:
    """Comments that name people, for the tests of redaction; also each event's planted values."""
    rows = rows[len(rows) // 3 :][:PLANTED_COMMENTS]
    serial = events.wave * PLANTED_COMMENTS + np.arange(len(rows))
    texts, planted = [], []
    for turn, (row, name) in enumerate(
        zip(rows.tolist(), full_names(100_000 + serial), strict=True)
    ):
        address = f"{name.split()[0].lower()}.{events.wave}{turn}@example.org"
        number = phone(int(serial[turn]))
        texts.append(
            (
                f"Please call {name} back on {number}, today.",
                f"Write to {address} when it is done",
                f"{name} promised a refund.\nNothing came; my number is {number}.",
                f"Thanks to {name}! Invoice to {address}, please",
            )[turn]
        )
        values = [value for value in (name, address, number) if value in texts[-1]]
        planted.append((events.frame["feedback_id"][row], values))
    comments = events.frame["comment"].scatter(rows, texts)
    return replace(events, frame=events.frame.with_columns(comment=comments)), planted
