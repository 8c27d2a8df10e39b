"""Quantiles, p-values and interval formulas shared by every estimator.

Here: closed-form intervals that take numbers and return numbers. Not here: anything that knows
about panels, clusters or result rows. Only ``scipy.special`` is used, because importing
``scipy.stats`` costs more than most estimates.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Any, Literal, NamedTuple

import numpy as np

ConfShape = Literal["bounded", "unbounded", "exclusive"]


class Interval(NamedTuple):
    """An interval and its shape; the bounds are ``None`` when every value is compatible."""

    low: float | None
    high: float | None
    shape: ConfShape = "bounded"


@cache
def _special() -> ModuleType:
    """SciPy's distributions: a tenth of loading the code location, which asks for none."""
    from scipy import special  # noqa: PLC0415

    return special


def known(value: float) -> float | None:
    """A number, or ``None`` where it is undefined; result rows hold nulls, never NaN.

    >>> known(float("nan")) is None
    True
    """
    return float(value) if np.isfinite(value) else None


def t_quantile(probability: float, df: float) -> float:
    """Quantile of Student's t.

    >>> round(t_quantile(0.975, 39), 4)
    2.0227
    """
    return float(_special().stdtrit(df, probability))


def normal_quantile(probability: float) -> float:
    """Quantile of the standard normal.

    >>> round(normal_quantile(0.975), 4)
    1.96
    """
    return float(_special().ndtri(probability))


def t_p_value(statistic: float, df: float) -> float:
    """Two-sided p-value of a t statistic.

    >>> round(t_p_value(2.0, 20), 4)
    0.0593
    """
    return float(2.0 * _special().stdtr(df, -abs(statistic)))


def normal_p_value(statistic: float) -> float:
    """Two-sided p-value of a standard normal statistic.

    >>> round(normal_p_value(1.96), 3)
    0.05
    """
    return float(2.0 * _special().ndtr(-abs(statistic)))


def f_p_value(statistic: float, df1: float, df2: float) -> float:
    """Upper tail of the F distribution.

    >>> round(f_p_value(3.0, 2, 30), 4)
    0.0649
    """
    return float(_special().fdtrc(df1, df2, max(statistic, 0.0)))


def chi2_p_value(statistic: float, df: float) -> float:
    """Upper tail of the chi-squared distribution.

    >>> round(chi2_p_value(7.81, 3), 4)
    0.0501
    """
    return float(_special().chdtrc(df, statistic))


def f_quantile(probability: float, df1: float, df2: float) -> float:
    """Quantile of the F distribution.

    >>> round(f_quantile(0.95, 2, 30), 4)
    3.3158
    """
    return float(_special().fdtri(df1, df2, probability))


def atanh(r: np.ndarray | float) -> np.ndarray:
    """Fisher's z; correlations at or beyond one are moved just inside, so replicates stay finite.

    >>> float(atanh(0.0))
    0.0
    """
    return np.arctanh(np.clip(r, -1.0 + 1e-15, 1.0 - 1e-15))


def t_interval(estimate: float, std_error: float, df: float, level: float) -> Interval:
    """Symmetric interval ``estimate +- t * SE``.

    >>> [round(v, 3) for v in t_interval(1.0, 0.5, 10, 0.95)[:2]]
    [-0.114, 2.114]
    """
    half = t_quantile(0.5 + level / 2, df) * std_error
    return Interval(estimate - half, estimate + half)


def z_scale_interval(r: float, std_error_z: float, quantile: float) -> Interval:
    """Interval of a correlation, made on the atanh scale and turned back.

    >>> [round(v, 3) for v in z_scale_interval(0.5, 0.1, 1.96)[:2]]
    [0.339, 0.632]
    """
    z = float(atanh(r))
    return Interval(
        float(np.tanh(z - quantile * std_error_z)), float(np.tanh(z + quantile * std_error_z))
    )


def fieller(numerator: float, denominator: float, cov: np.ndarray, quantile: float) -> Interval:
    """Interval of a ratio whose denominator is itself uncertain (Fieller 1954).

    All b with (N - b D)^2 <= q^2 (V_NN - 2 b V_ND + b^2 V_DD). When the denominator cannot be told
    from zero the set has no end (``unbounded``) or is everything but a gap (``exclusive``; the
    bounds then name the gap). That is the honest answer, not a failure.

    >>> cov = np.diag([0.04, 0.01])
    >>> [round(v, 3) for v in fieller(2.0, 1.0, cov, 2.0)[:2]]
    [1.5, 2.667]
    >>> fieller(2.0, 0.1, cov, 2.0).shape
    'exclusive'
    """
    q2 = quantile * quantile
    a = denominator**2 - q2 * cov[1, 1]
    b = numerator * denominator - q2 * cov[0, 1]
    c = numerator**2 - q2 * cov[0, 0]
    root = b * b - a * c
    if (a <= 0 and root <= 0) or a == 0:
        return Interval(None, None, "unbounded")
    ends = sorted(((b - np.sqrt(max(root, 0.0))) / a, (b + np.sqrt(max(root, 0.0))) / a))
    return Interval(float(ends[0]), float(ends[1]), "bounded" if a > 0 else "exclusive")


def corrected_slope_interval(
    numerator: float, denominator: float, cov: np.ndarray, df: float, conf_level: float
) -> dict[str, Any]:
    """What a row says about the range of a corrected slope: Fieller, and the 90% limits.

    The 90% limits judge whether a link is practically none; an unbounded interval has none.
    """
    wide, narrow = (
        fieller(numerator, denominator, cov, t_quantile(probability, df))
        for probability in (0.5 + conf_level / 2, 0.95)
    )
    bounded = narrow.shape == "bounded"
    return {"interval": wide, "conf_method": "fieller",
            "equivalence_low": narrow.low if bounded else None,
            "equivalence_high": narrow.high if bounded else None}  # fmt: skip


def smallest_detectable(
    std_error: float, df: float, level: float = 0.95, power: float = 0.80
) -> float:
    """Smallest true effect found with the given power: ``(t_(1-a/2) + t_power) * SE``.

    >>> round(smallest_detectable(1.0, 1e6), 2)
    2.8
    """
    return (t_quantile(0.5 + level / 2, df) + t_quantile(power, df)) * std_error
