"""What the report lets happen: names are text, nothing foreign runs, no request leaves."""

from __future__ import annotations

import subprocess
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.conftest import opened, system_browser, written
from tests.browser.made import OPTIONS, published
from tests.unit.linkage.panels import panel

HOSTILE = [
    "<script>window.broken = 1</script>", "<img src=x onerror=alert(1)>", "</script><b>bold</b>",
    "فريق المبيعات في القاهرة", "Team 🦊🚀 «quoted» & 'single'", "x" * 300,
    "=HYPERLINK(\"http://example.com\")", "{{ 7 * 7 }}", "\u202eevil\u2029line",
]  # fmt: skip


def test_hostile_names_are_text(browser: Browser, tmp_path: Path) -> None:
    def names(kind: str, code: str) -> str:
        return f"{HOSTILE[int(code.lstrip('ulr')) % len(HOSTILE)]} {kind}"

    made = published(panel(54, 4, 2, seed=4), names, {**OPTIONS, "x_label": HOSTILE[1],
                                                      "y_label": HOSTILE[2]})  # fmt: skip
    page, troubles = opened(browser, written(made, tmp_path / "hostile.html"), width=390)
    assert troubles == []
    assert page.evaluate("window.broken") is None
    assert page.locator("img, b").count() == 0
    assert page.locator("h1").inner_text() == f"Does {HOSTILE[1]} track {HOSTILE[2]}?"
    options = page.locator("#filter-location option").all_inner_texts()
    assert f"{HOSTILE[0]} place" in options
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.close()


def test_the_policy_stops_what_is_not_ours(browser: Browser, report: Path) -> None:
    page, troubles = opened(browser, report)
    with page.expect_event("requestfailed") as stopped:
        page.evaluate("""() => {
          const script = document.createElement("script");
          script.textContent = "window.broken = 1";
          document.body.append(script);
          const image = document.createElement("img");
          image.src = "https://example.com/x.png";
          document.body.append(image);
        }""")
    assert page.evaluate("window.broken") is None
    assert stopped.value.failure == "csp"
    assert any("Content Security Policy" in trouble for trouble in troubles)
    page.close()


def test_the_browser_is_the_systems_own(browser: Browser) -> None:
    """Playwright brings and fetches none; Debian's is what `.ci/run` installs."""
    said = subprocess.run([system_browser() or "", "--version"], capture_output=True, text=True,
                          check=True).stdout  # fmt: skip
    assert browser.version in said
