"""Linkage: how employee and customer scores of the same units go together.

Every estimator takes the panel of one measure pair (one row per unit and period) and returns a
``Linkage``: estimate rows, guard rows and companion tables. ``combine`` joins the results of one
run into one family. This module only names the public functions.
"""

from pipelines.linkage.between import between
from pipelines.linkage.estimates import ESTIMATES_SCHEMA, GUARDS_SCHEMA, Linkage
from pipelines.linkage.overlap import respondent_sums
from pipelines.linkage.settings import Options, Settings
from pipelines.linkage.verdicts import combine

__all__ = [
    "ESTIMATES_SCHEMA", "GUARDS_SCHEMA", "Linkage", "Options", "Settings", "between", "combine",
    "respondent_sums",
]  # fmt: skip
