"""The drop-folder sensor: a changed, new or settled file of any source starts a run."""

import dagster as dg

from pipelines.defs.schedules import EVERYTHING
from pipelines.fingerprint import fingerprint, read_basis
from pipelines.publishing.release import last_publication
from pipelines.settings import load_settings


@dg.sensor(
    name="drop_folder",
    job=EVERYTHING,
    minimum_interval_seconds=60,
    description="Looks at the folders of the sources every minute and runs everything once when "
    "their files differ from those of the last release.",
)
def drop_folder(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Ask for a run when the inputs have changed and have stopped changing."""
    settings = load_settings()
    found = fingerprint(read_basis(settings), settings).inputs
    last = last_publication(settings)
    if last is not None and last["input_hash"] == found:
        return dg.SkipReason("nothing new since the last release")
    if context.cursor != found:
        context.update_cursor(found)
        return dg.SkipReason("files have changed; waiting a minute in case more arrive")
    # one run for what is there now; files that come back after another release are new again
    since = last["release_id"] if last is not None else "nothing"
    return dg.RunRequest(run_key=f"{since}: {found}")
