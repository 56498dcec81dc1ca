"""Filing, contract, pieces, what happens to the post afterwards, and who decides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from workflows.actors import DECISION_LEVELS
from workflows.calls.checks.base import each, known, not_among, repeated, tolerant
from workflows.calls.errors import Found, Path
from workflows.calls.model import (
    CallFile,
    Clauses,
    ContractClause,
    Depositor,
    FilingClause,
    PieceClause,
    Unit,
    Window,
)
from workflows.calls.sources import Sourced
from workflows.deadlines import add_months
from workflows.french import short_day

_ROOT: Path = ("clauses",)


def check_clauses(file: CallFile, known_acts: frozenset[str] | None) -> Iterator[Found]:
    """The clauses that are neither gates nor money."""
    clauses = file.clauses
    yield from tolerant(_check_depositors(clauses))
    yield from tolerant(_check_contract(clauses))
    yield from tolerant(_check_pieces(clauses))
    yield from tolerant(_check_waits(clauses))
    yield from tolerant(_check_renewal(clauses))
    yield from tolerant(_check_levels(clauses, known_acts))


def _check_depositors(clauses: Clauses) -> Iterator[Found]:
    path = (*_ROOT, "filing")
    yield from tolerant(_check_joint(path, clauses.filing))
    yield from tolerant(_check_who(path, clauses.filing))
    if known(clauses.silence_months) == 0:
        yield (*_ROOT, "silence_months", "value"), "Le silence se compte au moins en un mois."


def _check_joint(path: Path, filing: FilingClause) -> Iterator[Found]:
    depositors = known(filing.depositors)
    if known(filing.joint) and depositors is not None and len(set(depositors)) < 2:  # noqa: PLR2004  # two make it joint
        yield (
            (*path, "joint", "value"),
            "Un dépôt conjoint demande au moins deux déposants : complétez « depositors ».",
        )


def _check_who(path: Path, filing: FilingClause) -> Iterator[Found]:
    depositors = known(filing.depositors)
    if depositors is None:
        return
    if not depositors:
        yield (*path, "depositors", "value"), "Nommez au moins un déposant, ou écrivez unknown = true."
    if len(set(depositors)) < len(depositors):
        yield (*path, "depositors", "value"), "Un déposant est nommé deux fois : gardez-le une fois."
    if known(filing.unit) is Unit.POST and Depositor.CANDIDATE in depositors:
        message = 'Quand on demande un poste sans candidat (unit = "post"), le candidat ne peut pas déposer.'
        yield (*path, "depositors", "value"), message


def _check_contract(clauses: Clauses) -> Iterator[Found]:
    path = (*_ROOT, "contract")
    yield from tolerant(_check_months(path, clauses.contract))
    yield from tolerant(_check_windows(path, clauses.contract))
    yield from tolerant(_check_fixed_end(path, clauses.contract))


def _check_months(path: Path, contract: ContractClause) -> Iterator[Found]:
    months = known(contract.months)
    if months is not None and (not months or 0 in months):
        yield (*path, "months", "value"), "Donnez au moins une durée en mois, par exemple [12, 24]."
    if months is not None and len(set(months)) < len(months):
        yield (*path, "months", "value"), "Une durée est donnée deux fois : gardez-la une fois."


def _check_windows(path: Path, contract: ContractClause) -> Iterator[Found]:
    windows = known(contract.windows)
    if windows is not None and not windows:
        yield (*path, "windows", "value"), "Donnez au moins une période, ou écrivez unknown = true."
    yield from each((*path, "windows", "value"), windows or (), _check_window)


def _check_window(path: Path, window: Window) -> Iterator[Found]:
    if window.last is not None and window.last < window.first:
        message = f"Le dernier jour ({short_day(window.last)}) vient avant le premier ({short_day(window.first)})."
        yield (*path, "last"), f"{message} Corrigez l’un ou l’autre."


def _check_fixed_end(path: Path, contract: ContractClause) -> Iterator[Found]:
    """Some start in a window must lead to the printed end with one of the durations."""
    end, windows, months = known(contract.fixed_end), known(contract.windows), known(contract.months)
    if end is None or not windows or not months:
        return
    if not any(_reaches(window, n, end) for window in windows for n in months):
        message = f"Aucun début permis suivi de {' ou '.join(map(str, months))} mois ne finit le {short_day(end)}."
        yield (
            (*path, "fixed_end", "value"),
            f"{message} Corrigez la fin, les périodes de début ou les durées.",
        )


def _reaches(window: Window, months: int, end: date) -> bool:
    first_end = add_months(window.first, months) - timedelta(days=1)
    last_end = end if window.last is None else add_months(window.last, months) - timedelta(days=1)
    return first_end <= end <= last_end


def _check_pieces(clauses: Clauses) -> Iterator[Found]:
    path = (*_ROOT, "pieces")
    yield from repeated(path, clauses.pieces, lambda piece: piece.id)
    yield from each(path, clauses.pieces, _check_piece)


def _check_piece(path: Path, piece: PieceClause) -> Iterator[Found]:
    if piece.bullet == 0:
        yield (*path, "bullet"), "Les puces se comptent à partir de 1."
    if not piece.events:
        yield (
            (*path, "events"),
            "Dites pour quel événement la pièce est demandée : filing, replacement ou start.",
        )
    if len(set(piece.events)) < len(piece.events):
        yield (*path, "events"), "Un événement est nommé deux fois : gardez-le une fois."


def _check_waits(clauses: Clauses) -> Iterator[Found]:
    replacement, deferral = clauses.replacement, clauses.deferral
    yield from tolerant(
        _in_order(
            (*_ROOT, "replacement"),
            ("remind_after_days", replacement.remind_after_days),
            ("propose_within_days", replacement.propose_within_days),
            ("give_back_after_days", replacement.give_back_after_days),
        )
    )
    yield from tolerant(
        _in_order(
            (*_ROOT, "deferral"),
            ("usual_months", deferral.usual_months),
            ("longest_months", deferral.longest_months),
        )
    )


def _in_order(path: Path, *waits: tuple[str, Sourced[int]]) -> Iterator[Found]:
    for (before, first), (after, second) in pairwise(waits):
        if first.value is not None and second.value is not None and second.value < first.value:
            yield (*path, after, "value"), f"{second.value} est plus petit que « {before} » ({first.value})."


def _check_renewal(clauses: Clauses) -> Iterator[Found]:
    renewal = clauses.renewal
    if renewal is None:
        return
    for name, value in (("months", renewal.months), ("times", renewal.times)):
        if known(value) == 0:
            yield (
                (*_ROOT, "renewal", name, "value"),
                "Un renouvellement nul ne se déclare pas : retirez la table « renewal ».",
            )


def _check_levels(clauses: Clauses, known_acts: frozenset[str] | None) -> Iterator[Found]:
    levels = [role.value for role in DECISION_LEVELS]
    for act, level in clauses.decision_levels.items():
        path = (*_ROOT, "decision_levels", act)
        if known_acts is not None and act not in known_acts:
            yield path, f"L’acte « {act} » n’existe pas. {not_among(act, known_acts)}"
        if level.value is None:
            yield path, f"Dites qui décide : {', '.join(levels)}."
        elif level.value not in DECISION_LEVELS:
            yield (
                (*path, "value"),
                f"« {level.value} » ne décide pas. Choisissez parmi : {', '.join(levels)}.",
            )
