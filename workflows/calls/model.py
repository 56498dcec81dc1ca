"""A call: who runs it, its clauses (frozen into each award) and its live parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflows.actors import Role
from workflows.calls.funding import Funding
from workflows.calls.gates import Gates
from workflows.calls.notes import Criterion, Note
from workflows.calls.parameters import Parameters
from workflows.calls.sources import Sourced
from workflows.effects import Addressee
from workflows.sites import SiteKind


@dataclass(frozen=True, slots=True)
class Authority:
    """The agency that runs the call. `region` is an INSEE code, `zone` an IANA name, `calendar` a calendar id.

    `region` is None for a territory that is no region of the INSEE list. `service`, `email`, `phone` and `address` are
    None until somebody gives them: a call rarely prints them, and no address is invented. `accountant_email`: where the
    jobs write to the accountant, when the call has them do so.
    """

    name: str
    region: str | None
    zone: str
    calendar: str
    service: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    accountant_email: str | None = None


class Unit(StrEnum):
    """What is applied for."""

    CANDIDATE_AND_POST = "candidate_and_post"
    POST = "post"


class Depositor(StrEnum):
    """Who may file."""

    CANDIDATE = "candidate"
    RECRUITER = "recruiter"
    PARTNER = "partner"


class Channel(StrEnum):
    """How a file reaches the authority."""

    ONLINE = "online"
    EMAIL = "email"
    POST = "post"
    HAND = "hand"

    @property
    def label(self) -> str:
        """The French words for the channel."""
        return _CHANNEL_LABELS[self]


_CHANNEL_LABELS = {
    Channel.ONLINE: "en ligne",
    Channel.EMAIL: "par courriel",
    Channel.POST: "par courrier postal",
    Channel.HAND: "en main propre",
}


@dataclass(frozen=True, slots=True)
class FilingClause:
    """How an application reaches the authority. `joint`: every depositor must confirm the same file."""

    unit: Sourced[Unit]
    depositors: Sourced[tuple[Depositor, ...]]
    joint: Sourced[bool]
    channel: Sourced[Channel]
    complete_at_deadline: Sourced[bool]
    completion_days: Sourced[int]
    reminder_days: Sourced[tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Window:
    """Start dates allowed: any day from `first` to `last` included (`last` None: no end)."""

    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class ContractClause:
    """When a post starts, how long it lasts. `fixed_end`: an end date printed by the call."""

    windows: Sourced[tuple[Window, ...]]
    months: Sourced[tuple[int, ...]]
    fixed_end: Sourced[date] | None


class PieceEvent(StrEnum):
    """The event a piece is required for."""

    FILING = "filing"
    REPLACEMENT = "replacement"
    START = "start"


class PerWhom(StrEnum):
    """For whom a piece is given: once for the dossier, for the candidate, or once for each establishment."""

    DOSSIER = "dossier"
    CANDIDATE = "candidate"
    ESTABLISHMENT = "establishment"
    RECRUITER = "recruiter"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True)
class PieceClause:
    """A piece the call lists. `bullet`: its place in the printed list. `exempt`: kinds of site it does not apply to."""

    id: str
    label: str
    per: PerWhom
    events: tuple[PieceEvent, ...]
    required: Sourced[bool]
    bullet: int | None = None
    signed_by: str | None = None
    exempt: tuple[SiteKind, ...] = ()


class SecondOpinion(StrEnum):
    """Who must give an opinion on a replacement candidate (A13)."""

    CHAIR = "chair"
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class ReplacementClause:
    """Replacing a candidate after a withdrawal. Days are calendar days after the report or the departure."""

    allowed: Sourced[bool]
    pieces_confirmed: Sourced[bool]
    letter: Sourced[bool]
    repercussions: Sourced[bool]
    remind_after_days: Sourced[int]
    propose_within_days: Sourced[int]
    give_back_after_days: Sourced[int]
    opinion: Sourced[SecondOpinion]
    end_unchanged: Sourced[bool]


class DeferralEnd(StrEnum):
    """What a deferral does to the end of the post (A9)."""

    KEEP_DURATION = "keep_duration"
    KEEP_END = "keep_end"


@dataclass(frozen=True, slots=True)
class DeferralClause:
    """Deferring the start. `duty`: the call makes the financing depend on telling at once (CVL-17)."""

    allowed: Sourced[bool]
    duty: Sourced[bool]
    tell_within_days: Sourced[int]
    usual_months: Sourced[int]
    longest_months: Sourced[int]
    end: Sourced[DeferralEnd]


@dataclass(frozen=True, slots=True)
class EndClause:
    """Early ends. Days are calendar days after the fact is known or told."""

    declare_within_days: Sourced[int]
    cca_watch_months: Sourced[int]
    contradictory_days: Sourced[int]


@dataclass(frozen=True, slots=True)
class RenewalClause:
    """Renewal of the same project, partners and candidate, `times` times, for at most `months` months."""

    months: Sourced[int]
    times: Sourced[int]


@dataclass(frozen=True, slots=True)
class CommitteeClause:
    """The committee and its reserve list."""

    exists: Sourced[bool]
    criteria: tuple[Criterion, ...]
    reserve_until: Sourced[date]
    offer_days: Sourced[int]
    partial_project: Sourced[bool]


@dataclass(frozen=True, slots=True)
class AwardClause:
    """What follows the award: its acceptance, the confirmation of presence before a tranche, who is told.

    `also_notified`: addressees the call does not name, told as well (A39).
    """

    acceptance_days: Sourced[int]
    presence_days: Sourced[int]
    choice_days: Sourced[int]
    notified_to: Sourced[tuple[Addressee, ...]]
    also_notified: Sourced[tuple[Addressee, ...]] | None = None


@dataclass(frozen=True, slots=True)
class RuleFamily:
    """The ids of the clauses of a call, `prefix`-01 to `prefix`-`last`. `silent`: the one that lists its silences."""

    prefix: str
    last: int
    silent: str | None = None

    def named(self, number: int) -> str:
        """The id of a clause: NA-05 for the fifth."""
        return f"{self.prefix}-{number:02}"

    def has(self, rule: str) -> bool:
        """True for the id of a clause of this family."""
        number = rule.removeprefix(f"{self.prefix}-")
        digits = number.isascii() and number.isdigit() and len(number) <= len(str(self.last)) + 1
        return digits and 1 <= int(number) <= self.last and rule == self.named(int(number))


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clauses of a call: versioned as a whole, frozen into each award."""

    regime_crpa: Sourced[bool]
    silence_months: Sourced[int]
    filing: FilingClause
    gates: Gates
    contract: ContractClause
    pieces: tuple[PieceClause, ...]
    committee: CommitteeClause
    award: AwardClause
    funding: Funding
    replacement: ReplacementClause
    deferral: DeferralClause
    end: EndClause
    renewal: RenewalClause | None
    decision_levels: Mapping[str, Sourced[Role]]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class CallFile:
    """What a call file holds. `rules`: the rule ids its clauses may cite. `other_categories`: beside its own."""

    id: str
    title: str
    promotion: str | None
    category: str
    rules: RuleFamily
    authority: Authority
    clauses: Clauses
    parameters: Parameters
    other_categories: tuple[str, ...] = ()

    @property
    def categories(self) -> frozenset[str]:
        """Every category of posts the call covers."""
        return frozenset({self.category, *self.other_categories})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(CallFile):
    """One call: its file, and the version of its clauses.

    `digest` is the SHA-256 of the canonical content of its clauses: the version an award freezes.
    `complement`: the reason of the complement that was applied, None for the call as published. `version`: the number
    of the loaded version whose parameters these are, None for a call that nobody loaded.
    """

    digest: str
    complement: str | None = None
    version: int | None = None

    def may_ground_refusal(self, rule: str) -> bool:
        """True for what a refusal may rest on: a printed rule of this call, or an article of law.

        The rule that lists the silences of the call grounds nothing.
        """
        printed = self.rules.has(rule) and rule != self.rules.silent
        return printed or _ARTICLE.match(rule) is not None


_ARTICLE = re.compile(r"^(CRPA|CSP|CASF|CJA|LPF|CGCT|code [a-zé’ ]+),? art\. [LRD]?\. ?[0-9][0-9-]*( [IVX0-9°]+)?$")
_DEFAULT = re.compile(r"^A[0-9]{1,2}$")


def is_default_id(rule: str) -> bool:
    """True for the id of a default (A7): shown as such, never the ground of a refusal."""
    return _DEFAULT.match(rule) is not None
