"""A generated company as the tests look at it."""

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.demo import DemoSummary

SMALL = {"locations": 12, "teams": 48, "waves": 6, "feedback_rows": 18_000, "survey_rows": 24_000}


@dataclass(frozen=True)
class Company:
    folder: Path
    summary: DemoSummary

    @property
    def truth(self) -> dict:
        return json.loads((self.folder / "truth.json").read_text(encoding="utf-8"))

    def table(self, name: str) -> pl.DataFrame:
        path = self.folder / name
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        return pl.read_csv(path, infer_schema=False)
