"""What was really written, counted while writing.

Belongs here: counts per file, sums per unit and month, and the truth of single rows. Does not
belong here: the planted effects and their regressions (`truth`).
"""

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.demo import feedback_defects, survey_defects
from pipelines.demo import parameters as p
from pipelines.demo.clock import month_label
from pipelines.demo.feedback_events import Events
from pipelines.demo.identities import employee_numbers
from pipelines.demo.organization import Organization
from pipelines.demo.places import Places
from pipelines.demo.plan import Plan
from pipelines.demo.references import ATTRIBUTABLE, CLOSED, KINDS
from pipelines.demo.survey_defects import Rows
from pipelines.demo.tables import ParquetFile

SUMS = (
    "n_invited",
    "n_respondents",
    "index_sum",
    "n_complete",
    "complete_index_sum",
    "n_nps",
    "n_promoters",
    "n_passives",
    "n_detractors",
    "n_csat",
    "n_csat_top",
    "n_ces",
    "ces_sum",
)


class Ledger:
    """Fed by the writers, read by `truth`."""

    def __init__(
        self, folder: Path, plan: Plan, places: Places, org: Organization, employees: int
    ) -> None:
        self._plan, self._org = plan, org
        self.files: dict[str, Counter[str]] = defaultdict(Counter)
        self.planted: list[dict[str, object]] = []
        self.references: Counter[str] = Counter()
        self.totals: Counter[str] = Counter()
        shape = (len(org.location), plan.waves)
        self.sums = {name: np.zeros(shape) for name in SUMS}
        self._team = pl.Series([*places.team_codes, None])
        self._location = pl.Series(places.location_codes).gather(org.location)
        self._employee = employee_numbers(employees)
        self._responses = ParquetFile(folder / "truth_responses.parquet")
        self._events = ParquetFile(folder / "truth_feedback.parquet")

    def close(self) -> None:
        """Finish the files with a row per answer and event."""
        self._responses.close()
        self._events.close()

    def count(self, file: str, **counts: int) -> None:
        """Add to the counts of one file."""
        self.files[file].update(counts)

    def identities(self, voice: str, planted: list[tuple[str, list[str]]]) -> None:
        """Remember what could identify somebody: record key and planted values."""
        self.planted += [{"voice": voice, "key": key, "values": values} for key, values in planted]

    def _add(self, name: str, wave: int, unit: np.ndarray, weight: np.ndarray | None) -> None:
        sums = self.sums[name]
        sums[:, wave] += np.bincount(unit, weight, minlength=len(sums))

    def invited(self, wave: int, team: np.ndarray) -> None:
        """Count the invitations of a wave."""
        self._add("n_invited", wave, team, None)

    def survey(self, wave: int, file: str, ids: pl.Series, rows: Rows, outside: int) -> None:
        """Count a block of answer sheets and keep the truth of each."""
        fate, answers, finished = rows["fate"], rows["answers"], rows["finished"]
        valid = (answers >= 1) & (answers <= 5)
        turned = answers.astype(float)
        turned[:, p.REVERSED_ITEM] = 6 - turned[:, p.REVERSED_ITEM]
        n_items = valid.sum(axis=1)
        index = np.where(valid, turned, 0).sum(axis=1) / np.maximum(n_items, 1)
        kept = fate == survey_defects.KEPT
        readable = (fate != survey_defects.PREVIEW) & (fate != survey_defects.BAD_DATE)
        counts = {f: int((fate == i).sum()) for i, f in enumerate(survey_defects.FATES)}
        self.count(
            file,
            lines=len(fate),
            out_of_scale_cells=outside,
            item_answers=int((answers != survey_defects.BLANK).sum()),
            readable_item_answers=int(n_items[readable].sum()),
            kept_item_answers=int(n_items[kept].sum()),
            kept_partial=int((kept & ~finished).sum()),
            kept_late=int((kept & rows["late"]).sum()),
            **counts,
        )
        here = kept & self._org.active(wave)[rows["team"]]
        self.totals["responses_outside_cells"] += int((kept & ~here).sum())
        full = here & (n_items == answers.shape[1])
        self._add("n_respondents", wave, rows["team"][here], None)
        self._add("index_sum", wave, rows["team"][here], index[here])
        self._add("n_complete", wave, rows["team"][full], None)
        self._add("complete_index_sum", wave, rows["team"][full], index[full])
        if self._plan.truth_rows:
            self._responses.append(self._response_rows(wave, ids, rows, n_items, index))

    def _response_rows(
        self, wave: int, ids: pl.Series, rows: Rows, n_items: np.ndarray, index: np.ndarray
    ) -> pl.DataFrame:
        known = rows["fate"] != survey_defects.STRANGER
        frame = pl.DataFrame(
            {
                "response_id": ids,
                "employee_id": self._employee.gather(rows["employee"]),
                "team_code": self._team.gather(rows["team"]),
                "location_code": self._location.gather(rows["team"]),
                "team_code_invited": self._team.gather(rows["team_invited"]),
                "fate": pl.Series(survey_defects.FATES).gather(rows["fate"]),
                "is_late": rows["late"],
                "is_finished": rows["finished"],
                "n_items": n_items,
                "index": index,
                "known": known,
            }
        )
        of_person = pl.col("employee_id", "team_code", "location_code", "team_code_invited")
        return frame.select(
            pl.lit(month_label(wave)).alias("wave"),
            pl.when("known").then(of_person),
            pl.exclude("known", "employee_id", "team_code", "location_code", "team_code_invited"),
        )

    def feedback(self, events: Events, fate: np.ndarray, again: np.ndarray) -> None:
        """Count a block of events by their last score and keep the truth of each."""
        wave, unit, metric, score = events.wave, events.unit, events.metric, events.score
        kind = events.kind
        sound = fate <= feedback_defects.CORRECTED
        self.totals["feedback_kept"] += int(sound.sum())
        self.totals["feedback_rejected"] += int((~sound).sum())
        for number, name in enumerate(KINDS):
            self.references[name] += int((sound & (kind == number)).sum())
        counted = sound & np.isin(kind, ATTRIBUTABLE)
        nps, csat, ces = (counted & (metric == number) for number in range(3))
        self._add("n_nps", wave, unit[nps], None)
        self._add("n_promoters", wave, unit[nps & (score >= 9)], None)
        self._add("n_passives", wave, unit[nps & (score >= 7) & (score < 9)], None)
        self._add("n_detractors", wave, unit[nps & (score < 7)], None)
        self._add("n_csat", wave, unit[csat], None)
        self._add("n_csat_top", wave, unit[csat & (score >= 4)], None)
        self._add("n_ces", wave, unit[ces], None)
        self._add("ces_sum", wave, unit[ces], score[ces])
        if self._plan.truth_rows:
            self._events.append(self._event_rows(events, fate, again))

    def _event_rows(self, events: Events, fate: np.ndarray, again: np.ndarray) -> pl.DataFrame:
        nobody = len(self._team) - 1
        return pl.DataFrame(
            {
                "feedback_id": events.frame["feedback_id"],
                "team_code": self._team.gather(
                    np.where(events.kind == CLOSED, nobody, events.unit)
                ),
                "location_code": self._location.gather(events.unit),
                "reference": pl.Series(KINDS).gather(events.kind),
                "metric": events.frame["metric"],
                "score": events.score,
                "fate": pl.Series(feedback_defects.FATES).gather(fate),
                "is_repeated": again,
            }
        ).with_columns(month=pl.lit(month_label(events.wave)))
