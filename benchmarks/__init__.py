"""Benchmarks: speed and memory measured with the commands users run. Nothing here is a test."""
