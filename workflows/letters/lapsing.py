"""The notice before an award may lapse: what is held, on which ground, how long to answer (CRPA art. L. 122-1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from workflows.acts.award import LapseGround
from workflows.letters.award import said
from workflows.letters.data import LetterData, labelled
from workflows.letters.debts import ASKED_BACK, by_law
from workflows.letters.matter import Matter, common
from workflows.letters.refusal import LAPSE_GROUNDS
from workflows.letters.remedies import may_cite_crpa
from workflows.proofs import NOTICE_DAYS, of_award


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedLine:
    """A letter of the award whose receipt is proven: by whom, and when."""

    whom: str = field(metadata=labelled("Destinataire qui a reçu l’attribution"))
    on: date = field(metadata=labelled("Date de réception de l’attribution"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseNoticeLetter(LetterData):
    """Why an award may lapse, and how long its addressee has to answer, from the receipt of this letter.

    Only the facts of its ground are told: `received` and `accept_days` for a silence, `condition` and `condition_by`
    for a condition, `start` for a post that nobody took. `accept_days` is None where the call prints none.
    `awarded_on` is None for an award that was not notified.
    """

    ground: str = field(metadata=labelled("Fondement envisagé"))
    facts: str = field(metadata=labelled("Motif"))
    awarded_on: date | None = field(metadata=labelled("Date de l’attribution"))
    received: tuple[ReceivedLine, ...] = field(metadata=labelled("Réceptions prouvées de l’attribution"))
    accept_days: int | None = field(metadata=labelled("Délai pour accepter, en jours"))
    condition: str | None = field(metadata=labelled("Condition de l’attribution"))
    condition_by: date | None = field(metadata=labelled("Date limite de la condition"))
    start: date | None = field(metadata=labelled("Prise de fonctions prévue"))
    answer_days: int = field(metadata=labelled("Délai de réponse, en jours"))


def lapse_notice_letter(matter: Matter) -> LapseNoticeLetter:
    """The notice under way. Raises NothingToTellError when it is gone, or when another one took its place."""
    view, clause = matter.view, matter.call.clauses.award
    award, notice = matter.present(view.award), matter.present(view.notice)
    if notice.sent_on != matter.decided_on:
        matter.present(None)
    silent, conditioned = notice.ground == LapseGround.SILENCE, notice.ground == LapseGround.CONDITION
    return LapseNoticeLetter(
        **common(
            matter,
            "Procédure contradictoire avant la caducité d’une attribution",
            *((clause.acceptance_days,) if silent else ()),
            *(by_law(ASKED_BACK) if may_cite_crpa(matter.call) else ()),
            decides=False,
        ),
        ground=matter.present(LAPSE_GROUNDS.get(notice.ground)),
        facts=matter.written(),
        awarded_on=award.notified_on,
        received=_received(matter) if silent else (),
        accept_days=said(clause.acceptance_days) if silent else None,
        condition=award.condition if conditioned else None,
        condition_by=award.condition_by if conditioned else None,
        start=award.expected_start if notice.ground == LapseGround.NO_START else None,
        answer_days=notice.days or NOTICE_DAYS,
    )


def _received(matter: Matter) -> tuple[ReceivedLine, ...]:
    proven = [(receipt.to.label, receipt.received_on) for receipt in of_award(matter.view)]
    return tuple(ReceivedLine(whom=whom, on=on) for whom, on in dict.fromkeys(proven) if on is not None)
