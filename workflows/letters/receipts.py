"""L1 and L2: an application is registered, and its receipt is acknowledged (CRPA art. L. 112-11 and R. 112-11-1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from workflows.calls.sources import Origin
from workflows.letters.data import LetterData, Remedies, labelled
from workflows.letters.filing import Received, received
from workflows.letters.matter import Matter, common
from workflows.letters.remedies import remedies


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredLetter(LetterData):
    """What an accusé d’enregistrement tells. `received`: the instant that counts, with its zone.

    `closing`: the closing of the call, when the application came in time, in its words.
    """

    received: str = field(metadata=labelled("Date et heure de réception"))
    channel: str | None = field(metadata=labelled("Voie d’arrivée"))
    electronic: bool = field(metadata=labelled("Arrivé par voie électronique"))
    closing: str | None = field(metadata=labelled("Clôture de l’appel"))
    closing_basis: str | None = field(metadata=labelled("Clause de la clôture"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLetter(LetterData):
    """What an accusé de réception tells. `refusal_on`: None once silence can no longer become a refusal.

    `ways`: how an implied refusal is contested. `public_body`: the call says that its depositors are public bodies;
    `perhaps_public`: it says nothing of them.
    """

    received: str = field(metadata=labelled("Date et heure de réception"))
    electronic: bool = field(metadata=labelled("Arrivé par voie électronique"))
    phone: str = field(metadata=labelled("Téléphone du service"))
    address: str = field(metadata=labelled("Adresse électronique ou postale du service"))
    refusal_on: date | None = field(metadata=labelled("Date du rejet implicite"))
    refusal_delay: str | None = field(metadata=labelled("Délai du rejet implicite"))
    ways: Remedies = field(metadata=labelled("Voies et délais de recours"))
    public_body: bool = field(metadata=labelled("Déposé par un établissement public"))
    perhaps_public: bool = field(metadata=labelled("Déposé peut-être par un établissement public"))


def registered_letter(matter: Matter) -> RegisteredLetter:
    """The registration. Raises NothingToTellError before the application is filed."""
    found = _received(matter)
    closing = matter.call.parameters.closing
    met = found.closing and found.closing_basis and closing.origin is Origin.PRINTED
    return RegisteredLetter(
        **common(
            matter,
            "Accusé d’enregistrement de votre dossier",
            clauses=[closing.rule] if met else [],
            decides=False,
        ),
        received=found.received,
        channel=found.channel,
        electronic=found.electronic,
        closing=found.closing,
        closing_basis=found.closing_basis,
    )


def receipt_letter(matter: Matter) -> ReceiptLetter:
    """The acknowledgment. Raises NothingToTellError before the application is filed."""
    found, authority = _received(matter), matter.call.authority
    regime = matter.call.clauses.regime_crpa.value
    remedy = "l’agence le donne dans le fichier de l’appel, rubrique [authority]"
    return ReceiptLetter(
        **common(matter, "Accusé de réception de votre demande", decides=False),
        received=found.received,
        electronic=found.electronic,
        phone=matter.wanted(authority.phone, "le numéro de téléphone du service", remedy),
        address=matter.wanted(
            authority.email or authority.address, "l’adresse électronique ou postale du service", remedy
        ),
        refusal_on=found.refusal.on if found.refusal else None,
        refusal_delay=found.refusal.delay if found.refusal else None,
        ways=remedies(matter.call, matter.reader),
        public_body=regime is False,
        perhaps_public=regime is None,
    )


def _received(matter: Matter) -> Received:
    return matter.present(received(matter.view, matter.call, matter.decided_on))
