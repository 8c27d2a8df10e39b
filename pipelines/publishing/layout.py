"""Names of the folders and files of a publication.

They stand alone, so that looking at the last release needs no data library.
"""

from __future__ import annotations

CANDIDATE = "candidate"
RELEASES = "releases"
CURRENT = "current"
DATABASE = "crossvoice.duckdb"
PUBLICATION = "publication.json"
CARD = "card.txt"
