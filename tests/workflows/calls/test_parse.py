"""Reading a call: what it gives, what its version is, and every mistake at once."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calls import QUOTA_SOURCES, TEXTS, synthetic
from tests.workflows.calls.test_broken_files import ACTS, BASE, edited, mistakes, plain
from workflows.actors import Role
from workflows.acts import ACTS as REAL_ACTS
from workflows.calls.errors import CallFileError
from workflows.calls.parse import parse_call
from workflows.calls.sources import Origin, Sourced
from workflows.calls.toml_lines import line_index

UNREADABLE = [
    ("title =", 1, "la valeur manque"),
    ("id = 'x'\n\ntitle = Titre", 3, "la valeur manque"),
    ("id = 'x'\ntitle 'Titre'", 2, "le signe ="),
    ("id = 'x'\nid = 'y'", 2, "donnée deux fois"),
    ("[rules]\nlast = 1\n[rules]\nlast = 2", 3, "déclarée deux fois"),
    ("rules = { last = 1, last = 2 }", 1, "entre les accolades"),
    ("rules = { last = 1 }\n[rules]\nprefix = 'S1'", 2, "déclarée deux fois"),
    ("rules = { last = 1 }\nrules.prefix = 'S1'", 2, "déjà complète"),
    ("id = 'x\n'", 1, "guillemet"),
    ("[rules\nlast = 1", 1, "crochet fermant"),
    ("pieces = [1, 2\n\n", 1, "crochet ouvert"),
    ("rules = { last = 1", 1, "accolade ouverte"),
    ('title = "Titre', 1, "guillemet"),
    ('a = 1\nb = """\ntexte\n', 3, "guillemet"),
    ("a = 1\nb = '''texte", 2, "guillemet"),
    ("opens_on = 2031-02-30", 1, "cette date n’existe pas"),
    ('title = "C:\\Marais"', 1, "la barre \\"),
    ('title = "\\ud83d"', 1, "n’existe pas"),
    ("title = 'a\x00b'", 1, "caractère est interdit"),
    ("title = 'Titre' 3", 1, "de trop"),
    ("rules.= 3", 1, "une clé manque"),
    ("« title » = 3", 1, "n’est ni un titre"),
    ("", None, ""),
]


@pytest.mark.parametrize(("text", "line", "words"), UNREADABLE)
def test_a_mistake_of_syntax_is_told_in_french_with_its_line(text, line, words):
    found = mistakes(text)
    if line is None:
        assert all(issue.message.startswith("Valeur manquante") for issue in found)
        return
    (issue,) = found
    assert (issue.path, issue.line) == ("", line)
    assert words in plain(issue.message)
    assert "Corrigez la ligne" in issue.message
    assert not re.search(r"\b(at line|column|invalid|expected|cannot)\b", issue.message, re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = " + "[" * 100_000, "imbriqués"),
        ("a = " + "9" * 10_000, "nombre démesuré"),
        ("a." * 400_000 + "a = 1", "plus de cent points"),
        ("[" + "'a' . " * 100_000 + "a]", "plus de cent points"),
        ("#" * 1_000_001, "un million de caractères"),
    ],
    ids=["nested", "long number", "deep key", "deep table", "long text"],
)
def test_a_monstrous_text_is_refused(text, words):
    (issue,) = mistakes(text)
    assert words in issue.message


def test_a_value_of_each_kind_is_read_exactly():
    call = synthetic("s1-marais")
    clauses, funding = call.clauses, call.clauses.funding
    assert call.authority.zone == "Europe/Paris"
    assert call.categories == {"I", "II"}
    assert clauses.gates.time_shares[0].floor == Sourced(Fraction(2, 5), Origin.PRINTED, "S1-06")
    assert clauses.gates.time_shares[2].ceiling == Sourced(Fraction(1, 2), Origin.PRINTED, "S1-07")
    assert funding.components[0].amount == Sourced(Decimal("2800.50"), Origin.PRINTED, "S1-21")
    assert funding.components[1].amount == Sourced(Decimal("1200.00"), Origin.PRINTED, "S1-21")
    assert funding.components[2].amount == Sourced(None, Origin.UNKNOWN, "S1-22")
    assert funding.charges.value == Fraction(42, 100)
    assert funding.reading == Sourced(
        "charge", Origin.CHOICE, "A24", "Décision 12 du 3 mars 2031, la directrice générale"
    )
    assert clauses.silence_months == Sourced(2, Origin.LAW, "CRPA, art. L. 231-4")
    assert clauses.decision_levels == {
        "defer": Sourced(Role.HEAD, Origin.DEFAULT, "A7"),
        "notify": Sourced(Role.DG, Origin.PRINTED, "S1-26"),
    }
    assert call.parameters.closing.needed.last_day == date(2031, 6, 15)
    assert call.complement is None


def test_several_mistakes_are_all_told_in_the_order_of_the_file():
    text = BASE
    for old, new in [
        ('zone = "Europe/Paris"\ncalendar = "metropole"', 'zone = "Europe/Pari"\ncalendar = "metropol"'),
        ("completion_days =", "completion_day ="),
        ("usual_count = { value = 2", "usual_count = { value = 4"),
        ("months = { value = [12, 24]", 'months = { value = "deux ans"'),
        ('rate = { value = "80 %"', "rate = { value = 80"),
        ('component = "prime"', 'component = "primes"'),
        ("last = 2031-07-31", "last = 2031-06-30"),
    ]:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    found = mistakes(text)
    assert [issue.path for issue in found] == [
        "authority.zone",
        "authority.calendar",
        "clauses.filing.completion_day",
        "clauses.gates.usual_count.value",
        "clauses.contract.months.value",
        "clauses.funding.rates[0].rate.value",
        "clauses.funding.rates[3].component",
        "parameters.sessions[0].last",
    ]
    lines = [issue.line for issue in found]
    assert None not in lines
    assert lines == sorted(lines, key=lambda line: line or 0)


def test_a_repeated_mistake_is_told_at_each_place():
    text = BASE.replace('rule = "S1-18"', 'rule = "S1-81"').replace("events = [", "event = [")
    assert [issue.path for issue in mistakes(text)] == [
        "clauses.pieces[0].event",
        "clauses.pieces[1].event",
        "clauses.funding.rates[0].rate.rule",
        "clauses.funding.rates[1].rate.rule",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("years = [1]", 'years = ["x"]', ["clauses.funding.rates[0].years[0]", "clauses.funding.rates[3].component"]),
        ('id = "base", label', "label", ["clauses.funding.rates[3].component", "clauses.funding.components[0].id"]),
    ],
)
def test_a_mistake_of_shape_does_not_hide_those_between_the_parts(old, new, told):
    text = edited('component = "prime"', 'component = "primes"')
    assert text.count(old) == 1
    found = [issue.path for issue in mistakes(text.replace(old, new))]
    assert [path for path in found if path in told] == told


def test_an_unreadable_section_leaves_the_others_checked():
    text = BASE.replace('recruiter = { kinds = { value = ["chu", "ch"], rule = "S1-04" } }', "recruiter = 3")
    text = text.replace("count = { value = [2, 3]", "count = { value = [3, 2]").replace('id = "nord-ii"', 'id = "nord"')
    paths = [issue.path for issue in mistakes(text)]
    assert paths == [
        "clauses.gates.count.value",
        "clauses.gates.recruiter",
        "parameters.quotas[1].id",
        "parameters.quotas[2].id",
        "parameters.quotas[2].within",
    ]


def test_a_bad_key_of_a_free_table_does_not_hide_the_others():
    text = BASE.replace('defer = { value = "head"', 'defer = { value = "haed"').replace("notify = {", "notifier = {")
    text = text.replace("places = { value = 12", "places = { value = 'douze'").replace(
        'within = "nord"', 'within = "est"'
    )
    assert [issue.path for issue in mistakes(text)] == [
        "clauses.decision_levels.defer.value",
        "clauses.decision_levels.notifier",
        "parameters.quotas[1].places.value",
        "parameters.quotas[2].within",
    ]
    levels = BASE.replace("[clauses.decision_levels]", "[clauses.x]").replace(
        "notes = [{", "decision_levels = 3\nnotes = [{"
    )
    assert [issue.path for issue in mistakes(levels)] == ["clauses.decision_levels", "clauses.x"]


def test_a_rate_for_a_year_may_stand_beside_one_for_all_years():
    text = edited(", years = [2, 3] },", " },")
    assert [rate.years for rate in parse_call(text).clauses.funding.rates][:2] == [(1,), None]


def test_duplicate_ids_are_told_at_each_of_them():
    text = BASE
    for old, new in [
        ('id = "avis"', 'id = "cv"'),
        ('{ id = "logement"', '{ id = "base"'),
        ('{ id = "hopital"', '{ id = "charge"'),
        ('id = "septembre"', 'id = "juillet"'),
        ('id = "nord"\n', 'id = "region"\n'),
    ]:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    paths = {issue.path for issue in mistakes(text)}
    assert paths >= {
        "clauses.pieces[0].id",
        "clauses.pieces[1].id",
        "clauses.funding.components[0].id",
        "clauses.funding.components[2].id",
        "clauses.funding.readings[0].id",
        "clauses.funding.readings[1].id",
        "parameters.sessions[0].id",
        "parameters.sessions[1].id",
        "parameters.quotas[0].id",
        "parameters.quotas[1].id",
    }


def test_the_message_of_the_error_lists_every_mistake():
    with pytest.raises(CallFileError) as caught:
        parse_call(edited("last = 40", "last = 'x'").replace("bullet = 2", "bullet = 0"))
    message = plain(str(caught.value))
    assert message.startswith("2 erreurs à corriger\n- ligne 9, rules.last : Un nombre entier est attendu")
    assert "clauses.pieces[1].bullet : Les puces se comptent à partir de 1." in message


def test_a_monstrous_key_does_not_make_a_monstrous_message():
    (issue,) = mistakes('"' + "k" * 100_000 + '\\u001b" = 1\n' + BASE)
    assert len(issue.path) < 100
    assert len(issue.message) < 400
    assert plain(issue.message).isprintable()


def test_any_act_may_be_named_when_the_acts_are_not_given():
    text = edited("defer = { value", "differ = { value")
    assert "differ" in parse_call(text).clauses.decision_levels


def test_the_acts_the_synthetic_calls_name_exist():
    for text in TEXTS.values():
        parse_call(text, quota_sources=QUOTA_SOURCES, known_acts=frozenset(REAL_ACTS))


# The version of a call.


def test_the_digest_is_that_of_the_content_not_of_the_text():
    digest = synthetic("s1-marais").digest
    assert re.fullmatch(r"[0-9a-f]{64}", digest)
    sections = re.split(r"\n(?=\[)", BASE)
    head, rest = sections[0], sections[1:]
    tables = [s for s in rest if not s.startswith("[[") and not s.startswith("[clauses.gates.territories.areas]")]
    lists = [s for s in rest if s not in tables]
    moved = "\n".join([head, *lists, *reversed(tables)])
    for text in (
        "# commentaire\n" + BASE.replace(" = ", "  =  ") + "\n# fin",
        BASE.replace("\n", "\r\n"),
        "\ufeff" + BASE,
        BASE.replace("value = 2800.5,", 'value = "2 800,50 €",').replace('"40 %"', '"2/5"'),
        moved,
    ):
        assert parse_call(text).digest == digest


def test_parameters_do_not_change_the_digest():
    text = edited("places = { value = 20", "places = { value = 21").replace("2031-06-15", "2031-06-16")
    assert parse_call(text).digest == synthetic("s1-marais").digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{ value = 2800.5, ", "{ value = 2800.51, "),
        ('{ value = 2800.5, rule = "S1-21"', '{ value = 2800.5, rule = "S1-22"'),
        ('default = "A33" }\ncompletion_days', 'rule = "S1-02" }\ncompletion_days'),
        ("Le projet professionnel du candidat.", "Le projet du candidat."),
        ('notify = { value = "dg"', 'notify = { value = "head"'),
        ('renewal = { months = { value = 12, rule = "S1-30" }, times = { value = 1, rule = "S1-30" } }\n', ""),
    ],
)
def test_a_clause_or_its_source_changes_the_digest(old, new):
    assert parse_call(edited(old, new)).digest != synthetic("s1-marais").digest


# Lines.


def test_every_key_and_element_knows_its_line():
    text = """# début
a = 1
b.c = "x # pas un commentaire"
d = [
    1, # un
    { e = 2, f = [3,
        4] },
]
g = \"\"\"
h = 1
\"\"\"

[i."j k"]
l = 2031-06-15T12:00:00.5Z
[[m]]
n = 1
[[m]]
n = { o = 'p', q = { r = 1.5 } }
[m.s]
t = true
[[m.u]]
v = 1
"""
    lines = line_index(text)
    assert lines == {
        ("a",): 2,
        ("b",): 3,
        ("b", "c"): 3,
        ("d",): 4,
        ("d", 0): 5,
        ("d", 1): 6,
        ("d", 1, "e"): 6,
        ("d", 1, "f"): 6,
        ("d", 1, "f", 0): 6,
        ("d", 1, "f", 1): 7,
        ("g",): 9,
        ("i",): 13,
        ("i", "j k"): 13,
        ("i", "j k", "l"): 14,
        ("m",): 15,
        ("m", 0): 15,
        ("m", 0, "n"): 16,
        ("m", 1): 17,
        ("m", 1, "n"): 18,
        ("m", 1, "n", "o"): 18,
        ("m", 1, "n", "q"): 18,
        ("m", 1, "n", "q", "r"): 18,
        ("m", 1, "s"): 19,
        ("m", 1, "s", "t"): 20,
        ("m", 1, "u"): 21,
        ("m", 1, "u", 0): 21,
        ("m", 1, "u", 0, "v"): 22,
    }


@given(st.data())
def test_no_damage_to_a_file_makes_the_reader_fall(data):
    """A call with a stretch cut out and another put in is read or refused with a sentence, nothing else."""
    start = data.draw(st.integers(0, len(BASE)))
    length = data.draw(st.integers(0, 60))
    inserted = data.draw(st.sampled_from(["", "[", "]", "{", '"', "=", "\n", "0", "true", "é", "[[clauses]]\n"]))
    text = BASE[:start] + inserted + BASE[start + length :]
    try:
        parse_call(text, quota_sources=QUOTA_SOURCES, known_acts=ACTS)
    except CallFileError as error:
        told = [issue.message for issue in error.errors]
        if not told or not all(told):
            pytest.fail(f"refused without a sentence: {text!r}")
