"""Four exports as offices send them, made up, for the guide "ten minutes".

Usage: python docs/guides/ten_minutes_files.py FOLDER
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from random import Random

import xlsxwriter

STORES = [
    "Alder Road", "Birch Lane", "Castle Square", "Dock Street", "East Gate", "Ferry Quay",
    "Garden Court", "Harbour Mall", "Island Park", "Jubilee Way", "King's Cross", "Lake View",
    "Market Hall", "North Bridge", "Orchard Mews", "Port Side", "Queen's Parade", "River Walk",
    "South Pier", "Tower Hill", "Upper Town", "Valley Drive", "West End", "York Street",
    "Abbey Gardens", "Bell Tower", "Canal Wharf", "Deer Park", "Elm Avenue", "Fountain Place",
    "Granary Yard", "High Street", "Iron Works", "Jasmine Walk", "Kiln Fields", "Lime Grove",
    "Mill Pond", "Nunnery Close", "Oak Terrace", "Priory Row", "Quarry Bank", "Rope Works",
    "Station Arcade", "Temple Bar", "Union Docks", "Vine House", "Windmill Rise", "Yew Cloisters",
]  # fmt: skip
OTHER_NAMES = {
    "Harbour Mall": "Harbor Mall",
    "King's Cross": "Kings Cross Sq.",
    "West End": "Westend",
}
LABELS = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]
STAFF, TICKETS = 8, 30


def answer(dice: Random, mood: float, top: int) -> int:
    """An answer from 1 to `top`, around a store's mood between 0 and 1."""
    return max(1, min(top, round(1 + mood * (top - 1) + dice.gauss(0, 0.2 * top))))


def main(folder: Path) -> None:
    """Write the staff survey, the tickets, the HR list and the list of stores."""
    dice = Random(12)
    folder.mkdir(parents=True, exist_ok=True)
    moods = {store: dice.uniform(0.35, 0.85) for store in STORES}
    questions = ("I am proud to work here", "I have what I need", "My work is noticed")
    survey = [("Recorded", "E-mail", "Status", *questions)]
    people = [("Employee ID", "E-mail", "Store", "Manager ID")]
    for place, store in enumerate(STORES):
        for n in range(STAFF):
            number, day = 1000 + place * STAFF + n, f"{1 + n * 2:02d}.03.2025"
            mail = f"p{number}@example.org"
            boss = f"{1000 + place * STAFF:05d}" if n else ""
            people.append((f"{number:05d}", mail, store, boss))
            answers = [LABELS[answer(dice, moods[store], 5) - 1] for _ in questions]
            survey.append((day, mail, "Spam" if number == 1007 else "Complete", *answers))
    with (folder / "staff_survey.csv").open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";").writerows(survey)
    with xlsxwriter.Workbook(folder / "hr_list.xlsx") as book:
        sheet = book.add_worksheet("People")
        sheet.write(0, 0, "Staff on 1 March 2025")
        for row, person in enumerate(people, start=2):
            sheet.write_row(row, 0, person)
    with (folder / "tickets.jsonl").open("w", encoding="utf-8") as file:
        for n in range(len(STORES) * TICKETS):
            store = STORES[n % len(STORES)]
            ticket = {
                "ticket_id": f"T{n:04d}",
                "created_at": f"2025-03-{1 + n % 28:02d}T12:30:00Z",
                "requester": {"id": f"C{dice.randint(1, 400)}"},
                "store": OTHER_NAMES.get(store, store),
                "csat": None if n % 40 == 7 else answer(dice, 0.3 + moods[store] / 2, 5),
            }
            file.write(json.dumps(ticket) + "\n")
    with (folder / "stores.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("Store", "Region"), *((s, "All") for s in STORES)])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
