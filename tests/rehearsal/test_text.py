"""The page an instructor reads, and the data another tool reads."""

from __future__ import annotations

import re

from tests.rehearsal.playing import event, played, shipped, small
from workflows.french import NBSP, typography
from workflows.rehearsal.plain import to_json
from workflows.rehearsal.text import page

SUBMIT = event("2024-06-10T14:12:00", "submit", "candidate", expect='"submitted"')


def test_a_small_page_in_full():
    shown = page(played(small(SUBMIT)), 110).replace(NBSP, " ").replace("\u202f", " ")
    assert shown.startswith("RÉPÉTITION : Essai\n\nAppel : Assistants spécialistes")
    assert "Toutes les heures sont données à l’heure de Paris." in shown
    assert (
        "\nlundi 10 juin 2024\n  14 h 12  Le candidat (Capucine Bleuet) : Déposer le dossier. Brouillon → Déposé"
        in shown
    )
    assert "\n    Le silence vaudra rejet le 10 août 2024.\n" in shown
    assert "\n    Courriel L2, accusé de réception, au déposant.\n" in shown
    assert "\nBILAN\n\nNA-1\n  État : Déposé\n  Délai de silence : rejet implicite le 10 août 2024\n" in shown
    assert shown.endswith("ATTENTES : celle du scénario est tenue.")


def test_a_missed_expectation_is_in_capitals():
    shown = page(played(small(SUBMIT.replace("submitted", "complete"))), 110)
    assert "ATTENTE MANQUÉE" in shown
    assert re.search(r"ATTENTES.: 1 sur 1 manquée", shown)


def test_seventeen_dossiers_alike_are_told_once():
    shown = page(shipped("guyane-2020-quinze-places"), 110)
    assert shown.count("Déposer le dossier") == 1
    assert "G-01 à G-17 (17 dossiers)" in shown
    assert "G-16 et G-17" in shown


def test_several_pieces_are_told_once():
    assert "Examiner une pièce (9 fois)" in page(shipped("na-2024-depart-annonce"), 110)


def test_the_complement_is_flagged_first():
    shown = page(shipped("idf-2025-parcours"), 110)
    assert shown.index("AVEC UN COMPLÉMENT") < shown.index("HISTORIQUE")
    assert "clauses.funding.printed_cost = 6" in shown
    assert "AVEC UN COMPLÉMENT" not in page(shipped("idf-2025-sans-cout"), 110)


def test_the_spaces_are_french_everywhere():
    for name in ("na-2024-depart-annonce", "cvl-parcours", "ara-2017-sans-nom"):
        shown = page(shipped(name), 110)
        assert typography(shown) == shown
        assert " 1 janvier" not in shown


def test_readings_without_a_clause_say_so():
    shown = page(shipped("idf-2025-parcours"), 110)
    assert shown.count("qu’aucune clause ne permet pour cette fin") == 2
    assert "seule lecture possible" in shown


class TestPlain:
    found = to_json(played(small(SUBMIT)))

    def test_its_keys_are_stable(self):
        assert list(self.found) == [
            "title",
            "variant",
            "call",
            "complement",
            "places_before",
            "expectations",
            "history",
            "dossiers",
            "quotas",
        ]
        assert [line["kind"] for line in self.found["history"]] == ["opened", "due", "act"]

    def test_an_act_in_full(self):
        act = self.found["history"][2]
        told = act.pop("findings")
        assert [f["code"] for f in told if f["severity"] == "warning"] == [f["code"] for f in told]
        assert act == {
            "kind": "act",
            "at": "2024-06-10T12:12:00+00:00",
            "dossier": "NA-1",
            "act": "submit",
            "by": {"role": "candidate", "id": "capucine", "party": None},
            "from": "draft",
            "to": "submitted",
            "refused": False,
            "effects": [
                {"kind": "mail", "name": "L1", "to": "depositors", "details": {}},
                {"kind": "mail", "name": "L2", "to": "depositors", "details": {}},
            ],
            "inputs": [],
            "dates": {"silence_on": "2024-08-10"},
            "changes": [],
            "expected": {"wanted": ["submitted"], "warns": [], "met": True},
            "note": None,
        }

    def test_money_is_text_to_the_cent(self):
        dossier = to_json(shipped("na-2024-fin-anticipee", "T2"))["dossiers"][0]
        assert dossier["delegated"] == "45497.06"
        assert dossier["funded"]["months"] == "14"
        assert dossier["funded"]["by_year"] == {"2024": "6499.58", "2025": "38997.48"}
        assert dossier["owed"]["readings"]["annee_contrat"] == {"amount": "6499.58", "allowed": True}
        assert dossier["repayment"]["proposed"] == "0.00"

    def test_an_unknown_amount_is_null(self):
        dossier = to_json(shipped("idf-2025-sans-cout"))["dossiers"][0]
        assert (dossier["awarded"]["total"], dossier["awarded"]["unknown"]) == (None, "IDF-15")
