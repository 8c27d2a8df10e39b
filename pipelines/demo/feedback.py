"""Customer feedback: one file per month.

Belongs here: drawing events and their scores, and the order in which months reach the files.
Does not belong here: how events name units (`references`), what breaks (`feedback_defects`).
"""

from pathlib import Path

import numpy as np
import polars as pl

from pipelines.demo import feedback_defects as defects
from pipelines.demo import parameters as p
from pipelines.demo.clock import DAY, local_midnight, month_day, month_label, utc_offset
from pipelines.demo.effects import Effects
from pipelines.demo.identities import CUSTOMER_COMMENTS, CommentPool, full_names, phone
from pipelines.demo.ledger import Ledger
from pipelines.demo.organization import Organization
from pipelines.demo.places import REGION_LANGUAGES
from pipelines.demo.plan import CORRECTED_SHARE, DUPLICATE_SHARE, Plan
from pipelines.demo.references import AGENT, GROUP, STORE, References
from pipelines.demo.tables import CsvFile

COLUMNS = (
    "feedback_id",
    "created_at",
    "updated_at",
    "channel",
    "touchpoint",
    "journey_stage",
    "metric",
    "score",
    "customer_id",
    "team",
    "agent_id",
    "ticket_group",
    "store",
    "language",
    "comment",
)
BLOCK = 250_000
COMMENT_SHARE = 0.12
PLANTED_COMMENTS = 4  # a month
PHANTOMS = 2  # events a month that name a team of the closed location
CHANNELS = ("store", "phone", "chat", "email", "web")
_TOUCHPOINTS = (
    ("visit", "purchase"),
    ("visit", "returns"),
    ("hotline", "support"),
    ("hotline", "purchase"),
    ("live chat", "support"),
    ("ticket", "support"),
    ("website", "purchase"),
    ("newsletter", "retention"),
)
_CHANNEL_OF_TOUCHPOINT = np.array([0, 0, 1, 1, 2, 3, 4, 4])
_DETRACTORS = np.cumsum((0.06, 0.05, 0.08, 0.11, 0.15, 0.25))
_LOWEST = np.array([0, 1, 1])
_SPAN = np.array([11, 5, 7])


class FeedbackWriter:
    """Writes the months in order; late and corrected rows wait here for a later file."""

    def __init__(
        self, plan: Plan, org: Organization, effects: Effects, references: References
    ) -> None:
        self._plan, self._org, self._effects = plan, org, effects
        self._references = references
        self._comments = CommentPool(CUSTOMER_COMMENTS)
        languages = self._comments.languages
        self._language = np.array([languages.index(name) for name in REGION_LANGUAGES])
        self._counts = _events_per_cell(plan, org)
        self._next_id = 10_000_001
        self._waiting: dict[int, list[tuple[str, pl.DataFrame]]] = {}

    def write_month(self, folder: Path, wave: int, ledger: Ledger) -> None:
        rng = self._plan.rng("feedback", wave)
        counts = self._counts[:, wave].copy()
        if wave >= self._plan.close_wave:
            counts[list(self._org.closed_teams)] = PHANTOMS
        unit = rng.permutation(np.repeat(np.arange(len(counts)), counts))
        begin, end = local_midnight(month_day(wave)), local_midnight(month_day(wave + 1))
        created = np.sort(rng.integers(begin, end, len(unit)))
        name = f"feedback_{month_label(wave)}.csv"
        with CsvFile(folder / name, COLUMNS) as file:
            count = ledger.file(f"feedback/{name}")
            for reason, frame in self._waiting.pop(wave, []):
                file.append(frame)
                count(lines=frame.height, **{reason: frame.height})
            for start in range(0, len(unit), BLOCK):
                cut = slice(start, start + BLOCK)
                self._write_block(file, wave, unit[cut], created[cut], ledger, first=start == 0)

    def _write_block(
        self,
        file: CsvFile,
        wave: int,
        unit: np.ndarray,
        created: np.ndarray,
        ledger: Ledger,
        *,
        first: bool,
    ) -> None:
        rng = self._plan.rng("feedback block", wave, self._next_id)
        size = len(unit)
        count = ledger.file(f"feedback/feedback_{month_label(wave)}.csv")
        metric = np.searchsorted(np.cumsum(p.METRIC_SHARES[:-1]), rng.random(size), side="right")
        score = self._scores(rng, wave, unit, metric)
        drawn = self._references.draw(rng, wave, unit, (created + utc_offset(created)) // DAY)
        fate = defects.draw_fates(
            rng, size, first=first, last_wave=wave == self._plan.waves - 1
        )
        frame = self._frame(rng, unit, created, metric, score, drawn.kind, drawn.columns)
        if first:
            frame = self._plant_comments(frame, np.flatnonzero(fate == defects.KEPT), wave, ledger)

        shown = self._with_first_versions(rng, frame, wave, fate, metric, score)
        main = shown.filter(fate <= defects.CORRECTED) if (fate == defects.LATE).sum() == 0 else (
            shown.filter((fate == defects.KEPT) | (fate == defects.CORRECTED))
        )
        self._wait(wave + 1, "late", frame.filter(fate == defects.LATE))
        bad = np.isin(fate, defects.REJECTED)
        broken, lines = defects.break_rows(frame.filter(bad), fate[bad])
        half = main.height // 2
        file.append(main[:half])
        file.append(broken)
        file.append_lines(lines)
        file.append(main[half:])
        again = np.flatnonzero((fate == defects.KEPT) & (rng.random(size) < DUPLICATE_SHARE))
        file.append(shown[again])
        broken_by = {f: int((fate == defects.FATES.index(f)).sum()) for f in defects.FATES[3:]}
        count(lines=main.height + int(bad.sum()) + len(again), duplicates=len(again), **broken_by)
        count(corrected_later=int((fate == defects.CORRECTED).sum()))
        count(sent_late=int((fate == defects.LATE).sum()))
        ledger.feedback(wave, unit, metric, score, drawn.kind, fate, frame["feedback_id"], again)
        self._next_id += size

    def _with_first_versions(
        self,
        rng: np.random.Generator,
        frame: pl.DataFrame,
        wave: int,
        fate: np.ndarray,
        metric: np.ndarray,
        score: np.ndarray,
    ) -> pl.DataFrame:
        """Corrected events: the wrong score now, the right one next month, some wrong ones again."""
        rows = np.flatnonzero(fate == defects.CORRECTED)
        if not len(rows):
            return frame
        kind = metric[rows]
        shift = 1 + (rng.random(len(rows)) * (_SPAN[kind] - 1)).astype(np.int64)
        wrong = _LOWEST[kind] + (score[rows] - _LOWEST[kind] + shift) % _SPAN[kind]
        updated = local_midnight(month_day(wave + 1)) + rng.integers(0, 20 * DAY, len(rows))
        right = frame[rows].with_columns(updated_at=_instants(updated))
        self._wait(wave + 1, "corrections", right)
        shown = frame.with_columns(score=frame["score"].scatter(rows, wrong))
        if wave + 2 < self._plan.waves:
            stale = rows[rng.random(len(rows)) < defects.STALE_SHARE]
            self._wait(wave + 2, "stale", shown[stale])
        return shown

    def _wait(self, wave: int, reason: str, frame: pl.DataFrame) -> None:
        if frame.height:
            self._waiting.setdefault(wave, []).append((reason, frame))

    def _scores(
        self, rng: np.random.Generator, wave: int, unit: np.ndarray, metric: np.ndarray
    ) -> np.ndarray:
        """Scores whose expectation per cell is exactly the true level."""
        luck, inner = rng.random((2, len(unit)))
        promoters = (1 - p.PASSIVE_SHARE + self._effects.nps[:, wave] / 100) / 2
        promoter = luck < promoters[unit]
        passive = luck < promoters[unit] + p.PASSIVE_SHARE
        low = np.searchsorted(_DETRACTORS, inner, side="right")
        score = np.where(promoter, 9 + (inner < 0.6), np.where(passive, 7 + (inner < 0.5), low))
        csat = metric == 1
        top = luck < self._effects.csat_top[unit, wave]
        stars = np.where(top, 4 + (inner < 0.55), 3 - (inner > 0.55) - (inner > 0.8))
        score = np.where(csat, stars, score)
        ces = np.flatnonzero(metric == 2)
        easy = (self._effects.ces_mean[unit[ces], wave] - 1) / 6
        score[ces] = 1 + (rng.random((6, len(ces))) < easy).sum(axis=0)
        return score

    def _frame(
        self,
        rng: np.random.Generator,
        unit: np.ndarray,
        created: np.ndarray,
        metric: np.ndarray,
        score: np.ndarray,
        kind: np.ndarray,
        references: dict[str, pl.Series],
    ) -> pl.DataFrame:
        size = len(unit)
        touch = (rng.random(size) * len(_TOUCHPOINTS)).astype(np.int64)
        touch[kind == STORE] %= 2
        touch[(kind == AGENT) | (kind == GROUP)] = 2 + touch[(kind == AGENT) | (kind == GROUP)] % 4
        language = self._language[self._org.region[unit]]
        customers = max(100, self._plan.feedback_rows // 3)
        delay = (rng.random(size) ** 3 * 3 * DAY).astype(np.int64)
        number = pl.DataFrame(
            {
                "feedback": self._next_id + np.arange(size),
                "customer": 1_000_000_000 + rng.integers(0, customers, size),
            }
        ).select(
            feedback_id="F" + pl.col("feedback").cast(pl.String),
            customer_id="C" + pl.col("customer").cast(pl.String),
        )
        stages = pl.Series([stage for _, stage in _TOUCHPOINTS])
        channels = pl.Series([CHANNELS[c] for c in _CHANNEL_OF_TOUCHPOINT])
        columns = {
            "feedback_id": number["feedback_id"],
            "created_at": _instants(created),
            "updated_at": _instants(created + delay),
            "channel": channels.gather(touch),
            "touchpoint": pl.Series([name for name, _ in _TOUCHPOINTS]).gather(touch),
            "journey_stage": stages.gather(touch),
            "metric": pl.Series(p.METRICS).gather(metric),
            "score": pl.Series(score),
            "customer_id": number["customer_id"],
            **references,
            "language": pl.Series(self._comments.languages).gather(language),
            "comment": self._comments.draw(rng, language, COMMENT_SHARE),
        }
        return pl.DataFrame(columns)

    def _plant_comments(
        self, frame: pl.DataFrame, sound: np.ndarray, wave: int, ledger: Ledger
    ) -> pl.DataFrame:
        """Comments that name people, for the tests of redaction."""
        rows = sound[len(sound) // 3 :][:PLANTED_COMMENTS]
        names = full_names(100_000 + wave * PLANTED_COMMENTS + np.arange(len(rows)))
        texts = []
        for turn, (row, name) in enumerate(zip(rows.tolist(), names, strict=True)):
            address = f"{name.split()[0].lower()}.{wave}{turn}@example.org"
            number = phone(wave * PLANTED_COMMENTS + turn)
            texts.append(
                (
                    f"Please call {name} back on {number}, today.",
                    f"Write to {address} when it is done",
                    f"{name} promised a refund.\nNothing came; my number is {number}.",
                    f"Thanks to {name}! Invoice to {address}, please",
                )[turn]
            )
            planted = [v for v in (name, address, number) if v in texts[-1]]
            ledger.identity("customer", frame["feedback_id"][row], planted)
        return frame.with_columns(comment=frame["comment"].scatter(rows, texts))


def _instants(seconds: np.ndarray) -> pl.Series:
    return pl.Series((seconds * 1_000).astype("datetime64[ms]"))


def _events_per_cell(plan: Plan, org: Organization) -> np.ndarray:
    """Events by unit x wave that sum to the rows asked for, repeats included."""
    rng = plan.rng("feedback sizes")
    units = len(org.location)
    weight = rng.lognormal(0, 0.35, (units, 1)) * rng.lognormal(0, 0.15, (units, plan.waves))
    waves = np.arange(plan.waves)
    weight *= (org.first_wave[:, None] <= waves) & (waves <= org.last_wave[:, None])
    again = DUPLICATE_SHARE + CORRECTED_SHARE * (1 + defects.STALE_SHARE)
    total = round(plan.feedback_rows / (1 + again))
    return rng.multinomial(total, (weight / weight.sum()).ravel()).reshape(weight.shape)
