"""The explorer's page, run by Streamlit's own test driver."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.cli import explore
from pipelines.errors import CrossvoiceError
from tests.explorer.conftest import release

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest


@pytest.fixture(autouse=True, scope="module")
def components_looked_for_once() -> Iterator[None]:
    """Streamlit reads the metadata of every installed package for each page of its test driver."""
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        found = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", found)
        yield


def page(published: Path, language: str = "en") -> AppTest:
    """The page over these publications; one process of the tests needs Streamlit."""
    from streamlit.testing.v1 import AppTest

    def script(folder: str, language: str) -> None:
        from pathlib import Path

        from pipelines.explorer.app import main

        main(Path(folder), "shared", language)

    made = AppTest.from_function(script, args=(str(published), language), default_timeout=600)
    return made.run()


def test_picks_narrow_the_estimates(published: Path) -> None:
    app = page(published)
    assert not app.exception
    assert app.title[0].value == "First release"
    whole = len(app.dataframe[0].value)
    app.multiselect(key="pick_estimand").set_value(["between"]).run()
    narrowed = app.dataframe[0].value
    assert 0 < len(narrowed) < whole
    assert set(narrowed["estimand"]) == {"between"}


@pytest.mark.parametrize(
    ("column", "value"),
    [("y_measure", "csat"), ("segment", "r1"), ("lag", -1), ("window_id", "p01")],
)
def test_metrics_segments_lags_and_windows_are_picked(
    published: Path, column: str, value: str | int
) -> None:
    app = page(published)
    app.multiselect(key=f"pick_{column}").set_value([value]).run()
    narrowed = app.dataframe[0].value
    assert len(narrowed) > 0
    assert set(narrowed[column]) == {value}


def test_it_speaks_the_programs_language(published: Path) -> None:
    app = page(published, "de")
    assert not app.exception
    assert [tab.label for tab in app.tabs] == ["Schätzungen", "Einheiten", "SQL"]
    assert app.multiselect(key="pick_estimand").label == "Frage"
    words = pl.concat([pl.DataFrame(d.value) for d in app.dataframe
                       if "column_description" in d.value.columns])  # fmt: skip
    assert "Die Zahl." in words["column_description"].drop_nulls().to_list()


def test_names_are_shown_as_text_and_exported_without_formulae(tmp_path: Path) -> None:
    release(tmp_path, "first", "![x](https://example.com/x.png) <b>bold</b>")
    app = page(tmp_path)
    assert not app.exception
    assert app.title[0].value.startswith(r"\!\[x\]\(https\:")
    from pipelines.explorer.app import exported

    frame = pl.DataFrame({"unit": ["=HYPERLINK(1)", "@sum", "plain"], "score": [-1.5, 2.0, 3.0]})
    assert exported(frame) == "unit,score\n'=HYPERLINK(1),-1.5\n'@sum,2.0\nplain,3.0\n"


def test_a_kind_of_estimate_has_its_picture(published: Path) -> None:
    app = page(published)
    assert app.radio(key="kind").options[0] == "Correlation"
    app.radio(key="kind").set_value("slope").run()
    assert not app.exception


def test_sql_shows_rows_or_says_why_not(published: Path) -> None:
    app = page(published)
    app.text_area(key="sql").set_value("select 42 as answer").run()
    app.button(key="run_sql").click().run()
    assert ["answer"] in [list(d.value.columns) for d in app.dataframe]
    app.text_area(key="sql").set_value("select * from read_csv('/etc/passwd')").run()
    assert not app.exception
    assert "disabled" in app.error[0].value


def test_a_new_release_is_picked_up_without_a_restart(tmp_path: Path) -> None:
    release(tmp_path, "first", "First release")
    app = page(tmp_path)
    release(tmp_path, "second", "Second release")
    assert app.run().title[0].value == "Second release"


def test_without_streamlit_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explore.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CrossvoiceError) as error:
        explore.explore(None, "shared", 8501)
    assert "crossvoice[explorer]" in error.value.text()


def test_it_listens_on_this_machine_only_and_reports_nothing() -> None:
    assert explore.OPTIONS["server.address"] == "127.0.0.1"
    assert explore.OPTIONS["browser.gatherUsageStats"] == "false"


def test_nothing_but_what_is_asked_for_is_shown() -> None:
    """Streamlit writes every bare string of its script onto the page unless told otherwise."""
    assert explore.OPTIONS["runner.magicEnabled"] == "false"
