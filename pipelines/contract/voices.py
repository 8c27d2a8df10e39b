"""Contract tables of the two voices: answers, feedback, comments and published scores."""

from __future__ import annotations

from pipelines.contract.model import Column, ContractTable, landing, references, scale

QUESTION_KINDS = ("nps", "csat", "ces", "stars", "scale")

EMPLOYEE_RESPONSES = ContractTable(
    "employee_responses",
    "one row per respondent, wave and item",
    (
        *landing(),
        Column("response_id", "text", "The survey's own id of the submission."),
        Column("respondent_key", "key", "Keyed hash of who answered.", True),
        Column("respondent_id_type", "text", "Kind of identifier behind respondent_key.", True,
               "landing"),
        Column("survey", "text", "Survey (instrument) the answer belongs to.", True),
        Column("wave", "text", "Wave as the survey names it.", True),
        Column("item_code", "text", "Item of the questionnaire.", True, "value"),
        Column("item_text_version", "text", "Version of the item's wording."),
        Column("answered_at", "timestamp", "When it was submitted, UTC.", True),
        Column("answered_date", "date", "The same in the program's time zone.", True, "landing"),
        *scale(),
        Column("weight", "double", "Weight given by the source; null: 1."),
        *references(),
        Column("language", "text", "Language the respondent answered in."),
        Column("is_complete", "boolean", "The submission was finished; null: not told."),
    ),
)  # fmt: skip

CUSTOMER_FEEDBACK = ContractTable(
    "customer_feedback",
    "one row per feedback event and question",
    (
        *landing(),
        Column("feedback_id", "text", "The source's own id of the event.", True),
        Column("customer_key", "key", "Keyed hash of the customer."),
        Column("occurred_at", "timestamp", "When the customer answered, UTC.", True),
        Column("local_date", "date", "The same day in the program's time zone.", True, "landing"),
        Column("channel", "text", "Channel the feedback came by."),
        Column("touchpoint", "text", "Touchpoint it is about."),
        Column("journey_stage", "text", "Stage of the customer's journey."),
        Column("item_code", "text", "Question, as metrics name it.", True, "value"),
        Column("question_kind", "text", "nps, csat, ces, stars or scale.", True, "value"),
        *scale(),
        *references(),
        Column("agent_key", "key", "Keyed hash of the agent who served."),
        Column("agent_id_type", "text", "Kind of identifier behind agent_key.", False, "landing"),
        Column("ticket_group_ref", "text", "Ticket group (queue) that handled it."),
        Column("language", "text", "Language of the feedback."),
        Column("updated_at", "timestamp", "Last change at the source, UTC; null: never."),
    ),
)  # fmt: skip

FEEDBACK_TOUCHES = ContractTable(
    "feedback_touches",
    "one row per feedback event and touch: a team, agent or group that had a part in it",
    (
        *landing(),
        Column("feedback_source", "text", "Source of the feedback event.", True),
        Column("feedback_id", "text", "The event, as that source names it.", True),
        *references(),
        Column("agent_key", "key", "Keyed hash of the agent who had a part."),
        Column("agent_id_type", "text", "Kind of identifier behind agent_key.", False, "landing"),
        Column("ticket_group_ref", "text", "Ticket group (queue) that had a part."),
        Column("share", "double", "Part of the event that is its; null: as much as the others."),
    ),
)  # fmt: skip

COMMENTS = ContractTable(
    "comments",
    "one row per comment of a response or feedback event",
    (
        *landing(),
        Column("voice", "text", "employee or customer.", True, "landing"),
        Column("parent_key", "text", "feedback_id it belongs to, or survey and wave.", True,
               "landing"),
        Column("survey", "text", "Survey it was written in; null: customer.", origin="landing"),
        Column("wave", "text", "Wave it was written in; null: customer.", origin="landing"),
        Column("respondent_key", "key", "Keyed hash of who wrote it; null: customer.",
               origin="landing"),
        Column("language", "text", "Language of the comment.", origin="landing"),
        Column("redacted_text", "text", "Text after redaction.", True, "landing"),
        Column("n_characters", "integer", "Length of the original.", True, "landing"),
        Column("n_redactions", "integer", "Passages taken out, of all kinds.", True, "landing"),
        Column("n_names", "integer", "Names taken out.", True, "landing"),
        Column("n_emails", "integer", "E-mail addresses taken out.", True, "landing"),
        Column("n_phones", "integer", "Telephone numbers taken out.", True, "landing"),
        Column("n_accounts", "integer", "Account and card numbers taken out.", True, "landing"),
        Column("n_links", "integer", "Web, network and device addresses taken out.", True,
               "landing"),
        Column("n_places", "integer", "Coordinates and street addresses taken out.", True,
               "landing"),
        Column("n_dates", "integer", "Dates taken out.", True, "landing"),
        Column("n_numbers", "integer", "Other long numbers taken out.", True, "landing"),
        Column("n_codes", "integer", "Ticket and store codes taken out.", True, "landing"),
    ),
)  # fmt: skip

UNIT_SCORES = ContractTable(
    "unit_scores",
    "one row per unit, period and published score",
    (
        *landing(),
        Column("period_ref", "text", "Wave or period as the source names it.", True),
        *references(),
        Column("item_code", "text", "Score, as metrics name it.", True, "value"),
        Column("voice", "text", "employee or customer: whose score it is.", True, "value"),
        *scale(),
        Column("n_respondents", "integer", "Answers behind the score; null: not told."),
        Column("n_invited", "integer", "People asked; null: not told."),
        Column("variance", "double", "Sample variance of the answers, on the score's scale."),
        Column("std_deviation", "double", "Their standard deviation, where no variance is told."),
        Column("promoters", "integer", "Answers 9 and 10, for a net promoter score."),
        Column("passives", "integer", "Answers 7 and 8."),
        Column("detractors", "integer", "Answers 0 to 6."),
        Column("suppressed_at_source", "boolean", "The publisher withheld the value.", True,
               "value"),
    ),
)  # fmt: skip
