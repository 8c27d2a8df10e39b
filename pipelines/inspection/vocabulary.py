"""Words of exports in many languages: headers, missing codes, labels of scales.

What belongs here: reading `words.yaml`, where the words are. What does not: what is concluded from
them (inspection.roles, inspection.scales).
"""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

from pipelines.connectors.wording import same

_WORDS = YAML(typ="safe").load(Path(__file__).with_name("words.yaml").read_text("utf-8"))


def _forms(words: list[str]) -> frozenset[str]:
    return frozenset(same(word) for word in words)


MISSING_WORDS = _forms(_WORDS["missing_words"])
SUPPRESSED_WORDS = _forms(_WORDS["suppressed_words"])
TOTAL_WORDS = _forms(_WORDS["total_words"])
HEADERS = {role: _forms(words) for role, words in _WORDS["headers"].items()}
"""Words a header may consist of, by what the column is."""
SCORE_WORDS = {kind: _forms(words) for kind, words in _WORDS["score_words"].items()}
COMMENT_WORDS = _forms(_WORDS["comment_words"])
EMPLOYEE_WORDS = _forms(_WORDS["employee_words"])
CUSTOMER_WORDS = _forms(_WORDS["customer_words"])
HR_WORDS = _forms(_WORDS["hr_words"])
REVERSED_WORDS = _forms(_WORDS["reversed_words"])
"""Words of measures whose low end is good."""
NEVER_READ = _forms(_WORDS["never_read"])
"""Headers of personal fields, which a program has no use for."""
LABELS = {name: [_forms(level) for level in levels] for name, levels in _WORDS["labels"].items()}
"""Labels of each scale from its low end to its high one."""
