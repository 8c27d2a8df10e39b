"""The recovery designs are imported by full name, by pytest and by the full run alike."""

import sys
from pathlib import Path

# importlib mode does not put the project root on the path
sys.path.insert(0, str(Path(__file__).parents[2]))
