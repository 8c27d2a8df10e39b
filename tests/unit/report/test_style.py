"""The style sheet: what the browser tests take for granted."""

from __future__ import annotations

import re

from pipelines.report.assets import static

BY_WIDTH = re.compile(r"@media \(m(?:in|ax)-width: (\w+)[^{]*\{\n(.*?)\n\}", re.S)
COLOURED = re.compile(r"(?<![\w-])(?:color|background|fill|opacity)(?:-color)?\s*:|--\w+\s*:")


def test_no_colour_depends_on_the_width() -> None:
    """So whether letters stand out from their ground is asked at one width, the one at which the
    list of contents stands beside the page and has colours of its own."""
    rules = [
        (width, rule.strip())
        for width, block in BY_WIDTH.findall(static("report.css"))
        for rule in block.splitlines()
    ]
    assert {width for width, _ in rules} == {"46rem", "75rem"}
    coloured = {(width, rule.split()[0]) for width, rule in rules if COLOURED.search(rule)}
    assert coloured == {("75rem", ".contents")}
