"""Exports of offices in several countries, with the quirks of their forms: files for `init`."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from random import Random

import xlsxwriter

from tests.unit.inspection.export_files import STORES, answer, text


def merged_years(folder: Path) -> list[Path]:
    """Years as merged names above two columns each, raised marks; German marks, times in Uhr."""
    dice, path = Random(21), folder / "mitarbeiter.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Ergebnisse")
        page.write(0, 0, "Ergebnisse nach Filiale")
        page.merge_range("A3:A4", "Filiale")
        for place, year in enumerate(("Herbst 2023", "Herbst 2024")):
            page.merge_range(2, 1 + 2 * place, 2, 2 + 2 * place, year)
            page.write_row(3, 1 + 2 * place, ["Index¹", "Anzahl"])
        for i, store in enumerate(STORES):
            scores = [
                x for _ in range(2) for x in (dice.randint(50, 90) + 0.5, dice.randint(8, 30))
            ]
            page.write_row(4 + i, 0, [store, *scores])
        page.write(4 + len(STORES), 0, "Gesamt")
    rows: list[tuple] = [("Nr.", "Datum", "Filiale", "Note")]
    rows += [
        (n, f"{1 + n % 28:02d}.10.{2023 + n % 2} 14:05 Uhr", STORES[n // 2 % 8], f"{1 + n % 6},0")
        for n in range(240)
    ]
    return [path, text(folder / "kunden.csv", rows, delimiter=";", encoding="cp1252")]


def hotels(folder: Path) -> list[Path]:
    """Labels with apostrophes of two kinds, times as 14h05; scores beside the best one."""
    dice = Random(22)
    labels = ["Pas du tout d\u2019accord", "Plutôt pas d'accord", "Ni d'accord, ni pas d'accord",
              "Plutôt d\u2019accord", "Tout à fait d'accord"]  # fmt: skip
    staff: list[tuple] = [
        (
            "Matricule",
            "Horodateur",
            "Établissement",
            "Q1. Je suis fier",
            "Q2. On m'écoute",
        )
    ]
    guests: list[tuple] = [("Réf. séjour", "Date", "Établissement", "Note globale")]
    for n in range(160):
        place = n % len(STORES)
        words = [labels[answer(dice, place, 5) - 1] for _ in range(2)]
        words[1] = "n.r." if n % 20 == 0 else words[1]
        staff.append((f"{n:05d}", f"{1 + n % 28} févr. 2024 à 14h05", STORES[place], *words))
        guests.append(
            (f"R{n}", f"{13 + n % 16}/02/2024", STORES[place], f"{answer(dice, place, 9)},5/10")
        )
    return [text(folder / "enquête salariés.csv", staff, delimiter=";"),
            text(folder / "avis clients.csv", guests, delimiter=";")]  # fmt: skip


def health_centres(folder: Path) -> list[Path]:
    """A column for each year with totals by province; rows of professions beside those of all."""
    dice = Random(23)
    users: list[tuple] = [("Código centro", "Provincia", "Centro", "2023", "2024")]
    staff: list[tuple] = [("anyo", "cod_centro", "estamento", "n_resp", "clima laboral")]
    for i in range(20):
        users.append(
            (
                f"{i + 1:05d}",
                "Ávila",
                f"C.S. {i}",
                *(f"{dice.randint(60, 95)},1 %" for _ in range(2)),
            )
        )
        for year in (2023, 2024):
            staff.append((year, i + 1, "Todos", dice.randint(20, 40), f"3,{dice.randint(10, 90)}"))
            staff.append((year, i + 1, "Medicina", 10, f"4,{dice.randint(10, 90)}"))
            staff.append((year, i + 1, "Enfermería", 10, f"2,{dice.randint(10, 90)}"))
    users.append(("", "Ávila", "TOTAL PROVINCIA", "80,0 %", "81,0 %"))
    return [text(folder / "usuarios.csv", users, delimiter=";", encoding="latin-1"),
            text(folder / "clima laboral.csv", staff, delimiter=";")]  # fmt: skip


def contact_centre(folder: Path) -> list[Path]:
    """Tickets name agents by a path, the survey addresses; an HR list says who works where."""
    dice = Random(24)
    hr = [("Employee ID", "Email Address", "Agent Ref", "Team", "Site")]
    survey, tickets = [("Email", "Completed", "engaged", "valued")], []
    for n in range(120):
        mail, team = f"p{n}@example.org", n % 8
        hr.append((f"E{n:03d}", mail, f"ag-{n}", f"Team {team}", "Leeds" if team < 4 else "Hull"))
        survey.append((mail, f"{13 + n % 15}/05/2024", *(answer(dice, team, 7) for _ in range(2))))
        tickets += [
            {"ticket": {"id": 1000 + 3 * n + k, "opened_at": f"2024-05-{1 + n % 28:02d}T10:00:00Z"},
             "handled_by": {"agent": {"ref": f"AG-{n}"}}, "csat": answer(dice, team, 5)}
            for k in range(3)
        ]  # fmt: skip
    lines = folder / "tickets.jsonl.gz"
    lines.write_bytes(gzip.compress("\n".join(map(json.dumps, tickets)).encode(), mtime=0))
    return [text(folder / "hr_extract.csv", hr), text(folder / "pulse.csv", survey), lines]


def zip_and_old_japanese(folder: Path) -> list[Path]:
    """A zip with a note inside; Shift-JIS of offices with era dates."""
    dice, shops = Random(25), ["渋谷", "新宿", "横浜", "千葉"]
    staff = ["社員番号,回答日,店舗,仕事の満足度"]
    staff += [
        f"{n:04d},2024-04-{1 + n % 28:02d},{shops[n % 4]},{answer(dice, n % 4, 5)}"
        for n in range(80)
    ]
    with zipfile.ZipFile(folder / "従業員.zip", "w") as archive:
        archive.writestr("従業員.csv", "\n".join(staff))
        archive.writestr("README.txt", "All shops\n")
    guests: list[tuple] = [
        (
            "受付№",
            "日付",
            "店舗",
            "総合満足度",
            "コメント",
        )
    ]
    guests += [
        (
            f"№{n}",
            f"令和6年4月{1 + n % 28}日",
            shops[n % 4],
            answer(dice, n % 4, 5),
            "とてもよかったです",
        )
        for n in range(80)
    ]
    return [
        folder / "従業員.zip",
        text(folder / "お客様.csv", guests, encoding="cp932"),
    ]


def dutch_bakeries(folder: Path) -> list[Path]:
    """Dutch: a survey under a title, by numbers of people; reviews with marks of ten; a list."""
    dice = Random(31)
    labels = ["Zeer mee oneens", "Mee oneens", "Neutraal", "Mee eens", "Zeer mee eens"]
    staff: list[list] = [["Medewerkersonderzoek 2026"], []]
    staff.append(["Personeelsnummer", "Ingevuld op", "Ik ben trots", "Ik krijg uitleg"])
    people: list[tuple] = [("Pers.nr.", "Filiaal", "Leidinggevende", "In dienst")]
    for n in range(160):
        place = n % 8
        words = [labels[answer(dice, place, 5) - 1] for _ in range(2)]
        words[1] = "n.v.t." if n % 20 == 0 else words[1]
        staff.append([7000 + n, f"{1 + n % 28:02d}-03-2026", *words])
        people.append((7000 + n, STORES[place], 7000 + place, f"2019-05-{1 + n % 28:02d}"))
    reviews: list[tuple] = [("Reviewnr", "Datum", "Filiaal", "Rapportcijfer")]
    reviews += [
        (f"R{n}", f"{1 + n % 28:02d}-03-2026", STORES[n % 8], f"{answer(dice, n % 8, 9)},5")
        for n in range(200)
    ]
    reviews.append(("Totaal", "", "", "7,2"))
    with xlsxwriter.Workbook(folder / "medewerkersonderzoek.xlsx") as book:
        page = book.add_worksheet("Resultaten")
        for i, row in enumerate(staff):
            page.write_row(i, 0, row)
    return [folder / "medewerkersonderzoek.xlsx",
            text(folder / "klantreviews.csv", reviews, delimiter=";", encoding="cp1252"),
            text(folder / "personeelslijst.csv", people)]  # fmt: skip


def words_nobody_knows(folder: Path) -> list[Path]:
    """Welsh answers, which no list of labels holds, under headers that other files share."""
    dice = Random(32)
    labels = ["Anghytuno'n gryf", "Anghytuno", "Niwtral", "Cytuno", "Cytuno'n gryf"]
    staff: list[tuple] = [("employee id", "submitted", "store", "Rwy'n falch", "Mae fy ngwaith")]
    staff += [
        (9000 + n, f"2025-03-{1 + n % 28:02d}", STORES[n % 8],
         *(labels[answer(dice, n % 8, 5) - 1] for _ in range(2)))
        for n in range(160)
    ]  # fmt: skip
    guests: list[tuple] = [("review id", "date", "store", "csat")]
    guests += [
        (n, f"2025-03-{1 + n % 28:02d}", STORES[n % 8], answer(dice, n % 8, 5)) for n in range(200)
    ]
    return [text(folder / "staff.csv", staff), text(folder / "guests.csv", guests)]
