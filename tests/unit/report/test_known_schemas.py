"""Altair with its table of schemas made once draws the same, and is itself again afterwards."""

from __future__ import annotations

import altair as alt
import pytest
from altair.utils import schemapi

from pipelines.report.page import _known_schemas, _schemas_known


def drawn() -> dict:
    """A chart whose channels are given in altair's short words."""
    points = alt.Chart(alt.Data(values=[])).mark_point().encode(x="low:Q", y="mean(high):Q")
    return (points + points.mark_rule().encode(color="kind:N", tooltip=["kind:N"])).to_dict()


def refuse(*_: object) -> None:
    raise AssertionError("a table of schemas is made")


def test_the_same_chart_without_another_table(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = drawn()
    _known_schemas()
    monkeypatch.setattr(schemapi._FromDict, "__init__", refuse)
    with _schemas_known():
        assert drawn() == wanted
    with pytest.raises(AssertionError, match="a table of schemas is made"):  # or it is needless
        drawn()


def test_altair_is_itself_again_even_after_a_fault() -> None:
    stock = schemapi._FromDict
    with pytest.raises(RuntimeError), _schemas_known():
        assert schemapi._FromDict is not stock
        raise RuntimeError
    assert schemapi._FromDict is stock
