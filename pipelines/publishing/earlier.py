"""What earlier releases told of each cell: the compiler compares it with what would be told now.

What belongs here: reading released cells. What does not: what follows from them (privacy.earlier).
"""

from __future__ import annotations

import polars as pl

from pipelines.privacy.earlier import EARLIER_SCHEMA
from pipelines.publishing.layout import RELEASES
from pipelines.settings import Settings


def earlier_cells(settings: Settings) -> pl.DataFrame:
    """Released cells of every release there is, as EARLIER_SCHEMA."""
    found = []
    for name in ("employee_unit_period_metrics", "customer_unit_period_metrics"):
        for path in sorted((settings.published / RELEASES).glob(f"*/*/parquet/{name}.parquet")):
            release = pl.lit(path.parents[2].name).alias("release_id")
            cells = pl.scan_parquet(path).filter(pl.col("n_responses").is_not_null())
            found.append(cells.with_columns(release).select(list(EARLIER_SCHEMA)))
    return pl.concat(found).collect() if found else pl.DataFrame(schema=EARLIER_SCHEMA)
