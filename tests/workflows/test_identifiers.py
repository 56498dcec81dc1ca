"""Numbers with a key: SIRET with the exception of La Poste, FINESS with the letters of Corsica."""

import pytest

from tests.builders import finess
from workflows.identifiers import compact, is_finess, is_siret


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("73282932000074", True),  # SIREN 732829320, the example everybody prints
        ("73282932000075", False),
        ("73282932100074", False),  # a SIREN with a wrong key
        ("35600000000048", True),  # La Poste, head office: both keys are right
        ("35600000049837", True),  # an office of La Poste: 3+5+6+4+9+8+3+7 = 45
        ("35600000049838", False),
        ("7328293200007", False),
        ("732829320000744", False),
        ("7328293200007A", False),
        ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", False),
        ("", False),
    ],
)
def test_a_siret_has_two_keys(number: str, right: bool) -> None:
    assert is_siret(number) is right


def test_only_la_poste_follows_its_own_rule() -> None:
    # 7+3+2+8+2+9+3+2+0+0+0+0+0+4 = 40, a multiple of five that no key makes right
    assert sum(map(int, "73282932000004")) % 5 == 0
    assert not is_siret("73282932000004")


@pytest.mark.parametrize("n", [1, 17, 512, 4093])
def test_a_finess_has_a_key(n: int) -> None:
    number = finess(n)
    assert is_finess(number)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not is_finess(wrong)


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("2A0000014", True),  # read 210000014: 4 + 2·1 + 2·1 + 2 = 10
        ("2B0000012", True),
        ("2A0000012", False),
        ("2C0000012", False),
        ("99000001", False),
        ("9900000177", False),
        ("", False),
    ],
)
def test_the_letters_of_corsica_count_as_digits(number: str, right: bool) -> None:
    assert is_finess(number) is right


def test_spaces_are_for_people() -> None:
    assert compact(" 2a 000 001 4 ") == "2A0000014"
    assert compact("732 829 320 00074") == "73282932000074"
