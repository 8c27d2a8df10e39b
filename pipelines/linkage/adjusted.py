"""The link at equal values of other things: a ladder from raw to within the same unit.

Here: which rungs the ladder has, mediators refused as controls, and sign reversals along it. Not
here: how a rung is computed (``rungs``) or which covariates are sensible (``covariates`` checks
only their form).
"""

from __future__ import annotations

from typing import Unpack

import numpy as np
import polars as pl

from pipelines.linkage.channel_mix import channel_mix
from pipelines.linkage.covariates import Design, design_of
from pipelines.linkage.estimates import Linkage
from pipelines.linkage.guards import Finding
from pipelines.linkage.input_checks import read_panel
from pipelines.linkage.panel import Cells, cells_of
from pipelines.linkage.panel_columns import need_column, need_list
from pipelines.linkage.question import Question
from pipelines.linkage.rungs import location_rung, unit_rung, within_rung
from pipelines.linkage.settings import Options, Settings
from pipelines.linkage.verdicts import settle


def adjusted(
    panel: pl.DataFrame | pl.LazyFrame,
    *,
    covariates: tuple[str, ...] = (),
    mediators: tuple[str, ...] = (),
    channels: pl.DataFrame | None = None,
    region: str = "region_id",
    location: str = "location_id",
    **options: Unpack[Options],
) -> Linkage:
    """Between-unit link with region, covariates and location held fixed, rung by rung.

    Measures whether the raw link between units remains among units alike in other respects. It
    misleads when a control is a consequence of the employee score (list those as ``mediators``:
    they are refused), and when the rungs disagree only because fewer units remain.

    ``b = Sxy.z / Sxx.z``, and corrected ``b* = Sxy.z / (Sxx.z - E)``: sums of squares and products
    with the controls z partialled out (Frisch and Waugh 1933; Fuller 1987). Rungs: raw; + region; +
    covariates; + channel mix; within location (location means removed); within unit (two way
    residuals). With ``channels`` (one row per unit, period and channel: n_c, mean_c) every unit's
    customer score is made anew at the company's channel mix; where too few units have 5 answers in
    every channel, the channel shares are covariates instead. Controls are partialled out of sums of
    cross-products per cluster, so each replicate solves a small system; errors E shrink by ``1 -
    k/n`` or ``1 - 1/units of the location``. When the raw slope and a lower rung are both off zero
    with opposite signs, guard ``simpson_reversal`` says to read the most adjusted rung.
    ``robustness_value``: share of what is left of both scores an unmeasured cause must explain to
    erase the link (Cinelli and Hazlett 2020), with clusters less one as degrees of freedom.

    >>> rng = np.random.default_rng(3)
    >>> place = np.repeat(rng.normal(0, 5, 40), 5)
    >>> x = 60 + place + rng.normal(0, 3, 200)
    >>> panel = pl.DataFrame({
    ...     "unit_id": [f"u{i:03d}" for i in range(200)],
    ...     "location_id": [f"l{i // 5:02d}" for i in range(200)], "period_id": "p1",
    ...     "mean_e": x, "mean_c": -(x - place) + 2 * place + rng.normal(0, 2, 200)})
    >>> ladder = adjusted(panel).estimates.filter(component="observed", effect_type="slope")
    >>> [(r["adjusted_for"], r["estimate"] > 0) for r in ladder.iter_rows(named=True)]
    [('period', True), ('period,location_id', False)]
    >>> adjusted(panel).codes("warn")
    ['simpson_reversal']
    """
    need_list("covariates", covariates)
    need_list("mediators", mediators)
    settings = Settings(**options)
    cells, findings = read_panel(panel, settings)
    for name, usual in ((region, "region_id"), (location, "location_id")):
        if name != usual:
            need_column(cells.frame, name, "level")
    nothing = Design(np.empty((cells.n_units, 0)), [])
    questions = [unit_rung(cells, settings, findings, "period", nothing)]
    named = cells.frame.columns
    if region in named and cells.frame[region].n_unique() > 1:
        design = design_of(cells, (region,), categorical=(region,))
        questions.append(unit_rung(cells, settings, findings, f"period,{region}", design))
    if covariates:
        with_region = (region,) if len(questions) > 1 else ()
        design = design_of(cells, (*with_region, *covariates), categorical=with_region)
        label = ",".join(("period", *with_region, *covariates))
        found = [*findings, *_mediators(covariates, mediators)]
        questions.append(unit_rung(cells, settings, found, label, design))
    if channels is not None:
        found = [*findings, *_mediators(("channel_mix",), mediators)]
        questions.append(_channel_rung(cells, settings, found, channels))
    if location in named and 1 < cells.frame[location].n_unique() < cells.n_units:
        questions.append(location_rung(cells, settings, findings, location))
    if cells.n_periods > 1:
        questions.append(within_rung(cells, settings, findings))
    reversal = _reversal(questions)
    rows, guards = [], []
    for question in questions:
        question.find(reversal)
        new_rows, new_guards = question.parts()
        rows += new_rows
        guards += new_guards
    return settle(rows, guards)


def _channel_rung(
    cells: Cells, settings: Settings, findings: list[Finding], channels: pl.DataFrame
) -> Question:
    """Customer scores at the company's channel mix, or channel shares as covariates."""
    mix = channel_mix(cells, channels)
    label, found = "period,channel_mix", [*findings, *mix.findings]
    if mix.scores is None:
        return unit_rung(cells, settings, found, label, mix.shares)
    kept = cells_of(cells.frame.filter(pl.col("unit_id").is_in(mix.units.implode())), settings)
    nothing = Design(np.empty((kept.n_units, 0)), [])
    return unit_rung(
        kept, settings, found, label, nothing, outcome=mix.scores, method="direct_standardisation"
    )


def _mediators(covariates: tuple[str, ...], mediators: tuple[str, ...]) -> list[Finding]:
    asked = [c for c in covariates if c in mediators]
    if not asked:
        return []
    return [Finding(
        code="mediator_as_control", severity="refuse", n_affected=len(asked),
        n_total=len(covariates),
        message=f"{', '.join(asked)} may follow from the employee score; holding it fixed would "
        "remove part of the link.",
    )]  # fmt: skip


def _reversal(questions: list[Question]) -> list[Finding]:
    """The raw slope against every lower rung, both intervals off zero."""
    ends = []
    for question in questions:
        row = next((r for r in question.rows if r["effect_type"] == "slope"), {})
        low, high = row.get("conf_low"), row.get("conf_high")
        sign = 0 if low is None or high is None or low <= 0 <= high else (1 if low > 0 else -1)
        ends.append((sign, question.base["adjusted_for"]))
    turned = [label for sign, label in ends[1:] if sign * ends[0][0] < 0]
    if not turned:
        return []
    return [Finding(
        code="simpson_reversal", severity="warn", n_affected=len(turned), n_total=len(ends) - 1,
        message=f"The raw link between units has the opposite sign once {' and '.join(turned)} "
        "are held fixed.",
    )]  # fmt: skip
