"""One dossier and the people around it: what each of them does on the pages, step by step."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from backoffice.store.base import db
from backoffice.store.dossiers import DossierRow, JournalEntry
from tests.backoffice.smtp_sink import Received
from tests.backoffice.writing import flat
from tests.e2e.driver import Values, Visitor
from tests.e2e.house import House
from tests.e2e.town import Town
from tests.pages import File, Screen

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def subject(mail: Received) -> str:
    """The subject of a mail, every space plain."""
    return flat(mail.header("Subject") or "")


@dataclass(repr=False)
class Life:
    """A dossier seen from outside: its number, and the people of its town."""

    town: Town
    number: str = ""
    mails: list[Received] = field(default_factory=list)

    @property
    def house(self) -> House:
        """The installation."""
        return self.town.house

    def at(self, day: str, hour: str = "10:00") -> Life:
        """Go to an hour of a day, with what falls due then."""
        self.house.at(day, hour)
        return self

    # steps

    def drafted(self, by: Visitor, values: Values) -> Life:
        """Fill the application in, and save the draft."""
        button = "Saisir" if by.email.endswith("@ars-84.example") else "Préparer un dossier"
        by.opens("/deposer").follows(button).fills(values).presses("Enregistrer le brouillon")
        assert by.screen.notice.endswith("c’est fait."), by.screen.text
        self.number = by.screen.url.split("/")[2].partition("?")[0]
        return self

    def given(self, by: Visitor, *but: str) -> Life:
        """Give one document for every piece that is still wanted, but for those named."""
        by.opens(f"/dossiers/{self.number}/deposer-une-piece")
        form = by.screen.form("Déposer")
        labels = [e.text for e in form.element.first("fieldset").all("label") if e.text not in but]
        form.fill({"À quelle pièce ce document répond-il ?": labels, "Document": File("dossier.pdf", PDF)})
        by.sends(form, "Déposer")
        assert by.screen.notice.endswith("c’est fait."), by.screen.text
        return self

    def accepted(self) -> Life:
        """The instructor accepts the pieces received, from their table."""
        instructor = self.town.instructor
        instructor.sees(self.number, "pieces")
        buttons = [e.text for e in instructor.screen.page.all("button") if e.text.startswith("Accepter")]
        instructor.presses(buttons[0])
        assert instructor.screen.notice.endswith("c’est fait."), instructor.screen.text
        return self

    def does(self, by: Visitor, act: str, **values: Any) -> Screen:
        """Do an act; the words of the fields are given as `values`."""
        return by.does(self.number, act, values)

    # what is seen

    def part(self, name: str, by: Visitor | None = None) -> Screen:
        """The page with one of its parts open, as the instructor sees it."""
        return (by or self.town.instructor).sees(self.number, name)

    @property
    def state(self) -> str:
        """The state as the page of the recruiter names it."""
        screen = self.town.recruiter.sees(self.number)
        main = screen.page.first("main")
        return next(e.text for e in main.all("span") if "tp-state" in e.get("class").split())

    def news(self) -> list[tuple[str, str]]:
        """The mails that came since one last asked: to whom, and their subjects, in order of both."""
        new = self.house.mails()
        self.mails += new
        return sorted((", ".join(m.recipients), subject(m)) for m in new)

    def mail(self, words: str) -> Received:
        """The only mail with these words in its subject."""
        found = [m for m in self.mails if words in subject(m)]
        assert len(found) == 1, f"{words}: {[subject(m) for m in self.mails]}"
        return found[0]

    def dated(self, mail: Received) -> str:
        """The day of a mail on the clock of the authority."""
        sent = parsedate_to_datetime(mail.header("Date") or "")
        return f"{sent.astimezone(ZoneInfo(self.house.zone)):%d/%m/%Y %H:%M}"

    def journal(self) -> list[tuple[str, str]]:
        """The acts of the journal and the roles of their authors, in order."""
        wanted = (
            select(JournalEntry.act, JournalEntry.author_role)
            .join(DossierRow, JournalEntry.dossier == DossierRow.id)
            .where(DossierRow.number == self.number)
            .order_by(JournalEntry.seq)
        )
        with self.house.app.app_context():
            found = [(act, role) for act, role in db.session.execute(wanted)]
            db.session.remove()
        return found
