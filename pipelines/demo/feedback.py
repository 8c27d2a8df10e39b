"""Customer feedback: one file per month.

Belongs here: how many events a cell has, and the order in which rows reach the files. Does not
belong here: sound events (`feedback_events`) and broken ones (`feedback_defects`).
"""

from pathlib import Path

import numpy as np
import polars as pl

from pipelines.demo import feedback_defects as defects
from pipelines.demo.clock import DAY, local_midnight, month_day, month_label
from pipelines.demo.effects import Effects
from pipelines.demo.feedback_events import Events, EventSource, instants, plant_comments
from pipelines.demo.ledger import Ledger
from pipelines.demo.organization import Organization
from pipelines.demo.plan import CORRECTED_SHARE, DUPLICATE_SHARE, Plan
from pipelines.demo.references import References
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
BLOCK = 100_000
PHANTOMS = 2  # events a month that name a team of the closed location
_LOWEST = np.array([0, 1, 1])  # of nps, csat, ces
_SPAN = np.array([11, 5, 7])


class FeedbackWriter:
    """Writes the months in order; late and corrected rows wait here for a later file."""

    def __init__(
        self, plan: Plan, org: Organization, effects: Effects, references: References
    ) -> None:
        self._plan, self._org = plan, org
        self._source = EventSource(plan, org, effects, references)
        self._counts = _events_per_cell(plan, org)
        self._next_id = 10_000_001
        self._waiting: dict[int, list[tuple[str, pl.DataFrame]]] = {}

    def write_month(self, folder: Path, wave: int, ledger: Ledger) -> None:
        """One file: what waited for this month, then its own events in blocks."""
        rng = self._plan.rng("feedback", wave)
        counts = self._counts[:, wave].copy()
        if wave >= self._plan.close_wave:
            counts[list(self._org.closed_teams)] = PHANTOMS
        unit = rng.permutation(np.repeat(np.arange(len(counts)), counts))
        begin, end = local_midnight(month_day(wave)), local_midnight(month_day(wave + 1))
        created = np.sort(rng.integers(begin, end, len(unit)))
        name = f"feedback_{month_label(wave)}.csv"
        with CsvFile(folder / name, COLUMNS) as file:
            for reason, frame in self._waiting.pop(wave, []):
                file.append(frame)
                ledger.count(f"feedback/{name}", lines=frame.height, **{reason: frame.height})
            for start in range(0, len(unit), BLOCK):
                cut = slice(start, start + BLOCK)
                rng = self._plan.rng("feedback block", wave, start)
                events = self._source.draw(rng, wave, unit[cut], created[cut], self._next_id)
                self._next_id += len(events.unit)
                self._write(file, f"feedback/{name}", rng, events, ledger, first=start == 0)

    def _write(
        self,
        file: CsvFile,
        name: str,
        rng: np.random.Generator,
        events: Events,
        ledger: Ledger,
        *,
        first: bool,
    ) -> None:
        """A block with everything that goes wrong in it."""
        last_wave = events.wave == self._plan.waves - 1
        fate = defects.draw_fates(rng, len(events.unit), first=first, last_wave=last_wave)
        if first:
            events, planted = plant_comments(events, np.flatnonzero(fate == defects.KEPT))
            ledger.identities("customer", planted)
        shown = self._with_first_versions(rng, events, fate)
        main = shown.filter((fate == defects.KEPT) | (fate == defects.CORRECTED))
        self._wait(events.wave + 1, "late", events.frame.filter(fate == defects.LATE))
        bad = np.isin(fate, defects.REJECTED)
        broken, lines = defects.break_rows(events.frame.filter(bad), fate[bad])
        again = (fate == defects.KEPT) & (rng.random(len(fate)) < DUPLICATE_SHARE)
        half = main.height // 2
        file.append(main[:half])
        file.append(broken)
        file.append_lines(lines)
        file.append(main[half:])
        file.append(shown.filter(again))
        ledger.count(
            name,
            lines=main.height + int(bad.sum()) + int(again.sum()),
            duplicates=int(again.sum()),
            corrected_later=int((fate == defects.CORRECTED).sum()),
            sent_late=int((fate == defects.LATE).sum()),
            **{defects.FATES[code]: int((fate == code).sum()) for code in defects.REJECTED},
        )
        ledger.feedback(events, fate, again)

    def _with_first_versions(
        self, rng: np.random.Generator, events: Events, fate: np.ndarray
    ) -> pl.DataFrame:
        """Corrected events: a wrong score now, the right one next month, the wrong one again."""
        rows = np.flatnonzero(fate == defects.CORRECTED)
        if not len(rows):
            return events.frame
        kind = events.metric[rows]
        shift = 1 + (rng.random(len(rows)) * (_SPAN[kind] - 1)).astype(np.int64)
        wrong = _LOWEST[kind] + (events.score[rows] - _LOWEST[kind] + shift) % _SPAN[kind]
        after = local_midnight(month_day(events.wave + 1))
        # Later than any first version, whose own delay is at most three days.
        updated = after + rng.integers(3 * DAY, 20 * DAY, len(rows))
        right = events.frame[rows].with_columns(updated_at=instants(updated))
        self._wait(events.wave + 1, "corrections", right)
        shown = events.frame.with_columns(score=events.frame["score"].scatter(rows, wrong))
        if events.wave + 2 < self._plan.waves:
            stale = rows[rng.random(len(rows)) < defects.STALE_SHARE]
            self._wait(events.wave + 2, "stale", shown[stale])
        return shown

    def _wait(self, wave: int, reason: str, frame: pl.DataFrame) -> None:
        if frame.height:
            self._waiting.setdefault(wave, []).append((reason, frame))


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
