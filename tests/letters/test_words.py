"""Numbers and amounts in words: the rules of the traditional spelling, and a reader that finds the number again."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.letters.words import TooMuchError, amount, number


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, "zéro"),
        (1, "un"),
        (16, "seize"),
        (17, "dix-sept"),
        (21, "vingt et un"),
        (22, "vingt-deux"),
        (61, "soixante et un"),
        (70, "soixante-dix"),
        (71, "soixante et onze"),
        (77, "soixante-dix-sept"),
        (80, "quatre-vingts"),
        (81, "quatre-vingt-un"),
        (91, "quatre-vingt-onze"),
        (99, "quatre-vingt-dix-neuf"),
        (100, "cent"),
        (101, "cent un"),
        (180, "cent quatre-vingts"),
        (200, "deux cents"),
        (201, "deux cent un"),
        (1000, "mille"),
        (1100, "mille cent"),
        (1980, "mille neuf cent quatre-vingts"),
        (2000, "deux mille"),
        (80_000, "quatre-vingt mille"),
        (200_000, "deux cent mille"),
        (280_080, "deux cent quatre-vingt mille quatre-vingts"),
        (1_000_000, "un million"),
        (80_000_000, "quatre-vingts millions"),
        (200_000_200, "deux cents millions deux cents"),
        (-3, "moins trois"),
    ],
)
def test_a_number_in_words(n: int, words: str) -> None:
    assert number(n) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0", "zéro euro"),
        ("0.01", "un centime"),
        ("0.80", "quatre-vingts centimes"),
        ("1", "un euro"),
        ("1.01", "un euro et un centime"),
        ("3249.79", "trois mille deux cent quarante-neuf euros et soixante-dix-neuf centimes"),
        ("77994.96", "soixante-dix-sept mille neuf cent quatre-vingt-quatorze euros et quatre-vingt-seize centimes"),
        ("12999.16", "douze mille neuf cent quatre-vingt-dix-neuf euros et seize centimes"),
        ("1000000", "un million d’euros"),
        ("1000001", "un million un euros"),
        ("2000000", "deux millions d’euros"),
        ("2300000", "deux millions trois cent mille euros"),
        ("-80.80", "moins quatre-vingts euros et quatre-vingts centimes"),
    ],
)
def test_an_amount_in_words(value: str, words: str) -> None:
    assert amount(Decimal(value)) == words


_WORTH = (
    {"zéro": 0, "un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9}
    | {"dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16}
    | {"vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
)


def read(words: str) -> int:
    """The number that some words say, by another way than the one that wrote them."""
    total = group = 0
    for word in re.split(r"[ -]", words):
        if word.startswith("million"):
            total, group = total + group * 10**6, 0
        elif word == "mille":
            total, group = total + max(group, 1) * 1000, 0
        elif word.startswith("cent"):
            group = max(group, 1) * 100
        elif word.startswith("vingt") and group % 100 == 4:
            group += 76
        elif word != "et":
            group += _WORTH[word]
    return total + group


@given(st.integers(min_value=0, max_value=10**9 - 1))
def test_words_say_the_number(n: int) -> None:
    assert read(number(n)) == n


@given(st.integers(min_value=0, max_value=10**9 - 1))
def test_words_follow_the_spelling(n: int) -> None:
    words = number(n)
    assert not re.search(r"(^|lions? |mille )un (mille|cent)\b|cents [a-lnz]|cents mille|vingts[ -](?!million)", words)
    assert not re.search(r"-et-|mille?s\b|  |^ | $|- | -", words)
    if "vingts" in words:
        assert re.search(r"quatre-vingts( million|$)", words)


@given(st.integers(min_value=0, max_value=10**11 - 1))
def test_an_amount_says_its_euros_and_its_cents(cents: int) -> None:
    said = re.fullmatch(
        r"(?:(?P<euros>.+?) (?:d’)?euros?)?(?: et )?(?:(?P<cents>.+?) centimes?)?", amount(Decimal(cents).scaleb(-2))
    )
    assert said is not None
    assert 100 * read(said["euros"] or "zéro") + read(said["cents"] or "zéro") == cents


def test_a_milliard_is_too_much() -> None:
    assert amount(Decimal("999999999.99")).endswith("euros et quatre-vingt-dix-neuf centimes")
    for value in ("1000000000", "-1000000000", "5e12"):
        with pytest.raises(TooMuchError, match="milliard"):
            amount(Decimal(value))


@pytest.mark.parametrize("value", ["0.001", "1.005", "NaN", "Infinity"])
def test_what_is_no_amount_has_no_words(value: str) -> None:
    with pytest.raises(ValueError, match="centime"):
        amount(Decimal(value))
