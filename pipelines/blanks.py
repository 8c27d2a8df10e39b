"""What counts as blank at the ends of a text, for every reader of other people's text.

What belongs here: that one set. What does not: anything done with it.
"""

from __future__ import annotations

BLANKS = "".join(
    map(
        chr,
        [
            0x00,
            *range(0x09, 0x0E),  # tabulators and line ends
            *range(0x1C, 0x21),  # separators and the blank itself
            *(0x85, 0xA0, 0xAD, 0x1680),
            *range(0x2000, 0x200E),  # blanks of every width, invisible joiners
            *(0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF),
        ],
    )
)
"""Blanks, line ends and invisible marks, which spreadsheets and web forms leave behind."""
