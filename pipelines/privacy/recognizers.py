"""The engine that finds what identifies somebody: Presidio with our shapes and names, no model.

What belongs here: Presidio's recognisers and how their findings become one redacted text. What does
not: shapes (privacy.patterns) and which texts are looked at (privacy.redaction). Importing this
module costs half a second, so it is imported when a text needs it. Nothing here opens a
connection: Presidio's own e-mail recogniser would (it fetches a list of domains), ours is a shape.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import regex

from pipelines.privacy.name_words import WORD, is_ambiguous, is_given
from pipelines.privacy.patterns import KINDS, SHAPES
from pipelines.privacy.without_spacy import without_spacy

with without_spacy():
    from presidio_analyzer import (
        AnalyzerEngine,
        LocalRecognizer,
        Pattern,
        PatternRecognizer,
        RecognizerRegistry,
        RecognizerResult,
    )
    from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
    from presidio_analyzer.predefined_recognizers import CreditCardRecognizer, IpRecognizer
    from presidio_anonymizer import AnonymizerEngine

LANGUAGE = "xx"
"""All recognisers serve every language."""
NO_CONTEXT = ["\x00"]
"""A word no text holds: Presidio would otherwise look for its own English ones."""
_TOKEN = regex.compile(WORD)
_INITIALS = regex.compile(r"(?<![\w.])\p{Lu}\.?[ ]?\p{Lu}\.?(?![\w])")
_REPEATED = regex.compile(r"(<(NAME)>)(?:[ \t]+<\2>)+")
_FOUND = regex.compile("<({})>".format("|".join(KINDS)))
_ABBREVIATIONS = frozenset(("ps", "us", "uk", "eu", "am", "pm", "zb", "hr", "it", "tv", "ok", "pc"))

logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)


class NoModel(NlpEngine):
    """Stands where Presidio expects a language model; it knows nothing about a text."""

    def load(self) -> None:
        """Nothing to load."""

    def is_loaded(self) -> bool:
        """Always."""
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """No entities, no tokens."""
        return NlpArtifacts([], [], [], [], self, language)

    def process_batch(
        self, texts: Iterable[str], language: str, *_: object, **__: object
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """The same, text by text."""
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:
        """Not asked."""
        return False

    def is_punct(self, word: str, language: str) -> bool:
        """Not asked."""
        return False

    def get_supported_entities(self) -> list[str]:
        """None."""
        return []

    def get_supported_languages(self) -> list[str]:
        """The one."""
        return [LANGUAGE]


class NameRecognizer(LocalRecognizer):
    """Words that are names: known ones, given names with what follows them, initials."""

    def __init__(
        self,
        is_known: Callable[[str], bool],
        are_initials: Callable[[str], bool] | None,
    ) -> None:
        self._is_known, self._are_initials = is_known, are_initials
        super().__init__(["NAME"], name="NameRecognizer", supported_language=LANGUAGE)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, *_: object, **__: object) -> list[RecognizerResult]:
        """Spans of names in the text."""
        tokens = [m for m in _TOKEN.finditer(text) if not _is_placeholder(text, *m.span())]
        is_name = [self._is_name(m.group(), ambiguous=False) for m in tokens]
        doubtful = [i for i, m in enumerate(tokens) if self._is_name(m.group(), ambiguous=True)]
        for place in (*doubtful, *reversed(doubtful)):  # twice: one name makes the next one
            is_name[place] |= _is_written_as_name(text, tokens, place, is_name)
        spans = []
        for place, token in enumerate(tokens):
            if is_name[place]:
                spans.append(token.span())
                if is_given(token.group()) and token.group()[0].isupper():
                    spans += _surname(text, tokens, place)
        if self._are_initials is not None:
            for match in _INITIALS.finditer(text):
                letters = regex.sub(r"\W", "", match.group()).lower()
                if letters not in _ABBREVIATIONS and self._are_initials(letters):
                    spans.append(match.span())
        return [self._result(start, end) for start, end in spans]

    def _is_name(self, word: str, *, ambiguous: bool) -> bool:
        if is_ambiguous(word) != ambiguous:
            return False
        return self._is_known(word)

    def _result(self, start: int, end: int) -> RecognizerResult:
        return RecognizerResult(
            "NAME", start, end, 0.9,
            recognition_metadata={
                RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
            },
        )  # fmt: skip


def _is_placeholder(text: str, start: int, end: int) -> bool:
    framed = text[max(start - 1, 0) : end + 1]
    return framed[:1] == "<" and framed[-1:] == ">" and text[start:end] in KINDS


def _is_written_as_name(text: str, tokens: list, place: int, is_name: list[bool]) -> bool:
    """A word of everyday is a name beside a name, or with a capital inside a sentence."""
    start, end = tokens[place].span()
    for other in (place - 1, place + 1):
        if 0 <= other < len(tokens) and is_name[other]:
            low, high = sorted((tokens[place].span(), tokens[other].span()))
            if regex.fullmatch(r"[ \t'\u2019-]+", text[low[1] : high[0]]):
                return True
    if regex.match(r"[ \t]*<NAME>", text, pos=end) or text[:start].rstrip(" \t").endswith("<NAME>"):
        return True
    if not tokens[place].group()[0].isupper():
        return False
    before = text[:start].rstrip()
    return bool(before) and before[-1] not in ".!?:\n\"'»«„“(-"


def _surname(text: str, tokens: list, place: int) -> list[tuple[int, int]]:
    """The capitalised word right after a given name."""
    if place + 1 >= len(tokens):
        return []
    start, end = tokens[place + 1].span()
    gap = text[tokens[place].end() : start]
    word = tokens[place + 1].group()
    is_one = regex.fullmatch(r"[ \t-]|[ \t]?\p{Lu}\.[ \t]", gap) and word[0].isupper()
    return [(start, end)] if is_one and len(word) > 1 else []


class Recognizers:
    """Finds and replaces, for the texts of one batch."""

    def __init__(
        self,
        is_known: Callable[[str], bool],
        are_initials: Callable[[str], bool] | None,
        codes: Iterable[str],
    ) -> None:
        shapes = [
            PatternRecognizer(
                kind,
                name=f"{kind} by shape",
                supported_language=LANGUAGE,
                patterns=[Pattern(s.regex, s.regex, s.score) for s in SHAPES if s.kind == kind],
                global_regex_flags=regex.MULTILINE,
            )
            for kind in dict.fromkeys(s.kind for s in SHAPES)
        ]
        if codes:
            declared = [Pattern(code, code, 0.97) for code in codes]
            shapes.append(
                PatternRecognizer(
                    "CODE",
                    supported_language=LANGUAGE,
                    patterns=declared,
                    global_regex_flags=regex.IGNORECASE,
                )
            )
        found = [
            *shapes,
            NameRecognizer(is_known, are_initials),
            CreditCardRecognizer(
                supported_entity="ACCOUNT", supported_language=LANGUAGE, context=NO_CONTEXT
            ),
            IpRecognizer(supported_entity="LINK", supported_language=LANGUAGE, context=NO_CONTEXT),
        ]
        for recognizer in found:
            recognizer.context = None
        model = NoModel()
        self._nothing = model.process_text("", LANGUAGE)
        registry = RecognizerRegistry(found, supported_languages=[LANGUAGE])
        self._analyzer = AnalyzerEngine(
            registry=registry, nlp_engine=model, supported_languages=[LANGUAGE]
        )
        self._anonymizer = AnonymizerEngine()

    def redact(self, text: str) -> tuple[str, Counter[str]]:
        """The text with every finding replaced by its kind, and how many there are of each."""
        found = self._analyzer.analyze(
            text, LANGUAGE, entities=list(KINDS), nlp_artifacts=self._nothing
        )
        if found:
            text = self._anonymizer.anonymize(text, _apart(text, found)).text
            text = _REPEATED.sub(r"\1", text)
        return text, Counter(_FOUND.findall(text))


def _apart(text: str, found: list[RecognizerResult]) -> list[RecognizerResult]:
    """Findings that overlap as one, of the kind of the best: no edge of any stays."""
    parts: list[RecognizerResult] = []
    for one in sorted(found, key=lambda r: (r.start, -r.end)):
        if not parts or one.start >= parts[-1].end:
            parts.append(RecognizerResult(one.entity_type, one.start, one.end, one.score))
            continue
        last = parts[-1]
        if one.score > last.score:
            last.entity_type, last.score = one.entity_type, one.score
        last.end = max(last.end, one.end)
    return parts
