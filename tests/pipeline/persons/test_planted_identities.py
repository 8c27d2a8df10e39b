"""A whole run over files full of identities: nothing it leaves behind or says holds one of them.

Every value is searched for as it is, in upper and lower case, as UTF-16, in hexadecimal and in
base64, in each file of the home, folder names included: landing, keep, warehouse with its log,
Dagster's and dbt's folders, logs and check results, candidate and releases, and what was printed.
"""

from __future__ import annotations

import base64
import csv
import os
import re
from pathlib import Path

import polars as pl
import pytest
from ruamel.yaml import YAML

from pipelines.privacy.erasure import LIST_FILE
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.privacy.secret import load_secret
from pipelines.settings import Settings
from tests.pipeline.persons.kept_bytes import forms, forms_of_key, places
from tests.pipeline.persons.office import HEADERS, PEOPLE, SURVEY, TICKETS
from tests.pipeline.runs import crossvoice

SECRET = "planted secret nobody must see"
EXTRA = ("full_name", "private_mail", "mobile", "ip", "lat", "lon", "iban", "badge")
N_PEOPLE, N_TICKETS = 24, 60


def identities(i: int) -> dict[str, str]:
    """Everything that tells who somebody is, different for everybody.

    Numbers are so long that no digits of a duration, an estimate or a hash are one by chance.
    """
    letters = "".join(chr(97 + (i * 7 + k * 11) % 26) for k in range(5))
    given, family = f"Qua{letters}", f"Zyx{letters[::-1]}ow"
    return {
        "number": f"77{i:05d}31904415",
        "mail": f"{given}.{family}@planted-kestrel.example".lower(),
        "agent": f"AGT{884610025000 + i}",
        "name": f"{given} {family}",
        "full_name": f"{family}, {given}",
        "private_mail": f"priv{i}.{letters}@mail-planted.example",
        "mobile": f"+49 1512 {4400000 + i * 13}",
        "ip": f"203.0.113.{i + 40}",
        "lat": f"52.5{1044190 + i * 37}",
        "lon": f"13.4{2055310 + i * 41}",
        "iban": f"DE8937040044053{2010000 + i}",
        "badge": f"BDG-{660441770000 + i}",
        "customer": f"CUST-{555081330000 + i}",
    }


FORGOTTEN, WORD = 9, "quomblefizz"
"""Who is forgotten, and a word only they wrote: nobody's name, so redaction leaves it."""
SHOP = {"location_ref": {"value": "Shop"}}
WHO = [identities(i) for i in range(N_PEOPLE)]


def write(folder: Path) -> None:
    """Three files: identities in declared, undeclared, mistaken and free-text columns."""
    people = [
        (p["number"], p["mail"], p["agent"], p["name"], "2024-01-01", "never" if i == 3 else "",
         *(p[e] for e in EXTRA))
        for i, p in enumerate(WHO)
    ]  # fmt: skip
    survey = [
        (p["mail"], "w1", "2025-03-01", p["mobile"] if i == 5 else "4",
         f"{begin} {p['name']} or {p['mobile']}, {p['mail']}, {p['ip']}", *(p[e] for e in EXTRA))
        for i, p in enumerate(WHO)
        for begin in (WORD if i == FORGOTTEN else "Ask",)
    ]  # fmt: skip
    survey.append(("", "w1", WHO[0]["mail"], "4", WHO[0]["name"], *EXTRA))
    tickets = []
    for i in range(N_TICKETS):
        p = WHO[i % N_PEOPLE]
        text = (
            f"{p['name'].split()[0].lower()} at {p['lat']}, {p['lon']} wants money on {p['iban']}",
            f"Herr {p['name'].split()[1]} has badge {p['badge']} and number {p['customer']}",
            f"write to {p['private_mail']} or see {p['number']}",
        )[i % 3]
        score = p["customer"] if i == 7 else "9"
        tickets.append((f"F{i}", "2025-03-02", p["customer"], p["agent"], score, text,
                        *(p[e] for e in EXTRA)))  # fmt: skip
    tickets.append((*tickets[0], "one", "too", WHO[1]["mail"]))
    for name, rows in (("people", people), ("survey", survey), ("tickets", tickets)):
        path = folder / "in" / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="") as out:
            csv.writer(out).writerows([(*HEADERS[name], *EXTRA), *rows])


def declare(folder: Path, **changes: object) -> None:
    """The program; every source declares its extra columns as personal, the survey does not."""
    sources = [
        {**PEOPLE, "personal": ["ip", "lat", "lon"], "names": ["name", "full_name"]},
        {**SURVEY, "columns": {**SURVEY["columns"], **SHOP}, "max_rejected_share": 0.5},
        {**TICKETS, "columns": {**TICKETS["columns"], **SHOP}, "personal": list(EXTRA),
         "max_rejected_share": 0.5},
    ]
    metrics = [
        {"id": "mood", "label": "Mood", "voice": "employee", "items": ["q1"]},
        {"id": "nps", "label": "NPS", "voice": "customer", "items": ["nps"]},
    ]
    words = {"program": "planted", "title": "Planted", "period": "month", "start": "2025-01-01",
             "end": "2025-06-30", "metrics": metrics, "sources": sources,
             "privacy": {"redaction": {"codes": ["BDG-[0-9]+"]}},
             "org": {"unit": "location", "unknown_references": "adopt"}, **changes}

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "program.yaml").open("w") as out:
        YAML().dump(words, out)


def needles() -> dict[bytes, str]:
    """Every form of every identity, and of the secret, with what it is of."""
    texts = {SECRET}
    for person in WHO:
        texts |= set(person.values()) | set(person["name"].split())
        texts |= {re.sub(r"\D", "", person[k]) for k in ("mobile", "customer", "badge", "agent")}
        texts |= {person["mail"].split("@")[0]}
    found: dict[bytes, str] = {}
    for text in texts:
        for form in {text, text.lower(), text.upper()}:
            raw = form.encode()
            for shape in (raw, form.encode("utf-16-le"), raw.hex().encode(), *_base64(raw)):
                found[shape] = text
    return found


def _base64(raw: bytes) -> list[bytes]:
    """What base64 makes of it wherever it stands in a longer text."""
    shapes = []
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + raw)
        start = (0, 2, 3)[before]
        end = len(coded) - (4 if (before + len(raw)) % 3 else 0)
        shapes.append(coded[start:end])
    return [shape for shape in shapes if len(shape) >= 8]


def leaks(home: Path, said: str) -> list[str]:
    """Where any identity is found."""
    wanted = {needle.decode("latin-1"): text for needle, text in needles().items()}
    places = {str(p): p.read_bytes() for p in home.rglob("*") if p.is_file()}
    places["names of files"] = "\n".join(str(p.relative_to(home)) for p in home.rglob("*")).encode()
    places["what was printed"] = said.encode()
    bytes_as_letters = pl.Series([content.decode("latin-1") for content in places.values()])
    met = bytes_as_letters.str.extract_many(list(wanted), overlapping=True)
    return [
        f"{hit!r} in {place}"
        for place, hits in zip(places, met, strict=True)
        for hit in sorted({wanted[needle] for needle in hits})
    ]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    monkeypatch.setenv("CROSSVOICE_SECRET", SECRET)
    write(tmp_path / "program")
    declare(tmp_path / "program")
    return tmp_path / "program", tmp_path / "home"


def test_the_search_finds_every_form(tmp_path: Path) -> None:
    for number, form in enumerate(
        (WHO[2]["mail"].upper().encode(), WHO[3]["number"].encode().hex().encode(),
         base64.b64encode(b"x" + WHO[4]["customer"].encode() + b"yz"),
         WHO[5]["name"].encode("utf-16-le"), SECRET.encode())
    ):  # fmt: skip
        (tmp_path / f"{number}.bin").write_bytes(b"before " + form + b" after")
    assert len({leak.split(" in ")[1] for leak in leaks(tmp_path, "")}) == 5


def test_a_run_and_its_commands_leave_no_identity(run: tuple[Path, Path]) -> None:
    folder, home = run
    said = [crossvoice(home, "run", "--program", str(folder)).output]
    assert (home / "published" / "current").exists(), said[0]
    for command in ("check", "status", "doctor"):
        said.append(crossvoice(home, command, "--program", str(folder)).output)
    said += _forgotten_in_every_byte(folder, home)
    assert leaks(home, "\n".join(said)) == []
    landed = sorted(p.name for p in (home / "landing" / "tickets").rglob("*.parquet"))
    assert any(name.startswith("comments") for name in landed)
    assert SECRET not in "".join(str(v) for v in os.environ)


def _forgotten_in_every_byte(folder: Path, home: Path) -> list[str]:
    """Forget somebody, then run: no key or word of theirs is kept, but where that is said."""
    names = Pseudonymizer(load_secret(Settings(folder, home, secret=SECRET)), {})
    who = WHO[FORGOTTEN]
    kinds = (("mail", "email"), ("number", "employee_id"), ("agent", "agent"))
    keys = [f for column, kind in kinds for f in forms_of_key(names.key(who[column], kind))]
    theirs = [*keys, *forms(WORD)]
    before = places(home, theirs)
    assert "warehouse.duckdb" in before, "the search finds what is there"
    assert any(place.startswith("landing/survey/") for place in before)
    released = {place for place in before if place.startswith("published/")}
    assert not places(home / "published", keys)

    program = ("--program", str(folder))
    said = [crossvoice(home, "forget", f"email:{who['mail']}", "--later", *program).output]
    assert "Forgotten: 1 identifiers" in said[-1]
    # the list keeps the person away from later pulls; a release stays as it was given out
    assert places(home, theirs) == {f"keep/{LIST_FILE}", *released}
    another = f"email:{WHO[FORGOTTEN + 1]['mail']}"
    said.append(crossvoice(home, "forget", another, *program).output)  # ends with a run
    assert len(list((home / "published" / "releases").iterdir())) == 2, said[-1]
    assert places(home, theirs) == {f"keep/{LIST_FILE}", *released}
    return said


FAILING = {
    "in/tickets_x.csv": ",".join(WHO[1].values()),
    "in/tickets_y.csv": "id,at\n" + ",".join(WHO[1].values()),
    f"in/survey_{WHO[2]['mail']}.csv": "mail,wave,at,q1,text\n",
}
"""Files that cannot be used: a row of identities as header, too long a row, a telling name."""


def test_a_failing_run_names_nobody(run: tuple[Path, Path]) -> None:
    folder, home = run
    for name, content in FAILING.items():
        (folder / name).write_text(content)
    ended = crossvoice(home, "run", "--program", str(folder))
    assert ended.code == 1
    assert "Source survey" in ended.output
    assert {"tickets_x.csv", "tickets_y.csv"} <= set(re.findall(r"tickets_\w\.csv", ended.output))
    assert leaks(home, ended.output) == []


def test_a_mistaken_program_does_not_repeat_addresses(run: tuple[Path, Path]) -> None:
    folder, home = run
    for key in ("time_zone", "period", "start"):
        declare(folder, **{key: WHO[0]["mail"]})
        for command in ("check", "run"):
            ended = crossvoice(home, command, "--program", str(folder))
            assert ended.code == 2
            assert leaks(home, ended.output) == []
            assert WHO[0]["mail"] not in ended.output
