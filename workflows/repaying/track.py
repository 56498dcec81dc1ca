"""The stages of a repayment in order: where it stands, who is awaited, until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from workflows.actors import referred
from workflows.acts import ACTS
from workflows.acts.base import Who
from workflows.calls.funding import Vehicle
from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.french import amount, short_day
from workflows.guards.common import level_of
from workflows.parts.claims import CLAIM_RULE
from workflows.parts.movements import MovementKind
from workflows.parts.repayment_steps import UNDECIDED, RepaymentState
from workflows.parts.repayments import TIME_BAR_RULE, RepaymentFile, RepaymentKind
from workflows.proofs import of_repayment
from workflows.states import State

_DAY = timedelta(days=1)
_S = RepaymentState
_CONTRADICTORY_RULE = "CRPA art. L. 122-1"
_ACCOUNTANT = "l’agent comptable"


class Stage(StrEnum):
    """A stage of a repayment, from the proposal to the end."""

    PROPOSAL = "proposal"
    REMARKS = "remarks"
    DECISION = "decision"
    REQUEST = "request"
    TITLE = "title"
    RECOVERY = "recovery"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """The French words for the stage."""
        return _LABELS[self]


_LABELS = {
    Stage.PROPOSAL: "Proposition",
    Stage.REMARKS: "Procédure contradictoire",
    Stage.DECISION: "Décision",
    Stage.REQUEST: "Demande du titre",
    Stage.TITLE: "Titre",
    Stage.RECOVERY: "Recouvrement",
    Stage.CLOSED: "Clôture",
}


class Standing(StrEnum):
    """Where a stage is: behind, under way, ahead, or never to come."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"
    SKIPPED = "skipped"


def is_closed(repayment: RepaymentFile, state: State) -> bool:
    """True once somebody closed it, and nothing is to pay nor to give back since.

    `state` is that of its dossier, which the closing of an early end changes.
    """
    if repayment.settled_on is not None:
        return repayment.is_over
    return repayment.kind is RepaymentKind.EARLY_END and repayment.is_over and state is not State.CLAWBACK


#: The stage that follows each state where it takes neither the day nor the vehicle to tell.
_STAGES = {
    _S.PROPOSED: Stage.PROPOSAL,
    _S.DECIDED: Stage.REQUEST,
    _S.TITLE_REQUESTED: Stage.TITLE,
    _S.TITLE_ISSUED: Stage.RECOVERY,
    _S.OTHER_VEHICLE: Stage.RECOVERY,
    _S.PARTLY_PAID: Stage.RECOVERY,
    _S.PAID: Stage.RECOVERY,
}


def stage_of(repayment: RepaymentFile, state: State, today: date) -> Stage:
    """The stage at which a repayment stands on a day; `state` is that of its dossier."""
    if repayment.is_over or is_closed(repayment, state):
        return Stage.CLOSED
    if repayment.state is _S.CONTRADICTORY:
        return Stage.DECISION if _heard(repayment, today) else Stage.REMARKS
    return _STAGES[repayment.state]


def stands(repayment: RepaymentFile, state: State, today: date) -> str:
    """The stage in words, as everybody reads it; of an end that came before any decision, what it was."""
    stage = stage_of(repayment, state, today)
    return repayment.state_label if repayment.state is _S.DROPPED else stage.label.lower()


def _heard(repayment: RepaymentFile, today: date) -> bool:
    """True once the recruiter answered, or let its period pass after a proven receipt."""
    over = repayment.answer_by is not None and repayment.answer_by < today
    return repayment.answered_on is not None or over


# Who is awaited.


@dataclass(frozen=True, slots=True)
class Awaited:
    """Somebody awaited: who, for what, until which day included, on what that day rests. `late`: it has passed."""

    who: str
    what: str
    until: date | None = None
    rule: str | None = None
    late: bool = False

    @property
    def limit(self) -> str:
        """Until when, in words to follow what is awaited; empty without a day. A time-bar is nobody’s period."""
        if self.until is None:
            return ""
        day = short_day(self.until)
        if self.rule == TIME_BAR_RULE:
            return f" (l’action {'est prescrite depuis' if self.late else 'sera prescrite après'} le {day})"
        return f", jusqu’au {day}"


def awaited(repayment: RepaymentFile, state: State, call: Call, today: date) -> tuple[Awaited, ...]:
    """Who is awaited on a repayment, what makes it go on first; nobody once it is closed."""
    return tuple(_awaited(repayment, state, call, today))


def _awaited(repayment: RepaymentFile, state: State, call: Call, today: date) -> Iterator[Awaited]:
    if not is_closed(repayment, state):
        yield _first(repayment, stage_of(repayment, state, today), call, today)
    claim, relief = repayment.open_claim, repayment.awaited_relief
    if claim is not None and claim.waits(today):
        what = f"répondre à la réclamation du {short_day(claim.filed_on)}"
        yield Awaited(_who("answer_claim", call), what, claim.silent_on - _DAY, CLAIM_RULE)
    if relief is not None:
        whole = f" de {amount(relief.amount)}" if relief.amount is not None else ""
        what = f"accorder ou laisser la mesure préparée : {relief.relief.label}{whole}"
        yield Awaited(_who(relief.relief.act, call), what)


#: What an undecided repayment waits for, and the act of who is awaited.
_UNTIL_BARRED = {
    Stage.PROPOSAL: ("start_contradictory", "ouvrir la procédure contradictoire"),
    Stage.REMARKS: ("record_proof", "enregistrer la preuve de réception du constat"),
    Stage.DECISION: ("decide_repayment", "décider le reversement, ou l’abandonner"),
}


def _first(repayment: RepaymentFile, stage: Stage, call: Call, today: date) -> Awaited:
    if stage is Stage.REMARKS and repayment.answer_by is not None:
        return Awaited(Who.RECRUITER.label, "répondre au constat", repayment.answer_by, _CONTRADICTORY_RULE)
    if stage in _UNTIL_BARRED:
        act, what = _UNTIL_BARRED[stage]
        if stage is Stage.DECISION and repayment.hearing_asked_on is not None:
            what = "entendre le recruteur, qui le demande, puis décider le reversement ou l’abandonner"
        last = repayment.barred_after
        return Awaited(_who(act, call), what, last, TIME_BAR_RULE, last < today)
    if stage is Stage.REQUEST:
        return _to_collect(repayment, call)
    if stage is Stage.TITLE:
        return Awaited(_ACCOUNTANT, "émettre le titre, que l’instructeur enregistre")
    if stage is Stage.RECOVERY:
        return _to_recover(repayment, call)
    return Awaited(_who("settle", call), "solder le reversement")


def _to_collect(repayment: RepaymentFile, call: Call) -> Awaited:
    if repayment.by_title:
        return Awaited(_who("request_title", call), "demander le titre à l’agent comptable")
    return Awaited(_who("use_other_vehicle", call), f"recouvrer par l’autre voie retenue : {repayment.way.label}")


def _to_recover(repayment: RepaymentFile, call: Call) -> Awaited:
    if repayment.to_refund:
        what = f"rendre {amount(repayment.to_refund)} au recruteur, qui a payé plus que ce qu’il devait"
        return Awaited(_who("record_refund", call), what)
    left = amount(repayment.outstanding)
    if repayment.way is Vehicle.OFFSET:
        return Awaited(_who("offset_repayment", call), f"compenser {left} sur une tranche")
    if repayment.way is Vehicle.AMENDING_DECISION:
        return Awaited(_who("record_repaid", call), f"noter les {left} que la décision modificative reprend")
    if repayment.title_received_on is None and not _acknowledged(repayment):
        what = f"enregistrer la réception du titre par le débiteur, qui paie alors {left}"
        return Awaited(_who("record_title_receipt", call), what)
    return Awaited(Who.RECRUITER.label, f"payer {left}")


def _acknowledged(repayment: RepaymentFile) -> bool:
    """True once the debtor has paid something: it has the title."""
    return any(moved.kind is MovementKind.PAID for _, moved in repayment.in_force)


def _who(act: str, call: Call) -> str:
    level = level_of(ACTS[act], call)
    return level.label if level else ACTS[act].who[0].label


# The track.


@dataclass(frozen=True, slots=True)
class TrackStep:
    """A stage on the track: where it is, since when or on which day, by whom, and what there is to say of it.

    `by`: words, or a reference to an agent, which whoever shows it turns into a name.
    """

    stage: Stage
    standing: Standing
    label: str
    on: date | None = None
    by: str | None = None
    told: tuple[str, ...] = ()


def track(dossier: Dossier, repayment: RepaymentFile, today: date) -> tuple[TrackStep, ...]:
    """Every stage of a repayment of a dossier, in order."""
    now = stage_of(repayment, dossier.state, today)
    closed = is_closed(repayment, dossier.state)
    return tuple(
        _step(stage, dossier, repayment, today, _standing(stage, repayment, now, closed=closed)) for stage in Stage
    )


def _standing(stage: Stage, repayment: RepaymentFile, now: Stage, *, closed: bool) -> Standing:
    if _never_comes(stage, repayment):
        return Standing.SKIPPED
    if stage is now:
        return Standing.DONE if closed else Standing.NOW
    order = list(Stage)
    return Standing.DONE if order.index(stage) < order.index(now) else Standing.NEXT


def _never_comes(stage: Stage, repayment: RepaymentFile) -> bool:
    """True for a stage that a repayment given up, or one that comes back by another way, does not go through."""
    if repayment.state is _S.DROPPED:
        heard = (repayment.prepared_by, repayment.answer_by, repayment.answered_on) != (None, None, None)
        return stage not in {Stage.PROPOSAL, Stage.CLOSED} and not (stage is Stage.REMARKS and heard)
    return stage is Stage.TITLE and not repayment.by_title and repayment.title is None


def _step(stage: Stage, dossier: Dossier, repayment: RepaymentFile, today: date, standing: Standing) -> TrackStep:
    if standing is Standing.SKIPPED:
        return TrackStep(stage, standing, stage.label)
    on, by, told = {
        Stage.PROPOSAL: _proposal,
        Stage.REMARKS: _remarks,
        Stage.DECISION: _decision,
        Stage.REQUEST: _request,
        Stage.TITLE: _title,
        Stage.RECOVERY: _recovery,
        Stage.CLOSED: _closing,
    }[stage](dossier, repayment, today)
    label = "Autre voie" if stage is Stage.REQUEST and not repayment.by_title else stage.label
    return TrackStep(stage, standing, label, on, by, told)


_Told = tuple[date | None, str | None, tuple[str, ...]]


def _proposal(_dossier: Dossier, repayment: RepaymentFile, _today: date) -> _Told:
    early = repayment.kind is RepaymentKind.EARLY_END
    told = f"{amount(repayment.proposed)} proposés, à la suite d’un{'e' if early else ''} {repayment.kind.label}."
    return repayment.opened_on, _agent(repayment.proposed_by) or "la machine", (told,)


def _remarks(dossier: Dossier, repayment: RepaymentFile, _today: date) -> _Told:
    if repayment.state is _S.PROPOSED:
        return None, None, ()
    sent = of_repayment(dossier, repayment)
    on = min((receipt.asked_on for receipt in sent), default=None)
    had = min((receipt.received_on for receipt in sent if receipt.received_on), default=None)
    told = [f"Constat reçu le {short_day(had)}."] if had else []
    if repayment.answer_by is not None:
        told.append(f"Réponse possible jusqu’au {short_day(repayment.answer_by)}.")
    elif repayment.answered_on is None and repayment.state is _S.CONTRADICTORY:
        told.append("Le délai de réponse n’est pas parti : la preuve de réception est attendue.")
    if repayment.answered_on is not None:
        told.append(f"Observations reçues le {short_day(repayment.answered_on)}.")
    elif repayment.state not in UNDECIDED:
        told.append("Aucune observation.")
    if repayment.heard_on is not None:
        told.append(f"Entendu le {short_day(repayment.heard_on)}.")
    elif repayment.hearing_asked_on is not None:
        told.append("Le recruteur demande à être entendu.")
    return on, _agent(repayment.prepared_by), tuple(told)


def _decision(_dossier: Dossier, repayment: RepaymentFile, today: date) -> _Told:
    if repayment.decided is not None:
        return repayment.decided_on, _agent(repayment.decided_by), (f"{amount(repayment.decided)} décidés.",)
    last = short_day(repayment.barred_after)
    barred = repayment.barred_after < today
    told = f"Prescrit depuis le {last} : un responsable peut décider malgré tout, avec un motif." if barred else ""
    return None, None, (told or f"Possible jusqu’au {last}, puis l’action est prescrite.",)


def _request(_dossier: Dossier, repayment: RepaymentFile, _today: date) -> _Told:
    if not repayment.by_title:
        deed = f", {repayment.deed}" if repayment.deed else ""
        withdrawn = repayment.title_withdrawn_on
        told = (f"La demande de titre est retirée depuis le {short_day(withdrawn)}.",) if withdrawn else ()
        return None, None, (f"Voie retenue : {repayment.way.label}{deed}.", *told)
    return repayment.title_asked_on, None, ()


def _title(_dossier: Dossier, repayment: RepaymentFile, _today: date) -> _Told:
    told = [f"Titre n° {repayment.title}."] if repayment.title else []
    if repayment.title_received_on is not None:
        told.append(f"Reçu par le débiteur le {short_day(repayment.title_received_on)}.")
    return repayment.title_on, None, tuple(told)


def _recovery(_dossier: Dossier, repayment: RepaymentFile, _today: date) -> _Told:
    if repayment.decided is None or not repayment.movements:
        return None, None, ()
    told = [f"{amount(repayment.repaid)} recouvrés sur {amount(repayment.standing)}."]
    if repayment.to_refund:
        told.append(f"{amount(repayment.to_refund)} à rendre au recruteur.")
    return max(moved.on for moved in repayment.movements), None, tuple(told)


def _closing(_dossier: Dossier, repayment: RepaymentFile, _today: date) -> _Told:
    given_up = "Abandonné avant toute décision." if repayment.taken_over_by is None else f"{repayment.state_label}."
    told = (given_up[:1].upper() + given_up[1:],) if repayment.state is _S.DROPPED else ()
    return repayment.settled_on, None, told


def _agent(person: str | None) -> str | None:
    return referred(person) if person else None
