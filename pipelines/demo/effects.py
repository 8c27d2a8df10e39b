"""The true scores of every unit and month, before anybody is asked.

Belongs here: the data-generating process from climate to expected answers. Does not belong here:
drawing answers (`survey`, `feedback`) and regressions on the truth (`truth`).
"""

from dataclasses import dataclass
from math import erf, sqrt

import numpy as np

from pipelines.demo import parameters as p
from pipelines.demo.organization import Organization
from pipelines.demo.plan import ITEMS, Plan


@dataclass(frozen=True)
class Effects:
    """Arrays by unit x wave; `item_level` has the items as its last axis."""

    item_level: np.ndarray
    expected_index: np.ndarray
    nps: np.ndarray
    csat_top: np.ndarray
    ces_mean: np.ndarray
    climate: np.ndarray  # x = xb + xw + shock, before items and rounding
    clipped_cells: int


def make_effects(plan: Plan, org: Organization) -> Effects:
    """Draw climates and customer levels; employee climate acts with the planted lag."""
    rng = plan.rng("effects")
    units = len(org.location)
    shape = (units, plan.waves)
    region = rng.permutation(_standardised(plan.regions))[org.region]
    between = (
        p.LOCATION_X * rng.standard_normal(plan.locations)[org.location]
        + p.REGION_X * region
        + p.UNIT_X_SD * rng.standard_normal(units)
    )
    drift = _autoregressive(rng, units, plan.waves + p.WITHIN_LAG, p.WITHIN_X_RHO, p.WITHIN_X_SD)
    now, before = drift[:, p.WITHIN_LAG :], drift[:, : plan.waves]
    climate = between[:, None] + now + p.SHOCK_X_SD * rng.standard_normal(plan.waves)
    item_unit = p.ITEM_UNIT_SD * rng.standard_normal((units, ITEMS))
    item_level = p.ITEM_MEANS + climate[:, :, None] * p.ITEM_LOADINGS + item_unit[:, None, :]
    level = (
        p.NPS_LEVEL
        + p.BETWEEN_SLOPE * between
        + item_unit @ p.DRIVER_WEIGHTS
        + p.REGION_Y * region
        + p.LOCATION_Y_SD * rng.standard_normal(plan.locations)[org.location]
        + p.UNIT_Y_SD * rng.standard_normal(units)
    )[:, None] + (
        p.WITHIN_SLOPE * before
        + _autoregressive(rng, units, plan.waves, p.WITHIN_Y_RHO, p.WITHIN_Y_SD)
        + p.SHOCK_Y_SD * rng.standard_normal(plan.waves)
    )
    nps = np.clip(level, -p.NPS_LIMIT, p.NPS_LIMIT)
    return Effects(
        item_level=item_level,
        expected_index=_expected_answers(item_level).mean(axis=2).reshape(shape),
        nps=nps,
        csat_top=np.clip(p.CSAT_LEVEL + p.CSAT_PER_NPS * (nps - p.NPS_LEVEL), 0.02, 0.98),
        ces_mean=np.clip(p.CES_LEVEL + p.CES_PER_NPS * (nps - p.NPS_LEVEL), 1.2, 6.8),
        climate=climate,
        clipped_cells=int((nps != level).sum()),
    )


def _expected_answers(level: np.ndarray) -> np.ndarray:
    """Mean of the rounded and clipped answer over people: 1 + sum of P(answer > k)."""
    person = p.ITEM_LOADINGS**2 * (p.PERSON_SD**2 + p.MOOD_SD**2)
    spread = np.sqrt(person + p.ITEM_NOISE_SD**2)
    expected = np.ones_like(level)
    for boundary in (1.5, 2.5, 3.5, 4.5):
        expected += _normal_share((level - boundary) / spread)
    return expected


def _normal_share(z: np.ndarray) -> np.ndarray:
    """Standard normal distribution function; a few values, not worth an import of SciPy."""
    return 0.5 + 0.5 * np.asarray(np.frompyfunc(erf, 1, 1)(z / sqrt(2)), dtype=float)


def _standardised(count: int) -> np.ndarray:
    values = np.arange(count) - (count - 1) / 2
    return values / values.std()


def _autoregressive(
    rng: np.random.Generator, units: int, length: int, rho: float, sd: float
) -> np.ndarray:
    """Stationary AR(1) rows with standard deviation `sd`."""
    shocks = rng.standard_normal((units, length))
    series = np.empty_like(shocks)
    series[:, 0] = shocks[:, 0]
    for step in range(1, length):
        series[:, step] = rho * series[:, step - 1] + np.sqrt(1 - rho**2) * shocks[:, step]
    return sd * series
