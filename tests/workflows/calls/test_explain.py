"""The explanation of a call: nothing configured is invisible, nothing unknown is told as known."""

from __future__ import annotations

import copy
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from marshmallow import ValidationError

import tests
from tests.calls_real.reading import REAL, call, plain, sourced
from workflows.actors import Role
from workflows.calendars import UnknownCalendarError
from workflows.calls import funding, gates, model, notes
from workflows.calls.explain import SILENCES, Line, sentences
from workflows.calls.model import Call
from workflows.calls.parse import parse_call
from workflows.calls.sources import Origin
from workflows.effects import Addressee
from workflows.french import typography
from workflows.jobs import Stop
from workflows.shapes import load
from workflows.sites import SiteKind, SiteRole

INVENTED = Path(tests.__file__).parent / "calls"

EACH = pytest.mark.parametrize("name", REAL)

Place = tuple[str | int, ...]

#: What a person does not need to see: keys that only join the parts of a file, and the numbering of the rules.
HIDDEN = re.compile(
    r"id|digest|rules\..*|.*\.(pieces|flats|quotas|sessions)\.\d+\.id"
    r"|clauses\.funding\.(components|readings)\.\d+\.id|clauses\.funding\.reading\.value|title"
)

_ENUMS = (
    *(model.Unit, model.Depositor, model.Channel, model.PieceEvent, model.PerWhom, model.SecondOpinion),
    *(model.DeferralEnd, notes.Topic, funding.Every, funding.TranchePattern, funding.RepaymentReading),
    *(gates.Quantifier, gates.CandidateFact, gates.Moment, gates.Comparison, Addressee, SiteKind, SiteRole, Role, Stop),
)
#: Other values of a leaf by its kind: names of a closed list, dates, numbers written as text.
_CLOSED = [[member.value for member in enum] for enum in _ENUMS]
_CLOSED += [["Europe/Paris", "America/Cayenne"], ["metropole", "martinique", "guyane"], ["75", "11", "03"]]
_CLOSED += [["avant le", "au plus tard le", "jusqu’au"]]


def stretched() -> dict[str, Any]:
    """Nouvelle-Aquitaine with what a call may hold and no real one does."""
    tree = copy.deepcopy(plain("na-2024"))
    clauses, parameters = tree["clauses"], tree["parameters"]
    closing = parameters["closing"]["value"]
    parameters["opens_on"] = {"value": "2024-03-04", "rule": "NA-23"}
    parameters["extensions"] = [
        {
            "closing": {**closing, "day": "2024-06-21", "wording": "jusqu’au 21 juin 2024", "bound": "jusqu’au"},
            "decided_on": "2024-06-12",
            "decided_by": "Basile Indigo",
            "reason": "panne de la plateforme",
        }
    ]
    parameters["quotas"] = [
        {"id": "all", "label": "Ensemble", "places": {"value": 9, "rule": "NA-29"}},
        {
            "id": "some",
            "label": "Réserve",
            "places": {"value": 2, "choice": "NA-29", "note": "Décision du 3 mars 2024."},
            "within": "all",
            "category": "I",
            "departments": ["19", "23"],
            "ghts": ["limousin"],
            "finess": "990000001",
            "specialty": "geriatrie",
            "source": "autre:I:75",
        },
    ]
    parameters["jobs"]["J4"]["unless"] = {"value": ["pieces_in", "first_piece"], "choice": "A33", "note": "Note du 4."}
    parameters["jobs"]["J9"]["off"] = {"value": True, "choice": "J9", "note": "Décision du 5 mars 2024."}
    parameters["budget"] = {
        "binds": {"value": False, "rule": "NA-29"},
        "envelopes": [
            {"year": 2024, "since": "2024-01-10", "amount": {"unknown": True, "rule": "NA-29"}},
            {
                "year": 2025,
                "since": "2024-12-20",
                "amount": {"value": "320000.00", "choice": "NA-29", "note": "Décision du 20 décembre 2024."},
            },
        ],
    }
    found = clauses["gates"]
    found["recruiter"]["tolerated"] = {"value": ["ehpad_public"], "default": "A28"}
    found["time_shares"][0]["ceiling"] = {"value": "4/5", "rule": "NA-05"}
    found["time_shares"][0]["floor_months"] = {"value": "6", "rule": "NA-05"}
    found["time_shares"][0]["modulable"] = {"value": False, "rule": "NA-05"}
    found["time_shares"][0]["selector"] = {"role": "partner", "overseas": False, "zones": ["qpv"], "kinds": ["ch"]}
    found["territories"][0]["among"] = {"role": "partner", "priority": False}
    found["specialties"] = {
        "only": {"value": ["filiere:medicale"], "rule": "NA-03"},
        "excluded": {"value": ["geriatrie"], "rule": "NA-03"},
    }
    found["candidate"] = [
        {
            "fact": "residency_ends_on",
            "comparison": {"value": "on_or_before", "rule": "NA-09"},
            "moment": "award",
            "reference": {"value": "2024-10-31", "rule": "NA-09"},
        },
        {"fact": "foreign_title", "comparison": {"value": "is_false", "rule": "NA-09"}, "moment": "filing"},
    ]
    money = clauses["funding"]
    money["rates"].append(
        {"rate": {"value": "1/4", "rule": "NA-17"}, "years": [1, 2], "category": "I", "component": "pet"}
    )
    money["flats"].append(
        {
            "id": "prime",
            "label": "prime d’installation",
            "amount": {"value": "500", "rule": "NA-18"},
            "every": "year",
            "years": [1],
            "category": "I",
            "adds": True,
        }
    )
    money["components"].append(
        {
            "id": "logement",
            "label": "indemnité de logement",
            "amount": {"value": "100", "rule": "NA-19"},
            "every": "year",
            "charged": False,
            "financed": False,
            "category": "I",
        }
    )
    money["vehicle"] = {"value": "convention", "rule": "NA-20"}
    money["readings"].append(
        {
            "id": "part",
            "label": "part du temps",
            "components": ["base", "pet"],
            "charges": False,
            "scaled_by": {"kinds": ["ch"]},
            "unscaled": ["pet"],
        }
    )
    clauses["contract"]["fixed_end"] = {"value": "2026-10-31", "rule": "NA-13"}
    clauses["contract"]["windows"]["value"] += [
        {"first": "2025-09-01", "last": None},
        {"first": "2025-02-01", "last": "2025-02-10"},
    ]
    tree["other_categories"] = ["II"]
    tree["complement"] = "essai"
    tree["authority"] |= {"service": "Pôle démographie", "email": "demographie@ars.example"}
    return tree


TREES = {**{name: plain(name) for name in REAL}, "stretched": stretched()}
EACH_TREE = pytest.mark.parametrize("name", TREES)


def lines(found: Call) -> tuple[Line, ...]:
    return tuple(line for section in sentences(found) for line in section.lines)


def page(found: Call) -> str:
    return repr(sentences(found))


def leaves(value: Any, path: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every scalar of a plain tree that somebody gave."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for rank, inner in enumerate(value):
            yield from leaves(inner, (*path, rank))
    elif value is not None:
        yield path, value


def put(tree: dict[str, Any], path: Place, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(tree)
    place: Any = changed
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return changed


def others(value: Any) -> list[Any]:
    """Values that might stand where this one does."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 7]
    close = [word for words in _CLOSED if value in words for word in words if word != value]
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return [f"1999{value[4:]}"]
    if re.fullmatch(r"\d+(\.\d+|/\d+)?", value):
        return [*close, "7/8", "1234.56"]
    return [*close, f"{value}x"]


def changed(tree: dict[str, Any], path: Place, value: Any) -> Iterator[str]:
    """The pages of the calls that differ by this leaf only, as far as a call may hold them."""
    for other in others(value):
        try:
            yield page(load(Call, put(tree, path, other)))
        except (ValidationError, UnknownCalendarError):
            continue


def unseen(tree: dict[str, Any]) -> list[str]:
    """The leaves that may change without any sentence changing."""
    before = page(load(Call, tree))
    found = []
    for path, value in leaves(tree):
        name = ".".join(map(str, path))
        if HIDDEN.fullmatch(name) or path[-1] == "unknown":
            continue
        if all(other == before for other in changed(tree, path, value)):
            found.append(name)
    return found


@EACH_TREE
def test_whatever_changes_in_a_call_changes_its_explanation(name):
    assert unseen(TREES[name]) == []


@EACH_TREE
def test_each_value_has_a_line_of_its_own(name):
    """Made unknown under a rule of its own, each value gives one line, among the silences."""
    tree = TREES[name]
    for path, _ in sourced(load(Call, tree)):
        place: Place = tuple(int(part) if part.isdigit() else part for part in path.split("."))
        section = sentences(load(Call, put(tree, place, {"unknown": True, "rule": "ZZ-99"})))[-1]
        assert section.title == SILENCES
        assert len([line for line in section.lines if line.rule == "ZZ-99"]) == 1, path


@EACH_TREE
def test_each_rule_and_origin_is_told(name):
    found = load(Call, TREES[name])
    told = {(line.rule, line.origin, line.note) for line in lines(found)}
    assert [path for path, value in sourced(found) if (value.rule, value.origin, value.note) not in told] == []


@pytest.mark.parametrize("path", sorted(INVENTED.glob("*.toml")), ids=lambda path: path.stem)
def test_invented_calls_are_told_too(path):
    quotas = {found.stem: found.read_text("utf-8") for found in (INVENTED / "quotas").glob("*.toml")}
    found = parse_call(path.read_text("utf-8"), quota_sources=quotas)
    told = {(line.rule, line.origin, line.note) for line in lines(found)}
    assert [path for path, value in sourced(found) if (value.rule, value.origin, value.note) not in told] == []


@EACH
def test_every_clause_told_in_words_is_there(name):
    found = call(name)
    texts = {line.text.casefold() for line in lines(found)}
    clauses = found.clauses
    spoken = [(item.rule, item.text) for item in clauses.notes]
    spoken += [(item.rule, item.text) for item in clauses.committee.criteria]
    spoken += [(item.rule, item.text) for item in clauses.funding.repayment_clauses]
    assert [rule for rule, words in spoken if not any(words.casefold() in text for text in texts)] == []


@EACH_TREE
def test_what_is_unknown_comes_last_and_alone(name):
    *known, silences = sentences(load(Call, TREES[name]))
    assert silences.title == SILENCES
    assert {line.origin for line in silences.lines} == {Origin.UNKNOWN}
    assert Origin.UNKNOWN not in {line.origin for section in known for line in section.lines}


@EACH_TREE
def test_sentences_are_good_french(name):
    for line in lines(load(Call, TREES[name])):
        for text in filter(None, (line.text, line.note)):
            assert typography(text) == text
            assert text[0].isupper() or text[0] in "«" or text[0].isdigit(), text
            assert text.endswith((".", "…")), text
            assert "  " not in text
            assert "None" not in text
            assert ".." not in text


@EACH
def test_no_identifier_of_the_file_is_shown(name):
    words = {word for closed in _CLOSED for word in closed if "_" in word}
    words |= {"recruiter", "partner", "depositors", "head", "chair", "cca", "filiere", "sous_dense"}
    shown = " ".join(line.text for line in lines(call(name)))
    assert [word for word in words if re.search(rf"\b{word}\b", shown)] == []


def texts(name: str, title: str) -> list[str]:
    (section,) = [s for s in sentences(call(name)) if s.title == title]
    return [line.text.replace("\u202f", " ").replace("\xa0", " ") for line in section.lines]


SENTENCES = """
na-2024 | Qui peut déposer | Le dossier est déposé par le candidat.
idf-2025 | Qui peut déposer | Le dossier est déposé par l’établissement recruteur.
ara-2017 | Qui peut déposer | Le dossier est déposé par l’établissement recruteur et l’établissement partenaire.
na-2024 | Jusqu’à quand | L’appel écrit « au plus tard le 14 juin 2024 » : dépôt jusqu’au vendredi 14 juin 2024 \
inclus, minuit heure de Paris ; fermé le 15 juin 2024 à 0 h 00.
ara-2017 | Jusqu’à quand | L’appel écrit « avant le 30 avril 2017 » : dépôt jusqu’au samedi 29 avril 2017 inclus, \
minuit heure de Paris ; fermé le 30 avril 2017 à 0 h 00.
na-2024 | La durée et la prise de fonctions | La prise de fonctions a lieu en novembre 2024 ou en mai 2025.
idf-2025 | La durée et la prise de fonctions | La prise de fonctions a lieu le 1er novembre 2025.
ara-2017 | La durée et la prise de fonctions | La prise de fonctions a lieu à partir du 1er novembre 2017.
na-2024 | La durée et la prise de fonctions | Le contrat dure 12 ou 24 mois.
na-2024 | Financement | Montant fixé, part de l’agence pour un poste : 3 249,79 € par mois ; il prévaut sur tout calcul.
na-2024 | Financement | Attention, part mensuelle de l’agence : l’appel imprime 3 249,79 €, ses éléments donnent \
3 249,78 € (écart : +0,01 €). Le montant imprimé prévaut.
ara-2017 | Financement | L’agence prend en charge 80 % du coût pris en compte, la 1re année.
ara-2017 | Financement | L’agence prend en charge 60 % du coût pris en compte, la 2e année.
cvl-ville-hopital | Financement | Prime d’exercice territorial (PET), brut par mois, selon le nombre moyen de \
demi-journées par semaine hors du site principal : 250,00 € pour exactement 1 ; 450,00 € pour plus de 1 et jusqu’à 3 ; \
700,00 € pour plus de 3 et jusqu’à 4 ; 1 000,00 € pour exactement 4 sur au moins 2 sites ; 1 000,00 € pour plus de 4.
cvl-ville-hopital | Quotas | Postes ville/hôpital de la région : 6 postes.
cvl-ville-hopital | Report | Les motifs du report sont donnés immédiatement à l’ARS ; \
à défaut, il n’y a pas de financement.
guyane-2020 | Le temps partagé | Exercice outre-mer (établissements outre-mer) : 12 mois de travail au moins.
idf-2025 | Ce que l’appel ne dit pas | L’appel ne liste aucune pièce à joindre au dépôt.
cvl-ville-hopital | Ce que l’appel ne dit pas | La date limite de dépôt.
guyane-2020 | Ce que l’appel ne dit pas | La part du coût pris en compte que paie l’agence.
"""


@pytest.mark.parametrize("row", [row for row in SENTENCES.splitlines() if row])
def test_sentence(row):
    name, title, expected = row.split(" | ")
    assert expected in texts(name, title)


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        (Line("x", "NA-13", Origin.PRINTED), "[NA-13]"),
        (Line("x", "A7", Origin.DEFAULT), "[A7, valeur par défaut]"),
        (Line("x", "CRPA, art. L. 231-4", Origin.LAW), "[CRPA, art. L. 231-4, droit commun]"),
        (Line("x", "A1", Origin.CHOICE), "[A1, choix signé de l’agence]"),
        (Line("x", "ARA-18", Origin.COMPLEMENT), "[ARA-18, complément de répétition]"),
        (Line("x", "ARA-18", Origin.UNKNOWN), "[ARA-18]"),
        (Line("x"), ""),
    ],
)
def test_mark(line, mark):
    assert line.mark == mark


def test_the_label_of_an_act_is_shown_where_it_is_known():
    deciders = {s.title: s for s in sentences(call("na-2024"), {"defer": "Accorder un report"})}["Qui décide"]
    assert [line.text.replace("\xa0", " ") for line in deciders.lines] == [
        "« Accorder un report » : le responsable décide."
    ]


def test_a_complement_is_told():
    found = call("ara-2017", 'reason = "essai"\n[clauses.funding]\nprinted_cost = "6499.58"\n')
    (cost,) = [line for line in lines(found) if line.origin is Origin.COMPLEMENT]
    assert cost.mark == "[ARA-18, complément de répétition]"
    assert any("complément" in line.text and "essai" in line.text for line in lines(found))


def test_a_call_without_renewal_says_so():
    found = call("na-2024")
    bare = dataclasses.replace(found, clauses=dataclasses.replace(found.clauses, renewal=None))
    assert "Aucun renouvellement n’est prévu." in [line.text for line in lines(bare)]


def test_a_one_off_amount_adds_to_the_others():
    tree = stretched()
    tree["clauses"]["funding"]["flats"][1] |= {"every": "once", "adds": False}
    told = " ".join(line.text for line in lines(load(Call, tree))).replace("\xa0", " ").replace("\u202f", " ")
    assert "500,00 € en une fois, la 1re année, en catégorie I ; il s’ajoute au reste" in told


def test_parts_of_the_file_are_named_by_their_labels():
    told = " ".join(line.text for line in lines(load(Call, stretched()))).replace("\xa0", " ")
    assert "25 % de « prime d’exercice territorial (PET) »" in told
    assert "compris dans « Ensemble »" in told
