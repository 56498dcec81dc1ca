"""L11 and the reduction of a tranche: what those who receive the credits are told of them, and the accountant."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from workflows.accounts import awarded
from workflows.credits import is_fir, lapses_on
from workflows.effects import Addressee
from workflows.letters.award import MonthLine, TrancheLine, month_lines
from workflows.letters.data import LetterData, labelled
from workflows.letters.debts import credit_after, credit_line, siret_of
from workflows.letters.matter import Matter, common
from workflows.money.tranches import planned_tranches
from workflows.payees import credited_sites, entity_on


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeData:
    """An establishment that receives the credits. `siret` is None until its legal entity was paid once."""

    name: str = field(metadata=labelled("Nom du bénéficiaire"))
    finess: str = field(metadata=labelled("FINESS de l’établissement bénéficiaire"))
    entity: str = field(metadata=labelled("FINESS de l’entité juridique bénéficiaire"))
    siret: str | None = field(metadata=labelled("SIRET du bénéficiaire"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyLetter(LetterData):
    """What a financial notification tells. `tranche` is the next one to delegate, None once all have left.

    `lapses_on`: the last day on which credits of the FIR may be delegated, None on another line. `replaces`: the day of
    the notification that this one replaces.
    """

    line: str = field(metadata=labelled("Ligne budgétaire"))
    payees: tuple[PayeeData, ...] = field(metadata=labelled("Bénéficiaires des crédits"))
    monthly: tuple[MonthLine, ...] = field(metadata=labelled("Montants mensuels"))
    total: Decimal = field(metadata=labelled("Montant notifié"))
    delegated: Decimal = field(metadata=labelled("Crédits déjà délégués"))
    tranche: TrancheLine | None = field(metadata=labelled("Tranche à déléguer"))
    tranches: tuple[TrancheLine, ...] = field(metadata=labelled("Calendrier des tranches"))
    lapses_on: date | None = field(metadata=labelled("Date de péremption des crédits"))
    replaces: date | None = field(metadata=labelled("Notification remplacée"))
    vehicle: str | None = field(metadata=labelled("Acte qui porte les crédits"))
    for_accountant: bool = field(metadata=labelled("Adressé à l’agent comptable"))


def money_letter(matter: Matter) -> MoneyLetter:
    """The notification as it was made. Raises NothingToTellError when there is none."""
    view, funding = matter.view, matter.call.clauses.funding
    notice = matter.present(view.money_notice)
    planned = planned_tranches(matter.present(funding.tranches.value), awarded(view, matter.call))
    tranches = tuple(TrancheLine(due_on=t.due_on, budget_year=t.budget_year, amount=t.amount) for t in planned)
    replaced = matter.details.get("replaces")
    return MoneyLetter(
        **common(
            matter,
            "Notification du financement d’un poste d’assistant spécialiste à temps partagé",
            funding.line,
            funding.payee,
            funding.tranches,
            *(flat.amount for flat in funding.flats),
        ),
        line=credit_line(matter),
        payees=payees(matter),
        monthly=month_lines(notice.monthly),
        total=notice.total,
        delegated=notice.delegated,
        tranche=_next(tranches, notice.delegated),
        tranches=tranches,
        lapses_on=lapses_on(notice.notified_on) if is_fir(funding.line.value) else None,
        replaces=date.fromisoformat(replaced) if replaced else None,
        vehicle=funding.vehicle.value if funding.vehicle else None,
        for_accountant=matter.to is Addressee.ACCOUNTANT,
    )


def payees(matter: Matter) -> tuple[PayeeData, ...]:
    """Who receives the credits, as on the day of the act."""
    view = matter.view
    found = [(site, entity_on(view, site, matter.decided_on)) for site in credited_sites(view, matter.call)]
    return tuple(
        PayeeData(name=site.name, finess=site.id, entity=entity, siret=siret_of(matter, entity))
        for site, entity in found
    )


def _next(tranches: tuple[TrancheLine, ...], delegated: Decimal) -> TrancheLine | None:
    """The first tranche that what was delegated does not cover, for what is left of it."""
    left = delegated
    for tranche in tranches:
        if left < tranche.amount:
            return TrancheLine(due_on=tranche.due_on, budget_year=tranche.budget_year, amount=tranche.amount - left)
        left -= tranche.amount
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReductionLetter(LetterData):
    """What the reduction of a tranche tells: its amount before and after, in euros, and what may still be paid of it.

    `lapses_on`: as for a notification. `deed`: the number or the day of the amending decision, when it has its own.
    """

    tranche: str = field(metadata=labelled("Tranche"))
    notified_on: date = field(metadata=labelled("Date de notification de la tranche"))
    budget_year: int = field(metadata=labelled("Exercice"))
    line: str = field(metadata=labelled("Ligne budgétaire"))
    payees: tuple[PayeeData, ...] = field(metadata=labelled("Bénéficiaires des crédits"))
    before: Decimal = field(metadata=labelled("Montant de la tranche avant"))
    amount: Decimal = field(metadata=labelled("Montant de la réduction"))
    after: Decimal = field(metadata=labelled("Montant de la tranche désormais"))
    paid: Decimal = field(metadata=labelled("Déjà versé"))
    to_pay: Decimal = field(metadata=labelled("Reste à verser"))
    lapses_on: date | None = field(metadata=labelled("Date de péremption des crédits"))
    deed: str | None = field(metadata=labelled("Décision modificative"))
    reasons: str = field(metadata=labelled("Motifs"))
    for_accountant: bool = field(metadata=labelled("Adressé à l’agent comptable"))


def reduction_letter(matter: Matter) -> ReductionLetter:
    """The reduction of a tranche, as it was made. Raises NothingToTellError when it was taken back."""
    view, funding, entry_id = matter.view, matter.call.clauses.funding, matter.details.get("entry")
    taken_back = {entry.corrects for entry in view.ledger}
    entry = matter.present(next((e for e in view.ledger if e.id == entry_id and e.id not in taken_back), None))
    credit = credit_after(matter, entry.id)
    return ReductionLetter(
        **common(matter, "Décision modificative : réduction d’une tranche de crédits", funding.line, funding.payee),
        tranche=credit.id,
        notified_on=credit.notified_on,
        budget_year=credit.budget_year,
        line=credit_line(matter),
        payees=payees(matter),
        before=credit.standing + entry.amount,
        amount=entry.amount,
        after=credit.standing,
        paid=credit.paid,
        to_pay=credit.to_pay,
        lapses_on=lapses_on(credit.notified_on) if is_fir(funding.line.value) else None,
        deed=entry.reference,
        reasons=matter.written(),
        for_accountant=matter.to is Addressee.ACCOUNTANT,
    )
