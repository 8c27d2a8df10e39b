"""The engagement survey: one wide file per wave, and the invitations.

Belongs here: who is asked, who answers when and what. Does not belong here: what goes wrong with
the answers (`survey_defects`) and how
they are printed (`survey_sheets`). Times are local seconds, as the survey tool prints them.
"""

from pathlib import Path

import numpy as np
import polars as pl

from pipelines.demo import parameters as p
from pipelines.demo import survey_defects as defects
from pipelines.demo.clock import DAY, month_day, month_label
from pipelines.demo.effects import Effects
from pipelines.demo.ledger import Ledger
from pipelines.demo.organization import Organization
from pipelines.demo.plan import ITEMS, Plan
from pipelines.demo.survey_defects import Rows
from pipelines.demo.survey_sheets import COLUMNS, LOCAL, Sheets, instants
from pipelines.demo.tables import CsvFile
from pipelines.demo.workforce import Workforce

INVITATIONS = ("wave", "email", "invited_at")
INVITED_ON = 5
CLOSES_ON = 25
BLOCK = 200_000


class SurveyWriter:
    """Writes the waves in order; the same people answer with the same leaning every time."""

    def __init__(self, plan: Plan, org: Organization, effects: Effects, staff: Workforce) -> None:
        self._plan, self._org, self._effects, self._staff = plan, org, effects, staff
        rng = plan.rng("respondents")
        persons = int(staff.person.max()) + 1
        self._leaning = p.PERSON_SD * rng.standard_normal(persons)[staff.person]
        propensity = rng.uniform(0.55, 0.95, persons)[staff.person]
        everyone = np.arange(staff.size)
        self._teams_invited = [
            staff.team_on(everyone, month_day(wave, INVITED_ON)) for wave in range(plan.waves)
        ]
        expected = sum(float(propensity[team >= 0].sum()) for team in self._teams_invited)
        rows = plan.survey_rows / ITEMS / defects.FILLED_SHARE / defects.ROWS_PER_RESPONSE
        self._propensity = np.minimum(propensity * rows / expected, 1)
        self._sheets = Sheets(org, staff)
        self._next_id = 1_000_001

    def write_invitations(self, folder: Path, ledger: Ledger) -> None:
        """Everybody who has a team on the day of the invitation is asked."""
        with CsvFile(folder / "invitations.csv", INVITATIONS) as file:
            for wave, team in enumerate(self._teams_invited):
                who = np.flatnonzero(team >= 0)
                seconds = np.full(len(who), month_day(wave, INVITED_ON) * DAY + 7 * 3_600)
                columns = {
                    "email": self._sheets.emails.gather(who),
                    "invited_at": instants(seconds),
                }
                frame = pl.DataFrame(columns).with_columns(wave=pl.lit(month_label(wave)))
                file.append(frame, LOCAL)
                ledger.count("survey/invitations.csv", lines=len(who))
                ledger.invited(wave, team[who])

    def write_wave(self, folder: Path, wave: int, ledger: Ledger) -> None:
        """One file: the sheets of a wave in the order in which they were sent."""
        team = self._teams_invited[wave]
        invited = np.flatnonzero(team >= 0)
        name = f"engagement_{month_label(wave)}.csv"
        with CsvFile(folder / name, COLUMNS) as file:
            for start in range(0, len(invited), BLOCK):
                rng = self._plan.rng("survey", wave, start)
                asked = invited[start : start + BLOCK]
                rows = self._answer(rng, wave, asked, team)
                defects.leave_blanks(rng, rows)
                rows, outside = defects.add_defects(rng, rows, month_day(wave, 3))
                rows = defects.take(rows, np.argsort(rows["sent"], kind="stable"))
                ids = self._identifiers(len(rows["sent"]), wave)
                frame = self._sheets.frame(rng, rows, ids, wave)
                if start == 0:
                    frame, planted = self._sheets.plant_comments(frame, rows, wave)
                    ledger.identities("employee", planted)
                file.append(frame)
                ledger.survey(wave, f"survey/{name}", ids, rows, outside)

    def _answer(
        self, rng: np.random.Generator, wave: int, asked: np.ndarray, team: np.ndarray
    ) -> Rows:
        """The sheets of those who answer, complete and sound."""
        who = asked[rng.random(len(asked)) < self._propensity[asked]]
        size = len(who)
        begin, after = month_day(wave, INVITED_ON), month_day(wave + 1)
        span = CLOSES_ON - INVITED_ON
        late = rng.random(size) < defects.LATE_SHARE
        day = begin + (rng.random(size) ** 2 * span).astype(np.int64)
        day = np.where(late, after + rng.integers(0, 8, size), day)
        at_answer = self._staff.team_on(who, day)
        # Somebody who has left by then answers on the day of the invitation.
        gone = at_answer < 0
        day[gone], at_answer[gone], late[gone] = begin, team[who[gone]], False
        sent = day * DAY + rng.integers(8 * 3_600, 20 * 3_600, size)
        leaning = self._leaning[who] + p.MOOD_SD * rng.standard_normal(size)
        latent = (
            self._effects.item_level[team[who], wave]
            + leaning[:, None] * p.ITEM_LOADINGS
            + p.ITEM_NOISE_SD * rng.standard_normal((size, ITEMS))
        )
        answers = np.clip(np.rint(latent), 1, 5).astype(np.int64)
        answers[:, p.REVERSED_ITEM] = 6 - answers[:, p.REVERSED_ITEM]
        return {
            "employee": who,
            "team": at_answer,
            "team_invited": team[who],
            "sent": sent,
            "late": late,
            "answers": answers,
            "fate": np.full(size, defects.KEPT),
        }

    def _identifiers(self, size: int, wave: int) -> pl.Series:
        number = pl.Series(self._next_id + np.arange(size)).cast(pl.String)
        self._next_id += size
        return f"R{month_label(wave)[2:4]}{month_label(wave)[5:]}" + number
