"""Scenarios with mistakes: all told at once, in French, each with its place and what to do."""

from __future__ import annotations

import pytest

from tests.builders import call_of
from tests.rehearsal.playing import DOSSIER, PEOPLE, event, mistakes, played, small
from workflows.rehearsal.parse import ScenarioError, parse_scenario

SUBMIT = event("2024-06-10", "submit", "candidate")

WRONG = [
    ("[[events]]\nat = 2024-06-10\nact = ", "", "TOML"),
    (small(SUBMIT, 'colour = "bleu"'), "events[0].colour", "Clé inconnue"),
    (PEOPLE + DOSSIER.replace("recruiter", "recrutter", 1) + SUBMIT, "dossiers[0].recrutter", "« recruiter »"),
    (PEOPLE + DOSSIER.replace('"mirabelle"', '"mirabele"', 1) + SUBMIT, "dossiers[0].recruiter", "« mirabelle »"),
    (PEOPLE + DOSSIER.replace('"capucine"', '"capusine"') + SUBMIT, "dossiers[0].candidate", "« capucine »"),
    (
        PEOPLE + DOSSIER.replace("tilleuls = 5", "saules = 5") + SUBMIT,
        "dossiers[0].plan[0].half_days.saules",
        "ce dossier",
    ),
    (PEOPLE + SUBMIT, "dossiers", "manquante"),
    ("dossiers = []\n" + PEOPLE + SUBMIT, "dossiers", "au moins un dossier"),
    (small(), "events", "manquante"),
    (small(event("2024-06-10", "submitt", "candidate")), "events[0].act", "« submit »"),
    (small(event("2024-06-10", "submit", "candidat")), "events[0].actor.role", "« candidate »"),
    (small(event("2024-06-10", "submit", "clock")), "events[0].actor.role", "Valeurs possibles"),
    (small(event("2024-06-10", "submit", "establishment")), "events[0].actor.party", "quel établissement"),
    (small(SUBMIT.replace("at = 2024-06-10\n", "")), "events[0].at", "manquante"),
    (small(SUBMIT.replace("2024-06-10", '"2024-06-10"')), "events[0].at", "sans guillemets"),
    (small(SUBMIT.replace("2024-06-10", "1950-06-10")), "events[0].at", "entre 1984 et 2090"),
    ("until = 2150-01-01\n" + small(SUBMIT), "until", "entre 1984 et 2090"),
    (small(SUBMIT, "[[parameters]]\non = 2150-01-01\nopens_on = 2024-06-01"), "parameters[0].on", "entre 1984 et 2090"),
    (PEOPLE + DOSSIER.replace('"capucine"', '""') + SUBMIT, "dossiers[0].candidate", "capucine"),
    (small(SUBMIT.replace("2024-06-10", "2024-06-10T10:00:00+02:00")), "events[0].at", "sans décalage"),
    (small(SUBMIT.replace("inputs = {  }", 'inputs = "rien"')), "events[0].inputs", "table de clés"),
    (small(event("2024-06-10", "submit", "candidate", dossier='"NA-2"')), "events[0].dossier[0]", "« NA-1 »"),
    (small(event("2024-06-10", "submit", "candidate", expect='"submited"')), "events[0].expect[0]", "« submitted »"),
    (
        small(event("2024-06-10", "submit", "candidate", expect='["submitted", "call_closed"]')),
        "events[0].expect",
        "pas les deux",
    ),
    (
        small(event("2024-06-10", "submit", "candidate", warns='["same_docter"]')),
        "events[0].warns[0]",
        "« same_doctor »",
    ),
    (small(event("2024-06-10", "submit", "candidate", only='["T1"]')), "events[0].only[0]", "La liste est vide"),
    (small(event("2024-06-10", "record_start", "instructor")), "events[0].inputs.start_on", "manquante"),
    (
        small(event("2024-06-10", "record_start", "instructor", "start_onn = 2024-11-01")),
        "events[0].inputs.start_onn",
        "« start_on »",
    ),
    (small(event("2024-06-10", "notify", "head", "signed_by = 3")), "events[0].inputs.signed_by", "texte est attendu"),
    (small(SUBMIT, "[[parameters]]\non = 2024-06-01\nquota = 'na-2024'"), "parameters[0]", "avec ses places"),
    (small(SUBMIT, "[[parameters]]\non = 2024-06-01"), "parameters[0]", "un seul"),
    (small(SUBMIT, DOSSIER), "dossiers[1].number", "sert deux fois"),
    (small(SUBMIT, '[[dossiers]]\nnumber = "NA-2"\nlike = "NA-9"'), "dossiers[1].like", "« NA-1 »"),
    (small(SUBMIT, '[[dossiers]]\nnumber = "G"\nlike = "NA-1"\ncopies = 3'), "dossiers[1].number", "{n}"),
    (small(SUBMIT, '[[dossiers]]\nnumber = "G{n}"\nlike = "NA-1"\ncopies = 900'), "dossiers[1].copies", "1 à 200"),
    (
        small(SUBMIT, '[[dossiers]]\nnumber = "G{n}"\nlike = "NA-1"\ncopies = 3\ncandidate = "m{n}"')
        + '\n[[doctors]]\nid = "m1"',
        "dossiers[1].candidate",
        "« m2 »",
    ),
    (small(SUBMIT, '[[doctors]]\nid = "capucine"'), "doctors[1].id", "2 fois"),
    (small(SUBMIT, '[[checks]]\nat = 2024-06-11\nstate = "perdu"'), "checks[0].state", "Valeurs possibles"),
    (small(SUBMIT, '[[checks]]\nat = 2024-06-11\ndossier = "NA-9"'), "checks[0].dossier[0]", "n’existe pas"),
    (small(SUBMIT, '[[signatories]]\nid = "a"\n[[signatories]]\nid = "a"'), "signatories[0].id", "2 fois"),
]


@pytest.mark.parametrize(("text", "path", "words"), WRONG, ids=[f"{n:02}-{p}" for n, (_, p, _) in enumerate(WRONG)])
def test_a_mistake_says_where_and_what_to_do(text, path, words):
    found = mistakes(text)
    assert path in found
    assert words.replace("« ", "«\u00a0").replace(" »", "\u00a0»") in found[path]


def test_all_mistakes_come_at_once_with_their_lines():
    text = PEOPLE + DOSSIER.replace('"tilleuls"', '"tilleul"') + event("2024-06-10", "submitt", "candidat")
    with pytest.raises(ScenarioError) as raised:
        parse_scenario(text)
    assert [(issue.path, issue.line) for issue in raised.value.errors] == [
        ("dossiers[0].partners[0]", text.splitlines().index('partners = ["tilleul"]') + 1),
        ("dossiers[0].plan[0].half_days.tilleuls", text.splitlines().index('partners = ["tilleul"]') + 2),
        ("events[0].act", text.splitlines().index('act = "submitt"') + 1),
        ("events[0].actor.role", text.splitlines().index('actor = "candidat"') + 1),
    ]


def test_an_inherited_mistake_is_told_once():
    base = DOSSIER.replace("months = 24\n", 'months = "deux ans"\n')
    found = mistakes(PEOPLE + base + '[[dossiers]]\nnumber = "NA-2"\nlike = "NA-1"\n' + SUBMIT)
    assert list(found) == ["dossiers[0].months"]


class TestAgainstTheCall:
    def test_an_unknown_quota(self):
        with pytest.raises(ScenarioError, match="na-2024"):
            played(small(SUBMIT, "[places_taken]\nna-2042 = 3"))

    def test_an_unknown_category(self):
        with pytest.raises(ScenarioError, match="catégorie"):
            played(small(SUBMIT).replace('number = "NA-1"', 'number = "NA-1"\ncategory = "IX"'))

    def test_a_depositor_that_the_call_does_not_name(self):
        with pytest.raises(ScenarioError, match="qui dépose"):
            played(small(SUBMIT), call_of("guyane-2020", completed=False))

    def test_an_event_before_its_dossier(self):
        with pytest.raises(ScenarioError, match="plus tard"):
            played(small(event("2024-06-01", "submit", "candidate")))

    def test_an_act_on_a_renewal_nobody_asked_for(self):
        with pytest.raises(ScenarioError, match="pas encore ouvert"):
            played(small(event("2024-06-10", "submit", "candidate", dossier='"NA-1-R1"')))

    def test_a_variant_that_is_not_announced(self):
        with pytest.raises(ValueError, match="variante"):
            played(small(SUBMIT), variant="T9")
