"""Options shared by every estimator, explained once.

Here: the keyword options that mean the same for all estimands. Not here: options of one estimator
only (lags, knots, items); those stand in that estimator's signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypedDict

import polars as pl

Weights = Literal["equal", "credibility", "responses"]
Overlap = Literal["key", "none", "unknown"]
Sign = Literal["positive", "negative"]
Correction = Literal["full", "plain"]


class Options(TypedDict, total=False):
    """Keyword options of every estimator; meanings and defaults are those of ``Settings``."""

    x_measure: str
    y_measure: str
    x_label: str | None
    y_label: str | None
    unit_x: str
    unit_y: str
    per: str | None
    x_bounds: tuple[float, float] | None
    y_bounds: tuple[float, float] | None
    cluster: str
    weights: Weights
    expected_direction: Sign
    sesoi: float
    sesoi_type: Literal["r", "slope"]
    conf_level: float
    correction: Correction
    respondent_overlap: Overlap
    overlap: pl.DataFrame | None
    turnover: pl.DataFrame | None
    sources_shared: bool
    n_shared_respondents: int
    windows_overlap: bool
    fpc: bool
    public_cells: bool
    min_n: int
    seed: int
    n_draws: int | None
    primary: bool
    window_id: str
    period_start: date | None
    period_end: date | None
    segment_by: str | None
    segment: str | None


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a question is asked. Unknown names raise ``TypeError``; bad values raise ``ValueError``.

    >>> Settings(x_measure="esat").weights
    'equal'
    """

    x_measure: str = "employee"
    """Id of the employee measure, copied to every row."""
    y_measure: str = "customer"
    """Id of the customer measure."""
    x_label: str | None = None
    """Words for sentences; the id when missing."""
    y_label: str | None = None
    unit_x: str = "point"
    """Unit of the employee score in the singular, such as ``point``."""
    unit_y: str = "points"
    """Unit of the customer score in the plural, such as ``NPS points``."""
    per: str | None = None
    """What one step of x is, such as ``1 point on 0-100``."""
    x_bounds: tuple[float, float] | None = None
    """Ends of the declared scale; range and ceiling are judged only where declared."""
    y_bounds: tuple[float, float] | None = None
    cluster: str = "location_id"
    """Column whose groups share causes; standard errors leave out one group at a time."""
    weights: Weights = "equal"
    """``equal``: the average unit; ``responses``: the average customer; or in between."""
    expected_direction: Sign = "positive"
    sesoi: float = 0.10
    """Smallest effect of interest, set before the run; a correlation or a slope."""
    sesoi_type: Literal["r", "slope"] = "r"
    conf_level: float = 0.95
    correction: Correction = "full"
    """``plain`` gives the textbook formulas without the small-sample refinements."""
    respondent_overlap: Overlap = "unknown"
    """Whether the same people answer in several periods: known by key, declared absent, unknown."""
    overlap: pl.DataFrame | None = None
    """One row per unit from ``respondent_sums``; needed for ``key``."""
    turnover: pl.DataFrame | None = None
    """One row per period from ``roster_turnover``: units whose people changed at once."""
    sources_shared: bool = False
    """The two measures come from one source, so their errors are not independent."""
    n_shared_respondents: int = 0
    """Respondents found on both sides."""
    windows_overlap: bool = False
    """Periods are rolling windows that share answers with the one before."""
    fpc: bool = False
    """Finite crew: the estimand is this crew, not the climate it is drawn from."""
    public_cells: bool = False
    """Every cell is public already, so an estimate that hangs on one unit gives nothing away."""
    min_n: int = 1
    """Cells with fewer answers never enter; release thresholds are applied upstream."""
    seed: int = 20_240_601
    n_draws: int | None = None
    """Bootstrap draws; ``None`` takes the default of the estimator."""
    primary: bool = False
    """Declared as the primary question before the run: q equals p."""
    window_id: str = "pooled"
    period_start: date | None = None
    period_end: date | None = None
    segment_by: str | None = None
    segment: str | None = None

    def __post_init__(self) -> None:
        allowed = {
            "weights": ("equal", "credibility", "responses"),
            "expected_direction": ("positive", "negative"),
            "sesoi_type": ("r", "slope"),
            "correction": ("full", "plain"),
            "respondent_overlap": ("key", "none", "unknown"),
        }
        for name, values in allowed.items():
            if getattr(self, name) not in (*values, "inverse_variance"):
                raise ValueError(f"{name}={getattr(self, name)!r}: allowed are {', '.join(values)}")
        if not 0 < self.conf_level < 1:
            raise ValueError(f"conf_level={self.conf_level}: must lie between 0 and 1")
        if not 0 < self.sesoi < (1 if self.sesoi_type == "r" else float("inf")):
            raise ValueError(f"sesoi={self.sesoi}: above 0, and below 1 as a correlation")
        if self.n_draws is not None and self.n_draws < 20:
            raise ValueError(f"n_draws={self.n_draws}: 20 or more, or None for the default")
        for name in ("x_bounds", "y_bounds"):
            ends = getattr(self, name)
            if ends is not None and not (len(ends) == 2 and float(ends[0]) < float(ends[1])):
                raise ValueError(f"{name}={ends!r}: the lower and the upper end of the scale")

    @property
    def sign(self) -> int:
        """+1 or -1, the direction in which a link is expected."""
        return 1 if self.expected_direction == "positive" else -1
