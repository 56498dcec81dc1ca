"""Facts that a scenario checks at an instant."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from workflows.dossier import Dossier
from workflows.french import amount, short_day, thirtieths
from workflows.money.served import FULL_MONTH
from workflows.rehearsal.money import awarded_account, funded_account, owed
from workflows.rehearsal.report import Account, Checked
from workflows.rehearsal.scenario import CheckFile, Checkpoint
from workflows.rehearsal.words import dates_of
from workflows.rehearsal.world import World

NOTHING = "rien"


def checked(point: Checkpoint, world: World) -> Iterator[Checked]:
    """Every fact of a check, found as it stands now."""
    for number in point.dossiers:
        for what, wanted, found in _facts(point.file, world.dossiers[number], world):
            yield Checked(world.now, number, what, wanted, found, point.file.note)
    taken = world.taken()
    for quota, places in point.file.quotas.items():
        found = str(taken[quota]) if quota in taken else "contingent inconnu"
        yield Checked(world.now, None, f"places prises, {quota}", str(places), found, point.file.note)


def _facts(check: CheckFile, dossier: Dossier, world: World) -> Iterator[tuple[str, str, str]]:
    dates = dates_of(dossier, world.today)
    if check.state is not None:
        yield "état", check.state.label, dossier.state.label
    for what, name, day in (
        ("rejet implicite", "silence_on", check.silence),
        ("prise de fonctions", "planned_start", check.start),
        ("fin du poste", "planned_end", check.end),
    ):
        if day is not None:
            yield what, short_day(day), short_day(dates[name]) if name in dates else NOTHING
    if check.delegated is not None:
        yield "crédits délégués", amount(check.delegated), amount(dossier.delegated)
    if check.paid is not None:
        yield "crédits versés", amount(check.paid), amount(dossier.paid)
    yield from _money(check, dossier, world)


def _money(check: CheckFile, dossier: Dossier, world: World) -> Iterator[tuple[str, str, str]]:
    account = funded_account(dossier, world.call, {}) or awarded_account(dossier, world.call)
    if check.months is not None:
        wanted = check.months * FULL_MONTH
        yield "mois financés", _months(wanted), _months(account.months * FULL_MONTH) if account else NOTHING
    if check.total is not None:
        yield "montant financé", amount(check.total), _total(account)
    for year, due in check.by_year.items():
        found = account.by_year.get(int(year)) if account and year.isdigit() else None
        yield f"exercice {year}", amount(due), NOTHING if found is None else amount(found)
    found_owed = owed(dossier, world.call) if check.repay else None
    amounts = {line.reading: line.amount for line in found_owed.readings} if found_owed else {}
    for reading, due in check.repay.items():
        told = amount(amounts[reading]) if reading in amounts else NOTHING
        yield f"reversement {reading.label}", amount(due), told


def _months(parts: Fraction) -> str:
    return thirtieths(int(parts)) if parts.denominator == 1 else f"{parts}/30"


def _total(account: Account | None) -> str:
    if account is None or account.total is None:
        return NOTHING
    return amount(account.total)
