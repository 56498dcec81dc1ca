"""What may fall due on a dossier, and what is known of each thing that does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from workflows.acts.base import ActInputs
from workflows.deadlines import hour_of_day, start_of_day
from workflows.effects import Addressee
from workflows.french import listing
from workflows.jobs import Job


class DueKind(StrEnum):
    """The kinds of things that fall due. The value is part of the key that makes each happen once."""

    DRAFT_REMINDER = "draft_reminder"
    RECEIPT_WATCH = "receipt_watch"
    PIECES_REMINDER = "pieces_reminder"
    PIECES_LAST_DAY = "pieces_last_day"
    PIECES_OVERDUE = "pieces_overdue"
    SILENCE_ALERT = "silence_alert"
    SILENCE_ELAPSED = "silence_elapsed"
    OFFER_REPLY = "offer_reply"
    OFFER_OVER = "offer_over"
    RESERVE_END = "reserve_end"
    AWARD_REPLY = "award_reply"
    CHOICE = "choice"
    CONDITION = "condition"
    START_WATCH = "start_watch"
    FINANCING_LOSS = "financing_loss"
    DEPARTURE = "departure"
    REPLACEMENT_REMINDER = "replacement_reminder"
    REPLACEMENT_DUE = "replacement_due"
    GIVE_BACK = "give_back"
    NOTICE_OVER = "notice_over"
    CONTRACT_END = "contract_end"
    TRANCHE = "tranche"
    FIR_LAPSE = "fir_lapse"
    CREDITS_LEFT = "credits_left"
    CONTRADICTORY_OVER = "contradictory_over"
    TITLE_UNPAID = "title_unpaid"
    CLAIM_DUE = "claim_due"
    CLAIM_ELAPSED = "claim_elapsed"
    TIME_BAR = "time_bar"
    TIME_BARRED = "time_barred"
    RETENTION_OVER = "retention_over"

    @property
    def label(self) -> str:
        """What falls due, in a few French words."""
        return _LABELS[self]


_LABELS = {
    DueKind.DRAFT_REMINDER: "Clôture de l’appel proche",
    DueKind.RECEIPT_WATCH: "Accusé de réception attendu",
    DueKind.PIECES_REMINDER: "Rappel des pièces attendues",
    DueKind.PIECES_LAST_DAY: "Pièces attendues",
    DueKind.PIECES_OVERDUE: "Délai des pièces passé",
    DueKind.SILENCE_ALERT: "Rejet implicite proche",
    DueKind.SILENCE_ELAPSED: "Échéance du silence qui vaut rejet",
    DueKind.OFFER_REPLY: "Réponse à la place proposée",
    DueKind.OFFER_OVER: "Place proposée sans réponse",
    DueKind.RESERVE_END: "Fin de la liste complémentaire",
    DueKind.AWARD_REPLY: "Acceptations attendues",
    DueKind.CHOICE: "Choix du médecin attendu",
    DueKind.CONDITION: "Condition à remplir",
    DueKind.START_WATCH: "Procès-verbal d’installation attendu",
    DueKind.FINANCING_LOSS: "Perte du financement à proposer",
    DueKind.DEPARTURE: "Départ annoncé",
    DueKind.REPLACEMENT_REMINDER: "Rappel du remplacement possible",
    DueKind.REPLACEMENT_DUE: "Remplacement à proposer",
    DueKind.GIVE_BACK: "Poste à rendre",
    DueKind.NOTICE_OVER: "Réponse au courrier contradictoire",
    DueKind.CONTRACT_END: "Fin du contrat",
    DueKind.TRANCHE: "Tranche à déléguer",
    DueKind.FIR_LAPSE: "Crédits du FIR bientôt perdus",
    DueKind.CREDITS_LEFT: "Tranche à réduire",
    DueKind.CONTRADICTORY_OVER: "Observations sur le reversement",
    DueKind.TITLE_UNPAID: "Titre impayé",
    DueKind.CLAIM_DUE: "Réclamation à répondre",
    DueKind.CLAIM_ELAPSED: "Réponse à la réclamation",
    DueKind.TIME_BAR: "Reversement bientôt prescrit",
    DueKind.TIME_BARRED: "Prescription du reversement",
    DueKind.RETENTION_OVER: "Fin de conservation",
}


#: Kinds that the machine tells somebody of by mail; the others are shown in the lists of the day, or fire an act.
MAILED = frozenset(
    {
        DueKind.DRAFT_REMINDER,
        DueKind.RECEIPT_WATCH,
        DueKind.PIECES_REMINDER,
        DueKind.PIECES_LAST_DAY,
        DueKind.PIECES_OVERDUE,
        DueKind.SILENCE_ALERT,
        DueKind.SILENCE_ELAPSED,
        DueKind.OFFER_OVER,
        DueKind.AWARD_REPLY,
        DueKind.CHOICE,
        DueKind.CONDITION,
        DueKind.START_WATCH,
        DueKind.FINANCING_LOSS,
        DueKind.REPLACEMENT_REMINDER,
        DueKind.GIVE_BACK,
        DueKind.NOTICE_OVER,
        DueKind.TRANCHE,
        DueKind.FIR_LAPSE,
        DueKind.CONTRADICTORY_OVER,
        DueKind.TITLE_UNPAID,
        DueKind.CLAIM_DUE,
        DueKind.CLAIM_ELAPSED,
        DueKind.TIME_BAR,
        DueKind.RETENTION_OVER,
    }
)

#: Reminders of one matter: only the last one due is told after days without a clock, or after a pause.
FAMILIES = {
    DueKind.PIECES_REMINDER: "pieces",
    DueKind.PIECES_LAST_DAY: "pieces",
    DueKind.PIECES_OVERDUE: "pieces",  # once it has come, a reminder would come too late
    DueKind.DRAFT_REMINDER: "draft",
    DueKind.SILENCE_ALERT: "silence",
    DueKind.SILENCE_ELAPSED: "silence",
    DueKind.CLAIM_DUE: "claim",
    DueKind.CLAIM_ELAPSED: "claim",
    DueKind.START_WATCH: "start",
}

_PASSING = frozenset(
    {
        DueKind.DRAFT_REMINDER,
        DueKind.RECEIPT_WATCH,
        DueKind.PIECES_REMINDER,
        DueKind.PIECES_LAST_DAY,
        DueKind.SILENCE_ALERT,
        DueKind.RESERVE_END,
        DueKind.REPLACEMENT_REMINDER,
        DueKind.DEPARTURE,
    }
)

#: What a party is given a last day for, or lives through, whomever the machine tells of it.
OF_PARTIES = frozenset(
    {
        DueKind.DRAFT_REMINDER,
        DueKind.PIECES_LAST_DAY,
        DueKind.OFFER_REPLY,
        DueKind.RESERVE_END,
        DueKind.AWARD_REPLY,
        DueKind.CONDITION,
        DueKind.START_WATCH,
        DueKind.DEPARTURE,
        DueKind.REPLACEMENT_DUE,
        DueKind.NOTICE_OVER,
        DueKind.CONTRACT_END,
        DueKind.CONTRADICTORY_OVER,
    }
)
#: Characters of a matter that are kept, with its kind, where deadlines are.
_LONGEST_MATTER = 21
_INSIDE = frozenset({Addressee.SERVICE, Addressee.ACCOUNTANT, Addressee.MEMBERS})


@dataclass(frozen=True, slots=True)
class Due:
    """Something due on a day of the authority’s zone.

    `job` is the scheduled job that sees to it. `to` are those it is told to. `unless` says in French what cancels it,
    `or_if` what else does. `last_day`: the last day on which telling it is of use; None when it always is. `act` and
    `inputs` are given when the machine fires an act that a person decided beforehand. `hour`: that of the authority’s
    day at which a mail leaves; 0 for acts and legal deadlines. `held_until`: the first day after a pause of the
    dossier that makes it wait; `overtaken`: a later one of its matter is told that day in its place. `unless_sent`: the
    code of a mail whose sending makes it pointless, which only whoever knows what was sent can tell. `matter`: which of
    several of a kind it is about, such as a request for pieces by its last day, a tranche by its planned year, a
    repayment by its rank ("R1").
    """

    kind: DueKind
    on: date
    what: str
    unless: str
    job: Job
    to: tuple[Addressee, ...]
    rule: str | None = None
    act: str | None = None
    inputs: ActInputs | None = None
    hour: int = 0
    held_until: date | None = None
    unless_sent: str | None = None
    or_if: tuple[str, ...] = ()
    matter: str = ""
    last_day: date | None = None
    overtaken: bool = False

    @property
    def passes(self) -> bool:
        """True for what the machine does by itself that day: once past it is done, nobody is late."""
        return self.kind in _PASSING

    @property
    def mailed(self) -> bool:
        """True when somebody is written to that day."""
        return self.kind in MAILED and self.act is None and bool(self.to) and not self.too_late(self.day)

    def too_late(self, today: date) -> bool:
        """True once telling it is of no use any more."""
        return self.last_day is not None and self.last_day < today

    @property
    def cancelled_if(self) -> str:
        """Everything that cancels it, in French, to follow "sauf si"."""
        return listing((self.unless, *self.or_if), last="ou")

    @property
    def for_parties(self) -> bool:
        """True when a party may know of it: they are told, or it is their own day. The rest is the agency’s."""
        mine = self.kind in OF_PARTIES and self.kind not in MAILED
        return mine or any(who not in _INSIDE for who in self.to)

    @property
    def family(self) -> str:
        """The matter it belongs to: of one matter, only the last thing due is told when several come at once."""
        kind = FAMILIES.get(self.kind, self.kind.value)
        return f"{kind}:{self.matter}" if self.matter else kind

    @property
    def day(self) -> date:
        """The day the machine sees to it: its own, or the first after a pause."""
        return self.on if self.held_until is None else max(self.on, self.held_until)

    @property
    def key(self) -> str:
        """Key of the due within its dossier: a missed, doubled or parallel tick is harmless."""
        return f"{self.kind.value}:{self.on.isoformat()}"

    def beside(self, other: Due) -> Due:
        """Itself and another of its key: seen to at once, for whoever is told of either, and about both.

        Of two matters, it is one of its own: nothing that is about one of them alone overtakes it.
        """
        either, both = (other.unless, *other.or_if), f"{self.matter}+{other.matter}"
        both = both if len(both) <= _LONGEST_MATTER else f"day {self.on.isoformat()}"
        return replace(
            self,
            what=self.what if other.what in self.what else f"{self.what} {other.what}",
            to=tuple(dict.fromkeys((*self.to, *other.to))),
            or_if=tuple(dict.fromkeys((*self.or_if, *(reason for reason in either if reason != self.unless)))),
            matter=self.matter if self.matter == other.matter else both,
        )

    def at(self, zone: str) -> datetime:
        """The instant it falls due in a zone, in UTC."""
        return hour_of_day(self.day, self.hour, zone) if self.hour else start_of_day(self.day, zone)
