"""Every letter the product writes: its code, what its template may use, who computes it, whether somebody signs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from workflows.letters.annual import AnnualLetter, annual_letter
from workflows.letters.attestation import AttestationLetter, attestation_letter
from workflows.letters.award import AwardLetter, award_letter
from workflows.letters.completeness import CompleteLetter, PiecesLetter, complete_letter, pieces_letter
from workflows.letters.confirmed import ConfirmedLetter, confirmed_letter
from workflows.letters.contradictory import RepaymentNoticeLetter, repayment_notice_letter
from workflows.letters.convocation import ConvocationLetter, convocation_letter
from workflows.letters.corrected import CorrectionLetter, correction_letter
from workflows.letters.data import CommonData, SessionData
from workflows.letters.deferral import DeferralLetter, deferral_letter
from workflows.letters.lapsing import LapseNoticeLetter, lapse_notice_letter
from workflows.letters.minutes import ExtractLetter, MinutesLetter, extract_letter, minutes_letter
from workflows.letters.money import MoneyLetter, ReductionLetter, money_letter, reduction_letter
from workflows.letters.receipts import ReceiptLetter, RegisteredLetter, receipt_letter, registered_letter
from workflows.letters.recovering import TitleChangeLetter, WayLetter, title_change_letter, way_letter
from workflows.letters.refusal import (
    InadmissibleLetter,
    RefusalLetter,
    ResultLetter,
    inadmissible_letter,
    refusal_letter,
    result_letter,
)
from workflows.letters.reliefs import (
    ClaimLetter,
    DroppedLetter,
    ReliefLetter,
    claim_letter,
    dropped_letter,
    relief_letter,
)
from workflows.letters.renewal import RenewalLetter, renewal_letter
from workflows.letters.repayment import RepaymentLetter, TitleLetter, repayment_letter, title_letter
from workflows.letters.replacement import ReplacementLetter, replacement_letter
from workflows.letters.sheet import SheetLetter, sheet_letter
from workflows.letters.standing import (
    ASKED_BACK,
    ATTESTATION,
    AWARD,
    COMPLETE,
    CONFIRMED,
    DEFERRAL,
    FOR_EVER,
    HEARING,
    LAPSE_NOTICE,
    MONEY,
    PIECES,
    REDUCTION,
    REFUSAL,
    REJECTION,
    REPLACEMENT,
    RESERVE,
    TITLE,
    Standing,
)
from workflows.letters.waiting_list import ReserveLetter, reserve_letter


@dataclass(frozen=True, slots=True)
class LetterKind:
    """One letter. `data`: what its template may use; `build` computes it and may raise NothingToTellError.

    `signed`: it bears a signatory, and two persons see it before it leaves. `attaches`: the code of the letter of the
    same repayment that goes with it. `like`: the code of the letter whose shipped template it shares. `frozen`: what
    it needs to stand, for a letter that tells the decision of its act: it reads the dossier and the call as that act
    left them. The others read them as they are today; `lasts`: what they need to have something to tell. `decides`:
    the letter is the decision itself, which bears the signature of its author (CRPA, art. L. 212-1).

    `build` takes a `SessionMatter` where the letter is about a session, else a `Matter`.
    """

    code: str
    data: type[CommonData]
    build: Callable[[Any], CommonData]
    signed: bool = True
    attaches: str | None = None
    like: str | None = None
    frozen: Standing | None = None
    lasts: Standing | None = None
    decides: bool = False

    @property
    def needs(self) -> Standing | None:
        """What it needs to stand; None for a letter that always does."""
        return self.frozen or self.lasts

    @property
    def of_session(self) -> bool:
        """True for a letter about a session of the committee; the others are about a dossier."""
        return issubclass(self.data, SessionData)


_KINDS = (
    LetterKind("L1", RegisteredLetter, registered_letter),
    LetterKind("L2", ReceiptLetter, receipt_letter),
    LetterKind("L3", PiecesLetter, pieces_letter, lasts=PIECES),
    LetterKind("L4", CompleteLetter, complete_letter, lasts=COMPLETE),
    LetterKind("L5", InadmissibleLetter, inadmissible_letter, frozen=REJECTION, decides=True),
    LetterKind("L6", ConvocationLetter, convocation_letter),
    LetterKind("L7", MinutesLetter, minutes_letter),
    LetterKind("L7b", ExtractLetter, extract_letter),
    LetterKind("L8", AwardLetter, award_letter, frozen=AWARD, decides=True),
    LetterKind("L8b", AwardLetter, award_letter, like="L8", frozen=AWARD, decides=True),
    LetterKind("L9", ReserveLetter, reserve_letter, frozen=RESERVE, decides=True),
    LetterKind("L10", RefusalLetter, refusal_letter, frozen=REFUSAL, decides=True),
    LetterKind("L11", MoneyLetter, money_letter, frozen=MONEY, decides=True),
    LetterKind("L12", ReplacementLetter, replacement_letter, frozen=REPLACEMENT, decides=True),
    LetterKind("L13", DeferralLetter, deferral_letter, frozen=DEFERRAL, decides=True),
    LetterKind("L14", RepaymentNoticeLetter, repayment_notice_letter, frozen=HEARING),
    LetterKind("L15", RepaymentLetter, repayment_letter, frozen=ASKED_BACK, decides=True),
    LetterKind("L16", TitleLetter, title_letter, lasts=TITLE, attaches="L15"),
    LetterKind("result", ResultLetter, result_letter, frozen=REJECTION),
    LetterKind("award_confirmed", ConfirmedLetter, confirmed_letter, frozen=CONFIRMED, decides=True),
    LetterKind("contradictory_notice", LapseNoticeLetter, lapse_notice_letter, frozen=LAPSE_NOTICE),
    LetterKind("correction", CorrectionLetter, correction_letter, frozen=FOR_EVER, decides=True),
    LetterKind("tranche_reduced", ReductionLetter, reduction_letter, frozen=REDUCTION, decides=True),
    LetterKind("relief_granted", ReliefLetter, relief_letter, decides=True),
    LetterKind("claim_answer", ClaimLetter, claim_letter, decides=True),
    LetterKind("way_changed", WayLetter, way_letter, decides=True),
    LetterKind("title_changed", TitleChangeLetter, title_change_letter),
    LetterKind("repayment_dropped", DroppedLetter, dropped_letter, decides=True),
    LetterKind("L17a", AttestationLetter, attestation_letter, lasts=ATTESTATION),
    LetterKind("L17b", RenewalLetter, renewal_letter),
    LetterKind("L17c", AnnualLetter, annual_letter),
    LetterKind("L18", SheetLetter, sheet_letter, signed=False, frozen=FOR_EVER),
)

#: Every letter by its code.
KINDS: Mapping[str, LetterKind] = MappingProxyType({kind.code: kind for kind in _KINDS})
