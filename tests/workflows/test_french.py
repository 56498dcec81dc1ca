"""What a French reader sees: dates, amounts, shares, lists and spaces, character by character."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workflows import french

NNBSP = "\u202f"
NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(2024, 6, 14), "vendredi 14 juin 2024", "14 juin 2024"),
        (date(2025, 11, 1), "samedi 1er novembre 2025", "1er novembre 2025"),
        (date(2024, 2, 11), "dimanche 11 février 2024", "11 février 2024"),
        (date(2024, 8, 21), "mercredi 21 août 2024", "21 août 2024"),
        (date(2024, 12, 31), "mardi 31 décembre 2024", "31 décembre 2024"),
    ],
)
def test_days(day, long, short):
    held = short.replace(" ", NBSP)
    assert french.day(day) == long.replace(short, held)
    assert french.short_day(day) == held


def test_every_month_and_weekday_has_its_name():
    months = [french.short_day(date(2024, month, 2)).split()[1] for month in range(1, 13)]
    assert months == (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()  # noqa: SIM905
    )
    weekdays = [french.day(date(2024, 1, n)).split()[0] for n in range(1, 8)]
    assert weekdays == ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]


@pytest.mark.parametrize(
    ("zone", "shown", "named"),
    [
        ("Europe/Paris", "14 juin 2024 à 23 h 59", "heure de Paris"),
        ("America/Martinique", "14 juin 2024 à 17 h 59", "heure de la Martinique"),
        ("America/Guadeloupe", "14 juin 2024 à 17 h 59", "heure de la Guadeloupe"),
        ("America/Cayenne", "14 juin 2024 à 18 h 59", "heure de Cayenne"),
        ("Indian/Reunion", "15 juin 2024 à 1 h 59", "heure de La Réunion"),
        ("Indian/Mayotte", "15 juin 2024 à 0 h 59", "heure de Mayotte"),
    ],
)
def test_an_instant_on_the_clock_of_the_authority(zone, shown, named):
    instant = datetime(2024, 6, 14, 21, 59, 59, 999_999, tzinfo=UTC)
    shown = shown.replace(" ", NBSP).replace(f"{NBSP}à{NBSP}", " à ")
    assert french.instant(instant, zone) == shown
    assert french.instant(instant, zone, with_zone=True) == f"{shown}, {named}"


def test_minutes_have_two_digits_and_hours_as_many_as_they_need():
    told = french.instant(datetime(2024, 6, 1, 7, 5, tzinfo=UTC), "UTC")
    assert told == f"1er{NBSP}juin{NBSP}2024 à 7{NBSP}h{NBSP}05"


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="fuseau"):
        french.instant(datetime(2024, 6, 14, 12), "Europe/Paris")  # noqa: DTZ001  # the mistake under test


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("Pacific/Noumea", "heure de Nouméa"),
        ("America/Miquelon", "heure de Saint-Pierre-et-Miquelon"),
        ("Europe/Berlin", "heure de Berlin"),
        ("Europe/Athens", "heure d’Athens"),
        ("America/Argentina/Buenos_Aires", "heure de Buenos Aires"),
        ("UTC", "heure UTC"),
    ],
)
def test_the_name_of_a_clock(zone, label):
    assert french.zone_label(zone) == label


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("3249.79", "3 249,79"),
        ("77994.96", "77 994,96"),
        ("1234567.8", "1 234 567,80"),
        ("1010", "1 010,00"),
        ("0", "0,00"),
        ("-0.00", "0,00"),
        ("0.5", "0,50"),
        ("-3249.79", "−3 249,79"),
        ("6499.5800", "6 499,58"),
        ("3.3E+4", "33 000,00"),
        ("123456789012345678901234567890.12", "123 456 789 012 345 678 901 234 567 890,12"),
    ],
)
def test_amounts(value, shown):
    assert french.amount(Decimal(value)) == shown.replace(" ", NNBSP) + f"{NBSP}€"


@pytest.mark.parametrize("value", ["3249.785", "0.001", "NaN", "Infinity"])
def test_an_amount_that_was_not_rounded_is_not_shown_as_if_it_were(value):
    with pytest.raises(ValueError, match="centime"):
        french.amount(Decimal(value))


def test_an_amount_does_not_depend_on_the_precision_in_force():
    with localcontext() as context:
        context.prec = 3
        assert french.amount(Decimal("77994.96")) == f"77{NNBSP}994,96{NBSP}€"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(1, 2), "50_%"),
        (Fraction(1), "100_%"),
        (Fraction(0), "0_%"),
        (Fraction(3, 5), "60_%"),
        (Fraction(1, 8), "12,5_%"),
        (Fraction(4999, 10000), "49,99_%"),
        (Fraction(1, 3), "33,33_% (1/3)"),
        (Fraction(2, 3), "66,67_% (2/3)"),
        (Fraction(49999, 100000), "50,00_% (49999/100000)"),
        (Fraction(3, 2), "150_%"),
        (Fraction(-1, 8), "−12,5_%"),
        (Fraction(1, 16), "6,25_%"),
        (Fraction(1, 32), "3,13_% (1/32)"),
        (Fraction(-1, 3), "−33,33_% (−1/3)"),
    ],
)
def test_shares(value, shown):
    assert french.share(value) == shown.replace("_", NBSP)


@pytest.mark.parametrize(
    ("n", "words", "shown"),
    [
        (0, ("dossier",), "0 dossier"),
        (1, ("dossier",), "1 dossier"),
        (2, ("dossier",), "2 dossiers"),
        (24, ("mois",), "24 mois"),
        (3, ("avis",), "3 avis"),
        (2, ("prix",), "2 prix"),
        (2, ("gaz",), "2 gaz"),
        (1, ("pièce manquante", "pièces manquantes"), "1 pièce manquante"),
        (3, ("jour ouvré", "jours ouvrés"), "3 jours ouvrés"),
        (-1, ("jour",), "−1 jour"),
        (-3, ("jour",), "−3 jours"),
        (20000, ("dossier",), f"20{NNBSP}000 dossiers"),
    ],
)
def test_counts(n, words, shown):
    assert french.count(n, *words) == shown


def test_the_plural_of_several_words_must_be_given():
    with pytest.raises(ValueError, match="pluriel"):
        french.count(1, "pièce manquante")


@pytest.mark.parametrize(
    ("items", "shown"),
    [
        ([], ""),
        (["16"], "16"),
        (["16", "17"], "16 et 17"),
        (["a", "b", "c"], "a, b et c"),
        (("a", "b", "c", "d"), "a, b, c et d"),
    ],
)
def test_listings(items, shown):
    assert french.listing(items) == shown


def test_a_listing_of_choices():
    assert french.listing(["CHU", "CH", "ESPIC"], last="ou") == "CHU, CH ou ESPIC"
    assert french.listing(name for name in ("a", "b")) == "a et b"


@pytest.mark.parametrize(
    ("n", "shown"),
    [
        (0, "0/30"),
        (8, "8/30"),
        (27, "27/30"),
        (30, "30/30"),
        (31, "1 mois et 1/30"),
        (60, "2 mois"),
        (717, "23 mois et 27/30"),
    ],
)
def test_thirtieths(n, shown):
    assert french.thirtieths(n) == shown


def test_thirtieths_are_never_negative():
    with pytest.raises(ValueError, match="trentièmes"):
        french.thirtieths(-1)


TYPOGRAPHY = [
    ("Quoi?", "Quoi_?"),
    ("Quoi ?", "Quoi_?"),
    ("Attention!", "Attention_!"),
    ("le dossier ; la pièce", "le dossier_; la pièce"),
    ("Vraiment ?!", "Vraiment_?!"),
    ("Objet : report", "Objet~: report"),
    ("Objet: report", "Objet~: report"),
    ("la suite:", "la suite~:"),
    ("« au plus tard le »", "«~au plus tard le~»"),
    ("«au plus tard le»", "«~au plus tard le~»"),
    ("« Quoi ? »", "«~Quoi_?~»"),
    ("50%", "50~%"),
    ("au moins 50 % du temps", "au moins 50~% du temps"),
    ("3249,79 €", "3249,79~€"),
    ("l'ARS n'a pas répondu", "l’ARS n’a pas répondu"),
    ("qu'« avant »", "qu’«~avant~»"),
    ("aujourd'hui, d'1 an", "aujourd’hui, d’1 an"),
    ("déposé à 14:12", "déposé à 14:12"),
    ("fermé à 14:12:05 ; merci", "fermé à 14:12:05_; merci"),
    ("à 14:12?", "à 14:12_?"),
    ("https://ars.example/a?b=1;c='d'", "https://ars.example/a?b=1;c='d'"),
    ("voir https://ars.example/a?b=1 ; puis", "voir https://ars.example/a?b=1_; puis"),
    ("voir https://ars.example/a:b%20c!", "voir https://ars.example/a:b%20c_!"),
    ("«https://ars.example»", "«~https://ars.example~»"),
    ("www.ars.example/?q=a;b", "www.ars.example/?q=a;b"),
    ("mailto:garance.d'ocre@ars.example", "mailto:garance.d'ocre@ars.example"),
    ("écrire à garance.d'ocre@ars.example : merci", "écrire à garance.d'ocre@ars.example~: merci"),
    ("(?)", "(?)"),
    ("(lequel ?)", "(lequel_?)"),
    ("(lequel?) oui", "(lequel_?) oui"),
    ("?", "?"),
    ("", ""),
    ("NA-05", "NA-05"),
    ("a::b", "a::b"),
    ("ratio 1:2", "ratio 1:2"),
    ("« »", "«~»"),
    ("«»", "«~»"),
    ("a: ;", "a~: ;"),
    ("un espace s’écrit 5%20", "un espace s’écrit 5%20"),
    ("www.ars.example/l'avis", "www.ars.example/l'avis"),
    ("première ligne :\n- suite", "première ligne~:\n- suite"),
    ("oui !\n\nnon", "oui_!\n\nnon"),
    ("a :; b", "a~:; b"),
]


@pytest.mark.parametrize(("typed", "shown"), TYPOGRAPHY)
def test_typography(typed, shown):
    assert french.typography(typed) == shown.replace("_", NNBSP).replace("~", NBSP)


@pytest.mark.parametrize(("typed", "_shown"), TYPOGRAPHY)
def test_typography_twice_is_typography_once(typed, _shown):
    once = french.typography(typed)
    assert french.typography(once) == once


awkward = st.text(alphabet=st.sampled_from([*"ab19 ;:!?»«%€'’()[].,@/\n\t-é&\u2009", NBSP, NNBSP]))


@given(st.lists(awkward | st.sampled_from(["http://", "https://a.example", "www.", "a@b.example", "14:12"])))
@example(["a:;"])
@example(["a: ;"])
@example(["«?»"])
@example(["5%?"])
def test_typography_is_idempotent(parts):
    once = french.typography("".join(parts))
    assert french.typography(once) == once


@pytest.mark.parametrize("run", ["a", " ", "?", ".", "a@", "«", "5%", "http://", "a:;"])
def test_a_very_long_run_of_characters_is_read_once_only(run):
    once = french.typography(f"a{run * 100_000}")
    assert french.typography(once) == once


@given(awkward)
def test_typography_only_touches_spaces_and_apostrophes(text):
    def bare(value):
        return re.sub(f"[ {NBSP}{NNBSP}\u2009]", "", value).replace("'", "’")

    assert bare(french.typography(text)) == bare(text)


@given(st.from_regex(r"(https?://|www\.)[a-z]{1,8}\.example/[a-z0-9?=&;:!%'/]{0,20}[a-z0-9/]", fullmatch=True))
def test_addresses_of_pages_are_left_alone(url):
    assert french.typography(url) == url
    assert french.typography(f"voir {url} !") == f"voir {url}{NNBSP}!"


@given(st.from_regex(r"[a-z0-9.'+-]{1,12}@[a-z0-9-]{1,8}\.example", fullmatch=True))
def test_addresses_of_people_are_left_alone(email):
    assert french.typography(email) == email


@given(st.integers(0, 23), st.integers(0, 59))
def test_times_are_left_alone(hour, minute):
    assert french.typography(f"à {hour}:{minute:02} précises") == f"à {hour}:{minute:02} précises"


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_an_amount_can_be_read_back(value):
    shown = french.amount(value)
    digits = shown.removesuffix(f"{NBSP}€").replace(NNBSP, "").replace("−", "-").replace(",", ".")
    assert Decimal(digits) == value
    assert " " not in shown


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("CH d’Indigo", "au CH d’Indigo"),
        ("CHU de la Myrtille", "au CHU de la Myrtille"),
        ("EHPAD des Capucines", "à l’EHPAD des Capucines"),
        ("Hôpital du Lilas", "à l’Hôpital du Lilas"),
        ("Centre de santé des Bleuets", "au Centre de santé des Bleuets"),
        ("Maison de santé des Ajoncs", "à la Maison de santé des Ajoncs"),
        ("Hospices de la Brume", "aux Hospices de la Brume"),
        ("les Hospices de la Brume", "aux Hospices de la Brume"),
        ("le responsable", "au responsable"),
        ("l’établissement recruteur", "à l’établissement recruteur"),
        ("la machine", "à la machine"),
        ("Capucine Bleuet", "à Capucine Bleuet"),
    ],
)
def test_to_somebody_or_some_place(name, there):
    assert french.to(name) == there


@pytest.mark.parametrize("text", ["14 juin 2024", "14 h 12", "art. L. 231-4", "art. R. 421-1", "n° 3"])
def test_what_is_read_as_one_thing_stays_on_one_line(text):
    held = french.unbroken(f"Voir {text} ici")
    assert held == f"Voir {text.replace(' ', NBSP)} ici"
    assert french.unbroken(held) == held
