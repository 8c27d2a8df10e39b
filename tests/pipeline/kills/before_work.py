"""What a run does before it works, done once for all that are forked from the process that imports
this: libraries, and dbt's project as it was parsed."""

from importlib import import_module

from pipelines.models import parsed_project

LIBRARIES = (
    "pipelines.cli.execution", "pipelines.definitions", "pipelines.privacy.recognizers",
    "dbt.cli.main", "dbt.task.build", "dbt.adapters.duckdb", "data_checks.duckdb_source",
    "data_checks.runner", "pipelines.report.release_pages", "pipelines.audit.report",
)  # fmt: skip

for library in LIBRARIES:
    import_module(library)
parsed_project()
