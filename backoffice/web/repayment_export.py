"""A repayment as tables to export: those of its page, by the name that the address of the file gives each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from backoffice.services.exports.table import Cell, Column, Kind, Table, money_columns
from backoffice.web.letters import LetterLine
from backoffice.web.receipts import ClockLine
from backoffice.web.repayment_page import RepaymentPage, Row
from backoffice.web.words import capital, rule
from workflows.french import typography
from workflows.parts.claims import Claim
from workflows.repaying.view import DebtLine, ReadingLine

_AMOUNT = money_columns("Montant")
_SUMS = (Column("Ligne", Kind.TEXT, 28), *_AMOUNT)
_READINGS = (
    Column("Lecture", Kind.TEXT, 24),
    Column("Ce qu’elle demande", Kind.TEXT, 60),
    *_AMOUNT,
    Column("Sans montant", Kind.TEXT, 40),
    Column("Choix", Kind.TEXT, 28),
)
_ROWS = (Column("Ligne", Kind.TEXT, 36), Column("Détail", Kind.TEXT, 60), *_AMOUNT)
_MOVED = (
    Column("Le", Kind.DATE, 12),
    Column("Mouvement", Kind.TEXT, 36),
    Column("Tranche", Kind.TEXT, 10),
    Column("Décision", Kind.TEXT, 40),
    *money_columns("Montant", "Reste dû"),
)
_CLAIMS = (
    Column("Reçue le", Kind.DATE, 12),
    *money_columns("Contesté"),
    Column("Où elle en est", Kind.TEXT, 40),
    Column("Répondue le", Kind.DATE, 12),
    *money_columns("Accordé"),
)
_LETTERS = (
    Column("Courrier", Kind.TEXT, 48),
    Column("À", Kind.TEXT, 36),
    Column("Où il en est", Kind.TEXT, 36),
    Column("À faire", Kind.TEXT, 48),
)
_CLOCKS = (
    Column("Délai", Kind.TEXT, 36),
    Column("Règle", Kind.TEXT, 24),
    Column("Courrier", Kind.TEXT, 36),
    Column("Destinataire", Kind.TEXT, 24),
    Column("Où il en est", Kind.TEXT, 60),
    Column("Délai de distance", Kind.TEXT, 36),
    Column("Preuve", Kind.TEXT, 48),
)
#: Why a reading has no amount (A2).
NO_CLAUSE = "aucune clause ne le permet pour cette fin"


def tables(shown: RepaymentPage) -> Mapping[str, Table]:
    """The tables of the page, for its visitor: nothing is read before their rows are gone through."""
    return {
        "somme": Table("La somme", _SUMS, ((row.what, row.amount) for row in shown.sums)),
        "lectures": Table("Lectures", _READINGS, (_reading(shown, line) for line in shown.view.readings)),
        "calcul": Table("Calcul", _ROWS, map(_row, shown.rows)),
        "mouvements": Table("Mouvements", _MOVED, map(_moved, shown.view.moved)),
        "reclamations": Table("Réclamations", _CLAIMS, (_claim(shown, claim) for claim in shown.view.claims)),
        "courriers": Table("Courriers", _LETTERS, _letters(shown)),
        "delais": Table("Délais", _CLOCKS, _clocks(shown)),
    }


def _reading(shown: RepaymentPage, line: ReadingLine) -> tuple[Cell, ...]:
    why = NO_CLAUSE if line.amount is None else None
    return (line.label, line.asks, line.amount, why, shown.choice(line) or None)


def _row(row: Row) -> tuple[Cell, ...]:
    return (row.what, typography(row.detail) or None, row.amount)


def _moved(line: DebtLine) -> tuple[Cell, ...]:
    moved = line.movement
    amount = -moved.amount if moved.corrects else moved.amount
    return (moved.on, capital(typography(moved.label)), moved.tranche, moved.authority, amount, line.left)


def _claim(shown: RepaymentPage, claim: Claim) -> tuple[Cell, ...]:
    return (claim.filed_on, claim.contested, shown.answer(claim), claim.answered_on, claim.granted)


def _letters(shown: RepaymentPage) -> Iterator[tuple[Cell, ...]]:
    yield from map(_letter, shown.letters)


def _letter(line: LetterLine) -> tuple[Cell, ...]:
    return (line.what, line.to, line.stands, typography(line.lost) or None)


def _clocks(shown: RepaymentPage) -> Iterator[tuple[Cell, ...]]:
    yield from map(_clock, shown.clocks)


def _rule(source: str) -> str | None:
    """The rule in the words of the page for its visitor."""
    told = rule(source)
    return told.striptags() if isinstance(told, Markup) else None


def _clock(line: ClockLine) -> tuple[Cell, ...]:
    told = (line.letter, line.to, line.stands, line.distant, line.proof)
    return (line.what, _rule(line.rule), *(text or None for text in told))
