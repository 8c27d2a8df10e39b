"""From what pydantic found to one text per mistake: line, key, what was found, what is allowed.

What belongs here: the wording, and looking up descriptions and known keys in the JSON Schema. What
does not: rules about programs (the models) and reading files (program.reading).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pipelines.program.base import SectionProblemsError
from pipelines.program.yaml_document import Path

_ALLOWED = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a number",
    "bool": "true or false",
    "string": "text",
    "list": "a list",
    "model": "a section with keys of its own",
    "dict": "a section with keys of its own",
    "date": "a date such as 2024-01-31",
}
"""What is allowed, by the first word of pydantic's error type."""
_PATTERNS = {
    "^[a-z][a-z0-9_]*$": "lower-case letters, digits and _, beginning with a letter",
    "^[A-Za-z0-9][A-Za-z0-9_.-]*$": "letters, digits, _ . and -, beginning with a letter or digit",
}


@dataclass(frozen=True)
class Mistake:
    """One mistake: the key it is about, the text, and the key or word that was probably meant."""

    path: Path
    text: str
    kind: str
    proposal: str | None = None


def find_mistakes(errors: Iterable[Mapping[str, Any]], data: object, schema: dict) -> list[Mistake]:
    """Word pydantic's errors; the members of a union become one mistake."""
    by_path: dict[Path, list[Mapping[str, Any]]] = {}
    mistakes = []
    for error in errors:
        path = locate(data, error["loc"], error["type"])
        if error["type"] == "value_error":
            mistakes += _section_mistakes(path, error, data)
        else:
            by_path.setdefault(path, []).append(error)
    for path, group in by_path.items():
        deeper = any(len(p) > len(path) and p[: len(path)] == path for p in by_path)
        if deeper and all(len(e["loc"]) > len(path) for e in group):
            continue  # another member of the union came further, and says more
        mistakes.append(_mistake(path, group, data, schema))
    return mistakes


def locate(data: object, loc: Iterable[str | int], kind: str = "") -> Path:
    """The path in the data that pydantic's location means, without its names of union members."""
    parts = list(loc)
    path: list[str | int] = []
    for i, part in enumerate(parts):
        inside = (isinstance(data, dict) and part in data) or (
            isinstance(data, list) and isinstance(part, int) and part < len(data)
        )
        if inside:
            data = data[part]  # type: ignore[index]
            path.append(part)
        elif kind == "missing" and i == len(parts) - 1:
            path.append(part)
    return tuple(path)


def dotted(path: Path, data: object) -> str:
    """The path as people read it: entries of lists by their name or id where they have one."""
    text = ""
    for part in path:
        inner = value_at(data, (part,))
        if isinstance(part, int):
            name = inner.get("name", inner.get("id")) if isinstance(inner, dict) else None
            is_name = isinstance(name, str) and re.fullmatch(r"[\w-]{1,60}", name)
            text += f".{name}" if is_name else f"[{part}]"
        else:
            text += f".{part}" if text else part
        data = inner
    return shown(text, quote=False, limit=160) or "the whole file"


def value_at(data: object, path: Path) -> object:
    """The value at the path; None where there is none."""
    for part in path:
        try:
            data = data[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def shown(value: object, *, quote: bool = True, limit: int = 60) -> str:
    """A value short enough for a message, on one line and printable everywhere."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return f"a section with the keys {', '.join(map(str, value))}"[:limit] if value else "{}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = repr(value) if quote else str(value)
    text = text.encode("utf-8", "backslashreplace").decode()
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def schema_at(schema: dict, path: Path) -> dict:
    """The part of the JSON Schema that describes the path; empty where it says nothing."""
    node = schema
    for part in path:
        for option in _options(schema, node):
            if isinstance(part, int) and "items" in option:
                node = option["items"]
                break
            if part in option.get("properties", {}):
                node = option["properties"][part]
                break
            named = [
                option.get("additionalProperties"),
                *option.get("patternProperties", {}).values(),
            ]
            if any(isinstance(inner, dict) for inner in named):
                node = next(inner for inner in named if isinstance(inner, dict))
                break
        else:
            return {}
    return node


def _options(schema: dict, node: dict) -> list[dict]:
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
    if "anyOf" in node:
        return [option for inner in node["anyOf"] for option in _options(schema, inner)]
    return [node]


def _mistake(path: Path, group: list[Mapping[str, Any]], data: object, schema: dict) -> Mistake:
    kind, name = group[0]["type"], str(path[-1]) if path else ""
    found = shown(name if group[0]["loc"][-1:] == ("[key]",) else value_at(data, path))
    if kind == "missing":
        return Mistake(path, f"is missing: {_description(schema, path)}", kind)
    if kind == "extra_forbidden":
        known = [k for o in _options(schema, schema_at(schema, path[:-1]))
                 for k in o.get("properties", {})]  # fmt: skip
        proposal = closest(name, known)
        hint = f"; did you mean `{proposal}`?" if proposal else f"; allowed: {', '.join(known)}"
        return Mistake(path, f"is not a known key{hint}", kind, proposal)
    allowed = list(dict.fromkeys(_allowed(error) for error in group))
    if kind == "model_type" and any(
        option.get("type") == "string" for option in _options(schema, schema_at(schema, path))
    ):
        allowed.insert(0, "text")  # a short form that only the schema knows of
    words = next((_words(e) for e in group if e["type"] == "literal_error"), [])
    proposal = closest(str(value_at(data, path)), words)
    hint = f"; did you mean {proposal}?" if proposal else ""
    return Mistake(path, f"found {found}; allowed: {' or '.join(allowed)}{hint}", kind, proposal)


def _allowed(error: Mapping[str, Any]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "literal_error":
        return ", ".join(_words(error))
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], f"text like {context['pattern']}")
    if kind == "string_too_long":
        return f"at most {context['max_length']} characters"
    if kind == "string_too_short":
        return f"at least {context['min_length']} character"
    if kind == "too_short":
        return f"a list of at least {context['min_length']}"
    return _ALLOWED.get(kind.split("_")[0]) or str(error["msg"]).removeprefix("Input should be ")


def _words(error: Mapping[str, Any]) -> list[str]:
    return re.findall(r"'([^']*)'", error["ctx"]["expected"])


def _description(schema: dict, path: Path) -> str:
    node = schema_at(schema, path)
    options = _options(schema, node)
    text = node.get("description") or next(
        (o["description"] for o in options if o.get("description")), ""
    )
    words = [word for o in options for word in o.get("enum", [])]
    text = " ".join(text.split("\n\n")[0].split()) or str(node.get("title", path[-1])).lower()
    return f"{text} (allowed: {', '.join(map(str, words))})" if words else text


def _section_mistakes(path: Path, error: Mapping[str, Any], data: object) -> list[Mistake]:
    reason = error.get("ctx", {}).get("error")
    texts = reason.problems if isinstance(reason, SectionProblemsError) else [str(reason)]
    mistakes = []
    for text in texts:
        named = re.match(r"`([\w.]+)", text)
        keys: Path = ()
        if named:
            keys = tuple(int(k) if k.isdigit() else k for k in named[1].split("."))
        while keys and value_at(data, path + keys) is None:
            keys = keys[:-1]
        mistakes.append(Mistake(path + keys, text, "value_error"))
    return mistakes


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    matches = get_close_matches(word.lower(), list(known), n=1, cutoff=0.7)
    return matches[0] if matches else None
