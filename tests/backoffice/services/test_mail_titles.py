"""The reminder of titles that are not paid: each under its name, with what the title asks for, once."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from backoffice.services.mail_matter import NothingLeftToSayError
from tests.backoffice.writing import flat, gathered, item_of, unpaid, written
from tests.builders import Hat
from tests.lives import Life
from tests.workflows import repaying
from workflows.effects import Addressee
from workflows.parts.reliefs import Relief

ROOT = Path(__file__).parents[3]
TEXTS = ("*.py", "*.txt", "*.typ", "*.toml", "*.html", "*.md")


def two_titles(days: int) -> Life:
    """Two unpaid titles of one post; the second one, of 500 euros, so many days after the first."""
    life = unpaid().life
    first = life.dossier.repayments[-1]
    assert first.title_on is not None
    second = replace(
        first,
        cause="the-excess",
        title="TR-0099",
        decided=Decimal("500.00"),
        title_amount=None,
        movements=(),
        title_on=first.title_on + timedelta(days=days),
    )
    return life.changed(repayments=(first, second))


@pytest.mark.parametrize("room", ["config", "workflows", "backoffice"])
def test_the_debt_is_told_by_the_name_it_has_here(room):
    # a titre de perception is one of the State, which the agency never issues (3.5)
    told = [path for ext in TEXTS for path in (ROOT / room).rglob(ext)]
    assert told
    named = re.compile(r"titres?\s+de\s+perception", re.IGNORECASE)
    assert [str(path) for path in told if named.search(path.read_text("utf-8"))] == []


def test_the_amount_of_the_title_is_what_it_asks_for():
    # 32 497,90 decided, 497,90 of them found not due before the title was asked for (3.5)
    life = repaying.relieved(repaying.decided("na-2024").copy(), Relief.REDUCED, Decimal("497.90"))
    life.do("request_title", Hat.INSTRUCTOR).later(5).do("record_title", Hat.INSTRUCTOR).later(40)
    assert life.dossier.repayments[-1].title_amount == Decimal("32000.00")
    body = flat(written(life, "title_unpaid").body)
    assert "- Montant du titre : 32 000,00 € " in body
    assert "- Déjà réglé ou remis : 0,00 € " in body
    assert "- Reste à payer : 32 000,00 € " in body
    life.do("record_repaid", Hat.INSTRUCTOR, amount=Decimal("100.00"))
    body = flat(written(life, "title_unpaid").body)
    assert "- Déjà réglé ou remis : 100,00 € " in body
    assert "- Reste à payer : 31 900,00 € " in body


def test_each_of_two_titles_has_its_own_reminder():
    life = two_titles(days=3)
    first, second = life.dossier.repayments
    assert first.title_on is not None
    for repayment, day in ((first, 30), (second, 33)):
        (other,) = {first, second} - {repayment}
        on = (first.title_on + timedelta(days=day)).isoformat()
        mail = written(life, "title_unpaid", due_on=on)
        assert f"titre de recettes {repayment.title} à payer" in flat(mail.subject)
        assert f"Titre de recettes : {repayment.title}" in flat(mail.body)
        assert str(other.title) not in mail.body


def test_two_titles_issued_one_day_are_both_in_the_mail_of_that_day():
    life = two_titles(days=0)
    first, second = life.dossier.repayments
    assert first.title_on is not None
    mail = written(life, "title_unpaid", due_on=(first.title_on + timedelta(days=30)).isoformat())
    assert flat(mail.subject) == "Dossier NA-2024-007 : 2 titres de recettes à payer"
    for repayment in (first, second):
        assert mail.body.count(f"{repayment.title}") == 1
    assert "Reste à payer : 500,00 €" in flat(mail.body)


def test_a_digest_tells_each_title_once():
    life = two_titles(days=3)
    first, _ = life.dossier.repayments
    assert first.title_on is not None
    items = tuple(item_of(life, "title_unpaid", first.title_on + timedelta(days=days)) for days in (30, 33))
    body = flat(gathered(items, Addressee.RECRUITER, life.today).body)
    assert body.count(f"Titre de recettes {first.title}") == 1
    assert body.count("Titre de recettes TR-0099") == 1
    assert "il reste 500,00 € à payer sur 500,00 €" in body


def test_the_recruiter_is_not_told_to_pay_what_it_contests():
    life = unpaid().life
    life.do("file_claim", Hat.RECRUITER)
    on = (life.dossier.repayments[-1].title_on or life.today) + timedelta(days=30)
    with pytest.raises(NothingLeftToSayError):
        written(life, "title_unpaid", to=Addressee.RECRUITER, due_on=on.isoformat())
