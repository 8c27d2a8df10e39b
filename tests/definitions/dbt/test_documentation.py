"""Grain first, every column told, a contract and a key on every mart."""

from __future__ import annotations

import pytest

from pipelines.contract.dbt_sources import SOURCES_FILE, sources_yaml
from pipelines.models import DBT_PROJECT

PUBLISHED = {"report", "hr_file", "cx_file", "shared_file"}


def kinds_of_tests(manifest, node):
    return [
        n["test_metadata"]["name"]
        for n in manifest["nodes"].values()
        if n["resource_type"] == "test" and n.get("attached_node") == node["unique_id"]
    ]


def test_description_opens_with_the_grain_of_line_one(nodes):
    for name, node in nodes.items():
        first = (DBT_PROJECT / node["original_file_path"]).read_text().splitlines()[0]
        assert first.startswith("-- grain: "), name
        assert node["description"].startswith("Grain: one row per "), name
        told = node["description"].removeprefix("Grain: ")
        said = first.removeprefix("-- grain: ").split(";")[0].split(",")[0]
        assert told.startswith(said), name


@pytest.mark.parametrize("kind", ["nodes", "sources"])
def test_every_column_is_described(manifest, kind):
    silent = [
        (node["name"], column["name"])
        for node in manifest[kind].values()
        if node["resource_type"] in ("model", "seed", "source")
        for column in node["columns"].values()
        if not column["description"].strip()
    ]
    assert silent == []


def test_every_model_seed_and_source_lists_its_columns(manifest):
    tables = [*manifest["nodes"].values(), *manifest["sources"].values()]
    kinds = ("model", "seed", "source")
    assert [n["name"] for n in tables if n["resource_type"] in kinds and not n["columns"]] == []


def test_every_mart_has_a_contract_and_a_key(manifest, nodes):
    for name, node in nodes.items():
        if node["fqn"][1] == "marts":
            assert node["contract"]["enforced"], name
            assert all(c["data_type"] for c in node["columns"].values()), name
            assert "unique_combination" in kinds_of_tests(manifest, node), name


def test_types_are_the_portable_ones(nodes):
    types = {c["data_type"] for node in nodes.values() for c in node["columns"].values()} - {None}
    assert types <= {"string", "bigint", "double", "date", "boolean", "timestamp"}


def test_every_model_has_an_owner_and_the_group_of_its_stage(nodes):
    for name, node in nodes.items():
        assert node["config"]["meta"]["owner"], name
        assert node["config"]["meta"]["dagster"]["group"] == node["fqn"][1], name


def test_exposures_name_what_is_published(manifest):
    exposures = {e["name"]: e for e in manifest["exposures"].values()}
    assert set(exposures) == PUBLISHED
    for exposure in exposures.values():
        parents = [p for p in exposure["depends_on"]["nodes"] if p.startswith("model.")]
        assert parents
        assert {manifest["nodes"][p]["fqn"][1] for p in parents} == {"marts"}


def test_sources_are_written_from_the_contract():
    """Mend with `python -m pipelines.contract.dbt_sources`."""
    assert SOURCES_FILE.read_text() == sources_yaml()
