"""Questions that `init` writes into a program are found again, as they were asked."""

from __future__ import annotations

from pipelines.inspection.lines import question, remark
from pipelines.program.open_questions import OpenQuestion, in_number, open_questions

LONG = " ".join(f"word{n}" for n in range(40)) + "?"


def test_a_question_is_found_as_it_was_asked_over_several_lines() -> None:
    lines = [
        *remark("A line with `# ?` is a question. " + LONG),
        *question("whose answers are these? [staff] is assumed"),
        *question(LONG, "    "),
        *remark("Told beside it. " + LONG, "    "),
        *question("Which pair?", "  "),
    ]
    text = "".join(f"{line.text()}\n" for line in lines) + "period: month  # no question\n"
    found = open_questions(text)
    assert [one.text for one in found] == [
        "whose answers are these? [staff] is assumed", LONG, "Which pair?"
    ]  # fmt: skip
    begins = [line.strip()[:3] for line in text.splitlines()]
    assert [one.line for one in found] == [i for i, b in enumerate(begins, 1) if b == "# ?"]


def test_nothing_else_is_a_question() -> None:
    assert open_questions("# really?\n#   a remark\n#?\nlabel: '# ? no comment'\n") == []


def test_they_are_counted_in_words() -> None:
    one = OpenQuestion(1, "?")
    assert in_number([one]) == "1 question of `crossvoice init`"
    assert in_number([one, one]) == "2 questions of `crossvoice init`"
