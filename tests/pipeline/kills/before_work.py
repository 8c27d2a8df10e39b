"""What a run does before it works, done once for all that are forked from the process that imports
this: libraries, and dbt's project as it was parsed."""

import dbt.adapters.duckdb
import dbt.cli.main
import dbt.task.build  # noqa: F401

import data_checks.duckdb_source
import data_checks.runner  # noqa: F401
import pipelines.audit.report
import pipelines.cli.execution
import pipelines.definitions
import pipelines.privacy.recognizers
import pipelines.report.release_pages  # noqa: F401
from pipelines.models import parsed_project

parsed_project()
