"""Scripts, styles and policy of a self-contained page.

What belongs here: the inlined scripts with their hashes, the Content-Security-Policy made of them,
and JSON that cannot end its own script element. What does not: what the page says.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

STATIC = Path(__file__).parent / "static"


def static(name: str) -> str:
    """A style sheet or script of ours."""
    return (STATIC / name).read_text("utf-8")


@cache
def vega_bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script; made once and kept beside the installation.

    Making it takes two seconds. Where nothing can be written it is made anew every time.
    """
    import vl_convert  # noqa: PLC0415 - only who makes pages needs it

    kept = Path(sys.prefix) / "share" / "crossvoice" / f"vega-{vl_convert.__version__}-bundle.js"
    if kept.exists():
        return kept.read_text("utf-8")
    made = vl_convert.javascript_bundle().replace("</script", "<\\/script")
    temporary = kept.with_suffix(f".{os.getpid()}")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(made, "utf-8")
        temporary.replace(kept)
    except OSError:
        return made
    return made


@lru_cache(maxsize=256)
def vega_chart(spec: str, config: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A Vega-Lite chart as Vega, and the configuration that goes with it; both given as JSON.

    Done here, once, so that no reader's browser has to.
    """
    import vl_convert  # noqa: PLC0415

    made = vl_convert.vegalite_to_vega(spec, config=json.loads(config))
    made.pop("$schema")
    return made, made.pop("config")


def format_locale(language: str) -> Any:
    """How charts write numbers in a language."""
    import vl_convert  # noqa: PLC0415

    return vl_convert.get_format_locale({"en": "en-US", "de": "de-DE"}[language])


def policy(scripts: list[str], styles: list[str]) -> str:
    """A policy that allows these scripts and styles, by hash, and no request at all."""
    return "; ".join([
        "default-src 'none'",
        "script-src " + (" ".join(map(_hash, scripts)) or "'none'"),
        "style-src " + " ".join(map(_hash, styles)),
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ])  # fmt: skip


def foreign_policy(scripts: list[str]) -> str:
    """The policy of a page that is not ours, as strict as it still works: its styles are many."""
    return policy(scripts, []).replace("style-src ", "font-src data:; style-src 'unsafe-inline'")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def safe_json(value: Any) -> str:
    """JSON for a script element: no value can close it or open a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    for mark, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"),
                       ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):  # fmt: skip
        text = text.replace(mark, code)
    return text


if __name__ == "__main__":
    vega_bundle()
