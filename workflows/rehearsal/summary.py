"""The end of the page: each dossier, the quotas, and whether all went as the scenario expected."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.dossier import Dossier
from workflows.french import amount, count, listing, short_day, thirtieths
from workflows.money.served import FULL_MONTH
from workflows.rehearsal.groups import dossier_words
from workflows.rehearsal.report import Account, DossierReport, Month, Owed, Rehearsal

_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def closing_lines(found: Rehearsal) -> Iterator[str]:
    """The lines after the history."""
    yield from ("", "BILAN")
    numbers = tuple(report.dossier.number for report in found.dossiers)
    alike: dict[tuple[str, ...], list[str]] = {}
    for report in found.dossiers:
        alike.setdefault(tuple(_dossier(report)), []).append(report.dossier.number)
    for body, some in alike.items():
        yield from ("", dossier_words(some, numbers), *(f"  {line}" for line in body))
    if found.quotas:
        yield from ("", "PLACES")
        for quota in found.quotas:
            limit = "pour un nombre de places inconnu" if quota.places is None else f"sur {quota.places}"
            most = f", {quota.highest} au plus pendant la répétition" if quota.highest > quota.taken else ""
            yield f"  « {quota.label} » : {count(quota.taken, 'place prise', 'places prises')} {limit}{most}."
    yield from _verdict(found)


def _verdict(found: Rehearsal) -> Iterator[str]:
    if not found.expected:
        return
    missed = len(found.unmet)
    yield ""
    if missed:
        yield f"ATTENTES : {missed} sur {found.expected} manquées, signalées en capitales dans l’historique."
    elif found.expected == 1:
        yield "ATTENTES : celle du scénario est tenue."
    else:
        yield f"ATTENTES : les {found.expected} du scénario sont toutes tenues."


def _dossier(report: DossierReport) -> Iterator[str]:
    dossier, award = report.dossier, report.dossier.award
    yield f"État : {dossier.state.label}"
    if report.silence_on:
        yield f"Délai de silence : rejet implicite le {short_day(report.silence_on)}"
    if award and award.planned_start and award.planned_end:
        yield f"Poste prévu du {short_day(award.planned_start)} au {short_day(award.planned_end)}"
    if dossier.tenures:
        yield f"Titulaires : {' ; '.join(_stays(report))}"
    if dossier.end:
        cause = f", {dossier.end.reason.label}" if dossier.end.reason else ""
        last = f", dernier jour {short_day(dossier.end.last_day)}" if dossier.tenures else ""
        yield f"Fin : {dossier.end.outcome.label}{cause}{last}"
    yield from _money(report)
    yield from _tranches(dossier)
    if report.owed:
        yield from _owed(report.owed, dossier)
    if report.coming:
        yield "Prochaines échéances :"
        yield from (f"  {short_day(due.on)} : {due.what}" for due in report.coming)


def _stays(report: DossierReport) -> Iterator[str]:
    for stay in report.dossier.tenures:
        who = report.holders.get(stay.candidate or "", "sans nom")
        until = f" au {short_day(stay.ends_on)}" if stay.ends_on else ", en fonctions"
        yield f"{who} du {short_day(stay.starts_on)}{until}"


def _money(report: DossierReport) -> Iterator[str]:
    awarded, funded = report.awarded, report.funded
    served = "Poste servi" if report.dossier.end else "Poste servi et à servir"
    if awarded is not None:
        yield from _account("Poste accordé", awarded)
    if funded is not None and awarded is not None and _alike(awarded, funded):
        yield f"{served} : comme accordé"
    elif funded is not None:
        yield from _account(served, funded)
    for cost in report.costs:
        told = f"{amount(cost.amount)} par mois" if cost.amount is not None else "montant inconnu"
        chosen = ", lecture retenue" if cost.chosen else ""
        yield f"Selon la lecture « {cost.label} » : {told}{chosen}"


def _alike(awarded: Account, funded: Account) -> bool:
    """True when the post is served month for month as it was awarded, by one doctor at a time."""
    months = [[(m.year, m.month, m.thirtieths, m.amount) for m in a.lines] for a in (awarded, funded)]
    return months[0] == months[1] and all(len(m.holders) == 1 for m in funded.lines)


def _account(label: str, account: Account) -> Iterator[str]:
    months = thirtieths(int(account.months * FULL_MONTH))
    if account.total is None:
        yield f"{label} : {months}, montant inconnu ({account.unknown}) : rien ne peut être notifié"
        return
    yield f"{label} : {months}, {amount(account.total)}"
    if account.unsettled:
        yield f"  Montant montré, pas notifiable : personne n’a encore décidé {listing(account.unsettled)}"
    yield f"  {' ; '.join(f'{year} : {amount(due)}' for year, due in account.by_year.items())}"
    for month in account.lines:
        if len(month.holders) > 1 or month.thirtieths < FULL_MONTH:
            yield f"  {_month(month)}"


def _month(month: Month) -> str:
    """A month that is not whole, or that two doctors shared."""
    shares = listing(f"{who} {thirtieths(n)}" for who, n in month.holders)
    due = f", {amount(month.amount)}" if month.amount is not None else ""
    detail = f" ({shares})" if len(month.holders) > 1 else ""
    return f"{_MONTHS[month.month - 1]} {month.year} : {thirtieths(month.thirtieths)}{detail}{due}"


def _tranches(dossier: Dossier) -> Iterator[str]:
    if not dossier.tranches:
        return
    yield f"Crédits délégués : {amount(dossier.delegated)}"
    for tranche in dossier.tranches:
        when = short_day(tranche.delegated_on)
        yield f"  {when}, exercice {tranche.budget_year} : {amount(tranche.amount)}"
    yield f"Crédits versés : {amount(dossier.paid)}"


def _owed(owed: Owed, dossier: Dossier) -> Iterator[str]:
    yield f"Reversement : {amount(owed.paid)} versés, {amount(owed.served)} servis"
    for line in owed.readings:
        allowed = "" if line.allowed else ", qu’aucune clause ne permet pour cette fin"
        shown = ""
        if line.reading is owed.shown:
            alone = sum(each.allowed for each in owed.readings) == 1
            signed = ", lecture signée" if owed.decidable else ", lecture montrée tant que l’agence n’a pas signé"
            shown = ", seule lecture possible" if alone else signed
        yield f"  {line.reading.label.capitalize()} : {amount(line.amount)}{allowed}{shown}"
    current = dossier.repayment
    if current is None:
        yield "  Aucun reversement ouvert"
        return
    decided = f", {amount(current.decided)} décidés" if current.decided is not None else ""
    left = f", reste {amount(current.outstanding)}" if current.decided is not None else ""
    yield f"  Étape : {current.state_label}{decided}{left}"
