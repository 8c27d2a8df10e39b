"""YAML text to plain data that remembers the line every value stood on.

What belongs here: syntax (including duplicate keys, anchors, merge keys, unusable tags). What does
not: what a program means (program.model) and how mistakes are worded for keys (program.mistakes).

Mapping keys are texts as written, so `recode: {0012: x}` keeps its zeros; dates stay text, because
the model knows better than YAML which texts are dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

Path = tuple[str | int, ...]
"""Keys and list positions from the top of the file to a value."""

MAX_VALUES = 100_000
"""More values than any program needs: a file that unfolds to more refers to itself."""
_PREFIX = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class SyntaxProblem:
    """Something YAML itself forbids, or that this reader does."""

    line: int
    text: str


@dataclass
class Document:
    """The data of a file and, by path, the line and the text every value was written as."""

    data: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    texts: dict[Path, str] = field(default_factory=dict)
    problems: list[SyntaxProblem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Line of the value, or of the nearest section around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse_yaml(text: str) -> Document:
    """Read one YAML document; never raises for any text, problems are in the result."""
    document = Document()
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
    except MarkedYAMLError as error:
        document.problems.append(_marked(error))
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        shown = f"U+{error.character:04X}" if isinstance(error.character, int) else "one"
        document.problems.append(SyntaxProblem(line, f"character {shown} is not allowed in YAML"))
    except RecursionError:
        document.problems.append(SyntaxProblem(1, "values are nested too deeply"))
    except (YAMLError, ValueError, OverflowError, AttributeError, TypeError, IndexError) as error:
        # the parser's own slips on odd escapes, directives and tags
        detail = str(error) or type(error).__name__
        document.problems.append(SyntaxProblem(1, f"not readable as YAML: {detail}"))
    else:
        if node is not None:
            _build(node, yaml.constructor, document)
    return document


def _build(node: Node, constructor: SafeConstructor, document: Document) -> None:
    try:
        document.data = _Builder(document, constructor).build(node, ())
    except RecursionError:
        document.problems.append(SyntaxProblem(1, "values are nested too deeply"))
    except _TooManyValuesError:
        message = f"the file unfolds to more than {MAX_VALUES:,} values; an anchor repeats itself"
        document.problems.append(SyntaxProblem(1, message))


class _TooManyValuesError(Exception):
    pass


class _Builder:
    """Walks the node tree once and fills a document."""

    def __init__(self, document: Document, constructor: SafeConstructor) -> None:
        self.document = document
        self.constructor = constructor
        self.open: list[Node] = []
        self.n_values = 0

    def build(self, node: Node, path: Path) -> object:
        self.n_values += 1
        if self.n_values > MAX_VALUES:
            raise _TooManyValuesError
        self.document.lines.setdefault(path, _line(node))
        if any(node is outer for outer in self.open):
            self._problem(node, "an alias (`*`) inside the value it names")
            return None
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        self.open.append(node)
        try:
            if isinstance(node, SequenceNode):
                return [self.build(item, (*path, i)) for i, item in enumerate(node.value)]
            return self._mapping(node, path)
        finally:
            self.open.pop()

    def _mapping(self, node: Node, path: Path) -> dict[str, object]:
        result: dict[str, object] = {}
        seen: dict[str, int] = {}
        merges = []
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._problem(key, "a key must be a plain text")
                continue
            if _tag(key) == "merge":
                merges.append(value)
                continue
            if key.value in seen:
                self._problem(
                    key, f"the key `{key.value}` is given twice, first in line {seen[key.value]}"
                )
                continue
            seen[key.value] = _line(key)
            self.document.lines[(*path, key.value)] = _line(key)
            result[key.value] = self.build(value, (*path, key.value))
        for name, value in self._merged(merges):
            if name not in result:  # a key of one's own wins over a merged one
                result[name] = self.build(value, (*path, name))
        return result

    def _merged(self, merges: list[Node]) -> Iterator[tuple[str, Node]]:
        for value in merges:
            for part in value.value if isinstance(value, SequenceNode) else [value]:
                if not isinstance(part, MappingNode):
                    self._problem(part, "`<<` needs a mapping")
                    continue
                for key, inner in part.value:
                    if isinstance(key, ScalarNode):
                        yield key.value, inner

    def _scalar(self, node: ScalarNode, path: Path) -> object:
        self.document.texts[path] = node.value
        kind = _tag(node)
        if kind in ("str", "timestamp"):
            return node.value
        if kind == "null":
            return None
        try:
            if kind == "int":
                return self.constructor.construct_yaml_int(node)
            if kind == "float":
                return self.constructor.construct_yaml_float(node)
            if kind == "bool":
                return self.constructor.construct_yaml_bool(node)
        except (ValueError, KeyError, OverflowError, IndexError):
            return node.value
        self._problem(node, f"the tag {node.tag} has no meaning here")
        return None

    def _problem(self, node: Node, text: str) -> None:
        self.document.problems.append(SyntaxProblem(_line(node), text))


def _tag(node: Node) -> str:
    return str(node.tag or "").removeprefix(_PREFIX)


def _line(node: Node) -> int:
    return node.start_mark.line + 1


def _marked(error: MarkedYAMLError) -> SyntaxProblem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = ", ".join(p for p in (error.context, error.problem) if p) or "not readable as YAML"
    if "'\\t'" in problem:
        problem = "a tab character; YAML wants spaces for indentation"
    return SyntaxProblem(line, f"column {column}: {problem}")
