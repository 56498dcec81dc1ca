"""Which pieces each call wants, for which event, and how many documents that makes."""

from __future__ import annotations

import pytest

from tests.calls_real.reading import REAL, call
from workflows.calls.model import PieceEvent
from workflows.calls.sources import Origin
from workflows.parts.pieces import Requirement, requirements
from workflows.sites import Site, SiteKind, SiteRole

FILING, REPLACEMENT, START = PieceEvent.FILING, PieceEvent.REPLACEMENT, PieceEvent.START
STATUTE, SERVICE_DONE = "CSP, art. R. 6152-501 et suivants", "décret n° 2012-1246 (service fait)"


def sites(*kinds: SiteKind) -> tuple[Site, ...]:
    """A recruiter of the first kind and partners of the others."""
    return tuple(
        Site(
            f"99000000{rank}",
            f"99000010{rank}",
            f"Établissement {rank}",
            SiteRole.PARTNER if rank else SiteRole.RECRUITER,
            kind,
            "19",
        )
        for rank, kind in enumerate(kinds)
    )


TWO = sites(SiteKind.CH, SiteKind.CHU)
THREE = sites(SiteKind.CH, SiteKind.CHU, SiteKind.CH)
WITH_CLINIC = sites(SiteKind.CH, SiteKind.MSP)


def wanted(name: str, event: PieceEvent, places: tuple[Site, ...]) -> tuple[Requirement, ...]:
    return requirements(call(name).clauses.pieces, event, places)


@pytest.mark.parametrize(
    ("name", "event", "places", "documents"),
    [
        ("na-2024", FILING, TWO, 9),
        ("na-2024", FILING, THREE, 12),
        ("na-2024", REPLACEMENT, TWO, 9),
        ("na-2024", REPLACEMENT, THREE, 12),
        ("idf-2025", FILING, TWO, 0),
        ("idf-2025", REPLACEMENT, TWO, 0),
        ("cvl-ville-hopital", FILING, WITH_CLINIC, 8),
        ("cvl-ville-hopital", REPLACEMENT, WITH_CLINIC, 8),
        ("ara-2017", FILING, TWO, 4),
        ("ara-2017", REPLACEMENT, TWO, 0),
        ("ara-2017", START, TWO, 3),
        ("guyane-2020", FILING, TWO, 0),
        ("guyane-2020", REPLACEMENT, TWO, 0),
        ("guyane-2020", START, TWO, 2),
        ("na-2024", START, THREE, 2),
        ("idf-2025", START, TWO, 2),
        ("cvl-ville-hopital", START, WITH_CLINIC, 2),
    ],
)
def test_how_many_documents(name, event, places, documents):
    assert len(wanted(name, event, places)) == documents


def test_na_lists_five_bullets_and_six_kinds_of_documents():
    filed = [piece for piece in call("na-2024").clauses.pieces if piece.events == (FILING,)]
    assert [(piece.id, piece.per.value, piece.bullet) for piece in filed] == [
        ("cv", "candidate", 1),
        ("lettre_motivation", "candidate", 1),
        ("courrier_des", "candidate", 2),
        ("avis_chef_service", "establishment", 3),
        ("avis_chef_pole", "establishment", 4),
        ("avis_directeur", "establishment", 5),
    ]
    assert {(piece.required.rule, piece.required.origin) for piece in filed} == {("NA-25", Origin.PRINTED)}


def test_na_wants_an_opinion_from_each_establishment():
    opinions = [r for r in wanted("na-2024", FILING, THREE) if r.piece == "avis_chef_pole"]
    assert [r.site for r in opinions] == [site.id for site in THREE]


def test_na_asks_for_a_replacement_by_default_only():
    assert {(r.source.rule, r.source.origin) for r in wanted("na-2024", REPLACEMENT, TWO)} == {("A10", Origin.DEFAULT)}


def test_cvl_five_pieces_are_a_proposal():
    pieces = [p for p in call("cvl-ville-hopital").clauses.pieces if p.events == (FILING, REPLACEMENT)]
    assert {piece.bullet for piece in pieces} == {1, 2, 3, 4, 5}
    assert {(piece.required.rule, piece.required.origin) for piece in pieces} == {("A10", Origin.DEFAULT)}


def test_cvl_wants_no_opinion_of_a_chef_de_pole_from_a_clinic():
    for kind in (SiteKind.MSP, SiteKind.CDS, SiteKind.CPTS, SiteKind.CABINET):
        places = sites(SiteKind.CH, kind)
        opinions = [r.site for r in wanted("cvl-ville-hopital", FILING, places) if r.piece == "avis_chef_pole"]
        assert opinions == [places[0].id]
    assert "représentant légal" in wanted("cvl-ville-hopital", FILING, WITH_CLINIC)[-1].label


def test_ara_lists_four_pieces_for_the_whole_file():
    filed = [piece for piece in call("ara-2017").clauses.pieces if piece.events == (FILING,)]
    assert [(piece.bullet, piece.per.value, piece.required.rule) for piece in filed] == [
        (1, "dossier", "ARA-14"),
        (2, "dossier", "ARA-14"),
        (3, "dossier", "ARA-14"),
        (4, "dossier", "ARA-14"),
    ]
    assert "31 octobre 2017" in filed[2].label


def test_ara_convention_only_warns_at_the_start():
    (convention,) = [r for r in wanted("ara-2017", START, TWO) if r.piece == "convention"]
    assert (convention.source.rule, convention.source.origin) == ("A46", Origin.DEFAULT)
    assert "ARA-12" in (convention.source.note or "")


@pytest.mark.parametrize("name", REAL)
def test_a_start_needs_the_contract_and_the_proof_of_presence(name):
    legal = [(r.piece, r.source.rule) for r in wanted(name, START, TWO) if r.source.origin is Origin.LAW]
    assert legal == [("contrat", STATUTE), ("pv_installation", SERVICE_DONE)]
    assert {r.site for r in wanted(name, START, TWO) if r.source.origin is Origin.LAW} == {TWO[0].id}


@pytest.mark.parametrize("name", REAL)
def test_signatories_are_named_where_an_opinion_is_asked(name):
    opinions = [piece for piece in call(name).clauses.pieces if "avis" in piece.id or "courrier" in piece.id]
    assert all(piece.signed_by for piece in opinions)
