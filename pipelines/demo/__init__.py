"""The made-up company: generated files with planted truth, for demonstration, tests and benchmarks.

Belongs here: everything that invents data. Does not belong here: anything that reads, maps or
checks it. The pipeline never imports this package except to create files, and never reads the
truth files it leaves beside the data.
"""

from pipelines.demo.company import DemoSummary, generate

__all__ = ["DemoSummary", "generate"]
