"""What a survey promised is inherited, and never undercut."""

from __future__ import annotations

from pathlib import Path

import yaml

from pipelines.program.reading import read_program


def program(example: str, tmp_path: Path, thresholds: dict | None, promised: dict) -> Path:
    """The example with these promises by table, and these thresholds."""
    data = yaml.safe_load(example)
    data.pop("privacy", None)
    if thresholds is not None:
        data["privacy"] = {"thresholds": thresholds}
    for source in data["sources"]:
        if source["table"] in promised:
            source["promised"] = promised[source["table"]]
    (tmp_path / "program.yaml").write_text(yaml.safe_dump(data, sort_keys=False))
    return tmp_path


def test_an_undeclared_threshold_is_the_largest_promise(tmp_path: Path, example: str) -> None:
    folder = program(example, tmp_path, {"customer": 6}, {"employee_responses": 8})
    thresholds = read_program(folder).privacy.thresholds
    assert (thresholds.employee, thresholds.customer) == (8, 6)


def test_a_small_promise_does_not_lower_the_usual(tmp_path: Path, example: str) -> None:
    folder = program(example, tmp_path, None, {"employee_responses": 3})
    assert read_program(folder).privacy.thresholds.employee == 5


def test_a_threshold_below_a_promise_is_refused(example: str, problems) -> None:
    data = yaml.safe_load(example)
    data["privacy"] = {"thresholds": {"employee": 5}}
    next(s for s in data["sources"] if s["table"] == "employee_responses")["promised"] = 8
    (told,) = problems(yaml.safe_dump(data, sort_keys=False))
    assert "is 5, but source" in told
    assert "promised 8" in told


def test_nobody_promises_less_than_three(example: str, problems) -> None:
    data = yaml.safe_load(example)
    next(s for s in data["sources"] if s["table"] == "employee_responses")["promised"] = 2
    assert len(problems(yaml.safe_dump(data, sort_keys=False))) == 1


def test_a_promise_is_not_undercut_by_the_publisher(example: str, problems) -> None:
    data = yaml.safe_load(example)
    data["privacy"] = {"suppression": "publisher", "publisher": "somebody"}
    next(s for s in data["sources"] if s["table"] == "employee_responses")["promised"] = 5
    (told,) = problems(yaml.safe_dump(data, sort_keys=False))
    assert "`privacy.suppression` is publisher" in told
    assert "promised 5" in told
