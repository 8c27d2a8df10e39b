"""Codes among numbers: `init` says what it takes them for, and asks; a run then rejects none."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli.main import main
from pipelines.program.open_questions import OpenQuestion, questions_of
from pipelines.program.reading import read_program
from pipelines.program.source import Source

STORES = [f"Store {name}" for name in "ABCDEFGHIJKLMNOPQRST"]


def proposed(folder: Path, rows: list[str], name: str = "survey.csv") -> Source:
    """The one source that `init` proposes for a file."""
    (folder / name).write_text("\n".join(rows))
    result = CliRunner().invoke(main, ["init", str(folder / name), "--into", str(folder / "p")])
    assert result.exit_code == 0, result.output
    [source] = read_program(folder / "p").sources
    return source


def about_codes(folder: Path) -> list[str]:
    asked: list[OpenQuestion] = questions_of(folder / "p")
    return [one.text for one in asked if "among the answers" in one.text]


def unit_scores(*codes: str) -> list[str]:
    """Scores of stores, of which the last ones are these codes."""
    scores = [*(str(60 + n) for n in range(len(STORES) - len(codes))), *codes]
    rows = [f"{store},{score},{n + 50}" for n, (store, score) in
            enumerate(zip(STORES, scores, strict=True))]  # fmt: skip
    return ["store,staff score,customer score", *rows]


def answers(*codes: str) -> list[str]:
    """Answers of a hundred employees, of whom the last gave these codes."""
    given = [str(1 + n % 5) for n in range(100 - len(codes))] + list(codes)
    return ["response id,submitted,store,I am proud to work here", *(
        f"{n},2025-03-{1 + n % 28:02d},{STORES[n % 20]},{score}" for n, score in enumerate(given)
    )]  # fmt: skip


def test_an_unknown_code_is_taken_for_no_answer_and_asked(tmp_path: Path) -> None:
    source = proposed(tmp_path, unit_scores("U", "u", "U"))
    assert source.missing == ["U"]
    [asked] = about_codes(tmp_path)
    assert asked.startswith("U (3 times) among the answers: no answer, as is assumed?")


def test_a_letter_for_withheld_scores_is_asked_and_a_sign_is_not(tmp_path: Path) -> None:
    source = proposed(tmp_path, unit_scores("S", "S", "*"))
    assert (source.missing, source.suppressed) == ([], ["*", "S"])
    [asked] = about_codes(tmp_path)
    assert asked.startswith("S (2 times) among the answers: withheld by the publisher")


def test_answers_of_persons_are_withheld_by_nobody(tmp_path: Path) -> None:
    source = proposed(tmp_path, answers("S", "S", "DK", "DK"))
    assert (source.missing, source.suppressed) == (["DK", "S"], [])
    [asked] = about_codes(tmp_path)
    assert asked.startswith("DK (2 times), S (2 times) among the answers: no answer")


@pytest.mark.parametrize("codes", [("U",), ("great", "great"), ("3 4", "3 4"), ("n/a", "n/a")])
def test_slips_words_and_known_texts_are_not_asked(codes: tuple[str, ...], tmp_path: Path) -> None:
    source = proposed(tmp_path, answers(*codes))
    assert about_codes(tmp_path) == []
    assert source.missing == (["n/a"] if "n/a" in codes else [])


def test_a_code_that_names_a_place_too_is_asked_and_nothing_assumed(tmp_path: Path) -> None:
    rows = [row.replace("Store A,", "S,") for row in unit_scores("S", "S")]
    source = proposed(tmp_path, rows)
    assert (source.missing, source.suppressed) == ([], [])
    [asked] = about_codes(tmp_path)
    assert asked.startswith("S (2 times) among the answers: a name in another column, too.")


def test_check_finds_nothing_to_reject_of_what_was_proposed(tmp_path: Path) -> None:
    proposed(tmp_path, answers("S", "S", "DK", "DK"))
    result = CliRunner().invoke(main, ["check", "--program", str(tmp_path / "p")])
    assert "all 100 records: 100 rows kept, 0 left out, 0 rejected" in result.output
    assert "DK (2 times), S (2 times) among the answers" in result.output


def test_a_store_that_is_called_like_a_code_keeps_its_name(tmp_path: Path) -> None:
    source = proposed(tmp_path, [row.replace("Store A,", "C,") for row in unit_scores("*")])
    assert source.suppressed == ["*"]
    assert about_codes(tmp_path) == []
