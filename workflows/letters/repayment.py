"""L15 and L16: the decision to ask money back, and the request for its title to the accountant."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from workflows.calls.funding import Vehicle
from workflows.letters.award import Clause
from workflows.letters.data import LetterData, labelled
from workflows.letters.debts import (
    ASKED_BACK,
    LIQUIDATION,
    UNDUE,
    Calculation,
    DebtorData,
    EndFacts,
    as_it_was,
    by_law,
    calculation,
    clause_told,
    credit_line,
    debtor_data,
    end_facts,
    is_overpayment,
    line_of,
    reading_told,
    reading_words,
    repayment_told,
)
from workflows.letters.matter import Matter, NothingToTellError, common
from workflows.letters.recovering import siret_told
from workflows.letters.remedies import may_cite_crpa
from workflows.letters.words import number
from workflows.parts.claims import ANSWER_MONTHS, CLAIM_MONTHS


@dataclass(frozen=True, slots=True, kw_only=True)
class RepaymentLetter(LetterData):
    """What the decision tells: remarks and answers, amount, calculation, reading and clause, the way it comes back.

    `remarks_on`: the day of the remarks, None when none came by `answer_by`. `lowered`: less is asked than was
    announced. `line` is None while the call does not tell the line of credits.
    """

    overpaid: bool = field(metadata=labelled("Trop-perçu sans fin anticipée"))
    end: EndFacts | None = field(metadata=labelled("Fin du poste"))
    debtor: DebtorData = field(metadata=labelled("Débiteur"))
    remarks_on: date | None = field(metadata=labelled("Observations présentées le"))
    answer_by: date | None = field(metadata=labelled("Fin du délai de réponse"))
    answers: str = field(metadata=labelled("Motifs et réponse aux observations"))
    clause: Clause | None = field(metadata=labelled("Clause de reversement"))
    reading: str = field(metadata=labelled("Ce que l’agence demande"))
    calculation: Calculation = field(metadata=labelled("Bases de la liquidation"))
    proposed: Decimal = field(metadata=labelled("Montant annoncé"))
    lowered: bool = field(metadata=labelled("Moins que le montant annoncé"))
    amount: Decimal = field(metadata=labelled("Montant à reverser"))
    line: str | None = field(metadata=labelled("Ligne budgétaire"))
    by_title: bool = field(metadata=labelled("Recouvré par un titre"))
    by_amendment: bool = field(metadata=labelled("Repris par une décision modificative"))
    by_offset: bool = field(metadata=labelled("Compensé sur une tranche"))
    deed: str | None = field(metadata=labelled("Décision modificative"))
    claim_within: str = field(metadata=labelled("Délai de réclamation"))
    claim_silence: str = field(metadata=labelled("Délai au bout duquel le silence rejette la réclamation"))


def repayment_letter(matter: Matter) -> RepaymentLetter:
    """The decision of a repayment. Raises NothingToTellError when it is gone."""
    funding, repayment = matter.call.clauses.funding, repayment_told(matter)
    amount = matter.present(repayment.decided)
    over, clause, reading = is_overpayment(repayment), clause_told(matter, repayment), reading_told(matter, repayment)
    law = [ASKED_BACK] if may_cite_crpa(matter.call) else []
    return RepaymentLetter(
        **common(
            matter,
            "Décision de reversement d’un trop-perçu" if over else "Décision de reversement",
            *(funding.payee, line_of(matter)),
            *by_law(*law, LIQUIDATION, *([UNDUE] if over else [])),
            clauses=[clause.rule] if clause else [],
        ),
        overpaid=over,
        end=end_facts(matter, repayment),
        debtor=debtor_data(matter, repayment),
        remarks_on=repayment.answered_on,
        answer_by=repayment.answer_by,
        answers=matter.written(),
        clause=clause,
        reading=reading_words(repayment, reading),
        calculation=calculation(repayment, reading),
        proposed=repayment.proposed,
        lowered=amount < repayment.proposed,
        amount=amount,
        line=line_of(matter).value,
        by_title=repayment.by_title,
        by_amendment=repayment.way is Vehicle.AMENDING_DECISION,
        by_offset=repayment.way is Vehicle.OFFSET,
        deed=repayment.deed,
        claim_within=f"{number(CLAIM_MONTHS)} mois",
        claim_silence=f"{number(ANSWER_MONTHS)} mois",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleLetter(LetterData):
    """What the accountant needs to issue a title: the debtor, the amount, its calculation, the decision attached.

    `amount` is what was still due when the title was asked for, or stood again: `settled` of the `decided` had come
    back already, or was relieved; None for nothing. `decision` is the number of the letter, None for one written
    elsewhere.
    """

    overpaid: bool = field(metadata=labelled("Trop-perçu sans fin anticipée"))
    debtor: DebtorData = field(metadata=labelled("Débiteur"))
    siret: str = field(metadata=labelled("SIRET du débiteur"))
    amount: Decimal = field(metadata=labelled("Montant du titre"))
    decided: Decimal = field(metadata=labelled("Montant décidé"))
    settled: Decimal | None = field(metadata=labelled("Déjà réglé ou remis"))
    calculation: Calculation = field(metadata=labelled("Bases de la liquidation"))
    clause: Clause | None = field(metadata=labelled("Clause de reversement"))
    reading: str = field(metadata=labelled("Ce que l’agence demande"))
    decision: str | None = field(metadata=labelled("Numéro de la décision jointe"))
    decision_on: date = field(metadata=labelled("Date de la décision jointe"))
    line: str = field(metadata=labelled("Ligne budgétaire"))


def title_letter(matter: Matter) -> TitleLetter:
    """The request for a title. Raises NothingToTellError when the repayment is gone, or comes back by another way."""
    funding, repayment = matter.call.clauses.funding, as_it_was(matter)
    if not repayment.by_title:
        raise NothingToTellError
    decided, decided_on = matter.present(repayment.decided), matter.present(repayment.decided_on)
    debtor, clause = debtor_data(matter, repayment), clause_told(matter, repayment)
    reading = reading_told(matter, repayment)
    asked = repayment.outstanding if repayment.title_amount is None else repayment.title_amount
    return TitleLetter(
        **common(
            matter,
            "Demande d’émission d’un titre de recettes",
            *(funding.payee, funding.line),
            *by_law(LIQUIDATION, *([UNDUE] if is_overpayment(repayment) else [])),
            clauses=[clause.rule] if clause else [],
            decides=False,
        ),
        overpaid=is_overpayment(repayment),
        debtor=debtor,
        siret=siret_told(matter, debtor),
        amount=asked,
        decided=decided,
        settled=decided - asked or None,
        calculation=calculation(repayment, reading),
        clause=clause,
        reading=reading_words(repayment, reading),
        decision=_decision(matter),
        decision_on=decided_on,
        line=credit_line(matter),
    )


def _decision(matter: Matter) -> str | None:
    """The number of the decision; None for one written elsewhere, of which only the day is known."""
    attached = matter.attached
    if attached is not None and attached.number is None:
        return None
    return matter.wanted(
        attached.number if attached else None,
        "le numéro de la décision de reversement à joindre",
        "produisez d’abord ce courrier, ou notez qu’il a été écrit hors de l’application",
    )
