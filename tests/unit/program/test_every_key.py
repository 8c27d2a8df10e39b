"""Every key of program.yaml, given wrongly: the error names file, line, key and what is allowed.

The keys, their words and which are needed come from the JSON Schema, so a new key is in these tests
from its first day.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from ruamel.yaml import YAML

from pipelines.program.reading import program_schema
from tests.unit.program.conftest import EXAMPLE

SCHEMA = program_schema()
EXAMPLE_TREE = YAML(typ="safe", pure=True).load(EXAMPLE)
WRONG = "zq_wrong"
"""Neither a word nor a key of anything, and easy to find in a file."""
Step = str | int


@dataclass(frozen=True)
class Key:
    """A key of a section, and one way to that section from the top of the file."""

    section: str
    path: tuple[Step, ...]
    name: str
    schema: dict[str, Any]
    required: bool

    def __str__(self) -> str:
        return f"{self.section}.{self.name}"

    @property
    def words(self) -> list[str]:
        """What a value, or one of a list of values, may be where only certain words are allowed."""
        return [word for part in parts(self.schema) for word in part.get("enum", [])]


def parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A property's schema and all that it may be instead, or hold."""
    yield schema
    for option in schema.get("anyOf", []) + schema.get("oneOf", []):
        yield from parts(option)
    if "items" in schema:
        yield from parts(schema["items"])


def ways(schema: dict[str, Any]) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Sections that a property may hold, and the steps from its key to one."""
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2], ()
    for option in schema.get("anyOf", []) + schema.get("oneOf", []):
        yield from ways(option)
    inside = [(0, schema.get("items")), ("any", schema.get("additionalProperties"))]
    inside += [("any", held) for held in schema.get("patternProperties", {}).values()]
    for step, held in inside:
        if isinstance(held, dict):
            yield from ((name, (step, *rest)) for name, rest in ways(held))


def every_key() -> list[Key]:
    found: list[Key] = []
    waiting: list[tuple[str, tuple[Step, ...], dict[str, Any]]] = [("program", (), SCHEMA)]
    seen = {"program"}
    for section, path, schema in waiting:
        for name, inner in schema["properties"].items():
            found.append(Key(section, path, name, inner, name in schema.get("required", [])))
            for below, steps in ways(inner):
                if below not in seen:
                    seen.add(below)
                    waiting.append((below, (*path, name, *steps), SCHEMA["$defs"][below]))
    assert seen == {"program", *SCHEMA["$defs"]}
    return found


KEYS = every_key()


def changed(key: Key, change: Callable[[dict[str, Any]], None]) -> str:
    """The example with the key's section changed, its way there made where it has none."""
    top = {"": copy.deepcopy(EXAMPLE_TREE)}
    holder: Any = top
    step: Step = ""
    for below in key.path:
        node = holder[step]
        wanted = list if isinstance(below, int) else dict
        if not isinstance(node, wanted) or not node:
            node = holder[step] = [{}] if wanted is list else {}
        if wanted is dict and below == "any":
            below = next(iter(node), "some")
        if wanted is dict:
            node.setdefault(below, {})
        holder, step = node, below
    if not isinstance(holder[step], dict):
        holder[step] = {}
    change(holder[step])
    return json.dumps(top[""], indent=1, default=str)  # JSON is YAML, one key a line


def told_of(text: str, found: list[str], key: Key) -> list[str]:
    """Problems that name the key, at the line of its wrong value or of what is inside that."""
    lines = text.splitlines()
    begins = {n for n, line in enumerate(lines, 1) if line.lstrip().startswith(f'"{key.name}": ')}
    at = {n + more for n in begins for more in (0, 1, 2) if WRONG in "".join(lines[n - 1 : n + 1])}
    dotted = re.compile(rf"program\.yaml:(\d+): [^ ]*\b{key.name}\b")
    return [p for p in found if (m := dotted.match(p)) and int(m[1]) in at]


@dataclass(frozen=True)
class Section:
    """All keys of a section; their mistakes are made, and told, at once."""

    name: str
    keys: tuple[Key, ...]

    def __str__(self) -> str:
        return self.name

    def changed(self, values: dict[str, Any]) -> str:
        return changed(self.keys[0], lambda section: section.update(values))


SECTIONS = [
    Section(name, tuple(k for k in KEYS if k.section == name))
    for name in dict.fromkeys(k.section for k in KEYS)
]
WORDED = [section for section in SECTIONS if any(key.words for key in section.keys)]
NEEDING = [section for section in SECTIONS if any(key.required for key in section.keys)]


def each(sections: list[Section]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("section", sections, ids=str)


def test_some_keys_have_words_and_some_are_needed() -> None:
    assert WORDED
    assert NEEDING


@each(WORDED)
def test_a_word_that_is_not_allowed_lists_those_that_are(section, problems) -> None:
    keys = [k for k in section.keys if k.words]
    lists = {k.name: any(p.get("type") == "array" for p in parts(k.schema)) for k in keys}
    text = section.changed({k.name: [WRONG] if lists[k.name] else WRONG for k in keys})
    found = problems(text)
    for key in keys:
        told = told_of(text, found, key)
        assert any(all(str(w) in p for w in key.words) and WRONG in p for p in told), (key, found)


@each(SECTIONS)
def test_a_value_of_another_kind_is_told_with_what_is_allowed(section, problems) -> None:
    text = section.changed({key.name: {WRONG: {"zq": {"zq": 1}}} for key in section.keys})
    found = problems(text)
    for key in section.keys:
        told = told_of(text, found, key)
        assert any("allowed: " in p or "known key" in p for p in told), (key, found)


@each(NEEDING)
def test_a_needed_key_that_is_not_there_is_named(section, problems) -> None:
    needed = [key for key in section.keys if key.required]
    text = changed(section.keys[0], lambda there: [there.pop(k.name, None) for k in needed])
    found = problems(text)
    for key in needed:
        named = rf"program\.yaml:\d+: .*\b{key.name}\b.* missing"
        assert any(re.match(named, p) for p in found), (key, found)


@each(SECTIONS)
def test_a_key_that_is_none_is_told_with_its_line(section, problems) -> None:
    text = section.changed({WRONG: 1})
    line = next(n for n, text in enumerate(text.splitlines(), 1) if WRONG in text)
    told = [p for p in problems(text) if p.startswith(f"program.yaml:{line}: ") and WRONG in p]
    assert told
    assert any(re.search(rf"\b{key.name}\b", p) for key in section.keys for p in told), told
