"""Dagster: one module per stage, each fetching, calling one function, writing and reporting.

What belongs here: asset definitions, checks, jobs, schedules, sensors. What does not: anything
that would be true without Dagster; that is in the packages beside this one.
"""
