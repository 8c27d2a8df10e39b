"""No content of program.yaml makes a traceback."""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from pipelines.errors import ProgramError
from pipelines.program.model import Program
from pipelines.program.reading import read_program
from tests.allotment import examples

EXAMPLE = (Path(__file__).parent / "example.yaml").read_text("utf-8")
LINES = EXAMPLE.splitlines()
TREE = YAML(typ="safe", pure=True).load(EXAMPLE)
quick = settings(
    max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.too_slow],
    database=None,
)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["wave", "nps", "2024-01-01", "0012", "q1", "employee", "[key]", "str"]),
)
trees = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["id", "name", "x", "min", "column", "1"]), inner),
    ),
    max_leaves=6,
)


def read(content: str | bytes) -> None:
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "program.yaml").write_bytes(raw)
        try:
            assert isinstance(read_program(Path(folder)), Program)
        except ProgramError as error:
            assert error.problems
            str(error).encode("utf-8")  # what is shown can be printed
            assert all("\n" not in text for text in error.problems)


@quick
@given(st.data())
def test_changed_lines(data):
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        other = data.draw(st.sampled_from(LINES))
        action = data.draw(st.sampled_from(["drop", "double", "swap", "indent", "cut", "noise"]))
        if action == "drop" and len(lines) > 1:
            del lines[at]
        elif action == "double":
            lines.insert(at, lines[at])
        elif action == "swap":
            lines[at] = other
        elif action == "indent":
            lines[at] = "  " + lines[at]
        elif action == "cut":
            lines[at] = lines[at][: data.draw(st.integers(0, 40))]
        else:
            noise = data.draw(st.text(max_size=6))
            place = data.draw(st.integers(0, 30))
            lines[at] = lines[at][:place] + noise + lines[at][place:]
    read("\n".join(lines))


@quick
@given(st.data())
def test_changed_values(data):
    """Any value of the tree replaced by any other tree."""
    tree = copy.deepcopy(TREE)
    node, parent, key = tree, None, None
    while isinstance(node, (dict, list)) and node and (parent is None or data.draw(st.booleans())):
        parent = node
        keys = list(node) if isinstance(node, dict) else range(len(node))
        key = data.draw(st.sampled_from(list(keys)))
        node = node[key]
    parent[key] = data.draw(trees)
    read(as_yaml(tree))


@quick
@given(st.one_of(st.text(max_size=60), st.binary(max_size=60)))
def test_any_content(content):
    read(content)


@quick
@given(st.text(alphabet="ab:-[]{}&*!|>'\"%@`#?,<~. \n\t\\01", max_size=40))
def test_yaml_like_content(content):
    read(content)


def as_yaml(tree: object) -> str:
    return json.dumps(tree, default=str)  # JSON is YAML, but for NaN, which is then a text
