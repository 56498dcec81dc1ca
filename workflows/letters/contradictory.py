"""L14: what opens the contradictory step of a repayment, for an early end or for too much paid (CRPA art. L. 122-1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from workflows.acts import label_of
from workflows.letters.award import Clause
from workflows.letters.data import LetterData, labelled
from workflows.letters.debts import (
    LIQUIDATION,
    UNDUE,
    Calculation,
    DebtorData,
    EndFacts,
    by_law,
    calculation,
    clause_told,
    debtor_data,
    end_facts,
    is_overpayment,
    reading_told,
    reading_words,
    repayment_told,
)
from workflows.letters.matter import Matter, common


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleChange:
    """What an act changed of the schedule of the post, in euros."""

    on: date = field(metadata=labelled("Date du changement"))
    act: str = field(metadata=labelled("Acte qui a changé l’échéancier"))
    amount: Decimal = field(metadata=labelled("Différence"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RepaymentNoticeLetter(LetterData):
    """What the notice tells: the facts, the clause, the amount with its calculation, the period to answer.

    `end` is None for an overpayment, whose facts are the changes of the schedule. `clause` is None when the call has
    none for this end: only months paid and not served come back (A2).
    """

    overpaid: bool = field(metadata=labelled("Trop-perçu sans fin anticipée"))
    end: EndFacts | None = field(metadata=labelled("Fin du poste"))
    known_on: date | None = field(metadata=labelled("Connu de l’agence le"))
    changes: tuple[ScheduleChange, ...] = field(metadata=labelled("Changements de l’échéancier"))
    clause: Clause | None = field(metadata=labelled("Clause de reversement"))
    reading: str = field(metadata=labelled("Ce que l’agence envisage de demander"))
    calculation: Calculation = field(metadata=labelled("Bases de la liquidation"))
    debtor: DebtorData = field(metadata=labelled("Débiteur"))
    amount: Decimal = field(metadata=labelled("Montant envisagé"))
    answer_days: int = field(metadata=labelled("Délai de réponse, en jours"))


def repayment_notice_letter(matter: Matter) -> RepaymentNoticeLetter:
    """The notice that opens a repayment. Raises NothingToTellError when there is no repayment to answer to."""
    clauses, repayment = matter.call.clauses, repayment_told(matter)
    over, clause = is_overpayment(repayment), clause_told(matter, repayment)
    reading = reading_told(matter, repayment)
    declared = () if over else (clauses.end.declare_within_days,)
    return RepaymentNoticeLetter(
        **common(
            matter,
            "Constat d’un trop-perçu et procédure contradictoire avant reversement"
            if over
            else "Constat de fin anticipée et procédure contradictoire avant reversement",
            *(clauses.funding.payee, clauses.end.contradictory_days, *declared),
            *by_law(LIQUIDATION, *([UNDUE] if over else [])),
            clauses=[clause.rule] if clause else [],
            decides=False,
        ),
        overpaid=over,
        end=end_facts(matter, repayment),
        known_on=repayment.known_on,
        changes=_changes(matter) if over else (),
        clause=clause,
        reading=reading_words(repayment, reading),
        calculation=calculation(repayment, reading),
        debtor=debtor_data(matter, repayment),
        amount=repayment.proposed,
        answer_days=matter.present(clauses.end.contradictory_days.value),
    )


def _changes(matter: Matter) -> tuple[ScheduleChange, ...]:
    """What lowered the schedule before the recruiter is heard; the first act wrote it whole and changed nothing."""
    return tuple(
        ScheduleChange(on=made.on, act=label_of(made.act), amount=made.amount)
        for made in matter.view.adjustments[1:]
        if made.entry <= matter.entry and made.amount < 0
    )
