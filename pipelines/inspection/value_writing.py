"""The `values:` of a source that a proposal writes.

What belongs here: value rules, alike columns together. What does not: the rest of a source
(inspection.source_writing).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.connectors.wording import same
from pipelines.inspection.answers import Answers
from pipelines.inspection.file_roles import FileRoles
from pipelines.inspection.lines import WIDTH, Line, question, quoted, wrapped
from pipelines.program.rules import item_code


def value_lines(file: FileRoles) -> Iterator[Line]:
    groups: dict[tuple, list[Answers]] = {}
    for answers in file.answers:
        scale = answers.scale
        alone = not file.years and (
            answers.when or answers.kind != "scale" or item_code(answers.column) != answers.item
        )
        key = (
            answers.column if alone else "", repr(answers.when), scale.low, scale.high,
            answers.kind, scale.direction, answers.voice, answers.is_unsure,
            repr(sorted((same(t), v) for t, v in (scale.recode or {}).items())), scale.doubt,
            answers.item_rest_r is None,
        )  # fmt: skip
        groups.setdefault(key, []).append(answers)
    rules = list(groups.values())
    if len(rules) == 1:
        content = f"    values: {quoted([_rule(file, rules[0])])}"
        if len(content) <= WIDTH:
            for doubt in _doubts(rules[0]):
                yield from question(doubt, "    ")
            yield Line(content)
            return
    if rules:
        yield Line("    values:")
    for members in rules:
        yield from _value_rule(file, members)


def _value_rule(file: FileRoles, members: list[Answers]) -> Iterator[Line]:
    for doubt in _doubts(members):
        yield from question(doubt, "      ")
    rule = _rule(file, members)
    text = f"      - {quoted(rule)}"
    if len(text) <= WIDTH:
        yield Line(text, members[0].scale.reason if len(text) < 60 else "")
        return
    short = list(wrapped(text))
    if len(short) <= 2:
        yield from short
        return
    for place, (key, value) in enumerate(rule.items()):
        yield from wrapped(f"      {'-' if place == 0 else ' '} {key}: {quoted(value)}")


def _doubts(members: list[Answers]) -> Iterator[str]:
    first = members[0]
    if first.is_unsure:
        yield f"whose answers are these? {first.voice} is assumed"
    if first.scale.doubt:
        yield first.scale.doubt
    if first.item_rest_r is not None:
        yield _reversed(members)
    unknown = sorted({text for a in members for text in a.scale.unknown})
    if unknown:
        texts = ", ".join(map(quoted, unknown[:6]))
        yield (
            f"what do these texts mean: {texts}? Add them to `recode`, or to `missing`; until then "
            "they are rejects"
        )


def _reversed(members: list[Answers]) -> str:
    found = ", ".join(f"{a.item_rest_r:.2f}" for a in members)
    turned = "higher" if members[0].scale.direction == "lower" else "lower"
    if len(members) == 1:
        return (
            "is this worded the other way round? Who answers the other items high answers it low "
            f"(item-rest correlation {found}). If so, it is `direction: {turned}`"
        )
    return (
        "are some of these worded the other way round? Who answers the other items high answers "
        f"them low (item-rest correlations {found}). Each that is needs a rule of its own with "
        f"`direction: {turned}`"
    )


def _rule(file: FileRoles, members: list[Answers]) -> dict[str, Any]:
    first, scale = members[0], members[0].scale
    rule: dict[str, Any] = {"columns": [a.column for a in members]}
    if file.years or (len(members) == 1 and item_code(first.column) != first.item):
        rule["item"] = first.item
    if first.when:
        rule["when"] = first.when
    if first.kind != "scale" and file.table == "customer_feedback":
        rule["kind"] = first.kind
    if file.table == "unit_scores":
        rule["voice"] = first.voice
    rule["scale"] = {"min": scale.low, "max": scale.high}
    if scale.direction == "lower":
        rule["direction"] = "lower"
    if scale.recode:
        rule["recode"] = scale.recode
    return rule
