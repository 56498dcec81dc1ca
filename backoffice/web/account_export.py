"""The account of a post as tables to export: its schedule, its differences, its ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from backoffice.services.exports.table import Cell, Column, Kind, Table, money_columns
from workflows.account.post import ChangeRow, EntryRow, MonthRow, PostAccount
from workflows.acts import label_of
from workflows.french import amount
from workflows.parts.contests import Contest

_LAST = Column("Contestation", Kind.TEXT, 28)

_MONTHS = (
    Column("Mois", Kind.DATE, 12),
    Column("Année du poste", Kind.WHOLE, 8),
    Column("Taux", Kind.SHARE, 8),
    *money_columns("Mois entier"),
    Column("Puis", Kind.TEXT, 14),
    Column("Trentièmes", Kind.WHOLE, 12),
    *money_columns("Montant", "Dû"),
    Column("Exercice", Kind.YEAR, 8),
    _LAST,
)

_CHANGES = (
    Column("Le", Kind.DATE, 12),
    Column("Acte", Kind.TEXT, 32),
    Column("Mois", Kind.DATE, 12),
    Column("Année du poste", Kind.WHOLE, 8),
    Column("Trentièmes", Kind.WHOLE, 12),
    *money_columns("Avant", "Différence", "Après"),
    _LAST,
)

_ENTRIES = (
    Column("Le", Kind.DATE, 12),
    Column("Écriture", Kind.TEXT, 10),
    Column("Nature", Kind.TEXT, 36),
    Column("Tranche", Kind.TEXT, 10),
    Column("Exercice", Kind.YEAR, 8),
    Column("Référence", Kind.TEXT, 24),
    Column("SIRET", Kind.TEXT, 16),
    Column("FINESS", Kind.TEXT, 12),
    *money_columns("Montant", "Reste à verser", "Reste à reverser"),
    Column("Annule", Kind.TEXT, 10),
    Column("Annulée par", Kind.TEXT, 10),
    _LAST,
)


def schedule_table(account: PostAccount) -> Table:
    """A row for each month of the schedule."""
    return Table("Échéancier", _MONTHS, (_month(row) for year in account.years for row in year.months))


def changes_table(account: PostAccount) -> Table:
    """A row for each month that each act changed."""
    return Table("Différences", _CHANGES, _changes(account))


def entries_table(account: PostAccount) -> Table:
    """A row for each line of the ledger."""
    return Table("Écritures", _ENTRIES, (_entry(row) for row in account.entries))


def _month(row: MonthRow) -> tuple[Cell, ...]:
    first = row.whole[0] if row.whole else None
    then = ", puis ".join(map(amount, row.whole[1:])) or None
    return (
        *(date(row.year, row.month, 1), row.post_year, row.rate, first, then, row.thirtieths, row.amount),
        *(row.due, row.year, _contested(row.contests)),
    )


def _changes(account: PostAccount) -> Iterator[tuple[Cell, ...]]:
    for made in account.adjustments:
        label = label_of(made.act)
        for change in made.changes:
            yield (made.on, label, *_change(change), _contested(made.contests))


def _change(row: ChangeRow) -> tuple[Cell, ...]:
    return (date(row.year, row.month, 1), row.post_year, row.thirtieths, row.before, row.gained, row.after)


def _entry(row: EntryRow) -> tuple[Cell, ...]:
    line, payee = row.line, row.payee
    return (
        *(line.on, line.id, line.label, line.tranche, line.budget_year, line.reference),
        *((payee.siret, payee.legal_entity) if payee else (None, None)),
        *(line.amount, line.after.to_pay, line.after.to_recover),
        *(line.corrects, row.corrected_by, _contested(row.contests)),
    )


def _contested(contests: tuple[Contest, ...]) -> str | None:
    return contests[-1].state.label if contests else None
