"""The key tables of docs/program.md, made from the models so that the page cannot lag behind.

What belongs here: rendering one section's keys as Markdown, and putting them between the page's
markers (`python -m pipelines.program.reference docs/program.md`). What does not: prose.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pipelines.contract import SOURCE_TABLES
from pipelines.program.reading import program_schema

TABLES_MARKER = re.compile(r"(<!-- tables -->\n).*?(<!-- end of tables -->)", re.DOTALL)
MARKER = re.compile(r"(<!-- keys: (\w+) -->\n).*?(<!-- end of keys -->)", re.DOTALL)


def key_table(section: str, schema: dict | None = None) -> str:
    """Markdown table of the keys of a section, named by its class (`Source`)."""
    schema = schema or program_schema()
    node = schema if section == schema["title"] else schema["$defs"][section]
    required = node.get("required", [])
    lines = ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
    for key, field in node["properties"].items():
        default = "required" if key in required else _default(field)
        meaning = " ".join(field.get("description", "").split())
        lines.append(f"| `{key}` | {_value(field)} | {default} | {meaning} |")
    return "\n".join(lines)


def contract_tables() -> str:
    """Markdown: for each table a source may feed, the columns `columns:` may name."""
    parts = []
    for table in SOURCE_TABLES.values():
        has_answers = " Answers come from `values`." if table.has_values else ""
        if table.name == "person_identifiers":
            has_answers = " The identifiers come from `identifiers`."
        parts.append(f"### {table.name}\n\n{table.grain.capitalize()}.{has_answers}\n")
        parts.append("| column | kind | needed | meaning |\n| --- | --- | --- | --- |")
        parts += [
            f"| `{c.name}` | {c.kind} | {'yes' if c.required else '-'} | {c.description} |"
            for c in table.mapped.values()
        ]
        parts.append("")
    return "\n".join(parts)


def filled(page: str) -> str:
    """The page with every table between markers made anew."""
    schema = program_schema()
    page = TABLES_MARKER.sub(lambda m: f"{m[1]}\n{contract_tables()}\n{m[2]}", page)
    return MARKER.sub(lambda m: f"{m[1]}\n{key_table(m[2], schema)}\n\n{m[3]}", page)


def _default(field: dict) -> str:
    default = field.get("default", "")
    if default is None or default in ("", [], {}) or isinstance(default, dict):
        return "-"
    text = str(default).lower() if isinstance(default, bool) else str(default)
    return "`" + text.replace("'", "") + "`"


def _value(field: dict) -> str:
    if "$ref" in field:
        return _section(field["$ref"])
    if "anyOf" in field:
        options = [_value(option) for option in field["anyOf"] if option.get("type") != "null"]
        return " or ".join(dict.fromkeys(options))
    if "enum" in field:
        return ", ".join(f"`{word}`" for word in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    kind = field.get("type", "text")
    if kind == "array":
        return f"list of {_value(field['items'])}"
    if kind == "object":
        patterns = field.get("patternProperties", {}).values()
        inner = field.get("additionalProperties") or next(iter(patterns))
        return f"names with {_value(inner)}"
    if field.get("format") == "date":
        return "date"
    words = {"string": "text", "integer": "whole number", "boolean": "true, false"}
    return words.get(kind, kind)


def _section(reference: str) -> str:
    name = reference.rsplit("/", 1)[-1]
    return f"[{name}](#{name.lower()})"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(filled(target.read_text("utf-8")), "utf-8")
