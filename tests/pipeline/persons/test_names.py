"""Sources that tell names of each other's people: each one's comments are without all of them."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from pipelines.connectors.file import pull
from pipelines.program.source import Source
from tests.pipeline.persons.office import SURVEY, TICKETS, Office
from tests.unit.connectors.homes import program

NAMED = [
    {**SURVEY, "names": ["who"]},
    {**TICKETS, "names": ["caller"]},
]
FILES = {
    "survey": "mail,wave,at,q1,text,who\n"
    "a@x.org,w1,2024-03-01,4,Marani shouted at me,Anna Fuchsberger\n",
    "tickets": "id,at,customer,agent,score,text,caller\n"
    "F1,2024-03-01,C1,A1,9,Fuchsberger was kind,Cleo Marani\n",
}


@pytest.mark.parametrize("order", permutations((0, 1)), ids=str)
def test_two_sources_with_names_and_comments_know_each_others_names(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    office = Office(tmp_path)
    (tmp_path / "in").mkdir()
    for name, text in FILES.items():
        (tmp_path / "in" / f"{name}.csv").write_text(text)
    sources = [Source.model_validate(source) for source in NAMED]
    for place in order:
        pull(sources[place], program(*sources), office.settings, office.pseudonyms)

    found = [office.landed(s.name, "comments")["redacted_text"].item() for s in sources]
    assert found == ["<NAME> shouted at me", "<NAME> was kind"]
