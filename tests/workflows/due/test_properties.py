"""What stays true of everything due, whatever the dossier, the call and the pause."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.golden.scenes import scenes
from tests.lives import Life
from tests.profiles import PROFILES
from tests.workflows.due import set_job
from workflows.due import MAILED, due_items
from workflows.jobs import JOBS, PAUSABLE, Job
from workflows.parts.pauses import Pause
from workflows.parts.requests import RequestKind


@cache
def _lives() -> tuple[Life, ...]:
    return tuple(life for call_id in PROFILES for _, life in scenes(call_id))


lives = st.builds(lambda rank: _lives()[rank % len(_lives())], st.integers(0, 1000))
jobs = st.sampled_from([job for job in Job if job is not Job.J1])
days_ahead = st.integers(0, 400)


def _paused(life: Life, days: int, *which: Job) -> Life:
    return life.copy().changed(pause=Pause(life.today, life.today + timedelta(days=days), which))


@given(life=lives, days=days_ahead)
def test_each_thing_due_has_a_job_a_reader_and_a_key_of_its_own(life, days):
    found = due_items(life.dossier, life.call, life.today + timedelta(days=days))
    assert len({item.key for item in found}) == len(found)
    for item in found:
        sheet = JOBS[Job(item.job)]
        assert item.hour == (8 if item.kind in MAILED else 0)
        assert (item.act is None) == (item.inputs is None)
        if item.kind in MAILED:
            assert set(item.to) <= sheet.reaches
    assert [item.on for item in found] == sorted(item.on for item in found)


@given(life=lives, days=days_ahead, which=st.sets(st.sampled_from(PAUSABLE)))
def test_a_pause_drops_nothing_and_only_delays(life, days, which):
    before = due_items(life.dossier, life.call, life.today)
    pausing = _paused(life, days, *which)
    after = due_items(pausing.dossier, pausing.call, pausing.today)
    assert [item.key for item in after] == [item.key for item in before]
    for old, new in zip(before, after, strict=True):
        assert replace(new, held_until=None, overtaken=False) == old
        waits = (
            new.kind in MAILED
            and new.to
            and new.job in (which or PAUSABLE)
            and old.on <= life.today + timedelta(days=days)
        )
        assert new.day == (life.today + timedelta(days=days + 1) if waits else old.on)


@given(life=lives, job=jobs)
def test_nothing_is_mailed_by_a_job_that_is_off(life, job):
    before = due_items(life.dossier, life.call, life.today)
    found = due_items(life.dossier, set_job(life.call, job, off=True), life.today)
    assert not any(item.mailed for item in found if item.job is job)
    assert [item for item in found if item.job is not job] == [item for item in before if item.job is not job]
    left = {item.key for item in before} - {item.key for item in found}
    assert left <= {item.key for item in before if item.passes and item.kind in MAILED}


@given(life=lives)
def test_nothing_is_proposed_for_delegation_after_a_declared_end(life):
    leaves = {RequestKind.EARLY_END, RequestKind.WITHDRAWAL}
    declared = any(r.kind in leaves and r.is_open for r in life.dossier.requests) or life.dossier.departure
    kinds = {item.kind.value for item in due_items(life.dossier, life.call, life.today)}
    assert not (declared and "tranche" in kinds)


@settings(max_examples=60)
@given(life=lives, years=st.integers(0, 12))
def test_what_is_due_does_not_depend_on_the_day_it_is_asked_once_it_has_passed(life, years):
    """Asked years later, what was due is still due: a clock that was down finds it."""
    now = due_items(life.dossier, life.call, life.today)
    later = due_items(life.dossier, life.call, date(life.today.year + years, 12, 28))
    suspended = life.dossier.silence is not None and life.dossier.silence.is_suspended(life.today)
    kinds = {"silence_alert", "silence_elapsed"} if suspended else set()
    assert {i.key for i in now if i.kind not in kinds} == {i.key for i in later if i.kind not in kinds}
