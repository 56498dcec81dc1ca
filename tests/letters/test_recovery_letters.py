"""Letters on the way a repayment comes back, read in their files: another way, a request withdrawn, another debtor."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.builders import Hat, finess, siret
from tests.letters.pressed import COMMON, REMEDIES, produces, says, text_of
from tests.letters.test_repayment_letters import ACCOUNTANT, REASON, built, figures, matter, words
from tests.lives import Life
from tests.workflows import repaying
from tests.workflows.repaying import current
from tests.workflows.test_ways import put_back
from workflows.calls.funding import Vehicle
from workflows.letters.kinds import KINDS
from workflows.letters.matter import NothingToTellError
from workflows.letters.repayment import title_letter
from workflows.parts.reliefs import Relief

HEIR = {"legal_entity": finess(870), "name": "CH des Tournesols"}


def asked(call_id: str = "na-2024") -> Life:
    """A title was requested."""
    return repaying.decided(call_id).do("request_title", Hat.INSTRUCTOR).later(3)


def on_way(life: Life, vehicle: Vehicle, deed: str | None = None) -> Life:
    return life.do("use_other_vehicle", Hat.HEAD, vehicle=vehicle, deed=deed)


@pytest.mark.parametrize(
    ("call_id", "vehicle", "deed", "said"),
    [
        ("na-2024", Vehicle.OFFSET, None, "la retient sur une tranche"),
        ("idf-2025", Vehicle.AMENDING_DECISION, "DM-2026-7", "diminue les crédits notifiés"),
    ],
)
@produces(("way_changed", "na-2024"), ("way_changed", "idf-2025"))
def test_another_way_is_a_decision_for_who_owes(call_id: str, vehicle: Vehicle, deed: str | None, said: str) -> None:
    life = on_way(asked(call_id), vehicle, deed)
    text = text_of("way_changed", built("way_changed", life))
    says(text, *COMMON, *REMEDIES, said, REASON, f"Voie retenue {vehicle.label}"[:12], "retiré sa demande")
    says(text, words(current(life).outstanding), "ligne budgétaire"[1:], *([deed] if deed else []))


def test_a_way_that_was_left_since_is_told_no_more() -> None:
    life = on_way(asked(), Vehicle.OFFSET)
    told = matter("way_changed", life)
    on_way(life, Vehicle.TITLE)
    with pytest.raises(NothingToTellError):
        KINDS["way_changed"].build(replace(told, view=life.dossier))
    says(text_of("way_changed", built("way_changed", life)), "recouvrée par un titre de recettes")


@produces(("title_changed", "na-2024"))
def test_a_request_for_a_title_is_withdrawn_in_writing_then_stands_again_for_what_is_left() -> None:
    life = on_way(asked(), Vehicle.OFFSET)
    text = text_of("title_changed", built("title_changed", life, ACCOUNTANT))
    says(
        text, *COMMON, "Retrait d’une demande de titre", "n’émettez pas ce titre", REASON, "ne se recouvre qu’une fois"
    )
    says(text, figures(repaying.UNSERVED), "Titre demandé le", "compensation")
    assert "Voies et délais" not in text
    withdrawn = matter("title_changed", life, ACCOUNTANT)
    repaying.relieved(life, Relief.REDUCED, Decimal("497.90"))
    on_way(life, Vehicle.TITLE)
    with pytest.raises(NothingToTellError):
        KINDS["title_changed"].build(replace(withdrawn, view=life.dossier))
    data = built("title_changed", life, ACCOUNTANT)
    assert (data.left, data.siret) == (Decimal("32000.00"), "99000000000009")
    text = text_of("title_changed", data)
    says(text, "Maintien d’une demande de titre", "32 000,00 €", "SIRET : 99000000000009")


@pytest.mark.parametrize("held", [False, True])
def test_one_amount_is_asked_for_whichever_letter_tells_it(held: bool) -> None:
    life = put_back(repaying.still_owed(), held=held)
    left = Decimal("2000.00")
    request = built("L16", life, ACCOUNTANT)
    assert (request.amount, request.settled, request.decided) == (left, Decimal("3000.00"), Decimal("5000.00"))
    assert current(life).title_amount == left
    if not held:
        data = built("title_changed", life, ACCOUNTANT)
        assert (data.left, [title.amount for title in data.titles]) == (left, [Decimal("5000.00")])


def test_the_accountant_learns_that_the_number_told_was_not_its_own() -> None:
    life = repaying.relieved(repaying.titled(), Relief.REDUCED, Decimal("497.90"))
    number = current(life).title
    assert number is not None
    life.later(1).do("correct_ledger_entry", Hat.HEAD, entry="R1-T")
    text = text_of("title_changed", built("title_changed", life, ACCOUNTANT))
    says(text, *COMMON, "Correction du numéro d’un titre", number, "n’en tenez pas compte")
    says(text, "La demande de titre est inchangée")


@produces(("title_changed", "idf-2025"))
def test_the_accountant_learns_who_owes_now() -> None:
    life = asked("idf-2025").do("record_succession", Hat.HEAD, **HEIR, siret=siret(7))
    text = text_of("title_changed", built("title_changed", life, ACCOUNTANT))
    says(text, *COMMON, "Changement du débiteur d’un titre", "CH des Tournesols", f"SIRET : {siret(7)}")
    says(text, f"FINESS {finess(870)}", "le titre doit la désigner", "Succède à : CH de la Garance Les motifs")
    assert "La suite" not in text  # nothing else follows


def test_a_title_never_names_an_entity_by_the_number_of_another() -> None:
    life = asked().do("record_succession", Hat.HEAD, **HEIR)
    told = matter("L16", life, ACCOUNTANT)
    data = title_letter(told)
    assert data.debtor.entity == finess(870)
    assert ["le SIRET du débiteur" in gap.sentence for gap in told.missing] == [True]
    # asked for by a release that kept the number alone
    bare = {name: value for name, value in told.details.items() if name != "entity"}
    older = replace(told, details=bare, missing=[])
    title_letter(older)
    assert ["le SIRET du débiteur" in gap.sentence for gap in older.missing] == [True]
    known = asked().do("record_succession", Hat.HEAD, **HEIR, siret=siret(7))
    assert built("L16", known, ACCOUNTANT).siret == siret(7)


def test_a_request_that_did_not_leave_in_time_leaves_no_more() -> None:
    life = asked()
    told = matter("L16", life, ACCOUNTANT)
    on_way(life, Vehicle.AMENDING_DECISION, "DM-7")
    with pytest.raises(NothingToTellError):
        title_letter(replace(told, view=life.dossier))


def test_a_decision_says_where_and_from_when_to_claim() -> None:
    says(text_of("L15", built("L15", repaying.decided())), "à l’agent comptable de l’agence", "la réception du titre")
    life = repaying.answered().do("decide_repayment", Hat.HEAD, vehicle=Vehicle.OFFSET)
    says(text_of("L15", built("L15", life)), "la réception de ce courrier")


def test_a_relief_tells_the_day_of_its_authority_and_of_the_opinion() -> None:
    life = repaying.relieved(repaying.titled(), Relief.REMITTED, Decimal("100.00"))
    says(text_of("relief_granted", built("relief_granted", life)), "Décision du", "Avis de l’agent comptable du")
