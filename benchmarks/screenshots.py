"""`make screenshots`: pictures of the reports of the shipped programs, at each width and scheme.

Writes var/screenshots/<program>_<width>_<scheme>.png and <program>.pdf from the current releases;
with `docs`, also the two small pictures of the README.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from pipelines.publishing.release import current_release
from pipelines.report.release_pages import report_path
from pipelines.settings import PROJECT_ROOT, load_settings

PROGRAMS = ("demo", "baltimore_schools", "chicago_schools")
WIDTHS = (390, 820, 1440)
OUT = PROJECT_ROOT / "var" / "screenshots"
IMAGES = PROJECT_ROOT / "docs" / "images"
READY = "body[data-ready=yes]"
FIRST_SCREEN = {"demo": ("light", 1180, 900), "baltimore_schools": ("dark", 1180, 900)}
"""The README's pictures: scheme, width, height."""


def main(arguments: list[str]) -> int:
    """Take every picture; returns 1 when no program has a release."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("No Chromium on this machine: apt-get install chromium")
        return 1
    taken = 0
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for program in PROGRAMS:
            release = current_release(load_settings(program))
            if release is None:
                print(f"{program}: no release yet; make run PROGRAM={program}")
                continue
            report = report_path(release, "shared")
            taken += _pictures(browser, program, report)
            if "docs" in arguments and program in FIRST_SCREEN:
                _first_screen(browser, program, report)
        browser.close()
    print(f"{taken} pictures in {OUT}")
    return 0 if taken else 1


def _pictures(browser: Browser, program: str, report: Path) -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": width, "height": 1000}, color_scheme=scheme)
            page.goto(report.as_uri())
            page.wait_for_selector(READY)
            page.screenshot(path=OUT / f"{program}_{width}_{scheme}.png", full_page=True)
            page.close()
    page = browser.new_page()
    page.goto(report.as_uri())
    page.wait_for_selector(READY)
    page.pdf(path=OUT / f"{program}.pdf", prefer_css_page_size=True, print_background=True)
    page.close()
    return 2 * len(WIDTHS)


def _first_screen(browser: Browser, program: str, report: Path) -> None:
    scheme, width, height = FIRST_SCREEN[program]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.goto(report.as_uri())
    page.wait_for_selector(READY)
    IMAGES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=IMAGES / f"{program}.png")
    page.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
