"""The one look of every chart: type, lines and colours, as a Vega-Lite configuration.

What belongs here: what charts share. What does not: page styles (static/report.css), which define
the colours as CSS variables, once for light, dark and paper, and which these names refer to.
"""

from __future__ import annotations

from typing import Any

FONT = '-apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif'

INK, MUTED, RULE, ZONE = "var(--ink)", "var(--muted)", "var(--rule)", "var(--zone)"
VOICES = {"employee": "var(--employee)", "customer": "var(--customer)", "link": "var(--link)",
          "muted": "var(--muted)"}  # fmt: skip
"""One colour per voice, one for the link between them, one for what stands beside."""


def chart_config() -> dict[str, Any]:
    """The configuration handed to every chart; colours are the page's CSS variables."""
    # `color` is what Vega-Lite asks a style for; `fill` and `stroke` come after it
    style: dict[str, Any] = {
        "label": {"color": INK, "fontSize": 13.5, "fontWeight": 500},
        "value": {"color": MUTED, "fontSize": 13},
        "note": {"color": MUTED, "fontSize": 12},
        "zone": {"color": ZONE, "opacity": 1},
        "zero": {"color": INK, "strokeWidth": 1, "opacity": 0.7},
        "guide": {"color": MUTED, "strokeWidth": 1, "strokeDash": [3, 3]},
        "hidden": {"color": "var(--hidden)"},
    }
    for name, colour in VOICES.items():
        style |= {
            f"{name}-line": {"color": colour, "strokeWidth": 2.25},
            f"{name}-band": {"color": colour, "fillOpacity": 0.14},
            f"{name}-bar": {"color": colour, "strokeWidth": 6, "strokeCap": "round",
                            "opacity": 0.35},
            f"{name}-dot": {"color": colour, "stroke": "var(--paper)", "strokeWidth": 1.5,
                            "size": 120, "opacity": 1, "filled": True},
            f"{name}-mark": {"color": colour, "fillOpacity": 0.6, "stroke": "var(--paper)",
                             "strokeWidth": 0.6, "size": 44, "filled": True},
            f"{name}-fill": {"color": colour, "fillOpacity": 0.85},
            f"{name}-text": {"color": colour, "fontSize": 13, "fontWeight": 600},
        }  # fmt: skip
    return {
        "background": None,
        "aria": False,
        "font": FONT,
        "padding": 2,
        "view": {"stroke": None},
        "axis": {
            "labelColor": MUTED, "titleColor": MUTED, "labelFontSize": 12, "titleFontSize": 12,
            "titleFontWeight": 400, "gridColor": RULE, "domain": False, "tickColor": RULE,
            "labelPadding": 6, "titlePadding": 8, "ticks": False, "tickCount": 5,
        },
        "axisY": {"titleAlign": "left", "titleAnchor": "end", "titleAngle": 0, "titleY": -14,
                  "titleX": 0, "titleBaseline": "bottom"},
        "axisX": {"titleAnchor": "start", "titleAlign": "left"},
        "text": {"color": INK, "fontSize": 12},
        "style": style,
    }  # fmt: skip
