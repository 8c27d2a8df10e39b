"""The stand-in for spaCy is gone after the import, and the library is not loaded in its place."""

from __future__ import annotations

import sys

import pytest

from pipelines.privacy import recognizers
from pipelines.privacy.without_spacy import NAMED, _Class, without_spacy


def test_presidio_holds_a_stand_in_and_nobody_else_does() -> None:
    artifacts = sys.modules[recognizers.NlpArtifacts.__module__]
    assert type(artifacts.Doc) is _Class
    assert not any(type(sys.modules.get(name)).__name__ == "_StandIn" for name in NAMED)


def test_annotations_and_decorators_find_what_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "spacy"]:
        monkeypatch.delitem(sys.modules, name)
    with without_spacy():
        from spacy.tokens import Doc
        from spacy.util import registry
    assert list[Doc]
    assert registry.tokenizers("one")(len) is len
    assert not set(NAMED) & set(sys.modules)


def test_who_has_spacy_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", sys)
    with without_spacy():
        assert sys.modules["spacy"] is sys
    assert sys.modules["spacy"] is sys
