"""What the letters of a repayment share: who owes, how the sum was reached, by which way it comes back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from workflows import french
from workflows.account.payees import debtor_of, succession_of
from workflows.calls.funding import RepaymentReading
from workflows.calls.sources import Origin, Sourced
from workflows.letters.award import Clause, clause_of
from workflows.letters.data import labelled
from workflows.letters.matter import Matter
from workflows.parts.bases import Bases, EarnedLine
from workflows.parts.credits import Credit, credits_of
from workflows.parts.repayments import RepaymentFile, RepaymentKind

_CCA = "cca"

OVERPAID = "ce qui a été versé au-delà de l’échéancier du poste"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidRow:
    """A payment, in euros, below zero for one that was taken back."""

    on: date = field(metadata=labelled("Date du versement"))
    budget_year: int = field(metadata=labelled("Exercice"))
    amount: Decimal = field(metadata=labelled("Montant versé"))


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnedRow:
    """Months in a row that are worth the same, in euros. `served`: the part of each month, in thirtieths."""

    months: str = field(metadata=labelled("Mois"))
    served: str = field(metadata=labelled("Temps, par mois"))
    monthly: Decimal = field(metadata=labelled("Montant d’un mois"))
    amount: Decimal = field(metadata=labelled("Montant de ces mois"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """The calculation of a debt (bases de la liquidation), in euros.

    `asked`: what other repayments ask already, got back or let go; None for nothing. `kept`: what stays with the
    recruiter under the reading, `kept_words`. `due`: what is left, the most that may be asked.
    """

    paid: tuple[PaidRow, ...] = field(metadata=labelled("Versements"))
    total_paid: Decimal = field(metadata=labelled("Total versé"))
    earned: tuple[EarnedRow, ...] = field(metadata=labelled("Mois dus"))
    earned_words: str = field(metadata=labelled("Intitulé des mois dus"))
    time: str | None = field(metadata=labelled("Temps dû en tout"))
    total_earned: Decimal = field(metadata=labelled("Montant des mois dus"))
    asked: Decimal | None = field(metadata=labelled("Déjà demandé, rendu ou laissé, par ailleurs"))
    kept_words: str = field(metadata=labelled("Ce qui reste au recruteur"))
    kept: Decimal = field(metadata=labelled("Montant qui reste au recruteur"))
    due: Decimal = field(metadata=labelled("Montant à reverser selon ce calcul"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtorData:
    """Who owes: the recruiter, or the legal entity that succeeded it (A5, A43)."""

    name: str = field(metadata=labelled("Nom du débiteur"))
    finess: str = field(metadata=labelled("FINESS de l’établissement débiteur"))
    entity: str = field(metadata=labelled("FINESS de l’entité juridique débitrice"))
    follows: str | None = field(metadata=labelled("Entité juridique à laquelle il succède"))


@dataclass(frozen=True, slots=True, kw_only=True)
class EndFacts:
    """The end that a repayment follows."""

    last_day: date = field(metadata=labelled("Dernier jour de fonctions"))
    planned_end: date | None = field(metadata=labelled("Fin prévue du poste"))
    reason: str = field(metadata=labelled("Motif du départ"))


def repayment_told(matter: Matter) -> RepaymentFile:
    """The repayment that the letter is about. Raises NothingToTellError when it has gone."""
    cause = matter.details.get("repayment")
    return matter.present(matter.view.repayment_of(cause) if cause else matter.view.repayment)


def as_it_was(matter: Matter) -> RepaymentFile:
    """The same as the act left it: what came back or was relieved since is another letter’s. Raises as above."""
    found, known = repayment_told(matter), matter.details.get("movements")
    return replace(found, movements=found.movements[: int(known)]) if known else found


def credit_after(matter: Matter, entry: str) -> Credit:
    """The tranche that an entry of the ledger is about, once it is written. Raises NothingToTellError."""
    ledger = matter.view.ledger
    rank = next((n for n, each in enumerate(ledger) if each.id == entry), None)
    made = ledger[matter.present(rank)]
    credits_then = credits_of(matter.view.tranches, ledger[: ledger.index(made) + 1], matter.view.money_notice)
    return matter.present(next((credit for credit in credits_then if credit.id == made.tranche), None))


def is_overpayment(repayment: RepaymentFile) -> bool:
    """True for what was paid above the schedule, without any end."""
    return repayment.kind is RepaymentKind.OVERPAYMENT


def end_facts(matter: Matter, repayment: RepaymentFile) -> EndFacts | None:
    """The end that a repayment follows; None for an overpayment. Raises NothingToTellError when the end has gone."""
    if is_overpayment(repayment):
        return None
    end, award = matter.present(matter.view.end), matter.view.award
    return EndFacts(
        last_day=end.last_day,
        planned_end=award.planned_end if award else None,
        reason=end.reason.label if end.reason else "motif non connu",
    )


def clause_told(matter: Matter, repayment: RepaymentFile) -> Clause | None:
    """The clause of the call that the repayment rests on; None without one (A2), and for an overpayment."""
    end = matter.view.end
    if is_overpayment(repayment) or end is None:
        return None
    causes = ((_CCA,) if end.cca else ()) + ((end.reason.value,) if end.reason else ())
    return clause_of(matter.call.clauses.funding.repayment_clauses, *causes)


def reading_told(matter: Matter, repayment: RepaymentFile) -> RepaymentReading:
    """The reading announced, then decided; pro rata where no clause is read (A1)."""
    return repayment.read_under(matter.call.clauses.funding)


def reading_words(repayment: RepaymentFile, reading: RepaymentReading) -> str:
    """What is asked, in words."""
    return OVERPAID if is_overpayment(repayment) else reading.asks


def calculation(repayment: RepaymentFile, reading: RepaymentReading) -> Calculation:
    """How the sum was reached, as it was when the repayment was opened."""
    bases, amounts, over = repayment.bases, repayment.amounts, is_overpayment(repayment)
    known = bases or Bases((), ())
    asked_before = known.asked
    limit = amounts.of(reading)
    due = amounts.prorata if limit is None else limit
    return Calculation(
        paid=tuple(PaidRow(on=line.on, budget_year=line.budget_year, amount=line.amount) for line in known.paid),
        total_paid=bases.total_paid if bases else amounts.paid,
        earned=tuple(_earned(line) for line in known.earned),
        earned_words="Mois de l’échéancier du poste" if over else "Mois servis",
        time=french.thirtieths(bases.thirtieths) if bases and bases.earned else None,
        total_earned=amounts.served,
        asked=asked_before or None,
        kept_words="Reste acquis l’échéancier du poste" if over else reading.kept,
        kept=amounts.paid - due,
        due=due,
    )


def _earned(line: EarnedLine) -> EarnedRow:
    return EarnedRow(
        months=french.months(line.first, line.last),
        served=french.thirtieths(line.thirtieths),
        monthly=line.monthly,
        amount=line.amount,
    )


def debtor_data(matter: Matter, repayment: RepaymentFile) -> DebtorData:
    """Who owes: the debtor decided, else the recruiter as it is now. Raises NothingToTellError without either."""
    owes = matter.present(debtor_of(matter.view, repayment))
    taken = succession_of(matter.view, owes)
    return DebtorData(
        name=owes.name, finess=owes.site, entity=owes.legal_entity, follows=taken.former_name if taken else None
    )


def by_law(*articles: str) -> tuple[Sourced[None], ...]:
    """Articles that a letter rests on besides the values of the call."""
    return tuple(Sourced(None, Origin.LAW, article) for article in articles)


#: What to do when the act left a mention out: nobody can add it afterwards.
BY_HAND = "écrivez ce courrier à la main, hors de l’application, et notez-le comme tel"
#: A bill shows its calculation.
LIQUIDATION = "le décret n° 2012-1246 du 7 novembre 2012, art. 24"
#: What was received and was not due is given back.
UNDUE = "le code civil, art. 1302-1"
#: The reasons of a decision; with the contradictory step, and a grant whose conditions are no longer met.
REASONS = "CRPA art. L. 211-2"
ASKED_BACK = "CRPA, art. L. 122-1, L. 211-2 et L. 242-2"


def line_of(matter: Matter) -> Sourced[str]:
    """The line of credits of the call, which may be given after the decision that it pays."""
    return matter.given(lambda call: call.clauses.funding.line)


def credit_line(matter: Matter) -> str:
    """The line of credits that pays, or paid: a mandatory mention."""
    remedy = "l’agence la donne dans le fichier de l’appel, clauses.funding, line"
    return matter.wanted(line_of(matter).value, "la ligne budgétaire", remedy)
