"""What keeps a sound call from being published on a day: a decision to come, an accountant without an address."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.builders import call_of, rewritten
from tests.workflows.due import set_job
from workflows.calls.completed import completed
from workflows.calls.model import Call
from workflows.calls.parameters import Extension
from workflows.calls.ready import address_lacking, not_ready
from workflows.deadlines import Bound, Closing
from workflows.effects import Addressee
from workflows.jobs import Job

DECIDED = date(2024, 6, 13)
LATER = Closing(date(2024, 6, 21), Bound.JUSQU_AU, "Europe/Paris", "jusqu’au 21 juin 2024")
TOLD = (Addressee.SERVICE, Addressee.ACCOUNTANT)


def _extended(*decided: date) -> Call:
    extensions = tuple(Extension(LATER, day, "Basile Indigo", "panne") for day in decided)
    found: Call = rewritten(call_of("na-2024"), "parameters.extensions", extensions)
    return found


@pytest.mark.parametrize("call", ["na-2024", "idf-2025", "ara-2017", "cvl-ville-hopital", "guyane-2020"])
def test_the_five_calls_may_be_published_any_day(call):
    assert not_ready(call_of(call), date.min) == ()


def test_an_extension_waits_for_its_decision():
    assert not_ready(_extended(DECIDED), DECIDED) == ()
    (reason,) = not_ready(_extended(DECIDED), DECIDED - timedelta(days=1))
    assert "13\u00a0juin\u00a02024" in reason
    assert len(not_ready(_extended(DECIDED, DECIDED + timedelta(days=2)), DECIDED)) == 1


@pytest.mark.parametrize("job", [Job.J8, Job.J9])
def test_an_accountant_who_is_written_to_has_an_address(job):
    call = set_job(call_of("na-2024"), job, to=TOLD)
    (reason,) = not_ready(call, DECIDED)
    assert reason.startswith(f"{job} :")
    assert "accountant_email" in reason
    assert not_ready(rewritten(call, "authority.accountant_email", "agence-comptable@ars-na.example"), DECIDED) == ()


def test_both_jobs_are_told_in_one_sentence_and_a_job_that_is_off_writes_to_nobody():
    both = set_job(set_job(call_of("na-2024"), Job.J8, to=TOLD), Job.J9, to=TOLD)
    (reason,) = address_lacking(both)
    assert "J8 et J9" in reason
    (reason,) = address_lacking(set_job(both, Job.J8, off=True))
    assert "J8" not in reason


def test_the_address_given_today_reaches_the_dossiers_filed_before():
    filed = call_of("na-2024")
    newest = rewritten(filed, "authority.accountant_email", "agence-comptable@ars-na.example")
    assert completed(filed, newest).authority.accountant_email == "agence-comptable@ars-na.example"
