"""Every mistake in program.yaml is named by line and key, with what was found and is allowed."""

from __future__ import annotations

import pytest

CHANGES = {
    "wrong word": (
        "table: employee_responses",
        "table: employee_respones",
        "program.yaml:68: sources.survey.table: found 'employee_respones'; allowed: "
        "employee_responses, customer_feedback, feedback_touches, unit_scores, org_assignments, "
        "person_identifiers, units, unit_aliases, unit_lineage, invitations, actions, outcomes; "
        "did you mean employee_responses?",
    ),
    "unknown key": (
        "    max_rejected_share: 0.02",
        "    max_rejected_shar: 0.02",
        "program.yaml:88: sources.survey.max_rejected_shar: is not a known key; "
        "did you mean `max_rejected_share`?",
    ),
    "missing key": (
        "    location: data/survey_*.csv\n",
        "",
        "program.yaml:67: sources.survey.location: is missing: Path or glob, relative to the "
        "program's folder; ${CROSSVOICE_PUBLIC_DATA} and ${CROSSVOICE_HOME} are replaced.",
    ),
    "missing word": (
        "period: month\n",
        "",
        "program.yaml:1: period: is missing: Length of a period, the time step of every table; "
        "`wave`: the waves are the periods. (allowed: week, month, quarter, year, wave)",
    ),
    "below the floor": (
        "customer: 5",
        "customer: 2",
        "program.yaml:16: privacy.thresholds.customer: found 2; "
        "allowed: greater than or equal to 3",
    ),
    "not a number": (
        "{min: 1, max: 5}",
        "{min: one, max: 5}",
        "program.yaml:80: sources.survey.values[0].scale.min: found 'one'; allowed: a number",
    ),
    "infinite number": (
        "{min: 1, max: 5}",
        "{min: 1, max: .inf}",
        "program.yaml:80: sources.survey.values[0].scale.max: found inf; allowed: a number",
    ),
    "not a date": (
        "start: 2024-01-01",
        "start: 2024-02-30",
        "program.yaml:5: start: found '2024-02-30'; allowed: a date such as 2024-01-31",
    ),
    "no end": (
        "end: 2024-12-31",
        "end: 9999-12-31",
        "program.yaml:6: end: `end` (9999-12-31) lies more than a hundred years after `start`; "
        "without `end` there are periods up to today",
    ),
    "bad name": (
        "id: pride",
        "id: Pride!",
        "program.yaml:35: metrics[1].id: found 'Pride!'; allowed: lower-case letters, digits "
        "and _, beginning with a letter",
    ),
    "bad name as key": (
        "    employee_id:\n      strip",
        "    Employee Id:\n      strip",
        "program.yaml:24: org.identifiers.Employee Id: found 'Employee Id'; allowed: lower-case "
        "letters, digits and _, beginning with a letter",
    ),
    "word or number": (
        "require: 2",
        "require: most",
        "program.yaml:33: metrics.engagement.require: found 'most'; "
        "allowed: all, any or a whole number",
    ),
    "section instead of text": (
        "location: data/tickets.xlsx",
        "location: {a: 1}",
        "program.yaml:92: sources.tickets.location: found a section with the keys a; "
        "allowed: text or a list",
    ),
    "text instead of section": (
        "scale: {min: 0, max: 10}",
        "scale: 0-10",
        "program.yaml:105: sources.tickets.values[0].scale: found '0-10'; "
        "allowed: a section with keys of its own",
    ),
    "nothing": (
        "label: Engagement",
        "label:",
        "program.yaml:29: metrics.engagement.label: found nothing; allowed: text",
    ),
    "empty list": (
        "items: [q2]",
        "items: []",
        "program.yaml:39: metrics.pride.items: found a list of 0; allowed: a list of at least 1",
    ),
    "column of another table": (
        "      channel: {value: phone}",
        "      wave: Round",
        "program.yaml:99: sources.tickets.columns.wave: `columns.wave` is not a column of "
        "customer_feedback; allowed: feedback_id, customer_key, occurred_at, channel, "
        "touchpoint, journey_stage, team_ref, location_ref, agent_key, ticket_group_ref, "
        "language, updated_at",
    ),
    "needed column": (
        "      respondent_key: {column: Email, id_type: email}\n",
        "",
        "program.yaml:70: sources.survey.columns: `columns.respondent_key` is missing: "
        "Keyed hash of who answered.",
    ),
    "scale upside down": (
        "{min: 1, max: 5}",
        "{min: 5, max: 1}",
        "program.yaml:80: sources.survey.values[0].scale: max (1) must be greater than min (5)",
    ),
    "code twice": (
        "Agree: 4,",
        "Agree: 4, AGREE: 9,",
        "program.yaml:82: sources.survey.values[0].recode: 'Agree' and 'AGREE' are one code "
        "(letter case, width and blanks do not count) and mean 4 and 9; leave one of them out",
    ),
    "code of a column twice": (
        "{Done: ",
        "{done : yes, Done: ",
        "program.yaml:77: sources.survey.columns.is_complete.recode: 'done' and 'Done' are one "
        "code (letter case, width and blanks do not count) and mean 'yes' and 'true'; leave one "
        "of them out",
    ),
    "top box off the scale": (
        "top_box_from: 4",
        "top_box_from: 40",
        "program.yaml:40: metrics.pride.top_box_from: `metrics.1.top_box_from` is 40, which "
        "parts no answers of its items (1 to 5): all of them or none would be favourable",
    ),
    "pair of an unknown metric": (
        "y: nps\n    window",
        "y: npss\n    window",
        "program.yaml:50: linkage.primary.y: `linkage.primary.y` names metric 'npss', which is "
        "not declared; customer metrics: nps",
    ),
    "unknown zone": (
        "Europe/Berlin",
        "Europe/Bärlin",
        "program.yaml:3: time_zone: unknown time zone 'Europe/Bärlin'; "
        "use a name like Europe/Berlin",
    ),
    "delimiter of two bytes": (
        "    max_rejected_share: 0.02",
        "    delimiter: \u00a6",
        "program.yaml:88: sources.survey.delimiter: '\u00a6' cannot separate fields: it must be "
        "one ASCII character, and no quotation mark or line end",
    ),
    "quotation mark as delimiter": (
        "    max_rejected_share: 0.02",
        "    delimiter: '\"'",
        "program.yaml:88: sources.survey.delimiter: '\"' cannot separate fields: it must be "
        "one ASCII character, and no quotation mark or line end",
    ),
    "hours without minutes": (
        "      channel: {value: phone}",
        "      updated_at: {column: x, format: '%Y-%m-%d %Hh'}",
        "program.yaml:99: sources.tickets.columns.updated_at.format: '%Y-%m-%d %Hh' cannot be "
        "read: a time of day needs hours and minutes (%H:%M), with %p where the hours are %I",
    ),
    "key twice": (
        "seed: 7",
        "seed: 7\n  seed: 8",
        "program.yaml:65: the key `seed` is given twice, first in line 64",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_mistake_is_told_once(name, example, problems):
    old, new, expected = CHANGES[name]
    assert old in example
    assert problems(example.replace(old, new, 1)) == [expected]


@pytest.mark.parametrize(
    ("direction", "border", "is_refused"),
    [
        *[("higher", border, border in (0, 1, 6)) for border in (0, 1, 2, 4.5, 5, 6)],
        *[("lower", border, border in (0, 5, 6)) for border in (0, 1, 4.5, 5, 6)],
    ],
)
def test_a_top_box_has_answers_on_both_sides(direction, border, is_refused, example, problems):
    text = changed(example, ("top_box_from: 4", f"top_box_from: {border}"),
                   ("direction: higher", f"direction: {direction}"))  # fmt: skip
    assert bool(problems(text)) == is_refused


def test_one_of_several_scales_is_enough_for_a_top_box(example, problems):
    wider = (
        "direction: higher",
        "direction: higher\n      - {columns: [x], item: q2, scale: {min: 0, max: 100}}\n"
        "      - columns: [y]\n        scale: {min: 1, max: 5}",
    )
    assert not problems(changed(example, ("top_box_from: 4", "top_box_from: 40"), wider))
    (text,) = problems(changed(example, ("top_box_from: 4", "top_box_from: 400"), wider))
    assert "(1 to 5, 0 to 100)" in text


def test_spellings_of_a_code_may_mean_the_same(example, problems):
    assert not problems(changed(example, ("Agree: 4,", "Agree: 4, AGREE: 4, \uff21gree: 4,")))


def test_an_unknown_key_unlike_any_other_lists_the_known_ones(example, problems):
    (text,) = problems(example.replace("id: nps", "id: nps\n    zzz: 1"))
    assert text.startswith("program.yaml:42: metrics.nps.zzz: is not a known key; allowed: id, ")
    assert text.endswith("top_box_from, definition")


def changed(program: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in program
        program = program.replace(old, new, 1)
    return program


def test_all_mistakes_come_at_once_even_those_behind_others(example, problems):
    example = changed(
        example,
        ("start: 2024-01-01", "start: January"),
        ("    columns:\n      respondent_key", "    colums:\n      respondent_kee"),
        ("      wave: Wave", "      wav: Wave"),
        ("kind: top_box", "kind: topbox"),
        ("seed: 7", "seed: 7\n  seed: 8"),
    )
    keys = [text.split(": ")[1] for text in problems(example)]
    assert keys == [
        "start",
        "metrics.pride.kind",
        "the key `seed` is given twice, first in line 64",
        "sources.survey.columns",
        "sources.survey.colums",
        "sources.survey.columns.respondent_kee",
        "sources.survey.columns.wav",
    ]


def test_a_mistake_hides_nothing_in_other_sections(example, problems):
    example = changed(
        example,
        (
            "      - columns: [q1, q2, q3]\n        scale: {min: 1",
            "      - columns: [q1, q2, q3]\n        scale: {min: 9",
        ),
        ("      respondent_key: {column: Email, id_type: email}\n", ""),
        ("    top_box_from: 4\n", ""),
        ("y: nps\n    window", "y: npss\n    window"),
        ("    location: data/people.parquet\n    required", "    required"),
        ("    items: [recommend]", "    items: recommend"),
    )
    keys = [text.split(": ")[1] for text in problems(example)]
    assert keys == [
        "metrics.pride.kind",
        "metrics.nps.items",
        "linkage.primary.y",
        "sources.survey.columns",
        "sources.survey.values[0].scale",
        "sources.people.location",
    ]
