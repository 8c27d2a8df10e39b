"""Who may read whom, and what models are called."""

from __future__ import annotations

import re

NAMES = {
    "staging": r"stg_[a-z_]+",
    "intermediate": r"int_[a-z_]+",
    "marts": r"(?!stg_|int_)[a-z_]+",
}
SUPERSEDED = {
    "stg_superseded_responses": "employee_responses",
    "stg_superseded_feedback": "customer_feedback",
}
"""Staging models of the rows that others of their source replace; only its staging model asks."""
BESIDE = SUPERSEDED | {"stg_feedback_channels": "customer_feedback"}
"""Staging models beside the one of their source."""
DECLARATIONS = ("declared_", "unit_references", "publication_mask")


def stage(node):
    return node["fqn"][1]


def reads(node):
    return [name.split(".") for name in node["depends_on"]["nodes"]]


def test_every_model_is_named_after_its_stage(nodes):
    wrong = [n for n, node in nodes.items() if not re.fullmatch(NAMES[stage(node)], n)]
    assert wrong == []


def test_every_model_lives_in_the_schema_of_its_stage(nodes):
    assert {n for n, node in nodes.items() if node["schema"] != stage(node)} == set()


def test_staging_reads_only_its_own_source(nodes):
    for name, node in nodes.items():
        if stage(node) == "staging":
            own = BESIDE.get(name, name.removeprefix("stg_"))
            allowed = [["source", "crossvoice", "raw", own]]
            allowed += [["model", "crossvoice", s] for s, of in SUPERSEDED.items() if of == own]
            assert all(source in allowed for source in reads(node)), name


def test_every_source_of_the_contract_has_its_staging_model(nodes):
    from pipelines.contract import COMMENTS, SOURCE_TABLES

    staged = {n.removeprefix("stg_") for n, node in nodes.items() if stage(node) == "staging"}
    beside = {n.removeprefix("stg_") for n in BESIDE}
    assert staged == {*SOURCE_TABLES, COMMENTS.name, *beside}


def test_superseded_rows_are_read_by_the_model_of_their_source_alone(nodes):
    for name, source in SUPERSEDED.items():
        readers = {n for n, node in nodes.items() if any(r[-1] == name for r in reads(node))}
        assert readers == {f"stg_{source}"}


def test_nothing_but_staging_reads_landed_rows(nodes):
    for name, node in nodes.items():
        if stage(node) != "staging":
            sources = [r[-1] for r in reads(node) if r[0] == "source"]
            assert all(s.startswith(DECLARATIONS) for s in sources), name


def test_marts_never_read_staging_and_nothing_reads_upward(nodes):
    order = ["staging", "intermediate", "marts"]
    for name, node in nodes.items():
        for kind, _, *_, parent in reads(node):
            if kind == "model":
                above = order.index(stage(nodes[parent]))
                assert above <= order.index(stage(node)), (name, parent)
                assert stage(node) != "marts" or above > 0, (name, parent)


def test_only_the_folder_after_the_mask_reads_the_mask(nodes):
    after = {n for n, node in nodes.items() if node["fqn"][1:3] == ["marts", "linkage"]}
    readers = {
        n for n, node in nodes.items() if any(r[-1] == "publication_mask" for r in reads(node))
    }
    assert readers
    assert readers <= after
    below = {n for n, node in nodes.items() if any(r[-1] in after for r in reads(node))}
    assert below <= after


def test_folders_hold_what_their_yaml_says(nodes):
    """One `_<folder>__models.yml` in each folder describes its models."""
    for name, node in nodes.items():
        folder = node["original_file_path"].split("/")[-2]
        told_in = (node["patch_path"] or "").split("/")[-1]
        assert told_in == f"_{folder}__models.yml", name
