"""The method pages say the same in every language: blocks, code, rows, links, references."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from pipelines.linkage.guards import CATALOGUE
from pipelines.report import documents
from pipelines.report.catalogue import LANGUAGES, TABLES_SPEAK, Catalogue, released_texts
from pipelines.report.documents import METHODS, methods_page

TRANSLATED = [language for language in LANGUAGES if language != TABLES_SPEAK]
PAGES = sorted(path.name for path in METHODS.glob("*.md"))
MARKDOWN = MarkdownIt("commonmark").enable("table")


def skeleton(page: str) -> list[tuple[str, ...]]:
    """Blocks of a page in order, with what no language changes: code, addresses, fenced lines."""
    found = []
    for token in MARKDOWN.parse(page):
        inside = token.children or []
        code = [t.content for t in inside if t.type == "code_inline"]
        links = [str(t.attrs["href"]) for t in inside if t.type == "link_open"]
        strong = [t.tag for t in inside if t.type == "strong_open"]
        fenced = [token.info, token.content] if token.type == "fence" else []
        found.append((token.type, token.tag, *sorted(code), *sorted(links), *strong, *fenced))
    return found


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_page_is_translated(language: str) -> None:
    assert sorted(path.name for path in (METHODS / language).iterdir()) == PAGES


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("name", PAGES)
def test_a_translated_page_keeps_blocks_code_and_links(language: str, name: str) -> None:
    translated = (METHODS / language / name).read_text("utf-8").replace("](../../", "](../")
    assert skeleton(translated) == skeleton((METHODS / name).read_text("utf-8"))


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("README.md", "guards.md")])
def test_a_translated_page_keeps_its_references(language: str, name: str) -> None:
    english = (METHODS / name).read_text("utf-8").partition("## References\n")[2]
    assert english
    assert (METHODS / language / name).read_text("utf-8").endswith("\n" + english)


@pytest.mark.parametrize("language", TRANSLATED)
def test_next_steps_on_the_page_are_those_of_the_report(language: str) -> None:
    page, steps = (METHODS / language / "guards.md").read_text("utf-8"), released_texts(language)
    for code, (guard_id, _) in CATALOGUE.items():
        step = re.escape(steps[f"guard.{code}"])
        assert re.search(rf"^\| {guard_id} \| `{code}` \| .* \| {step} \|$", page, re.M), code


@pytest.mark.parametrize("language", LANGUAGES)
def test_methods_are_one_page_in_one_language_and_its_links_lead_somewhere(language: str) -> None:
    page = methods_page(Catalogue(language))
    names = [name.removesuffix(".md") for name in PAGES]
    assert sorted(re.findall(r'<article lang="(\w+)" id="([\w-]+)"', page)) == sorted(
        (language, name) for name in names
    )
    assert {*re.findall(r'href="#([^"]+)"', page)} <= {*names}
    assert ".md" not in page


def test_a_page_without_a_translation_is_in_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "de").mkdir()
    (tmp_path / "README.md").write_text("# Methods")
    (tmp_path / "lag.md").write_text("# Lag: which moves first?\n\n| a |\n|---|\n| b |")
    (tmp_path / "de" / "README.md").write_text("# Methoden")
    monkeypatch.setattr(documents, "METHODS", tmp_path)
    page = methods_page(Catalogue("de"))
    assert '<article lang="de" id="README"><h1>Methoden</h1>' in page
    assert '<article lang="en" id="lag"><h1>Lag: which moves first?</h1>' in page
    assert 'aria-label="Lag 1"' in page
