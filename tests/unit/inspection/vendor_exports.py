"""Pairs of exports as survey and feedback vendors make them, small and made up."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

from tests.unit.inspection.export_files import STORES, answer, sheet, text


def qualtrics_and_zendesk(folder: Path) -> list[Path]:
    """Three header rows and previews; tickets with offers nobody took; an HR list of addresses."""
    dice = Random(3)
    labels = [
        "Strongly disagree",
        "Disagree",
        "Neither agree nor disagree",
        "Agree",
        "Strongly agree",
    ]
    survey: list[tuple] = [
        (
            "StartDate",
            "Status",
            "IPAddress",
            "Finished",
            "ResponseId",
            "RecipientEmail",
            "Q1",
            "Q2",
            "Q3",
            "Q3_TEXT",
        ),
        (
            "Start Date",
            "Response Type",
            "IP Address",
            "Finished",
            "Response ID",
            "Recipient Email",
            "I am proud\nto work here",
            "My workload, all in all, is fair",
            "I get feedback",
            "Comment",
        ),
        tuple(json.dumps({"ImportId": f"QID{i}"}) for i in range(10)),
    ]
    hr: list[tuple] = [("Employee ID", "Email", "Manager ID", "Store", "Hire Date")]
    tickets: list[tuple] = [
        ("ticket_id", "created_at", "requester_id", "store", "satisfaction", "comment")
    ]
    for n in range(240):
        place = n % len(STORES)
        mail, status = f"p{n}@example.org", "Survey Preview" if n % 80 == 7 else "IP Address"
        answers = [labels[answer(dice, place, 5) - 1] for _ in range(3)]
        survey.append(
            (
                f"2025-03-{1 + n % 28:02d} 09:15:00",
                status,
                "192.0.2.1",
                "True",
                f"R_{n:04d}",
                mail,
                *answers,
                "All quite well this year, thank you" if n % 9 == 0 else "",
            )
        )
        hr.append((f"{n:05d}", mail, f"{n % 8:05d}", STORES[place], "2019-04-01"))
    for n in range(400):
        score = "offered" if n % 7 == 0 else "good" if dice.random() < 0.5 + n % 8 * 0.05 else "bad"
        tickets.append(
            (
                f"T{n}",
                f"2025-03-{1 + n % 28:02d}T12:00:00Z",
                f"C{n % 300}",
                STORES[n % len(STORES)],
                score,
                "",
            )
        )
    return [
        text(folder / "engagement.csv", survey, encoding="utf-8-sig"),
        text(folder / "zendesk_tickets.csv", tickets),
        text(folder / "hr_list.csv", hr),
    ]


def heat_map_and_medallia(folder: Path) -> list[Path]:
    """A titled heat map with a company row and a note; feedback with American times."""
    dice = Random(4)
    heat: list[tuple] = [
        ("Engagement survey 2025",),
        (),
        ("Location", "Responses", "Engagement score", "Manager score"),
    ]
    heat += [("Company overall", 300, 71, 70)]
    heat += [(s, dice.randint(8, 40), 60 + 2 * i, 55 + 3 * i) for i, s in enumerate(STORES)]
    heat += [("* Groups with fewer than five answers are hidden",)]
    feedback: list[tuple] = [
        ("a_surveyid", "Response Date", "Unit Name", "Likelihood to Recommend", "Comments")
    ]
    for n in range(300):
        place = n % len(STORES)
        feedback.append(
            (
                1_000_000 + n,
                f"{1 + n % 12}/{1 + n % 28}/2025 {1 + n % 12}:05 PM",
                STORES[place],
                answer(dice, place, 10),
                "The staff were kind and the lift was slow again" if n % 5 else "",
            )
        )
    return [sheet(folder / "heatmap.xlsx", heat), text(folder / "medallia_2025.csv", feedback)]


def surveymonkey_and_forms(folder: Path) -> list[Path]:
    """Two header lines, the second with the answers' kinds; a form with a time stamp."""
    dice = Random(5)
    survey: list[tuple] = [
        (
            "Respondent ID",
            "End Date",
            "In which store do you work?",
            "I would recommend this workplace",
            "I have what I need for my job",
            "",
        ),
        ("", "", "Response", "Response", "Response", "Open-Ended Response"),
    ]
    form: list[tuple] = [
        ("Timestamp", "Which store did you visit?", "How satisfied were you with our service?")
    ]
    for n in range(200):
        place = n % len(STORES)
        survey.append(
            (
                f"11{n:06d}",
                f"04/{13 + n % 15}/2025 08:30:00 AM",
                STORES[place],
                answer(dice, place, 5),
                answer(dice, place, 5),
                "",
            )
        )
        form.append(
            (f"4/{13 + n % 15}/2025 14:0{n % 10}:00", STORES[place], answer(dice, place, 5))
        )
    return [text(folder / "staff survey.csv", survey), text(folder / "customer form.csv", form)]


def glint_and_hris(folder: Path) -> list[Path]:
    """Question ids as columns with comments; who works where comes from the HR list alone."""
    dice = Random(6)
    survey: list[tuple] = [
        (
            "User e-mail",
            "Survey Cycle",
            "Completion Date",
            "eSat",
            "MANAGER",
            "MANAGER_COMMENTS",
            "BELONGING",
        )
    ]
    hris: list[tuple] = [
        ("Status", "First Name", "Last Name", "Employee ID", "Email", "Manager ID", "Location")
    ]
    nps: list[tuple] = [("id", "date", "location", "nps")]
    for n in range(200):
        place = n % len(STORES)
        survey.append(
            (
                f"p{n}@example.org",
                "2025-H1",
                f"2025-05-{1 + n % 28:02d}",
                *(answer(dice, place, 5) for _ in range(2)),
                "",
                answer(dice, place, 5),
            )
        )
        hris.append(
            ("ACTIVE", "A", "B", 100_000 + n, f"p{n}@example.org", 100_000 + n % 8, STORES[place])
        )
        nps.append((n, f"2025-05-{1 + n % 28:02d}", STORES[place], answer(dice, place, 10)))
    return [
        text(folder / "glint_export.csv", survey),
        text(folder / "hris.csv", hris),
        text(folder / "nps.csv", nps),
    ]
