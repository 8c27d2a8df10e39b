"""From cells to blocks: which cells are judged together, and with what figures.

What belongs here: families of metrics, linked periods, the figures of a cell. What does not: the
atoms of a block (privacy.atoms) and what is hidden (privacy.complementary).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.privacy.atoms import Places, Scale, build_block, linked_periods
from pipelines.privacy.blocks import Block, Label
from pipelines.privacy.same_answers import SameAnswers, judge_together, same_answers
from pipelines.program.rules import AnswerScale
from pipelines.program.sections import Metric, Privacy

PARTS = {"net_promoter": ("promoters", "detractors"), "count": ()}
"""Columns that add up over cells, by kind of metric; the others have a score sum."""
BlockKey = tuple[str, str]
"""Family of metrics and name of the linked periods of a block."""
Figures = dict[str, dict[Label, tuple]]
"""Metric -> label -> answers, people and the parts of the score sum."""


@dataclass(frozen=True)
class Grouping:
    """Which block a cell belongs to, by metric and period, and the scale of every metric."""

    kinds: Mapping[str, str]
    scales: Mapping[str, Scale]
    family: Mapping[str, str]
    homes: Mapping[str, str]
    finer: Mapping[str, tuple[str, ...]]
    together: Sequence[SameAnswers]

    @classmethod
    def of(
        cls,
        cells: pl.DataFrame,
        privacy: Privacy,
        metrics: list[Metric],
        finer: Mapping[str, tuple[str, ...]],
        periods: Iterable[str] = (),
        *,
        answer_scales: Mapping[str, Iterable[AnswerScale]],
        asked_together: Iterable[frozenset[str]],
    ) -> Grouping:
        """From the cells of now; `periods` are further ones, of earlier releases."""
        kinds, items = {m.id: m.kind for m in metrics}, {m.id: len(m.items) for m in metrics}
        limits, own = privacy.thresholds, families(metrics, asked_together)
        scales, family = {}, {}
        for metric, voice in cells.select("metric_id", "voice").unique().sort("metric_id").rows():
            limit = limits.employee if voice == "employee" else limits.customer
            scales[metric] = Scale(kinds.get(metric, "count"), limit, items.get(metric, 1))
            family[metric] = own.get(metric, voice)
        homes = linked_periods([*cells["period_id"].unique().sort(), *periods], finer)
        together = same_answers(metrics, answer_scales)
        return cls(kinds, scales, family, homes, finer, together)

    @property
    def key(self) -> list[pl.Expr]:
        """Columns `family` and `home` of a frame of cells whose metrics and periods are known."""
        return [
            pl.col("metric_id").replace_strict(self.family).alias("family"),
            pl.col("period_id").replace_strict(self.homes).alias("home"),
        ]

    def figures(self, cells: pl.DataFrame) -> dict[BlockKey, Figures]:
        """Figures of the cells that hold answers, by block."""
        found: dict[BlockKey, Figures] = {}
        for row in cells.filter(pl.col("n_responses") > 0).iter_rows(named=True):
            metric, period = row["metric_id"], row["period_id"]
            block = found.setdefault((self.family[metric], self.homes[period]), {})
            label = (row["unit_level"], row["unit_id"], period)
            block.setdefault(metric, {})[label] = _value(row, self.scales[metric].kind)
        return found

    def block(
        self, key: BlockKey, figures: Figures, places: Places, gone: Iterable[Label] = ()
    ) -> Block:
        """The block of these figures; `gone` are labels that hold no answer now."""
        block = build_block(" ".join(key), figures, self.scales, places, self.finer, gone)
        return judge_together(block, self.together)


def cell_blocks(
    judged: pl.DataFrame,
    grouping: Grouping,
    places: Places,
    gone: Mapping[str, Iterable[Label]] | None = None,
) -> dict[BlockKey, Block]:
    """Blocks of the cells, with what is hidden already as primary.

    `gone` are cells by metric that an earlier release told and that hold no answer now.
    """
    hidden: dict[BlockKey, set[Label]] = {}
    withheld = judged.filter(pl.col("reason_code") != "released")
    keys = withheld.select(*grouping.key, "unit_level", "unit_id", "period_id")
    for family, home, *label in keys.iter_rows():
        hidden.setdefault((family, home), set()).add(tuple(label))
    blocks = {}
    for key, figures in grouping.figures(judged).items():
        no_more = {
            label for metric in figures for label in (gone or {}).get(metric, ())
            if grouping.homes.get(label[2]) == key[1]
        }  # fmt: skip
        block = grouping.block(key, figures, places, no_more)
        primary = hidden.get(key, set())
        block.primary = {i for i, label in enumerate(block.labels) if label in primary}
        blocks[key] = block
    return blocks


def families(
    metrics: list[Metric], asked_together: Iterable[frozenset[str]]
) -> dict[str, str]:
    """Metric -> the family it is judged with.

    Customer metrics are one family when they share an item, or ask for items of one form.
    """
    forms = list(asked_together)
    family: dict[str, str] = {}
    items: dict[str, set[str]] = {}
    for metric in metrics:
        if metric.voice == "employee":
            family[metric.id] = "employee"
            continue
        name, mine = metric.id, set(metric.items)
        mine = mine.union(*(form for form in forms if form & mine))
        for other, theirs in list(items.items()):
            if mine & theirs:
                mine |= items.pop(other)
                family = {m: name if f == other else f for m, f in family.items()}
        family[metric.id], items[name] = name, mine
    return family


def _value(row: Mapping, kind: str) -> tuple:
    """Answers, people and the parts of the score sum of one cell."""
    answers, people = row["n_responses"], row["n_people"] or row["n_responses"]
    if kind in PARTS:
        return (answers, people, *(row[part] or 0 for part in PARTS[kind]))
    return answers, people, (row["value"] or 0.0) * answers
