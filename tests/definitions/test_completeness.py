"""A run that ends well without having done what it planned is noticed."""

from __future__ import annotations

import dagster as dg
import pytest

from pipelines.defs.completeness import makes_all_it_uses, missing_events, plans_checks

KEYS = [dg.AssetKey(["raw", "units"]), dg.AssetKey(["raw", "comments"])]
CHECKS = [(key, "is_sound") for key in KEYS]


def run(made: list[dg.AssetKey], checked: list[dg.AssetKey]) -> list[str]:
    """What a run misses that planned both assets and both checks."""

    @dg.multi_asset(specs=[dg.AssetSpec(key, skippable=True) for key in KEYS])
    def tables():
        for key in made:
            yield dg.MaterializeResult(asset_key=key)

    @dg.multi_asset_check(
        specs=[dg.AssetCheckSpec(name, asset=key) for key, name in CHECKS], can_subset=True
    )
    def checks():
        for key in checked:
            yield dg.AssetCheckResult(passed=True, asset_key=key, check_name="is_sound")

    job = dg.Definitions(
        assets=[tables],
        asset_checks=[checks],
        jobs=[dg.define_asset_job("job", selection=dg.AssetSelection.all())],
    ).resolve_job_def("job")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            instance=instance,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
        assert result.success
        return missing_events(instance, result.run_id)


@pytest.mark.parametrize(
    ("made", "checked", "missing"),
    [
        (KEYS, KEYS, []),
        # what waits for an asset that was not made is skipped in silence
        (KEYS[:1], KEYS, ["raw/comments", "raw/comments:is_sound", "raw/units:is_sound"]),
        (KEYS, KEYS[1:], ["raw/units:is_sound"]),
    ],
)
def test_what_was_planned_and_did_not_happen_is_named(made, checked, missing) -> None:
    assert run(made, checked) == missing


@pytest.mark.parametrize(
    ("selected", "whole"),
    [(["landed", "table", "page"], True), (["landed", "table"], True), (["page"], False),
     (["table", "page"], False), (["landed", "page"], False)],
)  # fmt: skip
def test_a_run_that_works_from_what_runs_before_have_left_is_known(
    selected: list[str], whole: bool
) -> None:
    """Of a job of its own, as stages have, and of part of a job, as selected in the UI."""
    seen = []

    @dg.asset
    def landed(context):
        seen.append(makes_all_it_uses(context))

    @dg.asset(deps=[landed])
    def table(context):
        seen.append(makes_all_it_uses(context))

    @dg.asset(deps=[table])
    def page(context):
        seen.append(makes_all_it_uses(context))

    definitions = dg.Definitions(
        assets=[landed, table, page],
        jobs=[
            dg.define_asset_job("everything", selection=dg.AssetSelection.all()),
            dg.define_asset_job("stage", selection=dg.AssetSelection.assets(*selected)),
        ],
    )
    part = [dg.AssetKey(name) for name in selected]
    with dg.DagsterInstance.ephemeral() as instance:
        for job, of_it in (("stage", None), ("everything", part)):
            done = definitions.resolve_job_def(job).execute_in_process(
                instance=instance, asset_selection=of_it
            )
            assert done.success
    assert set(seen) == {whole}


@pytest.mark.parametrize(
    ("left_out", "asks_all"), [([], True), (["is_sound"], False), (["is_sound", "is_small"], False)]
)
def test_a_run_that_is_not_asked_for_every_check_is_known(
    left_out: list[str], asks_all: bool
) -> None:
    key = dg.AssetKey("table")
    wanted = [dg.AssetCheckKey(key, name) for name in ("is_sound", "is_small")]
    seen = []

    @dg.asset
    def table(context):
        seen.append(plans_checks(context, wanted))

    def check(name: str) -> dg.AssetChecksDefinition:
        @dg.asset_check(asset=table, name=name)
        def found() -> dg.AssetCheckResult:
            return dg.AssetCheckResult(passed=True)

        return found

    checked = [k for k in wanted if k.name not in left_out]
    selection = dg.AssetSelection.assets(key).without_checks() | dg.AssetSelection.checks(*checked)
    job = dg.define_asset_job("part", selection=selection)
    done = dg.Definitions(
        assets=[table], asset_checks=[check("is_sound"), check("is_small")], jobs=[job]
    ).resolve_job_def("part").execute_in_process()  # fmt: skip
    assert done.success
    assert seen == [asks_all]
