"""Publishing a call, opening a draft: numbers follow one another, versions keep the rules of their day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from backoffice.callfiles import CALLS, quota_sources, read_text
from backoffice.services.act import Times
from backoffice.services.callbook import in_force, parsed, ruling
from backoffice.services.doctor import examine
from backoffice.services.opening import NoSuchCallError, open_dossier
from backoffice.services.publishing import CallUnchangedError, load_version
from backoffice.store.calls import CallVersion, QuotaRow
from backoffice.store.dossiers import DossierRow, DossierSite, JournalEntry
from tests.backoffice.stored import MACHINE, publish, stored_life
from tests.builders import AGENTS, COMPLEMENTS, Hat, call_of
from workflows.calls.errors import CallFileError
from workflows.decide import Refused
from workflows.states import State

TEXT = read_text(CALLS / "na-2024.toml")


def load(session, text, **more):
    return load_version(session, text, sources=quota_sources(), by="menthe-grise", now=MACHINE, **more)


# Calls.


def test_a_file_becomes_a_version_with_its_quotas(session):
    version = load(session, TEXT)
    call = parsed(version)
    assert (version.call, version.number, version.region, version.clauses) == ("na-2024", 1, "75", call.digest)
    assert version.text == TEXT
    stored = {q.id: q.places for q in session.scalars(select(QuotaRow).where(QuotaRow.call == "na-2024"))}
    assert stored == {q.id: q.places.value for q in call.parameters.quotas}
    assert stored


def test_the_same_file_again_is_not_a_new_version(session):
    load(session, TEXT)
    with pytest.raises(CallUnchangedError, match="n° 1"):
        load(session, TEXT)
    assert len(session.scalars(select(CallVersion)).all()) == 1


def test_a_changed_file_is_the_next_version_and_the_one_in_force(session):
    first = load(session, TEXT)
    second = load(session, TEXT + "\n# corrigé\n")
    assert (second.number, second.clauses) == (2, first.clauses)
    current = in_force(session, "na-2024")
    assert current is not None
    assert current.id == second.id
    assert session.get_one(CallVersion, first.id).text == TEXT


def test_a_wrong_file_writes_nothing(session):
    with pytest.raises(CallFileError):
        load(session, TEXT.replace("[authority]", "[autorite]"))
    assert session.scalars(select(CallVersion)).all() == []


def test_a_quota_that_arrives_late_reaches_the_dossiers_already_filed_and_their_clauses_stay(session):
    life = stored_life(session, "na-2024").to(State.COMMITTEE)
    before = ruling(session, session.get_one(DossierRow, life.id))
    complement = read_text(COMPLEMENTS / "na-2024.toml")
    assert [q.places.value for q in before.parameters.quotas] == [12]
    load(session, TEXT, complement=complement.replace("places = 12", "places = 0"))
    after = ruling(session, session.get_one(DossierRow, life.id))
    assert after.clauses == before.clauses
    assert after.digest == before.digest
    life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    answer = life.on(life.profile.decided).ask("select", Hat.HEAD)
    assert isinstance(answer, Refused)
    assert "no_place_left" in answer.codes


# Drafts.


def test_drafts_are_numbered_one_after_the_other_in_their_call_and_year(session):
    numbers = [stored_life(session, "na-2024").dossier.number for _ in range(3)]
    other = stored_life(session, "idf-2025").dossier.number
    assert numbers == ["NA-2024-0001", "NA-2024-0002", "NA-2024-0003"]
    assert other == "IDF-2025-0001"


def test_numbers_start_again_with_the_year_of_the_authority(session):
    life = stored_life(session, "na-2024")
    eve = Times(life.on(life.today.replace(month=12, day=31), "23:59").now, MACHINE)
    new_year = Times(eve.legal + timedelta(minutes=1), MACHINE)
    by = AGENTS[Hat.INSTRUCTOR]
    draft = replace(life.opening, candidate=None)
    assert open_dossier(session, "na-2024", draft, by=by, times=eve).view.number == "NA-2024-0002"
    assert open_dossier(session, "na-2024", draft, by=by, times=new_year).view.number == "NA-2025-0001"


def test_an_opening_is_the_first_entry_of_a_sound_journal(session):
    life = stored_life(session, "na-2024")
    (entry,) = session.scalars(select(JournalEntry)).all()
    assert (entry.seq, entry.act, entry.source, entry.target) == (1, "open", "draft", "draft")
    assert (entry.author, entry.at, entry.recorded_at) == ("lavande-azur", life.now, MACHINE)
    assert life.dossier.version == 1
    assert examine(session) == ()


def test_a_draft_is_found_by_its_establishments(session):
    life = stored_life(session, "na-2024")
    sites = set(session.scalars(select(DossierSite.site).where(DossierSite.dossier == life.id)))
    assert sites == {site.id for site in life.profile.sites}


def test_a_site_named_twice_is_kept_once(session):
    life = stored_life(session, "na-2024")
    twice = replace(life.opening, sites=life.opening.sites * 2, candidate=None)
    opened = open_dossier(session, "na-2024", twice, by=AGENTS[Hat.INSTRUCTOR], times=life.times)
    assert len(session.scalars(select(DossierSite).where(DossierSite.dossier == opened.id)).all()) == 2


def test_no_draft_of_a_call_that_is_not_published(session):
    life = stored_life(session, "na-2024")
    with pytest.raises(NoSuchCallError, match="« idf-2025 » n’est pas publié"):
        open_dossier(session, "idf-2025", life.opening, by=AGENTS[Hat.INSTRUCTOR], times=life.times)


def test_publishing_completes_a_call_where_it_is_silent(session):
    publish(session, "cvl-ville-hopital")
    version = in_force(session, "cvl-ville-hopital")
    assert version is not None
    assert parsed(version) == replace(call_of("cvl-ville-hopital"), version=1)
