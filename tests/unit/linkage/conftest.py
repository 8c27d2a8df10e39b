"""Fixtures of the statistics tests."""

import sys
from pathlib import Path

# importlib mode does not put test folders on the path; the panel builder is shared
sys.path.insert(0, str(Path(__file__).parent))
