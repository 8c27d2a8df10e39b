"""Exports that tell their periods in different ways: in names of files, in words, by a date."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.unit.inspection.export_files import STORES, answer, text


def monthly_files(folder: Path) -> list[Path]:
    """A file a month on either side."""
    dice, paths = Random(10), []
    for month in (1, 2, 3, 4):
        staff = [("email", "wave", "submitted", "store", "engaged", "valued")]
        guests = [("feedback_id", "created", "store", "csat")]
        for n in range(120):
            place, day = n % len(STORES), f"2025-{month:02d}-{1 + n % 28:02d}"
            staff.append(
                (
                    f"p{n}@example.org",
                    f"2025-{month:02d}",
                    day,
                    STORES[place],
                    answer(dice, place, 5),
                    answer(dice, place, 5),
                )
            )
            guests.append((f"{month}-{n}", day, STORES[place], answer(dice, place, 5)))
        paths += [
            text(folder / f"pulse_2025-{month:02d}.csv", staff),
            text(folder / f"customers_2025-{month:02d}.csv", guests),
        ]
    return paths


def quarters(folder: Path) -> list[Path]:
    """Rows that name their quarter in words."""
    dice, periods = Random(12), ("Q1 2025", "Q2 2025", "Q3 2025")
    staff = [("Quarter", "Store", "n", "eNPS")]
    staff += [(q, s, dice.randint(9, 30), dice.randint(-40, 60)) for q in periods for s in STORES]
    guests = [("Quarter", "Store", "n", "Customer satisfaction")]
    guests += [
        (q, s, dice.randint(40, 90), f"{dice.randint(60, 95)}%") for q in periods for s in STORES
    ]
    return [text(folder / "employees.csv", staff), text(folder / "customers.csv", guests)]


def either_day_or_month(folder: Path) -> list[Path]:
    """No date of the file has a day after the 12th."""
    dice = Random(13)
    staff = [("response id", "date", "store", "engagement", "pride")]
    guests = [("ticket", "date", "store", "csat")]
    for n in range(160):
        place, day = n % len(STORES), f"{1 + n % 12:02d}/{1 + n % 11:02d}/2025"
        staff.append((n, day, STORES[place], answer(dice, place, 5), answer(dice, place, 5)))
        guests.append((f"T{n}", day, STORES[place], answer(dice, place, 5)))
    return [text(folder / "staff.csv", staff), text(folder / "customers.csv", guests)]
