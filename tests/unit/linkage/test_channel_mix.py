"""The link at one mix of channels."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from panels import panel

from pipelines.linkage import adjusted


def voices(answers: int = 30, seed: int = 3) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A panel without any link, in which happy teams happen to work in the pleased channel."""
    rng = np.random.default_rng(seed)
    cells = panel(slope=0.0, noise=0.2)
    score = (cells["mean_e"].to_numpy() - 60) / 5
    share = 1 / (1 + np.exp(-score))
    chat = np.clip(np.round(answers * share), 6, answers - 6).astype(int)
    noise = rng.normal(0, 3, (2, len(cells)))
    mean_chat, mean_phone = 40 + noise[0], 0 + noise[1]
    keys = cells.select("unit_id", "period_id")
    channels = pl.concat([
        keys.with_columns(channel=pl.lit("chat"), n_c=pl.Series(chat), mean_c=pl.Series(mean_chat)),
        keys.with_columns(channel=pl.lit("phone"), n_c=pl.Series(answers - chat),
                          mean_c=pl.Series(mean_phone)),
    ])  # fmt: skip
    mixed = (chat * mean_chat + (answers - chat) * mean_phone) / answers
    return cells.with_columns(mean_c=pl.Series(mixed)), channels


def slope(data: pl.DataFrame, channels: pl.DataFrame, label: str) -> dict[str, object]:
    return adjusted(data, channels=channels, respondent_overlap="none").row(
        adjusted_for=label, component="observed", effect_type="slope"
    )


def test_a_link_made_by_channels_alone_goes_away() -> None:
    data, channels = voices()
    raw, mixed = (slope(data, channels, k) for k in ("period", "period,channel_mix"))
    assert raw["conf_low"] > 0.5
    assert mixed["conf_low"] < 0 < mixed["conf_high"] and mixed["method"].startswith("direct")


def test_standardised_slope_equals_the_formula() -> None:
    data, channels = voices()
    n = channels.group_by("channel").agg(pl.col("n_c").sum())
    weight = dict(n.with_columns(pl.col("n_c") / pl.col("n_c").sum()).iter_rows())
    free = channels.with_columns(
        pl.col("mean_c") - pl.col("mean_c").mean().over("channel", "period_id"),
        pl.col("channel").replace_strict(weight).alias("w"),
    )
    y = free.group_by("unit_id").agg((pl.col("mean_c") * pl.col("w")).sum() / 6).sort("unit_id")
    x = data.with_columns(pl.col("mean_e") - pl.col("mean_e").mean().over("period_id"))
    x = x.group_by("unit_id").agg(pl.col("mean_e").mean()).sort("unit_id")
    wanted = np.polyfit(x["mean_e"].to_numpy(), y["mean_c"].to_numpy(), 1)[0]
    assert slope(data, channels, "period,channel_mix")["estimate"] == pytest.approx(wanted)


def test_too_few_answers_per_channel_make_shares_covariates() -> None:
    data, channels = voices()
    # 10 locations of 30 never use chat
    thin = channels.filter(
        (pl.col("channel") == "phone") | (pl.col("unit_id").str.slice(1).cast(pl.Int64) >= 40)
    )
    row = slope(data, thin, "period,channel_mix")
    assert row["method"].startswith("partialled_sums") and row["estimate"] is not None


def test_channel_mix_can_be_a_mediator() -> None:
    data, channels = voices()
    result = adjusted(data, channels=channels, mediators=("channel_mix",))
    row = result.row(adjusted_for="period,channel_mix", component="observed", effect_type="slope")
    assert (row["verdict"], row["guard_code"]) == ("refused", "mediator_as_control")


def test_missing_columns_are_named() -> None:
    with pytest.raises(ValueError, match="channel"):
        adjusted(panel(), channels=panel().select("unit_id", "period_id"))
