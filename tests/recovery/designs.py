"""The recovery designs: what is simulated, what is read from result rows, what is accepted.

Every design reads rows a user would see. One repetition returns named outcomes; their means over
repetitions are compared with bounds. What each simulates stands in the modules by subject.
"""

from __future__ import annotations

from tests.recovery.design_links import s1, s2, s3, s4, s5, s6, s7, s8, s9
from tests.recovery.design_people import s13, s14, s19
from tests.recovery.design_structure import s15, s16, s18, s21
from tests.recovery.design_time import s10, s11, s12, s17
from tests.recovery.outcomes import Design

ZERO_SIX = (0.0, 0.084)
DESIGNS = [
    Design("S1", "between: slope and r of window averages", s1, {
        "coverage_slope": (0.93, 0.97), "coverage_r": (0.93, 0.97),
        "mean_slope_over_truth": (0.97, 1.03)}),
    Design("S2", "within: slope of change", s2, {
        "coverage_slope": (0.93, 0.975), "observed_over_truth": (-1.0, 0.5)}),
    Design("S3", "no link, strong location causes", s3, {
        "false_between_20": ZERO_SIX, "false_between_60": ZERO_SIX, "false_within_20": ZERO_SIX,
        "false_within_60": ZERO_SIX, "false_between_unit_cluster_20": (0.15, 1.0),
        "false_between_unit_cluster_60": (0.15, 1.0)}, cost=6),
    Design("S4", "no link, 8 and 12 locations", s4, {
        "false_between_8": (0, 0.08), "false_between_12": (0, 0.08),
        "few_clusters_named_8": (1, 1), "few_clusters_named_12": (1, 1)}, cost=2),
    Design("S5", "no link, very unequal locations", s5, {
        f"false_{e}_{g}": (0, 0.09) for e in ("between", "within") for g in (20, 40)}, cost=4),
    Design("S6", "small cells", s6, {
        "coverage_between": (0.93, 0.975), "coverage_within": (0.93, 0.975)}, cost=2),
    Design("S7", "40% of cells missing", s7, {
        "coverage_between": (0.93, 0.97), "coverage_within": (0.93, 0.97)}, cost=2),
    Design("S8", "scores that hardly move", s8, {
        "corrected_refused": (0.95, 1.0), "bounded_interval_misses": (0, 0.08)}),
    Design("S9", "pooled sign opposite to the link inside", s9, {
        "pooled_slope": (0.0, 99.0), "coverage_within_location": (0.93, 0.97),
        "coverage_within_unit": (0.93, 0.97), "reversal_flagged": (0.95, 1.0)}, cost=2),
    Design("S10", "planted lags 0, 1, 2 and -1", s10, {
        f"{k}_{lag}": bounds for lag in ("0", "1", "2", "minus_1")
        for k, bounds in (("argmax_right", (0.95, 1.0)), ("set_covers", (0.95, 1.0)),
                          ("wrong_direction", (0.0, 0.01)))}, cost=6),
    Design("S11", "no lag, and strong persistence", s11, {
        "null_band_rejects": (0, 0.07), "persistent_set_covers": (0.94, 1.0),
        "persistent_single_wrong_lag": (0, 0.10)}, cost=3),
    Design("S12", "a fifth of the units reorganised", s12, {
        "false_within_split_ids": (0, 0.07), "detector_warns": (0.90, 1.0)}, cost=4),
    Design("S13", "the same crew answers", s13, {
        f"{k}_{t}": bounds for t in ("0_0", "0_1")
        for k, bounds in (("coverage_key", (0.93, 0.98)),
                          ("refused_without_key", (1, 1)))}, cost=8),
    Design("S14", "weights of net promoter scores", s14, {
        "equal_over_truth": (0.98, 1.02), "credibility_over_truth": (0.98, 1.02),
        "inverse_variance_refused": (1, 1)}, cost=2),
    Design("S15", "drivers with halo", s15, {
        "coverage_share": (0.88, 0.98), "coverage_corrected_lmg": (0.90, 0.97),
        "top_set_holds_first": (0.95, 1.0)}, cost=8),
    Design("S16", "equal segments", s16, {
        f"false_difference_{k}": (0, 0.07) for k in (4, 8, 12)}, cost=20),
    Design("S17", "change of the link", s17, {
        "false_change_12": (0, 0.06), "false_change_20": (0, 0.06), "false_change_60": (0, 0.06),
        "power_drop_of_6": (0.95, 1.0), "date_within_one": (0.85, 1.0)}, cost=4),
    Design("S18", "straight and bent links", s18, {
        "false_quadratic_60": (0, 0.075), "false_hinge_60": (0, 0.075),
        "false_quadratic_20": (0, 0.075), "false_hinge_20": (0, 0.075),
        "false_spline_60": (0, 0.075), "false_spline_20": (0, 0.075),
        "power_spline": (0.65, 1.0), "power_quadratic": (0.65, 1.0),
        "power_hinge": (0.65, 1.0)}, cost=3),
    Design("S19", "minimum number of answers", s19, {
        f"corrected_over_truth_{k}": (0.95, 1.05) for k in (1, 3, 5, 8, 10)}, cost=8),
    Design("S21", "the whole report where nothing is linked", s21, {
        "any_supported": (0, 0.10), "primary_supported_or_opposite": (0, 0.06)}, cost=20),
]  # fmt: skip
