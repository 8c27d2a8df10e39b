"""Put the company together.

Belongs here: the order of the steps. Does not belong here: any step.
"""

import textwrap
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pipelines.demo import hr_files
from pipelines.demo.effects import make_effects
from pipelines.demo.feedback import FeedbackWriter
from pipelines.demo.ledger import Ledger
from pipelines.demo.organization import NEW_TEAMS, make_organization
from pipelines.demo.places import make_places
from pipelines.demo.plan import Plan, make_plan
from pipelines.demo.references import References, write_ticket_groups
from pipelines.demo.survey import SurveyWriter
from pipelines.demo.tables import replaced_folder
from pipelines.demo.truth import write_truth
from pipelines.demo.workforce import make_workforce


@dataclass(frozen=True)
class DemoSummary:
    """What was written."""

    out: Path
    seed: int
    locations: int
    teams: int
    waves: int
    employees: int
    feedback_rows: int
    responses: int
    item_answers: int
    seconds: float

    def sentence(self) -> str:
        """Where it lies and what is in it, for a terminal of 80 columns."""
        made = (
            f"{self.locations} locations, {self.teams} teams, {self.waves} waves, "
            f"{self.employees:,} employees, {self.responses:,} responses with "
            f"{self.item_answers:,} item answers, {self.feedback_rows:,} feedback rows "
            f"in {self.seconds:.1f} s (seed {self.seed})"
        )
        return f"{self.out}:\n" + textwrap.indent(textwrap.fill(made, 76), "  ")


def generate(
    out: Path,
    *,
    seed: int = 7,
    locations: int | None = None,
    teams: int | None = None,
    waves: int = 12,
    feedback_rows: int | None = None,
    survey_rows: int | None = None,
    truth_rows: bool = True,
) -> DemoSummary:
    """Write the company's files to `out`, which is replaced whole or not at all.

    Raises:
        ValueError: the sizes cannot hold the planted history.
        FileExistsError: `out` holds something other than an earlier company.
    """
    began = time.perf_counter()
    plan = make_plan(
        seed=seed,
        locations=locations,
        teams=teams,
        waves=waves,
        feedback_rows=feedback_rows,
        survey_rows=survey_rows,
        truth_rows=truth_rows,
    )
    employees, files = _write(out, plan)
    lines = {name: counts["lines"] for name, counts in files.items()}
    return DemoSummary(
        out=out,
        seed=seed,
        locations=plan.locations,
        teams=plan.teams,
        waves=plan.waves,
        employees=employees,
        feedback_rows=sum(n for name, n in lines.items() if name.startswith("feedback/")),
        responses=sum(n for name, n in lines.items() if name.startswith("survey/engagement")),
        item_answers=sum(counts["item_answers"] for counts in files.values()),
        seconds=time.perf_counter() - began,
    )


def _write(out: Path, plan: Plan) -> tuple[int, dict[str, Counter[str]]]:
    """All files; returns the number of employees and the counts of every file."""
    places = make_places(plan, NEW_TEAMS)
    org = make_organization(plan, places)
    staff = make_workforce(plan, org)
    effects = make_effects(plan, org)
    agent = hr_files.agents(plan, staff)
    references = References(plan, places, org, staff, agent)
    with replaced_folder(out) as folder:
        hr_files.write_units(folder / "hr", plan, places, org)
        hr_files.write_assignments(folder / "hr", places, org, staff)
        hr_files.write_crosswalk(folder / "hr", staff, agent)
        write_ticket_groups(folder / "feedback", places, references)
        ledger = Ledger(folder, plan, places, org, staff.size)
        survey = SurveyWriter(plan, org, effects, staff)
        survey.write_invitations(folder / "survey", ledger)
        feedback = FeedbackWriter(plan, org, effects, references)
        for wave in range(plan.waves):
            survey.write_wave(folder / "survey", wave, ledger)
            feedback.write_month(folder / "feedback", wave, ledger)
        ledger.close()
        write_truth(folder, plan, places, org, staff, effects, ledger)
    return staff.size, ledger.files
