"""The words of the data dictionary that stand nowhere else.

What belongs here: the meaning of the published tables, and of columns that are made after the
marts. What does not: columns of marts; dbt describes them, once.
"""

from __future__ import annotations

from pipelines.linkage.companions import COMPANION_SCHEMAS

TABLES = {
    "unit_period_scores": "One row per unit and period: both voices of the primary pair side by "
    "side, with names, answers, and a reason code where a score is not shown.",
    "unit_period_scores_restated": "One row per unit of today and period: the rows of "
    "unit_period_scores put together along renames, merges and moves. A split unit keeps its own.",
    "employee_unit_period_metrics": "One row per unit level, unit, period and employee metric.",
    "customer_unit_period_metrics": "One row per unit level, unit, period and customer metric.",
    "unit_period_participation": "One row per unit level, unit, period and survey: response rate.",
    "attribution_summary": "One row per period, channel, attribution method and remainder reason: "
    "how much customer feedback could be given to a unit, and why the rest could not; rounded.",
    "employee_comments": "One row per comment of an employee, redacted, in groups large enough "
    "only: each comment once, at the finest level where its group is. The order tells nothing.",
    "customer_comments": "One row per comment of a customer, redacted, in groups large enough "
    "only: each comment once, at the finest level where its group is. The order tells nothing.",
    "linkage_estimates": "One row per estimate: how strongly the two voices go together, with "
    "interval, verdict and a sentence. Rounded for release.",
    "linkage_guards": "One row per guard that fired on a question: a refusal or a warning, with "
    "counts and the next step.",
    "linkage_driver_shares": "One row per question (across units, and inside units over time), "
    "component and item: which part of what the items explain goes to it, and its possible ranks.",
    "linkage_lag_profiles": "One row per question and lag: slope with its simultaneous band.",
    "linkage_binned_curves": "One row per question and bin of the employee score: the curve.",
    "linkage_segment_forests": "One row per question and segment: its slope.",
    "linkage_reliability": "One row per question, score and period: how far team scores are more "
    "than noise, and how far members of a team agree.",
    "linkage_period_slopes": "One row per question and period: its between slope, and the refit of "
    "the four periods up to it.",
    "linkage_attribution_rules": "One row per attribution rule: r of the primary pair when only "
    "the surest ways of giving feedback to a unit count.",
    "linkage_nonresponse": "One row per employee metric and period, and one for the primary pair: "
    "the number as answered, and weighted to the groups of everybody who could have answered.",
    "dim_units": "One row per unit (team x location), with names.",
    "dim_teams": "One row per team, with its latest name.",
    "dim_locations": "One row per location, with its latest name and region.",
    "dim_metrics": "One row per metric: what it measures and how.",
    "periods": "One row per period.",
    "data_dictionary": "One row per published table and column: this dictionary.",
    "publication": "One row: when and from what this release was made.",
}

_ESTIMATES = {
    "config_hash": "Hash of the program's settings.",
    "data_hash": "Hash of the cells the estimates were computed from.",
    "question_id": "One question: pair, window, estimand and subset. Its rows share p and verdict.",
    "period_start": "First day of the window.",
    "period_end": "Last day of the window.",
    "window_id": "pooled, or the period the estimate belongs to.",
    "estimand": "What is estimated: between, within, lag, adjusted, driver, segment, ...",
    "level": "Level of the scores that are compared.",
    "term": "Score the estimate belongs to.",
    "x_measure": "Employee metric.",
    "y_measure": "Customer metric.",
    "x_label": "Employee metric in words.",
    "y_label": "Customer metric in words.",
    "component": "observed, corrected (for sampling error), reliability, ...",
    "effect_type": "slope, r (correlation), difference, share, variance or index.",
    "segment_by": "What splits the units; null: all units.",
    "segment": "Subset of units; null: all units.",
    "adjusted_for": "What is held fixed.",
    "lag": "Periods by which employees come first; null unless a lag is estimated.",
    "lag_set": "Lags that cannot be told apart.",
    "lag_set_low": "Smallest of them.",
    "lag_set_high": "Largest of them.",
    "n_units": "Units that entered.",
    "n_clusters": "Groups of units the uncertainty is judged by.",
    "n_periods": "Periods that entered.",
    "n_cells": "Units x periods that entered.",
    "n_responses_x": "Employee answers behind them; null: unknown.",
    "n_responses_y": "Customer answers behind them; null: unknown.",
    "n_units_suppressed": "Units left out because their scores may not be released.",
    "share_headcount_suppressed": "Share of people in units left out, 0 to 1.",
    "estimate": "The number.",
    "std_error": "Standard error; for r on the atanh scale.",
    "statistic": "Estimate over its standard error, or F.",
    "df": "Degrees of freedom.",
    "df2": "Second degrees of freedom, for F.",
    "conf_level": "Level of the interval.",
    "conf_low": "Lower end of the interval; null: none.",
    "conf_high": "Upper end of the interval; null: none.",
    "conf_method": "How the interval was made.",
    "conf_shape": "bounded, unbounded or exclusive.",
    "equivalence_low": "Lower end of the 90% interval, for practically none.",
    "equivalence_high": "Upper end of the 90% interval.",
    "p_value": "p of the question, from the observed slope.",
    "q_value": "p after Benjamini-Hochberg over all questions not declared primary.",
    "p_adjust_method": "How q was made.",
    "family": "Questions that were judged together.",
    "unit_x": "Unit of the employee score.",
    "unit_y": "Unit of the customer score.",
    "per": "Step of the employee score a slope is for.",
    "method": "Estimator and its version.",
    "weights": "equal: the average unit; responses: the average customer; credibility: between.",
    "cluster": "Column whose groups share causes.",
    "reliability": "Share of the variance that is not sampling noise.",
    "signal_t": "How far the signal stands out of the noise.",
    "mde": "Smallest effect these data could have shown.",
    "robustness_value": "How strong an unmeasured cause would have to be to erase the link.",
    "sesoi": "Smallest effect that would matter, declared before the run.",
    "expected_sign": "Direction declared before the run.",
    "primary": "Declared as the question before the run.",
    "verdict": "supported, opposite, practically_none, inconclusive or refused.",
    "direction": "For lags: who comes first.",
    "guard_code": "The deciding or gravest guard.",
    "sentence": "The row in words.",
    "guard_id": "Number of the guard in the methods.",
    "code": "Name of the guard.",
    "severity": "reject and refuse take the number away; warn and note do not.",
    "value": "Number the guard looked at.",
    "n_affected": "How many are affected.",
    "n_total": "Of how many.",
    "threshold": "Limit of the guard.",
    "message": "What was found.",
    "next_step": "What to do about it.",
}

_PUBLICATION = {
    "release_id": "Name of the release's folder.",
    "run_id": "Run that made it.",
    "program": "Program it belongs to.",
    "title": "The program in words.",
    "started_at": "When the run started, UTC.",
    "fingerprint": "Hash of settings, code and inputs; the same means nothing new.",
    "config_hash": "Hash of the settings, with the closed periods.",
    "code_hash": "Hash of the code.",
    "input_hash": "Hash of the inputs.",
    "git_commit": "Commit of the code; null outside a checkout.",
    "suppression": "thresholds, or publisher for data that were public before.",
    "publisher": "Who published the data before, if anybody.",
    "threshold_employee": "Smallest number of employees behind a released value.",
    "threshold_customer": "Smallest number of customers behind a released value.",
    "n_cells": "Cells judged by the publication mask.",
    "n_cells_hidden": "Cells the mask hides.",
    "stale_sources": "Optional sources that could not be read; what was there before is shown.",
    "unattributed_share_employee": "Share of survey responses that reach no unit, 0 to 1.",
    "unattributed_share_customer": "Share of feedback and scores that reach no unit, 0 to 1.",
    "partial_sums_employee": "Totals of employees that hold more than their parts do.",
    "partial_sums_customer": "Totals of customers that hold more than their parts do.",
}

_DICTIONARY = {
    "table_name": "Published table.",
    "table_description": "What the table holds, with its grain.",
    "column_name": "Column.",
    "data_type": "Type of the column.",
    "column_description": "What the column means.",
    "audiences": "Files the table is in.",
}

_COMPANIONS = {
    "period_index": "Place of the period in time, from 1.",
    "item": "Item of the questionnaire, or the theme of items that say the same.",
    "share": "Part of the explained variance that goes to the item, 0 to 1; not an effect.",
    "share_low": "Lower end of its interval.",
    "share_high": "Upper end of its interval.",
    "r_squared_piece": "The same in units of R squared.",
    "zero_order_r": "Correlation of the item alone with the customer score.",
    "rank": "Rank of the share, 1 the largest.",
    "rank_low": "Best rank the item may have.",
    "rank_high": "Worst rank the item may have.",
    "is_in_top_set": "The item may be the first; read the set, not the first alone.",
    "above_noise": "How much more the item explains than an item of random numbers, in R squared.",
    "above_noise_low": "Lower end of its interval.",
    "above_noise_high": "Upper end of it.",
    "is_above_noise": "The interval lies above zero: more than random numbers explain.",
    "refit_slope": "Mean slope of the four periods up to this one.",
    "refit_std_error": "Its standard error.",
    "refit_z": "Standard errors between it and that of the first four periods.",
    "is_alert": "More than 3 standard errors away, and in the period before as well.",
    "slope": "Slope of the customer score on the employee score.",
    "band_low": "Lower end of the band that holds for all lags at once.",
    "band_high": "Upper end of it.",
    "critical_value": "Value of t the band is made with.",
    "n_pairs": "Pairs of cells at this lag.",
    "share_of_draws": "Share of bootstrap draws in which this lag was the strongest.",
    "is_in_lag_set": "The lag cannot be told apart from the strongest.",
    "bin": "Bin of the employee score, from the lowest.",
    "mean_x": "Mean employee score of the bin.",
    "mean_y": "Mean customer score of the bin, covariates held fixed.",
    "slope_shrunken": "Slope drawn to the mean of the segments as far as it is noise.",
    "slope_corrected": "Slope corrected for sampling error.",
    "std_error_corrected": "Its standard error.",
    "measure": "Score the reliability belongs to.",
    "n_responses": "Answers behind it.",
    "icc1": "ICC(1): share of one answer's variance that lies between units.",
    "icc2": "ICC(2): reliability of the units' means.",
    "icc2_low": "Lower end of its interval.",
    "icc2_high": "Upper end of its interval.",
    "msb": "Mean square between units.",
    "msw": "Mean square within units.",
    "n0": "Answers per unit, for unequal units.",
    "n_items": "Items behind the agreement inside units; null where the score has no items.",
    "rwgj_mean": "Agreement inside units, rwg(j) against answers at random, mean of the units.",
    "rwgj_median": "Its median.",
    "rwgj_share_070": "Share of units whose agreement is .70 or more.",
}

_ATTRIBUTION_RULES = {
    "rule": "Attribution methods whose feedback counts; shared: all, each event divided among the "
    "units that had a part in it.",
    "last_method": "Least sure of them.",
    "n_responses_y": "Feedback events that count (shared: sum of shares); null where the link is "
    "not shown.",
    "share_of_feedback": "Part of the feedback of shown cells that the rule uses, 0 to 1.",
    "estimate": "Pearson r of unit means.",
}

_NONRESPONSE = {
    "quantity": "mean: score of the whole company; r: correlation of unit means, primary pair.",
    "window_id": "Period of the mean, or window of the correlation.",
    "n_responses_x": "Answers of employees behind it; null where the number is not shown.",
    "margins": "Groups the weights follow; null: design weights of the survey alone.",
    "unweighted": "The number as answered.",
    "unweighted_low": "Lower end of its 95% interval.",
    "unweighted_high": "Upper end of it.",
    "weighted": "The number with weights; null where there are none.",
    "weighted_low": "Lower end of its 95% interval.",
    "weighted_high": "Upper end of it.",
    "design_effect": "How many times larger the weights make the variance of a mean (Kish).",
    "share_capped": "Part of the respondents whose weight was cut off at the cap, 0 to 1.",
    "guard_code": "Why there is no weighted number; zero_weights: the survey weighs all of them 0.",
}

_CHANGE = {
    "previous_period_id": "The wave before, where this cell was released then.",
    "change": "Difference of the two released values.",
    "change_low": "Lower end of its 95% interval; null where no spread of answers is known.",
    "change_high": "Upper end of it. Intervals of units use the spread of the whole company.",
}

_MASK = {
    "reason_code": "released, or why not: withheld (too few people, or needed to "
    "protect such a cell), suppressed_at_source.",
}

_COMMENTS = {
    "unit_level": "Level of the group the comment is shown in: unit, location, region or company.",
    "unit_id": "Id of the group at its level; above the unit: of those shown at no finer level.",
    "period_id": "Period the comment was written in; the day is not told.",
    "comment_text": "The comment after redaction; what was taken out is named by its kind.",
}

_CATALOGUE = {
    "items": "Codes of the items that enter the metric.",
    "top_box_from": "Answer from which on an answer is favourable; null: no share of answers.",
    "answer_min": "Lower end of the scale of the answers; null: several scales, or figures that "
    "others made of answers.",
    "answer_max": "Upper end of it.",
    "answer_direction": "Which end of the scale is the better one: higher or lower.",
    "answers_are_whole": "Whether all answers are whole numbers.",
}

_RESTATED = {
    "n_units_then": "Units of that period that are put together in the row.",
    "succession": "What carried or ended them: rename, merge, move, split or close; null: nothing.",
}
COLUMNS = {
    "linkage_estimates": _ESTIMATES,
    "linkage_guards": _ESTIMATES,
    **dict.fromkeys(COMPANION_SCHEMAS, _ESTIMATES | _COMPANIONS),
    "linkage_attribution_rules": _ESTIMATES | _ATTRIBUTION_RULES,
    "linkage_nonresponse": _ESTIMATES | _NONRESPONSE,
    "publication": _PUBLICATION,
    "dim_metrics": _CATALOGUE,
    "unit_period_scores_restated": _RESTATED,
    "data_dictionary": _DICTIONARY,
    "employee_unit_period_metrics": _MASK | _CHANGE,
    "customer_unit_period_metrics": _MASK,
    "employee_comments": _COMMENTS,
    "customer_comments": _COMMENTS,
    "unit_period_participation": _MASK,
}
"""Published table -> column -> meaning, for columns that no mart describes."""
