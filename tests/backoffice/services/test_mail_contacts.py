"""How a mail says whom to turn to, and what the service reads of a receipt that is not its own."""

from __future__ import annotations

import pytest

from tests.backoffice.writing import PUBLIC_URL, flat, written
from tests.builders import Hat, call_of, rewritten
from tests.lives import Life, life_of
from workflows.effects import Addressee
from workflows.states import State

PHONE, ADDRESS = "05 36 49 12 34", "1, place des Glycines, 33999 Ville-aux-Pins"


def _reachable(life: Life, **contacts: str) -> Life:
    call = life.call
    for member, value in contacts.items():
        call = rewritten(call, f"authority.{member}", value)
    return life.under(call)


def _filed() -> Life:
    return life_of("na-2024", completed=False).to(State.SUBMITTED)


def test_a_mail_gives_every_way_to_reach_the_service():
    # CRPA R. 112-11-1: the service, with its postal and electronic address and its telephone
    life = _reachable(_filed(), email="b@ars.example", phone=PHONE, address=ADDRESS)
    for name in ("L1", "L2"):
        text = flat(written(life, name).body)
        assert "b@ars.example" in text
        assert PHONE in text
        assert ADDRESS in text


def test_a_mail_never_sends_to_a_page_that_takes_no_letter():
    text = flat(written(_filed(), "L1").body)
    assert "passez par la page" not in text
    assert "n’a pas encore indiqué comment joindre ce service" in text
    assert f"Page du dossier : {PUBLIC_URL}/dossiers/" in text
    assert "n’a pas encore indiqué ses coordonnées" in flat(written(_filed(), "L2").body)


def test_a_telephone_alone_is_a_contact():
    text = flat(written(_reachable(_filed(), phone=PHONE), "L1").body)
    assert f"Téléphone : {PHONE}." in text
    assert "n’a pas encore indiqué" not in text
    assert "Ne répondez pas à ce courriel" in text


@pytest.mark.parametrize("call", ["na-2024", "idf-2025", "cvl-ville-hopital", "ara-2017", "guyane-2020"])
def test_no_call_prints_how_to_reach_its_service(call):
    authority = call_of(call, completed=False).authority
    assert (authority.email, authority.phone, authority.address) == (None, None, None)


def test_the_service_reads_that_a_request_waits_and_its_author_that_it_came():
    life = life_of("na-2024").to(State.NOTIFIED).later(5).do("ask_deferral", Hat.RECRUITER)
    author = flat(written(life, "request_received", to=Addressee.REPORTER, request="R1").body)
    service = written(life, "request_received", to=Addressee.SERVICE, request="R1")
    assert "rappelez-le dans vos échanges" in author
    assert "rappelez-le" not in flat(service.body)
    assert "elle attend d’être examinée" in flat(service.body)
    assert flat(service.subject).endswith("à examiner")
