"""Linkage: how employee and customer scores of the same units go together.

Every estimator takes the panel of one measure pair (one row per unit and period) and returns a
``Linkage``: estimate rows, guard rows and companion tables. ``combine`` joins the results of one
run into one family. This module only names the public functions.
"""

from pipelines.linkage.adjusted import adjusted
from pipelines.linkage.agreement import aggregation
from pipelines.linkage.between import between
from pipelines.linkage.change import change
from pipelines.linkage.companions import COMPANION_SCHEMAS
from pipelines.linkage.contrast import contrast
from pipelines.linkage.drivers import drivers
from pipelines.linkage.estimates import ESTIMATES_SCHEMA, GUARDS_SCHEMA, Linkage
from pipelines.linkage.item_errors import item_error_sums
from pipelines.linkage.lag import lag_profile
from pipelines.linkage.nonlinear import nonlinear
from pipelines.linkage.overlap import respondent_sums
from pipelines.linkage.power import power
from pipelines.linkage.roster import roster_turnover
from pipelines.linkage.segments import segments
from pipelines.linkage.settings import Options, Settings
from pipelines.linkage.verdicts import combine
from pipelines.linkage.within import within

__all__ = [
    "COMPANION_SCHEMAS",
    "ESTIMATES_SCHEMA", "GUARDS_SCHEMA", "Linkage", "Options", "Settings", "adjusted",
    "aggregation", "between", "change", "combine", "contrast", "drivers", "item_error_sums",
    "lag_profile", "nonlinear", "power", "respondent_sums", "roster_turnover", "segments", "within",
]  # fmt: skip
