"""The lineage page: dbt's own documentation site as one file, with our manifest in it.

What belongs here: putting the parsed project into dbt's page, as `dbt docs generate --static` does,
without a connection and without what is about a machine. What does not: descriptions; models have
them.
"""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

from pipelines.report.assets import foreign_policy, safe_json

EMPTY_CATALOG: dict[str, Any] = {"metadata": {}, "nodes": {}, "sources": {}, "errors": None}
PACKAGE = "crossvoice"
CHARSET = '<meta charset="utf-8">'
ADDRESSES = {
    """<link rel="shortcut icon" href="${require('./assets/favicons/favicon.ico')}"/>""": "",
    'xlink:href="{{ getIcon(': 'ng-attr-xlink:href="{{ getIcon(',
}
"""Addresses that dbt's page asks for before it has filled them in."""
UNORDERED = ("sources", "refs", "nodes", "macros")
"""Lists whose order dbt's parser chooses anew each time."""
VOLATILE = {"generated_at", "invocation_id", "invocation_started_at", "run_started_at", "user_id"}


def lineage_page(manifest: dict[str, Any]) -> str:
    """dbt's documentation site for this manifest; the same manifest gives the same bytes."""
    page = _dbt_index().read_text("utf-8")
    catalog = {**EMPTY_CATALOG, "nodes": _columns(manifest)}
    for mark, value in (("MANIFEST", _public(manifest)), ("CATALOG", catalog)):
        page = page.replace(f'"{mark}.JSON INLINE DATA"', safe_json(value))
    for address, harmless in ADDRESSES.items():
        page = page.replace(address, harmless)
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{foreign_policy(scripts)}">'
    return page.replace(CHARSET, CHARSET + meta, 1)


def _dbt_index() -> Path:
    spec = importlib.util.find_spec("dbt")
    assert spec is not None and spec.submodule_search_locations
    places = [Path(p) / "task" / "docs" / "index.html" for p in spec.submodule_search_locations]
    return next(path for path in places if path.exists())


def _public(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest without dbt's own macros, clock times and paths of this machine."""
    kept = {**manifest, "metadata": {
        k: None if k in VOLATILE else v for k, v in manifest["metadata"].items()
    }}  # fmt: skip
    kept["macros"] = {k: v for k, v in manifest["macros"].items() if v["package_name"] == PACKAGE}
    for name in ("parent_map", "child_map"):
        kept[name] = {key: sorted(found) for key, found in manifest[name].items()}
    return json.loads(json.dumps(kept, sort_keys=True), object_hook=_without_machine)


def _without_machine(node: dict[str, Any]) -> dict[str, Any]:
    for key in ("created_at", "root_path", "build_path", "compiled_path"):
        if key in node:
            node[key] = None if key != "created_at" else 0
    for key in UNORDERED:
        if isinstance(node.get(key), list):
            node[key] = sorted(node[key], key=json.dumps)
    return node


def _columns(manifest: dict[str, Any]) -> dict[str, Any]:
    """Columns with their declared types, as dbt's catalogue has them."""
    found = {}
    for key, node in sorted(manifest["nodes"].items()):
        if node["resource_type"] != "model" or not node["columns"]:
            continue
        found[key] = {
            "metadata": {"type": node["config"]["materialized"], "schema": node["schema"],
                         "name": node["alias"], "database": None, "comment": None, "owner": None},
            "columns": {
                name: {"type": column.get("data_type") or "", "index": i, "name": name,
                       "comment": None}
                for i, (name, column) in enumerate(node["columns"].items(), 1)
            },
            "stats": {}, "unique_id": key,
        }  # fmt: skip
    return found
