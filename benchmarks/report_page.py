"""The report with 20,000 units: how large, how soon ready, how quickly a filter answers.

Measured in headless Chromium on a page of 20,000 points, as a reader would open it from disk; a
filter has answered when the next frame is drawn.
`python -m benchmarks.report_page` writes its table in docs/performance.md.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import CDPSession, Page, sync_playwright

from pipelines.fingerprint import git_commit
from pipelines.report.catalogue import Catalogue
from pipelines.report.page import report_page, report_sections
from tests.browser.made import OPTIONS, published
from tests.unit.linkage.panels import panel

UNITS_PER_LOCATION, LOCATIONS = 20, 1000
REPEATS = 10
CHOICES = ("r0", "r1", "")
"""A region, another, and all units again, which draws most."""
PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
PART = re.compile(r"(?s)(<!-- report page -->\n).*?(<!-- end of report page -->)")
APPLY = """region => {
  const choice = document.getElementById("filter-region");
  const start = performance.now();
  choice.value = region;
  choice.dispatchEvent(new Event("input", { bubbles: true }));
  return crossvoiceViews.scatter.view.runAsync()
    .then(() => new Promise(requestAnimationFrame))
    .then(() => new Promise(done => setTimeout(done)))
    .then(() => performance.now() - start);
}"""


def lines() -> list[str]:
    """Rows of a table: measure, figure, bound."""
    made = published(panel(LOCATIONS, UNITS_PER_LOCATION, 1, seed=2), options=OPTIONS)
    text = Catalogue()
    start = time.perf_counter()
    page = report_page(made, text, report_sections(made, text), audience="shared", beside=[],
                       methods="methods.html#")  # fmt: skip
    seconds = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        path.write_text(page, "utf-8")
        ready, busy, filters, busy_filters = _measured(path)
    size = len(page.encode("utf-8")) / 1e6
    return [
        f"| file | {size:.2f} MB | < 3 MB |",
        f"| made in | {seconds:.1f} s | |",
        f"| ready | {_least(ready, 's', 2)} | <= 2 s |",
        f"| ready, processor of the page's thread | {_least(busy, 's', 2)} | |",
        *(
            f"| filter, {name} | {_least(took[i :: len(CHOICES)], 'ms', 0)} | {bound} |"
            for took, bound, kind in ((filters, "<= 150 ms", ""), (busy_filters, "", ", processor"))
            for i, name in ((0, f"one region{kind}"), (2, f"all units again{kind}"))
        ),
    ]


def _least(took: list[float], unit: str, digits: int) -> str:
    """The least of several runs, which other programs disturb least, and their median."""
    return f"{min(took):.{digits}f} {unit} (median {statistics.median(took):.{digits}f})"


def _measured(path: Path) -> tuple[list[float], ...]:
    chromium = shutil.which("chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        ready, busy, filters, busy_filters = [], [], [], []
        for _ in range(REPEATS):
            page: Page = browser.new_page(viewport={"width": 1440, "height": 1000})
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            start = time.perf_counter()
            page.goto(path.as_uri())
            page.wait_for_selector("body[data-ready=yes]")
            ready.append(time.perf_counter() - start)
            busy.append(_busy(session))
            for region in CHOICES:
                before = _busy(session)
                filters.append(page.evaluate(APPLY, region))
                busy_filters.append(1000 * (_busy(session) - before))
            page.close()
        browser.close()
    return ready, busy, filters, busy_filters


def _busy(session: CDPSession) -> float:
    """Seconds of processor the page's main thread has used; other programs do not count."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(m["value"] for m in metrics if m["name"] == "TaskDuration")


def main() -> None:
    """Measure and write."""
    load = os.getloadavg()[0]
    text = "\n".join([
        f"Measured on {dt.datetime.now(dt.UTC):%Y-%m-%d} at commit `{git_commit()}`, "
        f"{os.cpu_count()} cores, load {load:.1f} before, "
        f"niceness {os.getpriority(os.PRIO_PROCESS, 0)}.", "",
        f"| measure | least of {REPEATS} runs | bound |", "|---|---|---|", *lines(), "",
    ])  # fmt: skip
    print(text)
    PAGE.write_text(PART.sub(lambda m: m[1] + text + m[2], PAGE.read_text()))


if __name__ == "__main__":
    main()
