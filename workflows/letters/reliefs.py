"""Letters by which a debt shrinks or is given up: a relief granted, a claim answered, a repayment not asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from workflows.calls.sources import Sourced
from workflows.effects import Addressee
from workflows.letters.data import LetterData, labelled
from workflows.letters.debts import (
    BY_HAND,
    REASONS,
    DebtorData,
    EndFacts,
    as_it_was,
    by_law,
    debtor_data,
    end_facts,
    is_overpayment,
    repayment_told,
)
from workflows.letters.matter import Matter, common
from workflows.letters.remedies import may_cite_crpa
from workflows.parts.claims import Claim, ClaimState
from workflows.parts.reliefs import Relief
from workflows.parts.repayments import RepaymentFile

_CLAIM_LAW = "le décret n° 2012-1246 du 7 novembre 2012, art. 118"
_TITLES = {
    Relief.REDUCED: "Décision de réduction d’un reversement",
    Relief.REMITTED: "Décision de remise gracieuse",
    Relief.WRITTEN_OFF: "Décision d’admission en non-valeur",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefLetter(LetterData):
    """What a relief tells: what it is, on how much, by which authority, and what is left to pay, in euros.

    A reduction says that it was not due, a remission forgives it, a write-off gives up collecting it. `before` is what
    was still due then, what was written off included, and so is `left`, but for a write-off: what is still collected.
    `title` of the bill: `bill`, None while none was issued.
    """

    measure: str = field(metadata=labelled("Nature de la mesure"))
    reduced: bool = field(metadata=labelled("Réduction"))
    remitted: bool = field(metadata=labelled("Remise gracieuse"))
    written_off: bool = field(metadata=labelled("Admission en non-valeur"))
    amount: Decimal = field(metadata=labelled("Montant de la mesure"))
    authority: str = field(metadata=labelled("Autorité et décision"))
    authority_on: date | None = field(metadata=labelled("Date de la décision de l’autorité"))
    opinion_on: date | None = field(metadata=labelled("Date de l’avis de l’agent comptable"))
    reasons: str = field(metadata=labelled("Motifs"))
    debtor: DebtorData = field(metadata=labelled("Débiteur"))
    decided: Decimal = field(metadata=labelled("Montant décidé"))
    repayment_on: date = field(metadata=labelled("Date de la décision de reversement"))
    bill: str | None = field(metadata=labelled("Numéro du titre de recettes"))
    before: Decimal = field(metadata=labelled("Restait dû avant la mesure"))
    left: Decimal = field(metadata=labelled("Reste dû"))
    settled: bool = field(metadata=labelled("Plus rien n’est dû"))
    for_accountant: bool = field(metadata=labelled("Adressé à l’agent comptable"))


def relief_letter(matter: Matter) -> ReliefLetter:
    """The relief that was granted. Raises NothingToTellError when it is gone."""
    repayment = as_it_was(matter)
    relief = Relief(matter.present(matter.details.get("relief")))
    rank = matter.present(_rank(repayment, relief))
    granted, after = repayment.movements[rank], replace(repayment, movements=repayment.movements[: rank + 1])
    before = replace(repayment, movements=repayment.movements[:rank])
    to_accountant = matter.to is Addressee.ACCOUNTANT
    return ReliefLetter(
        **common(matter, _TITLES[relief], *_reasoned(matter), decides=not to_accountant),
        measure=relief.label,
        reduced=relief is Relief.REDUCED,
        remitted=relief is Relief.REMITTED,
        written_off=relief is Relief.WRITTEN_OFF,
        amount=granted.amount,
        authority=_authority(matter, granted.authority),
        authority_on=granted.authority_on,
        opinion_on=granted.opinion_on,
        reasons=matter.written(),
        debtor=debtor_data(matter, repayment),
        decided=matter.present(repayment.decided),
        repayment_on=matter.present(repayment.decided_on),
        bill=repayment.title,
        before=before.payable,
        left=after.outstanding if relief is Relief.WRITTEN_OFF else after.payable,
        settled=after.payable == 0,
        for_accountant=to_accountant,
    )


def _rank(repayment: RepaymentFile, relief: Relief) -> int | None:
    """The place of the last movement that grants a relief, among those of a repayment."""
    found = (n for n, moved in enumerate(repayment.movements) if moved.kind.value == relief.value)
    return max(found, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLetter(LetterData):
    """The answer to a claim: what it contested, what is granted, why, and what is asked after it, in euros.

    `granted` is None for a claim that is rejected.
    """

    filed_on: date = field(metadata=labelled("Date de la réclamation"))
    contested: Decimal = field(metadata=labelled("Montant contesté"))
    accepted: bool = field(metadata=labelled("Réclamation acceptée"))
    partly: bool = field(metadata=labelled("Réclamation acceptée en partie"))
    granted: Decimal | None = field(metadata=labelled("Montant dont la somme est réduite"))
    authority: str = field(metadata=labelled("Autorité et décision"))
    reasons: str = field(metadata=labelled("Motifs de la réponse"))
    debtor: DebtorData = field(metadata=labelled("Débiteur"))
    decided: Decimal = field(metadata=labelled("Montant décidé"))
    repayment_on: date = field(metadata=labelled("Date de la décision de reversement"))
    bill: str | None = field(metadata=labelled("Numéro du titre de recettes"))
    standing: Decimal = field(metadata=labelled("Somme demandée après la réponse"))
    left: Decimal = field(metadata=labelled("Reste dû"))
    to_refund: Decimal | None = field(metadata=labelled("À rendre au recruteur"))


def claim_letter(matter: Matter) -> ClaimLetter:
    """The answer to a claim. Raises NothingToTellError when it is gone."""
    repayment = as_it_was(matter)
    claim = matter.present(_answered(repayment.claim(matter.details.get("claim"))))
    return ClaimLetter(
        **common(matter, "Réponse à votre réclamation", *_reasoned(matter), *by_law(_CLAIM_LAW)),
        filed_on=claim.filed_on,
        contested=claim.contested,
        accepted=claim.state is ClaimState.ACCEPTED,
        partly=claim.state is ClaimState.REDUCED,
        granted=claim.granted or None,
        authority=_authority(matter, matter.details.get("authority")),
        reasons=matter.written(),
        debtor=debtor_data(matter, repayment),
        decided=matter.present(repayment.decided),
        repayment_on=matter.present(repayment.decided_on),
        bill=repayment.title,
        standing=repayment.contestable,
        left=repayment.payable,
        to_refund=repayment.to_refund or None,
    )


def _answered(claim: Claim | None) -> Claim | None:
    return None if claim is None or claim.is_open else claim


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedLetter(LetterData):
    """The decision not to ask for a repayment that had been announced, or was about to be."""

    overpaid: bool = field(metadata=labelled("Trop-perçu sans fin anticipée"))
    end: EndFacts | None = field(metadata=labelled("Fin du poste"))
    announced: bool = field(metadata=labelled("Procédure contradictoire ouverte"))
    remarks_on: date | None = field(metadata=labelled("Observations présentées le"))
    amount: Decimal = field(metadata=labelled("Montant envisagé"))
    authority: str = field(metadata=labelled("Autorité et décision"))
    reasons: str = field(metadata=labelled("Motifs"))


def dropped_letter(matter: Matter) -> DroppedLetter:
    """The repayment that is not asked. It decides in favour of whom it is sent to: nothing is left to contest.

    Raises NothingToTellError when it is gone.
    """
    repayment = repayment_told(matter)
    return DroppedLetter(
        **common(matter, "Décision de ne pas demander de reversement", *_reasoned(matter), decides=False),
        overpaid=is_overpayment(repayment),
        end=end_facts(matter, repayment),
        announced=repayment.prepared_by is not None,
        remarks_on=repayment.answered_on,
        amount=repayment.proposed,
        authority=_authority(matter, matter.details.get("authority")),
        reasons=matter.written(),
    )


def _reasoned(matter: Matter) -> tuple[Sourced[None], ...]:
    return by_law(REASONS) if may_cite_crpa(matter.call) else ()


def _authority(matter: Matter, found: str | None) -> str:
    return matter.wanted(found, "l’autorité qui décide et sa décision", BY_HAND)
