"""L11 and the reduction of a tranche: what those who receive the credits are told of them, and the accountant."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from workflows.account.payees import credited_sites, entity_on, last_siret
from workflows.account.worth import awarded, funded
from workflows.dossier import Dossier
from workflows.effects import Addressee
from workflows.french import amount
from workflows.letters.award import MonthLine, TrancheLine, month_lines
from workflows.letters.data import LetterData, labelled
from workflows.letters.debts import REASONS, by_law, credit_after, credit_line, line_of
from workflows.letters.matter import Matter, common
from workflows.letters.remedies import may_cite_crpa
from workflows.money.tranches import PlannedTranche, due_of, planned_tranches, still_due
from workflows.parts.credits import MoneyNotice, is_fir, lapses_on


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeData:
    """An establishment that receives the credits. `siret` is None until its legal entity was paid once."""

    name: str = field(metadata=labelled("Nom du bénéficiaire"))
    finess: str = field(metadata=labelled("FINESS de l’établissement bénéficiaire"))
    entity: str = field(metadata=labelled("FINESS de l’entité juridique bénéficiaire"))
    siret: str | None = field(metadata=labelled("SIRET du bénéficiaire"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseLine:
    """Credits notified, in euros, with the last day on which they may be paid."""

    amount: Decimal = field(metadata=labelled("Montant"))
    last_day: date = field(metadata=labelled("Dernier jour"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyLetter(LetterData):
    """What a financial notification tells. `tranche` is the next one to delegate, None once all have left.

    `lapses_on`: the last day to pay what comes first of the credits of the FIR, None on another line. `lapses`: what is
    left to delegate, or else all that was notified, by its last day when there are several. `unspent`: what the months
    without a doctor leave of the total, None when they leave nothing. `replaces`: the day of the notification that
    this one replaces.
    """

    line: str = field(metadata=labelled("Ligne budgétaire"))
    payees: tuple[PayeeData, ...] = field(metadata=labelled("Bénéficiaires des crédits"))
    monthly: tuple[MonthLine, ...] = field(metadata=labelled("Montants mensuels"))
    total: Decimal = field(metadata=labelled("Montant notifié"))
    delegated: Decimal = field(metadata=labelled("Crédits déjà délégués"))
    tranche: TrancheLine | None = field(metadata=labelled("Tranche à déléguer"))
    tranches: tuple[TrancheLine, ...] = field(metadata=labelled("Calendrier des tranches"))
    unspent: Decimal | None = field(metadata=labelled("Mois sans médecin, qui ne sont pas délégués"))
    lapses_on: date | None = field(metadata=labelled("Date de péremption des crédits"))
    lapses: tuple[LapseLine, ...] = field(metadata=labelled("Crédits par date de péremption"))
    replaces: date | None = field(metadata=labelled("Notification remplacée"))
    vehicle: str | None = field(metadata=labelled("Acte qui porte les crédits"))
    for_accountant: bool = field(metadata=labelled("Adressé à l’agent comptable"))


class UnevenTranchesError(ValueError):
    """The tranches of a financial notification do not add up to what it notifies."""

    def __init__(self, total: Decimal, planned: Decimal) -> None:
        super().__init__(
            f"Le calendrier des tranches fait {amount(planned)} et la notification {amount(total)} : "
            "l’échéancier a changé depuis. Notifiez de nouveau le financement."
        )


def money_letter(matter: Matter) -> MoneyLetter:
    """The notification as it was made. Raises NothingToTellError when there is none, UnevenTranchesError."""
    view, funding, line = matter.view, matter.call.clauses.funding, line_of(matter)
    notice = matter.present(view.money_notice)
    planned, unspent = _calendar(matter, notice.total)
    waiting = _next(planned, notice)
    lapses = _lapses(view) if is_fir(line.value) else ()
    replaced = matter.details.get("replaces")
    return MoneyLetter(
        **common(
            matter,
            "Notification du financement d’un poste d’assistant spécialiste à temps partagé",
            line,
            funding.payee,
            funding.tranches,
            *(flat.amount for flat in funding.flats),
            decides=matter.to is not Addressee.ACCOUNTANT,
        ),
        line=credit_line(matter),
        payees=payees(matter),
        monthly=month_lines(notice),
        total=notice.total,
        delegated=notice.delegated,
        tranche=_tranche_line(waiting) if waiting else None,
        tranches=tuple(map(_tranche_line, planned)),
        unspent=unspent or None,
        lapses_on=lapses[0].last_day if lapses else None,
        lapses=lapses if len(lapses) > 1 else (),
        replaces=date.fromisoformat(replaced) if replaced else None,
        vehicle=funding.vehicle.value if funding.vehicle else None,
        for_accountant=matter.to is Addressee.ACCOUNTANT,
    )


def _lapses(view: Dossier) -> tuple[LapseLine, ...]:
    """What is left to delegate, by the last day to pay it; once all has left, the whole of what was notified."""
    found: dict[date, Decimal] = {}
    for part in view.undelegated or (view.money_notice.notified if view.money_notice else ()):
        last = lapses_on(part.on)
        found[last] = found.get(last, Decimal(0)) + part.amount
    return tuple(LapseLine(amount=found[last], last_day=last) for last in sorted(found))


def _calendar(matter: Matter, total: Decimal) -> tuple[tuple[PlannedTranche, ...], Decimal]:
    """The tranches planned on the day of the notification and what vacant months leave: together, its total."""
    pattern = matter.present(matter.given(lambda call: call.clauses.funding.tranches).value)
    whole, financed = awarded(matter.view, matter.call).total, funded(matter.view, matter.call)
    if whole != total:
        raise UnevenTranchesError(total, whole)
    return planned_tranches(pattern, financed), whole - financed.total


def _next(planned: tuple[PlannedTranche, ...], notice: MoneyNotice) -> PlannedTranche | None:
    """The first tranche that what was delegated does not cover, for what is left of it.

    One whose budget year was over already is delegated on that of the notification, with what is due by then.
    """
    on, delegated = notice.notified_on, notice.delegated
    left = (replace(one, amount=still_due(planned, one.budget_year, delegated)) for one in planned)
    found = next((one for one in left if one.amount), None)
    if found is None or found.budget_year >= on.year:
        return found
    return PlannedTranche(on, on.year, due_of(planned, on.year, on, delegated))


def _tranche_line(one: PlannedTranche) -> TrancheLine:
    return TrancheLine(due_on=one.due_on, budget_year=one.budget_year, amount=one.amount)


def payees(matter: Matter) -> tuple[PayeeData, ...]:
    """Who receives the credits, as on the day of the act."""
    view = matter.view
    found = [(site, entity_on(view, site, matter.decided_on)) for site in credited_sites(view, matter.call)]
    return tuple(
        PayeeData(name=site.name, finess=site.id, entity=entity, siret=last_siret(view, entity))
        for site, entity in found
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReductionLetter(LetterData):
    """What the reduction of a tranche tells: its amount before and after, in euros, and what may still be paid of it.

    `lapses_on`: as for a notification. `deed`: the number or the day of the amending decision, when it has its own.
    """

    tranche: str = field(metadata=labelled("Tranche"))
    notified_on: date = field(metadata=labelled("Date de délégation de la tranche"))
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
    view, line, entry_id = matter.view, line_of(matter), matter.details.get("entry")
    taken_back = {entry.corrects for entry in view.ledger}
    entry = matter.present(next((e for e in view.ledger if e.id == entry_id and e.id not in taken_back), None))
    credit, payee = credit_after(matter, entry.id), matter.call.clauses.funding.payee
    return ReductionLetter(
        **common(
            matter,
            "Décision modificative : réduction d’une tranche de crédits",
            line,
            payee,
            *(by_law(REASONS) if may_cite_crpa(matter.call) else ()),
            decides=matter.to is not Addressee.ACCOUNTANT,
        ),
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
        lapses_on=credit.lapses_on if is_fir(line.value) else None,
        deed=entry.reference,
        reasons=matter.written(),
        for_accountant=matter.to is Addressee.ACCOUNTANT,
    )
