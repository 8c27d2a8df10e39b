"""Sections of the report: published rows become words, a chart and the numbers behind it."""
