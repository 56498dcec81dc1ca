"""Acts of the filing: draft, deposit, pieces, completeness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from workflows.acts import told
from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import all_closed, label
from workflows.asking import asked_of
from workflows.deadlines import local_day, period_end
from workflows.dossier import Dossier, DossierDepositor, Filing, Project
from workflows.effects import Addressee, mail
from workflows.guards import committee as on_committee
from workflows.guards import content as on_content
from workflows.guards import depositors as on_depositors
from workflows.guards import drafts as on_drafts
from workflows.guards import filing as on_filing
from workflows.guards import receipts as on_receipt
from workflows.guards.asking import not_here_yet
from workflows.guards.common import period_sound, reason_written
from workflows.guards.days import not_in_future, not_in_past
from workflows.parts.candidates import Candidate
from workflows.parts.notices import Rejection
from workflows.parts.pieces import Defect, Piece, PieceRequest, PieceState
from workflows.parts.silence import SilenceClock
from workflows.sites import Plan, Site
from workflows.states import UNDER_EXAMINATION, State

S = State
_KEYS = label("Pièces")


class Emptiable(StrEnum):
    """A member of an application that may be left unsaid, after it was said."""

    WISHED_START = "wished_start"
    CONTRACT_SHARE = "contract_share"
    CANDIDATE = "candidate"
    PROJECT = "project"


#: What a draft holds of each while nobody has said it.
_UNSAID: Mapping[Emptiable, Any] = {
    Emptiable.WISHED_START: None,
    Emptiable.CONTRACT_SHARE: Fraction(1),
    Emptiable.CANDIDATE: None,
    Emptiable.PROJECT: None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftInputs(ActInputs):
    """The content of an application; what is None stays as it is, what is `emptied` is said no more."""

    specialty: str | None = field(default=None, metadata=label("Spécialité") | {"longest": 80})
    sites: tuple[Site, ...] | None = field(default=None, metadata=label("Établissements"))
    plan: Plan | None = field(default=None, metadata=label("Répartition du temps"))
    months: int | None = field(default=None, metadata=label("Durée, en mois"))
    wished_start: date | None = field(
        default=None, metadata=label("Prise de fonctions souhaitée", help="Le premier jour travaillé.")
    )
    contract_share: Fraction | None = field(default=None, metadata=label("Quotité du contrat"))
    share_motivated: bool | None = field(default=None, metadata=label("Répartition motivée"))
    other_financing: bool | None = field(default=None, metadata=label("Autre financement du poste"))
    project: Project | None = field(default=None, metadata=label("Projet"))
    candidate: Candidate | None = field(default=None, metadata=label("Candidat"))
    depositors: tuple[DossierDepositor, ...] | None = field(default=None, metadata=label("Déposants"))
    emptied: tuple[Emptiable, ...] = field(default=(), metadata=label("Réponses vidées"))


def _edit(context: Context[DraftInputs]) -> Outcome:
    ours = {*ActInputs.__dataclass_fields__, "emptied"}
    given = {n: getattr(context.inputs, n) for n in DraftInputs.__dataclass_fields__ if n not in ours}
    emptied = {member.value: _UNSAID[member] for member in context.inputs.emptied}
    return Outcome(emptied | {n: v for n, v in given.items() if v is not None})


def _confirm(context: Context[ActInputs]) -> Outcome:
    party = context.by.party or context.by.id
    depositors = tuple(replace(d, confirmed=True) if d.party == party else d for d in context.dossier.depositors)
    return Outcome({"depositors": depositors})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedInputs(ActInputs):
    """A file come by another way than the platform."""

    received_at: datetime = field(metadata=label("Reçu le", help="Jour et heure de réception, non de la saisie."))
    channel: str = field(metadata=label("Voie"))
    proof: str | None = field(default=None, metadata=label("Preuve de réception"))


def _file(context: Context[Any], filing: Filing) -> Outcome:
    clauses = context.call.clauses
    months = clauses.silence_months.value
    received_on = local_day(filing.received_at, context.call.authority.zone)
    silence = None
    if months:
        silence = SilenceClock(received_on, months, informative=not clauses.regime_crpa.value)
    changes = {"filing": filing, "silence": silence}
    return Outcome(changes, mail("L1", Addressee.DEPOSITORS) + mail("L2", Addressee.DEPOSITORS))


def _submit(context: Context[ActInputs]) -> Outcome:
    return _file(context, Filing(context.now, "online"))


def _register(context: Context[ReceivedInputs]) -> Outcome:
    inputs = context.inputs
    return _file(context, Filing(inputs.received_at, inputs.channel, inputs.proof))


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPiecesInputs(ActInputs):
    """The pieces asked for, by key, and the period in calendar days (the call’s by default)."""

    keys: tuple[str, ...] = field(metadata=_KEYS)
    days: int | None = field(default=None, metadata=label("Délai, en jours", help="Vide : le délai de l’appel."))


def _ask(context: Context[AskPiecesInputs]) -> Outcome:
    dossier, today = context.dossier, context.today
    days = context.inputs.days or context.call.clauses.filing.completion_days.value or 15
    due_on = period_end(today, days, context.calendar)
    asked = PieceRequest(f"P{len(dossier.piece_requests) + 1}", today, due_on, context.inputs.keys)
    known = {p.key for p in dossier.pieces}
    expected = tuple(Piece(k, PieceState.EXPECTED) for k in context.inputs.keys if k not in known)
    changes: dict[str, Any] = {"piece_requests": (*dossier.piece_requests, asked), "pieces": dossier.pieces + expected}
    if dossier.silence and dossier.silence.ended_on is None and dossier.state in UNDER_EXAMINATION:
        changes["silence"] = dossier.silence.suspended(today, due_on)
    return Outcome(changes, mail("L3", *asked_of(dossier, asked.keys), request=asked.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivePieceInputs(ActInputs):
    """A document received: one file may satisfy several requirements. `file` is a reference to it."""

    keys: tuple[str, ...] = field(metadata=_KEYS)
    file: str = field(metadata=label("Document"))
    received_on: date | None = field(default=None, metadata=label("Reçu le", help="Vide : aujourd’hui."))


def _receive(context: Context[ReceivePieceInputs]) -> Outcome:
    dossier, inputs = context.dossier, context.inputs
    on = inputs.received_on or context.today
    arrived = {k: Piece(k, PieceState.RECEIVED, inputs.file, on) for k in inputs.keys}
    pieces = tuple(arrived.pop(p.key, p) for p in dossier.pieces) + tuple(arrived.values())
    changes: dict[str, Any] = {"pieces": pieces}
    return Outcome(changes | _answered_requests(dossier, pieces, on))


def _answered_requests(dossier: Dossier, pieces: tuple[Piece, ...], on: date) -> dict[str, Any]:
    """Close the requests for pieces that are now wholly answered, and let the silence clock run again."""
    here = {p.key for p in pieces if p.state not in {PieceState.EXPECTED, PieceState.REFUSED}}
    requests, silence = [], dossier.silence
    for request in dossier.piece_requests:
        answered = request.answered_on is None and set(request.keys) <= here
        answered_on = max(on, request.asked_on)  # pieces that crossed the request answer it at once
        requests.append(replace(request, answered_on=answered_on) if answered else request)
        if answered and silence:
            silence = silence.resumed(answered_on, asked_on=request.asked_on)
    if tuple(requests) == dossier.piece_requests:
        return {}
    return {"piece_requests": tuple(requests), "silence": silence}


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgePieceInputs(ActInputs):
    """A judgement on one requirement."""

    key: str = field(metadata=label("Pièce"))
    verdict: PieceState = field(metadata=label("Examen"))
    defect: Defect | None = field(default=None, metadata=label("Défaut"))
    reserve: str | None = field(default=None, metadata=label("Réserve", personal=True))
    reserve_until: date | None = field(
        default=None, metadata=label("Réserve à lever au plus tard le", help="Ce jour est compris.")
    )


def _judge(context: Context[JudgePieceInputs]) -> Outcome:
    inputs, today = context.inputs, context.today
    before = context.dossier.piece(inputs.key) or Piece(inputs.key, PieceState.EXPECTED)
    after = replace(
        before,
        state=inputs.verdict,
        judged_on=today,
        defect=inputs.defect,
        reserve=inputs.reserve,
        reserve_until=inputs.reserve_until,
    )
    others = tuple(p for p in context.dossier.pieces if p.key != inputs.key)
    pieces = tuple(sorted((*others, after), key=lambda p: p.key))
    return Outcome({"pieces": pieces, **_answered_requests(context.dossier, pieces, today)})


def _complete(context: Context[ActInputs]) -> Outcome:
    return Outcome({"complete_on": context.today}, mail("L4", Addressee.DEPOSITORS))


def _reopen(context: Context[AskPiecesInputs]) -> Outcome:
    asked = _ask(context)
    return Outcome({**asked.changes, "complete_on": None, "committee": None}, asked.effects)


@dataclass(frozen=True, slots=True, kw_only=True)
class InadmissibleInputs(ActInputs):
    """A refusal in law and in fact: the printed rule or the article, and the written reason."""

    rule: str = field(
        metadata=label("Règle ou article", help="Comme l’appel l’écrit, par exemple « CRPA art. L. 114-5 ».")
    )


def _inadmissible(context: Context[InadmissibleInputs]) -> Outcome:
    rejection = Rejection(context.today, "inadmissible", context.inputs.rule, context.inputs.reason or "")
    effects = told.of_refusal(context, "L5", Addressee.DEPOSITORS, Addressee.CANDIDATE)
    return Outcome({"rejection": rejection, **all_closed(context)}, effects)


_ANY_FILED = tuple(s for s in State if s is not S.DRAFT)

ACTS = (
    # an instructor enters the file that came by mail, by post or by hand
    Act(
        "edit_draft",
        "Compléter le brouillon",
        (Who.DEPOSITOR, Who.INSTRUCTOR),
        DraftInputs,
        _edit,
        (on_drafts.draft_open, on_content.content_sound),
        sources=(S.DRAFT,),
    ),
    Act("confirm_deposit", "Confirmer le dépôt", (Who.DEPOSITOR,), ActInputs, _confirm, sources=(S.DRAFT,)),
    Act(
        "submit",
        "Déposer le dossier",
        (Who.DEPOSITOR,),
        ActInputs,
        _submit,
        (
            on_filing.call_open,
            on_depositors.right_depositors,
            on_filing.deposit_confirmed,
            on_depositors.comes_online,
            on_content.plan_at_sites,
            on_filing.filing_warnings,
        ),
    ),
    Act(
        "register_received",
        "Enregistrer un dossier reçu",
        (Who.INSTRUCTOR,),
        ReceivedInputs,
        _register,
        (
            on_filing.received_in_time,
            on_depositors.sent_by_right_depositors,
            on_filing.sent_jointly,
            on_depositors.comes_as_asked,
            on_content.plan_at_sites,
            on_filing.filing_warnings,
        ),
    ),
    Act(
        "request_pieces",
        "Demander des pièces",
        (Who.INSTRUCTOR,),
        AskPiecesInputs,
        _ask,
        (
            period_sound,
            on_filing.only_required_pieces,
            on_filing.not_accepted_yet,
            not_here_yet,
            on_filing.asked_by_the_call,
            on_filing.completion_open,
            on_filing.asked_once,
        ),
        sources=_ANY_FILED,
    ),
    Act(
        "receive_piece",
        "Déposer une pièce",
        (Who.DEPOSITOR, Who.PARTY, Who.INSTRUCTOR),
        ReceivePieceInputs,
        _receive,
        (on_filing.only_required_pieces, on_filing.not_accepted_yet, not_in_future("received_on")),
        sources=tuple(State),
    ),
    Act(
        "judge_piece",
        "Examiner une pièce",
        (Who.INSTRUCTOR,),
        JudgePieceInputs,
        _judge,
        (on_filing.judged_soundly, not_in_past("reserve_until")),
        sources=_ANY_FILED,
    ),
    Act(
        "declare_complete",
        "Déclarer complet",
        (Who.INSTRUCTOR,),
        ActInputs,
        _complete,
        (on_filing.pieces_complete,),
    ),
    Act(
        "reopen",
        "Rouvrir le dossier",
        (Who.INSTRUCTOR,),
        AskPiecesInputs,
        _reopen,
        (
            reason_written,
            period_sound,
            on_filing.only_required_pieces,
            on_filing.not_accepted_yet,
            not_here_yet,
            on_filing.asked_by_the_call,
            on_filing.completion_open,
        ),
    ),
    Act(
        "declare_inadmissible",
        "Déclarer irrecevable",
        (Who.HEAD,),
        InadmissibleInputs,
        _inadmissible,
        (reason_written, on_committee.ground_printed, on_receipt.pieces_letter_received),
    ),
)
