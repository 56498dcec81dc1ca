"""Letters on the way a repayment comes back: another way for who owes, and what becomes of a title asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from workflows.account.payees import last_siret
from workflows.calls.funding import Vehicle
from workflows.calls.sources import Sourced
from workflows.letters.data import LetterData, labelled
from workflows.letters.debts import BY_HAND, REASONS, DebtorData, as_it_was, by_law, debtor_data
from workflows.letters.matter import Matter, NothingToTellError, common
from workflows.letters.remedies import may_cite_crpa
from workflows.parts.repayments import RepaymentFile
from workflows.parts.titles import TitleChange


@dataclass(frozen=True, slots=True, kw_only=True)
class WayLetter(LetterData):
    """Another way for a sum that was asked back already: the way given up, the one taken, what is left to come back."""

    before: str = field(metadata=labelled("Voie abandonnée"))
    way: str = field(metadata=labelled("Voie retenue"))
    by_title: bool = field(metadata=labelled("Recouvré par un titre"))
    by_amendment: bool = field(metadata=labelled("Repris par une décision modificative"))
    by_offset: bool = field(metadata=labelled("Compensé sur une tranche"))
    deed: str | None = field(metadata=labelled("Décision modificative"))
    title_asked: bool = field(metadata=labelled("Titre demandé"))
    debtor: DebtorData = field(metadata=labelled("Débiteur"))
    decided: Decimal = field(metadata=labelled("Montant décidé"))
    repayment_on: date = field(metadata=labelled("Date de la décision de reversement"))
    left: Decimal = field(metadata=labelled("Reste dû"))
    line: str | None = field(metadata=labelled("Ligne budgétaire"))
    reasons: str = field(metadata=labelled("Motifs"))


def way_letter(matter: Matter) -> WayLetter:
    """Another way. Raises NothingToTellError when the repayment is gone, or comes back by yet another way."""
    repayment, way = as_it_was(matter), _way(matter, "vehicle")
    deed = matter.details.get("deed")
    if (repayment.way, repayment.deed) != (way, deed):
        raise NothingToTellError
    return WayLetter(
        **common(matter, "Changement de la voie de recouvrement d’un reversement", *_reasoned(matter)),
        before=_way(matter, "before").label,
        way=way.label,
        by_title=way is Vehicle.TITLE,
        by_amendment=way is Vehicle.AMENDING_DECISION,
        by_offset=way is Vehicle.OFFSET,
        deed=deed,
        title_asked=repayment.title_was_asked,
        debtor=debtor_data(matter, repayment),
        decided=matter.present(repayment.decided),
        repayment_on=matter.present(repayment.decided_on),
        left=repayment.outstanding,
        line=matter.call.clauses.funding.line.value,
        reasons=matter.written(),
    )


def _way(matter: Matter, name: str) -> Vehicle:
    return Vehicle(matter.present(matter.details.get(name)))


def _reasoned(matter: Matter) -> tuple[Sourced[None], ...]:
    return by_law(REASONS) if may_cite_crpa(matter.call) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedTitle:
    """A title that was asked for: by which decision, when (None: not known), for how much, its number once issued."""

    decision_on: date = field(metadata=labelled("Date de la décision de reversement"))
    asked_on: date | None = field(metadata=labelled("Demandé le"))
    amount: Decimal | None = field(metadata=labelled("Montant demandé"))
    bill: str | None = field(metadata=labelled("Numéro du titre"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleChangeLetter(LetterData):
    """What the accountant is to do of a title asked for: drop it, take it up again, or name another debtor.

    `left`, in euros: what is still to come back; None where only the debtor changes. `way`: the one taken instead.
    `mistaken`: the number that letters gave of the title and that is not its own; None for the rest.
    """

    withdrawn: bool = field(metadata=labelled("Demande retirée"))
    restored: bool = field(metadata=labelled("Demande maintenue"))
    succeeded: bool = field(metadata=labelled("Débiteur changé"))
    mistaken: str | None = field(metadata=labelled("Numéro de titre donné par erreur"))
    titles: tuple[AskedTitle, ...] = field(metadata=labelled("Titres demandés"))
    debtor: DebtorData = field(metadata=labelled("Débiteur"))
    siret: str | None = field(metadata=labelled("SIRET du débiteur"))
    left: Decimal | None = field(metadata=labelled("Reste dû"))
    way: str | None = field(metadata=labelled("Voie retenue"))
    deed: str | None = field(metadata=labelled("Décision modificative"))
    reasons: str = field(metadata=labelled("Motifs"))


_TITLES = {
    TitleChange.WITHDRAWN: "Retrait d’une demande de titre de recettes",
    TitleChange.RESTORED: "Maintien d’une demande de titre de recettes",
    TitleChange.SUCCEEDED: "Changement du débiteur d’un titre de recettes",
    TitleChange.MISTAKEN: "Correction du numéro d’un titre de recettes",
}


def title_change_letter(matter: Matter) -> TitleChangeLetter:
    """What becomes of a title. Raises NothingToTellError when the repayment is gone, or it became something else."""
    change = TitleChange(matter.present(matter.details.get("change")))
    repayment = as_it_was(matter)
    if repayment.title_stands is (change is TitleChange.WITHDRAWN):
        raise NothingToTellError
    debtor, succeeded = debtor_data(matter, repayment), change is TitleChange.SUCCEEDED
    return TitleChangeLetter(
        **common(matter, _TITLES[change], decides=False),
        withdrawn=change is TitleChange.WITHDRAWN,
        restored=change is TitleChange.RESTORED,
        succeeded=succeeded,
        mistaken=matter.present(matter.details.get("bill")) if change is TitleChange.MISTAKEN else None,
        titles=tuple(_asked(matter, each) for each in (repayment, *_others(matter))),
        debtor=debtor,
        siret=siret_told(matter, debtor) if change is not TitleChange.WITHDRAWN else None,
        left=None if succeeded else repayment.outstanding,
        way=None if repayment.by_title else repayment.way.label,
        deed=repayment.deed,
        reasons=matter.written(),
    )


def _others(matter: Matter) -> tuple[RepaymentFile, ...]:
    """The other repayments of the post whose title the letter is about too."""
    causes = matter.details.get("others", "").split()
    return tuple(matter.present(matter.view.repayment_of(cause)) for cause in causes)


def _asked(matter: Matter, repayment: RepaymentFile) -> AskedTitle:
    told = matter.details.get("asked")  # before it stood again for what was left of it
    return AskedTitle(
        decision_on=matter.present(repayment.decided_on),
        asked_on=repayment.title_asked_on,
        amount=Decimal(told) if told else repayment.title_amount,
        bill=repayment.title,
    )


def siret_told(matter: Matter, debtor: DebtorData) -> str:
    """The SIRET of the debtor: the one that the act gave for that entity, else the one it was paid on last."""
    given, entity = matter.details.get("siret"), matter.details.get("entity")
    # what an older release asked for names no entity: it is trusted while nobody has taken over
    its_own = entity == debtor.entity if entity else debtor.follows is None
    found = given if given and its_own else last_siret(matter.view, debtor.entity)
    return matter.wanted(found, "le SIRET du débiteur", BY_HAND)
