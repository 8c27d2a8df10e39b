"""The link at equal values of other things: a ladder from raw to within the same unit.

Here: between-unit slopes with region, covariates or location held fixed, sign reversals along the
ladder, and how strong an unmeasured cause would have to be. Not here: which covariates are sensible
(``covariates`` checks only their form).
"""

from __future__ import annotations

from typing import Unpack

import numpy as np
import polars as pl

from pipelines.linkage.covariates import Design, design_of
from pipelines.linkage.demeaning import remove_means
from pipelines.linkage.estimates import Linkage
from pipelines.linkage.guards import Finding
from pipelines.linkage.input_checks import read_panel
from pipelines.linkage.intervals import (
    atanh,
    fieller,
    known,
    t_interval,
    t_p_value,
    t_quantile,
    z_scale_interval,
)  # fmt: skip
from pipelines.linkage.panel import Cells
from pipelines.linkage.power import robustness_value
from pipelines.linkage.products import partial_out, product_columns, symmetric
from pipelines.linkage.question import Question
from pipelines.linkage.sample_checks import (
    correction_inputs,
    people_findings,
    size_findings,
    variance_findings,
)  # fmt: skip
from pipelines.linkage.sampling_error import between_error, people_of
from pipelines.linkage.settings import Options, Settings
from pipelines.linkage.sums import Jackknife, jackknife, sums_by
from pipelines.linkage.unit_moments import cluster_df, unit_averages
from pipelines.linkage.verdicts import settle
from pipelines.linkage.within import period_findings, within_jackknife

SLOPE, Z, SLOPE_TRUE, SXY, VAR_TRUE, SHARE_TRUE = range(6)
MIN_RELIABILITY = 0.5


def adjusted(
    panel: pl.DataFrame | pl.LazyFrame,
    *,
    covariates: tuple[str, ...] = (),
    mediators: tuple[str, ...] = (),
    region: str = "region_id",
    location: str = "location_id",
    **options: Unpack[Options],
) -> Linkage:
    """Between-unit link with region, covariates and location held fixed, rung by rung.

    Measures whether the raw link between units remains among units alike in other respects. It
    misleads when a control is a consequence of the employee score (list those as ``mediators``:
    they are refused), and when the rungs disagree only because fewer units remain.

    Rungs: raw; + region; + covariates; within location (location means removed); within unit (two
    way residuals). Controls are partialled out of sums of cross-products per cluster, so each
    replicate solves a small system; errors E shrink by ``1 - k/n`` or ``1 - 1/units of the
    location``. When the raw slope and a lower rung are both off zero with opposite signs, guard
    ``simpson_reversal`` says to read the most adjusted rung. ``robustness_value``: share of what is
    left of both scores an unmeasured cause must explain to erase the link (Cinelli and Hazlett
    2020), with clusters less one as degrees of freedom.

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
    settings = Settings(**options)
    cells, findings = read_panel(panel, settings)
    questions = [
        _unit_rung(cells, settings, findings, "period", Design(np.empty((cells.n_units, 0)), []))
    ]
    named = cells.frame.columns
    if region in named and cells.frame[region].n_unique() > 1:
        questions.append(_unit_rung(
            cells, settings, findings, f"period,{region}",
            design_of(cells, (region,), categorical=(region,)),
        ))  # fmt: skip
    if covariates:
        with_region = (region,) if len(questions) > 1 else ()
        design = design_of(cells, (*with_region, *covariates), categorical=with_region)
        label = ",".join(("period", *with_region, *covariates))
        found = _mediators(covariates, mediators)
        questions.append(_unit_rung(cells, settings, findings + found, label, design))
    if location in named and 1 < cells.frame[location].n_unique() < cells.n_units:
        questions.append(_location_rung(cells, settings, findings, location))
    if cells.n_periods > 1:
        questions.append(_within_rung(cells, settings, findings))
    reversal = _reversal(questions)
    rows, guards = [], []
    for question in questions:
        question.find(reversal)
        new_rows, new_guards = question.parts()
        rows += new_rows
        guards += new_guards
    return settle(rows, guards)


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


def _unit_rung(
    cells: Cells, settings: Settings, findings: list[Finding], label: str, design: Design
) -> Question:
    """Slope over unit means with columns partialled out; the raw rung repeats ``between``."""
    question = _open(cells, settings, findings + design.findings, label)
    if cells.n_units < 3 + design.columns.shape[1] or cells.n_clusters < 2:
        return _nothing(question)
    x, y = unit_averages(cells)
    question.find(variance_findings(x, y, cells.x, cells.y))
    columns = np.column_stack([np.ones(cells.n_units), design.columns, x, y])
    p = columns.shape[1]
    error = between_error(cells, settings, "x", np.ones(cells.n_units))
    products = product_columns(columns)
    sums = sums_by(cells.unit_cluster, cells.n_clusters, *products, *error.columns)

    def statistic(s: np.ndarray) -> np.ndarray:
        full = symmetric(s[..., : len(products)], p)
        left = partial_out(full, p - 2)
        noise = error.total(s[..., len(products) :])
        if settings.correction == "full":
            noise = noise * (1 - (p - 2) / full[..., 0, 0])
        return _values(left[..., 0, 0], left[..., 0, 1], left[..., 1, 1], noise)

    sizes = np.bincount(cells.unit_cluster, minlength=cells.n_clusters)
    jack = jackknife(sums, statistic)
    return _rows(question, jack, cluster_df(cells, sizes, settings), tested=label != "period")


def _location_rung(
    cells: Cells, settings: Settings, findings: list[Finding], location: str
) -> Question:
    question = _open(cells, settings, findings, f"period,{location}")
    if cells.n_clusters < 2:
        return _nothing(question)
    x, y = unit_averages(cells)
    first = np.searchsorted(cells.unit, np.arange(cells.n_units))
    _, place = np.unique(
        cells.frame[location].cast(pl.String).fill_null("").gather(first).to_numpy(),
        return_inverse=True,
    )
    n_places = int(place.max()) + 1
    size = np.bincount(place, minlength=n_places).astype(float)
    x, y = remove_means(x, place, n_places), remove_means(y, place, n_places)
    question.find(variance_findings(x, y, cells.x, cells.y))
    error = between_error(cells, settings, "x", 1 - 1 / size[place])
    sums = sums_by(cells.unit_cluster, cells.n_clusters, x * x, x * y, y * y, *error.columns)

    def statistic(s: np.ndarray) -> np.ndarray:
        return _values(s[..., 0], s[..., 1], s[..., 2], error.total(s[..., 3:]))

    sizes = np.bincount(cells.unit_cluster, minlength=cells.n_clusters)
    return _rows(question, jackknife(sums, statistic), cluster_df(cells, sizes, settings))


def _within_rung(cells: Cells, settings: Settings, findings: list[Finding]) -> Question:
    """The two-way slope; its test belongs to ``within`` and is not repeated here."""
    question = _open(cells, settings, findings + period_findings(cells, settings), "period,unit_id")
    if cells.n_clusters < 2 or question.is_stopped():
        return _nothing(question)
    jack = within_jackknife(cells, settings)
    chosen = [0, 1, 2, 6, 7, 4]
    jack = Jackknife(jack.estimate[chosen], jack.replicates[:, chosen])
    if not np.isfinite(jack.estimate[SLOPE]):
        question.find(Finding(
            code="no_within_variation", severity="refuse", message="Scores do not move in units.",
        ))  # fmt: skip
        return _nothing(question)
    sizes = np.bincount(cells.cluster, minlength=cells.n_clusters)
    return _rows(question, jack, cluster_df(cells, sizes, settings), tested=False, within=True)


def _values(sxx: np.ndarray, sxy: np.ndarray, syy: np.ndarray, noise: np.ndarray) -> np.ndarray:
    true = sxx - noise
    r = sxy / np.sqrt(sxx * syy)
    return np.stack([sxy / sxx, atanh(r), sxy / true, sxy, true, true / sxx], axis=-1)


def _open(cells: Cells, settings: Settings, findings: list[Finding], label: str) -> Question:
    level = "unit_period" if label.endswith("unit_id") else "unit"
    question = Question("adjusted", level, settings, cells, adjusted_for=label)
    question.find(
        findings,
        size_findings(cells, np.bincount(cells.unit_cluster, minlength=max(cells.n_clusters, 1))),
        correction_inputs(cells, settings, within=level == "unit_period"),
        people_findings(people_of(cells, settings) is not None, settings),
    )
    return question


def _nothing(question: Question) -> Question:
    for component, effect_type in (
        ("observed", "slope"),
        ("observed", "r"),
        ("corrected", "slope"),
    ):
        question.row(component, effect_type, method="partialled_sums")
    return question


def _rows(
    question: Question, jack: Jackknife, df: float, *, tested: bool = True, within: bool = False
) -> Question:
    settings, value, error = question.settings, jack.estimate, jack.std_error
    _gate(question, jack, within)
    t = float(value[SLOPE] / error[SLOPE])
    q = t_quantile(0.5 + settings.conf_level / 2, df)
    rv = robustness_value(t, df)
    shared = {"p_value": t_p_value(t, df) if tested else None, "df": df, "statistic": t,
              "method": "two_way_fe" if within else "partialled_sums"}  # fmt: skip
    sesoi = {settings.sesoi_type: settings.sesoi}
    question.row(
        "observed", "slope",
        interval=t_interval(value[SLOPE], error[SLOPE], df, settings.conf_level),
        estimate=known(value[SLOPE]), std_error=known(error[SLOPE]), conf_method="cv3_t",
        mde=question.mde(error[SLOPE], df), robustness_value=rv, sesoi=sesoi.get("slope"), **shared,
    )  # fmt: skip
    question.row(
        "observed", "r", interval=z_scale_interval(np.tanh(value[Z]), error[Z], q),
        estimate=known(np.tanh(value[Z])), std_error=known(error[Z]), conf_method="cv3_t",
        mde=float(np.tanh(question.mde(error[Z], df))), sesoi=sesoi.get("r"), **shared,
    )  # fmt: skip
    cov = jack.cov[np.ix_([SXY, VAR_TRUE], [SXY, VAR_TRUE])]
    wide = fieller(value[SXY], value[VAR_TRUE], cov, q)
    narrow = fieller(value[SXY], value[VAR_TRUE], cov, t_quantile(0.95, df))
    bounded = narrow.shape == "bounded"
    question.row(
        "corrected", "slope", interval=wide, estimate=known(value[SLOPE_TRUE]),
        std_error=known(error[SLOPE_TRUE]), conf_method="fieller", sesoi=sesoi.get("slope"),
        equivalence_low=narrow.low if bounded else None, mde=question.mde(error[SLOPE_TRUE], df),
        equivalence_high=narrow.high if bounded else None, reliability=known(value[SHARE_TRUE]),
        **shared,
    )  # fmt: skip
    question.row("robustness_value", "index", estimate=rv, method="cinelli_hazlett", df=df)
    return question


def _gate(question: Question, jack: Jackknife, within: bool) -> None:
    share = float(jack.estimate[SHARE_TRUE])
    signal = float(jack.estimate[VAR_TRUE] / jack.std_error[VAR_TRUE])
    enough = signal >= 4 and share >= 0.2 if within else share >= MIN_RELIABILITY
    if question.is_stopped("corrected") or enough:
        return
    question.find(Finding(
        code="low_reliability", severity="refuse", component="corrected", value=share,
        threshold=0.2 if within else MIN_RELIABILITY,
        message=f"Only {share:.2f} of what is left of the employee score is more than noise.",
    ))  # fmt: skip


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
