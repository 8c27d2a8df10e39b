"""An item that runs against the others: `init` asks about it at its place, and decides nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipelines.cli.init import write_program
from pipelines.program.reading import read_program

LABELS = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]
LEAVING = "I often think of another job"


def answers(n: int, n_items: int, *, turned: tuple[int, ...]) -> np.ndarray:
    """Answers of one mood from 0 to 4; those of the turned items the other way round."""
    dice = np.random.default_rng(4)
    mood = dice.normal(size=(n, 1)) + 0.7 * dice.normal(size=(n, n_items))
    scores = np.clip(np.round(2 + mood), 0, 4).astype(int)
    scores[:, list(turned)] = 4 - scores[:, list(turned)]
    return scores


def survey(folder: Path, names: list[str], cells: list[list[str]]) -> list[str]:
    """Writes an export and its program; returns the lines of the program."""
    rows = [["E-mail", "Recorded", "Store", *names]]
    rows += [
        [f"p{i}@made.example", f"2025-03-{1 + i % 28:02d}", f"S{i % 8}", *row]
        for i, row in enumerate(cells)
    ]
    path = folder / "staff survey.csv"
    path.write_text("\n".join(";".join(row) for row in rows))
    write_program([path], folder / "program")
    return (folder / "program" / "program.yaml").read_text("utf-8").splitlines()


def asked(lines: list[str]) -> str:
    """The questions about items, each with the line below it."""
    text = " ".join(line.strip(" #") for line in lines)
    return text[text.index("? ") :] if "worded the other way round" in text else ""


def test_the_question_stands_at_the_item_with_its_correlation(tmp_path: Path) -> None:
    scores = answers(200, 4, turned=(2,))
    names = ["I am proud", "I am heard", LEAVING, "I learn"]
    lines = survey(tmp_path, names, [[LABELS[s] for s in row] for row in scores])

    r = np.corrcoef(scores[:, 2], scores[:, [0, 1, 3]].mean(axis=1))[0, 1]
    (place,) = (i for i, line in enumerate(lines) if "# ? is this worded the other" in line)
    assert f"(item-rest correlation {r:.2f}). If so, it is `direction: lower`" in asked(lines)
    below = next(line for line in lines[place:] if line.strip()[0] != "#")
    assert f"columns: [{LEAVING}]" in below
    program = read_program(tmp_path / "program")
    assert {rule.direction for rule in program.sources[0].values} == {"higher"}
    assert len(program.metrics[0].items) == 4


def test_two_of_two_are_asked_about_together(tmp_path: Path) -> None:
    scores = 1 + answers(120, 2, turned=(1,))
    lines = survey(tmp_path, ["proud", "leaving soon"], [[str(s) for s in r] for r in scores])

    r = np.corrcoef(scores.T)[0, 1]
    assert "are some of these worded the other way round?" in asked(lines)
    assert f"(item-rest correlations {r:.2f}, {r:.2f})" in asked(lines)


def test_an_answer_is_read_as_the_program_will_read_it(tmp_path: Path) -> None:
    """Codes off the scale are no answers; taken as such, they would hide what runs against."""
    scores = 1 + answers(400, 4, turned=(2,))
    cells = [["99" if i < 1 else str(s) for s in row] for i, row in enumerate(scores)]
    lines = survey(tmp_path, ["proud", "heard", "leaving soon", "learn"], cells)

    kept = scores[1:]
    r = np.corrcoef(kept[:, 2], kept[:, [0, 1, 3]].mean(axis=1))[0, 1]
    assert f"{r:.2f}" in asked(lines)


@pytest.mark.parametrize(("n", "turned"), [(200, ()), (29, (2,))])
def test_nothing_is_asked_of_items_that_agree_or_of_few_people(
    n: int, turned: tuple[int, ...], tmp_path: Path
) -> None:
    scores = answers(n, 4, turned=turned)
    names = ["I am proud", "I am heard", LEAVING, "I learn"]
    lines = survey(tmp_path, names, [[LABELS[s] for s in row] for row in scores])

    assert asked(lines) == ""
