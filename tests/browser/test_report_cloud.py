"""Many units are one picture behind the axes: the units, what filters chose, in every scheme."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pipelines.report import page as report_module
from tests.browser.conftest import opened, written
from tests.browser.made import company

PAINTED = """name => {
  const { view, cloud, rows } = crossvoiceViews[name];
  const canvas = document.querySelector(`#chart-${name} canvas`);
  const brush = canvas.getContext("2d");
  const sharp = canvas.width / view.width();
  return rows.map(r => [r.region_id, r.style, ...brush.getImageData(
    view.scale("x")(r.x) * sharp, view.scale("y")(r.y) * sharp, 1, 1).data]);
}"""
"""Region, style and pixel (red, green, blue, opacity) of every unit."""


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report_module, "MOST_MARKS", 100)
        path: Path = written(company(), tmp_path_factory.mktemp("cloud") / "report.html")
    page, troubles = opened(browser, path)
    assert troubles == []
    yield page
    page.close()


def test_every_unit_is_painted_where_the_axes_say(page: Page) -> None:
    pixels = page.evaluate(PAINTED, "scatter")
    assert len(pixels) == 216
    assert all(opacity > 0 for *_, opacity in pixels)
    assert page.locator("#chart-scatter svg .mark-symbol path").count() == 0
    canvas = page.locator("#chart-scatter canvas").bounding_box()
    plot = page.locator("#chart-scatter svg .background").first.bounding_box()
    assert canvas == pytest.approx(plot, abs=0.6)
    fields = {style: pixel for _, style, *pixel in page.evaluate(PAINTED, "quadrants")}
    assert len({tuple(pixel[:3]) for pixel in fields.values()}) == len(fields) == 3


def test_a_choice_leaves_its_units_alone(page: Page) -> None:
    page.select_option("#filter-region", "r1")
    painted = {"r1": [], "other": []}
    for region, _, *_, opacity in page.evaluate(PAINTED, "scatter"):
        painted["r1" if region == "r1" else "other"].append(opacity > 0)
    assert all(painted["r1"])
    assert painted["other"].count(False) > len(painted["other"]) / 2  # others lie behind some of r1
    page.select_option("#filter-region", "")


def test_a_unit_says_its_name_when_pointed_at(page: Page) -> None:
    x, y, unit = page.evaluate("""() => {
      const { view, rows } = crossvoiceViews.scatter;
      const [row] = rows.toSorted((a, b) => b.x - a.x);
      return [view.scale("x")(row.x), view.scale("y")(row.y), row.unit];
    }""")
    page.locator("#chart-scatter").scroll_into_view_if_needed()
    page.locator("#chart-scatter").hover(position={"x": 1, "y": 1})
    assert page.locator("#tip").is_hidden()
    box = page.locator("#chart-scatter canvas").bounding_box()
    page.mouse.move(box["x"] + x + 2, box["y"] + y + 2)
    assert page.locator("#tip").inner_text().splitlines()[0] == f"unit: {unit}"
    page.mouse.move(0, 0)


def test_the_cloud_takes_the_colours_of_the_scheme_and_of_paper(page: Page) -> None:
    def colour() -> list[int]:
        return max(page.evaluate(PAINTED, "scatter"), key=lambda p: p[-1])[2:5]

    light = colour()
    page.click("#theme")
    dark = colour()
    assert sum(dark) > sum(light) + 200
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert colour() == pytest.approx(light, abs=8)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert colour() == pytest.approx(dark, abs=8)
    page.click("#theme")
