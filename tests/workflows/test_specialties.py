"""The list of specialties: 44 diplomas, pharmacy and odontology, with codes that gates may use."""

import re
from collections import Counter

import pytest

from workflows.specialties import (
    SPECIALTIES,
    Filiere,
    UnknownSpecialtyError,
    everyone,
    in_group,
    members,
    specialty,
)

DES = {Filiere.SURGERY: 13, Filiere.MEDICINE: 30, Filiere.BIOLOGY: 1}


def test_the_44_diplomas_of_2017_by_branch():
    counts = Counter(found.filiere for found in SPECIALTIES.values())
    assert {filiere: counts[filiere] for filiere in DES} == DES
    assert sum(DES.values()) == 44


def test_pharmacy_and_odontology_stand_beside_them():
    assert {found.label for found in SPECIALTIES.values() if found.filiere is Filiere.PHARMACY} == {
        "pharmacie hospitalière",
        "biologie médicale (pharmacie)",
    }
    assert len(members("filiere:odontologie")) == 3


def test_codes_are_plain_and_labels_differ():
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in SPECIALTIES)
    assert all(code == found.code for code, found in SPECIALTIES.items())
    labels = [found.label for found in SPECIALTIES.values()]
    assert len(set(labels)) == len(labels)
    assert all(label == label.strip() and label for label in labels)
    assert all(filiere.label for filiere in Filiere)


@pytest.mark.parametrize(
    ("code", "label", "filiere"),
    [
        ("medecine_generale", "médecine générale", "medicale"),
        ("gynecologie_obstetrique", "gynécologie obstétrique", "chirurgicale"),
        ("gynecologie_medicale", "gynécologie médicale", "medicale"),
        ("biologie_medicale", "biologie médicale", "biologie"),
        ("medecine_bucco_dentaire", "médecine bucco-dentaire", "odontologie"),
    ],
)
def test_a_specialty_by_its_code(code, label, filiere):
    found = specialty(code)
    assert (found.label, found.filiere) == (label, filiere)


@pytest.mark.parametrize("code", ["médecine générale", "medecine", "", "filiere:medicale"])
def test_an_unknown_code_is_refused(code):
    with pytest.raises(UnknownSpecialtyError) as caught:
        specialty(code)
    assert caught.value.code == code


def test_groups_as_calls_write_them():
    assert in_group("geriatrie", "filiere:medicale")
    assert in_group("geriatrie", "geriatrie")
    assert not in_group("geriatrie", "filiere:chirurgicale")
    assert not in_group("medecine_generale", "geriatrie")
    assert not in_group("geriatrie", "filiere:médicale")
    assert members("filiere:biologie") == {"biologie_medicale"}
    assert members("inconnue") == frozenset()


def test_everyone_in_the_alphabetical_order_of_french():
    labels = [found.label for found in everyone()]
    assert len(labels) == len(SPECIALTIES)
    for earlier, later in (
        ("génétique médicale", "gériatrie"),
        ("gériatrie", "gynécologie médicale"),
        ("hématologie", "hépato-gastro-entérologie"),
        ("médecine cardiovasculaire", "médecine d’urgence"),
        ("médecine d’urgence", "médecine et santé au travail"),
        ("oncologie", "ophtalmologie"),
        ("pédiatrie", "pharmacie hospitalière"),
    ):
        assert labels.index(earlier) < labels.index(later), (earlier, later)
