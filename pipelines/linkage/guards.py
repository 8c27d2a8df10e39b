"""The catalogue of guards: code, weight, words. A guard is a row, never an exception or a number.

Here: which guards exist, how grave they are, which decides when several fire, and the making of one
guard finding. Not here: the rules that look at data (``input_checks``, ``sample_checks``) or
verdicts. A new guard is one entry in ``CATALOGUE``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["reject", "refuse", "warn", "note"]
WEIGHT = {"reject": 0, "refuse": 1, "warn": 2, "note": 3}

CATALOGUE: dict[str, tuple[str, str]] = {
    # code: (guard id, next step); the order is the precedence among guards of equal severity
    "duplicate_keys": (
        "G5",
        "Keep one row per unit and period; look for a join that multiplies rows.",
    ),
    "counts_do_not_add_up": (
        "G5",
        "Correct promoters, passives and detractors so that they sum to n_c.",
    ),
    "out_of_range": (
        "G5",
        "Check the scale declared for this measure, or the import of the scores.",
    ),
    "scale_break": ("G6", "Convert the scores before and after the change to one scale."),
    "identical_measures": ("G8", "Two independent measures are needed; check the column mapping."),
    "overlapping_windows": ("G14", "Build periods that share no answers."),
    "same_respondents": ("G9", "Use customers and employees from different sources."),
    "individual_level": ("G15", "Aggregate to teams with at least the minimum number of answers."),
    "inverse_variance_weights": ("G16", "Use equal, credibility or responses as weights."),
    "mediator_as_control": ("G16", "Remove the mediator from the covariates."),
    "post_hoc_power": ("G16", "Read the smallest detectable effect (column mde) instead."),
    "zero_variance": ("G3", "A score that does not vary cannot be linked; check the source."),
    "no_within_variation": (
        "G7",
        "Use one row per survey wave; do not copy a score into later periods.",
    ),
    "one_voice_missing": ("G1", "Choose a window in which both surveys were run."),
    "too_few_units": ("G1", "Add units, or read the scores as a table."),
    "one_cluster": ("G2", "Choose a cluster level with several groups, or add locations."),
    "few_clusters": ("G2", "Add locations; with few of them every interval is wide."),
    "too_few_periods": ("G7", "Collect more periods before asking this question."),
    "too_few_units_per_lag": ("G1", "Ask for fewer lags, or add units."),
    "unequal_spacing": ("G14", "Use consecutive periods of equal length."),
    "repeated_values": (
        "G7",
        "Repeats were left out; keep only periods with a survey of their own.",
    ),
    "counts_unknown": ("G4", "Load the number of answers and their variance with the scores."),
    "overlap_unknown": ("G12", "Declare respondent_overlap, or load pseudonymous respondent keys."),
    "overlap_cells_differ": ("G12", "Compute the respondent sums from the cells that enter."),
    "low_reliability": ("G4", "Pool periods or teams until scores are less noisy."),
    "not_estimable": ("G4", "Pool periods or teams until scores are less noisy."),
    "too_many_covariates": ("G4", "Use fewer covariates (at most units / 15)."),
    "rare_covariate_level": ("G1", "Merge covariate levels with fewer than 5 units."),
    "collinear_covariates": ("G3", "Remove covariates that repeat each other."),
    "covariate_missing": ("G20", "Load the covariate for every unit, or leave it out."),
    "too_few_items": ("G1", "Offer at least two items."),
    "too_many_items": ("G1", "Combine items into at most 15 themes."),
    "redundant_items": ("G3", "Merge items that correlate above .95 into one theme."),
    "item_missing": ("G20", "Leave out items that most units lack."),
    "too_few_segments": ("G1", "At least two segments of 20 units and 8 locations are needed."),
    "small_segment": ("G1", "Small segments were joined as 'other'."),
    "single_group": ("G1", "Contrasts need at least 10 units in each group."),
    "disclosure": ("G18", "Ask for a larger set of units."),
    "overlap": ("G18", "Ask for segments that hold every unit."),
    "simpson_reversal": (
        "G11",
        "Read the most adjusted rung first; the pooled sign is misleading.",
    ),
    "link_changed": (
        "G21",
        "Read the latest periods by themselves, and look for what changed.",
    ),
    "too_good": (
        "G8",
        "Check for a shared source, shared respondents or a single dominating region.",
    ),
    "responses_exceed_headcount": ("G5", "Check the headcount date against the survey wave."),
    "scale_reversed": ("G6", "Check the direction of the scale in the period named."),
    "reorg_suspected": ("G10", "Give reorganised units a new id from the date of the change."),
    "ceiling": ("G3", "Most units sit at the scale end; differences above it cannot be seen."),
    "few_units": ("G1", "Read the interval, not the estimate."),
    "two_periods": ("G7", "With two periods this is one change per unit; add periods."),
    "nonresponse": ("G13", "Compare who answered with who was asked."),
    "too_many_tests": ("G17", "Declare the primary question before the run."),
    "rank_unstable": ("G4", "Name the set of items, not the first one."),
    "estimate_sensitive": ("G4", "Read the bounds beside the corrected value."),
    "weights_matter": ("G16", "Read both; the link differs between small and large units."),
    "clipped_correlations": ("G4", "Read the observed shares beside the corrected ones."),
    "dropped_rows": ("G20", "Find out why scores are missing before comparing units."),
}
PRECEDENCE = {code: place for place, code in enumerate(CATALOGUE)}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One guard that fired. ``component`` limits it to part of the rows (``None``: all)."""

    code: str
    severity: Severity
    message: str
    n_affected: int | None = None
    n_total: int | None = None
    value: float | None = None
    threshold: float | None = None
    component: str | None = None

    @property
    def guard_id(self) -> str:
        return CATALOGUE[self.code][0]

    @property
    def next_step(self) -> str:
        return CATALOGUE[self.code][1]

    @property
    def stops(self) -> bool:
        """Whether rows are refused because of it."""
        return self.severity in ("reject", "refuse")


def by_weight(findings: Iterable[Finding]) -> list[Finding]:
    """Gravest first: rejected input, refusals, warnings, notes; then the order of the catalogue.

    >>> few = Finding(code="too_few_units", severity="refuse", message="")
    >>> flat = Finding(code="zero_variance", severity="refuse", message="")
    >>> [f.code for f in by_weight([few, flat])]
    ['zero_variance', 'too_few_units']
    """
    return sorted(set(findings), key=lambda f: (WEIGHT[f.severity], PRECEDENCE[f.code], f.message))


def _applies(found: Finding, component: str | None, effect_type: str | None) -> bool:
    return found.component in (None, component, f"{component}:{effect_type}")


def deciding(
    findings: Iterable[Finding], component: str | None = None, effect_type: str | None = None
) -> Finding | None:
    """The guard that decides about a row: the gravest that applies to it."""
    applying = [f for f in by_weight(findings) if _applies(f, component, effect_type)]
    return applying[0] if applying else None


def stopped(
    findings: Iterable[Finding], component: str | None = None, effect_type: str | None = None
) -> bool:
    """Whether any guard refuses such rows (no component: the whole question).

    A finding about ``corrected:r`` refuses the corrected correlation and leaves the slope.

    >>> noisy = Finding(
    ...     code="low_reliability", severity="refuse", message="", component="corrected:r")
    >>> stopped([noisy], "corrected", "r"), stopped([noisy], "corrected", "slope")
    (True, False)
    """
    return any(f.stops and _applies(f, component, effect_type) for f in findings)
