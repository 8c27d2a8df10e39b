"""The planted truth, written beside the data.

Belongs here: regressions on true expected scores and the files tests compare with. Does not
belong here: any estimate from the written answers; the pipeline makes those.
"""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.demo import parameters as p
from pipelines.demo.clock import TIME_ZONE, month_label
from pipelines.demo.effects import Effects
from pipelines.demo.feedback_defects import FATES, REJECTED
from pipelines.demo.ledger import Ledger
from pipelines.demo.organization import Organization
from pipelines.demo.places import Places
from pipelines.demo.plan import Plan
from pipelines.demo.workforce import Workforce

LAGS = range(-3, 4)


def slopes(plan: Plan, org: Organization, effects: Effects) -> dict[str, object]:
    """Between, within-region and within-unit truth on expected scores, for each customer metric."""
    alive = np.column_stack([org.active(wave) for wave in range(plan.waves)])
    x = np.where(alive, effects.expected_index, np.nan)
    result: dict[str, object] = {}
    measures = {
        "nps": (effects.nps, 1 / 2),  # (nps + 100) / 2 runs from 0 to 100
        "csat_top_box_pct": (100 * effects.csat_top, 1.0),
        "ces_mean": (effects.ces_mean, 100 / 6),
    }
    for name, (level, to_pomp) in measures.items():
        y = np.where(alive, level, np.nan)
        between = _between(x, y, None)
        result[name] = {
            "between": _both_scales(between, to_pomp),
            "between_within_region": _both_scales(_between(x, y, org.region), to_pomp),
            "between_locations": _both_scales(_between_groups(x, y, org.location), to_pomp),
            "within_by_lag": {str(lag): _both_scales(_within(x, y, lag), to_pomp) for lag in LAGS},
        }
    flat = np.isfinite(x)
    climate = effects.climate[flat]
    attenuation = np.polyfit(climate, x[flat], 1)[0]
    result["index_per_climate_point"] = round(float(attenuation), 5)
    return result


def _both_scales(fit: tuple[float, float, int], to_pomp: float) -> dict[str, float | int]:
    """Native: customer units per index point of 1 to 5. POMP: both on 0 to 100."""
    slope, r, n = fit
    return {
        "slope": round(slope, 5),
        "slope_per_index_pomp": round(slope / 25, 6),
        "slope_pomp": round(slope * to_pomp / 25, 6),
        "r": round(r, 5),
        "n": n,
    }


def _unit_means(values: np.ndarray) -> np.ndarray:
    return np.nanmean(values - np.nanmean(values, axis=0), axis=1)


def _line(x: np.ndarray, y: np.ndarray) -> tuple[float, float, int]:
    x, y = x - x.mean(), y - y.mean()
    sxy = float(x @ y)
    return sxy / float(x @ x), sxy / float(np.sqrt((x @ x) * (y @ y))), len(x)


def _between(x: np.ndarray, y: np.ndarray, group: np.ndarray | None) -> tuple[float, float, int]:
    """Period means removed, then averaged by unit; equal weight per unit."""
    means = [_unit_means(x), _unit_means(y)]
    if group is not None:
        size = np.bincount(group)
        means = [m - (np.bincount(group, m) / size)[group] for m in means]
    return _line(*means)


def _between_groups(x: np.ndarray, y: np.ndarray, group: np.ndarray) -> tuple[float, float, int]:
    size = np.bincount(group)
    return _line(*(np.bincount(group, _unit_means(m)) / size for m in (x, y)))


def _within(x: np.ndarray, y: np.ndarray, lag: int) -> tuple[float, float, int]:
    """Unit and period effects removed: y of a month on x of `lag` months before."""
    waves = x.shape[1]
    first, last = max(0, lag), min(waves, waves + lag)
    late, early = y[:, first:last], x[:, first - lag : last - lag]
    both = np.isfinite(late) & np.isfinite(early)
    sides = []
    for side in (early, late):
        values = np.where(both, side, np.nan)
        values = values[both.any(axis=1)][:, both.any(axis=0)]
        for _ in range(60):
            values = values - np.nanmean(values, axis=1, keepdims=True)
            period = np.nanmean(values, axis=0)
            values = values - period
            if np.abs(period).max() < 1e-10:
                break
        sides.append(values[np.isfinite(values)])
    return _line(*sides)


def cells(
    plan: Plan, places: Places, org: Organization, effects: Effects, ledger: Ledger
) -> pl.DataFrame:
    """One row per unit and month in which the unit lives: true and realised scores."""
    sums = ledger.sums
    with np.errstate(invalid="ignore", divide="ignore"):
        columns = {
            "true_climate": effects.climate,
            "true_index": effects.expected_index,
            "true_nps": effects.nps,
            "true_csat_top_box_pct": 100 * effects.csat_top,
            "true_ces_mean": effects.ces_mean,
            **{name: sums[name].astype(np.int64) for name in sums if name.startswith("n_")},
            "index": sums["index_sum"] / sums["n_respondents"],
            "complete_index": sums["complete_index_sum"] / sums["n_complete"],
            "nps": 100 * (sums["n_promoters"] - sums["n_detractors"]) / sums["n_nps"],
            "csat_top_box_pct": 100 * sums["n_csat_top"] / sums["n_csat"],
            "ces_mean": sums["ces_sum"] / sums["n_ces"],
        }
    frames = []
    for wave in range(plan.waves):
        alive = np.flatnonzero(org.active(wave))
        frames.append(
            pl.DataFrame(
                {
                    "month": [month_label(wave)] * len(alive),
                    "team_code": pl.Series(places.team_codes).gather(alive),
                    "location_code": pl.Series(places.location_codes).gather(org.location[alive]),
                    "region_code": pl.Series(places.region_codes).gather(org.region[alive]),
                    **{name: values[alive, wave] for name, values in columns.items()},
                }
            )
        )
    return pl.concat(frames).with_columns(pl.col(pl.Float64).fill_nan(None))


def _file(counts: Counter[str]) -> dict[str, int]:
    """Counts of a file; a kept line can be read and has a score on its scale (and a date)."""
    known = dict(counts)
    if "score_text" in known:
        broken = sum(known[FATES[code]] for code in REJECTED)
        known["kept_lines"] = known["lines"] - broken
    return known


def _effects(effects: Effects) -> dict[str, object]:
    """The constants of the process, as far as a test may want them."""
    return {
        "between_slope_structural": round(p.BETWEEN_SLOPE, 5),
        "within_slope_structural": p.WITHIN_SLOPE,
        "within_lag": p.WITHIN_LAG,
        "region": {"x_per_sd": p.REGION_X, "y_per_sd": p.REGION_Y},
        "driver_weights": p.DRIVER_WEIGHTS.tolist(),
        "item_loadings": p.ITEM_LOADINGS.tolist(),
        "item_means": p.ITEM_MEANS.tolist(),
        "reversed_item": f"q{p.REVERSED_ITEM + 1:02d}",
        "clipped_cells": effects.clipped_cells,
    }


def _reorganisation(places: Places, org: Organization) -> dict[str, object]:
    """What happened to which units."""
    code = places.team_codes
    return {
        "renamed_team": code[org.renamed_team],
        "renamed_location": places.location_codes[org.renamed_location],
        "split": [code[org.split_team], [code[i] for i in org.split_into]],
        "merge": [[code[i] for i in org.merged_teams], code[org.merged_into]],
        "closed_location": places.location_codes[org.closed_location],
        "closed_teams": [code[i] for i in org.closed_teams],
        "staff_moved_to": [code[i] for i in org.redeployed_to],
    }


def write_truth(
    folder: Path,
    plan: Plan,
    places: Places,
    org: Organization,
    staff: Workforce,
    effects: Effects,
    ledger: Ledger,
) -> None:
    """`truth.json` and `truth_cells.parquet`."""
    cells(plan, places, org, effects, ledger).write_parquet(folder / "truth_cells.parquet")
    document = {
        "about": "Planted truth of a made-up company. For tests; the pipeline never reads it.",
        "seed": plan.seed,
        "time_zone": TIME_ZONE,
        "sizes": {
            "regions": plan.regions,
            "locations": plan.locations,
            "teams_at_start": plan.teams,
            "team_codes": len(places.team_codes),
            "waves": [month_label(wave) for wave in range(plan.waves)],
            "employees": staff.size,
        },
        "effects": _effects(effects),
        "expected": slopes(plan, org, effects),
        "files": {name: _file(counts) for name, counts in sorted(ledger.files.items())},
        "totals": dict(ledger.totals),
        "references_of_kept_feedback": dict(ledger.references),
        "people": {name: len(members) for name, members in staff.planted.items()},
        "reorganisation": _reorganisation(places, org),
        "identities_in_comments": ledger.planted,
    }
    text = json.dumps(document, indent=1, ensure_ascii=False)
    (folder / "truth.json").write_text(text + "\n", encoding="utf-8")
