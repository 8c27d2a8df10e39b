"""Another secret: people meet as before after re-keying, and nobody does after severing."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from pipelines import batch_rewriter, rotation
from pipelines.errors import CrossvoiceError
from pipelines.forgetting import forget
from pipelines.privacy.secret import SEVERED, load_secret
from pipelines.rotation import rotate
from pipelines.run_start import alone
from pipelines.settings import Settings
from tests.pipeline.persons.office import ROWS, Office, dying_before
from tests.pipeline.runs import Ended, crossvoice


def keys(office: Office) -> dict[str, list]:
    return {
        "survey": office.landed("survey", "employee_responses")["respondent_key"].to_list(),
        "comments": office.landed("survey", "comments")["respondent_key"].to_list(),
        "people": office.landed("people", "person_identifiers")["id_key"].to_list(),
        "agents": office.landed("tickets", "customer_feedback")["agent_key"].to_list(),
    }


def emptied(office: Office, *sources: str) -> None:
    """The files are gone from the drop folder, but for one that says nothing of these people."""
    for name in sources:
        (office.folder / f"in/{name}.csv").unlink()
    if "people" in sources:
        office.write("people", [("9", "zoe@x.org", "", "Zoe", "", "")], part="_2")
    office.write("survey", [("zoe@x.org", "2025", "2025-03-01", "4", "")], part="_2")


def test_rekeyed_rows_meet_rows_that_are_landed_later(office: Office) -> None:
    before = keys(office)
    emptied(office, "people", "survey")
    rotate(office.settings, "rekey", drop_erasures=False)
    rotate(office.settings, "rekey", drop_erasures=False)
    after = keys(office)

    assert not set(before["survey"]) & set(after["survey"])
    assert after["survey"][0] == office.pseudonyms.key("anna@x.org", "email")
    assert after["survey"][0] == after["comments"][0]
    assert after["survey"][0] in after["people"]
    office.write("tickets", [("F9", "2025-01-01", "C1", "A1", "9", "Fuchsberger again")])
    office.pull()
    assert office.landed("tickets", "comments")["redacted_text"].to_list() == ["<NAME> again"]
    assert office.landed("tickets", "customer_feedback")["agent_key"][0] in after["people"]


def test_rekeying_does_not_bring_erased_people_back(office: Office) -> None:
    forget([("email", "anna@x.org")], office.settings, office.pseudonyms)
    rotate(office.settings, "rekey", drop_erasures=False)
    office.write("survey", [*ROWS["survey"], ("anna@x.org", "2024", "2024-03-09", "1", "me")])
    office.pull()
    assert office.pseudonyms.key("anna@x.org", "email") not in str(office.state())
    assert office.landed("survey", "employee_responses").height == 2


def test_severed_rows_meet_nobody(office: Office) -> None:
    before, named = keys(office), office.pseudonyms
    emptied(office, "survey")
    rotate(office.settings, "sever", drop_erasures=False)
    office.pull()
    after = keys(office)

    assert after["people"][0] == office.pseudonyms.key("anna@x.org", "email"), "landed anew"
    assert not {*chain(*before.values())} & {*chain(*after.values())}
    assert len(set(after["survey"])) == 4, "as many people as before, but nobody knows who"
    assert not set(after["survey"]) & set(after["people"])
    tried = {names.key("anna@x.org", "email") for names in (named, office.pseudonyms)}
    assert not tried & set(after["survey"])
    kept = (office.settings.keep / "pseudonym_secret").read_text()
    assert '"severing": null' in kept and '"earlier": []' in kept


def test_severing_refuses_to_lose_the_list_of_erasures(office: Office) -> None:
    forget([("email", "anna@x.org")], office.settings, office.pseudonyms)
    with pytest.raises(CrossvoiceError, match="forget who was erased"):
        rotate(office.settings, "sever", drop_erasures=False)
    rotate(office.settings, "sever", drop_erasures=True)
    assert load_secret(office.settings).severing is None


def test_a_secret_of_the_environment_is_rekeyed_with_the_one_before(office: Office) -> None:
    given = replace(office.settings, secret="the first secret of them")
    with pytest.raises(CrossvoiceError, match="not the secret"):
        load_secret(given)
    with pytest.raises(CrossvoiceError, match="old secret beside"):
        rotate(given, "rekey", drop_erasures=False)


class Given(Office):
    """The same company; its secret comes from the environment."""

    secret = "the first secret of them all"

    @property
    def settings(self) -> Settings:
        return replace(super().settings, secret=self.secret)


@pytest.mark.parametrize("mode", ["--rekey", "--sever"])
def test_a_secret_of_the_environment_is_rotated_by_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    office = Given(tmp_path)
    office.write_all()
    office.pull()
    (tmp_path / "program.yaml").write_text("")
    before, old, new = keys(office), office.secret, "the second secret of them all"

    def rotated(**environment: str) -> Ended:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        command = ("secret", "rotate", mode, "--program", str(tmp_path))
        return crossvoice(office.settings.home, *command)

    if mode == "--rekey":
        refused = rotated(CROSSVOICE_SECRET=new)
        assert refused.code == 2
        assert "CROSSVOICE_SECRET_BEFORE" in refused.output
        assert keys(office) == before, "nothing has changed"
        monkeypatch.setenv("CROSSVOICE_SECRET_BEFORE", old)
    ended = rotated(CROSSVOICE_SECRET=new)
    assert ended.code == 0, ended.output
    assert "CROSSVOICE_SECRET" in ended.output
    assert old not in ended.output
    assert new not in ended.output

    office.secret = new
    after = keys(office)
    assert not {*chain(*before.values())} & {*chain(*after.values())} - {None}
    anna = office.pseudonyms.key("anna@x.org", "email")
    assert (anna in after["survey"]) == (anna in after["people"]) == (mode == "--rekey")
    office.write("survey", [("anna@x.org", "2025", "2025-03-01", "4", "")], part="_2")
    office.pull()
    assert anna in keys(office)["survey"], "landed under the new secret"
    kept = [p for p in office.settings.home.rglob("*") if p.is_file()]
    assert not [p for p in kept if new.encode() in p.read_bytes()]
    # keys of later rows are made with it, then re-keyed as the landed ones were
    holding_old = [p.name for p in kept if old.encode() in p.read_bytes()]
    assert holding_old == (["pseudonym_secret"] if mode == "--rekey" else [])


@pytest.mark.parametrize("mode", ["rekey", "sever"])
@pytest.mark.parametrize("nth", [1, 3])
@pytest.mark.parametrize("stop", ["open_writer", "write_manifest", "finish_severing"])
def test_killed_anywhere_every_batch_ends_under_one_secret(
    office: Office, mode: str, stop: str, nth: int
) -> None:
    try:
        with dying_before(stop, nth, rotation, batch_rewriter, batch_rewriter.landing):
            rotate(office.settings, mode, drop_erasures=False)
    except KeyboardInterrupt:
        with alone(office.settings) as secret:  # as the next run begins, which severs to the end
            if mode == "rekey":  # what pulls do source by source
                rotation.finish(office.settings, secret)

    ids = {m.secret_id for m in rotation.landing.all_batches(office.settings.landing)}
    assert ids == ({SEVERED} if mode == "sever" else {load_secret(office.settings).id})
    found = keys(office)
    assert set(found["comments"]) <= set(found["survey"]) <= set(found["people"])
    assert load_secret(office.settings).severing is None
