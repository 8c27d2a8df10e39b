"""One adapter per family of reference cases.

Adapters only pick columns and name results; every number comes from the public functions.
"""

from __future__ import annotations

from families_formulas import FORMULAS
from families_panels import PANELS
from families_time import TIME

FAMILIES = FORMULAS | PANELS | TIME
