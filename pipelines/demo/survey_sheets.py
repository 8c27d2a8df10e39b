"""Answer sheets as the survey tool prints them.

Belongs here: columns, addresses, times as text, comments. Does not belong here: what was answered
(`survey`) and which sheets are broken (`survey_defects`).
"""

import numpy as np
import polars as pl

from pipelines.demo import survey_defects as defects
from pipelines.demo.clock import month_label
from pipelines.demo.identities import EMPLOYEE_COMMENTS, CommentPool, emails, full_names, phone
from pipelines.demo.organization import Organization
from pipelines.demo.places import REGION_LANGUAGES
from pipelines.demo.plan import ITEMS
from pipelines.demo.survey_defects import Rows
from pipelines.demo.workforce import Workforce

ITEM_COLUMNS = tuple(f"q{i + 1:02d}" for i in range(ITEMS))
COLUMNS = (
    "response_id",
    "email",
    "wave",
    "status",
    "submitted_at",
    "language",
    "finished",
    *ITEM_COLUMNS,
    "comment",
)
LOCAL = "%Y-%m-%dT%H:%M:%S"
COMMENT_SHARE = 0.08
ODD_ADDRESS_SHARE = 0.02  # upper case, or blanks around
PLANTED_COMMENTS = 2  # a wave


class Sheets:
    """Prints answer sheets of any wave."""

    def __init__(self, org: Organization, staff: Workforce) -> None:
        self._person = staff.person
        self.emails = emails(staff.person)
        self._comments = CommentPool(EMPLOYEE_COMMENTS)
        languages = self._comments.languages
        self._language = np.array([languages.index(x) for x in REGION_LANGUAGES])[org.region]

    def frame(
        self, rng: np.random.Generator, rows: Rows, ids: pl.Series, wave: int
    ) -> pl.DataFrame:
        """Rows as the survey tool exports them."""
        size = len(ids)
        fate, answers = rows["fate"], rows["answers"]
        language = self._language[rows["team"]]
        luck = rng.random(size)
        frame = pl.DataFrame(
            {
                "response_id": ids,
                "email": self.emails.gather(rows["employee"]),
                "submitted_at": instants(rows["sent"]).dt.strftime(LOCAL),
                "language": pl.Series(self._comments.languages).gather(language),
                "comment": self._comments.draw(rng, language, COMMENT_SHARE),
                "fate": fate,
                "luck": luck,
                "stranger": 100 * wave + np.arange(size) % 100,
                "is_finished": rows["finished"],
                **{name: answers[:, i] for i, name in enumerate(ITEM_COLUMNS)},
            }
        )
        is_bad = pl.col("fate") == defects.BAD_DATE
        odd = pl.Series(defects.BAD_DATES).gather(np.arange(size) % len(defects.BAD_DATES))
        stranger = pl.format("temp{}@agency.example.org", pl.col("stranger"))
        return frame.with_columns(
            pl.when(pl.col(ITEM_COLUMNS) != defects.BLANK).then(pl.col(ITEM_COLUMNS)),
            wave=pl.lit(month_label(wave)),
            status=pl.when(pl.col("fate") == defects.PREVIEW)
            .then(pl.lit("Survey Preview"))
            .otherwise(pl.lit("IP Address")),
            submitted_at=pl.when(is_bad).then(odd).otherwise(pl.col("submitted_at")),
            finished=pl.when("is_finished").then(pl.lit("TRUE")).otherwise(pl.lit("FALSE")),
            email=pl.when(pl.col("fate") == defects.STRANGER)
            .then(stranger)
            .when(pl.col("luck") < ODD_ADDRESS_SHARE / 2)
            .then(pl.col("email").str.to_uppercase())
            .when(pl.col("luck") < ODD_ADDRESS_SHARE)
            .then(" " + pl.col("email") + " ")
            .otherwise(pl.col("email")),
        )

    def plant_comments(
        self, frame: pl.DataFrame, rows: Rows, wave: int
    ) -> tuple[pl.DataFrame, list[tuple[str, list[str]]]]:
        """Comments that name a colleague, for the tests of redaction; also the planted values."""
        chosen = np.flatnonzero(rows["fate"] == defects.KEPT)[10:][:PLANTED_COMMENTS]
        colleagues = full_names(self._person[rows["employee"][chosen - 1]])
        texts: list[str] = []
        planted = []
        for turn, (row, name) in enumerate(zip(chosen.tolist(), colleagues, strict=True)):
            number = phone(500 + wave * PLANTED_COMMENTS + turn)
            address = self.emails[int(rows["employee"][row - 1])]
            texts.append(
                (
                    f"{name} never answers {number}, and nobody cares.",
                    f"Ask {address}:\n{name} knows what is wrong here.",
                )[turn]
            )
            values = [value for value in (name, address, number) if value in texts[-1]]
            planted.append((frame["response_id"][row], values))
        return frame.with_columns(comment=frame["comment"].scatter(chosen, texts)), planted


def instants(seconds: np.ndarray) -> pl.Series:
    """Local seconds as datetimes without a zone."""
    return pl.Series((seconds * 1_000).astype("datetime64[ms]"))
