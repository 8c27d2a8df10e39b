"""What the models say below each of their keys, read from their source when somebody asks for it.

What belongs here: the texts in the JSON Schema. What does not: the models. Pydantic can read them
as it makes each model (`use_attribute_docstrings`), which was half of the time to import them, and
only who prints the schema or has made a mistake wants a text.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from textwrap import dedent
from typing import Any

from pipelines.program.base import Section


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with the text of each key of each section."""
    nodes = {schema["title"]: schema, **schema["$defs"]}
    for section in _heirs(Section):
        for key, text in _texts(section).items():
            told = nodes.get(section.__name__, {}).get("properties", {})
            if key in told:
                told[key] = dict(sorted({**told[key], "description": text}.items()))
    return schema


def _heirs(section: type[Section]) -> Iterator[type[Section]]:
    for heir in section.__subclasses__():
        yield heir
        yield from _heirs(heir)


def _texts(section: type[Section]) -> dict[str, str]:
    """A text by key, of the section and of those it extends."""
    texts: dict[str, str] = {}
    for model in reversed(section.__mro__):
        if issubclass(model, Section) and model is not Section:
            [definition] = ast.parse(dedent(inspect.getsource(model))).body
            assert isinstance(definition, ast.ClassDef)
            for key, text in pairwise(definition.body):
                if isinstance(key, ast.AnnAssign) and isinstance(text, ast.Expr):
                    texts[ast.unparse(key.target)] = inspect.cleandoc(ast.literal_eval(text.value))
    return texts
