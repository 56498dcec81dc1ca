"""Guards of the filing: the opening hours of the call, the depositors, the pieces."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from workflows.actors import DECISION_LEVELS
from workflows.acts.base import Context, guard, input_guard
from workflows.calls.model import PieceClause, PieceEvent
from workflows.deadlines import local_day
from workflows.dossier import Dossier
from workflows.findings import Check, Finding, check, refusal, warning
from workflows.french import instant, listing, short_day
from workflows.guards.content import contract_findings
from workflows.guards.days import IN_FUTURE, start_past
from workflows.guards.gates import project_findings
from workflows.parts.pieces import PieceState, Requirement, missing, requirements
from workflows.parts.requests import RequestKind
from workflows.rounds import doctor_of_piece, is_about_another, start_cause
from workflows.states import UNDER_EXAMINATION, State

CALL_NOT_OPEN = refusal(
    "call_not_open",
    "L’appel n’est pas encore ouvert : il ouvre le {opens_on}.",
    "Gardez le brouillon et revenez à cette date.",
)
CALL_CLOSED = refusal(
    "call_closed",
    "L’appel est clos : {closing}. Dépôt du {received}.",
    "Aucun dépôt tardif n’est recevable ; la tentative est conservée, avec son heure, et le brouillon aussi.",
)
CLOSING_UNKNOWN = warning(
    "closing_unknown",
    "L’appel ne fixe pas de date limite : le dossier est reçu à la date de son dépôt.",
    "{remedy}",
)
NOT_CONFIRMED = refusal(
    "deposit_not_confirmed",
    "Le dépôt est commun : {who} ne l’a pas encore confirmé.",
    "Demandez à chaque déposant de confirmer le même dossier.",
)
RECEIPT_UNPROVED = refusal(
    "receipt_unproved",
    "Un dossier arrivé hors de la plateforme demande la preuve de sa réception.",
    "Joignez le courriel, le cachet ou le récépissé.",
)
PIECES_MISSING = refusal(
    "pieces_missing",
    "Toutes les pièces exigées ne conviennent pas encore. {what}.",
    "Demandez celles qui manquent, examinez celles qui sont arrivées.",
)
PIECES_MISSING_AT_FILING = warning(
    "pieces_missing_at_filing",
    "Ces pièces ne sont pas encore jointes : {what}.",
    "Vous pouvez déposer : l’agence demandera ces pièces.",
)
PIECES_BY_DEFAULT = warning(
    "pieces_by_default",
    "Des pièces demandées par usage, que l’appel ne cite pas, ne conviennent pas encore toutes. {what}.",
    "Rien n’oblige à les exiger : vous appréciez.",
)
NOT_REQUIRED = refusal(
    "piece_not_required",
    "L’appel ne demande pas cette pièce : {what}.",
    "Demandez seulement les pièces que l’appel énumère.",
    rule="CRPA art. L. 114-5",
)
NOTHING_ASKED = refusal("nothing_asked", "Aucune pièce n’est désignée.", "Choisissez au moins une pièce dans la liste.")
ALREADY_ASKED = warning(
    "already_asked",
    "Des pièces ont déjà été demandées le {asked_on}.",
    "Une seule demande est l’usage ; regroupez ce qui manque.",
    rule="A33",
)
ALREADY_ACCEPTED = refusal(
    "piece_already_accepted",
    "Une pièce déjà acceptée n’est ni redemandée ni remplacée : {what}.",
    "Demandez à l’instructeur de revenir sur son jugement.",
)
NOT_RECEIVED = refusal(
    "piece_not_received",
    "Cette pièce n’est pas arrivée : {what}.",
    "Attendez-la ou demandez-la ; elle ne peut pas encore être acceptée ni refusée.",
)
NOT_A_VERDICT = refusal(
    "not_a_verdict",
    "« {verdict} » n’est pas le résultat d’un examen.",
    "Choisissez : acceptée, acceptée sous réserve, refusée ou sans objet.",
)
DEFECT_MISSING = refusal(
    "defect_missing",
    "Refuser une pièce demande de dire ce qui ne va pas.",
    "Choisissez le défaut dans la liste.",
)
RESERVE_INCOMPLETE = refusal(
    "reserve_incomplete",
    "Une acceptation sous réserve dit de quoi, et jusqu’à quand.",
    "Écrivez la réserve et sa date.",
)
COMPLETION_CLOSED = refusal(
    "completion_closed",
    "L’appel veut des dossiers complets à la date limite ({last_day}) : les pièces du dépôt ne se demandent plus.",
    "Examinez le dossier tel qu’il a été déposé.",
)
PIECE_NOT_LISTED = warning(
    "piece_not_listed",
    "L’appel n’énumère pas {what} : la liste n’est qu’une proposition.",
    "Dites au déposant que rien ne l’y oblige, ou confirmez la liste dans le fichier de l’appel.",
)
SAME_DOCTOR = warning(
    "same_doctor",
    "Le même médecin figure dans un autre dossier : {numbers}.",
    "Rien n’est bloqué ; il choisira après la notification.",
    rule="A34",
)
OTHER_FINANCING = warning(
    "other_financing",
    "Le déposant déclare un autre financement pour ce poste.",
    "Un responsable vérifie que le poste n’est pas payé deux fois.",
    rule="A44",
)


def _opening(context: Context[Any], received: datetime) -> list[Finding]:
    parameters = context.call.parameters
    day = local_day(received, context.call.authority.zone)
    found: list[Finding] = []
    opens_on = parameters.opens_on
    if opens_on.value is not None and day < opens_on.value:
        found.append(CALL_NOT_OPEN.on(opens_on, opens_on=short_day(opens_on.value)))
    closing = parameters.closing_at(context.today)
    if context.dossier.is_renewal:  # asked for by establishments while the post runs, long after the closing
        return found
    if closing.value is None:
        agent = context.by.role in DECISION_LEVELS
        remedy = "Faites-la fixer dans le fichier de l’appel." if agent else "Vous pouvez déposer dès maintenant."
        found.append(CLOSING_UNKNOWN(closing.rule, remedy=remedy))
    elif not closing.value.accepts(received):
        words = {"closing": closing.value.as_sentence(), "received": instant(received, closing.value.zone)}
        found.append(CALL_CLOSED.on(closing, **words))
    return found


@guard
def call_open(context: Context[Any]) -> Check:
    """The call is open at the instant of receipt, in the zone of the authority (1.8, A32)."""
    return check(_opening(context, context.now), received_at=context.now)


@input_guard
def received_in_time(context: Context[Any]) -> Check:
    """A file come another way was received before the closing; its entry may come later."""
    received = context.inputs.received_at
    late = received > context.now
    day = short_day(local_day(received, context.call.authority.zone))
    proof = None if context.inputs.proof else RECEIPT_UNPROVED()
    return check(IN_FUTURE(day=day) if late else None, _opening(context, received), proof, received_at=received)


@guard
def deposit_confirmed(context: Context[Any]) -> Check:
    """Every depositor has confirmed the file where the call wants a joint one (ARA-15)."""
    joint = context.call.clauses.filing.joint
    waiting = [d for d in context.dossier.depositors if not d.confirmed]
    if not joint.value or not waiting:
        return check(joint=joint.value)
    names = {site.id: site.name for site in context.dossier.sites}
    who = listing([names.get(d.party or "", "le candidat") for d in waiting])
    return check(NOT_CONFIRMED.on(joint, who=who), joint=True)


@guard
def sent_jointly(context: Context[Any]) -> Check:
    """A file come another way bears the signatures itself: whoever has not confirmed it here is pointed out."""
    return check([finding.softened() for finding in deposit_confirmed.run(context)])


def _required(context: Context[Any], event: PieceEvent, cause: str = "") -> tuple[Requirement, ...]:
    return requirements(context.call.clauses.pieces, event, context.dossier.sites, cause)


@guard
def filing_warnings(context: Context[Any]) -> Check:
    """At the filing, failed gates and missing pieces only warn: a person decides later."""
    dossier = context.dossier
    arrived = {p.key for p in dossier.pieces if p.state is not PieceState.EXPECTED}
    absent = [r.label for r in _required(context, PieceEvent.FILING) if r.key not in arrived]
    filed_on = local_day(getattr(context.inputs, "received_at", context.now), context.call.authority.zone)
    return check(
        [finding.softened() for finding in project_findings(context)],
        [finding.softened() for finding in contract_findings(context, dossier.wished_start, dossier.months)],
        start_past(dossier.wished_start, filed_on, "au dépôt"),
        PIECES_MISSING_AT_FILING(what=listing(absent)) if absent else None,
        SAME_DOCTOR(numbers=listing(dossier.around.same_doctor)) if dossier.around.same_doctor else None,
        OTHER_FINANCING() if dossier.other_financing else None,
        missing=len(absent),
    )


def pieces_findings(context: Context[Any], event: PieceEvent, cause: str = "") -> list[Finding]:
    """What is missing for an event: a refusal for what the call or the law requires, a warning for defaults."""
    lacking = missing(_required(context, event, cause), context.dossier.pieces)
    printed = [r for r in lacking if not r.source.is_default]
    proposed = [r for r in lacking if r.source.is_default]
    found: list[Finding] = []
    if printed:
        found.append(PIECES_MISSING(printed[0].source.rule, what=_by_state(printed, context.dossier)))
    if proposed:
        found.append(PIECES_BY_DEFAULT(proposed[0].source.rule, what=_by_state(proposed, context.dossier)))
    return found


def _by_state(lacking: list[Requirement], dossier: Dossier) -> str:
    """Pieces that do not satisfy yet, told apart: what has not come, what waits to be read, what was refused."""
    groups: dict[str, list[str]] = {"À recevoir": [], "À examiner": [], "À remplacer": []}
    heads = {PieceState.RECEIVED: "À examiner", PieceState.REFUSED: "À remplacer"}
    for required in lacking:
        piece = dossier.piece(required.key)
        groups[heads.get(piece.state, "À recevoir") if piece else "À recevoir"].append(required.label)
    return ". ".join(f"{head} : {listing(labels)}" for head, labels in groups.items() if labels)


@guard
def pieces_complete(context: Context[Any]) -> Check:
    """Every piece the call requires at the filing is accepted or does not apply."""
    return check(pieces_findings(context, PieceEvent.FILING))


@guard
def start_pieces_complete(context: Context[Any]) -> Check:
    """The contract and the procès-verbal d’installation of this holder are accepted."""
    return check(pieces_findings(context, PieceEvent.START, start_cause(context.dossier)))


def askable(dossier: Dossier, clauses: Iterable[PieceClause]) -> tuple[Requirement, ...]:
    """Every piece that may be asked for, and given, on a dossier as it stands."""
    pieces = tuple(clauses)
    found = [*requirements(pieces, PieceEvent.FILING, dossier.sites)]
    if dossier.state not in UNDER_EXAMINATION | {State.DRAFT}:
        found += requirements(pieces, PieceEvent.START, dossier.sites, start_cause(dossier))
    for request in dossier.requests:
        if request.kind is RequestKind.REPLACEMENT and request.is_open:
            found += requirements(pieces, PieceEvent.REPLACEMENT, dossier.sites, request.id)
    return tuple(found)


def listed(dossier: Dossier, clauses: Iterable[PieceClause]) -> tuple[Requirement, ...]:
    """What may be asked for, and every piece held of a round that is over, round by round: nothing given vanishes."""
    pieces = tuple(clauses)
    held, now = {p.key for p in dossier.pieces}, askable(dossier, pieces)
    rounds = [(PieceEvent.FILING, ""), (PieceEvent.START, "")]
    for request in dossier.requests:
        if request.kind is RequestKind.REPLACEMENT:
            rounds += [(PieceEvent.REPLACEMENT, request.id), (PieceEvent.START, request.id)]
    every = [r for event, cause in rounds for r in requirements(pieces, event, dossier.sites, cause)]
    return tuple(r for r in every if r in now or r.key in held)


def known_requirements(context: Context[Any], *, held: bool = False) -> dict[str, Requirement]:
    """Every piece that may be asked for on this dossier now, by key; `held`: with those of the rounds that are over.

    A doctor gives none of another doctor (A39).
    """
    dossier, call = context.dossier, context.call
    return {
        r.key: r
        for r in (listed if held else askable)(dossier, call.clauses.pieces)
        if not is_about_another(doctor_of_piece(dossier, r.key, call), context.by)
    }


@input_guard
def only_required_pieces(context: Context[Any]) -> Check:
    """One may ask for, and receive, only the pieces that the call lists (CRPA L. 114-5)."""
    known = known_requirements(context)
    strange = [key for key in context.inputs.keys if key not in known]
    return check(
        None if context.inputs.keys else NOTHING_ASKED(),
        NOT_REQUIRED(what=listing(strange)) if strange else None,
        keys=context.inputs.keys,
    )


def _asked(context: Context[Any]) -> list[Requirement]:
    known = known_requirements(context)
    return [known[key] for key in context.inputs.keys if key in known]


@input_guard
def asked_by_the_call(context: Context[Any]) -> Check:
    """Asking for a piece that is only on a default list is pointed out (A10)."""
    proposed = [r for r in _asked(context) if r.source.is_default and r.event is not PieceEvent.START]
    labels = listing([r.label for r in proposed])
    return check(PIECE_NOT_LISTED(proposed[0].source.rule, what=labels) if proposed else None)


@input_guard
def completion_open(context: Context[Any]) -> Check:
    """Where the call wants complete files at the deadline, pieces of the filing are not asked for after it (A33)."""
    complete = context.call.clauses.filing.complete_at_deadline
    closing = context.call.parameters.closing_at(context.today).value
    if not complete.value or closing is None or closing.accepts(context.now):
        return check()
    late = any(r.event is PieceEvent.FILING for r in _asked(context))
    return check(COMPLETION_CLOSED.on(complete, last_day=short_day(closing.last_day)) if late else None)


@guard
def asked_once(context: Context[Any]) -> Check:
    """A single request for missing pieces is the custom (A33)."""
    earlier = context.dossier.piece_requests
    return check(ALREADY_ASKED(asked_on=short_day(earlier[-1].asked_on)) if earlier else None)


@input_guard
def not_accepted_yet(context: Context[Any]) -> Check:
    """An accepted piece is not silently replaced."""
    pieces = {p.key: p for p in context.dossier.pieces}
    done = [k for k in context.inputs.keys if k in pieces and pieces[k].state.satisfies]
    known = known_requirements(context)
    labels = [known[k].label if k in known else k for k in done]
    return check(ALREADY_ACCEPTED(what=listing(labels)) if done else None)


@input_guard
def judged_soundly(context: Context[Any]) -> Check:
    """A judgement on a piece says all that it must."""
    inputs, known = context.inputs, known_requirements(context, held=True)
    piece = context.dossier.piece(inputs.key)
    label = known[inputs.key].label if inputs.key in known else inputs.key
    needs_file, arrived = inputs.verdict is not PieceState.NOT_APPLICABLE, piece is not None and piece.file is not None
    undecided = inputs.verdict in {PieceState.EXPECTED, PieceState.RECEIVED}
    found = [
        NOT_REQUIRED(what=inputs.key) if inputs.key not in known else None,
        NOT_A_VERDICT(verdict=inputs.verdict.label) if undecided else None,
        NOT_RECEIVED(what=label) if needs_file and inputs.key in known and not arrived else None,
        DEFECT_MISSING() if inputs.verdict is PieceState.REFUSED and inputs.defect is None else None,
    ]
    reserved = inputs.verdict is PieceState.ACCEPTED_UNDER_RESERVE
    if reserved and not (inputs.reserve and inputs.reserve_until):
        found.append(RESERVE_INCOMPLETE())
    return check(*found, verdict=inputs.verdict)
