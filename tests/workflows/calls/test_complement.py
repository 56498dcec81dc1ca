"""A complement fills the silences of a call and its defaults, and touches nothing else."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.calls import QUOTA_SOURCES, TEXTS, synthetic
from tests.workflows.calls.test_broken_files import plain
from workflows.calls.errors import CallFileError
from workflows.calls.funding import TranchePattern
from workflows.calls.model import Call
from workflows.calls.parse import parse_call
from workflows.calls.sources import Origin, Sourced
from workflows.shapes import dump, load

REASON = 'reason = "Répétition de l’appel avant son ouverture"\n'


NO_SOURCE = "n’est pas une valeur avec sa source"
DEFERRAL = "[clauses.deferral]\n"
USUAL = "clauses.deferral.usual_months"


def completed(complement: str, call: str = "s4-caps") -> Call:
    """A synthetic call with a complement."""
    return parse_call(TEXTS[call], complement=REASON + complement, quota_sources=QUOTA_SOURCES)


def refused(complement: str, call: str = "s4-caps", reason: str = REASON) -> dict[str, str]:
    """What is told of a complement, by path; all of it must be told of the complement."""
    with pytest.raises(CallFileError) as caught:
        parse_call(TEXTS[call], complement=reason + complement, quota_sources=QUOTA_SOURCES)
    assert all(issue.in_complement for issue in caught.value.errors)
    return {issue.path: plain(issue.message) for issue in caught.value.errors}


def test_an_empty_complement_only_flags_the_call():
    call = completed("")
    assert call.complement == "Répétition de l’appel avant son ouverture"
    assert call.digest == synthetic("s4-caps").digest
    assert synthetic("s4-caps").complement is None


def test_an_unknown_value_and_a_default_may_be_given_bare_or_with_a_note():
    call = completed(
        """
[clauses.contract]
windows = [{ first = 2034-11-01, last = 2034-11-30 }]

[clauses.funding]
charges = { value = "44 %", note = "hypothèse haute" }
tranches = "at_start"

[parameters]
opens_on = 2034-02-01
closing = { day = 2034-04-30, bound = "jusqu’au", zone = "America/Miquelon", wording = "jusqu’au 30 avril 2034" }
"""
    )
    windows = call.clauses.contract.windows
    assert (windows.origin, windows.rule) == (Origin.COMPLEMENT, "S4-09")
    assert windows.needed[0].last == date(2034, 11, 30)
    assert call.clauses.funding.charges == Sourced(Fraction(44, 100), Origin.COMPLEMENT, "S4-09", "hypothèse haute")
    assert call.clauses.funding.tranches == Sourced(TranchePattern.AT_START, Origin.COMPLEMENT, "A48")
    assert call.parameters.opens_on == Sourced(date(2034, 2, 1), Origin.COMPLEMENT, "S4-09")
    assert call.parameters.closing.needed.last_day == date(2034, 4, 30)
    assert call.clauses.contract.months == synthetic("s4-caps").clauses.contract.months
    assert call.digest != synthetic("s4-caps").digest
    assert load(Call, dump(call)) == call


def test_a_parameter_given_leaves_the_clauses_as_they_were():
    call = completed('[[parameters.quotas]]\nid = "caps"\nplaces = 3\n')
    assert call.parameters.quotas[0].places == Sourced(3, Origin.COMPLEMENT, "S4-09")
    assert call.digest == synthetic("s4-caps").digest


def test_tables_are_matched_by_id_whatever_their_order_and_by_rank_without_one():
    call = completed(
        """
[[clauses.funding.components]]
id = "logement"
amount = 250

[[parameters.quotas]]
id = "nord-ii"
places = { value = 4 }
""",
        "s1-marais",
    )
    amounts = [component.amount.value for component in call.clauses.funding.components if component.amount]
    assert amounts == [Decimal("2800.50"), Decimal("1200.00"), Decimal("250.00")]
    assert call.parameters.quotas[2].places == Sourced(4, Origin.COMPLEMENT, "S1-40")
    rates = completed('[[clauses.funding.rates]]\nrate = "75 %"\n').clauses.funding.rates
    assert [rate.rate for rate in rates] == [Sourced(Fraction(3, 4), Origin.COMPLEMENT, "S4-09")]


def test_a_free_table_is_filled_by_its_keys():
    level = completed('[clauses.decision_levels]\ndefer = "dg"\n', "s1-marais").clauses.decision_levels["defer"]
    assert (level.value, level.origin, level.rule) == ("dg", Origin.COMPLEMENT, "A7")


def test_the_contacts_of_the_service_are_given_where_the_call_prints_none():
    # CRPA R. 112-11-1: how to reach the service; nothing else of the authority may be given
    authority = completed('[authority]\nphone = "05 36 49 12 34"\n', "s1-marais").authority
    assert (authority.phone, authority.email) == ("05 36 49 12 34", "assistants@marais.example")


@pytest.mark.parametrize(
    ("complement", "path", "words"),
    [
        ('[authority]\nemail = "autre@marais.example"', "authority.email", "donne déjà cette valeur"),
        ('[clauses.filing]\nunit = "post"', "clauses.filing.unit", "donne déjà cette valeur (règle S1-02)"),
        ("[clauses]\nsilence_months = 4", "clauses.silence_months", "(droit : CRPA, art. L. 231-4)"),
        ('[clauses.funding]\nreading = "hopital"', "clauses.funding.reading", "(choix signé A24)"),
        ("[clauses.contract]\nfixed_end = 2033-10-31", "clauses.contract.fixed_end", "n’a pas cette clause"),
        ('title = "Autre titre"', "title", NO_SOURCE),
        ('[rules]\nprefix = "T1"', "rules.prefix", NO_SOURCE),
        ('[authority]\nzone = "Indian/Reunion"', "authority.zone", NO_SOURCE),
        ("[[clauses.pieces]]\nid = 'avis'\nbullet = 3", "clauses.pieces[0].bullet", NO_SOURCE),
        ("[clauses.deferal]\nend = 'keep_end'", "clauses.deferal", "« deferral »"),
        ("[clauses.deferral]\nusual_month = 3", "clauses.deferral.usual_month", "« usual_months »"),
        ("[[parameters.quotas]]\nid = 'sud'\nplaces = 3", "parameters.quotas[0].id", "n’ajoute pas de table"),
        ("[[parameters.quotas]]\nid = 'nord-iii'\nplaces = 3", "parameters.quotas[0].id", "« nord-ii »"),
        ("[[parameters.quotas]]\nplaces = 3", "parameters.quotas[0]", "Dites de quelle table"),
        ("parameters.quotas = [3]", "parameters.quotas[0]", "Dites de quelle table"),
        ("parameters.quotas = 3", "parameters.quotas", "liste de tables"),
        ("parameters = 3", "parameters", "Une table de clés"),
        ("clauses.funding.vehicle = 'un avenant'", "clauses.funding.vehicle", "n’a pas cette clause"),
        ("clauses.decision_levels = 3", "clauses.decision_levels", "Une table de clés"),
        ("clauses.decision_levels.submit = 'dg'", "clauses.decision_levels.submit", "n’a pas cette clause"),
        ("clauses.gates.candidate = [{}, {}, { moment = 'start' }]", "clauses.gates.candidate[2]", "n’a que 2 tables"),
        (DEFERRAL + "usual_months = { value = 3, rule = 'S1-25' }", f"{USUAL}.rule", "n’écrit que value"),
        (DEFERRAL + "usual_months = 'trois'", USUAL, "nombre entier"),
        (DEFERRAL + "usual_months = { value = 'trois' }", f"{USUAL}.value", "nombre entier"),
        (DEFERRAL + "usual_months = 7", "clauses.deferral.longest_months.value", "« usual_months » (7)"),
    ],
)  # fmt: skip
def test_what_a_complement_may_not_do_is_told_at_its_place(complement, path, words):
    found = refused(complement, "s1-marais")
    assert list(found) == [path]
    assert words in found[path]


def test_a_part_the_call_does_not_have_is_not_added():
    found = refused("[clauses.renewal]\nmonths = 12\n", "s6-ilots")
    assert found == {
        "clauses.renewal": "L’appel n’a pas cette partie : un complément ne fait que remplir ce qui est écrit."
    }


def test_places_above_those_around_are_refused_though_each_may_be_given():
    assert refused('[[parameters.quotas]]\nid = "nord-ii"\nplaces = 13\n', "s1-marais") == {
        "parameters.quotas[1].places.value": "Les quotas qui en font partie comptent 13 places, plus que ses 12. "
        "Corrigez l’un ou l’autre."
    }


def test_the_same_table_twice_is_one_value_given_twice():
    twice = '[[parameters.quotas]]\nid = "caps"\nplaces = 3\n' + '[[parameters.quotas]]\nid = "caps"\nplaces = 4\n'
    assert refused(twice) == {
        "parameters.quotas[1].places": "Cette valeur est donnée deux fois dans le complément : gardez-en une."
    }


@pytest.mark.parametrize("reason", ["", "reason = ''\n", "reason = 3\n", 'reason = "\\u0007"\n'])
def test_a_complement_says_why_it_is_given(reason):
    assert "pourquoi" in refused("", reason=reason)["reason"]


def test_every_mistake_of_the_call_and_of_the_complement_is_told_at_once():
    text = TEXTS["s4-caps"].replace("[12], choice", "[0], choice")
    with pytest.raises(CallFileError) as caught:
        parse_call(text, complement="title = 'x'\n[clauses.contract]\nwindow = 3\n")
    told = [(issue.in_complement, issue.line, issue.path) for issue in caught.value.errors]
    assert told[0][::2] == (False, "clauses.contract.months.value")
    assert told[1:] == [(True, None, "reason"), (True, 1, "title"), (True, 3, "clauses.contract.window")]
    assert "- complément, ligne 3, clauses.contract.window : Clé inconnue" in plain(str(caught.value))


def test_a_complement_that_is_no_toml_is_told_beside_the_mistakes_of_the_call():
    text = TEXTS["s4-caps"].replace("last = 9", "last = 'neuf'")
    with pytest.raises(CallFileError) as caught:
        parse_call(text, complement="reason = \n")
    assert [(issue.in_complement, issue.path) for issue in caught.value.errors] == [(False, "rules.last"), (True, "")]
    with pytest.raises(CallFileError) as caught:
        parse_call("id = ", complement="reason = ")
    assert [issue.in_complement for issue in caught.value.errors] == [False, True]


def test_the_line_is_that_of_the_complement():
    with pytest.raises(CallFileError) as caught:
        completed("\n[clauses.funding]\n\nrates = [\n    { rate = 8 },\n]\n")
    (issue,) = caught.value.errors
    assert (issue.path, issue.line, issue.in_complement) == ("clauses.funding.rates[0].rate", 6, True)
