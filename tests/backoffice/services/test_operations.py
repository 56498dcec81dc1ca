"""What whoever runs the machines may read of an error, and how long something has lasted, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backoffice.services.effect_words import KINDS, effect_name, lasting, whom
from backoffice.services.operations import HIDDEN, without_persons
from backoffice.services.outbox import INTERRUPTED
from workflows.acts import ACTS
from workflows.describe import LETTERS
from workflows.due import CallDueKind, DueKind
from workflows.effects import Addressee
from workflows.french import NBSP
from workflows.jobs import Job


@pytest.mark.parametrize(
    ("error", "read"),
    [
        (None, ""),
        (
            "Le serveur de courriel refuse l’envoi (550 5.1.1 <capucine@bleuet.example>: Capucine Bleuet inconnue).",
            "Le serveur de courriel refuse l’envoi (550 5.1.1).",
        ),
        ("Le serveur de courriel refuse l’envoi (451 essayez).", "Le serveur de courriel refuse l’envoi (451)."),
        ("Le serveur de courriel refuse la connexion (535).", "Le serveur de courriel refuse la connexion (535)."),
        ("Le serveur de courriel ne répond pas : [Errno 111]", "Le serveur de courriel ne répond pas : [Errno 111]"),
        ("Le serveur de courriel ne répond plus : c@b.example", "Le serveur de courriel ne répond plus : [adresse]"),
        ("erreur inattendue (KeyError)", "erreur inattendue (KeyError)"),
        (INTERRUPTED, INTERRUPTED),
        ("Capucine Bleuet tient déjà un autre poste.", HIDDEN),
        ("Certains destinataires ont été refusés : capucine@bleuet.example (non)", HIDDEN),
    ],
)
def test_an_error_says_nothing_of_anybody_to_an_administrator(error: str | None, read: str):
    assert without_persons(error) == read


@pytest.mark.parametrize(
    ("span", "told"),
    [
        ({"seconds": 59}, "moins d’une minute"),
        ({"seconds": 60}, "1 minute"),
        ({"minutes": 119}, "119 minutes"),
        ({"hours": 2}, "2 heures"),
        ({"hours": 47}, "47 heures"),
        ({"days": 2}, "2 jours"),
    ],
)
def test_how_long_it_has_lasted(span: dict[str, int], told: str):
    assert lasting(timedelta(**span)).replace(NBSP, " ") == told


def test_every_effect_has_a_french_name():
    for code in (*LETTERS, *DueKind, *CallDueKind, *Job, *ACTS):
        assert effect_name(code) != code
        assert effect_name(code)[0].isupper()
    assert effect_name("inconnu") == "inconnu"
    assert all(whom(addressee.value) != addressee.value for addressee in Addressee)
    assert KINDS.keys() >= {"mail", "act", "renewal", "digest"}
