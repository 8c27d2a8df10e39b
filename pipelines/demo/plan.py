"""Sizes of the company and its random streams.

Belongs here: how the arguments become teams, locations, respondents and events per cell.
Does not belong here: names, scores, files.
"""

from dataclasses import dataclass
from zlib import crc32

import numpy as np

ITEMS = 8
RESPONDENTS_PER_CELL = 12
EVENTS_PER_CELL = 60
TEAMS = 300
TEAMS_PER_LOCATION = 5
# Beyond this many teams the cells become denser instead: rows grow, cells do not.
MOST_TEAMS = 3_000
REGIONS = 6
# Shares of the events that appear once more, in the same or in a later file.
DUPLICATE_SHARE = 0.004
CORRECTED_SHARE = 0.005


@dataclass(frozen=True)
class Plan:
    """What one run will write; all sizes are settled here."""

    seed: int
    locations: int
    teams: int
    waves: int
    feedback_rows: int
    survey_rows: int
    truth_rows: bool

    @property
    def regions(self) -> int:
        """As many as there are, two locations each at least."""
        return min(REGIONS, self.locations // 2)

    @property
    def cells(self) -> int:
        """Units x waves at the start."""
        return self.teams * self.waves

    @property
    def respondents_per_cell(self) -> float:
        """Mean number of answer sheets in a cell."""
        return self.survey_rows / ITEMS / self.cells

    @property
    def split_wave(self) -> int:
        """Index of the first wave after the team split; the others follow the same rule."""
        return max(1, self.waves * 3 // 12)

    @property
    def rename_wave(self) -> int:
        """Wave in whose middle a team and a location get new names."""
        return max(1, self.waves * 4 // 12)

    @property
    def merge_wave(self) -> int:
        """First wave after two teams became one."""
        return max(2, self.waves * 5 // 12)

    @property
    def close_wave(self) -> int:
        """First wave without the closed location."""
        return max(3, self.waves * 8 // 12)

    def rng(self, stream: str, *keys: int) -> np.random.Generator:
        """An independent stream per purpose, so that a change in one leaves the others alone."""
        return np.random.default_rng([self.seed, crc32(stream.encode()), *keys])


def make_plan(
    *,
    seed: int,
    locations: int | None,
    teams: int | None,
    waves: int,
    feedback_rows: int | None,
    survey_rows: int | None,
    truth_rows: bool,
) -> Plan:
    """Settle the sizes: more teams first (up to MOST_TEAMS), then more rows per cell."""
    if waves < 4:
        message = f"--waves is {waves}; at least 4 are needed for the planted history"
        raise ValueError(message)
    if teams is None:
        teams = _teams_for(waves, feedback_rows, survey_rows, locations)
    if locations is None:
        locations = max(6, teams // TEAMS_PER_LOCATION)
    if locations < 6 or teams < 2 * locations:
        message = (
            f"--locations is {locations} and --teams is {teams}; "
            "at least 6 locations and 2 teams per location are needed for the planted history"
        )
        raise ValueError(message)
    cells = teams * waves
    plan = Plan(
        seed=seed,
        locations=locations,
        teams=teams,
        waves=waves,
        feedback_rows=cells * EVENTS_PER_CELL if feedback_rows is None else feedback_rows,
        survey_rows=cells * RESPONDENTS_PER_CELL * ITEMS if survey_rows is None else survey_rows,
        truth_rows=truth_rows,
    )
    if plan.feedback_rows < 2 * cells or plan.respondents_per_cell < 2:
        message = (
            f"{plan.feedback_rows} feedback rows and {plan.survey_rows} item answers are too few "
            f"for {teams} teams x {waves} waves; lower --teams and --locations"
        )
        raise ValueError(message)
    return plan


def _teams_for(
    waves: int, feedback_rows: int | None, survey_rows: int | None, locations: int | None
) -> int:
    wanted = []
    if feedback_rows is not None:
        wanted.append(feedback_rows // (waves * EVENTS_PER_CELL))
    if survey_rows is not None:
        wanted.append(survey_rows // (waves * RESPONDENTS_PER_CELL * ITEMS))
    # The smaller of the two wins, so that neither side gets thinner cells than the default.
    base = TEAMS if locations is None else locations * TEAMS_PER_LOCATION
    return max(base, min([*wanted, MOST_TEAMS])) if wanted else base
