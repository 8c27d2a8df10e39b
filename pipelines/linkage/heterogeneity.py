"""Do slopes differ between segments, and by how much? Formulas on (slope, SE, df) per segment.

Here: Q, DerSimonian-Laird and REML between-segment variance, the mean with Hartung-Knapp SE, the
prediction interval, shrunken slopes, Welch-James and the joint F test. Not here: the slopes
(``segments``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.linkage.intervals import chi2_p_value, f_p_value, t_quantile


@dataclass(frozen=True)
class Heterogeneity:
    """Random-effects summary of segment slopes."""

    q: float
    q_p_value: float
    tau2: float
    mean: float
    std_error: float
    std_error_hk: float
    std_error_hk_truncated: float
    i2: float
    prediction_low: float
    prediction_high: float
    shrunken: np.ndarray
    tau2_reml: float
    mean_reml: float


def heterogeneity(b: np.ndarray, se: np.ndarray, *, conf_level: float = 0.95) -> Heterogeneity:
    """Random-effects summary (DerSimonian and Laird 1986; Hartung and Knapp 2001).

    Measures how much true slopes vary between segments beyond their sampling error. With few
    segments tau2 is itself very uncertain; a value of zero is not proof of sameness. Rank segments
    by the shrunken slopes, never by the raw ones: the extremes are the noisiest.

    ``w = 1/se^2``, ``Q = sum w (b - mu)^2``, ``tau2 = (Q - k + 1)/(W - sum w^2/W)``, ``I2 = 100
    max(0, (Q - k + 1)/Q)``; shrunken ``mu + tau2/(tau2 + se^2) (b - mu)``.

    >>> result = heterogeneity(np.array([1.0, 2.0, 6.0]), np.array([0.5, 0.5, 0.5]))
    >>> round(result.q, 1), round(result.tau2, 2), round(result.mean, 1)
    (56.0, 6.75, 3.0)
    """
    b, v = np.asarray(b, float), np.asarray(se, float) ** 2
    k, w = len(b), 1 / np.asarray(se, float) ** 2
    fixed = (w @ b) / w.sum()
    q = float(w @ (b - fixed) ** 2)
    scale = w.sum() - (w @ w) / w.sum()
    tau2 = max(0.0, float((q - k + 1) / scale)) if k > 1 else 0.0
    star = 1 / (v + tau2)
    mean = float(star @ b / star.sum())
    error = float(1 / np.sqrt(star.sum()))
    hk = float(np.sqrt(star @ (b - mean) ** 2 / ((k - 1) * star.sum()))) if k > 1 else np.nan
    truncated = max(hk, error)
    quantile = t_quantile(0.5 + conf_level / 2, k - 2) if k > 2 else np.inf
    half = quantile * np.sqrt(tau2 + truncated**2)
    tau2_reml = _reml(b, v, tau2)
    star_reml = 1 / (v + tau2_reml)
    return Heterogeneity(
        q=q, q_p_value=chi2_p_value(q, k - 1), tau2=tau2, mean=mean, std_error=error,
        std_error_hk=hk, std_error_hk_truncated=truncated,
        i2=100 * max(0.0, (q - k + 1) / q) if q > 0 else 0.0,
        prediction_low=mean - half, prediction_high=mean + half,
        shrunken=mean + tau2 / (tau2 + v) * (b - mean),
        tau2_reml=tau2_reml, mean_reml=float(star_reml @ b / star_reml.sum()),
    )  # fmt: skip


def _reml(b: np.ndarray, v: np.ndarray, start: float) -> float:
    """Restricted maximum likelihood by Fisher scoring, held at zero from below."""
    tau2 = start
    for _ in range(200):
        w = 1 / (v + tau2)
        mean = (w @ b) / w.sum()
        w2 = w * w
        step = w2 @ ((b - mean) ** 2 - v) / w2.sum() + 1 / w.sum() - tau2
        # damped, because the plain fixed point can overshoot when one segment dominates
        new = max(0.0, tau2 + 0.5 * step)
        if abs(new - tau2) < 1e-12 * max(1.0, tau2):
            return float(new)
        tau2 = new
    return float(tau2)


def welch_james(b: np.ndarray, se: np.ndarray, df: np.ndarray) -> tuple[float, float, float]:
    """F, second df and p for equal slopes when SEs are estimated (Welch 1951; James 1951).

    Holds its size where Cochran's Q, which takes SEs as known, rejects too often. With more than
    12 segments it needs 20 or more clusters in each.

    >>> f, df2, p = welch_james(np.array([1.0, 2.0, 3.0]), np.ones(3), np.full(3, 20.0))
    >>> round(f, 2), round(df2, 0)
    (0.98, 40.0)
    """
    b, w, df = np.asarray(b, float), 1 / np.asarray(se, float) ** 2, np.asarray(df, float)
    k, total = len(b), w.sum()
    mean = (w @ b) / total
    lack = float(((1 - w / total) ** 2 / df).sum())
    f = (w @ (b - mean) ** 2 / (k - 1)) / (1 + 2 * (k - 2) / (k * k - 1) * lack)
    df2 = (k * k - 1) / (3 * lack)
    return float(f), df2, f_p_value(float(f), k - 1, df2)


def joint_equality(b: np.ndarray, cov: np.ndarray, n_clusters: int) -> tuple[float, float, float]:
    """F(k-1, G-k+1) for equal slopes of overlapping strata, from their joint jackknife covariance.

    >>> f, df2, p = joint_equality(np.array([1.0, 1.0]), np.eye(2), 20)
    >>> f, df2, p
    (0.0, 19.0, 1.0)
    """
    k = len(b)
    differences = np.hstack([np.eye(k - 1), -np.ones((k - 1, 1))])
    d, spread = differences @ b, differences @ cov @ differences.T
    wald = float(d @ np.linalg.pinv(spread, hermitian=True) @ d)
    df2 = float(n_clusters - k + 1)
    f = wald * df2 / ((n_clusters - 1) * (k - 1))
    return f, df2, f_p_value(f, k - 1, df2)
