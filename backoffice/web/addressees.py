"""Who has to receive a letter, by name: the establishment or the doctor, and as whom they are addressed."""

from __future__ import annotations

from backoffice.web.reader import Page
from workflows.effects import Addressee
from workflows.parts.receipts import Receipt

_AS = {
    Addressee.DEPOSITORS: "déposant",
    Addressee.CANDIDATE: "candidat",
    Addressee.FORMER_CANDIDATE: "ancien candidat",
    Addressee.RECRUITER: "établissement recruteur",
    Addressee.PARTNERS: "partenaire",
    Addressee.REPORTER: "auteur de la demande",
}


def name_of(page: Page, receipt: Receipt) -> str:
    """The party of a receipt, by name; its addressee when nobody is named, or when the name is not known here."""
    names = {site.id: site.name for site in page.facts.sites} | page.people
    name = names.get(receipt.party or "")
    return f"{name}, {_AS.get(receipt.to, receipt.to.label)}" if name else receipt.to.label


def is_for(page: Page, receipt: Receipt) -> bool:
    """True for the receipt of the visitor."""
    me = page.visitor.actor
    return receipt.party is not None and receipt.party in {me.id, me.party}
