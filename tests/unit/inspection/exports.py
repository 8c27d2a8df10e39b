"""Exports as vendors and offices make them, small and made up: pairs of files for `init`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import polars as pl

from tests.unit.inspection.dated_exports import either_day_or_month, monthly_files, quarters
from tests.unit.inspection.export_files import STORES, answer, sheet, text
from tests.unit.inspection.offices import (
    contact_centre,
    dutch_bakeries,
    health_centres,
    hotels,
    merged_years,
    words_nobody_knows,
    zip_and_old_japanese,
)
from tests.unit.inspection.vendor_exports import (
    glint_and_hris,
    heat_map_and_medallia,
    qualtrics_and_zendesk,
    surveymonkey_and_forms,
)


def plain_scores(folder: Path) -> list[Path]:
    """Two files of scores by store."""
    dice = Random(1)
    staff = [("store", "responses", "staff satisfaction")]
    staff += [
        (s, dice.randint(8, 40), 50 + 4 * i + dice.randint(0, 5)) for i, s in enumerate(STORES)
    ]
    customers = [("Store", "Answers", "Customer satisfaction")]
    customers += [(s, dice.randint(50, 90), 60 + 3 * i) for i, s in enumerate(STORES)]
    return [text(folder / "staff_2025.csv", staff), text(folder / "customers_2025.csv", customers)]


def german_offices(folder: Path) -> list[Path]:
    """Windows-1252, semicolons, decimal commas, percent, missing codes, a total and a note."""
    dice = Random(2)
    staff: list[tuple] = [("Filiale", "Anzahl Antworten", "Zufriedenheit Mitarbeiter")]
    staff += [
        (s, dice.randint(8, 40), f"{50 + 4 * i},{dice.randint(1, 9)} %")
        for i, s in enumerate(STORES[:-1])
    ]
    staff += [
        (STORES[-1], 6, "k. A."),
        ("Gesamt", 200, "66,1 %"),
        ("Quelle: Mitarbeiterbefragung", "", ""),
    ]
    customers: list[tuple] = [("Filiale", "Rücklauf", "Note der Kunden")]
    customers += [
        (s, dice.randint(50, 90), f"{1 + (i % 4)},{dice.randint(0, 9)}")
        for i, s in enumerate(STORES)
    ]
    return [
        text(folder / "mitarbeiter_2025.csv", staff, delimiter=";", encoding="cp1252"),
        text(folder / "kunden_2025.csv", customers, delimiter=";", encoding="cp1252"),
    ]


def french_branches(folder: Path) -> list[Path]:
    """Labels, dates with month names and missing codes in French."""
    dice = Random(7)
    labels = [
        "Pas du tout d'accord",
        "Plutôt pas d'accord",
        "Plutôt d'accord",
        "Tout à fait d'accord",
    ]
    months = ["janvier", "février", "mars", "avril"]
    staff: list[tuple] = [
        (
            "N° réponse",
            "Date",
            "Agence",
            "Je suis fier de travailler ici",
            "Mon travail est reconnu",
        )
    ]
    clients: list[tuple] = [("id réponse", "date", "Agence", "Satisfaction", "Commentaire")]
    for n in range(240):
        place, day = n % len(STORES), f"{1 + n % 28} {months[n % 4]} 2025"
        one, other = (labels[answer(dice, place, 4) - 1] for _ in range(2))
        staff.append((n, day, STORES[place], one, "sans réponse" if n % 15 == 0 else other))
        clients.append(
            (
                n,
                day,
                STORES[place],
                answer(dice, place, 10),
                "Accueil très agréable, mais trop d'attente" if n % 4 == 0 else "",
            )
        )
    return [
        text(folder / "salariés.csv", staff, delimiter=";"),
        text(folder / "clients.csv", clients, delimiter=";"),
    ]


def japanese_shops(folder: Path) -> list[Path]:
    """Headers, labels and dates in Japanese."""
    dice = Random(8)
    labels = ["とても不満", "不満", "どちらともいえない", "満足", "とても満足"]
    shops = ["渋谷", "新宿", "横浜", "千葉", "大宮", "川崎"]
    staff: list[tuple] = [("回答ID", "回答日", "店舗", "仕事の満足度", "職場の満足度")]
    guests: list[tuple] = [("受付番号", "日付", "店舗名", "総合満足度", "推奨度", "コメント")]
    for n in range(240):
        place, day = n % len(shops), f"2025年{1 + n % 3}月{1 + n % 28}日"
        staff.append(
            (
                n,
                day,
                shops[place],
                labels[answer(dice, place, 5) - 1],
                "無回答" if n % 20 == 0 else labels[answer(dice, place, 5) - 1],
            )
        )
        guests.append(
            (
                f"A{n}",
                day,
                shops[place],
                labels[answer(dice, place, 5) - 1],
                answer(dice, place, 10),
                "",
            )
        )
    return [text(folder / "従業員調査.csv", staff), text(folder / "お客様アンケート.csv", guests)]


def lines_and_parquet(folder: Path) -> list[Path]:
    """Nested reviews, one a line, and a Parquet file of an employee survey."""
    dice = Random(9)
    reviews, staff = [], []
    for n in range(240):
        place = n % len(STORES)
        reviews.append(
            {
                "id": f"r{n}",
                "createdAt": f"2025-0{1 + n % 3}-{1 + n % 28:02d}T10:00:00Z",
                "store": {"name": STORES[place]},
                "stars": answer(dice, place, 5),
            }
        )
        staff.append(
            {
                "employee_id": f"E{n:04d}",
                "submitted": f"2025-0{1 + n % 3}-{1 + n % 28:02d}",
                "store": STORES[place],
                "q1": answer(dice, place, 7),
                "q2": answer(dice, place, 7),
            }
        )
    lines = folder / "reviews.jsonl"
    lines.write_text("\n".join(json.dumps(review, ensure_ascii=False) for review in reviews))
    pl.DataFrame(staff).write_parquet(folder / "employee_pulse.parquet")
    return [lines, folder / "employee_pulse.parquet"]


def groups_in_one_file(folder: Path) -> list[Path]:
    """One row per school and group of respondents, scores as shares, some withheld."""
    dice = Random(11)
    rows: list[tuple] = [("School Number", "Respondent", "Response Count", "Satisfaction Score ")]
    for school in range(30):
        for group in ("Staff", "Parents", "Students"):
            score = "S" if school == 4 else round(0.5 + dice.random() / 3, 4)
            rows.append((f"{school + 1:03d}", group, dice.randint(5, 60), score))
    rows.append(("(all)", "Parents", 2000, 0.71))
    return [sheet(folder / "school_survey_2024-25.xlsx", rows)]


def who_reports_to_whom(folder: Path) -> list[Path]:
    """An HR list of managers and no teams; tickets name agents, the survey e-mail addresses."""
    dice = Random(16)
    hr = [("Employee ID", "Email", "Agent ID", "Manager ID")]
    survey = [("email", "submitted", "valued", "heard")]
    tickets = [("ticket_id", "created_at", "agent_id", "csat")]
    for n in range(120):
        boss = "" if n < 8 else f"E{n % 8:03d}"
        hr.append((f"E{n:03d}", f"p{n}@example.org", f"A-{n}", boss))
        day = f"2025-03-{1 + n % 28:02d}"
        survey.append(
            (f"p{n}@example.org", day, *(answer(dice, n % 8, 5) for _ in range(2)))
        )
        tickets += [(f"T{n}-{k}", day, f"A-{n}", answer(dice, n % 8, 5)) for k in range(3)]
    return [text(folder / "hr_people.csv", hr), text(folder / "staff_survey.csv", survey),
            text(folder / "tickets.csv", tickets)]  # fmt: skip


def nobody_says_whose(folder: Path) -> list[Path]:
    """Two files of which neither name nor columns tell the voice."""
    dice = Random(14)
    one = [("store", "answers", "score")]
    one += [(s, dice.randint(8, 40), 50 + 4 * i) for i, s in enumerate(STORES)]
    other = [("store", "answers", "score")]
    other += [(s, dice.randint(8, 40), 60 + 4 * i) for i, s in enumerate(STORES)]
    return [
        text(folder / "a.csv", one, delimiter="|"),
        text(folder / "b.csv", [*other, ()], delimiter="\t"),
    ]


def other_places(folder: Path) -> list[Path]:
    """The two sides name their places in different words."""
    first, second = plain_scores(folder)
    content = second.read_text("utf-8")
    for i, store in enumerate(STORES):
        content = content.replace(store, f"L{i:02d}")
    second.write_text(content, "utf-8")
    return [first, second]


def two_header_lines(folder: Path) -> list[Path]:
    """Merged names over the columns of each voice."""
    dice = Random(15)
    rows: list[tuple] = [("", "Staff", "", "Customers", ""), ("Store", "Score", "n", "Score", "n")]
    rows += [
        (s, 50 + 4 * i, dice.randint(8, 30), 60 + 3 * i, dice.randint(50, 90))
        for i, s in enumerate(STORES)
    ]
    return [sheet(folder / "both_2025.xlsx", rows, {"B1:C1": "Staff", "D1:E1": "Customers"})]


PAIRS: dict[str, tuple[Callable[[Path], list[Path]], tuple[str, ...]]] = {
    "plain scores": (plain_scores, ()),
    "german offices": (german_offices, ("low end",)),
    "qualtrics and zendesk": (qualtrics_and_zendesk, ()),
    "heat map and medallia": (heat_map_and_medallia, ("Which pair",)),
    "surveymonkey and forms": (surveymonkey_and_forms, ()),
    "glint and hris": (glint_and_hris, ()),
    "french branches": (french_branches, ("middle answer",)),
    "japanese shops": (japanese_shops, ("Which pair",)),
    "json lines and parquet": (lines_and_parquet, ()),
    "monthly files": (monthly_files, ()),
    "groups in one file": (groups_in_one_file, ("S (3 times) among the answers: withheld",)),
    "quarters in words": (quarters, ()),
    "day or month": (either_day_or_month, ("day before the month",)),
    "who reports to whom": (who_reports_to_whom, ()),
    "nobody says whose": (nobody_says_whose, ("whose answers",)),
    "other places": (other_places, ("few names are the same",)),
    "two header lines": (two_header_lines, ()),
    "merged years": (merged_years, ("low end", "a column for each year")),
    "hotels": (hotels, ()),
    "health centres": (health_centres, ()),
    "contact centre": (contact_centre, ()),
    "zip and old japanese": (zip_and_old_japanese, ("looks like cp932",)),
    "dutch bakeries": (dutch_bakeries, ()),
    "words nobody knows": (words_nobody_knows, ("which answer is the worst",)),
}
"""Name -> files, and what must be asked about them; nothing more may be needed to run."""
