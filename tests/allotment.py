"""On how many examples each property is tried: few in `make test`, the same every time; ten times
as many by `make properties`, others every time.
"""

from __future__ import annotations

import os

TIMES = int(os.environ.get("CROSSVOICE_EXAMPLES", "1"))


def examples(few: int) -> int:
    """The examples of a property that is tried on so `few` in `make test`."""
    return few * TIMES
